"""`analysis.survey.readers.plain`: tables read as text, by their content."""

import datetime as dt
import hashlib
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.survey.readers import plain

TABLE = 'id,why\nr1,"One, two"\nr2,n/a\nr3,\n'


def read(tmp_path, content, name="answers.csv"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return plain.read(file)[0]


def workbook(rows):
    """A workbook of one sheet, as bytes."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def parquet(columns):
    file = io.BytesIO()
    pd.DataFrame(columns).to_parquet(file, index=False)
    return file.getvalue()


def cells(frame):
    """All cells, missing ones as None."""
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.to_numpy()]


def test_words_that_pandas_takes_for_missing_stay_words(tmp_path):
    frame = read(tmp_path, "why\nn/a\nNA\nNone\nnull\nnan\n\n")
    assert cells(frame) == [["n/a"], ["NA"], ["None"], ["null"], ["nan"]]


def test_only_empty_cells_are_missing(tmp_path):
    frame = read(tmp_path, TABLE)
    assert cells(frame) == [["r1", "One, two"], ["r2", "n/a"], ["r3", None]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(tmp_path, delimiter):
    frame = read(tmp_path, f"id{delimiter}why\nr1{delimiter}good\n")
    assert list(frame.columns) == ["id", "why"]
    assert cells(frame) == [["r1", "good"]]


def test_delimiters_inside_quotation_marks_do_not_count(tmp_path):
    frame = read(tmp_path, '"what, where, why";id\ngood;r1\n')
    assert list(frame.columns) == ["what, where, why", "id"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(tmp_path, newline):
    assert cells(read(tmp_path, newline.join(["id,why", "r1,good", ""]))) == [["r1", "good"]]


def test_a_line_break_inside_quotation_marks_stays_in_its_cell(tmp_path):
    frame = read(tmp_path, 'id,why\nr1,"one\ntwo"\nr2,x\n')
    assert cells(frame) == [["r1", "one\ntwo"], ["r2", "x"]]
    assert list(frame.index) == [2, 3], "a spreadsheet shows it as one row"


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    frame = read(tmp_path, TABLE.encode("utf-8-sig"))
    assert list(frame.columns) == ["id", "why"]


def test_umlauts_and_emoji_come_through(tmp_path):
    assert cells(read(tmp_path, "why\nGröße 👍 café\n")) == [["Größe 👍 café"]]


def test_blank_rows_are_left_out_and_still_counted(tmp_path):
    frame = read(tmp_path, "id,why\n\nr1,good\n,\nr2,bad\n")
    assert list(frame.index) == [3, 5]


def test_blanks_around_a_cell_are_taken_off(tmp_path):
    assert cells(read(tmp_path, "id , why\n r1 ,  \n")) == [["r1", None]]


def test_an_empty_column_without_name_is_left_out(tmp_path):
    assert list(read(tmp_path, "id,why,\nr1,good,\n").columns) == ["id", "why"]


def test_a_header_alone_gives_the_columns_without_rows(tmp_path):
    frame = read(tmp_path, "id,why\n")
    assert list(frame.columns) == ["id", "why"]
    assert len(frame) == 0


def test_the_format_is_told_by_content_not_by_name(tmp_path):
    file = tmp_path / "answers.csv"
    for content, kind in (
        (workbook([["id"], ["r1"]]), "xlsx"),
        (parquet({"id": ["r1"]}), "parquet"),
        (b"id\nr1\n", "csv"),
    ):
        file.write_bytes(content)
        frame, sha256, found = plain.read(file)
        assert found == kind
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert cells(frame) == [["r1"]]


def test_numbers_dates_and_truth_values_of_a_workbook_become_their_text(tmp_path):
    row = [7, 7.0, 0.5, True, dt.date(2025, 1, 31), dt.datetime(2025, 1, 31, 9), None]
    frame = read(tmp_path, workbook([list("abcdefg"), row]))
    assert cells(frame) == [["7", "7", "0.5", "yes", "2025-01-31", "2025-01-31", None]]


def test_a_formula_is_never_worked_out(tmp_path):
    # openpyxl stores no result beside a formula that it writes; a spreadsheet program does.
    frame = read(tmp_path, workbook([["id", "n"], ["r1", "=1+1"]]))
    assert cells(frame) == [["r1", None]]


def test_a_formula_in_a_csv_stays_text(tmp_path):
    assert cells(read(tmp_path, "why\n=1+1\n")) == [["=1+1"]]


def test_rows_and_columns_that_a_workbook_only_formats_are_left_out(tmp_path):
    rows = [["id", "n", None], ["r1", 1, None], [None, None, None], ["r2", None, None]]
    frame = read(tmp_path, workbook(rows))
    assert cells(frame) == [["r1", "1"], ["r2", None]]
    assert list(frame.index) == [2, 4]


def test_a_workbook_cell_beyond_the_header_is_an_error(tmp_path):
    with pytest.raises(DataError, match="has 3 cells in row 2 and 2 in its header"):
        read(tmp_path, workbook([["id", "n"], ["r1", 1, "x"]]))


def test_only_the_first_sheet_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.active.append(["r1"])
    book.create_sheet("notes").append(["private"])
    book.save(tmp_path / "book.xlsx")
    assert cells(plain.read(tmp_path / "book.xlsx")[0]) == [["r1"]]


def test_a_workbook_cut_off_anywhere_is_one_sentence(tmp_path):
    good = workbook([["id", "n"], *[[f"r{n}", n] for n in range(50)]])
    for end in range(4, len(good), len(good) // 25):
        with pytest.raises(DataError, match=r"answers\.csv is damaged or no workbook"):
            read(tmp_path, good[:end])


def test_a_workbook_damaged_anywhere_is_refused_or_read_as_it_was(tmp_path):
    good = workbook([["id", "n"], *[[f"r{n}", n] for n in range(50)]])
    whole = read(tmp_path, good)
    for place in range(4, len(good), len(good) // 25):
        flipped = bytes(byte ^ 0xFF for byte in good[place : place + 8])
        try:
            frame = read(tmp_path, good[:place] + flipped + good[place + 8 :])
        except DataError:
            continue
        pd.testing.assert_frame_equal(frame, whole)


def test_parquet_damaged_anywhere_is_one_sentence(tmp_path):
    good = parquet({"id": [f"r{n}" for n in range(50)]})
    for place in range(4, len(good), len(good) // 25):
        with pytest.raises(DataError, match=r"answers\.csv is a damaged Parquet file"):
            read(tmp_path, good[:place])


def test_numbers_of_parquet_with_gaps_are_whole_again(tmp_path):
    frame = read(tmp_path, parquet({"a": [1.0, None], "b": [True, False], "c": ["", "n/a"]}))
    assert cells(frame) == [["1", "yes", None], [None, "no", "n/a"]]


def test_utf16_says_how_to_save_it_again(tmp_path):
    with pytest.raises(DataError, match=r"is not UTF-8 .* save it again as 'CSV UTF-8'"):
        read(tmp_path, TABLE.encode("utf-16"))


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_a_table_is_the_same_from_csv_workbook_and_parquet(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("same")
    rows = [(f"r{n}", *row) for n, row in enumerate(rows)]
    frame = pd.DataFrame(rows, columns=["id", "a", "b"])
    frame.to_csv(folder / "t.csv", index=False)
    frame.to_parquet(folder / "t.parquet", index=False)
    book = openpyxl.Workbook()
    for place, row in enumerate([("id", "a", "b"), *rows], start=1):
        for column, cell in enumerate(row, start=1):
            made = book.active.cell(place, column, cell or None)
            if cell:
                made.data_type = "s"  # "=..." would be a formula and "#N/A" an error
    book.save(folder / "t.xlsx")
    one, two, three = (plain.read(folder / f"t.{kind}")[0] for kind in ("csv", "xlsx", "parquet"))
    pd.testing.assert_frame_equal(one, two)
    pd.testing.assert_frame_equal(one, three)
