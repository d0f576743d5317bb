"""`analysis.language`: what stands in a catalogue, and what a reader of Dutch sees."""

import re

import pytest
from babel.messages.pofile import read_po

from analysis import language
from analysis.language import tr, using
from analysis.publish import numbers, page, reportback, results, slides, story, tables, workbook
from analysis.publish.charts import lists
from analysis.publish.results import AccountPage, Chapter
from tests import made_up
from tests.translated import PACKAGE, places

CATALOGUES = sorted((PACKAGE / "language" / "nl").glob("*.po"))
DUTCH = language.catalogue("nl")


def in_dutch(report):
    """The same made-up report, for readers of Dutch."""
    return report.model_copy(update={"language": "nl"})


@pytest.fixture(scope="module")
def html():
    return page.report_html(in_dutch(made_up.full()))


# Texts


def test_a_text_is_given_in_the_language_in_use():
    assert tr("Answers") == "Answers"
    with using("nl"):
        assert tr("Answers") == "Antwoorden"
        assert language.in_use() == "nl"
    assert language.in_use() == "en"


def test_values_are_put_in_and_braces_in_them_stay():
    for code, words in (("en", "{x} to {0}"), ("nl", "{x} tot {0}")):
        with using(code):
            assert tr("{low} to {high}", low="{x}", high="{0}") == words


def test_an_unknown_text_passes_unchanged_braces_included():
    with using("nl"):
        assert tr("Beta's own {label} {") == "Beta's own {label} {"
        assert tr("{n} of Beta's own", n=3) == "3 of Beta's own"


def test_a_language_without_a_folder_is_none():
    assert language.languages() == ("en", "nl")


# Numbers and dates


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1234.0, "count", "1.234"),
        (5.36, "score", "5,4"),
        (-27.3, "points", "−27"),
        (0.0004, "p", "< 0,001"),
        (0.4312, "share", "43%"),
        (True, "text", "ja"),
        ("2026-03-09", "date", "9 mrt 2026"),
    ],
)
def test_numbers_and_dates_are_printed_the_dutch_way(value, unit, words):
    with using("nl"):
        assert numbers.show(value, unit) == words


def test_intervals_changes_and_cut_offs_are_printed_the_dutch_way():
    with using("nl"):
        assert numbers.interval(5.36, 5.47, "score") == "5,36 tot 5,47"
        assert numbers.signed(0.042, "share") == "+4 pp"
        assert numbers.plain(1234.5) == "1.234,5"


# Catalogues


def entries():
    """All entries of all catalogues: file, English, Dutch."""
    for file in CATALOGUES:
        with file.open("rb") as text:
            known = list(read_po(text, abort_invalid=True))
        yield from ((file.name, str(one.id), str(one.string)) for one in known if one.id)


def test_every_dutch_text_holds_the_values_of_its_english():
    wrong = [(file, text) for file, text, dutch in entries() if places(text) != places(dutch)]
    assert wrong == []


def test_no_entry_is_empty_and_ends_as_its_english_does():
    for file, text, dutch in entries():
        assert dutch, (file, text)
        assert text.endswith("\n") == dutch.endswith("\n"), (file, text)


def test_a_text_in_two_catalogues_has_the_same_dutch_in_both():
    found: dict[str, dict[str, str]] = {}
    for file, text, dutch in entries():
        found.setdefault(text, {})[file] = dutch
    assert {text: by for text, by in found.items() if len(set(by.values())) > 1} == {}


def test_what_is_in_dutch_already_stays_as_it_is():
    """Records are read again, and their texts looked up again."""
    twice = {dutch: DUTCH[dutch] for dutch in DUTCH.values() if DUTCH.get(dutch, dutch) != dutch}
    assert twice == {}


# What a reader sees


def test_a_dutch_report_says_so_and_has_dutch_headings(html):
    assert '<html lang="nl">' in html
    for words in ("Als eerste te doen", "Wat we vonden", "Wie er antwoordde</h2>", "Inhoud"):
        assert words in html
    for words in ("What to do first", "Who answered", "95% interval", "Words used here"):
        assert words not in html


def test_the_language_is_the_reports_and_ends_with_it(html):
    assert language.in_use() == "en"
    assert '<html lang="en">' in page.report_html(made_up.full())


def test_a_page_for_the_team_over_all_clients_stays_english():
    with using("nl"):
        index = page.index_html([{"client": "a", "status": "waiting"}])
    assert '<html lang="en">' in index
    assert "0 of 1 reports are there" in index


def test_what_a_client_wrote_is_escaped_in_dutch_too():
    report = in_dutch(made_up.full()).model_copy(update={"name": "<b>{x}</b>"})
    html = page.report_html(report)
    assert "<title>&lt;b&gt;{x}&lt;/b&gt;, Autumn 2025: rapport" in html
    assert "<b>{x}" not in html


def test_the_glossary_is_in_the_order_of_its_language(html):
    for made in (html, page.report_html(made_up.full())):
        terms = re.findall(r"<dt>(.*?)</dt>", made)
        assert len(terms) == 21
        assert terms == sorted(terms, key=str.lower)


def test_sentences_of_the_story_are_dutch():
    metric = made_up.full().find("nps")
    with using("nl"):
        assert story.change(metric) == "Gestegen sinds autumn 2024: +26 (+9 tot +43)"
        assert story.base(made_up.nps_trend()) == "n = 591."
        back = story.appendix(made_up.tiny())
    assert ("Drivers", "Dit hoofdstuk is voor dit rapport niet gemaakt.") in back.absent


def test_an_interval_has_a_dutch_heading():
    with using("nl"):
        heads = [heading for heading, _, _ in tables.printed(made_up.nps_trend())]
    assert "95%-interval" in heads


def test_workbook_and_slides_are_dutch_without_being_asked(tmp_path):
    import openpyxl
    from pptx import Presentation

    report = in_dutch(made_up.full())
    workbook.write(report, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Inhoud"]
    assert [cell.value for cell in sheet[4]][:3] == ["Blad", "Hoofdstuk", "Tabel"]
    slides.write(report, tmp_path / "s.pptx")
    titles = [slide.shapes.title.text for slide in Presentation(tmp_path / "s.pptx").slides]
    assert titles[:2] == ["Harbour Logistics: als eerste te doen", "Wat we vonden"]


@pytest.mark.parametrize(
    ("answered", "asked", "thanks"),
    [
        (0, 4, "Niemand bij Vale heeft deze keer geantwoord; wij horen graag van u."),
        (1, 1, "Hartelijk dank voor het antwoorden."),
        (4, 9, "Hartelijk dank voor het antwoorden."),
        (5, 8, "Van de 8 mensen bij Vale aan wie wij het vroegen, hebben er 5 geantwoord."),
        (5, 0, "Bij Vale hebben 5 mensen geantwoord."),
    ],
)
def test_a_customer_is_thanked_in_dutch(answered, asked, thanks):
    account = AccountPage(id="a", name="Vale", blocks=(), answered=answered, asked=asked)
    with using("nl"):
        assert reportback._thanks(account).startswith(thanks)


def test_codes_and_colours_of_charts_hold_in_dutch():
    with using("nl"):
        assert not lists.marked({"highlight": "nee"})
        assert not lists.marked({"highlight": "no"})
        assert lists.marked({"highlight": "ja"})
        assert lists._is_level({"group": "niveau"})
        assert lists._is_level({"group": "level"})
        dutch = [lists.color_of(tr(name), 0, ("#000000",)) for name in ("Promoters", "Passives")]
    assert dutch == [lists.color_of(name, 0, ("",)) for name in ("Promoters", "Passives")]


def test_a_dutch_chapter_is_read_back_as_it_was_kept(tmp_path):
    with using("nl"):
        chapter = Chapter(
            id="drivers",
            client="c",
            wave="w",
            data="",
            blocks=(results.heading("What goes with it"),),
        )
        results.write(chapter, tmp_path / "drivers.json")
        read = results.read_chapter(tmp_path / "drivers.json")
    assert read == chapter
    (heading,) = read.blocks
    assert (heading.key, heading.title) == ("heading: What goes with it", "Wat ermee samenhangt")


def test_results_say_in_which_language_they_are():
    assert '"language"' in results.schema()
    assert in_dutch(made_up.tiny()).model_dump()["language"] == "nl"
