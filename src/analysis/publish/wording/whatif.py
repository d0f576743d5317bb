"""Sentences of chapter 4 on scenarios: what a better score would do to the NPS.

Each says that it is a scenario of the model, not a forecast and no proof of cause.
"""

import math

import pandas as pd

from analysis.language import tr
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
        sentence = tr(
            "For no driver is it clear that one point more would go with a higher NPS ({n} "
            "answers).",
            n=show(top["n"], "count"),
        )
        return Finding(key="whatif_finding", sentence=sentence, evidence="undecided")
    sentence = tr(
        "If everybody scored {name} one point higher on its own scale, the model puts the NPS "
        "{points} higher (95% interval {ends}; {n} answers): a scenario, not a forecast.",
        name=_name(top),
        points=_points(top),
        ends=_ends(top),
        n=show(top["n"], "count"),
    )
    if len(table) > 1:
        after = table.iloc[1]
        sentence += " " + tr(
            "Next comes {name} with {points} ({ends}).",
            name=_name(after),
            points=_points(after),
            ends=_ends(after),
        )
    return Finding(key="whatif_finding", sentence=sentence, evidence="clear")


def told_by(gain: float, n: int, n_accounts: int | None, table: pd.DataFrame) -> Note | None:
    """What stands behind the scenarios."""
    if table.empty:
        return None
    base = tr("{n} answers", n=show(n, "count"))
    if n_accounts:
        base = tr(
            "{n} answers from {accounts} accounts",
            n=show(n, "count"),
            accounts=show(n_accounts, "count"),
        )
    told = tr(
        "The scenarios rest on {base}. At accounts left out of the calculation the model gives "
        "people's own classes {share} more chance than the bare shares do.",
        base=base,
        share=show(math.expm1(gain), "share"),
    )
    return Note(key="whatif_method", about="method", sentence=f"{told} {tr(SCENARIO)}")


def steps_differ(odds_p: float, table: pd.DataFrame) -> Note | None:
    """Say that one effect stands for two steps that are not alike."""
    if table.empty or not odds_p < DIFFER:
        return None
    return Note(
        key="whatif_steps_differ",
        sentence=tr(
            "The drivers do not move people up both steps alike (Brant's test, p {p}); a scenario "
            "takes the average of the two, so read it beside the steps.",
            p=_p(odds_p),
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
        sentence = tr(
            "No proposal clearly goes with a higher NPS: every interval reaches down to nothing "
            "({count} proposals, {n} answers).",
            count=count,
            n=show(top["n"], "count"),
        )
        return Finding(key="proposals_finding", sentence=sentence, evidence="undecided")
    sentence = tr(
        "If '{label}' lifts {lifts}, as the client expects, it goes with {points} of NPS (95% "
        "interval {ends}; {n} answers)",
        label=top["label"],
        lifts=top["lifts"],
        points=_points(top),
        ends=_ends(top),
        n=show(top["n"], "count"),
    )
    if pd.notna(top["cost"]):
        cost = show(about(top["cost"] / top["estimate"]), "count")
        sentence += tr(", about {cost} a point", cost=cost)
    if len(known) > 1:
        sentence += tr(": the first of {count} proposals", count=count)
    return Finding(
        key="proposals_finding",
        sentence=f"{sentence}. {tr('A scenario, not a forecast.')}",
        evidence="descriptive",
    )


def not_simulated(table: pd.DataFrame) -> Note | None:
    """Proposals that no answers tell of, and why."""
    lost = table[table["estimate"].isna()]
    if lost.empty:
        return None
    said = "; ".join(f"'{row['label']}' ({row['note']})" for _, row in lost.iterrows())
    sentence = tr("Nothing can be said of these proposals: {said}.", said=said)
    return Note(key="proposals_not_simulated", sentence=sentence, about="absent")


def _name(row: pd.Series) -> str:
    return str(row["label"]).lower()


def _points(row: pd.Series) -> str:
    text = show(row["estimate"], "count")
    return tr("{n} point", n=text) if text == "1" else tr("{n} points", n=text)


def _ends(row: pd.Series) -> str:
    return interval(row["ci_low"], row["ci_high"], "count")
