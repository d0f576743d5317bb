"""Bootstrap of a fitted model: whole clusters are drawn, and every resample is fitted anew.

A resample is a set of weights on the answers. Each starts at the solution of all answers with its
curvature, so that a fit takes some ten steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import ModelError
from analysis.models.sem.engine import search
from analysis.models.sem.engine.covariance import invert
from analysis.models.sem.engine.likelihood import Problem, chain, implied
from analysis.models.sem.engine.sample import Group, Sample
from analysis.models.sem.fitting import SemFit, one_thread

#: A resample's solution needs fewer digits than its interval has.
TOLERANCE = 1e-4

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
    if not fit.usable or fit.curvature is None:
        raise ModelError("Only a usable fit by maximum likelihood can be resampled.")
    problem, theta = fit.curvature.problem, fit.curvature.theta
    inverse = invert(fit.curvature.expected)
    found = []
    with one_thread():
        for function in _functions(problem, resamples, np.random.default_rng(seed)):
            end = search.quasi_newton(function, theta, inverse, TOLERANCE, 60)
            if end.converged:
                found.append(end.theta)
    return Resamples(np.array(found).reshape(-1, len(theta)), resamples)


def _functions(problem: Problem, resamples: int, rng: np.random.Generator) -> Iterator:
    """The likelihood of each resample, as a function of the parameters."""
    groups = problem.sample.groups
    if problem.sample.complete and len(groups) == 1:
        yield from _complete(problem, resamples, rng)
        return
    for _ in range(resamples):
        drawn = tuple(_resample(group, rng) for group in groups)
        yield replace(problem, sample=replace(problem.sample, groups=drawn)).value


def _complete(problem: Problem, resamples: int, rng: np.random.Generator) -> Iterator:
    """Complete answers of one group: a resample is its means and covariances, no more."""
    group = problem.sample.groups[0]
    places, means = problem.layout.groups[0], problem.layout.table.means
    count, p = int(group.cluster.max()) + 1, group.z.shape[1]
    rows = np.column_stack([np.ones(group.n), group.z])
    products = np.zeros((count, p + 1, p + 1))
    weighted = rows * group.weight[:, None]
    if count == group.n:
        products = weighted[:, :, None] * rows[:, None, :]
    else:
        np.add.at(products, group.cluster, weighted[:, :, None] * rows[:, None, :])
    flat = products.reshape(count, -1)
    for _ in range(resamples):
        weight = np.bincount(rng.integers(0, count, count), minlength=count).astype(float)
        total = (weight @ flat).reshape(p + 1, p + 1)
        total /= total[0, 0]
        mean = total[0, 1:]
        cov = total[1:, 1:] - np.outer(mean, mean)
        yield _function(places, mean if means else None, cov)


def _function(places, mean: np.ndarray | None, cov: np.ndarray):
    def value(theta: np.ndarray) -> tuple[float, np.ndarray]:
        m = places.matrices(theta)
        im = implied(m)
        try:
            root = np.linalg.cholesky(im.sigma)
        except np.linalg.LinAlgError:
            return np.inf, theta
        inverse = np.linalg.inv(im.sigma)
        away = mean - im.mu if mean is not None else np.zeros(len(cov))
        weighted = inverse @ (cov + np.outer(away, away) if mean is not None else cov)
        by_sigma = (inverse - weighted @ inverse) / 2
        here = np.log(np.diag(root)).sum() + np.trace(weighted) / 2
        return here, places.gather(chain(m, im, by_sigma, -inverse @ away))

    return value


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


def sampled(problem: Problem, groups: tuple[Group, ...]) -> Problem:
    """The same model for other answers on the same scale."""
    sample = Sample(problem.sample.items, problem.sample.scale, groups, problem.sample.rows)
    return replace(problem, sample=sample)
