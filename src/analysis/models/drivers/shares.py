"""How the explained variance is shared out among drivers that overlap.

Everything here starts from correlations, with any leading dimensions, so that thousands of
resamples are one call.
"""

from functools import lru_cache
from math import factorial

import numpy as np

#: An eigenvalue, or a variance that others leave over, below this is none: two drivers say the
#: same.
FLOOR = 1e-8

#: LMG looks at 2 to the power of the drivers sets. Up to here it is the method of the ranking, with
#: Johnson's weights as its check; beyond, they change places (statistics.md, section 4).
MOST_FOR_LMG = 14

#: Up to here LMG is still worked out once, as the check on Johnson's weights (our default: each
#: driver more doubles time and memory, with 18 a tenth of a second and 150 MB).
MOST_FOR_CHECK = 18

#: Sets times resamples that are worked out at a time: what fits the processor's memory.
_AT_A_TIME = 1 << 18

LMG, JOHNSON = "LMG", "Johnson"


def method(p: int) -> str:
    """Which method ranks so many drivers.

    Examples
    --------
    >>> method(14), method(15)
    ('LMG', 'Johnson')
    """
    return LMG if p <= MOST_FOR_LMG else JOHNSON


def both(inner: np.ndarray, outer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each driver explains, by the method that ranks them and by the other, its check.

    Returns
    -------
    Two arrays, p each, that both sum to R squared. The check is NaN with more drivers than
    `MOST_FOR_CHECK`.
    """
    p = outer.shape[-1]
    johnson = relative_weights(inner, outer)
    if method(p) == LMG:
        return lmg(inner, outer), johnson
    return johnson, lmg(inner, outer) if p <= MOST_FOR_CHECK else np.full(p, np.nan)


def beside_last(inner: np.ndarray, outer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each driver explains by the method of the ranking: all of them, and without the last.

    The last is a random number that the others have to beat. The sets without it are half of the
    sets with it, so LMG looks at them once.

    Parameters
    ----------
    inner : correlations among the p drivers and the random one, ... x (p+1) x (p+1).
    outer : their correlations with the outcome, ... x (p+1).

    Returns
    -------
    ... x (p+1), and ... x p as if the last were not there.
    """
    p = outer.shape[-1] - 1
    if method(p) == LMG:
        every, own = _lmg(inner, outer, (p + 1, p))
        return every, own
    return relative_weights(inner, outer), relative_weights(inner[..., :p, :p], outer[..., :p])


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

    Parameters
    ----------
    inner : correlations among the p drivers, ... x p x p. May be singular: drivers that are one
        then share its gain.
    outer : their correlations with the outcome, ... x p.

    Returns
    -------
    ... x p.

    References
    ----------
    Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis, 119 ff.

    Examples
    --------
    >>> inner = np.array([[1, 0.5], [0.5, 1]])
    >>> lmg(inner, np.array([0.6, 0.4])).round(4)
    array([0.2867, 0.0867])

    A driver that says the same as another takes half of what the one would have:

    >>> lmg(np.ones((2, 2)), np.array([0.6, 0.6])).round(4)
    array([0.18, 0.18])
    """
    return _lmg(inner, outer, (outer.shape[-1],))[0]


def _lmg(inner: np.ndarray, outer: np.ndarray, counts: tuple[int, ...]) -> list[np.ndarray]:
    """LMG of the first so many drivers, for each of `counts`, the largest being all of them."""
    *leading, p = outer.shape
    samples = int(np.prod(leading))
    joint = np.ones((samples, p + 1, p + 1))
    joint[:, :p, :p] = inner.reshape(samples, p, p)
    joint[:, :p, p] = joint[:, p, :p] = outer.reshape(samples, p)
    found = [np.empty((samples, count)) for count in counts]
    step = max(1, _AT_A_TIME >> p)
    for start in range(0, samples, step):
        left = _left_over(joint[start : start + step])
        for gains, count in zip(found, counts, strict=True):
            # A set of the first few drivers has a low number: the later ones' bits are 0.
            gains[start : start + step] = (_set_weights(count).T @ left[: 1 << count]).T
    return [gains.reshape(*leading, gains.shape[1]) for gains in found]


def _left_over(joint: np.ndarray) -> np.ndarray:
    """Variance of the outcome that each set of drivers leaves over.

    The drivers are swept out one after another: each doubles the sets, one half as it was, the
    other with the driver's part taken out of all that follow, so that a set costs a few
    multiplications and no regression. A driver of which the set leaves nothing takes nothing out.

    Parameters
    ----------
    joint : correlations of p drivers and, last, the outcome: samples x (p+1) x (p+1).

    Returns
    -------
    2**p x samples; bit k of the set's number says whether driver k is in it.

    Examples
    --------
    >>> pair = np.array([[[1, 0.5, 0.6], [0.5, 1, 0.4], [0.6, 0.4, 1]]])
    >>> _left_over(pair)[:, 0].round(4)  # none, the first, the second, both
    array([1.    , 0.64  , 0.84  , 0.6267])
    """
    rest = np.ascontiguousarray(np.moveaxis(joint, 0, -1))[:, :, None, :]  # k x k x sets x samples
    for _ in range(joint.shape[-1] - 1):
        k, _, sets, samples = rest.shape
        pivot = rest[0, 0]
        scale = np.where(pivot > FLOOR, 1 / np.maximum(pivot, FLOOR), 0.0)
        doubled = np.empty((k - 1, k - 1, 2 * sets, samples))
        doubled[:, :, :sets] = rest[1:, 1:]
        row = rest[0, 1:]
        for i in range(k - 1):
            swept = rest[i + 1, 1 + i :] - (row[i] * scale) * row[i:]
            doubled[i, i:, sets:] = swept
            doubled[i:, i, sets:] = swept
        rest = doubled
    return rest[0, 0]


@lru_cache(maxsize=4)
def _set_weights(p: int) -> np.ndarray:
    """How much what each set leaves over counts for each driver's average gain: 2**p x p.

    A set of s others comes just before the driver in s! (p-1-s)! of the p! orders: what it leaves
    over counts with this share, what it leaves over together with the driver with minus this share.

    Examples
    --------
    >>> _set_weights(2)
    array([[ 0.5,  0.5],
           [-0.5,  0.5],
           [ 0.5, -0.5],
           [-0.5, -0.5]])
    """
    share = np.array([factorial(s) * factorial(p - 1 - s) / factorial(p) for s in range(p)] + [0.0])
    member = ((np.arange(1 << p)[:, None] >> np.arange(p)) & 1).astype(bool)
    size = member.sum(axis=1)
    weights = np.where(member, -share[size - 1][:, None], share[size][:, None])
    weights.setflags(write=False)
    return weights


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
        known = inner[others, k]
        left[k] = 1 - known @ slopes(inner[np.ix_(others, others)], known)
    return np.where(left > FLOOR, 1 / np.maximum(left, FLOOR), np.inf)
