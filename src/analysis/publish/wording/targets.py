"""Whether a target for the NPS is realistic: a sentence and a table for chapter 2."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

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
    asks = (
        f"From {show(row['estimate'], 'points')} to the target of {show(row['target'], 'points')} "
        f"by {row['when']} is {_points(row['needed'])}"
    )
    if row["label"] == "within noise":
        pace = ""
        if pd.notna(row["pace"]):
            pace = (
                f", {show(row['needed_pace'], 'points')} a year against the client's own "
                f"{show(row['pace'], 'points')} (95% interval "
                f"{interval(row['pace_low'], row['pace_high'], 'points')}; {row['waves']} waves)"
            )
        sentence = (
            f"{asks}{pace}: within noise. With as many answers as last time "
            f"({show(row['n'], 'count')}), chance alone explains a change of up to "
            f"{_points(row['margin'])}; it takes about {show(row['n_clear'], 'count')} answers a "
            f"wave to clear it, and {show(row['n_power'], 'count')} to see it with 80% certainty."
        )
        return Finding(key="target_realism_finding", sentence=sentence, evidence="undecided")
    sentence = f"{asks}{_pace(row)} ({show(row['n'], 'count')} answers in the last wave)."
    return Finding(key="target_realism_finding", sentence=sentence, evidence="descriptive")


def _pace(row: Mapping[str, Any]) -> str:
    """The target's pace beside the client's own."""
    if row["label"] == "no pace to hold it against":
        return "; with a single comparable wave there is no pace to hold it against"
    own = (
        f"the client's own pace is {show(row['pace'], 'points')} a year (95% interval "
        f"{interval(row['pace_low'], row['pace_high'], 'points')}; {row['waves']} waves)"
    )
    asked = f", {show(row['needed_pace'], 'points')} a year; {own}"
    verdict = {
        "realistic": "it is realistic if that pace is kept up",
        "stretch": f"a stretch, but the score has moved as fast ({_fast(row)} a year)",
        "beyond what was ever seen": "it is beyond what was ever seen here",
    }[row["label"]]
    return f"{asked}: {verdict}"


def _fast(row: Mapping[str, Any]) -> str:
    return show(row["fastest"], "points")


def table(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The figures behind the sentence; None without a target."""
    if frame.empty:
        return None
    return results.table(
        frame,
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
        caveats=[note[:1].upper() + note[1:] + "." for note in frame["note"] if note],
        appendix=True,
    )


def _points(value: float) -> str:
    text = show(value, "count")
    return f"{text} point" if text == "1" else f"{text} points"
