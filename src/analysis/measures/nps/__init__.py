"""Net Promoter Score: the score, its interval, its change, and other ways of counting.

`score` holds the one formula of the interval, `change` the series and its tests, `views` what the
score would be if answers were counted otherwise or the silent had answered.
"""

from analysis.measures.nps.change import (
    BREAK,
    CHANGE,
    MIN_LINKED,
    SMALL,
    by_wave,
    change,
    changes,
    headline,
)
from analysis.measures.nps.score import (
    ADDED,
    PASSIVE,
    PROMOTER,
    SCORE,
    adjusted,
    from_counts,
    nps,
    points,
)
from analysis.measures.nps.views import ROLLUPS, SILENCE, rollups, silence

__all__ = [
    "ADDED",
    "BREAK",
    "CHANGE",
    "MIN_LINKED",
    "PASSIVE",
    "PROMOTER",
    "ROLLUPS",
    "SCORE",
    "SILENCE",
    "SMALL",
    "adjusted",
    "by_wave",
    "change",
    "changes",
    "from_counts",
    "headline",
    "nps",
    "points",
    "rollups",
    "silence",
]
