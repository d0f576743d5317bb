"""What a report was made from, kept beside it, and whether it is still what was made."""

import datetime as dt
import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.batch.plan import UNITS, Plan, environment, file_hash, manifest, report_key
from analysis.errors import RunError
from analysis.params import Params
from analysis.publish import results

NAME = "manifest.json"


def write(p: Params, todo: Plan, data: str, seconds: dict[str, float], began: dt.datetime) -> None:
    """Write the manifest of the report that is being made; the last thing before it is published.

    Parameters
    ----------
    data : hash of the data files. seconds : notebook -> how long it took.
    """
    building = p.paths.building
    made = {file.stem: results.read_chapter(file) for file in p.paths.chapters.glob("*.json")}
    hidden = {
        chapter: sum(getattr(block, "hidden", 0) for block in made[chapter].blocks)
        for chapter in sorted(made)
    }
    content = {
        "client": p.client,
        "wave": p.wave.id,
        "seed": p.seed,
        "data": data,
        "environment": environment(p.paths.root),
        "python": platform.python_version(),
        "chapters": {chapter: todo.keys[chapter] for chapter in sorted(made)},
        "report": report_key(todo.keys, made),
        "rows_hidden": hidden,
        "seconds": seconds,
        "began": began.isoformat(timespec="seconds"),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "files": _hashes(building),
    }
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    (building / NAME).write_text(text + "\n", encoding="utf-8")


def verify(report: Path) -> Iterator[str]:
    """Compare a published report with its manifest.

    Parameters
    ----------
    report : the folder `reports/<client>/<wave>`, or its manifest.

    Yields
    ------
    One line per file that changed, is missing or came from elsewhere; nothing when all is well.

    Raises
    ------
    RunError: there is no manifest that lists files.
    """
    folder = report if report.is_dir() else report.parent
    listed = read(report)["files"]
    here = _hashes(folder)
    for name in sorted({*listed, *here}):
        if name not in here:
            yield f"{name} is missing"
        elif name not in listed:
            yield f"{name} was not made with this report"
        elif here[name] != listed[name]:
            yield f"{name} was changed"


def read(report: Path) -> dict[str, Any]:
    """Manifest of a published report, of which the folder or the manifest is named.

    Raises
    ------
    RunError: there is none, or it is older than Rapport can read.
    """
    found = manifest(report if report.is_dir() else report.parent)
    if not isinstance(found.get("files"), dict):
        raise RunError(f"{report} holds no manifest of a report; name a folder of reports/.")
    return found


def differences(
    before: dict[str, Any], after: dict[str, Any], within: str = "client/"
) -> list[str]:
    """Files of two manifests that differ, of those below a folder."""
    old, new = before["files"], after["files"]
    names = {name for name in (*old, *new) if name.startswith(within)}
    return sorted(name for name in names if old.get(name) != new.get(name))


def _hashes(folder: Path) -> dict[str, str]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    named = ((file.relative_to(folder).as_posix(), file) for file in files)
    return {
        name: file_hash(file)
        for name, file in named
        if name != NAME and not name.startswith(f"{UNITS}/")
    }
