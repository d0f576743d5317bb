"""Tables of the kinds of relationship that accounts have, and of how accounts moved."""

import pandas as pd

from analysis.language import tr
from analysis.publish import disclosure, results
from analysis.publish.numbers import show
from analysis.publish.results import NOT_ANSWERS, Chart, Note, Table

ACCOUNT_METHOD = (
    "An account is of the kind that the weighted mean of its contacts gives; a decision maker "
    "weighs more than an end user (our default unless the client sets its own weights). Wilson "
    "intervals over accounts."
)
MOVES_METHOD = (
    "Accounts with a kind in both waves; each row shows where the accounts of one kind went, as "
    "shares of that row. Some moves to and fro are chance: contacts answer a little differently "
    "each time, and others may answer."
)
LIST_METHOD = (
    "Weighted mean of the contacts' scores and how far apart they are (standard deviation). Only "
    "accounts where everybody answered in the open, or enough people in confidence."
)


def account_kinds(shares: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Share of accounts of each kind; None without any, as another note then says why."""
    if shares.empty:
        return None
    return results.table(
        shares.assign(term=shares["term"].map(tr)),
        key="account_segments",
        title="Accounts by kind of relationship",
        columns={
            "term": ("Kind", "text"),
            "estimate": ("Share of accounts", "share"),
            "ci_low": ("95% from", "share"),
            "ci_high": ("95% to", "share"),
            "count": ("Accounts of this kind", "count"),
            "n": ("Accounts", "count"),
            "n_people": ("People behind them", "count"),
        },
        base="n_least",
        otherwise="",
        minimum=minimum,
        n=int(shares["n"].iloc[0]),
        method=ACCOUNT_METHOD,
        chart=Chart(
            kind="bars",
            columns={"label": "term", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="Share of accounts of each of the five kinds of relationship, with 95% intervals.",
        ),
        appendix=True,
    )


def account_moves(moves: pd.DataFrame, minimum: int) -> Table | Note | None:
    """From which kind to which the accounts moved, as a grid."""
    if moves.empty:
        return None
    since = moves["since"].iloc[0]
    return results.table(
        moves.assign(
            before=moves["before"].map(tr),
            after=moves["after"].map(tr),
            n_least=moves["before"].map(_shown(moves, minimum)),
        ),
        key="account_moves",
        title=tr("Where the accounts of {since} are now", since=since),
        columns={
            "before": ("Before", "text"),
            "after": ("Now", "text"),
            "estimate": ("Share of the row", "share"),
            "ci_low": ("95% from", "share"),
            "ci_high": ("95% to", "share"),
            "n": ("Accounts in the row", "count"),
        },
        names=("before", "after"),
        base="n_least",
        otherwise="",
        minimum=minimum,
        n=int(moves.drop_duplicates("before")["n"].sum()),
        method=MOVES_METHOD,
        chart=Chart(
            kind="matrix",
            columns={"label": "before", "x": "after", "y": "estimate"},
            alt=tr(
                "For the accounts of each kind in {since} (down), the share that is now of each "
                "kind (across).",
                since=since,
            ),
        ),
        appendix=True,
    )


def account_list(accounts: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Accounts with their kind, weakest first; for the research team. None without a kind."""
    if not (accounts["segment"] != "").any():
        return None
    open_ = accounts[(accounts["n_least"] >= minimum) & (accounts["segment"] != "")]
    return results.table(
        open_.sort_values(["crq", "account"], kind="stable").assign(
            segment=lambda frame: frame["segment"].map(tr)
        ),
        key="account_list",
        title="Accounts, weakest relation first",
        columns={
            "account": ("Account", "text"),
            "segment": ("Kind", "text"),
            "crq": ("CRQ", "score"),
            "ci_low": ("95% from", "score"),
            "ci_high": ("95% to", "score"),
            "spread": ("Spread between contacts", "weight"),
            "lowest": ("Lowest contact", "score"),
            "highest": ("Highest contact", "score"),
            "n": ("Contacts scored", "count"),
        },
        base="n_least",
        otherwise=(
            "No account can be shown on its own: in each some answered in confidence, and too few "
            "of them."
        ),
        minimum=minimum,
        method=LIST_METHOD,
        audience="internal",
        appendix=True,
    )


def account_flags(accounts: pd.DataFrame) -> Table | None:
    """Accounts flagged by what decision makers said in the open; for the research team."""
    flagged = accounts[accounts["flag_open"].astype(bool)] if len(accounts) else accounts
    if flagged.empty:
        return None
    return results.table(
        flagged,
        key="account_flags",
        title="Accounts whose decision makers are unhappy",
        columns={"account": ("Account", "text"), "why": ("Why it is flagged", "text")},
        base=results.IN_THE_OPEN,
        otherwise="",
        method=(
            "A decision maker is an Opponent, or rates 0 to 6, whatever the mean of the account "
            "says. Only answers given in the open; there may be more."
        ),
        audience="internal",
        appendix=True,
    )


def segment_rules(rules: pd.DataFrame, shares: pd.DataFrame) -> Table | Note | None:
    """Who counts as what; the first rule that applies decides. None where nobody has a kind."""
    if shares.empty:
        return None
    return results.table(
        rules.assign(term=rules["term"].map(tr), origin=rules["origin"].map(tr)),
        key="segment_rules",
        title="Who counts as what",
        columns={
            "term": ("Kind", "text"),
            "rule": ("Rule, on 1 to 7", "text"),
            "origin": ("Cut-offs", "text"),
        },
        base=NOT_ANSWERS,
        otherwise="There are no rules.",
        method=(
            "The five names and their typical mix are published by Deep-Insight, the rules are "
            "not; they are tried in this order, and the first that applies decides."
        ),
        appendix=True,
    )


def _shown(moves: pd.DataFrame, minimum: int) -> pd.Series:
    """Accounts in each row; 0 for a row that is hidden so that another cannot be worked out.

    Where some of a row rest on answers in confidence, these are what is counted. The totals of the
    columns are shown elsewhere, so a single hidden row would be what is left.
    """
    rows = moves.drop_duplicates("before").set_index("before")
    rows = rows.get("n_least", rows["n"]).astype(float)
    return rows.mask(disclosure.hidden_rows(rows, minimum=minimum, whole=True), 0)


def counted(count: float, n: float) -> str:
    """So many of so many accounts.

    >>> counted(3, 40)
    '3 of 40 accounts'
    """
    return tr("{count} of {n} accounts", count=show(count, "count"), n=show(n, "count"))
