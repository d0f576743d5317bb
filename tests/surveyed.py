"""A `Survey` with programme tables, made by hand, for the tests of chapters 1, 6 and 7."""

import datetime as dt

import pandas as pd

from analysis.params import Wave
from analysis.survey import tables

WAVES = (
    Wave(id="w1", label="First", closed=dt.date(2024, 3, 1), reported=dt.date(2024, 4, 15)),
    Wave(id="w2", label="Second", closed=dt.date(2025, 3, 1), reported=dt.date(2025, 4, 15)),
)


def table(name, rows):
    """One table of a survey, its missing columns empty."""
    required, optional = tables.TABLES[name]
    frame = pd.DataFrame(rows).reindex(columns=[*required, *optional])
    dates = ("created", "discussed", "agreed", "shared", "due", "done", "invited")
    for column in frame.columns.intersection(dates):
        frame[column] = pd.to_datetime(frame[column])
    if "answered" in frame:
        frame["answered"] = frame["answered"].astype("boolean")
    return frame


def survey(answers=None, items=None, **given):
    """A survey with the tables given; all others are empty."""
    made = {name: tables.empty(name) for name in tables.TABLES}
    made |= {name: table(name, rows) for name, rows in given.items()}
    columns = list(tables.ANSWER_COLUMNS)
    return tables.Survey(
        client="made",
        waves=("w1", "w2"),
        answers=pd.DataFrame(columns=columns) if answers is None else answers,
        comments=pd.DataFrame(columns=list(tables.COMMENT_COLUMNS)),
        items=pd.DataFrame(columns=list(tables.ITEM_COLUMNS)) if items is None else items,
        sources=(),
        **made,
    )


def invited(wave, account, asked, answered, role="end_user"):
    """Invitations of one account: so many asked, so many of them answered."""
    return [
        {
            "wave": wave,
            "contact": f"{account}-{role}-{k}",
            "account": account,
            "role": role,
            "answered": k < answered,
        }
        for k in range(asked)
    ]
