import pandas as pd
import pytest

from analysis.measures import groups


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
