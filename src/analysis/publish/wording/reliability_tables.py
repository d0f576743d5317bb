"""Tables on how far scales and single questions can be relied on, for the appendix."""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.results import Table

OMEGA_METHOD = (
    "McDonald's omega from a model of one factor: the share of a scale's variance that its "
    "questions have in common, also where some carry more of it than others. Of two questions "
    "Spearman-Brown's figure, which takes both as equally good. Complete answers; intervals allow "
    "for answers that share an account."
)
ITEM_METHOD = (
    "How each question goes with the sum of the others of its scale (1: always together, 0: "
    "unrelated), Fisher's interval widened where answers share an account; alpha of the scale "
    "without the question; shares of the lowest and the highest answer. All of a scale's numbers "
    "are of people who answered all of it."
)


def omega(found: pd.DataFrame, minimum: int) -> Table | None:
    """Omega of every scale, or why there is none."""
    if found.empty:
        return None
    return results.table(
        found.assign(note=found["note"].map(tr, na_action="ignore")),
        key="omega",
        title="How far each scale can be relied on",
        columns={
            "label": ("Scale", "text"),
            "items": ("Questions", "count"),
            "estimate": ("Omega", "weight"),
            "ci_low": ("95% from", "weight"),
            "ci_high": ("95% to", "weight"),
            "n": ("Complete answers", "count"),
            "note": ("Note", "text"),
        },
        base="n",
        otherwise="",
        minimum=minimum,
        method=OMEGA_METHOD,
        appendix=True,
    )


def items(found: pd.DataFrame, minimum: int) -> Table | None:
    """Every question with the rest of its scale.

    No means: beside the scale's own mean they would tell what the few said who left a question out.
    """
    if found.empty:
        return None
    return results.table(
        found.assign(
            scale=found["construct"].str.replace("_", " ").str.capitalize().map(tr),
            note=found["note"].map(tr, na_action="ignore"),
        ),
        key="questions",
        title="Question by question",
        columns={
            "scale": ("Scale", "text"),
            "label": ("Question", "text"),
            "estimate": ("With the rest", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("95% to", "r"),
            "alpha_dropped": ("Alpha without it", "weight"),
            "floor": ("At the bottom", "share"),
            "ceiling": ("At the top", "share"),
            "n": ("Complete answers", "count"),
            "note": ("Note", "text"),
        },
        names=("scale", "label"),
        base="n",
        otherwise="",
        minimum=minimum,
        method=ITEM_METHOD,
        appendix=True,
    )
