"""All themes on one table: how each scores, what moved, and how much of the outcome goes with it.

Drawn from two tables that passed the wall, those of all scores and of what goes with the outcome;
what they hide is hidden here.
"""

from typing import Any

from analysis.language import tr
from analysis.publish.results import Column, Report, Table

#: Tables that it is made of, by key: all scores, and the ranking of drivers.
SCORES, WEIGHTS = "constructs", "importance"
#: Fewer themes than this are seen at a glance where they stand.
LEAST = 3


def glance(report: Report) -> Table | None:
    """Score, change and weight of every theme, the weightiest first.

    Returns
    -------
    Table; None where there are fewer than `LEAST` themes, or neither a change nor a weight is
    known: it would say no more than the table of scores does.
    """
    scores, weights = report.find(SCORES), report.find(WEIGHTS)
    if not isinstance(scores, Table) or len(scores.rows) < LEAST:
        return None
    weighed = {row["label"]: row for row in weights.rows} if isinstance(weights, Table) else {}
    rows = [_row(row, weighed.get(row["label"], {})) for row in scores.rows]
    moved = any(row["change"] is not None for row in rows)
    if not moved and all(row["weight"] is None for row in rows):
        return None
    rows.sort(key=lambda row: (-(row["weight"] or 0), -(row["estimate"] or 0), row["label"]))
    waves = {row.get("change_since") for row in scores.rows if row.get("change") is not None}
    return Table(
        key="glance",
        title="What matters, how it scores, what moved",
        columns=tuple(_columns(scores, moved, waves, bool(weighed))),
        rows=tuple(rows),
        hidden=scores.hidden,
        minimum=scores.minimum,
        caveats=("Weight: share of what the drivers explain of the outcome.",) if weighed else (),
    )


def _row(score: dict[str, Any], weight: dict[str, Any]) -> dict[str, Any]:
    kept = ("label", "estimate", "ci_low", "ci_high", "n", "sure")
    kept += ("change", "change_low", "change_high")
    weighed = {"weight": "estimate", "weight_low": "ci_low", "weight_high": "ci_high"}
    return {key: score.get(key) for key in kept} | {
        key: weight.get(of) for key, of in weighed.items()
    }


def _columns(scores: Table, moved: bool, waves: set[Any], weighed: bool) -> list[Column]:
    unit = {column.key: column.unit for column in scores.columns}
    made = [
        Column(key="label", label="Theme"),
        Column(key="estimate", label="Score", unit=unit["estimate"]),
        Column(key="ci_low", label="95% from", unit=unit["estimate"]),
        Column(key="ci_high", label="95% to", unit=unit["estimate"]),
    ]
    if moved:
        since = tr("Change since {wave}", wave=waves.pop()) if len(waves) == 1 else tr("Change")
        made += [
            Column(key="change", label=since, unit="weight"),
            Column(key="change_low", label="95% from", unit="weight"),
            Column(key="change_high", label="95% to", unit="weight"),
            Column(key="sure", label="Clear change"),
        ]
    if weighed:
        made += [
            Column(key="weight", label="Weight", unit="share"),
            Column(key="weight_low", label="95% from", unit="share"),
            Column(key="weight_high", label="95% to", unit="share"),
        ]
    return [*made, Column(key="n", label="Answers", unit="count")]
