"""Sentences and tables on trust: as sure as the ratings allow, and silent on small groups."""

import numpy as np
import pandas as pd
import pytest

from analysis.measures import trust as measured
from analysis.publish import charts
from analysis.publish.results import NOT_ANSWERS, Note, Table
from analysis.publish.wording import trust
from analysis.publish.wording import trust_tables as tables
from tests.unit.test_trust import CUST, assessed, behaviour, made

assert NOT_ANSWERS  # the ladder rests on no answers


@pytest.fixture(scope="module")
def both():
    survey = made()
    return {
        "profile": measured.profile(survey, "1"),
        "gaps": measured.gaps(survey, "1"),
        "weakest": measured.weakest(survey, "1"),
    }


def gaps(**rows):
    """Gaps: element -> (estimate, low, high)."""
    made_ = [
        {
            "element": element,
            "term": measured.ELEMENTS.get(element, "All six"),
            "estimate": estimate,
            "ci_low": low,
            "ci_high": high,
            "clear": low > 0 or high < 0,
        }
        for element, (estimate, low, high) in rows.items()
    ]
    frame = pd.DataFrame(made_, columns=[c for c in measured.GAP if c in made_[0]])
    return frame.assign(n=20, n_customers=30, n_suppliers=9, n_least=9, note="the same accounts")


def test_overall_trust_has_its_band_only_where_that_is_sure(both):
    found = trust.overall(both["profile"], 5)
    assert found.sentence == (
        "The six elements of trust together: customers rate it 4.75 of 7 (95% interval 4.12 to "
        "5.38; 8 people), between transactional and interdependent; own people rate it 5.58 of 7 "
        "(95% interval 5.08 to 6.09; 6 people)."
    )
    assert found.evidence == "descriptive"
    assert trust.overall(both["profile"], 7).sentence.count("people)") == 1
    assert trust.overall(both["profile"], 9) is None


def test_a_gap_is_told_with_both_bases(both):
    found = trust.gap(both["gaps"], 5)
    assert found.sentence == (
        "The own people see more trust than the customers do (+0.64 points, 95% interval 0.06 to "
        "1.22; 6 customers, 6 own people). Of single elements, the own people rate credibility, "
        "mutual value and ability higher than the customers do (widest: credibility, +1.17 points, "
        "95% interval 0.38 to 1.96)."
    )
    assert found.evidence == "clear"
    assert trust.gap(both["gaps"], 7) is None
    assert trust.gap(both["gaps"].iloc[:0], 5) is None


def test_no_clear_gap_is_called_none():
    found = trust.gap(gaps(time=(0.2, -0.3, 0.7), overall=(0.1, -0.2, 0.4)), 5)
    assert found.sentence.startswith("Own people and customers do not clearly differ")
    assert found.evidence == "undecided"


def test_a_gap_below_zero_is_less_trust():
    found = trust.gap(gaps(time=(-0.9, -1.2, -0.6), overall=(-0.5, -0.8, -0.2)), 5)
    assert "see less trust" in found.sentence
    assert "rate time lower" in found.sentence


@pytest.mark.parametrize(
    ("low", "said", "evidence"),
    [
        (-0.5, "On none of the elements of trust that were asked do the two sides clearly", 0),
        (0.1, "Of single elements, the own people rate time higher", 1),
    ],
)
def test_without_all_six_there_is_no_word_on_the_whole(low, said, evidence):
    found = trust.gap(gaps(time=(0.3, low, 0.9)), 5)
    assert found.sentence.startswith(said)
    assert found.sentence.endswith("(30 customers, 9 own people).")
    assert found.evidence == ("clear" if evidence else "undecided")


def test_the_weakest_is_told_as_surely_as_the_ratings_allow(both):
    found = trust.weakest(both["weakest"], both["profile"], 5)
    assert [f.sentence for f in found] == [
        "The customers rate mutual value lowest (3.62 of 7, 95% interval 3.00 to 4.25; 8 people); "
        "it cannot be told apart from interdependence.",
        "The own people rate interdependence lowest (4.00 of 7, 95% interval 3.34 to 4.66; 6 "
        "people); it cannot be told apart from mutual value.",
    ]
    assert {f.evidence for f in found} == {"undecided"}
    sure = trust.weakest(both["weakest"].assign(clear=True), both["profile"], 5)
    assert sure[0].sentence.startswith("The weakest element of trust for the customers is mutual")
    assert sure[0].evidence == "clear"
    none = trust.weakest(both["weakest"].assign(clear=False), both["profile"], 5)
    assert none[0].sentence.endswith("which is the weakest cannot be told.")
    assert [f.key for f in trust.weakest(both["weakest"], both["profile"], 7)] == [
        "trust_weakest_customer"
    ]
    assert trust.weakest(both["weakest"].iloc[:0], both["profile"], 5) == []


def test_the_ladder_follows_the_customers_and_names_two_at_most(both):
    found = trust.elements_to_strengthen(both["weakest"], 5)
    assert found == ["mutual_value", "interdependence"]
    assert trust.elements_to_strengthen(both["weakest"].assign(clear=False), 5) == []
    assert trust.elements_to_strengthen(both["weakest"].iloc[:0], 5) == []
    own = both["weakest"][both["weakest"]["side"] == "supplier"]
    assert trust.elements_to_strengthen(own, 5)[0] == "interdependence"
    ladder = tables.ladder(measured.moves(found))
    assert ladder.minimum is None
    assert len(ladder.rows) >= 4
    assert "effect was not measured" in ladder.method
    assert tables.ladder(measured.moves([])) is None


def test_the_profile_draws_both_sides_side_by_side(both):
    found = tables.profile(both["profile"], 5, "")
    assert isinstance(found, Table)
    assert [row["who"] for row in found.rows[:4]] == ["Customers", "Own people"] * 2
    assert found.chart.columns["group"] == "who"
    drawn = charts.svg(found, "trust")
    assert "Own people" in drawn
    assert "™" not in drawn + found.method
    assert "nspired by" in found.method


def test_a_small_side_is_masked_and_its_band_with_it(both):
    found = tables.profile(both["profile"], 7, "")
    own = [row for row in found.rows if row["who"] == "Own people"]
    assert {row["estimate"] for row in own} == {None}
    assert {row["said"] for row in own} == {None}
    assert found.hidden == 8


def test_without_an_instrument_a_note_says_why():
    reason = "The six elements of trust were not asked, of customers or of the own people."
    found = tables.profile(pd.DataFrame(columns=list(measured.PROFILE)), 5, reason)
    assert isinstance(found, Note)
    assert found.sentence == reason
    assert tables.gap(pd.DataFrame(columns=list(measured.GAP)), 5) is None
    assert tables.weakest(pd.DataFrame(columns=list(measured.WEAKEST)), 5) is None


def test_the_gap_says_what_it_compares(both):
    found = tables.gap(both["gaps"], 5)
    assert found.caveats == ("The same accounts, judged by both sides.",)
    assert charts.svg(found, "gap")
    assert found.columns[4].label == "Accounts compared"
    apart = measured.gaps(made(assessments=assessed(accounts=[None] * 6)), "1")
    assert tables.gap(apart, 5).columns[4].label == "People compared"
    assert tables.gap(apart, 7).hidden == len(apart)


def test_the_distances_from_the_weakest_are_for_the_appendix(both):
    found = tables.weakest(both["weakest"], 5)
    assert found.appendix
    assert found.rows[0]["sure"] == "no"
    assert tables.weakest(both["weakest"], 7).hidden == 5


SEEN = {
    "behaviour_1": [1, 1, 1, 1, 0, 1],
    "breach_1": [1, 0, 0, 0, 0, 0],
    "breach_2": [0] * 6,
    "breach_9": [1, 1, 0, 1, 0],
    "breach_12": [1, 0, 1, 0],
}


def test_the_checklist_shows_all_lines_and_hides_the_small_ones_only():
    found = tables.checklist(measured.checklist(behaviour(SEEN), "1"), 5)
    assert len(found.rows) == 23
    assert found.hidden == 1  # rated by four
    rows = {row["term"]: row for row in found.rows}
    assert rows["Passes its duties on to others"]["estimate"] is None
    assert rows["Passes its duties on to others"]["assessed"] == "too few"
    assert rows["Is honest and hides nothing"]["assessed"] == "not assessed"
    assert rows["Looks away when something is wrong"]["estimate"] == pytest.approx(0.6)


def test_an_empty_checklist_is_a_note():
    found = tables.checklist(measured.checklist(behaviour({}), "1"), 5)
    assert found.about == "absent"


def test_breaches_are_named_most_often_seen_first():
    found = trust.breaches(measured.checklist(behaviour(SEEN), "1"), 5)
    assert found.sentence == (
        "2 of 3 breaches of trust that 5 to 6 of the own people rated were seen by at least one of "
        "them, 'looks away when something is wrong' (3 of 5, 95% interval 23% to 88%); 'promises "
        "what cannot be kept' (1 of 6, 95% interval 3% to 56%)."
    )
    none = trust.breaches(measured.checklist(behaviour({"breach_2": [0] * 6}), "1"), 5)
    assert none.sentence == (
        "None of 1 breaches of trust that 6 of the own people rated was seen by anybody."
    )
    assert trust.breaches(measured.checklist(behaviour({}), "1"), 5) is None


@pytest.mark.parametrize(
    ("kept", "broken", "said", "evidence"),
    [
        ([1, 1, 0.9, 1, 0.8, 1], [0, 0.1, 0, 0, 0.1, 0], "more is kept than broken", "clear"),
        ([0, 0.1, 0, 0, 0.1, 0], [1, 1, 0.9, 1, 0.8, 1], "more is broken than kept", "clear"),
        ([0.5, 0.9, 0, 0.3, 1, 0], [0.9, 0, 0.4, 1, 0, 0.5], "no clear difference", "undecided"),
    ],
)
def test_the_balance_is_told_as_surely_as_it_is_known(kept, broken, said, evidence):
    ten = {f"behaviour_{k + 1}": [int(k < 10 * share) for share in kept] for k in range(10)}
    ten |= {f"breach_{k + 1}": [int(k < 10 * share) for share in broken] for k in range(10)}
    found = trust.balance(measured.balance(behaviour(ten), "1"), 5)
    assert said in found.sentence
    assert found.evidence == evidence
    assert "(95% interval" in found.sentence
    assert "6 assessors" in found.sentence


def test_no_balance_for_few():
    four = behaviour({f"behaviour_{k}": [1] * 4 for k in range(1, 12)}, assessors=4)
    assert trust.balance(measured.balance(four, "1"), 5) is None


def test_all_alike_has_no_interval_and_claims_nothing():
    flat = made(CUST * 0 + 4)
    found = trust.weakest(measured.weakest(flat, "1"), measured.profile(flat, "1"), 5)
    assert all("cannot be told" in f.sentence for f in found)
    assert np.isnan(measured.profile(flat, "1")["ci_low"].iloc[0])
