"""Structural equation models, checked against lavaan; the commitment-trust model.

>>> from analysis.models import sem
>>> sorted(name for name in dir(sem) if name in sem.__all__)[:4]
['Invariance', 'SemFit', 'common_method', 'compare']
"""

from analysis.models.sem import pls
from analysis.models.sem.common_method import common_method
from analysis.models.sem.comparison import compare, modification_indices
from analysis.models.sem.decomposition import effects
from analysis.models.sem.fitting import SemFit, fit
from analysis.models.sem.groups import Invariance, invariance
from analysis.models.sem.measurement import (
    factor_scores,
    fornell_larcker,
    htmt,
    latent_correlations,
    reliability,
)
from analysis.models.sem.power import power

__all__ = [
    "Invariance",
    "SemFit",
    "common_method",
    "compare",
    "effects",
    "factor_scores",
    "fit",
    "fornell_larcker",
    "htmt",
    "invariance",
    "latent_correlations",
    "modification_indices",
    "pls",
    "power",
    "reliability",
]
