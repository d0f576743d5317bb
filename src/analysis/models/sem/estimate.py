"""Maximum likelihood on complete answers: semopy starts, Fisher scoring finishes.

semopy describes and fits; what it gets wrong or lacks (standard errors that allow for accounts,
a check that the solution is one) is worked out here. Every derivative of the model's covariance
matrix has the form u v' + v u', so gradient, information and each answer's score need no loops.

    Sigma = L C P C' L' + T,  C = (I - B)^-1,  L loadings, B arrows, P (co)variances, T errors
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.models.sem.syntax import Model

#: semopy's default stops up to 0.5% away from the solution; this tolerance 5e-6 (measured).
OPTIONS = {"ftol": 1e-12, "maxiter": 10_000}

#: The solution is one when the step that is left is this small, in standard errors of one answer.
TOLERANCE = 1e-7
MOST_STEPS = 100

Matrices = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Solution:
    """Estimates for standardised items, in the order of `model.parameters`.

    `covariance`: of the estimates, by the expected information, answers independent (None where
    the information has no inverse). `robust`: the same allowing for any distribution and for
    answers of one account going together. `gap`: largest difference between semopy's estimates
    and these. `sd`: of each item, to go back to its own scale.
    """

    model: Model
    theta: np.ndarray
    sample: np.ndarray  # correlation matrix of the items
    sd: np.ndarray
    n: int
    clusters: int
    discrepancy: float  # F: minus twice the log of the likelihood ratio, per answer
    converged: bool
    gap: float
    condition: float  # smallest eigenvalue of the information, scaled to a unit diagonal
    covariance: np.ndarray | None
    robust: np.ndarray | None


def estimate(
    model: Model, data: pd.DataFrame, clusters: pd.Series | np.ndarray | None = None
) -> Solution:
    """Fit a model by maximum likelihood.

    Parameters
    ----------
    model : what to fit.
    data : one row per respondent, complete; columns hold at least the model's items.
    clusters : who speaks with one voice (the account), aligned with `data`; None: every answer
        for itself.

    Raises
    ------
    ModelError: missing answers, a constant item, items that are copies of each other, or no more
        answers than items.

    References
    ----------
    Bollen (1989), Structural Equations with Latent Variables, ch. 4. lavaan: `sem()`, and
    `estimator = "MLR", cluster =` for the robust covariance.
    """
    z, sd = _standardised(model, data)
    n = len(z)
    sample = z.T @ z / n
    start = _semopy(model, z)
    theta, converged = _polish(model, start, sample)
    labels = np.arange(n) if clusters is None else pd.factorize(np.asarray(clusters))[0]
    information, condition = _information(model, theta, n)
    covariance = robust = None
    if converged and condition > 1e-10:
        covariance = np.linalg.inv(information)
        robust = _sandwich(model, theta, z, sample, labels)
    return Solution(
        model=model,
        theta=theta,
        sample=sample,
        sd=sd,
        n=n,
        clusters=int(labels.max()) + 1,
        discrepancy=discrepancy(model, theta, sample),
        converged=converged,
        gap=float(np.abs(theta - start).max()),
        condition=condition,
        covariance=covariance,
        robust=robust,
    )


def matrices(model: Model, theta: np.ndarray) -> Matrices:
    """Loadings (items x latents), arrows, latent (co)variances and error variances of `theta`.

    Takes complex numbers too, so that derivatives can be taken by complex steps.
    """
    p, m = len(model.items), len(model.latents)
    row = {name: k for k, name in enumerate(model.items)}
    col = {name: k for k, name in enumerate(model.latents)}
    loads, arrows, spread = (np.zeros(shape, theta.dtype) for shape in ((p, m), (m, m), (m, m)))
    errors = np.zeros(p, theta.dtype)
    for name, _, item in model.fixed:
        loads[row[item], col[name]] = 1
    for value, (lhs, op, rhs) in zip(theta, model.parameters, strict=True):
        if op == "=~":
            loads[row[rhs], col[lhs]] = value
        elif op == "~":
            arrows[col[lhs], col[rhs]] = value
        elif lhs in col:
            spread[col[lhs], col[rhs]] = spread[col[rhs], col[lhs]] = value
        else:
            errors[row[lhs]] = value
    return loads, arrows, spread, errors


def latent_covariance(model: Model, theta: np.ndarray) -> np.ndarray:
    """Covariance matrix of the constructs that the model implies."""
    _, arrows, spread, _ = matrices(model, theta)
    total = np.linalg.inv(np.eye(len(arrows)) - arrows)
    return total @ spread @ total.T


def implied(model: Model, theta: np.ndarray) -> np.ndarray:
    """Covariance matrix of the items that the model implies."""
    loads, _, _, errors = matrices(model, theta)
    return loads @ latent_covariance(model, theta) @ loads.T + np.diag(errors)


def discrepancy(model: Model, theta: np.ndarray, sample: np.ndarray) -> float:
    """F = log|Sigma| - log|S| + tr(S Sigma^-1) - p; infinite where Sigma is no covariance."""
    sigma = implied(model, theta)
    try:
        root = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        return float("inf")
    fitted = 2 * np.log(np.diag(root)).sum() + np.trace(np.linalg.solve(sigma, sample))
    return float(fitted - np.linalg.slogdet(sample)[1] - len(sample))


def derivatives(model: Model, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """U and V (parameters x items): the derivative of Sigma by parameter k is u v' + v u'."""
    loads, arrows, spread, _ = matrices(model, theta)
    total = np.linalg.inv(np.eye(len(arrows)) - arrows)
    reach = loads @ total  # items x latents: what a disturbance does to each item
    joint = loads @ total @ spread @ total.T  # covariance of items with latents
    unit = np.eye(len(model.items))
    row = {name: k for k, name in enumerate(model.items)}
    col = {name: k for k, name in enumerate(model.latents)}
    u, v = np.zeros((2, len(theta), len(unit)))
    for k, (lhs, op, rhs) in enumerate(model.parameters):
        if op == "=~":
            u[k], v[k] = unit[row[rhs]], joint[:, col[lhs]]
        elif op == "~":
            u[k], v[k] = reach[:, col[lhs]], joint[:, col[rhs]]
        elif lhs in col:
            half = 0.5 if lhs == rhs else 1.0
            u[k], v[k] = half * reach[:, col[lhs]], reach[:, col[rhs]]
        else:
            u[k], v[k] = 0.5 * unit[row[lhs]], unit[row[lhs]]
    return u, v


def _standardised(model: Model, data: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Items with mean 0 and variance 1: semopy's answer depends on the scale, the model's not."""
    raw = data[model.items].to_numpy(float)
    n, p = raw.shape
    if np.isnan(raw).any():
        raise ModelError("The model needs complete answers; leave out rows with missing items.")
    if model.df < 0:
        raise ModelError("The model has more unknowns than the items have correlations.")
    if n <= p:
        raise ModelError(f"{n} complete answers cannot carry a model of {p} items.")
    sd = raw.std(axis=0)
    fixed = [item for item, spread in zip(model.items, sd, strict=True) if spread < 1e-9]
    if fixed:
        raise ModelError(f"Everyone gave the same answer to {', '.join(fixed)}.")
    z = (raw - raw.mean(axis=0)) / sd
    if np.linalg.eigvalsh(z.T @ z / n)[0] < 1e-9:
        raise ModelError("Some items are copies or sums of others; leave one of them out.")
    return z, sd


def _semopy(model: Model, z: np.ndarray) -> np.ndarray:
    """Estimates by semopy, in the order of `model.parameters`."""
    import semopy

    safe = model.aliased
    engine = semopy.Model(safe.text)
    logging.disable(logging.WARNING)  # semopy warns on the root logger; convergence is judged here
    try:
        engine.fit(pd.DataFrame(z, columns=safe.items), options=dict(OPTIONS))
    except np.linalg.LinAlgError:
        raise ModelError("The model's first steps led nowhere.") from None
    finally:
        logging.disable(logging.NOTSET)
    found = {}
    for line in engine.inspect(information=None).itertuples():
        found[line.op, frozenset((line.lval, line.rval))] = float(line.Estimate)
    # semopy writes a loading as a regression of the item, and names pairs in any order.
    keys = [(op.replace("=~", "~"), frozenset((lhs, rhs))) for lhs, op, rhs in safe.parameters]
    return np.array([found[key] for key in keys])


def _polish(model: Model, theta: np.ndarray, sample: np.ndarray) -> tuple[np.ndarray, bool]:
    """Fisher scoring with halved steps until there is nowhere to go.

    Variances are free to fall below zero: semopy holds them at zero without a word, and an
    impossible solution must be seen to be refused.
    """
    here = discrepancy(model, theta, sample)
    for _ in range(MOST_STEPS):
        if not np.isfinite(here):
            return theta, False
        slope = gradient(model, theta, sample)
        curve = 2 * expected(model, theta)
        try:
            step = np.linalg.solve(curve, slope)
        except np.linalg.LinAlgError:
            return theta, False
        left = slope @ step
        if not left >= 0:
            return theta, False
        if np.sqrt(left) < TOLERANCE:
            return theta, True
        size = 1.0
        while size > 1e-6:
            there = discrepancy(model, theta - size * step, sample)
            if there < here - 1e-4 * size * left:
                break
            size /= 2
        else:
            return theta, np.sqrt(left) < 100 * TOLERANCE  # no better point within rounding
        theta, here = theta - size * step, there
    return theta, False


def gradient(model: Model, theta: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Derivative of the discrepancy by each parameter."""
    u, v = derivatives(model, theta)
    sigma = implied(model, theta)
    inverse = np.linalg.inv(sigma)
    weight = inverse @ (sigma - sample) @ inverse
    return 2 * np.einsum("kp,kp->k", u @ weight, v)


def expected(model: Model, theta: np.ndarray) -> np.ndarray:
    """Expected information of one answer: tr(A dk A dl) / 2 with A the inverse of Sigma."""
    u, v = derivatives(model, theta)
    inverse = np.linalg.inv(implied(model, theta))
    vu = v @ inverse @ u.T
    return vu * vu.T + (v @ inverse @ v.T) * (u @ inverse @ u.T)


def _observed(model: Model, theta: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Observed information of one answer, from differences of the exact gradient."""
    step = 1e-5
    rows = []
    for k in range(len(theta)):
        move = np.zeros(len(theta))
        move[k] = step
        ahead = gradient(model, theta + move, sample)
        rows.append((ahead - gradient(model, theta - move, sample)) / (4 * step))
    found = np.array(rows)
    return (found + found.T) / 2


def _sandwich(
    model: Model, theta: np.ndarray, z: np.ndarray, sample: np.ndarray, labels: np.ndarray
) -> np.ndarray | None:
    """Robust covariance: each answer's score, summed by account, between observed informations."""
    u, v = derivatives(model, theta)
    inverse = np.linalg.inv(implied(model, theta))
    a = z @ inverse
    scores = (a @ u.T) * (a @ v.T) - np.einsum("kp,kp->k", u @ inverse, v)
    count = labels.max() + 1
    if count < 2:
        return None
    sums = np.zeros((count, len(theta)))
    np.add.at(sums, labels, scores)
    try:
        bread = np.linalg.inv(len(z) * _observed(model, theta, sample))
    except np.linalg.LinAlgError:
        return None
    return bread @ (sums.T @ sums) @ bread * (count / (count - 1))


def _information(model: Model, theta: np.ndarray, n: int) -> tuple[np.ndarray, float]:
    """Expected information of all answers, and how near it is to having no inverse."""
    try:
        information = n * expected(model, theta)
    except np.linalg.LinAlgError:
        return np.zeros((len(theta),) * 2), 0.0
    scale = np.sqrt(np.diag(information))
    if not np.isfinite(scale).all() or not (scale > 0).all():
        return information, 0.0
    return information, float(np.linalg.eigvalsh(information / np.outer(scale, scale))[0])
