"""Whether a driver matters more to one kind of customer: a sentence and a table of chapter 4."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.language import later, tr
from analysis.publish import results
from analysis.publish.numbers import interval, show, signed
from analysis.publish.results import Chart, Finding, Note, Table

METHOD = (
    "Standardised slope of the rating on all drivers at once, in the kind named less that among "
    "all other customers, from one regression with accounts as clusters (CR2 with Satterthwaite's "
    "degrees of freedom below 50 accounts). 'Clear' after Benjamini and Hochberg's correction over "
    "all rows, at a false discovery rate of 10%."
)
MOST_NAMED = 3

#: How kinds are called in a sentence; others as they stand in the client's files.
SPOKEN = {
    "decision_maker": later("decision makers"),
    "influencer": later("influencers"),
    "operational": later("operational contacts"),
    "end_user": later("end users"),
}
#: By what customers may be told apart (`params.drivers.segments`).
CUTS = {"role": later("role"), "tier": later("tier"), "sector": later("sector")}


def apart(table: pd.DataFrame, by: str, minimum: int) -> Finding | None:
    """Which driver goes more with the recommendation among whom, or that none clearly does.

    `table` has label, segment, estimate, ci_low, ci_high, clear, slope_in, slope_out, n, n_in and
    n_least.
    """
    shown = table[table["n_least"] >= minimum] if len(table) else table
    if shown.empty:
        return None
    sure = shown[shown["clear"].astype(bool)]
    base = tr("{n} answers", n=show(shown["n"].iloc[0], "count"))
    if sure.empty:
        sentence = tr(
            "No driver clearly goes more with the recommendation for one {by} than for the others "
            "({n} comparisons, {base}).",
            by=tr(CUTS[by]),
            n=len(shown),
            base=base,
        )
        return Finding(key="driver_segments_finding", sentence=sentence, evidence="undecided")
    sure = sure.reindex(sure["estimate"].abs().sort_values(ascending=False, kind="stable").index)
    said = [_difference(row, base) for row in sure.head(MOST_NAMED).to_dict("records")]
    if len(sure) > MOST_NAMED:
        said.append(tr("and {n} more", n=len(sure) - MOST_NAMED))
    sentence = tr(
        "Customers differ in what goes with the recommendation: {said}.", said="; ".join(said)
    )
    return Finding(key="driver_segments_finding", sentence=sentence, evidence="clear")


def _difference(row: Mapping[str, Any], base: str) -> str:
    values = {
        "name": row["label"].lower(),
        "who": spoken(row["segment"]),
        "inside": show(row["slope_in"], "r"),
        "outside": show(row["slope_out"], "r"),
        "gap": signed(row["estimate"], "r"),
        "ends": interval(row["ci_low"], row["ci_high"], "r"),
        "n": show(row["n_in"], "count"),
        "base": base,
    }
    if row["estimate"] > 0:
        return tr(
            "{name} more among {who} than among others (slope {inside} against {outside}, "
            "difference {gap}, 95% interval {ends}; {n} of {base})",
            **values,
        )
    return tr(
        "{name} less among {who} than among others (slope {inside} against {outside}, difference "
        "{gap}, 95% interval {ends}; {n} of {base})",
        **values,
    )


def small(left_out: Sequence[str], by: str) -> Note | None:
    """Kinds that are too small to be compared."""
    if not left_out:
        return None
    names = ", ".join(spoken(name) for name in left_out)
    sentence = tr(
        "Too few answers to compare the drivers of this {by} with the others: {names}.",
        by=tr(CUTS[by]),
        names=names,
    )
    return Note(key="driver_segments_small", sentence=sentence, about="caveat")


def differences(
    table: pd.DataFrame, reason: str, minimum: int, said: Collection[str] = ()
) -> Table | Note | None:
    """Every driver in every kind against the rest, for the appendix.

    `said`: reasons that stand in the chapter already and are not repeated.
    """
    if reason and reason in said:
        return None
    return results.table(
        table.assign(
            who=table["segment"].map(lambda name: spoken(name).capitalize()),
            clear=table["clear"].map({True: tr("yes"), False: ""}),
        ),
        key="driver_segments",
        title="Do drivers matter alike to all?",
        columns={
            "label": ("Driver", "text"),
            "who": ("Among", "text"),
            "estimate": ("Slope, less that of others", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("95% to", "r"),
            "slope_in": ("Slope here", "r"),
            "slope_out": ("Slope elsewhere", "r"),
            "p_adjusted": ("p, corrected", "p"),
            "n_in": ("Answers here", "count"),
            "n": ("Answers in all", "count"),
            "clear": ("Clear", "text"),
        },
        names=("label", "who"),
        base="n_least",
        minimum=minimum,
        otherwise=reason or "There are no kinds to compare.",
        n=None if table.empty else int(table["n"].max()),
        method=METHOD,
        chart=Chart(
            kind="intervals",
            columns={
                "label": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "group": "who",
                "highlight": "clear",
            },
            alt="Slope of each driver in each kind of customer, less that among all others.",
            axis="Difference in slope",
            reference=0.0,
            reference_label="alike",
        ),
        appendix=True,
    )


def spoken(segment: str) -> str:
    """A kind of customer inside a sentence.

    >>> spoken("end_user"), spoken("A")
    ('end users', 'A')
    """
    return tr(SPOKEN[segment]) if segment in SPOKEN else segment
