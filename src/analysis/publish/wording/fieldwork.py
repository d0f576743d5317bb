"""Sentences on who answered and who is silent."""

from collections.abc import Mapping

import pandas as pd

from analysis.language import tr
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
        sentence=tr(
            "{share} of the people asked answered ({answered} of {asked}; 95% interval {ends}), "
            "{accounts}.",
            share=show(people["estimate"], "share"),
            answered=show(people["answered"], "count"),
            asked=show(people["n"], "count"),
            ends=interval(people["ci_low"], people["ci_high"], "share"),
            accounts=from_accounts(rows),
        ),
        evidence="descriptive",
        lead=False,
    )


def from_accounts(rows: pd.DataFrame) -> str:
    """Of how many accounts the answers are; `rows` as for `response`."""
    if rows.empty:
        return ""
    line = rows.set_index("term").loc["accounts"]
    return tr(
        "from {share} of the accounts ({answered} of {asked})",
        share=show(line["estimate"], "share"),
        answered=show(line["answered"], "count"),
        asked=show(line["n"], "count"),
    )


def silence(summary: Mapping[str, float]) -> Finding | None:
    """How many accounts are silent, and what hangs on them."""
    if not summary:
        return None
    if not summary["silent"]:
        sentence = tr(
            "All {asked} accounts that were asked have answered.",
            asked=show(summary["asked"], "count"),
        )
        return Finding(key="silence", sentence=sentence, evidence="descriptive")
    return Finding(
        key="silence",
        sentence=tr(
            "Of {asked} accounts asked, {silent} stayed silent{worth}; {deciders_silent} of "
            "{deciders} decision makers did not answer.",
            worth=_worth(summary),
            **_counts(summary),
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
    counts = _counts(summary)
    whom = tr("the {silent} silent accounts", **counts)
    if summary["silent"] == 1:
        whom = tr("the one silent account")
    if mute and not many:
        whom = tr("the {deciders_silent} decision makers who did not answer", **counts)
    of_accounts = tr(
        "nobody answered at {share} of the accounts asked ({silent} of {asked}){worth}",
        share=show(summary["share"], "share"),
        worth=_worth(summary),
        **counts,
    )
    of_deciders = tr(
        "{share} of the decision makers stayed silent ({deciders_silent} of {deciders})",
        share=show(deciders, "share"),
        **counts,
    )
    why = of_accounts if summary["silent"] else of_deciders
    if summary["silent"] and deciders:
        why = tr("{accounts}, and {deciders}", accounts=of_accounts, deciders=of_deciders)
    because = tr("{why}; the scores speak for the others only.", why=why)
    urgent = many or mute
    return Advice(
        key="speak_to_silent",
        do=tr(
            "Speak to {whom} before reading more into the scores."
            if urgent
            else "Speak to {whom}.",
            whom=whom,
        ),
        because=because[0].upper() + because[1:],
        rank=5 if many else 6 if mute else 35,
    )


def _worth(summary: Mapping[str, float]) -> str:
    money = summary["revenue_share"]
    if money != money:
        return ""
    return tr(", with {share} of the revenue of all asked", share=show(money, "share"))


def _counts(summary: Mapping[str, float]) -> dict[str, str]:
    """How many were asked and silent, as printed, by the names that sentences use."""
    return {
        name: show(summary[name], "count")
        for name in ("asked", "silent", "deciders", "deciders_silent")
    }


def no_decider(summary: Mapping[str, float]) -> Note | None:
    """At how many accounts nobody who decides was asked, where roles are known."""
    if not summary or not summary["deciders"] or not summary["no_decider"]:
        return None
    return Note(
        key="no_decider",
        about="caveat",
        sentence=tr(
            "At {count} of {asked} accounts no decision maker was asked; what they think is not in "
            "the scores.",
            count=show(summary["no_decider"], "count"),
            asked=show(summary["asked"], "count"),
        ),
    )


def no_list(answers: int, accounts: int, asked: pd.DataFrame) -> Note | None:
    """What can be said where no invitations were kept."""
    if not asked.empty:
        return None
    return Note(
        key="no_invitations",
        about="absent",
        sentence=tr(
            "{n} people answered from {accounts} accounts; without a list of those who were asked, "
            "response and silence cannot be worked out."
            if accounts
            else "{n} people answered; without a list of those who were asked, response and "
            "silence cannot be worked out.",
            n=show(answers, "count"),
            accounts=show(accounts, "count"),
        ),
    )


def long_run(rows: pd.DataFrame) -> Note | None:
    """The line that programmes should grow to, for reference only."""
    if rows.empty:
        return None
    return Note(
        key="long_run",
        about="method",
        sentence=tr(
            "Experienced programmes aim at {share} of the people asked. A rate of people and a "
            "rate of accounts count different things and are never compared. Intervals of rates "
            "are Wilson's; the change of a rate takes the two waves as independent (Newcombe), "
            "which is cautious where the same people were asked twice.",
            share=show(LONG_RUN, "share"),
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
        sentence=tr(
            "{found} of {n} respondents gave one answer to every statement; that is a suspicion, "
            "not a verdict, and their answers stay in.",
            found=show(row["found"], "count"),
            n=show(row["n"], "count"),
        ),
    )
