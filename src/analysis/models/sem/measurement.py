"""Whether the questions of a construct measure one thing, and constructs differ.

From a confirmatory model: loadings, composite reliability (omega), average variance extracted,
latent correlations; and the heterotrait-monotrait ratio, which needs no model.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.models.sem import effects
from analysis.models.sem.estimate import Solution, matrices

#: Above these a pair of constructs is hardly, or not, told apart by its questions.
HTMT_WATCH, HTMT_ALARM = 0.85, 0.90


def reliability(solution: Solution, level: float = 0.95) -> pd.DataFrame:
    """Omega and average variance extracted of each construct.

    Returns
    -------
    DataFrame, one row per construct: term, estimate (omega of the sum of its items on their own
    scale), ci_low, ci_high, ave (mean squared standardised loading), ave_low, ave_high, items, n.
    Intervals stay within 0-1.

    References
    ----------
    McDonald (1999); Fornell & Larcker (1981), Journal of Marketing Research 18(1), 39-50.
    R: `semTools::compRelSEM()`, `semTools::AVE()` on standardised data.
    """
    model = solution.model
    k = len(model.latents)
    row = {name: place for place, name in enumerate(model.items)}

    def both(theta: np.ndarray) -> np.ndarray:
        loads, _, spread, errors = matrices(model, theta)
        omega, ave = [], []
        for place, (_, items) in enumerate(model.measurement):
            at = [row[item] for item in items]
            load, error, sd = loads[at, place], errors[at], solution.sd[at]
            variance = spread[place, place]
            true = (load * sd).sum() ** 2 * variance
            omega.append(true / (true + (error * sd**2).sum()))
            square = load**2 * variance
            ave.append((square / (square + error)).mean())
        return np.array([*omega, *ave])

    found = effects.delta(solution, both, level=level)
    found[["ci_low", "ci_high"]] = found[["ci_low", "ci_high"]].clip(0, 1)
    ave = found.iloc[k:].reset_index(drop=True)
    frame = found.iloc[:k][["estimate", "ci_low", "ci_high"]].reset_index(drop=True)
    return frame.assign(
        term=model.latents,
        ave=ave["estimate"],
        ave_low=ave["ci_low"],
        ave_high=ave["ci_high"],
        items=[len(items) for _, items in model.measurement],
        n=solution.n,
    )[["term", "estimate", "ci_low", "ci_high", "ave", "ave_low", "ave_high", "items", "n"]]


def htmt(data: pd.DataFrame, constructs: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Heterotrait-monotrait ratio of each pair of constructs.

    Parameters
    ----------
    data : complete answers.
    constructs : construct -> its items, at least two.

    Returns
    -------
    DataFrame: lhs, rhs, estimate, n, note ("", "close" from 0.85, "not told apart" from 0.90).
    The original ratio of arithmetic means of absolute correlations (Henseler, Ringle & Sarstedt
    2015, Journal of the Academy of Marketing Science 43), not semTools' newer HTMT2.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame(rng.normal(size=(90, 4)), columns=["a1", "a2", "b1", "b2"])
    >>> frame[["a1", "a2"]] += rng.normal(size=(90, 1))
    >>> frame[["b1", "b2"]] += rng.normal(size=(90, 1))
    >>> htmt(frame, {"a": ["a1", "a2"], "b": ["b1", "b2"]})["note"].item()
    ''
    """
    r = data[[item for items in constructs.values() for item in items]].corr().abs()
    within = {}
    for name, items in constructs.items():
        block = r.loc[list(items), list(items)].to_numpy()
        within[name] = block[np.tril_indices(len(block), -1)].mean()
    rows = []
    names = list(constructs)
    for k, one in enumerate(names):
        for other in names[k + 1 :]:
            across = r.loc[list(constructs[one]), list(constructs[other])].to_numpy().mean()
            ratio = across / np.sqrt(within[one] * within[other])
            note = "not told apart" if ratio >= HTMT_ALARM else ""
            note = note or ("close" if ratio >= HTMT_WATCH else "")
            rows.append((one, other, ratio, len(data), note))
    return pd.DataFrame(rows, columns=["lhs", "rhs", "estimate", "n", "note"])
