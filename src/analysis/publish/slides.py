"""The report as slides: a native chart or table on each, which PowerPoint can edit."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.language import tr
from analysis.publish import charts, numbers, story, tables, workbook
from analysis.publish.charts.sheet import PASSIVE, PROMOTER, plain
from analysis.publish.results import Report, Table

_MOST_ROWS = 12  # of a table on a slide; the rest is in the workbook
_SHARES = {"share": "0%", "points": "+0;-0;0"}


@story.in_its_language
def write(report: Report, file: Path) -> None:
    """Write `slides.pptx`: what to do, what was found, then a slide for every charted table.

    A slide's notes hold how many answers it rests on, its method and the chart's description.
    """
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    made = dt.datetime.combine(dt.date.fromisoformat(report.reported), dt.time())
    about = deck.core_properties
    about.author, about.title = "Rapport", plain(f"{report.name}, {report.wave_label}")
    about.created = about.modified = made
    first = story.first(report)
    title = tr("{name}: what to do first", name=report.name)
    _words(deck, title, [f"{a.do} {a.because}" for a, _ in first.advice])
    _words(deck, tr("What we found"), [lead.sentence for lead in first.leads])
    for _, chapter, table in workbook.tables(report):
        if table.chart is not None and charts.points(table):
            _exhibit(deck, chapter, table)
    beside = file.with_name(file.name + ".part")
    deck.save(str(beside))
    beside.replace(file)


def _blank(deck: Any, title: str) -> Any:
    from pptx.util import Inches, Pt

    slide = deck.slides.add_slide(deck.slide_layouts[5])
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = (Inches(x) for x in (0.6, 0.4, 12.1, 1.0))
    head.text_frame.text = plain(title)
    head.text_frame.paragraphs[0].font.size = Pt(28)
    return slide


def _words(deck: Any, title: str, lines: Sequence[str]) -> None:
    from pptx.util import Inches, Pt

    if not lines:
        return
    slide = _blank(deck, title)
    box = slide.shapes.add_textbox(*(Inches(x) for x in (0.8, 1.7, 11.7, 5.2))).text_frame
    box.word_wrap = True
    for k, line in enumerate(lines):
        paragraph = box.paragraphs[0] if k == 0 else box.add_paragraph()
        paragraph.text, paragraph.font.size, paragraph.space_after = plain(line), Pt(20), Pt(14)


def _exhibit(deck: Any, chapter: str, table: Table) -> None:
    from pptx.util import Inches

    slide = _blank(deck, f"{chapter}: {table.title}")
    place = [Inches(x) for x in (0.6, 1.5, 12.1, 5.6)]
    drawn = _chart(table)
    if drawn is None:
        _table(slide, table, place)
    else:
        kind, data, stacked = drawn
        _style(slide.shapes.add_chart(kind, *place, data).chart, table, stacked)
    notes = [story.base(table), table.chart.alt, table.method, *table.caveats]
    slide.notes_slide.notes_text_frame.text = "\n".join(plain(n) for n in notes if n)


def _chart(table: Table) -> tuple[Any, Any, bool] | None:
    """Kind, data and whether it is stacked; None for a picture that PowerPoint has no chart of."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    rows, kind, data = charts.points(table), table.chart.kind, CategoryChartData()
    if kind in ("intervals", "bars"):
        unit = _unit(table, "y")
        ends = [numbers.interval(row.get("low"), row.get("high"), unit) for row in rows]
        data.categories = [
            f"{plain(row['label'])} ({end})" if end != numbers.HIDDEN else plain(row["label"])
            for row, end in zip(rows, ends, strict=True)
        ]
        data.add_series(plain(table.title), [row["y"] for row in rows])
        return XL_CHART_TYPE.BAR_CLUSTERED, data, False
    if kind == "stacked":
        keys = [key.strip() for key in table.chart.columns["parts"].split(",")]
        heads = {column.key: column.label for column in table.columns}
        data.categories = [plain(row["label"]) for row in rows]
        for k, key in enumerate(keys):
            data.add_series(plain(heads[key]), [row["parts"][k] for row in rows])
        return XL_CHART_TYPE.BAR_STACKED_100, data, True
    if kind in ("trend", "multiples"):
        of = "group" if kind == "trend" else "label"
        waves = list(dict.fromkeys(plain(row["x"]) for row in rows))
        data.categories = waves
        for name in dict.fromkeys(plain(row.get(of) or table.title) for row in rows):
            own = {plain(r["x"]): r["y"] for r in rows if plain(r.get(of) or table.title) == name}
            data.add_series(name, [own.get(wave) for wave in waves])
        return XL_CHART_TYPE.LINE_MARKERS, data, False
    return None


def _style(chart: Any, table: Table, stacked: bool) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    several = len(chart.plots[0].series) > 1
    chart.font.size, chart.has_title, chart.has_legend = Pt(12), False, several
    if several:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    else:
        fill = chart.plots[0].series[0].format.fill
        if table.chart.kind in ("intervals", "bars"):
            fill.solid()
            fill.fore_color.rgb = RGBColor.from_string(PROMOTER.lstrip("#").upper())
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(
        PASSIVE.lstrip("#").upper()
    )
    chart.value_axis.has_major_gridlines = not stacked
    form = _SHARES.get(_unit(table, "y"), "General")
    chart.value_axis.tick_labels.number_format = "0%" if stacked else form
    chart.value_axis.tick_labels.number_format_is_linked = False
    if table.chart.kind in ("intervals", "bars", "stacked"):
        chart.category_axis.reverse_order = True  # the first row on top


def _table(slide: Any, table: Table, place: list[Any]) -> None:
    from pptx.util import Pt

    printed = tables.printed(table)
    rows = min(len(table.rows), _MOST_ROWS)
    grid = slide.shapes.add_table(rows + 1, len(printed), *place).table
    for k, (heading, _, cells) in enumerate(printed):
        for line, words in enumerate([heading, *cells[:rows]]):
            frame = grid.cell(line, k).text_frame
            frame.text = plain(words)
            frame.paragraphs[0].font.size = Pt(12)


def _unit(table: Table, part: str) -> str:
    key = table.chart.columns.get(part)
    return next((column.unit for column in table.columns if column.key == key), "text")
