"""R numbers: data and fit as in test_sem_estimate.py; `fitMeasures(f)`, lavaan 0.6-14."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.models.sem import estimate, fit, syntax
from tests import relations


@pytest.fixture(scope="module")
def solution():
    data = relations.sample(400, 1994, accounts=140)
    return estimate.estimate(relations.MODEL, data, data["account"])


def test_fit_indices_match_lavaan(solution):
    found = fit.indices(solution).set_index("term")["estimate"]
    assert found["chi2"] == pytest.approx(591.2052, abs=1e-3)
    assert found["df"] == 561
    assert found["p"] == pytest.approx(0.1825021, abs=1e-5)
    assert found["cfi"] == pytest.approx(0.9954881, abs=1e-6)
    assert found["tli"] == pytest.approx(0.9949332, abs=1e-6)
    assert found["srmr"] == pytest.approx(0.0348418, abs=1e-6)


def test_rmsea_and_its_interval_match_lavaan(solution):
    row = fit.indices(solution).set_index("term").loc["rmsea"]
    assert row["estimate"] == pytest.approx(0.0116019, abs=1e-6)
    assert row["ci_low"] == 0
    assert row["ci_high"] == pytest.approx(0.0202954, abs=1e-6)


def test_likelihood_and_information_criteria_match_lavaan(solution):
    # fitMeasures(fz): logl -17066.0036, aic 34342.0072, bic 34761.1110 (standardised items)
    found = fit.indices(solution).set_index("term")["estimate"]
    assert found["log_likelihood"] == pytest.approx(-17066.0036, abs=1e-2)
    assert found["aic"] == pytest.approx(34342.0072, abs=1e-2)
    assert found["bic"] == pytest.approx(34761.1110, abs=1e-2)


def test_semopys_wrong_indices_are_not_reported(solution):
    assert not {"gfi", "agfi"} & set(fit.indices(solution)["term"])


def test_cfi_never_exceeds_one():
    exact = estimate.estimate(relations.MODEL, relations.exact(400))
    assert fit.indices(exact).set_index("term").loc["cfi", "estimate"] == 1


def test_swains_correction_matters_less_the_more_answers_there_are():
    factors = [fit.swain_factor(36, 561, n) for n in (100, 200, 400, 10_000)]
    assert factors == sorted(factors)
    assert factors[-1] > 0.998


def test_a_sound_solution_has_no_problem(solution):
    assert fit.problems(solution) == []


def changed(solution, key, value):
    theta = solution.theta.copy()
    theta[solution.model.parameters.index(key)] = value
    return replace(solution, theta=theta)


def test_a_negative_error_variance_is_a_problem(solution):
    bad = changed(solution, ("trust_1", "~~", "trust_1"), -0.02)
    assert fit.problems(bad) == ["The error variance of trust 1 is not above zero."]


def test_a_variance_that_an_engine_held_at_zero_is_a_problem(solution):
    bad = changed(solution, ("trust_1", "~~", "trust_1"), 0.0)
    assert "not above zero" in fit.problems(bad)[0]


def test_a_construct_without_variance_left_is_a_problem(solution):
    bad = changed(solution, ("trust", "~~", "trust"), -0.1)
    assert any("left of trust" in problem for problem in fit.problems(bad))


def test_constructs_that_correlate_more_than_one_are_a_problem(solution):
    bad = changed(solution, ("shared_values", "~~", "communication"), 1.5)
    assert any("correlate 1 or more" in problem for problem in fit.problems(bad))


def test_a_solution_that_did_not_settle_is_a_problem(solution):
    assert len(fit.problems(replace(solution, converged=False))) == 1


def test_parameters_that_cannot_be_told_apart_are_a_problem():
    # two unrelated constructs of two items each: each needs the other's help to be identified
    rng = np.random.default_rng(3)
    raw = rng.standard_normal((300, 4))
    white = np.linalg.qr(raw - raw.mean(axis=0))[0]
    white[:, 1] += 0.7 * white[:, 0]
    white[:, 3] += 0.7 * white[:, 2]
    frame = pd.DataFrame(white, columns=["a1", "a2", "b1", "b2"])
    model = syntax.confirmatory((("a", ("a1", "a2")), ("b", ("b1", "b2"))))
    assert fit.problems(estimate.estimate(model, frame))
