"""Covariance of the estimates, and what non-normal or clustered answers do to chi-square."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.models.sem.engine import gaps, likelihood, table
from analysis.models.sem.engine.gaps import few_clusters, invert
from analysis.models.sem.engine.likelihood import Problem
from analysis.models.sem.engine.places import Layout
from analysis.models.sem.engine.sample import Group, Sample

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
            out += sums.T @ sums * few_clusters(group)
        return out / self.problem.sample.n

    @property
    def condition(self) -> float:
        """Smallest eigenvalue of the information, scaled to a unit diagonal; 0 for none."""
        known = self.observed if "observed" in vars(self) else self.expected
        square = np.diag(known)
        if not np.isfinite(square).all() or not (square > 0).all():
            return 0.0
        scale = np.sqrt(square)
        return float(np.linalg.eigvalsh(known / np.outer(scale, scale))[0])

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


def scaling_factor(curvature: Curvature, free: float) -> float:
    """What chi-square is divided by for answers that are not normal or not independent.

    The difference of two traces over the degrees of freedom (Yuan & Bentler 2000; lavaan:
    `test = "yuan.bentler.mplus"`).

    `free`: `saturated_trace` of the answers, the same for every model of them.
    """
    of_model = np.trace(curvature.meat @ invert(curvature.observed))
    return float((free - of_model) / curvature.problem.layout.table.df)


def saturated_trace(sample: Sample, means: bool) -> float:
    """Trace of meat times inverse information, where means and covariances are all free."""
    return sum(_saturated_trace(group, means) for group in sample.groups)


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
    """The trace of one group."""
    seen, _ = group.patterns
    if not seen.all():
        return gaps.saturated(group).trace
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
    return float(total * few_clusters(group) / group.weight.sum())


def jacobian(quantity: Quantity, theta: np.ndarray, *, stacked: bool = False) -> np.ndarray:
    """Derivative of a vector by each parameter, by complex steps: no rounding to tune.

    `stacked`: the quantity takes many parameter vectors at once (... x parameters).
    """
    moved = theta + 1e-20j * np.eye(len(theta))
    found = quantity(moved) if stacked else np.array([quantity(one) for one in moved])
    return found.imag.T / 1e-20
