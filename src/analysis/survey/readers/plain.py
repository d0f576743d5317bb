"""CSV, XLSX and Parquet, told apart by their content."""

import csv
import hashlib
import io
import zipfile
from pathlib import Path

import pandas as pd

from analysis.errors import DataError

_DELIMITERS = (",", ";", "\t")


def read(file: Path) -> tuple[pd.DataFrame, str, str]:
    """Read one table as text.

    Returns
    -------
    Frame of str (empty cells are NaN; words such as "n/a" stay words), the file's sha256, and its
    format: "csv", "xlsx" or "parquet".

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
    if content.startswith(b"PK\x03\x04"):
        rows, kind = _xlsx(file.name, content), "xlsx"
    elif content.startswith(b"PAR1"):
        rows, kind = _parquet(file.name, content), "parquet"
    else:
        rows, kind = _csv(file.name, content), "csv"
    return _frame(file.name, rows), hashlib.sha256(content).hexdigest(), kind


def _csv(name: str, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise DataError(
            f"{name} is not UTF-8 (first in line {line}); save it again as 'CSV UTF-8'."
        ) from None
    if "\0" in text:
        raise DataError(f"{name} is neither CSV nor XLSX nor Parquet; export it again.")
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except csv.Error:
        raise DataError(f"{name} is not valid CSV; check its quotation marks.") from None
    width = len(rows[0])
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != width:
            raise DataError(
                f"{name} has {len(row)} cells in row {number} and {width} in its header; "
                "check for stray delimiters or quotation marks."
            )
    return rows


def _xlsx(name: str, content: bytes) -> list[list[str]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError):
        raise DataError(f"{name} is damaged or no workbook; save it again as XLSX.") from None
    rows = [row for row in rows if any(cell not in (None, "") for cell in row)]
    if not rows:
        raise DataError(f"{name} is empty; export it again.")
    return [[_text(cell) for cell in row] for row in rows]


def _parquet(name: str, content: bytes) -> list[list[str]]:
    from pyarrow import ArrowException, BufferReader
    from pyarrow.parquet import read_table

    try:
        table = read_table(BufferReader(content))
    except (ArrowException, OSError):
        raise DataError(f"{name} is a damaged Parquet file; export it again.") from None
    columns = [[_text(cell) for cell in column] for column in table.to_pydict().values()]
    return [table.column_names, *map(list, zip(*columns, strict=True))]


def _text(cell: object) -> str:
    """A cell as the CSV of the same table would hold it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return "" if cell != cell else str(int(cell)) if cell.is_integer() else repr(cell)
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    return str(cell)


def _frame(name: str, rows: list[list[str]]) -> pd.DataFrame:
    header = [column.strip() for column in rows[0]]
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise DataError(f"{name} has two columns named '{twice[0]}'; rename one.")
    frame = pd.DataFrame(rows[1:], columns=header, dtype="str")
    return frame.mask(frame.apply(lambda column: column.str.strip() == ""))
