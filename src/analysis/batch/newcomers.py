"""May a report be made at all? Not of too small a wave, nor anew for a few answers.

Whoever holds the old report and the new one subtracts one from the other. So a list of marks, one
an answer, is kept beside each report for the research team, and a run that finds only a few
answers new, gone or changed leaves the old report as it is.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import DisclosureError
from analysis.params import Least, Params
from analysis.publish import disclosure
from analysis.survey.tables import Survey


def marks(survey: Survey, waves: Iterable[str]) -> list[str]:
    """One hash for each answer and each comment of some waves, sorted; equal where all is equal."""
    tables = (survey.answers, survey.comments)
    said = (
        table[table["wave"].isin(list(waves))].reindex(columns=sorted(table)) for table in tables
    )
    return sorted(_mark(row) for part in said for row in part.itertuples(index=False))


def check_whole(p: Params, survey: Survey) -> None:
    """Stop a run whose whole wave is a group that the strict preset hides.

    Raises
    ------
    DisclosureError: too few answers or accounts, or one account holds too much of the answers.
    """
    least = p.confidentiality.min_scores
    if not isinstance(least, Least):
        return
    per_account = survey.at(p.wave.id)["account"].value_counts()
    n = len(survey.at(p.wave.id))
    known = not per_account.empty
    hidden = disclosure.hidden_rows(
        pd.Series([n]),
        least,
        accounts=pd.Series([len(per_account)]) if known else None,
        largest=pd.Series([per_account.iloc[0] / n]) if known else None,
    )
    if hidden.any():
        raise DisclosureError(
            f"Wave {p.wave.id} of {p.client} is too small a group for the strict preset: it takes "
            f"{int(least)} answers from {least.accounts} accounts, none with more than "
            f"{least.largest:.0%} of them. Gather more answers, or set preset: standard in "
            f"params/{p.client}.yml."
        )


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
