"""Everybody can read every page: axe, small phones, paper. Each gate has a page that fails it."""

import re
from importlib.resources import files

import pytest

from analysis.publish import page, portfolio, reportback
from analysis.publish.results import AccountPage, Column, Table
from tests import made_up
from tests.promises.test_browser import CONTROL, index

pytestmark = pytest.mark.browser

PAGES = ("full", "tiny", "nothing", "account", "accounts", "reportback", "index", "portfolio")

#: WCAG 2.0 A and AA, 2.1 AA; what axe calls serious or critical.
AXE = """axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']}).then(found =>
    found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
        .map(v => v.id + ': ' + v.nodes[0].html.slice(0, 200)))"""

#: A sheet of A4 inside the margins of `page.css`, at 96 pixels an inch.
WIDE, HIGH = round((210 - 30) / 25.4 * 96), round((297 - 32) / 25.4 * 96)
CUT = f"""[...document.querySelectorAll('svg, table')]
    .filter(e => e.getBoundingClientRect().width)
    .filter(e => e.getBoundingClientRect().right > {WIDE} + 1
        || (e.tagName == 'svg' && e.getBoundingClientRect().height > {HIGH}))
    .map(e => e.tagName + ' ' + (e.getAttribute('aria-label') || e.id))"""

BARRED = """<!doctype html><html><head></head><body><img src="data:," width="9" height="9">
<input type="text"><p style="color: #ccc; background: #fff">pale</p>
<svg width="1500" height="2000" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>
</body></html>"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    report = made_up.full()
    account = AccountPage(
        id="A1",
        name="Vale Housing",
        line="Tier A",
        flags=("At risk",),
        answered=2,
        asked=3,
        blocks=(made_up.silent_accounts().model_copy(update={"audience": "client"}),),
    )
    compared = portfolio.table(portfolio.compare([report], "nps"), "nps", "NPS", "points")
    made = {
        "full": page.report_html(report),
        "tiny": page.report_html(made_up.tiny()),
        "nothing": page.report_html(made_up.nothing()),
        "account": page.account_html("Harbour", "2025", account),
        "accounts": page.accounts_html("Harbour", "2025", [("A1/account.html", account)]),
        "reportback": page.render("reportback.html", b=reportback.of(account, report)),
        "index": index(),
        "portfolio": page.render("portfolio.html", given=[compared]),
        "barred": BARRED,
        "control": CONTROL,
    }
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


def violations(browser, file):
    browser.open(file)
    browser.value((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    return browser.value(AXE)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(browser, pages, name, dark):
    browser.dark(dark)
    try:
        assert violations(browser, pages / f"{name}.html") == []
    finally:
        browser.dark(False)


def test_axe_finds_what_bars_people_from_the_control_page(browser, pages):
    found = {line.split(":")[0] for line in violations(browser, pages / "barred.html")}
    assert found >= {"image-alt", "label", "color-contrast", "document-title", "html-has-lang"}


@pytest.mark.parametrize("name", PAGES)
def test_the_smallest_phone_needs_no_scrolling_sideways(browser, pages, name):
    across = {"across": "document.documentElement.scrollWidth"}
    assert browser.open(pages / f"{name}.html", 320, **across).values["across"] == 320


def test_the_control_page_scrolls_sideways(browser, pages):
    across = {"across": "document.documentElement.scrollWidth"}
    assert browser.open(pages / "control.html", 320, **across).values["across"] > 320


def on_paper(browser, file):
    """What does not fit a sheet of A4 when the page is printed."""
    browser.ask("Emulation.setEmulatedMedia", media="print")
    try:
        return browser.open(file, WIDE, cut=CUT).values["cut"]
    finally:
        browser.ask("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("name", PAGES)
def test_no_chart_or_table_is_cut_on_paper(browser, pages, name):
    assert on_paper(browser, pages / f"{name}.html") == []


def test_the_control_page_is_cut_on_paper(browser, pages):
    assert on_paper(browser, pages / "barred.html") == ["svg "]


def wide_table():
    """Nine columns of numbers with intervals, as the widest of a report are."""
    keys = ("estimate", "change", "weight")
    columns = [Column(key="label", label="Theme")]
    for key in keys:
        columns += [
            Column(key=key, label=f"{key.capitalize()} since Spring 2025", unit="weight"),
            Column(key=f"{key}_low", label="95% from", unit="weight"),
            Column(key=f"{key}_high", label="95% to", unit="weight"),
        ]
    columns += [Column(key="clear", label="Clear"), Column(key="n", label="Answers", unit="count")]
    row = {column.key: -12.34 for column in columns} | {"label": "Relationship benefits", "n": 425}
    return Table(key="wide", title="Wide", columns=tuple(columns), rows=(row | {"clear": "yes"},))


def test_a_wide_table_is_set_small_enough_for_paper(browser, tmp_path):
    html = page.report_html(made_up.report({"scorecard": (wide_table(),)}))
    (tmp_path / "set.html").write_text(html, encoding="utf-8")
    assert on_paper(browser, tmp_path / "set.html") == []
    loose = re.sub(r"  \.rapport \.scroll (table|th).*\n", "", html)  # as on a screen
    (tmp_path / "loose.html").write_text(loose, encoding="utf-8")
    assert on_paper(browser, tmp_path / "loose.html") != []
