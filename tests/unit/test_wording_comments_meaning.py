"""Sentences on what topics mean follow the evidence and carry n and interval."""

import numpy as np
import pandas as pd
import pytest

from analysis.publish.results import Finding, Note, Table
from analysis.publish.wording import comments_meaning as wording
from analysis.publish.wording import comments_meaning_tables as tables


def impact(clear=True, removed=-12.0):
    return pd.DataFrame(
        {
            "topic": [0],
            "term": ["Price"],
            "removed": [removed],
            "removed_low": [removed - 5],
            "removed_high": [removed + 5],
            "rank_removed": [1],
            "average": [80.0],
            "average_low": [60.0],
            "average_high": [100.0],
            "rank_average": [1],
            "nps_with": [-60.0],
            "nps_without": [40.0],
            "share": [0.2],
            "n": [100],
            "n_with": [20],
            "n_least": [20],
            "p_adjusted": [0.001],
            "clear": [clear],
        }
    )


def test_what_weighs_most_is_said_with_n_interval_and_no_cause():
    said = wording.impact(impact())
    assert said.evidence == "clear"
    assert "the NPS of the 20 people who raise it is −60, of all others +40" in said.sentence
    assert "12 points higher (95% interval 7 to 17 points)" in said.sentence
    assert "does not make one the cause" in said.sentence


@pytest.mark.parametrize("frame", [impact(clear=False), impact(removed=6.0)])
def test_nothing_clear_or_nothing_bad_is_no_warning(frame):
    said = wording.impact(frame)
    assert said.evidence == "undecided"
    assert said.sentence == "No topic goes clearly with a lower score."


def test_nothing_found_nothing_said():
    none = pd.DataFrame()
    assert wording.impact(none) is None
    assert wording.changes(none, "2025") == []
    assert wording.spread(none) is None
    assert wording.bright(none, "", term="") is None
    assert wording.lag(none, "x") == []
    assert wording.people(none) is None
    assert wording.words(np.nan, np.nan, np.nan, 0, "Too few.") is None
    for made in (
        tables.impact(none, minimum=8),
        tables.pulls(none, minimum=8),
        tables.trend(none, minimum=8),
        tables.spread(none, minimum=8),
        tables.tone(none, minimum=8),
        tables.bright(none),
        tables.lag(none, minimum=8),
        tables.signals(none),
        tables.people(none),
        tables.call_outs(none),
        tables.contradictions(none),
    ):
        assert made is None


def moved(status, clear, estimate=0.1):
    return pd.DataFrame(
        {
            "topic": [0],
            "term": ["Price"],
            "status": [status],
            "clear": [clear],
            "estimate": [estimate],
            "ci_low": [0.04],
            "ci_high": [0.16],
            "share_before": [0.1],
            "share_after": [0.2],
            "n": [100],
            "n_before": [90],
        }
    )


def test_a_clear_change_is_said_with_both_shares_and_interval():
    (said,) = wording.changes(moved("more", True), "Spring 2025")
    assert said.sentence == (
        "Raised more than in Spring 2025: “Price” (20% after 10%, change 4% to 16%)."
    )
    assert said.evidence == "clear"


@pytest.mark.parametrize("status", ["new", "gone", "more", "no clear change"])
def test_what_is_not_clear_is_no_change(status):
    (said,) = wording.changes(moved(status, False), "Spring 2025")
    assert said.evidence == "undecided"
    assert "100 people now, 90 then" in said.sentence


def test_a_new_topic_whose_numbers_are_hidden_is_named_alone():
    (said,) = wording.changes(moved("new", True, np.nan), "Spring 2025")
    assert said.sentence == "New since Spring 2025: “Price”."


def lasting(sure=True, kind="raised by critics"):
    return pd.DataFrame(
        {
            "topic": [0],
            "term": ["Price"],
            "kind": [kind],
            "running": [3],
            "since": ["w1"],
            "estimate": [-50.0],
            "ci_low": [-70.0],
            "ci_high": [-30.0],
            "sure": [sure],
            "n": [100],
        }
    )


def test_a_lasting_problem_is_told_only_where_every_wave_is_sure():
    (said,) = wording.lasting(lasting(), {"w1": "Spring 2024"})
    assert "3 waves running, since Spring 2024" in said.sentence
    assert "50 points below everybody's (95% interval 30 to 70 points, 100 people)" in said.sentence
    assert wording.lasting(lasting(sure=False), {"w1": "x"}) == []
    assert wording.lasting(lasting(kind="often raised"), {"w1": "x"}) == []


def split(*verdicts):
    n = len(verdicts)
    return pd.DataFrame(
        {
            "topic": range(n),
            "term": [f"T{i}" for i in range(n)],
            "verdict": verdicts,
            "share": [0.3 - 0.01 * i for i in range(n)],
        }
    )


def test_whose_topic_it_is():
    said = wording.spread(split("account-specific", "company-wide", "company-wide"))
    assert said.sentence == (
        "“T0” belongs to some accounts more than to others: take it up with them; “T1” and “T2” "
        "come from everywhere alike: they are the whole company's."
    )
    assert wording.spread(split("cannot be told")).evidence == "undecided"


def compared(clear):
    return pd.DataFrame(
        {
            "term": ["practice: joint plan"],
            "kind": ["share"],
            "bright": [0.9],
            "other": [0.2],
            "estimate": [0.7],
            "ci_low": [0.4],
            "ci_high": [0.9],
            "p_adjusted": [0.01],
            "clear": [clear],
            "n": [9],
            "n_other": [20],
            "n_least": [9],
        }
    )


def test_what_content_accounts_have_is_told_as_what_goes_with_it():
    said = wording.bright(compared("yes"), "", term="Price")
    assert "practice: joint plan (90% against 20%)" in said.sentence
    assert "9 content accounts, 20 others" in said.sentence
    assert wording.bright(compared("no"), "", term="Price").evidence == "undecided"
    few = wording.bright(compared("no").iloc[:0], "3 and 10; 5 are needed.", term="Price")
    assert isinstance(few, Note)
    assert "5 are needed" in few.sentence


def test_words_are_told_with_how_well_they_tell():
    said = wording.words(0.9, 0.85, 0.94, 120, "")
    assert "90% of pairs (95% interval 85% to 94%, 120 people)" in said.sentence
    assert wording.words(0.6, 0.5, 0.7, 120, "They cannot be told apart.").sentence.startswith(
        "They"
    )


def test_people_who_may_be_named_are_counted():
    said = wording.people(pd.DataFrame({"person": ["Ann Lee", "Bo Kern"], "people": [6, 3]}))
    assert isinstance(said, Finding)
    assert said.sentence == "Praised by name, by how many people: Ann Lee (6) and Bo Kern (3)."


def test_lists_of_the_team_never_reach_the_client():
    one = pd.DataFrame(
        [dict.fromkeys(("person", "known", "tone", "basis", "account", "sentence"), "x")]
    )
    one = one.assign(praise=1, complaint=0, unclear=0, people=1, accounts=1)
    weak = pd.DataFrame(
        [
            dict.fromkeys(("text", "why", "topic", "account", "role"), "x")
            | {"nps": 3, "strength": 1.0}
        ]
    )
    odd = pd.DataFrame(
        [{"text": "x", "nps": 9, "probability": 0.1, "said": "worse", "account": "a"}]
    )
    for made in (
        tables.people(one),
        tables.call_outs(one),
        tables.signals(weak),
        tables.contradictions(odd),
    ):
        assert isinstance(made, Table)
        assert made.audience == "internal"


def test_the_map_marks_what_is_clear_and_hides_small_groups():
    both = pd.concat([impact(), impact().assign(term="Trust", n_least=5)], ignore_index=True)
    made = tables.impact(both, minimum=8)
    assert made.chart.kind == "map"
    assert [row["clear"] for row in made.rows] == ["yes", None]
    assert made.rows[1]["nps_with"] is None
    assert tables.pulls(both, minimum=8).rows[1]["removed"] is None


def test_whose_topic_it_is_stays_hidden_with_the_row():
    rows = split("account-specific", "company-wide").assign(
        estimate=0.2, ci_low=0.1, ci_high=0.3, accounts_raising=9, n_accounts=20, n=80
    )
    found = tables.spread(rows.assign(n_least=[4, 20]), minimum=8)
    assert [row["verdict"] for row in found.rows] == [None, "company-wide"]
    assert [row["term"] for row in found.rows] == ["T0", "T1"]
