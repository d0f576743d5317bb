"""One client's parameters: `params/<client>.yml` over `params/_defaults.yml`, checked and frozen.

Beside a client's file may stand `<client>.codes.yml` (its own code frame for comments) and
`<client>.topics.yml` (names that its topics keep). Every path of the project is made here and
stays inside the project's folder.
"""

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis.errors import ParamsError
from analysis.params import files
from analysis.params.kinds import (
    WAVE_ID,
    Actions,
    Comments,
    Confidentiality,
    Drivers,
    Files,
    Influence,
    Least,
    Params,
    Paths,
    Proposal,
    Remembered,
    Role,
    Scorecard,
    Segments,
    Wave,
)

__all__ = [
    "CLIENT_ID",
    "LATEST",
    "WAVE_ID",
    "Actions",
    "Comments",
    "Confidentiality",
    "Drivers",
    "Files",
    "Influence",
    "Least",
    "Params",
    "Paths",
    "Proposal",
    "Remembered",
    "Role",
    "Scorecard",
    "Segments",
    "Wave",
    "clients",
    "load",
]

CLIENT_ID = re.compile(r"[a-z][a-z0-9_-]{1,39}")
LATEST = "latest"
#: What may stand in a file of its own beside the client's: `<client>.codes.yml` and so on.
OWN_FILES = ("codes", "topics")


def load(client: str, wave: str = LATEST, params_dir: str | Path = "params") -> Params:
    """Read and check one client's parameters.

    Parameters
    ----------
    client : id, the name of its file without `.yml`.
    wave : id of one of its waves, or "latest".
    params_dir : the project's `params` folder; its parent is the project.

    Raises
    ------
    ParamsError: the file, a key or a value cannot be used; the sentence says which and why.
    """
    if not CLIENT_ID.fullmatch(client):
        raise ParamsError(
            f"The client id {client[:40]!r} is not allowed: use 2 to 40 lower-case letters, "
            "digits, '-' or '_', beginning with a letter."
        )
    folder = Path(params_dir).resolve()
    file = folder / f"{client}.yml"
    if not file.is_file():
        raise ParamsError(f"There is no params/{client}.yml{files.near(client, clients(folder))}")
    settings = files.merge(files.read(folder / "_defaults.yml"), files.read(file))
    for key in ("client", "wave", "paths"):
        if key in settings:
            raise ParamsError(f"params/{client}.yml: '{key}' is set by Rapport; remove the key.")
    settings["comments"] = _own_files(folder, client, settings.get("comments"))
    chosen = _choose_wave(client, wave, settings.get("waves"))
    values = {
        **settings,
        "client": client,
        "wave": chosen,
        "paths": _paths(folder.parent, client, str(chosen.get("id"))),
    }
    try:
        return Params.model_validate(values)
    except ValidationError as problem:
        loc = problem.errors(include_url=False, include_input=False)[0]["loc"]
        own = f".{loc[1]}" if loc[:1] == ("comments",) and loc[1:2] == ("topics",) else ""
        raise ParamsError(f"params/{client}{own}.yml: {files.first(problem)}") from None


def clients(params_dir: str | Path = "params") -> list[str]:
    """Ids of all clients that have a parameter file, sorted."""
    names = (file.stem for file in Path(params_dir).glob("*.yml"))
    own = tuple(f".{key}" for key in OWN_FILES)
    return sorted(name for name in names if not name.startswith("_") and not name.endswith(own))


def _own_files(folder: Path, client: str, comments: Any) -> Any:
    """What is set of comments, with what stands in files of its own."""
    if not isinstance(comments, dict | None):
        return comments
    merged = dict(comments or {})
    for key in OWN_FILES:
        if key in merged:
            raise ParamsError(
                f"params/{client}.yml: 'comments.{key}' stands in a file of its own, "
                f"params/{client}.{key}.yml; move it there."
            )
        own = folder / f"{client}.{key}.yml"
        if own.is_file():
            content = files.read(own)
            merged[key] = content.get("topics", ()) if key == "topics" else content
    return merged


def _choose_wave(client: str, wave: str, waves: Any) -> dict[str, Any]:
    if (
        not isinstance(waves, list)
        or not waves
        or not all(isinstance(w, dict) and "id" in w for w in waves)
    ):
        raise ParamsError(
            f"params/{client}.yml: 'waves' must list at least one wave with id, label, closed "
            "and reported."
        )
    if wave == LATEST:
        return waves[-1]
    for candidate in waves:
        if str(candidate.get("id")) == wave:
            return candidate
    known = [str(w.get("id")) for w in waves]
    raise ParamsError(f"params/{client}.yml has no wave {wave[:40]!r}; it has {', '.join(known)}.")


def _paths(root: Path, client: str, wave: str) -> Paths:
    if not WAVE_ID.fullmatch(wave):
        raise ParamsError(
            f"params/{client}.yml: the wave id {wave[:40]!r} is not allowed: use lower-case "
            "letters, digits, '-' or '_'."
        )
    reports = root / "reports" / client
    building = reports / f".{wave}.building"
    paths = Paths(
        root=root,
        data=root / "data" / client,
        report=reports / wave,
        building=building,
        chapters=building / "internal" / "chapters",
        cache=reports / ".cache",
    )
    for path in (paths.data, paths.report, paths.building, paths.cache):
        if path.resolve() != path:
            raise ParamsError(
                f"{path.relative_to(root).as_posix()} leads outside the project (a link?); "
                "Rapport only works inside its own folders."
            )
    return paths
