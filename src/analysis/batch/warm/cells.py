"""Run a notebook's cells in this process, as a Jupyter kernel would show them, without sockets.

A channel carries JSON lines: `{"source": ...}` comes in; messages of the Jupyter protocol
(`stream`, `display_data`, `execute_result`, `error`, ...) go out, and `status: idle` after each
cell. Outputs are those of ipykernel, since its own shell, display hook and formatters make them.
"""

import builtins
import importlib
import json
import os
import platform
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Send = Callable[[str, dict[str, Any]], None]

#: What a Python kernel says of itself; it stands in every executed notebook.
LANGUAGE = {
    "name": "python",
    "version": platform.python_version(),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "pygments_lexer": f"ipython{sys.version_info[0]}",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


#: What a shell imports when it is made.
SHELL = (
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.magics.execution",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "ipykernel.compiler",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
)


def load() -> None:
    """Import what `serve` needs, for a warm parent."""
    for name in SHELL:
        importlib.import_module(name)


def serve(memory: int = 0) -> None:
    """Execute the cells that come over standard input, a socket, until it closes.

    Parameters
    ----------
    memory : bytes that may be allocated on top of what is there at the start; 0: no limit.
    """
    channel = socket.socket(fileno=os.dup(0)).makefile("rwb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)

    def send(kind: str, content: dict[str, Any]) -> None:
        channel.write(json.dumps({"msg_type": kind, "content": content}).encode() + b"\n")
        channel.flush()

    below = os.memfd_create("output")
    for descriptor in (1, 2):  # what C code and subprocesses print
        os.dup2(below, descriptor)
    sys.stdout, sys.stderr = _Stream("stdout", send), _Stream("stderr", send)
    shell = _shell(send)
    if memory:
        _limit(memory)
    for line in channel:
        shell.run_cell(json.loads(line)["source"], store_history=True)
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, OSError, ValueError):  # the cell put its own there
                stream.flush()
        _tell_below(below, send)
        send("status", {"execution_state": "idle", "execution_count": shell.execution_count - 1})
    shell.atexit_operations()


class _Stream:
    """Text that a cell prints, sent on in pieces of whole lines."""

    encoding, errors = "utf-8", "replace"
    closed = False

    def __init__(self, name: str, send: Send) -> None:
        self.name, self._send, self._held = name, send, []
        self._size = 0

    def write(self, text: str) -> int:
        self._held.append(text)
        self._size += len(text)
        if self._size > 1 << 16:
            self.flush()
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self._held:
            text, self._held, self._size = "".join(self._held), [], 0
            self._send("stream", {"name": self.name, "text": text})

    def fileno(self) -> int:
        return {"stdout": 1, "stderr": 2}[self.name]

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def _tell_below(file: int, send: Send) -> None:
    if size := os.fstat(file).st_size:
        text = os.pread(file, size, 0).decode("utf-8", "replace")
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        send("stream", {"name": "stdout", "text": text})


def _shell(send: Send) -> Any:
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.zmqshell import ZMQInteractiveShell
    from IPython.core.error import StdinNotImplementedError
    from jupyter_client.session import Session
    from traitlets.config import Config

    class Sender(Session):
        """Hands messages to the channel instead of a socket."""

        def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any):
            if isinstance(msg_or_type, dict):
                msg_or_type, content = msg_or_type["msg_type"], msg_or_type["content"]
            send(msg_or_type, content or {})

    class Shell(ZMQInteractiveShell):
        """The shell of a kernel, with no event loop to hand a window to."""

        def enable_gui(self, gui: Any = None) -> None:
            if gui not in (None, "inline"):
                super().enable_gui(gui)

    config = Config()
    config.HistoryManager.enabled = False  # its thread and database are nobody's here
    shell = Shell.instance(config=config, compiler_class=XCachingCompiler)
    session = Sender(key=b"of nobody", config=config)
    shell.displayhook.session = shell.display_pub.session = session
    shell.displayhook.topic = b"execute_result"
    packages = (k for k, path in enumerate(sys.path) if path.endswith("-packages"))
    sys.path.insert(next(packages, 0), "")  # modules beside the notebook, after Python's own

    def no_input(prompt: str = "") -> str:
        raise StdinNotImplementedError(
            "raw_input was called, but this frontend does not support input requests."
        )

    builtins.input = no_input
    show_figures(shell)
    return shell


def show_figures(shell: Any) -> None:
    """Let figures appear below their cell; in a forked child they vanish silently otherwise."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if "matplotlib" in sys.modules:
        shell.enable_matplotlib("inline")


def _limit(memory: int) -> None:
    """Let writable memory grow by so much; address space alone, which browsers waste, is free."""
    import resource

    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        now = 1024 * int(file.read().split("VmData:")[1].split()[0])
    resource.setrlimit(resource.RLIMIT_DATA, (now + memory, now + memory))
