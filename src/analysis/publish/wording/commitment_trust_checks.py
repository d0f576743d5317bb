"""Sentences of chapter 3 on how far its links can be trusted, and on waves and roles.

Means of constructs are compared only where the questions were shown to work alike in each group:
otherwise a difference may lie in how the questions are understood.
"""

from collections.abc import Mapping

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish.numbers import interval, localised, show
from analysis.publish.results import Evidence, Finding, Note
from analysis.publish.wording.commitment_trust import inside, strength

#: As `models.sem.contrasts.LEAST_GROUP`, which the wall keeps from being imported.
LEAST_GROUP = 100

MOST_NAMED = 4  # more differences than this are counted, not named, in one sentence

#: What each level of invariance means for the reader.
ALIKE = {
    later("same structure"): later("the questions do not form the same constructs"),
    later("same loadings"): later("the questions do not speak equally for their constructs"),
    later("same intercepts"): later("people who feel alike do not answer the questions alike"),
}

#: The other methods, by their column in `sensitivity`.
METHODS = {
    "averages": later("averages"),
    "composites": later("composites (PLSc)"),
    "ordinal": later("ranked answers"),
}


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
    said = {
        "methods": listed(tr(METHODS[column]) for column in used),
        "n": show(rows["n"].max(), "count"),
    }
    if differ.empty and len(rows) == 1:
        sentence = tr("The link comes out alike by {methods} (n = {n}).", **said)
    elif differ.empty:
        sentence = tr(
            "All {count} links come out alike by {methods} (n = {n}).", count=len(rows), **said
        )
    else:
        links = listed(_beside(row, used) for _, row in differ.head(MOST_NAMED).iterrows())
        if len(differ) > MOST_NAMED:
            links = tr("{named} and {count} more", named=links, count=len(differ) - MOST_NAMED)
        sentence = tr(
            "By {methods}, {alike} of {count} links come out alike (n = {n}); not so {links}.",
            alike=len(rows) - len(differ),
            count=len(rows),
            links=links,
            **said,
        )
    return Finding(key="methods_agree", sentence=sentence, evidence="descriptive")


def power(frame: pd.DataFrame, *, minimum: int) -> Note | None:
    """How weak a link may be to be missed by a survey like this one."""
    rows = frame[frame["smallest"].notna() & (frame["n"] >= minimum)]
    if rows.empty:
        return None
    low, high = (show(end, "r") for end in (rows["smallest"].min(), rows["smallest"].max()))
    if low == high:
        sentence = tr("A link weaker than {size} would often be missed", size=low)
    else:
        sentence = tr(
            "A link weaker than {low} to {high}, depending on the link, would often be missed",
            low=low,
            high=high,
        )
    return Note(
        key="power",
        sentence=tr(
            "{sentence}: a survey of this size (n = {n}) finds it less than four times in five. So "
            "“no clear link” does not mean that there is none.",
            sentence=sentence,
            n=show(rows["n"].max(), "count"),
        ),
    )


def common_method(frame: pd.DataFrame, *, minimum: int) -> Note | None:
    """That one questionnaire can make answers go together, and what was looked at."""
    rows = frame[frame["estimate"].notna() & (frame["n"] >= minimum)]
    if rows.empty:
        return None
    return Note(
        key="common_method",
        sentence=tr(
            "The same people answered all questions at one time, which alone can make answers go "
            "together. Looked at: {checks} (n = {n}). Such checks can raise a suspicion, not "
            "remove it.",
            checks="; ".join(f"{tr(row['label'])} {_found(row)}" for _, row in rows.iterrows()),
            n=show(rows["n"].max(), "count"),
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


def groups(text: str) -> str:
    """Groups as the fit lists them, in the language of the report."""
    return ", ".join(map(tr, text.split(", ")))


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
    names = listed(dict.fromkeys(map(inside, still["label"])))
    evidence: Evidence = "clear" if len(moved) else "undecided"
    if len(moved):
        named = moved.head(MOST_NAMED)
        kinds = named.groupby(["verdict", "group", "reference"], sort=False)
        said = "; ".join(_moved(rows, by) for _, rows in kinds)
        if len(moved) > MOST_NAMED:
            said += tr("; and {count} more clear differences", count=len(moved) - MOST_NAMED)
        if set(still["label"]) & set(moved["label"]):  # between other groups
            said += tr("; otherwise no clear difference in {names}", names=names)
        elif len(still):
            said += tr("; no clear difference in {names}", names=names)
        sentence = f"{said[:1].upper()}{said[1:]}."
    else:
        between = dict.fromkeys(map(tr, [*rows["reference"], *rows["group"]]))
        sentence = tr(
            "No clear difference between {groups} in {names} ({base}).",
            groups=listed(between),
            names=names,
            base=_base(rows.loc[rows["n_least"].idxmin()]),
        )
    return Finding(key=_key(by), sentence=sentence, evidence=evidence)


def _not_compared(row: pd.Series, by: str) -> Note:
    """Why the means of groups are not compared."""
    grounds, n = [groups(row["groups"])], show(row["n"], "count")
    if row["verdict"] == "not tried":
        why = tr(
            "each needs {least} complete answers to show that its questions work alike",
            least=LEAST_GROUP,
        )
        grounds.append(tr("at least one has {n}", n=n))
    else:
        if row["verdict"] == "no solution":
            why = tr("the model of all groups at once has no possible solution")
        else:
            why = tr(ALIKE.get(row["level"], row["level"]))
            if pd.notna(row["delta_cfi"]):
                by_so_much = localised(f"{row['delta_cfi']:+.3f}")
                grounds.append(tr("change in CFI {change}", change=by_so_much))
        grounds.append(f"n = {n}")
    return Note(
        key=_key(by),
        sentence=tr(
            "Trust, commitment and the others are not compared between {what}: {why} ({grounds}); "
            "else a difference could lie in how the questions are understood.",
            what=tr("waves") if by == "Wave" else tr("roles"),
            why=why,
            grounds="; ".join(grounds),
        ),
        about="absent",
    )


def _key(by: str) -> str:
    return "construct_change" if by == "Wave" else "construct_roles"


def _moved(rows: pd.DataFrame, by: str) -> str:
    """Constructs that differ the same way between the same groups."""
    first = rows.iloc[0]
    said = listed(
        tr(
            "{label} ({estimate} standard deviations, 95% interval {ends})",
            label=inside(row["label"]),
            estimate=show(row["estimate"], "r"),
            ends=interval(row["ci_low"], row["ci_high"], "r"),
        )
        for _, row in rows.iterrows()
    )
    told = {"higher": tr(first["verdict"]), "differences": said, "base": _base(first)}
    if by == "Wave":
        return tr(
            "{higher} in {group} than in {reference}: {differences} ({base})",
            group=first["group"],
            reference=first["reference"],
            **told,
        )
    return tr(
        "{higher} among {group} than among {reference}: {differences} ({base})",
        group=inside(first["group"]),
        reference=inside(first["reference"]),
        **told,
    )


def _base(row: pd.Series) -> str:
    return tr(
        "n = {n}, {least} in the smaller group",
        n=show(row["n"], "count"),
        least=show(row["n_least"], "count"),
    )


def _beside(row: pd.Series, used: list[str]) -> str:
    """One link by the model and by the others."""
    named = row.rename({"main": "estimate", "main_low": "ci_low", "main_high": "ci_high"})
    others = [
        f"{tr(METHODS[column])} {show(row[column], 'r')}"
        for column in used
        if pd.notna(row[column])
    ]
    link = tr("{source} to {target}", source=inside(row["source"]), target=inside(row["target"]))
    return f"{link} {strength(named)[:-1]}; {listed(others)})"


def _found(row: pd.Series) -> str:
    """One result with its interval, if there is one."""
    value = show(row["estimate"], "weight")
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return value
    ends = interval(row["ci_low"], row["ci_high"], "weight")
    return tr("{value} (95% interval {ends})", value=value, ends=ends)
