"""Answers to the commitment-trust questions with known paths, and a Survey of them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.models.sem import theory
from analysis.models.sem.signs import PATHS
from analysis.survey import tables

#: Planted standardised paths.
TRUTH = {
    ("termination_costs", "commitment"): 0.20,
    ("relationship_benefits", "commitment"): 0.05,
    ("shared_values", "commitment"): 0.20,
    ("shared_values", "trust"): 0.30,
    ("communication", "trust"): 0.30,
    ("opportunism", "trust"): -0.30,
    ("trust", "commitment"): 0.40,
    ("commitment", "acquiescence"): 0.40,
    ("commitment", "propensity_to_leave"): -0.50,
    ("commitment", "cooperation"): 0.30,
    ("trust", "cooperation"): 0.40,
    ("trust", "functional_conflict"): 0.35,
    ("trust", "uncertainty"): -0.40,
}
LOADINGS = (0.85, 0.80, 0.75)
EXOGENOUS = [
    "termination_costs",
    "relationship_benefits",
    "shared_values",
    "communication",
    "opportunism",
]
LATENTS = [
    *EXOGENOUS,
    "trust",
    "commitment",
    "acquiescence",
    "propensity_to_leave",
    "cooperation",
    "functional_conflict",
    "uncertainty",
]
MEASUREMENT = tuple((name, tuple(f"{name}_{k}" for k in (1, 2, 3))) for name in LATENTS)
MODEL = SimpleNamespace(
    text=theory.text(dict(MEASUREMENT), [(s, t) for s, t, _ in PATHS]),
    items=[item for _, items in MEASUREMENT for item in items],
)


def population() -> np.ndarray:
    """Correlation matrix of the 36 items that the planted paths and loadings imply."""
    between = np.full((5, 5), 0.3)
    between[4, :] = between[:, 4] = -0.2
    np.fill_diagonal(between, 1.0)
    phi = between
    for k, name in enumerate(LATENTS[5:], start=5):
        b = np.array([TRUTH.get((source, name), 0.0) for source in LATENTS[:k]])
        with_others = phi @ b
        phi = np.block([[phi, with_others[:, None]], [with_others[None, :], np.ones((1, 1))]])
    loads = np.kron(np.eye(len(LATENTS)), np.array(LOADINGS)[:, None])
    sigma = loads @ phi @ loads.T
    np.fill_diagonal(sigma, 1.0)
    return sigma


def sample(n: int, seed: int, accounts: int | None = None, share: float = 0.2) -> pd.DataFrame:
    """Items as continuous answers around 4.8, and `account`; accounts share part of all scores."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(population())
    own = rng.standard_normal((n, len(root))) @ root.T
    account = np.arange(n)
    if accounts:
        account = rng.integers(0, accounts, n)
        common = (rng.standard_normal((accounts, len(root))) @ root.T)[account]
        own = np.sqrt(1 - share) * own + np.sqrt(share) * common
    return pd.DataFrame(4.8 + 1.3 * own, columns=MODEL.items).assign(account=account)


def exact(n: int) -> pd.DataFrame:
    """Answers whose correlations are those of the population to the last digit."""
    raw = np.random.default_rng(0).standard_normal((n, len(MODEL.items)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / n)).T
    return pd.DataFrame(white @ np.linalg.cholesky(population()).T, columns=MODEL.items)


def survey(data: pd.DataFrame, wave: str = "w1") -> tables.Survey:
    """A Survey of one wave with these items and `account`, if there."""
    n = len(data)
    account = data["account"].map("a{}".format) if "account" in data else pd.Series([None] * n)
    items = data.drop(columns="account", errors="ignore").reset_index(drop=True)
    fixed = {
        "respondent": [f"r{k}" for k in range(n)],
        "wave": wave,
        "account": account.to_numpy(),
        "contact": None,
        "role": None,
        "mode": "confidential",
        "language": "en",
        "nps": np.nan,
        "weight": 1.0,
        "careless": False,
    }
    book = pd.DataFrame(
        {
            "label": items.columns,
            "construct": items.columns.str.rsplit("_", n=1).str[0],
            "scale_min": -5.0,  # these answers are no steps and may leave 1 to 7
            "scale_max": 15.0,
            "reverse": False,
        },
        index=items.columns,
    )
    return tables.Survey(
        client="made-up",
        waves=(wave,),
        answers=pd.DataFrame(fixed, index=range(n)).join(items),
        comments=pd.DataFrame(columns=list(tables.COMMENT_COLUMNS)),
        items=book,
        sources=(),
        **{name: tables.empty(name) for name in tables.TABLES},
    )
