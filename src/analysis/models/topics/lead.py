"""Do comments turn before scores do? Topics of an account at one wave, its score at the next."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.language import later, tr
from analysis.measures import clusters, inference
from analysis.models.topics.fit import OTHER

COLUMNS = (
    "topic",
    "term",
    "direction",
    "estimate",
    "ci_low",
    "ci_high",
    "r",
    "p",
    "p_adjusted",
    "clear",
    "n",
    "n_accounts",
    "n_least",
)
FEWEST_PAIRS = 20  # account-waves with a next one (our default)
ENOUGH_WAVES = 4  # fewer: a warning (domain.md 0.30)
LEADS, FOLLOWS = later("comments before scores"), later("scores before comments")


def lag(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    ratings: pd.DataFrame,
    names: dict[int, str],
    waves: Sequence[str],
    minimum: int = 8,
) -> tuple[pd.DataFrame, str]:
    """Regress the next wave's score on this wave's topic, and the other way round.

    Parameters
    ----------
    people : respondent, wave, account (who commented). raised : respondent, wave, topic.
    ratings : account, wave, nps of everybody who answered. waves : ids in order.
    minimum : people who raise the topic in the waves that lead.

    Returns
    -------
    DataFrame with `COLUMNS` and a sentence ("" when nothing need be said). A row is a topic and a
    direction over pairs of an account's consecutive waves. direction `LEADS`: estimate is the
    change of the account's mean rating (0-10) at the next wave that goes with all its commenters,
    rather than none, raising the topic, at the same rating now; `FOLLOWS`: the change of the share
    who raise it at the next wave that goes with a rating one point higher, at the same share now.
    Accounts are clusters; r : correlation of the two, partial as the slope is. Association, no
    cause.
    """
    known = [wave for wave in waves if (people["wave"] == wave).any()]
    if len(known) < 2:
        return pd.DataFrame(columns=COLUMNS), tr("Only one wave has comments: nothing can lead.")
    next_of = dict(pairwise(known))
    score = ratings.dropna(subset=["account", "nps"]).groupby(["account", "wave"])["nps"].mean()
    voices = people[people["account"].notna()]
    rows = []
    for topic, term in sorted(names.items()):
        own = raised[(raised["topic"] == topic) & (raised["topic"] != OTHER)]
        pairs = _pairs(voices, own, score, next_of)
        if len(pairs) < FEWEST_PAIRS or pairs["k"].sum() < minimum:
            continue
        for direction, y, x, held in (
            (LEADS, "score_next", "share", "score"),
            (FOLLOWS, "share_next", "score", "share"),
        ):
            rows.append(
                {"topic": topic, "term": term, "direction": direction, **_slope(pairs, y, x, held)}
            )
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    if frame.empty:
        return frame, tr("Fewer than {n} accounts commented in two waves running.", n=FEWEST_PAIRS)
    frame["p_adjusted"] = inference.discoveries(frame["p"].astype(float))
    frame["clear"] = np.where(frame["p_adjusted"] < inference.FALSE_DISCOVERY, "yes", "no")
    if len(known) >= ENOUGH_WAVES:
        return frame, ""
    return frame, tr(
        "Only {n} waves have comments; what leads needs {least} to be believed.",
        n=len(known),
        least=ENOUGH_WAVES,
    )


def _pairs(
    voices: pd.DataFrame, own: pd.DataFrame, score: pd.Series, next_of: dict[str, str]
) -> pd.DataFrame:
    """One row an account and wave with a next one: share, k, score, and both at the next wave."""
    says = voices.merge(own[["respondent", "wave"]].assign(says=1.0), how="left").fillna(
        {"says": 0.0}
    )
    at = says.groupby(["account", "wave"])["says"].agg(share="mean", k="sum")
    at = at.join(score.rename("score"), how="inner").reset_index()
    later = at.rename(columns={"share": "share_next", "score": "score_next", "wave": "next"})
    at["next"] = at["wave"].map(next_of)
    joined = at.merge(
        later[["account", "next", "share_next", "score_next"]], on=["account", "next"]
    )
    return joined.dropna().sort_values(["account", "wave"], ignore_index=True)


def _slope(pairs: pd.DataFrame, y: str, x: str, held: str) -> dict[str, float]:
    """Slope of y on x at the same `held` and wave, with accounts as clusters."""
    waves = pd.get_dummies(pairs["wave"], dtype=float).to_numpy()
    design = np.column_stack([pairs[[x, held]].to_numpy(float), waves])
    base = {
        "n": len(pairs),
        "n_accounts": pairs["account"].nunique(),
        "n_least": len(pairs),
    }
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return {name: np.nan for name in ("estimate", "ci_low", "ci_high", "r", "p")} | base
    fit = clusters.fit(design, pairs[y].to_numpy(float), "account " + pairs["account"].astype(str))
    found = fit.contrast(np.eye(design.shape[1])[0])
    estimate, low, high = inference.ends(found)
    others = design[:, 1:]
    left = [
        v - others @ np.linalg.lstsq(others, v, rcond=None)[0]
        for v in (pairs[x].to_numpy(float), pairs[y].to_numpy(float))
    ]
    spread = float(np.linalg.norm(left[0]) * np.linalg.norm(left[1]))
    r = float(left[0] @ left[1]) / spread if spread > 1e-9 else np.nan
    ends = {"estimate": estimate, "ci_low": low, "ci_high": high}
    return ends | {"r": r, "p": inference.p_value(found)} | base
