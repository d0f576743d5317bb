import numpy as np
import pandas as pd
import pytest

from analysis.models.topics import redact, units
from tests.comments import frame, made


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \n\t ", "empty"),
        (None, "empty"),
        (np.nan, "empty"),
        (pd.NA, "empty"),
        ("n/a", "no content"),
        ("N.v.t.", "no content"),
        ("Keine Angaben", "no content"),
        ("rien à signaler", "no content"),
        ("null", "no content"),
        ("-", "no words"),
        ("😀👍", "no words"),
        ("12345", "no words"),
        ("All good!", "positive, unspecified"),
        ("alles prima", "positive, unspecified"),
        ("Weiter so!!", "positive, unspecified"),
        ("Service", "one word"),
        ("[person]", "no words"),
        ("Invoices wrong", ""),
        ("الخدمة ممتازة والفريق سريع", ""),
        ("服务很好但是价格太高", ""),
        (42.5, "no words"),
    ],
)
def test_each_comment_is_used_or_set_aside_with_a_reason(text, reason):
    assert units.read(frame([text])).comments["reason"].tolist() == [reason]


def test_comments_in_are_used_plus_set_aside():
    texts = ["", "n/a", "all good", "Fine people to work with", "👍", "Price", None]
    account = units.read(frame(texts)).account
    assert account["n"].iloc[0] == 7
    assert account["n"].iloc[1] == 1
    assert account["n"].iloc[1:].sum() == 7


def test_no_comments_at_all():
    said = units.read(frame([]))
    assert said.account["n"].tolist() == [0, 0]
    assert said.languages.empty
    assert said.sentences.empty


def test_a_person_who_repeats_the_same_words_counts_once():
    twice = frame(["Invoices are wrong", "invoices are WRONG!"], respondent="r1")
    twice["question"] = ["q1", "q2"]
    assert sorted(units.read(twice).comments["reason"]) == ["", "repeated"]


def test_the_same_words_of_two_people_both_count():
    assert len(units.read(frame(["Invoices are wrong"] * 2)).used) == 2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Good people. Bad invoices every month.", ["Good people. Bad invoices every month."]),
        (
            "They think along with us. Invoices are always wrong.",
            ["They think along with us.", "Invoices are always wrong."],
        ),
        (
            "Fijne mensen om mee te werken maar de facturen kloppen nooit",
            ["Fijne mensen om mee te werken", "maar de facturen kloppen nooit"],
        ),
        (
            "Gute Leute vor Ort, aber die Rechnungen sind falsch.",
            ["Gute Leute vor Ort", "aber die Rechnungen sind falsch."],
        ),
        ("first line of it\nsecond line of it", ["first line of it", "second line of it"]),
        ("We pay approx. 2.5 percent e.g. for storage", None),
        ("", []),
    ],
)
def test_sentences(text, parts):
    assert units.sentences(text) == ([text] if parts is None else parts)


def test_no_words_are_lost_by_splitting():
    for text in made(60)["text"]:
        assert " ".join(units.sentences(text)).split() == text.split()


def test_language_is_recognised_from_three_words_on_else_the_answers():
    texts = ["De facturen kloppen nooit", "Prima samenwerking", "Die Rechnung ist falsch"]
    said = units.read(frame(texts, language=["en", "nl", "en"]))
    assert said.comments.set_index("text")["language"].loc[texts].tolist() == ["nl", "nl", "de"]


def test_another_script_is_not_forced_into_the_clients_languages():
    said = units.read(frame(["الخدمة ممتازة والفريق سريع دائما"]))
    assert said.comments["language"].iloc[0] == "ar"


def test_a_missing_language_is_no_error():
    said = units.read(frame(["Invoices wrong", "Invoices are always wrong"], language=None))
    assert set(said.comments["language"]) == {"", "en"}


def test_a_very_long_comment_is_read_to_a_limit():
    said = units.read(frame(["word salad " * 1000]))
    assert len(said.comments["text"].iloc[0]) <= units.LONG_COMMENT


def test_masking_comes_before_anything_else():
    said = units.read(frame(["Ask Bob Smith about invoices"]), mask=redact.masker(["Bob Smith"]))
    assert "Bob" not in str(said.comments.to_dict()) + str(said.sentences.to_dict())


def test_row_order_does_not_matter():
    comments = made(60).drop(columns="theme")
    one = units.read(comments)
    other = units.read(comments.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(one.comments, other.comments)
    pd.testing.assert_frame_equal(one.sentences, other.sentences)


def test_one_wave_of_several():
    both = pd.concat([frame(["Invoices are wrong"]), frame(["Late again today"], wave="w2")])
    said = units.read(both).at("w2")
    assert said.account["n"].tolist() == [1, 1]
    assert len(said.sentences) == 1
