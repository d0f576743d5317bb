"""Sentences and tables on what was promised and what was done."""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import interval, show
from analysis.publish.results import NOT_ANSWERS, Advice, Finding, Metric, Note, Table

ABSENT = "No improvement actions were recorded, so promises and results cannot be set side by side."


def in_time(row: pd.DataFrame, days: int) -> Metric | None:
    """Share of plans made in time, as a headline number."""
    if row.empty:
        return None
    return results.metric(
        row.iloc[0],
        key="plans_in_time",
        label=tr("Plans made within {days} days", days=days),
        unit="share",
        people=False,
        method=tr("Days from the wave's closing to the plan; day {days} is in time.", days=days),
    )


def clock(row: pd.DataFrame, days: int) -> Finding | None:
    """Whether plans followed the survey in time."""
    if row.empty:
        return None
    line = row.iloc[0]
    return Finding(
        key="clock",
        sentence=tr(
            "{in_time} of {n} plans were made within {days} days of the survey "
            "({share}; 95% interval {ends}).",
            in_time=show(line["in_time"], "count"),
            n=show(line["n"], "count"),
            days=days,
            **_share(line),
        ),
        evidence="descriptive",
    )


def overdue(board: pd.DataFrame) -> Advice | None:
    """Finish or renegotiate what is past its date."""
    late, open_ = (int(board[column].sum()) for column in ("overdue", "open"))
    if not late:
        return None
    return Advice(
        key="overdue",
        do=tr(
            "Finish the 1 overdue action, or agree a new date."
            if late == 1
            else "Finish the {n} overdue actions, or agree a new date.",
            n=late,
        ),
        because=tr(
            "Of {open} open actions, {late} passed the date that customers were given.",
            open=open_,
            late=late,
        ),
        rank=30,
    )


def late_plans(row: pd.DataFrame, days: int) -> Advice | None:
    """Make plans sooner, where most of them came late beyond doubt."""
    if row.empty or row.iloc[0]["ci_high"] >= 0.5:
        return None
    line = row.iloc[0]
    late = int(line["n"] - line["in_time"])
    return Advice(
        key="late_plans",
        do=tr("Make the improvement plan within {days} days of the survey.", days=days),
        because=tr(
            "{late} of {n} plans came later (in time: {share}, 95% interval {ends}).",
            late=late,
            n=int(line["n"]),
            **_share(line),
        ),
        rank=31,
    )


def followed_up(rows: pd.DataFrame, minimum: int) -> Finding | None:
    """How many accounts with a detractor have a plan; None where it might tell which they are."""
    row = _unhappy(rows, minimum)
    if row is None:
        return None
    return Finding(
        key="followed_up",
        sentence=tr(
            "Of {n} accounts with a detractor, {planned} has an improvement plan "
            "({share}; 95% interval {ends})."
            if row["planned"] == 1
            else "Of {n} accounts with a detractor, {planned} have an improvement plan "
            "({share}; 95% interval {ends}).",
            n=show(row["n"], "count"),
            planned=show(row["planned"], "count"),
            **_share(row),
        ),
        evidence="descriptive",
    )


def follow_up(rows: pd.DataFrame, minimum: int) -> Advice | None:
    """Make plans where customers are unhappy, if beyond doubt most such accounts have none."""
    row = _unhappy(rows, minimum)
    if row is None or row["ci_high"] >= 0.5:
        return None
    return Advice(
        key="follow_up",
        do=tr(
            "Agree a plan with the {n} accounts that have a detractor and no plan.",
            n=show(row["n"] - row["planned"], "count"),
        ),
        because=tr(
            "Only {planned} of {n} accounts with a detractor have a plan "
            "({share}; 95% interval {ends}).",
            planned=show(row["planned"], "count"),
            n=show(row["n"], "count"),
            **_share(row),
        ),
        rank=32,
    )


def _share(row: pd.Series) -> dict[str, str]:
    """A share and its interval, printed."""
    return {
        "share": show(row["estimate"], "share"),
        "ends": interval(row["ci_low"], row["ci_high"], "share"),
    }


def _unhappy(rows: pd.DataFrame, minimum: int) -> pd.Series | None:
    """The row of accounts with a detractor.

    None where they, or the accounts without one, are few, or those that are left when the ones that
    open answers tell are taken away: an account with a single answer would give away what that
    answer was.
    """
    count = rows.set_index("term")["n"]
    unhappy, answered = count.get("with a detractor", 0), count.get("answered", 0)
    if min(unhappy, answered - unhappy) < minimum:
        return None
    row = rows[rows["term"] == "with a detractor"].iloc[0]
    return None if row.get("n_least", row["n"]) < minimum else row


def done(board: pd.DataFrame) -> Finding | None:
    """How much of what was promised is done."""
    if board.empty:
        return None
    count = {column: int(board[column].sum()) for column in ("done", "open", "dropped", "n")}
    return Finding(
        key="promised_done",
        sentence=tr(
            "Of {n} actions promised, {done} are done, {open} open and {dropped} dropped.",
            **{column: show(k, "count") for column, k in count.items()},
        ),
        evidence="descriptive",
    )


def board_table(board: pd.DataFrame) -> Table | Note:
    """Actions by wave and status."""
    return results.table(
        board,
        key="plans",
        title="What was promised, and where it stands",
        columns={
            "label": ("Promised after", "text"),
            "done": ("Done", "count"),
            "open": ("Open", "count"),
            "overdue": ("of them overdue", "count"),
            "dropped": ("Dropped", "count"),
            "n": ("All", "count"),
        },
        base=NOT_ANSWERS,
        otherwise=ABSENT,
        method="Status and ages on the day of this report.",
    )


def said_and_done(rows: pd.DataFrame) -> Table | None:
    """You said, we did; no account is named."""
    if rows.empty:
        return None
    return results.table(
        rows,
        key="you_said_we_did",
        title="You said, we did",
        columns={
            "said": ("You said", "text"),
            "did": ("We did", "text"),
            "done": ("Done", "count"),
            "open": ("Open", "count"),
            "dropped": ("Dropped", "count"),
            "n": ("Actions", "count"),
        },
        base=NOT_ANSWERS,
        otherwise=ABSENT,
        method="Actions over all accounts and waves, as they stood on the day of this report.",
    )


def owners(rows: pd.DataFrame) -> Table | None:
    """Open and overdue actions of each owner."""
    if rows.empty:
        return None
    return results.table(
        rows,
        key="plans_by_owner",
        title="Who has what open",
        columns={
            "owner": ("Owner", "text"),
            "open": ("Open", "count"),
            "overdue": ("Overdue", "count"),
            "oldest": ("Oldest open, days", "days"),
            "n": ("All actions", "count"),
        },
        base=NOT_ANSWERS,
        otherwise=ABSENT,
    )


def plans(rows: pd.DataFrame) -> Table | None:
    """Every action with its clock, for the account teams."""
    if rows.empty:
        return None
    return results.table(
        rows.assign(
            status=rows["status"].map(tr),
            overdue=rows["overdue"].map({True: tr("overdue"), False: ""}),
        ),
        key="plan_list",
        title="Every action",
        columns={
            "action": ("Action", "text"),
            "account": ("Account", "text"),
            "said": ("Said", "text"),
            "owner": ("Owner", "text"),
            "status": ("Status", "text"),
            "created": ("Planned", "date"),
            "days": ("Days after the survey", "days"),
            "age": ("Age, days", "days"),
            "overdue": ("", "text"),
        },
        base=NOT_ANSWERS,
        otherwise=ABSENT,
        audience="internal",
        appendix=True,
    )
