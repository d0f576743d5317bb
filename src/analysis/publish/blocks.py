"""What a block of results is: number, table, sentence, quotation, advice, note.

Right of the wall these are all there is: whatever people look at is drawn from them. `results`
makes and keeps them.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from analysis.language import SOURCE, later, tr
from analysis.publish import notebook

SCHEMA = 1

#: The chapters in reading order: id, title, the question that it answers.
CHAPTERS: dict[str, tuple[str, str]] = {
    "fieldwork": (later("Who answered"), later("Whose voice is this, and who is silent?")),
    "scorecard": (
        later("Scorecard"),
        later("How strong are the relationships, and did they change?"),
    ),
    "commitment_trust": (
        later("Commitment and trust"),
        later("What holds these relationships together?"),
    ),
    "drivers": (later("Drivers"), later("What would move the score next?")),
    "comments": (later("Comments"), later("What do customers say, and who says it?")),
    "maturity": (later("Maturity"), later("How customer-driven is the organisation itself?")),
    "actions": (later("Actions"), later("What was promised, and what was done?")),
}

#: How a number is printed. points: NPS points with sign; score: one decimal on the item's scale;
#: share: 0-1 printed as per cent; weight: two decimals; r: correlation or path, two decimals.
Unit = Literal["text", "count", "points", "score", "share", "weight", "r", "p", "days", "date"]

#: What a chart draws; `Chart.columns` says which column of its table plays which part.
#: trend: x, y, low, high, group; intervals: label, y, low, high, group, highlight;
#: stacked: label, parts (comma-joined columns, shares); bars: label, y, low, high;
#: map: label, x, y; paths: source, target, y, low, high, verdict;
#: bridge: label, y, low, high, group ("level": a bar from zero, "change": from where the last one
#: ended); matrix: label (row), x (column), y (share of the row); multiples: label (panel), x, y,
#: low, high, highlight.
ChartKind = Literal[
    "trend", "intervals", "stacked", "bars", "map", "paths", "bridge", "matrix", "multiples"
]

#: How sure a sentence may sound. clear: the interval leaves no doubt about the direction;
#: undecided: it does; descriptive: a count or a level, no comparison.
Evidence = Literal["clear", "undecided", "descriptive"]


#: A text that people read. One that stands in the code as a whole is translated here; one with
#: values in it was made by `tr`, and passes.
Words = Annotated[str, AfterValidator(tr)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def _repr_html_(self) -> str:
        """Show the block in a notebook just as the page shows it."""
        from analysis.publish import page

        return page.block_html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Put the block's data beside its HTML, for `chapter_page` to draw it anew."""
        return {**notebook.shown(self), notebook.MIME: self.model_dump(mode="json")}


class Column(_Frozen):
    """One column of a table: the key in its rows, the heading, how to print it."""

    key: str
    label: Words
    unit: Unit = "text"


class Chart(_Frozen):
    """How a table is drawn. `alt` says in words what is seen."""

    kind: ChartKind
    columns: dict[str, str]
    alt: Words
    reference: float | None = None  # a dashed line at this value
    reference_label: Words = ""  # what the dashed line is
    axis: Words = ""  # title of the axis of values; of a map: what its upper left corner means


class Metric(_Frozen):
    """One number of the headline kind. `value` None: withheld, and `caveat` says why."""

    kind: Literal["metric"] = "metric"
    key: str
    label: Words
    unit: Unit
    value: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    n: int | None = None
    n_accounts: int | None = None
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    change_clear: bool | None = None  # None: as the interval of the change tells
    change_since: str = ""
    reference: float | None = None
    reference_label: Words = ""
    method: Words = ""
    caveat: Words = ""


class Table(_Frozen):
    """A table, and the chart drawn from it. Masked cells are None; `hidden` counts masked rows."""

    kind: Literal["table"] = "table"
    key: str
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    n: int | None = None
    method: Words = ""
    caveats: tuple[Words, ...] = ()
    hidden: int = 0
    minimum: int | None = None  # smallest base shown; None: rows do not rest on answers
    chart: Chart | None = None
    audience: Literal["client", "internal"] = "client"
    appendix: bool = False


class Finding(_Frozen):
    """One sentence a reader may quote. `lead` marks those fit for the first screen."""

    kind: Literal["finding"] = "finding"
    key: str
    sentence: Words
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
    title: Words
    quotes: tuple[Quote, ...]
    method: Words = ""


class Advice(_Frozen):
    """One thing to do, with the reason. The report shows the two of highest rank (1 first)."""

    kind: Literal["advice"] = "advice"
    key: str
    do: Words
    because: Words
    rank: Annotated[int, Field(ge=1, le=99)]


class Note(_Frozen):
    """A sentence on method, a caveat, or what the data cannot carry and why."""

    kind: Literal["note"] = "note"
    key: str
    sentence: Words
    about: Literal["method", "caveat", "absent"] = "caveat"
    audience: Literal["client", "internal"] = "client"


class Heading(_Frozen):
    """Where a new part of a chapter begins."""

    kind: Literal["heading"] = "heading"
    key: str
    title: Words


Block = Annotated[
    Metric | Table | Finding | Quotes | Advice | Note | Heading, Field(discriminator="kind")
]


#: Key of the note on an account's page that leaves scores out.
WITHHELD = "withheld"


class AccountPage(_Frozen):
    """What the team of one account may see: answers given in the open, and nobody else's account.

    `flags`: why this account wants attention, in a few words each.
    """

    id: str
    name: str
    line: Words = ""  # tier, owner and the like
    flags: tuple[Words, ...] = ()
    answered: int = 0  # people of this account who answered
    asked: int = 0  # and who were asked, where that is known
    blocks: tuple[Block, ...]

    @property
    def withholds(self) -> bool:
        """Whether scores are left out, as the published ones less these would be a few people's."""
        return any(block.key == WITHHELD for block in self.blocks)


class Chapter(_Frozen):
    """What one chapter found for one client and wave."""

    id: str
    client: str
    wave: str
    data: str  # hash of the data files that were read; empty in a report
    blocks: tuple[Block, ...]
    accounts: tuple[AccountPage, ...] = ()  # for account teams; never part of the client's report

    @property
    def absent(self) -> bool:
        """True when the chapter has nothing but notes."""
        return all(isinstance(block, Note | Heading) for block in self.blocks)


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
    language: str = SOURCE
    chapters: tuple[Chapter, ...]

    def chapter(self, id: str) -> Chapter | None:
        """Return the chapter with this id, if it was run."""
        return next((chapter for chapter in self.chapters if chapter.id == id), None)

    def find(self, key: str) -> Any:
        """Return the first block with this key in any chapter, or None."""
        blocks = (block for chapter in self.chapters for block in chapter.blocks)
        return next((block for block in blocks if block.key == key), None)
