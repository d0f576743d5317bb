"""Sentences of chapter 3 on how far its links can be trusted, and on waves and roles.

Means of constructs are compared only where the questions were shown to work alike in each group:
otherwise a difference may lie in how the questions are understood.
"""

from collections.abc import Mapping

import pandas as pd

from analysis.publish.numbers import MINUS, interval, show
from analysis.publish.results import Evidence, Finding, Note
from analysis.publish.wording.commitment_trust import listed, strength

#: As `models.sem.contrasts.LEAST_GROUP`, which the wall keeps from being imported.
LEAST_GROUP = 100

MOST_NAMED = 4  # more differences than this are counted, not named, in one sentence

#: What each level of invariance means for the reader.
ALIKE = {
    "same structure": "the questions do not form the same constructs",
    "same loadings": "the questions do not speak equally for their constructs",
    "same intercepts": "people who feel alike do not answer the questions alike",
}

#: The other methods, by their column in `sensitivity`.
METHODS = {"averages": "averages", "composites": "composites (PLSc)", "ordinal": "ranked answers"}


def change(
    invariance: pd.DataFrame, differences: pd.DataFrame, *, minimum: int
) -> Finding | Note | None:
    """Whether trust, commitment and the others changed between waves, or why that is not told."""
    return _compared(invariance, differences, by="Wave", minimum=minimum)


def roles(
    invariance: pd.DataFrame, differences: pd.DataFrame, *, minimum: int
) -> Finding | Note | None:
    """Whether roles differ in trust, commitment and the others, or why that is not told."""
    return _compared(invariance, differences, by="Role", minimum=minimum)


def agreement(frame: pd.DataFrame, *, minimum: int) -> Finding | None:
    """Whether other ways of computing the links agree with the model."""
    rows = frame[frame["main"].notna() & (frame["n"] >= minimum)]
    used = [column for column in METHODS if rows[column].notna().any()]
    if rows.empty or not used:
        return None
    differ = rows[rows["verdict"] == "differ"]
    n = f"n = {show(rows['n'].max(), 'count')}"
    by = listed(METHODS[column] for column in used)
    if differ.empty:
        whole = "The link comes" if len(rows) == 1 else f"All {len(rows)} links come"
        sentence = f"{whole} out alike by {by} ({n})."
    else:
        said = listed(_beside(row, used) for _, row in differ.head(MOST_NAMED).iterrows())
        more = len(differ) - MOST_NAMED
        tail = f" and {more} more" if more > 0 else ""
        sentence = (
            f"By {by}, {len(rows) - len(differ)} of {len(rows)} links come out alike ({n}); not "
            f"so {said}{tail}."
        )
    return Finding(key="methods_agree", sentence=sentence, evidence="descriptive")


def power(frame: pd.DataFrame, *, minimum: int) -> Note | None:
    """How weak a link may be to be missed by a survey like this one."""
    rows = frame[frame["smallest"].notna() & (frame["n"] >= minimum)]
    if rows.empty:
        return None
    low, high = (show(end, "r") for end in (rows["smallest"].min(), rows["smallest"].max()))
    size = low if low == high else f"{low} to {high}, depending on the link,"
    return Note(
        key="power",
        sentence=(
            f"A link weaker than {size} would often be missed: a survey of this size "
            f"(n = {show(rows['n'].max(), 'count')}) finds it less than four times in five. So “no "
            "clear link” does not mean that there is none."
        ),
    )


def common_method(frame: pd.DataFrame, *, minimum: int) -> Note | None:
    """That one questionnaire can make answers go together, and what was looked at."""
    rows = frame[frame["estimate"].notna() & (frame["n"] >= minimum)]
    if rows.empty:
        return None
    looked = "; ".join(f"{row['label']} {_found(row)}" for _, row in rows.iterrows())
    return Note(
        key="common_method",
        sentence=(
            "The same people answered all questions at one time, which alone can make answers go "
            f"together. Looked at: {looked} (n = {show(rows['n'].max(), 'count')}). Such checks "
            "can raise a suspicion, not remove it."
        ),
    )


def released(text: str, labels: Mapping[str, str]) -> str:
    """Items that were left free between groups, by their wording.

    Examples
    --------
    >>> released("t1, c2", {"t1": "They keep promises"})
    'They keep promises; c2'
    """
    names = [name.strip() for name in str(text).split(",")] if pd.notna(text) else []
    return "; ".join(labels.get(name, name) for name in names if name)


def _compared(
    invariance: pd.DataFrame, differences: pd.DataFrame, *, by: str, minimum: int
) -> Finding | Note | None:
    """The differences between groups where these may be compared, else why they may not."""
    tried = invariance[(invariance["by"] == by) & (invariance["n"] >= minimum)]
    if tried.empty:
        return None
    held = tried["verdict"] == "holds"
    if not (held & (tried["level"] == "same intercepts")).any():
        return _not_compared(tried[~held].iloc[0], by) if not held.all() else None
    rows = differences[(differences["by"] == by) & differences["estimate"].notna()]
    rows = rows[rows["n_least"] >= minimum]
    if rows.empty:
        return None
    moved = rows[rows["verdict"].isin(("higher", "lower"))]
    moved = moved.iloc[moved["estimate"].abs().argsort()[::-1]]
    still = rows.drop(index=moved.index)
    names = listed(dict.fromkeys(still["label"].str.lower()))
    evidence: Evidence = "clear" if len(moved) else "undecided"
    if len(moved):
        named = moved.head(MOST_NAMED)
        kinds = named.groupby(["verdict", "group", "reference"], sort=False)
        said = "; ".join(_moved(rows, by) for _, rows in kinds)
        if len(moved) > MOST_NAMED:
            said += f"; and {len(moved) - MOST_NAMED} more clear differences"
        if len(still):
            again = set(still["label"]) & set(moved["label"])  # between other groups
            said += f"; {'otherwise ' if again else ''}no clear difference in {names}"
        sentence = f"{said[:1].upper()}{said[1:]}."
    else:
        groups = listed(dict.fromkeys([*rows["reference"], *rows["group"]]))
        least = rows.loc[rows["n_least"].idxmin()]
        sentence = f"No clear difference between {groups} in {names} ({_base(least)})."
    return Finding(key=_key(by), sentence=sentence, evidence=evidence)


def _not_compared(row: pd.Series, by: str) -> Note:
    """Why the means of groups are not compared."""
    what = "waves" if by == "Wave" else "roles"
    grounds = [row["groups"]]
    if row["verdict"] == "not tried":
        why = f"each needs {LEAST_GROUP} complete answers to show that its questions work alike"
    elif row["verdict"] == "no solution":
        why = "the model of all groups at once has no possible solution"
    else:
        why = ALIKE.get(row["level"], row["level"])
        if pd.notna(row["delta_cfi"]):
            grounds.append(f"change in CFI {row['delta_cfi']:+.3f}".replace("-", MINUS))
    least = "at least one has " if row["verdict"] == "not tried" else "n = "
    grounds.append(f"{least}{show(row['n'], 'count')}")
    return Note(
        key=_key(by),
        sentence=(
            f"Trust, commitment and the others are not compared between {what}: {why} "
            f"({'; '.join(grounds)}); else a difference could lie in how the questions are "
            "understood."
        ),
        about="absent",
    )


def _key(by: str) -> str:
    return "construct_change" if by == "Wave" else "construct_roles"


def _moved(rows: pd.DataFrame, by: str) -> str:
    """Constructs that differ the same way between the same groups."""
    first = rows.iloc[0]
    where = f"in {first['group']} than in {first['reference']}"
    if by != "Wave":
        where = f"among {first['group'].lower()} than among {first['reference'].lower()}"
    said = listed(
        f"{row['label'].lower()} ({show(row['estimate'], 'r')} standard deviations, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], 'r')})"
        for _, row in rows.iterrows()
    )
    return f"{first['verdict']} {where}: {said} ({_base(first)})"


def _base(row: pd.Series) -> str:
    return f"n = {show(row['n'], 'count')}, {show(row['n_least'], 'count')} in the smaller group"


def _beside(row: pd.Series, used: list[str]) -> str:
    """One link by the model and by the others."""
    named = row.rename({"main": "estimate", "main_low": "ci_low", "main_high": "ci_high"})
    others = [
        f"{METHODS[column]} {show(row[column], 'r')}" for column in used if pd.notna(row[column])
    ]
    link = f"{row['source'].lower()} to {row['target'].lower()}"
    return f"{link} {strength(named)[:-1]}; {listed(others)})"


def _found(row: pd.Series) -> str:
    """One result with its interval, if there is one."""
    value = show(row["estimate"], "weight")
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return value
    return f"{value} (95% interval {interval(row['ci_low'], row['ci_high'], 'weight')})"
