"""Sentences on trust between the two sides. Wording follows the evidence."""

from collections.abc import Iterable

import pandas as pd

from analysis.publish.numbers import interval, show, signed
from analysis.publish.results import Finding
from analysis.publish.wording.trust_tables import SIDES

#: More elements than this are counted, not named, in one sentence.
MOST_NAMED = 3


def overall(profile: pd.DataFrame, minimum: int) -> Finding | None:
    """How much trust each side sees in all, and on which band where that is beyond doubt."""
    rows = profile[(profile["element"] == "overall") & (profile["n"] >= minimum)]
    if rows.empty:
        return None
    said = []
    for row in rows.to_dict("records"):
        who = SIDES[row["side"]].lower()
        text = (
            f"{who} rate it {show(row['estimate'], 'weight')} of 7 (95% interval "
            f"{interval(row['ci_low'], row['ci_high'], 'weight')}; {show(row['n'], 'count')} "
            "people)"
        )
        said.append(f"{text}, {_band(row)}" if row["band_sure"] else text)
    sentence = f"The six elements of trust together: {'; '.join(said)}."
    return Finding(key="trust_overall", sentence=sentence, evidence="descriptive")


def gap(gaps: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether the own people see more trust than the customers, or less."""
    shown = gaps[gaps["n_least"] >= minimum] if len(gaps) else gaps
    if shown.empty:
        return None
    whole = shown[shown["element"] == "overall"]
    single = shown[shown["element"] != "overall"]
    if whole.empty:
        return _by_element(single, None)
    row = whole.iloc[0]
    size = _size(row)
    if not row["clear"]:
        lead = f"Own people and customers do not clearly differ in the trust they see {size}."
        return _by_element(single, lead)
    more = "more" if row["estimate"] > 0 else "less"
    return _by_element(single, f"The own people see {more} trust than the customers do {size}.")


def _by_element(rows: pd.DataFrame, lead: str | None) -> Finding | None:
    """Add the elements with a clear gap, widest first, to what was said of the whole."""
    clear = rows[rows["clear"].astype(bool)]
    clear = clear.reindex(clear["estimate"].abs().sort_values(ascending=False).index)
    told = []
    for above, verb in ((True, "higher"), (False, "lower")):
        here = clear[(clear["estimate"] > 0) == above]
        if len(here):
            names = _listed(here["term"])
            widest = here.iloc[0]
            most = f"widest: {widest['term'].lower()}, " if len(here) > 1 else ""
            told.append(
                f"the own people rate {names} {verb} than the customers do ({most}{_bare(widest)})"
            )
    if lead is None and not told:
        if rows.empty:
            return None
        sentence = (
            "On none of the elements of trust that were asked do the two sides clearly differ"
        )
        return Finding(
            key="trust_gap_finding", sentence=f"{sentence} {_base(rows)}.", evidence="undecided"
        )
    tail = f"Of single elements, {'; '.join(told)}." if told else ""
    if lead is None:
        tail = f"{tail.removesuffix('.')} {_base(rows)}."
    settled = bool(told) or (lead is not None and "not clearly" not in lead)
    return Finding(
        key="trust_gap_finding",
        sentence=" ".join(part for part in (lead, tail) if part),
        evidence="clear" if settled else "undecided",
    )


def weakest(weakest: pd.DataFrame, profile: pd.DataFrame, minimum: int) -> list[Finding]:
    """The weakest element on each side, said only as surely as the ratings allow."""
    found = []
    for side, rows in weakest[weakest["n"] >= minimum].groupby("side", sort=True):
        at = (profile["side"] == side) & (profile["element"] == rows["weakest"].iloc[0])
        if not at.any():
            continue
        low, who = profile[at].iloc[0], SIDES[str(side)].lower()
        size = (
            f"{show(low['estimate'], 'weight')} of 7, 95% interval "
            f"{interval(low['ci_low'], low['ci_high'], 'weight')}; {show(low['n'], 'count')} people"
        )
        doubt = rows[~rows["clear"].astype(bool)]
        name = low["term"].lower()
        if doubt.empty:
            sentence = f"The weakest element of trust for the {who} is {name} ({size})."
        elif len(doubt) == len(rows):
            sentence = (
                f"The {who} rate {name} lowest ({size}), but no element of trust is clearly above "
                "it: which is the weakest cannot be told."
            )
        else:
            sentence = (
                f"The {who} rate {name} lowest ({size}); it cannot be told apart from "
                f"{_listed(doubt['term'])}."
            )
        found.append(
            Finding(
                key=f"trust_weakest_{side}",
                sentence=sentence,
                evidence="clear" if doubt.empty else "undecided",
            )
        )
    return found


def elements_to_strengthen(weakest: pd.DataFrame, minimum: int, most: int = 2) -> list[str]:
    """Which elements the ladder is about: the weakest, and those next to it in doubt.

    Customers' ratings decide where there are any. At most `most` elements, as acting on one or two
    points is what a firm can do; none where no element stands apart from any other.

    Examples
    --------
    >>> frame = pd.DataFrame({"side": "customer", "element": ["time", "ability"], "n": 20,
    ...     "weakest": "intentions", "clear": [False, True]})
    >>> elements_to_strengthen(frame, 5)
    ['intentions', 'time']
    """
    known = weakest[weakest["n"] >= minimum]
    for side in SIDES:
        rows = known[known["side"] == side]
        if rows.empty:
            continue
        doubt = rows[~rows["clear"].astype(bool)]
        if len(doubt) == len(rows):
            return []
        return [rows["weakest"].iloc[0], *doubt["element"]][:most]
    return []


def balance(balance: pd.DataFrame, minimum: int) -> Finding | None:
    """How much of what keeps trust is seen, and how much of what breaks it."""
    if balance.empty or balance["n"].iloc[0] < minimum:
        return None
    rows = balance.set_index("key")
    kept, broken, rest = rows.loc["kept"], rows.loc["broken"], rows.loc["balance"]
    sentence = (
        f"Of eleven behaviours that keep trust the own people see {show(kept['estimate'], 'share')}"
        f" (95% interval {interval(kept['ci_low'], kept['ci_high'], 'share')}), of twelve breaches "
        f"{show(broken['estimate'], 'share')} "
        f"({interval(broken['ci_low'], broken['ci_high'], 'share')}; {show(kept['n'], 'count')} "
        "assessors)"
    )
    if not rest["clear"]:
        return Finding(
            key="trust_balance",
            sentence=f"{sentence}; no clear difference between the two.",
            evidence="undecided",
        )
    more = "more is kept than broken" if rest["estimate"] > 0 else "more is broken than kept"
    return Finding(key="trust_balance", sentence=f"{sentence}: {more}.", evidence="clear")


def breaches(checklist: pd.DataFrame, minimum: int) -> Finding | None:
    """Which breaches of trust somebody has seen, most often seen first."""
    rated = checklist[(checklist["kind"] == "breach") & (checklist["n"] >= minimum)]
    if rated.empty:
        return None
    seen = rated[rated["count"].astype(float) > 0]
    seen = seen.sort_values("estimate", ascending=False, kind="stable")
    people = f"{show(rated['n'].min(), 'count')}"
    if rated["n"].min() != rated["n"].max():
        people += f" to {show(rated['n'].max(), 'count')}"
    base = f"of {len(rated)} breaches of trust that {people} of the own people rated"
    if seen.empty:
        sentence = f"None {base} was seen by anybody."
        return Finding(key="trust_breaches", sentence=sentence, evidence="descriptive")
    named = "; ".join(
        f"'{row['term'].lower()}' ({show(row['count'], 'count')} of {show(row['n'], 'count')}, 95% "
        f"interval {interval(row['ci_low'], row['ci_high'], 'share')})"
        for row in seen.head(MOST_NAMED).to_dict("records")
    )
    most = "most often " if len(seen) > MOST_NAMED else ""
    sentence = f"{len(seen)} {base} were seen by at least one of them, {most}{named}."
    if len(seen) == 1:
        sentence = f"One {base} was seen: {named}."
    return Finding(key="trust_breaches", sentence=sentence, evidence="descriptive")


def _band(row: dict) -> str:
    """The band of a score, as it is read in a sentence.

    >>> _band({"band": "in between"})
    'between transactional and interdependent'
    """
    return (
        "between transactional and interdependent" if row["band"] == "in between" else row["band"]
    )


def _size(row: pd.Series) -> str:
    """How wide a gap is, with its interval and bases."""
    return (
        f"({_bare(row)}; {show(row['n_customers'], 'count')} customers, "
        f"{show(row['n_suppliers'], 'count')} own people)"
    )


def _bare(row: pd.Series) -> str:
    """A gap with its interval."""
    return (
        f"{signed(row['estimate'], 'weight')} points, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], 'weight')}"
    )


def _base(rows: pd.DataFrame) -> str:
    """Both bases of a comparison."""
    row = rows.iloc[0]
    return (
        f"({show(row['n_customers'], 'count')} customers, "
        f"{show(row['n_suppliers'], 'count')} own people)"
    )


def _listed(terms: Iterable[str]) -> str:
    """Names in a row, in lower case; counted where there are many.

    >>> _listed(["Time", "Ability"]), _listed(["A", "B", "C", "D"])
    ('time and ability', '4 elements')
    """
    names = [term.lower() for term in terms]
    if len(names) > MOST_NAMED:
        return f"{len(names)} elements"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
