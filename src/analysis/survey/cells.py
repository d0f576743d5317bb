"""Text cells turned into numbers, dates, truth values and known words; or one clear sentence.

Each function names the file, the column and the first row (the header is row 1) and never the
content of a cell.
"""

from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.errors import DataError

_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def row_of(mask: pd.Series) -> int:
    """Row of the first True as a spreadsheet numbers it; `mask` stands in file order."""
    return int(mask.to_numpy().argmax()) + 2


def numbers(file: str, text: pd.Series) -> pd.Series:
    """Floats; a decimal comma is taken as a point."""
    values = pd.to_numeric(text.str.strip().str.replace(",", ".", regex=False), errors="coerce")
    values = values.astype(float)
    wrong = text.notna() & (values.isna() | values.abs().eq(float("inf")))
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' holds text where a number belongs (first in row "
            f"{row_of(wrong)}); mend it, or list its code under 'missing' in the codebook."
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
    """Dates written as 2025-12-31."""
    values = pd.to_datetime(text.str.strip().str[:10], format="%Y-%m-%d", errors="coerce")
    wrong = text.notna() & values.isna()
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' holds something that is no date (first in row "
            f"{row_of(wrong)}); write dates as 2025-12-31."
        )
    return values


def truths(file: str, text: pd.Series) -> pd.Series:
    """True and False, written as yes or no; missing stays missing."""
    values = text.str.strip().str.lower().map(_TRUTH)
    wrong = text.notna() & values.isna()
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' must say yes or no (first other in row {row_of(wrong)})."
        )
    return values.astype("boolean")


def words(
    file: str, text: pd.Series, known: Iterable[str], own: Mapping[str, str], mend: str
) -> pd.Series:
    """Words out of `known`, or the client's own words for them."""
    plain = text.str.strip()
    named = {name.lower(): target for name, target in own.items()}
    named |= {word: word for word in known}
    values = plain.str.lower().str.replace(" ", "_").map(named)
    values = values.fillna(plain.str.lower().map(named))
    wrong = plain.notna() & values.isna()
    if wrong.any():
        raise DataError(
            f"{file}: column '{text.name}' holds an unknown word (first in row {row_of(wrong)}); "
            f"{mend}"
        )
    return values
