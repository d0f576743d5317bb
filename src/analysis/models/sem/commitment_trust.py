"""Morgan and Hunt's commitment-trust model on one client's answers.

Trust and commitment stand between what a relationship is made of and what comes of it. The 13
arrows and their signs are theory; a client's answers meet them, contradict them or leave them
undecided. How much is computed depends on the number of answers (`models.tier`), and a solution
that cannot be is never shown: averages take its place, and the reason is said.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.measures import inference, scales
from analysis.models import tier
from analysis.models.sem import averages, effects, estimate, measurement, syntax
from analysis.models.sem import fit as fitting
from analysis.models.sem.signs import PATHS, SIGNS, signs
from analysis.params import Params
from analysis.survey.tables import Survey

#: A question counts as asked when at least this share of the wave's respondents answered it:
#: complete answers are needed, and one optional question must not cost the others (our default).
ASKED = 0.5

TIED = "So the two questions of a construct that has only two are given equal weight."

PARAMETERS = (
    "term",
    "lhs",
    "op",
    "rhs",
    "estimate",
    "ci_low",
    "ci_high",
    "se",
    "p",
    "n",
    "n_accounts",
    "expected",
    "verdict",
)


#: The frames that only a latent model has, and their columns where there is none.
EMPTY = {
    "indices": list(fitting.COLUMNS),
    "reliability": ["term", "estimate", "ci_low", "ci_high", "ave", "items", "n", "label"],
    "correlations": ["one", "other", "estimate", "ci_low", "ci_high", "n"],
    "htmt": ["one", "other", "estimate", "n", "note"],
    "beside": list(SIGNS),
}


@dataclass(frozen=True)
class Fit:
    """What the model found for one client and wave; frames are empty where it found nothing.

    parameters : every standardised estimate, columns `PARAMETERS`; op as in lavaan: "=~" loading,
        "~" path, "~~" correlation (of residuals) or error variance.
    signs : the 13 expected paths, columns `signs.SIGNS`, each with its verdict.
    r2 : share explained per construct. indices : fit (`fit.indices`) of the path model.
    reliability, correlations, htmt : the measurement model, where a latent model is shown.
    beside : the same paths by averages, as a check on a latent model.
    tier : what the number of answers allows. engine : "semopy", "averages" or "none".
    usable : whether anything may be shown; `reason` says why not. problems : sentences.
    """

    parameters: pd.DataFrame
    signs: pd.DataFrame
    r2: pd.DataFrame
    indices: pd.DataFrame
    reliability: pd.DataFrame
    correlations: pd.DataFrame
    htmt: pd.DataFrame
    beside: pd.DataFrame
    tier: tier.Tier
    engine: str
    n: int
    n_accounts: float
    answered: int
    usable: bool
    reason: str
    method: str
    problems: tuple[str, ...] = ()
    text: str = ""

    @property
    def paths(self) -> pd.DataFrame:
        """The expected paths that were asked and estimated."""
        return self.signs[self.signs["estimate"].notna()].reset_index(drop=True)


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
    asked = constructs(survey, answers)
    arrows = [(s, t) for s, t, _ in PATHS if s in asked and t in asked]
    if not {"trust", "commitment"} <= set(asked):
        sentence = (
            "The survey asked nothing about "
            + " or ".join(name for name in ("trust", "commitment") if name not in asked)
            + ", so the commitment-trust model cannot be drawn; two or three questions on each "
            "would do."
        )
        return _nothing(answers, tier.of(len(answers)), sentence)
    joined = {name for arrow in arrows for name in arrow}
    asked = {name: items for name, items in asked.items() if name in joined}
    scored = averages.scores(answers, survey.items, asked)
    both = scored[["trust", "commitment"]].dropna().index
    latent = latents(asked)
    needed = [item for items in latent.values() for item in items]
    complete = answers[needed].dropna() if latent else answers.iloc[:0]
    allowed = tier.of(len(both), answers.loc[both, "account"].nunique(), complete=len(complete))
    if allowed.method == "nothing":
        return _nothing(answers, allowed, allowed.sentence)
    least = params.confidentiality.min_scores
    if len(both) < least:
        return _nothing(answers, allowed, f"Fewer than {least} answers: not shown.")
    by_averages = _averages(scored, arrows, answers, allowed, params)
    if allowed.method != "model":
        return by_averages
    from threadpoolctl import threadpool_limits

    # Two BLAS threads make these small fits 3 to 165 times slower.
    with threadpool_limits(1):
        return _latent(latent, complete, answers.loc[complete.index], allowed, by_averages)


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
    joined = {n for s, t, _ in PATHS if s in found and t in found for n in (s, t)}
    return {name: items for name, items in found.items() if name in joined}


def model(latent: dict[str, list[str]]) -> syntax.Model:
    """The part of the model that these constructs allow, terminal outcomes correlating freely."""
    arrows = tuple((s, t) for s, t, _ in PATHS if s in latent and t in latent)
    return syntax.structural(tuple((name, tuple(items)) for name, items in latent.items()), arrows)


def _averages(
    scored: pd.DataFrame,
    arrows: list[tuple[str, str]],
    answers: pd.DataFrame,
    allowed: tier.Tier,
    params: Params,
) -> Fit:
    draw = {"seed": params.seed, "resamples": params.drivers.resamples}
    sparing = allowed.method == "correlations"
    found = averages.paths(scored, arrows, answers, sparing=sparing, **draw)
    told = found[found["op"] == "~"]
    regressed = [(row.rhs, row.lhs) for row in told.itertuples()]
    r2 = averages.explained(scored, regressed, answers, **draw)
    both = scored[["trust", "commitment"]].dropna().index
    method = (
        "Each construct is the average of its questions; each arrow a standardised regression "
        "coefficient, all arrows into one construct together; 95% intervals from "
        f"{params.drivers.resamples:,} bootstrap samples of whole accounts."
    )
    if (found["op"] == "~~").any():
        method += " Where answers are too few for that, an arrow is a correlation (Fisher's z)."
    return _fit(
        found,
        signs=signs(found),
        r2=_named(r2),
        tier=allowed,
        engine="averages",
        n=len(both),
        n_accounts=answers.loc[both, "account"].nunique() or np.nan,
        answered=len(answers),
        usable=not found.empty,
        reason="" if len(found) else "The scores do not differ enough to relate them.",
        method=method,
    )


def _latent(
    latent: dict[str, list[str]],
    complete: pd.DataFrame,
    answers: pd.DataFrame,
    allowed: tier.Tier,
    by_averages: Fit,
) -> Fit:
    """The structural model, or the averages where it is impossible."""
    units = inference.units(answers)
    tried = []
    for path_model in (model(latent), _tied(model(latent))):
        try:
            solution = estimate.estimate(path_model, complete, units)
        except ModelError as problem:
            return _instead(by_averages, [str(problem)])
        problems = fitting.problems(solution)
        if not problems or not _tied(path_model).equal:
            break
        tried = problems
    if problems:
        return _instead(by_averages, problems)
    if tried:
        tried = [f"A first solution could not be. {' '.join(tried)} {TIED}"]
    n, accounts = solution.n, answers["account"].nunique() or np.nan
    found = effects.standardised(solution).assign(n=n, n_accounts=accounts)
    arrows = found[found["op"] == "~"]
    who = "whole accounts speaking with one voice" if accounts > 0 else "each answer for itself"
    return _fit(
        found,
        signs=signs(arrows),
        r2=_named(effects.explained(solution).assign(n=n, n_accounts=accounts)),
        indices=fitting.indices(solution),
        **_measured(path_model, complete, units),
        htmt=_pairs(measurement.htmt(complete, latent)),
        beside=by_averages.paths,
        tier=allowed,
        engine="semopy",
        n=n,
        n_accounts=accounts,
        answered=by_averages.answered,
        usable=True,
        reason="",
        problems=tuple(tried),
        method=(
            "Structural equation model, maximum likelihood on complete answers (semopy, finished "
            "and checked by Rapport); standardised; 95% intervals allow for skewed answers, with "
            f"{who}."
        ),
        text=path_model.text,
    )


def _tied(path_model: syntax.Model) -> syntax.Model:
    """The model with equal loadings wherever a construct has two items.

    Two items say little about how their loadings differ; a construct of two is where impossible
    variances come from first.
    """
    pairs = tuple(name for name, items in path_model.measurement if len(items) == 2)
    return replace(path_model, equal=pairs)


def _measured(
    path_model: syntax.Model, complete: pd.DataFrame, units: pd.Series
) -> dict[str, pd.DataFrame]:
    """Reliability and latent correlations of the measurement model; nothing if it is impossible."""
    try:
        bare = replace(syntax.confirmatory(path_model.measurement), equal=path_model.equal)
        measured = estimate.estimate(bare, complete, units)
    except ModelError:
        return {}
    if fitting.problems(measured):
        return {}
    return {
        "reliability": _named(measurement.reliability(measured)),
        "correlations": _pairs(effects.latent_correlations(measured).assign(n=measured.n)),
    }


def _instead(by_averages: Fit, problems: list[str]) -> Fit:
    """The averages, saying why they stand in for the model."""
    said = (
        "The structural equation model gave a result that cannot be, so it is not shown; averages "
        "of the questions take its place. "
    )
    return replace(by_averages, problems=(said + " ".join(problems),))


def _fit(found: pd.DataFrame, **parts: object) -> Fit:
    """A Fit of these estimates; frames that are not given are empty."""
    verdicts = parts["signs"].set_index("term")[["expected", "verdict"]]
    terms = found["rhs"] + " -> " + found["lhs"]
    is_path = (found["op"] == "~") | terms.isin(verdicts.index)
    terms = terms.where(is_path, found["lhs"] + " " + found["op"] + " " + found["rhs"])
    parameters = found.assign(term=terms).join(verdicts.where(verdicts.notna()), on="term")
    frames = {name: pd.DataFrame(columns=columns) for name, columns in EMPTY.items()}
    return Fit(parameters=parameters.reindex(columns=list(PARAMETERS)), **{**frames, **parts})


def _nothing(answers: pd.DataFrame, allowed: tier.Tier, reason: str) -> Fit:
    empty = pd.DataFrame(columns=list(averages.COLUMNS))
    return _fit(
        empty,
        signs=signs(empty),
        r2=pd.DataFrame(columns=["term", "estimate", "ci_low", "ci_high", "n", "label"]),
        tier=allowed,
        engine="none",
        n=0,
        n_accounts=np.nan,
        answered=len(answers),
        usable=False,
        reason=reason,
        method="",
    )


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with the constructs' printed names in `label`."""
    return frame.assign(label=frame["term"].map(scales.label))


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with the printed names of a pair in `one` and `other`."""
    return frame.assign(one=frame["lhs"].map(scales.label), other=frame["rhs"].map(scales.label))
