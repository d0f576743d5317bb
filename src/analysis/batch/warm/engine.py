"""papermill's engine `rapport-warm`: cells run in a process forked warm, without a kernel.

`papermill --engine rapport-warm notebook.ipynb out.ipynb` gives the outputs that a kernel gives,
for every notebook in Python. What cannot run here (another language, a system that does not fork)
runs in a kernel, as papermill does.
"""

import json
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from nbclient.exceptions import (
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from analysis.batch.warm.cells import LANGUAGE
from analysis.batch.warm.child import Child, Unavailable

#: What a notebook's process may do in the end, in seconds, before it is killed.
FAREWELL = 5.0

#: Kernels that are Python as it runs here.
PYTHON = (None, "", "python3", "python")


class WarmEngine:
    """Executes notebooks in children of a warm parent.

    papermill loads this class while it is itself being imported, so papermill is imported only
    when a notebook is there.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, *given: Any, **more: Any) -> Any:
        """Execute as `papermill.engines.Engine` says; see `_execute` for our own options."""
        return _engine().execute_notebook(nb, kernel_name, *given, **more)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Name of the notebook's kernel."""
        return _engine().nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Language of the notebook."""
        return _engine().nb_language(nb, language)


@cache
def _engine() -> Any:
    from papermill.engines import Engine

    class Managed(Engine):
        execute_managed_notebook = staticmethod(_execute)

    return Managed


def _execute(
    nb_man: Any,
    kernel_name: str,
    execution_timeout: int | None = None,
    memory: int = 0,
    resources: dict[str, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Execute the cells of `nb_man.nb` in place.

    Parameters
    ----------
    execution_timeout : seconds that one cell may take; None: any number.
    memory : bytes that the notebook may allocate; 0: any number.
    resources : as nbclient's; metadata.path is the folder to work in.

    Raises
    ------
    CellTimeoutError, DeadKernelError: as papermill's own engine does.
    """
    from papermill.engines import NBClientEngine

    try:
        if kernel_name not in PYTHON:
            raise Unavailable("another kernel is asked for")
        folder = (resources or {}).get("metadata", {}).get("path")
        with _process(memory, folder) as (child, channel):
            _Notebook(nb_man, child, channel, execution_timeout).run()
    except Unavailable:
        NBClientEngine.execute_managed_notebook(
            nb_man,
            kernel_name,
            execution_timeout=execution_timeout,
            resources=resources or {},
            **kwargs,
        )


@contextmanager
def _process(memory: int, folder: str | None) -> Iterator[tuple[Child, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            call = "analysis.batch.warm.cells:serve"
            child = Child(call, memory, files=(theirs.fileno(), None, None), cwd=folder)
        try:
            yield child, ours
        finally:
            with suppress(OSError):  # it is gone already
                ours.shutdown(socket.SHUT_RDWR)  # the end of its cells
            try:
                child.wait(FAREWELL)
            except subprocess.TimeoutExpired:
                child.kill()


class _Notebook:
    """One notebook on its way through a process; nbclient turns messages into outputs."""

    def __init__(
        self, nb_man: Any, child: Child, channel: socket.socket, timeout: int | None
    ) -> None:
        from papermill.clientwrap import PapermillNotebookClient

        self._nb_man, self._child, self._channel = nb_man, child, channel
        self._timeout = timeout
        self._outputs = PapermillNotebookClient(nb_man, record_timing=False)
        self._outputs.reset_execution_trackers()
        self._held = b""

    def run(self) -> None:
        nb = self._nb_man.nb
        for index, cell in enumerate(nb.cells):
            try:
                self._nb_man.cell_start(cell, index)
                self._cell(cell, index)
            except CellExecutionError as problem:
                self._nb_man.cell_exception(cell, cell_index=index, exception=problem)
                break
            finally:
                self._nb_man.cell_complete(cell, cell_index=index)
        nb.metadata["language_info"] = dict(LANGUAGE)

    def _cell(self, cell: Any, index: int) -> None:
        tags = cell.metadata.get("tags", ())
        if cell.cell_type != "code" or not cell.source.strip() or "skip-execution" in tags:
            return
        end = None if self._timeout is None else time.monotonic() + self._timeout
        self._channel.sendall(json.dumps({"source": cell.source}).encode() + b"\n")
        self._outputs.clear_before_next_output = False
        error = None
        for message in self._messages(cell, end):
            if message["msg_type"] == "error":
                error = message["content"]
            try:
                self._outputs.process_message(message, cell, index)
            except CellExecutionComplete:
                break
        if error is not None and "raises-exception" not in tags:
            raise CellExecutionError.from_cell_and_msg(cell, {"status": "error", **error})

    def _messages(self, cell: Any, end: float | None) -> Iterator[dict[str, Any]]:
        waiting = select.poll()
        waiting.register(self._channel, select.POLLIN)
        while True:
            *lines, self._held = self._held.split(b"\n")
            for line in lines:
                message = json.loads(line)
                yield {"header": message, "parent_header": {}, "metadata": {}, **message}
            left = None if end is None else max(0.0, end - time.monotonic()) * 1000
            if not waiting.poll(left):
                self._child.kill()
                raise CellTimeoutError.error_from_timeout_and_cell(
                    "Cell execution timed out", self._timeout or 0, cell
                )
            piece = self._channel.recv(1 << 20)
            if not piece:
                raise DeadKernelError("Kernel died")
            self._held += piece
