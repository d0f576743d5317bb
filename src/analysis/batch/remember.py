"""Write down the topics that a report found, so that they keep their names in later waves."""

from pathlib import Path

import yaml

from analysis import params
from analysis.errors import RunError
from analysis.models.topics import memory
from analysis.params import Remembered
from analysis.publish import results

BLOCK, BETWEEN = "topic_memory", " | "  # the chapter's internal table, and what parts its phrases
_HEAD = """\
# Topics that emerged from the comments of '{client}' and the names they keep. Change a `name` as
# you like; `like` is how the topic is known again; remove one to forget it. To count a topic in
# every wave, move it to {client}.codes.yml as a code of its own.
"""


def remember(client: str, wave: str, params_dir: Path) -> tuple[Path, list[str]]:
    """Add the topics of a finished report to `params/<client>.topics.yml`.

    What stands there already, and what a person changed in it, stays.

    Returns
    -------
    The file, and the names that were added.

    Raises
    ------
    RunError: there is no finished report of this wave.
    """
    p = params.load(client, wave, params_dir)
    chapter = p.paths.report / "internal" / "chapters" / "comments.json"
    if not chapter.is_file():
        raise RunError(
            f"There is no report of {client}, wave {p.wave.id}; run 'rapport run {client}' first."
        )
    blocks = results.read_chapter(chapter).blocks
    table = next((block for block in blocks if block.key == BLOCK), None)
    rows = table.rows if isinstance(table, results.Table) else ()
    found = [
        Remembered(name=row["term"], like=tuple(row["like"].split(BETWEEN)), wave=p.wave.id)
        for row in rows
    ]
    known = p.comments.topics
    kept = memory.keep(known, found)
    file = params_dir / f"{client}.topics.yml"
    added = [one.name for one in kept[len(known) :]]
    if added:
        _write(file, client, kept)
    return file, added


def _write(file: Path, client: str, kept: list[Remembered]) -> None:
    """Write whole or not at all."""
    topics = [{"name": one.name, "wave": one.wave, "like": list(one.like)} for one in kept]
    text = yaml.safe_dump({"topics": topics}, allow_unicode=True, sort_keys=False, width=100)
    beside = file.with_name(file.name + ".part")
    beside.write_text(_HEAD.format(client=client) + text, encoding="utf-8")
    beside.replace(file)
