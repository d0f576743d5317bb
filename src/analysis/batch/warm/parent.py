"""The warm parent: imports once, then forks a child for every request.

`python -m analysis.batch.warm.parent SOCKET MODULE...` listens on a unix socket. It lives as long
as its standard input is open: when whoever started it goes away, however that happens, it kills
its children and ends. Each request is a connection, and a child lives as long as its own: no
orphans. A process with more than one thread refuses to fork, as a lock that another thread holds
at that moment stays locked in the child for ever.
"""

import gc
import importlib
import json
import os
import random
import selectors
import shutil
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

LENGTH = struct.Struct("!Q")
#: Longest that a request may take to arrive, in seconds; nobody else is served meanwhile.
PATIENCE = 10.0
_STDIN, _STANDARD = 0, 3  # the first, and how many: stdin, stdout, stderr
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass
class _Running:
    pid: int
    handle: int  # pidfd
    line: socket.socket  # to whoever asked for it


def threads() -> int:
    """Threads of this process, those of C libraries included."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.split("Threads:")[1].split()[0])


def call(name: str) -> Callable[..., Any]:
    """Find what "package.module:function" names."""
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)


def warm(names: Iterable[str]) -> None:
    """Import modules ("a.b"), and call what does more than that ("a.b:function")."""
    for name in names:
        call(name)() if ":" in name else importlib.import_module(name)
    if "tqdm" in sys.modules:
        sys.modules["tqdm"].tqdm.monitor_interval = 0  # or its monitor thread starts by itself
    gc.collect()
    gc.freeze()  # a child's collector then leaves the pages of the parent's objects shared


class Parent:
    """Serves requests one at a time; see `child.Child` for the other end."""

    def __init__(self, path: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(256)
        self._selector = selectors.DefaultSelector()
        self._running: dict[int, _Running] = {}

    def serve(self) -> None:
        """Fork, reap and kill until standard input closes."""
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(_STDIN, selectors.EVENT_READ, None)
        try:
            while True:
                for key, _ in self._selector.select():
                    if key.data is None:
                        return
                    key.data()
        finally:
            for one in list(self._running.values()):
                _kill(one.pid)

    def live(self, life: int) -> NoReturn:
        """Serve in a process forked for it, until `life` closes; nothing of its start goes on."""
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            for target, descriptor in enumerate((life, null, null)):
                os.dup2(descriptor, target)
            gc.freeze()
            self.serve()
        finally:
            os._exit(0)

    def close(self) -> None:
        """Leave it to the process that was forked to serve."""
        self._selector.close()
        self._listener.close()

    def _accept(self) -> None:
        line, _ = self._listener.accept()
        line.settimeout(PATIENCE)
        try:
            request, given = _receive(line)
        except (OSError, ValueError):
            line.close()
            return
        if (now := threads()) > 1:
            _tell(line, refused=f"the warm parent has {now} threads, so it may not fork")
            line.close()
        else:
            self._fork(line, request, given)
        for descriptor in given:
            os.close(descriptor)

    def _fork(self, line: socket.socket, request: dict[str, Any], given: list[int]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        own = os.getpid()
        try:
            pid = os.fork()
        except OSError as problem:  # no memory or no process left
            _tell(line, refused=f"no process could be started ({problem.strerror})")
            line.close()
            return
        if pid == 0:
            self._let_go(line)
            _live(request, given, own)
        with suppress(OSError):  # here too: whoever asked may signal the group at once
            os.setpgid(pid, pid)
        one = _Running(pid, os.pidfd_open(pid), line)
        self._running[pid] = one
        self._selector.register(one.handle, selectors.EVENT_READ, lambda: self._reap(one))
        self._selector.register(line, selectors.EVENT_READ, lambda: self._hang_up(one))
        _tell(line, pid=pid)

    def _reap(self, one: _Running) -> None:
        """Tell how a child ended; what it left running in its group ends with it."""
        _kill(one.pid)  # before it is waited for: its number cannot be another's yet
        _, status, used = os.wait4(one.pid, 0)
        self._selector.unregister(one.handle)
        os.close(one.handle)
        with suppress(KeyError):  # its line has hung up before
            self._selector.unregister(one.line)
        del self._running[one.pid]
        code = os.waitstatus_to_exitcode(status)
        _tell(one.line, exit=code, memory=used.ru_maxrss, cpu=used.ru_utime + used.ru_stime)
        one.line.close()

    def _hang_up(self, one: _Running) -> None:
        """Whoever asked is gone: nobody wants the child any more."""
        self._selector.unregister(one.line)
        _kill(one.pid)

    def _let_go(self, line: socket.socket) -> None:
        """Close in a child what is the parent's."""
        self.close()
        line.close()
        for one in self._running.values():
            os.close(one.handle)
            one.line.close()


def _receive(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    head, given, _, _ = socket.recv_fds(line, LENGTH.size, _STANDARD)
    if len(head) < LENGTH.size:
        raise ValueError("no request")
    (length,) = LENGTH.unpack(head)
    with line.makefile("rb") as stream:
        return json.loads(stream.read(length)), given


def _tell(line: socket.socket, **message: Any) -> None:
    with suppress(OSError):  # nobody listens any more
        line.sendall(json.dumps(message).encode() + b"\n")


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _live(request: dict[str, Any], given: list[int], parent: int) -> None:
    """Be the child: take on the request's surroundings, do the work, and never come back."""
    code = 1
    try:
        _settle(request, given, parent)
        call(request["call"])(*request["arguments"])
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _settle(request: dict[str, Any], given: list[int], parent: int) -> None:
    import ctypes

    with suppress(OSError):  # a kill of the group reaches all that is started here, no other
        os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for target, descriptor in enumerate(given):
        os.dup2(descriptor, target)
        if descriptor >= _STANDARD:
            os.close(descriptor)
    given.clear()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    random.seed()  # each child would draw the same numbers otherwise
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def main(path: str, *names: str) -> None:
    """Warm up, say so in a line on standard output, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver, which then hangs up
    parent = Parent(path)
    warm(names)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        parent.serve()
    finally:
        shutil.rmtree(Path(path).parent, ignore_errors=True)  # whoever started it may be dead


if __name__ == "__main__":
    del sys.path[0]  # the folder it was started in is not where its children work
    main(*sys.argv[1:])
