"""Published figures to compare with, each with its source; none is an estimate of ours."""

from pathlib import Path

import pandas as pd

from analysis.errors import DataError

COLUMNS = ("figure", "value", "unit", "year", "population", "source", "mark")

#: found in a public page; stated in a source document; calculated from such figures.
MARKS = ("found", "stated", "calculated")


def load(root: Path) -> pd.DataFrame:
    """Read `data/reference/figures.csv`.

    Parameters
    ----------
    root : the project's folder.

    Returns
    -------
    DataFrame with the columns `COLUMNS`; no rows where the file is absent.

    Raises
    ------
    DataError: a figure without value, source or known mark.
    """
    file = root / "data" / "reference" / "figures.csv"
    if not file.is_file():
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.read_csv(file, dtype={"year": "str"})
    bad = table[["figure", "value", "source"]].isna().any(axis=1) | ~table["mark"].isin(MARKS)
    if list(table.columns) != list(COLUMNS) or bad.any():
        raise DataError(
            "figures.csv in data/reference/ holds a figure without value, source or known mark; "
            "each needs all three."
        )
    return table


def of(table: pd.DataFrame, *prefixes: str) -> pd.DataFrame:
    """Figures whose name starts with one of the prefixes, in the file's order."""
    return table[table["figure"].str.startswith(prefixes)].reset_index(drop=True)
