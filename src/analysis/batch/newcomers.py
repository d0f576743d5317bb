"""May a report be made at all? Not of too small a wave, nor anew for a few answers.

Whoever holds two reports subtracts one from the other, group by group. So marks of every answer are
kept beside each report for the research team, and no report is made that differs from a published
one of the client by a few answers of a wave, of a role, tier or sector in it, or by a few people's
comments. The page of an account stays as it was published until enough of its answers differ.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analysis.batch import manifest
from analysis.errors import DisclosureError
from analysis.params import Least, Params
from analysis.publish import disclosure
from analysis.survey.tables import Survey

#: Where a report keeps its marks.
MARKS = "internal/marks.json"

#: What a wave's answers are told apart by in a report; who commented, and where, beside these.
SEGMENTS = ("role", "tier", "sector")
COMMENTS, ACCOUNT = "comments", "account"

#: Marks of an answer, and what befell it where few differ. A new column in the data, or other
#: weights, change all that is said at once; who said it stays.
KINDS = {
    "who": "came in or went",
    "what": "came in, went or changed",
    "weighted": "came in, went or changed in weight",
}

#: The wave, what tells its groups apart ("" for all of it), and the group; an account by its hash.
Group = tuple[str, str, str]
Marks = dict[Group, dict[str, list[str]]]


def marks(survey: Survey, waves: Iterable[str]) -> Marks:
    """Hashes of each answer with its comments, by kind and sorted; all of a wave is always there.

    What is said is equal where all cells that are filled are; who says it does not count there.
    """
    waves = list(waves)
    answers = survey.answers[survey.answers["wave"].isin(waves)]
    comments = _cells(survey.comments.reindex(columns=["respondent", "wave", "question", "text"]))
    weights = _cells(answers.reindex(columns=["respondent", "wave", "weight"]))
    groups = _groups(survey)
    found: Marks = {(wave, "", ""): {kind: [] for kind in KINDS} for wave in waves}
    for key, answer in _cells(answers.drop(columns="weight", errors="ignore")).items():
        said = comments.get(key, [])
        of = [(group, [*answer, *said], weights[key]) for group in groups[key]]
        of += [((key[1], COMMENTS, ""), said, [])] if said else []
        for group, what, weight in of:
            kept = found.setdefault(group, {kind: [] for kind in KINDS})
            for kind, parts in zip(KINDS, (key, what, [*what, *weight]), strict=True):
                kept[kind].append(_hash("\0\0".join(parts)))
    return {g: {kind: sorted(found[g][kind]) for kind in KINDS} for g in sorted(found)}


def _cells(table: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Respondent and wave -> its rows, sorted: the filled cells with their columns' names."""
    said: dict[tuple[str, str], list[str]] = {}
    columns = sorted({*table} - {"respondent"})
    whose = zip(table["respondent"], table["wave"], strict=True)
    for key, row in zip(whose, table[columns].itertuples(index=False, name=None), strict=True):
        filled = (pair for pair in zip(columns, row, strict=True) if pd.notna(pair[1]))
        said.setdefault(key, []).append("\0".join(f"{name}={cell}" for name, cell in filled))
    return {key: sorted(rows) for key, rows in said.items()}


def _groups(survey: Survey) -> dict[tuple[str, str], list[Group]]:
    """Respondent and wave -> all groups that the answer belongs to, whatever it says."""
    kinds = survey.accounts.reindex(columns=["account", "tier", "sector"])
    known = survey.answers.reindex(columns=["respondent", "wave", "account", "role"])
    known = known.merge(kinds.drop_duplicates("account"), on="account", how="left")
    return {
        (row["respondent"], row["wave"]): [
            (row["wave"], "", ""),
            *((row["wave"], segment, str(row[segment])) for segment in SEGMENTS),
            of_account(row["wave"], row["account"]),
        ]
        for row in known.to_dict("records")
    }


def of_account(wave: str, account: str) -> Group:
    """The group of an account's answers, whose id nobody reads in it."""
    return wave, ACCOUNT, _hash(str(account))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
    """Stop a run whose difference from a published report would give a few answers away.

    Raises
    ------
    DisclosureError: fewer than `confidentiality.min_scores` answers of a group, or than
        `min_comments` people's comments, are new, gone or changed since a report of any wave; or
        it cannot be told, as that report has no marks.
    """
    for published in (wave.id for wave in p.waves):
        before = _published(p, published)
        both = {wave for wave, *_ in before} & {wave for wave, *_ in now}
        # A report tells only its own wave by tier and sector, which customers may change later.
        apart = {ACCOUNT} if published == p.wave.id else {ACCOUNT, "tier", "sector"}
        for group in sorted(g for g in {*before, *now} if g[0] in both and g[1] not in apart):
            wave, segment, _ = group
            least, whose = p.confidentiality.min_scores, f"the answers of wave {wave}"
            if segment == COMMENTS:
                least, whose = p.confidentiality.min_comments, f"the commenters of wave {wave}"
            elif segment:
                whose = f"the answers of one {segment} in wave {wave}"
            for kind, few in _few(before, now, group, least).items():
                raise DisclosureError(
                    f"Since the published report of {p.client}, wave {published}, only {few} of "
                    f"{whose} {KINDS[kind]}; the difference from a new report would give them "
                    f"away. Wait until there are {least}, or withdraw the old report first: "
                    f"delete reports/{p.client}/{published}."
                )


def held(p: Params, now: Marks, withheld: Iterable[str] = ()) -> Marks:
    """Published marks of the wave's accounts whose page would give a few answers away by changing.

    An account with too few answers to show, then or now, gives nothing away.

    Parameters
    ----------
    withheld : accounts whose published page leaves scores out. Shown later, they would be taken
        from the figures that were published then: such a page changes no more with the answers.
    """
    before, least = _published(p, p.wave.id), p.confidentiality.min_scores
    whole = (p.wave.id, "", "")
    if before and before[whole] == now[whole]:
        return {}
    quiet = {of_account(p.wave.id, account) for account in withheld}
    return {
        group: before[group]
        for group in before.keys() & now.keys()
        if group[:2] == (p.wave.id, ACCOUNT)
        and (
            group in quiet
            or (
                min(len(before[group]["who"]), len(now[group]["who"])) >= least
                and _few(before, now, group, least)
            )
        )
    }


def _few(before: Marks, now: Marks, group: Group, least: int) -> dict[str, int]:
    """Kind -> how many marks of a group differ, of the kinds in which some do but too few."""
    old, new = before.get(group, {}), now.get(group, {})
    few = {k: disclosure.too_few_new(old.get(k, ()), new.get(k, ()), least) for k in KINDS}
    return {kind: n for kind, n in few.items() if n}


def keep(building: Path, now: Marks) -> None:
    """Write the marks beside a report that is being made, where researchers alone read."""
    listed = [[*group, kept] for group, kept in now.items()]
    _file(building).write_text(json.dumps(listed) + "\n", encoding="utf-8")


def _published(p: Params, wave: str) -> Marks:
    """Marks of a wave's published report; none without one, an error where they are lost."""
    report = p.paths.report.with_name(wave)
    if not any(file.is_file() for file in (_file(report), report / manifest.NAME)):
        return {}
    try:
        listed = json.loads(_file(report).read_text(encoding="utf-8"))
        found = {tuple(group): {kind: kept[kind] for kind in KINDS} for *group, kept in listed}
        return {(wave, "", ""): found[wave, "", ""], **found}
    except (OSError, ValueError, TypeError, KeyError):
        raise DisclosureError(
            f"The published report of {p.client}, wave {wave}, has no list of marks that can be "
            "read, so nobody can tell whether its difference from a new one would give a few "
            f"answers away. Withdraw it first: delete reports/{p.client}/{wave}."
        ) from None


def _file(report: Path) -> Path:
    return report / MARKS
