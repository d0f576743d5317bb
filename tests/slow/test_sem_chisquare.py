"""How often a true model of twelve constructs is rejected at 5 %, over 1,000 samples of 200."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.models import sem
from analysis.models.sem.engine.indices import swain_factor
from tests import relations

pytestmark = pytest.mark.slow

SAMPLES = range(1000)
N = 200
#: Accounts that 200 answers are drawn from; about 106 answer, with up to 6 people each.
ACCOUNTS = 140


@functools.cache
def fitted(accounts):
    """Chi-squares of all samples, one row each; not converged or impossible: `usable` False."""
    rows = []
    for seed in SAMPLES:
        data = relations.sample(N, seed, accounts)
        cluster = "account" if accounts else None
        found = sem.fit(relations.MODEL.text, data, "MLR", cluster=cluster, check=False)
        rows.append(found.indices.to_dict() | {"usable": found.usable})
    return pd.DataFrame(rows)


def rejected(chisq, df):
    """Share of samples that reject; one without a chi-square counts as a rejection."""
    return float((~(stats.chi2.sf(chisq, df) >= 0.05)).mean())
