"""A grid of shares: where those of each row are found among the columns."""

from typing import Any

from analysis.publish import numbers
from analysis.publish.charts.lists import PHONE, on
from analysis.publish.charts.scale import label_of, unit_of
from analysis.publish.charts.sheet import MUTED, PAPER, RULE, Sheet, plain, width_of, wrap
from analysis.publish.results import Table

#: Shades from none to all; the darkest still carries white letters.
_SHADES = ("#eef3f8", "#cfe0ee", "#9fc3df", "#5b97c6", "#0b5fa5")


def matrix(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw each share as a shaded field; a phone gets narrower fields and no title to the side."""
    phone = width < PHONE
    unit, size = unit_of(table, "y"), 11 if phone else 12
    down = list(dict.fromkeys(plain(row["label"]) for row in rows))
    across = list(dict.fromkeys(plain(row["x"]) for row in rows))
    share = {(plain(row["label"]), plain(row["x"])): row["y"] for row in rows}
    most = 96 if phone else 220
    left = min(max(width_of(name, size) for name in down) + 10, most)
    room = min((width - left) / len(across), 130)
    heads = {name: wrap(name, room - 6, size) for name in across}
    top = 24 + 15 * max(len(lines) for lines in heads.values())
    step = 40.0
    sheet = Sheet(width, top + step * len(down) + 8)
    title = f"{label_of(table, 'x')} →"
    sheet.text(left + 2, 8, wrap(title, width - left, 12, most=1)[0], size=12, color=MUTED)
    for k, name in enumerate(across):
        middle = left + room * (k + 0.5)
        sheet.lines(middle, (top + 14) / 2, heads[name], size=size, ha="center")
    for r, name in enumerate(down):
        y = top + step * r
        sheet.lines(0, y + step / 2, wrap(name, left - 8, size), size=size)
        for k, column in enumerate(across):
            _field(sheet, share.get((name, column)), (left + room * k, y, room, step), unit, size)
    return sheet


def _field(
    sheet: Sheet, value: Any, box: tuple[float, float, float, float], unit: str, size: float
) -> None:
    """One field; what is hidden is an empty frame with a dash."""
    x, y, wide, high = box
    if value is None:
        sheet.box(x + 1, y + 1, wide - 2, high - 2, color=PAPER, rim=RULE)
        sheet.text(x + wide / 2, y + high / 2, numbers.HIDDEN, size=size, color=MUTED, ha="center")
        return
    shade = _SHADES[min(int(value * len(_SHADES)), len(_SHADES) - 1)]
    sheet.box(x + 1, y + 1, wide - 2, high - 2, color=shade)
    words = numbers.show(value, unit)
    sheet.text(x + wide / 2, y + high / 2, words, size=size, color=on(shade), ha="center")
