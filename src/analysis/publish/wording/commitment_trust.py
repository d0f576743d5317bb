"""Sentences of chapter 3. A link is called one only where its interval leaves zero out.

Functions take the frames of the fit and give one block, or None where there is nothing to say.
The arrows are the theory's: one survey shows what goes together, so no sentence says "causes".
"""

from collections.abc import Iterable

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Evidence, Finding, Note

#: What a customer's words and deeds would be, for the first thing to do.
ADVICE = {
    "shared values": "Show customers where your values meet theirs, with deeds they can name",
    "communication": "Tell customers more, sooner, and unasked",
    "opportunism": "Find and end what customers see as taking advantage of them",
    "relationship benefits": "Make the benefits of this relationship plain, account by account",
    "trust": "Earn trust first: keep promises, and say at once when one cannot be kept",
}


def core(frame: pd.DataFrame, *, minimum: int) -> Finding | None:
    """The link between trust and commitment."""
    row = _row(_shown(frame), "Trust", "Commitment", minimum)
    if row is None:
        return None
    numbers = strength(row)
    if row["verdict"] == "met":
        sentence = f"Trust carries commitment: where trust is higher, so is commitment {numbers}."
    elif row["verdict"] == "not met":
        sentence = (
            f"Where trust is higher, commitment is lower {numbers}; that is the opposite of what "
            "is found elsewhere, so look at the questions first."
        )
    else:
        sentence = f"The answers do not show whether trust carries commitment {numbers}."
    evidence: Evidence = "undecided" if row["verdict"] == "undecided" else "clear"
    return Finding(key="trust_commitment", sentence=sentence, evidence=evidence, lead=True)


def strongest(frame: pd.DataFrame, target: str, *, minimum: int) -> Finding | None:
    """What goes most with `target` ("Trust" or "Commitment"), of what was asked."""
    rows = _into(_shown(frame), target, minimum)
    rows = rows[rows["source"] != "Trust"]
    clear = rows[rows["verdict"].isin(("met", "not met"))]
    if rows.empty:
        return None
    key = f"strongest_{target.lower()}"
    if clear.empty:
        names = listed(rows["source"].str.lower())
        return Finding(
            key=key,
            sentence=f"No clear link from {names} to {target.lower()} (n = {rows['n'].max():,}).",
            evidence="undecided",
        )
    clear = clear.iloc[clear["estimate"].abs().argsort()[::-1]]
    said = listed(f"{row['source'].lower()} {strength(row)}" for _, row in clear.iterrows())
    tail = ""
    if len(clear) < len(rows):
        open_ = rows[rows["verdict"] == "undecided"]["source"].str.lower()
        tail = f"; no clear link with {listed(open_)}"
    trust = " beside trust itself" if target == "Commitment" else ""
    return Finding(
        key=key,
        sentence=f"Linked with {target.lower()}{trust}: {said}{tail}.",
        evidence="clear",
    )


def counted(frame: pd.DataFrame, *, minimum: int) -> Finding | None:
    """How many of the 13 expected signs are met."""
    asked = frame[frame["estimate"].notna()]
    if asked.empty or asked["n"].min() < minimum:
        return None
    count = frame["verdict"].value_counts()
    parts = [
        f"{count.get(verdict, 0)} {words}"
        for verdict, words in (
            ("met", "are met"),
            ("not met", "contradicted"),
            ("undecided", "undecided"),
            ("not asked", "were not asked"),
        )
        if verdict == "met" or count.get(verdict, 0)
    ]
    sentence = f"Of the {len(frame)} links that the theory expects, {listed(parts)}"
    against = asked[asked["verdict"] == "not met"]
    if len(against):
        said = listed(
            f"{row['source'].lower()} with {row['target'].lower()} {strength(row)}"
            for _, row in against.iterrows()
        )
        sentence += f"; against expectation: {said}"
    return Finding(key="signs_met", sentence=f"{sentence} (n = {asked['n'].max():,}).",
                   evidence="descriptive")  # fmt: skip


def advice(frame: pd.DataFrame, *, minimum: int) -> Advice | None:
    """Work on what goes most with trust; without such a link, on trust where it carries."""
    shown = _shown(frame)
    into = _into(shown, "Trust", minimum)
    into = into[into["verdict"] == "met"]
    if len(into):
        row = into.iloc[into["estimate"].abs().argmax()]
        because = (
            f"{row['source']} is clearly linked with trust {strength(row)}; one survey cannot "
            "prove that it is the cause, so try it and ask again."
        )
        name = row["source"].lower()
    else:
        row = _row(shown, "Trust", "Commitment", minimum)
        if row is None or row["verdict"] != "met":
            return None
        name = "trust"
        because = f"Where trust is higher, so is commitment {strength(row)}."
    return Advice(
        key="build_trust", do=f"{ADVICE.get(name, f'Work on {name}')}.", because=because, rank=55
    )


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
                sentence=(
                    f"The model uses the {n:,} of {answered:,} answers without a gap; people who "
                    "skip questions may differ."
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
    if "Termination costs" in set(frame.loc[frame["estimate"].notna(), "source"]):
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
                sentence=(
                    f"By the usual convention ({listed(poor)}) the model reproduces the answers "
                    "poorly; read single links with care."
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
    names = listed(f"{one.lower()} and {other.lower()}" for one, other in seen[:3])
    high = pairs["estimate"].abs() >= 0.90 if len(pairs) else pd.Series(dtype=bool)
    surely = high.any() or (htmt["note"] == "not told apart").any()
    said = (
        "Customers hardly tell apart" if surely else "The answers cannot show that customers part"
    )
    return Note(
        key="alike",
        sentence=f"{said} {names}; links that involve one of them may belong to the other.",
    )


def clear(frame: pd.DataFrame) -> pd.Series:
    """Whether the interval of each row leaves zero out."""
    return (frame["ci_low"] > 0) | (frame["ci_high"] < 0)


def strength(row: pd.Series) -> str:
    """Strength, interval and base of one link, in brackets."""
    ends = interval(row["ci_low"], row["ci_high"], "r")
    n = show(row["n"], "count")
    return f"({show(row['estimate'], 'r')}, 95% interval {ends}, n = {n})"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence."""
    said = list(words)
    return " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["estimate"].notna()]


def _into(frame: pd.DataFrame, target: str, minimum: int) -> pd.DataFrame:
    return frame[(frame["target"] == target) & (frame["n"] >= minimum)]


def _row(frame: pd.DataFrame, source: str, target: str, minimum: int) -> pd.Series | None:
    rows = _into(frame[frame["source"] == source], target, minimum)
    return rows.iloc[0] if len(rows) else None
