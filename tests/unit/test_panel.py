import numpy as np
import pandas as pd
import pytest

from analysis.models import panel
from tests.scored import answers, join, survey, wave

WAVES = [wave("1"), wave("2")]


def made(seed=3, n=60, stay=40, accounts=12):
    """Two waves; `stay` contacts answer both, others once."""
    rng = np.random.default_rng(seed)
    first = [f"c{k}" for k in range(n)]
    second = [f"c{k}" for k in range(n - stay, 2 * n - stay)]
    home = lambda people: [f"a{int(p[1:]) % accounts}" for p in people]  # noqa: E731
    return join(
        answers(rng.integers(0, 11, n), "1", home(first), first),
        answers(rng.integers(4, 11, n), "2", home(second), second),
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_change_is_the_sum_of_same_people_and_different_people(seed):
    total, within, mix = panel.matched(made(seed), *WAVES)["estimate"]
    assert total == pytest.approx(within + mix)


def test_with_the_same_people_twice_nothing_comes_from_the_mix():
    frame = made(stay=60).assign(trust=lambda f: f["nps"] / 2)
    found = panel.matched(frame, *WAVES, value="trust")
    assert found["estimate"].iloc[2] == pytest.approx(0)
    assert found["ci_low"].iloc[0] == pytest.approx(found["ci_low"].iloc[1])


def test_people_who_do_not_move_leave_all_change_to_the_mix():
    stay = [9.0] * 10
    frame = join(
        answers([*stay, *[0.0] * 10], "1", contacts=[f"c{k}" for k in range(20)]),
        answers(
            [*stay, *[9.0] * 10], "2", contacts=[f"c{k}" for k in [*range(10), *range(30, 40)]]
        ),
    )
    total, within, mix = panel.matched(frame, *WAVES)["estimate"]
    assert (total, within, mix) == pytest.approx((100, 0, 100))


def test_one_newcomer_hides_the_split_that_would_give_the_answer_away():
    frame = join(
        answers([9.0] * 20, "1", contacts=[f"c{k}" for k in range(20)]),
        answers([9.0] * 20 + [0.0], "2", contacts=[f"c{k}" for k in range(21)]),
    )
    assert panel.matched(frame, *WAVES)["n_least"].tolist() == [20, 1, 1]


def test_any_column_can_be_followed():
    frame = made().assign(trust=lambda f: f["nps"] / 2)
    total, within, mix = panel.matched(frame, *WAVES, value="trust")["estimate"]
    assert total == pytest.approx(within + mix)


@pytest.mark.parametrize("value", ["nps", "trust"])
@pytest.mark.parametrize("seed", range(3))
def test_same_people_newcomers_and_leavers_bridge_the_two_levels(seed, value):
    frame = made(seed).assign(trust=lambda f: f["nps"] / 2)
    found = panel.bridge(frame, WAVES, value)
    before, within, came, left, after = found["estimate"]
    assert after - before == pytest.approx(within + came + left)
    split = panel.matched(frame, *WAVES, value=value)
    assert within == pytest.approx(split["estimate"].iloc[1])
    assert came + left == pytest.approx(split["estimate"].iloc[2])
    assert found["n"].tolist() == [60, 40, 20, 20, 60]
    assert list(found["group"]) == ["level", "change", "change", "change", "level"]


def test_newcomers_count_by_how_far_they_lie_above_those_who_stayed():
    frame = join(
        answers([7.0] * 10, "1", contacts=[f"c{k}" for k in range(10)]),
        answers([7.0] * 10 + [9.0] * 10, "2", contacts=[f"c{k}" for k in range(20)]),
    )
    found = panel.bridge(frame, WAVES).set_index("term")
    # half of the answers of wave 2 are newcomers, 100 points above those who stayed
    assert found.loc[panel.NEWCOMERS, "estimate"] == pytest.approx(50)
    assert found.loc[panel.LEAVERS, "estimate"] == pytest.approx(0)
    assert found.loc[panel.WITHIN, "estimate"] == pytest.approx(0)


def test_a_single_newcomer_hides_the_parts_but_not_the_levels():
    frame = join(
        answers([9.0] * 20, "1", contacts=[f"c{k}" for k in range(20)]),
        answers([9.0] * 20 + [0.0], "2", contacts=[f"c{k}" for k in range(21)]),
    )
    assert panel.bridge(frame, WAVES)["n_least"].tolist() == [20, 1, 1, 1, 21]


def test_the_order_of_rows_does_not_matter():
    frame = made().assign(trust=lambda f: f["nps"] / 2)
    mixed = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(panel.bridge(frame, WAVES), panel.bridge(mixed, WAVES))
    pd.testing.assert_frame_equal(
        panel.latest(frame, WAVES, "trust"), panel.latest(mixed, WAVES, "trust")
    )


def test_every_construct_is_split_and_one_on_mixed_scales_is_not():
    frame = made().assign(a=lambda f: f["nps"] / 2 + 1, b=lambda f: 7 - f["nps"] / 2, c=4.0)
    asked = survey(frame, {"trust": ["a"], "odd": ["b", "c"]})
    asked.items.loc["c", "scale_max"] = 5
    found = panel.by_construct(asked, WAVES)
    assert list(found["construct"].unique()) == ["trust"]


def test_a_score_on_its_scale_is_split_like_any_column():
    frame = made().assign(a=lambda f: f["nps"] / 2 + 1)
    found = panel.by_construct(survey(frame, {"trust": ["a"]}), WAVES)
    total, within, mix = found["estimate"]
    assert total == pytest.approx(within + mix)
    assert found["label"].tolist() == ["Trust"] * 3
    expected = panel.matched(frame, *WAVES, value="a")
    assert found["estimate"].tolist() == pytest.approx(expected["estimate"].tolist())


def test_one_account_has_no_interval():
    frame = made(accounts=1).assign(trust=lambda f: f["nps"] / 2)
    found = panel.latest(frame, WAVES, "trust")
    assert found[["ci_low", "ci_high"]].isna().to_numpy().all()
    assert not found["clear"].any()


def test_nobody_is_followed_across_a_break_or_without_contacts():
    broken = [wave("1", "postal"), wave("2")]
    assert panel.latest(made(), broken).empty
    nameless = made().assign(contact=None)
    assert panel.latest(nameless, WAVES).empty
    assert panel.latest(made(), WAVES[1:]).empty
    assert panel.bridge(made(), broken).empty
    assert panel.bridge(nameless, WAVES).empty
    assert list(panel.bridge(made().iloc[:0], WAVES).columns) == [*panel.COLUMNS, "group"]


def test_a_contact_who_appears_twice_in_a_wave_is_not_matched():
    frame = made()
    double = join(frame, frame.iloc[[0]])
    assert panel.matched(double, *WAVES)["n"].iloc[1] == panel.matched(frame, *WAVES)["n"].iloc[
        1
    ] - int(frame["contact"].iloc[0] in set(frame["contact"].iloc[60:]))
