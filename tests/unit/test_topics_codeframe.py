"""The code frame: what a client can change in it, and that it judges each text on its own."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ParamsError
from analysis.language import using
from analysis.measures import trust
from analysis.models.topics import codeframe, embed

SIXTEEN = {
    "trust",
    "commitment",
    "communication",
    "responsiveness",
    "reliability",
    "customer_care",
    "partnership",
    "innovation",
    "value",
    "ease",
    "account_management",
    "delivery",
    "contract",
    "price",
    "people",
    "senior_visibility",
}
TEXTS = {
    "The truck is late every Friday.": "delivery",
    "De prijzen zijn alweer gestiegen.": "price",
    "Niemand ruft uns zurück.": "responsiveness",
    "On ne voit jamais leur directeur général.": "senior_visibility",
    "They think along with us, one team.": "partnership",
}


@pytest.fixture(scope="module")
def frame():
    return codeframe.load("relationship")


def place(texts, frame, language="en"):
    return codeframe.place(list(texts), [language] * len(texts), frame, embed.load())


def test_the_shipped_frames_hold_what_the_domain_names(frame):
    assert {code.key for code in frame.codes} == SIXTEEN
    for code in frame.codes:
        assert set(code.names) == set(code.phrases) == {"en", "nl", "de", "fr"}
        assert code.about
        assert all(len(said) >= 8 for said in code.phrases.values())
    behaviours = codeframe.load("trust_behaviours")
    kept = [code.key for code in behaviours.codes if code.group == "kept"]
    broken = [code.key for code in behaviours.codes if code.group == "broken"]
    assert kept == list(trust.BEHAVIOURS)
    assert broken == list(trust.BREACHES)
    assert behaviours.names() == {**trust.BEHAVIOURS, **trust.BREACHES}
    assert codeframe.load("none") is None


def test_no_phrase_stands_under_two_codes(frame):
    said = [p for code in frame.codes for phrases in code.phrases.values() for p in phrases]
    assert len(said) == len(set(said))


def test_plain_remarks_get_their_code_in_four_languages(frame):
    placed = place(TEXTS, frame)
    assert placed["first"].tolist() == list(TEXTS.values())
    assert placed["sure"].between(0, 1).all()


def test_a_text_gets_the_same_code_alone_as_among_others_in_any_order(frame):
    many = [*TEXTS, "كل شيء على ما يرام", "<script>alert(1)</script>", "\U0001f600", "x" * 3000]
    together = place(many, frame)
    assert together.equals(place(many[::-1], frame).iloc[::-1].reset_index(drop=True))
    for i, text in enumerate(many):
        assert place([text], frame).equals(together.iloc[[i]].reset_index(drop=True))
    assert place(many, frame, "xx").equals(together)


def test_no_text_no_row(frame):
    placed = place([], frame)
    assert list(placed.columns) == codeframe.PLACED
    assert placed.empty


def test_the_trust_frame_tells_kept_from_broken():
    frame = codeframe.load("trust_behaviours")
    placed = place(["They always keep their word.", "It is always somebody else's fault."], frame)
    assert placed["first"].tolist() == ["behaviour_1", "breach_11"]


def test_a_client_adds_renames_and_drops_codes():
    own = {
        "parking": {
            "name": {"en": "Parking", "nl": "Parkeren"},
            "phrases": {"en": ["no place to park", "the car park is full", "parking at the gate"]},
        },
        "price": {"name": {"en": "Rates"}, "phrases": {"en": ["the tariff sheet is a riddle"]}},
        "trust": {"drop": True},
    }
    frame = codeframe.load("relationship", own)
    names = frame.names("nl")
    assert (names["parking"], frame.names()["price"]) == ("Parkeren", "Rates")
    assert "trust" not in names
    assert names["price"] == "Prijs"
    (price,) = (code for code in frame.codes if code.key == "price")
    assert "the tariff sheet is a riddle" in price.phrases["en"]
    assert len(price.phrases["en"]) > 10
    assert place(["The car park is always full."], frame)["first"].tolist() == ["parking"]


def test_phrases_can_be_replaced():
    own = {"price": {"replace": True, "phrases": {"de": ["zu teuer", "viel zu teuer", "teurer"]}}}
    (price,) = (c for c in codeframe.load("relationship", own).codes if c.key == "price")
    assert price.phrases == {"de": ("zu teuer", "viel zu teuer", "teurer")}


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"price": ["a"]}, "must hold a name and phrases"),
        ({"price": {"phrase": {}}}, "unknown key 'phrase'"),
        ({"new": {"phrases": {"en": ["a b", "c d", "e f"]}}}, "needs a name"),
        ({"new": {"name": "New", "phrases": {"en": ["a b"]}}}, "needs 3 phrases or more"),
        ({"price": {"replace": True, "phrases": {"en": ["a"]}}}, "needs 3 phrases or more"),
        ({"price": {"phrases": {"en": "too dear"}}}, "must be lists of text"),
        ({"price": {"phrases": {"en": ["dear", 7]}}}, "must be lists of text"),
        ({key: {"drop": True} for key in SIXTEEN - {"price"}}, "holds one code"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_that_names_the_code(own, sentence):
    with pytest.raises(ParamsError, match=sentence) as problem:
        codeframe.load("relationship", own)
    assert "\n" not in str(problem.value)


def test_all_codes_dropped_is_no_frame():
    assert codeframe.load("relationship", {key: {"drop": True} for key in SIXTEEN}) is None


def test_a_frame_of_ones_own_needs_no_shipped_one():
    own = {
        key: {"name": key, "phrases": {"en": [f"{key} {i}" for i in range(3)]}}
        for key in ("noise", "heat")
    }
    frame = codeframe.load("none", own)
    placed = place(["noise 2", "heat 1"], frame)
    assert placed["first"].tolist() == ["noise", "heat"]
    assert placed["third"].tolist() == ["", ""]


def test_chances_are_the_same_with_a_cache(frame, tmp_path):
    model = embed.load()
    texts = list(TEXTS)
    fresh = codeframe.load("relationship")
    one = codeframe.place(texts, ["en"] * 5, fresh, model, tmp_path)
    pd.testing.assert_frame_equal(one, place(texts, frame))
    assert np.isfinite(one["sure"]).all()


def test_a_dutch_report_names_codes_in_dutch(frame):
    with using("nl"):
        assert frame.names()["price"] == "Prijs"
        assert frame.names("fr")["price"] == "Prix"
    assert frame.names()["price"] == "Price"


def test_a_name_that_a_language_lacks_is_the_english_one():
    said = {"phrases": {"en": ["no place to park", "the car park is full", "the gate"]}}
    own = {"parking": {"name": {"en": "Parking", "de": "Parken"}, **said}}
    with using("nl"):
        assert codeframe.load("relationship", own).names()["parking"] == "Parking"


def test_a_name_without_a_language_holds_in_all():
    own = {"price": {"name": "Rates", "phrases": {}}}
    frame = codeframe.load("relationship", own)
    assert {frame.names(code)["price"] for code in ("en", "nl", "fr")} == {"Rates"}
