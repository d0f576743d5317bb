"""Nested models against each other, and what a model leaves unsaid."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import ModelError
from analysis.models.sem.engine.gaps import invert
from analysis.models.sem.engine.likelihood import chain, curvature_of, fit_of, places_directions
from analysis.models.sem.engine.places import Layout
from analysis.models.sem.engine.table import Row, Table
from analysis.models.sem.fitting import SemFit, one_thread

#: A candidate whose information is below this share of its own is not identified.
LEAST_INFORMATION = 1e-8


def compare(a: SemFit, b: SemFit) -> pd.DataFrame:
    """Difference between two nested models of the same answers, in either order.

    Returns
    -------
    DataFrame, one row: chisq_diff, df_diff, p, delta_cfi, delta_rmsea, delta_aic, delta_bic; the
    differences are those of the stricter model (more degrees of freedom) minus the freer one.
    Where both have a scaling factor the chi-square difference is scaled, and CFI and RMSEA are
    the robust ones. NaN where the scaled difference has no meaning (a factor below zero).

    Raises
    ------
    ModelError: not the same answers, or equal degrees of freedom.

    References
    ----------
    Satorra & Bentler (2001), Psychometrika 66(4). lavaan: `lavTestLRT()`.
    """
    a.solved(), b.solved()
    if a.n != b.n or "WLSMV" in (a.estimator, b.estimator):
        raise ModelError("Only fits by maximum likelihood to the same answers can be compared.")
    free, strict = sorted((a, b), key=lambda fit: fit.indices["df"])
    df = strict.indices["df"] - free.indices["df"]
    if not df > 0:
        raise ModelError("The models have equally many degrees of freedom; none is nested.")
    chisq = strict.indices["chisq"] - free.indices["chisq"]
    factors = [fit.indices["scaling_factor"] for fit in (strict, free)]
    kind = ""
    if np.isfinite(factors[0]) and (np.isfinite(factors[1]) or free.indices["df"] == 0):
        kind = "_robust"
        base = factors[1] * free.indices["df"] if free.indices["df"] else 0.0
        factor = (factors[0] * strict.indices["df"] - base) / df
        chisq = chisq / factor if factor > 0 else np.nan
    return pd.DataFrame(
        {
            "chisq_diff": [chisq],
            "df_diff": [int(df)],
            "p": [stats.chi2.sf(chisq, df)],
            "delta_cfi": [_minus(strict, free, f"cfi{kind}")],
            "delta_rmsea": [_minus(strict, free, f"rmsea{kind}")],
            "delta_aic": [_minus(strict, free, "aic")],
            "delta_bic": [_minus(strict, free, "bic")],
        }
    )


def _minus(strict: SemFit, free: SemFit, name: str) -> float:
    value = free.indices[name]
    if not np.isfinite(value) and free.indices["df"] == 0:
        value = 1.0 if name.startswith("cfi") else 0.0
    return strict.indices[name] - value


def modification_indices(fit: SemFit) -> pd.DataFrame:
    """How much chi-square would fall, about, if a parameter that is not in the model were freed.

    Returns
    -------
    DataFrame: lhs, op, rhs, group, mi, epc (expected value once freed), sepc_all (the same,
    standardised); largest `mi` first. A list for thinking, not for shopping: each is a test among
    hundreds.

    References
    ----------
    Sorbom (1989), Psychometrika 54(3). lavaan: `modindices()`.
    """
    rows = _candidates(fit.table)
    frame = score_tests(fit, rows)
    solution = fit.solved()
    unit = [solution.layout.unit_of(r.matrix, r.row, r.col) for r in rows]
    frame["epc"] *= unit
    frame["sepc_all"] = [
        epc / u * _standard(solution, r) for epc, u, r in zip(frame["epc"], unit, rows, strict=True)
    ]
    frame = frame[frame["mi"].notna()]
    return frame.sort_values("mi", ascending=False, kind="stable").reset_index(drop=True)


def score_tests(fit: SemFit, rows: Sequence[Row]) -> pd.DataFrame:
    """Score test of each row added on its own: lhs, op, rhs, group, mi, epc (scaled items).

    A row may stand where the model has a parameter: then it is tested whether this place differs
    from the others that are held equal to it.
    """
    curvature = fit.likely()
    problem, theta, n = curvature.problem, curvature.theta, fit.n
    q = len(theta)
    numbered = [replace(r, free=k, value=None) for k, r in enumerate(rows)]
    extra = Layout(replace(fit.table, rows=tuple(numbered)), problem.sample.scale)
    observed = fit.estimator == "MLR" or fit.missing == "fiml"
    slope = np.zeros(len(rows))
    own = np.zeros((len(rows), len(rows)))
    cross = np.zeros((q, len(rows)))
    with one_thread():
        for group, places, new in zip(
            problem.sample.groups, problem.layout.groups, extra.groups, strict=True
        ):
            (m, im) = fit.solved().matrices()[problem.sample.groups.index(group)]
            mu = im.mu if fit.table.means else None
            _, by_sigma, by_mu = fit_of(group, im.sigma, mu)
            slopes = chain(m, im, by_sigma, by_mu)
            slope -= new.gather({**slopes}) / n
            first = places_directions(places, m, im)
            last = places_directions(new, m, im)
            u, v, w = (np.concatenate(pair) for pair in zip(first, last, strict=True))
            into = np.zeros((q + len(rows), len(u)))
            into[:q, : len(first[0])] = places.into
            into[q:, len(first[0]) :] = new.into
            part = curvature_of(group, im.sigma, mu, u, v, (w, into), observed) / n
            cross += part[:q, q:]
            own += part[q:, q:]
        inner = invert(curvature.observed if observed else curvature.expected)
        left = np.diag(own) - np.einsum("qk,qr,rk->k", cross, inner, cross)
    known = left > LEAST_INFORMATION * np.abs(np.diag(own))
    with np.errstate(divide="ignore", invalid="ignore"):
        mi = np.where(known, n * slope**2 / left, np.nan)
        epc = np.where(known, slope / left, np.nan)
    labels = fit.solved().labels
    frame = pd.DataFrame(
        [(r.lhs, r.op, r.rhs, labels[r.group]) for r in rows], columns=["lhs", "op", "rhs", "group"]
    )
    return frame.assign(mi=mi, epc=epc)


def _candidates(table: Table) -> list[Row]:
    """Parameters that could be added: loadings, covariances, and arrows where there are some."""
    taken = {(r.matrix, r.row, r.col, r.group) for r in table.rows if r.free >= 0 or r.value}
    moved = table.latents[table.n_latent :]
    items = [(k, name) for k, name in enumerate(table.items) if name not in moved]
    latents = [*enumerate(table.latents)]
    arrows = any(r.op == "~" for r in table.rows)
    rows: list[Row] = []
    for g in range(table.groups):
        for j, latent in latents[: table.n_latent]:
            for k, item in items:
                rows.append(Row(latent, "=~", item, g, "L", k, j, None, 0))
        for i, (k, one) in enumerate(items):
            for j, other in items[i + 1 :]:
                rows.append(Row(one, "~~", other, g, "T", k, j, None, 0))
        for i, (k, one) in enumerate(latents):
            for j, other in latents[i + 1 :]:
                rows.append(Row(one, "~~", other, g, "P", k, j, None, 0))
            if arrows:
                for j, other in latents:
                    if j != k:
                        rows.append(Row(one, "~", other, g, "B", k, j, None, 0))
    taken |= {(name, col, row, g) for name, row, col, g in taken if name in "TP"}
    return [r for r in rows if (r.matrix, r.row, r.col, r.group) not in taken]


def _standard(solution, r: Row) -> float:
    """What turns a scaled parameter into a standardised one."""
    m, im = solution.matrices()[r.group]
    item, latent = np.sqrt(np.diag(im.sigma)), np.sqrt(np.diag(im.latent))
    match r.matrix:
        case "L":
            return latent[r.col] / item[r.row]
        case "B":
            return latent[r.col] / latent[r.row]
    spread = np.sqrt(np.abs(np.diag(m[r.matrix])))
    return 1 / (spread[r.row] * spread[r.col])
