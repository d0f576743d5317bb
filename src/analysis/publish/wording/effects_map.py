"""The map of total effects: what reaches the outcome along the theory's arrows, and how it scores.

An effect is one only as far as the arrows are right; the sentences say "goes with".
"""

import pandas as pd

from analysis.language import tr
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
        sentence = tr(
            "Nothing that was asked clearly reaches {outcome} along the theory's arrows ({n} "
            "answers).",
            outcome=_inside(label),
            n=show(table["n"].max(), "count"),
        )
        return Finding(key="total_effect", sentence=sentence, evidence="undecided")
    top = clear.iloc[0]
    sentence = tr(
        "Along the theory's arrows, {antecedent} reaches {outcome} most: one point of 100 more "
        "goes with {estimate} points more, straight and through others (95% interval {ends}; {n} "
        "answers).",
        antecedent=_inside(top["label"]),
        outcome=_inside(label),
        estimate=show(top["estimate"], "weight"),
        ends=interval(top["ci_low"], top["ci_high"], "weight"),
        n=show(top["n"], "count"),
    )
    if len(table) > 1 and _overlaps(top, table.drop(top.name)):
        sentence += " " + tr("The intervals of others overlap with it.")
    return Finding(key="total_effect", sentence=sentence, evidence="clear")


def total_map(table: pd.DataFrame, label: str, reason: str, minimum: int) -> Table | Note:
    """Total effects beside performance; `reason` says why there is no map."""
    first = table["clear"].astype(bool) & (table["quadrant"] == "Matters, scores lower")
    shown = table.assign(
        label=table["label"].map(tr),
        quadrant=table["quadrant"].map(tr),
        first=first.map({True: tr("yes"), False: ""}),
    )
    return results.table(
        shown,
        key="total_effects_map",
        title=tr("What reaches {outcome}, straight and through others", outcome=_inside(label)),
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
        method=_method(table),
        chart=Chart(
            kind="map",
            columns={
                "label": "label",
                "x": "performance",
                "y": "estimate",
                "highlight": "first",
            },
            alt="",
            axis="Matters, scores lower",
        ),
        seen=lambda rows: tr(
            "Antecedents by performance (across) and total effect on {outcome} (upwards). {marked}",
            outcome=_inside(label),
            marked=_marked(rows),
        ),
    )


def _overlaps(top: pd.Series, others: pd.DataFrame) -> bool:
    return bool((others["ci_high"] >= top["ci_low"]).any())


def _marked(table: pd.DataFrame) -> str:
    wanted = table.loc[table["first"] != "", "label"].str.lower()
    if wanted.empty:
        return tr("None is marked.")
    return tr("Marked: {names}.", names=f" {tr('and')} ".join(wanted))


def _method(table: pd.DataFrame) -> str:
    if table.empty:
        return tr(METHOD)
    return f"{tr(METHOD)} {tr('Effects: {how}.', how=tr(table['note'].iloc[0]))}"


def _inside(label: str) -> str:
    """A name inside a sentence."""
    name = tr(label)
    return name[:1].lower() + name[1:]
