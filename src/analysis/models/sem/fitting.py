"""Fit a structural equation model: the steps, from answers to a result that may be shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.language import printed, tr
from analysis.models.sem import ordered as ordered_answers
from analysis.models.sem.engine import (
    admissible,
    covariance,
    estimates,
    gaps,
    indices,
    likelihood,
    places,
    sample,
    search,
    second,
    table,
)
from analysis.models.sem.semfit import Estimator, Missing, SemFit, nothing, one_thread, residuals


def fit(
    model: str,
    data: pd.DataFrame,
    estimator: Estimator = "ML",
    missing: Missing = "listwise",
    group: str | None = None,
    equal: Collection[str] = (),
    cluster: str | None = None,
    weights: str | None = None,
    ordered: Sequence[str] = (),
    *,
    limits: Mapping[str, tuple[float, float]] | None = None,
    released: Collection[table.Key] = (),
    check: bool = True,
    seed: int = 0,
) -> SemFit:
    """Fit a model given in lavaan's notation.

    Parameters
    ----------
    model : text as `engine.syntax` reads it; what is not written is understood as by lavaan's
        `sem()`, with observed exogenous variables random (`fixed.x = FALSE`).
    data : one row per respondent; no order matters.
    estimator : ML (expected information; observed with `missing="fiml"`), MLR (robust to
        non-normal answers; with `cluster` or `weights` always) or WLSMV (ordinal items).
    missing : "listwise" leaves out respondents with a gap; "fiml" uses all that they answered.
    group, cluster, weights : columns of `data`. equal : kinds of parameters that are the same in
        all groups (`engine.table.EQUAL`); released : (lhs, op, rhs) that are not, all the same.
    ordered : items with ordered answers, for WLSMV: all items of the model, or () for all.
    limits : item -> smallest and largest answer of its scale; answers outside are refused.
    check : whether semopy fits complete answers too, and must agree.

    Returns
    -------
    SemFit. Data that cannot carry the model give `usable=False` and the reason, never an error.

    Raises
    ------
    ModelError: a model text or combination of arguments that makes no sense.

    References
    ----------
    lavaan 0.6: `sem()`. Bollen (1989), Structural Equations with Latent Variables.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trust = rng.normal(size=(200, 1))
    >>> frame = pd.DataFrame(trust + rng.normal(size=(200, 3)), columns=["t1", "t2", "t3"])
    >>> found = fit("trust =~ t1 + t2 + t3", frame)
    >>> found.usable, int(found.indices["df"]), found.n
    (True, 0, 200)
    """
    _check_arguments(estimator, missing, group, equal, weights)
    if (cluster or weights) and estimator == "ML":
        estimator = "MLR"
    bare = table.build(model, means=False)
    asked = (estimator, missing)
    try:
        if estimator == "WLSMV":
            return ordered_answers.fit(model, data, bare, ordered, cluster, seed)
        answers = sample.read(
            bare.items,
            data,
            fiml=missing == "fiml",
            group=group,
            cluster=cluster,
            weights=weights,
            limits=limits,
        )
    except ModelError as problem:
        return nothing(model, asked, [str(problem)], seed)
    built = table.build(
        model,
        groups=len(answers.groups),
        means=missing == "fiml" or group is not None or cluster is not None,
        equal=equal,
        released=released,
    )
    try:
        with one_thread():
            return _likelihood(model, asked, built, answers, cluster is not None, check, seed)
    except np.linalg.LinAlgError:
        said = tr(
            "The model's equations have no unique solution; look for arrows that run in a circle."
        )
        return nothing(model, asked, [said], seed)


def _check_arguments(
    estimator: str, missing: str, group: str | None, equal: Collection[str], weights: str | None
) -> None:
    if estimator not in ("ML", "MLR", "WLSMV"):
        raise ModelError(f"Unknown estimator {estimator!r}; known: ML, MLR, WLSMV.")
    if missing not in ("listwise", "fiml"):
        raise ModelError(f"Unknown treatment of gaps {missing!r}; known: listwise, fiml.")
    if equal and group is None:
        raise ModelError("Parameters can be equal between groups only when a group is named.")
    if estimator == "WLSMV" and (missing == "fiml" or group is not None or weights is not None):
        raise ModelError(
            "WLSMV takes complete answers of one group without weights; use MLR for the rest."
        )


def _likelihood(
    model: str,
    asked: tuple[Estimator, Missing],
    built: table.Table,
    answers: sample.Sample,
    clustered: bool,
    check: bool,
    seed: int,
) -> SemFit:
    layout = places.Layout(built, answers.scale)
    if lost := admissible.unidentified(layout):
        return replace(nothing(model, asked, lost, seed), n=answers.n)
    problem = likelihood.Problem(layout, answers)
    found = search.solve(problem, search.start(layout, answers))
    labels = tuple(group.label for group in answers.groups)
    curvature = covariance.Curvature(problem, found.theta)
    robust = asked[0] == "MLR"
    if not found.converged:
        empty = np.full((built.npar,) * 2, np.nan)
        solution = estimates.Solution(layout, found.theta, empty, labels)
        said = admissible.problems(solution, None, converged=False)
        return replace(nothing(model, asked, said, seed), n=answers.n)
    spread = curvature.robust() if robust else curvature.plain(observed=asked[1] == "fiml")
    solution = estimates.Solution(layout, found.theta, spread, labels)
    problems = admissible.problems(solution, curvature, converged=True)
    if clustered and max(g.cluster.max() for g in answers.groups) < 1:
        problems.append(
            tr("All answers come from one account, so nothing is known of their spread.")
        )
    usable = not problems
    measured, chisq = _measures(asked, curvature, found, solution, usable)
    engine = "rapport"
    if check and answers.complete and len(labels) == 1 and not _moves_means(built):
        other = second.chisquare(layout, answers) if _unweighted(answers) else None
        engine, said = _agreed(chisq, other, _unweighted(answers))
        problems += said
    return SemFit(
        text=model,
        estimator=asked[0],
        missing=asked[1],
        parameters=solution.parameters,
        indices=measured,
        r2=solution.r2,
        latent_cov=solution.latent_covariance,
        residuals=residuals(solution, [g.saturated[1] for g in answers.groups]),
        n=answers.n,
        n_patterns=sum(len(g.patterns[0]) for g in answers.groups),
        n_clusters=sum(int(g.cluster.max()) + 1 for g in answers.groups),
        usable=usable,
        problems=tuple(problems),
        engine=engine,
        seed=seed,
        solution=solution,
        curvature=curvature,
    )


def _measures(
    asked: tuple[Estimator, Missing],
    curvature: covariance.Curvature,
    found: search.Found,
    solution: estimates.Solution,
    usable: bool,
) -> tuple[pd.Series, float]:
    """Indices of a fit by maximum likelihood, and its chi-square."""
    problem = curvature.problem
    answers, built = problem.sample, problem.layout.table
    free = likelihood.saturated_value(answers)
    bare, value = covariance.baseline(answers, built.means)
    robust = asked[0] == "MLR" and usable and built.df > 0
    n = answers.n
    chisq = max(2 * n * (found.value - free), 0.0)
    factors = (np.nan, np.nan)
    if robust:
        trace = covariance.saturated_trace(answers, built.means)
        factors = tuple(covariance.scaling_factor(one, trace) for one in (curvature, bare))
    model = indices.Chi(chisq, built.df, factors[0])
    base = indices.Chi(2 * n * (value - free), bare.problem.layout.table.df, factors[1])
    if not answers.complete and usable and built.df > 0:
        corrected = _without_gaps(curvature, bare, normal=asked[0] == "ML")
    else:
        corrected = None
    moments = [group.saturated for group in answers.groups]
    measured = indices.measures(
        model,
        base,
        n=n,
        p=len(built.items),
        npar=built.npar,
        groups=len(answers.groups),
        logl=likelihood.log_likelihood(answers, found.value),
        srmr=indices.srmr(
            moments,
            [(im.mu, im.sigma) for im in solution.implied],
            [group.n for group in answers.groups],
            built.means,
        ),
        swain=len(answers.groups) == 1 and answers.complete,
    )
    if corrected is not None:
        measured.update(indices.robust(*corrected, n, len(answers.groups)))
    return measured, chisq


def _without_gaps(
    curvature: covariance.Curvature, bare: covariance.Curvature, *, normal: bool
) -> tuple[indices.Chi, indices.Chi]:
    """Chi-squares of model and baseline as if nothing were missing, for the robust indices."""
    free = [gaps.saturated(group) for group in curvature.problem.sample.groups]
    found = []
    for one in (curvature, bare):
        value, factor = gaps.as_if_complete(one.problem, one.theta, free, normal=normal)
        found.append(indices.Chi(value, one.problem.layout.table.df, factor))
    return found[0], found[1]


def _agreed(ours: float, theirs: float | None, unweighted: bool) -> tuple[str, list[str]]:
    """Name of the engine, and what to say where semopy differs."""
    if not unweighted:
        return "rapport", []
    if theirs is not None and abs(ours - theirs) < second.AGREEMENT:
        return "semopy", []
    if theirs is None:
        return "rapport", [tr("semopy gave no solution to hold against this one.")]
    said = tr(
        "semopy found another solution (chi-square {theirs}, here {ours}); the one with the "
        "smaller chi-square is the better, this one is shown.",
        theirs=printed(theirs, ".3f"),
        ours=printed(ours, ".3f"),
    )
    return "rapport", [said]


def _unweighted(answers: sample.Sample) -> bool:
    return all(np.ptp(group.weight) == 0 for group in answers.groups)


def _moves_means(built: table.Table) -> bool:
    """Whether means say anything about covariances: an intercept is fixed or shared."""
    means = [r.free for r in built.rows if r.op == "~1" and r.lhs in built.items]
    return -1 in means or len(set(means)) < len(means)
