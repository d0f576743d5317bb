"""The normal likelihood of a parameter table: value, gradient, information and scores.

f = -log likelihood per respondent, without constants. Each derivative of a covariance matrix has
the form u v' + v u', so that gradients and second derivatives need no loop over pairs of
parameters; respondents with the same gaps are counted together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.models.sem.engine.places import Layout, Matrices, Places
from analysis.models.sem.engine.sample import Group, Sample, padded_inverse


@dataclass(frozen=True)
class Implied:
    """What a group's matrices imply: reach = L C, joint = L C P C', eta = C alpha."""

    sigma: np.ndarray
    mu: np.ndarray
    reach: np.ndarray
    joint: np.ndarray
    eta: np.ndarray
    latent: np.ndarray


def implied(m: Matrices) -> Implied:
    """Covariances and means of items and latent variables."""
    total = np.linalg.inv(np.eye(m["B"].shape[-1]) - m["B"])
    latent = total @ m["P"] @ total.swapaxes(-1, -2)
    reach = m["L"] @ total
    joint = m["L"] @ latent
    eta = (total @ m["alpha"][..., None])[..., 0]
    mu = m["nu"] + (m["L"] @ eta[..., None])[..., 0]
    return Implied(joint @ m["L"].swapaxes(-1, -2) + m["T"], mu, reach, joint, eta, latent)


def fit_of(group: Group, sigma: np.ndarray, mu: np.ndarray | None) -> tuple[float, ...]:
    """Value of f (times weights), and its derivatives by sigma (symmetric) and mu.

    With `mu` None the means are free. Raises LinAlgError where sigma is no covariance matrix.
    """
    seen, _ = group.patterns
    count, mean, spread = group.moments
    if len(seen) == 1:
        root = np.linalg.cholesky(sigma)
        inverse = np.linalg.inv(sigma)
        away = mean[0] - mu if mu is not None else 0 * mean[0]
        moment = spread[0] + np.outer(away, away)
        weighted = inverse @ moment
        value = np.log(np.diag(root)).sum() + np.trace(weighted) / 2
        n = count[0]
        return n * value, n / 2 * (inverse - weighted @ inverse), -n * inverse @ away
    inverse, log = padded_inverse(sigma, seen)
    away = (mean - mu) * seen
    moment = spread + away[:, :, None] * away[:, None, :]
    weighted = inverse @ moment
    value = count @ (log + np.trace(weighted, axis1=1, axis2=2)) / 2
    by_sigma = np.tensordot(count / 2, inverse - weighted @ inverse, 1)
    by_mu = -np.einsum("r,rij,rj->i", count, inverse, away)
    return value, by_sigma, by_mu


def chain(m: Matrices, im: Implied, by_sigma: np.ndarray, by_mu: np.ndarray) -> Matrices:
    """Derivatives by the places of the matrices, of those by sigma and mu."""
    q = by_sigma @ im.joint
    back = im.reach.swapaxes(-1, -2)
    pull = (back @ by_mu[..., None])[..., 0]
    return {
        "L": 2 * q + by_mu[..., :, None] * im.eta[..., None, :],
        "B": 2 * back @ q + pull[..., :, None] * im.eta[..., None, :],
        "P": back @ by_sigma @ im.reach,
        "T": by_sigma,
        "nu": by_mu,
        "alpha": pull,
    }


@dataclass(frozen=True)
class Problem:
    """A table and answers: the likelihood as a function of the free (scaled) parameters."""

    layout: Layout
    sample: Sample

    def value(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Value of f per respondent and its gradient; infinite where sigma is no covariance."""
        total, slope = 0.0, np.zeros(len(theta))
        for group, places in zip(self.sample.groups, self.layout.groups, strict=True):
            m = places.matrices(theta)
            try:
                im = implied(m)
                value, by_sigma, by_mu = fit_of(group, im.sigma, self._mu(im))
            except np.linalg.LinAlgError:
                return np.inf, slope
            total += value
            slope += places.gather(chain(m, im, by_sigma, by_mu))
        return total / self.sample.n, slope / self.sample.n

    def information(self, theta: np.ndarray, observed: bool = False) -> np.ndarray:
        """Expected or observed information per respondent."""
        out = np.zeros((len(theta),) * 2)
        for group, places in zip(self.sample.groups, self.layout.groups, strict=True):
            m = places.matrices(theta)
            im = implied(m)
            u, v, w = directions(places, m, im)
            mu = self._mu(im)
            out += curvature_of(group, im.sigma, mu, u, v, w, observed)
            if observed:
                _, by_sigma, by_mu = fit_of(group, im.sigma, mu)
                out += _bending(places, theta, by_sigma, by_mu)
        return (out + out.T) / (2 * self.sample.n)

    def scores(self, theta: np.ndarray) -> list[np.ndarray]:
        """Derivative of each respondent's log likelihood, group by group (n x parameters)."""
        found = []
        for group, places in zip(self.sample.groups, self.layout.groups, strict=True):
            m = places.matrices(theta)
            im = implied(m)
            u, v, w = places_directions(places, m, im)
            each = _scores_by_place(group, im.sigma, self._mu(im), u, v, w)
            found.append(each @ places.into.T * group.weight[:, None])
        return found

    def _mu(self, im: Implied) -> np.ndarray | None:
        return im.mu if self.layout.table.means else None


def places_directions(
    places: Places, m: Matrices, im: Implied
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """U, V, W (places x items): sigma moves by u v' + v u', mu by w, for each free place."""
    unit = np.eye(len(im.sigma))
    zero = np.zeros_like
    none = np.zeros((0, len(unit)))
    us, vs, ws = [none], [none], [none]
    for name, (row, col, _, _) in places.at.items():
        half = np.where(row == col, 0.5, 1.0)[:, None]
        if name == "L":
            u, v, w = unit[row], im.joint.T[col], unit[row] * im.eta[col][:, None]
        elif name == "B":
            u, v = im.reach.T[row], im.joint.T[col]
            w = u * im.eta[col][:, None]
        elif name == "P":
            u, v = half * im.reach.T[row], im.reach.T[col]
            w = zero(u)
        elif name == "T":
            u, v = half * unit[row], unit[col]
            w = zero(u)
        else:
            w = unit[row] if name == "nu" else im.reach.T[row]
            u, v = zero(w), zero(w)
        us.append(u)
        vs.append(v)
        ws.append(w)
    return np.concatenate(us), np.concatenate(vs), np.concatenate(ws)


def directions(
    places: Places, m: Matrices, im: Implied
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """As `places_directions`, with the matrix that sums places into parameters beside W."""
    u, v, w = places_directions(places, m, im)
    return u, v, (w, places.into)


def curvature_of(
    group: Group,
    sigma: np.ndarray,
    mu: np.ndarray | None,
    u: np.ndarray,
    v: np.ndarray,
    w_into: tuple[np.ndarray, np.ndarray],
    observed: bool,
) -> np.ndarray:
    """Second derivative of f by pairs of directions, without the bending of sigma itself."""
    w, into = w_into
    seen, _ = group.patterns
    count, mean, spread = group.moments
    inverse, _ = padded_inverse(sigma, seen)
    out = np.zeros((len(u), len(u)))
    for k in range(len(seen)):
        a = inverse[k]
        ua, va = u @ a, v @ a
        auv, auu, avv = ua @ v.T, ua @ u.T, va @ v.T
        if not observed:
            part = auv * auv.T + auu * avv
        else:
            away = (mean[k] - mu) * seen[k] if mu is not None else 0 * mean[k]
            b = a @ (spread[k] + np.outer(away, away)) @ a - a / 2
            ub = u @ b
            buv, buu, bvv = ub @ v.T, ub @ u.T, v @ b @ v.T
            part = buv.T * auv + bvv * auu + buu * avv + buv * auv.T
        if mu is not None:
            wa = w @ a
            part = part + wa @ w.T
            if observed:
                pull = a @ away
                cross = (wa @ u.T) * (v @ pull) + (wa @ v.T) * (u @ pull)
                part = part + cross + cross.T
        out += count[k] * part
    return into @ out @ into.T


def _bending(
    places: Places, theta: np.ndarray, by_sigma: np.ndarray, by_mu: np.ndarray
) -> np.ndarray:
    """Second derivatives of sigma and mu against fixed derivatives of f, by complex steps."""
    moved = theta + 1e-20j * np.eye(len(theta))
    m = places.matrices(moved)
    im = implied(m)
    fixed = (np.broadcast_to(by, (len(theta), *by.shape)) for by in (by_sigma, by_mu))
    return places.gather(chain(m, im, *fixed)).imag / 1e-20


def _scores_by_place(
    group: Group,
    sigma: np.ndarray,
    mu: np.ndarray | None,
    u: np.ndarray,
    v: np.ndarray,
    w: np.ndarray,
) -> np.ndarray:
    seen, which = group.patterns
    inverse, _ = padded_inverse(sigma, seen)
    centre = mu if mu is not None else group.moments[1][0]
    away = np.nan_to_num(group.z - centre)
    out = np.empty((group.n, len(u)))
    for k in range(len(seen)):
        rows = which == k
        pull = away[rows] @ inverse[k]
        out[rows] = (pull @ u.T) * (pull @ v.T) - np.einsum("ki,ij,kj->k", u, inverse[k], v)
        if mu is not None:
            out[rows] += pull @ w.T
    return out


def by_cluster(group: Group, scores: np.ndarray) -> np.ndarray:
    """Scores summed within clusters (clusters x parameters)."""
    out = np.zeros((group.cluster.max() + 1, scores.shape[1]))
    np.add.at(out, group.cluster, scores)
    return out


def log_likelihood(sample: Sample, value: float) -> float:
    """Log likelihood of f per respondent, in the items' own units."""
    constant = 0.0
    for group in sample.groups:
        seen = ~np.isnan(group.z)
        each = (np.log(2 * np.pi) / 2 + np.log(sample.scale)) * seen
        constant += float(group.weight @ each.sum(axis=1))
    return -sample.n * value - constant


def saturated_value(sample: Sample) -> float:
    """Smallest f per respondent that any means and covariances reach."""
    parts: Sequence[float] = [fit_of(g, g.saturated[1], g.saturated[0])[0] for g in sample.groups]
    return float(sum(parts)) / sample.n
