import numpy as np
import pandas as pd
import pytest

from analysis.models.drivers import asymmetry, steps
from analysis.publish.results import Note, Table
from analysis.publish.wording import steps as wording
from analysis.publish.wording import steps_tables as tables

LOWER, UPPER = steps.STEPS


def odds(*rows, n_least=40) -> pd.DataFrame:
    """Odds ratios; each row: label, step, estimate, clear."""
    frame = pd.DataFrame(rows, columns=["label", "step", "estimate", "clear"])
    frame = frame.assign(term=frame["label"].str.lower(), n=204, n_side=103, events=62)
    frame["ci_low"], frame["ci_high"] = frame["estimate"] - 0.2, frame["estimate"] + 0.3
    frame = frame.assign(p=0.01, p_adjusted=0.02, n_accounts=70, joint=True, note="")
    return frame.assign(n_least=n_least)[list(steps.ODDS)]


BOTH = (("Speed", LOWER, 1.8, True), ("Care", LOWER, 1.1, False))
BOTH += (("Speed", UPPER, 1.6, True), ("Care", UPPER, 1.5, True))


def serving(*rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["label", "serves"])
    return frame.assign(
        term="x", estimate=1.2, ci_low=0.9, ci_high=1.4, p=0.1, p_adjusted=0.2, n=204,
        n_accounts=70, note="",
    )[list(steps.SERVES)]  # fmt: skip


def contrast(label="Speed", kind="dissatisfier", estimate=-0.5, low=-0.68, high=-0.3, **more):
    row = {name: 1.0 for name in asymmetry.ASYMMETRY}
    row |= {"term": label.lower(), "label": label, "kind": kind, "estimate": estimate, "note": ""}
    row |= {"ci_low": low, "ci_high": high, "n": 300, "n_least": 80} | more
    return pd.DataFrame([row])[list(asymmetry.ASYMMETRY)]


def test_the_clear_drivers_of_each_step_are_named_with_their_odds():
    found = wording.two_steps(odds(*BOTH), 5)
    assert found.sentence == (
        "Speed (odds times 1.80, 95% interval 1.60 to 2.10) goes with being a passive rather than "
        "a detractor; speed (odds times 1.60, 95% interval 1.40 to 1.90) and care (odds times "
        "1.50, 95% interval 1.30 to 1.80) go with being a promoter rather than a passive (204 "
        "answers; odds for 10 points of 100 more)."
    )
    assert found.evidence == "clear"


def test_a_step_without_clear_drivers_says_so():
    rows = odds(("Speed", LOWER, 1.8, False), ("Speed", UPPER, 0.6, True))
    found = wording.two_steps(rows, 5)
    assert found.sentence.startswith("No driver clearly goes with being a passive")
    assert "no driver clearly goes with being a promoter" in found.sentence
    assert found.evidence == "undecided"


def test_a_driver_of_one_step_is_claimed_for_it_only_where_they_differ():
    table = odds(*BOTH)
    one = wording.served(serving(("Speed", "leaving the detractors")), table, 5)
    assert (
        "speed with leaving the detractors, clearly more than with the other step" in one.sentence
    )
    assert one.evidence == "clear"
    both = wording.served(serving(("Speed", "both steps")), table, 5)
    assert "without a clear difference between them" in both.sentence
    assert both.evidence == "descriptive"
    none = wording.served(serving(("Speed", "not told apart")), table, 5)
    assert none.sentence.startswith("No driver can be told to belong to one step")
    assert none.evidence == "undecided"


@pytest.mark.parametrize(
    ("start", "begin", "said"),
    [
        ("more detractors", "There are clearly more detractors", "become passives, look at speed"),
        ("more promoters", "There are already clearly more", "promoters, look at speed and care"),
        ("as many of each", "Promoters and detractors are about as", "passives, look at speed"),
    ],
)
def test_where_to_begin_suits_the_start(start, begin, said):
    table = odds(*BOTH)
    found = wording.first(steps.advice(table, start), table, start, 5)
    assert found.sentence.startswith(begin)
    assert f"{said} first" in found.sentence
    assert "204 answers" in found.sentence
    assert found.kind == "finding"  # two pieces of advice are enough, and the ranking gives them


def test_nothing_clear_gives_no_beginning():
    table = odds(("Speed", LOWER, 1.8, False), ("Speed", UPPER, 1.4, False))
    assert (
        wording.first(steps.advice(table, "more detractors"), table, "more detractors", 5) is None
    )


def test_few_people_on_a_side_are_never_told():
    table = odds(*BOTH, n_least=4)
    assert wording.two_steps(table, 5) is None
    assert wording.served(serving(("Speed", "both steps")), table, 5) is None
    assert (
        wording.first(steps.advice(table, "more detractors"), table, "more detractors", 5) is None
    )
    shown = tables.two_steps(table, 204, "", 5)
    assert all(row["estimate"] is None for row in shown.rows)


def test_notes_on_the_base():
    assert "on its own" in wording.alone(False, odds(*BOTH)).sentence
    assert wording.alone(True, odds(*BOTH)) is None
    assert wording.left_out(("Care",)).sentence.endswith("same score: care.")
    assert wording.left_out(()) is None


def test_eights_are_told_unless_few():
    frame = steps.near_misses(pd.DataFrame({"nps": [8.0] * 12 + [7.0] * 8}))
    assert "12 of 20 passives gave an 8" in wording.near_misses(frame, 5).sentence
    few = steps.near_misses(pd.DataFrame({"nps": [8.0] * 12 + [7.0] * 4}))
    assert wording.near_misses(few, 5) is None


def test_the_chart_sets_the_steps_apart():
    found = tables.two_steps(odds(*BOTH), 204, "", 5)
    assert isinstance(found, Table)
    assert found.chart.columns["group"] == "step"
    assert found.chart.reference == 1
    assert "detractor to passive, speed most (1.80)" in found.chart.alt


@pytest.mark.parametrize(
    ("asked", "counted"), [(204, True), (205, False), (208, False), (209, True)]
)
def test_people_at_a_step_are_counted_only_where_nobody_comes_back_by_subtraction(asked, counted):
    found = tables.two_steps(odds(*BOTH), asked, "", 5)
    assert ("n_side" in [column.key for column in found.columns]) == counted


def test_counts_of_either_side_stay_with_the_researcher():
    found = tables.bases(odds(*BOTH), 5)
    assert found.audience == "internal"
    assert [(row["lower"], row["events"]) for row in found.rows] == [(41, 62)] * 2


def test_which_step_is_in_the_appendix():
    found = tables.served(serving(("Speed", "both steps")), odds(*BOTH), 5)
    assert found.appendix
    assert found.rows[0]["serves"] == "both steps"


def test_kinds_are_told_with_their_interval():
    found = wording.asymmetry(contrast(), 5)
    assert found.sentence == (
        "Low and high scores do not weigh alike: speed is a dissatisfier (a low score goes with "
        "more harm than a high one with good: asymmetry −0.50, 95% interval −0.68 to −0.30) (300 "
        "answers)."
    )
    assert found.evidence == "clear"
    good = wording.asymmetry(contrast(kind="satisfier", estimate=0.3, low=-0.1, high=0.6), 5)
    assert "a high score goes with more good" in good.sentence
    assert good.evidence == "descriptive"


def test_where_no_kind_is_told_the_sentence_says_so():
    found = wording.asymmetry(contrast(kind="not distinguishable", low=-0.9, high=0.8), 5)
    assert found.sentence.startswith("For no driver can it be told")
    assert found.evidence == "undecided"
    lost = contrast(kind="not distinguishable", estimate=np.nan)
    assert wording.asymmetry(lost, 5) is None


def test_drivers_without_enough_answers_are_named_below_the_table():
    both = pd.concat([contrast(), contrast("Care", estimate=np.nan)], ignore_index=True)
    found = tables.asymmetry(both, "", 5)
    assert [row["label"] for row in found.rows] == ["Speed"]
    assert found.caveats == ("Not told, too few answers at an end or between: care.",)


def test_an_absence_is_told_once():
    nothing = pd.DataFrame(columns=list(asymmetry.ASYMMETRY))
    note = tables.asymmetry(nothing, "Too few answers.", 5)
    assert isinstance(note, Note)
    assert note.sentence == "Too few answers."
    assert tables.asymmetry(nothing, "Too few answers.", 5, said=["Too few answers."]) is None


def test_nothing_is_made_of_nothing():
    no_odds = pd.DataFrame(columns=list(steps.ODDS))
    assert wording.two_steps(no_odds, 5) is None
    assert wording.served(pd.DataFrame(columns=list(steps.SERVES)), no_odds, 5) is None
    assert wording.asymmetry(pd.DataFrame(columns=list(asymmetry.ASYMMETRY)), 5) is None
    assert tables.served(pd.DataFrame(columns=list(steps.SERVES)), no_odds, 5) is None
    assert tables.bases(no_odds, 5) is None
    assert tables.two_steps(no_odds, 24, "Too few.", 5).sentence == "Too few."


def test_what_is_hidden_is_not_in_the_alt_text_either():
    found = tables.two_steps(odds(*BOTH, n_least=[4, 40, 40, 40]), 204, "", 5)
    assert "1.80" not in found.chart.alt
    assert "care most (1.10)" in found.chart.alt
    assert found.rows[0]["step"]  # it names the row
    both = pd.concat([contrast(n_least=4), contrast("Care", estimate=0.2)], ignore_index=True)
    found = tables.asymmetry(both, "", 5)
    assert "speed" not in found.chart.alt
    assert found.rows[0]["kind"] is None


def test_a_verdict_on_few_answers_is_hidden():
    found = tables.served(serving(("Speed", "both steps")), odds(*BOTH, n_least=4), 5)
    assert (found.rows[0]["label"], found.rows[0]["serves"]) == ("Speed", None)
