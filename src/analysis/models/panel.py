"""The matched panel: did the same people change their minds, or did other people answer.

The total change between two waves is the change within contacts who answered both times plus the
change in who answered. The two always add up.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.measures import inference, nps, scales
from analysis.params import Wave

COLUMNS = (
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "clear",
    "n",
    "n_before",
    "n_least",
    "n_accounts",
    "note",
)

TOTAL, WITHIN, MIX = "Change of the score", "Same people", "Different people"


def matched(
    answers: pd.DataFrame, before: Wave, after: Wave, value: str = "nps", level: float = 0.95
) -> pd.DataFrame:
    """Split the change between two waves into change within contacts and change of mix.

    Parameters
    ----------
    answers : rows with `wave`, `account`, `contact` and `value`.
    value : column to follow; "nps" is counted in points, any other column as it is.

    Returns
    -------
    DataFrame, three rows with the columns `COLUMNS`: the total, within the same contacts, and by
    who answered; total = within + mix. For "nps", interval and `clear` of the first two are those
    of `nps.change`. `n_least` is the smallest group that a reader could work
    out from a row. No rows when the methods differ or no contact answered both times.
    """
    both = answers[answers["wave"].isin([before.id, after.id])]
    coded = nps.points(both["nps"]) if value == "nps" else both[value].astype(float)
    both = both.assign(value=coded)[coded.notna()]
    pairs = inference.matched_pairs(both, before.id, after.id)
    if before.method != after.method or pairs.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    old = both.loc[both["wave"] == before.id, "value"]
    new = both.loc[both["wave"] == after.id, "value"]
    moved = pairs["after"] - pairs["before"]
    total, within = new.mean() - old.mean(), moved.mean()

    # What each answer adds to the total and to the part within, summed within accounts.
    influence = pd.concat([(old.mean() - old) / len(old), (new - new.mean()) / len(new)])
    of_total = influence.groupby(inference.units(both)).sum()
    of_within = ((moved - within) / len(moved)).groupby(inference.units(pairs)).sum()
    of_mix = of_total.sub(of_within, fill_value=0.0)
    others = len(old) + len(new) - 2 * len(pairs)
    # Total and part within together give the rest away by subtraction: both count its people.
    unmatched = min(others, len(pairs)) if others else len(pairs)
    everyone = {"n": len(new), "n_before": len(old)}
    everyone["n_accounts"] = both["account"].nunique() or np.nan
    same = {"n": len(pairs), "n_before": len(pairs), "n_least": unmatched}
    same["n_accounts"] = pairs["account"].nunique() or np.nan
    rows = [
        {"term": TOTAL, "note": "everybody who answered", "n_least": min(len(old), len(new))}
        | _interval(total, of_total, level)
        | everyone,
        {"term": WITHIN, "note": "people who answered both times"}
        | _interval(within, of_within, level)
        | same,
        {"term": MIX, "note": f"{others} answers of people who answered once"}
        | _interval(total - within, of_mix, level)
        | everyone
        | {"n_least": unmatched},
    ]
    if value == "nps":  # the tests of the NPS know small samples; one change has one interval
        for row, tested in zip(
            rows, nps.change(both, before, after, level).to_dict("records"), strict=False
        ):
            row |= {name: tested[name] for name in ("ci_low", "ci_high", "clear")}
    return pd.DataFrame(rows, columns=list(COLUMNS))


def latest(answers: pd.DataFrame, waves: Sequence[Wave]) -> pd.DataFrame:
    """`matched` for the NPS of the last wave and the wave before it; no rows without one."""
    earlier = scales.previous(answers[answers["nps"].notna()], waves)
    if earlier is None:
        return pd.DataFrame(columns=list(COLUMNS))
    return matched(answers, earlier, waves[-1])


def movers(answers: pd.DataFrame, waves: Sequence[Wave], value: str = "nps") -> pd.DataFrame:
    """How many contacts went up, stayed, or went down between the last wave and the one before.

    Returns
    -------
    DataFrame, three rows (Higher, The same, Lower) that add up to the matched contacts: term,
    estimate (share), ci_low, ci_high (Wilson), count, n (matched), n_accounts. For "nps" the
    rating itself is compared, not its class. No rows without matched contacts.
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "count", "n", "n_accounts"]
    earlier = scales.previous(answers[answers[value].notna()], waves)
    if earlier is None:
        return pd.DataFrame(columns=columns)
    valued = answers.assign(value=answers[value])
    pairs = inference.matched_pairs(valued, earlier.id, waves[-1].id)
    if pairs.empty:
        return pd.DataFrame(columns=columns)
    moved = np.sign(pairs["after"] - pairs["before"])
    rows = []
    for term, sign in (("Higher", 1), ("The same", 0), ("Lower", -1)):
        count = int((moved == sign).sum())
        row = inference.wilson(count, len(pairs)).iloc[0].to_dict()
        row["n_accounts"] = pairs["account"].nunique() or np.nan
        rows.append({"term": term, "count": count} | row)
    return pd.DataFrame(rows, columns=columns)


def _interval(estimate: float, influence: pd.Series, level: float) -> dict[str, float]:
    """Estimate and interval from influences that are summed by account already."""
    error, freedom = inference.clustered(influence, pd.Series(influence.index, influence.index))
    half = error * stats.t.ppf((1 + level) / 2, freedom) if freedom and error > 0 else np.nan
    low, high = estimate - half, estimate + half
    return {
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "clear": bool(low > 0 or high < 0),
    }
