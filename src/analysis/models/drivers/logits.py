"""The likelihoods of the class models, and how their maximum is found.

Plain arrays in and out: this is what runs by the hundred when accounts are drawn again. Every
model is concave, so Newton's method with step halving ends at the one maximum or shows that there
is none.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import expit, log_expit

from analysis.errors import ModelError
from analysis.language import later, tr

CLASSES = ("detractor", "passive", "promoter")
PEOPLE = (later("detractors"), later("passives"), later("promoters"))

MOST_STEPS = 60  # Newton needs five to ten; more means that there is no maximum (our default)
TOLERANCE = 1e-9  # of the score per answer, drivers in standard deviations (our default)

#: Log-likelihood, its score (summed, or a row per answer) and its information.
Pieces = tuple[float, np.ndarray, np.ndarray]


def most_likely(
    inner: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray | None = None,
    bounded: bool = False,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Slopes and both cuts of the proportional-odds model, for resampling: (p + 2,).

    Parameters
    ----------
    inner : n x p, best standardised. y : 0, 1 or 2; each must occur with weight.
    weights : how often each row was drawn. start : estimates to begin with.

    Raises
    ------
    ModelError: a class without weight, or no maximum.
    """
    weights = np.ones(len(y)) if weights is None else weights
    counts = np.bincount(y, weights, minlength=3)
    if counts.min() <= 0:
        raise ModelError(nobody(counts))
    p = inner.shape[1]
    if start is None:
        below = np.cumsum(counts)[:2] / counts.sum()
        start = np.append(np.zeros(p), np.log(below / (1 - below)))
    least = np.append(np.zeros(p) if bounded else np.full(p, -np.inf), [-np.inf, -np.inf])
    return climb(lambda t: ordered(t, inner, y, weights), start, counts.sum(), least)


def logit(
    design: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None, firth: bool = False
) -> np.ndarray:
    """Coefficients of a logit, for resampling: (q,). `design` holds its own constant."""
    weights = np.ones(len(y)) if weights is None else weights
    pieces = penalised if firth else binary
    zero = np.zeros(design.shape[1])
    return climb(lambda t: pieces(t, design, y, weights), zero, weights.sum())


def climb(
    pieces: Callable[[np.ndarray], Pieces],
    start: np.ndarray,
    n: float,
    least: np.ndarray | None = None,
) -> np.ndarray:
    """Newton's method with step halving; coefficients stay at or above `least`.

    Raises
    ------
    ModelError: there is no finite maximum.
    """
    least = np.full(len(start), -np.inf) if least is None else least
    theta = np.maximum(start, least)
    value, score, information = pieces(theta)
    for _ in range(MOST_STEPS):
        total = score.sum(axis=0) if score.ndim == 2 else score
        free = (theta > least) | (total > 0)
        if np.abs(total[free]).max(initial=0.0) <= TOLERANCE * n:
            return theta
        step = np.zeros(len(theta))
        try:
            step[free] = np.linalg.solve(information[np.ix_(free, free)], total[free])
        except np.linalg.LinAlgError:
            break
        size = 1.0
        while size > 1e-6:
            tried = np.maximum(theta + size * step, least)
            found = pieces(tried)
            if found[0] >= value - 1e-12 * abs(value):
                break
            size /= 2
        else:
            break
        theta, (value, score, information) = tried, found
    why = tr(
        "The drivers tell the classes of the NPS apart without a doubt, or too few answers "
        "came in: the model has no finite solution; use fewer drivers."
    )
    raise ModelError(why)


def ordered(
    theta: np.ndarray, inner: np.ndarray, y: np.ndarray, weights: np.ndarray, rows: bool = False
) -> Pieces:
    """Log-likelihood, score and information of proportional odds; the score row by row if asked.

    It is two logits with common slopes, detractors against passives and passives against
    promoters, and one term that ties the cuts: log(1 - exp(-gap)) for each passive.
    """
    p = inner.shape[1]
    eta, gap = inner @ theta[:p], theta[p + 1] - theta[p]
    if not gap > 0:
        return -np.inf, np.zeros(p + 2), np.eye(p + 2)
    low, high, passive = y < 2, y > 0, y == 1
    first, second = theta[p] - eta, theta[p + 1] - eta
    chance = [expit(first), expit(second)]
    part = weights * passive
    value = weights[low] @ log_expit(np.where(y == 0, first, -first)[low])
    value += weights[high] @ log_expit(np.where(passive, second, -second)[high])
    value += part.sum() * np.log(-np.expm1(-gap))
    a, b = low * ((y == 0) - chance[0]), high * (passive - chance[1])
    tie = 1 / np.expm1(gap)
    row = np.column_stack([-inner * (a + b)[:, None], a - passive * tie, b + passive * tie])
    v, w = (weights * k * c * (1 - c) for k, c in zip((low, high), chance, strict=True))
    information = np.empty((p + 2, p + 2))
    information[:p, :p] = (inner.T * (v + w)) @ inner
    information[:p, p], information[:p, p + 1] = -inner.T @ v, -inner.T @ w
    information[p:, :p] = information[:p, p:].T
    bend = part.sum() * tie * (1 + tie)
    information[p:, p:] = [[v.sum() + bend, -bend], [-bend, w.sum() + bend]]
    return float(value), row if rows else weights @ row, information


def binary(
    theta: np.ndarray, design: np.ndarray, y: np.ndarray, weights: np.ndarray, rows: bool = False
) -> Pieces:
    """Log-likelihood, score and information of a logit; the score row by row if asked."""
    eta = design @ theta
    chance = expit(eta)
    value = float(weights @ log_expit(np.where(y == 1, eta, -eta)))
    information = (design.T * (weights * chance * (1 - chance))) @ design
    if rows:
        return value, (y - chance)[:, None] * design, information
    return value, design.T @ (weights * (y - chance)), information


def penalised(theta: np.ndarray, design: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Pieces:
    """As `binary` with half the log determinant of the information (Jeffreys' prior)."""
    value, score, information = binary(theta, design, y, weights)
    sign, size = np.linalg.slogdet(information)
    if sign <= 0:
        return -np.inf, score, information
    chance = expit(design @ theta)
    leverage = ((design @ np.linalg.inv(information)) * design).sum(axis=1)
    leverage = leverage * weights * chance * (1 - chance)
    return value + size / 2, score + design.T @ (leverage * (0.5 - chance)), information


def nobody(counts: np.ndarray) -> str:
    """The sentence for a class that nobody is in."""
    name = CLASSES[int(np.argmin(counts))]
    return f"Nobody is a {name}: a model of the three classes of the NPS needs all three."
