"""Sentences of chapter 3 on the theory itself: whether it holds, and whether a rival does better.

As in `commitment_trust`: frames of the fit in, one block or None out, and no sentence says
"causes". "Stand between" is what the theory says of trust and commitment; the answers can agree
with it, and that is all.
"""

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish.numbers import show
from analysis.publish.results import Evidence, Finding, Note
from analysis.publish.wording.commitment_trust import clear, inside, strength

#: The two models as `rival` frames have them, theory first.
MODELS = 2


def mediation(frame: pd.DataFrame, *, minimum: int) -> Finding | None:
    """Whether what the relationship is made of goes through trust and commitment.

    `frame` has source, target, estimate, ci_low, ci_high (the way through both), n and verdict.
    """
    rows = frame[frame["estimate"].notna() & (frame["n"] >= minimum)]
    if rows.empty:
        return None
    count = rows["verdict"].value_counts()
    through = rows[rows["verdict"].str.startswith("carried")]
    past, total = count.get("not carried", 0), len(rows)
    evidence: Evidence = "clear"
    if 2 * len(through) > total:
        sentence = tr(
            "Trust and commitment stand between what the relationship is made of and what comes "
            "of it"
        )
    elif 2 * past > total:
        sentence = tr(
            "What the relationship is made of goes with what comes of it past trust and commitment"
        )
    elif through.empty:
        sentence = tr(
            "The answers do not show whether trust and commitment stand between what the "
            "relationship is made of and what comes of it"
        )
        evidence = "undecided"
    else:
        sentence = tr(
            "Trust and commitment stand clearly between what the relationship is made of and what "
            "comes of it for some links only"
        )
        evidence = "undecided"
    said = [
        tr(words, count=count[verdict])
        for verdict, words in (
            (later("carried"), later("{count} through them with no clear link beside")),
            (later("carried in part"), later("{count} through them in part")),
            (
                later("carried, with a contrary link beside"),
                later("{count} through them against a contrary link beside"),
            ),
            (later("not carried"), later("{count} only past them")),
            (later("undecided"), later("{count} undecided")),
        )
        if count.get(verdict, 0)
    ]
    told = {
        "sentence": sentence,
        "links": tr("1 link") if total == 1 else tr("{count} links", count=total),
        "parts": listed(said),
    }
    if len(through):
        top = through.iloc[through["estimate"].abs().argmax()]
        whole = tr(
            "{sentence}: of {links}, {parts}; the strongest from {pair} {numbers}.",
            **told,
            pair=_pair(top),
            numbers=strength(top),
        )
    else:
        n = show(rows["n"].max(), "count")
        whole = tr("{sentence}: of {links}, {parts} (n = {n}).", **told, n=n)
    return Finding(key="mediation", sentence=whole, evidence=evidence)


def rival(frame: pd.DataFrame, verdict: str, p: float, *, minimum: int) -> Finding | None:
    """The theory against its rival, which has everything lead straight to the outcomes.

    Parameters
    ----------
    frame : theory and rival, with chisq, df, cfi, pnfi, rmsea, srmr, aic, bic, paths,
        clear_paths, mean_r2 and n.
    verdict : "model", "rival", "undecided" or "" where they were not compared.
    p : of the difference in chi-square; NaN where it cannot be worked out.
    """
    if len(frame) != MODELS or not verdict or frame["n"].min() < minimum:
        return None
    ours, other = frame.iloc[0], frame.iloc[1]
    if verdict == "model":
        sentence = tr(
            "The theory, in which trust and commitment stand between, describes the answers "
            "better than its rival, in which everything leads straight to the outcomes"
        )
    elif verdict == "rival":
        sentence = tr(
            "The answers show links that the theory leaves out: its rival, in which everything "
            "leads straight to the outcomes, describes them better"
        )
    else:
        sentence = tr(
            "The answers do not decide between the theory, in which trust and commitment stand "
            "between, and its rival, in which everything leads straight to the outcomes"
        )
    for_theory, for_rival = _grounds(ours, other)
    said = [tr("for the theory, {grounds}", grounds=listed(for_theory))] if for_theory else []
    if for_rival:
        said.append(tr("for the rival, {grounds}", grounds=listed(for_rival)))
    if pd.notna(p):
        closer = tr("theory") if ours["chisq"] < other["chisq"] else tr("rival")
        by = (
            later("chi-square is lower for the {closer}, by more than chance explains ({p})")
            if p < 0.05
            else later(
                "chi-square is lower for the {closer}, by no more than chance explains ({p})"
            )
        )
        said.append(tr(by, closer=closer, p=_p(p)))
    said.append(f"n = {show(ours['n'], 'count')}")
    return Finding(
        key="rival",
        sentence=tr("{sentence}: {grounds}.", sentence=sentence, grounds="; ".join(said)),
        evidence="undecided" if verdict == "undecided" or pd.isna(p) else "clear",
    )


def levels(frame: pd.DataFrame, note: str, *, minimum: int) -> list[Finding | Note]:
    """The three levels of the CRQ: from service over uniqueness to the relationship.

    `frame` has source, target, estimate, ci_low, ci_high and n; `note` says why there is none, or
    what to bear in mind.
    """
    rows = frame[frame["estimate"].notna() & (frame["n"] >= minimum)] if len(frame) else frame
    if rows.empty:
        return [Note(key="levels_note", sentence=note, about="absent")] if note else []
    sure, open_ = rows[clear(rows)], rows[~clear(rows)]
    steps = {(tr(row["source"]), tr(row["target"])) for _, row in sure.iterrows()}
    service, unique, relation = tr("Service"), tr("Uniqueness"), tr("Relationship")
    up = {(service, unique), (unique, relation)}
    said = listed(f"{_pair(row)} {strength(row)}" for _, row in sure.iterrows())
    if up <= steps and (sure["estimate"] > 0).all():
        sentence = tr("The CRQ's levels build on each other as expected: {links}", links=said)
    elif len(sure):
        sentence = tr("Of the CRQ's levels, these go together: {links}", links=said)
    else:
        sentence = tr("The answers do not show whether the CRQ's levels build on each other")
    if len(open_):
        names = listed(f"{_pair(row)} {strength(row)}" for _, row in open_.iterrows())
        unclear = tr("no clear link from {links}", links=names)
        sentence += f"{';' if len(sure) else ':'} {unclear}"
    evidence: Evidence = "clear" if up <= steps else "undecided"
    blocks: list[Finding | Note] = [
        Finding(key="levels", sentence=f"{sentence}.", evidence=evidence)
    ]
    if note:
        blocks.append(Note(key="levels_note", sentence=note))
    return blocks


def _grounds(ours: pd.Series, other: pd.Series) -> tuple[list[str], list[str]]:
    """What speaks for theory and rival; what prints alike speaks for neither (all: the table)."""
    found: tuple[list[str], list[str]] = ([], [])

    def weigh(words: str, texts: list[str], theory_wins: bool) -> None:
        first, second = texts if theory_wins else texts[::-1]
        both = tr("{first} against {second}", first=first, second=second)
        found[0 if theory_wins else 1].append(tr(words, values=both))

    for column, words, unit, better in (
        (
            "bic",
            later("fit weighed against simplicity (BIC {values}, lower is better)"),
            "count",
            -1,
        ),
        ("cfi", later("fit (CFI {values})"), "weight", +1),
    ):
        if pd.isna(ours[column]) or pd.isna(other[column]):
            continue
        texts = [show(row[column], unit) for row in (ours, other)]
        if texts[0] != texts[1]:
            weigh(words, texts, better * (ours[column] - other[column]) > 0)
    shares = [row["clear_paths"] / row["paths"] if row["paths"] else 0 for row in (ours, other)]
    if shares[0] != shares[1]:
        texts = [
            tr("{some} of {all}", some=f"{row['clear_paths']:.0f}", all=f"{row['paths']:.0f}")
            for row in (ours, other)
        ]
        weigh(later("clear links ({values})"), texts, shares[0] > shares[1])
    return found


def _pair(row: pd.Series) -> str:
    return tr("{source} to {target}", source=inside(row["source"]), target=inside(row["target"]))


def _p(p: float) -> str:
    text = show(p, "p")
    return f"p {text}" if text.startswith("<") else f"p = {text}"
