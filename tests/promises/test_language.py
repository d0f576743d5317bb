"""Nothing that a reader sees stays English in a report of another language."""

import pytest

from analysis.language import catalogue
from tests import english, translated
from tests.translated import PACKAGE, ROOT

#: Pages for the team, over all clients, and what JupyterLab alone shows: English.
TEAM = ("portfolio.py", "portfolio.html", "index.html", "portfolio.ipynb", "notebook.py", "pdf.py")
#: Texts of the code that look like sentences and are none: keys, which nobody is shown.
KEYS = {
    "not answers",
    "in the open",
    "with a detractor",
    "The same",
    "not carried",
    "more detractors",
    "more promoters",
    "as many of each",
    "not seen",
    # Headings beside a unit that is no constant: they stand in the catalogue all the same.
    "Rise with an action",
    "Rise without",
    "95% from",
    "95% to",
    # A font, a solver, units of columns.
    "DejaVu Sans",
    "highs",
    "text",
    "count",
}
#: Where the sentences of a report are made.
SPEAKING = ("wording/", "templates/", "story.py", "glance.py", "reportback.py", "results.py")


def read() -> list:
    """Files whose texts a client's readers see."""
    return [file for file in translated.files() if file.name not in TEAM]


def test_every_text_for_readers_has_its_dutch():
    known = catalogue("nl")
    missing = {
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in read()
        for text, line in translated.texts(file).items()
        if text not in known and text not in KEYS
    }
    assert missing == set()


def test_no_sentence_is_made_past_the_catalogues():
    speaking = [f for f in read() if any(room in f.as_posix() for room in SPEAKING)]
    assert len(speaking) > 40
    loose = {
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in speaking
        for line, text in translated.loose(file)
        if text not in KEYS and file.name != "notebook.html"
    }
    assert loose == set()


def test_every_key_is_still_one():
    code = "".join(f.read_text(encoding="utf-8") for f in PACKAGE.rglob("publish/**/*.py"))
    assert {key for key in KEYS if f'"{key}"' not in code} == set()


@pytest.mark.parametrize(
    ("code", "texts", "loose"),
    [
        ('tr("{n} people", n=3)', {"{n} people"}, 0),
        ('Finding(sentence="Nobody answered.")', {"Nobody answered."}, 0),
        ('Finding(sentence=f"{n} people answered.")', set(), 1),
        ('said = "and so on"', set(), 1),
        ('METHOD = "How it was done."', {"How it was done."}, 0),
        ('{"n": ("Answers", "count")}', {"Answers"}, 0),
        ('raise DataError(f"{n} people are lost.")', set(), 0),
        ('name = f"{stem}_low"', set(), 0),
    ],
)
def test_the_search_tells_a_text_from_a_key(tmp_path, monkeypatch, code, texts, loose):
    monkeypatch.setattr(translated, "ROOT", tmp_path)
    file = tmp_path / "publish" / "made_up.py"
    file.parent.mkdir()
    file.write_text(code)
    assert set(translated.texts(file)) == texts
    assert len(translated.loose(file)) == loose


def test_english_is_found_in_a_page_and_a_clients_own_words_are_not():
    page = '<p aria-label="All the scores">Wij vonden the answer.</p><b>Late and rude</b>'
    assert english.left(page, {"late and rude"}) == ["All the scores", "Wij vonden the answer."]
    assert english.left("<p>De score is 5,2.</p><blockquote>the</blockquote>", ()) == []
