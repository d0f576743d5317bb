"""What chance, and what a plain correlation, would leave of the same corner.

All samples keep the scores as they are and only lay the outcomes out anew beside the conditions.
Rows are sorted by account before they come here, so that a seed gives one result in any order.
"""

from collections.abc import Iterator

import numpy as np
from scipy import stats

from analysis.models.necessity.ceiling import Scope, effect_sizes, observed

HALVES = 500  # halves of the accounts that are drawn for the interval (our default)
CHUNK = 500  # samples that are worked on at once: enough to spare Python's steps
CALIBRATIONS = 4  # steps in which the correlation of the copula is set (our default)


def as_empty(
    x: np.ndarray, drawn: Iterator[np.ndarray], scope: Scope, seen: np.ndarray
) -> np.ndarray:
    """Share of samples, the one at hand among them, with a corner at least as empty."""
    count, found = 1, np.ones(2)
    for ys in drawn:
        found += (effect_sizes(x, ys, scope) >= seen - 1e-12).sum(axis=0)
        count += len(ys)
    return found / count


def dealt(
    y: np.ndarray, groups: np.ndarray, samples: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Outcomes laid out anew, accounts in random order and each account's answers together."""
    for size in _chunks(samples):
        turn = rng.random((size, groups.max() + 1)).argsort(axis=1).argsort(axis=1)
        yield y[np.argsort(turn[:, groups] + rng.random((size, len(y))), axis=1)]


def following(
    x: np.ndarray, y: np.ndarray, groups: np.ndarray, samples: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Outcomes laid out so that they follow the condition as closely as here, without a ceiling."""
    one, other = _normal_scores(x), _normal_scores(y)
    aim, rho = np.corrcoef(x, y)[0, 1], np.corrcoef(one, other)[0, 1]
    alike = _likeness(other - rho * one, groups)
    first = rng.bit_generator.state
    for _ in range(
        CALIBRATIONS
    ):  # until the correlation of the scores themselves comes out as here
        rng.bit_generator.state = first
        tried = _copula(one, y, groups, rho, alike, CHUNK, rng)
        z = (tried - y.mean()) / y.std()
        came = (z @ (x - x.mean()) / x.std() / len(x)).mean()
        rho = float(np.clip(rho + aim - came, -0.99, 0.99))
    for size in _chunks(samples):
        yield _copula(one, y, groups, rho, alike, size, rng)


def ends(
    x: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray,
    scope: Scope | None,
    d: np.ndarray,
    seed: int,
) -> np.ndarray:
    """Both ends of the interval of both effect sizes, from halves of the accounts."""
    rng, count = np.random.default_rng(seed), groups.max() + 1
    found = []
    for _ in range(HALVES):
        kept = np.zeros(count, bool)
        kept[rng.permutation(count)[: (count + 1) // 2]] = True
        a, b = x[kept[groups]], y[kept[groups]]
        if np.ptp(a) > 0 and np.ptp(b) > 0:
            found.append(effect_sizes(a, b[None], scope or observed(a, b))[0])
    gaps = np.quantile(np.array(found) - d, [0.975, 0.025], axis=0) / (np.sqrt(2) - 1)
    low, high = d - gaps
    return np.clip([np.minimum(low, d), np.maximum(high, d)], 0, 1)


def without(x: np.ndarray, y: np.ndarray, groups: np.ndarray, scope: Scope | None) -> np.ndarray:
    """Both effect sizes without each account in turn: accounts x 2; 0 where no field is left."""
    found = np.zeros((groups.max() + 1, 2))
    for group in range(len(found)):
        a, b = x[groups != group], y[groups != group]
        if np.ptp(a) > 0 and np.ptp(b) > 0:
            found[group] = effect_sizes(a, b[None], scope or observed(a, b))[0]
    return found


def _copula(
    scores: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray,
    rho: float,
    alike: float,
    size: int,
    rng: np.random.Generator,
) -> np.ndarray:
    shared = rng.normal(size=(size, groups.max() + 1))[:, groups]
    own = np.sqrt(alike) * shared + np.sqrt(1 - alike) * rng.normal(size=(size, len(y)))
    order = np.argsort(rho * scores + np.sqrt(1 - rho**2) * own, axis=1)
    found = np.empty((size, len(y)))
    np.put_along_axis(found, order, np.sort(y)[None].repeat(size, axis=0), axis=1)
    return found


def _normal_scores(values: np.ndarray) -> np.ndarray:
    found = stats.norm.ppf((stats.rankdata(values) - 0.5) / len(values))
    return found / found.std()


def _likeness(values: np.ndarray, groups: np.ndarray) -> float:
    """Intraclass correlation by analysis of variance, kept within 0 and 0.95."""
    sizes = np.bincount(groups)
    n, count = len(values), len(sizes)
    if count == n:
        return 0.0
    means = np.bincount(groups, values) / sizes
    within = ((values - means[groups]) ** 2).sum() / (n - count)
    between = (sizes * (means - values.mean()) ** 2).sum() / (count - 1)
    typical = (n - (sizes**2).sum() / n) / (count - 1)
    spread = (between - within) / typical
    return float(np.clip(spread / (spread + within), 0, 0.95)) if within > 0 else 0.95


def _chunks(samples: int) -> Iterator[int]:
    for first in range(0, samples, CHUNK):
        yield min(CHUNK, samples - first)
