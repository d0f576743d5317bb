"""The path diagram: what leads to trust and commitment, and what these lead to."""

import math
from typing import Any, NamedTuple

from analysis.language import later, tr
from analysis.publish import numbers
from analysis.publish.charts import lists
from analysis.publish.charts.planes import Box, overlap
from analysis.publish.charts.scale import unit_of
from analysis.publish.charts.sheet import ACCENT, MUTED, PAPER, WARM, Sheet, plain, width_of, wrap
from analysis.publish.results import Table

#: Drawn as ellipses in the middle, whether or not the survey asked what comes before or after.
CORE = (later("Trust"), later("Commitment"))

NODE_WIDTH, GAP, FOOT = 160, 24, 34
NAME, NUMBER, SMALL = 13, 13, 11  # sizes of type
LINE = 1.25 * NAME
TALL = 2 * LINE + SMALL + 17  # a name of two lines and what is explained
BENDS = (0.0, -0.2, 0.2, -0.35, 0.35, -0.5, 0.5)  # tried in this order until an arrow is free

Point = tuple[float, float]


class Node(NamedTuple):
    """A construct: the middle of its shape, the shape's size, and whether it is an ellipse."""

    x: float
    y: float
    height: float
    ellipse: bool

    @property
    def box(self) -> Box:
        """The rectangle around it."""
        half = self.height / 2
        return (self.x - NODE_WIDTH / 2, self.y - half, self.x + NODE_WIDTH / 2, self.y + half)


def paths(table: Table, rows: list[dict[str, Any]], width: float) -> Sheet:
    """Draw constructs in columns with arrows between them; on a phone, the paths as a list.

    Each arrow carries its strength and, below it, the interval. `explained` of a row is the share
    of its target that all arrows into it account for.
    """
    rows = [{**row, "source": plain(row["source"]), "target": plain(row["target"])} for row in rows]
    apart = [row for row in rows if row["source"] != row["target"]]
    if width < lists.PHONE or not apart:
        named = [
            {
                **row,
                "label": f"{row['source']} → {row['target']}",
                "highlight": "" if open_(row) else "yes",
            }
            for row in rows
        ]
        return lists.intervals(table, named, width)
    rows, unit = apart, unit_of(table, "y")
    nodes = columns(rows, width)
    lines = [_line(row, nodes) for row in rows]
    bent = [18 - y for bend, line in lines if bend for _, y in line]
    above = max([0.0, *bent])  # room for an arrow that passes over the others
    nodes = {name: node._replace(y=node.y + above) for name, node in nodes.items()}
    lines = [_line(row, nodes) for row in rows]
    height = max(
        [node.box[3] + 10 for node in nodes.values()]
        + [y + 18 for bend, line in lines if bend for _, y in line]
    )
    said = _small_print(rows)
    sheet = Sheet(width, height + FOOT + (18 if said else 0))
    for row, (bend, line) in zip(rows, lines, strict=True):
        sheet.arrow(line[0], line[-1], color=_hue(row), dash=open_(row), bend=bend)
    words = [_words(row, unit) for row in rows]
    boxes = spots([_size(w) for w in words], [line for _, line in lines], list(nodes.values()))
    for row, (strength, ends), box in zip(rows, words, boxes, strict=True):
        x, top = (box[0] + box[2]) / 2, box[1]
        sheet.box(box[0], top, box[2] - box[0], box[3] - top, color=PAPER)
        sheet.text(x, top + 9, strength, size=NUMBER, bold=not open_(row), ha="center")
        if ends:
            sheet.text(x, top + 24, ends, size=SMALL, color=MUTED, ha="center")
    shares = {row["target"]: row.get("explained") for row in rows}
    for name, node in nodes.items():
        _shape(sheet, name, node, shares.get(name))
    _foot(sheet, rows, height + 20, said)
    return sheet


def columns(rows: list[dict[str, Any]], width: float) -> dict[str, Node]:
    """Place each construct: left what only leads, middle what does both, right what only follows.

    Within the middle, what follows stands above what leads, as Morgan and Hunt (1994) draw it.
    """
    sources = list(dict.fromkeys(row["source"] for row in rows))
    targets = list(dict.fromkeys(row["target"] for row in rows))
    every = list(dict.fromkeys([*sources, *targets]))
    core = [*CORE, *map(tr, CORE)]
    middle = [name for name in every if name in core or (name in sources and name in targets)]
    middle = _uphill(middle, rows)
    left = [name for name in sources if name not in middle]
    right = [name for name in targets if name not in middle]
    height = max(len(left), len(right), 2 * len(middle) - 1, 1) * (TALL + GAP)
    filled = [names for names in (left, middle, right) if names]
    edge = NODE_WIDTH / 2 + (1 if len(filled) == 3 else 0.12 * width)
    across = [edge + (width - 2 * edge) * k / max(len(filled) - 1, 1) for k in range(len(filled))]
    nodes: dict[str, Node] = {}
    for k, name in enumerate(middle):
        share = 0.5 if len(middle) == 1 else 0.16 + 0.68 * k / (len(middle) - 1)
        nodes[name] = Node(across[filled.index(middle)], 6 + height * share, TALL + 14, True)

    def pull(name: str) -> float:
        ends = [row["target"] for row in rows if row["source"] == name]
        ends += [row["source"] for row in rows if row["target"] == name]
        heights = [nodes[end].y for end in ends if end in nodes]
        return sum(heights) / len(heights) if heights else 0

    for names in filled:
        if names is middle:
            continue
        x = across[filled.index(names)]
        for k, name in enumerate(sorted(names, key=pull)):
            nodes[name] = Node(x, 6 + height * (k + 0.5) / len(names), TALL, False)
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


def _line(row: dict[str, Any], nodes: dict[str, Node]) -> tuple[float, list[Point]]:
    """Course of an arrow, bent where it would run through a third construct."""
    start, end = nodes[row["source"]], nodes[row["target"]]
    others = [node for node in nodes.values() if node not in (start, end)]
    courses = [(bend, _course(_edge(start, end), _edge(end, start), bend)) for bend in BENDS]
    return min(courses, key=lambda one: sum(_inside(one[1], node.box) for node in others))


def _course(start: Point, end: Point, bend: float, steps: int = 40) -> list[Point]:
    """Points along an arrow, with its bend as matplotlib's arc3 draws it."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    points = []
    for k in range(steps + 1):
        t = k / steps
        swing = 2 * bend * t * (1 - t)
        points.append((start[0] + t * dx - swing * dy, start[1] + t * dy + swing * dx))
    return points


def _inside(line: list[Point], box: Box) -> int:
    """How many points of a line lie in a box."""
    return sum(box[0] < x < box[2] and box[1] < y < box[3] for x, y in line)


def _edge(node: Node, towards: Node) -> Point:
    """Point on the rim of a node where an arrow to another leaves it."""
    dx, dy = towards.x - node.x, towards.y - node.y
    if node.ellipse:
        a, b = NODE_WIDTH / 2 + 3, node.height / 2 + 3
        t = 1 / math.hypot(dx / a, dy / b)
        return node.x + t * dx, node.y + t * dy
    if dx == 0:
        return node.x, node.y + math.copysign(node.height / 2 + 3, dy)
    return node.x + math.copysign(NODE_WIDTH / 2 + 3, dx), node.y


def spots(sizes: list[Point], lines: list[list[Point]], nodes: list[Node]) -> list[Box]:
    """Find for the number of each arrow a place on it that covers no other number, arrow or shape.

    Parameters
    ----------
    sizes : width and height of each number with its interval.
    lines : points along each arrow.

    Returns
    -------
    For each arrow the box that its number takes.
    """
    choices: list[list[tuple[float, Box]]] = []
    for k, (line, (wide, high)) in enumerate(zip(lines, sizes, strict=True)):
        others = lines[:k] + lines[k + 1 :]
        ranked = []
        for m in range(4, len(line) - 5):
            x, y = line[m]
            box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            cost = 20.0 * sum(_inside(other, box) for other in others)
            cost += sum(overlap(_wider(box, 2), node.box) for node in nodes)
            ranked.append((cost + abs(m / len(line) - 0.4), box))
        choices.append(ranked)
    placed = [min(ranked)[1] for ranked in choices]
    for _ in range(4):  # each in turn gives way to the others; settles within a few rounds
        for k, ranked in enumerate(choices):
            others_ = [_wider(box, 2) for box in placed[:k] + placed[k + 1 :]]
            placed[k] = min(
                (cost + sum(overlap(box, other) for other in others_), box) for cost, box in ranked
            )[1]
    return placed


def _wider(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _words(row: dict[str, Any], unit: str) -> tuple[str, str]:
    """Strength of an arrow, and its interval if there is one."""
    ends = ""
    if row.get("low") is not None and row.get("high") is not None:
        ends = numbers.interval(row["low"], row["high"], unit)
    return numbers.show(row["y"], unit), ends


def _size(words: tuple[str, str]) -> Point:
    strength, ends = words
    wide = max(width_of(strength, NUMBER, bold=True), width_of(ends, SMALL) if ends else 0)
    return wide + 4, 32.0 if ends else 18.0


def _shape(sheet: Sheet, name: str, node: Node, explained: float | None) -> None:
    """A construct with its name and, small, how much of it is explained."""
    if node.ellipse:
        sheet.ellipse(node.x, node.y, NODE_WIDTH, node.height, rim=ACCENT)
    else:
        left, top = node.box[:2]
        sheet.box(left, top, NODE_WIDTH, node.height, color=PAPER, rim=MUTED)
    words = wrap(name, NODE_WIDTH - (40 if node.ellipse else 16), NAME)
    y = node.y - (8 if explained is not None else 0)
    sheet.lines(node.x, y, words, size=NAME, ha="center", bold=node.ellipse)
    if explained is not None:
        below = y + LINE * len(words) / 2 + SMALL / 2 + 3
        said = tr("{share} explained", share=numbers.show(explained, "share"))
        sheet.text(node.x, below, said, size=SMALL, color=MUTED, ha="center")


def open_(row: dict[str, Any]) -> bool:
    """Whether zero lies inside the interval, or no interval is known."""
    if row.get("low") is None or row.get("high") is None:
        return True
    return row["low"] <= 0 <= row["high"]


def _hue(row: dict[str, Any]) -> str:
    if open_(row):
        return MUTED
    return WARM if row["y"] < 0 else ACCENT


def _small_print(rows: list[dict[str, Any]]) -> str:
    """What the small print in the diagram is."""
    said = []
    if any(row.get("low") is not None for row in rows):
        said.append(tr("below each strength its 95% interval"))
    if any(row.get("explained") is not None for row in rows):
        said.append(tr("“explained”: share of the differences that the arrows into it account for"))
    return tr("Small print: {said}.", said="; ".join(said)) if said else ""


def _foot(sheet: Sheet, rows: list[dict[str, Any]], y: float, said: str) -> None:
    """Say what the lines mean, only the kinds that occur, and what the small print is."""
    kinds = (
        (ACCENT, False, tr("more of one, more of the other")),
        (WARM, False, tr("more of one, less of the other")),
        (MUTED, True, tr("undecided: the interval holds zero")),
    )
    drawn = {(_hue(row), open_(row)) for row in rows}
    x = 0.0
    for color, dash, words in kinds:
        if (color, dash) in drawn:
            sheet.line([x, x + 26], [y, y], color=color, width=1.8, dash=dash)
            sheet.text(x + 34, y, words, size=12, color=MUTED)
            x += 34 + width_of(words, 12) + 26
    if said:
        line = wrap(said, sheet.width, 12, most=1)[0]
        sheet.text(0, y + 22, line, size=12, color=MUTED)
