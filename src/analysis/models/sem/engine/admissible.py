"""Whether a solution is possible at all; each doubt is a sentence."""

from collections.abc import Collection

import numpy as np

from analysis.language import tr
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
            tr(
                "The model has {npar} unknowns but the items only {moments} means, variances and "
                "covariances; simplify it.",
                npar=table.npar,
                moments=table.npar + table.df,
            )
        ]
    if not table.npar:
        return [tr("The model leaves nothing to estimate; free a parameter.")]
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
    return tr(
        "No answers can tell these parameters of the model apart: {names}. Fix one, or add items.",
        names=listed(list(dict.fromkeys(names))),
    )


def problems(solution: Solution, curvature: Curvature | None, converged: bool) -> list[str]:
    """Why a solution may not be shown, as sentences; none when it may.

    No convergence; parameters that cannot be told apart; a variance that is not above zero;
    constructs that correlate 1 or more; standard errors that cannot be worked out.
    """
    if not converged:
        return [tr("The estimation did not settle on a solution.")]
    if curvature is not None and curvature.condition < LEAST_CONDITION:
        return [tr("The answers cannot tell the model's parameters apart.")]
    table = solution.layout.table
    free = {(r.matrix, r.row) for r in table.rows if r.free >= 0 and r.row == r.col}
    found = []
    for label, (m, im) in zip(solution.labels, solution.matrices(), strict=True):
        where = tr(" in group {group}", group=label) if label else ""
        share = np.diag(m["T"]) / np.diag(im.sigma)
        checked = [k for k in range(len(table.items)) if ("T", k) in free or solution.ordinal]
        bad = [table.items[k] for k in checked if not share[k] > NO_VARIANCE]
        if bad:
            said = {"names": listed(bad), "where": where}
            found.append(tr("The error variance of {names} is not above zero{where}.", **said))
        total = np.diag(im.latent)
        rest = np.diag(m["P"]) / np.where(total > 0, total, 1)
        bad = [
            name
            for k, name in enumerate(table.latents)
            if not total[k] > 1e-10 or (("P", k) in free and not rest[k] > NO_VARIANCE)
        ]
        if bad:
            said = {"names": listed(bad), "where": where}
            found.append(tr("The variance left of {names} is not above zero{where}.", **said))
            continue
        found += _impossible_correlations(table.latents[: table.n_latent], im.latent, where)
    variance = np.diag(solution.covariance)
    if not found and not (np.isfinite(variance).all() and (variance > 0).all()):
        found.append(tr("The standard errors of the estimates cannot be worked out."))
    return found


def _impossible_correlations(names: Collection[str], latent: np.ndarray, where: str) -> list[str]:
    count = len(names)
    if not count:
        return []
    sd = np.sqrt(np.diag(latent)[:count])
    r = latent[:count, :count] / np.outer(sd, sd)
    names = list(names)
    one, other = np.where(np.tril(np.abs(r) >= 1 - 1e-6, -1))
    pairs = [
        tr("{first} and {last}", first=spoken(names[b]), last=spoken(names[a]))
        for a, b in zip(one, other, strict=True)
    ]
    if pairs:
        said = listed(pairs)
        return [tr("The model makes {pairs} correlate 1 or more{where}.", pairs=said, where=where)]
    if np.linalg.eigvalsh(r)[0] < 1e-8:
        return [tr("The correlations of the constructs contradict each other{where}.", where=where)]
    return []


def listed(names: list[str]) -> str:
    """The first three, and how many more."""
    shown = ", ".join(spoken(name) for name in names[:3])
    if len(names) <= 3:
        return shown
    return tr("{names} and {n} more", names=shown, n=len(names) - 3)


def spoken(name: object) -> str:
    """Name of a construct or an item as it is read in a sentence."""
    return tr(str(name).replace("_", " "))
