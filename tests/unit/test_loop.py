"""The closed loop: clocks run to the report's day, and everything promised adds up."""

import pytest

from analysis.errors import DataError
from analysis.programme import loop
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
    assert loop.by_owner(none).empty
    assert loop.said_and_done(survey(), WAVES, str).empty
