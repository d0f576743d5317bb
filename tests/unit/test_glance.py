"""The table of all themes: made of two others, and no more open than they are."""

import pandas as pd
import pytest

from analysis.language import using
from analysis.publish import page, results
from analysis.publish.glance import glance
from analysis.publish.wording import drivers_tables, scorecard_tables
from tests import made_up

THEMES = ("Trust", "Commitment", "Responsiveness", "Price")


def scores(n=(40, 40, 40, 4), since="2025", change=0.3, clear=True):
    """The table of all scores, as chapter 2 makes it."""
    frame = pd.DataFrame(
        {
            "label": THEMES,
            "estimate": [5.0, 5.5, 4.0, 3.0],
            "ci_low": [4.8, 5.2, 3.7, 2.0],
            "ci_high": [5.2, 5.8, 4.3, 4.0],
            "n": n,
            "n_accounts": 12,
            "change": change,
            "change_low": None if change is None else 0.1,
            "change_high": None if change is None else 0.5,
            "change_since": since,
            "change_clear": None if change is None else clear,
            "note": "",
            "scale_min": 1,
            "scale_max": 7,
        }
    )
    return scorecard_tables.constructs(frame, minimum=5)


def weights():
    """The ranking of two drivers, as chapter 4 makes it."""
    frame = pd.DataFrame(
        {
            "label": ["Responsiveness", "Trust"],
            "term": ["responsiveness", "trust"],
            "estimate": [0.6, 0.3],
            "ci_low": [0.4, 0.1],
            "ci_high": [0.8, 0.5],
            "first": [0.9, 0.1],
            "beats_noise": [1.0, 1.0],
            "n": [40, 40],
            "clear": [True, False],
            "method": ["LMG", "LMG"],
        }
    )
    return drivers_tables.importance(frame, "Recommendation", "", 5)


def report(*found):
    return made_up.report({"scorecard": found[:1], "drivers": found[1:]})


def test_the_weightiest_theme_comes_first_then_the_best_score():
    found = glance(report(scores(), weights()))
    assert [row["label"] for row in found.rows] == ["Responsiveness", "Trust", "Commitment"]
    first = found.rows[0]
    assert (first["estimate"], first["change"], first["weight"]) == (4.0, 0.3, 0.6)
    assert (first["weight_low"], first["weight_high"], first["n"]) == (0.4, 0.8, 40)
    assert found.rows[2]["weight"] is None


def test_what_neither_matters_nor_moved_is_left_to_the_table_of_all_scores():
    found = glance(report(scores(clear=[False, True, False, False]), weights()))
    assert [row["label"] for row in found.rows] == ["Responsiveness", "Trust", "Commitment"]
    assert glance(report(scores(clear=False), weights())) is None  # two are no overview


def test_what_the_table_of_scores_hides_is_hidden_here():
    found = glance(report(scores(n=(40, 40, 4, 40)), weights()))
    (masked,) = [row for row in found.rows if row["label"] == "Responsiveness"]
    assert {masked[key] for key in ("estimate", "ci_low", "ci_high", "change")} == {None}
    assert (found.hidden, found.minimum) == (1, 5)


def test_columns_of_what_is_not_known_are_left_out():
    keys = [column.key for column in glance(report(scores())).columns]
    assert "weight" not in keys
    assert "change" in keys
    third = {"label": "Commitment", "estimate": 0.1, "ci_low": 0.0, "ci_high": 0.2}
    ranked = weights()
    ranked = ranked.model_copy(update={"rows": (*ranked.rows, third)})
    alone = glance(report(scores(change=None, since=""), ranked))
    keys = [column.key for column in alone.columns]
    assert "change" not in keys
    assert "weight" in keys
    assert alone.caveats
    still = glance(report(scores(clear=False), ranked))
    keys = [column.key for column in still.columns]
    assert "change" in keys
    assert "sure" not in keys  # an empty column would look like a hidden one


@pytest.mark.parametrize(
    "content",
    [
        report(scores(change=None, since="")),
        report(weights()),
        report(results.Note(key="constructs", sentence="No scales.", about="absent"), weights()),
        made_up.tiny(),
    ],
    ids=["scores alone", "weights alone", "no scales", "nothing"],
)
def test_where_it_would_say_nothing_new_there_is_none(content):
    assert glance(content) is None
    assert 'id="glance"' not in page.report_html(content)


def test_the_wave_of_the_change_stands_in_the_heading_where_all_have_one():
    labels = [column.label for column in glance(report(scores(), weights())).columns]
    assert "Change since 2025" in labels
    mixed = scores(since=["2024", "2025", "2025", "2025"])
    assert "Change" in [column.label for column in glance(report(mixed)).columns]


def test_it_stands_before_the_chapters_and_in_the_contents():
    html = page.report_html(report(scores(), weights()))
    assert html.index('href="#glance"') < html.index('href="#scorecard"')
    assert html.index('id="glance"') < html.index('id="scorecard"')


def test_it_is_told_in_dutch():
    with using("nl"):
        found = glance(report(scores(), weights()))
    assert found.title == "Wat ertoe doet, hoe het scoort, wat er bewoog"
    assert "Verandering sinds 2025" in [column.label for column in found.columns]
