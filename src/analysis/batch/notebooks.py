"""Execute one notebook through papermill, and say in a sentence what went wrong."""

import os
import re
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import errors
from analysis.errors import RapportError, RunError

GIB = 1 << 30
#: A notebook whose process died may have been unlucky: the machine was short of memory just then.
ATTEMPTS = 2

#: What Python calls a network that does not answer, whichever library asked.
_NETWORK = re.compile(
    r"ConnectionError|ConnectTimeout|ConnectError|URLError|gaierror|MaxRetryError|ProxyError|"
    r"ConnectionRefusedError|ConnectionResetError|LocalEntryNotFoundError|OfflineModeIsEnabled"
)
_MODULE = re.compile(r"No module named '([\w.]+)'")


class Fault(RunError):
    """A notebook that broke through no fault of the data or the parameters."""


class Died(Fault):
    """Its process ended before the notebook did."""


@dataclass(frozen=True)
class How:
    """How notebooks are executed; whichever way, they give the same results.

    kernels : in Jupyter kernels; else in bare processes forked warm, which is faster.
    at_once : notebooks of one client at the same time.
    minutes : longest that one cell may take. memory : GiB that one notebook may allocate.
    """

    kernels: bool = False
    at_once: int = 1
    minutes: float = 15.0
    memory: float = 4.0


def execute(
    source: Path, executed: Path, params_dir: Path, given: dict[str, str], how: How | None = None
) -> None:
    """Execute one notebook in a process of its own; a second time if the process died.

    Raises
    ------
    RapportError: what the notebook itself raised of these; Fault for anything else.
    """
    if not source.is_file():
        raise RunError(f"The notebook notebooks/{source.name} is missing.")
    for left in reversed(range(ATTEMPTS)):
        try:
            return _execute(source, executed, params_dir, given, how or How())
        except Died:
            if not left:
                raise


def _execute(
    source: Path, executed: Path, params_dir: Path, given: dict[str, str], how: How
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries' own imports, not of the chapters
        import nbclient.exceptions as broke
        import papermill
        from traitlets.config import Config
    name = f"The notebook {source.name}"
    try:
        # Unix sockets in a folder of their own: with TCP ports, kernels that start at once can be
        # given the same one.
        with tempfile.TemporaryDirectory(prefix="rapport-") as sockets:
            papermill.execute_notebook(
                source,
                executed,
                parameters={**given, "params_dir": os.path.relpath(params_dir, source.parent)},
                engine_name="nbclient" if how.kernels else "rapport-warm",
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=int(how.minutes * 60),
                resources={"metadata": {"path": str(source.parent)}},  # where it runs
                extra_arguments=["--log-level=ERROR"],
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}}),
                **({} if how.kernels else {"memory": int(how.memory * GIB)}),
            )
    except papermill.PapermillExecutionError as problem:
        raise _of_a_cell(name, problem, how) from None
    except broke.CellTimeoutError:
        raise Fault(f"{name} took longer than {how.minutes:g} minutes in one cell.") from None
    except broke.DeadKernelError:
        raise Died(
            f"The process of {source.name} died; the machine may have run out of memory."
        ) from None
    except OSError as problem:
        raise Fault(
            f"{name} could not be run: {problem.strerror or type(problem).__name__}."
        ) from None
    except Exception as problem:  # no notebook at all, or one without its parts
        raise Fault(f"{name} cannot be read as a notebook ({type(problem).__name__}).") from None


def _of_a_cell(name: str, problem: Any, how: How) -> RapportError:
    """The error that a cell ended with. Its text may hold answers, so only parts of it are told."""
    kind = getattr(errors, problem.ename, None)
    if isinstance(kind, type) and issubclass(kind, RapportError):
        return kind(problem.evalue)
    if problem.ename in ("MemoryError", "_ArrayMemoryError"):
        return Fault(f"{name} needed more than {how.memory:g} GB of memory.")
    if found := _MODULE.search(problem.evalue or ""):
        return Fault(f"{name} needs the package '{found[1]}', which is not installed.")
    if _NETWORK.search(problem.ename):
        return Fault(f"{name} asked for the network, which did not answer; reports need none.")
    if "No space left on device" in (problem.evalue or ""):
        return Fault(f"{name} could not write: the disk is full.")
    return Fault(f"{name} broke with {problem.ename}.")
