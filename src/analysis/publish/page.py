"""Pages: the client's report, those of its accounts, a block in a notebook, the index of reports.

Every page is one file that loads nothing and runs nothing (see the policy in `base.html`). Text
reaches HTML only through jinja2 with escaping on; what is marked as safe was made by `charts` and
`tables`, which escape by themselves.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel

from analysis.language import SOURCE, in_use, tr, using
from analysis.publish import glance, numbers, story
from analysis.publish.results import CHAPTERS, AccountPage, Chapter, Quote, Report, Table

_TEMPLATES = Path(__file__).parent / "templates"
_LINK = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


@story.in_its_language
def report_html(report: Report) -> str:
    """Draw the client's page.

    Returns
    -------
    One HTML page; the same report gives the same bytes.
    """
    back = story.appendix(report)
    return render(
        "report.html",
        r=report,
        first=story.first(report),
        glance=glance.glance(report),
        chapters=story.parts(report),
        appendix=back.contents,
        method=back.method,
        caveats=back.caveats,
        absent=back.absent,
        tables=back.tables,
    )


def account_html(client: str, wave: str, account: AccountPage) -> str:
    """Draw the page of one account, for its team."""
    return render("account.html", client=client, wave=wave, a=account)


def accounts_html(client: str, wave: str, rows: Iterable[tuple[str, AccountPage]]) -> str:
    """Draw the list of account pages: each with its link below the list's own folder."""
    shown = [(_relative(link), account) for link, account in rows]
    return render("accounts.html", client=client, wave=wave, rows=shown)


def block_html(block: BaseModel) -> str:
    """Draw one block as a notebook cell shows it, with its style."""
    if isinstance(block, Chapter):
        kept = tr(
            "Kept for the report: chapter “{title}” with {n} results.",
            title=tr(CHAPTERS[block.id][0]),
            n=len(block.blocks),
        )
        return str(Markup("<p>{}</p>").format(kept))
    if isinstance(block, Report):
        titles = ", ".join(tr(CHAPTERS[chapter.id][0]) for chapter in block.chapters)
        return str(Markup("<p>{}, {}: {}.</p>").format(block.name, block.wave_label, titles))
    if not hasattr(block, "kind"):  # a part of a block
        return str(Markup("<pre>{}</pre>").format(repr(block)))
    return render("notebook.html", b=block, id=f"b-{_slug(block.key)}")


def index_html(rows: Iterable[Mapping[str, Any]]) -> str:
    """Draw the index of all clients and waves; it is the team's, and stays English.

    Parameters
    ----------
    rows : each with client, name, wave, label, status ("up to date", "out of date", "failed",
        "waiting", "not made"), link, chapters (id -> link), reported and made (ISO dates),
        problem. Links are relative to the index; anything else is left out.
    """
    shown = [_index_row(row) for row in rows]
    made = sum(bool(row["link"]) for row in shown)
    failed = sum(row["status"] == "failed" for row in shown)
    summary = f"{made} of {len(shown)} reports are there"
    summary += f"; {failed} failed in the last run." if failed else "."
    with using(SOURCE):
        return render("index.html", rows=shown, summary=summary, portfolio=made > 0)


def _index_row(row: Mapping[str, Any]) -> dict[str, Any]:
    pages = row.get("chapters") or {}
    titles = {id: CHAPTERS[id][0] if id in CHAPTERS else id for id in pages}
    return {
        "name": row.get("name") or row["client"],
        "label": row.get("label") or row.get("wave") or "",
        "reported": row.get("reported") or "",
        "made": row.get("made") or "",
        "status": row["status"],
        "css": _slug(row["status"]),
        "problem": row.get("problem") or "",
        "link": _relative(row.get("link")),
        "chapters": [(titles[id], link) for id, link in pages.items() if _relative(link)],
    }


def render(template: str, **values: Any) -> str:
    """Fill a template of this folder in the language in use; text is escaped."""
    return _environment().get_template(template).render(lang=in_use(), **values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        tr=tr,
        show=numbers.show,
        interval=numbers.interval,
        date=numbers.date,
        change=story.change,
        moved=story.moved,
        base=story.base,
        draw=_draw,
        set_table=_set_table,
        language=_language,
    )
    return made


def _draw(table: Table, id: str) -> Markup:
    return _once("chart", id, in_use(), _canonical(table))


def _set_table(table: Table, id: str) -> Markup:
    return _once("table", id, in_use(), _canonical(table))


def _canonical(table: Table) -> str:
    """The same text for the same table, whatever order its parts were read in."""
    return json.dumps(table.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=512)
def _once(kind: str, id: str, language: str, table: str) -> Markup:
    """A table's chart, or the table itself: drawn for its chapter's page, it serves the report."""
    read = Table.model_validate_json(table)
    if kind == "chart":
        from analysis.publish import charts  # brings matplotlib

        return charts.svg(read, id)
    from analysis.publish import tables  # brings great_tables

    return tables.html(read, id)


def _language(quote: Quote) -> str:
    return quote.language if _LANGUAGE.fullmatch(quote.language) else ""


def _relative(link: Any) -> str:
    """Return the link if it is a plain path below the page, else nothing."""
    return link if isinstance(link, str) and _LINK.fullmatch(link) else ""


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "x"
