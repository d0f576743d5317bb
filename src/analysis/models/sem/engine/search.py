"""Find the parameters of largest likelihood."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.models.sem.engine.likelihood import Problem
from analysis.models.sem.engine.places import Layout
from analysis.models.sem.engine.sample import Group, Sample

#: The search is over when the step that is left is this small, in standard errors of one answer.
TOLERANCE = 1e-7
#: From here on the curvature hardly changes.
NEAR = 0.02
MOST_STEPS = 150


@dataclass(frozen=True)
class Found:
    """Scaled parameters, f per respondent, and whether the search came to its end."""

    theta: np.ndarray
    value: float
    converged: bool
    steps: int


def solve(problem: Problem, start: np.ndarray) -> Found:
    """Fisher scoring while steps are long, then BFGS from the curvature that is known by then.

    Variances may fall below zero: an impossible solution must be seen to be refused.
    """
    if not problem.sample.complete:
        # What the unconstrained moments ask for is nearly the solution, and costs next to nothing.
        start = solve(replace(problem, sample=_as_complete(problem.sample)), start).theta
        inverse = _solve(problem.information(start), np.eye(len(start)))
        end = quasi_newton(problem.value, start, inverse)
        return end if end.converged else scoring(problem, end.theta)
    near = scoring(problem, start, tolerance=NEAR)
    if not near.converged:
        return near
    inverse = _solve(problem.information(near.theta), np.eye(len(near.theta)))
    end = quasi_newton(problem.value, near.theta, inverse)
    return end if end.converged else scoring(problem, end.theta)


def _as_complete(sample: Sample) -> Sample:
    """A sample of few made-up complete answers with the unconstrained moments of a real one."""
    made = []
    for group in sample.groups:
        mean, cov = group.saturated
        p = len(mean)
        steps = np.sqrt(p) * np.linalg.cholesky(cov).T
        z = np.concatenate([mean + steps, mean - steps])
        own = np.arange(len(z))
        made.append(Group(group.label, z, np.full(len(z), group.n / len(z)), own, own))
    return replace(sample, groups=tuple(made))


def scoring(problem: Problem, start: np.ndarray, tolerance: float = TOLERANCE) -> Found:
    """Fisher scoring with halved steps."""
    theta = start
    here, slope = problem.value(theta)
    for step in range(MOST_STEPS):
        if not np.isfinite(here):
            return Found(theta, here, False, step)
        curve = problem.information(theta)
        move = _solve(curve, slope)
        left = slope @ move
        if not np.isfinite(left) or left < 0:
            return Found(theta, here, False, step)
        if np.sqrt(left) < tolerance:
            return Found(theta, here, True, step)
        size, there = 1.0, np.inf
        while size > 1e-5:
            there, new = problem.value(theta - size * move)
            if there < here - 1e-4 * size * left:
                break
            size /= 2
        else:
            return Found(theta, here, bool(np.sqrt(left) < 100 * tolerance), step)
        theta, here, slope = theta - size * move, there, new
    return Found(theta, here, False, MOST_STEPS)


def quasi_newton(
    function: Callable[[np.ndarray], tuple[float, np.ndarray]],
    start: np.ndarray,
    inverse: np.ndarray,
    tolerance: float = TOLERANCE,
    most: int = 100,
) -> Found:
    """BFGS from a known inverse curvature; a step costs one value and gradient.

    `inverse` is near enough to the truth that few steps are needed: for resamples of answers whose
    own solution and curvature are known.
    """
    theta, h = start, inverse
    here, slope = function(theta)
    for step in range(most):
        if not np.isfinite(here):
            return Found(theta, here, False, step)
        move = -h @ slope
        left = -slope @ move
        if not left > 0:
            return Found(theta, here, False, step)
        if np.sqrt(left) < tolerance:
            return Found(theta, here, True, step)
        size = 1.0
        there, new = function(theta + move)
        while not there < here - 1e-4 * size * left and size > 1e-4:
            size /= 2
            there, new = function(theta + size * move)
        if not there < here:
            return Found(theta, here, bool(np.sqrt(left) < 100 * tolerance), step)
        s, y = size * move, new - slope
        sy = s @ y
        if sy > 1e-12 * np.sqrt((s @ s) * (y @ y)):
            hy = h @ y
            h = (
                h
                + np.outer(s, s) * ((sy + y @ hy) / sy**2)
                - (np.outer(hy, s) + np.outer(s, hy)) / sy
            )
        theta, here, slope = theta + s, there, new
    return Found(theta, here, False, most)


def many(
    function: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    start: np.ndarray,
    inverse: np.ndarray,
    count: int,
    tolerance: float,
    most: int = 60,
) -> np.ndarray:
    """As `quasi_newton`, for many functions at once from one start; those that settle.

    The shared `inverse` is updated for each function by its own steps, which are kept instead of
    a matrix each (Nocedal & Wright 2006, algorithm 7.4).

    Parameters
    ----------
    function : parameters (k x q) and which functions (k) -> values (k) and gradients (k x q).
    """
    theta = np.repeat(start[None], count, axis=0)
    active, done = np.arange(count), np.zeros(count, bool)
    here, slope = function(theta, active)
    steps: list[np.ndarray] = []
    turns: list[np.ndarray] = []
    for _ in range(most):
        move = -_newton(
            slope[active], inverse, [s[active] for s in steps], [y[active] for y in turns]
        )
        left = -np.einsum("kq,kq->k", slope[active], move)
        settled = np.isfinite(left) & (left >= 0) & (left < tolerance**2)
        done[active[settled]] = True
        going = np.isfinite(left) & (left >= tolerance**2)
        active, move, left = active[going], move[going], left[going]
        if not len(active):
            break
        size = np.ones(len(active))
        there, new = function(theta[active] + move, active)
        for _ in range(12):
            long = ~(there < here[active] - 1e-4 * size * left)
            if not long.any():
                break
            size[long] /= 2
            at = active[long]
            there[long], new[long] = function(theta[at] + size[long, None] * move[long], at)
        better = there < here[active]
        active, move, size, there, new = (part[better] for part in (active, move, size, there, new))
        step, turn = np.zeros_like(theta), np.zeros_like(theta)
        step[active] = size[:, None] * move
        turn[active] = new - slope[active]
        steps.append(step)
        turns.append(turn)
        theta[active] += step[active]
        here[active], slope[active] = there, new
    return theta[done]


def _newton(
    slope: np.ndarray, inverse: np.ndarray, steps: list[np.ndarray], turns: list[np.ndarray]
) -> np.ndarray:
    """Inverse curvature times slope, the curvature known from `inverse` and past steps."""
    kept = []
    out = slope.copy()
    for s, y in zip(reversed(steps), reversed(turns), strict=True):
        sy = np.einsum("kq,kq->k", s, y)
        usable = sy > 1e-12 * np.sqrt((s**2).sum(axis=1) * (y**2).sum(axis=1))
        weight = np.where(usable, 1 / np.where(usable, sy, 1), 0)
        share = weight * np.einsum("kq,kq->k", s, out)
        out -= share[:, None] * y
        kept.append((s, y, weight, share))
    out = out @ inverse
    for s, y, weight, share in reversed(kept):
        back = weight * np.einsum("kq,kq->k", y, out)
        out += (share - back)[:, None] * s
    return out


def start(layout: Layout, sample: Sample) -> np.ndarray:
    """First guess: loadings from correlations of a construct's items, no paths.

    From each group's unconstrained moments; of equal parameters the last group's guess stays.
    """
    table = layout.table
    theta = np.zeros(table.npar)
    names = {name: k for k, name in enumerate(table.items)}
    for g, group in enumerate(sample.groups):
        mean, cov = group.saturated
        latent = np.full(len(table.latents), 0.5)
        loading = np.zeros((len(table.items), len(table.latents)))
        fixed = {(r.row, r.col): r for r in table.rows if r.group == g and r.matrix == "L"}
        for name, items in table.measurement.items():
            col = table.latents.index(name)
            at = [names[item] for item in items]
            if not at:
                continue
            anchor = next((k for k, i in enumerate(at) if fixed[i, col].free < 0), None)
            loads = _loadings(cov[np.ix_(at, at)], anchor)
            loading[at, col] = loads
            if anchor is not None:
                known = fixed[at[anchor], col].value / layout.unit_of("L", at[anchor], col)
                loading[at, col] *= known or 1.0
                common = cov[np.ix_(at, at)] / np.outer(loading[at, col], loading[at, col])
                pairs = common[np.tril_indices(len(at), -1)]
                biggest = cov[at[anchor], at[anchor]] / (known or 1.0) ** 2
                guess = np.median(pairs) if len(pairs) else 0.5 * biggest
                latent[col] = np.clip(guess, 0.15 * biggest, 0.9 * biggest)
            else:
                latent[col] = 1.0
        for k in range(table.n_latent, len(table.latents)):
            latent[k] = cov[names[table.latents[k]], names[table.latents[k]]]
        for r in table.rows:
            if r.group != g or r.free < 0:
                continue
            value = 0.0
            if r.matrix == "L":
                value = loading[r.row, r.col]
            elif r.matrix == "B":
                value = 0.5 if r.op == "=~" else 0.0
            elif r.matrix == "P" and r.row == r.col:
                value = latent[r.row]
            elif r.matrix == "T" and r.row == r.col:
                explained = (loading[r.row] ** 2 * latent).sum()
                value = np.clip(cov[r.row, r.row] - explained, 0.2 * cov[r.row, r.row], None)
            elif r.matrix == "nu":
                value = mean[r.row]
            elif r.matrix == "alpha" and r.lhs in names:
                value = mean[names[r.lhs]]
            share = layout.unit[r.free] / layout.unit_of(r.matrix, r.row, r.col)
            theta[r.free] = value / share
    return theta


def _loadings(cov: np.ndarray, anchor: int | None) -> np.ndarray:
    """Rough loadings of one construct, the anchor's 1; without one, of a variance-1 construct."""
    k = len(cov)
    if k == 1:
        return np.ones(1) if anchor is not None else np.sqrt(cov[0]) * 0.7
    off = cov - np.diag(np.diag(cov))
    values, vectors = np.linalg.eigh(cov)
    first = vectors[:, -1] * np.sqrt(values[-1])
    if anchor is None:
        return first * np.sign(first.sum() or 1.0) * 0.8
    if k == 2 or abs(first[anchor]) < 0.1:
        return np.where(np.arange(k) == anchor, 1.0, np.sign(off[anchor]) + (off[anchor] == 0))
    return np.clip(first / first[anchor], -3, 3)


def _solve(curve: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Solve after scaling to a unit diagonal; a singular curve is tilted a little."""
    scale = np.sqrt(np.clip(np.diag(curve), 1e-300, None))
    unit = curve / np.outer(scale, scale) + 1e-12 * np.eye(len(curve))
    try:
        return (np.linalg.solve(unit, (slope.T / scale).T).T / scale).T
    except np.linalg.LinAlgError:
        return np.full(slope.shape, np.nan)
