"""The same paths by other methods, what a survey of this size misses, and one common method."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.errors import ModelError
from analysis.language import later, tr
from analysis.measures import scales
from analysis.models.sem import fitting, pls
from analysis.models.sem.common_method import common_method
from analysis.models.sem.fitting import SemFit

#: Standard errors that a path must reach to be found four times in five at the 5% level:
#: 1.96 + 0.84.
FOUND = 2.80

#: Complete answers that polychoric correlations take.
LEAST_ORDINAL = 200

SENSITIVITY = (
    "source",
    "target",
    "main",
    "main_low",
    "main_high",
    "averages",
    "composites",
    "ordinal",
    "n",
    "verdict",
)
POWER = ("source", "target", "se", "smallest", "n")
COMMON = ("label", "estimate", "ci_low", "ci_high", "n", "note")

NAMES = {
    "harman": later("the share of the first factor of all questions (Harman)"),
    "one_factor": later("CFI of a single factor for all questions"),
    "vif": later("the largest variance inflation among constructs (above 3.3 is high)"),
}


def sensitivity(
    main: pd.DataFrame,
    averages: pd.DataFrame,
    composites: pd.DataFrame,
    ordinal: pd.DataFrame,
) -> pd.DataFrame:
    """Each path beside its estimates by other methods.

    Parameters
    ----------
    main : rows as `signs.signs` makes them. averages : the same of averages. composites, ordinal :
        lhs, rhs, estimate; may be empty.

    Returns
    -------
    DataFrame with the columns `SENSITIVITY`; "differ" where composites or ordinal lie outside the
    interval of the main one.
    """
    rows = main[main["estimate"].notna()].set_index("term")
    frame = rows[["source", "target", "n"]].assign(
        main=rows["estimate"], main_low=rows["ci_low"], main_high=rows["ci_high"]
    )
    frame["averages"] = averages.set_index("term")["estimate"] if len(averages) else np.nan
    for name, found in (("composites", composites), ("ordinal", ordinal)):
        terms = found["rhs"] + " -> " + found["lhs"] if len(found) else []
        frame[name] = pd.Series(found["estimate"].to_numpy(float), terms, float).reindex(
            frame.index
        )
    # Averages are known to come out weaker; they stand beside without a vote.
    others = frame[["composites", "ordinal"]].astype(float)
    outside = others.lt(frame["main_low"], axis=0) | others.gt(frame["main_high"], axis=0)
    frame["verdict"] = np.where(outside.any(axis=1), later("differ"), later("agree"))
    return frame[list(SENSITIVITY)].reset_index(drop=True)


def by_composites(
    answers: pd.DataFrame,
    measurement: Mapping[str, Sequence[str]],
    joined: Sequence[tuple[str, str]],
) -> pd.DataFrame:
    """The paths by consistent partial least squares: lhs, rhs, estimate; empty where impossible."""
    empty = pd.DataFrame(columns=["lhs", "rhs", "estimate"])
    try:
        found = pls.fit(answers, measurement, joined, consistent=True, resamples=0)
    except ModelError:
        return empty
    return found.paths if found.usable else empty


def by_ranks(answers: pd.DataFrame, text: str, items: Sequence[str]) -> pd.DataFrame:
    """The paths with answers taken as ordered steps (WLSMV); empty where that cannot be."""
    complete = answers[list(items)].dropna()
    empty = pd.DataFrame(columns=["lhs", "rhs", "estimate"])
    if len(complete) < LEAST_ORDINAL or not (complete % 1 == 0).all(axis=None):
        return empty
    found = fitting.fit(text, complete, "WLSMV")
    if not found.usable:
        return empty
    rows = found.parameters[found.parameters["op"] == "~"]
    return rows.assign(estimate=rows["std_all"])[["lhs", "rhs", "estimate"]]


def power(signs: pd.DataFrame) -> pd.DataFrame:
    """The smallest path that a survey like this would find four times in five: `POWER`."""
    rows = signs[signs["se"].notna()]
    return rows.assign(smallest=FOUND * rows["se"])[list(POWER)].reset_index(drop=True)


def one_method(
    answers: pd.DataFrame,
    measurement: Mapping[str, Sequence[str]],
    measured: SemFit | None,
    *,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Signs of a common method with printed names: `COMMON`."""
    found = common_method(
        answers, measurement, measured, clusters=answers["cluster"], resamples=resamples, seed=seed
    )
    vif = found["term"] == "vif"
    notes = found["note"].where(~vif, found["note"].map(scales.label))
    return found.assign(label=found["term"].map(NAMES).map(tr), note=notes)[list(COMMON)]
