"""Units of work and whether they are up to date.

A unit is one chapter of one client and wave. Its key is the hash of everything that it reads:
data, parameters, notebook, package and pinned versions. Same key, same result: it is not run again.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import analysis
from analysis.errors import ParamsError
from analysis.params import Params
from analysis.publish.results import CHAPTERS

REPORT = "report"

#: Folder of an unfinished report with the key of each chapter that is done.
UNITS = ".units"

#: Notebook of each chapter, in reading order.
NOTEBOOKS = {chapter: f"{n}_{chapter}.ipynb" for n, chapter in enumerate(CHAPTERS, start=1)}
NOTEBOOKS[REPORT] = "report.ipynb"


@dataclass(frozen=True)
class Plan:
    """What has to be done for one client and wave."""

    keys: dict[str, str]  # chapter -> key of its unit; with "report" over all of them
    run: tuple[str, ...]  # notebooks to execute, the report last; empty: all is up to date
    keep: tuple[str, ...]  # chapters whose published record still holds
    resume: tuple[str, ...] = ()  # chapters that a run finished which was killed or broke


def plan(params: Params, chapters: Iterable[str] = (), force: bool = False) -> Plan:
    """Decide which chapters to execute.

    Parameters
    ----------
    chapters : run only these, and published ones that are out of date; the report then shows
        them and those that are up to date.
    force : run them even if they are up to date.
    """
    chosen = tuple(chapters) or tuple(CHAPTERS)
    unknown = [chapter for chapter in chosen if chapter not in CHAPTERS]
    if unknown:
        raise ParamsError(f"There is no chapter {unknown[0]!r}; known: {', '.join(CHAPTERS)}.")
    keys = unit_keys(params)
    made = manifest(params.paths.report)
    published = made.get("chapters", {})
    fresh = {
        chapter
        for chapter in CHAPTERS
        if published.get(chapter) == keys[chapter] and _kept(params.paths.report, chapter)
    }
    # A published chapter that is out of date is run too: a report never loses a chapter.
    wanted = {*chosen, *(c for c in published if c not in fresh)}
    run = tuple(c for c in CHAPTERS if c in wanted and (c not in fresh or (force and c in chosen)))
    resume = () if force else tuple(c for c in run if c in _left(params, keys))
    run = tuple(c for c in run if c not in resume)
    keep = tuple(c for c in CHAPTERS if c in fresh and c not in run)
    if resume:
        return Plan(keys, (*run, REPORT), keep, resume)
    pages = (params.paths.report / "client" / name for name in ("report.html", "results.json"))
    whole = made.get("report") == report_key(keys, run + keep) and all(p.exists() for p in pages)
    if not run and not whole:  # the page itself changed: draw it again from the kept records
        return Plan(keys, (REPORT,), keep)
    return Plan(keys, (*run, REPORT) if run else (), keep)


def _kept(report: Path, chapter: str) -> bool:
    """Tell whether a published chapter's record and notebook are still there."""
    internal = report / "internal"
    files = (internal / "chapters" / f"{chapter}.json", internal / NOTEBOOKS[chapter])
    return all(file.is_file() for file in files)


def remember(building: Path, chapter: str, key: str) -> None:
    """Note beside a report that is being made that a chapter is finished, whole or not at all."""
    known = building / UNITS / chapter
    known.parent.mkdir(exist_ok=True)
    beside = known.with_name(f"{chapter}.part")
    beside.write_text(key, encoding="ascii")
    beside.replace(known)


def _left(params: Params, keys: dict[str, str]) -> set[str]:
    """Chapters that an unfinished run made from what is there now."""
    building = params.paths.building
    known = {file.name: file.read_text(encoding="ascii") for file in building.glob(f"{UNITS}/*")}
    return {c for c in CHAPTERS if known.get(c) == keys[c] and _kept(building, c)}


def unit_keys(params: Params) -> dict[str, str]:
    """Key of each chapter's unit and of the report notebook."""
    settings = params.model_dump_json(exclude={"paths"})
    data = _tree(params.paths.data) + _tree(params.paths.root / "data" / "reference")
    notebooks = params.paths.root / "notebooks"
    common = [settings, *data, environment(params.paths.root)]
    return {
        chapter: _hash([*common, file_hash(notebooks / name)])
        for chapter, name in NOTEBOOKS.items()
    }


def report_key(keys: dict[str, str], chapters: Iterable[str]) -> str:
    """Key of a report drawn from these chapters."""
    return _hash([keys[REPORT], *(keys[chapter] for chapter in sorted(chapters))])


def manifest(report: Path) -> dict[str, Any]:
    """Manifest of a published report; empty if there is none or it cannot be read."""
    try:
        content = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def environment(root: Path) -> str:
    """Hash of the package's code, the pinned versions and the Python version."""
    return _hash([_code(), file_hash(root / "requirements.lock"), sys.version])


@cache
def software() -> str:
    """Hash of the package's code, of the libraries that it names as installed here, of Python."""
    named = metadata.requires("rapport") or ()
    names = {re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in named if "extra ==" not in one}
    found = sorted(f"{name} {metadata.version(name)}" for name in names)
    return _hash([_code(), *found, sys.version])


@cache
def _code() -> str:
    return _hash(_tree(Path(analysis.__file__).parent))


def _tree(folder: Path) -> list[str]:
    """Names and hashes of the files below a folder, sorted; compiled Python left out."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    return [f"{file.relative_to(folder).as_posix()} {file_hash(file)}" for file in files]


def file_hash(file: Path) -> str:
    """Hash of a file's content."""
    if not file.is_file():
        return "absent"
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
