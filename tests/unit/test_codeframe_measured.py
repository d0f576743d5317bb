"""How often the frame of a relationship is right, on comments that nothing was tuned on.

`tests/coded/README.md` says who wrote and labelled them.
"""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.models.topics import codeframe, embed

FILE = Path(__file__).parents[1] / "coded" / "held_out.csv"
LANGUAGES = ("en", "nl", "de", "fr")


@pytest.fixture(scope="module")
def measured():
    """The labelled comments with what the frame makes of them: first, in_three, coded."""
    said = pd.read_csv(FILE, keep_default_na=False)
    frame = codeframe.load("relationship")
    placed = codeframe.place(
        said["text"].tolist(), said["language"].tolist(), frame, embed.load("use")
    )
    three = placed[["first", "second", "third"]].eq(said["code"], axis=0)
    return said.assign(right=three["first"], in_three=three.any(axis=1), coded=placed["coded"])


def test_two_hundred_comments_in_four_languages_hold_every_code(measured):
    assert measured["language"].value_counts().to_dict() == dict.fromkeys(LANGUAGES, 50)
    codes = {code.key for code in codeframe.load("relationship").codes}
    assert measured["code"].value_counts().reindex(sorted(codes)).min() >= 12
    assert set(measured["code"]) == codes
    assert not measured["text"].duplicated().any()


def test_a_comment_that_must_have_a_code_gets_the_right_one(measured):
    assert measured["right"].mean() >= 0.80
    assert measured["in_three"].mean() >= 0.93


def test_a_code_that_is_given_is_right(measured):
    coded = measured[measured["coded"]]
    assert len(coded) / len(measured) >= 0.70
    assert coded["right"].mean() >= 0.90


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_left_behind(measured, language):
    assert measured.loc[measured["language"] == language, "right"].mean() >= 0.75


def test_no_phrase_of_the_frame_is_among_the_comments(measured):
    def plain(text):
        return re.sub(r"\W+", " ", text.casefold()).strip()

    phrases = {
        plain(phrase)
        for code in codeframe.load("relationship").codes
        for said in code.phrases.values()
        for phrase in said
    }
    assert not phrases & {plain(text) for text in measured["text"]}


def test_the_report_says_what_was_measured(measured):
    coded = measured[measured["coded"]]
    figures = [len(measured), len(coded), coded["right"].sum()]
    assert [int(n) for n in re.findall(r"\b\d+\b", codeframe.MEASURED)][:3] == figures
