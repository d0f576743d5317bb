"""From the chapters' records to the client's report, written beside the old one."""

import re
from pathlib import Path

from pydantic import ValidationError

from analysis.errors import RunError
from analysis.language import using
from analysis.params import Params
from analysis.publish import (
    page,
    pdf,
    pictures,
    reportback,
    results,
    slides,
    story,
    workbook,
)
from analysis.publish.results import CHAPTERS, Chapter, Report


def assemble(params: Params) -> Report:
    """Gather the chapters recorded for this client and wave, without what is internal.

    Chapters of the report that is being made come first; outside a run, those of the published
    one are used.

    Raises
    ------
    RunError: no chapter is there, or one is another client's, wave's or data's.
    """
    chapters = _chapters(params)
    if not chapters:
        raise RunError(
            f"No chapter of {params.client}, wave {params.wave.id}, has been recorded: "
            "run a chapter notebook first."
        )
    if len({chapter.data for chapter in chapters}) > 1:
        raise RunError(
            f"The chapters of {params.client}, wave {params.wave.id}, were made from different "
            "data files; run all of them again."
        )
    return Report(
        client=params.client,
        name=params.name,
        wave=params.wave.id,
        wave_label=params.wave.label,
        reported=params.wave.reported.isoformat(),
        waves=tuple(wave.id for wave in params.history),
        sector=params.sector,
        language=params.language,
        chapters=tuple(story.for_client(chapter) for chapter in chapters),
    )


def save(params: Params, report: Report) -> Path:
    """Write `results.json` and `report.html`, each whole or not at all, and what else is asked for.

    `params.outputs` says what: workbook, CSV, charts, slides, PDF. All are drawn from the report
    alone, so what its tables hide is in none of them.

    Returns
    -------
    Path of the page.
    """
    folder = params.paths.building / "client"
    folder.mkdir(parents=True, exist_ok=True)
    results.write(report, folder / "results.json")
    (folder / "results.schema.json").write_text(results.schema(), encoding="utf-8")
    made = folder / "report.html"
    beside = made.with_name("report.html.part")
    beside.write_text(page.report_html(report), encoding="utf-8")
    beside.replace(made)
    asked = params.outputs
    if asked.workbook:
        workbook.write(report, folder / "tables.xlsx")
    if asked.csv:
        workbook.write_csv(report, folder / "tables")
    if asked.charts:
        pictures.write(report, folder / "charts")
    if asked.slides:
        slides.write(report, folder / "slides.pptx")
    if asked.pdf:
        pdf.write(made, folder / "report.pdf", report.reported)
    return made


def save_accounts(params: Params) -> Path:
    """Write a page for the team of every account, and the list of them.

    Returns
    -------
    Path of the folder; it holds nothing where no chapter made pages of accounts.
    """
    folder = params.paths.building / "accounts"
    pages = [account for chapter in _chapters(params) for account in chapter.accounts]
    taken: set[str] = set()
    rows = []
    for account in pages:
        name = _folder(account.id, taken)
        (folder / name).mkdir(parents=True, exist_ok=True)
        with using(params.language):
            drawn = page.account_html(params.name, params.wave.label, account)
        (folder / name / "account.html").write_text(drawn, encoding="utf-8")
        rows.append((f"{name}/account.html", account))
    if rows:
        with using(params.language):
            drawn = page.accounts_html(params.name, params.wave.label, rows)
        (folder / "index.html").write_text(drawn, encoding="utf-8")
    return folder


def save_reportback(params: Params, report: Report) -> Path:
    """Write, for every account, what its people may read: asked, done, and what all answered.

    Returns
    -------
    Path of the folder; a page of an account stands in a folder of its own, to be sent to nobody
    else. None is written for an account where nobody answered and nothing was asked for.
    """
    folder = params.paths.building / "reportback"
    if not params.outputs.reportback:
        return folder
    taken: set[str] = set()
    for chapter in _chapters(params):
        for account in chapter.accounts:
            back = reportback.of(account, report)
            if back is not None:
                name = _folder(account.id, taken)
                (folder / name).mkdir(parents=True, exist_ok=True)
                with story.speaking(report):
                    drawn = page.render("reportback.html", b=back)
                (folder / name / "report.html").write_text(drawn, encoding="utf-8")
    return folder


def _folder(account: str, taken: set[str]) -> str:
    """A folder name that is safe and nobody else's, also where capitals do not count."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", account).strip("-")[:60] or "account"
    k, chosen = 1, name
    while chosen.lower() in taken:
        k += 1
        chosen = f"{name}-{k}"
    taken.add(chosen.lower())
    return chosen


def _chapters(params: Params) -> list[Chapter]:
    """Records of the report that is being made; outside a run, those of the published one."""
    published = params.paths.report / "internal" / "chapters"
    folder = params.paths.chapters if any(params.paths.chapters.glob("*.json")) else published
    return [_read(folder / f"{id}.json", params) for id in CHAPTERS if _there(folder, id)]


def _there(folder: Path, chapter: str) -> bool:
    return (folder / f"{chapter}.json").is_file()


def _read(file: Path, params: Params) -> Chapter:
    try:
        chapter = results.read_chapter(file)
    except ValidationError:
        raise RunError(f"The record of chapter {file.stem} cannot be read; run it again.") from None
    if (chapter.id, chapter.client, chapter.wave) != (file.stem, params.client, params.wave.id):
        raise RunError(
            f"The record of chapter {file.stem} is another client's or wave's; run it again."
        )
    return chapter
