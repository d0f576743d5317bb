"""Whole accounts drawn again, and accounts left out.

Sums of cross-products within each account are enough for every correlation and regression, so a
resample is a weighted sum of small matrices and 2,000 of them take a few hundredths of a second.
"""

import numpy as np

from analysis.models.drivers import shares

FOLDS = 5
SPLITS = 20  # one division into folds is itself chance; the average of these hardly is


def cross_products(x: np.ndarray, y: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Sums of squares and products of (1, x, y) within each cluster: clusters x q x q.

    Columns are standardised first, which changes no correlation and keeps the sums accurate.
    A column without variance stays zero.
    """
    columns = np.column_stack([x, y]).astype(float)
    columns -= columns.mean(axis=0)
    spread = columns.std(axis=0)
    rows = np.column_stack([np.ones(len(y)), columns / np.where(spread > 0, spread, 1.0)])
    _, codes = np.unique(clusters.astype(str), return_inverse=True)
    products = np.zeros((codes.max() + 1, rows.shape[1], rows.shape[1]))
    np.add.at(products, codes, rows[:, :, None] * rows[:, None, :])
    return products


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


def resampled_shares(products: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Each driver's share of the explained variance in resamples of whole clusters: resamples x p.

    Resamples in which nothing is explained (the outcome does not vary) are left out.
    """
    rng = np.random.default_rng(seed)
    clusters, q, _ = products.shape
    counts = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    drawn = correlations((counts @ products.reshape(clusters, -1)).reshape(resamples, q, q))
    weights = shares.relative_weights(drawn[:, :-1, :-1], drawn[:, :-1, -1])
    total = weights.sum(axis=1, keepdims=True)
    explained = total[:, 0] > 1e-12
    return weights[explained] / total[explained]


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
