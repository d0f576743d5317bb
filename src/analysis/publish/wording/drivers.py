"""Sentences of chapter 4: what goes with the outcome, and what to work on first.

Driver studies show what goes together, and the sentences say no more than that.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.language import later, listed, tr
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

_ORDER = {1: later("Improve {name} first."), 2: later("Then improve {name}.")}
_AFTER = later("After that, improve {name}.")
_COUNTS = (
    later("two"),
    later("three"),
    later("four"),
    later("five"),
    later("six"),
    later("seven"),
    later("eight"),
    later("nine"),
)


def strongest(table: pd.DataFrame, outcome: str) -> Finding | None:
    """Which driver goes most with the outcome, or that none stands out.

    `table` has term, label, estimate, ci_low, ci_high, first, beats_noise, clear, beta and n, the
    largest first.
    """
    if table.empty:
        return None
    top, of = table.iloc[0], outcome.lower()
    carries = tr(
        "carries {share} of what the {count} drivers explain (95% interval {ends}; {n} answers)",
        share=show(top["estimate"], "share"),
        count=_count(table),
        ends=interval(top["ci_low"], top["ci_high"], "share"),
        n=show(top["n"], "count"),
    )
    if not top["clear"]:
        if top["beats_noise"] < BEATS_CHANCE:
            why = tr("does not clearly explain more than a random number would")
        else:
            why = tr(
                "cannot be told apart from {name}, which comes next", name=_name(table.iloc[1])
            )
        return Finding(
            key="strongest_driver",
            sentence=tr(
                "No single driver of {outcome} stands out: {name} {carries}, and {why}.",
                outcome=of,
                name=_name(top),
                carries=carries,
                why=why,
            ),
            evidence="undecided",
        )
    against = not top["beta"] > 0
    if top["first"] < SURELY_FIRST and len(table) > 1:
        sentence = tr(
            "{label} stands out among what goes with {outcome}{way}: it {carries}. Whether it goes "
            "more with it than {other} cannot be told: it comes first in {share} of the resamples.",
            label=top["label"],
            outcome=of,
            way=tr(", in the opposite direction") if against else "",
            carries=carries,
            other=_name(table.iloc[1]),
            share=show(top["first"], "share"),
        )
    else:
        sentence = tr(
            "{label} goes most{way} with {outcome}: it {carries}.",
            label=top["label"],
            way=tr(", in the opposite direction,") if against else "",
            outcome=of,
            carries=carries,
        )
    others = [_name(row) for row in table.iloc[1:].to_dict("records") if row["clear"]]
    if len(others) == 1:
        sentence = f"{sentence} {tr('{name} stands out too.', name=others[0].capitalize())}"
    elif others:
        sentence = f"{sentence} {tr('{names} stand out too.', names=listed(others).capitalize())}"
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
        sentence = tr(
            "Nothing is advised from the drivers of {outcome}: none is both clearly important and "
            "open to improvement.",
            outcome=outcome.lower(),
        )
        blocks.append(Finding(key="no_priority", sentence=sentence, evidence="undecided"))
    return blocks


def _advice(row: Mapping[str, Any], outcome: str) -> Advice:
    where = tr("about the average of the drivers")
    if row["above_high"] < 0:
        where = tr("{gap} below the average of the drivers", gap=show(-row["above"], "score"))
    return Advice(
        key=f"priority_{row['priority']}",
        do=tr(_ORDER.get(row["priority"], _AFTER), name=_name(row)),
        because=tr(
            "It goes with {share} of the differences in {outcome} that the survey can explain (95% "
            "interval {share_ends}; {n} answers) and scores {score} of 100 (95% interval "
            "{score_ends}), {where}. This is what goes together, not proof of cause.",
            share=show(row["importance"], "share"),
            outcome=outcome.lower(),
            share_ends=interval(row["importance_low"], row["importance_high"], "share"),
            n=show(row["n_complete"], "count"),
            score=show(row["performance"], "count"),
            score_ends=interval(row["ci_low"], row["ci_high"], "count"),
            where=where,
        ),
        rank=9 + row["priority"],
    )


def _protect(row: Mapping[str, Any], outcome: str) -> Finding:
    where = tr("with little room to improve")
    if row["above_low"] > 0:
        where = tr(
            "{gap} above the average of the drivers (95% interval {ends}; {n} answers)",
            gap=show(row["above"], "score"),
            ends=interval(row["above_low"], row["above_high"], "score"),
            n=show(row["n_complete"], "count"),
        )
    return Finding(
        key=f"protect_{row['term']}",
        sentence=tr(
            "{label} matters for {outcome} and already scores {score} of 100, {where}: protect it.",
            label=row["label"],
            outcome=outcome.lower(),
            score=show(row["performance"], "count"),
            where=where,
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
    told = tr(
        "Together the drivers explain {share} of the differences in {outcome} (95% interval "
        "{ends}; {n} answers), and {share_left_out} {where} that were left out of the calculation.",
        share=show(share["estimate"], "share"),
        outcome=outcome.lower(),
        ends=interval(share["ci_low"], share["ci_high"], "share"),
        n=show(share["n"], "count"),
        share_left_out=show(r2_cv, "share"),
        where=tr("at accounts") if accounts and accounts == accounts else tr("for answers"),
    )
    return Note(key="explained", about="method", sentence=f"{told} {tr(ASSOCIATION)}")


def used(n: int, n_asked: int) -> Note | None:
    """How many answers the analysis rests on, where some had to be left out."""
    if not n or n == n_asked:
        return None
    return Note(
        key="answers_used",
        about="caveat",
        sentence=tr(
            "The drivers rest on {n} of {asked} answers: those that hold the outcome and at least "
            "half of the questions on every driver.",
            n=show(n, "count"),
            asked=show(n_asked, "count"),
        ),
    )


def _name(row: Mapping[str, Any] | pd.Series) -> str:
    """A driver inside a sentence."""
    return str(row["label"]).lower()


def _count(table: pd.DataFrame) -> str:
    return tr(_COUNTS[len(table) - 2]) if len(table) < 11 else str(len(table))
