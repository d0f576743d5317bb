"""How often the intervals of means, their changes and shares hold the truth: 93 to 97 %."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.measures import clusters, inference

pytestmark = pytest.mark.slow
REPEATS = 2000
ICC = 0.3  # share of the differences between people that lies between their accounts


def answered(sizes, rng, shared=None):
    """Scores of people whose accounts have these sizes; the mean of all customers is 0."""
    account = np.repeat(np.arange(len(sizes)), sizes)
    shared = rng.normal(size=len(sizes)) if shared is None else shared
    score = np.sqrt(ICC) * shared[account] + np.sqrt(1 - ICC) * rng.normal(size=len(account))
    names = [f"a{k}" for k in account]
    return pd.DataFrame({"account": names, "contact": None, "value": score})


@pytest.mark.parametrize(
    "sizes",
    [
        [3] * 12,
        [1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 10],  # one account holds a quarter of the answers
        [3] * 30,
        [1, 2, 3, 4, 5] * 6,
        [3] * 60,  # from 50 accounts on: CR1, accounts minus one
    ],
)
def test_means_keep_their_level_over_accounts_of_any_size(sizes):
    rng = np.random.default_rng(1994)
    held = alone = 0
    for _ in range(REPEATS):
        frame = answered(sizes, rng)
        row = inference.mean(frame["value"], frame).iloc[0]
        naive = inference.mean(frame["value"], frame.assign(account=None)).iloc[0]
        held += row["ci_low"] <= 0 <= row["ci_high"]
        alone += naive["ci_low"] <= 0 <= naive["ci_high"]
    assert 0.93 <= held / REPEATS <= 0.97, held / REPEATS
    assert alone / REPEATS < 0.92


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("sizes", [[3] * 12, [1, 2, 3, 4, 5] * 6])
def test_changes_keep_their_level_over_the_same_and_other_accounts(sizes, same):
    rng = np.random.default_rng(1994)
    held = 0
    for _ in range(REPEATS):
        shared = rng.normal(size=len(sizes))
        old = answered(sizes, rng, shared).assign(wave="1")
        new = answered(sizes, rng, shared if same else None).assign(wave="2")
        new["value"] += 0.4
        new["account"] = new["account"] if same else "b" + new["account"]
        frame = pd.concat([old, new], ignore_index=True)
        row = inference.difference(frame["value"], frame, "1", "2").iloc[0]
        held += row["ci_low"] <= 0.4 <= row["ci_high"]
    assert 0.93 <= held / REPEATS <= 0.97, held / REPEATS


def test_seven_accounts_beside_ninety_eight_are_few():
    # An action at 7 of 105 accounts: by their number the plain sandwich would do, and does not.
    rng = np.random.default_rng(1994)
    acted = np.repeat([1.0, 0.0], [7, 98])
    x = np.column_stack([np.ones(105), acted])
    held = plain = 0
    for _ in range(REPEATS):
        fitted = clusters.fit(x, rng.normal(size=105), np.arange(105))
        _, low, high = inference.ends(fitted.contrast([0, 1]))
        _, low_plain, high_plain = inference.ends(
            fitted._plain(np.array([0.0, 1.0]), fitted.coef[1])
        )
        held += low <= 0 <= high
        plain += low_plain <= 0 <= high_plain
    assert 0.93 <= held / REPEATS <= 0.97, held / REPEATS
    assert plain / REPEATS < 0.92


@pytest.mark.parametrize("n", [20, 50, 120])
def test_wilsons_interval_keeps_its_level_on_average_over_shares(n):
    # Exactly, over all outcomes; for a single share it swings with n, as any interval of counts.
    shares = np.linspace(0.05, 0.95, 37)
    rows = [inference.wilson(count, n).iloc[0] for count in range(n + 1)]
    low, high = (np.array([row[end] for row in rows]) for end in ("ci_low", "ci_high"))
    chance = stats.binom.pmf(np.arange(n + 1)[:, None], n, shares)
    covered = (chance * ((low[:, None] <= shares) & (shares <= high[:, None]))).sum(axis=0)
    assert 0.93 <= covered.mean() <= 0.97
    assert covered.min() > 0.89
