"""Polychoric correlations: what answers on a scale of steps say of the leanings behind them.

Each answer is a step of a leaning that is normal; thresholds cut it. Thresholds come from the
shares, each correlation by maximum likelihood given them, and the sampling covariance from what
each respondent adds (Muthen's three steps, as lavaan). All pairs are worked out at once: every
quantity is a table of steps by steps for each pair, and a respondent only looks up a cell.

    P_ab = probability of a cell,  s = dlog P / drho,  tau thresholds,  h what an answer adds to tau
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import ModelError

#: More distinct values than this and an item is a measurement, not a scale of steps.
MOST_CATEGORIES = 11

#: Correlations stay within this, and one that gets there is named (lavaan's bounds).
BOUND = 0.999

#: Cells less likely than this carry no information that floating point could show (lavaan's too).
FLOOR = float(np.sqrt(np.finfo(float).eps))

#: What is added to the one empty cell of a table of two by two, its margins kept (lavaan).
ADDED = 0.5

TOLERANCE = 1e-10
MOST_STEPS = 200

#: Stands in for infinity: no normal reaches it, and it can be multiplied.
FAR = 40.0

#: Numbers of the first and of the second item of each pair.
Pairs = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Ordinal:
    """Polychoric correlations of `items`, from `n` complete rows.

    `thresholds`: lhs (item), rhs ("t1", "t2", ...), est, se. `correlations`: items x items.
    `gamma`: n - 1 times the sampling covariance of the correlations below the diagonal, read column
    by column: (2,1), (3,1), ..., (p,1), (3,2), ... (the order of `np.triu_indices(p, 1)`).
    NaN: an item that is no scale of steps, and in `gamma` a pair whose answers go together so
    perfectly that they tell nothing of its precision; `problems` names both.
    """

    items: tuple[str, ...]
    thresholds: pd.DataFrame
    correlations: np.ndarray
    gamma: np.ndarray
    n: int
    problems: tuple[str, ...]


def estimate(
    data: pd.DataFrame,
    items: Sequence[str],
    clusters: pd.Series | np.ndarray | None = None,
) -> Ordinal:
    """Thresholds, polychoric correlations and their sampling covariance.

    Parameters
    ----------
    data : one row per respondent; `items` hold numbers, of which only the order counts. Rows with
        a missing item (or a missing cluster) are left out.
    items : at least two columns of `data`, each with 2 to 11 distinct values.
    clusters : who speaks with one voice (the account), aligned with `data`; None: every answer for
        itself. Only standard errors and `gamma` depend on it: what answers add is summed by
        cluster, and the squares of the sums are multiplied by J / (J - 1) for J clusters.

    Raises
    ------
    ModelError: fewer than two items, an item that is not a column or not of numbers, clusters of
        another length, or fewer than two complete rows.

    Notes
    -----
    Empty cells are left empty, but for tables of two by two with one empty cell, where half an
    answer is moved into it with both margins kept, as lavaan does by default.

    `gamma` is lavaan's. lavaan has n of its covariance there, without J / (J - 1), and divides by
    n - 1 for the standard errors it prints: the same numbers where J is n.

    References
    ----------
    Olsson (1979), Psychometrika 44(4); Muthen (1984), Psychometrika 49(1). lavaan: `lavCor()`, and
    `lavInspect(fit, "gamma")` of a fit with `estimator = "WLSMV"`.
    """
    values, labels = _complete(data, list(items), clusters)
    n, p = values.shape
    steps = [np.unique(column) for column in values.T]
    good = [k for k in range(p) if 2 <= len(steps[k]) <= MOST_CATEGORIES]
    names = [items[k] for k in good]
    problems = _unusable(items, steps)
    if labels.max() == 0:
        problems.append("All answers come from one account, so their precision is unknown.")
    correlations = np.full((p, p), np.nan)
    correlations[good, good] = 1.0
    order = np.zeros((p, p), int)
    order[np.triu_indices(p, 1)] = np.arange(p * (p - 1) // 2)
    gamma = np.full((p * (p - 1) // 2,) * 2, np.nan)
    codes = np.array([np.searchsorted(steps[k], values[:, k]) for k in good], int).reshape(-1, n)
    tau = _thresholds(codes)
    adds = _threshold_scores(tau)
    thresholds = _table(names, tau, adds, codes, labels)
    if len(good) > 1:
        pairs = np.triu_indices(len(good), 1)
        rows, columns = np.array(good)[pairs[0]], np.array(good)[pairs[1]]
        counts = _counts(codes, tau.shape[1] + 1, pairs)
        rho = _maximise(_filled(counts, tau, pairs), tau, pairs, np.corrcoef(codes)[pairs])
        correlations[rows, columns] = correlations[columns, rows] = rho
        cells = _scores(counts, tau, adds, rho, pairs)
        sums = _by_cluster(_look_up(cells, codes, pairs), labels)
        at = order[rows, columns]
        gamma[np.ix_(at, at)] = (n - 1) * (sums.T @ sums)
        problems += _extreme(names, correlations[np.ix_(good, good)])
    return Ordinal(tuple(items), thresholds, correlations, gamma, n, tuple(problems))


def bivariate_normal(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Probability that two standard normals with correlation `rho` lie below `h` and `k`.

    Arguments are finite, |rho| < 1, and broadcast against each other. Errors are about 1e-15.

    References
    ----------
    Owen (1956), Annals of Mathematical Statistics 27(4).

    Examples
    --------
    Both below their median: 1/4 + arcsin(rho) / (2 pi).

    >>> round(float(bivariate_normal(0.0, 0.0, 0.5)), 12)
    0.333333333333
    """
    from scipy.special import ndtr, owens_t

    h, k = (np.where(x == 0, 1e-20, x) for x in (h, k))  # the limit, without dividing by nothing
    root = np.sqrt((1 - rho) * (1 + rho))
    tails = owens_t(h, (k - rho * h) / (h * root)) + owens_t(k, (h - rho * k) / (k * root))
    return (ndtr(h) + ndtr(k)) / 2 - tails - np.where((h > 0) == (k > 0), 0.0, 0.5)


def _complete(
    data: pd.DataFrame, items: list[str], clusters: pd.Series | np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Values of the complete rows, and the number of the cluster of each."""
    if len(items) < 2:
        raise ModelError("Correlations need at least two items.")
    missing = [item for item in items if item not in data.columns]
    if missing:
        raise ModelError(f"The data have no column {', '.join(missing)}.")
    text = [item for item in items if not pd.api.types.is_numeric_dtype(data[item])]
    if text:
        raise ModelError(f"Answers must be numbers to have an order: {', '.join(text)}.")
    values = data[items].to_numpy(float, na_value=np.nan)
    who = np.arange(len(values)) if clusters is None else np.asarray(clusters)
    if len(who) != len(values):
        raise ModelError("The clusters are not those of the data: their number differs.")
    labels = pd.factorize(who)[0]
    kept = np.isfinite(values).all(axis=1) & (labels >= 0)
    if kept.sum() < 2:
        raise ModelError("There are fewer than two complete answers.")
    return values[kept], pd.factorize(labels[kept])[0]


def _unusable(items: Sequence[str], steps: list[np.ndarray]) -> list[str]:
    """A sentence for each item that is not a scale of steps."""
    found = []
    for item, values in zip(items, steps, strict=True):
        if len(values) < 2:
            found.append(f"Everyone gave the same answer to {item}.")
        elif len(values) > MOST_CATEGORIES:
            found.append(
                f"{item} has {len(values)} different values, more than {MOST_CATEGORIES}: "
                "it is not ordinal."
            )
    return found


def _extreme(names: list[str], correlations: np.ndarray) -> list[str]:
    """A sentence for each pair that goes together perfectly, and one for an impossible matrix."""
    found = [
        f"{names[j]} and {names[i]} go together perfectly."
        for j, i in zip(*np.triu_indices(len(names), 1), strict=True)
        if abs(correlations[i, j]) >= BOUND
    ]
    if np.linalg.eigvalsh(correlations)[0] < 1e-9:
        found.append("The polychoric correlations contradict each other (not positive definite).")
    return found


def _thresholds(codes: np.ndarray) -> np.ndarray:
    """Items x thresholds: normal quantiles of the cumulative shares; FAR beyond an item's last."""
    from scipy.special import ndtri

    most = int(codes.max(initial=0))
    below = np.array([[(row <= t).mean() for t in range(most)] for row in codes])
    below = below.reshape(len(codes), most)
    return np.where(below < 1, ndtri(np.where(below < 1, below, 0.5)), FAR)


def _threshold_scores(tau: np.ndarray) -> np.ndarray:
    """Items x categories x thresholds: n times what an answer in a category adds to a threshold."""
    from scipy.special import ndtr

    most = tau.shape[1]
    at_most = np.arange(most + 1)[:, None] <= np.arange(most)
    real = (tau < FAR)[:, None, :]
    return np.where(real, at_most - ndtr(tau)[:, None, :], 0.0) / np.where(
        real, _density(tau)[:, None, :], 1.0
    )


def _table(
    names: list[str], tau: np.ndarray, adds: np.ndarray, codes: np.ndarray, labels: np.ndarray
) -> pd.DataFrame:
    """Thresholds with standard errors, one row each."""
    lines = []
    for name, cuts, add, row in zip(names, tau, adds, codes, strict=True):
        se = np.sqrt((_by_cluster(add[row] / len(row), labels) ** 2).sum(axis=0))
        lines += [(name, f"t{t + 1}", cuts[t], se[t]) for t in np.flatnonzero(cuts < FAR)]
    return pd.DataFrame(lines, columns=["lhs", "rhs", "est", "se"])


def _counts(codes: np.ndarray, categories: int, pairs: Pairs) -> np.ndarray:
    """Pairs x categories x categories: how many gave these two answers."""
    marks = (codes[:, :, None] == np.arange(categories)).astype(float)
    flat = marks.transpose(1, 0, 2).reshape(codes.shape[1], -1)
    shape = (len(codes), categories) * 2
    return (flat.T @ flat).reshape(shape).transpose(0, 2, 1, 3)[pairs]


def _filled(counts: np.ndarray, tau: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Counts with half an answer moved into the one empty cell of a table of two by two."""
    binary = (tau < FAR).sum(axis=1) == 1
    small = counts[:, :2, :2]
    lone = binary[pairs[0]] & binary[pairs[1]] & ((small == 0).sum(axis=(1, 2)) == 1)
    diagonal = (small[:, 0, 0] == 0) | (small[:, 1, 1] == 0)
    move = np.where(diagonal, ADDED, -ADDED) * lone
    moved = counts.copy()
    moved[:, :2, :2] += move[:, None, None] * np.array([[1, -1], [-1, 1]])
    return moved


def _maximise(counts: np.ndarray, tau: np.ndarray, pairs: Pairs, start: np.ndarray) -> np.ndarray:
    """The most likely correlation of each pair: Fisher scoring with halved steps, all at once."""
    h, k = tau[pairs[0]], tau[pairs[1]]
    rho = np.clip(start, -0.9, 0.9)
    best = np.full(len(rho), -np.inf)
    step = np.zeros(len(rho))
    todo = np.arange(len(rho))
    for _ in range(MOST_STEPS):
        there = rho[todo] + step[todo]
        chance = _chances(h[todo], k[todo], there)
        likelihood = (counts[todo] * np.log(chance)).sum(axis=(1, 2))
        # Rounding alone must not pass for a step that led down.
        better = likelihood >= best[todo] - 1e-13 * np.abs(likelihood)
        step[todo[~better]] /= 2
        at = todo[better]
        rho[at], best[at] = there[better], likelihood[better]
        move = _step(counts[at], _slopes(h[at], k[at], rho[at], chance[better]), chance[better])
        step[at] = np.clip(rho[at] + move, -BOUND, BOUND) - rho[at]
        todo = todo[np.abs(step[todo]) > TOLERANCE]
        if not len(todo):
            break
    return rho


def _step(counts: np.ndarray, slopes: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Score over expected information, for each pair."""
    score = (counts * slopes).sum(axis=(1, 2))
    known = counts.sum(axis=(1, 2)) * (chance * slopes**2).sum(axis=(1, 2))
    return score / np.maximum(known, 1e-300)


def _chances(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Pairs x categories x categories: probability of each cell, FLOOR at least."""
    from scipy.special import ndtr

    m, most = h.shape
    below = np.zeros((m, most + 2, most + 2))
    below[:, 1:-1, 1:-1] = bivariate_normal(h[:, :, None], k[:, None, :], rho[:, None, None])
    below[:, 1:-1, -1], below[:, -1, 1:-1], below[:, -1, -1] = ndtr(h), ndtr(k), 1.0
    return np.maximum(np.diff(np.diff(below, axis=1), axis=2), FLOOR)


def _slopes(h: np.ndarray, k: np.ndarray, rho: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Pairs x categories x categories: derivative of the log of each cell by the correlation."""
    m, most = h.shape
    x, y, r = h[:, :, None], k[:, None, :], rho[:, None, None]
    left = (1 - r) * (1 + r)
    edges = np.zeros((m, most + 2, most + 2))
    edges[:, 1:-1, 1:-1] = np.exp(-(x * x - 2 * r * x * y + y * y) / (2 * left)) / (
        2 * np.pi * np.sqrt(left)
    )
    return np.where(chance > FLOOR, np.diff(np.diff(edges, axis=1), axis=2) / chance, 0.0)


def _scores(
    counts: np.ndarray, tau: np.ndarray, adds: np.ndarray, rho: np.ndarray, pairs: Pairs
) -> np.ndarray:
    """Pairs x categories x categories: what an answer in a cell adds to the correlation.

    Its own score, less what it moves the thresholds by times what they move the score by; both by
    outer products of scores, as lavaan.
    """
    first, second = pairs
    h, k = tau[first], tau[second]
    chance = _chances(h, k, rho)
    slopes = _slopes(h, k, rho, chance)
    weight = np.where(chance > FLOOR, counts * slopes / chance, 0.0)
    by_first = np.einsum("pt,pat->pa", _leverage(weight, h, k, rho), adds[first])
    by_second = np.einsum("pt,pat->pa", _leverage(weight.swapaxes(1, 2), k, h, rho), adds[second])
    n = counts[0].sum()
    known = (counts * slopes**2).sum(axis=(1, 2))[:, None, None]
    own = slopes - by_first[:, :, None] / n - by_second[:, None, :] / n
    return np.where(known > 0, own / np.where(known > 0, known, 1.0), np.nan)


def _leverage(weight: np.ndarray, h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Pairs x thresholds: sum over answers of score by correlation times score by threshold."""
    from scipy.special import ndtr

    m, most = h.shape
    root = np.sqrt((1 - rho) * (1 + rho))[:, None, None]
    given = np.zeros((m, most, most + 2))
    given[:, :, 1:-1] = ndtr((k[:, None, :] - rho[:, None, None] * h[:, :, None]) / root)
    given[:, :, -1] = 1.0
    moved = _density(h)[:, :, None] * np.diff(given, axis=2)
    return ((weight[:, :-1] - weight[:, 1:]) * moved).sum(axis=2)


def _density(x: np.ndarray) -> np.ndarray:
    """Of the standard normal."""
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def _look_up(cells: np.ndarray, codes: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Respondents x pairs: the cell of each respondent's two answers."""
    width = cells.shape[2]
    at = codes[pairs[0]] * width + codes[pairs[1]]
    return np.take_along_axis(cells.reshape(len(cells), -1), at, axis=1).T


def _by_cluster(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Sums by cluster, times the root of J / (J - 1): their squares add up to a covariance."""
    count = int(labels.max()) + 1
    if count < 2:
        return np.full((1, scores.shape[1]), np.nan)
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    return np.add.reduceat(scores[order], starts, axis=0) * np.sqrt(count / (count - 1))
