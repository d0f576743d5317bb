"""Importance beside performance: what matters, how well it goes, and what to do first."""

import numpy as np
import pandas as pd

from analysis.language import later
from analysis.measures import inference

#: Performance, of 100, from which on there is little left to win (our default).
NO_ROOM = 90.0

#: Names of the fields of the map: whether a driver matters, and how it scores.
QUADRANTS = {
    (True, "lower"): later("Matters, scores lower"),
    (True, "average"): later("Matters, about average"),
    (True, "higher"): later("Matters, scores higher"),
    (False, "lower"): later("Matters less, scores lower"),
    (False, "average"): later("Matters less, about average"),
    (False, "higher"): later("Matters less, scores higher"),
}

MAP = (
    "term",
    "label",
    "importance",
    "importance_low",
    "importance_high",
    "performance",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "above",
    "above_low",
    "above_high",
    "n_complete",
    "quadrant",
    "protect",
    "priority",
)


def place(
    table: pd.DataFrame, scores: pd.DataFrame, answers: pd.DataFrame, most: int = 2
) -> pd.DataFrame:
    """Set each driver's importance beside its mean score.

    Parameters
    ----------
    table : as `Drivers.table`: term, label, estimate, ci_low, ci_high, clear, r, beta, n.
    scores : one column per driver, 0-100; missing where too little was answered.
    answers : the same rows, with `account` and `contact`.
    most : priorities that are named at most (`params.drivers.priorities`).

    Returns
    -------
    DataFrame with the columns `MAP`, in the order of `table`.
    performance: mean of everybody who answered, with an interval by account. It is taken of the
    same people as in the scorecard: two means that differ by one person would give that person's
    score away.
    above: how far it lies above the mean of all drivers, of complete answers, with its own
    interval, since the same people scored them all.
    quadrant: by the means, in words.
    priority: 1, 2 and on, or 0 for none. A driver that is clearly important, goes up with the
    outcome, has room, and does not clearly score above the others. `protect`: clearly important,
    goes up with the outcome, and is not for improving.
    """
    rows = []
    complete = scores[list(table["term"])].dropna()
    average = complete.mean(axis=1)
    for row in table.to_dict("records"):
        own = inference.mean(scores[row["term"]], answers).iloc[0]
        above = inference.mean(complete[row["term"]] - average, answers).iloc[0]
        matters = row["estimate"] > 1 / len(table)
        lever = bool(row["clear"]) and min(row["r"], row["beta"]) > 0
        room = own["estimate"] < NO_ROOM and not above["ci_low"] > 0
        rows.append(
            {
                "term": row["term"],
                "label": row["label"],
                "importance": row["estimate"],
                "importance_low": row["ci_low"],
                "importance_high": row["ci_high"],
                "performance": own["estimate"],
                "ci_low": own["ci_low"],
                "ci_high": own["ci_high"],
                "n": own["n"],
                "n_accounts": own["n_accounts"],
                "above": above["estimate"],
                "above_low": above["ci_low"],
                "above_high": above["ci_high"],
                "n_complete": row["n"],
                "quadrant": _quadrant(matters, above["ci_low"], above["ci_high"]),
                "protect": lever and not room,
                "improve": lever and room,
            }
        )
    frame = pd.DataFrame(rows)
    # What matters most, and of that what has most room.
    gain = (frame["importance"] * (100 - frame["performance"])).where(frame["improve"])
    order = gain.rank(ascending=False, method="first")
    frame["priority"] = np.where(order <= most, order, 0).astype(int)
    return frame[list(MAP)]


def _quadrant(matters: bool, low: float, high: float) -> str:
    """Name of the field: by an equal share upwards, by the average of the drivers across.

    `low`, `high`: interval of how far the driver's score lies above that average.
    """
    where = "lower" if high < 0 else "higher" if low > 0 else "average"
    return QUADRANTS[matters, where]
