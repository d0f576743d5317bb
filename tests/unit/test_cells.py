"""`analysis.survey.cells`: one column of text becomes what it means, or one sentence."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.survey import cells


def column(*words):
    """A column of a file, as the reader gives it: indexed by row, the header being row 1."""
    return pd.Series(words, range(2, len(words) + 2), dtype="str", name="c")


def test_missing_stays_missing_in_every_kind():
    text = column(None, None)
    for kind in (cells.numbers, cells.dates, cells.truths):
        assert kind("f.csv", text).isna().all(), kind
    assert cells.words("f.csv", text, ["a"], {}, "use a.").isna().all()


def test_every_kind_works_on_no_rows_at_all():
    for kind in (cells.numbers, cells.dates, cells.truths):
        assert len(kind("f.csv", column())) == 0


def test_the_first_wrong_row_is_named_and_not_its_cell():
    for kind in (cells.numbers, cells.dates, cells.truths):
        with pytest.raises(DataError, match="row 3") as error:
            kind("f.csv", column(None, "secret", "secret"))
        assert "secret" not in str(error.value)
        assert str(error.value).startswith("f.csv: column 'c'")


def test_values_at_the_ends_of_a_scale_are_on_it():
    assert list(cells.on_scale("f.csv", column("1", "7.0"), 1, 7)) == [1.0, 7.0]
    for word in ("0.99", "7,01", "-1"):
        with pytest.raises(DataError, match=r"1 value\(s\) outside 1 to 7 \(first in row 2\)"):
            cells.on_scale("f.csv", column(word), 1, 7)


@pytest.mark.parametrize("word", ["1,234", "12,500", "-1,000", "1,234,567", "1.234.567", "1 000"])
def test_a_number_with_a_thousands_mark_is_not_guessed(word):
    with pytest.raises(DataError, match=r"write plain numbers such as 1234\.5"):
        cells.numbers("f.csv", column(word))


def test_a_decimal_comma_that_cannot_be_a_thousands_mark_is_read():
    words = column("3,5", "0,125", "1234,5678", ",5")
    assert list(cells.numbers("f.csv", words)) == [3.5, 0.125, 1234.5678, 0.5]


def test_a_time_of_day_is_left_out_of_a_date():
    days = cells.dates("f.csv", column("2025-01-31", "2025-01-31T10:00:00", "2025-01-31 23:59"))
    assert list(days) == [pd.Timestamp("2025-01-31")] * 3


@pytest.mark.parametrize("word", ["31-01-2025", "01/31/2025", "2025-1-31", "2025-13-01", "45688"])
def test_a_date_in_another_order_is_not_guessed(word):
    with pytest.raises(DataError, match="write dates as 2025-12-31"):
        cells.dates("f.csv", column(word))


def test_the_clients_own_word_wins_over_one_of_ours():
    own = {"Influencer": "end_user"}
    assert list(cells.words("f.csv", column("influencer"), ["influencer"], own, "")) == ["end_user"]
