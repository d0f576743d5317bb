"""Sentences of chapter 4 on the two steps: out of the detractors, and up to the promoters.

As all driver sentences they tell what goes together, never what caused it.
"""

from collections.abc import Collection, Sequence

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note

#: The steps as the frames name them, and as a sentence does.
SPOKEN = {
    "detractor to passive": "being a passive rather than a detractor",
    "passive to promoter": "being a promoter rather than a passive",
}
_DOING = {
    "detractor to passive": "help detractors become passives",
    "passive to promoter": "help passives become promoters",
}
_START = {
    "more detractors": "There are clearly more detractors than promoters, so the basics come first",
    "more promoters": "There are already clearly more promoters than detractors",
    "as many of each": "Promoters and detractors are about as many",
}
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
            parts.append(f"no driver clearly goes with {spoken}")
            continue
        said = " and ".join(_odds(row) for _, row in rows.iterrows())
        parts.append(f"{said} {'goes' if len(rows) == 1 else 'go'} with {spoken}")
        evidence = "clear"
    told = "; ".join(parts)
    sentence = (
        f"{told[:1].upper()}{told[1:]} ({show(table['n'].iloc[0], 'count')} answers; odds for 10 "
        "points of 100 more)."
    )
    return Finding(key="two_steps_finding", sentence=sentence, evidence=evidence)


def _odds(row: pd.Series) -> str:
    return (
        f"{row['label'].lower()} (odds times {show(row['estimate'], 'weight')}, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], 'weight')})"
    )


def served(serves: pd.DataFrame, table: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether any driver surely does more at one step than at the other.

    `serves` has label, serves and n; `table` as in `two_steps`.
    """
    if serves.empty or table["n_least"].min() < minimum:
        return None
    one = serves[serves["serves"].isin(["leaving the detractors", "becoming a promoter"])]
    both = serves[serves["serves"] == "both steps"]
    base = f"({show(serves['n'].iloc[0], 'count')} answers)"
    if one.empty and both.empty:
        sentence = f"No driver can be told to belong to one step rather than the other {base}."
        return Finding(key="step_served_finding", sentence=sentence, evidence="undecided")
    said = [f"{_names(rows)} with {step}" for step, rows in one.groupby("serves", sort=True)]
    said = [f"{text}, clearly more than with the other step" for text in said]
    if len(both):
        said.append(f"{_names(both)} with both steps, without a clear difference between them")
    goes = "; ".join(said)
    return Finding(
        key="step_served_finding",
        sentence=f"What goes with which step: {goes} {base}.",
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
    step = top["step"]
    return Finding(
        key="start_point",
        sentence=(
            f"{_START[start]}: to {_DOING[step]}, look at {_names(rows)} first (odds times "
            f"{show(top['odds'], 'weight')} for {top['label'].lower()}, 95% interval "
            f"{interval(top['ci_low'], top['ci_high'], 'weight')}; {show(top['n'], 'count')} "
            "answers)."
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
        sentence=f"Left out, for everybody gave the same score: {', '.join(labels).lower()}.",
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
        sentence=(
            f"{show(row['eights'], 'count')} of {show(row['n'], 'count')} passives gave an 8, one "
            f"point short of a promoter ({show(row['estimate'], 'share')}, 95% interval "
            f"{interval(row['ci_low'], row['ci_high'], 'share')})."
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
    base = f"({show(known['n'].iloc[0], 'count')} answers)"
    named = known[~known["kind"].isin(["not distinguishable", "hybrid"])]
    if named.empty:
        sentence = (
            f"For no driver can it be told whether a low score does more harm than a high one does "
            f"good {base}."
        )
        return Finding(key="asymmetry_finding", sentence=sentence, evidence="undecided")
    said = "; ".join(_kind(row) for _, row in named.iterrows())
    return Finding(
        key="asymmetry_finding",
        sentence=f"Low and high scores do not weigh alike: {said} {base}.",
        evidence="clear" if _apart(named) else "descriptive",
    )


def _apart(rows: pd.DataFrame) -> bool:
    """True when every interval leaves out zero, where harm and good are alike."""
    return bool(((rows["ci_low"] > 0) | (rows["ci_high"] < 0)).all())


def _kind(row: pd.Series) -> str:
    harm = row["estimate"] < 0
    what = "a low score goes with more harm than a high one with good"
    if not harm:
        what = "a high score goes with more good than a low one with harm"
    return (
        f"{row['label'].lower()} is a {row['kind']} ({what}: asymmetry "
        f"{show(row['estimate'], 'weight')}, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], 'weight')})"
    )


def _names(rows: pd.DataFrame) -> str:
    names = [str(label).lower() for label in rows["label"]]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
