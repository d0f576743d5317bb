"""Charts with two axes: a trend over waves, and a map of importance against performance."""

from typing import Any

from analysis.publish import numbers
from analysis.publish.charts.lists import PHONE, SERIES, color_of, legend, legend_rows, marked
from analysis.publish.charts.scale import Scale, label_of, scale, unit_of
from analysis.publish.charts.sheet import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    Sheet,
    plain,
    width_of,
    wrap,
)
from analysis.publish.results import Table

Box = tuple[float, float, float, float]  # left, top, right, bottom


def trend(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw a value over waves, each point on its interval; one line per group."""
    unit, phone = unit_of(table, "y"), width < PHONE
    groups = list(dict.fromkeys(plain(row.get("group") or "") for row in rows))
    waves = list(dict.fromkeys(plain(row["x"]) for row in rows))
    named = [group for group in groups if group]
    above = 26 * legend_rows(named, width) + 6 if len(named) > 1 else 0
    height = (260 if phone else 300) + above
    sheet = Sheet(width, height)
    top, bottom = above + 16, height - 34
    ends = [row.get(part) for row in rows for part in ("y", "low", "high")]
    axis = scale([*ends, table.chart.reference], unit, bottom, top)
    left = max(width_of(axis.shown(mark), 12) for mark in axis.ticks) + 14
    colors = {group: color_of(group, k, SERIES) for k, group in enumerate(groups)}
    if above:
        legend(sheet, named, [colors[group] for group in named])
    for mark in axis.ticks:
        color = MUTED if mark == 0 and axis.low < 0 else RULE
        sheet.line([left, width], [axis.at(mark)] * 2, color=color)
        sheet.text(left - 10, axis.at(mark), axis.shown(mark), size=12, color=MUTED, ha="right")
    if table.chart.reference is not None:
        y = axis.at(table.chart.reference)
        sheet.line([left, width], [y, y], color=INK, dash=True)
        words = table.chart.reference_label
        sheet.text(left + 4, y - 9, wrap(words, width - left, 12, most=1)[0], size=12, color=MUTED)
    room = (width - left) / len(waves)
    at = {wave: left + room * (k + 0.5) for k, wave in enumerate(waves)}
    for wave, x in at.items():
        for k, line in enumerate(wrap(wave, room - 6, 12)):
            sheet.text(x, bottom + 12 + 15 * k, line, size=12, color=MUTED, ha="center")
    for k, group in enumerate(groups):
        shift = 10 * (k - (len(groups) - 1) / 2)  # side by side, so that no interval hides another
        members = [row for row in rows if plain(row.get("group") or "") == group]
        _series(sheet, members, axis, at, shift, colors[group], say=len(groups) == 1)
    return sheet


def _series(
    sheet: Sheet,
    rows: list[dict],
    axis: Scale,
    at: dict[str, float],
    shift: float,
    color: str,
    say: bool,
) -> None:
    xs = [at[plain(row["x"])] + shift for row in rows]
    ys = [axis.at(row["y"]) for row in rows]
    sheet.line(xs, ys, color=color, width=1.4)
    for row, x, y in zip(rows, xs, ys, strict=True):
        if row.get("low") is not None and row.get("high") is not None:
            sheet.line([x, x], [axis.at(row["low"]), axis.at(row["high"])], color=color, width=2.6)
        sheet.dot(x, y, color=color, size=10)
    for k, row in enumerate(rows if say else []):
        # Beside the line to the next point, never on it.
        ahead = ys[k + 1] - ys[k] if k + 1 < len(rows) else 0
        away = 0 if not ahead else 12 if ahead < 0 else -12
        sheet.text(xs[k] + 9, ys[k] + away, numbers.show(row["y"], axis.unit), bold=True)


def importance(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw labelled points; two lines cross at the means. A phone gets numbers and a key."""
    phone = width < PHONE
    names = [plain(row["label"]) for row in rows]
    key = [wrap(f"{k}  {name}", width - 8, most=1)[0] for k, name in enumerate(names, start=1)]
    plot = 300 if phone else 400
    sheet = Sheet(width, plot + (22 * len(rows) + 8 if phone else 0))
    across, up = unit_of(table, "x"), unit_of(table, "y")
    y_axis = scale([row["y"] for row in rows], up, plot - 52, 30, ticks=4)
    left = max(width_of(y_axis.shown(mark), 12) for mark in y_axis.ticks) + 14
    x_axis = scale([row["x"] for row in rows], across, left + 14, width - 18, ticks=4)
    _frame(sheet, table, x_axis, y_axis, left)
    _crosshair(sheet, rows, x_axis, y_axis, left)
    if table.chart.axis:  # what the upper left corner means
        sheet.text(left + 8, 32, table.chart.axis, size=12, color=MUTED)
    spots = [(x_axis.at(row["x"]), y_axis.at(row["y"])) for row in rows]
    for (x, y), row in zip(spots, rows, strict=True):
        color = ACCENT if "highlight" not in row or marked(row) else MUTED
        sheet.dot(x, y, color=color, size=11)
    said = [str(k) for k in range(1, len(rows) + 1)] if phone else names
    for words, (x, y) in zip(said, place(said, spots, (left, 22, width, plot - 44)), strict=True):
        sheet.text(x, y, words, size=13)
    for k, words in enumerate(key if phone else []):
        sheet.text(4, plot + 14 + 22 * k, words)
    return sheet


def _frame(sheet: Sheet, table: Table, x_axis: Scale, y_axis: Scale, left: float) -> None:
    bottom = y_axis.start
    sheet.line([left, left, sheet.width], [y_axis.end - 10, bottom + 8, bottom + 8], color=RULE)
    for mark in x_axis.ticks:
        words = x_axis.shown(mark)
        sheet.text(x_axis.at(mark), bottom + 20, words, size=12, color=MUTED, ha="center")
    for mark in y_axis.ticks:
        words = y_axis.shown(mark)
        sheet.text(left - 10, y_axis.at(mark), words, size=12, color=MUTED, ha="right")
    title = wrap(f"{label_of(table, 'x')} →", sheet.width - left, 12, most=1)[0]
    sheet.text(sheet.width, bottom + 40, title, size=12, color=MUTED, ha="right")
    title = wrap(f"↑ {label_of(table, 'y')}", sheet.width, 12, most=1)[0]
    sheet.text(0, 8, title, size=12, color=MUTED)


def _crosshair(sheet: Sheet, rows: list[dict], x_axis: Scale, y_axis: Scale, left: float) -> None:
    mean_x = x_axis.at(sum(row["x"] for row in rows) / len(rows))
    mean_y = y_axis.at(sum(row["y"] for row in rows) / len(rows))
    sheet.line([mean_x, mean_x], [y_axis.end - 10, y_axis.start + 8], color=MUTED, dash=True)
    sheet.line([left, sheet.width], [mean_y, mean_y], color=MUTED, dash=True)


def place(
    names: list[str], spots: list[tuple[float, float]], room: Box, size: float = 13
) -> list[tuple[float, float]]:
    """Find for each label a place beside its point where it covers no other label or point.

    Returns
    -------
    For each label, x of its left end and y of its middle.
    """
    taken: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in spots]
    places = []
    for k, (name, (x, y)) in enumerate(zip(names, spots, strict=True)):
        long, half = width_of(name, size), size * 0.6
        choices = [
            (x + 10, y),
            (x - 10 - long, y),
            (x - long / 2, y - 17),
            (x - long / 2, y + 17),
            (x + 6, y - 16),
            (x + 6, y + 16),
            (x - 6 - long, y - 16),
            (x - 6 - long, y + 16),
            (x - long / 2, y - 32),
            (x - long / 2, y + 32),
        ]
        others = taken[:k] + taken[k + 1 :]

        def cost(spot: tuple[float, float], long=long, half=half, others=others) -> float:
            box = (spot[0], spot[1] - half, spot[0] + long, spot[1] + half)
            return sum(overlap(box, other) for other in others) + 3 * outside(box, room)

        best = min(choices, key=cost)
        taken.append((best[0], best[1] - half, best[0] + long, best[1] + half))
        places.append(best)
    return places


def overlap(a: Box, b: Box) -> float:
    """Area that two boxes share.

    Examples
    --------
    >>> overlap((0, 0, 2, 2), (1, 1, 3, 3))
    1
    """
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across * down if across > 0 and down > 0 else 0


def outside(box: Box, room: Box) -> float:
    """Area of a box that lies outside the room."""
    return (box[2] - box[0]) * (box[3] - box[1]) - overlap(box, room)
