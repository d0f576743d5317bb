"""Is trust needed for commitment: the sentence, the ceiling, and what each level takes.

Only what holds against chance, against a plain correlation and without any one account is called
needed; all else is said to go together, or not even that.
"""

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import interval, show
from analysis.publish.results import Chart, Finding, Note, Table

#: What `note` says of a level that takes no particular score.
NONE_NEEDED = "no particular level needed"

METHOD = (
    "Necessary condition analysis (Dul 2016): the effect size is the share of the field of scores "
    "that lies empty above the ceiling (below 0.1 small, from 0.3 large, from 0.5 very large). "
    "Chance: 10,000 permutations that keep each account's answers together. Plain correlation: "
    "10,000 samples with the same scores, correlation and likeness within accounts, and no "
    "ceiling. Something is called needed when the effect is 0.1 or more, both p are below 0.05 "
    "(the second is our rule), and leaving out any one account changes neither. The interval "
    "says how far the empty corner would fill if all customers could be asked."
)
BOTTLENECK_METHOD = (
    "Read from the straight ceiling line (CR-FDH): the least score beside which that level was "
    "reached, but for few answers. Levels that take no particular score are left out."
)


def finding(
    table: pd.DataFrame, verdict: str, condition: str, outcome: str, *, fragile: bool = False
) -> Finding | None:
    """Whether there is much of the outcome where there is little of the condition.

    `table` has term, estimate, ci_low, ci_high, size and n; its row "step" is told.
    """
    if table.empty or not verdict:
        return None
    row = table[table["term"] == "step"].iloc[0]
    said = {
        "condition": condition.lower(),
        "outcome": outcome.lower(),
        "sure": tr(
            "(effect size {effect}, {size}; 95% interval {ends}; {n} answers)",
            effect=show(row["estimate"], "r"),
            size=tr(row["size"]),
            ends=interval(row["ci_low"], row["ci_high"], "r"),
            n=show(row["n"], "count"),
        ),
    }
    if verdict == "necessary":
        sentence = tr(
            "Hardly anybody is strong on {outcome} without {condition}: the corner of little "
            "{condition} and much {outcome} is emptier than chance and than a plain correlation "
            "would leave it {sure}.",
            **said,
        )
        if row["ci_low"] <= 0:
            close = tr("With more customers asked the gap might close (interval from 0).")
            return Finding(key="necessity", sentence=f"{sentence} {close}", evidence="undecided")
        return Finding(key="necessity", sentence=sentence, evidence="clear", lead=True)
    if verdict == "together":
        why = (
            tr("only one account makes the difference")
            if fragile
            else tr("a plain correlation would leave it about as empty")
        )
        sentence = tr(
            "{name} and {outcome} go together, but the answers do not show that {outcome} needs "
            "{condition}: the corner of little {condition} and much {outcome} is thin, but {why} "
            "{sure}.",
            name=condition,
            why=why,
            **said,
        )
        return Finding(key="necessity", sentence=sentence, evidence="undecided")
    sentence = tr(
        "The answers do not show that {outcome} needs {condition}: the corner of little "
        "{condition} and much {outcome} is no emptier than could be chance {sure}.",
        **said,
    )
    return Finding(key="necessity", sentence=sentence, evidence="undecided")


def needed(
    bottleneck: pd.DataFrame,
    table: pd.DataFrame,
    verdict: str,
    condition: str,
    outcome: str,
    minimum: int,
) -> Finding | None:
    """How much of the condition the highest level took; only where it is called needed.

    `bottleneck` has level, needed_line, below, share_below, n and n_least.
    """
    told = bottleneck[(bottleneck["n_least"] >= minimum) & bottleneck["needed_line"].notna()]
    sure = not table.empty and table[table["term"] == "step"].iloc[0]["ci_low"] > 0
    if verdict != "necessary" or told.empty or not sure:
        return None
    row = told.iloc[-1]
    said = {
        "condition": condition.lower(),
        "outcome": outcome.lower(),
        "needed": show(row["needed_line"], "count"),
        "share": show(row["share_below"], "share"),
        "n": show(row["n"], "count"),
    }
    if row["level"] == 100:
        sentence = tr(
            "To reach the highest {outcome} took {condition} of about {needed} of 100; {share} of "
            "{n} people have less.",
            **said,
        )
    else:
        sentence = tr(
            "To reach {score} of 100 on {outcome} took {condition} of about {needed} of 100; "
            "{share} of {n} people have less.",
            score=show(row["outcome"], "count"),
            **said,
        )
    return Finding(key="necessity_needed", sentence=sentence, evidence="descriptive")


def effect(
    table: pd.DataFrame, condition: str, outcome: str, reason: str, minimum: int
) -> Table | Note:
    """Effect size of both ceilings; `reason` says why there is none."""
    above = (1 - table["accuracy"].astype(float)) * table["n"].astype(float)
    few = (above > 0.5) & (above < minimum)  # how many lie above would be told of a few people
    shown = table.assign(
        accuracy=table["accuracy"].mask(few, np.nan),
        **{column: table[column].map(tr) for column in ("label", "size", "note")},
    )
    return results.table(
        shown,
        key="necessity_effect",
        title=tr(
            "How empty the corner of little {condition}, much {outcome} is",
            condition=condition.lower(),
            outcome=outcome.lower(),
        ),
        columns={
            "label": ("Ceiling", "text"),
            "estimate": ("Effect size", "r"),
            "ci_low": ("from", "r"),
            "ci_high": ("to", "r"),
            "size": ("In words", "text"),
            "p": ("p, chance", "p"),
            "p_plain": ("p, plain correlation", "p"),
            "accuracy": ("On or below it", "share"),
            "n": ("Answers", "count"),
            "note": ("Note", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise=reason or "There is no ceiling to draw.",
        n=None if table.empty else int(table["n"].max()),
        method=METHOD,
        appendix=True,
    )


def bottleneck(
    table: pd.DataFrame, condition: str, outcome: str, minimum: int
) -> Table | Note | None:
    """The least score each level of the outcome took, and how many have less; None without one."""
    if table.empty:
        return None
    told = table[table["note"] != NONE_NEEDED]
    told = told.assign(
        label=[
            tr("{outcome} of {score} or more", outcome=outcome, score=show(score, "count"))
            for score in told["outcome"]
        ],
        note=told["note"].map(tr),
    )
    said = {"condition": condition.lower(), "outcome": outcome.lower()}
    return results.table(
        told,
        key="necessity_bottleneck",
        title=tr("How much {condition} each level of {outcome} took", **said),
        columns={
            "label": ("Level", "text"),
            "needed_line": (tr("{condition} needed, 0 to 100", condition=condition), "count"),
            "share_below": ("People with less", "share"),
            "n": ("Answers", "count"),
            "note": ("Note", "text"),
        },
        base="n_least",
        minimum=minimum,
        otherwise=tr("No level of {outcome} took any particular {condition}.", **said),
        n=int(table["n"].max()),
        method=BOTTLENECK_METHOD,
        chart=Chart(
            kind="bars",
            columns={"label": "label", "y": "share_below"},
            alt=tr(
                "Bars: share of people with less {condition} than each level of {outcome} took.",
                **said,
            ),
            axis=tr("Share with less {condition}", condition=condition.lower()),
        ),
        appendix=True,
    )
