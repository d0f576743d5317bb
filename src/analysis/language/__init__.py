"""The language of a report. Code is written in English; a folder here holds another language.

`tr` gives a text in the language that is in use, with values put in. A language is a folder of
catalogues (`nl/*.po`, the format of gettext), one for each subject; a new one needs no code. What a
catalogue lacks stays English, and a test lists it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

#: The language in which texts stand in the code.
SOURCE = "en"

_IN_USE: ContextVar[str] = ContextVar("language", default=SOURCE)


def tr(text: str, /, **values: Any) -> str:
    """Give a text in the language in use; `{name}` in it is replaced by the value of that name.

    Without values the text is given as it is, braces included, so that a text nobody knows (a
    client's own label) passes unchanged.

    Examples
    --------
    >>> tr("{n} answers", n=12)
    '12 answers'
    >>> with using("nl"):
    ...     tr("{n} answers", n=12)
    '12 antwoorden'
    """
    language = _IN_USE.get()
    if language != SOURCE:
        text = catalogue(language).get(text, text)
    return text.format(**values) if values else text


def later(text: str) -> str:
    """Mark a constant as a text for catalogues; it is given to `tr` where it is used.

    >>> later("rose")
    'rose'
    """
    return text


def use(language: str) -> None:
    """Speak this language from here on, in this process."""
    _IN_USE.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Speak this language inside a `with`."""
    before = _IN_USE.set(language)
    try:
        yield
    finally:
        _IN_USE.reset(before)


def in_use() -> str:
    """The language in use: two letters."""
    return _IN_USE.get()


def languages() -> tuple[str, ...]:
    """All languages that reports can be written in.

    >>> languages()
    ('en', 'nl')
    """
    folders = (one.name for one in files(__package__).iterdir() if one.is_dir())
    return (SOURCE, *sorted(name for name in folders if name.isalpha()))


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language by their English text; those without a translation are left out."""
    from babel.messages.pofile import read_po

    found: dict[str, str] = {}
    for file in sorted(files(__package__).joinpath(language).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".po"):
            with file.open("rb") as text:
                known = read_po(text)
            found |= {str(one.id): str(one.string) for one in known if one.id and one.string}
    return found


@cache
def marks(language: str) -> tuple[str, str]:
    """The decimal mark of a language, and the mark between thousands.

    >>> marks("en"), marks("nl")
    (('.', ','), (',', '.'))
    """
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(language), get_group_symbol(language)


def punctuated(number: str) -> str:
    """A number as Python prints it, with the marks of the language in use.

    >>> with using("nl"):
    ...     punctuated("1,234.5")
    '1.234,5'
    """
    if in_use() == SOURCE:
        return number
    decimal, thousands = marks(in_use())
    return number.translate(str.maketrans({".": decimal, ",": thousands}))


def printed(value: float, form: str = ",") -> str:
    """Print a number in a format of Python, with the marks of the language in use.

    >>> printed(1234), printed(0.854, ".2f"), printed(5.5, "g")
    ('1,234', '0.85', '5.5')
    """
    return punctuated(f"{value:{form}}")


def listed(words: Iterable[str]) -> str:
    """Several words inside a sentence; nothing for none.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    *first, last = list(words) or [""]
    return tr("{first} and {last}", first=", ".join(first), last=last) if first else last
