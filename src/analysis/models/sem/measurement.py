"""Whether the questions of a construct measure one thing, and constructs differ.

From a fitted measurement model: composite reliability (omega), average variance extracted, factor
scores, the Fornell-Larcker table; and the heterotrait-monotrait ratio, which needs no model.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import ModelError
from analysis.language import later
from analysis.measures import inference
from analysis.models.sem.fitting import SemFit

#: Above these a pair of constructs is hardly, or not, told apart by its questions.
HTMT_WATCH, HTMT_ALARM = 0.85, 0.90


def reliability(fit: SemFit, level: float = 0.95) -> pd.DataFrame:
    """Omega and average variance extracted of each construct.

    Returns
    -------
    DataFrame, one row per construct and group: term, group, omega (of the sum of its items on
    their own scale), omega_low, omega_high, ave (mean squared standardised loading), ave_low,
    ave_high, items, n. Intervals stay within 0-1.

    References
    ----------
    McDonald (1999); Fornell & Larcker (1981), Journal of Marketing Research 18(1), 39-50.
    R: `semTools::compRelSEM()`, `semTools::AVE()` on standardised data.
    """
    solution = fit.solved()
    table = solution.layout.table
    row = {name: k for k, name in enumerate(table.items)}
    scale = solution.layout.scale

    def both(theta: np.ndarray) -> np.ndarray:
        omega, ave = [], []
        for m, im in solution.matrices(theta):
            for place, items in enumerate(table.measurement.values()):
                at = [row[item] for item in items]
                load, error, sd = m["L"][at, place], m["T"][np.ix_(at, at)], scale[at]
                variance = im.latent[place, place]
                true = (load * sd).sum() ** 2 * variance
                omega.append(true / (true + sd @ error @ sd))
                square = load**2 * variance
                ave.append((square / (square + np.diag(error))).mean())
        return np.array([*omega, *ave])

    value, error = solution.delta(both)
    half = stats.norm.ppf((1 + level) / 2) * error
    low, high = (value - half).clip(0, 1), (value + half).clip(0, 1)
    rows = [
        (name, label, len(items))
        for label in solution.labels
        for name, items in table.measurement.items()
    ]
    k = len(rows)
    frame = pd.DataFrame(rows, columns=["term", "group", "items"])
    for at, name in ((slice(0, k), "omega"), (slice(k, None), "ave")):
        frame[name] = value[at]
        frame[f"{name}_low"], frame[f"{name}_high"] = low[at], high[at]
    order = ["term", "group", "omega", "omega_low", "omega_high", "ave", "ave_low", "ave_high"]
    return frame.assign(n=fit.n)[[*order, "items", "n"]]


def latent_correlations(fit: SemFit, level: float = 0.95) -> pd.DataFrame:
    """Correlation of each pair of constructs that the model implies.

    Returns
    -------
    DataFrame: lhs, rhs, group, est, se, ci_low, ci_high.
    """
    solution = fit.solved()
    names = solution.layout.table.latents[: solution.layout.table.n_latent]
    one, other = np.triu_indices(len(names), 1)

    def correlate(theta: np.ndarray) -> np.ndarray:
        found = []
        for _, im in solution.matrices(theta):
            sd = np.sqrt(np.diag(im.latent))
            found.append((im.latent / np.outer(sd, sd))[one, other])
        return np.concatenate(found)

    value, error = solution.delta(correlate)
    half = stats.norm.ppf((1 + level) / 2) * error
    rows = [
        (names[a], names[b], g) for g in solution.labels for a, b in zip(one, other, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["lhs", "rhs", "group"])
    return frame.assign(est=value, se=error, ci_low=value - half, ci_high=value + half)


def fornell_larcker(fit: SemFit) -> pd.DataFrame:
    """Correlations of constructs, with the root of the average variance extracted as diagonal.

    A construct is told apart from others where its diagonal exceeds its row and column. An older
    rule that misses much (Henseler, Ringle & Sarstedt 2015); the intervals of the correlations and
    HTMT say more.
    """
    if fit.table.groups > 1:
        raise ModelError("The Fornell-Larcker table is of one group; fit each on its own.")
    names = list(fit.table.measurement)
    latent = fit.latent_cov.loc[names, names].to_numpy()
    sd = np.sqrt(np.diag(latent))
    found = latent / np.outer(sd, sd)
    np.fill_diagonal(found, np.sqrt(reliability(fit)["ave"].to_numpy()))
    return pd.DataFrame(found, names, names)


def factor_scores(
    fit: SemFit, method: Literal["regression", "bartlett"] = "regression"
) -> pd.DataFrame:
    """Each respondent's position on each construct, in the unit of its first item.

    Returns
    -------
    DataFrame indexed as the rows of the data that were used; a respondent with gaps is scored by
    what he answered, NaN (Bartlett) where that is too little.

    References
    ----------
    lavaan: `lavPredict(method = "regression" or "Bartlett")`.
    """
    solution, sample = fit.solved(), fit.sample
    table = solution.layout.table
    names = list(table.latents[: table.n_latent])
    parts = []
    for group, (m, im) in zip(sample.groups, solution.matrices(), strict=True):
        centre = im.mu if table.means else group.saturated[0]
        eta = im.eta if table.means else np.zeros(len(table.latents))
        seen, which = group.patterns
        found = np.full((group.n, len(table.latents)), np.nan)
        for k, known in enumerate(seen):
            load, rest = m["L"][known], group.z[which == k][:, known] - centre[known]
            if method == "regression":
                weight = np.linalg.solve(im.sigma[np.ix_(known, known)], load @ im.latent).T
            else:
                inverse = np.linalg.pinv(m["T"][np.ix_(known, known)])
                middle = load.T @ inverse @ load
                if np.linalg.matrix_rank(middle) < len(middle):
                    continue
                weight = np.linalg.solve(middle, load.T @ inverse)
            found[which == k] = eta + rest @ weight.T
        parts.append(found * solution.layout.latent_scale)
    frame = pd.DataFrame(np.vstack(parts)[:, : len(names)], sample.rows, names)
    return frame.sort_index(kind="stable")


def htmt(
    data: pd.DataFrame,
    constructs: Mapping[str, Sequence[str]],
    bootstrap: int = 0,
    seed: int = 0,
    clusters: pd.Series | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Heterotrait-monotrait ratio of each pair of constructs.

    Parameters
    ----------
    data : answers; rows with a gap in these items are left out.
    constructs : construct -> its items, at least two (else a ModelError).
    bootstrap : resamples (of whole `clusters`) for percentile intervals; 0: none.

    Returns
    -------
    DataFrame: lhs, rhs, estimate, ci_low, ci_high, n, note ("", "close" from 0.85, "not told
    apart" from 0.90). The original ratio of arithmetic means of absolute correlations (Henseler,
    Ringle & Sarstedt 2015, Journal of the Academy of Marketing Science 43), not semTools' newer
    HTMT2.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame(rng.normal(size=(90, 4)), columns=["a1", "a2", "b1", "b2"])
    >>> frame[["a1", "a2"]] += rng.normal(size=(90, 1))
    >>> frame[["b1", "b2"]] += rng.normal(size=(90, 1))
    >>> htmt(frame, {"a": ["a1", "a2"], "b": ["b1", "b2"]})["note"].item()
    ''
    """
    if single := [name for name, of in constructs.items() if len(of) < 2]:
        raise ModelError(f"HTMT takes two items of each construct; {single[0]} has fewer.")
    items = [item for of in constructs.values() for item in of]
    used = data[items].astype(float).dropna()
    z = ((used - used.mean()) / used.std(ddof=0)).to_numpy()
    owner = np.repeat(np.arange(len(constructs)), [len(of) for of in constructs.values()])
    names = list(constructs)
    pairs = [(a, b) for a in range(len(names)) for b in range(a + 1, len(names))]
    value = _ratios(np.corrcoef(z.T)[None], owner, pairs)[0]
    low = high = np.full(len(pairs), np.nan)
    if bootstrap:
        labels = None if clusters is None else clusters.loc[used.index]
        drawn = inference.resampled_correlations(z, labels, bootstrap, seed)
        tail = (1 - level) / 2
        low, high = np.nanquantile(_ratios(drawn, owner, pairs), [tail, 1 - tail], axis=0)
    frame = pd.DataFrame([(names[a], names[b]) for a, b in pairs], columns=["lhs", "rhs"])
    note = np.select(
        [value >= HTMT_ALARM, value >= HTMT_WATCH], [later("not told apart"), later("close")], ""
    )
    return frame.assign(estimate=value, ci_low=low, ci_high=high, n=len(used), note=note)


def _ratios(r: np.ndarray, owner: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    """Ratios of each pair (second axis) in each correlation matrix (first)."""
    size = np.abs(r)
    within = {}
    for k in np.unique(owner):
        at = np.flatnonzero(owner == k)
        i, j = np.tril_indices(len(at), -1)
        within[k] = size[:, at[i], at[j]].mean(axis=1)
    found = []
    for a, b in pairs:
        across = size[:, owner == a][:, :, owner == b].mean(axis=(1, 2))
        found.append(across / np.sqrt(within[a] * within[b]))
    return np.array(found).T
