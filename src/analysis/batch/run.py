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
from analysis.batch import plan, states
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
    One Outcome per client, in the order of `clients`; one of no client where the portfolio broke.
    """
    clients = list(dict.fromkeys(clients))
    jobs = jobs or at_once()
    spare = max(1, jobs // max(1, len(clients)))
    how = asdict(replace(how or How(), at_once=spare))
    order = {"wave": wave, "params_dir": str(params_dir), "chapters": list(chapters)}
    orders = [{"client": c, **order, "force": force, "how": how} for c in clients]
    orders.sort(key=lambda one: -_size(Path(params_dir).resolve().parent / "data" / one["client"]))
    done = {o["client"]: made for o in orders if (made := _settled(o, tell)) is not None}
    orders = [o for o in orders if o["client"] not in done]
    if orders or states.stale(params_dir):  # a run may have been killed before its portfolio
        with parent(lambda why: tell("", {"event": "slow", "sentence": why})) as env:
            done |= _pool(orders, env, jobs, tell)
            if states.stale(params_dir):
                done[""] = one({"client": "", "params_dir": str(params_dir)}, env)
    states.index(params_dir)
    failed = [done[""]] if "" in done and done[""].status == "failed" else []
    return [done[client] for client in clients] + failed


def _settled(order: dict[str, Any], tell: Tell) -> Outcome | None:
    """The outcome of a client for which there is nothing to run; no process is needed for it."""
    from analysis import survey

    try:
        p = params.load(order["client"], order["wave"], order["params_dir"])
        if survey.waiting(p):
            made = Outcome(p.client, p.wave.id, "waiting", f"No data in data/{p.client}/ yet.")
        elif plan.plan(p, order["chapters"], order["force"]).run or problem(p).exists():
            return None
        else:
            made = Outcome(p.client, p.wave.id, "up to date")
    except (RapportError, OSError):
        return None  # its own process will say so
    tell(p.client, {"event": "ended", **asdict(made)})
    return made


def _pool(
    orders: list[dict[str, Any]], env: dict[str, str], jobs: int, tell: Tell
) -> dict[str, Outcome]:
    running: set[Any] = set()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = {pool.submit(one, o, env, tell, running): o["client"] for o in orders}
        try:
            return {waiting[future]: future.result() for future in as_completed(waiting)}
        except BaseException:  # Ctrl-C: what has not begun does not begin, the rest ends
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                process.terminate()
            raise


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
def parent(tell: Callable[[str], None] = lambda why: None) -> Iterator[dict[str, str]]:
    """Start a warm parent: the environment in which its children find it; without one, as it is.

    Parameters
    ----------
    tell : called with a sentence where there is none, so that all takes several times as long.
    """
    env = {**os.environ, **ENVIRONMENT}
    env.pop(warm.ADDRESS, None)
    try:
        with warm.started(["analysis.batch.warming:chapters"], ENVIRONMENT) as address:
            yield {**env, warm.ADDRESS: address}
    except warm.Unavailable as why:
        tell(f"Every notebook starts from cold, which takes several times as long: {why}.")
        yield env


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """0 when all is well; the common code of the failures, or 10 when they differ."""
    codes = {outcome.exit_code for outcome in outcomes if outcome.status == "failed"}
    if not codes:
        return 0
    return codes.pop() if len(codes) == 1 else RapportError.exit_code


def one(
    order: dict[str, Any],
    env: dict[str, str],
    tell: Tell = lambda client, message: None,
    running: set[Any] | None = None,
) -> Outcome:
    """Make one client's report in a process, pass its events on, and return its outcome.

    Parameters
    ----------
    order : what `execute.serve` is given. env : as `parent` yields it. running : holds the process
        while it runs, for whoever must stop it.
    """
    client = order["client"]
    running = set() if running is None else running
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
