import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.models import panel
from tests.scored import answers, join, survey, wave

WAVES = [wave(str(k)) for k in range(1, 5)]


def scored(*means, n=20, accounts=10, spread=0.2):
    """One item by wave: its mean in each wave, a little spread; None: not asked."""
    frames = []
    for k, mean in enumerate(means):
        values = np.full(n, np.nan)
        if mean is not None:
            values = mean + spread * np.sin(np.arange(1, n + 1) * np.sqrt(2))
            values += mean - values.mean()
        frame = answers([8.0] * n, str(k + 1), [f"A{x % accounts}" for x in range(n)])
        frames.append(frame.assign(a=values))
    return join(*frames)


def kept(frame, waves=WAVES, construct="trust", **more):
    return panel.intransigent(survey(frame, {construct: ["a"]}), waves, **more)


# --- what stays below the bar ----------------------------------------------------------------


def test_a_problem_of_three_waves_is_listed_and_a_one_off_is_not():
    found = kept(scored(5.0, 4.0, 4.1, 4.2))
    assert list(found["key"]) == ["trust", "a"]
    assert found["kind"].tolist() == ["scale", "item"]
    assert found["running"].tolist() == [3, 3]
    assert found["since"].tolist() == ["Wave 2", "Wave 2"]
    assert found["best"].tolist() == pytest.approx([4.2, 4.2])
    assert found["sure"].all()
    assert kept(scored(5.0, 5.0, 5.0, 4.0)).empty
    assert kept(scored(4.0, 4.0, 5.0, 4.0)).empty
    assert kept(scored(4.0, 4.0, 4.0, 5.0)).empty


def test_a_longer_run_is_counted_whole():
    assert kept(scored(4.0, 4.0, 4.0, 4.0))["running"].tolist() == [4, 4]
    assert kept(scored(4.0, 4.0, 4.0, 4.0), running=2)["running"].tolist() == [4, 4]


def test_a_mean_below_the_bar_whose_interval_reaches_it_is_not_beyond_doubt():
    found = kept(scored(4.0, 4.0, 4.4, 4.0, spread=2.0))
    assert len(found) == 2
    assert not found["sure"].any()
    assert (found["best_high"] > found["bar"]).all()


def test_one_account_is_never_beyond_doubt():
    found = kept(scored(4.0, 4.0, 4.0, 4.0, accounts=1))
    assert len(found) == 2
    assert not found["sure"].any()


def test_a_wave_of_another_method_or_in_which_it_was_not_asked_ends_the_run():
    frame = scored(4.0, 4.0, 4.0, 4.0)
    broken = [WAVES[0], wave("2", "postal"), *WAVES[2:]]
    assert kept(frame, broken).empty
    assert "there are 2" in panel.persistence_reason(survey(frame, {"trust": ["a"]}), broken, 3)
    assert kept(scored(4.0, 4.0, None, 4.0)).empty


def test_too_few_waves_are_a_reason_and_not_an_absence_of_problems():
    asked = survey(scored(4.0, 4.0), {"trust": ["a"]})
    assert panel.intransigent(asked, WAVES[:2]).empty
    assert "3 waves running" in panel.persistence_reason(asked, WAVES[:2], 3)
    assert panel.persistence_reason(asked, WAVES[:2], 2) == ""
    assert "No scales" in panel.persistence_reason(survey(scored(4.0), {}), WAVES[:1], 3)
    with pytest.raises(DataError, match="two waves or more"):
        panel.intransigent(asked, WAVES[:2], running=1)


def test_little_opportunism_is_no_problem():
    assert kept(scored(2.0, 2.0, 2.0, 2.0), construct="opportunism").empty


def test_the_bar_stands_at_the_same_height_on_another_scale():
    asked = survey(scored(3.0, 3.0, 3.0, 3.0), {"trust": ["a"]}, scale=(1, 5))
    found = panel.intransigent(asked, WAVES, bar=4.5)
    assert found["bar"].tolist() == pytest.approx([1 + 3.5 / 6 * 4] * 2)
    higher = survey(scored(3.5, 3.5, 3.5, 3.5), {"trust": ["a"]}, scale=(1, 5))
    assert panel.intransigent(higher, WAVES, bar=4.5).empty


# --- gaps between levels ---------------------------------------------------------------------

GAPS = (-0.5, 0.25, -1.0, 0.0, -0.75, 0.5, -1.25)


def levels(gaps=GAPS, users=2, extra=()):
    """Accounts with one senior, `gap` above the mean of their users."""
    rows = []
    for k, gap in enumerate(gaps):
        rows.append((f"A{k}", "decision_maker", 5.0 + gap))
        rows += [
            (f"A{k}", ("operational", "end_user")[u % 2], 5.0 + u % 2 - 0.5) for u in range(users)
        ]
    rows += extra
    frame = answers(
        [8.0] * len(rows), "1", [r[0] for r in rows], [f"c{k}" for k in range(len(rows))]
    )
    return frame.assign(role=[r[1] for r in rows], a=[r[2] for r in rows])


def gap(frame, **more):
    return panel.perception_gap(survey(frame, {"trust": ["a"]}), "1", ["trust"], **more)


def test_the_gap_is_the_mean_over_accounts_with_its_t_interval():
    # R 4.2.2: t.test(c(-.5, .25, -1, 0, -.75, .5, -1.25))
    row = gap(levels()).iloc[0]
    assert row[["estimate", "ci_low", "ci_high", "p"]].tolist() == pytest.approx(
        [-0.392857143, -1.002500848, 0.216786562, 0.165914317], abs=1e-8
    )
    assert row[["n", "n_upper", "n_lower", "n_accounts"]].tolist() == [21, 7, 14, 7]


def test_the_sign_turns_when_the_levels_are_swapped():
    there = gap(levels()).iloc[0]
    back = gap(levels(), upper=("operational", "end_user"), lower=("decision_maker",)).iloc[0]
    assert back["estimate"] == pytest.approx(-there["estimate"])
    assert [-back["ci_high"], -back["ci_low"]] == pytest.approx([there["ci_low"], there["ci_high"]])
    assert (back["n_upper"], back["n_lower"]) == (there["n_lower"], there["n_upper"])


def test_accounts_with_one_level_change_nothing():
    lone = [("B1", "decision_maker", 1.0), ("B2", "end_user", 7.0), (None, "end_user", 1.0)]
    pd.testing.assert_frame_equal(gap(levels()), gap(levels(extra=lone)))
    influencers = [("A1", "influencer", 1.0)] * 5
    pd.testing.assert_frame_equal(gap(levels()), gap(levels(extra=influencers)))


def test_too_few_accounts_or_a_role_on_both_sides_are_refused():
    assert gap(levels(GAPS[:4])).empty
    assert list(gap(levels().iloc[:0]).columns) == list(gap(levels()).columns)
    with pytest.raises(DataError, match="end_user"):
        gap(levels(), upper=("end_user",), lower=("end_user",))


def test_gaps_are_judged_together_with_the_nps_and_every_construct():
    frame = levels((-2.0, -2.1, -1.9, -2.2, -1.8, -2.0), users=2)
    frame["nps"] = np.where(frame["role"] == "decision_maker", 3.0, 9.0)
    found = panel.perception_gap(survey(frame, {"trust": ["a"], "odd": ["a"]}), "1")
    assert found["value"].iloc[0] == "nps"
    assert found["estimate"].iloc[0] == pytest.approx(-200)
    assert found["clear"].all()
    assert (found["p_adjusted"] >= found["p"]).all()


def test_each_account_has_its_own_gap_widest_first():
    found = panel.account_gaps(survey(levels(), {"trust": ["a"]}), "1", "trust")
    assert found["gap"].tolist() == pytest.approx([-1.25, -1.0, -0.75, -0.5, 0.5, 0.25, 0.0])
    assert found["n_least"].tolist() == [1] * 7
    assert found["account"].iloc[0] == "A6"
    assert panel.account_gaps(survey(levels(), {"trust": ["a"]}), "9", "trust").empty


# --- misperceptions --------------------------------------------------------------------------


def split(upper, lower, n_upper=10, n_lower=20, others=0):
    """A question that seniors score about `upper` and users about `lower`, ten accounts."""
    k = np.arange(n_upper + n_lower + others)
    role = ["decision_maker"] * n_upper + ["end_user"] * n_lower + ["influencer"] * others
    mean = np.repeat([upper, lower, 5.0], [n_upper, n_lower, others])
    frame = answers([8.0] * len(k), "1", [f"A{x % 10}" for x in k], [f"c{x}" for x in k])
    return frame.assign(role=role, a=mean + 0.3 * np.sin(k * np.sqrt(2)))


def seen(frame, **more):
    return panel.misperceptions(panel.level_contrasts(survey(frame, {"trust": ["a"]}), "1", **more))


def test_what_is_poor_to_seniors_and_good_to_users_is_listed():
    found = seen(split(3.5, 5.5))
    assert list(found["key"]) == ["a", "trust"]
    assert found["estimate"].tolist() == pytest.approx([-2.0, -2.0], abs=0.2)
    assert found[["n_upper", "n_lower", "n_least"]].iloc[0].tolist() == [10, 20, 10]


@pytest.mark.parametrize(("upper", "lower"), [(5.5, 3.5), (3.0, 4.0), (5.0, 6.5), (4.45, 4.55)])
def test_the_other_way_round_the_same_side_or_too_close_is_not(upper, lower):
    assert seen(split(upper, lower)).empty


def test_both_cells_need_the_minimum():
    assert seen(split(3.5, 5.5, n_upper=4)).empty
    assert panel.level_contrasts(survey(split(3.5, 5.5, n_upper=4), {"trust": ["a"]}), "1").empty
    assert seen(split(3.5, 5.5, n_lower=4)).empty
    assert len(seen(split(3.5, 5.5, n_upper=5))) == 2
    assert seen(split(3.5, 5.5, n_upper=9), minimum=10).empty


def test_two_people_of_neither_level_would_come_back_by_subtraction():
    found = seen(split(3.5, 5.5, others=2))
    assert found["n_least"].tolist() == [2, 2]


def test_many_comparisons_are_corrected_for():
    rng = np.random.default_rng(3)
    frame = split(4.4, 4.6, 12, 24)
    names = [f"i{k}" for k in range(40)]
    for name in names:
        frame[name] = 4.5 + rng.normal(0, 1, len(frame))
    asked = survey(frame, {"trust": names})
    assert (panel.level_contrasts(asked, "1")["p"] < 0.05).any()
    assert panel.misperceptions(panel.level_contrasts(asked, "1")).empty
