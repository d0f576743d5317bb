"""R numbers: data and fits as in test_sem_estimate.py; `standardizedSolution(f)` and `(cl)`."""

import numpy as np
import pytest

from analysis.models.sem import effects, estimate
from tests import relations

# std.all, its se (expected information), its se with cluster = "account" (MLR)
LAVAAN = {
    ("trust", "shared_values"): (0.107614, 0.055825, 0.057275),
    ("trust", "communication"): (0.381642, 0.051697, 0.063737),
    ("trust", "opportunism"): (-0.319195, 0.048662, 0.053098),
    ("commitment", "termination_costs"): (0.251167, 0.054443, 0.058326),
    ("commitment", "relationship_benefits"): (0.063751, 0.052779, 0.056558),
    ("commitment", "shared_values"): (0.239500, 0.056560, 0.054535),
    ("commitment", "trust"): (0.371626, 0.048462, 0.050094),
    ("acquiescence", "commitment"): (0.471899, 0.047241, 0.051217),
    ("propensity_to_leave", "commitment"): (-0.463252, 0.047489, 0.051170),
    ("cooperation", "commitment"): (0.265228, 0.059721, 0.056330),
    ("cooperation", "trust"): (0.433565, 0.056508, 0.060335),
    ("functional_conflict", "trust"): (0.352528, 0.052339, 0.057116),
    ("uncertainty", "trust"): (-0.442050, 0.048100, 0.060093),
}
# se with estimator = "MLR" and no cluster
MLR = {("trust", "shared_values"): 0.059976, ("uncertainty", "trust"): 0.052278}


@pytest.fixture(scope="module")
def data():
    return relations.sample(400, 1994, accounts=140)


@pytest.fixture(scope="module")
def solution(data):
    return estimate.estimate(relations.MODEL, data, data["account"])


def rows(frame):
    return frame.set_index(["lhs", "op", "rhs"])


def test_standardised_paths_and_their_standard_errors_match_lavaan(solution):
    found = rows(effects.standardised(solution, errors="expected"))
    for (lhs, rhs), (value, error, _) in LAVAAN.items():
        row = found.loc[lhs, "~", rhs]
        assert row["estimate"] == pytest.approx(value, abs=1e-5)
        assert row["se"] == pytest.approx(error, abs=1e-5)
        assert row["ci_high"] - row["estimate"] == pytest.approx(1.959964 * error, abs=1e-4)


def test_loadings_and_residual_correlations_match_lavaan(solution):
    found = rows(effects.standardised(solution, errors="expected"))
    for item, value, error in (("trust_1", 0.881970, 0.017621), ("trust_3", 0.744114, 0.026142)):
        row = found.loc["trust", "=~", item]
        assert (row["estimate"], row["se"]) == pytest.approx((value, error), abs=1e-5)
    row = found.loc["cooperation", "~~", "uncertainty"]
    assert (row["estimate"], row["se"]) == pytest.approx((0.0756886, 0.0653101), abs=1e-5)


def test_standard_errors_that_allow_for_accounts_match_lavaan(solution):
    found = rows(effects.standardised(solution, errors="robust"))
    for (lhs, rhs), (_, _, error) in LAVAAN.items():
        assert found.loc[(lhs, "~", rhs), "se"] == pytest.approx(error, abs=1e-5)


def test_robust_standard_errors_without_accounts_match_lavaan_mlr(data):
    alone = estimate.estimate(relations.MODEL, data)
    found = rows(effects.standardised(alone, errors="robust"))
    for (lhs, rhs), error in MLR.items():
        # lavaan has no n / (n - 1) here
        expected = error * np.sqrt(400 / 399)
        assert found.loc[(lhs, "~", rhs), "se"] == pytest.approx(expected, abs=1e-5)


def test_accounts_may_widen_an_interval_but_never_narrow_it(solution):
    kinds = ("wider", "expected", "robust")
    found = {kind: effects.standardised(solution, errors=kind)["se"] for kind in kinds}
    assert found["wider"].equals(found["expected"].combine(found["robust"], max))


def test_explained_shares_match_lavaan(solution):
    # lavInspect(f, "r2"): trust .3454673, commitment .4318758
    found = effects.explained(solution).set_index("term")["estimate"]
    assert found["trust"] == pytest.approx(0.3454673, abs=1e-5)
    assert found["commitment"] == pytest.approx(0.4318758, abs=1e-5)


def test_what_the_model_fixes_has_no_interval(solution):
    found = rows(effects.standardised(solution))
    assert np.isnan(found.loc[("shared_values", "~~", "shared_values"), "ci_low"])
