"""Make one client's report, in a process of its own.

`python -m analysis.batch.execute CLIENT WAVE PARAMS_DIR OPTIONS` is what `run` starts for each
client: a crash ends this process and no other. It prints one JSON line per event; the last one
is the outcome.
"""

import datetime as dt
import json
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis import errors, params, survey
from analysis.batch import newcomers
from analysis.batch.plan import NOTEBOOKS, REPORT, Plan, environment, plan, report_key
from analysis.errors import RapportError, RunError
from analysis.publish import results

#: Longest that one notebook cell may take, in seconds.
CELL_TIMEOUT = 900


@dataclass(frozen=True)
class Outcome:
    """How it went for one client and wave."""

    client: str
    wave: str
    status: str  # made, up to date, waiting, failed
    sentence: str = ""
    exit_code: int = 0
    seconds: float = 0.0


def make(
    client: str,
    wave: str = params.LATEST,
    params_dir: str | Path = "params",
    chapters: Iterable[str] = (),
    force: bool = False,
    tell: Callable[[str], None] = lambda event: None,
) -> Outcome:
    """Make one report if it is not up to date; the old one stays until the new one is whole.

    Parameters
    ----------
    tell : called with "planned N" once, and with the name of each notebook that has finished.

    Returns
    -------
    Outcome: "failed" for every error a user can meet; other exceptions are bugs and are raised.
    """
    started = time.monotonic()

    def outcome(status: str, sentence: str = "", exit_code: int = 0) -> Outcome:
        seconds = round(time.monotonic() - started, 1)
        return Outcome(client, wave, status, sentence, exit_code, seconds)

    try:
        p = params.load(client, wave, params_dir)
        wave = p.wave.id
        if survey.waiting(p):
            return outcome("waiting", f"No data in data/{client}/ yet.")
        with _alone(p):
            _recover(p)
            todo = plan(p, chapters, force)
            tell(f"planned {len(todo.run)}")
            if todo.run:
                _build(p, todo, tell)
        problem(p).unlink(missing_ok=True)
        return outcome("made" if todo.run else "up to date")
    except RapportError as error:
        _remember(client, wave, params_dir, str(error))
        return outcome("failed", str(error), error.exit_code)


def problem(p: params.Params) -> Path:
    """File that keeps the sentence of the last failure until the report is made."""
    return p.paths.report.with_name(f".{p.wave.id}.problem")


def _remember(client: str, wave: str, params_dir: str | Path, sentence: str) -> None:
    try:
        file = problem(params.load(client, wave, params_dir))
    except RapportError:
        return  # no such client or wave: there is no place to keep it
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(sentence + "\n", encoding="utf-8")


@contextmanager
def _alone(p: params.Params) -> Iterator[None]:
    """Hold the only lock on one client's wave; it goes with the process, however that ends."""
    import fcntl

    p.paths.report.parent.mkdir(parents=True, exist_ok=True)
    with p.paths.report.with_name(f".{p.wave.id}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"Another run is making the report of {p.client}, wave {p.wave.id}; wait for it."
            ) from None
        yield


def _build(p: params.Params, todo: Plan, tell: Callable[[str], None]) -> None:
    """Run what is planned beside the old report, then put the new one in its place."""
    read = survey.load(p)  # stops here on bad input
    data = results.fingerprint(read.sources)
    newcomers.check_whole(p, read)
    answers = newcomers.marks(read, [wave.id for wave in p.history])
    newcomers.check(p, answers)
    began = dt.datetime.now(dt.UTC)
    building = p.paths.building
    shutil.rmtree(building, ignore_errors=True)
    internal = building / "internal"
    _keep(p, todo.keep)
    seconds = {}
    records = {}
    try:
        for chapter in todo.run:
            clock = time.monotonic()
            if chapter == REPORT:
                _check_untouched(p, records)
            _execute(p, chapter, internal)
            if chapter != REPORT:
                _check_record(p, chapter, data)
                records[chapter] = (p.paths.chapters / f"{chapter}.json").read_bytes()
            seconds[chapter] = round(time.monotonic() - clock, 2)
            tell(chapter)
        _write_pages(p, internal)
        newcomers.keep(building, answers)
        _write_manifest(p, todo, data, seconds, began)
        _swap(p)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _keep(p: params.Params, chapters: Iterable[str]) -> None:
    """Carry over the records, pages and notebooks of chapters that are up to date."""
    p.paths.chapters.mkdir(parents=True)
    old = p.paths.report / "internal"
    for chapter in chapters:
        shutil.copy2(old / "chapters" / f"{chapter}.json", p.paths.chapters)
        notebook = NOTEBOOKS[chapter]
        shutil.copy2(old / notebook, p.paths.building / "internal" / notebook)


def _execute(p: params.Params, chapter: str, internal: Path) -> None:
    """Execute one notebook of this client; a fault keeps its notebook for the research team."""
    source = p.paths.root / "notebooks" / NOTEBOOKS[chapter]
    executed = internal / source.name
    given = {"client": p.client, "wave": p.wave.id}
    kept = p.paths.report.with_name(f".{p.wave.id}.failed.ipynb")
    kept.unlink(missing_ok=True)
    try:
        execute(source, executed, p.paths.root / "params", given)
    except Fault as fault:
        if executed.exists():
            shutil.copy2(executed, kept)
        where = kept.relative_to(p.paths.root).as_posix()
        raise RunError(f"{fault} The research team finds the notebook in {where}.") from None


class Fault(RunError):
    """A notebook that broke through no fault of the data or the parameters."""


def execute(source: Path, executed: Path, params_dir: Path, given: dict[str, str]) -> None:
    """Execute one notebook through papermill in a kernel of its own.

    Raises
    ------
    RapportError: what the notebook itself raised of these; Fault for anything else.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries' own imports, not of the chapters
        import papermill
        from traitlets.config import Config
    if not source.is_file():
        raise RunError(f"The notebook notebooks/{source.name} is missing.")
    try:
        # Unix sockets in a folder of their own: with TCP ports, kernels that start at once can be
        # given the same one.
        with tempfile.TemporaryDirectory(prefix="rapport-") as sockets:
            papermill.execute_notebook(
                source,
                executed,
                parameters={**given, "params_dir": os.path.relpath(params_dir, source.parent)},
                cwd=str(source.parent),
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=CELL_TIMEOUT,
                extra_arguments=["--log-level=ERROR"],
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}}),
            )
    except papermill.PapermillExecutionError as broken:
        kind = getattr(errors, broken.ename, None)
        if isinstance(kind, type) and issubclass(kind, RapportError):
            raise kind(broken.evalue) from None
        raise Fault(f"The notebook {source.name} broke with {broken.ename}.") from None
    except Exception as broken:  # a dead kernel, a time-out, a corrupt notebook
        raise Fault(
            f"The notebook {source.name} could not be run ({type(broken).__name__})."
        ) from None


def portfolio(params_dir: str | Path) -> None:
    """Draw `reports/portfolio.html` over the published reports of all clients."""
    folder = Path(params_dir).resolve()
    with tempfile.TemporaryDirectory() as aside:
        source = folder.parent / "notebooks" / "portfolio.ipynb"
        execute(source, Path(aside) / source.name, folder, {})


def _check_record(p: params.Params, chapter: str, data: str) -> None:
    """A notebook's end is no proof of success: its record must be there and be this client's."""
    file = p.paths.chapters / f"{chapter}.json"
    if not file.is_file():
        raise RunError(f"Chapter {chapter} ended without recording its results.")
    made = results.read_chapter(file)
    if (made.client, made.wave, made.data) != (p.client, p.wave.id, data):
        raise RunError(f"Chapter {chapter} recorded another client's, wave's or file's results.")


def _check_untouched(p: params.Params, records: dict[str, bytes]) -> None:
    """A notebook opened beside the run could have recorded something else meanwhile."""
    for chapter, record in records.items():
        if (p.paths.chapters / f"{chapter}.json").read_bytes() != record:
            raise RunError(
                f"Chapter {chapter} was recorded again from elsewhere while the report was made; "
                "close its notebook and run again."
            )


def _write_pages(p: params.Params, internal: Path) -> None:
    """Render each executed notebook as a page for the research team."""
    from analysis.publish import chapter_page

    for notebook in sorted(internal.glob("*.ipynb")):
        chapter_page.write(notebook, notebook.with_suffix(".html"), title=p.name)


def _write_manifest(
    p: params.Params, todo: Plan, data: str, seconds: dict[str, float], began: dt.datetime
) -> None:
    made = {file.stem: results.read_chapter(file) for file in p.paths.chapters.glob("*.json")}
    hidden = {
        chapter: sum(getattr(block, "hidden", 0) for block in made[chapter].blocks)
        for chapter in sorted(made)
    }
    content = {
        "client": p.client,
        "wave": p.wave.id,
        "seed": p.seed,
        "data": data,
        "environment": environment(p.paths.root),
        "python": sys.version.split()[0],
        "chapters": {chapter: todo.keys[chapter] for chapter in sorted(made)},
        "report": report_key(todo.keys, made),
        "rows_hidden": hidden,
        "seconds": seconds,
        "began": began.isoformat(timespec="seconds"),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    (p.paths.building / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _swap(p: params.Params) -> None:
    """Put the finished report in the old one's place; on any error the old one is put back."""
    new, here = p.paths.building, p.paths.report
    old = here.with_name(f".{p.wave.id}.old")
    shutil.rmtree(old, ignore_errors=True)
    if here.exists():
        here.rename(old)
    try:
        new.rename(here)
    except OSError as broken:
        if old.exists():
            old.rename(here)
        raise RunError(f"The report could not be put in place: {broken.strerror}.") from None
    shutil.rmtree(old, ignore_errors=True)


def _recover(p: params.Params) -> None:
    """Put back a report that a killed run had just set aside."""
    old = p.paths.report.with_name(f".{p.wave.id}.old")
    if old.exists() and not p.paths.report.exists():
        old.rename(p.paths.report)


def main(arguments: list[str]) -> None:
    """Run one client as told by `run`; events and the outcome go to stdout as JSON lines."""
    order = json.loads(arguments[0])

    def say(**event: Any) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()

    say(outcome=asdict(make(**order, tell=lambda event: say(event=event))))


if __name__ == "__main__":
    main(sys.argv[1:])
