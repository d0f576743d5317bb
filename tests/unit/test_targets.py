import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import ParamsError
from analysis.measures import inference, nps
from analysis.params import Wave
from analysis.programme import targets
from tests.scored import answers, join, ratings


def wave(year: int, method: str = "same") -> Wave:
    day = dt.date(year, 4, 1)
    return Wave(id=str(year), label=f"Spring {year}", closed=day, reported=day, method=method)


def judged(counts: dict[int, tuple[int, int, int]], target, when=None, methods=(), **more):
    """Waves of these years with so many promoters, passives and detractors."""
    methods = methods or ["same"] * len(counts)
    waves = [wave(year, method) for year, method in zip(counts, methods, strict=True)]
    frames = [answers(ratings(*mix), wave=str(year), **more) for year, mix in counts.items()]
    return targets.realistic(nps.by_wave(join(*frames), waves), waves, target, when)


def row(promoters, passives, detractors):
    return nps.from_counts(promoters, passives, detractors, promoters + passives + detractors).iloc[
        0
    ]


# --- answers needed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passives", "clear", "power"),
    # domain.md 2.2: +30 -> +40 takes 365-442 to clear 95 %, 745-902 for 80 % power
    [(40, 365, 745.6), (30, 442, 902.6)],
)
def test_thirty_to_forty_takes_the_published_number_of_answers(passives, clear, power):
    now = row((130 - passives) // 2, passives, (70 - passives) // 2)
    assert now["estimate"] == pytest.approx(30)
    assert targets.answers_needed(now, 40) == clear
    assert targets.answers_needed(now, 40, 0.8) == np.ceil(power)


@pytest.mark.parametrize(("passives", "clear"), [(0.5, 10), (0.2, 17)])
def test_minus_twenty_seven_to_thirty_takes_ten_to_seventeen(passives, clear):
    # domain.md 2.2, normal approximation
    old = np.array([(1 - passives - 0.27) / 2, passives, (1 - passives + 0.27) / 2])
    new = np.array([(1 - passives + 0.3) / 2, passives, (1 - passives - 0.3) / 2])
    assert targets.roughly(old, new) == clear


def test_power_is_that_of_a_test_of_two_means():
    # R: power.t.test is for one sd; by hand ((qnorm(.975) + qnorm(.8)) / .1)^2 * (.51 + .44)
    old, new = np.array([0.45, 0.4, 0.15]), np.array([0.5, 0.4, 0.1])
    assert targets.roughly(old, new, 0.8) == 746


def test_below_thirty_a_permutation_test_must_see_the_change():
    now = row(115, 500, 385)
    n = int(targets.answers_needed(now, 30))
    old, new = targets._mix(now, -27), targets._mix(now, 30)
    counts = [targets._counts(mix, n) for mix in (old, new)]
    assert n > targets.roughly(old, new)
    assert inference.permutation_p(*counts) < 0.05
    fewer = [targets._counts(mix, n - 1) for mix in (old, new)]
    assert inference.permutation_p(*fewer) >= 0.05


def test_exact_power_is_the_chance_of_a_small_p():
    old, new, n = np.array([0.1, 0.3, 0.6]), np.array([0.7, 0.2, 0.1]), 6
    outcomes = [(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)]
    expected = 0.0
    for a, b in itertools.product(outcomes, outcomes):
        chance = stats.multinomial.pmf(a, n, old) * stats.multinomial.pmf(b, n, new)
        expected += chance * (inference.permutation_p(a, b) < 0.05)
    assert targets.exact_power(old, new, n) == pytest.approx(expected, abs=1e-6)


def test_exact_power_without_a_change_is_the_size_of_the_test():
    mix = np.array([0.4, 0.3, 0.3])
    assert targets.exact_power(mix, mix, 15) <= 0.05


def test_exact_power_of_empty_classes():
    none, all_ = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    assert targets.exact_power(none, all_, 5) == pytest.approx(1)
    assert targets.exact_power(none, none, 5) == pytest.approx(0)


def test_the_passives_make_room_for_a_high_target():
    assert targets._mix(row(29, 53, 18), 80) == pytest.approx([0.8, 0.2, 0.0])
    assert targets._mix(row(29, 53, 18), 40) == pytest.approx([0.435, 0.53, 0.035])


def test_accounts_raise_the_number_of_answers():
    three = [f"A{k // 3}" for k in range(120)]
    alike = [10.0] * 60 + [7.0] * 30 + [2.0] * 30
    shared = answers(alike, wave="2025", accounts=three)
    waves = [wave(2025)]
    frame = nps.by_wave(shared, waves)
    found = targets.realistic(frame, waves, 50).iloc[0]
    alone = judged({2025: (60, 30, 30)}, 50).iloc[0]
    assert found["n_clear"] > 2 * alone["n_clear"]
    assert found["margin"] > 1.4 * alone["margin"]


# --- the verdict -----------------------------------------------------------------------------


def test_a_small_change_is_within_noise():
    found = judged({2024: (90, 120, 90), 2025: (150, 90, 60)}, 40).iloc[0]
    assert (found["needed"], found["label"]) == (10, "within noise")
    assert 10 < found["margin"] < 13
    assert 365 <= found["n_clear"] <= 442
    assert 745 <= found["n_power"] <= 903


def test_noise_is_the_interval_of_a_change_of_that_size():
    found = judged({2025: (150, 90, 60)}, 40).iloc[0]
    before, after = row(150, 90, 60), row(165, 90, 45)
    halves = [(one["ci_high"] - one["ci_low"]) / 2 for one in (before, after)]
    assert found["margin"] == pytest.approx(np.hypot(*halves), abs=1e-6)


@pytest.mark.parametrize(
    ("when", "label"),
    [(None, "beyond what was ever seen"), ("2028", "realistic"), ("2026-10-01", "stretch")],
)
def test_the_pace_asked_is_held_against_the_clients_own(when, label):
    # 0, +30 and +40 in three years: 20 a year on the line, 30 at the fastest; 40 points to go
    scores = {2023: (300, 400, 300), 2024: (450, 400, 150), 2025: (550, 300, 150)}
    found = judged(scores, 80, when).iloc[0]
    assert found["pace"] == pytest.approx(20, abs=0.2)
    assert found["fastest"] == pytest.approx(30, abs=0.2)
    assert found["slowest"] == pytest.approx(10, abs=0.2)
    assert found["needed"] == 40
    assert found["label"] == label


def test_the_interval_of_the_pace_comes_from_those_of_the_waves():
    found = judged({2024: (90, 120, 90), 2025: (150, 90, 60)}, 60).iloc[0]
    halves = [(one["ci_high"] - one["ci_low"]) / 2 for one in (row(90, 120, 90), row(150, 90, 60))]
    assert (found["pace_high"] - found["pace_low"]) / 2 == pytest.approx(
        np.hypot(*halves) * 365.25 / 365, abs=1e-6
    )


def test_waves_are_never_joined_across_a_change_of_method():
    scores = {2023: (50, 50, 200), 2024: (90, 120, 90), 2025: (150, 90, 60)}
    found = judged(scores, 70, methods=("old", "new", "new")).iloc[0]
    assert found["waves"] == 2
    assert found["pace"] == pytest.approx(30, abs=0.1)
    assert "another method" in found["note"]
    alone = judged(scores, 70, methods=("old", "old", "new")).iloc[0]
    assert alone["waves"] == 1
    assert alone["label"] == "no pace to hold it against"
    assert np.isnan(alone["pace"])


def test_a_target_that_is_reached_needs_nothing():
    found = judged({2025: (150, 90, 60)}, 30).iloc[0]
    assert found["label"] == "already there"
    assert np.isnan(found["n_clear"])
    assert judged({2025: (150, 90, 60)}, 20).iloc[0]["label"] == "already there"


def test_a_falling_client_is_not_told_that_a_rise_is_realistic():
    found = judged({2024: (150, 90, 60), 2025: (90, 120, 90)}, 30).iloc[0]
    assert found["label"] == "beyond what was ever seen"


def test_a_wave_below_thirty_is_judged_exactly():
    found = judged({2024: (4, 8, 12), 2025: (10, 8, 6)}, 60).iloc[0]
    before, after = [10, 8, 6], targets._counts(targets._mix(row(10, 8, 6), 60), 24)
    assert inference.permutation_p(before, after) >= 0.05
    assert found["label"] == "within noise"


# --- when ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "years"), [(None, 1), ("2027", 2), ("2026-04-01", 1), ("2025-10-01", 0.5)]
)
def test_when_the_target_is_due(when, years):
    found = judged({2024: (90, 120, 90), 2025: (150, 90, 60)}, 70, when).iloc[0]
    assert found["years"] == pytest.approx(years, abs=0.01)
    assert found["needed_pace"] == pytest.approx(40 / years, rel=0.01)


def test_a_target_due_at_the_last_wave_has_no_pace():
    found = judged({2024: (90, 120, 90), 2025: (150, 90, 60)}, 70, "2025").iloc[0]
    assert found["years"] == 0
    assert found["label"] == "no pace to hold it against"


def test_a_day_that_is_none_is_a_mistake_in_the_parameters():
    with pytest.raises(ParamsError, match="'soon', which is no wave"):
        judged({2025: (150, 90, 60)}, 70, "soon")


def test_without_a_target_or_a_score_there_is_no_verdict():
    assert judged({2025: (150, 90, 60)}, None).empty
    nothing = pd.DataFrame(columns=["wave", "series", *nps.SCORE])
    found = targets.realistic(nothing, [wave(2025)], 40)
    assert found.empty
    assert list(found.columns) == list(targets.TARGET)


def test_one_answer_breaks_nothing():
    found = judged({2025: (1, 0, 0)}, 100)
    assert found.iloc[0]["label"] == "already there"
    found = judged({2025: (0, 0, 1)}, 50).iloc[0]
    assert found["label"] == "within noise"
