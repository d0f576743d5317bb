"""What of a report stands where: first screen, chapters, appendix. Blocks in, blocks out."""

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from analysis.language import SOURCE, languages, tr, using
from analysis.publish import numbers
from analysis.publish.results import (
    CHAPTERS,
    Advice,
    Block,
    Chapter,
    Finding,
    Heading,
    Metric,
    Note,
    Quotes,
    Report,
    Table,
)

#: At most two things to do: more are not done (domain.md 3.15).
MOST_ADVICE = 2
MOST_LEADS = 3

#: The headline trio; where the first key is absent, the next one stands for it.
HEADLINE = (("crq", "satisfaction"), ("nps",), ("response_contacts", "response_accounts"))

#: Whose leads come first: where we stand, what moves it, what is said, who is silent.
LEADS_FROM = (
    "scorecard",
    "drivers",
    "comments",
    "fieldwork",
    "commitment_trust",
    "actions",
    "maturity",
)


@dataclass(frozen=True)
class Promised:
    """What was promised and what was done."""

    label: str
    value: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class First:
    """The first screen."""

    advice: tuple[tuple[Advice, str], ...]  # with the id of the chapter that holds its evidence
    leads: tuple[Finding, ...]
    metrics: tuple[Metric, ...]
    promised: Promised | None


@dataclass(frozen=True)
class Step:
    """Sentences, and the exhibit that bears them out (with its anchor), where there is one.

    `heading`: title of the part of the chapter that begins here.
    """

    heading: str = ""
    findings: tuple[Finding, ...] = ()
    id: str = ""
    exhibit: Table | Quotes | None = None


@dataclass(frozen=True)
class Part:
    """One chapter as evidence. `absent`: the sentence that stands for a chapter of notes only.

    `leads` open it; `steps` follow in the order in which the chapter recorded them.
    """

    id: str
    title: str
    question: str
    absent: str = ""
    leads: tuple[Finding, ...] = ()
    metrics: tuple[Metric, ...] = ()
    steps: tuple[Step, ...] = ()
    missing: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Appendix:
    """What stands behind the chapters; each list may be empty."""

    method: tuple[tuple[str, tuple[str, ...]], ...] = ()
    caveats: tuple[str, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    tables: tuple[tuple[str, Table], ...] = field(default=())

    @property
    def contents(self) -> list[tuple[str, str]]:
        """Anchors and titles of the parts that are there."""
        known = (
            ("method", tr("How this was done"), self.method),
            ("caveats", tr("What to bear in mind"), self.caveats),
            ("absent", tr("What is not here"), self.absent),
            ("tables", tr("Tables for the analyst"), self.tables),
        )
        return [(id, title) for id, title, there in known if there] + [
            ("glossary", tr("Words used here"))
        ]


def speaking(report: Report) -> AbstractContextManager[None]:
    """Speak a report's language inside a `with`; one that nobody knows is told in English."""
    return using(report.language if report.language in languages() else SOURCE)


def in_its_language(make: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function whose first argument is a report speak the report's language."""

    @wraps(make)
    def made(report: Report, *more: Any) -> Any:
        with speaking(report):
            return make(report, *more)

    return made


def for_client(chapter: Chapter) -> Chapter:
    """Return the chapter without what only researchers may see.

    The hash of its data goes too: it changes with the order of rows, where no result does.
    """
    blocks = tuple(b for b in chapter.blocks if getattr(b, "audience", "client") == "client")
    return chapter.model_copy(update={"blocks": blocks, "accounts": (), "data": ""})


def anchor(chapter: str, block: Block) -> str:
    """Where a block stands on a page; the same in the report as on its chapter's own page.

    >>> anchor("scorecard", Heading(key="nps by wave", title=""))
    'scorecard-nps-by-wave'
    """
    return f"{chapter}-{re.sub(r'[^a-z0-9]+', '-', block.key.lower()).strip('-')}"


def first(report: Report) -> First:
    """Choose what a reader with one minute sees."""
    advice = [
        (block, chapter.id)
        for chapter in report.chapters
        for block in chapter.blocks
        if isinstance(block, Advice)
    ]
    advice.sort(key=lambda one: one[0].rank)
    metrics = [block for c in report.chapters for block in c.blocks if isinstance(block, Metric)]
    trio = [next((m for key in keys for m in metrics if m.key == key), None) for keys in HEADLINE]
    return First(
        advice=tuple(advice[:MOST_ADVICE]),
        leads=tuple(_leads(report)[:MOST_LEADS]),
        metrics=tuple(filter(None, trio)),
        promised=promised(report),
    )


def _leads(report: Report) -> list[Finding]:
    """Leads, first one of each chapter, then the second ones."""
    ranked = []
    for place, id in enumerate(LEADS_FROM):
        chapter = report.chapter(id)
        found = chapter.blocks if chapter else ()
        leads = [block for block in found if isinstance(block, Finding) and block.lead]
        ranked += [(nth, place, lead) for nth, lead in enumerate(leads)]
    return [lead for *_, lead in sorted(ranked, key=lambda item: item[:2])]


def promised(report: Report) -> Promised | None:
    """Count promises and what became of them, if the chapter on actions counted them.

    Read from its first table with the columns `done`, `open` and `n`; `overdue` may be there.
    """
    chapter = report.chapter("actions")
    counted = {"done", "open", "n"}
    for table in _of(chapter, Table) if chapter else ():
        if counted <= {column.key for column in table.columns} and table.rows:
            done, still, late, n = (
                sum(row.get(key) or 0 for row in table.rows)
                for key in ("done", "open", "overdue", "n")
            )
            lines = [
                tr("{n} open, {late} of them past their date", n=still, late=late)
                if late
                else tr("{n} open", n=still)
            ]
            if n > done + still:
                lines.append(tr("{n} dropped", n=n - done - still))
            value = tr("{done} of {n}", done=done, n=n)
            return Promised(tr("Promised and done"), value, tuple(lines))
    return None


def parts(report: Report) -> list[Part]:
    """Chapters in reading order."""
    order = list(CHAPTERS)
    chapters = sorted(report.chapters, key=lambda chapter: order.index(chapter.id))
    headline = {metric.key for metric in first(report).metrics}
    return [_part(for_client(chapter), headline) for chapter in chapters]


def _part(chapter: Chapter, headline: set[str]) -> Part:
    title, question = map(tr, CHAPTERS[chapter.id])
    notes = _of(chapter, Note)
    said = [note.sentence for note in notes if note.about == "absent"]
    if chapter.absent:
        said = said or [note.sentence for note in notes] or [tr("There is nothing to show.")]
        return Part(chapter.id, title, question, absent=said[0])
    findings, metrics = _of(chapter, Finding), _of(chapter, Metric)
    steps = _steps(chapter)
    # What the first screen shows is not shown again, unless it is all there is.
    more = [metric for metric in metrics if metric.key not in headline]
    alone = not (more or findings or steps)
    if alone and not metrics:
        advised = tr("See the first page: what to do first.")
        elsewhere = said[0] if said else tr("See the tables for the analyst.")
        return Part(
            chapter.id, title, question, absent=advised if _of(chapter, Advice) else elsewhere
        )
    return Part(
        chapter.id,
        title,
        question,
        leads=tuple(finding for finding in findings if finding.lead),
        metrics=tuple(metrics if alone else more),
        steps=tuple(steps),
        missing=tuple(note for note in notes if note.about == "absent"),
    )


def _steps(chapter: Chapter) -> list[Step]:
    """Sentences with the exhibit that comes next; those after the last one stand by themselves."""
    steps: list[Step] = []
    heading, said = "", list[Finding]()

    def close(id: str = "", exhibit: Table | Quotes | None = None) -> None:
        nonlocal heading, said
        if said or exhibit:
            steps.append(Step(heading, tuple(said), id, exhibit))
            heading, said = "", []

    for block in chapter.blocks:
        if isinstance(block, Heading):
            close()
            heading = block.title
        elif isinstance(block, Finding) and not block.lead:
            said.append(block)
        elif isinstance(block, Table | Quotes) and not getattr(block, "appendix", False):
            close(anchor(chapter.id, block), block)
    close()
    return steps


def appendix(report: Report) -> Appendix:
    """Collect method, caveats, what is absent and the analyst's tables from all chapters."""
    method, caveats, absent, tables = [], [], [], []
    for chapter in map(for_client, report.chapters):
        title = tr(CHAPTERS[chapter.id][0])
        lines = _once(_method(chapter.blocks))
        if lines:
            method.append((title, lines))
        notes = _of(chapter, Note)
        caveats += [note.sentence for note in notes if note.about == "caveat"]
        absent += [(title, note.sentence) for note in notes if note.about == "absent"]
        tables += [
            (anchor(chapter.id, block), block)
            for block in chapter.blocks
            if isinstance(block, Table) and block.appendix
        ]
    made = {chapter.id for chapter in report.chapters}
    absent += [
        (tr(title), tr("This chapter was not made for this report."))
        for id, (title, _) in CHAPTERS.items()
        if id not in made
    ]
    return Appendix(tuple(method), _once(caveats), _once(absent), tuple(tables))


def _method(blocks: Iterable[Block]) -> Iterable[str]:
    """Methods in order; one that several results share is told once, with all their names."""
    names: dict[str, list[str]] = {}
    for block in blocks:
        if isinstance(block, Note) and block.about == "method":
            names.setdefault(block.sentence, [])
        elif getattr(block, "method", ""):
            named = getattr(block, "title", "") or block.label
            names.setdefault(block.method, []).append(named)
    for method, shared in names.items():
        yield f"{'; '.join(_once(shared))}: {method}" if shared else method


def base(table: Table) -> str:
    """Say how many answers a table rests on, from its own count or its rows'.

    Examples
    --------
    >>> rows = ({"n": 30}, {"n": None}, {"n": 9})
    >>> base(Table(key="k", title="", columns=(), rows=rows))
    'n = 9 to 30, by row.'
    """
    if table.n is not None:
        return f"n = {numbers.show(table.n, 'count')}."
    counts = [row["n"] for row in table.rows if isinstance(row.get("n"), int | float)]
    if not counts:
        return ""
    low, high = (numbers.show(end(counts), "count") for end in (min, max))
    return f"n = {low}." if low == high else tr("n = {low} to {high}, by row.", low=low, high=high)


def _of(chapter: Chapter, kind: type) -> list[Any]:
    return [block for block in chapter.blocks if isinstance(block, kind)]


def _once(lines: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(lines))


def moved(metric: Metric) -> bool:
    """Whether a headline number clearly changed, so that the eye may be drawn to it."""
    if metric.change_low is None or metric.change_high is None:
        return False
    if metric.change_clear is not None:  # few answers: an exact test has its say as well
        return metric.change_clear
    return not metric.change_low <= 0 <= metric.change_high


def change(metric: Metric) -> str:
    """Say how a headline number changed, no more surely than its interval allows.

    Examples
    --------
    >>> m = Metric(key="nps", label="NPS", unit="points", value=30, change=8, change_low=-2,
    ...            change_high=18, change_since="2024")
    >>> change(m)
    'No clear change since 2024: +8 (−2 to +18)'
    """
    by = numbers.signed(metric.change, metric.unit)
    known = metric.change_low is not None and metric.change_high is not None
    if not known:
        said = tr("Change")
    elif not moved(metric):
        said = tr("No clear change")
    else:
        said = tr("Up") if metric.change > 0 else tr("Down")
    if metric.change_since:
        said = tr("{change} since {wave}", change=said, wave=metric.change_since)
    if not known:
        return f"{said}: {by}"
    low = numbers.signed(metric.change_low, metric.unit)
    high = numbers.signed(metric.change_high, metric.unit)
    return f"{said}: {by} ({tr('{low} to {high}', low=low, high=high)})"
