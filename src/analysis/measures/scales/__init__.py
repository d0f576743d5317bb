"""Scale scores, how well their questions agree, and their change between waves.

>>> import pandas as pd
>>> from analysis.measures import scales
>>> list(scales.score(pd.DataFrame({"a": [6.0, None], "b": [5.0, 4.0]}), ["a", "b"]))
[5.5, 4.0]
"""

from analysis.measures.scales.agreement import (
    ACCEPTABLE,
    BELONGS,
    ITEMS,
    alpha,
    alpha_influence,
    item_total,
    items,
)
from analysis.measures.scales.scores import (
    CHANGE,
    HALF,
    SUMMARY,
    headlines,
    label,
    previous,
    score,
    since,
    summary,
)

__all__ = [
    "ACCEPTABLE",
    "BELONGS",
    "CHANGE",
    "HALF",
    "ITEMS",
    "SUMMARY",
    "alpha",
    "alpha_influence",
    "headlines",
    "item_total",
    "items",
    "label",
    "previous",
    "score",
    "since",
    "summary",
]
