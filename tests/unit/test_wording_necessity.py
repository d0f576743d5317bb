import numpy as np
import pandas as pd
import pytest

from analysis.models import effects_map as effects
from analysis.models import necessity
from analysis.models.necessity import ceiling
from analysis.publish.results import Note, Table
from analysis.publish.wording import effects_map as map_wording
from analysis.publish.wording import necessity as wording


def told(**changes) -> pd.DataFrame:
    """Both ceilings of trust and commitment."""
    row = {
        "term": "step",
        "label": "Steps (CE-FDH)",
        "estimate": 0.42,
        "ci_low": 0.31,
        "ci_high": 0.55,
        "p": 0.0001,
        "p_plain": 0.004,
        "size": "large",
        "accuracy": 1.0,
        "without_low": 0.40,
        "without_high": 0.45,
        "n": 210,
        "n_accounts": 73,
        "note": "",
    }
    line = row | {"term": "line", "label": "Straight line (CR-FDH)", "accuracy": 0.95}
    rows = [row | changes, line]
    return pd.DataFrame(rows, columns=list(necessity.EFFECT))


def bottleneck() -> pd.DataFrame:
    """A table of what each level took."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 100, 200)
    return ceiling.bottleneck(x, x * rng.uniform(0, 1, 200), 60)


def mapped(**changes) -> pd.DataFrame:
    """Two antecedents of commitment."""
    row = {
        "term": "trust",
        "label": "Trust",
        "estimate": 0.49,
        "ci_low": 0.38,
        "ci_high": 0.60,
        "clear": True,
        "performance": 62.0,
        "performance_low": 59.0,
        "performance_high": 65.0,
        "n": 425,
        "n_accounts": 118,
        "n_performance": 430,
        "n_least": 425,
        "quadrant": "Matters, scores lower",
        "note": "structural equation model",
    }
    other = row | {
        "term": "opportunism",
        "label": "No opportunism",
        "estimate": 0.1,
        "ci_low": 0.02,
        "ci_high": 0.18,
        "performance": 75.0,
        "quadrant": "Matters less, scores higher",
    }
    return pd.DataFrame([row | changes, other], columns=list(effects.MAP))


def test_what_is_needed_is_said_in_words_a_board_understands():
    found = wording.finding(told(), "necessary", "Trust", "Commitment")
    assert found.sentence == (
        "Hardly anybody is strong on commitment without trust: the corner of little trust and much "
        "commitment is emptier than chance and than a plain correlation would leave it (effect "
        "size 0.42, large; 95% interval 0.31 to 0.55; 210 answers)."
    )
    assert found.evidence == "clear"
    assert found.lead


def test_an_interval_that_reaches_nothing_leaves_it_undecided():
    found = wording.finding(told(ci_low=0.0), "necessary", "Trust", "Commitment")
    assert found.sentence.endswith("the gap might close (interval from 0).")
    assert found.evidence == "undecided"
    assert not found.lead


def test_what_only_goes_together_is_not_called_needed():
    found = wording.finding(told(), "together", "Trust", "Commitment")
    assert "do not show that commitment needs trust" in found.sentence
    assert "a plain correlation would leave it about as empty" in found.sentence
    assert found.evidence == "undecided"
    assert not found.lead
    one = wording.finding(told(), "together", "Trust", "Commitment", fragile=True)
    assert "only one account makes the difference" in one.sentence


def test_an_empty_corner_that_may_be_chance_is_called_chance():
    found = wording.finding(told(p=0.2), "not necessary", "Trust", "Commitment")
    assert "no emptier than could be chance" in found.sentence
    assert found.evidence == "undecided"


def test_without_a_verdict_there_is_one_reason_and_no_sentence():
    nothing = told().iloc[:0]
    assert wording.finding(nothing, "", "Trust", "Commitment") is None
    assert wording.bottleneck(bottleneck().iloc[:0], "Trust", "Commitment", 5) is None
    note = wording.effect(nothing, "Trust", "Commitment", "Too few answers.", 5)
    assert isinstance(note, Note)
    assert note.sentence == "Too few answers."
    assert (
        wording.needed(bottleneck().iloc[:0], told(), "necessary", "Trust", "Commitment", 5) is None
    )


def test_few_people_above_the_line_are_not_counted_out():
    def accuracy(share):
        frame = told()
        frame["accuracy"] = [1.0, share]
        return wording.effect(frame, "Trust", "Commitment", "", 5).rows[1]["accuracy"]

    assert accuracy(0.95) == 0.95
    assert accuracy(1 - 3 / 210) is None
    assert accuracy(1.0) == 1.0


def test_the_bottleneck_hides_small_groups_and_levels_that_take_nothing():
    frame = bottleneck()
    found = wording.bottleneck(frame, "Trust", "Commitment", 5)
    assert isinstance(found, Table)
    assert len(found.rows) == (frame["note"] != ceiling.NONE_NEEDED).sum()
    shown = [row for row in found.rows if row["share_below"] is not None]
    assert len(shown) > 0
    hidden = frame.loc[frame["note"] != ceiling.NONE_NEEDED, "n_least"] < 5
    assert found.hidden == hidden.sum()
    assert found.chart.kind == "bars"
    assert "needed" not in {column.key for column in found.columns}  # one person's score


def test_a_ceiling_under_which_nothing_is_needed_says_so():
    frame = bottleneck().assign(note=ceiling.NONE_NEEDED)
    note = wording.bottleneck(frame, "Trust", "Commitment", 5)
    assert isinstance(note, Note)
    assert note.sentence == "No level of commitment took any particular trust."


def test_what_the_highest_level_took_is_told_only_where_it_is_needed():
    frame = bottleneck()
    found = wording.needed(frame, told(), "necessary", "Trust", "Commitment", 5)
    assert found.sentence.startswith("To reach")
    assert "of 200 people have less." in found.sentence
    assert wording.needed(frame, told(), "together", "Trust", "Commitment", 5) is None
    wide = told(ci_low=0.0)
    assert wording.needed(frame, wide, "necessary", "Trust", "Commitment", 5) is None


def test_the_words_and_the_model_agree_on_what_takes_nothing():
    assert ceiling.NONE_NEEDED == wording.NONE_NEEDED


# --- the map of total effects ----------------------------------------------------------------


def test_the_largest_effect_is_named_with_its_interval():
    found = map_wording.strongest(mapped(), "Commitment")
    assert found.sentence == (
        "Along the theory's arrows, trust reaches commitment most: one point of 100 more goes with "
        "0.49 points more, straight and through others (95% interval 0.38 to 0.60; 425 answers)."
    )
    assert found.evidence == "clear"


def test_overlapping_effects_are_said_to_overlap():
    found = map_wording.strongest(mapped(ci_low=0.15), "Commitment")
    assert found.sentence.endswith("The intervals of others overlap with it.")


def test_nothing_clear_is_undecided():
    found = map_wording.strongest(mapped().assign(clear=False), "Commitment")
    assert found.evidence == "undecided"
    assert found.sentence.startswith("Nothing that was asked clearly reaches commitment")


def test_the_map_marks_what_is_clear_and_scores_lower():
    found = map_wording.total_map(mapped(), "Commitment", "", 5)
    assert [row["first"] for row in found.rows] == ["yes", ""]
    assert found.chart.alt.endswith("Marked: trust.")
    assert found.chart.kind == "map"
    assert found.method.endswith("Effects: structural equation model.")


def test_small_groups_on_the_map_are_hidden():
    found = map_wording.total_map(mapped(n_least=4), "Commitment", "", 5)
    assert found.rows[0]["estimate"] is None
    assert found.hidden == 1


def test_without_a_model_the_map_is_a_reason():
    nothing = mapped().iloc[:0]
    assert map_wording.strongest(nothing, "Commitment") is None
    note = map_wording.total_map(nothing, "Commitment", "Too few answers.", 5)
    assert isinstance(note, Note)
    assert note.sentence == "Too few answers."


@pytest.mark.parametrize("verdict", ["necessary", "together", "not necessary"])
def test_every_sentence_has_its_base_and_interval(verdict):
    found = wording.finding(told(), verdict, "Trust", "Commitment")
    assert "210 answers" in found.sentence
    assert "95% interval 0.31 to 0.55" in found.sentence
