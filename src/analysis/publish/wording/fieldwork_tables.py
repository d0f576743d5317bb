"""Metrics and tables of the fieldwork chapter."""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.results import NOT_ANSWERS, Chart, Metric, Note, Table, Unit

Columns = dict[str, tuple[str, Unit]]

NO_LIST = "Without a list of those who were asked, response cannot be worked out."

_RATE: Columns = {
    "estimate": ("Response", "share"),
    "ci_low": ("95% from", "share"),
    "ci_high": ("95% to", "share"),
    "answered": ("Answered", "count"),
    "n": ("Asked", "count"),
}


def metric(row: pd.DataFrame, who: str, beside: str = "") -> Metric | None:
    """Response of "contacts" or "accounts" as a headline number; None where `row` is empty.

    `beside`: what else the reader must know, such as the accounts behind the people.
    Who answered is a fact about the fieldwork, not somebody's answer: nothing is masked.
    """
    if row.empty:
        return None
    return results.metric(
        row.iloc[0],
        key=f"response_{who}",
        label="Response, people" if who == "contacts" else "Response, accounts",
        unit="share",
        people=False,
        method="Answered of all asked, with Wilson's interval.",
        caveat=f"{beside[:1].upper()}{beside[1:]}",
    )


def trend(rows: pd.DataFrame) -> Table | Note | None:
    """Response over the waves, people and accounts apart; None with a single wave."""
    if rows["wave"].nunique() < 2:
        return None
    return results.table(
        rows.assign(who=rows["term"].map({"contacts": tr("People"), "accounts": tr("Accounts")})),
        key="response_trend",
        title="Response over the waves",
        columns={"label": ("Wave", "text"), "who": ("Of whom", "text"), **_RATE},
        base=NOT_ANSWERS,
        otherwise=NO_LIST,
        chart=Chart(
            kind="trend",
            columns={
                "x": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "group": "who",
            },
            alt="Response of people and of accounts in each wave, with 95% intervals.",
            axis="Response",
        ),
    )


def roles(rows: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Response of each contact role; None where roles are not known.

    A role of few people is hidden: whoever knows them would learn which of them took part.
    """
    if rows.empty:
        return None
    known: Columns = {"known": ("On the contact list", "count")}
    return results.table(
        rows.assign(term=rows["term"].map(_roles)),
        key="response_by_role",
        title="Response by role at the account",
        columns={"term": ("Role", "text"), **_RATE, **(known if rows["known"].any() else {})},
        base="n",
        minimum=minimum,
        whole=True,
        otherwise=NO_LIST,
        method="Answered of those asked in each role, with Wilson's interval.",
        chart=Chart(
            kind="bars",
            columns={"label": "term", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="Response of each role with 95% intervals.",
            axis="Response",
        ),
    )


def silent(rows: pd.DataFrame, asked: pd.DataFrame) -> Table | Note | None:
    """Silent accounts by name, for the account teams; None where nobody knows who was asked."""
    if asked.empty:
        return None
    return results.table(
        rows,
        key="silent_accounts",
        title="Silent accounts",
        columns={
            "name": ("Account", "text"),
            "tier": ("Tier", "text"),
            "sector": ("Sector", "text"),
            "owner": ("Owner", "text"),
            "revenue": ("Revenue a year", "count"),
            "invited": ("People asked", "count"),
            "decision_makers": ("of them decision makers", "count"),
        },
        base=NOT_ANSWERS,
        otherwise="No account that was asked is silent.",
        method="Asked, and nobody answered; the largest first.",
        audience="internal",
    )


def tiers(rows: pd.DataFrame) -> Table | Note | None:
    """Share of silent accounts in each tier; None where tiers are not known."""
    if rows.empty:
        return None
    return results.table(
        rows,
        key="silent_by_tier",
        title="Silent accounts by tier",
        columns={
            "term": ("Tier", "text"),
            "estimate": ("Silent", "share"),
            "ci_low": ("95% from", "share"),
            "ci_high": ("95% to", "share"),
            "silent": ("Silent accounts", "count"),
            "n": ("Accounts asked", "count"),
        },
        base=NOT_ANSWERS,
        otherwise=NO_LIST,
        method="Accounts from which nobody answered, of all asked, with Wilson's interval.",
    )


def accounts(rows: pd.DataFrame) -> Table | Note | None:
    """Asked and answered at each account, for the research team; None without a list."""
    if rows.empty:
        return None
    return results.table(
        rows,
        key="response_by_account",
        title="Response by account",
        columns={
            "name": ("Account", "text"),
            "answered": ("Answered", "count"),
            "n": ("Asked", "count"),
            "decided": ("Decision makers who answered", "count"),
            "decision_makers": ("Decision makers asked", "count"),
        },
        base=NOT_ANSWERS,
        otherwise=NO_LIST,
        audience="internal",
        appendix=True,
    )


def if_silent(rows: pd.DataFrame, minimum: int) -> Table | None:
    """Between which bounds the NPS of all who were asked lies; None where it cannot be said."""
    if rows.empty:
        return None
    return results.table(
        rows.assign(term=rows["term"].map(tr)),
        key="nps_if_silent",
        title="The NPS if the silent had answered",
        columns={
            "term": ("If the silent were", "text"),
            "estimate": ("NPS of all asked", "points"),
            "n": ("Ratings", "count"),
            "silent": ("Silent people", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise=NO_LIST,
        method=(
            "Bounds, not estimates: the score of all who were asked lies between the first and the "
            "last row. Everyone asked counts once, whatever the account."
        ),
        appendix=True,
    )


def quality(rows: pd.DataFrame, minimum: int) -> Table | Note:
    """What may weaken the answers."""
    return results.table(
        rows.assign(term=rows["term"].map(tr)),
        key="quality",
        title="Quality of the answers",
        columns={
            "term": ("Check", "text"),
            "estimate": ("Share", "share"),
            "ci_low": ("95% from", "share"),
            "ci_high": ("95% to", "share"),
            "n": ("Answers", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise="No answers in this wave.",
        method="Suspicions, not verdicts (Curran 2016); shares with Wilson's interval.",
        appendix=True,
    )


def _roles(term: str) -> str:
    """The name of a role, or of several that stand together."""
    return ", ".join(tr(role) for role in term.split(", "))
