"""How often the interval holds the truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.measures import nps

pytestmark = pytest.mark.slow
REPEATS = 2000


def coverage(mix, n):
    """Exactly, over all outcomes: promoters and detractors are multinomial."""
    truth, held = 100 * (mix[0] - mix[2]), 0.0
    for promoters in range(n + 1):
        for detractors in range(n - promoters + 1):
            counts = (promoters, n - promoters - detractors, detractors)
            row = nps._row(counts, 0.95)
            chance = stats.multinomial.pmf(counts, n, mix)
            held += chance * (row["ci_low"] <= truth <= row["ci_high"])
    return held


@pytest.mark.parametrize("mix", [(0.29, 0.53, 0.18), (0.4, 0.3, 0.3), (0.6, 0.35, 0.05)])
@pytest.mark.parametrize("n", [20, 30])
def test_adjusted_wald_keeps_its_level_in_small_samples(mix, n):
    # statistics.md 5: .956 at n = 30 over strong accounts, where plain Wald has .908
    assert 0.93 <= coverage(mix, n) <= 0.97


def test_twenty_accounts_of_three_keep_their_level_where_independence_would_not():
    # latent ICC .3; statistics.md 5: naive .884, cluster-robust .947
    rng = np.random.default_rng(1994)
    accounts = pd.Series(np.repeat(np.arange(20), 3).astype(str))
    cuts = stats.norm.ppf([0.3, 0.6])  # 40 % promoters, 30 % detractors: NPS +10
    with_accounts = without = 0
    for _ in range(REPEATS):
        shared = np.repeat(rng.normal(size=20), 3) * np.sqrt(0.3)
        latent = shared + rng.normal(size=60) * np.sqrt(0.7)
        given = pd.Series(np.array([3.0, 7.0, 9.0])[np.searchsorted(cuts, latent)])
        row, alone = nps.nps(given, accounts).iloc[0], nps.nps(given).iloc[0]
        with_accounts += row["ci_low"] <= 10 <= row["ci_high"]
        without += alone["ci_low"] <= 10 <= alone["ci_high"]
    assert 0.93 <= with_accounts / REPEATS <= 0.97
    assert without / REPEATS < 0.92
