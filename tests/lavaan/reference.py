"""Reference values by case, and their comparison with ours. R is not needed."""

from pathlib import Path

import pandas as pd

from analysis.models.sem import SemFit

#: Written by reference.R: R 4.2.2, lavaan 0.6-14, semTools 0.5-6.
VALUES = pd.read_csv(
    Path(__file__).with_name("reference.csv"), keep_default_na=False, dtype={"value": float}
)

#: What a value may differ by, as share of itself or, below 1, absolutely. lavaan's optimiser stops
#: at about 1e-5 of a standard error.
TOLERANCE = {"est": 1e-4, "se": 1e-4, "std": 1e-4, "std_se": 1e-4, "index": 2e-5}
COLUMN = {"est": "est", "se": "se", "std": "std_all", "std_se": "std_all_se"}


def values(case: str, what: str) -> pd.DataFrame:
    """Rows of one case and kind; at least one."""
    rows = VALUES[(VALUES["case"] == case) & (VALUES["what"] == what)]
    assert len(rows), (case, what)
    return rows


def parameters_off(fit: SemFit, case: str, tolerance: dict[str, float] | None = None) -> list[str]:
    """Parameters that differ from lavaan's, as sentences."""
    ours = {}
    for row in fit.parameters.itertuples():
        rhs = "" if row.op == ":=" else row.rhs
        ours[row.lhs, row.op, rhs, row.group] = row
        if row.op == "~~":
            ours[row.rhs, row.op, row.lhs, row.group] = row
    off = []
    for what, column in COLUMN.items():
        near = (tolerance or TOLERANCE)[what]
        for row in values(case, what).itertuples():
            rhs = "" if row.op == ":=" else row.rhs
            found = getattr(ours[row.lhs, row.op, rhs, row.group], column)
            if row.value == 0 and found != found:
                continue  # lavaan prints 0 for the error of what is fixed
            if not abs(found - row.value) <= near * max(1, abs(row.value)):
                off.append(
                    f"{case} {what} {row.lhs} {row.op} {row.rhs} {row.group}: "
                    f"{found:.7g}, lavaan {row.value:.7g}"
                )
    return off


def indices_off(
    fit: SemFit, case: str, without: tuple[str, ...] = (), tolerance: float = TOLERANCE["index"]
) -> list[str]:
    """Indices that differ from lavaan's, as sentences."""
    off = []
    for row in values(case, "index").itertuples():
        if row.lhs in without:
            continue
        found = fit.indices[row.lhs]
        if not abs(found - row.value) <= tolerance * max(1, abs(row.value)):
            off.append(f"{case} {row.lhs}: {found:.8g}, lavaan {row.value:.8g}")
    return off
