import pandas as pd
import pytest

from analysis.measures import crq, nps, scales
from analysis.models import panel
from analysis.publish.results import Metric, Note
from analysis.publish.wording import change, change_tables, scorecard
from analysis.publish.wording import scorecard_tables as tables
from tests.scored import answers, crq_survey, join, ratings, wave

WAVES = [wave("1"), wave("2")]


def two(first, second, **more):
    return join(answers(ratings(*first), "1", **more), answers(ratings(*second), "2", **more))


def said(frame, waves=WAVES, minimum=5):
    return scorecard.nps_finding(nps.by_wave(frame, waves), nps.changes(frame, waves), minimum)


def test_a_clear_rise_is_said_with_interval_and_both_bases():
    found = said(two((33, 65, 82), (88, 71, 31)))
    assert found.sentence == (
        "The NPS rose from −27 to +30, more than chance explains (from Wave 1 to Wave 2: "
        "57 points, 95% interval 41 to 71; 180 and 190 answers)."
    )
    assert found.evidence == "clear"
    assert found.lead


def test_a_fall_is_called_a_fall():
    found = said(two((88, 71, 31), (33, 65, 82)))
    assert found.sentence.startswith("The NPS fell from +30 to −27")
    assert "−57 points, 95% interval −71 to −41" in found.sentence


def test_what_chance_can_explain_is_not_called_a_rise():
    found = said(two((29, 53, 18), (31, 52, 17)))
    assert "no clear change" in found.sentence
    assert "rose" not in found.sentence
    assert found.evidence == "undecided"


def test_one_wave_says_that_a_second_is_needed_and_draws_no_trend():
    frame = answers(ratings(10, 10, 4))
    found = said(frame, WAVES[:1])
    assert found.sentence.endswith("A second wave is needed to show change.")
    waves = nps.by_wave(frame, WAVES[:1])
    assert tables.nps_trend(waves, 5, None).chart is None
    assert "snapshot" in scorecard.second_wave(waves).sentence


def test_three_waves_lead_with_the_whole_span_and_add_the_last_step():
    waves = [*WAVES, wave("3")]
    frame = join(two((33, 65, 82), (60, 65, 55)), answers(ratings(88, 71, 31), "3"))
    changes = nps.changes(frame, waves)
    lead = scorecard.nps_finding(nps.by_wave(frame, waves), changes, 5)
    assert "from Wave 1 to Wave 3" in lead.sentence
    assert "from Wave 2 to Wave 3" in scorecard.last_step(changes, 5).sentence
    assert scorecard.last_step(nps.changes(two((5, 5, 5), (5, 5, 5)), WAVES), 5) is None


def test_a_change_of_method_is_named_and_not_bridged():
    broken = [wave("1", "postal"), wave("2")]
    frame = two((33, 65, 82), (88, 71, 31))
    waves = nps.by_wave(frame, broken)
    found = said(frame, broken)
    assert found.sentence.endswith("No earlier wave can be compared with it.")
    assert "Wave 2" in scorecard.method_break(waves).sentence
    assert tables.nps_trend(waves, 5, None).chart.columns["group"] == "series"
    assert tables.nps_tests(nps.changes(frame, broken), 5).rows[0]["estimate"] is None


def test_small_bases_are_neither_said_nor_shown():
    frame = two((2, 1, 1), (20, 10, 5))
    assert "Wave 1" not in said(frame).sentence
    assert said(answers(ratings(2, 1, 1)), WAVES[:1]) is None
    metric = scorecard.nps_now(nps.headline(frame, WAVES), 5)
    assert metric.value is not None
    assert metric.change is None
    assert metric.change_since == ""
    assert scorecard.nps_now(nps.headline(answers(ratings(2, 1, 1)), WAVES[:1]), 5).value is None


def test_one_newcomer_cannot_be_worked_out():
    frame = join(
        answers([9.0] * 20, "1", contacts=[f"c{k}" for k in range(20)]),
        answers([9.0] * 20 + [0.0], "2", contacts=[f"c{k}" for k in range(21)]),
    )
    parts = panel.bridge(frame, WAVES)
    shown = change_tables.bridge(parts, 5).rows
    assert [row["estimate"] is None for row in shown] == [False, True, True, True, False]
    assert change.bridge(parts, 5) is None
    tested = tables.nps_tests(nps.changes(frame, WAVES), 5).rows
    assert [row["estimate"] is None for row in tested] == [False, True]


@pytest.mark.parametrize(
    ("aim", "start", "evidence"),
    [
        (0, "The target of 0 is met", "clear"),
        (60, "The target of +60 is not met; 30 points are missing", "clear"),
        (35, "The score is short of the target of +35, but", "undecided"),
        (25, "The score reaches the target of +25, but", "undecided"),
    ],
)
def test_target_has_three_verdicts(aim, start, evidence):
    waves = nps.by_wave(answers(ratings(88, 71, 31)), WAVES[:1])
    found = scorecard.target(waves, aim, 5)
    assert found.sentence.startswith(start)
    assert found.evidence == evidence
    assert scorecard.target(waves, None, 5) is None


def test_without_nps_one_note_says_so_and_nothing_repeats_it():
    nobody = answers([float("nan")] * 9)
    waves, changes = nps.by_wave(nobody, WAVES[:1]), nps.changes(nobody, WAVES[:1])
    assert isinstance(scorecard.nps_now(nps.headline(nobody, WAVES[:1]), 5), Note)
    assert tables.nps_trend(waves, 5, None) is None
    assert tables.nps_mix(waves, 5) is None
    assert tables.nps_tests(changes, 5) is None
    assert change.bridge(panel.bridge(nobody, WAVES[:1]), 5) is None
    assert scorecard.nps_finding(waves, changes, 5) is None
    assert scorecard.last_step(changes, 5) is None
    assert scorecard.second_wave(waves) is None
    assert scorecard.method_break(waves) is None
    assert scorecard.target(waves, 40, 5) is None


def test_crq_sentence_says_where_the_line_is_and_how_sure():
    made = crq_survey([[6] * 8, [6] * 8, [5] * 8, [7] * 8, [6] * 8, [6] * 8])
    levels = crq.levels(made, WAVES[:1])
    found = scorecard.crq_finding(crq.zone(levels, 5.5), 5)
    assert found.sentence.startswith("The Customer Relationship Quality score is 6.00 of 7 (95%")
    assert "in the zone called Unique (from 5.5)" in found.sentence
    assert scorecard.crq_finding(crq.zone(levels, 5.5), 7) is None
    metric = scorecard.crq_now(levels, 5, 5.5, "")
    assert isinstance(metric, Metric)
    assert metric.reference == 5.5
    assert (
        "of 6 respondents" in scorecard.segments_finding(crq.segments(crq.score(made)), 5).sentence
    )
    assert len(tables.segments(crq.segments(crq.score(made)), 5).rows) == 5


def test_pillars_not_asked_are_named():
    made = crq_survey([[6] * 8] * 6)
    scores = scales.headlines(made, ["trust", "satisfaction"], WAVES[:1])
    blocks = scorecard.pillars(scores, 5)
    assert [block.key for block in blocks] == ["trust", "satisfaction", "pillars_absent"]
    assert blocks[-1].sentence == "Not asked here: commitment."


def row(label, change, low, high, n=50):
    values = {"label": label, "change": change, "change_low": low, "change_high": high, "n": n}
    clear = low > 0 or high < 0
    return values | {"n_before": n, "change_since": "Wave 1", "change_clear": clear}


def test_moves_name_only_what_is_clear():
    frame = pd.DataFrame([row("Trust", 0.5, 0.2, 0.8), row("Commitment", 0.3, -0.1, 0.7)])
    found = scorecard.moves(frame, 5)
    assert found.sentence == (
        "Since Wave 1, trust rose (0.50, 95% interval 0.20 to 0.80; 50 and 50 answers); no clear "
        "change in commitment."
    )
    still = scorecard.moves(frame.iloc[1:], 5)
    assert still.evidence == "undecided"
    assert scorecard.moves(frame, 60) is None


def test_scales_that_do_not_agree_are_named():
    frame = pd.DataFrame([{"label": "Trust", "alpha": 0.42, "n_alpha": 90}])
    frame = frame.assign(alpha_low=0.3, alpha_high=0.54)
    assert (
        "trust (0.42, 95% interval 0.30 to 0.54, 90 answers)"
        in scorecard.weak_scales(frame, 0.7, 5).sentence
    )
    assert scorecard.weak_scales(frame.assign(alpha_high=0.71), 0.7, 5) is None


def test_several_moves_name_the_largest():
    frame = pd.DataFrame([row("Trust", 0.5, 0.2, 0.8), row("Value", -0.9, -1.2, -0.6)])
    frame = pd.concat([frame, pd.DataFrame([row("Image", 0.7, 0.4, 1.0)])], ignore_index=True)
    assert scorecard.moves(frame, 5).sentence == (
        "Since Wave 1, trust, image rose, most of all image (0.70, 95% interval 0.40 to 1.00; "
        "50 and 50 answers); value fell (−0.90, 95% interval −1.20 to −0.60; 50 and 50 answers)."
    )


def test_same_people_rise_only_if_the_exact_test_agrees():
    people, accounts = [f"c{k}" for k in range(14)], list("abcdefghijklmn")
    frame = join(
        answers([7] * 4 + [9] * 10, "1", accounts, people),
        answers([9] * 4 + [9] * 10, "2", accounts, people),
    )
    within = panel.bridge(frame, WAVES).iloc[1]
    assert within["ci_low"] > 0  # the interval alone would say so; the exact test (p .125) does not
    assert not within["clear"]


def test_two_waves_without_matched_people_say_so():
    frame = two((5, 5, 5), (6, 5, 4))
    block = change_tables.bridge(panel.bridge(frame, WAVES), 5)
    assert block.about == "absent"
