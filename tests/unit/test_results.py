import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DisclosureError, RunError
from analysis.publish import notebook, results
from analysis.publish.results import Advice, Chart, Note, Table
from tests import made_up

COLUMNS = {
    "role": ("Role", "text"),
    "estimate": ("NPS", "points"),
    "n": ("Answers", "count"),
    "verdict": ("Verdict", "text"),
}


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "role": ["Users", "Buyers"],
            "estimate": [12.3456789, -50.0],
            "n": [20, 4],
            "verdict": ["fine", "in trouble"],
            "secret": ["x", "y"],
        }
    )


def make(frame, **more):
    given = {"key": "t", "title": "T", "columns": COLUMNS, "base": "n", "otherwise": "Nothing."}
    return results.table(frame, **{**given, **more})


def test_a_small_row_keeps_its_name_and_loses_its_results(frame):
    table = make(frame)
    assert table.rows[1] == {"role": "Buyers", "estimate": None, "n": None, "verdict": None}
    assert (table.hidden, table.minimum) == (1, 5)


def test_a_verdict_in_words_is_hidden_wherever_it_stands(frame):
    order = ("verdict", "estimate", "n")
    columns = {"role": COLUMNS["role"], **{name: COLUMNS[name] for name in order}}
    hidden = make(frame, columns=columns).rows[1]
    assert hidden == {"role": "Buyers", "verdict": None, "estimate": None, "n": None}
    named = make(frame, columns=columns, names=("role", "verdict")).rows[1]
    assert named == {"role": "Buyers", "verdict": "in trouble", "estimate": None, "n": None}


def test_a_hidden_row_may_lose_its_first_column_too(frame):
    columns = {"verdict": COLUMNS["verdict"], "role": COLUMNS["role"], "n": COLUMNS["n"]}
    assert make(frame, columns=columns, names=("role",)).rows[1]["verdict"] is None
    number_first = {name: COLUMNS[name] for name in ("estimate", "role", "n")}
    assert set(make(frame, columns=number_first).rows[1].values()) == {None}


def test_alt_text_is_made_of_the_rows_that_are_shown(frame):
    chart = Chart(kind="bars", columns={"label": "role", "y": "estimate"}, alt="")

    def seen(rows):
        return ", ".join(f"{row.role} {row.estimate:.0f}" for row in rows.itertuples())

    assert make(frame, chart=chart, seen=seen).chart.alt == "Users 12"
    assert make(frame, seen=seen).chart is None
    assert make(frame.assign(n=1), chart=chart, seen=seen).chart.alt == ""


def test_only_named_columns_are_kept_and_numbers_are_rounded(frame):
    assert make(frame).rows[0] == {"role": "Users", "estimate": 12.3457, "n": 20, "verdict": "fine"}


def test_a_table_that_rests_on_no_answers_hides_nothing(frame):
    table = make(frame, base=results.NOT_ANSWERS)
    assert (table.hidden, table.minimum) == (0, None)


def test_an_empty_frame_becomes_a_sentence(frame):
    assert make(frame.iloc[:0]) == Note(key="t", sentence="Nothing.", about="absent")


def test_missing_and_infinite_values_are_none(frame):
    frame.loc[0, "estimate"] = np.inf
    frame["verdict"] = pd.NaT
    assert make(frame).rows[0]["estimate"] is None
    assert make(frame).rows[0]["verdict"] is None


def test_a_column_that_is_not_there_is_an_error(frame):
    with pytest.raises(DisclosureError, match="lacks the columns n"):
        make(frame.drop(columns="n"))


def test_a_chart_may_draw_only_columns_of_its_table(frame):
    with pytest.raises(DisclosureError, match="chart of table 't' lacks the columns secret"):
        make(frame, chart=Chart(kind="bars", columns={"label": "role", "y": "secret"}, alt=""))


def test_a_metric_on_too_few_answers_holds_nothing_but_the_reason():
    row = {"estimate": 40.0, "ci_low": 1.0, "ci_high": 60.0, "n": 4, "change": 3.0}
    metric = results.metric(row, key="nps", label="NPS", unit="points")
    assert metric.value is None
    assert metric.n is None
    assert metric.change is None
    assert metric.caveat == "Fewer than 5 answers: not shown."


def test_a_metric_keeps_its_interval_base_and_change():
    row = pd.Series({"estimate": 40.0, "ci_low": np.nan, "ci_high": 60.0, "n": 50.0})
    metric = results.metric(row, key="nps", label="NPS", unit="points", reference=50.0)
    assert (metric.value, metric.ci_low, metric.ci_high, metric.n) == (40.0, None, 60.0, 50)
    assert metric.reference == 50.0


@pytest.fixture
def params(tmp_path):
    return SimpleNamespace(
        client="a", wave=SimpleNamespace(id="2025"), paths=SimpleNamespace(chapters=tmp_path / "c")
    )


def advice(key):
    return Advice(key=key, do="Do.", because="So.", rank=1)


def test_a_record_flattens_its_blocks_and_reads_back(params):
    made = results.record(params, "drivers", [], [advice("a"), None, [advice("b"), [None]]])
    assert [block.key for block in made.blocks] == ["a", "b"]
    file = params.paths.chapters / "drivers.json"
    assert results.read_chapter(file) == made
    assert list(params.paths.chapters.iterdir()) == [file]


def test_two_blocks_with_one_key_are_an_error(params):
    with pytest.raises(RunError, match="two blocks with the key a"):
        results.record(params, "drivers", [], [advice("a"), advice("a")])


def test_an_unknown_chapter_is_an_error(params):
    with pytest.raises(RunError, match="no chapter 'nope'"):
        results.record(params, "nope", [], [])


def test_the_fingerprint_does_not_depend_on_the_order_of_files():
    files = [SimpleNamespace(table=t, sha256=h) for t, h in (("answers", "1"), ("accounts", "2"))]
    assert results.fingerprint(files) == results.fingerprint(files[::-1])
    assert results.fingerprint(files) != results.fingerprint(files[:1])


def test_a_report_reads_back_as_it_was_written(tmp_path):
    report, file = made_up.full(), tmp_path / "results.json"
    results.write(report, file)
    assert results.read_report(file) == report
    assert json.loads(file.read_text())["schema_version"] == results.SCHEMA


def test_a_chapter_of_notes_only_is_absent():
    assert made_up.nothing().chapters[0].absent
    assert not made_up.full().chapter("scorecard").absent
    assert made_up.full().chapter("nope") is None


def test_find_gives_the_first_block_with_a_key():
    assert isinstance(made_up.full().find("nps_trend"), Table)
    assert made_up.full().find("nope") is None


def test_a_block_shows_itself_in_a_notebook_and_carries_its_data():
    block = advice("a")
    assert "Do." in block._repr_html_()
    assert block._repr_mimebundle_()[notebook.MIME]["do"] == "Do."
