"""The 13 signs that Morgan and Hunt's theory expects, held against estimates."""

import numpy as np
import pandas as pd

from analysis.language import later
from analysis.measures import scales

#: (source, target, sign) of Morgan & Hunt (1994), Journal of Marketing 58(3), 20-38.
PATHS: tuple[tuple[str, str, int], ...] = (
    ("termination_costs", "commitment", +1),
    ("relationship_benefits", "commitment", +1),
    ("shared_values", "commitment", +1),
    ("shared_values", "trust", +1),
    ("communication", "trust", +1),
    ("opportunism", "trust", -1),
    ("trust", "commitment", +1),
    ("commitment", "acquiescence", +1),
    ("commitment", "propensity_to_leave", -1),
    ("commitment", "cooperation", +1),
    ("trust", "cooperation", +1),
    ("trust", "functional_conflict", +1),
    ("trust", "uncertainty", -1),
)

#: Columns of `signs`.
SIGNS = (
    "term",
    "source",
    "target",
    "expected",
    "estimate",
    "ci_low",
    "ci_high",
    "se",
    "p",
    "p_holm",
    "n",
    "n_accounts",
    "verdict",
)


def signs(estimates: pd.DataFrame) -> pd.DataFrame:
    """Hold the 13 expected signs against estimates.

    Parameters
    ----------
    estimates : lhs (target), rhs (source), estimate, ci_low, ci_high, se, p, n, n_accounts.

    Returns
    -------
    DataFrame with the columns `SIGNS`, 13 rows. "met" and "not met" only where the interval
    leaves zero out; `p_holm` allows for testing all of them at once.
    """
    known = estimates.set_index(["rhs", "lhs"])
    rows = []
    for source, target, sign in PATHS:
        row = {
            "term": f"{source} -> {target}",
            "source": scales.label(source),
            "target": scales.label(target),
            "expected": "+" if sign > 0 else "\N{MINUS SIGN}",
        }
        if (source, target) in known.index:
            row |= known.loc[(source, target)].to_dict()
        row["verdict"] = verdict(row, sign)
        rows.append(row)
    frame = pd.DataFrame(rows).reindex(columns=list(SIGNS))
    frame["n"] = frame["n"].fillna(0).astype(int)
    frame["p_holm"] = holm(frame["p"].astype(float))
    return frame


def verdict(row: dict[str, float], sign: int) -> str:
    """Whether the sign is met, not met, undecided (zero inside the interval) or not asked.

    >>> verdict({"estimate": -0.3, "ci_low": -0.4, "ci_high": -0.2}, +1)
    'not met'
    """
    if pd.isna(row.get("estimate")):
        return later("not asked")
    low, high = row["ci_low"], row["ci_high"]
    if not (low > 0 or high < 0):
        return later("undecided")
    return later("met") if (low > 0) == (sign > 0) else later("not met")


def holm(p: pd.Series) -> pd.Series:
    """P-values allowing for the whole family (Holm 1979); missing ones stay missing.

    >>> holm(pd.Series([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    known = p.dropna().sort_values()
    count = len(known)
    raised = (known * np.arange(count, 0, -1)).cummax().clip(upper=1.0)
    return raised.reindex(p.index)
