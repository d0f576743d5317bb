"""Direct, indirect and total effects between the variables that arrows join."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models.sem import resampling
from analysis.models.sem.engine.estimates import Solution
from analysis.models.sem.fitting import SemFit

#: Columns of `effects`; `std_all` is between variables of variance 1.
COLUMNS = (
    "lhs",
    "rhs",
    "group",
    "kind",
    "est",
    "se",
    "z",
    "p",
    "ci_low",
    "ci_high",
    "std_all",
    "std_all_se",
    "std_low",
    "std_high",
)

KINDS = ("direct", "indirect", "total")


def effects(fit: SemFit, bootstrap: int = 0, seed: int = 0, level: float = 0.95) -> pd.DataFrame:
    """Effects of each variable (`rhs`) on each that it leads to (`lhs`).

    Parameters
    ----------
    bootstrap : resamples of whole clusters for percentile intervals; 0: delta method.

    Returns
    -------
    DataFrame with the columns `COLUMNS`, direct before indirect before total; a kind that the
    model's arrows do not allow has no row. With `bootstrap`, standard errors are those of the
    resamples, and NaN where fewer than nine in ten converged.

    References
    ----------
    Bollen (1989), ch. 8. lavaan: products of labelled paths with ":=".

    Examples
    --------
    >>> from analysis.models.sem.fitting import fit
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=300)
    >>> m = 0.5 * x + rng.normal(size=300)
    >>> frame = pd.DataFrame({"x": x, "m": m, "y": 0.4 * m + rng.normal(size=300)})
    >>> found = effects(fit("m ~ x\\ny ~ m", frame))
    >>> found[(found["lhs"] == "y") & (found["rhs"] == "x")]["kind"].tolist()
    ['indirect', 'total']
    """
    solution = fit.solved()
    places = [*_places(solution)]
    rows = [
        (solution.layout.table.latents[j], solution.layout.table.latents[k], group, KINDS[kind])
        for group in solution.labels
        for kind, j, k in places
    ]
    frame = pd.DataFrame(rows, columns=["lhs", "rhs", "group", "kind"])
    quantities = {
        "est": lambda theta: _values(solution, theta, places, standard=False),
        "std_all": lambda theta: _values(solution, theta, places, standard=True),
    }
    drawn = resampling.draw(fit, bootstrap, seed) if bootstrap else None
    far = stats.norm.ppf((1 + level) / 2)
    for name, quantity in quantities.items():
        value, error = solution.delta(quantity)
        low, high = value - far * error, value + far * error
        if drawn is not None:
            error, low, high = _percentiles(drawn, quantity, len(value), level)
        prefix = "ci" if name == "est" else "std"
        frame[name], frame["se" if name == "est" else "std_all_se"] = value, error
        frame[f"{prefix}_low"], frame[f"{prefix}_high"] = low, high
    frame["z"] = frame["est"] / frame["se"]
    frame["p"] = 2 * stats.norm.sf(np.abs(frame["z"]))
    return frame[list(COLUMNS)]


def _percentiles(
    drawn: resampling.Resamples, quantity, width: int, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if not drawn.enough:
        return (np.full(width, np.nan),) * 3
    values = np.array([quantity(theta) for theta in drawn.theta])
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return values.std(axis=0, ddof=1), low, high


def _places(solution: Solution) -> Iterator[tuple[int, int, int]]:
    """Kind, target and source of every effect that the arrows allow."""
    arrows = _arrows(solution)
    reach = np.zeros_like(arrows)
    step = arrows
    for _ in range(len(arrows)):
        step = (step.astype(int) @ arrows.astype(int)) > 0
        reach |= step
    for j in range(len(arrows)):
        for k in range(len(arrows)):
            if arrows[j, k]:
                yield 0, j, k
            if reach[j, k]:
                yield 1, j, k
            if arrows[j, k] or reach[j, k]:
                yield 2, j, k


def _arrows(solution: Solution) -> np.ndarray:
    """Which latent variable (column) is regressed on by which (row)."""
    table = solution.layout.table
    found = np.zeros((len(table.latents),) * 2, bool)
    for r in table.rows:
        if r.op == "~" and (r.free >= 0 or r.value):
            found[r.row, r.col] = True
    return found


def _values(
    solution: Solution, theta: np.ndarray, places: list[tuple[int, int, int]], standard: bool
) -> np.ndarray:
    kinds, rows, cols = np.array(places, int).reshape(-1, 3).T
    mask = _arrows(solution)
    unit = solution.layout.latent_scale
    out = []
    for m, im in solution.matrices(theta):
        direct = np.where(mask, m["B"], 0)
        eye = np.eye(len(direct))
        total = np.linalg.inv(eye - direct) - eye
        size = np.sqrt(np.diag(im.latent)) if standard else 1 / unit
        scaled = [part * size[None, :] / size[:, None] for part in (direct, total - direct, total)]
        out.append(np.stack(scaled)[kinds, rows, cols])
    return np.concatenate(out)
