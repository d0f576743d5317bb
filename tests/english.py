"""English left in a page of another language, apart from what the client or its customers wrote."""

import csv
import html
import re
from collections.abc import Iterable
from pathlib import Path

#: Words that no Dutch sentence holds.
ENGLISH = set(
    "the and with are from which that their answers people not has have than between each "
    "this there they who what how by its only more less where because would could below above "
    "clear clearly change changed shown higher lower whose were does did any other another first "
    "both chance nobody everybody question questions customers survey these those such".split()
)
_WORD = re.compile(r"[A-Za-z]+")
_QUOTED = re.compile(r"<blockquote.*?</blockquote>|<style.*?</style>|<svg.*?</svg>", re.S)
_IN_QUOTES = re.compile(r"“[^”]*”|‘[^’]*’")
_PHRASES = re.compile(r"\s*[a-z]{2}: ")  # of comments, by language
_ATTRIBUTE = re.compile(r'(?:aria-label|alt|title)="([^"]*)"')
_DRAWN = re.compile(r"<(?:text|title|desc)\b[^>]*>(.*?)</(?:text|title|desc)>", re.S)


def left(page: str, own: Iterable[str]) -> list[str]:
    """Pieces of text of a page that hold English words.

    Parameters
    ----------
    page : HTML. own : texts of the client's data, which stay in its own words.
    """
    known = sorted({text.strip().lower() for text in own if len(text.strip()) > 2}, key=len)
    everything = "\n".join(known)
    pieces = [*_ATTRIBUTE.findall(page), *_DRAWN.findall(page)]
    pieces += re.split(r"<[^>]*>", _QUOTED.sub(" ", page))
    found = {}
    for piece in map(html.unescape, pieces):
        if _PHRASES.match(piece) or piece.strip(" …\n").lower() in everything:
            continue  # a part of what somebody wrote
        rest = f" {_IN_QUOTES.sub(' ', piece).lower()} "
        for text in reversed(known):
            if text in rest:
                rest = rest.replace(text, " ")
        words = {word for word in _WORD.findall(rest)} & ENGLISH
        if words:
            found[" ".join(piece.split())] = words
    return sorted(found)


def written(folder: Path) -> set[str]:
    """Every text in a client's CSV files, as it is and with a capital or without."""
    texts: set[str] = set()
    for file in folder.rglob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                texts.update(cell.lower() for cell in row)
    return {text for text in texts if " " in text or len(text) > 8}
