"""R numbers: `relations.sample(400, 1994, accounts=140)` written to a CSV, lavaan 0.6-14.

f  <- sem(model, d)                                  fz <- sem(model, z)   # z: sd 1 with n
cl <- sem(model, d, estimator = "MLR", cluster = "account")
"""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.models.sem import effects, estimate, syntax
from tests import relations

# parameterEstimates(fz), rows "~": est, se
LAVAAN = {
    ("trust", "shared_values"): (0.113150, 0.059110),
    ("trust", "opportunism"): (-0.319200, 0.052177),
    ("commitment", "termination_costs"): (0.245642, 0.055697),
    ("commitment", "trust"): (0.343601, 0.049358),
    ("propensity_to_leave", "commitment"): (-0.487432, 0.060340),
    ("cooperation", "trust"): (0.416830, 0.060131),
}


@pytest.fixture(scope="module")
def data():
    return relations.sample(400, 1994, accounts=140)


@pytest.fixture(scope="module")
def solution(data):
    return estimate.estimate(relations.MODEL, data, data["account"])


def test_estimates_and_standard_errors_match_lavaan(solution):
    place = {key: k for k, key in enumerate(relations.MODEL.parameters)}
    se = np.sqrt(np.diag(solution.covariance))
    for (lhs, rhs), (value, error) in LAVAAN.items():
        at = place[lhs, "~", rhs]
        assert solution.theta[at] == pytest.approx(value, abs=1e-5)
        assert se[at] == pytest.approx(error, abs=1e-5)


def test_semopy_agrees_with_the_finished_solution(solution):
    assert solution.converged
    assert solution.gap < 1e-4


def test_the_gradient_is_zero_at_the_solution_and_right_away_from_it(solution):
    model, sample = relations.MODEL, solution.sample
    assert np.abs(estimate.gradient(model, solution.theta, sample)).max() < 1e-5
    away = solution.theta * 1.1
    slope = estimate.gradient(model, away, sample)
    for k in (0, 30, 45, 60, 100):
        step = np.zeros(len(away))
        step[k] = 1e-6
        up = estimate.discrepancy(model, away + step, sample)
        down = estimate.discrepancy(model, away - step, sample)
        assert slope[k] == pytest.approx((up - down) / 2e-6, abs=1e-5)


def test_exact_population_gives_back_its_paths_and_chi_square_zero():
    found = estimate.estimate(relations.MODEL, relations.exact(400))
    assert 400 * found.discrepancy == pytest.approx(0, abs=1e-6)
    frame = effects.standardised(found, errors="expected")
    for row in frame[frame["op"] == "~"].itertuples():
        assert row.estimate == pytest.approx(relations.TRUTH[row.rhs, row.lhs], abs=1e-4)
    loadings = frame[frame["op"] == "=~"]["estimate"].to_numpy().reshape(-1, 3)
    assert np.abs(loadings - relations.LOADINGS).max() < 1e-4


def test_the_scale_of_an_item_does_not_matter(data, solution):
    # semopy alone: x2 * 1e-4 turned a chi-square of 85 into 8,824 without a word
    other = data.assign(trust_2=data["trust_2"] * 1e-4, commitment_1=data["commitment_1"] * 1e5)
    again = estimate.estimate(relations.MODEL, other, data["account"])
    assert again.discrepancy == pytest.approx(solution.discrepancy, abs=1e-9)
    assert again.theta == pytest.approx(solution.theta, abs=1e-6)


def test_the_order_of_answers_does_not_matter(data, solution):
    mixed = data.sample(frac=1, random_state=1)
    again = estimate.estimate(relations.MODEL, mixed, mixed["account"])
    assert again.theta == pytest.approx(solution.theta, abs=1e-7)
    assert again.robust == pytest.approx(solution.robust, abs=1e-7)


def test_missing_answers_are_refused(data):
    holed = data.astype(float)
    holed.iloc[3, 5] = np.nan
    with pytest.raises(ModelError, match="complete answers"):
        estimate.estimate(relations.MODEL, holed)


def test_a_constant_item_is_refused(data):
    with pytest.raises(ModelError, match="same answer to trust_2"):
        estimate.estimate(relations.MODEL, data.assign(trust_2=5.0))


def test_a_copied_item_is_refused(data):
    with pytest.raises(ModelError, match="copies or sums"):
        estimate.estimate(relations.MODEL, data.assign(trust_2=data["trust_1"]))


def test_more_items_than_answers_are_refused(data):
    with pytest.raises(ModelError, match="36 complete answers cannot carry"):
        estimate.estimate(relations.MODEL, data.head(36))


def test_more_unknowns_than_correlations_are_refused():
    lone = syntax.Model((("T", ("a", "b")),))
    frame = pd.DataFrame(np.random.default_rng(1).normal(size=(50, 2)), columns=["a", "b"])
    with pytest.raises(ModelError, match="more unknowns"):
        estimate.estimate(lone, frame)
