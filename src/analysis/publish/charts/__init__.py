"""A table's chart as SVG in the page: one drawing for a screen, one for a phone.

Drawn from the rows of a `results.Table` alone, so a chart never shows what its table hides. Rows
whose value is masked are left out.
"""

from typing import Any

from markupsafe import Markup

from analysis.publish.charts import grids, lists, panels, paths, planes
from analysis.publish.charts.sheet import Sheet, plain
from analysis.publish.results import Table

WIDE, NARROW = 820, 340

_DRAW = {
    "trend": planes.trend,
    "map": planes.importance,
    "intervals": lists.intervals,
    "bars": lists.bars,
    "bridge": lists.bridge,
    "matrix": grids.matrix,
    "multiples": panels.multiples,
    "stacked": lists.stacked,
    "paths": paths.paths,
}


def svg(table: Table, id: str) -> Markup:
    """Draw a table's chart twice, for a wide and a narrow page; CSS shows the one that fits.

    Parameters
    ----------
    table : with a `chart`.
    id : letters, digits and "-", unique in the page.

    Returns
    -------
    Two `<svg>` elements, or nothing when the table has no chart or all its values are masked.
    """
    drawn = ((css, drawing(table, width)) for css, width in (("wide", WIDE), ("narrow", NARROW)))
    # Trusted: made by matplotlib from text nodes, and serialised by ElementTree, which escapes.
    return Markup("").join(
        Markup(one.svg(f"{id}-{css}", table.chart.alt, css)) for css, one in drawn if one
    )


def drawing(table: Table, width: int = WIDE) -> Sheet | None:
    """Draw a table's chart; None when it has no chart or all its values are masked."""
    rows = points(table) if table.chart else []
    return _DRAW[table.chart.kind](table, rows, width) if rows else None


def points(table: Table) -> list[dict[str, Any]]:
    """Rows as the chart reads them: its parts (label, y, low, ...) -> value; masked rows left out.

    Examples
    --------
    >>> from analysis.publish import results
    >>> chart = results.Chart(kind="bars", columns={"label": "who", "y": "share"}, alt="")
    >>> rows = ({"who": "Users", "share": 0.4}, {"who": "Buyers", "share": None})
    >>> points(results.Table(key="k", title="", columns=(), rows=rows, chart=chart))
    [{'label': 'Users', 'y': 0.4}]
    """
    columns = {part: key for part, key in table.chart.columns.items() if key}
    if table.chart.kind == "stacked":
        keys = tuple(key.strip() for key in columns["parts"].split(","))
        rows = [
            {"label": plain(row[columns["label"]]), "parts": [row[key] for key in keys]}
            for row in table.rows
        ]
        return [row for row in rows if all(part is not None for part in row["parts"])]
    rows = [{part: row[key] for part, key in columns.items()} for row in table.rows]
    if table.chart.kind == "matrix":  # a hidden field keeps its place
        return rows if any(row["y"] is not None for row in rows) else []
    needed = ["x", "y"] if table.chart.kind == "map" else ["y"]
    shown = [row for row in rows if all(row[part] is not None for part in needed)]
    broken = table.chart.kind == "bridge" and len(shown) < len(rows)
    return [] if broken else shown
