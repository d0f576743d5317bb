"""Who answered: two denominators, and silence counted as silence."""

import numpy as np
import pandas as pd
import pytest

from analysis.programme import fieldwork
from tests.surveyed import WAVES, invited, survey


def asked(people=780, answered=425, wave="w2"):
    """One account for every ten people; the first accounts answer."""
    rows = []
    for k in range(people // 10):
        there = min(10, max(0, answered - 10 * k))
        rows += invited(wave, f"A{k:03d}", 10, there)
    return rows


@pytest.fixture
def quiet():
    """Three accounts: one answers, two are silent; decision makers at two of them."""
    return survey(
        invitations=[
            *invited("w2", "A1", 4, 3),
            *invited("w2", "A1", 1, 1, "decision_maker"),
            *invited("w2", "A2", 2, 0),
            *invited("w2", "A3", 1, 0, "decision_maker"),
        ],
        accounts=[
            {"account": "A1", "name": "One", "tier": "A", "revenue": 600.0},
            {"account": "A2", "name": "Two", "tier": "A", "revenue": 100.0},
            {"account": "A3", "name": "Three", "tier": "B", "revenue": 300.0},
        ],
    )


def test_response_of_people_matches_r():
    # R 4.2.2: prop.test(425, 780, correct = FALSE)$conf.int = 0.50978954 0.57951424
    row = fieldwork.response(survey(invitations=asked()), "w2").set_index("term").loc["contacts"]
    assert (row["answered"], row["n"]) == (425, 780)
    assert row["ci_low"] == pytest.approx(0.50978954, abs=1e-7)
    assert row["ci_high"] == pytest.approx(0.57951424, abs=1e-7)


def test_people_and_accounts_are_counted_apart(quiet):
    rows = fieldwork.response(quiet, "w2").set_index("term")
    assert tuple(rows.loc["contacts", ["answered", "n"]]) == (4, 8)
    assert tuple(rows.loc["accounts", ["answered", "n"]]) == (1, 3)


def test_change_of_response_matches_newcombe():
    # R 4.2.2, Newcombe's method 10 from the two Wilson intervals a and b of prop.test:
    # p1-p2-sqrt((p1-a[1])^2+(b[2]-p2)^2), p1-p2+sqrt((a[2]-p1)^2+(p2-b[1])^2), 425 and 400 of 780
    made = survey(invitations=[*asked(780, 400, "w1"), *asked(780, 425, "w2")])
    row = fieldwork.headline(made, WAVES, "contacts").iloc[0]
    assert row["change"] == pytest.approx(25 / 780)
    assert row["change_low"] == pytest.approx(-0.017453999, abs=1e-7)
    assert row["change_high"] == pytest.approx(0.081335163, abs=1e-7)
    assert row["change_since"] == "First"


def test_one_wave_has_no_change():
    row = fieldwork.headline(survey(invitations=asked()), WAVES, "contacts").iloc[0]
    assert row["change_since"] == ""
    assert "change" not in row


def test_without_invitations_there_is_nothing_and_no_error():
    empty = survey()
    for found in (
        fieldwork.response(empty, "w2"),
        fieldwork.history(empty, WAVES),
        fieldwork.headline(empty, WAVES, "accounts"),
        fieldwork.by_role(empty, "w2"),
        fieldwork.by_account(empty, "w2"),
        fieldwork.silent(empty, "w2"),
        fieldwork.silent_by_tier(empty, "w2"),
        fieldwork.if_silent(empty, "w2"),
        fieldwork.quality(empty, "w2"),
    ):
        assert found.empty
    assert fieldwork.summary(empty, "w2") == {}


def test_silent_means_asked_and_nobody_answered(quiet):
    silent = fieldwork.silent(quiet, "w2")
    assert list(silent["name"]) == ["Three", "Two"]  # the larger revenue first
    assert list(silent["decision_makers"]) == [1, 0]


def test_an_anonymous_answer_ends_an_accounts_silence():
    # The platform knows who answered although the answer itself carries no account.
    made = survey(invitations=invited("w2", "A1", 3, 1))
    assert fieldwork.silent(made, "w2").empty


def test_summary_weighs_silence_by_revenue_and_decision_makers(quiet):
    assert fieldwork.summary(quiet, "w2") == {
        "asked": 3,
        "silent": 2,
        "share": pytest.approx(2 / 3),
        "revenue_share": pytest.approx(0.4),
        "deciders": 2,
        "deciders_silent": 1,
        # R 4.2.2: prop.test(1, 2, correct = FALSE)$conf.int[1] = 0.094531206
        "deciders_low": pytest.approx(0.094531206, abs=1e-7),
        "no_decider": 1,
    }


def test_revenue_that_nobody_knows_is_not_a_share():
    made = survey(invitations=invited("w2", "A1", 3, 0))
    assert np.isnan(fieldwork.summary(made, "w2")["revenue_share"])


def test_roles_add_up_to_all_whose_role_is_known(quiet):
    rows = fieldwork.by_role(quiet, "w2").set_index("term")
    assert tuple(rows.loc["Decision makers", ["answered", "n"]]) == (1, 2)
    assert rows["n"].sum() == 8


def test_people_on_the_contact_list_are_counted_beside_those_asked(quiet):
    contacts = [
        {"contact": f"K{k}", "account": "A1", "role": role}
        for k, role in enumerate(["decision_maker"] * 3 + ["end_user"] * 9)
    ]
    asked = invited("w2", "A1", 2, 1, "decision_maker")
    row = fieldwork.by_role(survey(invitations=asked, contacts=contacts), "w2").iloc[0]
    assert (row["known"], row["n"], row["answered"]) == (3, 2, 1)
    assert fieldwork.by_role(quiet, "w2")["known"].isna().all()


def test_roles_of_few_people_stand_together(quiet):
    rows = fieldwork.by_role(quiet, "w2", minimum=5)
    assert rows["n"].min() >= 5
    assert rows["n"].sum() == 8
    assert any(", " in term for term in rows["term"])


def rated(*ratings):
    return pd.DataFrame({"wave": "w2", "nps": ratings, "careless": False})


def test_the_silent_bound_the_score_of_all_who_were_asked():
    # Two promoters and a detractor of ten asked: (200 - 100) / 10 = 10 with seven passives.
    made = survey(rated(9.0, 10.0, 2.0), invitations=invited("w2", "A1", 10, 3))
    rows = fieldwork.if_silent(made, "w2").set_index("term")
    assert rows.loc["all detractors", "estimate"] == pytest.approx((100 - 700) / 10)
    assert rows.loc["all passives", "estimate"] == pytest.approx(10)
    assert rows.loc["all promoters", "estimate"] == pytest.approx(80)
    assert rows.loc["like those who answered", "estimate"] == pytest.approx(100 / 3)
    assert rows["estimate"].is_monotonic_increasing
    assert set(rows["silent"]) == {7}


def test_nobody_silent_leaves_one_score():
    made = survey(rated(9.0, 10.0, 2.0), invitations=invited("w2", "A1", 3, 3))
    assert fieldwork.if_silent(made, "w2")["estimate"].round(6).nunique() == 1


def test_tiers_count_silent_accounts(quiet):
    rows = fieldwork.silent_by_tier(quiet, "w2").set_index("term")
    assert tuple(rows.loc["A", ["silent", "n"]]) == (1, 2)
    assert tuple(rows.loc["B", ["silent", "n"]]) == (1, 1)


def test_quality_counts_what_may_weaken_the_answers():
    answers = pd.DataFrame(
        {
            "wave": "w2",
            "careless": [True, False, False, False],
            "nps": [9.0, 3.0, np.nan, 7.0],
            "q1": [4.0, np.nan, 4.0, 1.0],
            "q2": [4.0, np.nan, np.nan, 2.0],
        }
    )
    items = pd.DataFrame({"construct": "trust"}, index=["q1", "q2"])
    rows = fieldwork.quality(survey(answers, items), "w2").set_index("term")["found"]
    assert rows.to_dict() == {
        "One answer to every statement": 1,
        "More than half of the statements left out": 1,
        "At least one statement left out": 2,
        "No recommendation given": 1,
    }
