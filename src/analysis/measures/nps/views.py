"""The same answers counted otherwise, and what the silent could do to the score.

Counting every answer, averaging within customers first, letting the decision maker speak for the
account and weighting by revenue are all published ways to roll up a B2B score; none is the right
one, so they stand side by side, each with its distance from the plain score.
"""

import numpy as np
import pandas as pd

from analysis.language import later, tr
from analysis.measures import clusters, groups, inference
from analysis.measures.nps.score import nps, points
from analysis.survey.tables import Survey, seniority

#: An account with a larger part of the weight than this would be readable from the score: not shown
#: (domain.md 2.8: no account above half of the base).
DOMINANT = 0.5

ROLLUPS = (
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "n_effective",
    "apart",
    "apart_low",
    "apart_high",
    "apart_clear",
    "n_least",
    "note",
)
SILENCE = ("term", "estimate", "ci_low", "ci_high", "n", "silent", "population", "note")

EVERY, WEIGHTED = later("Every answer"), later("Every answer, weighted")
MEAN, WATERFALL = later("Mean of the accounts"), later("Decision maker first")
REVENUE = later("Accounts by revenue")


def rollups(survey: Survey, wave: str, level: float = 0.95) -> pd.DataFrame:
    """The score of one wave under every published way of counting it.

    Parameters
    ----------
    survey : answers with `nps`, `account`, `role`, `weight`; `accounts` with `revenue`.

    Returns
    -------
    DataFrame with the columns `ROLLUPS`, in points, one row for each way that the data carry:
    `EVERY`; `WEIGHTED` where the answers carry unequal weights; with two accounts or more `MEAN`
    (each account counts once), `WATERFALL` (the answers of the most senior role heard stand for
    the account) and `REVENUE` (accounts count by revenue; those without one are left out).
    apart: distance from `EVERY` with its interval, worked out on the same answers; apart_clear:
    it stays so after Benjamini-Hochberg's correction over the ways. n_least: the
    smaller of the answers used and, where some are not, of those; and of either's answers given in
    confidence, where there are any, as these are left when the open ones are taken away. A roll-up
    in which one account weighs more than `DOMINANT` has no estimate, and `note` says why. Empty
    without ratings.

    References
    ----------
    https://www.satrixsolutions.com/blog/3-methods-calculate-net-promoter-score-b2b-companies
    (count every answer, customer average, waterfall).
    """
    answers = survey.at(wave)
    answers = answers[answers["nps"].notna()]
    rows = [_rollup(EVERY, answers, pd.Series(1.0, answers.index), level)]
    if answers["weight"].nunique() > 1:
        rows.append(_rollup(WEIGHTED, answers, answers["weight"].astype(float), level))
    if answers["account"].nunique() > 1:
        each = 1 / answers.groupby("account")["nps"].transform("size")
        senior = _senior(answers)
        first = 1 / senior.groupby(senior["account"])["nps"].transform("size")
        revenue = survey.accounts.set_index("account")["revenue"].astype(float)
        money = answers["account"].map(revenue) * each
        rows.append(_rollup(MEAN, answers, each, level))
        rows.append(_rollup(WATERFALL, answers, first.reindex(answers.index), level))
        rows.append(_rollup(REVENUE, answers, money.where(money > 0), level))
    found = pd.DataFrame([row for row in rows if row])
    if found.empty:
        return pd.DataFrame(columns=list(ROLLUPS))
    p = found["apart_p"] if "apart_p" in found else pd.Series(np.nan, found.index)
    found["apart_clear"] = inference.discoveries(p) < inference.FALSE_DISCOVERY
    return found.reindex(columns=list(ROLLUPS))


def silence(survey: Survey, wave: str, level: float = 0.95) -> pd.DataFrame:
    """What the score of everybody asked would be, under three readings of the silent ones.

    Returns
    -------
    DataFrame with the columns `SILENCE`, in points, four rows: "Those who answered" (adjusted Wald,
    as `nps`); the silent like those who answered (the same, corrected for the finite list); all
    passives; all detractors. The last two are certain once assumed: both ends are the estimate.
    n: answers, silent: people asked without a rating, population: both. No rows without
    invitations, without ratings, or with more ratings than people asked.
    """
    answers = survey.at(wave)
    asked = int((survey.invitations["wave"] == wave).sum())
    row = nps(answers["nps"], accounts=answers["account"], level=level)
    if row.empty or asked < int(row["n"].iloc[0]):
        return pd.DataFrame(columns=list(SILENCE))
    n, score = int(row["n"].iloc[0]), float(row["estimate"].iloc[0])
    like = nps(answers["nps"], accounts=answers["account"], population=asked, level=level)
    silent, heard = asked - n, n / asked
    shared = {"n": n, "silent": silent, "population": asked}
    ends = ["estimate", "ci_low", "ci_high"]
    certain = tr("certain, if this is how the silent think")
    heard_alone, alike = later("Those who answered"), later("The silent are like them")
    rows = [
        {"term": heard_alone, **row.iloc[0][ends], "note": tr("any customer like these")},
        {"term": alike, **like.iloc[0][ends], "note": tr("those asked, no other")},
    ]
    others = ((later("The silent are passives"), 0.0), (later("… are detractors"), -100.0))
    for term, points_each in others:
        value = heard * score + (1 - heard) * points_each
        rows.append({"term": term, **dict.fromkeys(ends, value), "note": certain})
    return pd.DataFrame(rows).assign(**shared)[list(SILENCE)]


def _senior(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers of the most senior role that was heard at each account."""
    known = answers[answers["account"].notna()]
    rank = seniority(known["role"])
    return known[rank == rank.groupby(known["account"]).transform("min")]


def _rollup(
    term: str, answers: pd.DataFrame, weights: pd.Series, level: float
) -> dict[str, object] | None:
    """One way of counting; None where nobody has a weight."""
    used = weights.notna()
    if not used.any():
        return None
    weights = weights[used].astype(float)
    here = answers.loc[weights.index]
    row = nps(here["nps"], weights, here["account"], level=level).iloc[0].to_dict()
    left = answers.drop(index=here.index)
    told = groups.confided(here), groups.confided(left)
    row |= {"term": term, "n_least": groups.least(len(here), len(left), *told)}
    if here["account"].nunique() > 1:
        per_account = weights.groupby(here["account"]).sum()
        if per_account.max() > DOMINANT * weights.sum():
            gone = dict.fromkeys(("estimate", "ci_low", "ci_high"), np.nan)
            return row | gone | {"note": tr("one account weighs more than all others together")}
    if term == EVERY:
        return row
    apart = _apart(answers, weights.reindex(answers.index).fillna(0.0), level)
    return row | dict(zip(("apart", "apart_low", "apart_high", "apart_p"), apart, strict=True))


def _apart(
    answers: pd.DataFrame, weights: pd.Series, level: float
) -> tuple[float, float, float, float]:
    """Weighted score less the plain one, on the same answers, whose accounts are clusters."""
    coded = points(answers["nps"])
    share = weights / weights.sum()
    mean, weighted = coded.mean(), float((share * coded).sum())
    influence = share * (coded - weighted) - (coded - mean) / len(coded)
    error, freedom = inference.clustered(influence, inference.units(answers))
    found = clusters.Contrast(weighted - mean, error, freedom)
    return *inference.ends(found, level), inference.p_value(found)
