"""Sentences of chapter 3 on the theory itself: whether it holds, and whether a rival does better.

As in `commitment_trust`: frames of the fit in, one block or None out, and no sentence says
"causes". "Stand between" is what the theory says of trust and commitment; the answers can agree
with it, and that is all.
"""

import pandas as pd

from analysis.publish.numbers import show
from analysis.publish.results import Evidence, Finding, Note
from analysis.publish.wording.commitment_trust import clear, listed, strength

MADE_OF, COMES_OF = "what the relationship is made of", "what comes of it"

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
        sentence = f"Trust and commitment stand between {MADE_OF} and {COMES_OF}"
    elif 2 * past > total:
        sentence = f"{MADE_OF.capitalize()} goes with {COMES_OF} past trust and commitment"
    elif through.empty:
        sentence = (
            f"The answers do not show whether trust and commitment stand between {MADE_OF} and "
            f"{COMES_OF}"
        )
        evidence = "undecided"
    else:
        sentence = (
            f"Trust and commitment stand clearly between {MADE_OF} and {COMES_OF} for some links "
            "only"
        )
        evidence = "undecided"
    said = [
        f"{count[verdict]} {words}"
        for verdict, words in (
            ("carried", "through them with no clear link beside"),
            ("carried in part", "through them in part"),
            ("carried, with a contrary link beside", "through them against a contrary link beside"),
            ("not carried", "only past them"),
            ("undecided", "undecided"),
        )
        if count.get(verdict, 0)
    ]
    sentence += f": of {_links(total)}, {listed(said)}"
    if len(through):
        top = through.iloc[through["estimate"].abs().argmax()]
        sentence += f"; the strongest from {_pair(top)} {strength(top)}"
    else:
        sentence += f" (n = {show(rows['n'].max(), 'count')})"
    return Finding(key="mediation", sentence=f"{sentence}.", evidence=evidence)


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
    theory = "the theory, in which trust and commitment stand between,"
    straight = "in which everything leads straight to the outcomes"
    if verdict == "model":
        sentence = f"{theory.capitalize()} describes the answers better than its rival, {straight}"
    elif verdict == "rival":
        sentence = (
            "The answers show links that the theory leaves out: its rival, "
            f"{straight}, describes them better"
        )
    else:
        sentence = f"The answers do not decide between {theory} and its rival, {straight}"
    grounds = _grounds(ours, other)
    said = [f"for {who}, {listed(what)}" for who, what in grounds.items() if what]
    if pd.notna(p):
        closer = "theory" if ours["chisq"] < other["chisq"] else "rival"
        said.append(
            f"chi-square is lower for the {closer}, by {'more' if p < 0.05 else 'no more'} than "
            f"chance explains ({_p(p)})"
        )
    said.append(f"n = {show(ours['n'], 'count')}")
    return Finding(
        key="rival",
        sentence=f"{sentence}: {'; '.join(said)}.",
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
    steps = {(row["source"], row["target"]) for _, row in sure.iterrows()}
    up = {("Service", "Uniqueness"), ("Uniqueness", "Relationship")}
    said = listed(f"{_pair(row)} {strength(row)}" for _, row in sure.iterrows())
    if up <= steps and (sure["estimate"] > 0).all():
        sentence = f"The CRQ's levels build on each other as expected: {said}"
    elif len(sure):
        sentence = f"Of the CRQ's levels, these go together: {said}"
    else:
        sentence = "The answers do not show whether the CRQ's levels build on each other"
    if len(open_):
        names = listed(f"{_pair(row)} {strength(row)}" for _, row in open_.iterrows())
        sentence += f"{';' if len(sure) else ':'} no clear link from {names}"
    evidence: Evidence = "clear" if up <= steps else "undecided"
    blocks: list[Finding | Note] = [
        Finding(key="levels", sentence=f"{sentence}.", evidence=evidence)
    ]
    if note:
        blocks.append(Note(key="levels_note", sentence=note))
    return blocks


def _grounds(ours: pd.Series, other: pd.Series) -> dict[str, list[str]]:
    """What speaks for which of the two; what prints alike speaks for neither (all: the table)."""
    found: dict[str, list[str]] = {"the theory": [], "the rival": []}
    for column, name, unit, better in (
        ("bic", "fit weighed against simplicity (BIC {}, lower is better)", "count", -1),
        ("cfi", "fit (CFI {})", "weight", +1),
    ):
        if pd.isna(ours[column]) or pd.isna(other[column]):
            continue
        texts = [show(row[column], unit) for row in (ours, other)]
        if texts[0] == texts[1]:
            continue
        wins = better * (ours[column] - other[column]) > 0
        who, order = ("the theory", texts) if wins else ("the rival", texts[::-1])
        found[who].append(name.format(" against ".join(order)))
    shares = [row["clear_paths"] / row["paths"] if row["paths"] else 0 for row in (ours, other)]
    if shares[0] != shares[1]:
        texts = [f"{row['clear_paths']:.0f} of {row['paths']:.0f}" for row in (ours, other)]
        who, order = ("the theory", texts) if shares[0] > shares[1] else ("the rival", texts[::-1])
        found[who].append(f"clear links ({' against '.join(order)})")
    return found


def _pair(row: pd.Series) -> str:
    return f"{row['source'].lower()} to {row['target'].lower()}"


def _links(count: int) -> str:
    return "1 link" if count == 1 else f"{count} links"


def _p(p: float) -> str:
    text = show(p, "p")
    return f"p {text}" if text.startswith("<") else f"p = {text}"
