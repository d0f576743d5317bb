"""A report is not made anew for a few answers: what changed in it would be theirs.

Whoever holds the old report and the new one subtracts one from the other. So a list of marks, one
an answer, is kept beside each report for the research team, and a run that finds only a few
answers new, gone or changed leaves the old report as it is.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis.errors import DisclosureError
from analysis.params import Params
from analysis.publish import disclosure
from analysis.survey.tables import Survey


def marks(survey: Survey, waves: Iterable[str]) -> list[str]:
    """One hash for each answer and each comment of some waves, sorted; equal where all is equal."""
    tables = (survey.answers, survey.comments)
    said = (
        table[table["wave"].isin(list(waves))].reindex(columns=sorted(table)) for table in tables
    )
    return sorted(_mark(row) for part in said for row in part.itertuples(index=False))


def check(p: Params, now: Iterable[str]) -> None:
    """Stop a run whose difference from the published report would give a few answers away.

    Raises
    ------
    DisclosureError: fewer than `confidentiality.min_scores` answers are new, gone or changed.
    """
    file = _file(p.paths.report)
    if not file.is_file():
        return
    least = p.confidentiality.min_scores
    few = disclosure.too_few_new(json.loads(file.read_text(encoding="utf-8")), now, least)
    if few:
        folder = p.paths.report.relative_to(p.paths.root).as_posix()
        raise DisclosureError(
            f"Since the published report of {p.client}, wave {p.wave.id}, only {few} of its "
            f"answers came in, went or changed; the difference from a new report would give them "
            f"away. Wait until there are {least}, or withdraw the old report first: delete "
            f"{folder}."
        )


def keep(building: Path, now: Iterable[str]) -> None:
    """Write the marks beside a report that is being made, where researchers alone read."""
    _file(building).write_text(json.dumps(list(now)) + "\n", encoding="utf-8")


def _file(report: Path) -> Path:
    return report / "internal" / "answers.json"


def _mark(row: Iterable[Any]) -> str:
    return hashlib.sha256("\0".join(map(str, row)).encode()).hexdigest()[:16]
