"""Problems that will not go away: what stays below the bar wave after wave."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.errors import DataError
from analysis.language import tr
from analysis.measures import inference, scales
from analysis.models.panel import follow
from analysis.params import Wave
from analysis.survey.tables import Survey

INTRANSIGENT = (
    "key",
    "kind",
    "term",
    "construct",
    "label",
    "estimate",
    "ci_low",
    "ci_high",
    "bar",
    "running",
    "since",
    "best",
    "best_high",
    "sure",
    "n",
    "n_least",
    "n_accounts",
    "note",
)

#: The scale on which the bar is given; on any other it stands at the same share of the way up.
BAR_SCALE = (1.0, 7.0)  # our default, the scale of the CRQ


def persistence_reason(survey: Survey, waves: Sequence[Wave], running: int = 3) -> str:
    """Why nothing can be said about persistent problems: a sentence; empty where it can."""
    series = follow.unbroken(survey.answers, waves)
    if len(survey.items) == 0:
        return tr("No scales were asked, so no problem can be followed.")
    if len(series) < running:
        if len(series) == 1:
            return tr(
                "A problem counts as persistent after {running} waves running asked in the same "
                "way; there is one.",
                running=running,
            )
        return tr(
            "A problem counts as persistent after {running} waves running asked in the same way; "
            "there are {n}.",
            running=running,
            n=len(series),
        )
    return ""


def intransigent(
    survey: Survey, waves: Sequence[Wave], bar: float = 4.5, running: int = 3
) -> pd.DataFrame:
    """Questions and scales whose mean is below the bar in the last `running` waves, each of them.

    Parameters
    ----------
    waves : waves in order of time; only the last ones of one method are used.
    bar : on 1-7, as `params.scorecard.bar`; on another scale at the same share of its length.
    running : waves below the bar that make a problem persistent, the last one included.

    Returns
    -------
    DataFrame with the columns `INTRANSIGENT`, scales first, the longest and lowest first: estimate
    and interval of the last wave, bar (on the item's own scale), running (waves below it without a
    break, at least `running`), since (label of the first), best (highest mean of these waves),
    best_high (highest upper end of their intervals), sure (every one of these intervals lies below
    the bar), n (answers of the last wave), n_least (fewest of a wave). Scales of which little is
    no problem (`follow.LITTLE_IS_FINE`) and their questions are not looked at. No rows where
    nothing persists, or where `persistence_reason` says that nothing can be said.

    Raises
    ------
    DataError: `running` below 2, which would list every one-off.
    """
    if running < 2:
        raise DataError("A problem of a single wave is not persistent: ask for two waves or more.")
    if persistence_reason(survey, waves, running):
        return pd.DataFrame(columns=list(INTRANSIGENT))
    series = follow.unbroken(survey.answers, waves)
    scored = follow.with_scores(survey)
    rows = []
    for construct in survey.constructs:
        if construct in follow.LITTLE_IS_FINE:
            continue
        items = survey.of(construct)
        scale = [(construct, "scale", scales.label(construct))] if construct in scored else []
        asked = [(item, "item", survey.items.loc[item, "label"]) for item in items]
        for key, kind, term in [*scale, *asked]:
            row = _row(
                scored, key, bar_on(survey, items[0] if kind == "scale" else key, bar), series
            )
            if row is not None and row["running"] >= running:
                shared = {"key": key, "kind": kind, "term": term, "construct": construct}
                rows.append(row | shared | {"label": scales.label(construct)})
    frame = pd.DataFrame(rows, columns=list(INTRANSIGENT))
    below = frame["estimate"] - frame["bar"]
    order = frame.assign(_item=frame["kind"] == "item", _below=below).sort_values(
        ["_item", "running", "_below", "key"], ascending=[True, False, True, True]
    )
    return order[list(INTRANSIGENT)].reset_index(drop=True)


def bar_on(survey: Survey, item: str, bar: float) -> float:
    """The bar on the scale of an item."""
    low, high = survey.items.loc[item, ["scale_min", "scale_max"]].astype(float)
    bottom, top = BAR_SCALE
    return float(low + (bar - bottom) / (top - bottom) * (high - low))


def _row(
    scored: pd.DataFrame, key: str, bar: float, series: Sequence[Wave]
) -> dict[str, Any] | None:
    """The last wave's mean and how many waves running it has been below the bar; None if it is not.

    A wave in which it was not asked ends the run: what was not measured cannot be called a problem.
    """
    run: list[tuple[Wave, pd.Series]] = []
    for wave in reversed(series):
        here = scored[scored["wave"] == wave.id]
        found = inference.mean(here[key].astype(float), here)
        if found.empty or not found.iloc[0]["estimate"] < bar:
            break
        run.append((wave, found.iloc[0]))
    if not run:
        return None
    now = run[0][1]
    highs = [row["ci_high"] for _, row in run]
    row = {name: now[name] for name in ("estimate", "ci_low", "ci_high", "n", "n_accounts", "note")}
    return row | {
        "bar": bar,
        "running": len(run),
        "since": run[-1][0].label,
        "best": max(row["estimate"] for _, row in run),
        "best_high": max(highs) if all(high == high for high in highs) else float("nan"),
        "sure": all(high < bar for high in highs),
        "n_least": min(row["n"] for _, row in run),
    }
