"""A table of results as HTML, set by great_tables and styled by the page.

great_tables escapes cells and writes the same bytes for the same `id`; its own style sheet (8 kB a
table) is left out. `fmt_markdown` is not used: it would not escape. Headings are escaped here:
great_tables would read `{{...}}` in one as a unit of measurement and set it as HTML.
"""

import re
import warnings
from typing import Any

from markupsafe import Markup, escape

from analysis.language import later, tr
from analysis.publish import numbers
from analysis.publish.results import Column, Table

INTERVAL = later("95% interval")

_RIGHT = {"count", "points", "score", "share", "weight", "r", "p", "days"}


def html(table: Table, id: str) -> Markup:
    """Set a table: numbers printed alike, an interval in one column, hidden cells as a dash.

    Parameters
    ----------
    id : letters, digits and "-", unique in the page.

    Examples
    --------
    >>> column = Column(key="who", label="Who")
    >>> t = Table(key="k", title="", columns=(column,), rows=({"who": "A & <B>"},))
    >>> "A &amp; &lt;B&gt;" in html(t, "t1")
    True
    """
    import pyarrow
    from great_tables import GT

    columns = printed(table)
    # Own names: great_tables makes element ids of the column names.
    names = [f"c{k}" for k in range(len(columns))]
    # great_tables fills a frame cell by cell, which takes pandas three times as long.
    frame = pyarrow.table(
        {
            name: pyarrow.array(cells, pyarrow.string())
            for name, (_, _, cells) in zip(names, columns, strict=True)
        }
    )
    stub = names[0] if len(names) > 1 and not columns[0][1] else None
    right = [name for name, (_, is_number, _) in zip(names, columns, strict=True) if is_number]
    left = [name for name in names if name not in right and name != stub]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PyArrow Table support")
        gt = GT(frame, id=id, rowname_col=stub).cols_label(
            {name: _head(heading) for name, (heading, _, _) in zip(names, columns, strict=True)}
        )
        if stub:
            gt = gt.tab_stubhead(_head(columns[0][0]))
        if right:
            gt = gt.cols_align("right", columns=right)
        if left:
            gt = gt.cols_align("left", columns=left)
        made = gt.as_raw_html()
    # Trusted: great_tables has escaped all text; only its wrapper and style sheet are cut off.
    return Markup(re.sub(r' data-quarto-[a-z-]+="false"', "", made[_start(made) : _end(made)]))


def printed(table: Table) -> list[tuple[str, bool, list[str]]]:
    """Columns as they are read: heading, whether it holds numbers, and the text of each cell.

    A pair of columns `…low` and `…high` becomes one column with the interval.
    """
    keys = {column.key: column for column in table.columns}
    made = []
    for column in table.columns:
        stem = column.key.removesuffix("high")
        if stem not in ("", column.key) and f"{stem}low" in keys:
            continue
        stem = column.key.removesuffix("low")
        if stem not in ("", column.key) and f"{stem}high" in keys:
            cells = [_interval(row, column, f"{stem}high") for row in table.rows]
            made.append((_heading(stem, column, keys), True, cells))
        else:
            cells = [numbers.show(row.get(column.key), column.unit) for row in table.rows]
            made.append((column.label, column.unit in _RIGHT, cells))
    return made


def _interval(row: dict[str, Any], low: Column, high: str) -> str:
    return numbers.interval(row.get(low.key), row.get(high), low.unit)


def _head(heading: str) -> Any:
    """Return a heading that is text and nothing else."""
    from great_tables import html as trusted

    return trusted(str(escape(heading)).replace("{", "&#123;"))


def _heading(stem: str, low: Column, keys: dict[str, Column]) -> str:
    """Heading of a joined interval: plain for the estimate's, else with what it belongs to."""
    if stem == "ci_":
        return tr(INTERVAL)
    owner = keys.get(stem.removesuffix("_"))
    return f"{owner.label}, {tr(INTERVAL)}" if owner else tr(INTERVAL)


def _start(made: str) -> int:
    return made.index("<table", made.index("</style>"))


def _end(made: str) -> int:
    return made.rindex("</table>") + len("</table>")
