"""The contract between the towers: what a chapter found, as blocks in `results.json`.

A chapter turns frames into blocks (`metric`, `table`, `finding`, `quotes`, `advice`, `note`) and
ends with `record`. Everything that people look at is drawn from these blocks alone, so a block
holds only what may be shown: `table` and `metric` mask small groups before anything is kept.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, TypeAdapter

from analysis.errors import DisclosureError, RunError
from analysis.language import tr
from analysis.publish import disclosure
from analysis.publish.blocks import (
    CHAPTERS,
    SCHEMA,
    AccountPage,
    Advice,
    Block,
    Chapter,
    Chart,
    ChartKind,
    Column,
    Evidence,
    Finding,
    Heading,
    Metric,
    Note,
    Quote,
    Quotes,
    Report,
    Table,
    Unit,
)
from analysis.publish.numbers import HIDDEN

__all__ = [
    "CHAPTERS",
    "IN_THE_OPEN",
    "NOT_ANSWERS",
    "SCHEMA",
    "AccountPage",
    "Advice",
    "Block",
    "Chapter",
    "Chart",
    "ChartKind",
    "Column",
    "Evidence",
    "Finding",
    "Heading",
    "Metric",
    "Note",
    "Quote",
    "Quotes",
    "Report",
    "Table",
    "Unit",
    "fingerprint",
    "heading",
    "metric",
    "read_chapter",
    "read_report",
    "record",
    "schema",
    "table",
    "write",
]

#: Use as `base` of a table whose rows do not rest on people's answers.
NOT_ANSWERS = "not answers"

#: Use as `base` of a table of answers given in the open, on the page of their account.
IN_THE_OPEN = "in the open"


def table(
    frame: pd.DataFrame,
    *,
    key: str,
    title: str,
    columns: Mapping[str, tuple[str, Unit]],
    base: str,
    otherwise: str,
    minimum: int = disclosure.MIN_SCORES,
    whole: bool | str = False,
    names: tuple[str, ...] = (),
    n: int | None = None,
    method: str = "",
    caveats: Iterable[str] = (),
    chart: Chart | None = None,
    seen: Callable[[pd.DataFrame], str] | None = None,
    audience: Literal["client", "internal"] = "client",
    appendix: bool = False,
) -> Table | Note:
    """Make a block of a tidy frame; small groups are masked here, before anything is kept.

    Parameters
    ----------
    frame : one row per group; may be empty.
    columns : frame column -> (heading, unit), in the order to print; others are dropped.
    base : the column that counts the answers under a row; or `NOT_ANSWERS` or `IN_THE_OPEN`.
    otherwise : what to say when the frame is empty: why, and what would mend it.
    minimum : smallest base shown; a `params.Least` may ask for several accounts too, which the
        columns `n_accounts` and `largest` (share of the base) count where the frame has them.
    whole : the rows are parts of a whole that is shown elsewhere, so that a single hidden row
        would come back by subtraction; the next smallest is then hidden too. A column's name: rows
        with the same value in it are parts of one whole.
    names : the columns that name a row and so stay where it is hidden; none given: the first one,
        where it is text. All else is a result, in words or not.
    seen : gives the chart's alt text from the rows of the frame that are not hidden. Use it where
        that text holds a row's name or number.

    Returns
    -------
    Table, or a Note with `otherwise` when there are no rows.
    """
    if frame.empty:
        return Note(key=key, sentence=otherwise, about="absent", audience=audience)
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DisclosureError(f"Table '{key}' lacks the columns {', '.join(missing)}.")
    drawn = ",".join(chart.columns.values() if chart else ()).split(",")
    if unknown := [column for column in drawn if column.strip() not in ("", *columns)]:
        raise DisclosureError(f"The chart of table '{key}' lacks the columns {', '.join(unknown)}.")
    hidden = pd.Series(False, index=frame.index)
    counted = base not in (NOT_ANSWERS, IN_THE_OPEN)
    if counted:
        hidden = disclosure.hidden_rows(
            frame[base],
            minimum=minimum,
            whole=frame[whole] if isinstance(whole, str) else whole,
            accounts=frame.get("n_accounts"),
            largest=frame.get("largest"),
        )
    shown = frame[list(columns)].astype(object)
    first, (_, unit) = next(iter(columns.items()))
    kept = names or ((first,) if unit in ("text", "date") else ())
    for column in columns:
        if column not in kept:
            shown[column] = shown[column].mask(hidden, None)
    if chart and seen:
        chart = chart.model_copy(update={"alt": seen(frame[~hidden])})
    return Table(
        key=key,
        title=title,
        columns=tuple(
            Column(key=k, label=label, unit=unit) for k, (label, unit) in columns.items()
        ),
        rows=tuple(
            {column: _plain(value) for column, value in row.items()}
            for row in shown.to_dict("records")
        ),
        n=None if n is None else int(n),
        method=method,
        caveats=tuple(caveats),
        hidden=int(hidden.sum()),
        minimum=minimum if counted else None,
        chart=chart,
        audience=audience,
        appendix=appendix,
    )


def metric(
    row: Mapping[str, Any] | pd.Series,
    *,
    key: str,
    label: str,
    unit: Unit,
    minimum: int = disclosure.MIN_SCORES,
    otherwise: str = "",
    method: str = "",
    caveat: str = "",
    people: bool = True,
    **more: Any,
) -> Metric:
    """Make a headline number of a row with `estimate`, `ci_low`, `ci_high`, `n`.

    The row may also hold `n_accounts`, `largest`, `change`, `change_low`, `change_high`,
    `change_clear`, `change_since`.
    Below `minimum` (when it rests on people's answers) nothing but the label is kept; of accounts,
    a `params.Least` tests what the row tells.
    """
    values = {k: _plain(v) for k, v in dict(row).items()}
    n = values.get("n")
    value = values.get("estimate")
    known = pd.DataFrame([values])
    hidden = (
        people
        and disclosure.hidden_rows(
            pd.Series([n], dtype=float),
            minimum=minimum,
            accounts=known.get("n_accounts"),
            largest=known.get("largest"),
        ).any()
    )
    if value is None or hidden:
        reason = otherwise or tr("Fewer than {n} answers: not shown.", n=minimum)
        if hidden and n is not None and n >= minimum:  # it is the accounts that are too few
            reason = tr("{dash} hidden: too few answers.", dash=HIDDEN)
        return Metric(key=key, label=label, unit=unit, value=None, caveat=reason, **more)
    moved = ("change", "change_low", "change_high", "change_clear")
    optional = ("ci_low", "ci_high", "n_accounts", *moved)
    return Metric(
        key=key,
        label=label,
        unit=unit,
        value=value,
        n=None if n is None else int(n),
        change_since=values.get("change_since") or "",
        method=method,
        caveat=caveat,
        **{name: values.get(name) for name in optional},
        **more,
    )


def heading(title: str) -> Heading:
    """Begin a new part of a chapter; it is left out where nothing of the part is shown."""
    return Heading(key=f"heading: {title}", title=title)


def record(
    params: Any,
    chapter: str,
    sources: Iterable[Any],
    blocks: Iterable[Any],
    accounts: Iterable[AccountPage] = (),
) -> Chapter:
    """Keep what a chapter found; the last cell of its notebook.

    `blocks` may nest lists; None is left out. `accounts` are pages for the account teams, drawn
    beside the client's report and never in it. The file is written whole or not at all.

    Raises
    ------
    RunError: an unknown chapter, or two blocks with one key.
    """
    if chapter not in CHAPTERS:
        raise RunError(f"There is no chapter {chapter!r}; known: {', '.join(CHAPTERS)}.")
    flat = tuple(_flatten(blocks))
    keys = [block.key for block in flat]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise RunError(f"Chapter {chapter} has two blocks with the key {', '.join(twice)}.")
    made = Chapter(
        id=chapter,
        client=params.client,
        wave=params.wave.id,
        data=fingerprint(sources),
        blocks=flat,
        accounts=tuple(accounts),
    )
    params.paths.chapters.mkdir(parents=True, exist_ok=True)
    write(made, params.paths.chapters / f"{chapter}.json")
    return made


def fingerprint(sources: Iterable[Any]) -> str:
    """Hash of the files a survey was read from; ties a chapter to its data."""
    text = "\n".join(sorted(f"{source.table} {source.sha256}" for source in sources))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write(block: BaseModel, file: Path) -> None:
    """Write as canonical JSON, whole or not at all."""
    text = json.dumps(block.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True)
    beside = file.with_name(file.name + ".part")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(file)


def schema() -> str:
    """JSON schema of `results.json`, as it is written beside each report."""
    return (
        json.dumps(Report.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"
    )


def read_chapter(file: Path) -> Chapter:
    """Read one chapter's record."""
    return TypeAdapter(Chapter).validate_json(file.read_bytes())


def read_report(file: Path) -> Report:
    """Read a `results.json`."""
    return TypeAdapter(Report).validate_json(file.read_bytes())


def _flatten(blocks: Iterable[Any]) -> Iterable[Any]:
    for block in blocks:
        if block is None:
            continue
        if isinstance(block, BaseModel):
            yield block
        else:
            yield from _flatten(block)


def _plain(value: Any) -> Any:
    """A JSON value: missing is None, numbers carry six significant digits so that bytes repeat."""
    if value is None or isinstance(value, str | bool):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float):
        return float(f"{number:.6g}") if math.isfinite(number) else None
    return number
