import numpy as np
import pandas as pd
import pytest

from analysis.measures import groups

INF = float("inf")


@pytest.mark.parametrize(
    ("sizes", "left"),
    [
        ({"a": 9, "b": 4, "c": 3}, {"a": 9, "b, c": 7}),
        ({"a": 9, "b": 4}, {"a, b": 13}),  # one small one alone takes the next with it
        ({"a": 9, "b": 6, "c": 2}, {"a": 9, "b, c": 8}),
        ({"a": 9, "b": 6}, {"a": 9, "b": 6}),
        ({"a": 9, "b": 2, "c": 3}, {"a": 9, "b, c": 5}),
        ({"a": 2}, {"a": 2}),
        ({"a": 5, "b": 5}, {"a": 5, "b": 5}),
        ({}, {}),
    ],
)
def test_small_groups_are_put_together(sizes, left):
    people = pd.Series([name for name, n in sizes.items() for _ in range(n)], dtype=object)
    assert dict(groups.joined(people, 5).value_counts()) == left


def test_a_missing_group_stays_missing():
    found = groups.joined(pd.Series(["a", None, "b", "b"]), 5)
    assert found.isna().tolist() == [False, True, False, False]
    assert found.iloc[0] == "a, b"


def test_voices_count_as_confided_unless_they_are_known_to_be_open():
    modes = ["attributable", "confidential", "anonymous", None]
    assert groups.confided(pd.DataFrame({"mode": modes})) == 3
    assert groups.confided(pd.DataFrame({"nps": [9, 8]})) == 2
    assert groups.confided(pd.DataFrame({"mode": modes}).iloc[:0]) == 0


@pytest.mark.parametrize(
    ("secret", "counted", "fewest"),
    [
        (0, 0, INF),  # all is in the open
        (4, 0, 4),  # four are few, though none of them is counted
        (5, 0, 5),
        (9, 4, 4),
        (10, 5, 5),
        (9, 5, 4),
        (9, 9, 0),  # each of them is counted, and so known
    ],
)
def test_what_is_left_beside_the_open_answers_is_the_smaller_part(secret, counted, fewest):
    seen = pd.Series([True] * 3 + [False] * (4 + secret))
    hidden = pd.Series([False] * 7 + [True] * secret)
    all_ = seen | pd.Series([False] * 7 + [k < counted for k in range(secret)])
    assert groups.left(all_, seen, hidden, some_open=True) == fewest
    assert groups.left(all_, seen, hidden, some_open=False) == INF


def test_a_confidence_beside_an_open_answer_that_decides_leaves_nothing_to_tell():
    both = pd.Series([True] * 3)
    assert groups.left(both, both, both, some_open=True) == INF


def test_what_the_pages_leave_of_a_published_figure_is_nobody_s_or_a_group():
    rng = np.random.default_rng(4)
    for _ in range(200):
        n = int(rng.integers(1, 60))
        secret = pd.Series(rng.random(n) < rng.choice([0.0, 0.05, 0.3]))
        shown = ~secret & (rng.random(n) < 0.9)
        segments = pd.DataFrame(
            {"role": rng.choice(["a", "b", None], n), "tier": rng.choice(["x", "y", "z"], n)}
        )
        on_pages = shown & ~groups.withheld(shown, secret, segments, 5)
        for _, members in [(0, segments), *segments.groupby("role"), *segments.groupby("tier")]:
            here = members.index
            if secret[here].any() and len(here) >= 5:
                assert (~on_pages[here]).sum() >= 5


def test_nothing_is_withheld_where_it_would_protect_nobody():
    blank = pd.DataFrame(index=range(12))
    no_one, many = pd.Series(False, blank.index), pd.Series(blank.index < 5)
    few = pd.Series(blank.index < 4)
    assert not groups.withheld(~no_one, no_one, blank, 5).any()
    assert not groups.withheld(~many, many, blank, 5).any()
    assert groups.withheld(~few, few, blank, 5).sum() == 1
    assert not groups.withheld(~few[:4], few[:4], blank[:4], 5).any()  # no figure is published
