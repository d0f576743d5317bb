"""Whole accounts drawn again, and accounts left out.

Sums of cross-products within each account are enough for every correlation and regression, so a
resample is a weighted sum of small matrices and 2,000 of them take a few tenths of a second.
"""

from dataclasses import dataclass

import numpy as np

from analysis.models.drivers import shares

FOLDS = 5
SPLITS = 20  # one division into folds is itself chance; the average of these hardly is

#: Random columns that the drivers have to beat, in turn over the resamples. One alone would be
#: chance itself (our default).
NOISES = 200

_NOTHING = 1e-12  # R squared below it is none


@dataclass(frozen=True)
class Drawn:
    """Shares of the explained variance in resamples of whole accounts."""

    shares: np.ndarray  # resamples x p; each row sums to 1
    beats: np.ndarray  # (p,): share of resamples in which the driver explains more than noise


def cross_products(x: np.ndarray, y: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Sums of squares and products of (1, x, y) within each cluster: clusters x q x q.

    Columns are standardised first, which changes no correlation and keeps the sums accurate.
    A column without variance stays zero.
    """
    rows = _standardised(x, y)
    _, codes = np.unique(clusters.astype(str), return_inverse=True)
    products = np.zeros((codes.max() + 1, rows.shape[1], rows.shape[1]))
    np.add.at(products, codes, rows[:, :, None] * rows[:, None, :])
    return products


def noise_products(x: np.ndarray, y: np.ndarray, clusters: np.ndarray, seed: int) -> np.ndarray:
    """Sums of products of random columns with (1, x, y, themselves), within each cluster.

    A random column resembles itself within an account as much as the drivers do on average, since
    what accounts have in common makes chance correlations larger.

    Returns
    -------
    `NOISES` x clusters x (q + 1), clusters in the order of `cross_products`. The order of the rows
    makes no difference.
    """
    rows = _standardised(x, y)
    _, codes = np.unique(clusters.astype(str), return_inverse=True)
    order = np.lexsort((*rows.T, codes))
    rows, codes = rows[order], codes[order]
    sizes = np.bincount(codes)
    common = _alike(rows[:, 1:-1], codes, sizes)
    rng = np.random.default_rng([seed, 1])
    noise = np.sqrt(common) * rng.standard_normal((len(sizes), NOISES))[codes]
    noise += np.sqrt(1 - common) * rng.standard_normal((len(rows), NOISES))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    found = np.empty((NOISES, len(sizes), rows.shape[1] + 1))
    for k, column in enumerate(rows.T):
        found[..., k] = np.add.reduceat(noise * column[:, None], starts).T
    found[..., -1] = np.add.reduceat(noise**2, starts).T
    return found


def correlations(products: np.ndarray) -> np.ndarray:
    """Correlations of the columns behind summed cross-products (any leading dimensions).

    A column that does not vary correlates with nothing: 0.
    """
    mean = products[..., :1, 1:] / products[..., :1, :1]
    covariance = products[..., 1:, 1:] / products[..., :1, :1]
    covariance = covariance - mean * np.swapaxes(mean, -1, -2)
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    spread = np.where(variance > 1e-12, np.sqrt(np.maximum(variance, 1e-12)), np.inf)
    found = covariance / spread[..., :, None] / spread[..., None, :]
    one = np.arange(found.shape[-1])
    found[..., one, one] = 1.0
    return found


def resampled(
    products: np.ndarray, resamples: int, seed: int, noise: np.ndarray | None = None
) -> Drawn:
    """Draw whole clusters again and share out what is explained, by the method of the ranking.

    Resamples in which nothing is explained (the outcome does not vary) are left out.

    Parameters
    ----------
    products, noise : as `cross_products` and `noise_products` give them; without noise `beats` is
        NaN.

    References
    ----------
    Tonidandel, LeBreton & Johnson (2009), Psychological Methods 14(4), 387-399: intervals by
    bootstrap, and a random variable that a driver has to beat.
    """
    rng = np.random.default_rng(seed)
    clusters, q, _ = products.shape
    counts = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    sums = (counts @ products.reshape(clusters, -1)).reshape(resamples, q, q)
    if noise is None:
        own = explained_by_each(correlations(sums))
        return Drawn(_as_shares(own), np.full(q - 2, np.nan))
    # In the order 1, drivers, noise, outcome.
    p = q - 2
    joint = np.empty((resamples, q + 1, q + 1))
    old = np.r_[: p + 1, p + 2]
    joint[:, old[:, None], old] = sums
    for k, column in enumerate(noise):
        border = counts[k :: len(noise)] @ column
        joint[k :: len(noise), p + 1, old] = joint[k :: len(noise), old, p + 1] = border[:, :-1]
        joint[k :: len(noise), p + 1, p + 1] = border[:, -1]
    drawn = correlations(joint)
    every, own = shares.beside_last(drawn[:, :-1, :-1], drawn[:, :-1, -1])
    told = own.sum(axis=1) > _NOTHING
    return Drawn(_as_shares(own), (every[told, :-1] > every[told, -1:]).mean(axis=0))


def without_each(products: np.ndarray) -> np.ndarray:
    """Correlations with each cluster left out in turn: clusters x (q-1) x (q-1)."""
    return correlations(products.sum(axis=0) - products)


def explained_by_each(correlation: np.ndarray) -> np.ndarray:
    """What each driver explains by the method of the ranking; the outcome is the last column."""
    inner, outer = correlation[..., :-1, :-1], correlation[..., :-1, -1]
    if shares.method(outer.shape[-1]) == shares.LMG:
        return shares.lmg(inner, outer)
    return shares.relative_weights(inner, outer)


def left_out_r2(products: np.ndarray, seed: int) -> float:
    """R squared at clusters left out of the fit; negative when their mean predicts better.

    Returns
    -------
    Mean over `SPLITS` divisions of the clusters into `FOLDS` folds; NaN with fewer clusters than
    folds.
    """
    clusters = len(products)
    if clusters < FOLDS:
        return float("nan")
    rng = np.random.default_rng(seed)
    fold = np.array([rng.permutation(clusters) % FOLDS for _ in range(SPLITS)])
    picked = fold[:, None, :] == np.arange(FOLDS)[:, None]
    left_out = np.tensordot(picked.astype(float), products, axes=1)  # splits x folds x q x q
    seen = products.sum(axis=0) - left_out
    inverse = np.linalg.pinv(seen[..., :-1, :-1], rcond=shares.FLOOR, hermitian=True)
    slopes = (inverse @ seen[..., :-1, -1:])[..., 0]
    error = _squares(slopes, left_out)
    mean = np.zeros_like(slopes)
    mean[..., 0] = seen[..., 0, -1] / seen[..., 0, 0]
    return float(np.mean(1 - error / _squares(mean, left_out)))


def _squares(slopes: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Sum over the folds of squared errors of the outcome predicted with `slopes`."""
    step = np.concatenate([slopes, np.full((*slopes.shape[:-1], 1), -1.0)], axis=-1)
    return np.einsum("sfi,sfij,sfj->s", step, products, step)


def _as_shares(explained: np.ndarray) -> np.ndarray:
    """Shares of the whole; rows in which nothing is explained are left out."""
    total = explained.sum(axis=1, keepdims=True)
    told = total[:, 0] > _NOTHING
    return explained[told] / total[told]


def _standardised(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Columns 1, x and y, all but the first with mean 0 and variance 1 (0 if they do not vary)."""
    columns = np.column_stack([x, y]).astype(float)
    columns -= columns.mean(axis=0)
    spread = columns.std(axis=0)
    return np.column_stack([np.ones(len(y)), columns / np.where(spread > 0, spread, 1.0)])


def _alike(columns: np.ndarray, codes: np.ndarray, sizes: np.ndarray) -> float:
    """Mean intraclass correlation of standardised columns, ICC(1) by analysis of variance, 0-1."""
    n, count = len(codes), len(sizes)
    if n == count or count < 2:
        return 0.0
    sums = np.zeros((count, columns.shape[1]))
    np.add.at(sums, codes, columns)
    squares = (sums**2 / sizes[:, None]).sum(axis=0)
    between = squares / (count - 1)
    within = ((columns**2).sum(axis=0) - squares) / (n - count)
    size = (n - (sizes**2).sum() / n) / (count - 1)
    whole = between + (size - 1) * within
    return float(np.clip(((between - within) / np.where(whole > 0, whole, 1.0)).mean(), 0, 1))
