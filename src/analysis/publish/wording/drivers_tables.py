"""Tables of chapter 4: which columns, under which headings, drawn how."""

import numpy as np
import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish import results
from analysis.publish.numbers import show
from analysis.publish.results import Chart, Note, Table

_METHODS = {
    "LMG": later(
        "LMG: the gain in explained variance that a driver brings, averaged over all orders in "
        "which the drivers can enter, so that what overlaps is shared out"
    ),
    "Johnson": later(
        "Johnson's relative weights: the variance that the drivers explain together is shared out "
        "among them, also where they overlap"
    ),
}
_OTHER = {"LMG": "Johnson", "Johnson": "LMG"}
_NAMES = {"LMG": "LMG", "Johnson": later("Johnson's weights")}
RESAMPLED = (
    "Accounts are drawn again at random, as many as there are (answers without an account count as "
    "their own), and the shares worked out each time."
)
IMPORTANCE_METHOD = (
    "{method}. {resampled} The 95% intervals come from these resamples, their upper ends also from "
    "leaving out one account at a time. 'Comes first': how often a driver has the largest share. "
    "'Beats chance': how often it explains more than a random number put among the drivers; what "
    "does so in less than 95% never stands out."
)
MAP_METHOD = (
    "Performance is the mean score, rescaled so that 0 is the worst and 100 the best answer, with "
    "an interval that allows for answers from the same account. A priority stands out as "
    "important, goes up with the outcome, has room to improve, and does not clearly score above "
    "the average of the drivers; of those, what there is most to be won by comes first, and only "
    "the first few are named. Dashed lines: the means."
)
RANKS_METHOD = (
    "Each row: how often a driver takes each place, the first being the largest share of what is "
    "explained. {resampled} Where one place holds nearly all of a row, more answers would hardly "
    "change the order; where a row is spread out, the order is open."
)


def importance(table: pd.DataFrame, outcome: str, reason: str, minimum: int) -> Table | Note:
    """Each driver's share of what is explained; `reason` says why there is no ranking."""
    return results.table(
        table.assign(clear=table["clear"].map({True: tr("yes"), False: ""})),
        key="importance",
        title=tr("What goes with {outcome}", outcome=outcome.lower()),
        columns={
            "label": ("Driver", "text"),
            "estimate": ("Share of what is explained", "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "first": ("Comes first", "share"),
            "beats_noise": ("Beats chance", "share"),
            "n": ("Answers", "count"),
            "clear": ("Stands out", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise=reason or "There is nothing to rank.",
        n=_n(table),
        method=tr(IMPORTANCE_METHOD, method=tr(_METHODS[_method(table)]), resampled=tr(RESAMPLED)),
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
            axis="Share of what is explained",
            reference=1 / len(table) if len(table) else None,
            reference_label="if all mattered alike",
        ),
        seen=_ranking,
    )


def priority_map(map_: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Importance against performance; None without a ranking, which says so itself."""
    if map_.empty:
        return None
    priority = map_["priority"].astype(object).where(map_["priority"] > 0, "")
    return results.table(
        map_.assign(priority=priority, quadrant=map_["quadrant"].map(tr)),
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
            alt="",
            axis="Matters, scores lower",
        ),
        seen=_placed,
    )


def single(table: pd.DataFrame, outcome: str, reason: str, minimum: int) -> Table | Note | None:
    """Each driver's own correlation; in the chapter when it is all there is, else the appendix."""
    if table.empty:
        return None
    return results.table(
        table,
        key="driver_correlations",
        title=tr("Each driver on its own with {outcome}", outcome=outcome.lower()),
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
            alt=tr(
                "Correlation of each driver with {outcome}, with 95% intervals.",
                outcome=outcome.lower(),
            ),
            axis="Correlation",
        ),
        appendix=not reason,
    )


def ranks(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The chance of each place, as a grid, for the appendix; None without a ranking.

    `frame` has term, label, rank, share (0-1), n and n_accounts.
    """
    if frame.empty:
        return None
    return results.table(
        frame,
        key="driver_ranks",
        title="How sure the order is",
        columns={
            "label": ("Driver", "text"),
            "rank": ("Place", "count"),
            "share": ("Share of resamples", "share"),
            "n": ("Answers", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise="Without a ranking there is no order.",
        n=_n(frame),
        method=tr(RANKS_METHOD, resampled=tr(RESAMPLED)),
        chart=Chart(
            kind="matrix",
            columns={"label": "label", "x": "rank", "y": "share"},
            alt="",
        ),
        seen=_first,
        appendix=True,
    )


def check(table: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The ranking by another method, with slopes and overlap, for the appendix."""
    if table.empty:
        return None
    method = _method(table)
    finite = table.assign(
        vif=table["vif"].replace(np.inf, np.nan),
        agrees=table["agrees"].map({True: tr("yes"), False: tr("no")}),
    )
    return results.table(
        finite,
        key="importance_check",
        title="The ranking by another method",
        columns={
            "label": ("Driver", "text"),
            "estimate": (method, "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "check": (_OTHER[method], "share"),
            "agrees": ("Same place", "text"),
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
        method=tr(
            "{method}. {other}. The two should agree. 'Sign turns': beside the other drivers the "
            "slope points the other way than the correlation.",
            method=tr(_METHODS[method]),
            other=tr(_METHODS[_OTHER[method]]),
        ),
        caveats=_disagreement(table[table["n"] >= minimum], method),
        appendix=True,
    )


def _method(table: pd.DataFrame) -> str:
    """The method of the ranking; LMG where there is none."""
    return "LMG" if table.empty else str(table["method"].iloc[0])


def _disagreement(table: pd.DataFrame, method: str) -> list[str]:
    """That the two methods put other drivers first, where they do; or that there is only one."""
    other = tr(_NAMES[_OTHER[method]])
    if table["check"].isna().any():
        return [
            tr("There are too many drivers for {method}: the ranking has no check.", method=other)
        ]
    ours = table.head(2)["label"].str.lower().tolist()
    by_check = table.sort_values("check", ascending=False, kind="stable")
    theirs = by_check.head(2)["label"].str.lower().tolist()
    if ours == theirs:
        return []
    return [
        tr(
            "The methods differ in what comes first: {method} puts {first} before {second}, "
            "{other} {other_first} before {other_second}. Read them as equal.",
            method=tr(_NAMES[method]),
            first=ours[0],
            second=ours[1],
            other=other,
            other_first=theirs[0],
            other_second=theirs[1],
        )
    ]


def _n(table: pd.DataFrame) -> int | None:
    return None if table.empty else int(table["n"].max())


def _ranking(table: pd.DataFrame) -> str:
    """What the importance chart shows, in words."""
    if table.empty:
        return ""
    first, last = table.iloc[0], table.iloc[-1]
    return tr(
        "Dots with 95% intervals: {first} carries most ({most}), {last} least ({least}).",
        first=first["label"].lower(),
        most=show(first["estimate"], "share"),
        last=last["label"].lower(),
        least=show(last["estimate"], "share"),
    )


def _first(frame: pd.DataFrame) -> str:
    """What the grid of places shows, in words."""
    first = frame[frame["rank"] == 1]
    if first.empty:
        return ""
    top = first.loc[first["share"].idxmax()]
    return tr(
        "How often each driver (rows) takes each place (columns): {name} comes first in {share} "
        "of the resamples.",
        name=top["label"].lower(),
        share=show(top["share"], "share"),
    )


def _placed(map_: pd.DataFrame) -> str:
    """What the map shows, in words."""
    wanted = map_.loc[map_["priority"] != ""].sort_values("priority")["label"].str.lower()
    told = tr("None is marked.")
    if len(wanted):
        told = tr("Marked as a priority: {names}.", names=listed(wanted))
    return tr("Drivers by performance (across) and importance (upwards). {told}", told=told)
