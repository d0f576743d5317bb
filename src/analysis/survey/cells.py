"""Text cells turned into numbers, dates, truth values and known words; or one clear sentence.

Each function takes a column of text whose index is the row in the file, and names the file, the
column and the first row, and never the content of a cell. Missing stays missing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.params import Params

_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
#: 1,234 may be a thousand or a bit more than one: nobody should guess.
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)([T ].*)?", re.ASCII)


def row_of(mask: pd.Series) -> int:
    """Row of the first True, as a spreadsheet numbers it."""
    return int(mask.index[mask.to_numpy(dtype=bool).argmax()])


def number(word: str) -> float:
    """The number that a word writes, or NaN; a decimal comma is taken as a point.

    >>> [number(word) for word in ("7", "3,5", "1e3", "1,234", "seven", "inf")]
    [7.0, 3.5, 1000.0, nan, nan, nan]
    """
    if not _NUMBER.fullmatch(word) or _AMBIGUOUS.fullmatch(word):
        return float("nan")
    value = float(word.replace(",", "."))
    return value if abs(value) < float("inf") else float("nan")


def numbers(file: str, text: pd.Series) -> pd.Series:
    """Floats."""
    values = _each(text, number, float("nan")).astype(float)
    wrong = text.notna() & values.isna()
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' holds text where a number belongs (first in row "
            f"{row_of(wrong)}); write plain numbers such as 1234.5, and list a code for 'no "
            "answer' under 'missing' in the codebook."
        )
    return values


def on_scale(file: str, text: pd.Series, low: float, high: float) -> pd.Series:
    """Floats from `low` to `high`."""
    values = numbers(file, text)
    wrong = values.notna() & ~values.between(low, high)
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' holds {int(wrong.sum())} value(s) outside {low:g} to "
            f"{high:g} (first in row {row_of(wrong)}); mend them, or list their code under "
            "'missing' in the codebook."
        )
    return values


def dates(file: str, text: pd.Series) -> pd.Series:
    """Dates written as 2025-12-31; a time of day is left out."""
    days = _each(text, _day, None)
    values = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce")
    wrong = text.notna() & values.isna()
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' holds something that is no date (first in row "
            f"{row_of(wrong)}); write dates as 2025-12-31."
        )
    return values


def truths(file: str, text: pd.Series) -> pd.Series:
    """True and False, written as yes and no, true and false, or 1 and 0."""
    values = _each(text, lambda word: _TRUTH.get(word.lower()), None)
    wrong = text.notna() & values.isna()
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' must say yes or no (first other in row {row_of(wrong)})."
        )
    return values.astype("boolean")


def words(
    file: str, text: pd.Series, known: Iterable[str], own: Mapping[str, str], mend: str
) -> pd.Series:
    """Words out of `known`, or the client's own words for them; capitals do not matter."""
    named = {word: word for word in known}
    theirs = {word.strip().lower(): target for word, target in own.items()}

    def meaning(word: str) -> str | None:
        plain = word.lower()
        return theirs.get(plain) or named.get(re.sub(r"[ -]", "_", plain))

    values = _each(text, meaning, None).astype("str")
    wrong = text.notna() & values.isna()
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' holds an unknown word (first in row {row_of(wrong)}); "
            f"{mend}"
        )
    return values


def known_waves(file: str, waves: pd.Series, params: Params) -> None:
    """Stop at a wave that the parameters do not name; a missing one is let through."""
    unknown = waves.notna() & ~waves.isin([wave.id for wave in params.waves])
    if unknown.any():
        raise DataError(
            f"{file}: column '{waves.name}' holds a wave that params/{params.client}.yml does not "
            f"name (first in row {row_of(unknown)}); add it to 'waves'."
        )


def _day(word: str) -> str | None:
    match = _DATE.fullmatch(word)
    return match.group(1) if match else None


def _each(text: pd.Series, meaning: Callable[[str], Any], missing: Any) -> pd.Series:
    """`meaning` of each cell, worked out once for each different word."""
    places, different = pd.factorize(text)
    found = np.empty(len(different) + 1, dtype=object)
    found[:-1] = [meaning(word) for word in different]
    found[-1] = missing  # `factorize` gives the place -1 to a missing cell
    return pd.Series(found[places], text.index, name=text.name, dtype=object)
