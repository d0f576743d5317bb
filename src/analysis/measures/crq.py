"""Customer Relationship Quality: six dimensions, three levels, the Unique zone, five segments.

The dimensions, levels, segment names and the bounds of the Unique zone are published; scale,
formula and cut-offs are not. Each constant says which it is (domain.md 2.1).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.measures import inference, scales
from analysis.params import Wave
from analysis.survey.tables import Survey

# published: the six dimensions, the three parts of service, and the three levels
DIMENSIONS = ("trust", "commitment", "satisfaction", "experience", "solution", "service")
SERVICE = ("reliability", "responsiveness", "customer_care")
LEVELS = {
    "relationship": ("trust", "commitment", "satisfaction"),
    "uniqueness": ("experience", "solution"),
    "service": ("service",),
}

SCALE = (1.0, 7.0)  # our default: all published scores (5.2 to 6.0) fit a scale of 1 to 7

# Our default throughout: the published pages describe the segments but give no rule.
AMBASSADOR_RELATION = 5.5  # mean of trust, commitment, satisfaction
AMBASSADOR_PERFORMANCE = 5.0  # mean of experience, solution, service
AMBASSADOR_EACH = 5.0  # trust, commitment and satisfaction each
OPPONENT_BOTH = 3.5  # relation and performance both below
STALKER_RELATION = 4.0  # relation below, and no opponent
AMBIVALENT_GAP = 1.5  # relation and performance apart by this much
AMBIVALENT_LOWER = 4.5  # and the lower of them below this
HIGH_RATIONAL = 5.0  # CRQ from which a Rational is a high one; the two names are published

# published: the five segments, and the typical mix (a third, a half, 10 to 20 % together)
SEGMENTS = ("Ambassador", "Rational", "Ambivalent", "Stalker", "Opponent")

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
    "crq": "CRQ, all six",
    "relationship": "Relationship",
    "uniqueness": "Uniqueness",
    "service": "Service",
}


def reason(survey: Survey, wave: str) -> str:
    """Why there is no CRQ in this wave: a sentence; empty where there is one."""
    answers = survey.at(wave)
    needed = [*DIMENSIONS[:-1], *SERVICE]
    absent = [name for name in needed if not answers[survey.of(name)].notna().to_numpy().any()]
    if absent:
        return (
            "The Customer Relationship Quality score needs all of its dimensions; not asked here: "
            f"{', '.join(name.replace('_', ' ') for name in absent)}."
        )
    items = [item for name in needed for item in survey.of(name)]
    ends = survey.items.loc[items, ["scale_min", "scale_max"]]
    if not (ends == list(SCALE)).all(axis=None):
        return (
            "The Customer Relationship Quality score, its zone and its segments are defined for "
            "items on a scale of 1 to 7; some items here have another scale."
        )
    if score(survey, wave).empty:
        return "No respondent answered enough items for a Customer Relationship Quality score."
    return ""


def shared_base(survey: Survey, minimum: int) -> Survey:
    """The survey with one base for the CRQ and its dimensions, where bases differ by a few people.

    Where fewer than `minimum` people of a wave answered only part of the CRQ's dimensions, their
    scores would come back by subtracting the CRQ from its dimensions; their answers to these items
    are then left out. Everything else that they said stays.

    Examples
    --------
    `s = crq.shared_base(s, p.confidentiality.min_scores)` before dimensions are shown.
    """
    asked = [item for name in (*DIMENSIONS[:-1], *SERVICE) for item in survey.of(name)]
    found = dimensions(survey)
    if found.empty or len(found.columns) < len(DIMENSIONS):
        return survey
    partial = found.isna().any(axis=1) & survey.answers[asked].notna().any(axis=1)
    few = partial.groupby(survey.answers["wave"]).transform("sum") < minimum
    answers = survey.answers.copy()
    answers.loc[partial & few, asked] = np.nan
    return replace(survey, answers=answers)


def dimensions(survey: Survey, wave: str | None = None) -> pd.DataFrame:
    """Every respondent's dimension scores; only dimensions that were asked in full.

    Parameters
    ----------
    wave : id of one wave; None for all.

    Returns
    -------
    DataFrame aligned with the answers, up to six columns named as `DIMENSIONS`, on the items'
    scale. Service is the mean of its three parts, where two of them were answered.
    """
    answers = survey.answers if wave is None else survey.at(wave)
    found = pd.DataFrame(index=answers.index)
    for name in DIMENSIONS[:-1]:
        if survey.of(name):
            found[name] = scales.score(answers, survey.of(name))
    if all(survey.of(part) for part in SERVICE):
        parts = pd.DataFrame({part: scales.score(answers, survey.of(part)) for part in SERVICE})
        found["service"] = scales.score(parts, SERVICE)
    return found


def score(survey: Survey, wave: str | None = None) -> pd.DataFrame:
    """CRQ, levels and segment of every respondent who has all six dimensions.

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
    found["segment"] = segment(found)
    people = answers.loc[found.index, ["respondent", "wave", "account", "contact", "role"]]
    return people.join(found)[list(SCORES)]


def segment(scores: pd.DataFrame, split_rational: bool = False) -> pd.Series:
    """Segment of every row of dimension scores, by our default rules, first that applies.

    Parameters
    ----------
    scores : the six `DIMENSIONS`, on 1-7, no missing ones.
    split_rational : "High Rational" from a CRQ of 5.0, else "Low Rational".

    Examples
    --------
    >>> people = pd.DataFrame([[6.0] * 6, [6, 6, 6, 3, 3, 3], [2] * 6], columns=list(DIMENSIONS))
    >>> list(segment(people))
    ['Ambassador', 'Ambivalent', 'Opponent']
    """
    pillars = scores[list(LEVELS["relationship"])]
    relation = pillars.mean(axis=1)
    performance = scores[["experience", "solution", "service"]].mean(axis=1)
    lower = np.minimum(relation, performance)
    rules = {
        "Ambassador": (relation >= AMBASSADOR_RELATION)
        & (performance >= AMBASSADOR_PERFORMANCE)
        & (pillars >= AMBASSADOR_EACH).all(axis=1),
        "Opponent": (relation < OPPONENT_BOTH) & (performance < OPPONENT_BOTH),
        "Stalker": relation < STALKER_RELATION,
        "Ambivalent": ((relation - performance).abs() >= AMBIVALENT_GAP)
        & (lower < AMBIVALENT_LOWER),
    }
    rest = pd.Series("Rational", index=scores.index)
    if split_rational:
        high = scores[list(DIMENSIONS)].mean(axis=1) >= HIGH_RATIONAL
        rest = rest.where(~high, "High Rational").where(high, "Low Rational")
    chosen = np.select(list(rules.values()), list(rules), default=rest)
    return pd.Series(chosen, index=scores.index, dtype=object)


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
    base = ["key", "term", "estimate", "ci_low", "ci_high", "n", "n_accounts", "note"]
    return pd.DataFrame(rows, columns=[*base, *scales.CHANGE])


def parts(survey: Survey, wave: str) -> pd.DataFrame:
    """The six dimensions one by one, of everybody who answered each: mean and interval.

    Returns
    -------
    DataFrame, one row per dimension asked: term, estimate, ci_low, ci_high, n, n_accounts, note.
    """
    found = dimensions(survey, wave)
    rows = [
        inference.mean(found[name].rename(scales.label(name)), survey.answers) for name in found
    ]
    kept = [row for row in rows if len(row)]
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "n_accounts", "note"]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)


def segments(scores: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Share of each segment among the scored respondents of one wave.

    Returns
    -------
    DataFrame, five rows in the order `SEGMENTS`: term, estimate (0-1), ci_low, ci_high (Wilson),
    count, n (all respondents scored), n_accounts. No rows without scores.
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "count", "n", "n_accounts"]
    n = len(scores)
    if not n:
        return pd.DataFrame(columns=columns)
    rows = []
    for name in SEGMENTS:
        count = int((scores["segment"] == name).sum())
        row = inference.wilson(count, n, level).iloc[0].to_dict()
        accounts = scores["account"].nunique() or np.nan
        rows.append(row | {"term": name, "count": count, "n": n, "n_accounts": accounts})
    return pd.DataFrame(rows, columns=columns)


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
    row["unique"] = row["estimate"] >= cut
    row["clear"] = (row["ci_low"] >= cut) | (row["ci_high"] < cut)
    return row[["term", "estimate", "ci_low", "ci_high", "n", "cut", "unique", "clear"]]
