"""Each chart of the report as a file of its own, for slides and documents: SVG and PNG."""

from pathlib import Path

from analysis.publish import charts, story, workbook
from analysis.publish.results import Report


@story.in_its_language
def write(report: Report, folder: Path) -> None:
    """Write every chart twice, named as its table's sheet in the workbook.

    Drawn from the rows that the page shows; a chart whose values are all hidden has no file. SVG
    bears the chart's description; the same report gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, _, table in workbook.tables(report):
        sheet = charts.drawing(table)
        if sheet is not None:
            stem = folder / name.replace(" ", "_")
            stem.with_name(stem.name + ".svg").write_bytes(sheet.file("svg", table.chart.alt))
            stem.with_name(stem.name + ".png").write_bytes(sheet.file("png", table.chart.alt))
