"""A small `Survey` and waves, made by hand, for the tests of chapter 2."""

import datetime as dt

import numpy as np
import pandas as pd

from analysis.params import Wave
from analysis.survey import tables

CRQ_CONSTRUCTS = (
    "trust",
    "commitment",
    "satisfaction",
    "experience",
    "solution",
    "reliability",
    "responsiveness",
    "customer_care",
)


def wave(id: str, method: str = "same") -> Wave:
    """A wave; later ids are later waves."""
    day = dt.date(2020, 1, 1)
    return Wave(id=id, label=f"Wave {id}", closed=day, reported=day, method=method)


def answers(ratings, wave="1", accounts=None, contacts=None, **columns) -> pd.DataFrame:
    """Answers of one wave with their NPS ratings."""
    n = len(ratings)
    frame = pd.DataFrame({"nps": np.asarray(ratings, dtype=float), "wave": wave})
    frame["respondent"] = [f"{wave}-{k}" for k in range(n)]
    frame["account"] = pd.Series(accounts if accounts is not None else [None] * n, dtype=object)
    frame["contact"] = pd.Series(contacts if contacts is not None else [None] * n, dtype=object)
    frame["role"] = pd.Series([None] * n, dtype=object)
    return frame.assign(**columns)


def join(*frames: pd.DataFrame) -> pd.DataFrame:
    """Several waves in one frame, with an index of its own."""
    return pd.concat(frames, ignore_index=True)


def ratings(promoters: int, passives: int, detractors: int) -> list[float]:
    """Ratings of so many promoters, passives and detractors."""
    return [9.0] * promoters + [7.0] * passives + [3.0] * detractors


def survey(frame: pd.DataFrame, constructs: dict[str, list[str]], scale=(1, 7)) -> tables.Survey:
    """A `Survey` of these answers; every item has the same scale."""
    rows = {
        item: (item, construct, *scale, False)
        for construct, items in constructs.items()
        for item in items
    }
    items = pd.DataFrame.from_dict(rows, orient="index", columns=list(tables.ITEM_COLUMNS))
    return tables.Survey(
        client="made",
        waves=tuple(dict.fromkeys(frame["wave"])),
        answers=frame,
        comments=pd.DataFrame(columns=list(tables.COMMENT_COLUMNS)),
        items=items,
        sources=(),
        **{name: tables.empty(name) for name in tables.TABLES},
    )


def crq_survey(values: list[list[float]], **more) -> tables.Survey:
    """One item for each of the eight constructs of the CRQ; a row per respondent."""
    columns = dict(
        zip([f"{name}_1" for name in CRQ_CONSTRUCTS], zip(*values, strict=True), strict=True)
    )
    frame = answers([8] * len(values), **more).assign(
        **{name: [float(v) for v in column] for name, column in columns.items()}
    )
    return survey(frame, {name: [f"{name}_1"] for name in CRQ_CONSTRUCTS})
