import numpy as np
import pytest

from analysis.models.topics import fit, naming, units, words
from tests.comments import bank, frame, made


@pytest.fixture(scope="module")
def topics():
    # In the open, so that phrases of a few people may be told.
    comments = made(240).drop(columns="theme").assign(mode="attributable")
    return fit.find(units.read(comments), wave="w1", seed=1994).topics


def test_a_name_is_one_short_line(topics):
    assert topics["term"].is_unique
    assert topics["term"].str.len().between(3, 60).all()
    assert topics["term"].str[0].str.isupper().all()
    assert not topics["term"].str.contains("\n").any()


def test_names_say_what_the_topic_is_about(topics):
    names = " ".join(topics["term"]).lower()
    for word in ("invoice", "together", "price"):
        assert word in names


def test_phrases_stand_language_by_language(topics):
    assert topics["words"].str.contains("en: ").all()
    assert topics["words"].str.contains("de: ").any()


def test_a_phrase_in_a_name_was_said_by_several_people():
    texts = [*bank("price", "en") * 5, *bank("invoices", "en") * 5]
    texts += ["The zeppelin invoice of Friedrichshafen was wrong."] * 2
    found = fit.find(units.read(frame(texts)), wave="w1", seed=1)
    assert "zeppelin" not in (found.topics["words"] + found.topics["term"]).str.cat().lower()


@pytest.mark.parametrize(
    ("mode", "people", "told"),
    [
        ("attributable", 3, True),
        ("confidential", 3, False),
        ("anonymous", 7, False),
        ("confidential", 8, True),
    ],
)
def test_a_phrase_said_in_confidence_is_told_only_where_many_said_it(mode, people, told):
    lines = frame([f"Zeppelin tickets {k}" for k in range(people)], mode=mode)
    lines = lines.assign(topic=0, bare=lines["text"], words=3, central=1.0)
    found = naming.name(lines, {0: {}}, lambda texts: np.ones((len(texts), 2)), "w1", {})[0]
    assert ("zeppelin" in found.words.lower()) == told
    if not told:
        assert "zeppelin" not in " ".join([found.term, *found.like]).lower()


def test_the_typical_sentence_is_from_an_attributable_answer_only():
    comments = made(240).drop(columns="theme").assign(mode="confidential")
    found = fit.find(units.read(comments), wave="w1", seed=1994)
    assert (found.topics["example"] == "").all()


def test_small_words_make_no_phrase_but_a_negation_may_begin_one():
    phrases = words.phrases(words.marked("They are not on time for us", "en"))
    assert phrases == []
    phrases = words.phrases(words.marked("niet bereikbaar in de middag", "nl"))
    assert "nl:niet bereikbaar" in phrases
    assert "nl:niet" not in phrases


def test_phrases_never_cross_sentences_or_languages():
    text = words.marked("Late trucks. Wrong invoices", "en") + words.marked("gute Leute", "de")
    found = words.phrases(text)
    assert "en:trucks wrong" not in found
    assert "de:gute leute" in found


@pytest.mark.parametrize(
    ("piece", "sentence"),
    [
        ("maar de facturen kloppen nooit", "De facturen kloppen nooit."),
        ("aber sonst gut!", "Sonst gut!"),
        ("Enough said", "Enough said."),
        ("entirely fine", "Entirely fine."),
    ],
)
def test_a_piece_of_a_comment_reads_as_a_sentence(piece, sentence):
    assert naming.tidy(piece) == sentence
