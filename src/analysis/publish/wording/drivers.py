"""Sentences on what goes with the outcome."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Finding, Note

#: Driver studies show what goes together; only a trial shows what moves what.
ASSOCIATION = (
    "This is an association in one wave, not proof of cause: it says where to try first, and the "
    "next wave says whether it worked."
)


def strongest(table: pd.DataFrame, outcome: str) -> Finding | None:
    """Which driver comes first, said as surely as the resamples allow.

    `table` has label, estimate, ci_low, ci_high, first and n, the largest driver first.
    """
    if table.empty:
        return None
    top, count = table.iloc[0], len(table)
    share = (
        f"{show(top['estimate'], 'share')} of what the survey can explain "
        f"(95% interval {interval(top['ci_low'], top['ci_high'], 'share')}; n = {top['n']:,})"
    )
    clear = top["first"] >= 0.8 or top["ci_low"] > 1 / count
    if clear:
        sentence = f"{top['label']} goes most with {_name(outcome)}: {share}."
    else:
        second = table.iloc[1]["label"].lower()
        sentence = (
            f"{top['label']} and {second} cannot be told apart as drivers of {_name(outcome)}; "
            f"{top['label'].lower()} carries {share}."
        )
    return Finding(
        key="strongest_driver",
        sentence=sentence,
        evidence="clear" if clear else "undecided",
        lead=clear,
    )


def explained(r2: Mapping[str, Any], r2_new: float, outcome: str) -> Note | None:
    """How much of the outcome the drivers explain, here and at accounts not seen."""
    if not r2:
        return None
    return Note(
        key="explained",
        about="method",
        sentence=(
            f"Together the drivers explain {show(r2['estimate'], 'share')} of the differences in "
            f"{_name(outcome)} (95% interval {interval(r2['ci_low'], r2['ci_high'], 'share')}; "
            f"n = {r2['n']:,}), and {show(r2_new, 'share')} at accounts that the model had not "
            f"seen. {ASSOCIATION}"
        ),
    )


def priorities(map_: pd.DataFrame, table: pd.DataFrame, outcome: str) -> list[Advice]:
    """At most two things to improve first: clear drivers with room to improve.

    `map_` has label, performance (0-100) and priority ("yes" or ""); `table` as in `strongest`.
    """
    if map_.empty:
        return []
    shares = table.set_index("term")
    advice = []
    for rank, row in enumerate(map_[map_["priority"] == "yes"].to_dict("records"), start=10):
        share = shares.loc[row["term"]]
        advice.append(
            Advice(
                key=f"priority_{rank}",
                do=f"Improve {row['label'].lower()}.",
                because=(
                    f"It carries {show(row['importance'], 'share')} of what explains "
                    f"{_name(outcome)} (95% interval "
                    f"{interval(share['ci_low'], share['ci_high'], 'share')}; "
                    f"n = {row['n']:,.0f}) and scores {row['performance']:.0f} of 100."
                ),
                rank=rank,
            )
        )
    return advice


def used(n: int, n_asked: int) -> Note | None:
    """How many answers the analysis rests on, where some had to be left out."""
    if not n or n == n_asked:
        return None
    return Note(
        key="answers_used",
        about="caveat",
        sentence=(
            f"The driver analysis uses the {n:,} of {n_asked:,} answers that hold the outcome and "
            "every driver."
        ),
    )


def _name(outcome: str) -> str:
    """The outcome inside a sentence."""
    return "the recommendation" if outcome == "Recommendation" else outcome.lower()
