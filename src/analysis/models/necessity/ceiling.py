"""The ceiling over a cloud of answers, and how empty the corner above it is."""

import numpy as np
import pandas as pd

from analysis.language import later

#: What d is called from this value on; published (Dul 2016).
SIZES = (
    (0.5, later("very large")),
    (0.3, later("large")),
    (0.1, later("medium")),
    (0.0, later("small")),
)

LEVELS = tuple(range(0, 101, 10))  # of the outcome, per cent of its range; published (Dul 2016)
NONE_NEEDED = later("no particular level needed")
BEYOND = later("more than anybody's score")

BOTTLENECK = (
    "level",
    "outcome",
    "needed",
    "needed_line",
    "below",
    "share_below",
    "n",
    "n_accounts",
    "n_least",
    "note",
)

#: Least and most that the condition, then the outcome, can be.
Scope = tuple[float, float, float, float]


def word(d: float) -> str:
    """What an effect of this size is called.

    >>> word(0.42), word(0.05)
    ('large', 'small')
    """
    return next(name for least, name in SIZES if d >= least)


def effect_sizes(x: np.ndarray, ys: np.ndarray, scope: Scope) -> np.ndarray:
    """Empty zone as a share of the scope, under the steps and under the line.

    Parameters
    ----------
    x : n conditions. ys : samples x n outcomes beside them.

    Returns
    -------
    samples x 2. Peers that lie on one another each count for the line, as in Dul's software.
    """
    x0, x1, y0, y1 = scope
    levels, tops, weights = _peers(x, ys)
    ceiling = np.maximum.accumulate(tops, axis=1)
    edges = np.concatenate([levels, [x1]])
    step = (y1 - ceiling) @ np.diff(edges) + (levels[0] - x0) * (y1 - y0)
    intercept, slope = _lines(levels, tops, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        start, end = y1 - intercept - slope * x0, y1 - intercept - slope * x1
        line = (_clipped(start, y1 - y0) - _clipped(end, y1 - y0)) / slope
    line = np.where(np.isfinite(line), line, 0.0)
    return np.column_stack([step, line]) / ((x1 - x0) * (y1 - y0))


def bottleneck(
    x: np.ndarray, y: np.ndarray, n_accounts: int | None, scope: Scope | None = None
) -> pd.DataFrame:
    """How much of the condition each level of the outcome took, and how many have less.

    Returns
    -------
    DataFrame with the columns `BOTTLENECK`: level (per cent of the outcome's range), outcome (the
    score there), needed (least condition by the steps; NaN where none is), needed_line (by the
    line; NaN where none is or it lies beyond the range, as `note` says), below (answers with less
    than `needed_line`), n_least (the smallest group that this row gives away, also beside the row
    above it).
    """
    x0, x1, y0, y1 = scope or observed(x, y)
    levels, tops, weights = _peers(x, y[None])
    intercept, slope = (float(part[0]) for part in _lines(levels, tops, weights))
    rows, shown = [], 0
    for level in LEVELS:
        aim = y0 + (y1 - y0) * level / 100
        reached = x[y >= aim - 1e-9]
        step = float(reached.min()) if len(reached) else np.nan
        line = (aim - intercept) / slope if np.isfinite(slope) else np.nan
        below = int((x < line - 1e-9).sum()) if line > x0 else 0
        sizes = [size for size in (below, len(x) - below, abs(below - shown)) if size]
        shown = below
        note = BEYOND if line > x1 else "" if line > x0 else NONE_NEEDED
        rows.append(
            {
                "level": level,
                "outcome": aim,
                "needed": step if step > x0 else np.nan,
                "needed_line": line if x0 < line <= x1 else np.nan,
                "below": below,
                "share_below": below / len(x),
                "n": len(x),
                "n_accounts": n_accounts,
                "n_least": min(sizes),
                "note": note,
            }
        )
    return pd.DataFrame(rows, columns=list(BOTTLENECK))


def accuracy(x: np.ndarray, y: np.ndarray) -> float:
    """Share of answers on or below the line."""
    intercept, slope = (float(part[0]) for part in _lines(*_peers(x, y[None])))
    if not np.isfinite(slope):
        return 1.0
    return float((y <= intercept + slope * x + 1e-9 * np.ptp(y)).mean())


def observed(x: np.ndarray, y: np.ndarray) -> Scope:
    """The field in which answers were seen to lie."""
    return float(x.min()), float(x.max()), float(y.min()), float(y.max())


def _peers(x: np.ndarray, ys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levels of x; highest outcome at each; answers there if it tops all levels before, else 0."""
    order = np.argsort(x, kind="stable")
    levels, first, size = np.unique(x[order], return_index=True, return_counts=True)
    beside = ys[:, order]
    tops = np.maximum.reduceat(beside, first, axis=1)
    count = np.add.reduceat(beside == np.repeat(tops, size, axis=1), first, axis=1, dtype=float)
    before = np.maximum.accumulate(tops, axis=1)[:, :-1]
    count[:, 1:] *= tops[:, 1:] > before
    return levels, tops, count


def _lines(
    levels: np.ndarray, tops: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Intercept and slope of the regression through the peers; NaN where there is only one."""
    total = weights.sum(axis=1)
    mean_x, mean_y = weights @ levels / total, (weights * tops).sum(axis=1) / total
    away = levels - mean_x[:, None]
    across = (weights * away**2).sum(axis=1)
    along = (weights * away * (tops - mean_y[:, None])).sum(axis=1)
    single = (weights > 0).sum(axis=1) < 2
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(single, np.nan, along / across)
    return mean_y - slope * mean_x, slope


def _clipped(height: np.ndarray, most: float) -> np.ndarray:
    """Integral of a rising height, kept within 0 and `most`, up to `height`."""
    inside = np.clip(height, 0, most)
    return inside**2 / 2 + most * np.maximum(height - most, 0)
