import numpy as np
import pandas as pd
import pytest

from analysis.models.drivers import asymmetry, steps, taken
from analysis.survey.tables import Survey
from tests.classed import NAMES, answered, asked, made, waves
from tests.scored import survey

# R 4.2.2 with sandwich 3.0; data as in tests/classed.py


def odds(joint=True):
    x, y, accounts, _ = waves()
    return steps.odds(x, y, answered(accounts), joint)


def changed(s: Survey, **columns) -> Survey:
    constructs = {name: [f"{name}_1", f"{name}_2"] for name in NAMES}
    return survey(s.answers.assign(**columns), constructs)


# --- odds ratios -----------------------------------------------------------------------------


def test_odds_ratios_of_both_steps_are_those_of_the_penalised_likelihood():
    found = odds()
    # exp(10 * b), b by optim(BFGS) on logLik + log det(information) / 2, rows y %in% c(k, k + 1)
    lower = [1.463095668, 1.226314024, 0.9540781703]
    upper = [1.624791633, 1.193967697, 0.8132302116]
    assert found["estimate"].tolist() == pytest.approx(lower + upper, abs=1e-5)
    # exp(10 * (b - qt(.975, J - 1) * se)), se from A t(U) U A J / (J - 1), U <- rowsum(scores, g)
    lower = [1.168733743, 0.9882122487, 0.7471380218]
    upper = [1.260568128, 0.9590246147, 0.6333498462]
    assert found["ci_low"].tolist() == pytest.approx(lower + upper, abs=1e-5)


def test_each_step_counts_its_own_people():
    found = odds().drop_duplicates("step").set_index("step")
    # table(y): 58 70 52
    assert found["n"].tolist() == [180, 180]
    assert found["n_side"].tolist() == [128, 122]
    assert found["events"].tolist() == [70, 52]
    assert found["n_least"].tolist() == [58, 52]
    assert found["n_accounts"].tolist() == [59, 59]


def test_a_driver_on_its_own_is_a_model_of_one_driver():
    x, y, accounts, _ = waves()
    alone = steps.odds(x[["a"]], y, answered(accounts))
    found = odds(joint=False)
    a = found[found["term"] == "a"]
    assert a["estimate"].tolist() == pytest.approx(alone["estimate"].tolist())
    assert set(found["note"]) == {"on its own, beside no other driver"}


def test_p_is_adjusted_over_all_drivers_and_both_steps():
    found = odds()
    # R: p.adjust(p, "BH")
    order = found["p"].rank()
    raw = (found["p"] * 6 / order).to_numpy()
    by_p = np.argsort(found["p"].to_numpy())
    expected = np.minimum.accumulate(raw[by_p][::-1])[::-1]
    assert found["p_adjusted"].to_numpy()[by_p] == pytest.approx(expected)
    assert (found["clear"] == (found["p_adjusted"] < 0.05)).all()


def test_planted_drivers_of_either_step_are_found():
    found = steps.steps(made(n=600), asked())
    serves = found.serves.set_index("term")["serves"]
    assert serves["solution"] == "leaving the detractors"
    assert serves["reliability"] == "becoming a promoter"
    assert serves["experience"] == "neither step seen"
    assert found.joint


def test_a_driver_of_both_steps_is_given_to_both():
    s = made(n=600, lower=(0.05, 0.03, 0), upper=(0.05, 0, 0), constants=(-4.2, -4.0))
    serves = steps.steps(s, asked()).serves.set_index("term")["serves"]
    assert serves["solution"] == "both steps"


def test_where_one_step_is_clear_and_the_difference_is_not_nothing_is_claimed():
    assert steps._serves(0.3, 0.2, False, True) == "not told apart"
    assert steps._serves(0.3, 0.01, False, False) == "neither step seen"
    assert steps._serves(-0.3, 0.01, False, True) == "not told apart"


def test_the_order_of_rows_does_not_matter():
    s = made()
    shuffled = s.answers.sample(frac=1, random_state=1)
    constructs = {name: [f"{name}_1", f"{name}_2"] for name in NAMES}
    one, other = (steps.steps(v, asked()) for v in (s, survey(shuffled, constructs)))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.serves, other.serves)


def test_accounts_count_as_one_voice():
    x, y, *_ = waves()
    single = steps.odds(x, y, answered([None] * 180))
    doubled = pd.concat([x, x], ignore_index=True), pd.concat([y, y], ignore_index=True)
    both = [f"P{k}" for k in range(180)] * 2
    twice = steps.odds(*doubled, answered(both))
    # The same answers twice within each account tell no more: Firth's pull halves, nothing else.
    width = np.log(twice["ci_high"] / twice["ci_low"]) / np.log(
        single["ci_high"] / single["ci_low"]
    )
    assert width.between(0.97, 1.1).all()


def test_few_people_on_one_side_put_each_driver_on_its_own():
    s = made(n=90, constants=(-3.4, -4.8))
    counts = taken.take(s, asked()).level.value_counts()
    assert 10 <= counts.min() < 15
    found = steps.steps(s, asked())
    assert not found.joint
    assert set(found.table["joint"]) == {False}


def test_too_few_of_a_class_are_refused():
    s = made()
    s = changed(s, nps=s.answers["nps"].where(s.answers["nps"] > 5, 8.0))
    found = steps.steps(s, asked())
    assert found.reason.startswith("Fewer than 10 detractors gave complete answers")
    assert found.table.empty
    assert list(found.table.columns) == list(steps.ODDS)


def test_too_few_accounts_at_a_step_are_refused():
    s = made(n=240)
    ends = s.answers["nps"] == 10
    accounts = s.answers["account"].where(ends, "A" + (s.answers.index % 5).astype(str))
    assert (
        "accounts are at the step from" in steps.steps(changed(s, account=accounts), asked()).reason
    )


def test_nothing_comes_of_nothing():
    constructs = {name: [f"{name}_1", f"{name}_2"] for name in NAMES}
    s = survey(made().answers.iloc[:0], constructs)
    for found in (steps.steps(s, asked()), asymmetry.asymmetry(s, asked())):
        assert found.table.empty
        assert found.reason


# --- where to start --------------------------------------------------------------------------


def test_a_client_with_many_detractors_gets_the_basics_first():
    s = made(n=600, constants=(-5.6, -5.6))
    found = steps.steps(s, asked())
    assert found.start == "more detractors"
    assert set(found.first["step"]) == {"detractor to passive"}
    assert found.first["term"].iloc[0] == "solution"


def test_a_client_with_many_promoters_gets_what_makes_more_of_them():
    s = made(n=600, constants=(-3.4, -3.4))
    found = steps.steps(s, asked())
    assert found.start == "more promoters"
    assert set(found.first["step"]) == {"passive to promoter"}
    assert found.first["term"].iloc[0] == "reliability"


def test_in_between_both_steps_are_listed_the_lower_one_first():
    table = steps.steps(made(n=600), asked()).table
    found = steps.advice(table, "as many of each")
    assert found["step"].tolist() == sorted(found["step"], key=steps.STEPS.index)
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert set(found["step"]) == set(steps.STEPS)


def test_eights_are_counted_among_the_passives():
    row = steps.near_misses(pd.DataFrame({"nps": [7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 9, 6]})).iloc[0]
    assert (row["eights"], row["n"], row["n_least"]) == (6, 10, 4)
    # R: prop.test(6, 10, correct = FALSE)$conf.int
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([0.3126738, 0.8318197], abs=1e-6)
    assert steps.near_misses(pd.DataFrame({"nps": [9.0, 2.0]})).empty


# --- penalty and reward ----------------------------------------------------------------------


def contrasted():
    x, _, accounts, latent = waves()
    rating = pd.Series(np.clip(np.rint(6 + latent * 0.9 - 2), 0, 10))
    return asymmetry.contrast(x, rating, accounts)


def test_penalties_and_rewards_are_the_coefficients_of_the_dummies():
    found = contrasted()
    # q <- quantile(x, c(1/3, 2/3)); lm(r ~ (a <= q1) + (a >= q2) + ...), r <- rounded 4 + .9 lat
    assert found["penalty"].tolist() == pytest.approx(
        [-1.1743024157, -0.2426783995, -0.2373047088], abs=1e-8
    )
    assert found["reward"].tolist() == pytest.approx(
        [0.4907918461, 0.5288990746, -0.518575005], abs=1e-8
    )


def test_their_intervals_allow_for_accounts():
    found = contrasted()
    # sqrt(diag(vcovCL(lm, cluster = g, type = "HC0"))), times qt(.975, 59)
    expected = np.array([0.3274606501, 0.3199781683, 0.278887606]) * 2.000995378
    assert (found["penalty"] - found["penalty_low"]).tolist() == pytest.approx(expected, abs=1e-7)
    # p.adjust(2 * pt(-abs(b / se), 59), "BH")
    expected = [0.004092985597, 0.451217624654, 0.451217624654]
    assert found["penalty_p"].tolist() == pytest.approx(expected, abs=1e-8)
    assert found["reward_p"].tolist() == pytest.approx([0.172115078086] * 3, abs=1e-8)


def test_the_index_of_asymmetry():
    found = contrasted()
    # (abs(reward) - abs(penalty)) / (abs(reward) + abs(penalty))
    expected = [-0.4104936191, 0.3709551984, 0.3721098623]
    assert found["estimate"].tolist() == pytest.approx(expected, abs=1e-8)
    assert (found["sgp"] + found["dgp"]).tolist() == pytest.approx([1, 1, 1])
    assert found["riocs"].tolist() == pytest.approx(found["penalty"].abs() + found["reward"].abs())
    assert (found["ci_low"] < found["estimate"]).all()
    assert found["ci_low"].min() >= -1
    assert found["ci_high"].max() <= 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (-0.95, "frustrator"),
        (-0.5, "dissatisfier"),
        (0.0, "hybrid"),
        (0.5, "satisfier"),
        (0.95, "delighter"),
    ],
)
def test_kinds_by_the_published_cut_offs(value, kind):
    # Mikulic & Prebezac (2008), statistics.md section 4
    assert asymmetry.kind(value, value - 0.04, value + 0.04) == kind


def test_an_interval_over_three_kinds_names_none():
    assert asymmetry.kind(0.0, -0.3, 0.3) == "not distinguishable"
    assert asymmetry.kind(0.0, -0.1, 0.3) == "hybrid"


def planted(n=900, seed=3):
    """A basic (harm only), an extra (good only) and one that does both; answers in threes."""
    rng = np.random.default_rng(seed)
    x = np.clip(np.rint(rng.normal(6, 2.5, (n, 3))), 0, 12) * 100 / 12
    low, high = np.quantile(x, [1 / 3, 2 / 3], axis=0)
    rating = 6 - 2.0 * (x[:, 0] <= low[0]) + 2.0 * (x[:, 1] >= high[1])
    rating += -1.0 * (x[:, 2] <= low[2]) + 1.0 * (x[:, 2] >= high[2])
    accounts = np.arange(n) // 3
    rating = rating + 0.5 * rng.normal(size=n // 3)[accounts] + 0.8 * rng.normal(size=n)
    frame = pd.DataFrame(x, columns=["basic", "extra", "both"])
    return frame, pd.Series(rating), pd.Series([f"A{k:03}" for k in accounts])


def test_planted_asymmetry_is_found():
    found = asymmetry.contrast(*planted()).set_index("term")
    assert found.loc["basic", "kind"] == "frustrator"
    assert found.loc["extra", "kind"] == "delighter"
    assert found.loc["both", "kind"] == "hybrid"


def test_cells_below_fifteen_answers_are_not_told():
    x, rating, accounts = (part.iloc[:90] for part in planted())
    x = x.assign(basic=np.where(np.arange(90) < 80, 50.0, 0.0))
    found = asymmetry.contrast(x, rating, accounts).set_index("term")
    assert np.isnan(found.loc["basic", "penalty"])
    assert "fewer than 15 answers" in found.loc["basic", "note"]
    assert found.loc["extra", "penalty_low"] < found.loc["extra", "penalty_high"]


def test_ties_that_leave_no_middle_push_the_ends_outwards():
    score = pd.Series([0.0] * 20 + [50.0] * 100 + [100.0] * 20)
    low, high = asymmetry._ends(score)
    assert (low.sum(), high.sum()) == (20, 20)


def test_answers_too_few_for_two_dummies_a_driver_are_refused():
    found = asymmetry.asymmetry(made(n=57), asked())
    assert found.reason.startswith("57 complete answers cannot tell penalty from reward")
    assert found.table.empty


def test_a_driver_that_does_nothing_is_no_hybrid():
    rng = np.random.default_rng(2)
    x = pd.DataFrame({"a": rng.uniform(0, 100, 200), "b": rng.uniform(0, 100, 200)})
    found = asymmetry.contrast(x, pd.Series(rng.normal(size=200)), pd.Series(range(200)))
    assert set(found["kind"]) == {"not distinguishable"}
    assert set(found["note"]) == {"neither end clearly matters"}


def test_a_survey_gives_a_row_per_driver():
    found = asymmetry.asymmetry(made(n=300), asked())
    assert found.table["term"].tolist() == list(NAMES)
    assert (found.table["n_least"] >= 15).all()
    assert set(found.table["n_accounts"]) == {100}
