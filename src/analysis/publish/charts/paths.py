"""The path diagram: what leads to trust and commitment, and what these lead to."""

import math
from typing import Any

from analysis.publish import numbers
from analysis.publish.charts import lists
from analysis.publish.charts.planes import Box, overlap
from analysis.publish.charts.scale import unit_of
from analysis.publish.charts.sheet import ACCENT, MUTED, PAPER, WARM, Sheet, plain, width_of, wrap
from analysis.publish.results import Table

NODE_WIDTH, NODE_HEIGHT, STEP, FOOT = 168, 44, 66, 34

Node = tuple[float, float, bool]  # x and y of the middle; whether it is an ellipse


def paths(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw constructs in columns with arrows between them; on a phone, the paths as a list."""
    rows = [{**row, "source": plain(row["source"]), "target": plain(row["target"])} for row in rows]
    apart = [row for row in rows if row["source"] != row["target"]]
    if width < lists.PHONE or not apart:
        named = [{**row, "label": f"{row['source']} → {row['target']}"} for row in rows]
        return lists.intervals(table, named, width)
    rows = apart
    nodes = columns(rows, width)
    height = max(y for _, y, _ in nodes.values()) + NODE_HEIGHT / 2 + 10
    sheet = Sheet(width, height + FOOT)
    taken = [_around(node) for node in nodes.values()]
    marks = []
    for row in rows:
        bend = _draw_path(sheet, row, nodes)
        marks.append((row, bend))
    unit = unit_of(table, "y")
    for row, bend in marks:
        words = numbers.show(row["y"], unit)
        x, y = _spot(words, nodes[row["source"]], nodes[row["target"]], bend, taken)
        half = width_of(words, 12) / 2
        taken.append((x - half - 3, y - 8, x + half + 3, y + 8))
        sheet.box(x - half - 2, y - 8, 2 * half + 4, 16, color=PAPER)
        sheet.text(x, y, words, size=12, bold=not open_(row), ha="center")
    for name, (x, y, is_ellipse) in nodes.items():
        if is_ellipse:
            sheet.ellipse(x, y, NODE_WIDTH, NODE_HEIGHT + 14, rim=ACCENT)
        else:
            sheet.box(
                x - NODE_WIDTH / 2,
                y - NODE_HEIGHT / 2,
                NODE_WIDTH,
                NODE_HEIGHT,
                color=PAPER,
                rim=MUTED,
            )
        sheet.lines(x, y, wrap(name, NODE_WIDTH - 20, 13), size=13, ha="center", bold=is_ellipse)
    _foot(sheet, rows, height + 20)
    return sheet


def columns(rows: list[dict[str, Any]], width: float) -> dict[str, Node]:
    """Place each construct: left what only leads, middle what does both, right what only follows.

    Within the middle, what follows stands above what leads, as Morgan and Hunt (1994) draw it.
    """
    sources = list(dict.fromkeys(row["source"] for row in rows))
    targets = list(dict.fromkeys(row["target"] for row in rows))
    middle = _uphill([name for name in sources if name in targets], rows)
    left = [name for name in sources if name not in targets]
    right = [name for name in targets if name not in sources]
    tallest = max(len(left), len(right), 2 * len(middle) - 1, 1)
    height = tallest * STEP
    xs = (NODE_WIDTH / 2 + 1, width / 2, width - NODE_WIDTH / 2 - 1)
    if not middle:
        xs = (width * 0.2, width / 2, width * 0.8)
    nodes: dict[str, Node] = {}
    for k, name in enumerate(middle):
        share = 0.5 if len(middle) == 1 else 0.16 + 0.68 * k / (len(middle) - 1)
        nodes[name] = (xs[1], 6 + height * share, True)

    def pull(name: str) -> float:
        ends = [row["target"] for row in rows if row["source"] == name]
        ends += [row["source"] for row in rows if row["target"] == name]
        known = [nodes[end][1] for end in ends if end in nodes]
        return sum(known) / len(known) if known else 0

    for x, names in ((xs[0], left), (xs[2], right)):
        for k, name in enumerate(sorted(names, key=pull)):
            nodes[name] = (x, 6 + height * (k + 0.5) / len(names), False)
    return nodes


def _uphill(names: list[str], rows: list[dict[str, Any]]) -> list[str]:
    """Order so that arrows within the middle column point upwards where they can."""
    inside = [(r["source"], r["target"]) for r in rows if r["source"] in names]
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for source, target in inside:
            if target in depth:
                depth[target] = min(max(depth[target], depth[source] + 1), len(names))
    return sorted(names, key=lambda name: -depth[name])


def _draw_path(sheet: Sheet, row: dict[str, Any], nodes: dict[str, Node]) -> float:
    start, end = nodes[row["source"]], nodes[row["target"]]
    same = start[0] == end[0]
    skips = same and any(
        min(start[1], end[1]) < y < max(start[1], end[1]) and x == start[0]
        for x, y, _ in nodes.values()
    )
    bend = 0.35 if skips else 0.0
    sheet.arrow(_edge(start, end), _edge(end, start), color=_hue(row), dash=open_(row), bend=bend)
    return bend


def _edge(node: Node, towards: Node) -> tuple[float, float]:
    """Point on the rim of a node where an arrow to another leaves it."""
    x, y, is_ellipse = node
    dx, dy = towards[0] - x, towards[1] - y
    if is_ellipse:
        a, b = NODE_WIDTH / 2 + 3, NODE_HEIGHT / 2 + 10
        t = 1 / math.hypot(dx / a, dy / b)
        return x + t * dx, y + t * dy
    if dx == 0:
        return x, y + math.copysign(NODE_HEIGHT / 2 + 3, dy)
    return x + math.copysign(NODE_WIDTH / 2 + 3, dx), y


def _spot(words: str, start: Node, end: Node, bend: float, taken: list[Box]) -> tuple[float, float]:
    """Place on the arrow where its number covers least."""
    (x0, y0), (x1, y1) = _edge(start, end), _edge(end, start)
    half = width_of(words, 12) / 2 + 3
    spots = []
    for share in (0.35, 0.42, 0.28, 0.5, 0.22, 0.58, 0.65, 0.72, 0.8):
        swing = 2 * bend * share * (1 - share)  # a quadratic curve, as matplotlib's arc3 draws it
        x = x0 + share * (x1 - x0) + swing * (y1 - y0)
        y = y0 + share * (y1 - y0) - swing * (x1 - x0)
        spots.append((x, y))

    def covered(spot: tuple[float, float]) -> float:
        box = (spot[0] - half, spot[1] - 9, spot[0] + half, spot[1] + 9)
        return sum(overlap(box, other) for other in taken)

    return min(spots, key=covered)


def _around(node: Node) -> Box:
    x, y, _ = node
    return x - NODE_WIDTH / 2, y - NODE_HEIGHT / 2, x + NODE_WIDTH / 2, y + NODE_HEIGHT / 2


def open_(row: dict[str, Any]) -> bool:
    """Whether zero lies inside the interval, or no interval is known."""
    if row.get("low") is None or row.get("high") is None:
        return True
    return row["low"] <= 0 <= row["high"]


def _hue(row: dict[str, Any]) -> str:
    if open_(row):
        return MUTED
    return WARM if row["y"] < 0 else ACCENT


def _foot(sheet: Sheet, rows: list[dict[str, Any]], y: float) -> None:
    """Say what the lines mean; only the kinds that occur."""
    kinds = (
        (ACCENT, False, "more of one, more of the other"),
        (WARM, False, "more of one, less of the other"),
        (MUTED, True, "undecided: the interval holds zero"),
    )
    drawn = {(_hue(row), open_(row)) for row in rows}
    x = 0.0
    for color, dash, words in kinds:
        if (color, dash) in drawn:
            sheet.line([x, x + 26], [y, y], color=color, width=1.8, dash=dash)
            sheet.text(x + 34, y, words, size=12, color=MUTED)
            x += 34 + width_of(words, 12) + 26
