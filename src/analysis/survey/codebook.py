"""What each column of the answers means."""

import difflib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import DataError
from analysis.survey import cells
from analysis.survey.readers import plain
from analysis.survey.tables import ANSWER_COLUMNS, ITEM_COLUMNS, Source

#: Roles that at most one column may have.
SINGLE = (
    "respondent",
    "wave",
    "account",
    "contact",
    "contact_role",
    "mode",
    "language",
    "weight",
    "nps",
)
ROLES = (*SINGLE, "item", "comment", "attribute", "drop")
COLUMNS = ("column", "label", "construct", "scale_min", "scale_max", "reverse", "missing", "role")


@dataclass(frozen=True)
class Codebook:
    """A checked codebook."""

    single: dict[str, str]  # role -> column, for the roles of `SINGLE` that are there
    items: pd.DataFrame  # indexed by column: `ITEM_COLUMNS`; scale ends float, reverse bool
    comments: dict[str, str]  # column -> question
    attributes: tuple[str, ...]
    dropped: tuple[str, ...]  # identifiers that never leave `prepare`
    missing: dict[str, frozenset[str]]  # column -> codes that mean "no answer"
    source: Source

    @property
    def columns(self) -> list[str]:
        """All columns that the answers must have."""
        return [*self.missing]


def read(file: Path) -> Codebook:
    """Read and check a codebook.

    Raises
    ------
    DataError: what is wrong, in which row (the header is row 1).
    """
    frame, sha256, kind = plain.read(file)
    name = file.name
    for column in ("column", "role"):
        if column not in frame.columns:
            raise DataError(f"{name} lacks the column '{column}'; README shows a codebook.")
    frame = frame.reindex(columns=list(COLUMNS)).astype("str")
    frame["role"] = frame["role"].str.lower()
    _check_rows(name, frame)
    single = {
        role: frame.loc[frame["role"] == role, "column"].iloc[0]
        for role in SINGLE
        if (frame["role"] == role).any()
    }
    comments = frame[frame["role"] == "comment"]
    return Codebook(
        single=single,
        items=_items(name, frame[frame["role"] == "item"]),
        comments=dict(
            zip(comments["column"], comments["label"].fillna(comments["column"]), strict=True)
        ),
        attributes=tuple(frame.loc[frame["role"] == "attribute", "column"]),
        dropped=tuple(frame.loc[frame["role"] == "drop", "column"]),
        missing={
            column: frozenset(code.strip() for code in codes.split(";"))
            for column, codes in zip(frame["column"], frame["missing"].fillna(""), strict=True)
        },
        source=Source("codebook", name, sha256, kind, len(frame)),
    )


def _check_rows(name: str, frame: pd.DataFrame) -> None:
    if frame.empty:
        raise DataError(f"{name} has a header but no rows; describe each column of the answers.")
    seen: dict[str, int] = {}
    for number, column, role in zip(frame.index, frame["column"], frame["role"], strict=True):
        if not isinstance(column, str):
            raise DataError(f"{name} names no column in row {number}; fill it in.")
        if column in seen:
            raise DataError(
                f"{name} describes the column '{column}' twice, in rows {seen[column]} and "
                f"{number}; keep one."
            )
        seen[column] = number
        if role not in ROLES:
            near = difflib.get_close_matches(str(role), ROLES, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(ROLES)}."
            raise DataError(f"{name} has an unknown role in row {number} ('{column}'); {hint}")
        if role in ("item", "attribute") and column in ANSWER_COLUMNS:
            raise DataError(
                f"{name} gives the role '{role}' to '{column}' in row {number}, a name that "
                "Rapport uses itself; rename the column here and in the answers."
            )
    for role in SINGLE:
        columns = list(frame.loc[frame["role"] == role, "column"])
        if len(columns) > 1:
            raise DataError(
                f"{name} gives the role '{role}' to both '{columns[0]}' and '{columns[1]}'; "
                "only one column can have it."
            )


def _items(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    items = rows.set_index("column")[list(ITEM_COLUMNS)].copy()
    for column in items.index[items["construct"].isna()]:
        raise DataError(f"{name} gives no construct for the item '{column}'; name one.")
    for end in ("scale_min", "scale_max"):
        numbers = [cells.number(cell) for cell in items[end].fillna("")]
        items[end] = pd.Series(numbers, items.index, dtype=float)
        for column in items.index[items[end].isna()]:
            raise DataError(f"{name} gives no number as {end} of the item '{column}'; fill it in.")
    for column in items.index[items["scale_min"] >= items["scale_max"]]:
        raise DataError(f"{name}: the scale of '{column}' ends where it starts; mend scale_max.")
    words = items["reverse"].fillna("no").str.lower()
    for column in items.index[~words.isin(["yes", "no"])]:
        raise DataError(f"{name}: 'reverse' of the item '{column}' must be yes, no or empty.")
    items["reverse"] = words == "yes"
    items["construct"] = items["construct"].str.lower().str.replace(r"[ -]", "_", regex=True)
    for column in items.index[[not construct.isidentifier() for construct in items["construct"]]]:
        raise DataError(
            f"{name}: the construct of the item '{column}' must be a plain name; use letters, "
            "digits and '_'."
        )
    items["label"] = items["label"].fillna(pd.Series(items.index, index=items.index))
    return items
