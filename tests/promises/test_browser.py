"""Every page opens offline, loads nothing, complains of nothing and fits a desk and a phone."""

import json

import pytest

from analysis.publish import chapter_page, page, portfolio
from tests import made_up

pytestmark = pytest.mark.browser

WIDTHS = (1280, 390)
MEASURES = {
    "across": "document.documentElement.scrollWidth",
    "code": "document.querySelectorAll('pre, code, .jp-CodeCell, .input_area').length",
    # Smallest text in a chart that is shown, in pixels of the screen.
    "smallest": """Math.min(99, ...[...document.querySelectorAll('svg')]
        .filter(svg => svg.getBoundingClientRect().width)
        .flatMap(svg => [...svg.querySelectorAll('text')].map(text =>
            parseFloat(getComputedStyle(text).fontSize)
            * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)))""",
    "twice": """[...document.querySelectorAll('[id]')].map(e => e.id)
        .filter((id, k, all) => all.indexOf(id) < k)""",
    "skips": """[...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])
        .filter((level, k, all) => k ? level > all[k - 1] + 1 : level != 1)""",
}

CONTROL = """<!doctype html><html><head><title>Control</title></head><body>
<h1>x</h1><h3 id="a">y</h3><p id="a">z</p><pre>import analysis</pre>
<svg viewBox="0 0 100 10" width="100" height="10"><text style="font-size: 6px">tiny</text></svg>
<img src="http://pages.invalid/picture.png" alt="">
<script>console.error("a complaint")</script>
<div style="width: 1500px; height: 10px">wide</div></body></html>"""


def notebook(tmp_path):
    """An executed chapter, as papermill leaves it."""
    block = made_up.nps_trend()
    output = {
        "output_type": "execute_result",
        "data": {"text/html": "<b>old</b>", **block._repr_mimebundle_()},
        "metadata": {},
    }
    cells = [
        {"cell_type": "markdown", "source": "# Scorecard\n\nHow strong are the relationships?"},
        {"cell_type": "code", "source": "secret_code = 1", "outputs": [output]},
    ]
    file = tmp_path / "2_scorecard.ipynb"
    file.write_text(json.dumps({"cells": cells}))
    return file


def index():
    """One row for each state a report can be in."""
    states = ("up to date", "out of date", "failed", "waiting", "not made")
    rows = [
        {
            "client": f"client{k}",
            "name": f"Client number {k}",
            "wave": "2025",
            "status": status,
            "link": "harbour/2025/client/report.html" if k < 4 else "",
            "chapters": {"scorecard": "harbour/2025/internal/2_scorecard.html"},
            "reported": "2025-12-01",
            "problem": "Column 'q7' of answers.csv holds text." if status == "failed" else "",
        }
        for k, status in enumerate(states)
    ]
    return page.index_html(rows)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Each kind of page, and the control page that breaks every rule."""
    folder = tmp_path_factory.mktemp("pages")
    report = made_up.full()
    compared = portfolio.table(portfolio.compare([report], "nps"), "nps", "NPS", "points")
    made = {
        "full": page.report_html(report),
        "tiny": page.report_html(made_up.tiny()),
        "nothing": page.report_html(made_up.nothing()),
        "chapter": chapter_page.chapter_html(notebook(folder), "Harbour Logistics"),
        "index": index(),
        "portfolio": page.render("portfolio.html", given=[compared]),
        "control": CONTROL,
    }
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["full", "tiny", "nothing", "chapter", "index", "portfolio"])
def test_a_page_is_quiet_self_contained_and_fits(browser, pages, name, width):
    seen = browser.open(pages / f"{name}.html", width, **MEASURES)
    assert seen.complaints == []
    assert seen.outside == []
    assert seen.dialogs == []
    assert seen.values["across"] == width
    assert seen.values["code"] == 0
    assert seen.values["smallest"] >= 11
    assert seen.values["twice"] == []
    assert seen.values["skips"] == []


def test_the_control_page_fails_every_one_of_these_checks(browser, pages):
    seen = browser.open(pages / "control.html", 1280, **MEASURES)
    assert any("a complaint" in words for words in seen.complaints)
    assert seen.outside == ["http://pages.invalid/picture.png"]
    assert seen.values["across"] > 1280
    assert seen.values["code"] == 1
    assert seen.values["smallest"] < 11
    assert seen.values["twice"] == ["a"]
    assert seen.values["skips"] == [3]


def test_a_desk_shows_the_wide_chart_and_a_phone_the_narrow_one(browser, pages):
    shown = """[...document.querySelectorAll('svg')].filter(svg => svg.clientWidth)
        .map(svg => svg.className.baseVal)"""
    for width, kind in zip(WIDTHS, ("wide", "narrow"), strict=True):
        seen = browser.open(pages / "full.html", width, shown=shown)
        assert set(seen.values["shown"]) == {kind}


def test_a_page_shows_no_code_of_its_notebook(pages):
    html = (pages / "chapter.html").read_text()
    assert "secret_code" not in html
    assert "NPS wave by wave" in html
    assert "<b>old</b>" not in html


def test_a_dark_page_keeps_its_contrast(browser, pages):
    # WCAG 2.1, 1.4.3: 4.5 for text. Every colour that text is set in, against the paper.
    ratio = """(() => {
        const light = c => { const p = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
            .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
            return .2126 * p[0] + .7152 * p[1] + .0722 * p[2]; };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        return Math.min(...[...document.querySelectorAll('p, li, a, td, h2')]
            .map(e => light(getComputedStyle(e).color))
            .map(ink => (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05))); })()"""
    for dark in (True, False):
        browser.dark(dark)
        assert browser.open(pages / "full.html", 1280, ratio=ratio).values["ratio"] >= 4.5
