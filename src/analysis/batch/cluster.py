"""Reports made on many machines: one client and wave a task, on a Dask cluster.

`rapport run --scheduler tcp://HOST:8786` hands each client to a worker of a cluster that is there
already; the worker forks it from a warm parent of its own, as `run` does on one machine. Workers
read and write the project where it is: in a folder that all of them see, or, with `--storage`, at
any address that fsspec knows, such as `s3://bucket/project`.

In an object store nothing can be swapped in one step, so a report's manifest is written last: a
report without one, or one that `rapport verify` does not pass, is not finished.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from analysis import params
from analysis.batch import newcomers, plan, states
from analysis.batch import run as batch
from analysis.batch.execute import Outcome, alone, swap
from analysis.batch.manifest import NAME
from analysis.batch.notebooks import How
from analysis.errors import RapportError, RunError

#: What of a report in an object store is brought here: what the index and the portfolio show, and
#: the marks that a later run is held against.
HOME = ("client/report.html", "client/results.json", newcomers.MARKS, NAME)

#: Times that a client is given to another worker when its own is lost.
RETRIES = 3

Task = Callable[..., dict[str, Any]]


def run(
    clients: Iterable[str],
    wave: str = params.LATEST,
    params_dir: str | Path = "params",
    chapters: Iterable[str] = (),
    force: bool = False,
    how: How | None = None,
    tell: batch.Tell = lambda client, message: None,
    *,
    scheduler: str,
    storage: str | None = None,
) -> list[Outcome]:
    """Make the reports of many clients on the workers of a cluster; otherwise as `run.run`.

    Parameters
    ----------
    scheduler : address of the Dask scheduler.
    storage : where the workers find and leave the project; None: at `params_dir`, as here.

    Raises
    ------
    RunError: nobody answers there, no worker is there, or one holds another version.
    """
    clients = list(dict.fromkeys(clients))
    folder = Path(params_dir).resolve()
    orders = [
        {
            "client": client,
            "wave": wave,
            "params_dir": str(folder),
            "chapters": list(chapters),
            "force": force,
            "how": asdict(replace(how or How(), at_once=1)),
        }
        for client in clients
    ]
    done = {}
    with connected(scheduler) as cluster:
        _check_versions(cluster)
        for client, made in spread(cluster, orders, make, storage):
            done[client] = Outcome(**made)
            tell(client, {"event": "ended", **made})
    if storage:
        done = {made.client: made for made in collect(storage, folder, done.values())}
    if states.stale(folder):
        with batch.parent() as env:
            batch.one({"client": "", "params_dir": str(folder)}, env)
    states.index(folder)
    return [done[client] for client in clients]


@contextmanager
def connected(scheduler: str) -> Iterator[Any]:
    """A client of the cluster, once a worker is there."""
    try:
        from distributed import Client
    except ImportError:
        raise RunError(
            "To use a cluster, install its libraries: pip install 'rapport[cluster]'."
        ) from None
    try:
        cluster = Client(scheduler, timeout=10)
    except (OSError, ValueError):
        raise RunError(f"No Dask scheduler answers at {scheduler}; start one there.") from None
    with cluster:
        try:
            cluster.wait_for_workers(1, timeout=60)
        except TimeoutError:
            raise RunError(f"The cluster at {scheduler} has no worker; start some.") from None
        yield cluster


def spread(
    cluster: Any, orders: list[dict[str, Any]], task: Task, *given: Any
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each order to a worker; yield client and result as they come in."""
    from distributed import as_completed

    futures = cluster.map(
        task, orders, *([one] * len(orders) for one in given), pure=False, retries=RETRIES
    )
    known = {future.key: order for future, order in zip(futures, orders, strict=True)}
    for future, result in as_completed(futures, with_results=True, raise_errors=False):
        order = known[future.key]
        if future.status == "error":  # its workers were lost, one after the other
            sentence = f"Every worker that took {order['client']} was lost; run it again."
            lost = Outcome(order["client"], order["wave"], "failed", sentence, RunError.exit_code)
            result = asdict(lost)
        yield order["client"], result
        future.release()


def _check_versions(cluster: Any) -> None:
    """Refuse workers whose code, libraries or Python are not those of this machine."""
    here = plan.software()
    for worker, there in cluster.run(plan.software).items():
        if there != here:
            raise RunError(
                f"The worker at {worker} has another version of Rapport, of a library or of "
                "Python than this machine; install the same requirements.lock there."
            )


def make(order: dict[str, Any], storage: str | None = None) -> dict[str, Any]:
    """Make one client's report on this worker."""
    if storage is None:
        return asdict(_made(order))
    with tempfile.TemporaryDirectory(prefix="rapport-") as folder:
        here = Path(folder)
        fetch(storage, here, order["client"])
        outcome = _made({**order, "params_dir": str(here / "params")})
        publish(storage, here, order["client"])
        return asdict(outcome)


def _made(order: dict[str, Any]) -> Outcome:
    return batch.one(order, _surroundings())


@cache
def _surroundings() -> dict[str, str]:
    """The environment of this worker's children; its warm parent lives as long as the worker."""
    holder = batch.parent()
    env = holder.__enter__()
    atexit.register(holder.__exit__, None, None, None)
    return env


def fetch(storage: str, here: Path, client: str) -> None:
    """Copy what one client's report is made from, and nothing of any other client."""
    import fsspec

    fs, root = fsspec.core.url_to_fs(storage)
    (here / "params").mkdir(parents=True)
    for name in (f"{root}/requirements.lock", f"{root}/params/_defaults.yml"):
        _get(fs, name, here / name.removeprefix(f"{root}/"))
    for name in fs.glob(f"{root}/params/{client}.*yml"):
        _get(fs, name, here / "params" / name.rsplit("/", 1)[1])
    for part in ("notebooks", "data/reference", f"data/{client}", f"reports/{client}"):
        for name in fs.find(f"{root}/{part}"):
            _get(fs, name, here / name.removeprefix(f"{root}/"))


def _get(fs: Any, name: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if fs.exists(name):
        fs.get_file(name, str(file))


def publish(storage: str, here: Path, client: str) -> None:
    """Copy one client's reports to the storage, manifests last, and delete what is gone."""
    import fsspec

    fs, root = fsspec.core.url_to_fs(storage)
    target = f"{root}/reports/{client}"
    local = here / "reports" / client
    files = {f.relative_to(local).as_posix(): f for f in local.rglob("*") if f.is_file()}
    files = {name: file for name, file in files.items() if not name.endswith(".lock")}
    old = {name.removeprefix(f"{target}/") for name in fs.find(target)}
    for name in sorted(files, key=lambda name: (name.endswith(NAME), name)):
        fs.makedirs(f"{target}/{name}".rsplit("/", 1)[0], exist_ok=True)
        fs.put_file(str(files[name]), f"{target}/{name}")
    for name in sorted(old - set(files)):
        fs.rm_file(f"{target}/{name}")


def collect(storage: str, folder: Path, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Bring reports home that were made there, and those that are not here.

    Each comes whole, `HOME` of it, or not at all.

    Parameters
    ----------
    folder : the params.

    Returns
    -------
    The outcomes; "failed" where a report could not be brought.
    """
    return [_collected(storage, folder, outcome) for outcome in outcomes]


def _collected(storage: str, folder: Path, outcome: Outcome) -> Outcome:
    import fsspec

    if outcome.status not in ("made", "up to date"):
        return outcome
    try:
        p = params.load(outcome.client, outcome.wave, folder)
        here = all((p.paths.report / name).exists() for name in HOME)
        if outcome.status == "made" or not here:
            fs, origin = fsspec.core.url_to_fs(storage)
            with alone(p):
                shutil.rmtree(p.paths.building, ignore_errors=True)
                for name in HOME:
                    file = p.paths.building / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    fs.get_file(f"{origin}/reports/{p.client}/{p.wave.id}/{name}", str(file))
                swap(p)
        return outcome
    except (RapportError, OSError) as broken:
        why = broken if isinstance(broken, RapportError) else type(broken).__name__
        sentence = f"The report of {outcome.client} is made but could not be brought here: {why}."
        return replace(outcome, status="failed", sentence=sentence, exit_code=RunError.exit_code)
