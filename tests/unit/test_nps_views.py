import dataclasses

import pandas as pd
import pytest

from analysis.measures import nps
from analysis.publish.wording import nps_views
from tests.scored import answers, ratings, survey

GIVEN = [10, 9, 9, 3, 8, 7, 10, 2, 6, 9, 9, 10]
WHO = list("aaabbccbdeef")
ROLES = ["end_user", "decision_maker", "end_user", "influencer", "end_user", "end_user"]
ROLES += ["influencer", "influencer", None, "decision_maker", "decision_maker", "operational"]


def made(given=GIVEN, who=WHO, roles=ROLES, revenue=None, invited=0, weight=1.0):
    frame = answers(given, accounts=who).assign(role=roles, weight=weight, mode="attributable")
    one = survey(frame, {})
    money = {"a": 50, "b": 20, "c": 80, "d": 10, "e": 40, "f": 30} if revenue is None else revenue
    accounts = one.accounts.reindex(range(len(money))).assign(account=list(money))
    accounts["revenue"] = list(money.values())
    asked = one.invitations.reindex(range(invited)).assign(wave="1")
    return dataclasses.replace(one, accounts=accounts, invitations=asked)


def test_ways_of_counting_stand_side_by_side():
    found = nps.rollups(made(), "1").set_index("term")
    # R: mean(x); mean(tapply(x, g, mean)); weighted.mean(x, rev[g]/table(g)[g])
    assert found["estimate"][["Every answer", "Mean of the accounts"]].tolist() == pytest.approx(
        [33.33333333, 30.55555556]
    )
    assert found.loc["Accounts by revenue", "estimate"] == pytest.approx(59.42028986)
    # a: 100 (decision maker); b: two influencers, -100; c: an influencer, 100; d: -100 (unknown);
    # e: two decision makers, 100; f: 100
    assert found.loc["Decision maker first", "estimate"] == pytest.approx(100 / 3)
    assert found.loc["Decision maker first", "n"] == 8
    assert found.loc["Decision maker first", "n_least"] == 4
    assert (found["ci_low"] <= found["estimate"]).all()
    assert found["apart"].iloc[1:].tolist() == pytest.approx(
        (found["estimate"].iloc[1:] - found["estimate"].iloc[0]).tolist()
    )
    assert (found["apart_low"].iloc[1:] < found["apart"].iloc[1:]).all()


def test_distance_of_two_roll_ups_is_that_of_a_linear_statistic():
    # R: w <- 1/table(g)[g]; w <- w/sum(w); i <- w*(x-sum(w*x)) - (x-mean(x))/12
    #    s <- tapply(i, g, sum); sqrt(6/5*sum(s^2))  # 17.43594981; qt(.975, 5) times it
    row = nps.rollups(made(), "1").set_index("term").loc["Mean of the accounts"]
    half = (row["apart_high"] - row["apart_low"]) / 2
    assert half == pytest.approx(2.570581836 * 17.43594981, abs=1e-4)


def test_an_account_that_outweighs_all_others_is_not_shown():
    money = {"a": 500, "b": 20, "c": 80, "d": 10, "e": 40, "f": 30}
    row = nps.rollups(made(revenue=money), "1").set_index("term").loc["Accounts by revenue"]
    assert pd.isna(row["estimate"])
    assert "more than all others" in row["note"]


def test_accounts_without_revenue_and_answers_without_account_are_left_out():
    found = nps.rollups(made(revenue={"a": 50, "c": 80, "e": 70}), "1").set_index("term")
    assert found.loc["Accounts by revenue", "n"] == 7
    assert found.loc["Accounts by revenue", "n_least"] == 5
    assert list(nps.rollups(made(revenue={}), "1")["term"]) == [
        "Every answer",
        "Mean of the accounts",
        "Decision maker first",
    ]
    alone = nps.rollups(made(who=[None] * 12), "1")
    assert list(alone["term"]) == ["Every answer"]


def test_survey_weights_are_one_way_of_counting():
    weights = [1.0, 2, 1, 3, 1, 1, 2, 2, 1, 4, 1, 1]
    found = nps.rollups(made(weight=weights), "1").set_index("term")
    assert found.loc["Every answer, weighted", "estimate"] == pytest.approx(30)


def test_nobody_gives_no_rows():
    empty = made(given=[float("nan")] * 12)
    assert nps.rollups(empty, "1").empty
    assert list(nps.rollups(empty, "1").columns) == list(nps.ROLLUPS)
    assert nps.silence(empty, "1").empty
    assert nps.silence(made(), "1").empty  # nobody was invited by name


def test_silence_has_two_certain_bounds():
    # 50 of 80 answered, NPS +20: (20 * 50 - 100 * 30)/80 = -25 and 20 * 50/80 = 12.5
    given = ratings(20, 20, 10)
    roles = [None] * 50
    found = nps.silence(made(given, [None] * 50, roles, invited=80), "1")
    assert found["estimate"].tolist() == pytest.approx([20, 20, 12.5, -25])
    assert found["population"].unique().tolist() == [80]
    assert found["silent"].unique().tolist() == [30]
    widths = found["ci_high"] - found["ci_low"]
    assert widths.iloc[1] < widths.iloc[0]
    assert widths.iloc[2:].tolist() == [0, 0]
    # R: see test_nps; aw(20/50, 10/50, 50/((80-50)/79), qnorm(.975))
    assert found["ci_low"].iloc[1] == pytest.approx(6.920727774, abs=1e-6)


def test_more_answers_than_people_asked_give_no_bounds():
    assert nps.silence(made(invited=11), "1").empty


def rolled(used, left=0, open_used=8, open_left=8):
    """Decision makers stand for their account: so many of them, and of others, in confidence."""
    n = open_used + used + open_left + left
    roles = ["decision_maker"] * (open_used + used) + ["end_user"] * (open_left + left)
    modes = ["attributable"] * open_used + ["confidential"] * used
    modes += ["attributable"] * open_left + ["anonymous"] * left
    # Every end user sits at an account whose decision maker is heard.
    who = [f"a{k}" for k in range(open_used + used)]
    who += [f"a{k % (open_used + used)}" for k in range(open_left + left)]
    one = made([9.0, 3.0] * (n // 2) + [9.0] * (n % 2), who, roles, dict.fromkeys(who, 10))
    return dataclasses.replace(one, answers=one.answers.assign(mode=modes))


@pytest.mark.parametrize(("used", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_way_of_counting_is_hidden_where_few_of_its_answers_are_confidential(used, shown):
    found = nps.rollups(rolled(used, left=20), "1")
    row = found.set_index("term").loc["Decision maker first"]
    assert (row["n_least"] >= 5) == shown
    block = nps_views.rollups(found, 5)
    printed = {one["term"]: one["estimate"] for one in block.rows}
    assert (printed["Decision maker first"] is not None) is shown
    assert printed["Every answer"] is not None  # 20 confidential ones and more


@pytest.mark.parametrize(("left", "shown"), [(0, True), (4, False), (5, True)])
def test_few_confidences_that_a_way_leaves_out_hide_it_beside_every_answer(left, shown):
    row = nps.rollups(rolled(9, left), "1").set_index("term").loc["Decision maker first"]
    assert (row["n_least"] >= 5) == shown


def test_where_nobody_answered_in_the_open_the_ways_of_counting_stay_as_they_are():
    one = rolled(2, left=3)
    closed = dataclasses.replace(one, answers=one.answers.assign(mode="confidential"))
    bare = dataclasses.replace(one, answers=one.answers.drop(columns="mode"))
    assert nps.rollups(closed, "1")["n_least"].tolist() == [21, 21, 10, 21]
    assert nps.rollups(bare, "1")["n_least"].tolist() == [21, 21, 10, 21]


def test_few_confidences_leave_no_way_in_the_sentence():
    assert nps_views.same_either_way(nps.rollups(rolled(2), "1"), 5) is None
    assert nps_views.same_either_way(nps.rollups(rolled(5, 5), "1"), 5) is not None
