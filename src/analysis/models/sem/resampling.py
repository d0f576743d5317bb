"""Bootstrap of a fitted model: whole clusters are drawn, and every resample is fitted anew.

A resample is a set of weights on the answers. Each starts at the solution of all answers with its
curvature, so that a fit takes some ten steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.models.sem.engine import search
from analysis.models.sem.engine.gaps import invert
from analysis.models.sem.engine.likelihood import Problem, chain, implied
from analysis.models.sem.engine.sample import Group
from analysis.models.sem.fitting import SemFit, one_thread

#: A resample's solution needs fewer digits than its interval has.
TOLERANCE = 1e-4

#: Resamples that are fitted at once: enough to spare Python's steps, few enough for the cache.
CHUNK = 100

#: With fewer converged resamples than this share, percentiles would be of the well-behaved only.
LEAST_CONVERGED = 0.9


@dataclass(frozen=True)
class Resamples:
    """Scaled parameters of each resample that converged, and how many were drawn."""

    theta: np.ndarray
    drawn: int

    @property
    def enough(self) -> bool:
        """Whether percentiles of these may be trusted."""
        return len(self.theta) >= LEAST_CONVERGED * self.drawn


def draw(fit: SemFit, resamples: int, seed: int = 0) -> Resamples:
    """Fit a model to resamples of its clusters, drawn group by group.

    Parameters
    ----------
    fit : by maximum likelihood. resamples : how many to draw.

    Raises
    ------
    ModelError: the fit cannot be used.
    """
    problem, theta = fit.likely().problem, fit.likely().theta
    inverse = invert(fit.likely().expected)
    rng = np.random.default_rng(seed)
    with one_thread():
        if problem.sample.complete and len(problem.sample.groups) == 1:
            found = _together(problem, theta, inverse, resamples, rng)
        else:
            ends = (
                search.quasi_newton(function, theta, inverse, TOLERANCE, 60)
                for function in _one_by_one(problem, resamples, rng)
            )
            found = [end.theta for end in ends if end.converged]
    return Resamples(np.array(found).reshape(-1, len(theta)), resamples)


def _one_by_one(problem: Problem, resamples: int, rng: np.random.Generator) -> Iterator:
    """The likelihood of each resample, as a function of the parameters."""
    for _ in range(resamples):
        drawn = tuple(_resample(group, rng) for group in problem.sample.groups)
        yield replace(problem, sample=replace(problem.sample, groups=drawn)).value


def _together(
    problem: Problem,
    theta: np.ndarray,
    inverse: np.ndarray,
    resamples: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Complete answers of one group: a resample is its means and covariances, no more."""
    group = problem.sample.groups[0]
    count, p = int(group.cluster.max()) + 1, group.z.shape[1]
    rows = np.column_stack([np.ones(group.n), group.z])
    each = (rows * group.weight[:, None])[:, :, None] * rows[:, None, :]
    products = np.zeros((count, p + 1, p + 1))
    np.add.at(products, group.cluster, each)
    flat = products.reshape(count, -1)
    parts = []
    for first in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - first)
        drawn = rng.integers(0, count, (size, count))
        weight = np.stack([np.bincount(row, minlength=count) for row in drawn]).astype(float)
        total = (weight @ flat).reshape(size, p + 1, p + 1)
        total /= total[:, :1, :1]
        mean = total[:, 0, 1:]
        cov = total[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :]
        likelihood = _Moments(problem, mean, cov)
        parts.append(search.many(likelihood.value, theta, inverse, size, TOLERANCE))
    return np.concatenate(parts) if parts else np.empty((0, len(theta)))


@dataclass(frozen=True)
class _Moments:
    """The likelihood of many resamples at once."""

    problem: Problem
    mean: np.ndarray
    cov: np.ndarray

    def value(self, theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Value and gradient of the resamples `which`, each at its row of `theta`."""
        places = self.problem.layout.groups[0]
        m = places.matrices(theta)
        im = implied(m)
        inverse, log = _inverses(im.sigma)
        moment, away = self.cov[which], np.zeros_like(im.mu)
        if self.problem.layout.table.means:
            away = self.mean[which] - im.mu
            moment = moment + away[:, :, None] * away[:, None, :]
        weighted = inverse @ moment
        by_sigma = (inverse - weighted @ inverse) / 2
        by_mu = -(inverse @ away[..., None])[..., 0]
        here = (log + np.trace(weighted, axis1=1, axis2=2)) / 2
        return here, places.gather(chain(m, im, by_sigma, by_mu))


def _inverses(sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverses and log determinants; infinite where a matrix is no covariance."""
    try:
        root = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        good = np.linalg.eigvalsh(sigma)[:, 0] > 0
        safe = np.where(good[:, None, None], sigma, np.eye(sigma.shape[-1]))
        inverse, log = _inverses(safe)
        return inverse, np.where(good, log, np.inf)
    at = np.arange(sigma.shape[-1])
    return np.linalg.inv(sigma), 2 * np.log(root[:, at, at]).sum(axis=1)


def _resample(group: Group, rng: np.random.Generator) -> Group:
    count = int(group.cluster.max()) + 1
    times = np.bincount(rng.integers(0, count, count), minlength=count)[group.cluster]
    keep = times > 0
    return replace(
        group,
        z=group.z[keep],
        weight=(group.weight * times)[keep],
        cluster=group.cluster[keep],
        whole=group.whole[keep],
    )
