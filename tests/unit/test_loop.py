"""The closed loop: clocks run to the report's day, and everything promised adds up."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.programme import loop
from analysis.publish.wording import actions as wording
from tests.surveyed import WAVES, survey


def action(k, created="2025-03-10", status="open", **more):
    return {
        "action": f"P{k}",
        "wave": "w2",
        "said": "More visits",
        "status": status,
        "account": f"A{k}",
        "created": created,
        **more,
    }


def plans(*actions):
    return loop.plans(survey(actions=list(actions)), WAVES)


def test_day_28_is_in_time_and_day_29_is_late():
    # The wave closed on 2025-03-01; domain: the 28th day passes, the 29th fails.
    made = plans(action(1, "2025-03-29"), action(2, "2025-03-30"))
    assert sorted(made["days"]) == [28, 29]
    row = loop.in_time(made, "w2", 28).iloc[0]
    assert (row["in_time"], row["n"]) == (1, 2)


def test_a_plan_without_a_date_is_late():
    row = loop.in_time(plans(action(1), action(2, None)), "w2", 28).iloc[0]
    assert (row["in_time"], row["n"]) == (1, 2)


def test_share_in_time_matches_r():
    # R 4.2.2: prop.test(27, 30, correct = FALSE)$conf.int = 0.74378917 0.96540011
    made = plans(*(action(k, "2025-03-05" if k < 27 else "2025-04-05") for k in range(30)))
    row = loop.in_time(made, "w2", 28).iloc[0]
    assert row["ci_low"] == pytest.approx(0.74378917, abs=1e-7)
    assert row["ci_high"] == pytest.approx(0.96540011, abs=1e-7)


def test_ages_are_counted_to_the_day_of_the_report():
    assert plans(action(1, "2025-04-05"))["age"].item() == 10


def test_what_was_planned_after_the_report_is_not_in_it():
    assert plans(action(1, "2025-04-16")).empty


def test_what_was_finished_after_the_report_is_still_open_in_it():
    # The last wave was reported on 2025-04-15.
    made = plans(
        action(1, status="done", did="Visited.", done="2025-04-16", due="2025-04-10"),
        action(2, status="done", did="Visited.", done="2025-04-15"),
        action(3, status="done", did="Visited."),  # nobody wrote down when
    ).set_index("action")
    assert made["status"].to_dict() == {"P1": "open", "P2": "done", "P3": "done"}
    assert made.loc["P1", "overdue"]


def test_a_deed_after_the_report_is_not_in_you_said_we_did():
    late = action(1, status="done", did="Visited.", done="2025-04-16")
    row = loop.said_and_done(survey(actions=[late]), WAVES, str).iloc[0]
    assert row["did"] == "nothing finished yet"
    assert tuple(row[["done", "open", "n"]]) == (0, 1, 1)


def test_only_open_actions_past_their_date_are_overdue():
    made = plans(
        action(1, due="2025-04-14"),
        action(2, due="2025-04-15"),
        action(3, due="2025-04-14", status="done", did="Visited."),
        action(4),
    ).set_index("action")
    assert made["overdue"].to_dict() == {"P1": True, "P2": False, "P4": False, "P3": False}


def test_open_done_and_dropped_add_up_to_all():
    board = loop.board(plans(action(1), action(2, status="done", did="x"), action(3)))
    row = board.iloc[0]
    assert row["n"] == row["open"] + row["done"] + row["dropped"] == 3
    assert row["label"] == "Second"


def answered(**ratings):
    """One rating for each account."""
    rows = [{"wave": "w2", "account": a, "nps": r} for a, r in ratings.items()]
    return pd.DataFrame([*rows, {"wave": "w2", "account": None, "nps": 0.0}])


def test_accounts_with_a_detractor_are_found_with_and_without_a_plan():
    made = survey(answered(A1=6.0, A2=3.0, A3=7.0, A4=9.0), actions=[action(1), action(3)])
    rows = loop.followed_up(made, loop.plans(made, WAVES), "w2").set_index("term")
    assert tuple(rows.loc["with a detractor", ["planned", "n"]]) == (1, 2)
    assert tuple(rows.loc["answered", ["planned", "n"]]) == (2, 4)


def test_a_plan_of_another_wave_does_not_follow_this_one_up():
    made = survey(answered(A1=6.0), actions=[{**action(1), "wave": "w1"}])
    assert loop.followed_up(made, loop.plans(made, WAVES), "w2").empty


def test_an_unknown_status_is_an_error():
    with pytest.raises(DataError, match="whose status is not open, done or dropped"):
        plans(action(1, status="nearly"))


def test_done_without_saying_what_was_done_is_an_error():
    with pytest.raises(DataError, match="without saying what was done"):
        plans(action(1, status="done"))


def test_every_did_has_a_said_and_no_account_is_named():
    made = survey(actions=[action(1, status="done", did="Visited."), action(2)])
    table = loop.said_and_done(made, WAVES, str)
    assert table["said"].notna().all()
    assert table.iloc[0]["did"] == "Visited."
    assert tuple(table.iloc[0][["done", "open", "n"]]) == (1, 1, 2)
    assert "A1" not in table.to_string()


def test_actions_nobody_owns_are_listed_as_such():
    owners = loop.by_owner(plans(action(1), action(2, owner="Kim")))
    assert set(owners["owner"]) == {"nobody named", "Kim"}


def test_without_actions_there_is_nothing_and_no_error():
    none = plans()
    assert none.empty
    assert loop.in_time(none, "w2", 28).empty
    assert loop.board(none).empty
    assert loop.followed_up(survey(), none, "w2").empty
    assert loop.by_owner(none).empty
    assert loop.said_and_done(survey(), WAVES, str).empty


def in_modes(open_, secret):
    """One rating an account, True for a detractor: those in the open, those in confidence."""
    rows = [
        {"wave": "w2", "account": f"A{mode}{k}", "nps": 3.0 if unhappy else 9.0, "mode": mode}
        for mode, several in (("attributable", open_), ("anonymous", secret))
        for k, unhappy in enumerate(several)
    ]
    made = survey(pd.DataFrame(rows), actions=[action(1)])
    return loop.followed_up(made, loop.plans(made, WAVES), "w2")


def some(unhappy, n):
    return [k < unhappy for k in range(n)]


@pytest.mark.parametrize(
    ("open_", "secret", "shown"),
    [
        (some(8, 20), some(0, 0), True),  # nobody answered in confidence
        (some(8, 20), some(0, 4), False),  # four
        (some(8, 20), some(0, 5), True),
        (some(8, 20), some(4, 10), False),
        (some(8, 20), some(5, 10), True),
        (some(8, 20), some(6, 10), False),  # the other four
        (some(8, 20), some(10, 10), False),  # all of them
        (some(0, 0), some(8, 20), True),  # nobody answered in the open
    ],
)
def test_accounts_with_a_detractor_are_hidden_where_the_open_ones_leave_few(open_, secret, shown):
    rows = in_modes(open_, secret)
    assert rows.set_index("term").loc["with a detractor", "n"] == sum(open_) + sum(secret)
    assert (wording.followed_up(rows, 5) is not None) is shown
    assert wording.follow_up(rows.assign(ci_high=0.3), 5) is None or shown


def test_a_confidence_at_an_account_with_an_open_detractor_tells_nothing():
    rows = [{"wave": "w2", "account": f"A{k}", "nps": 3.0 + 6 * (k > 7)} for k in range(20)]
    answers = pd.DataFrame(rows).assign(mode="attributable")
    told = pd.DataFrame([{"wave": "w2", "account": "A0", "nps": 2.0, "mode": "confidential"}])
    made = survey(pd.concat([answers, told], ignore_index=True), actions=[action(1)])
    rows = loop.followed_up(made, loop.plans(made, WAVES), "w2")
    assert wording.followed_up(rows, 5) is not None


def test_accounts_that_gave_no_rating_have_no_detractor_and_no_error():
    answers = pd.DataFrame([{"wave": "w2", "account": "A1", "nps": None, "mode": "attributable"}])
    made = survey(answers.astype({"nps": float}), actions=[action(1)])
    rows = loop.followed_up(made, loop.plans(made, WAVES), "w2")
    assert rows["term"].tolist() == ["answered"]
    assert wording.followed_up(rows, 5) is None
