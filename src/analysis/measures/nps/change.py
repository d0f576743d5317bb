"""The score over waves, and whether a change is more than chance.

A change is tested three ways, and `note` says which: all answers (independent or overlapping
waves), the same contacts only, and exact permutation where either wave is small. A series is never
joined across a change of method.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.measures import clusters, inference, scales
from analysis.measures.nps.score import SCORE, adjusted, nps, points
from analysis.params import Wave

SMALL = 30  # our default: below it the change is judged by permutation as well
MIN_LINKED = 10  # our default: accounts in both waves that can show how the waves move together
LEAST_EFFECT = 0.05  # our default: contacts who hardly change do not make a change certain

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

BREAK = later("not compared: the waves were asked by different methods")

#: Who is compared.
ALL, SAME = later("all answers"), later("same contacts")


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
        row = nps(here["nps"], accounts=here["account"], level=level)
        if row.empty:
            continue
        series += wave.method != method
        method = wave.method
        kept = row.iloc[0].to_dict() | {"term": wave.label}
        rows.append({"wave": wave.id, "series": tr("Method {n}", n=series), **kept})
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
        row = {"term": ALL, "n": len(new), "n_before": len(old), "clear": False}
        row |= shared | {"n_least": min(len(old), len(new)), "matched": 0, "note": tr(BREAK)}
        return pd.DataFrame([row], columns=list(CHANGE))
    pairs = inference.matched_pairs(both.assign(value=coded), before.id, after.id)
    rows = [_all_answers(both, old, new, level) | {"matched": len(pairs)}]
    if len(pairs):
        least = inference.least_followed(len(old), len(new), len(pairs))
        rows.append(_same_contacts(pairs, least, level))
    return pd.DataFrame([shared | row for row in rows], columns=list(CHANGE))


def headline(answers: pd.DataFrame, waves: Sequence[Wave]) -> pd.DataFrame:
    """The last wave's score with its change since the wave before it.

    Returns
    -------
    DataFrame, one row: the columns of `by_wave`, those of `scales.CHANGE`, and change_clear: the
    verdict of `change`, which asks an exact test too where answers are few; no row when the last
    wave has no ratings.
    """
    now = by_wave(answers, waves[-1:])
    columns = [*now.columns, *scales.CHANGE, "change_clear"]
    if now.empty:
        return pd.DataFrame(columns=columns)
    row = now.iloc[0].to_dict() | {"change_since": ""}
    earlier = scales.previous(answers[answers["nps"].notna()], waves)
    if earlier is not None:
        moved = change(answers, earlier, waves[-1]).iloc[0]
        row["change"] = moved["estimate"]
        row["change_low"], row["change_high"] = moved["ci_low"], moved["ci_high"]
        row["change_since"], row["n_before"] = earlier.label, moved["n_before"]
        row["change_clear"] = bool(moved["clear"])
    return pd.DataFrame([row], columns=columns)


def _all_answers(
    both: pd.DataFrame, old: pd.Series, new: pd.Series, level: float
) -> dict[str, object]:
    """Difference of two waves: adjusted Wald on both, each with its effective number of answers.

    Waves that share accounts or contacts move together, so one design effect of the difference
    holds for both.
    """
    units = inference.units(both)
    units = pd.concat([units[old.index], units[new.index]])
    is_new = np.repeat([0.0, 1.0], [len(old), len(new)])
    x = np.column_stack([1 - is_new, is_new])
    found = clusters.fit(x, np.r_[old, new], units).contrast([-1.0, 1.0])
    alone = sum(wave.var(ddof=0) / max(len(wave) - 1, 1) for wave in (old, new))
    effect = found.se**2 / alone if found.df > 0 and alone > 0 else 1.0
    linked = len(set(units[old.index]) & set(units[new.index]))
    # Too few to believe that returning accounts narrow the interval, or ones that agree by chance.
    effect = max(effect, LEAST_EFFECT if linked >= MIN_LINKED else 1.0)
    first, second = (adjusted(_shares(wave), len(wave) / effect) for wave in (old, new))
    accounts = both["account"].nunique()
    freedom = found.df if accounts > 1 else np.inf
    centre, error = second[0] - first[0], float(np.hypot(first[1], second[1]))
    half = error * stats.t.ppf((1 + level) / 2, freedom)
    low, high = np.clip([centre - half, centre + half], -200, 200)
    estimate = new.mean() - old.mean()
    small = min(len(old), len(new)) < SMALL
    if small:
        p = inference.permutation_p(_counts(old), _counts(new))
    else:
        p = float(2 * stats.t.sf(abs(centre) / error, freedom))
    note = tr("adjusted Wald")
    if accounts > 1:
        note += tr(", allowing for shared accounts")
    elif linked >= MIN_LINKED:
        note += tr(", allowing for returning contacts")
    return {
        "term": ALL,
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
        "note": note + (tr("; exact permutation test (few answers)") if small else ""),
    }


def _same_contacts(pairs: pd.DataFrame, least: int, level: float) -> dict[str, object]:
    """Mean of the differences within contacts, with accounts as clusters.

    `least` is the smallest group that could be worked out: with one newcomer, the change of all
    and the change of the same contacts together give that person's answer away.
    """
    moved = pairs["after"] - pairs["before"]
    n = len(moved)
    fitted = clusters.fit(np.ones((n, 1)), moved.to_numpy(), inference.units(pairs))
    found = fitted.contrast([1.0])
    certain = found.df > 0 and found.se > 0
    _, low, high = inference.ends(found, level)
    small = n < SMALL
    if small:
        p = inference.sign_flip_p(moved / 100)
    else:
        p = float(2 * stats.t.sf(abs(found.estimate) / found.se, found.df)) if certain else np.nan
    note = tr("paired t on the difference" if certain else "no spread: no interval")
    if pairs["account"].nunique() > 1 and certain:
        note += tr(", allowing for shared accounts")
    return {
        "term": SAME,
        "score_before": pairs["before"].mean(),
        "score_after": pairs["after"].mean(),
        "estimate": moved.mean(),
        "ci_low": low,
        "ci_high": high,
        "p": p,
        "clear": bool(low > 0 or high < 0) and (not small or p < 1 - level),
        "n": n,
        "n_before": n,
        "n_least": least,
        "matched": n,
        "n_accounts": pairs["account"].nunique() or np.nan,
        "note": note + (tr("; exact sign-flip test (few answers)") if small else ""),
    }


def _counts(coded: pd.Series) -> list[int]:
    return [int((coded == value).sum()) for value in (100, 0, -100)]


def _shares(coded: pd.Series) -> list[float]:
    return [count / len(coded) for count in _counts(coded)]
