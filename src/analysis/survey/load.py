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
_TRUTHS = ("dormant", "present", "measured", "answered", "renewed")
_NUMBERS = ("revenue", "revenue_before", "revenue_after", "score", "n")
_WORDS = {
    "status": ("open", "done", "dropped"),
    "instrument": ("stages", "healthcheck", "trust", "trust_behaviours"),
}

#: Columns that together name one row of a table.
_KEYS = {
    "invitations": ["wave", "contact"],
    "accounts": ["account"],
    "contacts": ["contact", "account"],
    "touchpoints": ["touchpoint", "wave"],
    "actions": ["action", "wave"],
    "practices": ["account", "practice"],
    "assessments": ["instrument", "wave", "assessor", "item", "account"],
    "outcomes": ["wave", "account"],
}


#: The survey that `keep` read last, with what told its files and parameters from any other.
_kept: dict[str, tuple[object, Survey]] = {}


def load(params: Params) -> Survey:
    """Read and check all files of one client, up to the wave reported.

    Returns
    -------
    Survey; tables that the client did not supply are empty.

    Raises
    ------
    DataError: the first thing that is wrong: file, column, first row, and what to do.
    """
    stamp, kept = _kept.get(params.client, (None, None))
    return kept if kept is not None and stamp == _stamp(params) else _read(params)


def keep(params: Params) -> Survey:
    """Load, and keep it for the processes that will be forked from this one.

    They load the same files without reading them again; changed ones are read.
    """
    stamp, survey = _stamp(params), load(params)
    _kept.clear()
    _kept[params.client] = (stamp, survey)
    return survey


def _stamp(params: Params) -> object:
    """What changes with the parameters or with any of the files."""
    found = (_found(params, table) for table in ("codebook", "answers", *TABLES))
    about = ((file, file.stat()) for file in found if file is not None)
    return params.model_dump_json(), *(
        (file, of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns) for file, of in about
    )


def _read(params: Params) -> Survey:
    book = codebook.read(_required(params, "codebook"))
    file = _required(params, "answers")
    raw, sha256, kind = plain.read(file)
    sources = [book.source, Source("answers", file.name, sha256, kind, len(raw))]
    given = prepare.described(raw, book, file.name)
    answers = prepare.answers(given, book, params, file.name)
    tables = {}
    for name in TABLES:
        tables[name], source = _table(params, name)
        sources += [source] if source else []
    _check_accounts(file.name, given, book, tables["accounts"])
    tables["invitations"] = _answered(tables["invitations"], answers)
    present = set(answers["wave"])
    if params.wave.id not in present:
        raise DataError(
            f"{file.name} has no answers of the wave '{params.wave.id}' that is to be reported; "
            "add them, or report an earlier wave."
        )
    return Survey(
        client=params.client,
        waves=tuple(wave.id for wave in params.history if wave.id in present),
        comments=prepare.comments(answers, given, book),
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
    if not file.resolve().is_relative_to(params.paths.data):
        raise DataError(f"{file.name} is a link that leads outside the project; copy the file.")
    return file


def _table(params: Params, name: str) -> tuple[pd.DataFrame, Source | None]:
    """One optional table, its columns checked and typed, its rows in the order of their names."""
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
    frame = frame.reindex(columns=[*required, *optional])
    frame = pd.DataFrame({c: _typed(file.name, frame[c].astype("str"), params) for c in frame})
    # An optional column that names nothing anywhere, as accounts in most assessments, is no key.
    key = [column for column in _KEYS[name] if column in required or frame[column].notna().any()]
    twice = frame.duplicated(key)
    if twice.any():
        raise DataError(
            f"{file.name} holds the same {' and '.join(key)} twice (second in row "
            f"{cells.row_of(twice)}); keep one of the rows."
        )
    if "wave" in frame:
        cells.known_waves(file.name, frame["wave"], params)
        later = frame["wave"].isin([w.id for w in params.waves if w not in params.history])
        frame = frame[~later]
    return frame.sort_values(key).reset_index(drop=True), source


def _typed(file: str, column: pd.Series, params: Params) -> pd.Series:
    """A column of one of the tables as what it means."""
    name = column.name
    if name in _DATES:
        return cells.dates(file, column)
    if name in _TRUTHS:
        return cells.truths(file, column)
    if name in _NUMBERS:
        return cells.numbers(file, column)
    if name in _WORDS:
        return cells.words(file, column, _WORDS[name], {}, f"use {', '.join(_WORDS[name])}.")
    if name == "role":
        mend = f"use {', '.join(ROLES)}, or translate it under 'roles' in the parameters."
        return cells.words(file, column, ROLES, params.roles, mend)
    return column


def _check_accounts(
    file: str, given: pd.DataFrame, book: codebook.Codebook, accounts: pd.DataFrame
) -> None:
    """Each account that answers must be in the accounts table, where there is one."""
    column = book.single.get("account")
    if column is None or accounts.empty:
        return
    unknown = given[column].notna() & ~given[column].isin(accounts["account"])
    if unknown.any():
        raise DataError(
            f"{file}: column '{column}' holds an account that the accounts file lacks (first in "
            f"row {cells.row_of(unknown)}); add it there."
        )


def _answered(invitations: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Invitations with `answered` worked out from the answers, unless the file says it.

    Of a wave whose answers name no contact nothing is known, and `answered` stays missing.
    """
    if invitations.empty or invitations["answered"].notna().any():
        return invitations
    named = answers[answers["contact"].notna()]
    came = set(zip(named["wave"], named["contact"], strict=True))
    asked = zip(invitations["wave"], invitations["contact"], strict=True)
    answered = pd.Series([pair in came for pair in asked], invitations.index, dtype="boolean")
    return invitations.assign(answered=answered.where(invitations["wave"].isin(named["wave"])))
