"""CSV, XLSX and Parquet, told apart by their content, read as text."""

import csv
import hashlib
import io
import re
from pathlib import Path

import pandas as pd

from analysis.errors import DataError

_DELIMITERS = (",", ";", "\t")
_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook with a password
_PARQUET = b"PAR1"


def read(file: Path) -> tuple[pd.DataFrame, str, str]:
    """Read one table as text.

    Returns
    -------
    Frame of str without blanks around a cell; empty cells are NaN, words such as "n/a" stay
    words. Its index is the row in the file as a spreadsheet numbers it (the header is row 1);
    rows without any cell are left out. Then the file's sha256, and its format: "csv", "xlsx" or
    "parquet". Of a workbook the first sheet is read, and of a formula its stored result.

    Raises
    ------
    DataError: missing, empty, damaged, not UTF-8, ragged, or with a column name twice.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{file.name} is missing; put it into data/{file.parent.name}/.") from None
    except OSError as problem:
        raise DataError(f"{file.name} cannot be read: {problem.strerror}.") from None
    if not content.strip():
        raise DataError(f"{file.name} is empty; export it again.")
    if content.startswith(_WORKBOOK):
        frame, kind = _from_rows(file.name, _xlsx(file.name, content)), "xlsx"
    elif content.startswith(_PARQUET):
        frame, kind = _parquet(file.name, content), "parquet"
    else:
        frame, kind = _from_rows(file.name, _csv(file.name, content)), "csv"
    return frame, hashlib.sha256(content).hexdigest(), kind


def _csv(name: str, content: bytes) -> list[list[str]]:
    if content.startswith(_OLD_WORKBOOK):
        raise DataError(
            f"{name} is an old workbook or has a password; save it as XLSX without a password."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise DataError(
            f"{name} is not UTF-8 (first in line {line}); save it again as 'CSV UTF-8'."
        ) from None
    if "\0" in text:
        raise DataError(f"{name} is neither CSV nor XLSX nor Parquet; export it again.")
    # newline="": the csv module splits lines itself, and keeps line breaks inside quotation marks.
    lines = io.StringIO(text, newline="")
    # strict: otherwise a quotation mark that is never closed swallows the rows after it.
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error:
        raise DataError(
            f"{name} is not valid CSV (first in row {len(rows) + 1}); check its quotation marks."
        ) from None
    return rows


def _delimiter(text: str) -> str:
    """The delimiter that cuts the header into most cells; those in quotation marks do not count."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().splitlines()[0])
    return max(_DELIMITERS, key=header.count)


def _xlsx(name: str, content: bytes) -> list[list[str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some vendors write a wrong size, and rows would be lost
        rows = [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        book.close()
    except Exception:  # openpyxl lets errors of zip, zlib and XML through, a dozen kinds
        raise DataError(f"{name} is damaged or no workbook; save it again as XLSX.") from None
    # A formatted cell without content makes a row longer; only content makes it too long.
    width = len(_trimmed(next((row for row in rows if any(row)), [])))
    return [(_trimmed(row) + [""] * width)[: max(width, len(_trimmed(row)))] for row in rows]


def _trimmed(row: list[str]) -> list[str]:
    """The row without the empty cells at its end."""
    length = max((n for n, cell in enumerate(row, start=1) if cell), default=0)
    return row[:length]


def _from_rows(name: str, rows: list[list[str]]) -> pd.DataFrame:
    """Rows of cells, the header first, checked for one width."""
    numbered = {
        number: [cell.strip() for cell in row] for number, row in enumerate(rows, start=1) if row
    }
    filled = {number: row for number, row in numbered.items() if any(row)}
    if not filled:
        raise DataError(f"{name} is empty; export it again.")
    header = filled.pop(min(filled))
    for number, row in filled.items():
        if len(row) != len(header):
            raise DataError(
                f"{name} has {len(row)} cells in row {number} and {len(header)} in its header; "
                "check for stray delimiters or quotation marks."
            )
    columns = zip(*filled.values(), strict=True) if filled else [[] for _ in header]
    return _frame(name, header, [list(column) for column in columns], list(filled))


def _parquet(name: str, content: bytes) -> pd.DataFrame:
    from pyarrow import ArrowException, BufferReader
    from pyarrow.parquet import read_table

    try:
        table = read_table(BufferReader(content))
        columns = [[_text(cell).strip() for cell in column.to_pylist()] for column in table.columns]
    except (ArrowException, OSError, ValueError):
        raise DataError(f"{name} is a damaged Parquet file; export it again.") from None
    header = [column.strip() for column in table.column_names]
    return _frame(name, header, columns, list(range(2, table.num_rows + 2)))


def _text(cell: object) -> str:
    """A cell as the CSV of the same table would hold it.

    >>> [_text(cell) for cell in (None, 7, 7.0, 0.5, True, float("nan"))]
    ['', '7', '7', '0.5', 'yes', '']
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return "" if cell != cell else str(int(cell)) if cell.is_integer() else repr(cell)
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    return str(cell)


def _frame(
    name: str, header: list[str], columns: list[list[str]], numbers: list[int]
) -> pd.DataFrame:
    for place, column in enumerate(header, start=1):
        if not column and any(columns[place - 1]):
            raise DataError(f"{name} has no name over its column {place}; give it one.")
        if column and column in header[: place - 1]:
            raise DataError(f"{name} has two columns named '{column}'; rename one.")
    return pd.DataFrame(
        {
            column: pd.Series([cell or None for cell in cells], numbers, dtype="str")
            for column, cells in zip(header, columns, strict=True)
            if column
        },
        index=pd.Index(numbers, dtype="int64"),
    )
