import numpy as np
import pytest

from analysis.models import panel
from tests.scored import answers, join, wave

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


def test_higher_same_and_lower_add_up_to_the_matched():
    found = panel.movers(made(), WAVES)
    assert list(found["term"]) == ["Higher", "The same", "Lower"]
    assert found["count"].sum() == found["n"].iloc[0] == 40


def test_nobody_is_followed_across_a_break_or_without_contacts():
    broken = [wave("1", "postal"), wave("2")]
    assert panel.latest(made(), broken).empty
    assert panel.movers(made(), broken).empty
    nameless = made().assign(contact=None)
    assert panel.latest(nameless, WAVES).empty
    assert panel.movers(nameless, WAVES).empty
    assert panel.latest(made(), WAVES[1:]).empty


def test_a_contact_who_appears_twice_in_a_wave_is_not_matched():
    frame = made()
    double = join(frame, frame.iloc[[0]])
    assert panel.matched(double, *WAVES)["n"].iloc[1] == panel.matched(frame, *WAVES)["n"].iloc[
        1
    ] - int(frame["contact"].iloc[0] in set(frame["contact"].iloc[60:]))
