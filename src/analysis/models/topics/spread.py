"""Is a theme the company's or an account's: who raises it, between accounts and within them.

A theme that is raised here and there at every customer points at the company; one that everybody
raises at a few customers, and nobody elsewhere, points at those. The intraclass correlation is the
part of the variance that lies between accounts.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.models.topics import impact

COLUMNS = (
    "topic",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "between",
    "within",
    "total",
    "company_wide",
    "verdict",
    "accounts_raising",
    "share_accounts",
    "share",
    "n",
    "n_least",
    "n_accounts",
    "n_shared",
    "note",
)

COMPANY, ACCOUNT = later("company-wide"), later("account-specific")
UNKNOWN = later("cannot be told")

#: Fewest accounts with two or more people who commented (our default; the coverage of the interval
#: was simulated from 15 accounts on, tests/slow/test_topics_meaning.py).
SHARED = 10

#: A theme raised in at least this share of the accounts is heard all over, however it clusters, and
#: one that clusters by no more than this is no account's own (our defaults).
EVERYWHERE, HARDLY = 0.5, 0.25

#: Values of the correlation and of the share at which the likelihood is worked out.
_GRID, _SHARES = np.linspace(0.0, 0.995, 400), np.linspace(-3.0, 3.0, 201)


def split(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    names: Mapping[int, str] | pd.Series,
    minimum: int = 8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Split the variance of raising each theme into that between and that within accounts.

    Parameters
    ----------
    people : one row a respondent and wave with a used comment: respondent, wave, account. Who has
        no account is left out; who is heard in several waves counts once, with all that was raised.
    raised : respondent, wave, topic. names : topic -> term.
    minimum : people who raise a theme, and who do not, that a row needs.

    Returns
    -------
    DataFrame with the columns `COLUMNS`, the most account-specific first. estimate: intraclass
    correlation by analysis of variance (it can fall below 0, where people at one account agree less
    than chance has it); interval: profile likelihood of the beta-binomial, between 0 and 1,
    stretched to hold an estimate above 0. between + within = total: the variance of raising the
    theme. company_wide: share of the variance within accounts. accounts_raising of n_accounts
    accounts with a comment raise it; n_shared: accounts with two or more people.
    verdict: `ACCOUNT` where the interval lies above 0 and fewer than `EVERYWHERE` of the accounts
    raise it; `COMPANY` where at least so many do, or where the interval reaches 0 and ends below
    `HARDLY`; else, or below `SHARED` accounts with two people, `UNKNOWN`, and `note` says why.

    References
    ----------
    Donner (1986), International Statistical Review 54(1), 67-82; R: `aod::icc`, `ICCbin::iccbin
    (method = "aov")`. Saha (2012), Statistics in Medicine 31(28), 3811-3821 (profile likelihood).
    In our simulations of 15 to 60 accounts with a beta-binomial correlation of 0.1 to 0.6 this
    interval held the truth in 91 to 100 %, F and Smith's (1957) in 66 to 97 %, Zou & Donner's
    (2004) in 76 to 96 %; where accounts agree wholly or not at all it held it in 78 to 94 %.

    Examples
    --------
    >>> homes = [f"a{k:02}" for k in range(12) for _ in range(3)]
    >>> people = pd.DataFrame({"respondent": [f"r{k}" for k in range(36)], "account": homes})
    >>> people["wave"] = "1"
    >>> raised = people[people["account"].isin(["a00", "a01", "a02"])].assign(topic=0)
    >>> row = split(people, raised, {0: "Portal"}).iloc[0]
    >>> row["verdict"], round(float(row["estimate"]), 2), int(row["accounts_raising"])
    ('account-specific', 1.0, 3)
    """
    known = impact.once(people[people["account"].notna()])
    said = impact.flags(known, raised, names)
    key = known["account"].astype(str) + "\0" + known["respondent"].astype(str)
    said = said.groupby(key).any()
    account = known.groupby(key)["account"].first().astype(str)
    rows = [
        _row(said[topic], account, level) | {"topic": topic, "term": names[topic]}
        for topic in said
        if minimum <= said[topic].sum() <= len(said) - minimum
    ]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.sort_values(["estimate", "topic"], ascending=[False, True], ignore_index=True)


def correlation(raising: np.ndarray, people: np.ndarray) -> tuple[float, float]:
    """Variance components of a yes/no answer by analysis of variance: between and within accounts.

    Parameters
    ----------
    raising : people of each account who say yes. people : of each account, at least 1.

    Returns
    -------
    Between (below 0 where accounts differ less than chance has it) and within; the intraclass
    correlation is the first over the sum of both. NaN where no account has two people.

    Examples
    --------
    >>> between, within = correlation(np.array([0, 1, 2, 3]), np.array([3, 3, 3, 3]))
    >>> round(between / (between + within), 4)
    0.4375
    """
    n, count = people.sum(), len(people)
    if count < 2 or n == count:
        return float("nan"), float("nan")
    squares = (raising**2 / people).sum()
    between = (squares - raising.sum() ** 2 / n) / (count - 1)
    within = (raising.sum() - squares) / (n - count)
    typical = (n - (people**2).sum() / n) / (count - 1)
    return float((between - within) / typical), float(within)


def interval(raising: np.ndarray, people: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Ends of the interval of the intraclass correlation: beta-binomial profile likelihood.

    Examples
    --------
    >>> ends = interval(np.array([0, 1, 2, 3] * 5), np.array([3] * 20))
    >>> [round(end, 2) for end in ends]
    [0.05, 0.61]
    """
    middle = raising.sum() / people.sum()
    shares = 1 / (1 + np.exp(-(np.log(middle / (1 - middle)) + _SHARES)))
    rho, p = _GRID[:, None], shares[None, :]
    likely = np.zeros((len(_GRID), len(shares)))
    with np.errstate(divide="ignore"):  # rho = 0 and a first person: log of a share, never of 0
        for i in range(int(people.max())):
            likely += (raising > i).sum() * np.log((1 - rho) * p + rho * i)
            likely += (people - raising > i).sum() * np.log((1 - rho) * (1 - p) + rho * i)
            likely -= (people > i).sum() * np.log(1 - rho + rho * i)
    profile = likely.max(axis=1)
    above = profile - profile.max() + stats.chi2.ppf(level, 1) / 2
    inside = np.flatnonzero(above >= 0)
    first, last = inside[0], inside[-1]
    low = 0.0 if first == 0 else _crossing(above, first - 1)
    high = 1.0 if last == len(_GRID) - 1 else _crossing(above, last)
    return low, high


def _crossing(above: np.ndarray, left: int) -> float:
    """Where a line between two neighbouring values crosses nought."""
    part = above[left] / (above[left] - above[left + 1])
    return float(_GRID[left] + part * (_GRID[left + 1] - _GRID[left]))


def _row(said: pd.Series, account: pd.Series, level: float) -> dict[str, Any]:
    """One theme."""
    by = said.groupby(account.loc[said.index].to_numpy())
    raising, people = by.sum().to_numpy(float), by.size().to_numpy(float)
    between, within = correlation(raising, people)
    shared = int((people > 1).sum())
    row: dict[str, Any] = {
        "accounts_raising": int((raising > 0).sum()),
        "share_accounts": float((raising > 0).mean()),
        "share": float(said.mean()),
        "n": len(said),
        "n_least": int(min(said.sum(), (~said).sum())),
        "n_accounts": len(people),
        "n_shared": shared,
        "verdict": UNKNOWN,
        "note": "",
    }
    if shared < SHARED:
        row["note"] = tr(
            "needs {least} accounts with two or more people who commented; there are {n}",
            least=SHARED,
            n=shared,
        )
        return row
    low, high = interval(raising, people, level)
    estimate = between / (between + within)
    whole = between + within if between > 0 else float(said.var())
    row |= {"estimate": estimate, "ci_low": min(low, max(estimate, 0.0)), "total": whole}
    row |= {"ci_high": max(high, estimate), "between": max(between, 0.0)}
    row |= {"within": whole - row["between"], "company_wide": 1 - row["between"] / whole}
    row["verdict"], row["note"] = _verdict(low, row["ci_high"], row["share_accounts"])
    return row


def _verdict(low: float, high: float, share: float) -> tuple[str, str]:
    if share >= EVERYWHERE:
        return COMPANY, tr(
            "raised in half of the accounts or more; more at some than at others"
            if low > 0
            else "raised in half of the accounts or more"
        )
    if low > 0:
        return ACCOUNT, tr("people at one account agree more than chance has it, in few accounts")
    if high < HARDLY:
        return COMPANY, tr("people at one account hardly agree more than chance has it")
    return UNKNOWN, tr(
        "people at one account may agree or not: too few accounts with several people"
    )
