"""How often the planted driver comes back, and how often the intervals hold the truth."""

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import params, survey
from analysis.models import drivers
from analysis.models.drivers import rank, resample, shares
from analysis.survey import demo

pytestmark = pytest.mark.slow
SEEDS = 50


@pytest.mark.parametrize(
    ("client", "least"),
    # Found first in all 50 of each; called clear in 50, 50 and 49 (stonegate has 95 answers).
    [("harbour", 48), ("meridian", 48), ("stonegate", 46)],
)
def test_the_planted_driver_ranks_first(client, least, tmp_path):
    ranked = first = 0
    for seed in range(SEEDS):
        made = demo.make(client, seed=seed)
        found = analysed(client, made, tmp_path)
        if not found.table.empty:
            ranked += 1
            first += found.table["term"].iloc[0] == made.truth["largest_driver"]
    assert first >= least
    assert first >= 0.95 * ranked


def test_a_tiny_client_is_never_ranked(tmp_path):
    for seed in range(10):
        assert analysed("lark", demo.make("lark", seed=seed), tmp_path).reason


def analysed(client, made, root):
    """What the drivers of a made-up client are found to be."""
    (root / "params").mkdir(exist_ok=True)
    (root / "data" / client).mkdir(parents=True, exist_ok=True)
    (root / "params" / "_defaults.yml").write_text("drivers: {resamples: 200}\n")
    (root / "params" / f"{client}.yml").write_text(yaml.safe_dump(made.params))
    for name, frame in made.tables.items():
        frame.to_csv(root / "data" / client / f"{name}.csv", index=False)
    p = params.load(client, params_dir=root / "params")
    return drivers.importance(survey.load(p), p)


CORRELATIONS = np.full((6, 6), 0.25) + 0.75 * np.eye(6)
SLOPES = np.array([0.5, 0.25, 0.15, 0.08, 0.0, 0.0])


def drawn(n, rng, scale=1.0):
    """Six drivers and an outcome of known weights, three answers an account (ICC .2)."""
    root, accounts = np.linalg.cholesky(CORRELATIONS), np.repeat(np.arange(n // 3), 3)
    slopes = scale * SLOPES

    def correlated(count):
        return rng.standard_normal((count, 6)) @ root.T

    x = np.sqrt(0.2) * correlated(n // 3)[accounts] + np.sqrt(0.8) * correlated(n)
    noise = np.sqrt(0.2) * rng.standard_normal(n // 3)[accounts]
    noise += np.sqrt(0.8) * rng.standard_normal(n)
    return x, x @ slopes + np.sqrt(1 - slopes @ CORRELATIONS @ slopes) * noise, accounts


@pytest.mark.parametrize(("n", "least"), [(90, 0.89), (201, 0.90)])
def test_intervals_of_shares_hold_the_truth(n, least):
    # Percentiles: .91 to .95 (n = 90), .92 to .96 (n = 201). Bias-corrected and accelerated
    # intervals were tried and held the small shares in .74 to .88 only.
    rng = np.random.default_rng(5)
    weights = shares.relative_weights(CORRELATIONS, CORRELATIONS @ SLOPES)
    truth, held, repeats = weights / weights.sum(), np.zeros(6), 400
    for k in range(repeats):
        x, y, accounts = drawn(n, rng)
        found = resample.resampled_shares(resample.cross_products(x, y, accounts), 500, k)
        low, high = np.quantile(found, [0.025, 0.975], axis=0)
        held += (low <= truth) & (truth <= high)
    assert (held / repeats >= least).all()
    assert (held / repeats <= 0.985).all()


@pytest.mark.parametrize(("n", "scale"), [(60, 0.7), (90, 1.0), (201, 0.6), (201, 1.0)])
def test_the_interval_of_what_is_explained_holds_the_truth(n, scale):
    rng = np.random.default_rng(6)
    truth, held, repeats = scale**2 * SLOPES @ CORRELATIONS @ SLOPES, 0, 400
    for _ in range(repeats):
        x, y, accounts = drawn(n, rng, scale)
        inner_outer = np.corrcoef(np.column_stack([x, y]).T)
        beta = shares.slopes(inner_outer[:-1, :-1], inner_outer[:-1, -1])
        names = [f"d{k}" for k in range(6)]
        table = pd.DataFrame({"term": names, "beta": beta})
        _, found = rank._explained(
            pd.DataFrame(x, columns=names), pd.Series(y), table, pd.Series(accounts)
        )
        held += found["ci_low"] <= truth <= found["ci_high"]
    assert 0.90 <= held / repeats <= 0.98


def test_a_correlation_holds_the_truth_where_accounts_are_alike():
    rng = np.random.default_rng(7)
    truth, held, repeats = (CORRELATIONS @ SLOPES)[0], 0, 600
    for _ in range(repeats):
        x, y, accounts = drawn(90, rng)
        _, low, high = rank.correlation(pd.Series(x[:, 0]), pd.Series(y), pd.Series(accounts))
        held += low <= truth <= high
    assert 0.92 <= held / repeats <= 0.97
