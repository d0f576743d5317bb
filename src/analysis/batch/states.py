"""What is made, out of date, waiting or broken: for `rapport status`, the index, a dry run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from analysis import params
from analysis.batch import plan
from analysis.batch.execute import problem
from analysis.errors import RapportError


def planned(
    clients: Iterable[str],
    wave: str = params.LATEST,
    params_dir: str | Path = "params",
    chapters: Iterable[str] = (),
    force: bool = False,
) -> Iterator[str]:
    """Say of each client, in a line, which notebooks a run would execute."""
    for client in clients:
        try:
            p = params.load(client, wave, params_dir)
            todo = plan.plan(p, chapters, force)
            yield f"{client:<16} {p.wave.id:<12} {', '.join(todo.run) or 'up to date'}"
        except RapportError as error:
            yield f"{client:<16} {wave:<12} cannot be run: {error}"


def stale(params_dir: str | Path) -> bool:
    """Whether a report is newer than the portfolio over all of them."""
    reports = Path(params_dir).resolve().parent / "reports"
    made = [reports / row["link"] for row in states(params_dir) if row["link"]]
    newest = max((file.stat().st_mtime for file in made if file.exists()), default=0.0)
    drawn = reports / "portfolio.html"
    return bool(newest) and (not drawn.exists() or drawn.stat().st_mtime < newest)


def index(params_dir: str | Path) -> None:
    """Draw `reports/index.html`: all clients and waves, and what failed."""
    from analysis.publish import page

    reports = Path(params_dir).resolve().parent / "reports"
    reports.mkdir(exist_ok=True)
    beside = reports / ".index.html.part"
    beside.write_text(page.index_html(list(states(params_dir))), encoding="utf-8")
    beside.replace(reports / "index.html")


def states(params_dir: str | Path = "params") -> Iterator[dict[str, Any]]:
    """State of every client and wave on disk, for `rapport status` and the index page.

    Yields
    ------
    dicts with client, name, wave, label, reported, made (ISO date), status ("up to date", "out of
    date", "failed", "waiting" or "not made"), link (from `reports/`), chapters (id -> link) and
    problem.
    """
    for client in params.clients(params_dir):
        try:
            loaded = params.load(client, params_dir=params_dir)
        except RapportError as error:
            yield _state(client, client, "", "failed", problem=str(error))
            continue
        for wave in loaded.waves:
            p = params.load(client, wave.id, params_dir)
            latest = wave == loaded.waves[-1]
            if latest or p.paths.report.exists() or problem(p).exists():
                try:
                    yield _of(p)
                except (RapportError, OSError) as error:  # a folder that cannot be read
                    yield _state(client, p.name, wave.id, "failed", problem=str(error))


def _of(p: params.Params) -> dict[str, Any]:
    from analysis import survey

    made = plan.manifest(p.paths.report)
    failed = problem(p).read_text(encoding="utf-8").strip() if problem(p).exists() else ""
    status = "up to date" if made else "not made"
    if failed:
        status = "failed"
    elif survey.waiting(p):
        status = "waiting"
    elif made and made.get("chapters") != _chapter_keys(p):
        status = "out of date"
    folder = f"{p.client}/{p.wave.id}"
    pages = {
        chapter: f"{folder}/internal/{plan.NOTEBOOKS[chapter].removesuffix('.ipynb')}.html"
        for chapter in made.get("chapters", {})
    }
    return _state(
        p.client,
        p.name,
        p.wave.id,
        status,
        label=p.wave.label,
        reported=p.wave.reported.isoformat(),
        made=str(made.get("finished", ""))[: len("2026-01-31")],
        link=f"{folder}/client/report.html" if made else "",
        chapters=pages,
        problem=failed,
    )


def _chapter_keys(p: params.Params) -> dict[str, str]:
    return {c: key for c, key in plan.unit_keys(p).items() if c != plan.REPORT}


def _state(client: str, name: str, wave: str, status: str, **more: Any) -> dict[str, Any]:
    blank = {"label": wave, "reported": "", "made": "", "link": "", "chapters": {}, "problem": ""}
    return {"client": client, "name": name, "wave": wave, "status": status, **blank, **more}
