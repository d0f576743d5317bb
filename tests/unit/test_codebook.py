"""`analysis.survey.codebook`: what each column means. Its errors: tests/promises."""

import pytest

from analysis.errors import DataError
from analysis.survey import codebook
from tests import small


@pytest.fixture
def book(small_client):
    return codebook.read(small.file(small_client, "codebook"))


def read(tmp_path, rows, header="column,label,construct,scale_min,scale_max,reverse,missing,role"):
    file = tmp_path / "codebook.csv"
    file.write_text(f"{header}\n{rows}")
    return codebook.read(file)


def test_each_role_finds_its_columns(book):
    assert book.single["respondent"] == "id"
    assert book.single["contact_role"] == "role"
    assert book.attributes == ("region",)
    assert book.dropped == ("mail",)
    assert book.comments == {"why": "Why?"}


def test_items_carry_scale_construct_and_direction(book):
    assert list(book.items.index) == ["t1", "t2"]
    assert list(book.items["reverse"]) == [False, True]
    assert book.items.loc["t1", ["scale_min", "scale_max"]].tolist() == [1.0, 7.0]
    assert set(book.items["construct"]) == {"trust"}


def test_missing_codes_are_cut_at_the_semicolon(book):
    assert book.missing["t1"] == {"99", "-1"}
    assert "99" in book.missing["nps"]


def test_every_column_that_the_answers_must_have_is_listed(book, small_client):
    header = small.file(small_client, "answers").read_text().split("\n")[0]
    assert book.columns == header.split(",")


def test_only_column_and_role_are_needed(tmp_path):
    book = read(tmp_path, "id,respondent\nwhy,comment\n", header="column,role")
    assert book.items.empty
    assert book.comments == {"why": "why"}, "a comment without label is called as its column"


def test_an_item_without_label_is_called_as_its_column(tmp_path):
    assert read(tmp_path, "t1,,trust,1,7,,,item\n").items.loc["t1", "label"] == "t1"


def test_capitals_and_spaces_in_roles_and_constructs_do_not_matter(tmp_path):
    book = read(tmp_path, "t1,,Customer care,1,7,Yes,, Item \n")
    assert book.items.loc["t1", "construct"] == "customer_care"
    assert book.items.loc["t1", "reverse"]


def test_an_unknown_role_without_neighbour_lists_all(tmp_path):
    with pytest.raises(DataError, match=r"row 3 \('b'\); use one of respondent, .*, drop\."):
        read(tmp_path, "a,,trust,1,7,,,item\nb,,,,,,,xyzzy\n")


def test_rows_are_counted_as_a_spreadsheet_does_with_the_blank_ones(tmp_path):
    with pytest.raises(DataError, match="unknown role in row 4"):
        read(tmp_path, "a,,trust,1,7,,,item\n\nb,,,,,,,xyzzy\n")


def test_a_codebook_without_rows_says_so(tmp_path):
    with pytest.raises(DataError, match=r"codebook\.csv has a header but no rows"):
        read(tmp_path, "")
