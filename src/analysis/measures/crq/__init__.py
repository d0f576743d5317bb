"""Customer Relationship Quality: six dimensions, three levels, the Unique zone, five segments.

The dimensions, levels, segment names and the bounds of the Unique zone are published; scale,
formula and cut-offs are not. Each constant says which it is (domain.md 2.1).

>>> import pandas as pd
>>> from analysis.measures import crq
>>> people = pd.DataFrame([[6.0] * 6, [4.5] * 6], columns=list(crq.DIMENSIONS))
>>> crq.segment(people, split_rational=True).tolist()
['Ambassador', 'Low Rational']
"""

from analysis.measures.crq.accounts import (
    ACCOUNTS,
    INFLUENCE,
    account_changes,
    account_flags,
    account_moves,
    account_segments,
    account_shares,
)
from analysis.measures.crq.asked import (
    DIMENSIONS,
    LEVELS,
    SCALE,
    SERVICE,
    dimensions,
    parts,
    shared_base,
)
from analysis.measures.crq.kinds import (
    PERFORMANCE,
    RULES,
    SEGMENTS,
    TYPICAL,
    TYPICAL_REST,
    rules_in_words,
    segment,
    segments,
    wilson_ends,
)
from analysis.measures.crq.scores import LEVEL_LABELS, SCORES, levels, reason, score, zone

__all__ = [
    "ACCOUNTS",
    "DIMENSIONS",
    "INFLUENCE",
    "LEVELS",
    "LEVEL_LABELS",
    "PERFORMANCE",
    "RULES",
    "SCALE",
    "SCORES",
    "SEGMENTS",
    "SERVICE",
    "TYPICAL",
    "TYPICAL_REST",
    "account_changes",
    "account_flags",
    "account_moves",
    "account_segments",
    "account_shares",
    "dimensions",
    "levels",
    "parts",
    "reason",
    "rules_in_words",
    "score",
    "segment",
    "segments",
    "shared_base",
    "wilson_ends",
    "zone",
]
