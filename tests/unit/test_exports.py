"""Pictures, slides and PDF: drawn from the report's tables, with what they hide left out."""

from xml.etree import ElementTree

import pytest
from pptx import Presentation

from analysis.publish import charts, pdf, pictures, slides, workbook
from tests import browser as chromium
from tests import made_up


def test_every_chart_is_a_picture_twice(tmp_path):
    pictures.write(made_up.full(), tmp_path)
    drawn = [
        name.replace(" ", "_")
        for name, _, table in workbook.tables(made_up.full())
        if table.chart and charts.points(table)
    ]
    assert sorted(file.stem for file in tmp_path.glob("*.svg")) == sorted(drawn)
    assert sorted(file.stem for file in tmp_path.glob("*.png")) == sorted(drawn)
    for file in tmp_path.glob("*.png"):
        assert file.read_bytes().startswith(b"\x89PNG")


def test_a_picture_is_well_formed_says_what_is_seen_and_runs_nothing(tmp_path):
    hostile = made_up.with_text(made_up.full(), lambda text: '<script>alert(1)</script>" onload="x')
    pictures.write(hostile, tmp_path)
    files = list(tmp_path.glob("*.svg"))
    assert files
    for file in files:
        root = ElementTree.parse(file).getroot()
        assert "alert(1)" in "".join(root.itertext())
        names = {element.tag.split("}")[-1] for element in root.iter()}
        assert not names & {"script", "foreignObject", "a", "image"}
        assert not [a for e in root.iter() for a in e.attrib if a.lower().startswith("on")]


def test_pictures_are_the_same_bytes_again(tmp_path):
    for name in ("1", "2"):
        pictures.write(made_up.full(), tmp_path / name)
    for file in (tmp_path / "1").iterdir():
        assert file.read_bytes() == (tmp_path / "2" / file.name).read_bytes()


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    file = tmp_path_factory.mktemp("deck") / "slides.pptx"
    slides.write(made_up.full(), file)
    return Presentation(str(file))


def test_each_chart_has_a_slide_with_something_to_edit(deck):
    charted = [t for _, _, t in workbook.tables(made_up.full()) if t.chart and charts.points(t)]
    exhibits = [s for s in deck.slides if any(x.has_chart or x.has_table for x in s.shapes)]
    assert len(exhibits) == len(charted)
    assert sum(any(x.has_chart for x in s.shapes) for s in exhibits) >= 4
    for slide, table in zip(exhibits, charted, strict=True):
        assert slide.shapes.title.text_frame.text.endswith(table.title)
        assert table.chart.alt in slide.notes_slide.notes_text_frame.text


def test_a_slide_holds_the_values_of_the_table_and_no_hidden_row(deck):
    (mix,) = [
        x.chart for s in deck.slides for x in s.shapes
        if x.has_chart and "by role" in s.shapes.title.text_frame.text
    ]  # fmt: skip
    assert list(mix.plots[0].categories) == [
        "Decision makers",
        "Influencers",
        "Operational contacts",
    ]
    assert list(mix.plots[0].series[0].values) == pytest.approx([0.12, 0.2, 0.17])


def test_without_a_browser_there_is_no_pdf(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "page.html").write_text("<p>x</p>", encoding="utf-8")
    assert pdf.write(tmp_path / "page.html", tmp_path / "page.pdf", "2026-01-01") is False
    assert list(tmp_path.glob("*.pdf*")) == []


@pytest.mark.browser
def test_the_page_is_printed_the_same_twice(tmp_path):
    if chromium.program() is None:
        pytest.skip("No Chromium on this machine: install it to test the PDF.")
    from analysis.publish import page

    (tmp_path / "page.html").write_text(page.report_html(made_up.full()), encoding="utf-8")
    for name in ("1.pdf", "2.pdf"):
        assert pdf.write(tmp_path / "page.html", tmp_path / name, "2026-01-01")
    first, second = ((tmp_path / name).read_bytes() for name in ("1.pdf", "2.pdf"))
    assert first.startswith(b"%PDF")
    assert b"20260101" in first
    assert first == second
