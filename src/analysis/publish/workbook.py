"""The report's tables as a workbook and as CSV: the same rows, behind the same mask, as the page.

Text is written as text and never read: a cell that begins with "=" or looks like a link stays what
somebody typed. The same report gives the same bytes.
"""

import csv
import datetime as dt
import re
from pathlib import Path
from typing import Any

from analysis.language import tr
from analysis.publish import numbers, story
from analysis.publish.results import CHAPTERS, Report, Table

HIDDEN = "–"  # a cell that is hidden, or that the data do not fill

#: How Excel prints a unit; the value below it stays exact.
_FORMATS = {
    "count": "#,##0",
    "points": "+0.0;-0.0;0.0",
    "score": "0.00",
    "share": "0.0%",
    "weight": "0.00",
    "r": "0.00",
    "p": "0.000",
    "days": "0",
}
_AS_TYPED = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")  # a spreadsheet takes these for a command
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDEST = 60  # characters


def tables(report: Report) -> list[tuple[str, str, Table]]:
    """The report's tables in reading order: name of the sheet, title of the chapter, table.

    Examples
    --------
    >>> tables(Report(client="c", name="C", wave="1", wave_label="1", reported="2026-01-01",
    ...               waves=("1",), chapters=()))
    []
    """
    found = []
    for number, (id, (title, _)) in enumerate(CHAPTERS.items(), start=1):
        chapter = report.chapter(id)
        blocks = story.for_client(chapter).blocks if chapter else ()
        kept = [block for block in blocks if isinstance(block, Table)]
        # Keys are ours, never a client's text.
        found += [(f"{number}.{k} {t.key}"[:31], tr(title), t) for k, t in enumerate(kept, start=1)]
    return found


@story.in_its_language
def write(report: Report, file: Path) -> None:
    """Write `tables.xlsx`: a sheet of contents, then a sheet for each table."""
    import xlsxwriter

    beside = file.with_name(file.name + ".part")
    book = xlsxwriter.Workbook(str(beside), _AS_TYPED)
    made = dt.datetime.combine(dt.date.fromisoformat(report.reported), dt.time())
    book.set_properties({"title": _text(f"{report.name}, {report.wave_label}"), "created": made})
    looks = {unit: book.add_format({"num_format": how}) for unit, how in _FORMATS.items()}
    looks |= {"head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1})}
    looks |= {"title": book.add_format({"bold": True, "font_size": 14})}
    listed = tables(report)
    _contents(book, report, listed, looks)
    for name, _, table in listed:
        _sheet(book.add_worksheet(name), table, looks)
    book.close()
    beside.replace(file)


@story.in_its_language
def write_csv(report: Report, folder: Path) -> None:
    """Write each table as CSV (UTF-8), ready for a spreadsheet that obeys what it reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, _, table in tables(report):
        with (folder / f"{name.replace(' ', '_')}.csv").open(
            "w", newline="", encoding="utf-8"
        ) as to:
            lines = csv.writer(to)
            lines.writerow([_inert(column.label) for column in table.columns])
            for row in table.rows:
                lines.writerow([_inert(row.get(column.key)) for column in table.columns])


def _contents(book: Any, report: Report, listed: list[tuple[str, str, Table]], looks: Any) -> None:
    sheet = book.add_worksheet(tr("Contents"))
    sheet.write_string(0, 0, _text(f"{report.name}, {report.wave_label}"), looks["title"])
    said = tr(
        "Reported {date}. {dash}: hidden, as too few answers stand behind it, or not there.",
        date=numbers.date(report.reported),
        dash=HIDDEN,
    )
    sheet.write_string(1, 0, said)
    heads = (
        tr("Sheet"),
        tr("Chapter"),
        tr("Table"),
        tr("Answers"),
        tr("Smallest base shown"),
        tr("Rows hidden"),
    )
    for k, head in enumerate(heads):
        sheet.write_string(3, k, head, looks["head"])
    for line, (name, chapter, table) in enumerate(listed, start=4):
        hidden = str(table.hidden) if table.minimum else ""
        said = (name, chapter, table.title, story.base(table), str(table.minimum or ""), hidden)
        for k, words in enumerate(said):
            sheet.write_string(line, k, _text(words))
    for k, width in enumerate((30, 24, 60, 20, 20, 12)):
        sheet.set_column(k, k, width)
    sheet.freeze_panes(4, 0)


def _sheet(sheet: Any, table: Table, looks: Any) -> None:
    sheet.write_string(0, 0, _text(table.title), looks["title"])
    top = 2
    for k, column in enumerate(table.columns):
        sheet.write_string(top, k, _text(column.label), looks["head"])
        words = [numbers.show(row.get(column.key), column.unit) for row in table.rows]
        longest = max((len(w) for w in (column.label[:24], *words)), default=8)
        sheet.set_column(k, k, min(longest + 2, _WIDEST))
    for line, row in enumerate(table.rows, start=top + 1):
        for k, column in enumerate(table.columns):
            value = row.get(column.key)
            if value is None:
                sheet.write_string(line, k, HIDDEN)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(line, k, value, looks.get(column.unit))
            else:
                sheet.write_string(line, k, _text(value))
    end = top + len(table.rows) + 2
    notes = [story.base(table), table.method, *table.caveats]
    if table.hidden:
        notes.append(
            tr(
                "Hidden rows: {n}, with fewer than {least} answers or beside one that has.",
                n=table.hidden,
                least=table.minimum,
            )
        )
    for line, words in enumerate(filter(None, notes), start=end):
        sheet.write_string(line, 0, _text(words))
    sheet.freeze_panes(top + 1, 1)


def _text(value: Any) -> str:
    """Text that XML can hold, no longer than a cell."""
    return _NOT_XML.sub("", str(value))[:32_000]


def _inert(value: Any) -> Any:
    """A value that no spreadsheet takes for a command when it opens a CSV.

    >>> _inert("=1+1"), _inert(-3.5), _inert(None)
    ("'=1+1", -3.5, '')
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    words = _text(value)
    return f"'{words}" if words.lstrip(" \u00a0\ufeff").startswith(_ACTS) else words
