"""Which score tells who will leave: trust, commitment, satisfaction or the NPS.

`accounts` sets the scores of one wave beside what came of the accounts, `auc` and `correlations`
say how well each foretells it and whether two differ, `risk` gives the chance of leaving by band
and holds it against what came, `advocacy` crosses recommendation with trust.
"""

from analysis.models.contest.accounts import LEAST_REVENUE, PREDICTORS, Contest, compare, contest
from analysis.models.contest.advocacy import Disagreement, disagreement
from analysis.models.contest.auc import AUC, PAIRS
from analysis.models.contest.correlations import CORRELATION
from analysis.models.contest.risk import LEAST_LOST, Risk

__all__ = [
    "AUC",
    "CORRELATION",
    "LEAST_LOST",
    "LEAST_REVENUE",
    "PAIRS",
    "PREDICTORS",
    "Contest",
    "Disagreement",
    "Risk",
    "compare",
    "contest",
    "disagreement",
]
