"""How closely each score goes with the change of revenue, and which of two goes closer."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import tr
from analysis.models.contest.auc import judged

CORRELATION = ("term", "label", "estimate", "ci_low", "ci_high", "n", "note")


def single(scores: pd.DataFrame, change: np.ndarray, labels: dict[str, str]) -> pd.DataFrame:
    """Correlation of each score with the change, Fisher's z, columns `CORRELATION`.

    Accounts are the cases, one row each, so no two rows are one voice.
    """
    rows = []
    for name in scores:
        r = float(np.corrcoef(scores[name], change)[0, 1])
        note = "" if abs(r) < 1 else tr("a perfect line")
        rows.append((name, labels[name], r, *fisher(r, len(change)), len(change), note))
    frame = pd.DataFrame(rows, columns=list(CORRELATION))
    return frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def pairs(scores: pd.DataFrame, change: np.ndarray, labels: dict[str, str]) -> pd.DataFrame:
    """Differences of the correlations of each two scores, columns `auc.PAIRS`.

    p by Williams's t, which Steiger (1980) recommends for two correlations with one variable in
    common; the interval by Zou (2007).
    """
    n = len(change)
    r = np.corrcoef(np.column_stack([change, scores.to_numpy(float)]).T)
    order = 1 + np.argsort(-r[0, 1:], kind="stable")
    rows = []
    for j, k in combinations(order, 2):
        one, other, between = r[0, j], r[0, k], r[j, k]
        _, p = williams(one, other, between, n)
        low, high = zou(one, other, between, n)
        rows.append((*(scores.columns[at - 1] for at in (j, k)), one - other, low, high, p))
    return judged(rows, labels, n)


def fisher(r: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of a correlation on Fisher's z. R: `psych::r.con`, `cor.test`.

    >>> [round(end, 3) for end in fisher(0.5, 50)]
    [0.257, 0.683]
    """
    if abs(r) >= 1:
        return r, r
    half = stats.norm.ppf((1 + level) / 2) / np.sqrt(n - 3)
    return float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def williams(r12: float, r13: float, r23: float, n: int) -> tuple[float, float]:
    """Williams's t of r12 less r13, with n - 3 degrees of freedom, and its two-sided p.

    NaN where 2 and 3 are one and the same. R: `psych::r.test(n, r12, r23 = r23, r13 = r13)`.

    References
    ----------
    Williams (1959), Journal of the Royal Statistical Society B 21(2), 396-399. Steiger (1980),
    Psychological Bulletin 87(2), 245-251.

    Examples
    --------
    >>> [round(float(v), 3) for v in williams(0.5, 0.3, 0.4, 103)]
    [2.097, 0.039]
    """
    volume = 1 - r12**2 - r13**2 - r23**2 + 2 * r12 * r13 * r23
    mean = (r12 + r13) / 2
    below = 2 * (n - 1) / (n - 3) * volume + mean**2 * (1 - r23) ** 3
    if below <= 1e-12:
        return float("nan"), float("nan")
    t = (r12 - r13) * np.sqrt((n - 1) * (1 + r23) / below)
    return float(t), float(2 * stats.t.sf(abs(t), n - 3))


def zou(r12: float, r13: float, r23: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of r12 less r13, two correlations with one variable in common.

    References
    ----------
    Zou (2007), Psychological Methods 12(4), 399-413, equation 10 ff.

    Examples
    --------
    >>> [round(end, 3) for end in zou(0.396, 0.179, 0.088, 66)]
    [-0.093, 0.517]
    """
    (low2, high2), (low3, high3) = fisher(r12, n, level), fisher(r13, n, level)
    if abs(r12) >= 1 or abs(r13) >= 1:
        return float("nan"), float("nan")
    shared = (r23 - r12 * r13 / 2) * (1 - r12**2 - r13**2 - r23**2) + r23**3
    c = shared / ((1 - r12**2) * (1 - r13**2))
    gap = r12 - r13
    below = (r12 - low2) ** 2 + (high3 - r13) ** 2 - 2 * c * (r12 - low2) * (high3 - r13)
    above = (high2 - r12) ** 2 + (r13 - low3) ** 2 - 2 * c * (high2 - r12) * (r13 - low3)
    return float(gap - np.sqrt(max(below, 0))), float(gap + np.sqrt(max(above, 0)))
