"""How well a model fits, and whether its solution is possible at all.

semopy's RMSEA has no interval, its LogLik is the discrepancy, its AIC and GFI are wrong, and it
says nothing of impossible solutions; so every number here is worked out from the solution.
"""

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.models.sem.estimate import Solution, implied, latent_covariance, matrices

#: Columns of `indices`.
COLUMNS = ("term", "estimate", "ci_low", "ci_high", "n", "note")

#: A variance at or below this share of the item's or construct's own is none.
NO_VARIANCE = 1e-4
#: Smallest eigenvalue of the scaled information at which the parameters can be told apart.
LEAST_CONDITION = 1e-7


def indices(solution: Solution, level: float = 0.90) -> pd.DataFrame:
    """Fit of the model.

    Returns
    -------
    DataFrame: term, estimate, ci_low, ci_high, n, note. Terms: chi2, df, p, chi2_swain, p_swain,
    cfi, tli, rmsea (with its 90% interval), srmr, log_likelihood, aic, bic. Likelihood, AIC and
    BIC are those of the standardised items; differences between models of the same items are the
    same as on the items' own scales. TLI and RMSEA are NaN with no degrees of freedom.

    References
    ----------
    lavaan: `fitMeasures()`. Swain (1975); Herzog & Boomsma (2009), Structural Equation Modeling.
    """
    model, n = solution.model, solution.n
    p, q, df = len(model.items), len(model.parameters), model.df
    chi2 = n * solution.discrepancy
    baseline = -n * np.linalg.slogdet(solution.sample)[1]  # of a correlation matrix
    baseline_df = p * (p - 1) // 2
    lack, most = max(chi2 - df, 0.0), max(baseline - baseline_df, chi2 - df, 0.0)
    swain = chi2 * swain_factor(p, df, n)
    log_likelihood = -n / 2 * (p * np.log(2 * np.pi) + np.linalg.slogdet(solution.sample)[1] + p)
    log_likelihood -= chi2 / 2
    low, high = _rmsea_interval(chi2, df, n, level) if df else (np.nan, np.nan)
    rows = [
        ("chi2", chi2, np.nan, np.nan, "assumes independent, normal answers: too strict"),
        ("df", df, np.nan, np.nan, ""),
        ("p", stats.chi2.sf(chi2, df) if df else np.nan, np.nan, np.nan, ""),
        ("chi2_swain", swain, np.nan, np.nan, "corrected for few answers (Swain)"),
        ("p_swain", stats.chi2.sf(swain, df) if df else np.nan, np.nan, np.nan, ""),
        ("cfi", 1 - lack / most if most > 0 else 1.0, np.nan, np.nan, "convention: above 0.90"),
        ("tli", _tli(chi2, df, baseline, baseline_df), np.nan, np.nan, "convention: above 0.90"),
        (
            "rmsea",
            np.sqrt(lack / (df * n)) if df else np.nan,
            low,
            high,
            "convention: below 0.06; 90% interval",
        ),
        ("srmr", srmr(solution), np.nan, np.nan, "convention: below 0.08"),
        ("log_likelihood", log_likelihood, np.nan, np.nan, "standardised items"),
        ("aic", 2 * q - 2 * log_likelihood, np.nan, np.nan, "compares models of the same answers"),
        ("bic", q * np.log(n) - 2 * log_likelihood, np.nan, np.nan, "as AIC"),
    ]
    frame = pd.DataFrame(rows, columns=["term", "estimate", "ci_low", "ci_high", "note"])
    return frame.assign(n=n)[list(COLUMNS)]


def srmr(solution: Solution) -> float:
    """Typical difference between the items' correlations and those that the model implies."""
    rest = solution.sample - implied(solution.model, solution.theta)
    return float(np.sqrt((rest[np.tril_indices(len(rest))] ** 2).mean()))


def swain_factor(p: int, df: int, n: int) -> float:
    """Factor on chi-square for few answers: without it a true model is rejected far too often.

    Parameters
    ----------
    p : items; df : degrees of freedom; n : answers.

    References
    ----------
    Swain (1975); Herzog & Boomsma (2009), Structural Equation Modeling 16(1).

    Examples
    --------
    >>> round(swain_factor(9, 24, 301), 6)
    0.986642
    """
    if df <= 0:
        return 1.0
    q = (np.sqrt(1 + 4 * p * (p + 1) - 8 * df) - 1) / 2
    top = p * (2 * p**2 + 3 * p - 1) - q * (2 * q**2 + 3 * q - 1)
    return float(1 - top / (12 * df * n))


def problems(solution: Solution) -> list[str]:
    """Why the solution may not be shown, as sentences; none when it may.

    Examples of what is found: no convergence, parameters that cannot be told apart, a variance
    that is not above zero, constructs that correlate 1 or more.
    """
    model, theta = solution.model, solution.theta
    if not solution.converged:
        return ["The estimation did not settle on a solution."]
    if solution.condition < LEAST_CONDITION or solution.covariance is None:
        return ["The answers cannot tell the model's parameters apart."]
    found = []
    _, _, spread, errors = matrices(model, theta)
    latent = latent_covariance(model, theta)
    loads = {name: k for k, name in enumerate(model.latents)}
    bad = [item for item, value in zip(model.items, errors, strict=True) if not value > NO_VARIANCE]
    if bad:
        found.append(f"The error variance of {_listed(bad)} is not above zero.")
    shares = np.diag(spread) / np.abs(np.diag(latent))
    bad = [name for name, k in loads.items() if not shares[k] > NO_VARIANCE]
    bad += [name for name, k in loads.items() if latent[k, k] <= NO_VARIANCE and name not in bad]
    if bad:
        found.append(f"The variance left of {_listed(bad)} is not above zero.")
    if not found:
        sd = np.sqrt(np.diag(latent))
        r = latent / np.outer(sd, sd)
        one, other = np.where(np.tril(np.abs(r) >= 1, -1))
        pairs = [
            f"{model.latents[b]} and {model.latents[a]}" for a, b in zip(one, other, strict=True)
        ]
        if pairs:
            found.append(f"The model makes {_listed(pairs)} correlate 1 or more.")
        elif np.linalg.eigvalsh(r)[0] < 1e-8:
            found.append("The correlations of the constructs contradict each other.")
    if solution.robust is None:
        found.append("All answers come from one account, so nothing is known of their spread.")
    elif not (np.diag(solution.robust) > 0).all():
        found.append("The standard errors of the estimates cannot be worked out.")
    return found


def _tli(chi2: float, df: int, baseline: float, baseline_df: int) -> float:
    if not df or not baseline_df or baseline / baseline_df <= 1:
        return float("nan")
    return float((baseline / baseline_df - chi2 / df) / (baseline / baseline_df - 1))


def _rmsea_interval(chi2: float, df: int, n: int, level: float) -> tuple[float, float]:
    """Ends at which a noncentral chi-square makes the one found just likely enough."""

    def end(tail: float) -> float:
        if stats.chi2.cdf(chi2, df) <= tail:
            return 0.0
        most = max(chi2, df, 1.0) * 4 + 100
        shift = optimize.brentq(lambda ncp: stats.ncx2.cdf(chi2, df, ncp) - tail, 1e-9, most)
        return float(np.sqrt(shift / (df * n)))

    return end((1 + level) / 2), end((1 - level) / 2)


def _listed(names: list[str]) -> str:
    shown = ", ".join(name.replace("_", " ") for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
