"""Sentences of chapter 3. A link is called one only where its interval leaves zero out.

Functions take the frames of the fit and give one block, or None where there is nothing to say.
The arrows are the theory's: one survey shows what goes together, so no sentence says "causes".
"""

from collections.abc import Iterable

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Evidence, Finding, Note

#: What a customer's words and deeds would be, for the first thing to do.
ADVICE = {
    later("Shared values"): later(
        "Show customers where your values meet theirs, with deeds they can name."
    ),
    later("Communication"): later("Tell customers more, sooner, and unasked."),
    later("Opportunism"): later("Find and end what customers see as taking advantage of them."),
    later("Relationship benefits"): later(
        "Make the benefits of this relationship plain, account by account."
    ),
    later("Trust"): later(
        "Earn trust first: keep promises, and say at once when one cannot be kept."
    ),
}


def core(frame: pd.DataFrame, *, minimum: int) -> Finding | None:
    """The link between trust and commitment."""
    row = _row(_shown(frame), "Trust", "Commitment", minimum)
    if row is None:
        return None
    numbers = strength(row)
    if row["verdict"] == "met":
        sentence = tr(
            "Trust carries commitment: where trust is higher, so is commitment {numbers}.",
            numbers=numbers,
        )
    elif row["verdict"] == "not met":
        sentence = tr(
            "Where trust is higher, commitment is lower {numbers}; that is the opposite of what "
            "is found elsewhere, so look at the questions first.",
            numbers=numbers,
        )
    else:
        sentence = tr(
            "The answers do not show whether trust carries commitment {numbers}.", numbers=numbers
        )
    evidence: Evidence = "undecided" if row["verdict"] == "undecided" else "clear"
    return Finding(key="trust_commitment", sentence=sentence, evidence=evidence, lead=True)


def strongest(frame: pd.DataFrame, target: str, *, minimum: int) -> Finding | None:
    """What goes most with `target` ("Trust" or "Commitment"), of what was asked."""
    rows = _into(_shown(frame), target, minimum)
    rows = rows[~named(rows["source"], "Trust")]
    clear = rows[rows["verdict"].isin(("met", "not met"))]
    if rows.empty:
        return None
    if clear.empty:
        sentence = tr(
            "No clear link from {names} to {target} (n = {n}).",
            names=listed(map(inside, rows["source"])),
            target=inside(target),
            n=show(rows["n"].max(), "count"),
        )
        return Finding(key=f"strongest_{target.lower()}", sentence=sentence, evidence="undecided")
    clear = clear.iloc[clear["estimate"].abs().argsort()[::-1]]
    said = listed(f"{inside(row['source'])} {strength(row)}" for _, row in clear.iterrows())
    if target == "Commitment":
        sentence = tr(
            "Linked with {target} beside trust itself: {links}", target=inside(target), links=said
        )
    else:
        sentence = tr("Linked with {target}: {links}", target=inside(target), links=said)
    if len(clear) < len(rows):
        open_ = rows[rows["verdict"] == "undecided"]["source"]
        sentence += tr("; no clear link with {names}", names=listed(map(inside, open_)))
    return Finding(key=f"strongest_{target.lower()}", sentence=f"{sentence}.", evidence="clear")


def counted(frame: pd.DataFrame, *, minimum: int) -> Finding | None:
    """How many of the 13 expected signs are met."""
    asked = frame[frame["estimate"].notna()]
    if asked.empty or asked["n"].min() < minimum:
        return None
    count = frame["verdict"].value_counts()
    parts = [
        tr(words, count=count.get(verdict, 0))
        for verdict, words in (
            (later("met"), later("{count} are met")),
            (later("not met"), later("{count} contradicted")),
            (later("undecided"), later("{count} undecided")),
            (later("not asked"), later("{count} were not asked")),
        )
        if verdict == "met" or count.get(verdict, 0)
    ]
    sentence = tr(
        "Of the {count} links that the theory expects, {parts}",
        count=len(frame),
        parts=listed(parts),
    )
    against = asked[asked["verdict"] == "not met"]
    if len(against):
        said = listed(
            tr(
                "{source} with {target} {numbers}",
                source=inside(row["source"]),
                target=inside(row["target"]),
                numbers=strength(row),
            )
            for _, row in against.iterrows()
        )
        sentence += tr("; against expectation: {links}", links=said)
    return Finding(
        key="signs_met",
        sentence=f"{sentence} (n = {show(asked['n'].max(), 'count')}).",
        evidence="descriptive",
    )


def advice(frame: pd.DataFrame, *, minimum: int) -> Advice | None:
    """Work on what goes most with trust; without such a link, on trust where it carries."""
    shown = _shown(frame)
    into = _into(shown, "Trust", minimum)
    into = into[into["verdict"] == "met"]
    if len(into):
        row = into.iloc[into["estimate"].abs().argmax()]
        name = tr(row["source"])
        because = tr(
            "{source} is clearly linked with trust {numbers}; one survey cannot prove that it is "
            "the cause, so try it and ask again.",
            source=name,
            numbers=strength(row),
        )
    else:
        row = _row(shown, "Trust", "Commitment", minimum)
        if row is None or row["verdict"] != "met":
            return None
        name = tr("Trust")
        because = tr("Where trust is higher, so is commitment {numbers}.", numbers=strength(row))
    known = {tr(construct): tr(do) for construct, do in ADVICE.items()}
    do = known.get(name) or tr("Work on {name}.", name=name.lower())
    return Advice(key="build_trust", do=do, because=because, rank=55)


def which(sentence: str, *, usable: bool, problems: Iterable[str]) -> list[Note]:
    """Which model was used and why, and what stood in the way of a better one."""
    if not usable:
        return []
    notes = [Note(key="which_model", sentence=sentence, about="method")]
    said = " ".join(problems)
    if said:
        notes.append(Note(key="model_problem", sentence=said))
    return notes


def caveats(
    frame: pd.DataFrame, indices: pd.DataFrame, *, n: int, answered: int, engine: str
) -> list[Note]:
    """What to bear in mind when reading the links."""
    if frame["estimate"].isna().all():
        return []
    notes = [
        Note(
            key="no_causes",
            sentence=(
                "The arrows between constructs are a theory's; one survey shows what goes "
                "together, not what follows what."
            ),
        )
    ]
    if engine == "semopy" and n < answered:
        notes.append(
            Note(
                key="complete_only",
                sentence=tr(
                    "The model uses the {n} of {answered} answers without a gap; people who skip "
                    "questions may differ.",
                    n=show(n, "count"),
                    answered=show(answered, "count"),
                ),
            )
        )
    if engine == "averages":
        notes.append(
            Note(
                key="averages_weaker",
                sentence=(
                    "Averages of a few questions hold measurement error, so most links between "
                    "constructs are in truth somewhat stronger than shown."
                ),
            )
        )
    if named(_shown(frame)["source"], later("Termination costs")).any():
        notes.append(
            Note(
                key="termination_costs",
                sentence=(
                    "Studies disagree on the cost of leaving: Morgan and Hunt expect it to go with "
                    "more commitment, Mukherjee and Nath (2007) found less."
                ),
            )
        )
    values = indices.set_index("term")["estimate"]
    poor = [
        name
        for name, bad in (
            ("CFI", values.get("cfi", 1) < 0.90),
            ("RMSEA", values.get("rmsea", 0) > 0.08),
            ("SRMR", values.get("srmr", 0) > 0.08),
        )
        if bad
    ]
    if poor:
        notes.append(
            Note(
                key="poor_fit",
                sentence=tr(
                    "By the usual convention ({indices}) the model reproduces the answers poorly; "
                    "read single links with care.",
                    indices=listed(poor),
                ),
            )
        )
    return notes


def alike(pairs: pd.DataFrame, htmt: pd.DataFrame) -> Note | None:
    """Pairs of constructs that customers hardly tell apart."""
    close = [
        (row.one, row.other)
        for row in pairs.itertuples()
        if max(abs(row.ci_low), abs(row.ci_high)) >= 0.90
    ]
    close += [(row.one, row.other) for row in htmt.itertuples() if row.note == "not told apart"]
    seen = list(dict.fromkeys(tuple(sorted(pair)) for pair in close))
    if not seen:
        return None
    names = listed(
        tr("{first} and {last}", first=inside(one), last=inside(other)) for one, other in seen[:3]
    )
    high = pairs["estimate"].abs() >= 0.90 if len(pairs) else pd.Series(dtype=bool)
    if high.any() or (htmt["note"] == "not told apart").any():
        sentence = tr(
            "Customers hardly tell apart {names}; links that involve one of them may belong to "
            "the other.",
            names=names,
        )
    else:
        sentence = tr(
            "The answers cannot show that customers part {names}; links that involve one of them "
            "may belong to the other.",
            names=names,
        )
    return Note(key="alike", sentence=sentence)


def clear(frame: pd.DataFrame) -> pd.Series:
    """Whether the interval of each row leaves zero out."""
    return (frame["ci_low"] > 0) | (frame["ci_high"] < 0)


def strength(row: pd.Series) -> str:
    """Strength, interval and base of one link, in brackets."""
    return tr(
        "({estimate}, 95% interval {ends}, n = {n})",
        estimate=show(row["estimate"], "r"),
        ends=interval(row["ci_low"], row["ci_high"], "r"),
        n=show(row["n"], "count"),
    )


def inside(label: str) -> str:
    """A construct's name inside a sentence."""
    return tr(label).lower()


def named(labels: pd.Series, name: str) -> pd.Series:
    """Where a construct is meant, by its English name, whichever language labels speak."""
    return labels.isin((name, tr(name)))


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["estimate"].notna()]


def _into(frame: pd.DataFrame, target: str, minimum: int) -> pd.DataFrame:
    return frame[named(frame["target"], target) & (frame["n"] >= minimum)]


def _row(frame: pd.DataFrame, source: str, target: str, minimum: int) -> pd.Series | None:
    rows = _into(frame[named(frame["source"], source)], target, minimum)
    return rows.iloc[0] if len(rows) else None
