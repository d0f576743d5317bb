"""Waves and roles compared, only after their questions have been shown to work alike."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.language import later
from analysis.measures import scales
from analysis.models.sem import groups, theory
from analysis.models.sem.signs import holm

#: Complete answers that each group needs (statistics: below, a difference in understanding cannot
#: be told from chance).
LEAST_GROUP = 100

LEVELS = {
    "configural": later("same structure"),
    "metric": later("same loadings"),
    "scalar": later("same intercepts"),
}
INVARIANCE = (
    "by",
    "groups",
    "level",
    "chisq",
    "df",
    "cfi",
    "delta_cfi",
    "rmsea",
    "delta_rmsea",
    "p",
    "n",
    "verdict",
    "released",
)
DIFFERENCES = (
    "by",
    "label",
    "group",
    "reference",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "n",
    "n_least",
    "verdict",
)


def between(
    answers: pd.DataFrame,
    measurement: Mapping[str, Sequence[str]],
    column: str,
    by: str,
    labels: Mapping[str, str],
    *,
    tied: Sequence[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Climb the ladder of invariance and, at its top, compare the constructs' means.

    Parameters
    ----------
    answers : rows with `column` and a column "cluster". measurement : construct -> items.
    by : printed name of what is compared. labels : value of `column` -> printed name, in order.

    Returns
    -------
    Frames with the columns `INVARIANCE` and `DIFFERENCES`; both empty with fewer than two groups.
    """
    items = [item for of in measurement.values() for item in of]
    used = answers[answers[column].isin(list(labels))].dropna(subset=[column])
    sizes = used[items].notna().all(axis=1).groupby(used[column]).sum()
    kept = [name for name in labels if sizes.get(name, 0) >= LEAST_GROUP]
    nothing = pd.DataFrame(columns=list(INVARIANCE)), pd.DataFrame(columns=list(DIFFERENCES))
    if len(sizes) < 2:
        return nothing
    if len(kept) < 2:
        said = ", ".join(labels[name] for name in labels if name in sizes.index)
        row = {"by": by, "groups": said, "level": "same structure", "n": int(sizes.min()),
               "verdict": later("not tried")}  # fmt: skip
        return pd.DataFrame([row], columns=list(INVARIANCE)), nothing[1]
    # Groups are taken in the order of `labels`: numbered, so that the first is the reference.
    number = {name: str(k) for k, name in enumerate(kept)}
    used = used[used[column].isin(kept)]
    used = used.assign(group=used[column].map(number))
    found = groups.invariance(
        theory.text(measurement, tied=tied),
        used,
        "group",
        ("configural", "metric", "scalar"),
        estimator="MLR",
        cluster="cluster",
    )
    said = ", ".join(labels[name] for name in kept)
    frame = found.levels.assign(
        by=by,
        groups=said,
        level=found.levels["level"].map(LEVELS),
        verdict=np.where(
            found.levels["holds"].astype(bool), later("holds"), later("does not hold")
        ),
    )
    if found.levels.empty:
        row = {"by": by, "groups": said, "level": "same structure", "n": int(sizes[kept].sum()),
               "verdict": later("no solution")}  # fmt: skip
        frame = pd.DataFrame([row])
    back = {number[name]: labels[name] for name in kept}
    means = found.means
    p = holm(means["p"].astype(float))
    clear = ((means["ci_low"] > 0) | (means["ci_high"] < 0)) & (p < 0.05)
    differences = means.assign(
        by=by,
        label=means["construct"].map(scales.label),
        group=means["group"].map(back),
        reference=means["reference"].map(back),
        estimate=means["est"],
        n=int(sizes[kept].sum()),
        n_least=int(sizes[kept].min()),
        verdict=np.where(
            clear,
            np.where(means["est"] > 0, later("higher"), later("lower")),
            later("no clear difference"),
        ),
    )
    return frame.reindex(columns=list(INVARIANCE)), differences[list(DIFFERENCES)]
