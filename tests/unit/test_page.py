import json
import re
import sys
from pathlib import Path
from subprocess import run
from types import SimpleNamespace

import pytest

from analysis.errors import RunError
from analysis.language import using
from analysis.params import kinds
from analysis.publish import assemble, chapter_page, page, portfolio, results, story
from analysis.publish.results import Advice, Column, Finding, Metric, Note, Table
from tests import made_up


@pytest.fixture(scope="module")
def html():
    return page.report_html(made_up.full())


def order(html, *words):
    """Whether the words stand in this order."""
    places = [html.index(word) for word in words]
    return places == sorted(places)


def test_the_report_leads_with_what_to_do_then_the_score_then_the_evidence(html):
    assert order(html, "What to do first", "What we found", "CRQ, 1 to 7", "Who answered</h2>")
    assert order(html, "Scorecard</h2>", "How this was done</h2>", "Words used here</h2>")


def test_at_most_two_things_to_do_stand_in_the_report_most_urgent_first(html):
    assert order(html, "Answer faults within the hour", "Call the twelve silent accounts")
    assert "Never shown: the third." not in html


def test_advice_leads_to_its_evidence(html):
    assert re.search(r"scores lowest.*?<a href=\"#drivers\">The evidence</a>", html)


def test_leads_come_one_from_each_chapter_before_a_second_from_any():
    def lead(key):
        return Finding(key=key, sentence=key, evidence="clear", lead=True)

    content = {"scorecard": (lead("s1"), lead("s2")), "fieldwork": (lead("f1"), lead("f2"))}
    keys = [found.key for found in story.first(made_up.report(content)).leads]
    assert keys == ["s1", "f1", "s2"]


def test_promised_and_done_are_counted_from_the_chapter_on_actions():
    table = made_up.plans()
    found = story.promised(made_up.report({"actions": (table,)}))
    assert found.value == "5 of 12"
    assert found.lines == ("6 open, 2 of them past their date", "1 dropped")
    assert story.promised(made_up.report({"actions": ()})) is None
    assert story.promised(made_up.tiny()) is None


def test_satisfaction_stands_in_where_there_is_no_crq():
    metric = Metric(key="satisfaction", label="Satisfaction", unit="score", value=7.5)
    assert story.first(made_up.report({"scorecard": (metric,)})).metrics == (metric,)


def test_response_of_accounts_stands_in_where_that_of_people_is_absent():
    content = {
        "fieldwork": (
            Note(key="response_contacts", sentence="No list of people.", about="absent"),
            Metric(key="response_accounts", label="Accounts", unit="share", value=0.6),
        )
    }
    shown = story.first(made_up.report(content)).metrics
    assert [metric.key for metric in shown] == ["response_accounts"]


def test_what_is_internal_is_on_no_page_and_in_no_client_file(html):
    assert "INTERNAL-ONLY" not in html
    chapter = made_up.full().chapter("fieldwork")
    assert "INTERNAL-ONLY" not in story.for_client(chapter).model_dump_json()


def a_table(key, appendix=False):
    column = Column(key="a", label="A")
    return Table(key=key, title=key, columns=(column,), rows=({"a": "x"},), appendix=appendix)


def test_sentences_stand_beside_their_exhibit_below_the_leads():
    def said(key, lead=False):
        return Finding(key=key, sentence=f"{key}.", evidence="clear", lead=lead)

    blocks = (
        results.heading("First part"),
        said("one"),
        said("lead", lead=True),
        a_table("first"),
        results.heading("Empty part"),
        a_table("behind", appendix=True),
        results.heading("Last part"),
        said("two"),
        a_table("second"),
        said("three"),
    )
    (part,) = [p for p in story.parts(made_up.report({"drivers": blocks})) if p.id == "drivers"]
    assert [finding.key for finding in part.leads] == ["lead"]
    told = [
        (step.heading, [f.key for f in step.findings], step.exhibit and step.exhibit.key)
        for step in part.steps
    ]
    assert told == [
        ("First part", ["one"], "first"),
        ("Last part", ["two"], "second"),
        ("", ["three"], None),
    ]
    html = page.report_html(made_up.report({"drivers": blocks}))
    assert html.index("First part") < html.index("one.") < html.index(">first<")
    assert "Empty part" not in html


@pytest.mark.parametrize(("count", "told"), [(2, "Reason 1."), (3, "3 things could not be shown")])
def test_many_things_that_are_not_there_are_told_at_the_back(count, told):
    notes = tuple(Note(key=f"n{k}", sentence=f"Reason {k}.", about="absent") for k in range(count))
    html = page.report_html(made_up.report({"drivers": (*notes, a_table("first"))}))
    chapter = html[html.index('id="drivers"') : html.index('id="absent"')]
    assert told in chapter
    assert "Reason 1." in html[html.index("What is not here, and why") :]


def test_a_chapter_of_notes_is_one_sentence(html):
    maturity = html[html.index('<section class="chapter absent" id="maturity"') :]
    maturity = maturity[: maturity.index("</section>")]
    assert maturity.count("<p") == 2  # the question and the sentence
    assert "No maturity assessment was supplied" in maturity


def test_what_is_absent_is_collected_with_its_reason(html):
    absent = html[html.index("What is not here, and why") :]
    assert "<b>Maturity.</b> No maturity assessment was supplied" in absent


def test_a_chapter_that_was_not_made_is_said_to_be_missing():
    absent = dict(story.appendix(made_up.tiny()).absent)
    assert absent["Drivers"] == "This chapter was not made for this report."
    assert "Scorecard" not in absent


def test_a_withheld_number_is_a_dash_with_its_reason():
    html = page.report_html(made_up.tiny())
    assert re.search(r"—</p>\s*<p class=\"small\">Fewer than 5 answers: not shown.", html)


def test_a_table_with_hidden_cells_says_how_few_is_too_few(html):
    assert "— hidden: fewer than 5 answers" in html


def test_methods_are_collected_with_what_they_belong_to(html):
    assert "NPS wave by wave: Adjusted-Wald interval." in html
    assert "Everyone on the contact list was asked." in html


@pytest.mark.parametrize(
    ("low", "high", "value", "said"),
    [(2, 9, 5, "Up"), (-9, -2, -5, "Down"), (-1, 9, 4, "No clear change"), (0, 9, 4, "No clear")],
)
def test_a_change_is_told_no_more_surely_than_its_interval(low, high, value, said):
    metric = Metric(
        key="nps",
        label="NPS",
        unit="points",
        value=30,
        change=value,
        change_low=low,
        change_high=high,
        change_since="2024",
    )
    assert story.change(metric).startswith(said)


def test_with_few_answers_an_exact_test_has_its_say():
    metric = Metric(
        key="nps",
        label="NPS",
        unit="points",
        value=30,
        change=20,
        change_low=2,
        change_high=38,
        change_clear=False,
    )
    assert story.change(metric).startswith("No clear change")


def test_the_page_is_the_same_bytes_whatever_the_hash_seed_and_time_zone():
    code = "import sys; from tests import made_up; from analysis.publish import page; "
    code += "sys.stdout.buffer.write(page.report_html(made_up.full()).encode())"
    made = {
        run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(made) == 1


def test_the_page_is_light_and_names_no_other_address(html):
    assert len(html) < 3_000_000
    assert not re.search(r"https?://", html)
    assert "<script" not in html
    assert "default-src 'none'" in html


def test_every_chart_has_a_table_twin(html):
    assert html.count('class="wide"') == html.count("The numbers behind this chart") == 6


def test_importing_the_page_brings_no_plotting_library():
    code = "import sys, analysis.publish.page; sys.exit('matplotlib' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0


def test_parts_of_blocks_and_whole_chapters_show_in_a_notebook_too():
    report = made_up.full()
    assert "Harbour Logistics" in page.block_html(report)
    assert "with 3 results" in page.block_html(report.chapter("actions"))
    assert "Column" in page.block_html(results.Column(key="a", label="<b>"))


# From records to a report


@pytest.fixture
def params(tmp_path):
    reports = tmp_path / "reports" / "harbour"
    building = reports / ".2025.building"
    return SimpleNamespace(
        client="harbour",
        name="Harbour Logistics",
        sector="Logistics",
        language="en",
        wave=SimpleNamespace(
            id="2025", label="Autumn 2025", reported=SimpleNamespace(isoformat=lambda: "2025-12-01")
        ),
        history=(SimpleNamespace(id="2025"),),
        outputs=kinds.Outputs(workbook=False, pdf=False, reportback=False),
        paths=SimpleNamespace(
            report=reports / "2025", building=building, chapters=building / "internal" / "chapters"
        ),
    )


def record(folder: Path, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in made_up.full().chapters:
        changed = chapter.model_copy(update=changes.get(chapter.id, {}))
        results.write(changed, folder / f"{chapter.id}.json")


def test_a_report_gathers_its_chapters_in_reading_order_without_what_is_internal(params):
    record(params.paths.chapters)
    report = assemble.assemble(params)
    assert [chapter.id for chapter in report.chapters] == list(results.CHAPTERS)
    assert "INTERNAL-ONLY" not in report.model_dump_json()
    page_file = assemble.save(params, report)
    assert page_file == params.paths.building / "client" / "report.html"
    made = {file.name for file in page_file.parent.iterdir()}
    assert made == {"report.html", "results.json", "results.schema.json"}


def test_outside_a_run_the_published_chapters_are_used(params):
    record(params.paths.report / "internal" / "chapters")
    assert len(assemble.assemble(params).chapters) == 7


def test_no_chapter_at_all_is_an_error(params):
    with pytest.raises(RunError, match="No chapter of harbour, wave 2025"):
        assemble.assemble(params)


@pytest.mark.parametrize("change", [{"client": "other"}, {"wave": "2024"}, {"id": "drivers"}])
def test_another_clients_or_waves_chapter_is_refused(params, change):
    record(params.paths.chapters, scorecard=change)
    with pytest.raises(RunError, match="chapter scorecard is another client's"):
        assemble.assemble(params)


def test_chapters_of_different_data_are_refused(params):
    record(params.paths.chapters, scorecard={"data": "d2"})
    with pytest.raises(RunError, match="different data files"):
        assemble.assemble(params)


def test_a_record_that_cannot_be_read_is_refused(params):
    record(params.paths.chapters)
    (params.paths.chapters / "drivers.json").write_text("{}")
    with pytest.raises(RunError, match="chapter drivers cannot be read"):
        assemble.assemble(params)


# Portfolio


def publish(root: Path, report) -> None:
    folder = root / "reports" / report.client / report.wave / "client"
    folder.mkdir(parents=True)
    results.write(report, folder / "results.json")


def test_the_portfolio_compares_the_latest_shown_number_of_each_client(tmp_path):
    full = made_up.full()
    publish(tmp_path, full)
    publish(tmp_path, full.model_copy(update={"wave": "2024", "reported": "2024-12-01"}))
    publish(tmp_path, made_up.tiny().model_copy(update={"client": "lark"}))
    (tmp_path / "reports" / "broken" / "1" / "client").mkdir(parents=True)
    (tmp_path / "reports" / "broken" / "1" / "client" / "results.json").write_text("{")
    reports = portfolio.collect(tmp_path / "params")
    assert [(r.name, r.wave) for r in reports] == [("Harbour Logistics", "2025"), ("Lark", "2025")]
    frame = portfolio.compare(reports, "nps")
    assert list(frame["client"]) == ["Harbour Logistics"]  # Lark's is withheld
    table = portfolio.table(frame, "nps", "NPS", "points")
    file = portfolio.save(tmp_path / "params", [table, None])
    assert "Harbour Logistics" in file.read_text()
    assert "Lark" not in file.read_text()


def test_the_portfolio_of_no_reports_says_so(tmp_path):
    frame = portfolio.compare(portfolio.collect(tmp_path / "params"), "nps")
    assert isinstance(portfolio.table(frame, "nps", "NPS", "points"), Note)
    assert portfolio.comparable(frame) is None


def test_clients_are_ranked_only_where_their_intervals_are_apart(tmp_path):
    frame = portfolio.compare([made_up.full(), made_up.full()], "nps")
    assert portfolio.comparable(frame).evidence == "undecided"
    frame.loc[1, ["estimate", "ci_low", "ci_high"]] = (-40.0, -60.0, -20.0)
    assert portfolio.comparable(frame).evidence == "clear"


# Chapter pages


def notebook(tmp_path, cells):
    file = tmp_path / "2_scorecard.ipynb"
    file.write_text(json.dumps({"cells": cells}))
    return file


def test_a_chapter_page_tells_the_story_without_code_and_no_block_twice(tmp_path):
    advice = Advice(key="a", do="Do this.", because="So.", rank=1)
    chapter = made_up.full().chapter("drivers").model_copy(update={"blocks": (advice,)})
    outputs = [
        [{"output_type": "execute_result", "data": block._repr_mimebundle_()}]
        for block in (advice, chapter)
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# Drivers\n", "\n", "What *moves* the score?"]},
        {"cell_type": "code", "source": "hidden_code()", "outputs": outputs[0]},
        {"cell_type": "code", "source": "hidden_code()", "outputs": outputs[1]},
    ]
    html = chapter_page.chapter_html(notebook(tmp_path, cells), "Harbour")
    assert html.count("Do this.") == 1
    assert "hidden_code" not in html
    assert "<em>moves</em>" in html
    assert html.count("<h1>") == 1


def test_a_frame_is_shown_as_a_table_and_a_print_is_not_shown(tmp_path):
    outputs = [
        {"output_type": "stream", "text": "noise"},
        {
            "output_type": "execute_result",
            "data": {"text/html": "<style>x</style><table><tr><td>7</td></tr></table>"},
        },
    ]
    cells = [{"cell_type": "code", "source": "", "outputs": outputs}]
    html = chapter_page.chapter_html(notebook(tmp_path, cells), "Harbour")
    assert "<td>7</td>" in html
    assert "noise" not in html


def test_a_list_of_blocks_shows_in_a_notebook_and_on_its_page(tmp_path):
    code = """
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance()
    from analysis.publish import results
    advice = results.Advice(key="a", do="Do this.", because="So.", rank=1)
    data, _ = shell.display_formatter.format([advice, None])
    import json, sys
    sys.stdout.write(json.dumps([data, shell.display_formatter.format([1, 2])[0]]))
    """
    code = "\n".join(line[4:] for line in code.splitlines())
    ran = run([sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path)
    blocks, numbers = json.loads(ran.stdout)
    assert "Do this." in blocks["text/html"]
    assert list(numbers) == ["text/plain"]
    cells = [
        {
            "cell_type": "code",
            "source": "",
            "outputs": [{"output_type": "execute_result", "data": blocks}],
        }
    ]
    assert "Do this." in chapter_page.chapter_html(notebook(tmp_path, cells), "Harbour")


def test_a_file_that_is_no_notebook_is_an_error(tmp_path):
    file = tmp_path / "x.ipynb"
    file.write_text("no")
    with pytest.raises(RunError, match="is no notebook that could be shown"):
        chapter_page.chapter_html(file, "Harbour")


# Index


def test_the_index_leads_to_reports_and_tells_what_failed():
    rows = [
        {
            "client": "a",
            "name": "Alpha",
            "wave": "1",
            "status": "failed",
            "link": "a/1/client/report.html",
            "chapters": {"drivers": "a/1/internal/4_drivers.html"},
            "problem": "Column 'q7' holds text.",
            "reported": "2025-12-01",
            "made": "2025-12-03",
        },
        {"client": "b", "wave": "1", "status": "waiting"},
    ]
    html = page.index_html(rows)
    assert 'href="a/1/client/report.html"' in html
    assert 'href="a/1/internal/4_drivers.html"' in html
    assert "holds text. The report shown is the last good one." in html
    assert "reported 1 Dec 2025</p>" in html
    assert "made 3 Dec 2025</p>" in html
    assert "1 of 2 reports are there; 1 failed in the last run." in html


def test_the_index_of_no_clients_is_a_page():
    assert "0 of 0 reports" in page.index_html([])


def test_a_chapter_of_nothing_but_appendix_tables_says_why():
    column = Column(key="who", label="Who")
    table = Table(key="t", title="T", columns=(column,), rows=({"who": "a"},), appendix=True)
    why = Note(key="why", sentence="Nobody was asked.", about="absent")
    for blocks, said in (
        ((table, why), "Nobody was asked."),
        ((table,), "See the tables for the analyst."),
        ((table, why, Advice(key="a", do="Do.", because="So.", rank=1)), "See the first page"),
    ):
        chapter = results.Chapter(id="fieldwork", client="c", wave="w", data="", blocks=blocks)
        assert story._part(chapter, set()).absent.startswith(said)


def test_what_a_chapters_page_drew_serves_the_report(monkeypatch):
    from analysis.publish import charts

    page._once.cache_clear()
    table = made_up.nps_trend()
    turned = table.model_copy(update={"rows": tuple(dict(reversed(r.items())) for r in table.rows)})
    first = page._draw(table, "scorecard-nps-trend")
    drawn = []
    monkeypatch.setattr(charts, "svg", lambda table, id: drawn.append(id))
    assert page._draw(turned, "scorecard-nps-trend") == first
    assert drawn == []
    page._draw(table, "another-place")
    with using("nl"):
        page._draw(table, "scorecard-nps-trend")
    assert drawn == ["another-place", "scorecard-nps-trend"]
    page._once.cache_clear()


def test_a_block_has_one_anchor_on_all_pages(tmp_path):
    chapter = made_up.full().chapter("scorecard")
    tables = [block for block in chapter.blocks if isinstance(block, Table)]
    shown = {chapter_page.MIME: [block.model_dump(mode="json") for block in tables]}
    cell = {"cell_type": "code", "source": "", "outputs": [{"data": shown}]}
    notebook = tmp_path / "2_scorecard.ipynb"
    notebook.write_text(json.dumps({"cells": [cell]}))
    internal = chapter_page.chapter_html(notebook, "c")
    report = page.report_html(made_up.full())
    for table in tables:
        anchor = f'<section class="exhibit" id="{story.anchor("scorecard", table)}">'
        assert anchor in internal
        assert anchor in report
