"""Make one client's report, in a process of its own.

`run` starts `serve` for each client, in a process forked warm or, where that cannot be, as
`python -m analysis.batch.execute ORDER`: a crash ends this process and no other. It prints one
JSON line per event; the last one is the outcome.
"""

import datetime as dt
import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from analysis import language, params, survey
from analysis.batch import manifest, newcomers
from analysis.batch.notebooks import Fault, How, execute
from analysis.batch.plan import NOTEBOOKS, REPORT, UNITS, Plan, plan, remember
from analysis.batch.warm import child as warm
from analysis.errors import RapportError, RunError
from analysis.publish import results

#: How long another run may still hold a report, in seconds: a killed one takes a moment to end.
PATIENCE = 3.0

Tell = Callable[..., None]


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
    how: How | None = None,
    tell: Tell = lambda event, **facts: None,
) -> Outcome:
    """Make one report if it is not up to date; the old one stays until the new one is whole.

    Parameters
    ----------
    tell : called with "planned" (units: how many notebooks) once, with "began" and "finished"
        (unit, seconds) for each notebook.

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
        language.use(p.language)
        wave = p.wave.id
        if survey.waiting(p):
            return outcome("waiting", f"No data in data/{client}/ yet.")
        with _disk(p), alone(p):
            _recover(p)
            todo = plan(p, chapters, force)
            tell("planned", units=len(todo.run))
            if todo.run:
                _build(p, todo, how or How(), tell)
            problem(p).unlink(missing_ok=True)
        return outcome("made" if todo.run else "up to date")
    except RapportError as error:
        _remember(client, wave, params_dir, str(error))
        return outcome("failed", str(error), error.exit_code)


@contextmanager
def _disk(p: params.Params) -> Iterator[None]:
    """Turn what the system says of files into a sentence."""
    try:
        yield
    except OSError as broken:
        folder = p.paths.report.parent.relative_to(p.paths.root).as_posix()
        if broken.errno in (errno.ENOSPC, errno.EDQUOT):
            why = "the disk is full; make room and run again"
        elif broken.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            why = "it may not be written to; mend its permissions"
        else:
            why = broken.strerror or type(broken).__name__
        raise RunError(f"Nothing could be written to {folder}: {why}.") from None


def problem(p: params.Params) -> Path:
    """File that keeps the sentence of the last failure until the report is made."""
    return p.paths.report.with_name(f".{p.wave.id}.problem")


def _remember(client: str, wave: str, params_dir: str | Path, sentence: str) -> None:
    try:
        file = problem(params.load(client, wave, params_dir))
    except RapportError:
        return  # no such client or wave: there is no place to keep it
    with suppress(OSError):  # the sentence is told all the same
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sentence + "\n", encoding="utf-8")


@contextmanager
def alone(p: params.Params) -> Iterator[None]:
    """Hold the only lock on one client's wave; it goes with the process, however that ends."""
    p.paths.report.parent.mkdir(parents=True, exist_ok=True)
    with p.paths.report.with_name(f".{p.wave.id}.lock").open("w") as lock:
        until = time.monotonic() + PATIENCE
        while not _held(lock):
            if time.monotonic() > until:
                raise RunError(
                    f"Another run is making the report of {p.client}, wave {p.wave.id}; "
                    "wait for it."
                )
            time.sleep(0.1)
        yield


def _held(lock: IO[str]) -> bool:
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _build(p: params.Params, todo: Plan, how: How, tell: Tell) -> None:
    """Run what is planned beside the old report, then put the new one in its place.

    A chapter that is finished is remembered, so that a run that was killed or broke goes on
    where it was.
    """
    read = survey.keep(p)  # stops here on bad input
    data = results.fingerprint(read.sources)
    newcomers.check_whole(p, read)
    answers = newcomers.marks(read, [wave.id for wave in p.history])
    newcomers.check(p, answers)
    withheld = [page.id for page in _published_pages(p) if page.withholds]
    held = newcomers.held(p, answers, withheld)
    began = dt.datetime.now(dt.UTC)
    _gather(p, todo)
    building = p.paths.building
    internal = building / "internal"
    seconds: dict[str, float] = {}
    records: dict[str, bytes] = {}

    def one(chapter: str) -> None:
        clock = time.monotonic()
        tell("began", unit=chapter)
        _execute(p, chapter, internal, how)
        if chapter != REPORT:
            _check_record(p, chapter, data)
            records[chapter] = (p.paths.chapters / f"{chapter}.json").read_bytes()
            remember(building, chapter, todo.keys[chapter])
        seconds[chapter] = round(time.monotonic() - clock, 2)
        tell("finished", unit=chapter, seconds=seconds[chapter])

    with _forked_from_here():
        _each([chapter for chapter in todo.run if chapter != REPORT], one, how.at_once)
    _write_pages(internal, NOTEBOOKS.keys() - {REPORT}, p.name)
    records |= _hold(p, held)
    with _forked_from_here():  # once more: what the chapters' pages show is drawn already
        _check_untouched(p, records)
        one(REPORT)
    _write_pages(internal, {REPORT}, p.name)
    newcomers.keep(building, answers | held)
    manifest.write(p, todo, data, seconds, began)
    shutil.rmtree(building / UNITS, ignore_errors=True)
    swap(p)


@contextmanager
def _forked_from_here() -> Iterator[None]:
    """Let the chapters' processes be forked from this one, which has read the client's files."""
    with ExitStack() as stack:
        with suppress(warm.Unavailable):
            address = stack.enter_context(warm.forked())
            above = os.environ[warm.ADDRESS]
            stack.callback(os.environ.__setitem__, warm.ADDRESS, above)
            os.environ[warm.ADDRESS] = address
        yield


def _each(chapters: list[str], one: Callable[[str], None], at_once: int) -> None:
    """Run some chapters at a time; the first that breaks stops those that have not begun."""
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        try:
            for done in as_completed([pool.submit(one, chapter) for chapter in chapters]):
                done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _gather(p: params.Params, todo: Plan) -> None:
    """Carry over the records and notebooks of chapters that hold: published, or left by a run."""
    building = p.paths.building
    left = building.with_name(f"{building.name}.left")
    shutil.rmtree(left, ignore_errors=True)
    if building.exists():
        building.rename(left)
    p.paths.chapters.mkdir(parents=True)
    for origin, chapters in ((p.paths.report, todo.keep), (left, todo.resume)):
        for chapter in chapters:
            old, new = origin / "internal", building / "internal"
            shutil.copy2(old / "chapters" / f"{chapter}.json", p.paths.chapters)
            shutil.copy2(old / NOTEBOOKS[chapter], new / NOTEBOOKS[chapter])
            if origin == left:
                remember(building, chapter, todo.keys[chapter])
    shutil.rmtree(left, ignore_errors=True)


def _execute(p: params.Params, chapter: str, internal: Path, how: How) -> None:
    """Execute one notebook of this client; a fault keeps its notebook for the research team."""
    source = p.paths.root / "notebooks" / NOTEBOOKS[chapter]
    executed = internal / source.name
    given = {"client": p.client, "wave": p.wave.id}
    kept = p.paths.report.with_name(f".{p.wave.id}.failed.ipynb")
    kept.unlink(missing_ok=True)
    try:
        execute(source, executed, p.paths.root / "params", given, how)
    except Fault as fault:
        if not executed.exists():
            raise
        shutil.move(executed, kept)
        where = kept.relative_to(p.paths.root).as_posix()
        raise RunError(f"{fault} The research team finds the notebook in {where}.") from None


def portfolio(params_dir: str | Path) -> Outcome:
    """Draw `reports/portfolio.html` over the published reports of all clients."""
    folder = Path(params_dir).resolve()
    try:
        with TemporaryDirectory(prefix="rapport-") as aside:
            source = folder.parent / "notebooks" / "portfolio.ipynb"
            execute(source, Path(aside) / source.name, folder, {})
        return Outcome("", "", "made")
    except RapportError as error:
        return Outcome("", "", "failed", f"The portfolio: {error}", error.exit_code)


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


def _hold(p: params.Params, held: newcomers.Marks) -> dict[str, bytes]:
    """Leave the pages of held accounts as they are published, or out; the records that have any."""
    records: dict[str, bytes] = {}
    for file in sorted(p.paths.chapters.glob("*.json")) if held else ():
        made = results.read_chapter(file)
        pages = {page.id: page for page in made.accounts}
        stay = {id for id in pages if newcomers.of_account(p.wave.id, id) in held}
        if stay:
            old = {page.id: page for page in _published_pages(p, file.name)}
            shown = (old.get(id) if id in stay else page for id, page in pages.items())
            results.write(made.model_copy(update={"accounts": tuple(filter(None, shown))}), file)
            records[file.stem] = file.read_bytes()
    return records


def _published_pages(p: params.Params, record: str = "*.json") -> list[results.AccountPage]:
    """Account pages of the published report, as far as this version can read them."""
    pages: list[results.AccountPage] = []
    for file in sorted((p.paths.report / "internal" / "chapters").glob(record)):
        with suppress(OSError, ValueError):
            pages += results.read_chapter(file).accounts
    return pages


def _write_pages(internal: Path, chapters: Iterable[str], title: str) -> None:
    """Render executed notebooks as pages for the research team."""
    from analysis.publish import chapter_page

    for notebook in sorted(internal / NOTEBOOKS[chapter] for chapter in chapters):
        if notebook.is_file():
            chapter_page.write(notebook, notebook.with_suffix(".html"), title=title)


def swap(p: params.Params) -> None:
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


def serve(order: dict[str, Any]) -> None:
    """Run one client as told by `run`, or draw the portfolio where the client is "".

    Events and the outcome go to stdout as JSON lines.
    """

    def say(**message: Any) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    if order["client"]:
        order["how"] = How(**order["how"])
        made = make(**order, tell=lambda event, **facts: say(event=event, **facts))
    else:
        made = portfolio(order["params_dir"])
    say(outcome=asdict(made))


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
