import numpy as np
import pandas as pd
import pytest

from analysis.models.drivers import ladder, place, rank
from analysis.publish.results import Note, Table
from analysis.publish.wording import drivers as wording
from analysis.publish.wording import drivers_tables as tables


def ranked(*rows) -> pd.DataFrame:
    """A ranking; each row: label, estimate, clear."""
    frame = pd.DataFrame(rows, columns=["label", "estimate", "clear"])
    frame["term"] = frame["label"].str.lower()
    frame["ci_low"], frame["ci_high"] = frame["estimate"] - 0.1, frame["estimate"] + 0.11
    fixed = {"n": 424, "n_accounts": 123, "first": 0.5, "r": 0.4, "beta": 0.3, "vif": 1.2}
    checked = {"check": frame["estimate"], "agrees": True, "method": "LMG", "beats_noise": 0.99}
    return frame.assign(**fixed, **checked, note="")[list(rank.IMPORTANCE)]


def mapped(**changes) -> pd.DataFrame:
    """One driver on the map, a first priority."""
    row = {
        "term": "responsiveness",
        "label": "Responsiveness",
        "importance": 0.34,
        "importance_low": 0.24,
        "importance_high": 0.45,
        "performance": 61.2,
        "ci_low": 58.1,
        "ci_high": 64.4,
        "n": 210,
        "n_accounts": 75,
        "above": -3.1,
        "above_low": -5.0,
        "above_high": -1.2,
        "n_complete": 207,
        "quadrant": "Matters, scores lower",
        "protect": False,
        "priority": 1,
    }
    return pd.DataFrame([row | changes], columns=list(place.MAP))


def test_the_lead_says_what_goes_most_with_the_outcome():
    table = ranked(("Solution", 0.57, True), ("Care", 0.2, False))
    found = wording.strongest(table.assign(first=0.96), "Loyalty")
    assert found.sentence == (
        "Solution goes most with loyalty: it carries 57% of what the two drivers explain (95% "
        "interval 47% to 68%; 424 answers)."
    )
    unsure = wording.strongest(table.assign(first=0.68), "Loyalty")
    assert unsure.sentence == (
        "Solution stands out among what goes with loyalty: it carries 57% of what the two drivers "
        "explain (95% interval 47% to 68%; 424 answers). Whether it goes more with it than care "
        "cannot be told: it comes first in 68% of the resamples."
    )
    assert found.lead
    assert found.evidence == "clear"


def test_where_nothing_stands_out_the_sentence_says_so():
    found = wording.strongest(ranked(("Solution", 0.3, False), ("Care", 0.28, False)), "Loyalty")
    assert "No single driver of loyalty stands out" in found.sentence
    assert "cannot be told apart from care" in found.sentence
    assert found.evidence == "undecided"
    assert not found.lead


def test_what_may_be_chance_is_not_compared_with_the_next():
    table = ranked(("Solution", 0.5, False), ("Care", 0.2, False)).assign(beats_noise=0.9)
    found = wording.strongest(table, "Loyalty")
    assert found.sentence.endswith("and does not clearly explain more than a random number would.")
    assert found.evidence == "undecided"
    assert wording.BEATS_CHANCE == rank.CLEAR_OF_NOISE


def test_a_second_clear_driver_is_named():
    table = ranked(("Solution", 0.5, True), ("Care", 0.4, True), ("Speed", 0.1, False))
    assert wording.strongest(table, "Loyalty").sentence.endswith("Care stands out too.")


def test_a_driver_that_lowers_the_outcome_is_not_praised():
    table = ranked(("Red tape", 0.6, True), ("Care", 0.4, False)).assign(beta=-0.4, r=-0.5)
    assert "in the opposite direction" in wording.strongest(table, "Loyalty").sentence


def test_a_priority_is_advice_with_its_reason_and_no_claim_of_cause():
    (advice,) = wording.priorities(mapped(), "Recommendation")
    assert (advice.rank, advice.do) == (10, "Improve responsiveness first.")
    assert advice.because == (
        "It goes with 34% of the differences in recommendation that the survey can explain (95% "
        "interval 24% to 45%; 207 answers) and scores 61 of 100 (95% interval 58 to 64), 3.1 "
        "below the average of the drivers. This is what goes together, not proof of cause."
    )


def test_the_second_priority_ranks_after_the_first():
    both = pd.concat([mapped(term="b", label="Care", priority=2), mapped()])
    assert [(a.rank, a.do) for a in wording.priorities(both, "Loyalty")] == [
        (10, "Improve responsiveness first."),
        (11, "Then improve care."),
    ]


def test_a_third_priority_comes_after_that():
    rows = [mapped(term=str(k), label=label, priority=k) for k, label in enumerate("ABCDE", 1)]
    found = wording.priorities(pd.concat(rows), "Loyalty")
    assert [(a.rank, a.do) for a in found] == [
        (10, "Improve a first."),
        (11, "Then improve b."),
        (12, "After that, improve c."),
        (13, "After that, improve d."),
        (14, "After that, improve e."),
    ]


def test_below_the_average_is_said_only_where_the_interval_leaves_no_doubt():
    (advice,) = wording.priorities(mapped(above_high=0.4), "Loyalty")
    assert "about the average of the drivers" in advice.because


def test_what_already_scores_above_the_others_is_to_be_protected():
    changes = {"priority": 0, "protect": True, "above": 4.3, "above_low": 3.4, "above_high": 5.2}
    (found,) = wording.priorities(mapped(**changes), "Loyalty")
    assert found.kind == "finding"
    assert "4.3 above the average of the drivers" in found.sentence
    assert found.sentence.endswith("protect it.")
    (found,) = wording.priorities(mapped(**changes | {"above_low": -0.1}), "Loyalty")
    assert "with little room to improve" in found.sentence


def test_where_nothing_follows_the_reader_is_told():
    (found,) = wording.priorities(mapped(priority=0), "Loyalty")
    assert found.sentence.startswith("Nothing is advised from the drivers of loyalty")


def test_what_is_explained_is_told_with_its_interval_and_beyond_the_sample():
    share = {"estimate": 0.25, "ci_low": 0.15, "ci_high": 0.34, "n": 424, "n_accounts": 75}
    note = wording.explained(share, 0.23, "Recommendation")
    assert "25% of the differences in recommendation (95% interval 15% to 34%" in note.sentence
    assert "23% at accounts that were left out" in note.sentence
    without = wording.explained(share | {"n_accounts": None}, 0.23, "Recommendation").sentence
    assert "23% for answers that were left out" in without
    assert "not proof of cause" in note.sentence
    assert note.about == "method"
    assert wording.explained({}, float("nan"), "Recommendation") is None


def test_the_base_is_told_where_answers_were_left_out():
    assert "424 of 425 answers" in wording.used(424, 425).sentence
    assert wording.used(425, 425) is None
    assert wording.used(0, 425) is None


def test_without_a_ranking_there_are_no_sentences_and_one_reason():
    nothing = pd.DataFrame(columns=list(rank.IMPORTANCE))
    no_map = pd.DataFrame(columns=list(place.MAP))
    assert wording.strongest(nothing, "Loyalty") is None
    assert wording.priorities(no_map, "Loyalty") == []
    assert tables.priority_map(no_map, 5) is None
    assert tables.check(nothing, 5) is None
    note = tables.importance(nothing, "Loyalty", "Too few answers.", 5)
    assert isinstance(note, Note)
    assert note.sentence == "Too few answers."


def test_the_importance_chart_has_a_line_where_all_would_matter_alike():
    found = tables.importance(ranked(("Solution", 0.6, True), ("Care", 0.4, False)), "NPS", "", 5)
    assert isinstance(found, Table)
    assert found.key == "importance"
    assert found.chart.reference == pytest.approx(0.5)
    assert "solution carries most (60%)" in found.chart.alt
    assert [row["clear"] for row in found.rows] == ["yes", ""]


def test_the_map_marks_priorities_only():
    both = pd.concat([mapped(), mapped(term="b", label="Care", priority=0)])
    found = tables.priority_map(both, 5)
    assert [row["priority"] for row in found.rows] == [1, ""]
    assert found.chart.alt.endswith("Marked as a priority: responsiveness.")


def test_correlations_stand_in_the_chapter_only_when_they_are_all_there_is():
    row = ("a", "Solution", 0.4, 0.2, 0.6, 45, 20, "")
    frame = pd.DataFrame([row], columns=list(rank.SINGLE))
    assert tables.single(frame, "NPS", "", 5).appendix
    assert not tables.single(frame, "NPS", "Too few answers.", 5).appendix
    assert tables.single(frame.iloc[:0], "NPS", "Too few answers.", 5) is None


def test_an_inflation_without_end_is_shown_as_none():
    table = ranked(("Solution", 0.6, True), ("Care", 0.4, False)).assign(vif=np.inf)
    assert tables.check(table, 5).rows[0]["vif"] is None


def test_drivers_of_too_few_answers_show_no_number():
    found = tables.importance(ranked(("Solution", 0.6, True)).assign(n=4), "NPS", "", 5)
    assert found.rows[0]["estimate"] is None
    assert found.hidden == 1


def test_the_method_that_ranks_is_described_and_the_other_is_the_check():
    table = ranked(("Solution", 0.6, True), ("Care", 0.4, False))
    found = tables.importance(table, "NPS", "", 5)
    assert found.method.startswith("LMG: ")
    assert [column.label for column in tables.check(table, 5).columns][1:5] == [
        "LMG",
        "from",
        "to",
        "Johnson",
    ]
    found = tables.importance(table.assign(method="Johnson"), "NPS", "", 5)
    assert found.method.startswith("Johnson's relative weights: ")
    found = tables.check(table.assign(method="Johnson"), 5)
    assert [column.label for column in found.columns][1:5] == ["Johnson", "from", "to", "LMG"]


def test_methods_that_put_others_first_are_told():
    table = ranked(("Solution", 0.42, True), ("Care", 0.4, False), ("Speed", 0.18, False))
    assert tables.check(table, 5).caveats == ()
    (caveat,) = tables.check(table.assign(check=[0.4, 0.42, 0.18]), 5).caveats
    assert caveat == (
        "The methods differ in what comes first: LMG puts solution before care, Johnson's weights "
        "care before solution. Read them as equal."
    )


def test_a_ranking_without_a_check_says_so():
    table = ranked(("Solution", 0.6, True), ("Care", 0.4, False))
    table = table.assign(check=np.nan, agrees=np.nan, method="Johnson")
    found = tables.check(table, 5)
    assert found.caveats == ("There are too many drivers for LMG: the ranking has no check.",)
    assert found.rows[0]["agrees"] is None


def test_the_order_is_a_grid_in_the_appendix():
    table = ranked(("Solution", 0.6, True), ("Care", 0.4, False))
    chances = {"solution": np.array([0.9, 0.1]), "care": np.array([0.1, 0.9])}
    found = tables.ranks(ladder.frame(table, chances), 5)
    assert found.appendix
    assert found.chart.kind == "matrix"
    assert found.chart.columns == {"label": "label", "x": "rank", "y": "share"}
    assert [(row["label"], row["rank"], row["share"]) for row in found.rows] == [
        ("Solution", 1, 0.9),
        ("Solution", 2, 0.1),
        ("Care", 1, 0.1),
        ("Care", 2, 0.9),
    ]
    assert "solution comes first in 90%" in found.chart.alt
    assert tables.ranks(pd.DataFrame(columns=list(ladder.RANKS)), 5) is None
    assert tables.ranks(ladder.frame(table.assign(n=4), chances), 5).rows[0]["share"] is None


def test_what_is_hidden_is_not_in_the_alt_text_either():
    table = ranked(("Solution", 0.6, True), ("Care", 0.4, False))
    few = table.assign(n=[4, 424])
    alt = tables.importance(few, "NPS", "", 5).chart.alt
    assert "solution" not in alt
    assert "60%" not in alt
    chances = {"solution": np.array([0.9, 0.1]), "care": np.array([0.1, 0.9])}
    assert "care comes first in 10%" in tables.ranks(ladder.frame(few, chances), 5).chart.alt
    assert tables.ranks(ladder.frame(table.assign(n=4), chances), 5).chart.alt == ""
    assert tables.priority_map(mapped(n=4), 5).chart.alt.endswith("None is marked.")
    turned = table.assign(n=4, check=[0.4, 0.6])
    assert tables.check(turned, 5).caveats == ()
