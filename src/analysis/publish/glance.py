"""What matters or moved on one table: how it scores, how it changed, how much goes with it.

Drawn from two tables that passed the wall, those of all scores and of what goes with the outcome;
what they hide is hidden here.
"""

from typing import Any

from analysis.language import tr
from analysis.publish.results import Column, Report, Table

#: Tables that it is made of, by key: all scores, and the ranking of drivers.
SCORES, WEIGHTS = "constructs", "importance"
#: Fewer themes than this are seen at a glance where they stand already.
LEAST = 3


def glance(report: Report) -> Table | None:
    """Score, change and weight of the themes that have a weight or clearly moved.

    Returns
    -------
    Table, the weightiest first; the other themes stand in the table of all scores. None where there
    are fewer than `LEAST` of them, or there is neither a change nor a weight.
    """
    scores, weights = report.find(SCORES), report.find(WEIGHTS)
    if not isinstance(scores, Table):
        return None
    weighed = {row["label"]: row for row in weights.rows} if isinstance(weights, Table) else {}
    rows = [_row(row, weighed.get(row["label"], {})) for row in scores.rows]
    rows = [row for row in rows if row["weight"] is not None or row["sure"]]
    if len(rows) < LEAST:
        return None
    moved = any(row["change"] is not None for row in rows)
    rows.sort(key=lambda row: (-(row["weight"] or 0), -(row["estimate"] or 0), row["label"]))
    waves = {row.get("change_since") for row in scores.rows if row.get("change") is not None}
    return Table(
        key="glance",
        title="What matters, how it scores, what moved",
        columns=tuple(_columns(scores, moved, waves, bool(weighed))),
        rows=tuple(rows),
        hidden=sum(row["estimate"] is None for row in rows),
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
        ]
        made += [column for column in scores.columns if column.key == "sure"]
    if weighed:
        made += [
            Column(key="weight", label="Weight", unit="share"),
            Column(key="weight_low", label="95% from", unit="share"),
            Column(key="weight_high", label="95% to", unit="share"),
        ]
    return [*made, Column(key="n", label="Answers", unit="count")]
