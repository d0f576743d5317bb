"""Where the two sides see trust differently, and which element is the weakest."""

from collections.abc import Hashable

import numpy as np
import pandas as pd

from analysis.language import later, tr
from analysis.measures import inference
from analysis.measures.trust.elements import ELEMENTS, LEAST, SIDES, mean, side
from analysis.survey.tables import Survey

#: Accounts judged by both sides from which the sides are compared account by account: our default.
LEAST_PAIRS = 5

#: Columns of `gaps` and of `weakest`.
GAP = (
    "term",
    "element",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_customers",
    "n_suppliers",
    "n_least",
    "clear",
    "note",
)
WEAKEST = (
    "side",
    "term",
    "element",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "weakest",
    "clear",
    "note",
)


def gaps(survey: Survey, wave: str) -> pd.DataFrame:
    """What the supplier's own people say less what its customers say, element by element.

    Returns
    -------
    DataFrame with the columns `GAP`, a row per element that both sides were asked and, where that
    is all six, "overall". Above zero the own people see more trust than the customers do. Where at
    least `LEAST_PAIRS` accounts were judged by both sides, it is the mean over these accounts of
    the difference between the sides' means (n: accounts); else the difference of two independent
    groups (n: people of both). n_customers, n_suppliers: people in the comparison; n_least: the
    fewest of all of these. No rows with fewer than `LEAST` people on a side.

    Notes
    -----
    One of the own people who judged several accounts is one voice: these accounts, and all that
    hang together in this way, are then one cluster. R: `t.test(supplier, customer, paired = TRUE)`
    of the accounts' means where each was judged by somebody else.
    """
    customers, suppliers = (side(survey, wave, name) for name in SIDES)
    asked = [name for name in ELEMENTS if name in customers and name in suppliers]
    both = set(customers["account"].dropna()) & set(suppliers["account"].dropna())
    matched = len(both) >= LEAST_PAIRS
    if matched:
        customers = customers[customers["account"].isin(both)]
        suppliers = suppliers[suppliers["account"].isin(both)]
    n_customers, n_suppliers = len(customers), suppliers["contact"].nunique()
    if not asked or min(n_customers, n_suppliers) < LEAST:
        return pd.DataFrame(columns=list(GAP))
    if len(asked) == len(ELEMENTS):
        customers, suppliers = (
            frame.assign(overall=frame[asked].mean(axis=1)) for frame in (customers, suppliers)
        )
        asked = [*asked, "overall"]
    compared = _paired if matched else _independent
    rows = []
    for element in asked:
        row = compared(customers, suppliers, element)
        row |= {"element": element, "term": tr(ELEMENTS.get(element, "All six"))}
        row |= {"n_customers": n_customers, "n_suppliers": n_suppliers}
        row["n_least"] = min(n_customers, n_suppliers, row["n"])
        row["clear"] = bool(row["ci_low"] > 0 or row["ci_high"] < 0)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(GAP))


def weakest(survey: Survey, wave: str, level: float = 0.95) -> pd.DataFrame:
    """How far each element lies above the weakest one, in the eyes of the same people.

    Returns
    -------
    DataFrame with the columns `WEAKEST`, for each side with at least `LEAST` people a row per
    element other than the lowest, nearest first: estimate (its mean less that of the lowest),
    weakest (the lowest element), clear (the interval lies above zero). Intervals are simultaneous
    (Bonferroni over the elements of a side), so the weakest is sure when all are clear, and those
    not clear may be the weakest as well.

    References
    ----------
    Paired t by element, accounts as clusters. Hsu (1996), Multiple Comparisons, ch. 4.
    """
    frames = []
    for name in SIDES:
        scored = side(survey, wave, name)
        asked = list(scored.columns[2:])
        people = scored["contact"].nunique() if name == "supplier" else len(scored)
        if len(asked) < 2 or people < LEAST:
            continue
        low = scored[asked].mean().round(9).idxmin()
        others = [element for element in asked if element != low]
        strict = 1 - (1 - level) / len(others)
        rows = [
            mean(scored[element] - scored[low], scored, name, strict).assign(
                element=element, term=tr(ELEMENTS[element])
            )
            for element in others
        ]
        found = pd.concat(rows).assign(side=name, weakest=low, n=people)
        frames.append(found.sort_values(["estimate", "term"], kind="stable"))
    if not frames:
        return pd.DataFrame(columns=list(WEAKEST))
    found = pd.concat(frames, ignore_index=True)
    return found.assign(clear=found["ci_low"] > 0)[list(WEAKEST)]


def _paired(customers: pd.DataFrame, suppliers: pd.DataFrame, element: str) -> dict[str, object]:
    """Mean difference over accounts; accounts that share a judge are one cluster."""
    mine = suppliers.groupby("account")[element].mean()
    apart = (mine - customers.groupby("account")[element].mean()).dropna()
    voices = _linked(suppliers).reindex(apart.index)
    frame = pd.DataFrame({"account": voices, "contact": None}, index=apart.index)
    row = inference.mean(apart, frame).iloc[0]
    note = later("the same accounts, judged by both sides")
    if not voices.is_unique:
        note = later(
            "the same accounts, judged by both sides; accounts that one person judged count as one "
            "voice"
        )
    return row[["estimate", "ci_low", "ci_high"]].to_dict() | {"n": len(apart), "note": note}


def _linked(suppliers: pd.DataFrame) -> pd.Series:
    """For each account the first of those that hang together with it through their judges."""
    parent: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for account, person in zip(suppliers["account"], suppliers["contact"], strict=True):
        one, other = sorted((root(("account", account)), root(("person", person))), key=str)
        parent[other] = one
    accounts = sorted(suppliers["account"].unique(), key=str)
    return pd.Series([str(root(("account", account))) for account in accounts], accounts)


def _independent(
    customers: pd.DataFrame, suppliers: pd.DataFrame, element: str
) -> dict[str, object]:
    """Difference of two groups: customers cluster by account, the own people by person."""
    both = pd.concat(
        [
            customers.assign(wave=SIDES[0]),
            suppliers.assign(account=np.nan, contact="own " + suppliers["contact"], wave=SIDES[1]),
        ],
        ignore_index=True,
    )
    row = inference.difference(both[element], both, *SIDES).iloc[0]
    n = len(customers) + suppliers["contact"].nunique()
    found = row[["estimate", "ci_low", "ci_high"]].to_dict()
    return found | {"n": n, "note": later("two groups, not matched by account")}
