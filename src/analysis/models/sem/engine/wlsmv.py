"""Diagonally weighted least squares on polychoric correlations, mean- and variance-adjusted.

Thresholds are free and reproduce the shares exactly, so only the correlations meet the model.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.models.sem.engine.gaps import invert
from analysis.models.sem.engine.indices import Chi
from analysis.models.sem.engine.likelihood import directions, implied
from analysis.models.sem.engine.places import Layout
from analysis.models.sem.engine.search import Found
from analysis.models.sem.polychoric import Ordinal

TOLERANCE = 1e-9
MOST_STEPS = 300


@dataclass(frozen=True)
class Weighted:
    """A model for polychoric correlations and the least-squares solution `found`."""

    layout: Layout
    ordinal: Ordinal
    found: Found

    @cached_property
    def slope(self) -> np.ndarray:
        """Derivative of the correlations (pairs x parameters)."""
        return _both(self.layout, self.found.theta)[1]

    @cached_property
    def weight(self) -> np.ndarray:
        """One over the variance of each correlation."""
        return 1 / np.diag(self.ordinal.gamma)

    @cached_property
    def bread(self) -> np.ndarray:
        """Inverse of the weighted cross-product of the derivatives."""
        return invert(self.slope.T @ (self.slope * self.weight[:, None]))

    def covariance(self) -> np.ndarray:
        """Robust covariance of the estimates."""
        left = self.bread @ (self.slope * self.weight[:, None]).T
        return left @ self.ordinal.gamma @ left.T / (self.ordinal.n - 1)

    def chi(self) -> tuple[Chi, Chi, tuple[float, float], tuple[float, float]]:
        """Chi-square and baseline, unadjusted; and each adjusted: value and factor."""
        w, gamma, n = self.weight, self.ordinal.gamma, self.ordinal.n
        scaled = self.slope * w[:, None]
        u = np.diag(w) - scaled @ self.bread @ scaled.T
        r = _pairs(self.ordinal.correlations)
        model = Chi((n - 1) * 2 * self.found.value, len(w) - len(self.found.theta))
        base = Chi((n - 1) * float(w @ r**2), len(w))
        return model, base, _adjusted(u @ gamma, model), _adjusted(w[:, None] * gamma, base)


def fit(layout: Layout, ordinal: Ordinal) -> Weighted:
    """Fit by Gauss-Newton steps with halving."""
    r, w = _pairs(ordinal.correlations), 1 / np.diag(ordinal.gamma)
    theta = _start(layout, ordinal.correlations)
    value, slope, rest = _value(layout, theta, r, w)
    for step in range(MOST_STEPS):
        down = slope.T @ (w * rest)
        curve = slope.T @ (slope * w[:, None])
        scale = np.sqrt(np.clip(np.diag(curve), 1e-300, None))
        unit = curve / np.outer(scale, scale) + 1e-10 * np.eye(len(theta))
        move = np.linalg.solve(unit, down / scale) / scale
        left = down @ move
        if np.sqrt(max(left, 0)) < TOLERANCE:
            return Weighted(layout, ordinal, Found(theta, value, True, step))
        size = 1.0
        while size > 1e-6:
            there = _value(layout, theta + size * move, r, w)
            if there[0] < value:
                break
            size /= 2
        else:
            done = bool(np.sqrt(left) < 1e4 * TOLERANCE)
            return Weighted(layout, ordinal, Found(theta, value, done, step))
        theta = theta + size * move
        value, slope, rest = there
    return Weighted(layout, ordinal, Found(theta, value, False, MOST_STEPS))


def _start(layout: Layout, correlations: np.ndarray) -> np.ndarray:
    """Loadings of the marker's size, half of the variance common."""
    table = layout.table
    names = {name: k for k, name in enumerate(table.items)}
    first = {name: names[items[0]] for name, items in table.measurement.items() if items}
    theta = np.zeros(table.npar)
    for r in table.rows:
        if r.free < 0:
            continue
        if r.matrix == "L":
            sign = correlations[r.row, first[table.latents[r.col]]]
            theta[r.free] = np.sign(sign) or 1.0
        elif r.matrix == "P" and r.row == r.col:
            theta[r.free] = 0.5
    return theta


def _value(
    layout: Layout, theta: np.ndarray, r: np.ndarray, w: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    rho, slope = _both(layout, theta)
    rest = r - rho
    return float(w @ rest**2) / 2, slope, rest


def _both(layout: Layout, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlations that the model implies, and their derivative."""
    places = layout.groups[0]
    m = places.matrices(theta)
    im = implied(m)
    u, v, (_, into) = directions(places, m, im)
    i, j = np.triu_indices(len(im.sigma), 1)
    return im.sigma[i, j], (into @ (u[:, i] * v[:, j] + u[:, j] * v[:, i])).T


def _pairs(matrix: np.ndarray) -> np.ndarray:
    return matrix[np.triu_indices(len(matrix), 1)]


def _adjusted(product: np.ndarray, chi: Chi) -> tuple[float, float]:
    """Chi-square scaled and shifted to the mean and variance that it should have.

    Asparouhov & Muthen (2010); lavaan: `test = "scaled.shifted"`.
    """
    if not chi.df:
        return chi.value, np.nan
    squares = float(np.sum(product * product.T))
    scale = np.sqrt(chi.df / squares)
    shift = chi.df - np.sqrt(chi.df * np.trace(product) ** 2 / squares)
    return float(scale * chi.value + shift), float(1 / scale)
