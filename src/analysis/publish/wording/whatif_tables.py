"""Tables of chapter 4 on scenarios and proposals: columns, headings and charts."""

from collections.abc import Collection

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import show, signed
from analysis.publish.results import Chart, Note, Table

WHATIF_METHOD = (
    "Scenario, not forecast. A proportional-odds model of promoter, passive and detractor, in "
    "which no driver may lower the NPS; scores are moved, stop at the top of their scale, and the "
    "model is asked for the shares again. 95% intervals of resampled accounts, the model refitted "
    "each time with and without that rule. Slopes stand beside the other drivers, which are held "
    "still."
)
PROPOSALS_METHOD = (
    "Ranked by points of NPS for their cost; proposals without a cost follow, and those whose "
    "interval reaches down to nothing come last. What a proposal would do to the scores, and what "
    "it costs, is the client's own estimate."
)


def scenarios(
    table: pd.DataFrame, reason: str, minimum: int, said: Collection[str] = ()
) -> Table | Note | None:
    """What one point more on each driver would do, for everybody.

    Only changes are shown: shares of the complete answers beside those of the whole wave would
    give away the class of the few whose answers were not complete.

    `said`: reasons that stand in the chapter already and are not repeated.
    """
    if reason and reason in said:
        return None
    return results.table(
        _changes(table).assign(clear=table["clear"].map({True: tr("yes"), False: ""})),
        key="whatif",
        title="What one point more would do to the NPS",
        columns={
            "label": ("One point more on", "text"),
            "estimate": ("NPS", "points"),
            "ci_low": ("95% from", "points"),
            "ci_high": ("95% to", "points"),
            "promoters": ("Promoters, change", "share"),
            "detractors": ("Detractors, change", "share"),
            "n": ("Answers", "count"),
            "clear": ("Clear", "text"),
        },
        base="n_least",
        minimum=minimum,
        otherwise=reason or "There is no driver to move.",
        n=None if table.empty else int(table["n"].max()),
        method=WHATIF_METHOD,
        chart=Chart(
            kind="intervals",
            columns={
                "label": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "highlight": "clear",
            },
            alt="",
            axis="Change of the NPS in points (scenario)",
            reference=0.0,
            reference_label="no change",
        ),
        seen=_seen,
    )


def proposals(
    table: pd.DataFrame, reason: str, minimum: int, said: Collection[str] = ()
) -> Table | Note | None:
    """The register of proposals; None where the client has none.

    `said`: reasons that stand in the chapter already and are not repeated.
    """
    if reason and reason in said:
        return None
    known = table[table["estimate"].notna()]
    if known.empty and not reason:
        return None
    cost = known["cost"].astype(float) / known["estimate"].astype(float)
    shown = _changes(known).assign(
        clear=known["clear"].map({True: tr("yes"), False: ""}),
        point=cost.where(known["clear"] == True).map(about),  # noqa: E712
    )
    return results.table(
        shown,
        key="proposals",
        title="Proposals, and what they would do to the NPS",
        columns={
            "label": ("Proposal", "text"),
            "where": ("Where", "text"),
            "lifts": ("What the client expects it to lift", "text"),
            "rank": ("Rank", "count"),
            "estimate": ("NPS", "points"),
            "ci_low": ("95% from", "points"),
            "ci_high": ("95% to", "points"),
            "cost": ("Cost", "count"),
            "point": ("Cost of a point", "count"),
            "n_shifted": ("Answers concerned", "count"),
            "n": ("Answers in all", "count"),
            "clear": ("Clear", "text"),
        },
        names=("label", "where", "lifts"),
        base="n_least",
        minimum=minimum,
        otherwise=reason,
        n=None if known.empty else int(known["n"].max()),
        method=f"{tr(WHATIF_METHOD)} {tr(PROPOSALS_METHOD)}",
        chart=Chart(
            kind="intervals",
            columns={
                "label": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "highlight": "clear",
            },
            alt="",
            axis="Change of the NPS in points (scenario)",
            reference=0.0,
            reference_label="no change",
        ),
        seen=_seen,
    )


def about(value: float) -> float:
    """A number to two digits: more would be more than a scenario knows.

    >>> about(3866.2), about(0.0)
    (3900.0, 0.0)
    """
    return float(f"{value:.2g}") if value == value else value


def _changes(table: pd.DataFrame) -> pd.DataFrame:
    names = ("promoters", "passives", "detractors")
    return table.assign(**{name: table[f"{name}_after"] - table[f"{name}_now"] for name in names})


def _seen(table: pd.DataFrame) -> str:
    """What the chart shows, in words."""
    if table.empty:
        return ""
    first, last = table.iloc[0], table.iloc[-1]
    said = tr(
        "{name} first ({change} points)",
        name=first["label"],
        change=signed(first["estimate"], "points"),
    )
    if len(table) > 1:
        said += tr(
            ", {name} last ({change})",
            name=str(last["label"]).lower(),
            change=signed(last["estimate"], "points"),
        )
    return tr(
        "Change of the NPS with 95% intervals: {said}; {n} answers.",
        said=said,
        n=show(first["n"], "count"),
    )
