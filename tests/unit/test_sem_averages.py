import numpy as np
import pandas as pd
import pytest

from analysis.models.sem import averages
from analysis.models.sem.signs import PATHS
from tests import relations

ARROWS = [(source, target) for source, target, _ in PATHS]
DRAW = {"seed": 1, "resamples": 2000}


@pytest.fixture(scope="module")
def survey():
    return relations.survey(relations.sample(100, 7, accounts=45))


@pytest.fixture(scope="module")
def scored(survey):
    return averages.scores(survey.answers, survey.items, dict(relations.MEASUREMENT))


def test_coefficients_match_lm_on_standardised_averages(survey, scored):
    # R: coef(lm(commitment ~ termination_costs + relationship_benefits + shared_values + trust, z))
    found = averages.paths(scored, ARROWS, survey.answers, **DRAW).set_index(["rhs", "lhs"])
    expected = {
        "termination_costs": 0.2013240,
        "relationship_benefits": -0.04000724,
        "shared_values": 0.1221785,
        "trust": 0.4105582,
    }
    for source, value in expected.items():
        row = found.loc[source, "commitment"]
        assert row["estimate"] == pytest.approx(value, abs=1e-6)
        assert row["ci_low"] < value < row["ci_high"]


def test_bootstrap_standard_errors_come_near_the_sandwich(survey, scored):
    # R: sqrt(diag(sandwich::vcovCL(f, d$account, type = "HC1")))
    found = averages.paths(scored, ARROWS, survey.answers, **DRAW).set_index(["rhs", "lhs"])
    for source, error in (
        ("termination_costs", 0.1145),
        ("shared_values", 0.0731),
        ("trust", 0.0888),
    ):
        assert found.loc[(source, "commitment"), "se"] == pytest.approx(error, rel=0.2)


def test_explained_share_is_the_adjusted_one_of_lm(survey, scored):
    # R: summary(f)$adj.r.squared
    found = averages.explained(scored, ARROWS, survey.answers, **DRAW).set_index("term")
    assert found.loc["commitment", "estimate"] == pytest.approx(0.291759, abs=1e-6)


def test_with_few_answers_correlations_replace_regressions(survey, scored):
    few = scored.head(35)
    found = averages.paths(few, ARROWS, survey.answers, sparing=True, **DRAW)
    kinds = found.groupby("lhs")["op"].first()
    assert kinds["commitment"] == "~~"  # four predictors need forty answers
    assert kinds["trust"] == "~"  # three need thirty


def test_correlation_and_its_interval_match_cor_test(survey, scored):
    # R: cor.test(z$trust, z$cooperation); accounts may widen the interval, never narrow it
    alone = survey.answers.assign(account=None)
    pair = [("trust", "cooperation")] + [(f"x{k}", "cooperation") for k in range(10)]
    noise = np.random.default_rng(1).normal(size=(100, 10))
    wide = scored.join(pd.DataFrame(noise, columns=[f"x{k}" for k in range(10)]))
    row = averages.paths(wide, pair, alone, sparing=True, **DRAW).set_index("rhs").loc["trust"]
    assert row["op"] == "~~"
    assert row["estimate"] == pytest.approx(0.4165516, abs=1e-6)
    assert row["ci_low"] <= 0.2397494 + 1e-5
    assert row["ci_high"] >= 0.5666106 - 1e-5


def test_the_same_seed_gives_the_same_interval(survey, scored):
    first = averages.paths(scored, ARROWS, survey.answers, **DRAW)
    assert first.equals(averages.paths(scored, ARROWS, survey.answers, **DRAW))


def test_scores_of_items_on_different_scales_have_equal_weight():
    items = pd.DataFrame({"scale_min": [1.0, 0.0], "scale_max": [7.0, 10.0]}, index=["a", "b"])
    found = averages.scores(pd.DataFrame({"a": [7.0, 1.0], "b": [10.0, None]}), items, {"t": "ab"})
    assert found["t"].tolist() == [1.0, 0.0]


def test_a_score_without_spread_gives_no_row(survey, scored):
    flat = scored.assign(trust=0.5)
    found = averages.paths(flat, ARROWS, survey.answers, **DRAW)
    assert set(found["lhs"]) == {"acquiescence", "propensity_to_leave"}


def test_too_few_answers_give_no_rows(survey, scored):
    assert averages.paths(scored.head(3), ARROWS, survey.answers, **DRAW).empty
    assert averages.explained(scored.head(3), ARROWS, survey.answers, **DRAW).empty
