import pandas as pd
import pytest

from analysis.programme import targets
from analysis.publish.results import Table
from analysis.publish.wording import targets as wording


def frame(**changes) -> pd.DataFrame:
    row = dict.fromkeys(targets.TARGET, 0.0) | {
        "term": "Spring 2025", "estimate": 30.0, "target": 40.0, "when": "Spring 2026", "n": 300,
        "needed": 10.0, "margin": 12.0, "needed_pace": 10.0, "pace": 20.0, "pace_low": 12.0,
        "pace_high": 28.0, "fastest": 31.0, "waves": 3, "n_clear": 442.0, "n_power": 903.0,
        "label": "within noise", "note": "",
    }  # fmt: skip
    return pd.DataFrame([row | changes])[list(targets.TARGET)]


def test_a_change_within_noise_is_told_with_what_it_takes():
    found = wording.realism(frame(), 5)
    assert found.sentence == (
        "From +30 to the target of +40 by Spring 2026 is 10 points, +10 a year against the "
        "client's own +20 (95% interval +12 to +28; 3 waves): within noise. With as many answers "
        "as last time (300), chance alone explains a change of up to 12 points; it takes "
        "about 442 answers a wave to clear it, and 903 to see it with 80% certainty."
    )
    assert found.evidence == "undecided"


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("realistic", "it is realistic if that pace is kept up"),
        ("stretch", "a stretch, but the score has moved as fast (+31 a year)"),
        ("beyond what was ever seen", "it is beyond what was ever seen here"),
    ],
)
def test_other_verdicts_set_the_pace_beside_the_clients_own(label, words):
    found = wording.realism(frame(label=label), 5)
    assert (
        "the client's own pace is +20 a year (95% interval +12 to +28; 3 waves)" in found.sentence
    )
    assert words in found.sentence
    assert "300 answers" in found.sentence
    assert found.evidence == "descriptive"


def test_without_a_pace_the_sentence_says_so():
    found = wording.realism(frame(label="no pace to hold it against"), 5)
    assert "single comparable wave" in found.sentence


def test_nothing_is_said_where_nothing_is_to_be_said():
    assert wording.realism(frame(label="already there"), 5) is None
    assert wording.realism(frame(n=4), 5) is None
    assert wording.realism(frame().iloc[:0], 5) is None
    assert wording.table(frame().iloc[:0], 5) is None


def test_every_label_has_a_sentence():
    for label in (targets.NOISE, targets.FAIR, targets.STRETCH, targets.BEYOND, targets.UNKNOWN):
        assert wording.realism(frame(label=label), 5).sentence.endswith(".")


def test_the_table_shows_the_figures_and_hides_few_answers():
    found = wording.table(frame(note="the pace rests on two waves"), 5)
    assert isinstance(found, Table)
    assert found.rows[0]["n_clear"] == 442
    assert found.caveats == ("The pace rests on two waves.",)
    assert wording.table(frame(n=4), 5).rows[0]["estimate"] is None


def test_the_verdict_on_few_answers_is_hidden():
    row = wording.table(frame(n=4), 5).rows[0]
    assert row["when"] is not None
    assert row["label"] is None
