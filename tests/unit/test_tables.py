import re

from analysis.publish import tables
from analysis.publish.results import Column, Table
from tests import made_up


def cells(html):
    """Text of the cells, row by row."""
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def test_an_interval_stands_in_one_column():
    rows = cells(tables.html(made_up.nps_trend(), "t"))
    assert rows[0] == ["Wave", "NPS", "95% interval", "Answers"]
    assert rows[3] == ["Autumn 2025", "+30", "+18 to +41", "214"]


def test_an_interval_that_is_not_the_estimates_says_whose_it_is():
    rows = cells(tables.html(made_up.reliability(), "t"))
    assert rows[0][2:4] == ["Alpha", "Alpha, 95% interval"]
    assert rows[1][2:4] == ["0.88", "0.85 to 0.91"]


def test_a_hidden_cell_is_a_dash():
    assert cells(tables.html(made_up.nps_mix(), "t"))[-1] == ["End users", *["—"] * 4]


def test_numbers_stand_right_and_words_left():
    html = tables.html(made_up.paths(), "t")
    heads = re.findall(r"<th class=\"([^\"]+)\"", html)
    sides = ["right" if "gt_right" in head else "left" for head in heads]
    assert sides == ["left", "left", "right", "right", "left"]


def test_the_first_column_names_its_row_for_a_screen_reader():
    html = tables.html(made_up.nps_trend(), "t")
    assert html.count('scope="row"') == 3
    assert html.count('scope="col"') == 4


def test_the_same_table_gives_the_same_bytes_and_no_style_of_its_own():
    html = tables.html(made_up.nps_trend(), "t")
    assert html == tables.html(made_up.nps_trend(), "t")
    assert "<style" not in html
    assert "quarto" not in html


def test_headings_stubs_and_cells_are_text_and_nothing_else():
    text = '<b>x</b> {{a^2}} & "q"'
    table = Table(
        key="k",
        title="",
        columns=(Column(key="a", label=text), Column(key="b", label=text)),
        rows=({"a": text, "b": text},),
    )
    html = tables.html(table, "t")
    assert "<b>" not in html
    assert "<sup" not in html
    assert html.count("&lt;b&gt;x&lt;/b&gt;") == 4


def test_a_table_of_one_column_or_no_rows_is_set_too():
    one = Table(key="k", title="", columns=(Column(key="a", label="A"),), rows=({"a": "x"},))
    assert cells(tables.html(one, "t")) == [["A"], ["x"]]
    assert cells(tables.html(one.model_copy(update={"rows": ()}), "t"))[0] == ["A"]


def test_a_value_that_is_missing_from_a_row_is_a_dash():
    table = Table(
        key="k",
        title="",
        columns=(Column(key="a", label="A"), Column(key="b", label="B", unit="share")),
        rows=({"a": "x"},),
    )
    assert cells(tables.html(table, "t"))[1] == ["x", "—"]


def test_counts_called_low_and_high_are_no_interval():
    columns = tuple(
        Column(key=key, label=key, unit="count") for key in ("low", "high", "ci_low", "ci_high")
    )
    row = {"low": 12, "high": 32, "ci_low": 1, "ci_high": 2}
    table = Table(key="k", title="t", columns=columns, rows=(row,))
    heads = [heading for heading, _, _ in tables.printed(table)]
    assert heads == ["low", "high", tables.INTERVAL]
