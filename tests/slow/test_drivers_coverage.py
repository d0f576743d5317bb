"""How often the intervals of the driver analysis hold the truth: 93 to 97 in 100.

The design: drivers that correlate, an outcome with known slopes, three answers an account of which
those of one account resemble each other (ICC .2 of the drivers and of what they leave over). The
true shares are those of the population's correlations. The bounds are .93 and .97, widened by what
chance does to so many repeats (2.5 standard errors of a share of .95).
"""

import numpy as np
import pandas as pd
import pytest

from analysis.models.drivers import rank, resample, shares, sure

pytestmark = pytest.mark.slow
ICC, PER_ACCOUNT = 0.2, 3

SIX = (np.full((6, 6), 0.25) + 0.75 * np.eye(6), np.array([0.5, 0.25, 0.15, 0.08, 0, 0]))
TWELVE = (
    np.full((12, 12), 0.3) + 0.7 * np.eye(12),
    np.array([0.35, 0.25, 0.2, 0.15, 0.1, 0.08, 0.05, 0, 0, 0, 0, 0]),
)
OVERLAPPING = (np.full((6, 6), 0.6) + 0.4 * np.eye(6), np.array([0.3, 0.2, 0.15, 0.1, 0.05, 0]))


def drawn(design, n, rng, scale=1.0):
    """Drivers, an outcome of known slopes, and the accounts."""
    correlations, slopes = design[0], scale * design[1]
    root, p = np.linalg.cholesky(correlations), len(slopes)
    accounts = np.repeat(np.arange(n // PER_ACCOUNT), PER_ACCOUNT)

    def nested(columns):
        common = rng.standard_normal((n // PER_ACCOUNT, columns))[accounts]
        return np.sqrt(ICC) * common + np.sqrt(1 - ICC) * rng.standard_normal((n, columns))

    x = nested(p) @ root.T
    left = np.sqrt(1 - slopes @ correlations @ slopes)
    return x, x @ slopes + left * nested(1)[:, 0], np.array([f"a{k:04}" for k in accounts])


def bounds(repeats):
    """How far from .93 to .97 chance may take the share of intervals that hold the truth."""
    slack = 2.5 * np.sqrt(0.95 * 0.05 / repeats)
    return 0.93 - slack, 0.97 + slack


def true_shares(design):
    """Of the population."""
    gains = shares.lmg(design[0], design[0] @ design[1])
    return gains / gains.sum()


def share_intervals(design, n, rng, seed, resamples=400):
    """Intervals of the shares as `rank` makes them, and the percentiles alone."""
    x, y, names = drawn(design, n, rng)
    products = resample.cross_products(x, y, names)
    gains = resample.explained_by_each(resample.correlations(products.sum(axis=0)))
    without = resample.explained_by_each(resample.without_each(products))
    found = resample.resampled(products, resamples, seed).shares
    ends = sure.of_shares(gains / gains.sum(), found, without / without.sum(1, keepdims=True))
    return ends, np.quantile(found, [0.025, 0.975], axis=0)


@pytest.mark.parametrize(
    ("design", "n", "repeats"),
    # Held in .943 to .964, .933 to .960, .922 to .978 and .940 to .977 (each .95 on average).
    # Percentiles alone: from .914, .841, .868 and .873 on, the largest share the worst.
    [(SIX, 201, 1000), (SIX, 60, 1000), (OVERLAPPING, 60, 600), (TWELVE, 150, 300)],
)
def test_intervals_of_shares_hold_the_truth(design, n, repeats):
    rng = np.random.default_rng(5)
    truth = true_shares(design)
    held = np.zeros(len(truth))
    for seed in range(repeats):
        (low, high), _ = share_intervals(design, n, rng, seed)
        held += (low <= truth) & (truth <= high)
    least, most = bounds(repeats)
    assert 0.93 <= (held / repeats).mean() <= 0.97
    assert (held / repeats >= least).all()
    assert (held / repeats <= most).all()


def test_percentiles_alone_would_not_hold_the_largest_share():
    rng = np.random.default_rng(5)
    truth, held, repeats = true_shares(SIX), 0, 400
    for seed in range(repeats):
        _, (low, high) = share_intervals(SIX, 60, rng, seed)
        held += low[0] <= truth[0] <= high[0]
    assert held / repeats < 0.9


@pytest.mark.parametrize(
    ("design", "n", "scale"),
    [
        (SIX, 60, 0.7),
        (SIX, 60, 1.0),
        (SIX, 90, 1.0),
        (SIX, 201, 0.6),
        (SIX, 201, 1.0),
        (TWELVE, 150, 1.0),
    ],  # held in .941, .947, .945, .947, .949 and .952
)
def test_the_interval_of_what_is_explained_holds_the_truth(design, n, scale):
    rng = np.random.default_rng(6)
    slopes = scale * design[1]
    truth, held, repeats = slopes @ design[0] @ slopes, 0, 1000
    for _ in range(repeats):
        products = resample.cross_products(*drawn(design, n, rng, scale))
        _, found = rank._explained(products, n)
        held += found["ci_low"] <= truth <= found["ci_high"]
    least, most = bounds(repeats)
    assert least <= held / repeats <= most


@pytest.mark.parametrize("n", [60, 90, 201])
@pytest.mark.parametrize("driver", [0, 5])  # held in .941 to .958
def test_a_correlation_holds_the_truth_where_accounts_are_alike(n, driver):
    rng = np.random.default_rng(7)
    truth, held, repeats = (SIX[0] @ SIX[1])[driver], 0, 1000
    for _ in range(repeats):
        x, y, names = drawn(SIX, n, rng)
        _, low, high = sure.correlation(pd.Series(x[:, driver]), pd.Series(y), pd.Series(names))
        held += low <= truth <= high
    least, most = bounds(repeats)
    assert least <= held / repeats <= most


def test_a_driver_that_means_nothing_is_seldom_said_to_beat_noise():
    rng = np.random.default_rng(8)
    slopes = np.array([0.5, 0.3, 0.0, 0.0])
    design, clearly, strongest = (np.eye(4), slopes), [], []
    for seed in range(300):
        x, y, names = drawn(design, 120, rng)
        noise = resample.noise_products(x, y, names, seed)
        products = resample.cross_products(x, y, names)
        beats = resample.resampled(products, 400, seed, noise).beats
        clearly += list(beats[2:] >= rank.CLEAR_OF_NOISE)
        strongest.append(beats[0] >= rank.CLEAR_OF_NOISE)
    assert np.mean(clearly) < 0.01  # none
    assert np.mean(strongest) > 0.95  # .993
