"""How often a survey of a given size would find a path: Monte Carlo on a model's own truth."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import ModelError
from analysis.models.sem.engine import search
from analysis.models.sem.engine.covariance import Curvature
from analysis.models.sem.engine.gaps import invert
from analysis.models.sem.engine.likelihood import Problem, implied
from analysis.models.sem.engine.places import Layout
from analysis.models.sem.engine.sample import Group, Sample
from analysis.models.sem.fitting import SemFit, one_thread


def power(
    fit: SemFit,
    n: int,
    paths: Mapping[tuple[str, str], float] | None = None,
    *,
    design_effect: float = 1.0,
    samples: int = 300,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of samples of `n` answers in which each path's interval leaves zero out.

    Parameters
    ----------
    fit : the model and, unless `paths` says otherwise, its estimates are the truth.
    paths : (source, target) -> standardised path that is true instead.
    design_effect : how much accounts that answer alike shrink the sample: n / design_effect
        answers are drawn (at least as many as items).
    samples : how many samples to draw from the normal distribution.

    Returns
    -------
    DataFrame: lhs, rhs, std_all (true), n, power, ci_low, ci_high (of the power, Wilson), bias
    (mean estimate minus truth, standardised), coverage, converged (share of samples with a
    possible solution, the base of the others).

    References
    ----------
    Muthen & Muthen (2002), Structural Equation Modeling 9(4).
    """
    if fit.likely().problem.layout.table.groups > 1:
        raise ModelError("Power needs a fit of one group.")
    bare = _centred(fit)
    theta = _truth(bare, fit, paths or {})
    m = bare.groups[0].matrices(theta)
    im = implied(m)
    try:
        root = np.linalg.cholesky(im.sigma)
    except np.linalg.LinAlgError:
        raise ModelError(
            "With these paths no variance would be left; choose smaller ones."
        ) from None
    size = max(int(n / design_effect), len(im.sigma) + 1)
    rng = np.random.default_rng(seed)
    sd = np.sqrt(np.diag(im.latent))
    rows = [r for r in bare.table.rows if r.op == "~" and r.free >= 0]
    scale = np.array([sd[r.col] / sd[r.row] for r in rows])
    free = np.array([r.free for r in rows])
    true = theta[free]
    far = stats.norm.ppf((1 + level) / 2)
    found, errors = [], []
    with one_thread():
        for _ in range(samples):
            z = rng.standard_normal((size, len(root))) @ root.T
            own = np.arange(size)
            group = Group("", z - z.mean(axis=0), np.ones(size), own, own)
            problem = Problem(
                bare, Sample(fit.sample.items, bare.scale, (group,), pd.RangeIndex(size))
            )
            inverse = invert(problem.information(theta))
            end = search.quasi_newton(problem.value, theta, inverse, 1e-5)
            if not end.converged or not _possible(bare, end.theta):
                continue
            spread = np.diag(invert(Curvature(problem, end.theta).expected)) / size
            if (spread > 0).all():
                found.append(end.theta[free])
                errors.append(np.sqrt(spread[free]))
    if not found:
        raise ModelError("No sample of this size gave a possible solution; ask more customers.")
    value, error = np.array(found), np.array(errors)
    hits = (np.abs(value) > far * error).sum(axis=0)
    low, high = _wilson(hits, len(value), far)
    return pd.DataFrame(
        {
            "lhs": [r.lhs for r in rows],
            "rhs": [r.rhs for r in rows],
            "std_all": true * scale,
            "n": n,
            "power": hits / len(value),
            "ci_low": low,
            "ci_high": high,
            "bias": (value.mean(axis=0) - true) * scale,
            "coverage": (np.abs(value - true) <= far * error).mean(axis=0),
            "converged": len(value) / samples,
        }
    )


def _wilson(hits: np.ndarray, n: int, far: float) -> tuple[np.ndarray, np.ndarray]:
    share = hits / n
    middle = (share + far**2 / (2 * n)) / (1 + far**2 / n)
    half = far * np.sqrt(share * (1 - share) / n + far**2 / (4 * n**2)) / (1 + far**2 / n)
    return middle - half, middle + half


def _centred(fit: SemFit) -> Layout:
    """The model without means, which say nothing of paths in one group."""
    kept = [r for r in fit.table.rows if r.op != "~1"]
    order = {free: k for k, free in enumerate(dict.fromkeys(r.free for r in kept if r.free >= 0))}
    rows = tuple(replace(r, free=order.get(r.free, -1)) for r in kept)
    return Layout(replace(fit.table, rows=rows, means=False), fit.sample.scale)


def _truth(layout: Layout, fit: SemFit, paths: Mapping[tuple[str, str], float]) -> np.ndarray:
    """Scaled parameters of the truth; disturbances keep each construct's variance as it was."""
    (_, old), *_ = fit.solved().matrices()
    names = list(layout.table.latents)
    theta = np.zeros(layout.table.npar)
    by_key = {r.key: fit.solved().theta[r.free] for r in fit.table.rows if r.free >= 0}
    for r in layout.table.rows:
        if r.free >= 0:
            theta[r.free] = by_key[r.key]
    sd = np.sqrt(np.diag(old.latent))
    arrows = {(r.rhs, r.lhs): r for r in layout.table.rows if r.op == "~" and r.free >= 0}
    for pair, value in paths.items():
        if pair not in arrows:
            raise ModelError(f"The model has no path from {pair[0]} to {pair[1]}.")
        r = arrows[pair]
        theta[r.free] = value * sd[r.row] / sd[r.col]
    if not paths:
        return theta
    own = {
        r.row: r for r in layout.table.rows if r.matrix == "P" and r.row == r.col and r.free >= 0
    }
    for _ in names:  # variances settle from the first cause to the last effect
        now = np.diag(implied(layout.groups[0].matrices(theta)).latent)
        for k, r in own.items():
            theta[r.free] += old.latent[k, k] - now[k]
    if min(theta[r.free] for r in own.values()) <= 0:
        raise ModelError("With these paths no variance would be left; choose smaller ones.")
    return theta


def _possible(layout: Layout, theta: np.ndarray) -> bool:
    m = layout.groups[0].matrices(theta)
    return bool((np.diag(m["T"]) >= 0).all() and (np.diag(m["P"]) > 0).all())
