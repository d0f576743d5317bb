"""Closing the loop: what was promised, by whom, by when, and what was done.

Ages and status are those of the day of the report, never of today, so that a report made again
says the same.
"""

from collections.abc import Callable

import pandas as pd

from analysis.errors import DataError
from analysis.language import later, tr
from analysis.measures import groups, inference, nps
from analysis.params import Wave
from analysis.survey.tables import Survey

STATUS = (later("open"), later("done"), later("dropped"))

PLANS = (
    "action",
    "account",
    "theme",
    "said",
    "owner",
    "status",
    "created",
    "days",
    "age",
    "due",
    "overdue",
    "wave",
    "label",
)


def plans(survey: Survey, waves: tuple[Wave, ...]) -> pd.DataFrame:
    """Every action of the waves, with its clock.

    Returns
    -------
    DataFrame with the columns `PLANS`: days from the wave's closing to the plan, age in days at
    the day of the last wave's report, status on that day, overdue True where an open action is
    past its due date that day, the wave's label. Oldest open first.

    Raises
    ------
    DataError: a status that is not open, done or dropped, or something done that nobody said.
    """
    actions = _as_reported(survey, waves)
    closed = {wave.id: pd.Timestamp(wave.closed) for wave in waves}
    today = pd.Timestamp(waves[-1].reported)
    if actions.empty:
        return pd.DataFrame(columns=list(PLANS))
    made = actions.assign(
        days=(actions["created"] - actions["wave"].map(closed)).dt.days,
        age=(today - actions["created"]).dt.days,
        overdue=(actions["status"] == "open") & (actions["due"] < today),
        label=actions["wave"].map({wave.id: wave.label for wave in waves}),
    )
    order = made["status"].map({status: n for n, status in enumerate(STATUS)})
    made = made.assign(_order=order).sort_values(["_order", "age", "action"], ascending=[1, 0, 1])
    return made[list(PLANS)].reset_index(drop=True)


def in_time(plans: pd.DataFrame, wave: str, days: int) -> pd.DataFrame:
    """Share of a wave's plans that were made within `days` of its closing.

    The last day counts as in time: with 28 days, day 28 is in and day 29 is out (domain.md 1.12).
    A plan without a date counts as late.

    Returns
    -------
    DataFrame, one row or none: estimate (0-1), Wilson's interval, n, in_time.
    """
    mine = plans[plans["wave"] == wave]
    if mine.empty:
        return pd.DataFrame(columns=["estimate", "ci_low", "ci_high", "n", "in_time"])
    good = int((mine["days"] <= days).sum())
    return inference.wilson(good, len(mine)).assign(in_time=good)


def board(plans: pd.DataFrame) -> pd.DataFrame:
    """Actions by wave and status: wave, label, open, done, dropped, overdue, n; they add up."""
    columns = ["wave", "label", *STATUS, "overdue", "n"]
    if plans.empty:
        return pd.DataFrame(columns=columns)
    counts = pd.crosstab(plans["wave"], plans["status"]).reindex(columns=list(STATUS), fill_value=0)
    counts["overdue"] = plans.groupby("wave")["overdue"].sum().astype(int)
    counts["label"] = plans.groupby("wave")["label"].first()
    counts["n"] = counts[list(STATUS)].sum(axis=1)
    return counts.reset_index().rename_axis(columns=None)[columns]


def followed_up(survey: Survey, plans: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Accounts of a wave that have a plan: all that answered, and those with a detractor.

    An account with a detractor is a finding; without a plan it ends up in a drawer (domain.md
    1.14, 3.17). Answers that carry no account cannot be followed up and are left out.

    Returns
    -------
    DataFrame: term ("answered", "with a detractor"), estimate (share with a plan), Wilson's
    interval, n (accounts), planned, n_least (n, or what is left of those with a detractor and of
    those without when the open answers are taken away, see `groups.left`). No rows without answers
    of accounts or without plans.
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "planned", "n_least"]
    mine = plans[(plans["wave"] == wave) & plans["account"].notna()]
    answers = survey.at(wave).dropna(subset="account")
    if mine.empty or answers.empty:
        return pd.DataFrame(columns=columns)
    unhappy = answers[answers["nps"] < nps.PASSIVE]
    rows = [
        inference.wilson(len(accounts & set(mine["account"])), len(accounts)).assign(
            term=term,
            planned=len(accounts & set(mine["account"])),
            n_least=min(len(accounts), fewest),
        )
        for term, accounts, fewest in (
            ("answered", set(answers["account"]), len(answers)),
            ("with a detractor", set(unhappy["account"]), _left(answers)),
        )
        if accounts
    ]
    return pd.concat(rows, ignore_index=True)[columns]


def _left(answers: pd.DataFrame) -> float:
    """What is left of the accounts with and without a detractor, beside what open answers tell."""
    rated = answers[answers["nps"].notna()]
    open_, unhappy = groups.in_the_open(rated), rated["nps"] < nps.PASSIVE
    told = pd.DataFrame({"counted": unhappy, "seen": unhappy & open_, "secret": ~open_})
    each = told.groupby(rated["account"]).any()
    return groups.left(each["counted"], each["seen"], each["secret"], some_open=bool(open_.any()))


def by_owner(plans: pd.DataFrame) -> pd.DataFrame:
    """Open and overdue actions of each owner: owner, open, overdue, oldest (days), n."""
    columns = ["owner", "open", "overdue", "oldest", "n"]
    if plans.empty:
        return pd.DataFrame(columns=columns)
    named = plans.assign(
        owner=plans["owner"].fillna(tr("nobody named")), open=plans["status"] == "open"
    )
    named["oldest"] = named["age"].where(named["open"])
    table = named.groupby("owner").agg(
        open=("open", "sum"),
        overdue=("overdue", "sum"),
        oldest=("oldest", "max"),
        n=("owner", "size"),
    )
    table = table.reset_index().sort_values(["overdue", "open", "owner"], ascending=[0, 0, 1])
    return table[columns]


def said_and_done(
    survey: Survey, waves: tuple[Wave, ...], mask: Callable[[str], str]
) -> pd.DataFrame:
    """What customers said and what was done about it, over all accounts, most done first.

    Parameters
    ----------
    mask : takes names of people and companies out of a text (`models.topics.redact.masker`).

    Returns
    -------
    DataFrame: said, did, done, open, dropped, n (actions). No account is named, so that the table
    may be shown to every customer.
    """
    actions = _as_reported(survey, waves)
    columns = ["said", "did", "done", "open", "dropped", "n"]
    if actions.empty:
        return pd.DataFrame(columns=columns)
    actions = actions.assign(
        said=actions["said"].map(mask), did=actions["did"].map(mask, na_action="ignore")
    )
    counts = pd.crosstab(actions["said"], actions["status"]).reindex(
        columns=list(STATUS), fill_value=0
    )
    did = actions[actions["status"] == "done"].dropna(subset="did").groupby("said")["did"]
    counts["did"] = did.agg(lambda texts: "; ".join(sorted(set(texts))))
    counts["did"] = counts["did"].astype(object).fillna(tr("nothing finished yet"))
    counts["n"] = counts[list(STATUS)].sum(axis=1)
    table = counts.reset_index().rename_axis(columns=None)
    return table.sort_values(["done", "n", "said"], ascending=[0, 0, 1])[columns]


def _as_reported(survey: Survey, waves: tuple[Wave, ...]) -> pd.DataFrame:
    """The waves' actions as they stood on the day of the last wave's report.

    What was planned later is not there yet, and what was finished later is still open: a report of
    an earlier wave that is made again must not know what came after it. What is done without a date
    counts as done.
    """
    _check(survey.actions)
    today = pd.Timestamp(waves[-1].reported)
    actions = survey.actions[survey.actions["wave"].isin([wave.id for wave in waves])]
    actions = actions[~(actions["created"] > today)]
    if actions.empty:
        return actions
    not_yet = (actions["status"] == "done") & (actions["done"] > today)
    return actions.assign(
        status=actions["status"].mask(not_yet, "open"), did=actions["did"].mask(not_yet)
    )


def _check(actions: pd.DataFrame) -> None:
    unknown = ~actions["status"].isin(STATUS)
    if unknown.any():
        raise DataError(
            f"The actions file holds {int(unknown.sum())} action(s) whose status is not open, done "
            "or dropped; mend them so that the three add up to all."
        )
    unsaid = (actions["status"] == "done") & actions["did"].isna()
    if unsaid.any():
        raise DataError(
            f"The actions file calls {int(unsaid.sum())} action(s) done without saying what was "
            "done; fill in 'did'."
        )
