"""Ask a warm parent for a process, and stay in touch with it; start a parent where there is none.

Examples
--------
>>> if available():
...     with started() as address:
...         Child("time:sleep", 0.01, address=address).wait(10)
0
"""

import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from analysis.batch.warm.parent import LENGTH, Parent, threads

#: Where a warm parent listens, for the processes that should use it.
ADDRESS = "RAPPORT_WARM"

#: What a parent starts with, so that it keeps to a single thread.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_THREADING_LAYER": "workqueue",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

#: What every notebook needs, whoever wrote it.
COMMON = ("analysis.batch.warm.cells:load",)


class Unavailable(Exception):
    """There is no warm parent that may fork; the work can be done in a process of its own."""


def available() -> bool:
    """Whether this system forks safely: Linux does; Windows cannot, and macOS breaks."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class Child:
    """A process forked from a warm parent; it is used like a `subprocess.Popen`.

    Parameters
    ----------
    call : "package.module:function" to run, with JSON `arguments`; the process ends with it.
    files : descriptors for its standard input, output and errors; None: the null device.
    address : the parent's socket; None: the one that `address` finds.

    Raises
    ------
    Unavailable: no parent is there, or it refuses.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        call: str,
        *arguments: Any,
        files: Iterable[int | None] = (None, None, None),
        cwd: str | Path | None = None,
        env: dict[str, str] | None = None,
        address: str | None = None,
    ) -> None:
        self.returncode: int | None = None
        self.memory = 0  # most that was resident, in KiB; known at the end
        self.cpu = 0.0  # seconds
        request = {
            "call": call,
            "arguments": arguments,
            "cwd": str(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
        }
        try:
            self._line = socket.socket(socket.AF_UNIX)
            self._line.connect(address or find())
            _send(self._line, json.dumps(request).encode(), list(files))
            self._replies = self._line.makefile("rb")
            reply = self._reply()
        except OSError as problem:
            raise Unavailable(f"no warm parent answers ({type(problem).__name__})") from None
        if "pid" not in reply:
            self._line.close()
            raise Unavailable(reply.get("refused", "the warm parent went away"))
        self.pid: int = reply["pid"]

    def poll(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        if self.returncode is None and _readable(self._line, 0):
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises
        ------
        subprocess.TimeoutExpired: it runs on.
        """
        if self.returncode is None:
            if not _readable(self._line, timeout):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            self._end()
        return self.returncode if self.returncode is not None else -signal.SIGKILL

    def send_signal(self, number: int) -> None:
        """Signal it and all that it started."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def fileno(self) -> int:
        """Descriptor that can be read once it has ended, for `select`."""
        return self._line.fileno()

    def _end(self) -> None:
        reply = self._reply()
        self.returncode = reply.get("exit", -signal.SIGKILL)  # without a word: the parent died
        self.memory, self.cpu = reply.get("memory", 0), reply.get("cpu", 0.0)
        self._replies.close()
        self._line.close()

    def _reply(self) -> dict[str, Any]:
        line = self._replies.readline()
        return json.loads(line) if line else {}


def _readable(line: socket.socket, timeout: float | None) -> bool:
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    return bool(waiting.poll(None if timeout is None else timeout * 1000))


def _send(line: socket.socket, request: bytes, files: list[int | None]) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    try:
        given = [null if one is None else one for one in files]
        socket.send_fds(line, [LENGTH.pack(len(request))], given)
        line.sendall(request)
    finally:
        os.close(null)


@contextmanager
def started(names: Iterable[str] = (), env: dict[str, str] | None = None) -> Iterator[str]:
    """Start a warm parent; it and all its children end with this context or this process.

    Parameters
    ----------
    names : what it imports ("module") and calls ("module:function") before the first fork.

    Yields
    ------
    Address for `Child`; for other processes, under `ADDRESS` in their environment.

    Raises
    ------
    Unavailable: this system does not fork safely, or the parent broke while it warmed up.
    """
    if not available():
        raise Unavailable("this system does not fork safely")
    folder = tempfile.mkdtemp(prefix="rapport-warm-")  # only its owner may look into it
    command = [sys.executable, "-m", "analysis.batch.warm.parent", f"{folder}/socket"]
    surroundings = {"PYTHONHASHSEED": "0", **os.environ, **ENVIRONMENT, **(env or {})}
    try:
        with (
            open(f"{folder}/errors", "w+", encoding="utf-8", errors="replace") as errors,
            subprocess.Popen(
                [*command, *COMMON, *names],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=surroundings,
                start_new_session=True,  # Ctrl-C at the terminal is the driver's to act on
            ) as process,
        ):
            if process.stdout.readline() != b"ready\n":
                errors.seek(0)
                last = (errors.read().strip().splitlines() or [""])[-1]
                raise Unavailable(f"the warm parent did not start ({last.split(':')[0]})")
            yield f"{folder}/socket"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def forked() -> Iterator[str]:
    """Make a parent of this process as it is: its children have all that was read here.

    This process is itself a warm parent's child. The new parent and its children end with this
    context or this process.

    Yields
    ------
    Address for `Child`, as `started` does.

    Raises
    ------
    Unavailable: this process has no warm parent, or may not fork.
    """
    above = os.environ.get(ADDRESS)
    if above is None or not available() or threads() > 1:
        raise Unavailable("this process may not fork")
    address = f"{Path(above).parent}/{os.getpid()}"  # whatever happens, it goes with that folder
    parent = Parent(address)  # listens already: who asks before it serves just waits
    life, ours = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        parent.live(life)
    parent.close()
    os.close(life)
    try:
        yield address
    finally:
        os.close(ours)
        os.waitpid(pid, 0)
        Path(address).unlink(missing_ok=True)


def find() -> str:
    """Address of the parent that this process was told of; else of one started for it alone."""
    return os.environ.get(ADDRESS) or _own()


@cache
def _own() -> str:
    holder = started()
    address = holder.__enter__()
    atexit.register(holder.__exit__, None, None, None)
    return address
