"""Sentences on who answered and who is silent."""

from collections.abc import Mapping

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Finding, Note

#: A third or more silent: what the others say is not the whole picture (our default).
MANY_SILENT = 1 / 3
#: More than half of the decision makers silent: the whole interval must say so (our default).
MOST = 0.5
#: Response that B2B programmes should grow to (Waypoint, in the source documents).
LONG_RUN = 0.70


def response(rows: pd.DataFrame) -> Finding | None:
    """How many people and accounts answered; `rows` has term, estimate, interval, answered, n."""
    if rows.empty:
        return None
    people = rows.set_index("term").loc["contacts"]
    return Finding(
        key="response",
        sentence=(
            f"{show(people['estimate'], 'share')} of the people asked answered "
            f"({people['answered']:,.0f} of {people['n']:,.0f}; 95% interval "
            f"{interval(people['ci_low'], people['ci_high'], 'share')}), {from_accounts(rows)}."
        ),
        evidence="descriptive",
        lead=False,
    )


def from_accounts(rows: pd.DataFrame) -> str:
    """Of how many accounts the answers are; `rows` as for `response`."""
    if rows.empty:
        return ""
    line = rows.set_index("term").loc["accounts"]
    return (
        f"from {show(line['estimate'], 'share')} of the accounts "
        f"({line['answered']:,.0f} of {line['n']:,.0f})"
    )


def silence(summary: Mapping[str, float]) -> Finding | None:
    """How many accounts are silent, and what hangs on them."""
    if not summary:
        return None
    if not summary["silent"]:
        sentence = f"All {summary['asked']:,} accounts that were asked have answered."
        return Finding(key="silence", sentence=sentence, evidence="descriptive")
    worth = _worth(summary)
    return Finding(
        key="silence",
        sentence=(
            f"Of {summary['asked']:,} accounts asked, {summary['silent']:,} stayed silent{worth}; "
            f"{summary['deciders_silent']:,} of {summary['deciders']:,} decision makers did not "
            "answer."
        ),
        evidence="descriptive",
        lead=bool(summary["share"] >= MANY_SILENT),
    )


def speak_to_silent(summary: Mapping[str, float]) -> Advice | None:
    """Go and speak to the silent: first of all where a third of the accounts or, beyond doubt,
    most decision makers are; where they are fewer, what was promised comes before it.
    """
    if not summary:
        return None
    mute = bool(summary["deciders_low"] > MOST)
    if not (summary["silent"] or mute):
        return None
    many = bool(summary["share"] >= MANY_SILENT)
    deciders = summary["deciders"] and summary["deciders_silent"] / summary["deciders"]
    whom = f"the {summary['silent']:,} silent accounts"
    if summary["silent"] == 1:
        whom = "the one silent account"
    if mute and not many:
        whom = f"the {summary['deciders_silent']:,} decision makers who did not answer"
    why = []
    if summary["silent"]:
        why.append(
            f"nobody answered at {show(summary['share'], 'share')} of the accounts asked "
            f"({summary['silent']:,} of {summary['asked']:,}){_worth(summary)}"
        )
    if deciders:
        why.append(
            f"{show(deciders, 'share')} of the decision makers stayed silent "
            f"({summary['deciders_silent']:,} of {summary['deciders']:,})"
        )
    because = f"{', and '.join(why)}; the scores speak for the others only."
    urgent = many or mute
    return Advice(
        key="speak_to_silent",
        do=f"Speak to {whom}{' before reading more into the scores' if urgent else ''}.",
        because=because[0].upper() + because[1:],
        rank=5 if many else 6 if mute else 35,
    )


def _worth(summary: Mapping[str, float]) -> str:
    money = summary["revenue_share"]
    return f", with {show(money, 'share')} of the revenue of all asked" if money == money else ""


def no_decider(summary: Mapping[str, float]) -> Note | None:
    """At how many accounts nobody who decides was asked, where roles are known."""
    if not summary or not summary["deciders"] or not summary["no_decider"]:
        return None
    return Note(
        key="no_decider",
        about="caveat",
        sentence=(
            f"At {summary['no_decider']:,} of {summary['asked']:,} accounts no decision maker was "
            "asked; what they think is not in the scores."
        ),
    )


def no_list(answers: int, accounts: int, asked: pd.DataFrame) -> Note | None:
    """What can be said where no invitations were kept."""
    if not asked.empty:
        return None
    source = f" from {accounts:,} accounts" if accounts else ""
    return Note(
        key="no_invitations",
        about="absent",
        sentence=(
            f"{answers:,} people answered{source}; without a list of those who were asked, "
            "response and silence cannot be worked out."
        ),
    )


def long_run(rows: pd.DataFrame) -> Note | None:
    """The line that programmes should grow to, for reference only."""
    if rows.empty:
        return None
    return Note(
        key="long_run",
        about="method",
        sentence=(
            f"Experienced programmes aim at {show(LONG_RUN, 'share')} of the people asked. A rate "
            "of people and a rate of accounts count different things and are never compared. "
            "Intervals of rates are Wilson's; the change of a rate takes the two waves as "
            "independent (Newcombe), which is cautious where the same people were asked twice."
        ),
    )


def suspicions(rows: pd.DataFrame, minimum: int) -> Note | None:
    """How many answers look careless; they stay in."""
    found = rows[rows["term"] == "One answer to every statement"]
    if found.empty or not found.iloc[0]["found"] or found.iloc[0]["n"] < minimum:
        return None
    row = found.iloc[0]
    return Note(
        key="suspicions",
        about="caveat",
        sentence=(
            f"{row['found']:,.0f} of {row['n']:,.0f} respondents gave one answer to every "
            "statement; that is a suspicion, not a verdict, and their answers stay in."
        ),
    )
