"""May a report be made at all? Not of too small a wave, nor anew for a few answers.

Whoever holds the old report and the new one subtracts one from the other, group by group. So a
list of marks, one an answer, is kept beside each report for the research team, and a run that finds
only a few answers of a wave, or of a role, tier or sector in it, new, gone or changed leaves the
old report as it is.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analysis.errors import DisclosureError
from analysis.params import Least, Params
from analysis.publish import disclosure
from analysis.survey.tables import Survey

#: What a wave's answers are told apart by in a report.
SEGMENTS = ("role", "tier", "sector")

#: Marks by group: the wave, what tells its groups apart ("" for all of it), and the group.
Marks = dict[tuple[str, str, str], list[str]]


def marks(survey: Survey, waves: Iterable[str]) -> Marks:
    """One hash for each answer with its comments, sorted; equal where all of it is equal."""
    said: dict[tuple[str, str], list[str]] = {}
    for table in (survey.answers, survey.comments):
        rows = table[table["wave"].isin(list(waves))].reindex(columns=sorted(table))
        whose = zip(rows["respondent"], rows["wave"], strict=True)
        for key, row in zip(whose, rows.itertuples(index=False), strict=True):
            said.setdefault(key, []).append("\0".join(map(str, row)))
    found: Marks = {}
    groups = _groups(survey)
    for key, rows in said.items():
        mark = hashlib.sha256("\0\0".join(sorted(rows)).encode()).hexdigest()[:16]
        for group in groups[key]:
            found.setdefault(group, []).append(mark)
    return {group: sorted(found[group]) for group in sorted(found)}


def _groups(survey: Survey) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Respondent and wave -> all groups that the answer belongs to."""
    kinds = survey.accounts.reindex(columns=["account", "tier", "sector"])
    known = survey.answers.reindex(columns=["respondent", "wave", "account", "role"])
    known = known.merge(kinds.drop_duplicates("account"), on="account", how="left")
    return {
        (row["respondent"], row["wave"]): [
            (row["wave"], "", ""),
            *((row["wave"], segment, str(row[segment])) for segment in SEGMENTS),
        ]
        for row in known.to_dict("records")
    }


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


def check(p: Params, now: Marks) -> None:
    """Stop a run whose difference from the published report would give a few answers away.

    Raises
    ------
    DisclosureError: fewer than `confidentiality.min_scores` answers of a group are new, gone or
        changed.
    """
    file = _file(p.paths.report)
    if not file.is_file():
        return
    least = p.confidentiality.min_scores
    before = {tuple(group): kept for *group, kept in json.loads(file.read_text(encoding="utf-8"))}
    for group in sorted({*before, *now}):
        wave, segment, _ = group
        few = disclosure.too_few_new(before.get(group, ()), now.get(group, ()), least)
        if few:
            whose = f"the answers of one {segment} in wave {wave}" if segment else "its answers"
            folder = p.paths.report.relative_to(p.paths.root).as_posix()
            raise DisclosureError(
                f"Since the published report of {p.client}, wave {p.wave.id}, only {few} of "
                f"{whose} came in, went or changed; the difference from a new report would give "
                f"them away. Wait until there are {least}, or withdraw the old report first: "
                f"delete {folder}."
            )


def keep(building: Path, now: Marks) -> None:
    """Write the marks beside a report that is being made, where researchers alone read."""
    listed = [[*group, kept] for group, kept in now.items()]
    _file(building).write_text(json.dumps(listed) + "\n", encoding="utf-8")


def _file(report: Path) -> Path:
    return report / "internal" / "marks.json"
