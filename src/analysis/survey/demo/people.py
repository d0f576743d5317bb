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
_DORMANT = 0.06

#: Share of the contacts that comes, and that goes, between two waves.
_TURNOVER = 0.08
#: How much a person's readiness to answer differs from that of others, beside chance (1.3): some
#: always answer and some never do, so that many answer in several waves.
_EAGERNESS = 2.0


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
            "dormant": np.where(rng.random(n) < _DORMANT, "yes", "no"),
            "since": [f"{year}-01-01" for year in rng.integers(2008, 2023, n)],
        }
    )


def contacts(spec: Spec, accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row per person known in any wave; large accounts know more people, each at least one.

    Beside the columns of the contacts file: name, email, language, `eager` (readiness to answer)
    and the places of the first and the last wave in which the person is `there`. The first
    contact of an account never comes or goes.
    """
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
    languages = list(spec.languages)
    people["language"] = rng.choice(languages, len(people), p=list(spec.languages.values()))
    people["eager"] = rng.standard_normal(len(people))
    waves = len(spec.waves)
    comes, goes = rng.random((2, len(people))) < _TURNOVER * (waves - 1)
    fixed = ~people["account"].duplicated().to_numpy()
    between = rng.integers(1, max(waves, 2), (2, len(people)))
    people["there_from"] = np.where(comes & ~fixed, between[0], 0)
    people["there_to"] = np.where(goes & ~comes & ~fixed, between[1] - 1, waves - 1)
    return people


def silent(spec: Spec, accounts: pd.DataFrame, rng: np.random.Generator) -> list[list[str]]:
    """Accounts from which nobody answers, of each wave; most stay silent in the next one too.

    Accounts that buy nothing at present are the likeliest to be silent.
    """
    n = round(spec.silent * len(accounts))
    habit = rng.standard_normal(len(accounts)) + 1.0 * (accounts["dormant"] == "yes")
    waves = []
    for _ in spec.waves:
        silence = habit + 0.6 * rng.standard_normal(len(accounts))
        waves.append(sorted(accounts["account"].iloc[np.argsort(-silence)[:n]]))
    return waves


def asked(spec: Spec, contacts: pd.DataFrame, wave: int, rng: np.random.Generator) -> pd.DataFrame:
    """The people who are asked in a wave; at every account somebody is."""
    there = contacts[(contacts["there_from"] <= wave) & (wave <= contacts["there_to"])]
    first = there.drop_duplicates("account")
    rest = there.drop(first.index)
    chosen = rng.choice(rest.index, min(spec.asked - len(first), len(rest)), replace=False)
    return there.loc[sorted([*first.index, *chosen])]


def respondents(
    spec: Spec, asked: pd.DataFrame, quiet: list[str], n: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The `n` people who answer: every account that is not silent at least once."""
    asked = asked[~asked["account"].isin(quiet)]
    # A draw without replacement, weighted by readiness: the largest of log weight plus Gumbel.
    keys = np.log(asked["role"].map(spec.role_rates)) + _EAGERNESS * asked["eager"]
    keys = keys + rng.gumbel(size=len(asked))
    ordered = asked.loc[keys.sort_values(ascending=False).index]
    first = ordered.drop_duplicates("account")
    rest = ordered.drop(first.index).head(n - len(first))
    return pd.concat([first, rest]).head(n).sort_values("contact")


def invitations(
    spec: Spec,
    asked: dict[str, pd.DataFrame],
    came: dict[str, pd.DataFrame],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Who was asked in each wave, when and by whom; the platform says who answered."""
    waves = []
    for wave in spec.waves:
        rows = asked[wave.id][["contact", "account", "role"]].copy()
        rows.insert(0, "wave", wave.id)
        opened = pd.Timestamp(wave.closed) - pd.Timedelta(days=28)
        rows["invited"] = opened.date().isoformat()
        rows["sender"] = np.where(rng.random(len(rows)) < 0.5, "account lead", "research team")
        there = rows["contact"].isin(came[wave.id]["contact"])
        rows["answered"] = np.where(there, "yes", "no")
        waves.append(rows)
    return pd.concat(waves, ignore_index=True)
