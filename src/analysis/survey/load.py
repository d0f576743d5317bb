"""`load(params)`: a client's files in, one frozen `Survey` out."""

import difflib
from pathlib import Path

import pandas as pd

from analysis.errors import DataError
from analysis.params import Params
from analysis.survey import cells, codebook, prepare
from analysis.survey.readers import plain
from analysis.survey.tables import ROLES, TABLES, Source, Survey, empty

SUFFIXES = (".csv", ".xlsx", ".parquet")

_DATES = ("invited", "since", "created", "discussed", "agreed", "shared", "due", "done")
_TRUTHS = ("dormant", "present", "measured", "answered")
_NUMBERS = ("revenue", "score", "n")


def load(params: Params) -> Survey:
    """Read and check all files of one client, up to the wave reported.

    Returns
    -------
    Survey; tables that the client did not supply are empty.

    Raises
    ------
    DataError: the first thing that is wrong: file, column, first row, and what to do.
    """
    book = codebook.read(_required(params, "codebook"))
    file = _required(params, "answers")
    raw, sha256, kind = plain.read(file)
    answers = prepare.answers(raw, book, params, file.name)
    sources = [book.source, Source("answers", file.name, sha256, kind, len(raw))]
    tables = {}
    for name in TABLES:
        tables[name], source = _table(params, name)
        sources += [source] if source else []
    _check_accounts(params, answers, tables["accounts"], raw, book, file.name)
    tables["invitations"] = _answered(tables["invitations"], answers)
    present = set(answers["wave"])
    return Survey(
        client=params.client,
        waves=tuple(wave.id for wave in params.history if wave.id in present),
        comments=prepare.comments(answers, raw, book),
        answers=answers.reset_index(drop=True),
        items=book.items,
        sources=tuple(sources),
        **tables,
    )


def waiting(params: Params) -> bool:
    """Return True when a client is set up but has no data yet: no table beside its codebook."""
    return all(_found(params, table) is None for table in ("answers", *TABLES))


def _found(params: Params, table: str) -> Path | None:
    """File of a table: the one that the parameters name, or the one with the table's name."""
    named = getattr(params.files, table)
    if named is not None:
        return params.paths.data / named
    files = (params.paths.data / f"{table}{suffix}" for suffix in SUFFIXES)
    there = [file for file in files if file.exists()]
    if len(there) > 1:
        raise DataError(
            f"data/{params.client}/ holds both {there[0].name} and {there[1].name}; keep one, or "
            f"name it under 'files' in params/{params.client}.yml."
        )
    return there[0] if there else None


def _required(params: Params, table: str) -> Path:
    file = _found(params, table)
    if file is None:
        raise DataError(
            f"data/{params.client}/ has no {table} file; put {table}.csv, .xlsx or .parquet there."
        )
    return _inside(params, file)


def _inside(params: Params, file: Path) -> Path:
    """The file, unless it is a link that leads out of the project."""
    if not file.resolve().is_relative_to(params.paths.root):
        raise DataError(f"{file.name} is a link that leads outside the project; copy the file.")
    return file


def _table(params: Params, name: str) -> tuple[pd.DataFrame, Source | None]:
    """One optional table, its columns checked and typed, in the order of its own columns."""
    file = _found(params, name)
    if file is None:
        return empty(name), None
    frame, sha256, kind = plain.read(_inside(params, file))
    source = Source(name, file.name, sha256, kind, len(frame))
    required, optional = TABLES[name]
    for column in required:
        if column not in frame.columns:
            near = difflib.get_close_matches(column, frame.columns, n=1, cutoff=0.5)
            hint = f" (is it '{near[0]}'?)" if near else ""
            raise DataError(f"{file.name} lacks the column '{column}'{hint}; rename or add it.")
        if frame[column].isna().any():
            row = cells.row_of(frame[column].isna())
            raise DataError(f"{file.name}: column '{column}' is empty in row {row}; fill it in.")
    frame = frame.reindex(columns=[*required, *optional]).astype("str")
    frame = frame.apply(lambda column: _typed(file.name, column, params))
    if "wave" in required:
        frame = _history(file.name, frame, params)
    return frame.sort_values([*required], kind="stable").reset_index(drop=True), source


def _typed(file: str, column: pd.Series, params: Params) -> pd.Series:
    if column.name in _DATES:
        return cells.dates(file, column)
    if column.name in _TRUTHS:
        return cells.truths(file, column)
    if column.name in _NUMBERS:
        return cells.numbers(file, column)
    if column.name == "role":
        mend = f"use {', '.join(ROLES)}, or translate it under 'roles' in the parameters."
        return cells.words(file, column, ROLES, params.roles, mend).astype("str")
    return column.str.strip()


def _history(file: str, frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Rows of waves up to the one reported; a wave that the parameters lack is an error."""
    unknown = ~frame["wave"].isin([wave.id for wave in params.waves])
    if unknown.any():
        raise DataError(
            f"{file}: column 'wave' holds a wave that params/{params.client}.yml does not name "
            f"(first in row {cells.row_of(unknown)}); add it to 'waves'."
        )
    return frame[frame["wave"].isin([wave.id for wave in params.history])]


def _check_accounts(
    params: Params,
    answers: pd.DataFrame,
    accounts: pd.DataFrame,
    raw: pd.DataFrame,
    book: codebook.Codebook,
    file: str,
) -> None:
    """Each account that answers must be in the accounts table, where there is one."""
    if accounts.empty:
        return
    twice = accounts["account"].duplicated()
    if twice.any():
        raise DataError("The accounts file holds an account twice; keep one row for each account.")
    column = book.single.get("account")
    given = raw[column].str.strip() if column else pd.Series(dtype="str")
    unknown = given.notna() & ~given.isin(accounts["account"])
    if unknown.any():
        raise DataError(
            f"{file}: column '{column}' holds an account that the accounts file lacks (first in "
            f"row {cells.row_of(unknown)}); add it there."
        )


def _answered(invitations: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Invitations with `answered` worked out from the answers, unless the file says it."""
    if invitations.empty or invitations["answered"].notna().any():
        return invitations
    known = answers.loc[answers["contact"].notna(), ["wave", "contact"]]
    came = set(zip(known["wave"], known["contact"], strict=True))
    asked = zip(invitations["wave"], invitations["contact"], strict=True)
    return invitations.assign(answered=pd.array([pair in came for pair in asked], "boolean"))
