"""Sums within accounts, from which whole accounts are drawn again and again."""

from typing import Any

import numpy as np

from analysis.models.panel import follow

#: Fewest contacts in two or more waves, and fewest accounts they come from (our defaults).
MIN_FOLLOWED, MIN_ACCOUNTS = 20, 10

#: Resamples of whole accounts (our default).
RESAMPLES = 2000


def add(values: np.ndarray, voices: np.ndarray, count: int) -> np.ndarray:
    """Rows summed within accounts (`count` of them; `voices` says which each row belongs to)."""
    sums = np.zeros((count, *values.shape[1:]))
    np.add.at(sums, voices, values)
    return sums


def by_group(
    x: np.ndarray, y: np.ndarray, places: np.ndarray, groups: int, voices: np.ndarray, count: int
) -> np.ndarray:
    """Counts, sums and products of x and y in each group, by account (J x groups x 6)."""
    moments = np.column_stack([np.ones(len(x)), x, y, x * x, y * y, x * y])
    sums = np.zeros((count, groups, 6))
    np.add.at(sums, (voices, places), moments)
    return sums


def correlation(moments: np.ndarray) -> np.ndarray:
    """Correlation within groups, of their counts, sums and products (B x groups x 6)."""
    n, sx, sy, xx, yy, xy = np.moveaxis(moments, -1, 0)
    n = np.where(n > 0, n, 1.0)
    xx, yy, xy = xx - sx**2 / n, yy - sy**2 / n, xy - sx * sy / n
    spread = np.sqrt(xx.sum(axis=1) * yy.sum(axis=1))
    return np.divide(xy.sum(axis=1), spread, out=np.full(len(spread), np.nan), where=spread > 1e-12)


def ends(found: np.ndarray, line: float) -> dict[str, Any]:
    """Estimate (the first value) and percentiles of the resamples; no interval where many fail."""
    drawn = found[1:][~np.isnan(found[1:])]
    low, high = np.nan, np.nan
    if len(drawn) >= 0.9 * (len(found) - 1) and np.isfinite(found[0]):
        low, high = np.quantile(drawn, [0.025, 0.975], method="inverted_cdf")
    return {
        "estimate": found[0],
        "ci_low": low,
        "ci_high": high,
        "clear": follow.apart(low, high, line),
    }
