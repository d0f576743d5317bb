"""Necessary conditions: can there be much of the outcome where there is little of the condition.

`ceiling` draws the ceiling and measures the empty corner, `chance` says what chance or a plain
correlation would leave of it, `judge` asks the question of a survey and judges the answer.
"""

from analysis.models.necessity.ceiling import BOTTLENECK, effect_sizes, word
from analysis.models.necessity.judge import EFFECT, LEAST_D, LEVEL, Necessity, analyse, find

__all__ = [
    "BOTTLENECK",
    "EFFECT",
    "LEAST_D",
    "LEVEL",
    "Necessity",
    "analyse",
    "effect_sizes",
    "find",
    "word",
]
