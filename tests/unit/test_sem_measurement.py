"""R numbers: data as in test_sem_estimate.py; cf <- cfa(measurement, d), semTools 0.5-6."""

import pytest

from analysis.models.sem import effects, estimate, fit, measurement, syntax
from tests import relations


@pytest.fixture(scope="module")
def data():
    return relations.sample(400, 1994, accounts=140)


@pytest.fixture(scope="module")
def solution(data):
    model = syntax.confirmatory(relations.MEASUREMENT)
    return estimate.estimate(model, data, data["account"])


def test_chi_square_of_the_measurement_model_matches_lavaan(solution):
    # fitMeasures(cf, c("chisq", "df")): 567.6094, 528
    found = fit.indices(solution).set_index("term")["estimate"]
    assert found["chi2"] == pytest.approx(567.6094, abs=1e-3)
    assert found["df"] == 528


def test_omega_matches_semtools(solution):
    # compRelSEM(cf, obs.var = FALSE): trust .8632233, commitment .8380211
    found = measurement.reliability(solution).set_index("term")
    assert found.loc["trust", "estimate"] == pytest.approx(0.8632233, abs=1e-5)
    assert found.loc["commitment", "estimate"] == pytest.approx(0.8380211, abs=1e-5)
    assert (found["ci_low"] < found["estimate"]).all()


def test_variance_extracted_matches_semtools(solution):
    # AVE(cfa(measurement, z), obs.var = FALSE), z standardised: .6750098, .6336362
    found = measurement.reliability(solution).set_index("term")["ave"]
    assert found["trust"] == pytest.approx(0.6750098, abs=1e-5)
    assert found["commitment"] == pytest.approx(0.6336362, abs=1e-5)


def test_latent_correlations_match_lavaan(solution):
    # standardizedSolution(cf), trust ~~ commitment: .50858271, se .04569813
    found = effects.latent_correlations(solution, errors="expected").set_index(["lhs", "rhs"])
    row = found.loc["trust", "commitment"]
    assert row["estimate"] == pytest.approx(0.50858271, abs=1e-5)
    assert row["se"] == pytest.approx(0.04569813, abs=1e-5)


def test_htmt_matches_semtools_classic_ratio(data):
    # htmt(measurement, d, htmt2 = FALSE): trust-commitment .5154957, cooperation-trust .5730613,
    # opportunism-trust .4231235
    found = measurement.htmt(data, dict(relations.MEASUREMENT)).set_index(["lhs", "rhs"])
    assert found.loc[("trust", "commitment"), "estimate"] == pytest.approx(0.5154957, abs=1e-6)
    assert found.loc[("trust", "cooperation"), "estimate"] == pytest.approx(0.5730613, abs=1e-6)
    assert found.loc[("opportunism", "trust"), "estimate"] == pytest.approx(0.4231235, abs=1e-6)


def test_two_names_for_one_construct_are_not_told_apart(data):
    halves = {"one": ["trust_1", "trust_2"], "other": ["trust_3", "commitment_1"]}
    twin = data.assign(trust_3=data["trust_1"] + data["trust_2"], commitment_1=data["trust_2"])
    assert measurement.htmt(twin, halves)["note"].item() == "not told apart"
