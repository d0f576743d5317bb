"""What a run tells while it goes on: a bar or plain lines for people, JSON lines for machines."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

#: Logs that are kept beside the reports; the oldest goes first.
KEPT = 50


class Progress:
    """Takes the messages of `run.run`, for a run over `clients` clients."""

    def __init__(self, clients: int, log: Path) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._clients, self._ended, self._log = clients, 0, log
        console = Console(stderr=True)
        self._plain = not console.is_terminal
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} of {task.total:.0f} clients"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=console, disable=self._plain, transient=True)
        self._task = self._bar.add_task("", total=clients)
        self._share: dict[str, float] = {}  # of a client's notebooks, what one is worth

    def tell(self, client: str, message: dict[str, Any]) -> None:
        """Take one message."""
        self._write(**{"client": client, **message})
        event = message["event"]
        if event == "planned":
            self._share[client] = 1 / max(1, message["units"])
        elif event == "finished":
            step = self._share.get(client, 0)
            self._bar.update(self._task, advance=step, description=f"{client}: {message['unit']}")
        elif event == "slow":
            self._bar.console.print(message["sentence"])
        elif event == "ended":
            self._ended += 1
            self._bar.update(self._task, completed=max(self._ended, self._done()))
            if self._plain:
                click.echo(f"{self._ended} of {self._clients}  {line(message)}", err=True)

    def _done(self) -> float:
        return float(self._bar.tasks[0].completed)

    def _write(self, **record: Any) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": now, **record}) + "\n")


@contextmanager
def shown(clients: int, reports: Path) -> Iterator[Progress]:
    """Show a run's progress, and log it in `reports/logs/`, which holds no cell values."""
    folder = reports / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob("*.jsonl"))[: -KEPT + 1]:
        old.unlink(missing_ok=True)
    began = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    progress = Progress(clients, folder / f"{began}-{os.getpid()}.jsonl")
    with progress._bar:
        yield progress


def line(outcome: dict[str, Any]) -> str:
    """One client's line at the end of its run."""
    what = f"{outcome['client']:<16} {outcome['wave']:<12} {outcome['status']:<10}"
    if outcome["status"] == "made":
        return f"{what} {outcome['seconds']:5.1f} s"
    return f"{what} {outcome['sentence'] if outcome['status'] == 'waiting' else ''}".rstrip()
