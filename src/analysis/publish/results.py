"""The contract between the towers: what a chapter found, as blocks in `results.json`.

A chapter turns frames into blocks (`metric`, `table`, `finding`, `quotes`, `advice`, `note`) and
ends with `record`. Everything that people look at is drawn from these blocks alone, so a block
holds only what may be shown: `table` and `metric` mask small groups before anything is kept.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from analysis.errors import DisclosureError, RunError
from analysis.publish import disclosure, notebook

SCHEMA = 1

#: The chapters in reading order: id, title, the question that it answers.
CHAPTERS: dict[str, tuple[str, str]] = {
    "fieldwork": ("Who answered", "Whose voice is this, and who is silent?"),
    "scorecard": ("Scorecard", "How strong are the relationships, and did they change?"),
    "commitment_trust": ("Commitment and trust", "What holds these relationships together?"),
    "drivers": ("Drivers", "What would move the score next?"),
    "comments": ("Comments", "What do customers say, and who says it?"),
    "maturity": ("Maturity", "How customer-driven is the organisation itself?"),
    "actions": ("Actions", "What was promised, and what was done?"),
}

#: How a number is printed. points: NPS points with sign; score: one decimal on the item's scale;
#: share: 0-1 printed as per cent; weight: two decimals; r: correlation or path, two decimals.
Unit = Literal["text", "count", "points", "score", "share", "weight", "r", "p", "days", "date"]

#: What a chart draws; `Chart.columns` says which column of its table plays which part.
#: trend: x, y, low, high, group; intervals: label, y, low, high, group, highlight;
#: stacked: label, parts (comma-joined columns, shares); bars: label, y, low, high;
#: map: label, x, y; paths: source, target, y, low, high, verdict.
ChartKind = Literal["trend", "intervals", "stacked", "bars", "map", "paths"]

#: How sure a sentence may sound. clear: the interval leaves no doubt about the direction;
#: undecided: it does; descriptive: a count or a level, no comparison.
Evidence = Literal["clear", "undecided", "descriptive"]

#: Use as `base` of a table whose rows do not rest on people's answers.
NOT_ANSWERS = "not answers"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def _repr_html_(self) -> str:
        """Show the block in a notebook just as the page shows it."""
        from analysis.publish import page

        return page.block_html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Put the block's data beside its HTML, for `chapter_page` to draw it anew."""
        return {notebook.MIME: self.model_dump(mode="json")}


class Column(_Frozen):
    """One column of a table: the key in its rows, the heading, how to print it."""

    key: str
    label: str
    unit: Unit = "text"


class Chart(_Frozen):
    """How a table is drawn. `alt` says in words what is seen."""

    kind: ChartKind
    columns: dict[str, str]
    alt: str
    reference: float | None = None  # a dashed line at this value
    reference_label: str = ""  # what the dashed line is
    axis: str = ""  # title of the axis of values; of a map: what its upper left corner means


class Metric(_Frozen):
    """One number of the headline kind. `value` None: withheld, and `caveat` says why."""

    kind: Literal["metric"] = "metric"
    key: str
    label: str
    unit: Unit
    value: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    n: int | None = None
    n_accounts: int | None = None
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    change_since: str = ""
    reference: float | None = None
    reference_label: str = ""
    method: str = ""
    caveat: str = ""


class Table(_Frozen):
    """A table, and the chart drawn from it. Masked cells are None; `hidden` counts masked rows."""

    kind: Literal["table"] = "table"
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    n: int | None = None
    method: str = ""
    caveats: tuple[str, ...] = ()
    hidden: int = 0
    minimum: int | None = None  # smallest base shown; None: rows do not rest on answers
    chart: Chart | None = None
    audience: Literal["client", "internal"] = "client"
    appendix: bool = False


class Finding(_Frozen):
    """One sentence a reader may quote. `lead` marks those fit for the first screen."""

    kind: Literal["finding"] = "finding"
    key: str
    sentence: str
    evidence: Evidence
    lead: bool = False


class Quote(_Frozen):
    """One customer's words, redacted. `voice`: promoter, passive, detractor or ''."""

    text: str
    language: str = ""
    voice: str = ""
    topic: str = ""


class Quotes(_Frozen):
    """Customers' own words about one thing."""

    kind: Literal["quotes"] = "quotes"
    key: str
    title: str
    quotes: tuple[Quote, ...]
    method: str = ""


class Advice(_Frozen):
    """One thing to do, with the reason. The report shows the two of highest rank (1 first)."""

    kind: Literal["advice"] = "advice"
    key: str
    do: str
    because: str
    rank: Annotated[int, Field(ge=1, le=99)]


class Note(_Frozen):
    """A sentence on method, a caveat, or what the data cannot carry and why."""

    kind: Literal["note"] = "note"
    key: str
    sentence: str
    about: Literal["method", "caveat", "absent"] = "caveat"


Block = Annotated[Metric | Table | Finding | Quotes | Advice | Note, Field(discriminator="kind")]


class Chapter(_Frozen):
    """What one chapter found for one client and wave."""

    id: str
    client: str
    wave: str
    data: str  # hash of the data files that were read
    blocks: tuple[Block, ...]

    @property
    def absent(self) -> bool:
        """True when the chapter has nothing but notes."""
        return all(isinstance(block, Note) for block in self.blocks)


class Report(_Frozen):
    """`results.json`: everything that the client's page is drawn from."""

    schema_version: int = SCHEMA
    client: str
    name: str
    wave: str
    wave_label: str
    reported: str
    waves: tuple[str, ...]
    sector: str = ""
    chapters: tuple[Chapter, ...]

    def chapter(self, id: str) -> Chapter | None:
        """Return the chapter with this id, if it was run."""
        return next((chapter for chapter in self.chapters if chapter.id == id), None)

    def find(self, key: str) -> Any:
        """Return the first block with this key in any chapter, or None."""
        blocks = (block for chapter in self.chapters for block in chapter.blocks)
        return next((block for block in blocks if block.key == key), None)


def table(
    frame: pd.DataFrame,
    *,
    key: str,
    title: str,
    columns: Mapping[str, tuple[str, Unit]],
    base: str,
    otherwise: str,
    minimum: int = disclosure.MIN_SCORES,
    whole: bool = False,
    n: int | None = None,
    method: str = "",
    caveats: Iterable[str] = (),
    chart: Chart | None = None,
    audience: Literal["client", "internal"] = "client",
    appendix: bool = False,
) -> Table | Note:
    """Make a block of a tidy frame; small groups are masked here, before anything is kept.

    Parameters
    ----------
    frame : one row per group; may be empty.
    columns : frame column -> (heading, unit), in the order to print; others are dropped.
    base : the column that counts the answers under a row, or `NOT_ANSWERS`.
    otherwise : what to say when the frame is empty: why, and what would mend it.
    minimum : smallest base shown.
    whole : the rows are parts of a whole that is shown elsewhere, so that a single hidden row
        would come back by subtraction; the next smallest is then hidden too.

    Returns
    -------
    Table, or a Note with `otherwise` when there are no rows.
    """
    if frame.empty:
        return Note(key=key, sentence=otherwise, about="absent")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DisclosureError(f"Table '{key}' lacks the columns {', '.join(missing)}.")
    drawn = ",".join(chart.columns.values() if chart else ()).split(",")
    if unknown := [column for column in drawn if column.strip() not in ("", *columns)]:
        raise DisclosureError(f"The chart of table '{key}' lacks the columns {', '.join(unknown)}.")
    hidden = pd.Series(False, index=frame.index)
    if base != NOT_ANSWERS:
        hidden = disclosure.hidden_rows(frame[base], minimum=minimum, whole=whole)
    shown = frame[list(columns)].astype(object)
    names_row = True  # text before the first number does; after it, text tells a result
    for column, (_, unit) in columns.items():
        names_row = names_row and unit in ("text", "date")
        if not names_row:
            shown[column] = shown[column].mask(hidden, None)
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
        minimum=None if base == NOT_ANSWERS else minimum,
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

    The row may also hold `n_accounts`, `change`, `change_low`, `change_high`, `change_since`.
    Below `minimum` answers (when it rests on people's answers) nothing but the label is kept.
    """
    values = {k: _plain(v) for k, v in dict(row).items()}
    n = values.get("n")
    value = values.get("estimate")
    small = people and (n is None or n < minimum)
    if value is None or small:
        reason = otherwise or f"Fewer than {minimum} answers: not shown."
        return Metric(key=key, label=label, unit=unit, value=None, caveat=reason, **more)
    optional = ("ci_low", "ci_high", "n_accounts", "change", "change_low", "change_high")
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


def record(params: Any, chapter: str, sources: Iterable[Any], blocks: Iterable[Any]) -> Chapter:
    """Keep what a chapter found; the last cell of its notebook.

    `blocks` may nest lists; None is left out. The file is written whole or not at all.

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
