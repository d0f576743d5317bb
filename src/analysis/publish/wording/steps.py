"""Sentences of chapter 4 on the two steps: out of the detractors, and up to the promoters.

As all driver sentences they tell what goes together, never what caused it.
"""

from collections.abc import Collection, Sequence

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note

#: The steps as the frames name them, and as a sentence does.
SPOKEN = {
    later("detractor to passive"): later("being a passive rather than a detractor"),
    later("passive to promoter"): later("being a promoter rather than a passive"),
}
_DOING = {
    later("detractor to passive"): later("help detractors become passives"),
    later("passive to promoter"): later("help passives become promoters"),
}
_START = {
    "more detractors": later(
        "There are clearly more detractors than promoters, so the basics come first"
    ),
    "more promoters": later("There are already clearly more promoters than detractors"),
    "as many of each": later("Promoters and detractors are about as many"),
}
#: What a driver that does more at one step than at the other is said to serve.
_ONE_STEP = (later("leaving the detractors"), later("becoming a promoter"))
MOST_NAMED = 2  # drivers in one sentence or one advice ("one or two points", domain.md 3.15)


def two_steps(table: pd.DataFrame, minimum: int) -> Finding | None:
    """Which drivers clearly go with each step.

    `table` has label, step, estimate (odds ratio for 10 points of 100), ci_low, ci_high, clear, n,
    n_least.
    """
    if table.empty or table["n_least"].min() < minimum:
        return None
    parts, evidence = [], "undecided"
    for step, spoken in SPOKEN.items():
        rows = table[(table["step"] == step) & table["clear"] & (table["estimate"] > 1)]
        rows = rows.sort_values("estimate", ascending=False).head(MOST_NAMED)
        if rows.empty:
            parts.append(tr("no driver clearly goes with {being}", being=tr(spoken)))
            continue
        said = [_odds(row) for _, row in rows.iterrows()]
        parts.append(
            tr("{driver} goes with {being}", driver=said[0], being=tr(spoken))
            if len(said) == 1
            else tr("{drivers} go with {being}", drivers=listed(said), being=tr(spoken))
        )
        evidence = "clear"
    told = "; ".join(parts)
    sentence = tr(
        "{told} ({n} answers; odds for 10 points of 100 more).",
        told=told[:1].upper() + told[1:],
        n=show(table["n"].iloc[0], "count"),
    )
    return Finding(key="two_steps_finding", sentence=sentence, evidence=evidence)


def _odds(row: pd.Series) -> str:
    return tr(
        "{driver} (odds times {odds}, 95% interval {ends})",
        driver=row["label"].lower(),
        odds=show(row["estimate"], "weight"),
        ends=interval(row["ci_low"], row["ci_high"], "weight"),
    )


def served(serves: pd.DataFrame, table: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether any driver surely does more at one step than at the other.

    `serves` has label, serves and n; `table` as in `two_steps`.
    """
    if serves.empty or table["n_least"].min() < minimum:
        return None
    one = serves[serves["serves"].isin(_ONE_STEP)]
    both = serves[serves["serves"] == "both steps"]
    n = show(serves["n"].iloc[0], "count")
    if one.empty and both.empty:
        sentence = tr(
            "No driver can be told to belong to one step rather than the other ({n} answers).", n=n
        )
        return Finding(key="step_served_finding", sentence=sentence, evidence="undecided")
    said = [
        tr(
            "{drivers} with {step}, clearly more than with the other step",
            drivers=_names(rows),
            step=tr(str(step)),
        )
        for step, rows in one.groupby("serves", sort=True)
    ]
    if len(both):
        said.append(
            tr(
                "{drivers} with both steps, without a clear difference between them",
                drivers=_names(both),
            )
        )
    return Finding(
        key="step_served_finding",
        sentence=tr("What goes with which step: {goes} ({n} answers).", goes="; ".join(said), n=n),
        evidence="clear" if len(one) else "descriptive",
    )


def first(
    frame: pd.DataFrame,
    table: pd.DataFrame,
    start: str,
    minimum: int,
    protect: Collection[str] = (),
) -> Finding | None:
    """Where to begin, seen from the client's start; None where nothing is clear.

    No advice of its own: what to do first follows from the ranking, and two points are enough.

    `frame` has label, step, odds, ci_low, ci_high, rank and n; `table` as in `two_steps`.
    `protect`: labels of drivers that go well already, and are to be kept so.
    """
    if frame.empty or table["n_least"].min() < minimum:
        return None
    rows = frame[~frame["label"].isin(list(protect))].sort_values("rank")
    if rows.empty:
        return None
    rows = rows[rows["step"] == rows["step"].iloc[0]].head(MOST_NAMED)
    top = rows.iloc[0]
    return Finding(
        key="start_point",
        sentence=tr(
            "{start}: to {doing}, look at {drivers} first (odds times {odds} for {driver}, 95% "
            "interval {ends}; {n} answers).",
            start=tr(_START[start]),
            doing=tr(_DOING[top["step"]]),
            drivers=_names(rows),
            odds=show(top["odds"], "weight"),
            driver=top["label"].lower(),
            ends=interval(top["ci_low"], top["ci_high"], "weight"),
            n=show(top["n"], "count"),
        ),
        evidence="clear",
    )


def alone(joint: bool, table: pd.DataFrame) -> Note | None:
    """Say that each driver stands on its own where a class has few people."""
    if joint or table.empty:
        return None
    return Note(
        key="steps_alone",
        sentence=(
            "Too few people stand on one side of a step to look at all drivers at once: each "
            "driver of the two steps is shown on its own, so that drivers which overlap share "
            "their effect."
        ),
    )


def left_out(labels: Sequence[str]) -> Note | None:
    """Drivers that got the same score from everybody."""
    if not labels:
        return None
    return Note(
        key="steps_left_out",
        sentence=tr(
            "Left out, for everybody gave the same score: {drivers}.",
            drivers=", ".join(labels).lower(),
        ),
    )


def near_misses(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """How many passives were one point short of a promoter.

    `frame` has estimate, ci_low, ci_high, n (passives), eights and n_least.
    """
    if frame.empty or frame.iloc[0]["n_least"] < minimum:
        return None
    row = frame.iloc[0]
    return Finding(
        key="near_misses",
        sentence=tr(
            "{eights} of {n} passives gave an 8, one point short of a promoter ({share}, 95% "
            "interval {ends}).",
            eights=show(row["eights"], "count"),
            n=show(row["n"], "count"),
            share=show(row["estimate"], "share"),
            ends=interval(row["ci_low"], row["ci_high"], "share"),
        ),
        evidence="descriptive",
    )


def asymmetry(table: pd.DataFrame, minimum: int) -> Finding | None:
    """Which drivers can mostly disappoint, and which mostly delight.

    `table` has label, penalty, reward, estimate, ci_low, ci_high, kind, n and n_least.
    """
    if table.empty:
        return None
    known = table[table["estimate"].notna() & (table["n_least"] >= minimum)]
    if known.empty:
        return None
    n = show(known["n"].iloc[0], "count")
    named = known[~known["kind"].isin(["not distinguishable", "hybrid"])]
    if named.empty:
        sentence = tr(
            "For no driver can it be told whether a low score does more harm than a high one does "
            "good ({n} answers).",
            n=n,
        )
        return Finding(key="asymmetry_finding", sentence=sentence, evidence="undecided")
    return Finding(
        key="asymmetry_finding",
        sentence=tr(
            "Low and high scores do not weigh alike: {kinds} ({n} answers).",
            kinds="; ".join(_kind(row) for _, row in named.iterrows()),
            n=n,
        ),
        evidence="clear" if _apart(named) else "descriptive",
    )


def _apart(rows: pd.DataFrame) -> bool:
    """True when every interval leaves out zero, where harm and good are alike."""
    return bool(((rows["ci_low"] > 0) | (rows["ci_high"] < 0)).all())


def _kind(row: pd.Series) -> str:
    said = {
        "driver": row["label"].lower(),
        "kind": tr(row["kind"]),
        "value": show(row["estimate"], "weight"),
        "ends": interval(row["ci_low"], row["ci_high"], "weight"),
    }
    if row["estimate"] < 0:
        return tr(
            "{driver} is a {kind} (a low score goes with more harm than a high one with good: "
            "asymmetry {value}, 95% interval {ends})",
            **said,
        )
    return tr(
        "{driver} is a {kind} (a high score goes with more good than a low one with harm: "
        "asymmetry {value}, 95% interval {ends})",
        **said,
    )


def _names(rows: pd.DataFrame) -> str:
    return listed([str(label).lower() for label in rows["label"]])
