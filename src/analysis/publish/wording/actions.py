"""Sentences and tables on what was promised and what was done."""

import pandas as pd

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
        label=f"Plans made within {days} days",
        unit="share",
        people=False,
        method=f"Days from the wave's closing to the plan; day {days} is in time.",
    )


def clock(row: pd.DataFrame, days: int) -> Finding | None:
    """Whether plans followed the survey in time."""
    if row.empty:
        return None
    line = row.iloc[0]
    return Finding(
        key="clock",
        sentence=(
            f"{line['in_time']:,.0f} of {line['n']:,.0f} plans were made within {days} days of the "
            f"survey ({show(line['estimate'], 'share')}; 95% interval "
            f"{interval(line['ci_low'], line['ci_high'], 'share')})."
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
        do=f"Finish the {late} overdue action{'s' if late > 1 else ''}, or agree a new date.",
        because=f"Of {open_} open actions, {late} passed the date that customers were given.",
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
        do=f"Make the improvement plan within {days} days of the survey.",
        because=(
            f"{late} of {int(line['n'])} plans came later (in time: "
            f"{show(line['estimate'], 'share')}, 95% interval "
            f"{interval(line['ci_low'], line['ci_high'], 'share')})."
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
        sentence=(
            f"Of {row['n']:,} accounts with a detractor, {row['planned']:,} "
            f"{'has' if row['planned'] == 1 else 'have'} an improvement plan "
            f"({show(row['estimate'], 'share')}; 95% interval "
            f"{interval(row['ci_low'], row['ci_high'], 'share')})."
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
        do=f"Agree a plan with the {row['n'] - row['planned']:,} accounts that have a detractor "
        "and no plan.",
        because=(
            f"Only {row['planned']:,} of {row['n']:,} accounts with a detractor have a plan "
            f"({show(row['estimate'], 'share')}; 95% interval "
            f"{interval(row['ci_low'], row['ci_high'], 'share')})."
        ),
        rank=32,
    )


def _unhappy(rows: pd.DataFrame, minimum: int) -> pd.Series | None:
    """The row of accounts with a detractor.

    None where they, or the accounts without one, are few: an account with a single answer would
    give away what that answer was.
    """
    count = rows.set_index("term")["n"]
    unhappy, answered = count.get("with a detractor", 0), count.get("answered", 0)
    if min(unhappy, answered - unhappy) < minimum:
        return None
    return rows[rows["term"] == "with a detractor"].iloc[0]


def done(board: pd.DataFrame) -> Finding | None:
    """How much of what was promised is done."""
    if board.empty:
        return None
    count = {column: int(board[column].sum()) for column in ("done", "open", "dropped", "n")}
    return Finding(
        key="promised_done",
        sentence=(
            f"Of {count['n']:,} actions promised, {count['done']:,} are done, {count['open']:,} "
            f"open and {count['dropped']:,} dropped."
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
        rows.assign(overdue=rows["overdue"].map({True: "overdue", False: ""})),
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
