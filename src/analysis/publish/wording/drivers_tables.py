"""The tables of the drivers chapter: which columns, under which headings, drawn how."""

import pandas as pd

from analysis.publish import results
from analysis.publish.results import Chart, Note, Table


def importance(table: pd.DataFrame, outcome: str, reason: str, minimum: int) -> Table | Note:
    """Each driver's share of what is explained; `reason` says why there is no ranking."""
    return results.table(
        table,
        key="importance",
        title=f"What goes with {outcome.lower()}",
        columns={
            "label": ("Driver", "text"),
            "estimate": ("Share of what is explained", "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "first": ("Comes first", "share"),
            "n": ("n", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise=reason or "Nothing can be ranked.",
        n=_n(table),
        method=(
            "Johnson's relative weights on scale means; percentile intervals over resampled "
            "accounts. 'Comes first': share of the resamples in which the driver ranks highest."
        ),
        chart=Chart(
            kind="intervals",
            columns={"label": "label", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt=_ranking(table),
            axis="Share of what is explained",
        ),
    )


def priority_map(map_: pd.DataFrame, minimum: int) -> Table | Note:
    """Importance against performance."""
    return results.table(
        map_,
        key="priority_map",
        title="What matters, and how well it goes",
        columns={
            "label": ("Driver", "text"),
            "importance": ("Importance", "share"),
            "performance": ("Performance, 0 to 100", "score"),
            "ci_low": ("from", "score"),
            "ci_high": ("to", "score"),
            "n": ("n", "count"),
            "priority": ("Priority", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise="Without a ranking there is no map of priorities.",
        n=_n(map_),
        method=(
            "Performance is the scale mean rescaled to 0-100 with an interval by account. A "
            "priority is a driver that is clearly important and has room to improve; at most two."
        ),
        chart=Chart(
            kind="map",
            columns={"label": "label", "x": "performance", "y": "importance"},
            alt="Each driver placed by its performance (across) and its importance (upwards).",
            axis="Performance, 0 to 100",
        ),
    )


def single(table: pd.DataFrame, outcome: str, minimum: int) -> Table | Note:
    """Each driver's own correlation with the outcome, for the appendix."""
    return results.table(
        table,
        key="driver_correlations",
        title=f"Each driver's own correlation with {outcome.lower()}",
        columns={
            "label": ("Driver", "text"),
            "estimate": ("Correlation", "r"),
            "ci_low": ("from", "r"),
            "ci_high": ("to", "r"),
            "n": ("n", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise="There are too few answers for a correlation.",
        n=_n(table),
        method="Pearson's r with Fisher's interval; answers of one account taken as independent.",
        appendix=True,
    )


def check(table: pd.DataFrame, minimum: int) -> Table | Note:
    """The ranking by another method, with slopes and overlap, for the appendix."""
    return results.table(
        table,
        key="importance_check",
        title="Importance by another method",
        columns={
            "label": ("Driver", "text"),
            "estimate": ("Johnson", "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "lmg": ("LMG", "share"),
            "r": ("r", "r"),
            "beta": ("Standardised slope", "r"),
            "vif": ("Variance inflation", "weight"),
            "n": ("n", "count"),
            "note": ("Note", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise="Without a ranking there is nothing to check.",
        n=_n(table),
        method=(
            "LMG averages the gain in explained variance over all orders of entry. 'Sign turns': "
            "the slope beside the other drivers points the other way than the correlation."
        ),
        appendix=True,
    )


def _n(table: pd.DataFrame) -> int | None:
    return None if table.empty else int(table["n"].max())


def _ranking(table: pd.DataFrame) -> str:
    """What the importance chart shows, in words."""
    if table.empty:
        return ""
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"Dots with 95% intervals: {first['label']} carries most ({first['estimate']:.0%}), "
        f"{last['label']} least ({last['estimate']:.0%})."
    )
