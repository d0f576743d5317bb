"""Sentences of chapter 4 on scenarios: what a better score would do to the NPS.

Each says that it is a scenario of the model, not a forecast and no proof of cause.
"""

import math

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note
from analysis.publish.wording.whatif_tables import about

SCENARIO = (
    "A scenario is what the model says of people whose scores differ, not a forecast: it holds "
    "only as far as raising a score does what a higher score goes with."
)

DIFFER = 0.05  # p below which the two steps are said to differ (a convention)


def largest(table: pd.DataFrame, minimum: int) -> Finding | None:
    """The driver that would do most for the NPS with one point more.

    `table` has label, estimate (points of NPS), ci_low, ci_high, n, n_least and clear, the largest
    first.
    """
    if table.empty or table["n_least"].min() < minimum:
        return None
    top = table.iloc[0]
    if not top["clear"]:
        sentence = (
            "For no driver is it clear that one point more would go with a higher NPS "
            f"({show(top['n'], 'count')} answers)."
        )
        return Finding(key="whatif_finding", sentence=sentence, evidence="undecided")
    sentence = (
        f"If everybody scored {_name(top)} one point higher on its own scale, the model puts the "
        f"NPS {_points(top)} higher (95% interval {_ends(top)}; "
        f"{show(top['n'], 'count')} answers): a scenario, not a forecast."
    )
    if len(table) > 1:
        after = table.iloc[1]
        sentence += f" Next comes {_name(after)} with {_points(after)} ({_ends(after)})."
    return Finding(key="whatif_finding", sentence=sentence, evidence="clear")


def told_by(gain: float, n: int, n_accounts: int | None, table: pd.DataFrame) -> Note | None:
    """What stands behind the scenarios."""
    if table.empty:
        return None
    of = f" from {show(n_accounts, 'count')} accounts" if n_accounts else ""
    return Note(
        key="whatif_method",
        about="method",
        sentence=(
            f"The scenarios rest on {show(n, 'count')} answers{of}. At accounts left out of the "
            f"calculation the model gives people's own classes {show(math.expm1(gain), 'share')} "
            f"more chance than the bare shares do. {SCENARIO}"
        ),
    )


def steps_differ(odds_p: float, table: pd.DataFrame) -> Note | None:
    """Say that one effect stands for two steps that are not alike."""
    if table.empty or not odds_p < DIFFER:
        return None
    return Note(
        key="whatif_steps_differ",
        sentence=(
            "The drivers do not move people up both steps alike (Brant's test, p "
            f"{_p(odds_p)}); a scenario takes the average of the two, so read it beside the steps."
        ),
    )


def _p(value: float) -> str:
    text = show(value, "p")
    return text if text.startswith("<") else f"= {text}"


def best_proposal(table: pd.DataFrame, minimum: int) -> Finding | None:
    """Which proposal promises most for its cost.

    `table` has label, lifts, where, estimate, ci_low, ci_high, cost, per_cost, n, n_least,
    clear, rank.
    """
    known = table[table["estimate"].notna() & (table["n_least"].astype(float) >= minimum)]
    if known.empty:
        return None
    top = known.sort_values("rank").iloc[0]
    count = show(len(known), "count")
    if not top["clear"]:
        sentence = (
            "No proposal clearly goes with a higher NPS: every interval reaches down to nothing "
            f"({count} proposals, {show(top['n'], 'count')} answers)."
        )
        return Finding(key="proposals_finding", sentence=sentence, evidence="undecided")
    told = f"{_points(top)} of NPS (95% interval {_ends(top)}; {show(top['n'], 'count')} answers)"
    sentence = (
        f"If '{top['label']}' lifts {top['lifts']}, as the client expects, it goes with {told}"
    )
    if pd.notna(top["cost"]):
        sentence += f", about {show(about(top['cost'] / top['estimate']), 'count')} a point"
    if len(known) > 1:
        sentence += f": the first of {count} proposals"
    return Finding(
        key="proposals_finding",
        sentence=f"{sentence}. A scenario, not a forecast.",
        evidence="descriptive",
    )


def not_simulated(table: pd.DataFrame) -> Note | None:
    """Proposals that no answers tell of, and why."""
    lost = table[table["estimate"].isna()]
    if lost.empty:
        return None
    said = "; ".join(f"'{row['label']}' ({row['note']})" for _, row in lost.iterrows())
    sentence = f"Nothing can be said of these proposals: {said}."
    return Note(key="proposals_not_simulated", sentence=sentence, about="absent")


def _name(row: pd.Series) -> str:
    return str(row["label"]).lower()


def _points(row: pd.Series) -> str:
    text = show(row["estimate"], "count")
    return f"{text} point" if text == "1" else f"{text} points"


def _ends(row: pd.Series) -> str:
    return interval(row["ci_low"], row["ci_high"], "count")
