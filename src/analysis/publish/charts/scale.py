"""Axes: the range of values, round ticks, and where a value stands in pixels."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analysis.publish import numbers
from analysis.publish.results import Table

#: An axis spans at least this much, so that a small difference does not look like a large one.
_LEAST_SPAN = {"score": 2.0, "points": 40.0, "share": 0.2, "r": 0.4, "count": 4.0, "days": 4.0}
#: Scores above this are on a scale to 100.
_SHORT_SCALE = 10.0
_BOUNDS = {"share": (0.0, 1.0), "points": (-100.0, 100.0), "p": (0.0, 1.0)}


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    unit: str

    def at(self, value: float) -> float:
        """Return the pixel of a value; values outside stand at the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def shown(self, value: float) -> str:
        """Print a tick."""
        return tick(value, self.unit, self.ticks)


def scale(
    values: Iterable[Any],
    unit: str,
    start: float,
    end: float,
    *,
    zero: bool = False,
    ticks: int = 5,
) -> Scale:
    """Choose a range with round ticks that holds all values.

    Examples
    --------
    >>> scale([-27, 30, None], "points", 0, 100).ticks
    (-40.0, -20.0, 0.0, 20.0, 40.0)
    """
    from matplotlib.ticker import MaxNLocator

    known = [float(value) for value in values if value is not None]
    low, high = min([*known, 0.0] if zero else known), max([*known, 0.0] if zero else known)
    least, most = _BOUNDS.get(unit, (float("-inf"), float("inf")))
    span = _LEAST_SPAN.get(unit, 0.0)
    if unit == "score" and high > _SHORT_SCALE:
        span *= 10  # a score of 0 to 100
    short = max(span, 1e-9 * abs(high), 1e-9) - (high - low)
    if short > 0:
        low, high = low - short / 2, high + short / 2
        if zero and low < 0 <= high - short / 2 and not any(value < 0 for value in known):
            low, high = 0.0, high - low
    locator = MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10], integer=unit in ("count", "days"))
    marks = tuple(
        float(f"{mark:.10g}")
        for mark in locator.tick_values(max(low, least), min(high, most))
        if least <= mark <= most
    )
    low, high = min(low, marks[0]), max(high, marks[-1])
    return Scale(max(low, least), min(high, most), start, end, marks, unit)


def tick(value: float, unit: str, ticks: tuple[float, ...]) -> str:
    """Print a tick, with no more decimals than the ticks need."""
    if unit in ("score", "weight", "r"):
        step = min(abs(b - a) for a, b in itertools.pairwise(ticks))
        places = 0 if step >= 1 and step == int(step) else 1 if round(step, 1) == step else 2
        return numbers.localised(f"{value + 0.0:.{places}f}")
    return numbers.show(value, unit)


def unit_of(table: Table, part: str) -> str:
    """Return the unit of the column that plays `part` in the chart."""
    return _column(table, part, "unit", "text")


def label_of(table: Table, part: str) -> str:
    """Return the heading of the column that plays `part` in the chart."""
    return _column(table, part, "label", "")


def _column(table: Table, part: str, field: str, default: str) -> str:
    key = table.chart.columns.get(part)
    return next((getattr(c, field) for c in table.columns if c.key == key), default)
