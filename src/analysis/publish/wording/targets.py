"""Whether a target for the NPS is realistic: a sentence and a table for chapter 2."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note, Table

TARGET_METHOD = (
    "Noise: half the width of the 95% interval of a change of this size, with as many answers in "
    "both waves as in the last. Own pace: the straight line through all waves asked in the same "
    "way, with an interval that knows how sure each wave is. Answers needed keep the share of "
    "passives; below 30 they are those of an exact permutation test. 'Realistic' up to the "
    "client's own average pace, a 'stretch' up to its fastest between two waves (our default)."
)


def realism(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Say what the target asks, against chance and against the client's own pace.

    `frame` has term, estimate, target, when, years, needed, margin, needed_pace, pace, pace_low,
    pace_high, fastest, waves, n, n_clear, n_power and label. None without a target, or where it
    has been reached, which another sentence tells.
    """
    if frame.empty or frame.iloc[0]["n"] < minimum or frame.iloc[0]["label"] == "already there":
        return None
    row = frame.iloc[0].to_dict()
    asks = tr(
        "From {now} to the target of {target} by {when} is {points}",
        now=show(row["estimate"], "points"),
        target=show(row["target"], "points"),
        when=tr(row["when"]),
        points=_points(row["needed"]),
    )
    n = show(row["n"], "count")
    if row["label"] == "within noise":
        if pd.notna(row["pace"]):
            asks = tr(
                "{asks}, {needed} a year against the client's own {pace} (95% interval {ends}; "
                "{waves} waves)",
                asks=asks,
                needed=show(row["needed_pace"], "points"),
                **_pace(row),
            )
        sentence = tr(
            "{asks}: within noise. With as many answers as last time ({n}), chance alone explains "
            "a change of up to {margin}; it takes about {clear} answers a wave to clear it, and "
            "{power} to see it with 80% certainty.",
            asks=asks,
            n=n,
            margin=_points(row["margin"]),
            clear=show(row["n_clear"], "count"),
            power=show(row["n_power"], "count"),
        )
        return Finding(key="target_realism_finding", sentence=sentence, evidence="undecided")
    sentence = tr("{asks}{pace} ({n} answers in the last wave).", asks=asks, pace=_beside(row), n=n)
    return Finding(key="target_realism_finding", sentence=sentence, evidence="descriptive")


def _beside(row: Mapping[str, Any]) -> str:
    """The target's pace beside the client's own."""
    if row["label"] == "no pace to hold it against":
        return tr("; with a single comparable wave there is no pace to hold it against")
    told = tr(
        ", {needed} a year; the client's own pace is {pace} a year (95% interval {ends}; {waves} "
        "waves)",
        needed=show(row["needed_pace"], "points"),
        **_pace(row),
    )
    if row["label"] == "realistic":
        return tr("{told}: it is realistic if that pace is kept up", told=told)
    if row["label"] == "stretch":
        return tr(
            "{told}: a stretch, but the score has moved as fast ({fastest} a year)",
            told=told,
            fastest=show(row["fastest"], "points"),
        )
    return tr("{told}: it is beyond what was ever seen here", told=told)


def _pace(row: Mapping[str, Any]) -> dict[str, Any]:
    """The client's own pace, its interval and the waves it rests on."""
    return {
        "pace": show(row["pace"], "points"),
        "ends": interval(row["pace_low"], row["pace_high"], "points"),
        "waves": row["waves"],
    }


def table(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The figures behind the sentence; None without a target."""
    if frame.empty:
        return None
    return results.table(
        frame.assign(when=frame["when"].map(tr), label=frame["label"].map(tr)),
        key="target_realism",
        title="Is the target realistic?",
        columns={
            "when": ("By", "text"),
            "label": ("Verdict", "text"),
            "target": ("Target", "points"),
            "estimate": ("NPS now", "points"),
            "needed": ("Points to go", "points"),
            "margin": ("Noise, either way", "count"),
            "needed_pace": ("Asked a year", "points"),
            "pace": ("Own pace a year", "points"),
            "pace_low": ("95% from", "points"),
            "pace_high": ("95% to", "points"),
            "fastest": ("Fastest so far", "points"),
            "n": ("Answers last time", "count"),
            "n_clear": ("Answers to clear noise", "count"),
            "n_power": ("Answers for 80% power", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise="There is no target.",
        n=int(frame["n"].iloc[0]),
        method=TARGET_METHOD,
        caveats=[_noted(note) for note in frame["note"] if note],
        appendix=True,
    )


def _noted(note: str) -> str:
    said = "; ".join(tr(part) for part in note.split("; "))
    return f"{said[:1].upper()}{said[1:]}."


def _points(value: float) -> str:
    points = show(value, "count")
    return (
        tr("{points} point", points=points)
        if points == "1"
        else tr("{points} points", points=points)
    )
