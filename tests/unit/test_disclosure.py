import numpy as np
import pandas as pd
import pytest

from analysis.measures import inference, nps
from analysis.params.kinds import Confidentiality, Least
from analysis.publish import disclosure, results
from analysis.publish.disclosure import MIN_COMMENTS, MIN_SCORES, hidden_rows


def test_the_smallest_groups_are_those_of_the_sources():
    # domain.md 2.8: 5 for numbers, 8 for comments (newmeasures.com, Humaans, Lattice); no benchmark
    # from fewer than 5 clients.
    assert (MIN_SCORES, MIN_COMMENTS, disclosure.MIN_CLIENTS) == (5, 8, 5)


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
        ([30, None, 9], [False, False, False]),  # nor is what nobody answered
        ([30, 1, 9], [False, True, True]),  # a single person is
        ([30, 2, 3, 9], [False, True, True, False]),  # exactly 5 together
        ([4], [True]),
        ([4, 0], [True, False]),  # nothing is left to hide behind
        ([], []),
    ],
)
def test_what_could_be_worked_out_by_subtraction_is_hidden_too(bases, hidden):
    assert list(hidden_rows(pd.Series(bases, dtype=float), whole=True)) == hidden


def test_rows_keep_their_index():
    base = pd.Series([30, 4, 9], index=["a", "b", "c"])
    assert list(hidden_rows(base, whole=True).index) == ["a", "b", "c"]


def test_each_whole_is_protected_by_itself():
    base = pd.Series([30, 4, 9, 40, 20, 3])
    wave = pd.Series(["1", "1", "1", "2", "2", "2"])
    assert list(hidden_rows(base, whole=wave)) == [False, True, True, False, True, True]
    lonely = pd.Series([4, 30, 4, 9])  # the first whole has nothing to hide behind
    of = pd.Series(["1", "2", "2", "2"])
    assert list(hidden_rows(lonely, whole=of)) == [True, False, True, True]


STRICT = Confidentiality(preset="strict").min_scores


def test_the_strict_preset_asks_for_more_and_a_client_for_more_still():
    assert (int(STRICT), STRICT.accounts, STRICT.largest) == (10, 3, 0.5)
    assert Confidentiality(preset="strict").min_comments == 10
    assert Confidentiality(preset="strict", min_scores=20).min_scores == 20
    assert Confidentiality(min_scores=20).min_scores == 20
    assert getattr(Confidentiality().min_scores, "accounts", 0) == 0


@pytest.mark.parametrize(
    ("n", "accounts", "largest", "hidden"),
    [
        (10, 3, 0.5, False),
        (9, 3, 0.5, True),
        (10, 2, 0.5, True),
        (10, 3, 0.51, True),
        (10, None, 0.5, True),  # what is not known is not shown
        (10, 3, None, True),
    ],
)
def test_a_strict_group_holds_several_accounts_and_none_holds_most_of_it(
    n, accounts, largest, hidden
):
    given = [pd.Series([value], dtype=float) for value in (n, accounts, largest)]
    assert list(hidden_rows(given[0], STRICT, accounts=given[1], largest=given[2])) == [hidden]
    assert list(hidden_rows(given[0], 5, accounts=given[1], largest=given[2])) == [n < 5]


def test_a_group_of_too_few_accounts_does_not_come_back_from_the_whole():
    base, accounts = pd.Series([30, 40, 50]), pd.Series([9, 2, 9])
    found = hidden_rows(base, STRICT, whole=True, accounts=accounts)
    assert list(found) == [True, True, False]  # the smallest of the others joins it


def test_a_table_is_masked_by_its_accounts_under_the_strict_preset():
    frame = pd.DataFrame(
        {"who": ["a", "b"], "mean": [5.0, 6.0], "n": [12, 12], "n_accounts": [3, 2]}
    )
    columns = {"who": ("Who", "text"), "mean": ("Mean", "score"), "n": ("Answers", "count")}
    made = results.table(
        frame, key="k", title="t", columns=columns, base="n", otherwise="", minimum=STRICT
    )
    assert [row["mean"] for row in made.rows] == [5.0, None]
    assert (made.hidden, made.minimum) == (1, 10)


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ({}, 40.0),  # of accounts the row says nothing
        ({"n_accounts": 3}, 40.0),
        ({"n_accounts": 2}, None),
        ({"n_accounts": None}, None),
        ({"n_accounts": 3, "largest": 0.5}, 40.0),
        ({"n_accounts": 3, "largest": 0.51}, None),
        ({"n_accounts": 3, "largest": None}, None),
    ],
)
def test_a_headline_number_is_withheld_by_its_accounts_under_the_strict_preset(more, value):
    row = {"estimate": 40.0, "n": 12, **more}
    given = {"key": "nps", "label": "NPS", "unit": "points"}
    made = results.metric(row, minimum=STRICT, **given)
    assert made.value == value
    assert (made.n is None) == (value is None)
    assert made.caveat == ("" if value else "\N{EM DASH} hidden: too few answers.")
    assert results.metric(row, minimum=5, **given).value == 40.0
    assert results.metric(row, minimum=STRICT, people=False, **given).value == 40.0


def test_the_biggest_account_counts_where_a_mean_is_made():
    answers = pd.DataFrame({"account": list("AAAAAAABBBCC"), "contact": list("abcdefghijkl")})
    values = pd.Series(range(12), dtype=float)
    row = inference.mean(values, answers)
    score = nps.nps(values.clip(upper=10), accounts=answers["account"])
    for found in (row, score):
        assert found.iloc[0]["largest"] == pytest.approx(7 / 12)
        made = results.metric(found.iloc[0], key="k", label="L", unit="score", minimum=STRICT)
        assert made.value is None
    assert pd.isna(inference.mean(values, answers.assign(account=None)).iloc[0]["largest"])


def test_an_empty_sum_and_a_total_that_must_be_hidden():
    # The total is small itself: it is hidden with its parts.
    cells = [2, 0, 2]
    assert list(disclosure.protect(cells, [(2, 0, 1)])) == [True, False, True]


def test_the_smallest_base_itself_is_shown():
    assert not disclosure.protect([5, 5, 10], [(2, 0, 1)]).any()


def test_a_known_total_is_never_hidden():
    hidden = disclosure.protect([3, 30, 33], [(2, 0, 1)], known=[2])
    assert list(hidden) == [True, True, False]


def test_what_lies_across_sums_is_hidden_far_from_the_small_cell():
    # Found by the generated tables: no cell of the small one's own row or column is left, and it
    # still comes back, as two sums say the same of the others.
    table = [2, 32, 0, 0, 34, 25, 0, 14, 0, 39, 0, 2, 0, 0, 2, 27, 34, 14, 0, 75]
    sums = disclosure.margins((4, 5))
    hidden = disclosure.protect(table, sums)
    assert not disclosure.recoverable(table, sums, hidden).any()


@pytest.mark.parametrize(
    ("table", "hidden"),
    [
        # Nothing is hidden behind an empty cell, though one would do.
        (
            [[0, 0, 0, 0], [0, 7, 4, 11], [0, 7, 4, 11]],
            [[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0]],
        ),
        # Of the cells that a later step made needless, the total of 19 is shown again.
        (
            [[6, 1, 12, 19], [1, 0, 1, 2], [0, 0, 12, 12], [7, 1, 25, 33]],
            [[0, 1, 1, 0], [1, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0]],
        ),
        # A part is hidden before a total, and in the small cell's own sums before others.
        (
            [[12, 7, 19], [4, 1, 5], [16, 8, 24]],
            [[1, 1, 0], [1, 1, 0], [0, 0, 0]],
        ),
        (
            [[9, 6, 2, 17], [0, 6, 1, 7], [9, 12, 3, 24]],
            [[1, 1, 1, 0], [0, 1, 1, 0], [1, 0, 1, 0]],
        ),
    ],
)
def test_of_what_could_be_hidden_the_least_is(table, hidden):
    sums = disclosure.margins((len(table), len(table[0])))
    found = disclosure.protect(np.ravel(table), sums)
    assert found.reshape(len(table), -1).astype(int).tolist() == hidden


def test_what_is_known_from_elsewhere_cannot_be_hidden():
    found = disclosure.protect([3, 4, 20, 27], [(3, 0, 1, 2)], known=[0])
    assert list(found) == [False, True, True, False]


def test_a_table_has_a_sum_along_every_line_of_every_axis():
    assert disclosure.margins((2, 2, 2)) == [
        (4, 0),
        (5, 1),
        (6, 2),
        (7, 3),
        (2, 0),
        (3, 1),
        (6, 4),
        (7, 5),
        (1, 0),
        (3, 2),
        (5, 4),
        (7, 6),
    ]


def test_a_hidden_total_of_shown_parts_is_worked_out():
    found = disclosure.recoverable([2, 3, 5], [(2, 0, 1)], np.array([False, False, True]))
    assert list(found) == [False, False, True]


def test_a_range_of_two_whole_numbers_keeps_a_secret():
    found = disclosure.recoverable([1, 0, 1], [(2, 0, 1)], np.array([True, True, False]))
    assert not found.any()


def test_a_part_of_a_hidden_total_has_no_upper_end():
    # The second table's cell has nothing to hide behind, whatever the first one's may hold.
    sums = [(2, 0, 1), (5, 3, 4)]
    hidden = np.array([True, False, True, True, False, False])
    found = disclosure.recoverable([0, 5, 5, 3, 5, 8], sums, hidden)
    assert list(found) == [False, False, False, True, False, False]


def test_cells_that_contradict_their_sum_count_as_worked_out():
    found = disclosure.recoverable([5, 5, 3], [(2, 0, 1)], np.array([True, False, False]))
    assert list(found) == [True, False, False]


def test_an_attack_on_a_table_with_nothing_hidden_finds_nothing():
    sums = disclosure.margins((2, 2))
    assert not disclosure.recoverable([9] * 4, sums, disclosure.protect([9, 0, 9, 9], sums)).any()


def test_a_cell_in_no_sum_cannot_be_worked_out():
    cells = [3, 9, 20, 29]
    found = disclosure.recoverable(cells, [(3, 1, 2)], disclosure.protect(cells, [(3, 1, 2)]))
    assert not found.any()


@pytest.mark.parametrize(
    ("before", "now", "few"),
    [
        ("abc", "abc", 0),
        ("abc", "abcd", 1),
        ("abc", "abcdefg", 4),
        ("abc", "abcdefgh", 0),
        ("abcd", "abc", 1),
        ("abcd", "abce", 1),  # one changed is one gone and one new
        ("", "abc", 3),
        ("aab", "aaab", 1),  # equal marks are several answers
    ],
)
def test_a_few_new_answers_would_be_given_away_by_the_difference(before, now, few):
    assert disclosure.too_few_new(before, now) == few


def test_least_is_a_number_like_any_other():
    assert Least(5) == 5
    assert f"{Least.strict(5)}" == "10"
    assert pd.Series([9, 10]).lt(Least.strict(5)).tolist() == [True, False]


def test_every_hidden_cell_is_attacked_by_itself():
    # Three tables that have nothing to do with each other: what one solution tells of the first
    # must not end the attack on the others, whose counts may already be the least or the most.
    counts = [3, 20, 23, 0, 9, 9, 9, 0, 9]
    sums = [(2, 0, 1), (5, 3, 4), (8, 6, 7)]
    hidden = np.array([True, True, False] * 3)
    assert not disclosure.recoverable(counts, sums, hidden).any()
