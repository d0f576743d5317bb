"""Who is named in comments, in praise or in complaint."""

import pytest

from analysis.models.topics import people
from tests.comments import frame

STAFF = ["Sanne de Vries", "Tom Harding", "Jürgen Weiß", "Claire Dubois", "Mark Visser"]

#: Text, rating, and (person, tone) of each person named. Written for this test.
LABELLED = [
    ("Sanne is brilliant, always helpful.", 9, {("Sanne de Vries", "praise")}),
    ("tom harding never calls back", 8, {("Tom Harding", "complaint")}),
    ("Herr Weiss ist sehr hilfsbereit.", 10, {("Jürgen Weiß", "praise")}),
    ("Claire a été désagréable avec nos équipes.", 9, {("Claire Dubois", "complaint")}),
    (
        "Met Sanne en Tom erbij loopt het.",
        9,
        {("Sanne de Vries", "praise"), ("Tom Harding", "praise")},
    ),
    ("Dubois passe chaque semaine.", 5, {("Claire Dubois", "complaint")}),
    ("Ask Tom Harding about it.", 8, {("Tom Harding", "unclear")}),
    ("Sanne's team was not helpful this time.", 9, {("Sanne de Vries", "complaint")}),
    ("Thanks to Priya we made the date.", 9, {("Priya", "praise")}),
    ("De Vries is een topper!", 7, {("Sanne de Vries", "praise")}),
    ("Jurgen antwortet schnell und ist kompetent.", 8, {("Jürgen Weiß", "praise")}),
    ("Mark my words, the price will rise.", 5, set()),
    ("The invoices are late every month.", 3, set()),
    ("Die Rechnungen sind im Mai falsch.", 3, set()),
    ("We vragen al weken om een rapport.", 4, set()),
    ("Le camion est arrivé en retard.", 6, set()),
]


def named(texts, **more):
    return people.named(frame(texts, **more), STAFF)


def test_labelled_comments_are_read_right():
    right, found, all_ = 0, 0, 0
    for text, rating, expected in LABELLED:
        rows = named([text], nps=float(rating))
        got = set(zip(rows["person"], rows["tone"], strict=True))
        right, found, all_ = right + len(got & expected), found + len(got), all_ + len(expected)
    assert right / all_ >= 0.9  # recall
    assert right / found >= 0.9  # precision


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_answers_not_given_in_the_open_are_never_read(mode):
    assert named(["Sanne is great"] * 20, mode=mode).empty


def test_the_basis_of_the_tone_is_told():
    rows = named(["Sanne is great", "Sanne visited us"], nps=9.0)
    assert rows["basis"].tolist() == ["words", "score"]
    assert rows["known"].tolist() == ["staff list", "staff list"]


def test_the_list_counts_people_not_sentences():
    rows = named(
        ["Tom is great. Tom is kind to everybody here.", "Tom was rude to us again."], nps=8.0
    )
    (row,) = people.summary(rows).to_dict("records")
    assert (row["person"], row["people"], row["complaint"]) == ("Tom Harding", 2, 1)
    assert people.summary(rows.iloc[:0]).empty


def test_only_praise_of_cleared_people_by_enough_people_may_be_shown():
    rows = named(["Sanne is great"] * 6 + ["Tom is great"] * 6 + ["Tom was rude"] * 9, nps=9.0)
    shown = people.praised(rows, ["Sanne de Vries"], 5)
    assert shown.to_dict("records") == [{"person": "Sanne de Vries", "people": 6}]
    assert people.praised(rows, [], 5).empty
    assert people.praised(rows, ["Sanne de Vries"], 8).empty


def test_two_of_one_first_name_are_told_apart_or_not_at_all():
    rows = people.named(
        frame(["Tom Baxter is great", "Tom is great"]), ["Tom Baxter", "Tom Harding"]
    )
    assert "Tom Harding" not in rows["person"].tolist()
    assert "Tom Baxter" in rows["person"].tolist()


def test_text_that_is_none_is_passed_over():
    assert named([None, 7, "", "\U0001f600"]).empty
