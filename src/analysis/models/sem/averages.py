"""The path model on averages, for samples that cannot carry latent constructs.

Each construct is the average of its questions, each endogenous construct one regression. Averages
hold measurement error, so paths come out about 0.05 too near to zero; below some 200 answers they
are nevertheless nearer to the truth than a structural equation model (statistics: see `tier`).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.measures import inference, scales

#: Answers for each predictor of a regression in a small sample.
PER_PREDICTOR = 10

COLUMNS = ("lhs", "op", "rhs", "estimate", "ci_low", "ci_high", "se", "p", "n", "n_accounts")


def scores(
    answers: pd.DataFrame, items: pd.DataFrame, constructs: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Average of each construct's questions, from 0 (lowest answer) to 1 (highest).

    Parameters
    ----------
    answers : one row per respondent.
    items : indexed by item, with `scale_min` and `scale_max`.
    constructs : construct -> its items.

    Returns
    -------
    DataFrame aligned with `answers`; missing where fewer than half of the items were answered.
    """
    low, high = items["scale_min"].astype(float), items["scale_max"].astype(float)
    found = {}
    for name, columns in constructs.items():
        used = list(columns)
        unit = (answers[used].astype(float) - low[used]) / (high[used] - low[used])
        found[name] = scales.score(unit, used)
    return pd.DataFrame(found, index=answers.index)


def paths(
    scored: pd.DataFrame,
    arrows: Sequence[tuple[str, str]],
    answers: pd.DataFrame,
    *,
    seed: int,
    resamples: int = 2000,
    sparing: bool = False,
    level: float = 0.95,
) -> pd.DataFrame:
    """Standardised regression coefficients, one regression per endogenous construct.

    Parameters
    ----------
    scored : one column per construct.
    arrows : (source, target).
    answers : aligned with `scored`, with `account` and `contact`.
    seed, resamples : of the bootstrap, which draws whole accounts.
    sparing : use a regression only with ten answers for each predictor, else correlations.

    Returns
    -------
    DataFrame with the columns `COLUMNS`; op "~" for a coefficient (bootstrap percentile interval),
    "~~" for a correlation (Fisher's z). Each regression uses the respondents who have all of its
    scores. No row for a regression without enough answers or variance.
    """
    rows = []
    for target in dict.fromkeys(target for _, target in arrows):
        sources = [source for source, end in arrows if end == target]
        used = scored[[*sources, target]].dropna()
        if len(used) < len(sources) + 3 or (used.std() < 1e-9).any():
            continue
        here = answers.loc[used.index]
        base = {"lhs": target, "n": len(used), "n_accounts": here["account"].nunique() or np.nan}
        units = inference.units(here)
        if sparing and len(used) < PER_PREDICTOR * len(sources):
            found = [(s, "~~", *_correlation(used[s], used[target], units, level)) for s in sources]
        else:
            fitted = _regression(used, units, seed, resamples, level)
            found = [(source, "~", *row) for source, row in zip(sources, fitted, strict=True)]
        for source, op, *numbers in found:
            named = zip(("estimate", "ci_low", "ci_high", "se", "p"), numbers, strict=True)
            rows.append(base | {"rhs": source, "op": op} | dict(named))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def explained(
    scored: pd.DataFrame,
    arrows: Sequence[tuple[str, str]],
    answers: pd.DataFrame,
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of each endogenous construct's variance explained, adjusted for predictors.

    Returns
    -------
    DataFrame: term, estimate, ci_low, ci_high (bootstrap percentiles, whole accounts drawn; not
    below 0), n, n_accounts.
    """
    rows = []
    for target in dict.fromkeys(target for _, target in arrows):
        sources = [source for source, end in arrows if end == target]
        used = scored[[*sources, target]].dropna()
        if len(used) < len(sources) + 3 or (used.std() < 1e-9).any():
            continue
        here = answers.loc[used.index]
        r = _resampled(used, inference.units(here), seed, resamples)
        slopes, ok = _slopes(r)
        share = np.where(ok, np.einsum("bk,bk->b", slopes, r[:, :-1, -1]), np.nan)
        n, k = len(used), len(sources)
        adjusted = (1 - (1 - share) * (n - 1) / (n - k - 1)).clip(0)
        tail = (1 - level) / 2
        low, high = np.nanquantile(adjusted[1:], [tail, 1 - tail])
        rows.append((target, adjusted[0], low, high, n, here["account"].nunique() or np.nan))
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "n_accounts"]
    return pd.DataFrame(rows, columns=columns)


def _regression(
    used: pd.DataFrame, units: pd.Series, seed: int, resamples: int, level: float
) -> list[tuple[float, ...]]:
    """Estimate, interval, standard error and p of each predictor of the last column."""
    slopes, ok = _slopes(_resampled(used, units, seed, resamples))
    tail = (1 - level) / 2
    rows = []
    for k in range(slopes.shape[1]):
        drawn = slopes[1:, k][ok[1:]]
        low, high = np.quantile(drawn, [tail, 1 - tail])
        below = (drawn <= 0).sum()
        p = 2 * (min(below, len(drawn) - below) + 1) / (len(drawn) + 1)
        rows.append((slopes[0, k], low, high, drawn.std(ddof=1), min(p, 1.0)))
    return rows


def _resampled(used: pd.DataFrame, units: pd.Series, seed: int, resamples: int) -> np.ndarray:
    """Correlation matrices: of the sample, then of samples of whole accounts."""
    z = (used - used.mean()) / used.std(ddof=0)
    rows = np.column_stack([np.ones(len(z)), z.to_numpy()])
    labels = pd.factorize(units)[0]
    count, width = labels.max() + 1, rows.shape[1]
    sums = np.zeros((count, width, width))
    np.add.at(sums, labels, rows[:, :, None] * rows[:, None, :])
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    weights = np.vstack([np.ones(count), weights])
    moments = (weights @ sums.reshape(count, -1)).reshape(-1, width, width)
    moments = moments / moments[:, :1, :1]
    mean = moments[:, 0, 1:]
    spread = moments[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :]
    sd = np.sqrt(np.einsum("bii->bi", spread).clip(1e-12))
    return spread / (sd[:, :, None] * sd[:, None, :])


def _slopes(r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standardised coefficients of the last variable on the others, and which can be told."""
    inner = r[:, :-1, :-1]
    ok = np.linalg.eigvalsh(inner)[:, 0] > 1e-8
    safe = np.where(ok[:, None, None], inner, np.eye(inner.shape[1]))
    return np.linalg.solve(safe, r[:, :-1, -1:])[..., 0], ok


def _correlation(
    x: pd.Series, y: pd.Series, units: pd.Series, level: float
) -> tuple[float, float, float, float, float]:
    """Correlation with Fisher's z; answers of one account may widen the interval, not narrow it."""
    n = len(x)
    zx, zy = (x - x.mean()) / x.std(ddof=0), (y - y.mean()) / y.std(ddof=0)
    r = float((zx * zy).mean())
    influence = (zx * zy - r * (zx**2 + zy**2) / 2) / (1 - r**2) / n
    by_account, _ = inference.clustered(influence, units)
    error = np.nanmax([by_account, 1 / np.sqrt(n - 3)])
    half = error * stats.norm.ppf((1 + level) / 2)
    z = np.arctanh(r)
    p = 2 * stats.norm.sf(abs(z) / error)
    return r, np.tanh(z - half), np.tanh(z + half), error * (1 - r**2), p
