"""Trust between two firms: six elements seen from both sides, and what keeps or breaks it.

>>> from analysis.measures import trust
>>> len(trust.ELEMENTS), len(trust.BEHAVIOURS), len(trust.BREACHES)
(6, 11, 12)
"""

from analysis.measures.trust.behaviours import (
    BALANCE,
    BEHAVIOURS,
    BREACHES,
    CHECKLIST,
    balance,
    checklist,
)
from analysis.measures.trust.elements import (
    BANDS,
    ELEMENTS,
    INTERDEPENDENT_FROM,
    LEAST,
    PROFILE,
    TRANSACTIONAL_BELOW,
    band,
    customers,
    profile,
    reason,
    shared_base,
    suppliers,
)
from analysis.measures.trust.gaps import GAP, LEAST_PAIRS, WEAKEST, gaps, weakest
from analysis.measures.trust.ladder import MOVES, moves

__all__ = [
    "BALANCE",
    "BANDS",
    "BEHAVIOURS",
    "BREACHES",
    "CHECKLIST",
    "ELEMENTS",
    "GAP",
    "INTERDEPENDENT_FROM",
    "LEAST",
    "LEAST_PAIRS",
    "MOVES",
    "PROFILE",
    "TRANSACTIONAL_BELOW",
    "WEAKEST",
    "balance",
    "band",
    "checklist",
    "customers",
    "gaps",
    "moves",
    "profile",
    "reason",
    "shared_base",
    "suppliers",
    "weakest",
]
