"""What missing answers do to chi-square and to the indices made of it.

With gaps, means and covariances that no model constrains have an information matrix of their own,
pattern by pattern. It says how far chi-square is swollen by answers that are not normal, and what
the indices would be had nothing been missing.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.models.sem.engine import likelihood
from analysis.models.sem.engine.likelihood import Problem, directions, implied
from analysis.models.sem.engine.sample import Group, padded_inverse


@dataclass(frozen=True)
class Saturated:
    """Unconstrained means, then covariances (row by row below the diagonal), of one group.

    `information`: observed, of all respondents. `sums`: scores summed within clusters, times the
    root of the correction for few clusters (clusters x moments).
    """

    information: np.ndarray
    sums: np.ndarray

    @cached_property
    def moves(self) -> np.ndarray:
        """What each cluster does to the moments (moments x clusters)."""
        return invert(self.information) @ self.sums.T

    @property
    def trace(self) -> float:
        """Trace of the scores' outer product times the inverse information."""
        return float(np.einsum("cm,mc->", self.sums, self.moves))


def saturated(group: Group) -> Saturated:
    """Information and scores of a group at its unconstrained moments."""
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
    flat = weighted.reshape(len(seen), -1).T
    ab = (flat @ b.reshape(len(seen), -1)).reshape(p, p, p, p)
    ap = (flat @ pulled).reshape(p, p, p)
    i, j = np.tril_indices(p)
    half = np.where(i == j, 0.5, 1.0)
    # Directions u = half e_i, v = e_j, as in `likelihood.curvature_of`.
    part = np.zeros((len(i), len(i)))
    for x, y, z, w in ((i, j, j, i), (j, i, i, j), (i, i, j, j), (j, j, i, i)):
        part += ab[x[:, None], y[None, :], z[:, None], w[None, :]]
    info = np.zeros((p + len(i),) * 2)
    info[p:, p:] = part * np.outer(half, half)
    info[:p, :p] = weighted.sum(axis=0)
    info[:p, p:] = (ap[:, i, j] + ap[:, j, i]) * half
    info[p:, :p] = info[:p, p:].T
    rest = np.nan_to_num(group.z - mu)
    scores = np.empty((group.n, p + len(i)))
    for k in range(len(seen)):
        rows = which == k
        pull = rest[rows] @ inverse[k]
        scores[rows, :p] = pull
        scores[rows, p:] = (pull[:, i] * pull[:, j] - inverse[k][i, j]) * half
    sums = likelihood.by_cluster(group, scores * group.weight[:, None])
    return Saturated(info, sums * np.sqrt(few_clusters(group)))


def as_if_complete(
    problem: Problem, theta: np.ndarray, free: list[Saturated], *, normal: bool
) -> tuple[float, float]:
    """Chi-square had the moments come of complete answers, and its scaling factor.

    Parameters
    ----------
    free : of each group. normal : whether answers are taken as normal and independent.

    References
    ----------
    Zhang & Savalei (2022), Structural Equation Modeling: "FIML-C". lavaan: `cfi.robust` and the
    like with `missing = "fiml"`.
    """
    chisq, slopes = 0.0, []
    for group, places in zip(problem.sample.groups, problem.layout.groups, strict=True):
        m = places.matrices(theta)
        im = implied(m)
        mean, cov = group.saturated
        inverse = np.linalg.inv(im.sigma)
        away = mean - im.mu
        gap = np.linalg.slogdet(im.sigma)[1] - np.linalg.slogdet(cov)[1]
        chisq += group.n * (gap + np.trace(cov @ inverse) - len(cov) + away @ inverse @ away)
        u, v, (w, into) = directions(places, m, im)
        i, j = np.tril_indices(len(cov))
        slopes.append((into @ np.hstack([w, u[:, i] * v[:, j] + u[:, j] * v[:, i]])).T)
    bread = sum(s.T @ f.information @ s for s, f in zip(slopes, free, strict=True))
    groups = problem.sample.groups
    total = 0.0
    if normal:
        for group, own, slope in zip(groups, free, slopes, strict=True):
            total += _complete_length(group, _root(own.information))
            total -= _complete_length(group, slope @ _root(bread))
    else:
        inner = invert(bread)
        for g, own in enumerate(free):
            step = inner @ (slopes[g].T @ own.sums.T)
            for h, group in enumerate(groups):
                left = (own.moves if g == h else 0) - slopes[h] @ step
                total += _complete_length(group, left)
    return float(chisq), total / problem.layout.table.df


def _root(information: np.ndarray) -> np.ndarray:
    """R with R R' the inverse of an information matrix; NaN where it has none."""
    try:
        return np.linalg.inv(np.linalg.cholesky(information)).T
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)


def _complete_length(group: Group, moves: np.ndarray) -> float:
    """Sum of squared lengths of moves of the moments, by the information of complete answers."""
    _, cov = group.saturated
    p = len(cov)
    root = np.linalg.inv(np.linalg.cholesky(cov))
    i, j = np.tril_indices(p)
    turn = np.zeros((moves.shape[1], p, p))
    turn[:, i, j] = moves[p:].T
    turn[:, j, i] = moves[p:].T
    lean = root @ moves[:p]
    return group.n * float((lean**2).sum() + ((root @ turn @ root.T) ** 2).sum() / 2)


def few_clusters(group: Group) -> float:
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
