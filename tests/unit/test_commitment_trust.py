from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.models import sem
from analysis.models.sem import averages, commitment_trust, finding, latent, theory
from tests import relations


def params(min_scores=5):
    return SimpleNamespace(
        wave=SimpleNamespace(id="w1"),
        history=(SimpleNamespace(id="w1"),),
        seed=1994,
        drivers=SimpleNamespace(resamples=200),
        confidentiality=SimpleNamespace(min_scores=min_scores),
    )


@pytest.fixture(scope="module")
def large():
    data = relations.sample(400, 1994, accounts=140)
    return commitment_trust.fit(relations.survey(data), params())


def test_many_answers_get_a_structural_model_with_all_thirteen_links(large):
    assert (large.engine, large.tier.letter, large.n, large.usable) == ("semopy", "A", 400, True)
    assert len(large.paths) == 13
    assert large.n_accounts > 100
    inside = [
        row.ci_low <= relations.TRUTH[tuple(row.term.split(" -> "))] <= row.ci_high
        for row in large.paths.itertuples()
    ]
    assert sum(inside) >= 11


def test_the_measurement_model_comes_with_it(large):
    assert len(large.reliability) == 12
    assert len(large.correlations) == len(large.htmt) == 66
    assert large.indices.set_index("term").loc["cfi", "estimate"] > 0.95
    close = large.htmt[large.htmt["estimate"] > 0.25]
    assert close["estimate"].between(close["ci_low"], close["ci_high"]).all()


def test_parameters_are_tidy_and_tell_what_was_expected(large):
    assert list(large.parameters.columns) == list(finding.PARAMETERS)
    row = large.parameters.set_index("term").loc["opportunism -> trust"]
    assert (row["op"], row["expected"], row["verdict"]) == ("~", "\N{MINUS SIGN}", "met")


def test_fewer_answers_get_averages_and_no_model():
    data = relations.sample(100, 7, accounts=45)
    found = commitment_trust.fit(relations.survey(data), params())
    assert (found.engine, found.tier.letter) == ("averages", "C")
    assert found.indices.empty
    assert found.htmt.empty
    assert len(found.paths) == 13
    assert found.rival.empty
    assert len(found.reliability) == 12
    assert found.sensitivity["composites"].notna().all()
    assert set(found.effects["kind"]) == {"direct", "indirect", "total"}


def test_below_thirty_there_is_nothing_but_a_sentence():
    found = commitment_trust.fit(relations.survey(relations.sample(24, 7)), params())
    assert not found.usable
    assert found.paths.empty
    assert found.parameters.empty
    assert found.reason.startswith("24 answers are too few")
    assert set(found.signs["verdict"]) == {"not asked"}


def test_a_client_who_shows_only_large_groups_gets_nothing_of_a_smaller_one():
    found = commitment_trust.fit(relations.survey(relations.sample(100, 7)), params(120))
    assert not found.usable
    assert found.reason == "Fewer than 120 answers: not shown."


def test_without_trust_there_is_no_model():
    data = relations.sample(400, 7)
    data = data[[c for c in data if not c.startswith("trust")]]
    found = commitment_trust.fit(relations.survey(data), params())
    assert not found.usable
    assert "nothing about trust" in found.reason
    assert "commitment," not in found.reason.split("so the")[0]


def test_another_wave_is_not_used():
    survey = relations.survey(relations.sample(400, 7), wave="w0")
    assert not commitment_trust.fit(survey, params()).usable


def test_only_the_constructs_that_were_asked_enter():
    data = relations.sample(300, 7)
    data = data[[c for c in data if c.startswith(("trust", "commitment", "cooperation"))]]
    found = commitment_trust.fit(relations.survey(data), params())
    assert sorted(found.paths["term"]) == [
        "commitment -> cooperation",
        "trust -> commitment",
        "trust -> cooperation",
    ]
    assert np.isnan(found.n_accounts)


def test_a_question_that_few_answered_does_not_cost_the_others():
    data = relations.sample(400, 7)
    data.loc[data.index % 10 != 0, "trust_3"] = np.nan
    found = commitment_trust.fit(relations.survey(data), params())
    assert found.n == 400
    assert "trust =~ trust_3" not in set(found.parameters["term"])


def test_answers_with_gaps_are_used_and_both_counts_are_kept():
    data = relations.sample(400, 7)
    data.loc[data.index % 5 == 0, "trust_3"] = np.nan
    data.loc[data.index % 20 == 0, relations.MODEL.items[4:]] = (
        np.nan
    )  # 20 answered next to nothing
    found = commitment_trust.fit(relations.survey(data), params())
    assert (found.n, found.answered, found.engine) == (380, 400, "rapport")
    assert "gaps included" in found.method


def test_an_impossible_solution_is_never_shown():
    data = relations.sample(300, 7)
    # trust and commitment become one thing: their latent correlation leaves the possible
    for k in (1, 2, 3):
        data[f"commitment_{k}"] = data[f"trust_{k}"] + 0.01 * data[f"commitment_{k}"]
    found = commitment_trust.fit(relations.survey(data), params())
    assert found.engine == "averages"
    assert "cannot be, so it is not shown" in found.problems[0]
    assert found.indices.empty


def test_two_questions_of_a_construct_are_tied_before_the_model_is_given_up():
    # Two vague questions: the first solution has a negative error variance (found by trying seeds).
    data = relations.sample(300, 28).drop(columns="acquiescence_3")
    data = data[[c for c in data if c.startswith(("trust", "commitment", "acquiescence"))]]
    rng = np.random.default_rng(28)
    for k in (1, 2):
        data[f"acquiescence_{k}"] += rng.normal(0, 2.0, 300)
    survey = relations.survey(data)
    asked = commitment_trust.latents(commitment_trust.constructs(survey, survey.answers))
    assert not sem.fit(theory.text(asked, theory.arrows(asked)), data).usable
    found = commitment_trust.fit(survey, params())
    assert found.engine == "semopy"
    assert latent.TIED in found.problems[0]


def test_the_same_answers_give_the_same_numbers():
    survey = relations.survey(relations.sample(200, 7, accounts=80))
    first, second = (commitment_trust.fit(survey, params()) for _ in range(2))
    pd.testing.assert_frame_equal(first.parameters, second.parameters, check_exact=True)


def test_the_theory_is_held_against_its_rival(large):
    theory_row, rival_row = (row for _, row in large.rival.iterrows())
    assert (theory_row["paths"], rival_row["paths"]) == (13, 35)
    assert theory_row["df"] > rival_row["df"]
    assert theory_row["chisq"] > rival_row["chisq"]
    assert large.rival_verdict == "model"  # the answers were made by the theory
    assert 0.05 < large.rival_p < 1


def test_a_rival_that_made_the_answers_wins():
    # Shared values lead straight to every outcome; neither trust nor commitment does anything.
    rng = np.random.default_rng(5)
    value = rng.normal(size=500)
    scores = {"shared_values": value}
    for name, share in (("trust", 0.4), ("commitment", 0.4), ("cooperation", 0.8),
                        ("acquiescence", 0.8), ("uncertainty", -0.8)):  # fmt: skip
        scores[name] = share * value + np.sqrt(1 - share**2) * rng.normal(size=500)
    data = pd.DataFrame(
        {f"{n}_{k}": 4 + x + rng.normal(0, 0.7, 500) for n, x in scores.items() for k in (1, 2, 3)}
    )
    found = commitment_trust.fit(relations.survey(data), params())
    assert found.rival_verdict == "rival"
    assert found.rival_p < 0.001
    rows = found.mediation.set_index(["source", "target"])
    row = rows.loc[("Shared values", "Cooperation")]
    assert row["verdict"] in ("not carried", "carried in part")
    assert row["direct_low"] > 0.5


def test_what_passes_through_trust_and_commitment_is_the_product_of_the_paths(large):
    row = large.effects.set_index(["source", "target", "kind"]).loc[
        ("Communication", "Uncertainty", "indirect")
    ]
    paths = large.paths.set_index("term")["estimate"]
    product = paths["communication -> trust"] * paths["trust -> uncertainty"]
    assert row["estimate"] == pytest.approx(product, abs=1e-8)
    assert row["ci_low"] < product < row["ci_high"]


def test_other_methods_stand_beside_the_model(large):
    rows = large.sensitivity
    assert len(rows) == 13
    assert rows[["averages", "composites"]].notna().all(axis=None)
    assert rows["ordinal"].isna().all()  # these answers are no steps
    assert (large.power["smallest"] == 2.8 * large.power["se"]).all()
    assert len(large.common_method) == 3


def test_a_small_sample_gets_resampled_intervals_and_a_corrected_test():
    found = commitment_trust.fit(relations.survey(relations.sample(200, 3, accounts=90)), params())
    assert (found.tier.letter, found.engine) == ("B", "semopy")
    assert "200 bootstrap samples of accounts" in found.method
    terms = found.indices.set_index("term")["estimate"]
    assert terms["pvalue"] < terms["swain_pvalue"]
    assert terms["pvalue_scaled"] < terms["pvalue_few"]
    row = found.paths.set_index("term").loc["trust -> commitment"]
    middle = (row["ci_low"] + row["ci_high"]) / 2
    assert abs(middle - row["estimate"]) > 1e-4  # percentiles owe nothing to symmetry


def test_waves_are_compared_only_where_the_questions_work_alike():
    first, second = relations.sample(300, 1), relations.sample(300, 2)
    items = [c for c in first if c.startswith(("trust", "commitment", "cooperation"))]
    second[[f"trust_{k}" for k in (1, 2, 3)]] += 0.5  # trust rose
    one, two = (relations.survey(d[items], wave=w) for d, w in ((first, "w0"), (second, "w1")))
    both = replace(two, waves=("w0", "w1"), answers=pd.concat([one.answers, two.answers]))
    p = params()
    p.history = tuple(SimpleNamespace(id=w, label=w, method="a") for w in ("w0", "w1"))
    found = commitment_trust.fit(both, p)
    assert set(found.invariance["verdict"]) == {"holds"}
    rows = found.differences.set_index("label")
    assert rows.loc["Trust", "verdict"] == "higher"
    assert rows.loc["Trust", "ci_low"] > 0
    assert rows.loc["Cooperation", "verdict"] == "no clear difference"
    # Two of trust's three questions are understood otherwise: nothing may be said of its mean.
    second[["trust_1", "trust_2", "commitment_1", "commitment_2"]] += [1.5, -1.5, 1.5, -1.5]
    two = relations.survey(second[items], wave="w1")
    both = replace(two, waves=("w0", "w1"), answers=pd.concat([one.answers, two.answers]))
    found = commitment_trust.fit(both, p)
    assert found.invariance["verdict"].iloc[-1] == "does not hold"
    assert found.differences.empty


def test_the_order_of_rows_and_columns_changes_nothing():
    data = relations.sample(220, 7, accounts=80)
    data = data[[c for c in data if c.startswith(("trust", "commitment", "coop", "account"))]]
    data.iloc[::9, 2] = np.nan
    survey = relations.survey(data)
    mixed = replace(survey, answers=survey.answers.sample(frac=1, random_state=3)[
        survey.answers.columns[::-1]])  # fmt: skip
    first, second = (commitment_trust.fit(s, params()) for s in (survey, mixed))
    pd.testing.assert_frame_equal(first.parameters, second.parameters, rtol=1e-9)
    for name in ("effects", "sensitivity", "indices", "htmt", "rival", "levels"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), rtol=1e-6)


def test_two_ways_to_write_one_model_are_not_held_against_each_other():
    # Trust, commitment and one outcome of both: the rival is the theory without a name.
    data = relations.sample(320, 7)
    data = data[[c for c in data if c.startswith(("trust", "commitment", "cooperation"))]]
    found = commitment_trust.fit(relations.survey(data), params())
    assert found.rival_verdict == ""
    assert np.isnan(found.rival_p)


def test_many_gaps_end_in_sentences_and_not_in_a_crash():
    data = relations.sample(400, 7, accounts=120)
    hole = np.random.default_rng(1).random((400, 36)) < 0.45
    data[relations.MODEL.items] = data[relations.MODEL.items].mask(hole)
    found = commitment_trust.fit(relations.survey(data), params())
    assert found.usable or found.reason


def test_a_small_sample_of_few_accounts_keeps_intervals_that_allow_for_them():
    found = commitment_trust.fit(relations.survey(relations.sample(200, 3, accounts=12)), params())
    assert "bootstrap" not in found.method


def test_a_direct_way_against_the_indirect_one_is_no_part_of_it():
    row = {"estimate": 0.3, "ci_low": 0.1, "ci_high": 0.5}
    against = {"estimate": -0.3, "ci_low": -0.5, "ci_high": -0.1}
    assert theory._verdict(pd.Series(row), pd.Series(row)) == "carried in part"
    assert "contrary" in theory._verdict(pd.Series(row), pd.Series(against))


def test_scores_that_no_resample_parts_give_no_path():
    rng = np.random.default_rng(1)
    base = rng.normal(size=40)
    scored = pd.DataFrame({"a": base, "b": base, "c": base + rng.normal(size=40)})
    answers = pd.DataFrame({"account": None, "contact": None}, index=scored.index)
    arrows = [("a", "c"), ("b", "c")]
    draw = {"seed": 1, "resamples": 50}
    assert averages.paths(scored, arrows, answers, **draw).empty
    assert averages.explained(scored, arrows, answers, **draw).empty
    assert averages.effects(scored, arrows, answers, **draw).empty


def test_a_single_account_gets_a_sentence_and_no_link():
    data = relations.sample(100, 7).assign(account=1)
    found = commitment_trust.fit(relations.survey(data), params())
    assert not found.usable
    assert found.paths.empty
    assert "come from 1 accounts; it takes 10" in found.reason


def test_gaps_everywhere_leave_out_what_needs_complete_answers():
    data = relations.sample(320, 7, accounts=120)
    hole = np.random.default_rng(1).random((320, 36)) < 0.08
    data[relations.MODEL.items] = data[relations.MODEL.items].mask(hole)
    found = commitment_trust.fit(relations.survey(data), params())
    assert found.engine == "rapport"
    assert found.n == 320
    assert found.htmt.empty
    assert found.common_method.empty


def test_answers_without_any_relation_are_no_win_for_the_theory():
    rng = np.random.default_rng(4)
    data = pd.DataFrame(
        {
            f"{name}_{k}": 4 + score + rng.normal(0, 0.6, 320)
            for name in relations.LATENTS
            for score in [rng.normal(size=320)]
            for k in (1, 2, 3)
        }
    )
    found = commitment_trust.fit(relations.survey(data), params())
    assert found.rival_verdict == "undecided"


def test_rmsea_lies_inside_its_interval_with_and_without_gaps(large):
    data = relations.sample(330, 7, accounts=120)
    for k in (1, 2, 3):
        data[f"trust_{k}"] += 0.6 * data["uncertainty_1"]  # so that the model does not fit
    data.loc[data.index % 4 == 0, "cooperation_2"] = np.nan
    holed = commitment_trust.fit(relations.survey(data), params())
    for found in (large, holed):
        row = found.indices.set_index("term").loc["rmsea"]
        assert row["ci_low"] <= row["estimate"] <= row["ci_high"]
