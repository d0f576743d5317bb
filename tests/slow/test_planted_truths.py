"""How often what is planted in the client of non-linear truths comes back, over many seeds.

Each truth is counted at seeds that nobody chose; what a count must reach stands beside what was
measured. The seed that is shipped is one in which all come back (`test_demo_kestrel`).
"""

import pytest

from analysis.measures import inference, trust
from analysis.models import contest, necessity, panel
from analysis.models.drivers import asymmetry, classes, steps
from analysis.models.drivers.taken import take
from tests import planted

pytestmark = pytest.mark.slow
SEEDS = range(100, 120)
HURTS, LIFTS, BOTH = "reliability", "solution", "responsiveness"


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    """Truth, parameters and survey of each seed."""
    found = []
    for seed in SEEDS:
        made, p, s = planted.kestrel(tmp_path_factory.mktemp("kestrel"), seed)
        found.append((made.truth, p, s))
    return found


def within(row, value):
    return bool(row["ci_low"] <= value <= row["ci_high"])


def test_penalty_and_reward(clients):
    seen = {"hurts": 0, "only hurts": 0, "lifts": 0, "only lifts": 0, "both": 0, "wrong": 0}
    for _, p, s in clients:
        found = asymmetry.asymmetry(s, p).table.set_index("term")
        low = (found["penalty"] < 0) & (found["penalty_p"] < asymmetry.RATE)
        high = (found["reward"] > 0) & (found["reward_p"] < asymmetry.RATE)
        seen["hurts"] += low[HURTS]
        seen["only hurts"] += low[HURTS] & ~high[HURTS]
        seen["lifts"] += high[LIFTS]
        seen["only lifts"] += high[LIFTS] & ~low[LIFTS]
        seen["both"] += low[BOTH] & high[BOTH]
        seen["wrong"] += found.loc[HURTS, "kind"] in ("satisfier", "delighter")
        seen["wrong"] += found.loc[LIFTS, "kind"] in ("frustrator", "dissatisfier")
    # Of 20: 20, 18, 18, 17 and 14.
    assert seen["hurts"] >= 17, seen
    assert seen["only hurts"] >= 16, seen
    assert seen["lifts"] >= 17, seen
    assert seen["only lifts"] >= 15, seen
    assert seen["both"] >= 10, seen
    assert seen["wrong"] == 0, seen


def test_steps(clients):
    wanted = {HURTS: steps.LOWER, LIFTS: steps.UPPER, BOTH: steps.BOTH}
    right, wrong = dict.fromkeys(wanted, 0), 0
    for _, p, s in clients:
        serves = steps.steps(s, p).serves.set_index("term")["serves"]
        for term, step in wanted.items():
            right[term] += serves[term] == step
        wrong += serves[HURTS] == steps.UPPER
        wrong += serves[LIFTS] == steps.LOWER
    # Of 20: 20, 20 and 17.
    assert all(count >= 15 for count in right.values()), right
    assert wrong == 0


def test_proportional_odds_are_broken(clients):
    broken = sides = 0
    for _, p, s in clients:
        taken = take(s, p)
        found = classes.brant(taken.scores, taken.level, inference.units(taken.answers))
        found = found.set_index("term")
        broken += found.loc["all", "p"] < 0.05
        sides += found.loc[HURTS, "estimate"] < 0 < found.loc[LIFTS, "estimate"]
    assert broken >= 18, broken
    assert sides >= 19, sides


def test_necessity(clients):
    needed = claimed = 0
    for truth, p, s in clients:
        needed += necessity.find(s, p, *truth["necessity"]["necessary"]).verdict == "necessary"
        claimed += necessity.find(s, p, *truth["necessity"]["together"]).verdict == "necessary"
    assert needed >= 18, needed
    assert claimed <= 3, claimed  # 1 was: one in twenty by chance


def test_the_score_rises_by_mix(clients):
    rose = mixed = moved = 0
    for truth, p, s in clients:
        planned = truth["change"]
        found = panel.latest(s.answers, p.history).set_index("term")
        for term, name in ((panel.TOTAL, "total"), (panel.WITHIN, "within"), (panel.MIX, "mix")):
            assert found.loc[term, "estimate"] == pytest.approx(planned[name], abs=1e-9)
        rose += found.loc[panel.TOTAL, "ci_low"] > 0
        mixed += found.loc[panel.MIX, "ci_low"] > 0
        moved += bool(found.loc[panel.WITHIN, "clear"])
    assert (rose, mixed, moved) == (len(SEEDS), len(SEEDS), 0)


def test_what_stays_low(clients):
    for truth, p, s in clients:
        found = panel.intransigent(s, p.history, p.scorecard.bar, p.scorecard.problem_waves)
        assert found["key"].to_list() == [truth["low"]["persistent"]]
        assert found["sure"].all()


def test_stability(clients):
    held = 0
    for truth, p, s in clients:
        found = panel.stability(s, p.history, resamples=400).set_index("measure")
        assert found.loc["retest_difference", "ci_low"] > 0
        assert found.loc["ratio", "ci_low"] > 1
        told = truth["stability"]
        ratio = (1 - told["satisfaction"]) / (1 - told["trust"])
        held += within(found.loc["corrected_ratio"], ratio)
    assert held >= 17, held


def test_misperception(clients):
    alone = held = 0
    for truth, p, s in clients:
        planned = truth["misperception"]
        name = planned["construct"]
        contrasts = panel.level_contrasts(s, p.wave.id, p.scorecard.bar)
        found = panel.misperceptions(contrasts).set_index("key")
        assert {name, f"{name}_1", f"{name}_2"} <= set(found.index)
        alone += len(found) == 3
        gap = planned["by_role"]["decision_maker"] - planned["by_role"]["end_user"]
        held += within(found.loc[name], gap)
        gaps = panel.perception_gap(s, p.wave.id).set_index("value")
        assert gaps.loc[name, "clear"]
        assert gaps.loc[name, "estimate"] < 0
    assert alone >= 17, alone
    assert held >= 16, held


def test_actions(clients):
    found_it = held = others = 0
    for truth, p, s in clients:
        effect = truth["action_effect"]
        found = panel.action_effect(s, p.history, BOTH, "response").set_index("key")
        found_it += found.loc["accounts", "ci_low"] > 0
        held += within(found.loc["accounts"], effect["points"]["2025"])
        every = panel.action_effects(s, p.history, themes=["response"]).set_index("value")["clear"]
        others += bool(every.drop([BOTH, "nps"]).any())
    assert found_it >= 17, found_it
    assert held >= 17, held
    assert others <= 4, others  # 2 were; of false discoveries one in twenty is allowed


def test_outcomes(clients):
    better = told = above = ahead = 0
    for _, p, s in clients:
        found = contest.contest(s, p)
        told += not found.reason
        if found.reason:
            continue
        auc = found.auc.set_index("term")
        above += auc.loc["commitment", "ci_low"] > 0.5
        better += auc.loc["commitment", "estimate"] > auc.loc["nps", "estimate"]
        pair = found.pairs.set_index("term")
        ahead += "commitment - nps" in pair.index and pair.loc["commitment - nps", "ci_low"] > 0
    assert told >= 18, told
    assert (above, better) == (told, told)
    assert ahead >= 17, ahead


def test_trust_between_firms(clients):
    held = only = 0
    for truth, p, s in clients:
        told = truth["trust"]
        weakest = trust.weakest(s, p.wave.id)
        assert set(weakest["weakest"]) == {told["weakest"]}
        assert weakest["clear"].all()
        ((element, points),) = told["gap"].items()
        found = trust.gaps(s, p.wave.id).set_index("element")
        assert found.loc[element, "ci_low"] > 0
        held += within(found.loc[element], points)
        single = found.drop(index="overall")["clear"]
        only += single.index[single.astype(bool)].to_list() == [element]
        listed = trust.checklist(s, p.wave.id)
        often = listed[(listed["kind"] == "breach") & (listed["estimate"] >= 0.5)]["key"]
        assert list(often) == told["often"]
    assert held >= 17, held
    assert only >= 13, only  # 18 were; five others at 95 % each would leave 15
