"""Covariance of the estimates, and what non-normal or clustered answers do to chi-square."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.models.sem.engine import likelihood, table
from analysis.models.sem.engine.likelihood import Problem
from analysis.models.sem.engine.places import Layout
from analysis.models.sem.engine.sample import Group, Sample, padded_inverse

Quantity = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Curvature:
    """Information at a solution, and all covariances that follow from it (scaled parameters)."""

    problem: Problem
    theta: np.ndarray

    @cached_property
    def expected(self) -> np.ndarray:
        """Expected information per respondent."""
        return self.problem.information(self.theta)

    @cached_property
    def observed(self) -> np.ndarray:
        """Observed information per respondent."""
        return self.problem.information(self.theta, observed=True)

    @cached_property
    def meat(self) -> np.ndarray:
        """Outer product of scores, summed within clusters, per respondent."""
        groups, scores = self.problem.sample.groups, self.problem.scores(self.theta)
        whole = np.concatenate([group.whole for group in groups])
        if len(np.unique(whole)) < sum(len(np.unique(group.whole)) for group in groups):
            # A cluster in two groups, as an account in two waves: its scores go together.
            one = Group("", np.empty((0, 0)), np.empty(0), pd.factorize(whole)[0], whole)
            sums = likelihood.by_cluster(one, np.concatenate(scores))
            return sums.T @ sums * len(sums) / (len(sums) - 1) / self.problem.sample.n
        out = np.zeros_like(self.expected)
        for group, own in zip(groups, scores, strict=True):
            sums = likelihood.by_cluster(group, own)
            out += sums.T @ sums * _few(group)
        return out / self.problem.sample.n

    @property
    def condition(self) -> float:
        """Smallest eigenvalue of the expected information, scaled to a unit diagonal."""
        scale = np.sqrt(np.diag(self.expected))
        if not np.isfinite(scale).all() or not (scale > 0).all():
            return 0.0
        return float(np.linalg.eigvalsh(self.expected / np.outer(scale, scale))[0])

    def plain(self, observed: bool) -> np.ndarray:
        """Covariance of the estimates for independent, normal answers."""
        kind = self.observed if observed else self.expected
        return invert(kind) / self.problem.sample.n

    def robust(self) -> np.ndarray:
        """Covariance of the estimates for any distribution, answers of a cluster going together.

        lavaan: `estimator = "MLR"`, with `cluster =` where one is known.
        """
        bread = invert(self.observed)
        return bread @ self.meat @ bread / self.problem.sample.n


def _few(group: Group) -> float:
    """Correction for few clusters; none where every respondent is his own."""
    count = int(group.cluster.max()) + 1
    return count / (count - 1) if 1 < count < group.n else 1.0


def invert(matrix: np.ndarray) -> np.ndarray:
    """Inverse after scaling to a unit diagonal; NaN where there is none."""
    scale = np.sqrt(np.abs(np.diag(matrix)))
    try:
        inner = np.linalg.inv(matrix / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)
    return inner / np.outer(scale, scale)


def scaling_factor(curvature: Curvature) -> float:
    """What chi-square is divided by for answers that are not normal or not independent.

    The difference of two traces over the degrees of freedom (Yuan & Bentler 2000; lavaan:
    `test = "yuan.bentler.mplus"`).
    """
    problem = curvature.problem
    of_model = np.trace(curvature.meat @ invert(curvature.observed))
    means = problem.layout.table.means
    free = sum(_saturated_trace(group, means) for group in problem.sample.groups)
    return float((free - of_model) / problem.layout.table.df)


def baseline(sample: Sample, means: bool) -> tuple[Curvature, float]:
    """The independence model at its solution, and its f per respondent."""
    bare = table.independent(sample.items, len(sample.groups), means)
    layout = Layout(bare, np.ones_like(sample.scale))
    theta = []
    for group in sample.groups:
        known = ~np.isnan(group.z)
        weight = group.weight[:, None] * known
        mean = np.nansum(group.z * weight, axis=0) / weight.sum(axis=0)
        variance = np.nansum((group.z - mean) ** 2 * weight, axis=0) / weight.sum(axis=0)
        theta += [variance, mean] if means else [variance]
    problem = Problem(layout, replace(sample, scale=np.ones_like(sample.scale)))
    at = np.concatenate(theta)
    return Curvature(problem, at), problem.value(at)[0]


def _saturated_trace(group: Group, means: bool) -> float:
    """Trace of meat times inverse information, where means and covariances are all free."""
    seen, _ = group.patterns
    if not seen.all():
        return _saturated_trace_with_gaps(group)
    mean, sigma = group.saturated
    root = np.linalg.inv(np.linalg.cholesky(sigma))
    y = (group.z - mean) @ root.T
    # A score by the covariances is half (y y' - 1); twice its square is its squared length.
    pull = likelihood.by_cluster(group, y * group.weight[:, None])
    squares = (y[:, :, None] * y[:, None, :] - np.eye(len(mean))) * group.weight[:, None, None]
    turn = likelihood.by_cluster(group, squares.reshape(group.n, -1))
    total = (turn**2).sum() / 2
    if means:
        total += (pull**2).sum()
    return float(total * _few(group) / group.weight.sum())


def _saturated_trace_with_gaps(group: Group) -> float:
    """The same by patterns of gaps, from observed information."""
    seen, which = group.patterns
    count, mean, spread = group.moments
    mu, sigma = group.saturated
    p = len(mu)
    inverse, _ = padded_inverse(sigma, seen)
    away = (mean - mu) * seen
    moment = spread + away[:, :, None] * away[:, None, :]
    b = inverse @ moment @ inverse - inverse / 2
    pulled = np.einsum("rij,rj->ri", inverse, away)
    weighted = inverse * count[:, None, None]
    # Sums over patterns of a_ij b_kl, as one product.
    ab = weighted.reshape(len(seen), -1).T @ b.reshape(len(seen), -1)
    ap = weighted.reshape(len(seen), -1).T @ pulled
    ab, ap = ab.reshape(p, p, p, p), ap.reshape(p, p, p)
    i, j = np.tril_indices(p)
    half = np.where(i == j, 0.5, 1.0)
    # Directions u = half e_i, v = e_j, as in `likelihood.curvature_of`.
    part = np.zeros((len(i), len(i)))
    for x, y, z, w in ((i, j, j, i), (j, i, i, j), (i, i, j, j), (j, j, i, i)):
        part += ab[x[:, None], y[None, :], z[:, None], w[None, :]]
    info = np.zeros((p + len(i),) * 2)
    info[p:, p:] = part * np.outer(half, half)
    info[:p, :p] = weighted.sum(axis=0)
    cross = ap[:, i, j] + ap[:, j, i]
    info[:p, p:] = cross * half
    info[p:, :p] = info[:p, p:].T
    rest = np.nan_to_num(group.z - mu)
    scores = np.empty((group.n, p + len(i)))
    for k in range(len(seen)):
        rows = which == k
        pull = rest[rows] @ inverse[k]
        scores[rows, :p] = pull
        scores[rows, p:] = (pull[:, i] * pull[:, j] - inverse[k][i, j]) * half
    sums = likelihood.by_cluster(group, scores * group.weight[:, None])
    return float(np.einsum("ci,ij,cj->", sums, invert(info), sums, optimize=True) * _few(group))


def jacobian(quantity: Quantity, theta: np.ndarray) -> np.ndarray:
    """Derivative of a vector by each parameter, by complex steps: no rounding to tune."""
    columns = []
    for k in range(len(theta)):
        moved = theta.astype(complex)
        moved[k] += 1e-20j
        columns.append(quantity(moved).imag / 1e-20)
    return np.array(columns).T
