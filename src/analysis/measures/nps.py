"""Net Promoter Score: the score, its interval, and whether a change is more than chance.

The point is always the raw score, promoters' share less detractors' share in points (-100 to
100). The interval is the adjusted Wald one, which keeps its level at n = 20; answers from one
account widen it. A change is tested three ways, and `note` says which: all answers, the same
contacts only, and exact permutation where either wave is small.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import DataError
from analysis.measures import inference, scales
from analysis.params import Wave

PROMOTER = 9  # published: 9-10 promoter, 7-8 passive, 0-6 detractor (domain.md 2.2)
PASSIVE = 7  # published
ADDED = 0.75  # published: adjusted Wald adds 3/4 promoter, 3/4 detractor and 3 answers in all
SMALL = 30  # our default: below it the change is judged by permutation as well
MIN_LINKED = 10  # our default: accounts in both waves that can show how the waves move together

SCORE = (
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "promoters",
    "passives",
    "detractors",
    "share_promoters",
    "share_passives",
    "share_detractors",
    "note",
)

CHANGE = (
    "term",
    "before",
    "after",
    "score_before",
    "score_after",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "clear",
    "n",
    "n_before",
    "n_least",
    "matched",
    "n_accounts",
    "note",
)

BREAK = "not compared: the waves were asked by different methods"


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


def nps(ratings: pd.Series, accounts: pd.Series | None = None, level: float = 0.95) -> pd.DataFrame:
    """Net Promoter Score with an adjusted-Wald interval.

    Parameters
    ----------
    ratings : 0-10, one per respondent; missing ratings are left out of the base.
    accounts : aligned with `ratings`; widens the interval by the design effect of answers that
        share an account (never narrows it) and uses t with accounts minus one.

    Returns
    -------
    DataFrame with the columns `SCORE`, one row in points; no row without ratings.

    Raises
    ------
    DataError: a rating outside 0-10.

    References
    ----------
    Rocks (2016); https://measuringu.com/nps-three-confidence-intervals/

    Examples
    --------
    >>> row = nps(pd.Series([10] * 18 + [7] * 11 + [0] * 2)).iloc[0]
    >>> [round(float(row[name]), 1) for name in ("estimate", "ci_low", "ci_high")]
    [51.6, 25.5, 68.6]
    """
    coded = points(ratings).dropna()
    n = len(coded)
    counts = [int((coded == value).sum()) for value in (100, 0, -100)]
    if accounts is None or not accounts.loc[coded.index].notna().any():
        return from_counts(*counts, n, level)
    keys = accounts.loc[coded.index]
    units = inference.units(pd.DataFrame({"account": keys, "contact": None}))
    influence = (coded - coded.mean()) / n
    clustered, freedom = inference.clustered(influence, units)
    effect = max(1.0, _ratio(influence, clustered)) if freedom else 1.0
    found = _row(counts, level, effect, freedom or None)
    found["n_accounts"] = keys.nunique()
    if not freedom:
        found["note"] = "all answers come from one account"
    elif effect > 1:
        found["note"] = f"interval allows for answers from the same account (x{effect:.2f})"
    return pd.DataFrame([found], columns=list(SCORE))


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
    if not n:
        return pd.DataFrame(columns=list(SCORE))
    row = _row([promoters, passives, detractors], level)
    return pd.DataFrame([row], columns=list(SCORE))


def by_wave(answers: pd.DataFrame, waves: Sequence[Wave], level: float = 0.95) -> pd.DataFrame:
    """The score of every wave that has ratings, in order of time.

    Parameters
    ----------
    answers : rows with `wave`, `nps`, `account`.
    waves : waves to show, from the params; their `method` tells where the series breaks.

    Returns
    -------
    DataFrame: wave (id), series (a new one begins where the method changes), then `SCORE` with
    the wave's label as `term`.
    """
    rows, series, method = [], 0, None
    for wave in waves:
        here = answers[answers["wave"] == wave.id]
        row = nps(here["nps"], here["account"], level)
        if row.empty:
            continue
        series += wave.method != method
        method = wave.method
        kept = row.iloc[0].to_dict() | {"term": wave.label}
        rows.append({"wave": wave.id, "series": f"Method {series}", **kept})
    return pd.DataFrame(rows, columns=["wave", "series", *SCORE])


def changes(answers: pd.DataFrame, waves: Sequence[Wave], level: float = 0.95) -> pd.DataFrame:
    """`change` between each wave and the next, and over the whole series where that is longer.

    The series begins where the method last changed.

    Returns
    -------
    DataFrame with the columns `CHANGE`; no rows with fewer than two waves.
    """
    asked = set(answers.loc[answers["nps"].notna(), "wave"])
    kept = [wave for wave in waves if wave.id in asked]
    pairs = list(itertools.pairwise(kept))
    breaks = [k for k, (old, new) in enumerate(pairs, start=1) if old.method != new.method]
    series = kept[breaks[-1] :] if breaks else kept
    if len(series) > 2:
        pairs.append((series[0], series[-1]))
    found = [change(answers, before, after, level) for before, after in pairs]
    found = [frame.dropna(axis=1, how="all") for frame in found if len(frame)]
    joined = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    return joined.reindex(columns=list(CHANGE))


def change(answers: pd.DataFrame, before: Wave, after: Wave, level: float = 0.95) -> pd.DataFrame:
    """Test whether the score of one wave differs from that of another.

    Parameters
    ----------
    answers : rows with `wave`, `nps`, `account`, `contact`.

    Returns
    -------
    DataFrame with the columns `CHANGE`, in points. Row "all answers": adjusted Wald on both
    waves, its variance scaled by what shared accounts and returning contacts do to it. Row "same
    contacts", where any contact answered both times: paired difference. Where either base is
    below `SMALL`, `p` is an exact permutation p, and `clear` needs both p and interval. Waves of
    different methods give one row without an estimate, and `note` says why.
    """
    both = answers[answers["wave"].isin([before.id, after.id])]
    coded = points(both["nps"]).dropna()
    both = both.loc[coded.index]
    old, new = coded[both["wave"] == before.id], coded[both["wave"] == after.id]
    if old.empty or new.empty:
        return pd.DataFrame(columns=list(CHANGE))
    shared = {"before": before.label, "after": after.label}
    if before.method != after.method:
        row = {"term": "all answers", "n": len(new), "n_before": len(old), "clear": False}
        row |= shared | {"n_least": min(len(old), len(new)), "matched": 0, "note": BREAK}
        return pd.DataFrame([row], columns=list(CHANGE))
    pairs = inference.matched_pairs(both.assign(value=coded), before.id, after.id)
    rows = [_all_answers(both, old, new, level) | {"matched": len(pairs)}]
    if len(pairs):
        others = len(old) + len(new) - 2 * len(pairs)
        rows.append(_same_contacts(pairs, others, level))
    return pd.DataFrame([shared | row for row in rows], columns=list(CHANGE))


def headline(answers: pd.DataFrame, waves: Sequence[Wave]) -> pd.DataFrame:
    """The last wave's score with its change since the wave before it.

    Returns
    -------
    DataFrame, one row: the columns of `by_wave` and those of `scales.CHANGE`; no row when the
    last wave has no ratings.
    """
    now = by_wave(answers, waves[-1:])
    columns = [*now.columns, *scales.CHANGE]
    if now.empty:
        return pd.DataFrame(columns=columns)
    row = now.iloc[0].to_dict() | {"change_since": ""}
    earlier = scales.previous(answers[answers["nps"].notna()], waves)
    if earlier is not None:
        moved = change(answers, earlier, waves[-1]).iloc[0]
        row["change"] = moved["estimate"]
        row["change_low"], row["change_high"] = moved["ci_low"], moved["ci_high"]
        row["change_since"], row["n_before"] = earlier.label, moved["n_before"]
    return pd.DataFrame([row], columns=columns)


def _all_answers(
    both: pd.DataFrame, old: pd.Series, new: pd.Series, level: float
) -> dict[str, object]:
    """Difference of two waves: adjusted Wald, scaled by the clusters."""
    influence = pd.concat([(old.mean() - old) / len(old), (new - new.mean()) / len(new)])
    units = inference.units(both).loc[influence.index]
    error, freedom = inference.clustered(influence, units)
    linked = len(set(units[old.index]) & set(units[new.index]))
    scale = _ratio(influence, error) if freedom else 1.0
    if linked < MIN_LINKED:  # too few to believe that returning accounts narrow the interval
        scale = max(1.0, scale)
    first, second = _adjusted(_counts(old)), _adjusted(_counts(new))
    centre = second[0] - first[0]
    error = float(np.sqrt((first[1] ** 2 + second[1] ** 2) * scale))
    accounts = both["account"].nunique()
    critical = stats.t.ppf((1 + level) / 2, freedom) if accounts > 1 else _z(level)
    low, high = np.clip([centre - critical * error, centre + critical * error], -200, 200)
    estimate = new.mean() - old.mean()
    small = min(len(old), len(new)) < SMALL
    if small:
        p = inference.permutation_p(_counts(old), _counts(new))
    else:
        tail = stats.t.sf if accounts > 1 else lambda t, _: stats.norm.sf(t)
        p = float(2 * tail(abs(centre) / error, freedom))
    note = "adjusted Wald"
    if accounts > 1:
        note += ", allowing for shared accounts"
    elif linked >= MIN_LINKED:
        note += ", allowing for returning contacts"
    return {
        "term": "all answers",
        "score_before": old.mean(),
        "score_after": new.mean(),
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "p": p,
        "clear": bool(low > 0 or high < 0) and (not small or p < 1 - level),
        "n": len(new),
        "n_before": len(old),
        "n_least": min(len(old), len(new)),
        "n_accounts": accounts or np.nan,
        "note": note + ("; exact permutation test (few answers)" if small else ""),
    }


def _same_contacts(pairs: pd.DataFrame, others: int, level: float) -> dict[str, object]:
    """Mean of the differences within contacts, with accounts as clusters.

    `n_least` is the number of unmatched answers where that is smaller: with one newcomer, the
    change of all and the change of the same contacts together give that person's answer away.
    """
    moved = pairs["after"] - pairs["before"]
    n = len(moved)
    error, freedom = inference.clustered((moved - moved.mean()) / n, inference.units(pairs))
    certain = freedom > 0 and error > 0
    half = error * stats.t.ppf((1 + level) / 2, freedom) if certain else np.nan
    low, high = moved.mean() - half, moved.mean() + half
    small = n < SMALL
    if small:
        p = inference.sign_flip_p(moved / 100)
    else:
        p = float(2 * stats.t.sf(abs(moved.mean()) / error, freedom)) if certain else np.nan
    note = "paired t on the difference" if certain else "no spread: no interval"
    if pairs["account"].nunique() > 1 and certain:
        note += ", allowing for shared accounts"
    return {
        "term": "same contacts",
        "score_before": pairs["before"].mean(),
        "score_after": pairs["after"].mean(),
        "estimate": moved.mean(),
        "ci_low": low,
        "ci_high": high,
        "p": p,
        "clear": bool(low > 0 or high < 0) and (not small or p < 1 - level),
        "n": n,
        "n_before": n,
        "n_least": min(n, others) if others else n,
        "matched": n,
        "n_accounts": pairs["account"].nunique() or np.nan,
        "note": note + ("; exact sign-flip test (few answers)" if small else ""),
    }


def _counts(coded: pd.Series) -> list[int]:
    return [int((coded == value).sum()) for value in (100, 0, -100)]


def _z(level: float) -> float:
    return float(stats.norm.ppf((1 + level) / 2))


def _adjusted(counts: Sequence[int]) -> tuple[float, float]:
    """Centre and standard error of the adjusted Wald interval, in points."""
    n = sum(counts) + 4 * ADDED
    p, d = (counts[0] + ADDED) / n, (counts[2] + ADDED) / n
    return 100 * (p - d), 100 * float(np.sqrt((p + d - (p - d) ** 2) / n))


def _ratio(influence: pd.Series, error: float) -> float:
    """Variance with clusters over variance without."""
    n = len(influence)
    alone = n / (n - 1) * (influence**2).sum() if n > 1 else 0.0
    return float(error**2 / alone) if alone > 0 else 1.0


def _row(
    counts: Sequence[int], level: float, effect: float = 1.0, freedom: int | None = None
) -> dict[str, object]:
    centre, error = _adjusted(counts)
    critical = stats.t.ppf((1 + level) / 2, freedom) if freedom else _z(level)
    half = critical * error * np.sqrt(effect)
    n = sum(counts)
    promoters, passives, detractors = counts
    return {
        "term": "NPS",
        "estimate": 100 * (promoters - detractors) / n,
        "ci_low": max(-100.0, centre - half),
        "ci_high": min(100.0, centre + half),
        "n": n,
        "n_accounts": np.nan,
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
        "share_promoters": promoters / n,
        "share_passives": passives / n,
        "share_detractors": detractors / n,
        "note": "",
    }
