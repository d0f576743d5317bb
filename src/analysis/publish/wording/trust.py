"""Sentences on trust between the two sides. Wording follows the evidence."""

from collections.abc import Iterable

import pandas as pd

from analysis.language import listed, tr
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
        text = tr(
            "{who} rate it {score} of 7 (95% interval {ends}; {n} people)",
            who=tr(SIDES[row["side"]]).lower(),
            score=show(row["estimate"], "weight"),
            ends=interval(row["ci_low"], row["ci_high"], "weight"),
            n=show(row["n"], "count"),
        )
        said.append(f"{text}, {_band(row)}" if row["band_sure"] else text)
    sentence = tr("The six elements of trust together: {ratings}.", ratings="; ".join(said))
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
    if not row["clear"]:
        lead = tr(
            "Own people and customers do not clearly differ in the trust they see {size}.",
            size=_size(row),
        )
        return _by_element(single, lead)
    lead = tr(
        "The own people see more trust than the customers do {size}."
        if row["estimate"] > 0
        else "The own people see less trust than the customers do {size}.",
        size=_size(row),
    )
    return _by_element(single, lead, sure=True)


def _by_element(rows: pd.DataFrame, lead: str | None, sure: bool = False) -> Finding | None:
    """Add the elements with a clear gap, widest first, to what was said of the whole.

    `sure`: it was said that the whole differs.
    """
    clear = rows[rows["clear"].astype(bool)]
    clear = clear.reindex(clear["estimate"].abs().sort_values(ascending=False).index)
    told = []
    for above in (True, False):
        here = clear[(clear["estimate"] > 0) == above]
        if len(here):
            size = _bare(here.iloc[0])
            if len(here) > 1:
                name = tr(here.iloc[0]["term"]).lower()
                size = tr("widest: {name}, {size}", name=name, size=size)
            told.append(
                tr(
                    "the own people rate {names} higher than the customers do ({size})"
                    if above
                    else "the own people rate {names} lower than the customers do ({size})",
                    names=_listed(here["term"]),
                    size=size,
                )
            )
    if lead is None and not told:
        if rows.empty:
            return None
        sentence = tr(
            "On none of the elements of trust that were asked do the two sides clearly differ "
            "{base}.",
            base=_base(rows),
        )
        return Finding(key="trust_gap_finding", sentence=sentence, evidence="undecided")
    tail = ""
    if told:
        gaps = "; ".join(told)
        gaps = f"{gaps} {_base(rows)}" if lead is None else gaps
        tail = tr("Of single elements, {gaps}.", gaps=gaps)
    return Finding(
        key="trust_gap_finding",
        sentence=" ".join(part for part in (lead, tail) if part),
        evidence="clear" if told or sure else "undecided",
    )


def weakest(weakest: pd.DataFrame, profile: pd.DataFrame, minimum: int) -> list[Finding]:
    """The weakest element on each side, said only as surely as the ratings allow."""
    found = []
    for side, rows in weakest[weakest["n"] >= minimum].groupby("side", sort=True):
        at = (profile["side"] == side) & (profile["element"] == rows["weakest"].iloc[0])
        if not at.any():
            continue
        low = profile[at].iloc[0]
        size = tr(
            "{score} of 7, 95% interval {ends}; {n} people",
            score=show(low["estimate"], "weight"),
            ends=interval(low["ci_low"], low["ci_high"], "weight"),
            n=show(low["n"], "count"),
        )
        doubt = rows[~rows["clear"].astype(bool)]
        told = {
            "who": tr(SIDES[str(side)]).lower(),
            "name": tr(low["term"]).lower(),
            "size": size,
        }
        if doubt.empty:
            sentence = tr("The weakest element of trust for the {who} is {name} ({size}).", **told)
        elif len(doubt) == len(rows):
            sentence = tr(
                "The {who} rate {name} lowest ({size}), but no element of trust is clearly above "
                "it: which is the weakest cannot be told.",
                **told,
            )
        else:
            sentence = tr(
                "The {who} rate {name} lowest ({size}); it cannot be told apart from {others}.",
                others=_listed(doubt["term"]),
                **told,
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
    seen = tr(
        "Of eleven behaviours that keep trust the own people see {kept} (95% interval "
        "{kept_ends}), of twelve breaches {broken} ({broken_ends}; {n} assessors)",
        kept=show(kept["estimate"], "share"),
        kept_ends=interval(kept["ci_low"], kept["ci_high"], "share"),
        broken=show(broken["estimate"], "share"),
        broken_ends=interval(broken["ci_low"], broken["ci_high"], "share"),
        n=show(kept["n"], "count"),
    )
    if not rest["clear"]:
        sentence = tr("{seen}; no clear difference between the two.", seen=seen)
        return Finding(key="trust_balance", sentence=sentence, evidence="undecided")
    sentence = tr(
        "{seen}: more is kept than broken."
        if rest["estimate"] > 0
        else "{seen}: more is broken than kept.",
        seen=seen,
    )
    return Finding(key="trust_balance", sentence=sentence, evidence="clear")


def breaches(checklist: pd.DataFrame, minimum: int) -> Finding | None:
    """Which breaches of trust somebody has seen, most often seen first."""
    rated = checklist[(checklist["kind"] == "breach") & (checklist["n"] >= minimum)]
    if rated.empty:
        return None
    seen = rated[rated["count"].astype(float) > 0]
    seen = seen.sort_values("estimate", ascending=False, kind="stable")
    fewest, most = rated["n"].min(), rated["n"].max()
    people = show(most, "count") if fewest == most else interval(fewest, most, "count")
    counts = {"rated": len(rated), "people": people}
    named = "; ".join(
        tr(
            "'{breach}' ({count} of {n}, 95% interval {ends})",
            breach=tr(row["term"]).lower(),
            count=show(row["count"], "count"),
            n=show(row["n"], "count"),
            ends=interval(row["ci_low"], row["ci_high"], "share"),
        )
        for row in seen.head(MOST_NAMED).to_dict("records")
    )
    if seen.empty:
        sentence = tr(
            "None of {rated} breaches of trust that {people} of the own people rated was seen by "
            "anybody.",
            **counts,
        )
    elif len(seen) == 1:
        sentence = tr(
            "One of {rated} breaches of trust that {people} of the own people rated was seen: "
            "{named}.",
            named=named,
            **counts,
        )
    else:
        sentence = tr(
            "{seen} of {rated} breaches of trust that {people} of the own people rated were seen "
            "by at least one of them, most often {named}."
            if len(seen) > MOST_NAMED
            else "{seen} of {rated} breaches of trust that {people} of the own people rated were "
            "seen by at least one of them, {named}.",
            seen=len(seen),
            named=named,
            **counts,
        )
    return Finding(key="trust_breaches", sentence=sentence, evidence="descriptive")


def _band(row: dict) -> str:
    """The band of a score, as it is read in a sentence.

    >>> _band({"band": "in between"})
    'between transactional and interdependent'
    """
    between = row["band"] == "in between"
    return tr("between transactional and interdependent" if between else row["band"])


def _size(row: pd.Series) -> str:
    """How wide a gap is, with its interval and bases."""
    return tr(
        "({gap}; {customers} customers, {own} own people)",
        gap=_bare(row),
        customers=show(row["n_customers"], "count"),
        own=show(row["n_suppliers"], "count"),
    )


def _bare(row: pd.Series) -> str:
    """A gap with its interval."""
    return tr(
        "{gap} points, 95% interval {ends}",
        gap=signed(row["estimate"], "weight"),
        ends=interval(row["ci_low"], row["ci_high"], "weight"),
    )


def _base(rows: pd.DataFrame) -> str:
    """Both bases of a comparison."""
    row = rows.iloc[0]
    return tr(
        "({customers} customers, {own} own people)",
        customers=show(row["n_customers"], "count"),
        own=show(row["n_suppliers"], "count"),
    )


def _listed(terms: Iterable[str]) -> str:
    """Names in a row, in lower case; counted where there are many.

    >>> _listed(["Time", "Ability"]), _listed(["A", "B", "C", "D"])
    ('time and ability', '4 elements')
    """
    names = [tr(term).lower() for term in terms]
    if len(names) > MOST_NAMED:
        return tr("{count} elements", count=len(names))
    return listed(names)
