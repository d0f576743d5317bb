"""Many clients: a process for each, forked from one warm parent; one that fails stops no other."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

from analysis import params
from analysis.batch import plan
from analysis.batch.execute import Outcome, problem
from analysis.batch.notebooks import GIB, How
from analysis.batch.warm import child as warm
from analysis.errors import RapportError, RunError
from analysis.publish.notebook import APART

#: What each client's process starts with. Two BLAS threads made small fits many times slower.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "JUPYTER_PREFER_ENV_PATH": "1",
    APART: "1",  # a page beside each notebook shows its results
    "JUPYTER_DEFAULT_PROVISIONER_NAME": "rapport-warm",
}

#: Memory that a client may need while it is made; fewer run at once where there is less, in GiB.
PER_CLIENT = 1.0

#: A client whose process died of one of these signals is tried once more, and goes on where it was.
ATTEMPTS = 2
RETRIED = tuple(-getattr(signal, name, 0) for name in ("SIGKILL", "SIGSEGV", "SIGBUS", "SIGABRT"))

Tell = Callable[[str, dict[str, Any]], None]


def run(
    clients: Iterable[str],
    wave: str = params.LATEST,
    params_dir: str | Path = "params",
    chapters: Iterable[str] = (),
    force: bool = False,
    jobs: int | None = None,
    how: How | None = None,
    tell: Tell = lambda client, message: None,
) -> list[Outcome]:
    """Make the reports of many clients, `jobs` at a time, those with most data first.

    Parameters
    ----------
    jobs : processes at once; None: as many as cores and memory allow.
    tell : called with client and message: event "planned" (units), "began" or "finished" (unit,
        seconds) of its notebooks, and at its end the outcome.

    Returns
    -------
    One Outcome per client, in the order of `clients`.
    """
    clients = list(dict.fromkeys(clients))
    jobs = jobs or at_once()
    spare = max(1, jobs // max(1, len(clients)))
    how = asdict(replace(how or How(), at_once=spare))
    order = {"wave": wave, "params_dir": str(params_dir), "chapters": list(chapters)}
    orders = [{"client": c, **order, "force": force, "how": how} for c in clients]
    orders.sort(key=lambda one: -_size(Path(params_dir).resolve().parent / "data" / one["client"]))
    running: set[Any] = set()
    with _parent() as env, ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = {pool.submit(_one, o, env, tell, running): o["client"] for o in orders}
        try:
            done = {waiting[future]: future.result() for future in as_completed(waiting)}
        except BaseException:  # Ctrl-C: what has not begun does not begin, the rest ends
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                process.terminate()
            raise
    return [done[client] for client in clients]


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


def at_once() -> int:
    """How many clients at a time: as many as there are cores, and memory for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB
    except (AttributeError, ValueError, OSError):  # not told on this system
        return cores or 1
    return max(1, min(cores or 1, int(free / PER_CLIENT)))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*") if file.is_file())


@contextmanager
def _parent() -> Iterator[dict[str, str]]:
    """A warm parent, and the environment in which its children find it; without one, as it is."""
    env = {**os.environ, **ENVIRONMENT}
    env.pop(warm.ADDRESS, None)
    try:
        with warm.started(["analysis.batch.warming:chapters"], ENVIRONMENT) as address:
            yield {**env, warm.ADDRESS: address}
    except warm.Unavailable:
        yield env


def overview(params_dir: str | Path, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Draw the portfolio and the index over all clients; a failure is an Outcome of no client."""
    from analysis.batch.execute import portfolio
    from analysis.publish import page

    reports = Path(params_dir).resolve().parent / "reports"
    problems = []
    rows = list(states(params_dir))
    made = [reports / row["link"] for row in rows if row["link"]]
    newest = max((file.stat().st_mtime for file in made if file.exists()), default=0.0)
    drawn = reports / "portfolio.html"
    if newest and (not drawn.exists() or drawn.stat().st_mtime < newest):
        try:
            portfolio(params_dir)
        except RapportError as error:
            problems.append(Outcome("", "", "failed", str(error), error.exit_code))
    reports.mkdir(exist_ok=True)
    beside = reports / ".index.html.part"
    beside.write_text(page.index_html(rows), encoding="utf-8")
    beside.replace(reports / "index.html")
    return problems


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """0 when all is well; the common code of the failures, or 10 when they differ."""
    codes = {outcome.exit_code for outcome in outcomes if outcome.status == "failed"}
    if not codes:
        return 0
    return codes.pop() if len(codes) == 1 else RapportError.exit_code


def _one(order: dict[str, Any], env: dict[str, str], tell: Tell, running: set[Any]) -> Outcome:
    """Make one client's report in a process, pass its events on, and return its outcome."""
    client = order["client"]
    for _ in range(ATTEMPTS):
        outcome = None
        with tempfile.TemporaryFile("w+", errors="replace") as complaints:
            with _process(order, env, complaints) as (process, lines):
                running.add(process)
                for line in lines:
                    message = _message(line)
                    if "event" in message:
                        tell(client, message)
                    outcome = message.get("outcome", outcome)
                code = process.wait()
                running.discard(process)
            complaints.seek(0)
            said = complaints.read()
        if outcome is not None or code not in RETRIED:
            break
    made = Outcome(**outcome) if outcome is not None else _crashed(order, code, said)
    tell(client, {"event": "ended", **asdict(made)})
    return made


@contextmanager
def _process(
    order: dict[str, Any], env: dict[str, str], complaints: IO[str]
) -> Iterator[tuple[Any, IO[str]]]:
    """A client's process, forked warm where that can be, and the lines that it prints."""
    ours, theirs = os.pipe()
    with open(ours, encoding="utf-8") as lines:
        try:
            files = (None, theirs, complaints.fileno())
            process = _start(order, env, files)
        finally:
            os.close(theirs)
        try:
            yield process, lines
        finally:
            if process.poll() is None:
                process.kill()


def _start(order: dict[str, Any], env: dict[str, str], files: tuple[Any, int, int]) -> Any:
    if address := env.get(warm.ADDRESS):
        try:
            call = "analysis.batch.execute:serve"
            return warm.Child(call, order, files=files, env=env, address=address)
        except warm.Unavailable:
            env = {name: value for name, value in env.items() if name != warm.ADDRESS}
    command = [sys.executable, "-m", "analysis.batch.execute", json.dumps(order)]
    _, out, complaints = files
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=complaints, env=env
    )


def _message(line: str) -> dict[str, Any]:
    """One JSON line of the child; anything else that is printed is no message."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _crashed(order: dict[str, Any], code: int, complaints: str) -> Outcome:
    """Outcome of a process that died; the exception's type only, since its text may hold data."""
    names = re.findall(r"^(?:\w+\.)*(\w+(?:Error|Exception|Interrupt))\b", complaints, re.M)
    kind = names[-1] if names else f"exit code {code}"
    reason = f"was killed (signal {-code})" if code < 0 else f"stopped with {kind}"
    sentence = f"The run of {order['client']} {reason}; this is a fault of Rapport or the machine."
    try:
        p = params.load(order["client"], order["wave"], order["params_dir"])
        problem(p).write_text(sentence + "\n", encoding="utf-8")
        return Outcome(p.client, p.wave.id, "failed", sentence, RunError.exit_code)
    except (RapportError, OSError):
        return Outcome(order["client"], order["wave"], "failed", sentence, RunError.exit_code)


def states(params_dir: str | Path = "params") -> Iterator[dict[str, Any]]:
    """State of every client and wave on disk, for `rapport list` and the index page.

    Yields
    ------
    dicts with client, name, wave, label, reported, status ("up to date", "out of date", "failed",
    "waiting" or "not made"), link (from `reports/`), chapters (id -> link) and problem.
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
        link=f"{folder}/client/report.html" if made else "",
        chapters=pages,
        problem=failed,
    )


def _chapter_keys(p: params.Params) -> dict[str, str]:
    return {c: key for c, key in plan.unit_keys(p).items() if c != plan.REPORT}


def _state(client: str, name: str, wave: str, status: str, **more: Any) -> dict[str, Any]:
    blank = {"label": wave, "reported": "", "link": "", "chapters": {}, "problem": ""}
    return {"client": client, "name": name, "wave": wave, "status": status, **blank, **more}
