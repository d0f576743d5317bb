"""What goes with the outcome, and how much: driver importance that admits what it cannot tell.

Johnson's relative weights share the explained variance out among correlated drivers; LMG (the
average over all orders of entry) is the check on them. Intervals resample whole accounts. A
ranking is withheld when the drivers do not predict accounts that the model has not seen.
"""

from dataclasses import dataclass, field
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from analysis.measures import inference, scales
from analysis.params import Params
from analysis.survey.tables import Survey

#: Our default: what a supplier can act on. Trust, commitment and satisfaction are left out: they
#: are what these lead to, and as predictors they would swallow them.
DEFAULT_CANDIDATES = (
    "experience",
    "solution",
    "reliability",
    "responsiveness",
    "customer_care",
    "communication",
)

LEAST_N = 30  # below it, not even correlations (statistics.md, section 5)
ANSWERS_PER_DRIVER = 10  # fewer: single correlations only
MOST_FOR_LMG = 14  # 2^14 regressions
FOLDS = 5
CLEAR_FIRST = 0.8  # share of resamples in which a driver comes first
MOST_PRIORITIES = 2  # "act on one or two points" (domain, 3.15)
ROOM = 85.0  # performance, of 100, at which nothing is left to be won

IMPORTANCE = (
    "term",
    "label",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "first",
    "r",
    "beta",
    "vif",
    "lmg",
    "note",
)
MAP = (
    "term",
    "label",
    "importance",
    "performance",
    "ci_low",
    "ci_high",
    "n",
    "priority",
)
SINGLE = ("term", "label", "estimate", "ci_low", "ci_high", "n", "n_accounts")


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Drivers:
    """What a driver analysis found, or why it was withheld."""

    outcome: str  # as printed
    n: int = 0  # answers with the outcome and every driver
    n_asked: int = 0  # answers in the wave
    n_accounts: int | None = None
    table: pd.DataFrame = field(default_factory=lambda: _empty(IMPORTANCE))
    map: pd.DataFrame = field(default_factory=lambda: _empty(MAP))
    single: pd.DataFrame = field(default_factory=lambda: _empty(SINGLE))
    r2: dict[str, float] = field(default_factory=dict)  # estimate, ci_low, ci_high, n
    r2_new: float = float("nan")  # of accounts that the model has not seen
    reason: str = ""  # why there is no ranking


def importance(survey: Survey, params: Params) -> Drivers:
    """Rank the drivers of the outcome in the reported wave.

    Returns
    -------
    Drivers. `table` has one row per driver, the largest first: estimate is its share of the
    explained variance (0-1) with a percentile interval over resampled accounts, `first` the share
    of resamples in which it comes first, `r` and `beta` its correlation and standardised slope,
    `vif` its variance inflation, `lmg` its share by LMG. Empty where `reason` says why.

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35(1), 1-19. Lindeman, Merenda & Gold (1980).
    """
    answers = survey.at(params.wave.id)
    y, outcome = _outcome(survey, answers, params)
    names = _candidates(survey, answers, params)
    found = Drivers(outcome=outcome, n_asked=len(answers))
    if y is None or len(names) < 2:
        return _withheld(found, _absence(y is None, outcome))
    x = pd.DataFrame({name: scales.score(answers, survey.of(name)) for name in names})
    whole = x.notna().all(axis=1) & y.notna()
    x, y, who = x[whole], y[whole], answers[whole]
    clusters = inference.units(who)
    accounts = int(who["account"].nunique()) or None
    found = Drivers(outcome=outcome, n=len(x), n_asked=len(answers), n_accounts=accounts)
    if len(x) < LEAST_N:
        return _withheld(
            found,
            f"{len(x)} answers are too few to say what goes with {outcome.lower()} "
            f"(it takes {LEAST_N}).",
        )
    found = Drivers(**{**vars(found), "single": _single(x, y, accounts)})
    flat = [name for name in names if x[name].nunique() < 2]
    if flat or y.nunique() < 2:
        what = scales.label(flat[0]) if flat else outcome
        return _withheld(found, f"{what} got the same answer from everybody: nothing to compare.")
    if len(x) < ANSWERS_PER_DRIVER * len(names):
        return _withheld(
            found,
            f"{len(x)} answers cannot rank {len(names)} drivers "
            f"(it takes {ANSWERS_PER_DRIVER} for each); each is shown on its own.",
        )
    products = cross_products(x.to_numpy(), y.to_numpy(), clusters.to_numpy())
    unseen = grouped_r2(products, params.seed)
    if not unseen > 0:
        return _withheld(
            found,
            f"Together the drivers do not predict {outcome.lower()} at accounts that the model "
            "has not seen: a ranking would be chance.",
        )
    return _ranked(found, survey, x, y, who, products, unseen, params)


def _ranked(
    found: Drivers,
    survey: Survey,
    x: pd.DataFrame,
    y: pd.Series,
    who: pd.DataFrame,
    products: np.ndarray,
    unseen: float,
    params: Params,
) -> Drivers:
    names = list(x.columns)
    correlation = correlations(products.sum(axis=0))
    inner, outer = correlation[:-1, :-1], correlation[:-1, -1]
    drawn = resampled_weights(products, params.drivers.resamples, params.seed)
    totals = drawn.sum(axis=1)
    shares = drawn / totals[:, None]
    weights = relative_weights(inner, outer)
    r2 = float(weights.sum())
    beta = np.linalg.pinv(inner) @ outer
    table = pd.DataFrame(
        {
            "term": names,
            "label": [scales.label(name) for name in names],
            "estimate": weights / r2,
            "ci_low": np.quantile(shares, 0.025, axis=0),
            "ci_high": np.quantile(shares, 0.975, axis=0),
            "n": found.n,
            "n_accounts": found.n_accounts,
            "first": np.bincount(shares.argmax(axis=1), minlength=len(names)) / len(shares),
            "r": outer,
            "beta": beta,
            "vif": np.diag(np.linalg.pinv(inner)),
            "lmg": lmg(inner, outer) / r2 if len(names) <= MOST_FOR_LMG else np.nan,
            "note": np.where(np.sign(beta) * np.sign(outer) < 0, "sign turns: suppression", ""),
        }
    )
    order = table["estimate"].sort_values(ascending=False, kind="stable").index
    table = table.loc[order].reset_index(drop=True)[list(IMPORTANCE)]
    spread = np.quantile(totals, [0.025, 0.975])
    return Drivers(
        **{
            **vars(found),
            "table": table,
            "map": _map(survey, table, x, who),
            "r2": {"estimate": r2, "ci_low": spread[0], "ci_high": spread[1], "n": found.n},
            "r2_new": unseen,
        }
    )


def cross_products(x: np.ndarray, y: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Sums of squares and products of (1, x, y) within each cluster: clusters x q x q.

    Everything that follows (correlations, slopes, resamples, folds) is sums of these.
    """
    rows = np.column_stack([np.ones(len(y)), x, y])
    _, codes = np.unique(clusters.astype(str), return_inverse=True)
    products = np.zeros((codes.max() + 1, rows.shape[1], rows.shape[1]))
    np.add.at(products, codes, rows[:, :, None] * rows[:, None, :])
    return products


def correlations(products: np.ndarray) -> np.ndarray:
    """Correlations of the columns behind summed cross-products (any leading dimensions)."""
    n = products[..., :1, :1]
    mean = products[..., :1, 1:] / n
    covariance = products[..., 1:, 1:] / n - mean * np.swapaxes(mean, -1, -2)
    spread = np.sqrt(np.maximum(np.diagonal(covariance, axis1=-2, axis2=-1), 1e-300))
    return covariance / (spread[..., :, None] * spread[..., None, :])


def relative_weights(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Johnson's relative weights; they sum to R squared.

    Parameters
    ----------
    inner : correlations among the p drivers, p x p (any leading dimensions).
    outer : their correlations with the outcome, p.

    Examples
    --------
    >>> inner = np.array([[1, 0.5], [0.5, 1]])
    >>> relative_weights(inner, np.array([0.6, 0.4])).round(4)
    array([0.2733, 0.1   ])
    """
    values, vectors = np.linalg.eigh(inner)
    values = np.maximum(values, 1e-10)  # two drivers that are one: no direction counts twice
    root = (vectors * np.sqrt(values)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    slopes = np.linalg.solve(root, outer[..., None])[..., 0]
    return (root**2 @ (slopes**2)[..., None])[..., 0]


def lmg(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Average gain in R squared over all orders of entry; sums to R squared.

    Examples
    --------
    >>> inner = np.array([[1, 0.5], [0.5, 1]])
    >>> lmg(inner, np.array([0.6, 0.4])).round(4)
    array([0.2667, 0.1067])
    """
    p = len(outer)
    explained = np.zeros(1 << p)
    for size in range(1, p + 1):
        sets = np.array(list(combinations(range(p), size)))
        blocks = inner[sets[:, :, None], sets[:, None, :]]
        right = outer[sets]
        slopes = (np.linalg.pinv(blocks, hermitian=True) @ right[..., None])[..., 0]
        explained[(1 << sets).sum(axis=1)] = (slopes * right).sum(axis=1)
    masks = np.arange(1 << p)
    sizes = np.array([int(mask).bit_count() for mask in masks])
    share = np.array([factorial(k) * factorial(p - 1 - k) / factorial(p) for k in range(p)])
    gains = np.empty(p)
    for k in range(p):
        without = masks[(masks >> k) & 1 == 0]
        gains[k] = share[sizes[without]] @ (explained[without | 1 << k] - explained[without])
    return gains


def resampled_weights(products: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Relative weights in resamples of whole clusters: resamples x p.

    A resample in which a column is constant is drawn with the rest and weighs nothing.
    """
    rng = np.random.default_rng(seed)
    clusters, q, _ = products.shape
    counts = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    summed = (counts @ products.reshape(clusters, -1)).reshape(resamples, q, q)
    drawn = correlations(summed)
    return relative_weights(drawn[:, :-1, :-1], drawn[:, :-1, -1])


def grouped_r2(products: np.ndarray, seed: int) -> float:
    """R squared for clusters left out of the fit, over `FOLDS` folds; may be negative."""
    rng = np.random.default_rng(seed)
    fold = rng.permutation(len(products)) % FOLDS
    total = products.sum(axis=0)
    error = spread = 0.0
    for k in range(FOLDS):
        left_out = products[fold == k].sum(axis=0)
        seen = total - left_out
        b = np.append(np.linalg.pinv(seen[:-1, :-1], hermitian=True) @ seen[:-1, -1], -1.0)
        mean = np.append(seen[0, -1] / seen[0, 0], np.append(np.zeros(len(b) - 2), -1.0))
        error += b @ left_out @ b
        spread += mean @ left_out @ mean
    return float(1 - error / spread)


def _outcome(survey: Survey, answers: pd.DataFrame, params: Params) -> tuple[pd.Series | None, str]:
    name = params.drivers.outcome
    if name == "nps":
        asked = answers["nps"].notna().any()
        return (answers["nps"] if asked else None), "Recommendation"
    items = survey.of(name)
    return (scales.score(answers, items) if items else None), scales.label(name)


def _candidates(survey: Survey, answers: pd.DataFrame, params: Params) -> list[str]:
    wanted = params.drivers.predictors or DEFAULT_CANDIDATES
    return [
        name
        for name in wanted
        if name != params.drivers.outcome and answers[survey.of(name)].notna().any(axis=None)
    ]


def _absence(no_outcome: bool, outcome: str) -> str:
    if no_outcome:
        return f"{outcome} was not asked in this wave, so nothing can be said of its drivers."
    return f"Fewer than two possible drivers of {outcome.lower()} were asked in this wave."


def _withheld(found: Drivers, reason: str) -> Drivers:
    return Drivers(**{**vars(found), "reason": reason})


def _single(x: pd.DataFrame, y: pd.Series, accounts: int | None) -> pd.DataFrame:
    """Each driver's own correlation with the outcome, with Fisher's interval."""
    r = x.corrwith(y).fillna(0.0).clip(-0.999999, 0.999999)
    half = 1.959964 / np.sqrt(len(x) - 3)
    frame = pd.DataFrame(
        {
            "term": r.index,
            "label": [scales.label(name) for name in r.index],
            "estimate": r.to_numpy(),
            "ci_low": np.tanh(np.arctanh(r.to_numpy()) - half),
            "ci_high": np.tanh(np.arctanh(r.to_numpy()) + half),
            "n": len(x),
            "n_accounts": accounts,
        }
    )
    return frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def _map(survey: Survey, table: pd.DataFrame, x: pd.DataFrame, who: pd.DataFrame) -> pd.DataFrame:
    """Importance against performance (0-100), and at most two priorities."""
    rows = []
    for term in table["term"]:
        items = survey.items.loc[survey.of(term)]
        low, high = items["scale_min"].min(), items["scale_max"].max()
        mean = inference.mean(100 * (x[term] - low) / (high - low), who).iloc[0]
        rows.append((mean["estimate"], mean["ci_low"], mean["ci_high"], mean["n"]))
    performance = pd.DataFrame(rows, columns=["performance", "ci_low", "ci_high", "n"])
    frame = table[["term", "label"]].assign(importance=table["estimate"]).join(performance)
    clear = (table["ci_low"] > 1 / len(table)) | (table["first"] >= CLEAR_FIRST)
    open_ = clear & (table["beta"] > 0) & (frame["performance"] < ROOM)
    gain = (frame["importance"] * (100 - frame["performance"])).where(open_)
    first = gain.rank(ascending=False, method="first")
    frame["priority"] = np.where(first <= MOST_PRIORITIES, "yes", "")
    return frame[list(MAP)]
