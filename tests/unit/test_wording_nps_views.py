"""Whether the way of counting matters, and what the silent could do: said as far as it holds."""

import pandas as pd
import pytest

from analysis.publish.results import Note
from analysis.publish.wording import nps_views


def row(term, estimate, apart=None, low=None, high=None, n=40, n_least=40):
    return {
        "term": term,
        "estimate": estimate,
        "ci_low": estimate - 15,
        "ci_high": estimate + 15,
        "apart": apart,
        "apart_low": low,
        "apart_high": high,
        "apart_clear": apart is not None and (low > 0 or high < 0),
        "n": n,
        "n_accounts": 20,
        "n_effective": 31.4,
        "n_least": n_least,
        "note": "",
    }


def frame(*rows):
    return pd.DataFrame([row("Every answer", 20.0), *rows])


def silent(n=50, silent=30):
    value = dict(n=n, silent=silent, population=n + silent, note="x")
    terms = ("Those who answered", "like", "passives", "detractors")
    rows = [(20.0, 0.0, 38.0), (20.0, 7.0, 32.0), (12.5, 12.5, 12.5), (-25.0, -25.0, -25.0)]
    names = ("estimate", "ci_low", "ci_high")
    return pd.DataFrame(
        [
            {"term": term, **dict(zip(names, row, strict=True)), **value}
            for term, row in zip(terms, rows, strict=True)
        ]
    )


def test_ways_that_agree_are_said_to_agree():
    found = nps_views.same_either_way(
        frame(row("Mean of the accounts", 24.0, 4.0, -3.0, 11.0), row("By", 18.0, -2.0, -9.0, 5.0)),
        5,
    )
    assert found.evidence == "undecided"
    assert found.sentence == (
        "Counted 2 other ways, the NPS is +18 to +24; none differs clearly from counting every "
        "answer (40 answers)."
    )
    one = nps_views.same_either_way(frame(row("Mean of the accounts", 24.0, 4.0, -3.0, 11.0)), 5)
    assert "Counted one other way, the NPS is +24; none" in one.sentence


def test_a_way_that_differs_is_named_with_its_distance():
    found = nps_views.same_either_way(frame(row("Decision maker first", 2.0, -18.0, -30, -6)), 5)
    assert found.evidence == "clear"
    assert found.sentence == (
        "The way of counting matters: “decision maker first” gives +2 (18 points less than every "
        "answer, 95% interval −30 to −6; 40 answers)."
    )


def test_small_groups_are_neither_told_nor_shown():
    small = frame(row("Decision maker first", 2.0, -18.0, -30, -6, n_least=3))
    assert nps_views.same_either_way(small, 5) is None
    block = nps_views.rollups(small, 5)
    assert block.rows[1]["estimate"] is None
    assert nps_views.silence(silent(silent=3), 5).rows[0]["estimate"] is None
    assert nps_views.unheard(silent(silent=3), 5) is None


def test_one_way_alone_is_no_table():
    assert nps_views.rollups(frame(), 5) is None
    assert nps_views.same_either_way(frame(), 5) is None
    assert nps_views.rollups(frame().iloc[:0], 5) is None


def test_a_hidden_way_says_why():
    lost = row("Accounts by revenue", float("nan")) | {"note": "one account weighs more"}
    block = nps_views.rollups(frame(lost), 5)
    assert block.caveats == ("Accounts by revenue: one account weighs more.",)


def test_what_the_silent_could_do():
    assert nps_views.unheard(silent(), 5).sentence == (
        "30 of 80 people asked gave no rating. Were they all passives, the NPS of everybody asked "
        "would be +12; were they all detractors, −25 (those heard: +20, 95% interval 0 to +38; "
        "50 answers)."
    )
    assert not isinstance(nps_views.silence(silent(), 5), Note)


@pytest.mark.parametrize("what", [nps_views.silence, nps_views.unheard])
def test_without_a_list_of_people_asked_nothing_is_said(what):
    assert what(silent().iloc[:0], 5) is None
