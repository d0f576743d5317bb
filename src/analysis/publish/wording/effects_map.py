"""The map of total effects: what reaches the outcome along the theory's arrows, and how it scores.

An effect is one only as far as the arrows are right; the sentences say "goes with".
"""

import pandas as pd

from analysis.publish import results
from analysis.publish.numbers import interval, show
from analysis.publish.results import Chart, Finding, Note, Table

METHOD = (
    "Total effect: how many points of 100 the outcome is higher where the antecedent is one point "
    "higher, straight and through trust or commitment, all else that leads there being equal "
    "(Ringle & Sarstedt 2016). It presumes that the arrows of the commitment-trust theory point "
    "the right way. Performance is the mean score from 0 to 100, with an interval that allows for "
    "answers from the same account. What is better when there is less of it has been turned: 100 "
    "means none. Dashed lines: the means."
)


def strongest(table: pd.DataFrame, label: str) -> Finding | None:
    """What reaches the outcome most, and what of that scores lower.

    `table` has label, estimate, ci_low, ci_high, clear, performance, quadrant and n, the largest
    effect first.
    """
    if table.empty:
        return None
    clear = table[table["clear"].astype(bool) & (table["estimate"] > 0)]
    if clear.empty:
        sentence = (
            f"Nothing that was asked clearly reaches {_inside(label)} along the theory's arrows "
            f"({show(table['n'].max(), 'count')} answers)."
        )
        return Finding(key="total_effect", sentence=sentence, evidence="undecided")
    top = clear.iloc[0]
    sentence = (
        f"Along the theory's arrows, {_inside(top['label'])} reaches {_inside(label)} most: one "
        f"point of 100 more goes with {show(top['estimate'], 'weight')} points more, straight and "
        f"through others (95% interval {interval(top['ci_low'], top['ci_high'], 'weight')}; "
        f"{show(top['n'], 'count')} answers)."
    )
    if len(table) > 1 and _overlaps(top, table.drop(top.name)):
        sentence += " The intervals of others overlap with it."
    return Finding(key="total_effect", sentence=sentence, evidence="clear")


def total_map(table: pd.DataFrame, label: str, reason: str, minimum: int) -> Table | Note:
    """Total effects beside performance; `reason` says why there is no map."""
    first = table["clear"].astype(bool) & (table["quadrant"] == "Matters, scores lower")
    shown = table.assign(first=first.map({True: "yes", False: ""}))
    return results.table(
        shown,
        key="total_effects_map",
        title=f"What reaches {_inside(label)}, straight and through others",
        columns={
            "label": ("Antecedent", "text"),
            "estimate": ("Total effect, points", "weight"),
            "ci_low": ("from", "weight"),
            "ci_high": ("to", "weight"),
            "performance": ("Performance, 0 to 100", "count"),
            "performance_low": ("low end", "count"),
            "performance_high": ("high end", "count"),
            "n": ("Answers", "count"),
            "quadrant": ("Where it stands", "text"),
            "first": ("Clear, and scores lower", "text"),
        },
        base="n_least",
        minimum=minimum,
        otherwise=reason or "There is no model to take total effects from.",
        n=None if table.empty else int(table["n"].max()),
        method=METHOD if table.empty else f"{METHOD} Effects: {table['note'].iloc[0]}.",
        chart=Chart(
            kind="map",
            columns={
                "label": "label",
                "x": "performance",
                "y": "estimate",
                "highlight": "first",
            },
            alt=(
                "Antecedents by performance (across) and total effect on "
                f"{_inside(label)} (upwards). {_marked(shown)}"
            ),
            axis="Matters, scores lower",
        ),
    )


def _overlaps(top: pd.Series, others: pd.DataFrame) -> bool:
    return bool((others["ci_high"] >= top["ci_low"]).any())


def _marked(table: pd.DataFrame) -> str:
    wanted = table.loc[table["first"] == "yes", "label"].str.lower()
    return f"Marked: {' and '.join(wanted)}." if len(wanted) else "None is marked."


def _inside(label: str) -> str:
    """A name inside a sentence."""
    return label[:1].lower() + label[1:]
