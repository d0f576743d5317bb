"""Headless Chromium over the DevTools protocol: open a page, note what it does, measure it."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.needs import BROWSERS

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
BAD = ("error", "warning", "assert")
PATIENCE = 60  # seconds for one answer of the browser


@dataclass
class Seen:
    """What happened while a page was open."""

    requests: list[str] = field(default_factory=list)  # every address asked for
    complaints: list[str] = field(default_factory=list)  # console errors and warnings, exceptions
    dialogs: list[str] = field(default_factory=list)  # alert() and the like: something was executed
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def outside(self) -> list[str]:
        """Requests to anything but the file itself."""
        return [url for url in self.requests if not url.startswith(("file://", "data:"))]


class Browser:
    """One Chromium with a fresh profile; messages are JSON on two pipes, each ended by a NUL."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = os.fdopen(to, "wb", buffering=0), os.fdopen(back, "rb", buffering=0)
        self._rest, self._id = b"", 0
        self._seen = Seen()
        page = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def open(self, file: Path, width: int = 1280, height: int = 900, **measure: str) -> Seen:
        """Open a page at a width and wait until it stands still.

        Parameters
        ----------
        measure : name -> JavaScript expression; the results stand in `values`.
        """
        self.size(width, height)
        self._seen = Seen()
        self._loaded = False
        self.ask("Page.navigate", url=file.as_uri())
        deadline = time.monotonic() + PATIENCE
        while not self._loaded and time.monotonic() < deadline:
            self._read()
        for name, expression in measure.items():
            self._seen.values[name] = self.value(expression)
        self.value("new Promise(done => setTimeout(done, 60))")  # late errors still arrive
        return self._seen

    def size(self, width: int, height: int = 900) -> None:
        """Set the size of the window."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def value(self, expression: str) -> Any:
        """Evaluate JavaScript in the page, beside its security policy."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        return answer["result"].get("value")

    def dark(self, on: bool = True) -> None:
        """Let the reader prefer dark pages."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if on else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, file: Path, height: int | None = None) -> None:
        """Save a PNG of the page from its top; `height` None: down to its end."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
        shot = self.ask(
            "Page.captureScreenshot", clip={**clip, "scale": 1}, captureBeyondViewport=True
        )
        file.write_bytes(base64.b64decode(shot["data"]))

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command to the page and return its answer."""
        return self._ask(method, self._session, **parameters)

    def _ask(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        self._id += 1
        message = {"id": self._id, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._to.write(json.dumps(message).encode() + b"\0")
        wanted, deadline = self._id, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._read()
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
        raise TimeoutError(f"The browser did not answer {method}.")

    def _read(self) -> dict[str, Any]:
        """Read one message and note what it says of the page."""
        while b"\0" not in self._rest:
            part = self._back.read(1 << 16)
            if not part:
                raise RuntimeError("The browser has gone.")
            self._rest += part
        one, self._rest = self._rest.split(b"\0", 1)
        message = json.loads(one)
        self._note(message.get("method"), message.get("params", {}))
        return message

    def _note(self, method: str | None, what: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self._seen.requests.append(what["request"]["url"])
        elif method == "Log.entryAdded" and what["entry"]["level"] in ("error", "warning"):
            self._seen.complaints.append(what["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and what["type"] in (
            "error",
            "warning",
            "assert",
        ):
            self._seen.complaints.append(str([arg.get("value") for arg in what["args"]]))
        elif method == "Runtime.exceptionThrown":
            self._seen.complaints.append(what["exceptionDetails"]["text"])
        elif method == "Page.javascriptDialogOpening":
            self._seen.dialogs.append(what["message"])
            self._id += 1
            answer = {"id": self._id, "method": "Page.handleJavaScriptDialog"}
            answer |= {"params": {"accept": True}, "sessionId": self._session}
            self._to.write(json.dumps(answer).encode() + b"\0")
        elif method == "Page.loadEventFired":
            self._loaded = True


def program() -> str | None:
    """Path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def running() -> Iterator[Browser]:
    """Start a browser with a fresh profile and stop it at the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        commands, to = os.pipe()
        back, answers = os.pipe()

        def wire() -> None:  # Chromium reads commands on 3 and answers on 4
            os.dup2(commands, 30)
            os.dup2(answers, 31)
            os.dup2(30, 3)
            os.dup2(31, 4)

        process = subprocess.Popen(
            [program(), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=wire,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(commands)
        os.close(answers)
        try:
            yield Browser(to, back)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
