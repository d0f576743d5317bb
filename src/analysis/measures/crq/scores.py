"""The score of Customer Relationship Quality, its levels, and the Unique zone."""

from collections.abc import Sequence

import pandas as pd

from analysis.language import later, tr
from analysis.measures import inference, scales
from analysis.measures.crq.asked import DIMENSIONS, LEVELS, SCALE, SERVICE, dimensions
from analysis.measures.crq.kinds import DIGITS, RULES, segment
from analysis.params import Segments, Wave
from analysis.survey.tables import Survey

SCORES = (
    "respondent",
    "wave",
    "account",
    "contact",
    "role",
    *DIMENSIONS,
    "relationship",
    "uniqueness",
    "crq",
    "segment",
)

LEVEL_LABELS = {
    "crq": later("CRQ, all six"),
    "relationship": later("Relationship"),
    "uniqueness": later("Uniqueness"),
    "service": later("Service"),
}


def reason(survey: Survey, wave: str) -> str:
    """Why there is no CRQ in this wave: a sentence; empty where there is one."""
    answers = survey.at(wave)
    needed = [*DIMENSIONS[:-1], *SERVICE]
    absent = [name for name in needed if not answers[survey.of(name)].notna().to_numpy().any()]
    if absent:
        return tr(
            "The Customer Relationship Quality score needs all of its dimensions; not asked here: "
            "{names}.",
            names=", ".join(tr(name.replace("_", " ")) for name in absent),
        )
    items = [item for name in needed for item in survey.of(name)]
    ends = survey.items.loc[items, ["scale_min", "scale_max"]]
    if not (ends == list(SCALE)).all(axis=None):
        return tr(
            "The Customer Relationship Quality score, its zone and its segments are defined for "
            "items on a scale of 1 to 7; some items here have another scale."
        )
    if score(survey, wave).empty:
        return tr("No respondent answered enough items for a Customer Relationship Quality score.")
    return ""


def score(survey: Survey, wave: str | None = None, rules: Segments = RULES) -> pd.DataFrame:
    """CRQ, levels and segment of every respondent who has all six dimensions.

    Parameters
    ----------
    wave : id of one wave; None for all. rules : `p.scorecard.segments`.

    Returns
    -------
    DataFrame with the columns `SCORES` on 1-7, index as the answers; no rows unless all six
    dimensions were asked on 1-7 (`reason` says why). CRQ is the unweighted mean of the six
    dimensions, a level that of its dimensions.
    """
    answers = survey.answers if wave is None else survey.at(wave)
    found = dimensions(survey, wave)
    asked = [item for name in (*DIMENSIONS[:-1], *SERVICE) for item in survey.of(name)]
    on_scale = (survey.items.loc[asked, ["scale_min", "scale_max"]] == list(SCALE)).all(axis=None)
    if len(found.columns) < len(DIMENSIONS) or not on_scale:
        return pd.DataFrame(columns=list(SCORES))
    found = found.dropna()
    for level in ("relationship", "uniqueness"):
        found[level] = found[list(LEVELS[level])].mean(axis=1)
    found["crq"] = found[list(DIMENSIONS)].mean(axis=1)
    found["segment"] = segment(found, rules)
    people = answers.loc[found.index, ["respondent", "wave", "account", "contact", "role"]]
    return people.join(found)[list(SCORES)]


def levels(survey: Survey, waves: Sequence[Wave]) -> pd.DataFrame:
    """The CRQ and its three levels in the last wave, with the change since the wave before.

    Returns
    -------
    DataFrame, one row each for the CRQ and the levels: key, term, estimate, ci_low, ci_high, n,
    n_accounts, note, then `scales.CHANGE`. No rows without a CRQ.
    """
    scores = score(survey)
    latest = waves[-1]
    earlier = scales.previous(scores, waves)
    rows = []
    for key, label in LEVEL_LABELS.items():
        row = inference.mean(scores.loc[scores["wave"] == latest.id, key].astype(float), scores)
        if row.empty:
            break
        values = row.iloc[0].to_dict() | {"key": key, "term": label}
        rows.append(values | scales.since(scores[key].astype(float), scores, earlier, latest))
    base = ["key", "term", "estimate", "ci_low", "ci_high", "n", "n_accounts", "largest", "note"]
    return pd.DataFrame(rows, columns=[*base, *scales.CHANGE])


def zone(levels: pd.DataFrame, cut: float) -> pd.DataFrame:
    """Say whether the CRQ lies in the Unique zone, and whether that is beyond doubt.

    Parameters
    ----------
    levels : as `levels` gives.
    cut : where the zone begins; published bounds: 5.7 was inside, 5.4 just outside.

    Returns
    -------
    DataFrame, one row: term, estimate, ci_low, ci_high, n, cut, unique (bool), clear (bool: the
    whole interval lies on one side). No row without a CRQ.
    """
    row = levels[levels["key"] == "crq"].copy()
    row["cut"] = cut
    row["unique"] = row["estimate"].astype(float).round(DIGITS) >= cut
    row["clear"] = (row["ci_low"] >= cut) | (row["ci_high"] < cut)
    return row[["term", "estimate", "ci_low", "ci_high", "n", "cut", "unique", "clear"]]
