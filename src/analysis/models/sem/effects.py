"""Standardised estimates with honest intervals, by the delta method.

Any quantity that the parameters imply gets its standard error here: the derivative is taken by
complex steps, which have no rounding to tune, and multiplied with the covariance of the
estimates.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models.sem.estimate import Solution, implied, latent_covariance, matrices

#: Which standard errors. expected: by the expected information, answers independent and normal.
#: robust: for any distribution, answers of one account going together, t on one degree of freedom
#: less than there are accounts. wider: the larger of the two, with the same t; what accounts share
#: may widen an interval, not narrow it. On 100 samples of 345 answers from 120 accounts, the 95%
#: intervals held the truth in 94% (expected, robust) and 95% (wider) of cases.
Errors = Literal["expected", "robust", "wider"]

#: Columns of every frame of estimates here.
COLUMNS = ("lhs", "op", "rhs", "estimate", "ci_low", "ci_high", "se", "p")


def standardised(solution: Solution, errors: Errors = "wider", level: float = 0.95) -> pd.DataFrame:
    """Every parameter with all variables at variance 1, as lavaan's `std.all`.

    Parameters
    ----------
    errors : see `Errors`.

    Returns
    -------
    DataFrame with the columns `COLUMNS`, loadings item by item, then the model's other
    parameters in their order. Covariances of residuals are correlations.

    References
    ----------
    lavaan: `standardizedSolution()`. Cameron & Miller (2015), Journal of Human Resources 50(2).
    """
    model = solution.model
    order = [*model.fixed, *model.parameters]
    found = delta(solution, lambda theta: _std_all(solution, theta), errors, level)
    frame = pd.DataFrame(order, columns=["lhs", "op", "rhs"]).join(found)
    place = {item: k for k, item in enumerate(model.items)}
    rank = [place[row.rhs] if row.op == "=~" else len(place) for row in frame.itertuples()]
    return frame.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)[list(COLUMNS)]


def explained(solution: Solution, errors: Errors = "wider", level: float = 0.95) -> pd.DataFrame:
    """Share of each endogenous construct's variance that its arrows explain.

    Returns
    -------
    DataFrame: term, estimate (0-1), ci_low, ci_high (kept within 0-1), se.
    """
    model = solution.model
    ends = [model.latents.index(name) for name in model.endogenous]

    def share(theta: np.ndarray) -> np.ndarray:
        spread = np.diag(matrices(model, theta)[2])
        return (1 - spread / np.diag(latent_covariance(model, theta)))[ends]

    found = delta(solution, share, errors, level).drop(columns="p")
    found[["ci_low", "ci_high"]] = found[["ci_low", "ci_high"]].clip(0, 1)
    return found.assign(term=model.endogenous)[["term", "estimate", "ci_low", "ci_high", "se"]]


def latent_correlations(
    solution: Solution, errors: Errors = "wider", level: float = 0.95
) -> pd.DataFrame:
    """Correlation of each pair of constructs that the model implies, with `COLUMNS`."""
    model = solution.model
    one, other = np.tril_indices(len(model.latents), -1)

    def correlate(theta: np.ndarray) -> np.ndarray:
        spread = latent_covariance(model, theta)
        sd = np.sqrt(np.diag(spread))
        return (spread / np.outer(sd, sd))[one, other]

    found = delta(solution, correlate, errors, level)
    found["lhs"] = [model.latents[k] for k in other]
    found["rhs"] = [model.latents[k] for k in one]
    return found.assign(op="~~")[list(COLUMNS)]


def delta(
    solution: Solution,
    quantity: Callable[[np.ndarray], np.ndarray],
    errors: Errors = "wider",
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate, interval, standard error and p of what the parameters imply.

    Parameters
    ----------
    quantity : parameters (also complex) -> vector. Only smooth functions without `abs`.

    Returns
    -------
    DataFrame: estimate, ci_low, ci_high, se, p; the last four NaN without a covariance.
    """
    value = quantity(solution.theta)
    slope = _jacobian(quantity, solution.theta)
    kinds = {"expected": [solution.covariance], "robust": [solution.robust]}
    used = kinds.get(errors, [solution.covariance, solution.robust])
    error = np.full(len(value), np.nan)
    if all(covariance is not None for covariance in used):
        squares = [np.einsum("ij,jk,ik->i", slope, covariance, slope) for covariance in used]
        error = np.sqrt(np.max(squares, axis=0).clip(0))
    error = np.where(error < 1e-9, np.nan, error)  # fixed by the model: nothing is uncertain
    spread = stats.norm if errors == "expected" else stats.t(solution.clusters - 1)
    half = error * spread.ppf((1 + level) / 2)
    return pd.DataFrame(
        {
            "estimate": value,
            "ci_low": value - half,
            "ci_high": value + half,
            "se": error,
            "p": 2 * spread.sf(np.abs(value) / error),
        }
    )


def _jacobian(quantity: Callable[[np.ndarray], np.ndarray], theta: np.ndarray) -> np.ndarray:
    """Derivative of `quantity` by each parameter (rows: quantities)."""
    columns = []
    for k in range(len(theta)):
        moved = theta.astype(complex)
        moved[k] += 1e-20j
        columns.append(quantity(moved).imag / 1e-20)
    return np.array(columns).T


def _std_all(solution: Solution, theta: np.ndarray) -> np.ndarray:
    """Fixed loadings, then every parameter, with all variables at variance 1."""
    model = solution.model
    _, _, spread, _ = matrices(model, theta)
    latent = np.sqrt(np.diag(latent_covariance(model, theta)))
    item = np.sqrt(np.diag(implied(model, theta)))
    row = {name: k for k, name in enumerate(model.items)}
    col = {name: k for k, name in enumerate(model.latents)}
    values = [latent[col[name]] / item[row[one]] for name, _, one in model.fixed]
    for value, (lhs, op, rhs) in zip(theta, model.parameters, strict=True):
        if op == "=~":
            values.append(value * latent[col[lhs]] / item[row[rhs]])
        elif op == "~":
            values.append(value * latent[col[rhs]] / latent[col[lhs]])
        elif lhs in row:
            values.append(value / item[row[lhs]] ** 2)
        elif lhs == rhs:
            values.append(value / latent[col[lhs]] ** 2)
        else:
            both = spread[col[lhs], col[lhs]] * spread[col[rhs], col[rhs]]
            values.append(value / np.sqrt(both))
    return np.array(values)
