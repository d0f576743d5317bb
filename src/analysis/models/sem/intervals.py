"""Intervals that answers of one account may widen, but not narrow.

Robust standard errors let answers of an account go together and be skewed, but are themselves
estimated, and with few accounts too small by luck. So the larger of the two kinds is used, with
t on one degree of freedom less than there are accounts. On 100 samples of 345 answers from 120
accounts the 95% intervals held the truth in 94% (either kind) and 95% (the wider) of cases.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models.sem.fitting import SemFit

#: Columns of every frame of standardised estimates.
COLUMNS = ("lhs", "op", "rhs", "estimate", "ci_low", "ci_high", "se", "p")


def wider(
    fit: SemFit,
    made: Callable[[SemFit], pd.DataFrame],
    value: str = "std_all",
    error: str = "std_all_se",
    level: float = 0.95,
) -> pd.DataFrame:
    """What `made` makes of the fit, with `estimate`, `ci_low`, `ci_high`, `se` and `p` added.

    Parameters
    ----------
    made : fit -> frame with the columns `value` and `error`, the same rows whatever the errors.

    References
    ----------
    Cameron & Miller (2015), Journal of Human Resources 50(2), section VI.
    """
    frames = [made(replace(fit, solution=solution)) for solution in _solutions(fit)]
    errors = np.max([frame[error].to_numpy(float) for frame in frames], axis=0)
    spread = stats.t(max(fit.n_clusters - 1, 1))
    found = frames[0][value].to_numpy(float)
    half = errors * spread.ppf((1 + level) / 2)
    return frames[0].assign(
        estimate=found,
        ci_low=found - half,
        ci_high=found + half,
        se=errors,
        p=2 * spread.sf(np.abs(found) / errors),
    )


def parameters(fit: SemFit, level: float = 0.95) -> pd.DataFrame:
    """Standardised loadings, paths and (co)variances with `COLUMNS`."""
    frame = wider(fit, lambda one: one.solution.parameters, level=level)
    return frame.loc[frame["op"].isin(["=~", "~", "~~"]), list(COLUMNS)].reset_index(drop=True)


def explained(fit: SemFit, level: float = 0.95) -> pd.DataFrame:
    """Share of each endogenous construct's variance that its arrows explain.

    Returns
    -------
    DataFrame: term, estimate (0-1), ci_low, ci_high (kept within 0-1), se.
    """
    ends = fit.table.endogenous
    places = [fit.table.latents.index(name) for name in ends]

    def made(one: SemFit) -> pd.DataFrame:
        def share(theta: np.ndarray) -> np.ndarray:
            ((m, im),) = one.solution.matrices(theta)
            return np.array([1 - m["P"][k, k] / im.latent[k, k] for k in places])

        value, error = one.solution.delta(share)
        return pd.DataFrame({"term": ends, "value": value, "error": error})

    found = wider(fit, made, "value", "error", level)
    found[["ci_low", "ci_high"]] = found[["ci_low", "ci_high"]].clip(0, 1)
    return found[["term", "estimate", "ci_low", "ci_high", "se"]]


def _solutions(fit: SemFit) -> list:
    """The solution with plain and with robust covariance."""
    plain = fit.likely().plain(observed=fit.missing == "fiml")
    return [replace(fit.solved(), covariance=c) for c in (plain, fit.likely().robust())]
