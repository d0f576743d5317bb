"""Pages of single accounts, for the teams that look after them."""

from collections.abc import Iterable
from typing import Any, Protocol

import pandas as pd

from analysis.publish import results
from analysis.publish.results import IN_THE_OPEN, NOT_ANSWERS, AccountPage, Block, Note

ROLES = {
    "decision_maker": "Decision maker",
    "influencer": "Influencer",
    "operational": "Operational contact",
    "end_user": "End user",
}


class _Sheet(Protocol):
    """What `programme.accounts.sheets` gives for each account."""

    account: str
    name: str
    tier: str
    owner: str
    flags: tuple[str, ...]
    answered: int
    asked: int
    people: pd.DataFrame
    scores: pd.DataFrame
    actions: pd.DataFrame


def pages(sheets: Iterable[_Sheet], minimum: int) -> list[AccountPage]:
    """One page for every account's team, those that want attention first."""
    return [
        AccountPage(
            id=sheet.account,
            name=sheet.name,
            line=_line(sheet),
            flags=sheet.flags,
            answered=sheet.answered,
            asked=sheet.asked,
            blocks=tuple(_blocks(sheet, minimum)),
        )
        for sheet in sheets
    ]


def _line(sheet: _Sheet) -> str:
    parts = [f"Tier {sheet.tier}"] if sheet.tier else []
    parts += [f"looked after by {sheet.owner}"] if sheet.owner else []
    came = f"{sheet.answered} of {sheet.asked} asked" if sheet.asked else f"{sheet.answered}"
    parts.append(f"{came} answered")
    words = ", ".join(parts)
    return words[:1].upper() + words[1:]


def _blocks(sheet: _Sheet, minimum: int) -> Iterable[Block]:
    people = sheet.people
    yield results.table(
        people.assign(role=people["role"].map(ROLES), contact=people["contact"].fillna("")),
        key="people",
        title="Who answered in the open",
        columns=_filled(people, PEOPLE),
        base=IN_THE_OPEN,
        otherwise=_nobody(sheet),
        method=(
            "Only people who agreed to be named. Two or three people are voices, not percentages: "
            "read them one by one."
        ),
    )
    if len(people) < sheet.answered and len(people):
        hidden = sheet.answered - len(people)
        said = "1 more answered" if hidden == 1 else f"{hidden} more answered"
        yield Note(key="in_confidence", sentence=f"{said} in confidence and are not shown.")
    if len(sheet.scores):
        yield _scores(sheet.scores, minimum)
    yield results.table(
        sheet.actions,
        key="account_actions",
        title="What was asked for, and what was done",
        columns=_filled(sheet.actions, ACTIONS),
        base=NOT_ANSWERS,
        otherwise="No action is recorded for this account.",
    )


PEOPLE: dict[str, tuple[str, results.Unit]] = {
    "contact": ("Person", "text"),
    "role": ("Role", "text"),
    "rating": ("Would recommend, 0 to 10", "count"),
    "before": ("Before", "count"),
    "crq": ("CRQ", "score"),
    "segment": ("Kind of relationship", "text"),
    "lowest": ("Lowest score", "text"),
    "lowest_score": ("of 7", "score"),
}
ACTIONS: dict[str, tuple[str, results.Unit]] = {
    "label": ("Wave", "text"),
    "said": ("Asked for", "text"),
    "did": ("Done", "text"),
    "owner": ("Owner", "text"),
    "status": ("Status", "text"),
    "due": ("Due", "date"),
}


def _scores(scores: pd.DataFrame, minimum: int) -> Any:
    return results.table(
        scores,
        key="account_scores",
        title="This account beside all customers",
        columns={
            "label": ("Scale", "text"),
            "estimate": ("This account", "score"),
            "ci_low": ("95% from", "score"),
            "ci_high": ("95% to", "score"),
            "n": ("Answers", "count"),
            "everybody": ("All customers", "score"),
            "n_everybody": ("All answers", "count"),
        },
        base="n",
        otherwise="",
        minimum=minimum,
        method=(
            "Mean with its t interval over the account's people. Answers given in confidence are "
            f"counted only where there are at least {minimum} of them at this account."
        ),
    )


def _nobody(sheet: _Sheet) -> str:
    if sheet.answered:
        return f"{sheet.answered} answered, all in confidence: nobody is shown."
    return f"Nobody of {sheet.asked} asked has answered." if sheet.asked else "Nobody has answered."


def _filled(frame: pd.DataFrame, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns that hold anything."""
    there = frame.replace("", None).notna().any()
    return {key: value for key, value in columns.items() if frame.empty or there[key]}
