"""Every contact's path from wave to wave: who improved, who stayed, who got worse."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.language import later
from analysis.models.panel import follow
from analysis.params import Wave

PATHS = (
    "account",
    "contact",
    "waves",
    "since",
    "until",
    "first",
    "last",
    "change",
    "highest",
    "lowest",
    "path",
    "verdict",
)

TRAJECTORIES = (
    "span",
    "before",
    "after",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "count",
    "clear",
    "n",
    "n_accounts",
    "note",
)

#: Verdicts by the sign of the change.
VERDICTS = {1: later("Improved"), 0: later("The same"), -1: later("Worse")}

#: Spans of `trajectories`: one wave to the next, or from each contact's first to last answer.
STEP, WHOLE = "step", "whole"


def paths(answers: pd.DataFrame, waves: Sequence[Wave], value: str = "nps") -> pd.DataFrame:
    """The path of every contact over the waves that it answered; for researchers, not to publish.

    Parameters
    ----------
    answers : rows with `wave`, `account`, `contact` and `value`.
    waves : waves in order of time; only the last ones of one method are used.
    value : column to follow, as it stands (for "nps" the rating from 0 to 10, not its class).

    Returns
    -------
    DataFrame with the columns `PATHS`, one row per contact with two or more answered waves, sorted
    by account and contact: waves (answered), since and until (labels of the first and last of
    them), first, last, change (last minus first), highest, lowest, path ("6 > 8 > 9"), verdict.
    """
    series = follow.unbroken(answers[answers[value].notna()], waves)
    order = {wave.id: k for k, wave in enumerate(series)}
    known = follow.once(answers[answers["wave"].isin(order) & answers[value].notna()])
    known = known.assign(
        at=known["wave"].map(order), value=known[value].astype(float), account=_named(known)
    )
    wide = known.pivot(index=["account", "contact"], columns="at", values="value")
    wide = wide[wide.notna().sum(axis=1) >= 2].sort_index()
    if wide.empty:
        return pd.DataFrame(columns=list(PATHS))
    first, last = wide.bfill(axis=1).iloc[:, 0], wide.ffill(axis=1).iloc[:, -1]
    labels = [wave.label for wave in series]
    places = wide.columns.to_numpy()
    answered = wide.notna().to_numpy()
    frame = pd.DataFrame(
        {
            "waves": answered.sum(axis=1),
            "since": [labels[places[row.argmax()]] for row in answered],
            "until": [labels[places[len(row) - 1 - row[::-1].argmax()]] for row in answered],
            "first": first,
            "last": last,
            "change": last - first,
            "highest": wide.max(axis=1),
            "lowest": wide.min(axis=1),
            "path": [" > ".join(f"{v:g}" for v in row[~np.isnan(row)]) for row in wide.to_numpy()],
            "verdict": np.sign((last - first).round(9)).map(VERDICTS),
        },
        index=wide.index,
    ).reset_index()
    frame["account"] = frame["account"].replace("", np.nan)
    return frame[list(PATHS)]


def trajectories(answers: pd.DataFrame, waves: Sequence[Wave], value: str = "nps") -> pd.DataFrame:
    """How many contacts improved, stayed and got worse: between neighbouring waves and over all.

    Returns
    -------
    DataFrame with the columns `TRAJECTORIES`: for each two neighbouring waves (span "step") and,
    over more than two, from each contact's first to its last answer (span "whole") three rows,
    Improved, The same, Worse, whose counts add up to the contacts matched (n); before and after
    are the waves' labels, estimate the share with the interval of `follow.share`. `clear`, the
    same in all three, says whether those who improved and those who got worse differ in number by
    more than chance, with accounts as clusters. No rows without contacts who answered twice in
    the waves of one method.
    """
    series = follow.unbroken(answers[answers[value].notna()], waves)
    rows: list[dict[str, Any]] = []
    for old, new in pairwise(series):
        rows += _counts(paths(answers, (old, new), value), STEP, old.label, new.label)
    if len(series) > 2:
        whole = paths(answers, series, value)
        rows += _counts(whole, WHOLE, series[0].label, series[-1].label)
    return pd.DataFrame(rows, columns=list(TRAJECTORIES))


def _counts(found: pd.DataFrame, span: str, before: str, after: str) -> list[dict[str, Any]]:
    """The three rows of one span."""
    if found.empty:
        return []
    signs = found["verdict"].map({name: float(sign) for sign, name in VERDICTS.items()})
    balance = follow.contrast(np.ones((len(found), 1)), signs, found, [1])
    shared = {"span": span, "before": before, "after": after, "clear": balance["clear"]}
    return [
        shared | {"term": verdict} | follow.share(found["verdict"] == verdict, found)
        for verdict in VERDICTS.values()
    ]


def _named(known: pd.DataFrame) -> pd.Series:
    """Accounts as text; an empty one where none is known, so that it can be an index."""
    return known["account"].astype(object).where(known["account"].notna(), "")
