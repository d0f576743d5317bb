"""Sentences on fieldwork, maturity and actions say no more than the numbers."""

import pandas as pd
import pytest

from analysis.publish.wording import actions, fieldwork, maturity


def summary(silent, asked=30):
    return {
        "asked": asked,
        "silent": silent,
        "share": silent / asked,
        "revenue_share": float("nan"),
        "deciders": 10,
        "deciders_silent": 4,
    }


def test_both_denominators_stand_in_the_response_sentence():
    columns = ["term", "estimate", "ci_low", "ci_high", "answered", "n"]
    rows = [("contacts", 0.545, 0.51, 0.58, 425, 780), ("accounts", 0.879, 0.81, 0.92, 123, 140)]
    said = fieldwork.response(pd.DataFrame(rows, columns=columns)).sentence
    assert "(425 of 780; 95% interval 51% to 58%)" in said
    assert "88% of the accounts (123 of 140)" in said


@pytest.mark.parametrize(("silent", "rank"), [(10, 5), (9, 20)])
def test_a_third_of_the_accounts_silent_comes_first(silent, rank):
    assert fieldwork.speak_to_silent(summary(silent)).rank == rank


def test_nobody_silent_needs_no_advice():
    assert fieldwork.speak_to_silent(summary(0)) is None
    assert fieldwork.speak_to_silent({}) is None
    assert "All 30 accounts" in fieldwork.silence(summary(0)).sentence


def test_one_silent_account_is_one():
    assert fieldwork.speak_to_silent(summary(1)).do == "Speak to the one silent account."


@pytest.mark.parametrize(
    ("low", "high", "start", "evidence"),
    [
        (-15, -2, "Leadership and culture lag behind", "clear"),
        (2, 15, "Leadership and culture are ahead", "clear"),
        (-9, 1, "No clear difference", "undecided"),
    ],
)
def test_a_side_lags_only_where_the_interval_says_so(low, high, start, evidence):
    row = {"term": "Soft minus hard", "estimate": (low + high) / 2, "n": 8}
    found = maturity.soft_side(pd.DataFrame([{**row, "ci_low": low, "ci_high": high}]))
    assert found.sentence.startswith(start)
    assert found.evidence == evidence


def test_few_assessors_are_named_as_the_reason():
    assert "4 people assessed" in maturity.absence(4)
    assert maturity.absence(0) == maturity.ABSENT


def in_time(good, n, high):
    row = {"estimate": good / n, "ci_low": 0.1, "ci_high": high, "n": n, "in_time": good}
    return pd.DataFrame([row])


def test_counts_are_printed_whole():
    assert actions.clock(in_time(27.0, 30.0, 0.97), 28).sentence.startswith("27 of 30 plans")


def test_late_plans_are_advised_against_only_beyond_doubt():
    assert actions.late_plans(in_time(3, 22, 0.33), 28).rank == 31
    assert actions.late_plans(in_time(9, 22, 0.6), 28) is None


def test_overdue_actions_are_advice_and_none_is_none():
    board = pd.DataFrame([{"overdue": 1, "open": 4, "done": 0, "dropped": 0, "n": 4}])
    assert actions.overdue(board).do == "Finish the 1 overdue action, or agree a new date."
    assert actions.overdue(board.assign(overdue=0)) is None
