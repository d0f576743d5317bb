"""Charts that read as a list, one line per label: intervals, bars, a bridge, stacked shares."""

from typing import Any

from analysis.language import later, tr
from analysis.publish import numbers
from analysis.publish.charts.scale import Scale, label_of, scale, unit_of
from analysis.publish.charts.sheet import (
    ACCENT,
    DETRACTOR,
    INK,
    LIKERT,
    MUTED,
    PAPER,
    PASSIVE,
    PROMOTER,
    RULE,
    WARM,
    Sheet,
    plain,
    width_of,
    wrap,
)
from analysis.publish.results import Table

PHONE = 500  # narrower sheets carry their labels above the marks, not beside them
#: Groups without a meaning of their own; purple and this blue are one to a deuteranope.
SERIES = (ACCENT, WARM, INK, "#7f8894")
_MEANING = {
    later("detractor"): DETRACTOR,
    later("passive"): PASSIVE,
    later("passives"): PASSIVE,
    later("promoter"): PROMOTER,
    later("opponent"): LIKERT[0],
    later("stalker"): LIKERT[1],
    later("ambivalent"): LIKERT[2],
    later("rational"): LIKERT[3],
    later("ambassador"): LIKERT[4],
    later("silent"): PASSIVE,
    later("answered"): PROMOTER,
}
_SHADES = {1: (ACCENT,), 2: (PROMOTER, PASSIVE), 3: (DETRACTOR, PASSIVE, PROMOTER)}


def intervals(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw each estimate as a dot on its interval."""
    return _estimates(table, rows, width, zero=False)


def bars(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw each value as a bar from zero, with its interval if there is one."""
    return _estimates(table, rows, width, zero=True)


def _estimates(table: Table, rows: list[dict[str, Any]], width: float, zero: bool) -> Sheet:
    unit, phone = unit_of(table, "y"), width < PHONE
    groups = list(dict.fromkeys(plain(row["group"]) for row in rows if row.get("group")))
    series = groups if len({plain(row["label"]) for row in rows}) < len(rows) else []
    colors = {group: color_of(group, k, SERIES) for k, group in enumerate(series)}
    said = [_value(row, unit) for row in rows]
    right = 0 if phone else max(width_of(words) for words in said) + 12
    left = 0 if phone else min(max(width_of(plain(row["label"])) for row in rows) + 16, 300)
    ends = [row.get(part) for row in rows for part in ("y", "low", "high")]
    axis = scale([*ends, table.chart.reference], unit, left + 18, width - right - 18, zero=zero)
    steps = [_step(row["label"], words, width) for row, words in zip(rows, said, strict=True)]
    top = 26 * legend_rows(series, width) + 4 if series else 6
    heads = [] if series else groups
    foot = 42 if _axis_title(table) else 26
    sheet = Sheet(width, top + sum(steps) + 30 * len(heads) + foot)
    legend(sheet, series, [colors[group] for group in series])
    _grid(sheet, table, axis, top, sheet.height - foot + 2)
    y, group_seen = top, None
    for row, words, step in zip(rows, said, steps, strict=True):
        group = plain(row["group"]) if row.get("group") else None
        if heads and group != group_seen:
            sheet.text(0, y + 18, group or "", bold=True)
            y, group_seen = y + 30, group
        _label(sheet, row["label"], words, y, step, left)
        color = colors.get(group) or _emphasis(row)
        _mark(sheet, row, axis, y + (step - 14 if phone else step / 2), color, zero)
        y += step
    return sheet


def bridge(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw how one level becomes another: each change begins where the last one ended."""
    unit, phone = unit_of(table, "y"), width < PHONE
    said = [_said(row, unit) for row in rows]
    right = 0 if phone else max(width_of(words) for words in said) + 12
    left = 0 if phone else min(max(width_of(plain(row["label"])) for row in rows) + 16, 300)
    spans = _spans(rows)
    moved = [{**row, **span} for row, span in zip(rows, spans, strict=True)]
    ends = [row.get(part) for row in moved for part in ("start", "y", "low", "high")]
    axis = scale(ends, unit, left + 18, width - right - 18, zero=True)
    steps = [_step(row["label"], words, width) for row, words in zip(rows, said, strict=True)]
    top, foot = 6.0, 42 if _axis_title(table) else 26
    sheet = Sheet(width, top + sum(steps) + 6 + foot)
    _grid(sheet, table, axis, top, sheet.height - foot + 2)
    y, before = top, None
    for row, words, step in zip(moved, said, steps, strict=True):
        _label(sheet, row["label"], words, y, step, left)
        middle = y + (step - 14 if phone else step / 2)
        if before is not None and not row["level"]:  # tie the bar to the end of the one above
            sheet.line([axis.at(row["start"])] * 2, [before, middle], color=MUTED)
        color = MUTED if row["level"] else PROMOTER if row["y"] >= row["start"] else WARM
        start, end = sorted((axis.at(row["start"]), axis.at(row["y"])))
        sheet.box(start, middle - 7, max(end - start, 1), 14, color=color, pale=True)
        if row.get("low") is not None and row.get("high") is not None:
            sheet.line(
                [axis.at(row["low"]), axis.at(row["high"])], [middle] * 2, color=INK, width=1.6
            )
        before, y = middle, y + step
    return sheet


def _spans(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where each bar of a bridge starts and ends, and its interval at that place."""
    spans, at = [], 0.0
    for row in rows:
        level = _is_level(row)
        start = 0.0 if level else at
        at = start + row["y"]
        known = row.get("low") is not None and row.get("high") is not None
        ends = {end: start + row[end] if known else None for end in ("low", "high")}
        spans.append({"level": level, "start": start, "y": at, **ends})
    return spans


def _is_level(row: dict[str, Any]) -> bool:
    return row.get("group") in ("level", tr("level"))


def _said(row: dict[str, Any], unit: str) -> str:
    """A level as it is, a change with its sign; both with their interval."""
    value = numbers.show if _is_level(row) else numbers.signed
    if row.get("low") is None or row.get("high") is None:
        return value(row["y"], unit)
    return f"{value(row['y'], unit)}  ({numbers.interval(row['low'], row['high'], unit)})"


def _step(label: Any, words: str, width: float) -> float:
    """Height of a row; on a phone label and value share a line where they fit."""
    if width >= PHONE:
        return 32
    return 50 if width_of(plain(label)) + width_of(words) + 12 <= width else 68


def _mark(sheet: Sheet, row: dict, axis: Scale, y: float, color: str, bar: bool) -> None:
    known = row.get("low") is not None and row.get("high") is not None
    if bar:
        start, end = sorted((axis.at(0), axis.at(row["y"])))
        sheet.box(start, y - 7, end - start, 14, color=color, pale=known)
    if known:
        ends = [axis.at(row["low"]), axis.at(row["high"])]
        sheet.line(ends, [y, y], color=INK if bar else color, width=1.6 if bar else 2.6)
    if not bar:
        sheet.dot(axis.at(row["y"]), y, color=color, size=10)


def _label(sheet: Sheet, label: Any, words: str, y: float, step: float, left: float) -> None:
    if left:
        sheet.lines(0, y + step / 2, wrap(label, left - 8))
        sheet.text(sheet.width, y + step / 2, words, ha="right", color=MUTED)
    else:
        line = wrap(label, sheet.width, most=1)[0]
        # The axis' lines pass behind the words.
        sheet.box(0, y + 8, width_of(line) + 4, 18, color=PAPER)
        sheet.text(0, y + 17, line)
        long = width_of(words) + 4
        sheet.box(sheet.width - long, y + step - 42, long, 18, color=PAPER)
        sheet.text(sheet.width, y + step - 33, words, ha="right", color=MUTED)


def _value(row: dict[str, Any], unit: str) -> str:
    value = numbers.show(row["y"], unit)
    if row.get("low") is None or row.get("high") is None:
        return value
    return f"{value}  ({numbers.interval(row['low'], row['high'], unit)})"


def _emphasis(row: dict[str, Any]) -> str:
    """Colour of a row: the accent; where rows can be marked, the others step back."""
    return ACCENT if "highlight" not in row or marked(row) else MUTED


def marked(row: dict[str, Any]) -> bool:
    """Whether a row is to stand out; the column may hold yes and no in several ways."""
    return row.get("highlight") not in (None, False, 0, "", "no", tr("no"), "false")


def _axis_title(table: Table) -> str:
    title = table.chart.axis or label_of(table, "y")
    if table.chart.reference is None:
        return title
    value = numbers.show(table.chart.reference, unit_of(table, "y"))
    mark = ", ".join(filter(None, [table.chart.reference_label, value]))
    return tr("{title}; dashed: {mark}", title=title, mark=mark)


def _grid(sheet: Sheet, table: Table, axis: Scale, top: float, bottom: float) -> None:
    for mark in axis.ticks:
        x = axis.at(mark)
        sheet.line([x, x], [top, bottom], color=RULE)
        sheet.text(x, bottom + 12, axis.shown(mark), size=12, color=MUTED, ha="center")
    if axis.low < 0 and axis.high > 0:
        sheet.line([axis.at(0)] * 2, [top, bottom], color=MUTED)
    if table.chart.reference is not None:
        sheet.line([axis.at(table.chart.reference)] * 2, [top, bottom], color=INK, dash=True)
    if _axis_title(table):
        middle = (axis.start + axis.end) / 2
        room = 2 * min(middle, sheet.width - middle)
        title = wrap(_axis_title(table), room, 12, most=1)[0]
        sheet.text(middle, bottom + 31, title, size=12, color=MUTED, ha="center")


def stacked(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw shares of a whole side by side, one bar per label."""
    phone = width < PHONE
    keys = [key.strip() for key in table.chart.columns["parts"].split(",")]
    heading = {column.key: column.label for column in table.columns}
    unit = {column.key: column.unit for column in table.columns}
    names = [plain(heading.get(key, key)) for key in keys]
    shades = _SHADES.get(len(keys), LIKERT)
    colors = [color_of(name, k, shades) for k, name in enumerate(names)]
    left = 0 if phone else min(max(width_of(row["label"]) for row in rows) + 16, 290)
    top, step = 26 * legend_rows(names, width) + 8, (52 if phone else 40)
    sheet = Sheet(width, top + step * len(rows) + 4)
    legend(sheet, names, colors)
    for k, row in enumerate(rows):
        y = top + k * step
        if phone:
            sheet.text(0, y + 12, wrap(row["label"], width, most=1)[0])
            y += 22
        else:
            sheet.lines(0, y + 16, wrap(row["label"], left - 8))
            y += 3
        x, whole = left, sum(row["parts"]) or 1
        for part, color, key in zip(row["parts"], colors, keys, strict=True):
            share = (width - left) * part / whole
            sheet.box(x, y, share, 26, color=color)
            words = numbers.show(part, unit.get(key, "share"))
            if share > width_of(words, 12) + 8:
                sheet.text(x + share / 2, y + 13, words, size=12, color=on(color), ha="center")
            x += share
    return sheet


def legend(sheet: Sheet, names: list[str], colors: list[str]) -> None:
    """Say what each colour means, at the top of the sheet."""
    x, y = 0.0, 12.0
    for name, color in zip(names, colors, strict=True):
        room = width_of(name, 12) + 36
        if x and x + room > sheet.width:
            x, y = 0.0, y + 26
        sheet.box(x, y - 6, 12, 12, color=color)
        sheet.text(x + 18, y, wrap(name, sheet.width - 20, 12, most=1)[0], size=12)
        x += room


def legend_rows(names: list[str], width: float) -> int:
    """Count the rows that the legend takes, 26 pixels each."""
    x, rows = 0.0, 1
    for name in names:
        room = width_of(name, 12) + 36
        if x and x + room > width:
            x, rows = 0.0, rows + 1
        x += room
    return rows


def color_of(name: str, k: int, otherwise: tuple[str, ...]) -> str:
    """Colour of what a name means (a promoter is blue everywhere), or the k-th of a palette."""
    low = name.lower()
    known = (color for word, color in _MEANING.items() if word in low or tr(word) in low)
    return next(known, otherwise[k % len(otherwise)])


def on(color: str) -> str:
    """Return the ink that is read on a colour (WCAG luminance; both keep a contrast of 4.5)."""
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    light = sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#111111" if light > 0.18 else "#ffffff"
