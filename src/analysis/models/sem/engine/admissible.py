"""Whether a solution is possible at all; each doubt is a sentence."""

from collections.abc import Collection

import numpy as np

from analysis.models.sem.engine.covariance import Curvature
from analysis.models.sem.engine.estimates import Solution
from analysis.models.sem.engine.likelihood import directions, implied
from analysis.models.sem.engine.places import Layout

#: A variance at or below this share of the item's or construct's own is none.
NO_VARIANCE = 1e-4
#: Smallest eigenvalue of the scaled information at which the parameters can be told apart.
LEAST_CONDITION = 1e-7
#: Singular values of the scaled Jacobian below this share of the largest are none.
RANK = 1e-9


def unidentified(layout: Layout, seed: int = 1) -> list[str]:
    """Parameters that no answers could tell apart, from the rank of the moments' derivative.

    At a random point, so that no accident of the estimates hides or fakes it.
    """
    table = layout.table
    if table.df < 0:
        return [
            f"The model has {table.npar} unknowns but the items only {table.npar + table.df} "
            "means, variances and covariances; simplify it."
        ]
    if not table.npar:
        return ["The model leaves nothing to estimate; free a parameter."]
    rng = np.random.default_rng(seed)
    theta = rng.uniform(0.2, 0.8, table.npar)
    for r in table.rows:
        if r.free >= 0 and r.matrix in ("P", "T") and r.row == r.col:
            theta[r.free] = rng.uniform(2.0, 3.0)
        elif r.free >= 0 and r.matrix in ("P", "T", "B"):
            theta[r.free] = rng.uniform(0.1, 0.3)
    blocks = []
    for places in layout.groups:
        m = places.matrices(theta)
        im = implied(m)
        u, v, (w, into) = directions(places, m, im)
        i, j = np.tril_indices(len(im.sigma))
        slope = u[:, i] * v[:, j] + u[:, j] * v[:, i]
        if table.means:
            slope = np.hstack([slope, w])
        blocks.append(into @ slope)
    slope = np.hstack(blocks)
    length = np.linalg.norm(slope, axis=1)
    if (length < 1e-12).any():
        return [_lost(layout, np.flatnonzero(length < 1e-12))]
    left, values, _ = np.linalg.svd(slope / length[:, None], full_matrices=False)
    null = values < RANK * values[0]
    if not null.any():
        return []
    return [_lost(layout, np.flatnonzero((np.abs(left[:, null]) > 1e-3).any(axis=1)))]


def _lost(layout: Layout, free: Collection[int]) -> str:
    names = [f"{r.lhs} {r.op} {r.rhs}".strip() for r in layout.table.rows if r.free in set(free)]
    return (
        "No answers can tell these parameters of the model apart: "
        f"{listed(list(dict.fromkeys(names)))}. Fix one, or add items."
    )


def problems(solution: Solution, curvature: Curvature | None, converged: bool) -> list[str]:
    """Why a solution may not be shown, as sentences; none when it may.

    No convergence; parameters that cannot be told apart; a variance that is not above zero;
    constructs that correlate 1 or more; standard errors that cannot be worked out.
    """
    if not converged:
        return ["The estimation did not settle on a solution."]
    if curvature is not None and curvature.condition < LEAST_CONDITION:
        return ["The answers cannot tell the model's parameters apart."]
    table = solution.layout.table
    free = {(r.matrix, r.row) for r in table.rows if r.free >= 0 and r.row == r.col}
    found = []
    for label, (m, im) in zip(solution.labels, solution.matrices(), strict=True):
        where = f" in group {label}" if label else ""
        share = np.diag(m["T"]) / np.diag(im.sigma)
        checked = [k for k in range(len(table.items)) if ("T", k) in free or solution.ordinal]
        bad = [table.items[k] for k in checked if not share[k] > NO_VARIANCE]
        if bad:
            found.append(f"The error variance of {listed(bad)} is not above zero{where}.")
        total = np.diag(im.latent)
        rest = np.diag(m["P"]) / np.where(total > 0, total, 1)
        bad = [
            name
            for k, name in enumerate(table.latents)
            if not total[k] > 1e-10 or (("P", k) in free and not rest[k] > NO_VARIANCE)
        ]
        if bad:
            found.append(f"The variance left of {listed(bad)} is not above zero{where}.")
            continue
        found += _impossible_correlations(table.latents[: table.n_latent], im.latent, where)
    variance = np.diag(solution.covariance)
    if not found and not (np.isfinite(variance).all() and (variance > 0).all()):
        found.append("The standard errors of the estimates cannot be worked out.")
    return found


def _impossible_correlations(names: Collection[str], latent: np.ndarray, where: str) -> list[str]:
    count = len(names)
    if not count:
        return []
    sd = np.sqrt(np.diag(latent)[:count])
    r = latent[:count, :count] / np.outer(sd, sd)
    names = list(names)
    one, other = np.where(np.tril(np.abs(r) >= 1 - 1e-6, -1))
    pairs = [f"{names[b]} and {names[a]}" for a, b in zip(one, other, strict=True)]
    if pairs:
        return [f"The model makes {listed(pairs)} correlate 1 or more{where}."]
    if np.linalg.eigvalsh(r)[0] < 1e-8:
        return [f"The correlations of the constructs contradict each other{where}."]
    return []


def listed(names: list[str]) -> str:
    """The first three, and how many more."""
    shown = ", ".join(str(name).replace("_", " ") for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
