import pandas as pd
import pytest

from analysis.publish.disclosure import MIN_COMMENTS, MIN_SCORES, hidden_rows


def test_the_smallest_groups_are_those_of_the_sources():
    # domain.md 2.8: 5 for numbers, 8 for comments (newmeasures.com, Humaans, Lattice).
    assert (MIN_SCORES, MIN_COMMENTS) == (5, 8)


@pytest.mark.parametrize(("n", "hidden"), [(0, True), (4, True), (5, False), (6, False)])
def test_a_group_is_shown_from_the_smallest_base(n, hidden):
    assert list(hidden_rows(pd.Series([n]))) == [hidden]


def test_a_missing_base_counts_as_none():
    assert list(hidden_rows(pd.Series([None, 9.0]))) == [True, False]


@pytest.mark.parametrize(
    ("bases", "hidden"),
    [
        ([30, 4, 9], [False, True, True]),  # 4 alone would come back by subtraction
        ([30, 4, 3, 9], [False, True, True, False]),  # 4 + 3 = 7 >= 5: neither comes back
        ([30, 2, 2, 9], [False, True, True, True]),  # 2 + 2 = 4 < 5: a third one joins
        ([30, 0, 9], [False, False, False]),  # nobody is no secret
        ([4], [True]),
    ],
)
def test_what_could_be_worked_out_by_subtraction_is_hidden_too(bases, hidden):
    assert list(hidden_rows(pd.Series(bases), whole=True)) == hidden


def test_rows_keep_their_index():
    base = pd.Series([30, 4, 9], index=["a", "b", "c"])
    assert list(hidden_rows(base, whole=True).index) == ["a", "b", "c"]
