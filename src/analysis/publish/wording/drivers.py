"""Sentences of chapter 4: what goes with the outcome, and what to work on first.

Driver studies show what goes together, and the sentences say no more than that.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Finding, Note

ASSOCIATION = (
    "What goes together is not proof of cause: the drivers say where to try first, and the next "
    "wave whether it worked."
)

#: Share of resamples in which the first driver must explain more than a random number, or the
#: sentence says that it does not clearly do so (as in the ranking; our default).
BEATS_CHANCE = 0.95

#: Share of the resamples in which a driver comes first before it is called first (our default).
SURELY_FIRST = 0.95

_ORDER = {1: "Improve {} first.", 2: "Then improve {}."}
_AFTER = "After that, improve {}."


def strongest(table: pd.DataFrame, outcome: str) -> Finding | None:
    """Which driver goes most with the outcome, or that none stands out.

    `table` has term, label, estimate, ci_low, ci_high, first, beats_noise, clear, beta and n, the
    largest first.
    """
    if table.empty:
        return None
    top, of = table.iloc[0], outcome.lower()
    carries = (
        f"carries {show(top['estimate'], 'share')} of what the {_count(table)} drivers explain "
        f"(95% interval {interval(top['ci_low'], top['ci_high'], 'share')}; "
        f"{show(top['n'], 'count')} answers)"
    )
    if not top["clear"]:
        why = f"cannot be told apart from {_name(table.iloc[1])}, which comes next"
        if top["beats_noise"] < BEATS_CHANCE:
            why = "does not clearly explain more than a random number would"
        return Finding(
            key="strongest_driver",
            sentence=(f"No single driver of {of} stands out: {_name(top)} {carries}, and {why}."),
            evidence="undecided",
        )
    way = "" if top["beta"] > 0 else ", in the opposite direction,"
    if top["first"] < SURELY_FIRST and len(table) > 1:
        sentence = (
            f"{top['label']} stands out among what goes with {of}{way.rstrip(',')}: it {carries}. "
            f"Whether it goes more with it than {_name(table.iloc[1])} cannot be told: it comes "
            f"first in {show(top['first'], 'share')} of the resamples."
        )
    else:
        sentence = f"{top['label']} goes most{way} with {of}: it {carries}."
    others = [_name(row) for row in table.iloc[1:].to_dict("records") if row["clear"]]
    if others:
        sentence += f" {' and '.join(others).capitalize()} "
        sentence += "stands out too." if len(others) == 1 else "stand out too."
    return Finding(key="strongest_driver", sentence=sentence, evidence="clear", lead=True)


def priorities(map_: pd.DataFrame, outcome: str) -> list[Advice | Finding]:
    """What to improve in which order, what to protect, or that nothing is to be advised.

    `map_` has term, label, importance, importance_low, importance_high, performance, ci_low,
    ci_high, n, n_complete, above, above_low, above_high, protect and priority (1, 2, ..., or 0).
    """
    if map_.empty:
        return []
    rows = map_.to_dict("records")
    wanted = sorted((row for row in rows if row["priority"]), key=lambda row: row["priority"])
    blocks: list[Advice | Finding] = [_advice(row, outcome) for row in wanted]
    blocks += [_protect(row, outcome) for row in rows if row["protect"]]
    if not blocks:
        sentence = (
            f"Nothing is advised from the drivers of {outcome.lower()}: none is both clearly "
            "important and open to improvement."
        )
        blocks.append(Finding(key="no_priority", sentence=sentence, evidence="undecided"))
    return blocks


def _advice(row: Mapping[str, Any], outcome: str) -> Advice:
    sure = interval(row["importance_low"], row["importance_high"], "share")
    where = "about the average of the drivers"
    if row["above_high"] < 0:
        where = f"{show(-row['above'], 'score')} below the average of the drivers"
    return Advice(
        key=f"priority_{row['priority']}",
        do=_ORDER.get(row["priority"], _AFTER).format(_name(row)),
        because=(
            f"It goes with {show(row['importance'], 'share')} of the differences in "
            f"{outcome.lower()} that the survey can explain (95% interval {sure}; "
            f"{show(row['n_complete'], 'count')} answers) and scores "
            f"{show(row['performance'], 'count')} of 100 (95% interval "
            f"{interval(row['ci_low'], row['ci_high'], 'count')}), {where}. This is what goes "
            "together, not proof of cause."
        ),
        rank=9 + row["priority"],
    )


def _protect(row: Mapping[str, Any], outcome: str) -> Finding:
    where = "with little room to improve"
    if row["above_low"] > 0:
        where = (
            f"{show(row['above'], 'score')} above the average of the drivers (95% interval "
            f"{interval(row['above_low'], row['above_high'], 'score')}; "
            f"{show(row['n_complete'], 'count')} answers)"
        )
    return Finding(
        key=f"protect_{row['term']}",
        sentence=(
            f"{row['label']} matters for {outcome.lower()} and already scores "
            f"{show(row['performance'], 'count')} of 100, {where}: protect it."
        ),
        evidence="clear",
    )


def explained(share: Mapping[str, Any], r2_cv: float, outcome: str) -> Note | None:
    """How much of the outcome the drivers explain, here and for answers not seen.

    `share` has estimate, ci_low, ci_high, n and n_accounts; without accounts single answers were
    left out.
    """
    if not share:
        return None
    accounts = share.get("n_accounts")
    where = "at accounts" if accounts and accounts == accounts else "for answers"
    return Note(
        key="explained",
        about="method",
        sentence=(
            f"Together the drivers explain {show(share['estimate'], 'share')} of the differences "
            f"in {outcome.lower()} (95% interval "
            f"{interval(share['ci_low'], share['ci_high'], 'share')}; {show(share['n'], 'count')} "
            f"answers), and {show(r2_cv, 'share')} {where} that were left out of the calculation. "
            f"{ASSOCIATION}"
        ),
    )


def used(n: int, n_asked: int) -> Note | None:
    """How many answers the analysis rests on, where some had to be left out."""
    if not n or n == n_asked:
        return None
    return Note(
        key="answers_used",
        about="caveat",
        sentence=(
            f"The drivers rest on {show(n, 'count')} of {show(n_asked, 'count')} answers: those "
            "that hold the outcome and at least half of the questions on every driver."
        ),
    )


def _name(row: Mapping[str, Any] | pd.Series) -> str:
    """A driver inside a sentence."""
    return str(row["label"]).lower()


def _count(table: pd.DataFrame) -> str:
    words = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[len(table) - 2] if len(table) < 11 else str(len(table))
