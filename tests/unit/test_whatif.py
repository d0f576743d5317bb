import time

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError, ParamsError
from analysis.models import proposals, whatif
from analysis.models.drivers import taken
from analysis.params import Proposal
from tests.classed import NAMES, answered, asked, made, waves
from tests.scored import survey

CONSTRUCTS = {name: [f"{name}_1", f"{name}_2"] for name in NAMES}


@pytest.fixture(scope="module")
def model():
    x, y, accounts, _ = waves()
    return whatif.fit(x, y, accounts, resamples=200, seed=1)


def simulated(model, shift, accounts=None):
    x, _, names, _ = waves()
    return whatif.simulate(model, x, answered(names), shift, accounts).iloc[0]


# --- the simulator ---------------------------------------------------------------------------


def test_shares_without_a_shift_are_the_observed_ones(model):
    row = simulated(model, {})
    # table(y): 58 70 52
    shares = [row["detractors_now"], row["passives_now"], row["promoters_now"]]
    assert shares == pytest.approx([58 / 180, 70 / 180, 52 / 180], abs=1e-9)
    assert row["nps_now"] == pytest.approx(-100 * 6 / 180, abs=1e-7)


def test_the_prediction_is_that_of_the_bounded_model_with_calibrated_cuts(model):
    # R 4.2.2: b by optim(L-BFGS-B, lower = 0); cuts by uniroot on mean(plogis(c - X b)) = share
    assert model.slopes == pytest.approx([0.05479445459, 0.02261314005, 0], abs=1e-6)
    assert model.cuts == pytest.approx([2.952135156, 5.008327974], abs=1e-4)
    row = simulated(model, {"a": 10})
    # mean(plogis(cut - X2 b)), X2[, 1] <- pmin(X[, 1] + 10, 100)
    assert row["detractors_after"] == pytest.approx(0.2331068704, abs=1e-6)
    assert row["promoters_after"] == pytest.approx(0.3876900686, abs=1e-6)
    assert row["nps_after"] == pytest.approx(15.45831982, abs=1e-4)
    assert row["estimate"] == pytest.approx(18.79165315, abs=1e-4)


def test_no_shift_is_no_change_at_all(model):
    for shift in ({}, {"a": 0.0}, {"a": 0, "b": 0, "c": 0}):
        row = simulated(model, shift)
        assert row["estimate"] == row["ci_low"] == row["ci_high"] == 0
    assert simulated(model, {"a": 20}, accounts=[])["estimate"] == 0


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_more_of_a_driver_never_lowers_the_nps(model, name):
    found = [simulated(model, {name: by}) for by in (-50, -10, -1, 0, 1, 5, 20, 60, 200)]
    estimates = [row["estimate"] for row in found]
    assert estimates == sorted(estimates)
    assert all(row["ci_low"] >= 0 for row in found[4:])
    assert all(row["ci_high"] <= 0 for row in found[:3])
    promoters = [row["promoters_after"] for row in found]
    assert promoters == sorted(promoters)


def test_a_driver_at_its_bound_changes_nothing(model):
    assert simulated(model, {"c": 30})["estimate"] == 0


def test_scores_stop_at_the_top(model):
    x, *_ = waves()
    room = 100 - x["a"].min()
    assert simulated(model, {"a": room})["estimate"] == simulated(model, {"a": 999})["estimate"]
    assert simulated(model, {"a": room})["estimate"] > simulated(model, {"a": 30})["estimate"]


def test_shares_stay_shares(model):
    row = simulated(model, {"a": 40, "b": 40})
    after = [row[f"{name}s_after"] for name in ("detractor", "passive", "promoter")]
    assert sum(after) == pytest.approx(1)
    assert min(after) > 0
    assert row["nps_after"] - row["nps_now"] == pytest.approx(row["estimate"])


def test_only_the_named_accounts_move(model):
    part = simulated(model, {"a": 10}, [f"A{k:03}" for k in range(20)])
    rest = simulated(model, {"a": 10}, [f"A{k:03}" for k in range(20, 60)])
    whole = simulated(model, {"a": 10})
    assert part["n_shifted"] == 60
    assert part["estimate"] + rest["estimate"] == pytest.approx(whole["estimate"])
    assert (part["n_least"], rest["n_least"], whole["n_least"]) == (60, 60, 180)


def test_the_smallest_group_that_could_be_worked_out_is_told(model):
    assert simulated(model, {"a": 10}, [f"A{k:03}" for k in range(59)])["n_least"] == 3


def test_the_interval_holds_the_estimate(model):
    for shift in ({"a": 10}, {"b": 5, "c": 5}, {"a": -20}, {"a": 10, "b": -10}):
        row = simulated(model, shift)
        assert row["ci_low"] <= row["estimate"] <= row["ci_high"]


def test_something_else_than_the_models_drivers_and_rows_is_refused(model):
    x, _, accounts, _ = waves()
    with pytest.raises(ModelError, match="can only move"):
        whatif.simulate(model, x, answered(accounts), {"d": 1})
    with pytest.raises(ModelError, match="can only move"):
        whatif.simulate(model, x.iloc[:50], answered(accounts[:50]), {"a": 1})


def test_shuffled_rows_give_the_same():
    x, y, accounts, _ = waves()
    order = np.random.default_rng(5).permutation(len(y))
    rows = []
    for at in (np.arange(len(y)), order):
        part = [frame.iloc[at].reset_index(drop=True) for frame in (x, y, accounts)]
        model = whatif.fit(*part, resamples=100, seed=3)
        rows.append(whatif.simulate(model, part[0], answered(part[2]), {"a": 12}).iloc[0])
    for name in ("estimate", "ci_low", "ci_high"):
        assert rows[0][name] == pytest.approx(rows[1][name], abs=1e-6)


def test_four_hundred_refits_take_seconds():
    x, y, accounts, _ = waves()
    start = time.perf_counter()
    whatif.fit(x, y, accounts)
    assert time.perf_counter() - start < 10


# --- what the model knows of accounts left out -----------------------------------------------


def test_drivers_that_matter_predict_accounts_left_out():
    x, y, accounts, _ = waves()
    assert whatif.left_out_gain(x, y, accounts) > 0.05


def test_drivers_that_do_not_matter_predict_nothing():
    rng = np.random.default_rng(4)
    x, y, accounts, _ = waves()
    noise = pd.DataFrame(rng.normal(50, 20, x.shape), columns=x.columns)
    assert whatif.left_out_gain(noise, y, accounts) <= 0.005


def test_too_few_accounts_for_the_folds_have_no_gain():
    x, y, _, _ = waves()
    assert np.isnan(whatif.left_out_gain(x, y, pd.Series(["A", "B"] * 90)))


# --- scenarios -------------------------------------------------------------------------------


def test_scenarios_are_one_point_on_the_own_scale_for_everybody():
    s, p = made(), asked()
    found = whatif.scenarios(s, p)
    assert found.table["term"].iloc[0] in ("solution", "reliability")
    assert set(found.table["term"]) == set(NAMES)
    assert found.table["estimate"].is_monotonic_decreasing
    assert found.table["rank"].tolist() == [1, 2, 3]
    assert (found.table["n_shifted"] == 240).all()
    part = taken.take(s, p)
    model = whatif.fit(
        part.scores, part.level, part.answers["account"].map("account {}".format), 400, 1994
    )
    own = whatif.simulate(model, part.scores, part.answers, {"solution": 100 / 6}).iloc[0]
    row = found.table.set_index("term").loc["solution"]
    assert row["estimate"] == pytest.approx(own["estimate"])
    assert row["ci_low"] == pytest.approx(own["ci_low"])


def test_clear_means_that_the_interval_leaves_nothing_out():
    table = whatif.scenarios(made(), asked()).table
    assert (table["clear"] == (table["ci_low"] > 0)).all()
    assert table.set_index("term").loc[["solution", "reliability"], "clear"].all()


def test_a_driver_of_the_wrong_sign_is_taken_as_no_gain_and_said_so():
    s = made(n=300, lower=(0.05, 0.05, -0.06), constants=(-1.6, -5.0))
    row = whatif.scenarios(s, asked()).table.set_index("term").loc["experience"]
    assert row["estimate"] == 0
    assert row["note"] == "goes with a lower recommendation: taken as no gain"


def test_drivers_that_predict_nothing_give_a_reason_and_no_table():
    rng = np.random.default_rng(11)
    s = made()
    frame = s.answers.assign(nps=rng.permutation(s.answers["nps"]))
    found = whatif.scenarios(survey(frame, CONSTRUCTS), asked())
    assert "do not predict who is a promoter or a detractor" in found.reason
    assert found.table.empty
    assert list(found.table.columns) == list(whatif.SCENARIOS)
    assert found.gain <= 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(nps=f["nps"].where(f["nps"] > 5, 8.0)), "Fewer than 10 detractors"),
        (lambda f: f.iloc[:20], "too few"),
        (lambda f: f.iloc[:0], "not asked"),
        (
            lambda f: f.assign(account=f["account"].where(f["nps"] > 5, "A")),
            "detractors come from fewer than 5 accounts",
        ),
    ],
)
def test_too_few_answers_classes_or_accounts_are_refused(change, words):
    found = whatif.scenarios(survey(change(made().answers), CONSTRUCTS), asked())
    assert words in found.reason
    assert found.table.empty


def test_drivers_that_say_the_same_are_refused_in_a_sentence():
    s = made()
    twice = {f"experience_{k}": s.answers[f"solution_{k}"] for k in (1, 2)}
    found = whatif.scenarios(survey(s.answers.assign(**twice), CONSTRUCTS), asked())
    assert "follows from the other drivers" in found.reason


# --- proposals -------------------------------------------------------------------------------


def tiered(n=240):
    """The made survey with accounts in two tiers."""
    from dataclasses import replace

    s = made(n)
    accounts = pd.DataFrame({"account": sorted(set(s.answers["account"]))})
    tiers = np.where(np.arange(len(accounts)) % 2, "A", "B")
    return replace(s, accounts=accounts.assign(tier=tiers).reindex(columns=s.accounts.columns))


CHEAP = Proposal(name="Cheap", lifts={"solution": 0.5}, cost=1_000)
DEAR = Proposal(name="Dear", lifts={"solution": 0.6, "reliability": 0.2}, cost=100_000)
FREE = Proposal(name="Unpriced", lifts={"reliability": 1})
VAIN = Proposal(name="Vain", lifts={"experience": 1}, cost=1)


def test_proposals_are_ranked_by_effect_for_their_cost_and_the_undecided_last():
    found = proposals.register(tiered(), asked((VAIN, FREE, DEAR, CHEAP)))
    assert found.table["term"].tolist() == ["Cheap", "Dear", "Unpriced", "Vain"]
    assert found.table["rank"].tolist() == [1, 2, 3, 4]
    assert not found.table["clear"].iloc[-1]
    cheap = found.table.iloc[0]
    assert cheap["per_cost"] == pytest.approx(cheap["estimate"] / 1000)


def test_a_proposal_for_a_tier_moves_that_tier_alone():
    here = Proposal(name="Tier A", lifts={"solution": 1}, tiers=("A",))
    there = Proposal(name="Tier B", lifts={"solution": 1}, tiers=("B",))
    all_ = Proposal(name="All", lifts={"solution": 1})
    table = proposals.register(tiered(), asked((here, there, all_))).table.set_index("term")
    assert table.loc["Tier A", "n_shifted"] == 120
    assert table.loc["Tier A", "where"] == "tier A"
    both = table.loc[["Tier A", "Tier B"], "estimate"].sum()
    assert both == pytest.approx(table.loc["All", "estimate"])


def test_a_proposal_for_accounts_that_gave_no_answers_says_so():
    s = tiered()
    frame = s.answers[s.answers["account"] != "A001"]
    from dataclasses import replace

    one = Proposal(name="One", lifts={"solution": 1}, accounts=("A001",))
    table = proposals.register(replace(s, answers=frame), asked((one, CHEAP))).table
    assert table["term"].tolist() == ["Cheap", "One"]
    assert np.isnan(table["estimate"].iloc[1])
    assert "nobody of its accounts" in table["note"].iloc[1]


def test_a_proposal_for_what_is_no_driver_says_so():
    found = proposals.register(tiered(), asked((CHEAP,), predictors=("reliability", "experience")))
    assert found.table["note"].iloc[0] == "no driver of the model in this wave: solution"


@pytest.mark.parametrize(
    ("proposal", "words"),
    [
        (Proposal(name="P", lifts={"solutoin": 1}), "lifts 'solutoin'.*did you mean 'solution'"),
        (Proposal(name="P", lifts={"solution": 1}, tiers=("Z",)), "names the tier 'Z'"),
        (Proposal(name="P", lifts={"solution": 1}, accounts=("X9",)), "names the account 'X9'"),
    ],
)
def test_a_proposal_that_names_what_is_not_there_is_a_mistake(proposal, words):
    with pytest.raises(ParamsError, match=words):
        proposals.register(tiered(), asked((proposal,)))


def test_without_proposals_nothing_is_fitted():
    found = proposals.register(tiered(), asked())
    assert found.table.empty
    assert found.reason == ""
    assert list(found.table.columns) == list(proposals.PROPOSALS)
