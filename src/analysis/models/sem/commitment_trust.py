"""Morgan and Hunt's commitment-trust model on one client's answers.

Trust and commitment stand between what a relationship is made of and what comes of it. The 13
arrows and their signs are theory; a client's answers meet them, contradict them or leave them
undecided. How much is computed depends on the number of answers (`models.tier`), and a solution
that cannot be is never shown: averages take its place, and the reason is said.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.language import printed, tr
from analysis.measures import inference
from analysis.models import tier
from analysis.models.sem import (
    averages,
    fitting,
    measurement,
    theory,
    triangulation,
)
from analysis.models.sem import latent as latent_model
from analysis.models.sem.finding import ASKED, Fit, made, named, nothing, omega
from analysis.models.sem.signs import PATHS, signs
from analysis.params import Params
from analysis.survey.tables import Survey


def fit(survey: Survey, params: Params) -> Fit:
    """Fit the commitment-trust model to the reported wave.

    Returns
    -------
    Fit; never raises for want of data.

    References
    ----------
    Morgan & Hunt (1994), Journal of Marketing 58(3), 20-38.
    """
    answers = survey.at(params.wave.id)
    answers = answers.assign(cluster=inference.units(answers))
    asked = constructs(survey, answers)
    joined = theory.arrows(asked)
    if not {"trust", "commitment"} <= set(asked):
        absent = [tr(name) for name in theory.BETWEEN if name not in asked]
        names = tr("{one} or {other}", one=absent[0], other=absent[-1])
        sentence = tr(
            "The survey asked nothing about {names}, so the commitment-trust model cannot be "
            "drawn; two or three questions on each would do.",
            names=names if len(absent) > 1 else absent[0],
        )
        return nothing(answers, tier.of(len(answers)), sentence)
    asked = {name: items for name, items in asked.items() if name in {n for a in joined for n in a}}
    scored = averages.scores(answers, survey.items, asked)
    both = scored[["trust", "commitment"]].dropna().index
    latent = latents(asked)
    needed = [item for items in latent.values() for item in items]
    used = answers[answers[needed].notna().mean(axis=1) >= ASKED] if latent else answers.iloc[:0]
    allowed = tier.of(len(both), answers.loc[both, "account"].nunique(), complete=len(used))
    if allowed.method == "nothing":
        return nothing(answers, allowed, allowed.sentence)
    least = params.confidentiality.min_scores
    if len(both) < least:
        return nothing(answers, allowed, tr("Fewer than {n} answers: not shown.", n=least))
    with fitting.one_thread():
        by_averages = _averages(scored, joined, answers, allowed, params)
        if allowed.method == "averages":
            by_averages = _with_composites(by_averages, used, latent, joined)
            by_averages = _with_reliability(by_averages, used, latent)
        if allowed.method != "model":
            return by_averages
        return latent_model.fit(survey, latent, used, allowed, by_averages, params)


def constructs(survey: Survey, answers: pd.DataFrame) -> dict[str, list[str]]:
    """The model's constructs -> their items that at least half of the respondents answered."""
    names = dict.fromkeys(name for source, target, _ in PATHS for name in (source, target))
    found = {}
    for name in names:
        items = [
            item
            for item in survey.of(name)
            if len(answers) and answers[item].notna().mean() >= ASKED and answers[item].std() > 0
        ]
        if items:
            found[name] = items
    return found


def latents(asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """Constructs of at least two items; none unless trust and commitment are among them."""
    found = {name: items for name, items in asked.items() if len(items) >= 2}
    if not {"trust", "commitment"} <= set(found):
        return {}
    joined = {name for arrow in theory.arrows(found) for name in arrow}
    return {name: items for name, items in found.items() if name in joined}


def _averages(
    scored: pd.DataFrame,
    joined: theory.Arrows,
    answers: pd.DataFrame,
    allowed: tier.Tier,
    params: Params,
) -> Fit:
    draw = {"seed": params.seed, "resamples": params.drivers.resamples}
    sparing = allowed.method == "correlations"
    found = averages.paths(scored, joined, answers, sparing=sparing, **draw)
    told = found[found["op"] == "~"]
    regressed = [(row.rhs, row.lhs) for row in told.itertuples()]
    both = scored[["trust", "commitment"]].dropna().index
    method = tr(
        "Each construct is the average of its questions; each arrow a standardised regression "
        "coefficient, all arrows into one construct together; 95% intervals from {resamples} "
        "bootstrap samples of whole accounts.",
        resamples=printed(params.drivers.resamples),
    )
    if (found["op"] == "~~").any():
        fewer = tr("Where answers are too few for that, an arrow is a correlation (Fisher's z).")
        method = f"{method} {fewer}"
    frames = {"r2": named(averages.explained(scored, regressed, answers, **draw))}
    if not sparing and len(regressed) == len(joined):
        through = averages.effects(scored, joined, answers, **draw)
        frames["effects"] = theory.tidy_effects(through, joined)
    held = signs(found)
    frames["power"] = triangulation.power(held)
    return made(
        found,
        frames,
        signs=held,
        tier=allowed,
        engine="averages",
        n=len(both),
        n_accounts=answers.loc[both, "account"].nunique() or np.nan,
        answered=len(answers),
        usable=not found.empty,
        reason="" if len(found) else _too_alike(answers.loc[both]),
        method=method,
    )


def _too_alike(answers: pd.DataFrame) -> str:
    """Why scores gave no path at all."""
    voices = inference.units(answers).nunique()
    if voices < averages.LEAST_UNITS:
        return tr(
            "The answers come from {n} accounts; it takes {least} to say how far a link may be "
            "off.",
            n=voices,
            least=averages.LEAST_UNITS,
        )
    return tr("The scores do not differ enough to relate them.")


def _with_composites(
    by_averages: Fit,
    used: pd.DataFrame,
    latent: dict[str, list[str]],
    joined: theory.Arrows,
) -> Fit:
    """Averages with what corrects them for measurement error beside them."""
    if not latent or not by_averages.usable:
        return by_averages
    drawn = [(s, t) for s, t in joined if s in latent and t in latent]
    corrected = triangulation.by_composites(used, latent, drawn)
    if corrected.empty:
        return by_averages
    beside = triangulation.sensitivity(
        by_averages.signs, by_averages.signs.iloc[:0], corrected, corrected.iloc[:0]
    )
    return replace(by_averages, frames={**by_averages.frames, "sensitivity": beside})


def _with_reliability(by_averages: Fit, used: pd.DataFrame, latent: dict[str, list[str]]) -> Fit:
    """Averages with each construct's own reliability: one factor at a time is not too much."""
    found = []
    for name, items in latent.items():
        tied = [name] if len(items) == 2 else []
        one = fitting.fit(theory.text({name: items}, tied=tied), used[items], check=False)
        if one.usable:
            found.append(measurement.reliability(one))
    if not found:
        return by_averages
    frames = {**by_averages.frames, "reliability": omega(pd.concat(found, ignore_index=True))}
    return replace(by_averages, frames=frames)
