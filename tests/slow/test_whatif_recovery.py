"""How often intervals of scenarios, odds ratios and asymmetry hold the truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.models import whatif
from analysis.models.drivers import asymmetry, classes, steps
from tests.classed import answered

pytestmark = pytest.mark.slow

SLOPES = np.array([0.045, 0.025, 0.015, 0.0, 0.0, 0.01])
CUTS = np.array([5.3, 7.0])
ROOT = np.linalg.cholesky(np.full((6, 6), 0.35) + 0.65 * np.eye(6))
SHIFTS = ({"a": 16.7}, {"b": 16.7}, {"c": 16.7}, {"f": 16.7}, {"a": 16.7, "b": 16.7}, {"a": -10.0})


def scored(n, rng):
    """Six overlapping drivers of two 7-point questions; three answers an account (ICC .2)."""
    accounts = np.repeat(np.arange(-(-n // 3)), 3)[:n]

    def correlated(count):
        return rng.standard_normal((count, 6)) @ ROOT.T

    z = np.sqrt(0.2) * correlated(accounts.max() + 1)[accounts] + np.sqrt(0.8) * correlated(n)
    x = np.clip(np.rint((62 + 20 * z) / (100 / 12)), 0, 12) * 100 / 12
    return pd.DataFrame(x, columns=list("abcdef")), accounts


def chance(accounts, rng):
    """A uniform number per answer; answers of one account are alike (ICC .2)."""
    own = np.sqrt(0.2) * rng.standard_normal(accounts.max() + 1)[accounts]
    return stats.norm.cdf(own + np.sqrt(0.8) * rng.standard_normal(len(accounts)))


def proportional(n, rng):
    """Classes of a proportional-odds model, and names of accounts."""
    x, accounts = scored(n, rng)
    level = np.searchsorted(CUTS, x.to_numpy() @ SLOPES + stats.logistic.ppf(chance(accounts, rng)))
    return x, pd.Series(level), pd.Series(accounts).map("A{:04}".format)


def truth():
    """Change of the NPS by each of `SHIFTS` in a very large survey."""
    x, _ = scored(200_000, np.random.default_rng(9))
    before = classes.shares(SLOPES, CUTS, x.to_numpy()).mean(axis=0)
    found = []
    for shift in SHIFTS:
        moved = x.assign(**{k: np.clip(x[k] + by, 0, 100) for k, by in shift.items()})
        after = classes.shares(SLOPES, CUTS, moved.to_numpy()).mean(axis=0)
        found.append(100 * ((after - before)[2] - (after - before)[0]))
    return np.array(found)


@pytest.mark.parametrize("n", [90, 210])
def test_intervals_of_scenarios_hold_the_truth(n):
    # Found .94 to .98 at n = 90, 210; percentiles of bounded refits alone: .90 to .95.
    rng, expected, repeats = np.random.default_rng(1), truth(), 300
    held = np.zeros(len(SHIFTS))
    for k in range(repeats):
        x, level, accounts = proportional(n, rng)
        model = whatif.fit(x, level, accounts, resamples=200, seed=k)
        rows = pd.concat([whatif.simulate(model, x, answered(accounts), s) for s in SHIFTS])
        held += (rows["ci_low"] <= expected) & (expected <= rows["ci_high"]).to_numpy()
    assert (held / repeats >= 0.92).all(), held / repeats
    assert 0.93 <= (held / repeats).mean() <= 0.975, held / repeats


#: Slopes of the two steps (adjacent logits): the first driver serves the lower, the second the
#: upper, the third both alike, the fourth the lower a little, two neither.
LOWER = np.array([0.05, 0.0, 0.02, 0.02, 0.0, 0.0])
UPPER = np.array([0.0, 0.05, 0.02, 0.01, 0.0, 0.0])


def stepped(n, rng):
    """Classes whose two steps have their own slopes."""
    x, accounts = scored(n, rng)
    first, second = x.to_numpy() @ LOWER - 5.0, x.to_numpy() @ UPPER - 4.6
    odds = np.exp(np.column_stack([np.zeros(n), first, first + second]))
    share = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    level = (chance(accounts, rng)[:, None] > share[:, :2]).sum(axis=1)
    return x, pd.Series(level), pd.Series(accounts).map("A{:04}".format)


@pytest.mark.parametrize("n", [150, 300])
def test_odds_ratios_hold_the_truth_and_steps_are_not_mistaken(n):
    rng, repeats = np.random.default_rng(2), 250
    log = np.concatenate([LOWER, UPPER]) * steps.POINTS
    held, gap_held, mistaken = np.zeros(12), np.zeros(6), 0
    for _ in range(repeats):
        x, level, accounts = stepped(n, rng)
        table = steps.odds(x, level, answered(accounts))
        held += (np.log(table["ci_low"]) <= log) & (log <= np.log(table["ci_high"]))
        serves = steps.difference(x, level, accounts, table)
        gap = log[6:] - log[:6]
        gap_held += (np.log(serves["ci_low"]) <= gap) & (gap <= np.log(serves["ci_high"]))
        alike = serves["serves"].iloc[[2, 4, 5]]
        mistaken += alike.isin([steps.LOWER, steps.UPPER]).any()
    assert (held / repeats >= 0.915).all(), held / repeats
    assert 0.93 <= (held / repeats).mean() <= 0.97, held / repeats
    assert 0.93 <= (gap_held / repeats).mean() <= 0.97, gap_held / repeats
    assert mistaken / repeats <= 0.05


def test_drivers_of_one_step_are_found_in_a_large_survey():
    rng, right, repeats = np.random.default_rng(3), np.zeros(2), 40
    for _ in range(repeats):
        x, level, accounts = stepped(600, rng)
        table = steps.odds(x, level, answered(accounts))
        found = steps.difference(x, level, accounts, table)["serves"]
        right += [found[0] == steps.LOWER, found[1] == steps.UPPER]
    assert (right / repeats >= 0.9).all(), right / repeats


def contrasted(n, rng):
    """A basic, an extra, one that does both, and one that does nothing."""
    x, accounts = scored(n, rng)
    x = x[list("abcd")]
    ends = [asymmetry._ends(x[name]) for name in x]  # where many scores are the same
    down, up = (np.column_stack(side).astype(float) for side in zip(*ends, strict=True))
    rating = 7 - 1.6 * down[:, 0] + 1.6 * up[:, 1] - 0.9 * down[:, 2] + 0.9 * up[:, 2]
    rating += 0.4 * rng.standard_normal(accounts.max() + 1)[accounts]
    rating += 1.0 * rng.standard_normal(n)
    return x, pd.Series(rating), pd.Series(accounts).map("A{:04}".format)


def test_planted_asymmetry_comes_back_and_is_not_invented():
    rng, repeats = np.random.default_rng(4), 60
    right, held, invented = np.zeros(2), np.zeros(2), 0
    for k in range(repeats):
        found = asymmetry.contrast(*contrasted(600, rng), resamples=400, seed=k)
        kinds = found["kind"].tolist()
        right += [
            kinds[0] in ("frustrator", "dissatisfier"),
            kinds[1] in ("delighter", "satisfier"),
        ]
        penalty = found["penalty"].to_numpy()[[0, 2]], found["penalty_low"].to_numpy()[[0, 2]]
        half = penalty[0] - penalty[1]
        held += np.abs(penalty[0] - [-1.6, -0.9]) <= half
        invented += kinds[3] != asymmetry.OPEN
    assert (right / repeats >= 0.95).all(), right / repeats
    assert (held / repeats >= 0.88).all(), held / repeats
    assert invented / repeats <= 0.1


def test_drivers_without_any_effect_are_seldom_let_through():
    # A gain above 0 is needed; by chance alone it comes up in few surveys.
    rng, through, repeats = np.random.default_rng(5), 0, 100
    for k in range(repeats):
        x, level, accounts = proportional(150, rng)
        shuffled = pd.Series(rng.permutation(level.to_numpy()))
        through += whatif.left_out_gain(x, shuffled, accounts, seed=k) > 0
    assert through / repeats <= 0.15
