"""Least squares whose errors allow for accounts: two people at one customer are no two voices.

Where an estimate rests on fewer than `FEW` accounts the covariance is CR2, which undoes the bias of
small samples, and the degrees of freedom are Satterthwaite's: fewer than accounts minus one where a
few accounts carry much of the estimate. From `FEW` on the plain sandwich with t and accounts minus
one does as well. What counts is the effective number: 7 accounts beside 98 are few.

References
----------
Bell & McCaffrey (2002), Survey Methodology 28(2), 169-181. Pustejovsky & Tipton (2018), Journal of
Business & Economic Statistics 36(4), 672-683. Carter, Schnepel & Steigerwald (2017), Review of
Economics and Statistics 99(4), 698-709 (effective number of clusters). R:
`clubSandwich::coef_test(vcov = "CR2")`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Fewer effective accounts than this: CR2 with Satterthwaite (statistics.md, section 5).
FEW = 50

#: An eigenvalue below this is none: the cluster alone decides that direction of the estimate.
FLOOR = 1e-10


@dataclass(frozen=True)
class Contrast:
    """A combination of coefficients; se is NaN and df 0 with fewer than two clusters."""

    estimate: float
    se: float
    df: float


@dataclass(frozen=True)
class Fit:
    """Least squares: coefficients, residuals, and the clusters as numbers from 0."""

    x: np.ndarray  # n x p
    weights: np.ndarray  # n
    coef: np.ndarray  # p
    residuals: np.ndarray  # n
    bread: np.ndarray  # p x p, inverse of x'Wx
    codes: np.ndarray  # n

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return int(self.codes.max()) + 1 if len(self.codes) else 0

    def contrast(self, c: Sequence[float] | np.ndarray) -> Contrast:
        """Estimate of c'b with its standard error and degrees of freedom.

        Examples
        --------
        >>> y, who = np.array([1.0, 2, 4, 3, 6]), list("aabbc")
        >>> found = fit(np.ones((5, 1)), y, who).contrast([1])
        >>> round(found.estimate, 2), round(found.se, 4), round(found.df, 2)
        (3.2, 1.0893, 1.8)
        """
        c = np.asarray(c, dtype=float)
        estimate = float(c @ self.coef)
        if self.clusters < 2:
            return Contrast(estimate, float("nan"), 0.0)
        if self._effective(c) >= FEW:
            return self._plain(c, estimate)
        return self._corrected(c, estimate)

    def _effective(self, c: np.ndarray) -> float:
        """How many equal clusters the estimate would rest on as it does on these.

        By what each would add to its variance were all answers independent.
        """
        parts = (self.weights * (self.x @ (self.bread @ c))) ** 2
        sums = np.bincount(self.codes, parts, minlength=self.clusters)
        whole = (sums**2).sum()
        return float(sums.sum() ** 2 / whole) if whole > 0 else 0.0

    def _plain(self, c: np.ndarray, estimate: float) -> Contrast:
        """CR1 as `survey` corrects it: clusters / (clusters - 1)."""
        count = self.clusters
        parts = (self.weights * self.residuals) * (self.x @ (self.bread @ c))
        sums = np.bincount(self.codes, parts, minlength=count)
        variance = count / (count - 1) * (sums**2).sum()
        return Contrast(estimate, float(np.sqrt(variance)), float(count - 1))

    def _corrected(self, c: np.ndarray, estimate: float) -> Contrast:
        """CR2, for answers of equal variance, with Satterthwaite's degrees of freedom."""
        wx = self.weights[:, None] * self.x
        toward = wx @ (self.bread @ c)  # what each residual adds to the estimate
        inner = wx.T @ wx
        order = np.argsort(self.codes, kind="stable")
        members = np.split(order, np.flatnonzero(np.diff(self.codes[order])) + 1)
        carried = []  # of each cluster: where it stands, and its corrected weights
        variance = 0.0
        for rows in members:
            x, w = self.x[rows], wx[rows]
            left = np.eye(len(rows)) - x @ self.bread @ w.T
            left += -w @ self.bread @ x.T + x @ self.bread @ inner @ self.bread @ x.T
            values, vectors = np.linalg.eigh((left + left.T) / 2)
            root = np.where(values > FLOOR, 1 / np.sqrt(np.maximum(values, FLOOR)), 0.0)
            moved = (vectors * root) @ (vectors.T @ toward[rows])
            variance += float(moved @ self.residuals[rows]) ** 2
            carried.append((rows, moved))
        return Contrast(estimate, float(np.sqrt(variance)), self._freedom(carried, wx, inner))

    def _freedom(
        self, carried: list[tuple[np.ndarray, np.ndarray]], wx: np.ndarray, inner: np.ndarray
    ) -> float:
        """Satterthwaite's degrees of freedom where answers are independent with equal variance.

        With p_g the vector that turns all answers into cluster g's part of the estimate, these are
        (sum of |p_g| squared) squared over the sum of (p_g'p_h) squared. p_g = (I - H)' a_g, so
        that p_g'p_h needs only sums within the clusters.
        """
        own = np.array([moved @ moved for _, moved in carried])
        of_x = np.array([moved @ self.x[rows] for rows, moved in carried])  # clusters x p
        of_w = np.array([moved @ wx[rows] for rows, moved in carried])
        cross = of_x @ self.bread @ of_w.T
        gram = np.diag(own) - cross - cross.T
        gram += of_x @ self.bread @ inner @ self.bread @ of_x.T
        size = (gram**2).sum()
        return float(np.trace(gram) ** 2 / size) if size > 0 else 0.0


def fit(
    x: np.ndarray,
    y: np.ndarray | Sequence[float],
    groups: np.ndarray | Sequence[object],
    weights: np.ndarray | None = None,
) -> Fit:
    """Fit by least squares.

    Parameters
    ----------
    x : n x p, complete; columns that say the same share their coefficient (the shortest solution).
    y : n.
    groups : who speaks with one voice, one label per row.
    weights : survey weights; None: all alike. Answers are taken to have equal variances whatever
        their weight (in `clubSandwich`: `target = rep(1, n)`).
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    _, codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)
    bread = np.linalg.pinv((w[:, None] * x).T @ x, hermitian=True)
    coef = bread @ ((w[:, None] * x).T @ y)
    return Fit(x, w, coef, y - x @ coef, bread, codes)
