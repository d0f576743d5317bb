"""Pages of single accounts, for the teams that look after them."""

from collections.abc import Iterable
from typing import Any, Protocol

import pandas as pd

from analysis.language import later, tr
from analysis.publish import results
from analysis.publish.blocks import WITHHELD
from analysis.publish.results import IN_THE_OPEN, NOT_ANSWERS, AccountPage, Block, Note

ROLES = {
    "decision_maker": later("Decision maker"),
    "influencer": later("Influencer"),
    "operational": later("Operational contact"),
    "end_user": later("End user"),
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
    withheld: bool
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
    parts = [tr("Tier {tier}", tier=sheet.tier)] if sheet.tier else []
    parts += [tr("looked after by {owner}", owner=sheet.owner)] if sheet.owner else []
    if sheet.asked:
        said = later("{answered} of {asked} asked answered")
    else:
        said = later("{answered} answered" if sheet.answered else "who answered is not known")
    parts.append(tr(said, answered=sheet.answered, asked=sheet.asked))
    words = ", ".join(parts)
    return words[:1].upper() + words[1:]


def _blocks(sheet: _Sheet, minimum: int) -> Iterable[Block]:
    people, actions = sheet.people, sheet.actions
    yield results.table(
        people.assign(
            role=people["role"].map({role: tr(said) for role, said in ROLES.items()}),
            contact=people["contact"].fillna(""),
            segment=people["segment"].map(tr, na_action="ignore"),
        ),
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
        said = tr(
            "1 more answered in confidence and are not shown."
            if hidden == 1
            else "{n} more answered in confidence and are not shown.",
            n=hidden,
        )
        yield Note(key="in_confidence", sentence=said)
    if sheet.withheld:
        yield Note(
            key=WITHHELD,
            sentence=tr(
                "Some scores are left out here: the published scores less all that account pages "
                "show would tell what a few others said in confidence."
            ),
        )
    if len(sheet.scores):
        yield _scores(sheet.scores, minimum)
    yield results.table(
        actions.assign(status=actions["status"].map(tr, na_action="ignore")),
        key="account_actions",
        title="What was asked for, and what was done",
        columns=_filled(actions, ACTIONS),
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
        method=tr(
            "Mean with its t interval over the account's people. Answers given in confidence are "
            "counted only where there are at least {minimum} of them at this account.",
            minimum=minimum,
        ),
    )


def _nobody(sheet: _Sheet) -> str:
    if sheet.answered:
        return tr("{n} answered, all in confidence: nobody is shown.", n=sheet.answered)
    if sheet.asked:
        return tr("Nobody of {asked} asked has answered.", asked=sheet.asked)
    return tr("No answer is known to be from this account.")


def _filled(frame: pd.DataFrame, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns that hold anything."""
    there = frame.replace("", None).notna().any()
    return {key: value for key, value in columns.items() if frame.empty or there[key]}
