"""Run many clients: a process each, a few at a time; one that fails never stops the others."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from analysis import params
from analysis.batch import plan
from analysis.batch.execute import Outcome, problem
from analysis.errors import RapportError, RunError

#: What each client's process starts with. Two BLAS threads made small fits many times slower.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "JUPYTER_PREFER_ENV_PATH": "1",
}


def run(
    clients: Iterable[str],
    wave: str = params.LATEST,
    params_dir: str | Path = "params",
    chapters: Iterable[str] = (),
    force: bool = False,
    jobs: int | None = None,
    tell: Callable[[str, str], None] = lambda client, event: None,
) -> list[Outcome]:
    """Make the reports of many clients, in the order given, `jobs` at a time.

    Parameters
    ----------
    jobs : processes at once; None: as many as there are processor cores.
    tell : called with client and event ("planned N", then the name of each finished notebook).

    Returns
    -------
    One Outcome per client, in the order of `clients`.
    """
    clients = list(clients)
    orders = {
        client: {
            "client": client,
            "wave": wave,
            "params_dir": str(params_dir),
            "chapters": list(chapters),
            "force": force,
        }
        for client in clients
    }
    with ThreadPoolExecutor(max_workers=jobs or os.cpu_count() or 1) as pool:
        waiting = {pool.submit(_one, orders[c], tell): c for c in clients}
        try:
            done = {waiting[future]: future.result() for future in as_completed(waiting)}
        except BaseException:  # Ctrl-C: what has not begun does not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[client] for client in clients]


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


def _one(order: dict[str, Any], tell: Callable[[str, str], None]) -> Outcome:
    """Start one client's process, pass its events on, and return its outcome."""
    client = order["client"]
    command = [sys.executable, "-m", "analysis.batch.execute", json.dumps(order)]
    outcome = None
    with (
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **ENVIRONMENT},
            text=True,
        ) as process,
        ThreadPoolExecutor(max_workers=1) as reader,
    ):
        complaints = reader.submit(process.stderr.read)  # so that its pipe never fills
        for line in process.stdout:
            message = _message(line)
            if "event" in message:
                tell(client, message["event"])
            outcome = message.get("outcome", outcome)
    if outcome is not None:
        return Outcome(**outcome)
    return _crashed(order, process.returncode, complaints.result())


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
