"""How the explained variance is shared out among drivers that overlap.

Everything here starts from correlations, with any leading dimensions, so that thousands of
resamples are one call.
"""

from itertools import combinations
from math import factorial

import numpy as np

#: An eigenvalue of the correlations below this is none: two drivers say the same.
FLOOR = 1e-8

#: LMG takes 2 to the power of the drivers regressions.
MOST_FOR_LMG = 14


def relative_weights(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Johnson's relative weights; they sum to R squared.

    Parameters
    ----------
    inner : correlations among the p drivers, ... x p x p. May be singular: drivers that are one
        then share its weight. With two drivers the weights are those of `lmg`.
    outer : their correlations with the outcome, ... x p.

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35(1), 1-19.

    Examples
    --------
    >>> inner = np.array([[1, 0.5], [0.5, 1]])
    >>> relative_weights(inner, np.array([0.6, 0.4])).round(4)
    array([0.2867, 0.0867])
    """
    values, vectors = np.linalg.eigh(inner)
    real = values > FLOOR
    spread = np.sqrt(np.where(real, values, 0.0))
    inverse = np.where(real, 1 / np.where(real, spread, 1.0), 0.0)
    turned = np.swapaxes(vectors, -1, -2)
    root = (vectors * spread[..., None, :]) @ turned
    slopes = ((vectors * inverse[..., None, :]) @ turned) @ outer[..., None]
    return (root**2 @ slopes**2)[..., 0]


def lmg(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Average gain in R squared over all orders of entry; sums to R squared.

    References
    ----------
    Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis, 119 ff.

    Examples
    --------
    >>> inner = np.array([[1, 0.5], [0.5, 1]])
    >>> lmg(inner, np.array([0.6, 0.4])).round(4)
    array([0.2867, 0.0867])
    """
    p = len(outer)
    explained = np.zeros(1 << p)
    for size in range(1, p + 1):
        sets = np.array(list(combinations(range(p), size)))
        blocks = inner[sets[:, :, None], sets[:, None, :]]
        explained[(1 << sets).sum(axis=1)] = _explained(blocks, outer[sets])
    masks = np.arange(1 << p)
    sizes = np.array([int(mask).bit_count() for mask in masks])
    weight = np.array([factorial(k) * factorial(p - 1 - k) / factorial(p) for k in range(p)])
    gains = np.empty(p)
    for k in range(p):
        without = masks[(masks >> k) & 1 == 0]
        gains[k] = weight[sizes[without]] @ (explained[without | 1 << k] - explained[without])
    return gains


def _explained(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """R squared of each set of drivers."""
    try:
        slopes = np.linalg.solve(inner, outer[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return _explained_anyway(inner, outer)
    found = (slopes * outer).sum(axis=-1)
    # Nearly singular sets give numbers without meaning, which no solver reports.
    return found if (np.abs(slopes) < 1 / FLOOR).all() else _explained_anyway(inner, outer)


def _explained_anyway(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    inverse = np.linalg.pinv(inner, rcond=FLOOR, hermitian=True)
    return ((inverse @ outer[..., None])[..., 0] * outer).sum(axis=-1)


def slopes(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Standardised regression slopes; the shortest solution where drivers are one.

    Examples
    --------
    >>> slopes(np.array([[1, 0.5], [0.5, 1]]), np.array([0.6, 0.4])).round(4)
    array([0.5333, 0.1333])
    """
    return np.linalg.pinv(inner, rcond=FLOOR, hermitian=True) @ outer


def inflation(inner: np.ndarray) -> np.ndarray:
    """Variance inflation of each driver; infinite where the others give it away.

    Examples
    --------
    >>> inflation(np.array([[1, 0.5], [0.5, 1]])).round(4)
    array([1.3333, 1.3333])
    """
    p = len(inner)
    left = np.empty(p)
    for k in range(p):
        others = np.delete(np.arange(p), k)
        left[k] = 1 - _explained_anyway(inner[np.ix_(others, others)], inner[others, k])
    return np.where(left > FLOOR, 1 / np.maximum(left, FLOOR), np.inf)
