"""Fit a model to ordered answers: WLSMV on polychoric correlations."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import ModelError
from analysis.models.sem import polychoric
from analysis.models.sem.engine import admissible, estimates, indices, table, wlsmv
from analysis.models.sem.engine.places import Layout
from analysis.models.sem.semfit import Estimator, Missing, SemFit, nothing, one_thread, residuals


def fit(
    model: str,
    data: pd.DataFrame,
    bare: table.Table,
    ordered: Sequence[str],
    cluster: str | None,
    seed: int,
) -> SemFit:
    """Fit to polychoric correlations; see `fitting.fit`, which checks the arguments.

    Parameters
    ----------
    bare : the model's table, for its items. ordered : must name all of these, or be empty.
    cluster : column whose values speak with one voice, or None.
    """
    asked: tuple[Estimator, Missing] = ("WLSMV", "listwise")
    if left := [item for item in bare.items if ordered and item not in set(ordered)]:
        raise ModelError(f"WLSMV takes ordered items only; {left[0]} is not named in ordered.")
    names = [*bare.items, *([cluster] if cluster else [])]
    for name in names:
        count = int((data.columns == name).sum())
        if count != 1:
            said = "have no" if count == 0 else "have more than one"
            raise ModelError(f"The answers {said} column '{name}'; the model needs it once.")
    built = table.build(model, ordinal=True)
    if built.means:
        raise ModelError("With ordered items, thresholds take the place of intercepts.")
    layout = Layout(built, np.ones(len(built.items)))
    if lost := admissible.unidentified(layout):
        return nothing(model, asked, lost, seed)
    with one_thread():
        seen = polychoric.estimate(
            data, list(built.items), _voices(data[cluster]) if cluster else None
        )
        if seen.problems or not np.isfinite(seen.gamma).all():
            said = seen.problems or ("The precision of the correlations cannot be worked out.",)
            return replace(nothing(model, asked, said, seed), n=seen.n)
        weighted = wlsmv.fit(layout, seen)
        solution = estimates.Solution(
            layout, weighted.found.theta, weighted.covariance(), ("",), ordinal=True
        )
        problems = admissible.problems(solution, None, weighted.found.converged)
        chi, base, (scaled, factor), (base_scaled, _) = weighted.chi()
        size = {"n": seen.n - 1, "p": len(built.items), "npar": built.npar}
        rest = (seen.correlations - solution.implied[0].sigma)[np.tril_indices(size["p"])]
        plain = indices.measures(chi, base, **size)
        adjusted = indices.measures(
            replace(chi, value=scaled), replace(base, value=base_scaled), **size
        )
    plain["chisq_scaled"], plain["pvalue_scaled"] = adjusted["chisq"], adjusted["pvalue"]
    plain["scaling_factor"] = factor
    plain["srmr"] = np.sqrt((rest**2).mean())
    for name in ("cfi", "tli", "rmsea"):
        plain[f"{name}_scaled"] = adjusted[name]
    thresholds = _thresholds(seen)
    plain["npar"] += len(thresholds)
    return SemFit(
        text=model,
        estimator="WLSMV",
        missing="listwise",
        parameters=pd.concat([solution.parameters, thresholds], ignore_index=True),
        indices=plain,
        r2=solution.r2,
        latent_cov=solution.latent_covariance,
        residuals=residuals(solution, [seen.correlations]),
        n=seen.n,
        n_patterns=1,
        n_clusters=seen.n if cluster is None else int(data[cluster].nunique()),
        usable=not problems,
        problems=tuple(problems),
        engine="rapport",
        seed=seed,
        solution=solution,
    )


def _voices(clusters: pd.Series) -> np.ndarray:
    """Clusters as numbers; a missing one is one of its own, as in `engine.sample`."""
    known = pd.factorize(clusters)[0]
    return np.where(known < 0, known.max(initial=-1) + 1 + np.arange(len(known)), known)


def _thresholds(seen: polychoric.Ordinal) -> pd.DataFrame:
    frame = seen.thresholds.assign(op="|", group="", label="")
    frame["z"] = frame["est"] / frame["se"]
    frame["p"] = 2 * stats.norm.sf(np.abs(frame["z"]))
    half = stats.norm.ppf(0.975) * frame["se"]
    frame["ci_low"], frame["ci_high"] = frame["est"] - half, frame["est"] + half
    frame["std_all"], frame["std_all_se"] = frame["est"], frame["se"]
    return frame[list(estimates.COLUMNS)]
