"""Small multiples: the same little trend for each thing, on one scale, so that they compare."""

from typing import Any

from analysis.publish import numbers
from analysis.publish.charts.lists import PHONE, marked
from analysis.publish.charts.scale import Scale, scale, unit_of
from analysis.publish.charts.sheet import ACCENT, MUTED, RULE, Sheet, plain, wrap
from analysis.publish.results import Table

_ACROSS, _ACROSS_PHONE = 4, 2
_HEAD, _PLOT, _FOOT, _GAP = 36, 84, 24, 18


def multiples(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw a panel for each label: its value over waves on its intervals.

    A panel whose row is highlighted is drawn in colour, the others in grey. All panels share one
    vertical scale; the last value is printed.
    """
    names = list(dict.fromkeys(plain(row["label"]) for row in rows))
    waves = list(dict.fromkeys(plain(row["x"]) for row in rows))
    across = min(_ACROSS_PHONE if width < PHONE else _ACROSS, len(names))
    down = -(-len(names) // across)
    high = _HEAD + _PLOT + _FOOT
    sheet = Sheet(width, down * (high + _GAP))
    unit = unit_of(table, "y")
    ends = [row.get(part) for row in rows for part in ("y", "low", "high")]
    room = (width - _GAP * (across - 1)) / across
    for k, name in enumerate(names):
        left, top = (k % across) * (room + _GAP), (k // across) * (high + _GAP)
        axis = scale(ends, unit, top + _HEAD + _PLOT, top + _HEAD, ticks=3)
        own = [row for row in rows if plain(row["label"]) == name]
        _panel(sheet, name, own, waves, axis, (left, top, room))
    return sheet


def _panel(
    sheet: Sheet,
    name: str,
    rows: list[dict],
    waves: list[str],
    axis: Scale,
    box: tuple[float, float, float],
) -> None:
    left, top, room = box
    color = ACCENT if any(marked(row) for row in rows) else MUTED
    sheet.lines(left, top + 15, wrap(name, room, 12, most=2), size=12, bold=color == ACCENT)
    for mark in (axis.ticks[0], axis.ticks[-1]):
        sheet.line([left, left + room], [axis.at(mark)] * 2, color=RULE)
    step = (room - 44) / max(len(waves) - 1, 1)
    at = {wave: left + 8 + step * k for k, wave in enumerate(waves)}
    shown = [(at[plain(row["x"])], row) for row in rows]
    sheet.line([x for x, _ in shown], [axis.at(row["y"]) for _, row in shown], color=color)
    for x, row in shown:
        if row.get("low") is not None and row.get("high") is not None:
            sheet.line([x, x], [axis.at(row["low"]), axis.at(row["high"])], color=color, width=2.2)
        sheet.dot(x, axis.at(row["y"]), color=color, size=7)
    x, last = shown[-1]
    sheet.text(x + 8, axis.at(last["y"]), numbers.show(last["y"], axis.unit), size=12, bold=True)
    foot = axis.start + 13
    ends = list(dict.fromkeys([waves[0], waves[-1]]))
    sheet.text(left, foot, wrap(ends[0], room / 2, 11, most=1)[0], size=11, color=MUTED)
    if len(ends) > 1:
        words = wrap(ends[1], room / 2, 11, most=1)[0]
        sheet.text(left + room, foot, words, size=11, color=MUTED, ha="right")
