"""Accounts, their contacts, who is asked and who answers."""

import numpy as np
import pandas as pd

from analysis.survey.demo.clients import Spec
from analysis.survey.tables import ROLES

_FIRST = (
    "Anna Ben Carla David Eva Frank Greta Hugo Iris Jan Karin Leo Mia Nils Olga Peter "
    "Quinten Rosa Stefan Tess Umar Vera Willem Yara Zoe Adam Bea Chris Dora Erik Fiona "
    "George Hana Ivan Julia"
).split()
_LAST = (
    "Adams Becker Claes Dijkstra Evans Fischer Graham Hendriks Irving Jansen Koch Lambert "
    "Meyer Novak Olsen Peeters Quinn Richter Smit Turner Ulrich Vermeer Wagner Young "
    "Zeller Baker Cole"
).split()
_COMPANY = (
    "Alder Brook Cedar Dune Elm Fjord Glen Heath Isle Juniper Kestrel Lime Moor Nettle "
    "Oak Pine Quarry Ridge Spruce Thorn Vale Willow Yarrow Birch Copper Delta Ember Flint "
    "Garnet Hazel"
).split()
_KIND = ("Foods", "Retail", "Energy", "Medical", "Motors", "Housing", "Paper", "Steel", "Media")
_SECTORS = ("Industry", "Retail", "Public", "Health", "Finance")
_ROLE_SHARES = (0.2, 0.25, 0.3, 0.25)


def accounts(spec: Spec, rng: np.random.Generator) -> pd.DataFrame:
    """One row per account."""
    n = spec.accounts
    names = [f"{a} {b}" for b in _KIND for a in _COMPANY]
    revenue = np.exp(rng.normal(11.5, 1.0, n)).round(-3).astype(int)
    cuts = np.quantile(revenue, [0.5, 0.85])
    return pd.DataFrame(
        {
            "account": [f"A{k:03d}" for k in range(1, n + 1)],
            "name": rng.choice(names, n, replace=False),
            "sector": rng.choice(_SECTORS, n),
            "tier": np.array(["C", "B", "A"])[np.searchsorted(cuts, revenue)],
            "revenue": revenue,
            "owner": rng.choice(list(spec.staff), n),
            "dormant": np.where(rng.random(n) < 0.06, "yes", "no"),
            "since": [f"{year}-01-01" for year in rng.integers(2008, 2023, n)],
        }
    )


def contacts(spec: Spec, accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row per known person; large accounts know more people, each has at least one."""
    share = np.sqrt(accounts["revenue"].to_numpy(float))
    extra = spec.contacts - spec.accounts
    sizes = 1 + rng.multinomial(extra, share / share.sum())
    account = np.repeat(accounts["account"].to_numpy(), sizes)
    people = pd.DataFrame({"contact": [f"C{k:04d}" for k in range(1, len(account) + 1)]})
    people["account"] = account
    people["role"] = rng.choice(ROLES, len(people), p=_ROLE_SHARES)
    people["seniority"] = np.where(people["role"] == "decision_maker", "senior", "middle")
    first, last = rng.choice(_FIRST, len(people)), rng.choice(_LAST, len(people))
    people["name"] = [f"{a} {b}" for a, b in zip(first, last, strict=True)]
    people["email"] = [
        f"{a}.{b}@{c.lower()}.example".lower() for a, b, c in zip(first, last, account, strict=True)
    ]
    return people


def silent(spec: Spec, accounts: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Accounts from which nobody answers."""
    n = round(spec.silent * len(accounts))
    return sorted(rng.choice(accounts["account"], n, replace=False))


def respondents(
    spec: Spec, contacts: pd.DataFrame, quiet: list[str], n: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The `n` contacts who answer a wave: every account that is not silent at least once."""
    asked = contacts[~contacts["account"].isin(quiet)]
    readiness = asked["role"].map(spec.role_rates).to_numpy()
    keys = rng.random(len(asked)) ** (1 / readiness)  # weighted draw without replacement
    ordered = asked.assign(key=keys).sort_values("key", ascending=False)
    first = ordered.drop_duplicates("account")
    rest = ordered.drop(first.index).head(n - len(first))
    return pd.concat([first, rest]).head(n).drop(columns="key").sort_values("contact")


def invitations(
    spec: Spec, contacts: pd.DataFrame, came: dict[str, pd.DataFrame], rng: np.random.Generator
) -> pd.DataFrame:
    """Everybody on the contact list is asked in each wave; the platform says who answered."""
    waves = []
    for wave in spec.waves:
        asked = contacts[["contact", "account", "role"]].copy()
        asked.insert(0, "wave", wave.id)
        opened = pd.Timestamp(wave.closed) - pd.Timedelta(days=28)
        asked["invited"] = opened.date().isoformat()
        asked["sender"] = np.where(rng.random(len(asked)) < 0.5, "account lead", "research team")
        there = asked["contact"].isin(came[wave.id]["contact"])
        asked["answered"] = np.where(there, "yes", "no")
        waves.append(asked)
    return pd.concat(waves, ignore_index=True)
