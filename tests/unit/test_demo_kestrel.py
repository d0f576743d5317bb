"""What is planted in the client of non-linear truths, and that the analyses find it again.

Here at the seed that is shipped; `tests/slow/test_planted_truths.py` counts over many seeds.
"""

import pandas as pd
import pytest

from analysis.measures import inference, nps, trust
from analysis.models import contest, necessity, panel
from analysis.models.drivers import asymmetry, classes, steps
from analysis.models.drivers.taken import take
from analysis.survey.demo import kestrel
from tests import planted

HURTS, LIFTS, BOTH = "reliability", "solution", "responsiveness"
RESAMPLES = 400


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return planted.kestrel(tmp_path_factory.mktemp("kestrel"))


@pytest.fixture(scope="module")
def truth(loaded):
    return loaded[0].truth


@pytest.fixture(scope="module")
def p(loaded):
    return loaded[1]


@pytest.fixture(scope="module")
def s(loaded):
    return loaded[2]


# --- files ----------------------------------------------------------------------------------


def test_every_table_is_loaded_whole(loaded):
    made, _, s = loaded
    for name, frame in made.tables.items():
        if name not in ("answers", "codebook"):
            assert len(getattr(s, name)) == len(frame), name
    assert len(s.answers) == len(made.tables["answers"])
    assert set(s.assessments["instrument"]) == {
        "stages",
        "healthcheck",
        "trust",
        "trust_behaviours",
    }
    assert s.outcomes["renewed"].isin([True, False]).all()


def test_a_lost_account_is_never_asked_again_and_has_no_later_outcome(loaded):
    made, _, s = loaded
    waves = list(s.waves)
    assert set(s.outcomes["wave"]) == set(waves[:-1])
    for wave, lost in made.truth["outcomes"]["lost"].items():
        later = waves[waves.index(wave) + 1 :]
        for table in (s.invitations, s.answers, s.outcomes):
            assert not table.loc[table["wave"].isin(later), "account"].isin(lost).any()
        here = s.outcomes[s.outcomes["wave"] == wave].set_index("account")
        assert sorted(here.index[~here["renewed"].astype(bool)]) == lost
        assert (here.loc[lost, "revenue_after"] == 0).all()
        assert 0.10 < len(lost) / len(here) < 0.20


def test_new_accounts_join_and_are_no_older_than_their_first_wave(s):
    first = s.invitations.groupby("account")["wave"].min()
    joined = first[first > s.waves[0]]
    assert joined.value_counts().to_dict() == {"2025": 10, "2026": 14}
    since = s.accounts.set_index("account").loc[joined.index, "since"]
    assert (since.dt.year == joined.astype(int) - 1).all()


def test_trust_elements_are_asked_in_the_last_wave_only(s):
    items = s.of("trust_credibility")
    asked = s.answers.groupby("wave")[items].count().sum(axis=1) > 0
    assert list(asked.index[asked]) == [s.waves[-1]]


def test_no_account_is_judged_by_two_of_the_own_people(s):
    judged = s.assessments[s.assessments["instrument"] == "trust"]
    assert (judged.groupby("account")["assessor"].nunique() == 1).all()
    assert (judged.groupby("assessor")["account"].nunique() == 3).all()


def test_the_parameters_ask_for_the_target_and_the_proposals(p):
    assert (p.scorecard.nps_target, p.scorecard.nps_target_wave) == (35, "2028")
    assert [set(one.lifts) for one in p.drivers.proposals] == [
        {"responsiveness"},
        {"solution", "communication"},
    ]


# --- drivers --------------------------------------------------------------------------------


def test_one_driver_only_hurts_one_only_lifts_and_one_does_both(s, p, truth):
    assert truth["asymmetry"] == {"hurts": HURTS, "lifts": LIFTS, "both": BOTH}
    found = asymmetry.asymmetry(s, p).table.set_index("term")
    hurts = (found["penalty"] < 0) & (found["penalty_p"] < asymmetry.RATE)
    lifts = (found["reward"] > 0) & (found["reward_p"] < asymmetry.RATE)
    assert sorted(found.index[hurts]) == sorted([HURTS, BOTH])
    assert sorted(found.index[lifts]) == sorted([LIFTS, BOTH])
    assert found.loc[HURTS, "kind"] in ("frustrator", "dissatisfier")
    assert found.loc[LIFTS, "kind"] in ("satisfier", "delighter")
    assert found.loc[BOTH, "kind"] == "hybrid"


def test_each_driver_serves_the_step_that_it_is_planted_at(s, p):
    serves = steps.steps(s, p).serves.set_index("term")["serves"]
    assert serves[[HURTS, LIFTS, BOTH]].to_list() == [steps.LOWER, steps.UPPER, steps.BOTH]
    rest = serves.drop([HURTS, LIFTS, BOTH])
    assert len(rest) >= 3
    assert set(rest) == {steps.NONE}


def test_the_two_one_sided_drivers_break_proportional_odds(s, p):
    taken = take(s, p)
    found = classes.brant(taken.scores, taken.level, inference.units(taken.answers))
    found = found.set_index("term")
    assert found.loc["all", "p"] < 0.001
    assert found.loc[HURTS, "estimate"] < 0 < found.loc[LIFTS, "estimate"]
    assert (found.loc[[HURTS, LIFTS], "p"] < 0.01).all()
    assert found.loc[BOTH, "p"] > 0.05


# --- necessity ------------------------------------------------------------------------------


def test_no_commitment_without_trust_but_satisfaction_without_a_good_experience(s, p, truth):
    condition, outcome = truth["necessity"]["necessary"]
    found = necessity.find(s, p, condition, outcome)
    assert (found.verdict, found.fragile) == ("necessary", False)
    step = found.table.set_index("term").loc["step"]
    assert step["estimate"] >= 0.2
    assert step["p_plain"] < 0.01
    other = necessity.find(s, p, *truth["necessity"]["together"])
    assert other.verdict in ("together", "not necessary")
    assert other.r > 0.3


# --- change ---------------------------------------------------------------------------------


def test_the_score_rises_because_other_people_answer(s, p, truth):
    planned = truth["change"]
    before, after = p.history[-2:]
    assert (before.id, after.id) == (planned["before"], planned["after"])
    found = panel.matched(s.answers, before, after).set_index("term")
    for term, name in (
        (panel.TOTAL, "total"),
        (panel.WITHIN, "within"),
        (panel.MIX, "mix"),
    ):
        assert found.loc[term, "estimate"] == pytest.approx(planned[name], abs=1e-9)
    parts = found.loc[panel.WITHIN, "estimate"] + found.loc[panel.MIX, "estimate"]
    assert found.loc[panel.TOTAL, "estimate"] == pytest.approx(parts, abs=1e-9)
    assert found.loc[panel.WITHIN, "n"] == planned["matched"] >= 100
    assert found.loc[panel.TOTAL, "ci_low"] > 0
    assert found.loc[panel.MIX, "ci_low"] > 0
    assert found.loc[panel.WITHIN, "ci_low"] < 0 < found.loc[panel.WITHIN, "ci_high"]
    assert abs(found.loc[panel.WITHIN, "estimate"]) < 5
    change = nps.change(s.answers, before, after)
    assert change["estimate"].iloc[0] == pytest.approx(planned["total"], abs=1e-9)


def test_the_scores_of_the_drivers_change_by_mix_too(s, p):
    found = panel.by_construct(s, p.history, [HURTS, LIFTS]).set_index(["construct", "term"])
    for construct in (HURTS, LIFTS):
        rows = found.loc[construct]
        assert rows.loc[panel.TOTAL, "clear"]
        assert not rows.loc[panel.WITHIN, "clear"]
        parts = rows.loc[panel.WITHIN, "estimate"] + rows.loc[panel.MIX, "estimate"]
        assert rows.loc[panel.TOTAL, "estimate"] == pytest.approx(parts, abs=1e-9)


def test_the_question_that_stays_low_persists_and_the_one_that_was_low_once_does_not(s, p, truth):
    found = panel.intransigent(s, p.history, p.scorecard.bar, p.scorecard.problem_waves)
    assert found["key"].to_list() == [truth["low"]["persistent"]]
    assert (found.loc[0, "running"], found.loc[0, "sure"]) == (3, True)
    once = truth["low"]["one_off"]
    low = s.answers.groupby("wave")[once].mean() < p.scorecard.bar
    assert low.to_list() == [False, True, False]


def test_trust_is_stable_and_satisfaction_is_not(s, p, truth):
    found = panel.stability(s, p.history, resamples=RESAMPLES)
    row = found.set_index(["measure", "construct"])
    assert row.loc[("retest", "trust"), "ci_low"] > row.loc[("retest", "satisfaction"), "ci_high"]
    assert row.loc[("retest_difference", ""), "ci_low"] > 0
    assert row.loc[("ratio", ""), "ci_low"] > 1
    told = truth["stability"]
    planned = (1 - told["satisfaction"]) / (1 - told["trust"])
    held = row.loc[("corrected_ratio", "")]
    assert held["ci_low"] <= planned <= held["ci_high"]


# --- levels ---------------------------------------------------------------------------------


def test_decision_makers_call_poor_what_users_do_not(s, p, truth):
    planned = truth["misperception"]
    found = panel.misperceptions(panel.level_contrasts(s, p.wave.id, p.scorecard.bar))
    name = planned["construct"]
    assert sorted(found["key"]) == [name, f"{name}_1", f"{name}_2"]
    assert (found["upper"] < p.scorecard.bar).all()
    assert (found["lower"] >= p.scorecard.bar).all()
    row = found.set_index("key").loc[name]
    gap = planned["by_role"]["decision_maker"] - planned["by_role"]["end_user"]
    assert row["ci_low"] <= gap <= row["ci_high"]


def test_the_gap_within_accounts_is_that_of_the_misperception_alone(s, p, truth):
    found = panel.perception_gap(s, p.wave.id)
    assert found.loc[found["clear"], "value"].to_list() == [truth["misperception"]["construct"]]
    assert found.loc[found["clear"], "estimate"].iloc[0] < 0


# --- actions --------------------------------------------------------------------------------


def test_the_points_of_an_action_are_what_it_did_and_the_ceiling_took(truth):
    points = truth["action_effect"]["points"]
    assert set(points) == {"2024", "2025"}
    most = kestrel.SPEC.lift * kestrel._WIDER * kestrel.SPEC.spread * (0.88 + 0.81) / 2
    assert all(0.75 * most < rise < most for rise in points.values())


def test_the_effect_of_actions_on_response_times_is_found(s, p, truth):
    effect = truth["action_effect"]
    found = panel.action_effect(s, p.history, effect["construct"], "response").set_index("key")
    row = found.loc["accounts"]
    assert row["ci_low"] > 0
    assert row["ci_low"] <= effect["points"]["2025"] <= row["ci_high"]
    pooled = found.loc["pooled"]
    mean = sum(effect["points"].values()) / 2
    assert pooled["ci_low"] <= mean <= pooled["ci_high"]
    assert not found.loc[["start", "placebo"], "clear"].any()
    # `found` is of whom an action reached; both sides of the comparison are those of the file.
    done = s.actions[(s.actions["theme"] == "response") & (s.actions["status"] == "done")]
    assert set(effect["mended"]["2025"]) == set(done.loc[done["wave"] == "2025", "account"])


def test_the_effect_is_on_responsiveness_and_nothing_else(s, p):
    found = panel.action_effects(s, p.history, themes=["response"])
    assert found.loc[found["clear"], "value"].to_list() == [BOTH]
    every = panel.action_effects(s, p.history)  # as chapter 2 judges them: all scores and themes
    assert ("response", BOTH) in set(
        every.loc[every["clear"], ["theme", "value"]].itertuples(index=False, name=None)
    )
    themes = panel.action_effects(s, p.history, [BOTH]).set_index("theme")["clear"].iloc[1:]
    assert themes.index[themes.astype(bool)].to_list() == ["response"]


# --- outcomes -------------------------------------------------------------------------------


def test_commitment_foretells_who_leaves_and_the_recommendation_does_not(s, p, truth):
    assert (truth["outcomes"]["driver"], truth["outcomes"]["not"]) == ("commitment", "nps")
    found = contest.contest(s, p)
    assert found.verdict == "ahead"
    auc = found.auc.set_index("term")
    assert auc.index[0] == "commitment"
    assert auc.loc["commitment", "ci_low"] > 0.5
    assert auc.loc["nps", "ci_low"] < 0.5 < auc.loc["nps", "ci_high"]
    pair = found.pairs.set_index("term").loc["commitment - nps"]
    assert (pair["ci_low"] > 0, pair["verdict"]) == (True, "differ")


def test_commitment_goes_with_growth_too(s, p):
    revenue = contest.contest(s, p).revenue.set_index("term")
    assert revenue.index[0] == "commitment"
    assert revenue.loc["commitment", "ci_low"] > 0
    assert revenue.loc["nps", "ci_low"] < 0 < revenue.loc["nps", "ci_high"]


# --- trust between firms --------------------------------------------------------------------


def test_both_sides_call_the_same_element_the_weakest(s, p, truth):
    found = trust.weakest(s, p.wave.id)
    assert set(found["side"]) == {"customer", "supplier"}
    assert set(found["weakest"]) == {truth["trust"]["weakest"]}
    assert found["clear"].all()
    low = trust.profile(s, p.wave.id).set_index(["side", "element"])
    assert low.loc[("customer", truth["trust"]["weakest"]), "band"] == "transactional"


def test_the_own_people_see_more_of_one_element_than_customers_do(s, p, truth):
    found = trust.gaps(s, p.wave.id).set_index("element")
    ((element, points),) = truth["trust"]["gap"].items()
    single = found.drop(index="overall")
    assert single.index[single["clear"]].to_list() == [element]
    assert found.loc[element, "ci_low"] <= points <= found.loc[element, "ci_high"]
    assert found.loc[element, "ci_low"] > 0


def test_two_breaches_are_seen_often(s, p, truth):
    found = trust.checklist(s, p.wave.id)
    seen = dict(zip(found["key"], found["count"], strict=True))
    assert seen == truth["trust"]["seen"]
    breaches = found[found["kind"] == "breach"].set_index("key")["estimate"]
    often = breaches.index[breaches >= 0.5]
    assert list(often) == truth["trust"]["often"] == ["breach_1", "breach_3"]
    assert breaches.drop(often).max() < 0.25
    kept = found[found["kind"] == "behaviour"].set_index("key")["estimate"].astype(float)
    assert sorted(pd.Series(kept).nsmallest(2).index) == ["behaviour_10", "behaviour_7"]
