"""The score and its interval: one formula, fed with the effective number of answers.

The point is always the raw score, promoters' share less detractors' share in points (-100 to
100). The interval is the adjusted Wald one, which keeps its level at n = 20. What makes answers
worth less or more than as many independent ones changes their effective number, nothing else:
unequal weights (Kish), answers that share an account (design effect by CR2), and a contact list
that is known and largely heard (finite population).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import DataError
from analysis.language import printed, tr
from analysis.measures import clusters, inference

PROMOTER = 9  # published: 9-10 promoter, 7-8 passive, 0-6 detractor (domain.md 2.2)
PASSIVE = 7  # published
ADDED = 0.75  # published: adjusted Wald adds 3/4 promoter, 3/4 detractor and 3 answers in all

#: Few accounts may agree by chance; however much they do, an answer counts for no more than so many
#: (our default; in simulations of 8 to 20 accounts the interval then holds in 94 to 98 %).
MOST_WORTH = 2.0

SCORE = (
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "largest",
    "n_effective",
    "promoters",
    "passives",
    "detractors",
    "share_promoters",
    "share_passives",
    "share_detractors",
    "note",
)


def points(ratings: pd.Series) -> pd.Series:
    """Promoters as 100, passives as 0, detractors as -100, so that the mean is the NPS.

    Raises
    ------
    DataError: a rating that is no whole number from 0 to 10, naming the first row.

    Examples
    --------
    >>> list(points(pd.Series([10, 7, 0])))
    [100.0, 0.0, -100.0]
    """
    known = ratings.dropna().astype(float)
    wrong = known[(known < 0) | (known > 10) | (known != known.round())]
    if len(wrong):
        raise DataError(
            f"{len(wrong)} NPS ratings are not whole numbers from 0 to 10 (first in row "
            f"{wrong.index[0]}): check the missing codes in codebook.csv."
        )
    coded = np.select([known >= PROMOTER, known >= PASSIVE], [100.0, 0.0], -100.0)
    return pd.Series(coded, index=known.index).reindex(ratings.index)


def nps(
    ratings: pd.Series,
    weights: pd.Series | None = None,
    accounts: pd.Series | None = None,
    population: int | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Net Promoter Score with an adjusted-Wald interval.

    Parameters
    ----------
    ratings : 0-10, one per respondent; missing ratings are left out of the base.
    weights : aligned with `ratings`, positive; an answer with a missing weight is left out.
    accounts : aligned with `ratings`. People at one customer are no independent voices: their
        design effect comes from CR2, the interval from t with Satterthwaite's degrees of freedom
        (below 50 accounts; above: CR1 and accounts minus one). An answer without an account speaks
        for itself.
    population : number of contacts on the list, where the statement is about them only. With
        `accounts` both corrections apply, which errs on the wide side where people, not accounts,
        stay silent.

    Returns
    -------
    DataFrame with the columns `SCORE`, one row in points; no row without ratings. `promoters`,
    `passives`, `detractors` count answers; the shares are weighted. `largest`: share of the biggest
    account in n. `n_effective`: as many independent answers tell as much.

    Raises
    ------
    DataError: a rating outside 0-10; a weight that is not positive; a population smaller than the
        number of answers.

    References
    ----------
    Rocks (2016); https://measuringu.com/nps-three-confidence-intervals/ . Kish (1965), Survey
    Sampling, 11.7 (weights) and 2.6 (finite population). Pustejovsky & Tipton (2018), Journal of
    Business & Economic Statistics 36(4), 672-683.

    Examples
    --------
    >>> row = nps(pd.Series([10] * 18 + [7] * 11 + [0] * 2)).iloc[0]
    >>> [round(float(row[name]), 1) for name in ("estimate", "ci_low", "ci_high")]
    [51.6, 25.5, 68.6]
    >>> ratings = pd.Series([10] * 20 + [7] * 20 + [0] * 10)
    >>> row = nps(ratings, population=80).iloc[0]
    >>> [round(float(row[name]), 1) for name in ("estimate", "ci_low", "ci_high")]
    [20.0, 6.9, 32.2]
    """
    coded = points(ratings).dropna()
    if weights is not None:
        coded, weights = _weighted(coded, weights)
    n = len(coded)
    if population is not None and population < n:
        raise DataError(
            f"There are {n} answers from a list of {population} contacts: count the contact list "
            "anew, or leave the population out."
        )
    if not n:
        return pd.DataFrame(columns=list(SCORE))
    w = np.ones(n) if weights is None else weights.to_numpy(float)
    shares = [float(w[coded == value].sum() / w.sum()) for value in (100, 0, -100)]
    effective = float(w.sum() ** 2 / (w**2).sum())
    notes = []
    if weights is not None:
        worth = printed(effective, ".1f")
        notes.append(tr("weighted: worth {n} equal answers", n=worth))
    freedom, n_accounts, largest = float("inf"), np.nan, np.nan
    if accounts is not None and accounts.loc[coded.index].notna().any():
        keys = accounts.loc[coded.index]
        n_accounts, largest = keys.nunique(), inference.largest(keys)
        effect, freedom, told = _shared(coded, keys, w, effective)
        effective /= effect
        notes += told
    if population is not None and population > 1:
        unheard = (population - n) / (population - 1)
        effective = effective / unheard if unheard else float("inf")
        notes.append(tr("about the {n} contacts on the list", n=population))
    counts = [int((coded == value).sum()) for value in (100, 0, -100)]
    row = _row(shares, effective, freedom, level)
    row |= dict(zip(("promoters", "passives", "detractors"), counts, strict=True))
    row |= {"n": n, "n_accounts": n_accounts, "largest": largest}
    row |= {"n_effective": effective, "note": "; ".join(notes)}
    return pd.DataFrame([row], columns=list(SCORE))


def from_counts(
    promoters: int, passives: int, detractors: int, n: int, level: float = 0.95
) -> pd.DataFrame:
    """The same from counts, as found in a published report.

    Parameters
    ----------
    n : the base that was given; the three groups must add up to it.

    Raises
    ------
    DataError: promoters, passives and detractors do not add up to the base.

    Examples
    --------
    >>> from_counts(29, 53, 18, 100)[["estimate", "ci_low", "ci_high"]].round(1).values
    array([[11. , -2.4, 23.8]])
    """
    if promoters + passives + detractors != n or min(promoters, passives, detractors) < 0:
        raise DataError(
            f"{promoters} promoters, {passives} passives and {detractors} detractors are "
            f"{promoters + passives + detractors} answers, not {n}: the base does not reconcile."
        )
    ratings = np.repeat([10.0, 7.0, 0.0], [promoters, passives, detractors])
    return nps(pd.Series(ratings), level=level)


def adjusted(shares: Sequence[float], effective: float) -> tuple[float, float]:
    """Centre and standard error of the adjusted Wald interval, in points.

    Parameters
    ----------
    shares : of promoters, passives and detractors.
    effective : number of answers that these shares are worth.

    Examples
    --------
    >>> [round(v, 2) for v in adjusted([0.29, 0.53, 0.18], 100)]
    [10.68, 6.68]
    """
    if np.isinf(effective):
        return 100 * (shares[0] - shares[2]), 0.0
    n = effective + 4 * ADDED
    p, d = ((effective * share + ADDED) / n for share in (shares[0], shares[2]))
    return 100 * (p - d), 100 * float(np.sqrt((p + d - (p - d) ** 2) / n))


def _weighted(coded: pd.Series, weights: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Answers that have a weight, and their weights."""
    known = weights.loc[coded.index].dropna().astype(float)
    if (known <= 0).any() or np.isinf(known).any():
        raise DataError(
            f"{int(((known <= 0) | np.isinf(known)).sum())} weights of NPS ratings are not "
            "positive numbers: leave the answer out, or give it a weight above zero."
        )
    return coded.loc[known.index], known


def _shared(
    coded: pd.Series, keys: pd.Series, weights: np.ndarray, effective: float
) -> tuple[float, float, list[str]]:
    """Design effect of answers that share an account, degrees of freedom, and what to say of it."""
    units = inference.units(pd.DataFrame({"account": keys, "contact": None}))
    if units.nunique() < 2:
        return 1.0, float("inf"), [tr("all answers come from one account")]
    found = clusters.fit(np.ones((len(coded), 1)), coded.to_numpy(), units, weights).contrast([1.0])
    mean = np.average(coded, weights=weights)
    alone = np.average((coded - mean) ** 2, weights=weights) / max(effective - 1, 1e-9)
    if not alone > 0:
        return 1.0, found.df, [tr("all answers alike")]
    effect = max(found.se**2 / alone, 1 / MOST_WORTH)
    told = tr(
        "interval allows for answers from the same account (x{effect})",
        effect=printed(effect, ".2f"),
    )
    return effect, found.df, [told]


def _row(
    shares: Sequence[float], effective: float, freedom: float, level: float
) -> dict[str, object]:
    centre, error = adjusted(shares, effective)
    half = error * stats.t.ppf((1 + level) / 2, freedom)
    estimate = 100 * (shares[0] - shares[2])
    return {
        "term": "NPS",
        "estimate": estimate,
        # A few answers all alike lie outside of what surrounds the adjusted centre.
        "ci_low": min(max(-100.0, centre - half), estimate),
        "ci_high": max(min(100.0, centre + half), estimate),
        "share_promoters": shares[0],
        "share_passives": shares[1],
        "share_detractors": shares[2],
    }
