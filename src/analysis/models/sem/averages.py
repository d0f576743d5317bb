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

#: Fewer accounts than this say next to nothing of how far a link may be off (our default).
LEAST_UNITS = 10

#: With fewer usable resamples than this share, percentiles would be of the well-behaved only.
LEAST_TOLD = 0.9

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
    scores. No row for a regression without enough answers,
    accounts or variance.
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
        if units.nunique() < LEAST_UNITS:
            continue
        if sparing and len(used) < PER_PREDICTOR * len(sources):
            found = [(s, "~~", *_correlation(used[s], used[target], units, level)) for s in sources]
        else:
            fitted = _regression(used, units, seed, resamples, level)
            if not fitted:
                continue
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
        units = inference.units(here)
        slopes, ok = _slopes(r := _resampled(used, units, seed, resamples))
        if units.nunique() < LEAST_UNITS or not _enough(ok):
            continue
        share = np.where(ok, np.einsum("bk,bk->b", slopes, r[:, :-1, -1]), np.nan)
        n, k = len(used), len(sources)
        adjusted = (1 - (1 - share) * (n - 1) / (n - k - 1)).clip(0)
        tail = (1 - level) / 2
        low, high = np.nanquantile(adjusted[1:], [tail, 1 - tail])
        rows.append((target, adjusted[0], low, high, n, here["account"].nunique() or np.nan))
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "n_accounts"]
    return pd.DataFrame(rows, columns=columns)


def effects(
    scored: pd.DataFrame,
    arrows: Sequence[tuple[str, str]],
    answers: pd.DataFrame,
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> pd.DataFrame:
    """Direct, indirect and total effects along the arrows, from one sample of complete scores.

    Returns
    -------
    DataFrame: lhs, rhs, kind, estimate, ci_low, ci_high, se, p, n, n_accounts; empty without
    enough complete scores.
    """
    names = list(dict.fromkeys(name for arrow in arrows for name in arrow))
    used = scored[names].dropna()
    columns = ["lhs", "rhs", "kind", "estimate", "ci_low", "ci_high", "se", "p", "n", "n_accounts"]
    if len(used) < len(names) + 3 or (used.std() < 1e-9).any():
        return pd.DataFrame(columns=columns)
    here = answers.loc[used.index]
    r = _resampled(used, inference.units(here), seed, resamples)
    direct = np.zeros_like(r)
    ok = np.ones(len(r), bool)
    for target in dict.fromkeys(target for _, target in arrows):
        at = [names.index(source) for source, end in arrows if end == target]
        end = names.index(target)
        order = [*at, end]
        slopes, told = _slopes(r[:, order][:, :, order])
        direct[:, end, at] = slopes
        ok &= told
    if inference.units(here).nunique() < LEAST_UNITS or not _enough(ok):
        return pd.DataFrame(columns=columns)
    eye = np.eye(len(names))
    total = np.linalg.inv(eye - direct) - eye
    rows = []
    base = {"n": len(used), "n_accounts": here["account"].nunique() or np.nan}
    for kind, values in (("direct", direct), ("indirect", total - direct), ("total", total)):
        for end, start in np.argwhere(np.abs(values).max(axis=0) > 1e-12):
            drawn = values[1:, end, start][ok[1:]]
            tail = (1 - level) / 2
            low, high = np.quantile(drawn, [tail, 1 - tail])
            below = (drawn <= 0).sum()
            p = min(2 * (min(below, len(drawn) - below) + 1) / (len(drawn) + 1), 1.0)
            rows.append(
                {"lhs": names[end], "rhs": names[start], "kind": kind,
                 "estimate": values[0, end, start], "ci_low": low, "ci_high": high,
                 "se": drawn.std(ddof=1), "p": p} | base
            )  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _regression(
    used: pd.DataFrame, units: pd.Series, seed: int, resamples: int, level: float
) -> list[tuple[float, ...]]:
    """Estimate, interval, standard error and p of each predictor of the last column; or none."""
    slopes, ok = _slopes(_resampled(used, units, seed, resamples))
    if not _enough(ok):
        return []
    tail = (1 - level) / 2
    rows = []
    for k in range(slopes.shape[1]):
        drawn = slopes[1:, k][ok[1:]]
        low, high = np.quantile(drawn, [tail, 1 - tail])
        below = (drawn <= 0).sum()
        p = 2 * (min(below, len(drawn) - below) + 1) / (len(drawn) + 1)
        rows.append((slopes[0, k], low, high, drawn.std(ddof=1), min(p, 1.0)))
    return rows


def _enough(ok: np.ndarray) -> bool:
    """Whether the sample, and nearly every resample, tells the predictors apart."""
    return bool(ok[0] and ok.mean() >= LEAST_TOLD)


def _resampled(used: pd.DataFrame, units: pd.Series, seed: int, resamples: int) -> np.ndarray:
    """Correlation matrices: of the sample, then of samples of whole accounts."""
    z = (used - used.mean()) / used.std(ddof=0)
    sample = np.corrcoef(z.T)[None]
    return np.concatenate(
        [sample, inference.resampled_correlations(z.to_numpy(), units, resamples, seed)]
    )


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
