"""Whether a planted necessity is found, a plain correlation is not, and the interval holds."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.models import necessity

pytestmark = pytest.mark.slow


def accounts(n, rng):
    """About 2.5 answers an account."""
    return np.unique(rng.integers(0, int(n / 2.5), n), return_inverse=True)[1]


def alike(groups, rng, share=0.3):
    """Normal scores of which accounts share a part."""
    common = rng.normal(size=groups.max() + 1)[groups]
    return np.sqrt(share) * common + np.sqrt(1 - share) * rng.normal(size=len(groups))


def on_a_scale(values):
    """The mean of three questions from 1 to 7."""
    return np.clip(np.round((4.8 + 1.2 * values) * 3) / 3, 1, 7)


def analysed(x, y, groups, seed, permutations=300):
    people = pd.DataFrame({"account": [f"A{k}" for k in groups], "contact": None})
    return necessity.analyse(
        pd.Series(x), pd.Series(y), people, seed=seed, permutations=permutations
    )


def correlated(n, r, seed):
    """No ceiling."""
    rng = np.random.default_rng(seed)
    groups = accounts(n, rng)
    x = alike(groups, rng)
    y = r * x + np.sqrt(1 - r**2) * alike(groups, rng)
    return analysed(on_a_scale(x), on_a_scale(y), groups, seed)


def capped(n, seed):
    """Commitment never passes trust by more than half a standard deviation."""
    rng = np.random.default_rng(seed)
    groups = accounts(n, rng)
    x = alike(groups, rng)
    y = np.minimum(alike(groups, rng) + 0.3, x + 0.5)
    return analysed(on_a_scale(x), on_a_scale(y), groups, seed)


@pytest.mark.parametrize("n", [60, 150, 400])
@pytest.mark.parametrize("r", [0.0, 0.4, 0.7])
def test_a_plain_correlation_is_called_necessary_in_few_samples(n, r):
    found = [correlated(n, r, seed) for seed in range(60)]
    assert np.mean([one.verdict == "necessary" for one in found]) <= 0.05


def test_the_published_rule_alone_would_call_it_necessary():
    found = [correlated(150, 0.7, seed).table.iloc[0] for seed in range(60)]
    assert np.mean([row["estimate"] >= 0.1 and row["p"] < 0.05 for row in found]) > 0.9


@pytest.mark.parametrize(("n", "least"), [(60, 0.8), (150, 0.95), (400, 0.95)])
def test_a_planted_ceiling_is_found(n, least):
    found = [capped(n, seed) for seed in range(60)]
    assert np.mean([one.verdict == "necessary" for one in found]) >= least


def test_chance_is_chance_though_accounts_are_alike():
    found = [correlated(150, 0.0, seed).table.iloc[0] for seed in range(120)]
    assert np.mean([row["p"] < 0.05 for row in found]) <= 0.10


@pytest.mark.parametrize("shape", ["triangle", "band", "root"])
@pytest.mark.parametrize("n", [60, 150])
def test_the_interval_holds_the_empty_corner_of_everybody(shape, n):
    rng = np.random.default_rng(11)
    held = []
    for seed in range(100):
        groups = accounts(n, rng)
        u, v = (stats.norm.cdf(alike(groups, rng)) for _ in range(2))
        y, true = {
            "triangle": (u * v, 0.5),
            "band": (np.minimum(v, u + 0.3), 0.7**2 / 2),
            "root": (np.sqrt(u) * v, 1 / 3),
        }[shape]
        row = analysed(u, y, groups, seed, permutations=20).table.iloc[0]
        held.append(row["ci_low"] <= true <= row["ci_high"])
    assert np.mean(held) >= 0.90
