"""Tables of chapter 4: which columns, under which headings, drawn how."""

import numpy as np
import pandas as pd

from analysis.publish import results
from analysis.publish.numbers import show
from analysis.publish.results import Chart, Note, Table

IMPORTANCE_METHOD = (
    "Johnson's relative weights: the variance that the drivers explain together is shared out "
    "among them, also where they overlap. Intervals: 2.5th and 97.5th percentile over resampled "
    "accounts (answers without an account count as their own). 'Comes first' is the share of the "
    "resamples in which a driver has the largest weight."
)
MAP_METHOD = (
    "Performance is the mean score, rescaled so that 0 is the worst and 100 the best answer, with "
    "an interval that allows for answers from the same account. A priority stands out as "
    "important, goes up with the outcome, has room to improve, and does not clearly score above "
    "the average of the drivers; at most two are named. Dashed lines: the means."
)


def importance(table: pd.DataFrame, outcome: str, reason: str, minimum: int) -> Table | Note:
    """Each driver's share of what is explained; `reason` says why there is no ranking."""
    return results.table(
        table.assign(clear=table["clear"].map({True: "yes", False: ""})),
        key="importance",
        title=f"What goes with {outcome.lower()}",
        columns={
            "label": ("Driver", "text"),
            "estimate": ("Share of what is explained", "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "first": ("Comes first", "share"),
            "n": ("Answers", "count"),
            "clear": ("Stands out", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise=reason or "There is nothing to rank.",
        n=_n(table),
        method=IMPORTANCE_METHOD,
        chart=Chart(
            kind="intervals",
            columns={
                "label": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "highlight": "clear",
            },
            alt=_ranking(table),
            axis="Share of what is explained",
            reference=1 / len(table) if len(table) else None,
            reference_label="if all mattered alike",
        ),
    )


def priority_map(map_: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Importance against performance; None without a ranking, which says so itself."""
    if map_.empty:
        return None
    priority = map_["priority"].astype(object).where(map_["priority"] > 0, "")
    return results.table(
        map_.assign(priority=priority),
        key="priority_map",
        title="What matters, and how well it goes",
        columns={
            "label": ("Driver", "text"),
            "importance": ("Importance", "share"),
            "performance": ("Performance, 0 to 100", "count"),
            "ci_low": ("from", "count"),
            "ci_high": ("to", "count"),
            "n": ("Answers", "count"),
            "quadrant": ("Where it stands", "text"),
            "priority": ("Priority", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise="Without a ranking there is no map.",
        n=_n(map_),
        method=MAP_METHOD,
        chart=Chart(
            kind="map",
            columns={
                "label": "label",
                "x": "performance",
                "y": "importance",
                "highlight": "priority",
            },
            alt=_placed(map_),
            axis="Matters, scores lower",
        ),
    )


def single(table: pd.DataFrame, outcome: str, reason: str, minimum: int) -> Table | Note | None:
    """Each driver's own correlation; in the chapter when it is all there is, else the appendix."""
    if table.empty:
        return None
    return results.table(
        table,
        key="driver_correlations",
        title=f"Each driver on its own with {outcome.lower()}",
        columns={
            "label": ("Driver", "text"),
            "estimate": ("Correlation", "r"),
            "ci_low": ("from", "r"),
            "ci_high": ("to", "r"),
            "n": ("Answers", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise="There are too few answers for a correlation.",
        n=_n(table),
        method=(
            "Pearson's correlation (1: always together, 0: unrelated), Fisher's interval with a "
            "standard error that allows for answers from the same account."
        ),
        chart=Chart(
            kind="intervals",
            columns={"label": "label", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt=f"Correlation of each driver with {outcome.lower()}, with 95% intervals.",
            axis="Correlation",
        ),
        appendix=not reason,
    )


def check(table: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The ranking by another method, with slopes and overlap, for the appendix."""
    if table.empty:
        return None
    finite = table.assign(vif=table["vif"].replace(np.inf, np.nan))
    return results.table(
        finite,
        key="importance_check",
        title="The ranking by another method",
        columns={
            "label": ("Driver", "text"),
            "estimate": ("Johnson", "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "lmg": ("LMG", "share"),
            "r": ("r", "r"),
            "beta": ("Standardised slope", "r"),
            "vif": ("Variance inflation", "weight"),
            "n": ("Answers", "count"),
            "note": ("Note", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise="Without a ranking there is nothing to check.",
        n=_n(table),
        method=(
            "LMG averages the gain in explained variance over all orders in which the drivers can "
            "enter; the two methods should agree. 'Sign turns': beside the other drivers the "
            "slope points the other way than the correlation."
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
        f"Dots with 95% intervals: {first['label'].lower()} carries most "
        f"({show(first['estimate'], 'share')}), {last['label'].lower()} least "
        f"({show(last['estimate'], 'share')})."
    )


def _placed(map_: pd.DataFrame) -> str:
    """What the map shows, in words."""
    wanted = map_.loc[map_["priority"] > 0].sort_values("priority")["label"].str.lower()
    told = f"Marked as a priority: {' and '.join(wanted)}." if len(wanted) else "None is marked."
    return f"Drivers by performance (across) and importance (upwards). {told}"
