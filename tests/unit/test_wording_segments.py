"""Tables and sentences on accounts: said as far as the evidence goes, small groups hidden."""

import numpy as np
import pandas as pd
import pytest

from analysis.measures import crq, inference
from analysis.publish import charts
from analysis.publish.results import Table
from analysis.publish.wording import reliability_tables, segments
from analysis.publish.wording import segments_tables as tables


def shares(*counts):
    """Accounts of each of the five kinds."""
    n = sum(counts)
    rows = [
        {"term": name, "count": count, **inference.wilson(count, n).iloc[0].to_dict()}
        for name, count in zip(crq.SEGMENTS, counts, strict=True)
    ]
    return pd.DataFrame(rows).assign(n=n, n_people=3 * n, n_least=n)


def changes(better, same, worse, p):
    n = better + same + worse
    rows = [
        {"term": term, "count": count, **inference.wilson(count, n).iloc[0].to_dict()}
        for term, count in (("better", better), ("the same", same), ("worse", worse))
    ]
    return pd.DataFrame(rows).assign(n=n, p=p, since="Spring 2025")


def moves(rows):
    """Kind before -> accounts of each kind now."""
    made = [
        (before, after, count / sum(counts), 0.0, 1.0, count, sum(counts), "Spring 2025")
        for before, counts in rows.items()
        for after, count in zip(crq.SEGMENTS, counts, strict=True)
    ]
    columns = ["before", "after", "estimate", "ci_low", "ci_high", "count", "n", "since"]
    return pd.DataFrame(made, columns=columns)


def accounts(**columns):
    """A frame as `crq.account_segments` gives it, of four accounts."""
    frame = pd.DataFrame(
        {
            "account": list("ABCD"),
            "segment": ["Rational", "Opponent", "Stalker", ""],
            "crq": [5.0, 2.5, 3.6, np.nan],
            "ci_low": [4.5, 2.0, np.nan, np.nan],
            "ci_high": [5.5, 3.0, np.nan, np.nan],
            "spread": [0.3, 0.4, np.nan, np.nan],
            "lowest": [4.6, 2.1, 3.6, np.nan],
            "highest": [5.4, 2.9, 3.6, np.nan],
            "n": [6, 7, 1, 0],
            "n_least": [6.0, 2.0, np.inf, np.inf],
            "flag_open": [False, False, True, False],
            "why": ["", "", "decision makers: 1 Opponent", ""],
        }
    )
    return frame.assign(**columns)


def test_the_mix_of_accounts_in_words():
    found = segments.account_mix(shares(14, 20, 2, 3, 1), 5)
    assert found.sentence == (
        "14 of 40 accounts are Ambassadors (35%, 95% interval 22% to 50%), 20 are Rationals, and "
        "6 are Ambivalents, Stalkers or Opponents."
    )
    assert found.evidence == "descriptive"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 10, 0, 0, 0), "None of 10 accounts is an Ambassador (95% interval 0% to 28%), 10 are"),
        ((1, 9, 0, 0, 0), "1 of 10 accounts is an Ambassador (10%"),
        ((9, 1, 0, 0, 0), "and none is an Ambivalent, a Stalker or an Opponent."),
        ((5, 4, 0, 0, 1), "and one is an Ambivalent, a Stalker or an Opponent."),
        ((1, 1, 0, 8, 0), ", 8 are Stalkers."),
    ],
)
def test_the_mix_reads_well_at_its_ends(counts, said):
    assert said in segments.account_mix(shares(*counts), 5).sentence


def test_few_accounts_are_not_told():
    assert segments.account_mix(shares(2, 2, 0, 0, 0), 5) is None
    assert segments.account_mix(shares(2, 2, 0, 0, 0).iloc[:0], 5) is None
    found = tables.account_kinds(shares(2, 2, 0, 0, 0), 5)
    assert found.hidden == 5
    assert {row["estimate"] for row in found.rows} == {None}
    assert tables.account_kinds(shares(2, 2, 0, 0, 0).iloc[:0], 5) is None


def test_moves_of_accounts_are_told_as_surely_as_the_test_allows():
    up = segments.account_changes(changes(16, 46, 4, 0.0118), 5)
    assert up.sentence.startswith(
        "More accounts became a better relationship than the other way round since Spring 2025: "
        "of 66 accounts known in both waves 16 moved up (24%, 95% interval 16% to 36%), 4 down "
    )
    assert up.sentence.endswith("; sign test, p = 0.012).")
    assert up.evidence == "clear"
    down = segments.account_changes(changes(1, 5, 14, 0.0009), 5)
    assert "a worse relationship" in down.sentence
    assert down.sentence.endswith("sign test, p < 0.001).")
    still = segments.account_changes(changes(19, 73, 13, 0.377), 5)
    assert still.sentence.startswith("No clear change in the kinds of relationship")
    assert still.evidence == "undecided"
    assert segments.account_changes(changes(1, 2, 1, 1.0), 5) is None


def test_unhappy_decision_makers_are_counted_with_their_base():
    row = inference.wilson(9, 53).assign(count=9)
    found = segments.unhappy_deciders(row, 5)
    assert found.sentence == (
        "In 9 of the 53 accounts whose decision makers answered a decision maker is an Opponent or "
        "a Detractor (17%, 95% interval 9% to 29%), whatever the mean of the account says."
    )
    none = segments.unhappy_deciders(inference.wilson(0, 53).assign(count=0), 5)
    assert none.sentence.startswith("In none of the 53 accounts")
    assert segments.unhappy_deciders(inference.wilson(1, 4).assign(count=1), 5) is None
    assert segments.unhappy_deciders(row.iloc[:0], 5) is None


def test_a_single_small_row_of_the_moves_takes_another_with_it():
    found = tables.account_moves(
        moves(
            {
                "Ambassador": (20, 9, 0, 0, 1),
                "Rational": (5, 30, 0, 0, 0),
                "Opponent": (0, 3, 0, 0, 0),
            }
        ),
        5,
    )
    hidden = {row["before"] for row in found.rows if row["estimate"] is None}
    assert hidden == {"Opponent", "Ambassador"}  # the next smallest, or its 3 are what is left
    assert charts.svg(found, "moves")


def test_moves_are_drawn_as_a_grid():
    found = tables.account_moves(moves({"Rational": (5, 30, 0, 0, 0)}), 5)
    assert isinstance(found, Table)
    assert found.chart.kind == "matrix"
    assert found.n == 35
    assert "Ambassador" in charts.svg(found, "moves")
    assert tables.account_moves(moves({}), 5) is None


def test_the_list_of_accounts_holds_none_where_few_answered_in_confidence():
    found = tables.account_list(accounts(), 5)
    assert [row["account"] for row in found.rows] == ["C", "A"]  # weakest first
    assert found.audience == "internal"
    assert tables.account_list(accounts(n_least=1.0), 5).about == "absent"
    assert tables.account_list(accounts(segment=""), 5) is None


def test_flags_name_an_account_only_by_what_was_said_in_the_open():
    found = tables.account_flags(accounts())
    assert [(row["account"], row["why"]) for row in found.rows] == [
        ("C", "decision makers: 1 Opponent")
    ]
    assert found.audience == "internal"
    assert tables.account_flags(accounts(flag_open=False)) is None
    assert tables.account_flags(accounts().iloc[:0]) is None


def test_rules_say_whose_they_are():
    found = tables.segment_rules(crq.rules_in_words(), pd.DataFrame({"n": [9]}))
    assert tables.segment_rules(crq.rules_in_words(), pd.DataFrame()) is None
    assert {row["origin"] for row in found.rows} == {"our default"}
    assert found.appendix


def test_how_many_answers_the_shares_are_worth():
    frame = pd.DataFrame({"n": [425] * 5, "n_effective": [425, 425, 339.1, 366, 366]})
    assert "425 answers tell as much as 339" in segments.one_voice(frame, 5).sentence
    assert segments.one_voice(frame.assign(n_effective=425.0), 5) is None
    assert segments.one_voice(frame.iloc[:0], 5) is None
    assert segments.one_voice(frame, 426) is None


def test_tables_of_reliability_mask_small_bases_and_show_no_means():
    omega = pd.DataFrame(
        {
            "label": ["Trust", "Care"],
            "items": [3, 2],
            "estimate": [0.8, 0.7],
            "ci_low": [0.7, 0.6],
            "ci_high": [0.9, 0.8],
            "n": [40, 4],
            "note": ["", "two questions"],
        }
    )
    found = reliability_tables.omega(omega, 5)
    assert [row["estimate"] for row in found.rows] == [0.8, None]
    assert reliability_tables.omega(omega.iloc[:0], 5) is None
    items = omega.assign(construct="trust", alpha_dropped=0.7, floor=0.0, ceiling=0.1)
    found = reliability_tables.items(items, 5)
    assert "mean" not in [column.key for column in found.columns]
    assert [row["ceiling"] for row in found.rows] == [0.1, None]
    assert reliability_tables.items(items.iloc[:0], 5) is None
