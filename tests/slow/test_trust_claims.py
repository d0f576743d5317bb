"""How often an element of trust is called the weakest when it is not."""

import numpy as np
import pandas as pd
import pytest

from analysis.measures import trust
from tests.unit.test_trust import EIGHT, assessed, made

pytestmark = pytest.mark.slow
REPEATS = 400


def claimed(rng, low, n=40):
    """Whether the ratings of n customers in accounts of two call one element surely weakest."""
    level = np.array([5.0, 5.0, 5.0, 5.0, 5.0, 5.0]) - low
    account = np.repeat(np.arange(n // 2), 2)
    views = rng.normal(size=n // 2)[account][:, None] + rng.normal(size=(n, 6)) + level
    scored = pd.DataFrame(views.clip(1, 7), columns=list(trust.ELEMENTS))
    accounts = [f"{EIGHT[0]}{k}" for k in account]
    found = trust.weakest(made(scored, accounts, assessed().iloc[:0]), "1")
    return bool(found["clear"].all()), found["weakest"].iloc[0]


def test_a_tie_of_the_two_lowest_is_rarely_called():
    rng = np.random.default_rng(1994)
    called = [claimed(rng, np.array([2, 2, 0, 0, 0, 0]))[0] for _ in range(REPEATS)]
    assert np.mean(called) <= 0.05


def test_a_truly_weakest_element_is_mostly_found():
    rng = np.random.default_rng(1994)
    called = [claimed(rng, np.array([0, 0, 1.5, 0, 0, 0])) for _ in range(REPEATS)]
    assert np.mean([sure for sure, _ in called]) >= 0.8
    assert all(name == "credibility" for sure, name in called if sure)
