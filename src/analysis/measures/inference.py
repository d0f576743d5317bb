"""Intervals and tests for small business-to-business samples, where accounts are clusters.

Two people at one customer are not two independent voices, so every interval takes accounts as
clusters: means and their differences through `clusters` (CR2 with Satterthwaite's degrees of
freedom below 50 accounts), other estimates through `clustered` (deviations summed within an account
before they are squared). Without accounts it is the ordinary t-interval.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import gammaln

from analysis.errors import DataError
from analysis.language import tr
from analysis.measures import clusters

#: Fewer accounts than this make the clustered interval itself uncertain (our default).
FEW_ACCOUNTS = 20

#: A family of tests is called clear below this false-discovery rate (our default).
FALSE_DISCOVERY = 0.05


def units(answers: pd.DataFrame) -> pd.Series:
    """Who speaks with one voice: the account; without one the contact; else the answer itself.

    Returns
    -------
    Series of str aligned with `answers`; the clusters of every interval.

    Examples
    --------
    >>> frame = pd.DataFrame({"account": ["A", None, None], "contact": ["c1", "c2", None]})
    >>> list(units(frame))
    ['account A', 'contact c2', 'answer 2']
    """
    # A loop over lists: it is asked for at every interval, and takes pandas ten times as long.
    unit = [f"answer {label}" for label in answers.index]
    for column in ("contact", "account"):
        known, given = answers[column].notna(), answers[column].tolist()
        for place in np.flatnonzero(known):
            unit[place] = f"{column} {given[place]}"
    return pd.Series(unit, index=answers.index, dtype="str")


def clustered(influence: pd.Series, clusters: pd.Series) -> tuple[float, int]:
    """Standard error of an estimate from each answer's influence on it, and its degrees of freedom.

    Influence is summed within clusters and squared: CR1 for a mean or a difference of means, also
    where the same account or contact answered in both waves.

    Returns
    -------
    Standard error (NaN with one cluster) and clusters minus one.

    References
    ----------
    Cameron & Miller (2015), Journal of Human Resources 50(2), 317-372. R: `survey::svymean`.
    """
    if not clusters.index.equals(influence.index):
        clusters = clusters.reindex(influence.index)
    codes, names = pd.factorize(clusters)
    count = len(names)
    if count < 2:
        return float("nan"), 0
    sums = np.bincount(codes[codes >= 0], influence.to_numpy(float)[codes >= 0])
    return float(np.sqrt(count / (count - 1) * (sums**2).sum())), count - 1


def mean(values: pd.Series, answers: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Mean with an interval in which each account is one cluster.

    Parameters
    ----------
    values : one per row of `answers`; missing ones are left out of the base.
    answers : rows with `account` and `contact`.

    Returns
    -------
    DataFrame, one row: term, estimate, ci_low, ci_high, p (of no mean at all, for values that are
    differences), n, n_accounts and largest (share of the biggest account in n; both NaN without
    accounts), note (how the interval was made). No row without values.

    Examples
    --------
    >>> answers = pd.DataFrame({"account": list("AABC"), "contact": list("wxyz")})
    >>> mean(pd.Series([6.0, 6.0, 4.0, 5.0]), answers)[["estimate", "n", "n_accounts"]].values
    array([[5.25, 4.  , 3.  ]])
    """
    values = values.dropna()
    columns = ["term", "estimate", "ci_low", "ci_high", "p", "n", "n_accounts", "largest", "note"]
    if values.empty:
        return pd.DataFrame(columns=columns)
    here = answers.loc[values.index]
    fitted = clusters.fit(np.ones((len(values), 1)), values.to_numpy(float), units(here))
    found = fitted.contrast([1.0])
    row = [values.name or "mean", *ends(found, level), p_value(found)]
    row += [len(values), _accounts(here), largest(here["account"]), _how(here, fitted.clusters)]
    return pd.DataFrame([row], columns=columns).astype({"term": object, "note": object})


def difference(
    values: pd.Series, answers: pd.DataFrame, before: str, after: str, level: float = 0.95
) -> pd.DataFrame:
    """Change of a mean between two waves, accounts (or returning contacts) as clusters.

    Parameters
    ----------
    values : one per row of `answers`, both waves.
    before, after : ids of the waves.

    Returns
    -------
    DataFrame, one row: term, estimate (after minus before), ci_low, ci_high, p, n, n_before,
    n_accounts, note. No row when a wave has no values.
    """
    values = values.dropna()
    wave = answers.loc[values.index, "wave"]
    old, new = values[wave == before], values[wave == after]
    columns = ["term", "estimate", "ci_low", "ci_high", "p", "n", "n_before", "n_accounts", "note"]
    if old.empty or new.empty:
        return pd.DataFrame(columns=columns)
    both = pd.concat([old, new])
    here = answers.loc[both.index]
    later = np.repeat([0.0, 1.0], [len(old), len(new)])
    x = np.column_stack([1 - later, later])
    fitted = clusters.fit(x, both.to_numpy(float), units(here))
    found = fitted.contrast([-1.0, 1.0])
    row = [values.name or "mean", *ends(found, level), p_value(found)]
    row += [len(new), len(old), _accounts(here), _how(here, fitted.clusters)]
    return pd.DataFrame([row], columns=columns).astype({"term": object, "note": object})


def wilson(count: int, n: int, level: float = 0.95) -> pd.DataFrame:
    """Share with Wilson's interval.

    Returns
    -------
    DataFrame, one row: estimate, ci_low, ci_high (0-1), n.

    Raises
    ------
    DataError: more answers counted than were given.

    Examples
    --------
    >>> wilson(86, 100)[["ci_low", "ci_high"]].round(3).values
    array([[0.779, 0.915]])
    """
    if not 0 <= count <= n:
        raise DataError(f"{count} of {n} is not a share: check the counts.")
    columns = ["estimate", "ci_low", "ci_high", "n"]
    if n == 0:
        return pd.DataFrame(columns=columns)
    ends = stats.binomtest(int(count), int(n)).proportion_ci(level, method="wilson")
    return pd.DataFrame([(count / n, ends.low, ends.high, n)], columns=columns)


def matched_pairs(answers: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """Contacts who gave a `value` in both waves: columns account, contact, before, after.

    A contact is known by account and contact id together; one who appears twice in a wave cannot
    be matched and is left out.
    """
    known = answers[answers["contact"].notna() & answers["value"].notna()].copy()
    known["account"] = known["account"].astype(object).where(known["account"].notna(), "")
    keys = ["account", "contact"]
    known = known[~known.duplicated([*keys, "wave"], keep=False)]
    old = known.loc[known["wave"] == before, [*keys, "value"]]
    new = known.loc[known["wave"] == after, [*keys, "value"]]
    pairs = old.merge(new, on=keys, suffixes=("_before", "_after"))
    pairs["account"] = pairs["account"].where(pairs["account"] != "", np.nan)
    return pairs.rename(columns={"value_before": "before", "value_after": "after"})


def least_followed(n_old: int, n_new: int, n_pairs: int) -> int:
    """Smallest group that a reader could work out where all and the same people are both told.

    Those followed, those who came and those who left; nobody at all in a group tells nothing.

    >>> least_followed(40, 38, 35), least_followed(35, 35, 35)
    (3, 35)
    """
    groups = (n_pairs, n_new - n_pairs, n_old - n_pairs)
    return min((size for size in groups if size > 0), default=0)


def permutation_p(old: Sequence[int], new: Sequence[int]) -> float:
    """Exact two-sided p of the difference when wave labels are exchanged among the answers.

    Only how many promoters and detractors fall into the later wave matters, so the permutation
    distribution is a multivariate hypergeometric one and needs no sampling and no seed.
    """
    promoters, passives, detractors = (a + b for a, b in zip(old, new, strict=True))
    n_new, n_old = sum(new), sum(old)
    p, d = np.meshgrid(np.arange(promoters + 1), np.arange(detractors + 1), indexing="ij")
    rest = n_new - p - d
    possible = (rest >= 0) & (rest <= passives)
    p, d, rest = p[possible], d[possible], rest[possible]
    weight = _log_choose(promoters, p) + _log_choose(detractors, d)
    weight += _log_choose(passives, rest) - _log_choose(n_old + n_new, n_new)
    gap = (p - d) / n_new - (promoters - detractors - (p - d)) / n_old
    seen = (new[0] - new[2]) / n_new - (old[0] - old[2]) / n_old
    return min(1.0, float(np.exp(weight[np.abs(gap) >= abs(seen) - 1e-9]).sum()))


def sign_flip_p(moved: pd.Series) -> float:
    """Exact two-sided p of paired differences of one or two classes when signs are flipped."""
    ones, twos = int((moved.abs() == 1).sum()), int((moved.abs() == 2).sum())
    a, b = np.meshgrid(np.arange(ones + 1), np.arange(twos + 1), indexing="ij")
    total = (2 * a - ones) + 2 * (2 * b - twos)
    chance = stats.binom.pmf(a, ones, 0.5) * stats.binom.pmf(b, twos, 0.5)
    return min(1.0, float(chance[np.abs(total) >= abs(moved.sum()) - 1e-9].sum()))


def discoveries(p: pd.Series) -> pd.Series:
    """Adjust p values of one family for the false-discovery rate; missing ones stay missing.

    References
    ----------
    Benjamini & Hochberg (1995), JRSS B 57, 289-300. R: `p.adjust(p, "BH")`.

    Examples
    --------
    >>> list(discoveries(pd.Series([0.01, None, 0.04, 0.03])).round(3))
    [0.03, nan, 0.04, 0.04]
    """
    known = p.dropna().astype(float)
    if known.empty:
        return p.astype(float)
    adjusted = stats.false_discovery_control(known, method="bh")
    return pd.Series(adjusted, index=known.index).reindex(p.index)


def resampled_correlations(
    z: np.ndarray, clusters: pd.Series | None, resamples: int, seed: int
) -> np.ndarray:
    """Correlation matrices of samples of whole clusters.

    Parameters
    ----------
    z : n x p, complete, standardised columns. clusters : who speaks with one voice; None: each row.

    Returns
    -------
    resamples x p x p; a column that is constant in a resample correlates 0.
    """
    rows = np.column_stack([np.ones(len(z)), z])
    labels = np.arange(len(z)) if clusters is None else pd.factorize(clusters, sort=True)[0]
    count, width = labels.max() + 1, rows.shape[1]
    sums = np.zeros((count, width, width))
    np.add.at(sums, labels, rows[:, :, None] * rows[:, None, :])
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=resamples).astype(float)
    moments = (weights @ sums.reshape(count, -1)).reshape(-1, width, width)
    moments = moments / moments[:, :1, :1]
    mean = moments[:, 0, 1:]
    spread = moments[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :]
    sd = np.sqrt(np.einsum("bii->bi", spread).clip(1e-12))
    return spread / (sd[:, :, None] * sd[:, None, :])


def _log_choose(n: int, k: np.ndarray | int) -> np.ndarray:
    return gammaln(n + 1) - gammaln(np.asarray(k) + 1) - gammaln(n - np.asarray(k) + 1)


def _accounts(answers: pd.DataFrame) -> float:
    """Number of accounts behind the answers; NaN where no account is known."""
    return answers["account"].nunique() or np.nan


def largest(accounts: pd.Series) -> float:
    """Share of the biggest account in the answers; NaN where no account is known.

    >>> largest(pd.Series(["A", "A", "B", None]))
    0.5
    """
    counts = accounts.value_counts()
    return float(counts.iloc[0] / len(accounts)) if len(counts) else float("nan")


def ends(found: clusters.Contrast, level: float = 0.95) -> tuple[float, float, float]:
    """Estimate and the two ends of its t interval; no ends where nothing tells how sure it is.

    Answers without any spread say nothing about the next answer, so that they get no interval
    either.
    """
    known = found.df > 0 and found.se > 0
    half = found.se * stats.t.ppf((1 + level) / 2, found.df) if known else np.nan
    return found.estimate, found.estimate - half, found.estimate + half


def p_value(found: clusters.Contrast) -> float:
    """Two-sided p that there is nothing; NaN where nothing tells how sure the estimate is."""
    known = found.df > 0 and found.se > 0
    return float(2 * stats.t.sf(abs(found.estimate) / found.se, found.df)) if known else np.nan


def _how(answers: pd.DataFrame, count: int) -> str:
    """How the interval was made."""
    if count < 2:
        return tr("all answers come from one account: no interval")
    if not answers["account"].notna().any():
        return tr("answers taken as independent")
    if count < FEW_ACCOUNTS:
        return tr(
            "interval allows for answers from the same account; fewer than {n}, so it is rough",
            n=FEW_ACCOUNTS,
        )
    return tr("interval allows for answers from the same account")
