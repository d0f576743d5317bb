"""Make a report once more from what its manifest names, and compare."""

from collections.abc import Iterator
from pathlib import Path

from analysis import params
from analysis.batch import manifest, plan
from analysis.batch import run as batch
from analysis.errors import RunError


def rerun(file: Path, params_dir: Path) -> Iterator[str]:
    """Make the report of a manifest again; it takes the old one's place.

    Yields
    ------
    Lines that say what came out differently, or that nothing did.

    Raises
    ------
    RunError: data, parameters, notebooks or code are not those of the manifest any more.
    """
    before = manifest.read(file)
    p = params.load(before["client"], before["wave"], params_dir)
    now = plan.unit_keys(p)
    gone = [chapter for chapter, key in before["chapters"].items() if now.get(chapter) != key]
    if gone:
        raise RunError(
            f"What {', '.join(gone)} of {p.client}, wave {p.wave.id}, were made from has changed "
            f"since ({_what(before, p)}); put it back, or run 'rapport run {p.client}' instead."
        )
    chapters = list(before["chapters"])
    (outcome,) = batch.run([p.client], p.wave.id, params_dir, chapters, force=True)
    if outcome.status == "failed":
        raise RunError(outcome.sentence)
    differ = manifest.differences(before, manifest.read(p.paths.report))
    for name in differ:
        yield f"{name} came out differently"
    if not differ:
        yield f"The report of {p.client}, wave {p.wave.id}, came out the same to the byte."


def _what(before: dict[str, str], p: params.Params) -> str:
    """Whether the code or the client's own files changed, as far as the manifest tells."""
    same = before["environment"] == plan.environment(p.paths.root)
    return "data, parameters or notebook" if same else "code or versions of libraries"
