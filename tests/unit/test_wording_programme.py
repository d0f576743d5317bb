"""Sentences on fieldwork, maturity and actions say no more than the numbers."""

import pandas as pd
import pytest

from analysis.publish.wording import actions, fieldwork, fieldwork_tables, maturity


def summary(silent, asked=30):
    return {
        "asked": asked,
        "silent": silent,
        "share": silent / asked,
        "revenue_share": float("nan"),
        "deciders": 10,
        "deciders_silent": 4,
        "deciders_low": 0.17,
        "no_decider": 0,
    }


def test_both_denominators_stand_in_the_response_sentence():
    columns = ["term", "estimate", "ci_low", "ci_high", "answered", "n"]
    rows = [("contacts", 0.545, 0.51, 0.58, 425, 780), ("accounts", 0.879, 0.81, 0.92, 123, 140)]
    said = fieldwork.response(pd.DataFrame(rows, columns=columns)).sentence
    assert "(425 of 780; 95% interval 51% to 58%)" in said
    assert "88% of the accounts (123 of 140)" in said


@pytest.mark.parametrize(("silent", "rank"), [(10, 5), (9, 35)])
def test_a_third_of_the_accounts_silent_comes_first(silent, rank):
    assert fieldwork.speak_to_silent(summary(silent)).rank == rank


def test_what_the_silent_spend_stands_in_the_advice():
    assert "with 20% of the revenue of all asked" in (
        fieldwork.speak_to_silent({**summary(9), "revenue_share": 0.2}).because
    )


def test_nobody_silent_needs_no_advice():
    assert fieldwork.speak_to_silent(summary(0)) is None
    assert fieldwork.speak_to_silent({}) is None
    assert "All 30 accounts" in fieldwork.silence(summary(0)).sentence


@pytest.mark.parametrize(("low", "rank"), [(0.49, 35), (0.51, 6)])
def test_most_decision_makers_silent_is_urgent_only_beyond_doubt(low, rank):
    advice = fieldwork.speak_to_silent({**summary(1), "deciders_low": low, "deciders_silent": 8})
    assert advice.rank == rank
    assert ("8 decision makers who did not answer" in advice.do) == (rank == 6)


def test_silent_decision_makers_are_advice_though_no_account_is_silent():
    said = {**summary(0), "deciders_low": 0.6, "deciders_silent": 9}
    advice = fieldwork.speak_to_silent(said)
    assert advice.rank == 6
    assert advice.because.startswith("90% of the decision makers stayed silent (9 of 10);")


def test_accounts_without_a_decision_maker_are_flagged_where_roles_are_known():
    assert "At 7 of 30 accounts" in fieldwork.no_decider({**summary(3), "no_decider": 7}).sentence
    assert fieldwork.no_decider({**summary(3), "no_decider": 30, "deciders": 0}) is None


def test_a_role_of_few_people_is_hidden_with_the_next_smallest():
    columns = ["term", "estimate", "ci_low", "ci_high", "answered", "n", "known"]
    rows = [("Decision makers", 1.0, 0.2, 1.0, 1, 1, 1), ("Influencers", 0.5, 0.4, 0.6, 20, 40, 60)]
    rows += [("End users", 0.5, 0.4, 0.6, 30, 60, 70)]
    table = fieldwork_tables.roles(pd.DataFrame(rows, columns=columns), 5)
    assert [row["answered"] for row in table.rows] == [None, None, 30]


def gates(*means, half=0.2):
    rows = [(f"Does {k}", m, m - half, m + half, 8, m >= 3.5) for k, m in enumerate(means)]
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "passed"]
    return pd.DataFrame(rows, columns=columns)


def test_a_practice_near_the_bar_makes_the_stage_a_close_call():
    far = maturity.stage("Gathering", gates(4.0, 3.0, 3.6))
    assert "held up by 'does 1'" in far.sentence
    assert "close call" not in far.sentence  # what lies beyond the first gap decides nothing
    assert "'does 0' spans the bar" in maturity.stage("Gathering", gates(3.6, 3.0)).sentence
    assert "'does 1' spans the bar" in maturity.stage("Gathering", gates(4.0, 3.4)).sentence


def test_the_last_stage_is_kept_not_passed():
    assert "keeps" in maturity.next_step("Transforming", "Go on.").because
    assert "beyond" in maturity.next_step("Gathering", "Go on.").because


def followed(unhappy, planned, answered=40):
    row = {"estimate": planned / unhappy, "ci_low": 0.1, "ci_high": 0.3}
    rows = [{**row, "term": "with a detractor", "n": unhappy, "planned": planned}]
    return pd.DataFrame([*rows, {**row, "term": "answered", "n": answered, "planned": planned}])


def test_accounts_with_a_detractor_and_no_plan_are_advice():
    assert actions.followed_up(followed(20, 4), 5).sentence.startswith("Of 20 accounts")
    assert "16 accounts" in actions.follow_up(followed(20, 4), 5).do
    assert actions.follow_up(followed(20, 4).assign(ci_high=0.6), 5) is None


@pytest.mark.parametrize(("unhappy", "answered"), [(4, 40), (38, 40), (40, 40)])
def test_counts_that_tell_who_is_unhappy_are_not_said(unhappy, answered):
    assert actions.followed_up(followed(unhappy, 2, answered), 5) is None


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
    assert "4 people filled in" in maturity.absence(4)
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
