"""Detractor, passive, promoter: how the classes of the NPS go with the drivers.

Three logit models of the same answers. `ordered` says that a driver moves people up both steps
alike (proportional odds), `multinomial` lets it do as it likes, `binary` looks at one step alone.
Each converges in a few Newton steps of a fraction of a millisecond, so that accounts can be drawn
again by the hundred. Rows of one account are one voice: their scores are summed before they are
squared (CR1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logsumexp

from analysis.errors import ModelError
from analysis.language import tr
from analysis.measures import nps, scales
from analysis.models.drivers import logits
from analysis.models.drivers.logits import CLASSES

CERTAIN = 1e-8  # an answer fitted this surely belongs to a perfect separation (our default)
SAME = 1e-7  # share of a driver's variance that the others must leave over (our default)

BRANT = ("term", "label", "estimate", "chi2", "df", "p")


@dataclass(frozen=True)
class Fit:
    """A fitted logit. Estimates stand in the order of `terms`, on the drivers' own scale."""

    terms: tuple[str, ...]
    estimate: np.ndarray  # (q,)
    covariance: np.ndarray  # (q, q), inverse of the observed information
    clustered: np.ndarray  # (q, q), accounts as clusters; NaN with one of them
    influence: np.ndarray  # (n, q), how far each answer moves the estimates
    log_likelihood: float
    null: float  # log-likelihood of the shares alone
    n: int
    n_clusters: int

    @property
    def mcfadden(self) -> float:
        """McFadden's R squared: 0 when drivers say nothing of the class."""
        return 1 - self.log_likelihood / self.null

    def at(self, *terms: str) -> np.ndarray:
        """Places of these terms in the estimates."""
        return np.array([self.terms.index(term) for term in terms])


def of(ratings: pd.Series) -> pd.Series:
    """Class of each rating: 0 detractor, 1 passive, 2 promoter; missing stays missing.

    Examples
    --------
    >>> list(of(pd.Series([10, 8, 3])))
    [2.0, 1.0, 0.0]
    """
    return nps.points(ratings) / 100 + 1


def ordered(
    x: pd.DataFrame, y: np.ndarray, clusters: Sequence | None = None, bounded: bool = False
) -> Fit:
    """Proportional odds: logit P(class <= k) = cut k - slopes times drivers.

    Parameters
    ----------
    x : one column per driver, complete.
    y : 0, 1 or 2 per row. clusters : who speaks with one voice; None: each row.
    bounded : no slope below 0, so that more of a driver never lowers the predicted class. Rows
        and columns of the covariances of a slope that is held at 0 are 0.

    Returns
    -------
    Fit with the terms of `x`, then "detractor|passive" and "passive|promoter".

    Raises
    ------
    ModelError: nobody in a class; a driver that is constant or says the same as others; classes
    that the drivers tell apart without a doubt.

    References
    ----------
    McCullagh (1980), Journal of the Royal Statistical Society B 42(2), 109-142. R: `MASS::polr`.
    """
    y = _checked(x, y, 3)
    inner, middle, spread = _standard(x)
    theta = logits.most_likely(inner, y, bounded=bounded)
    _refuse_certain(_own_chance(inner, y, theta))
    value, score, information = logits.ordered(theta, inner, y, np.ones(len(y)), rows=True)
    p = x.shape[1]
    free = np.append(theta[:p] > 0, [True, True]) if bounded else np.ones(p + 2, bool)
    back = np.diag(np.append(1 / spread, [1.0, 1.0]))
    back[p:, :p] = middle / spread
    terms = (*map(str, x.columns), "detractor|passive", "passive|promoter")
    return _fit(terms, theta, score, information, free, back, value, y, clusters)


def multinomial(x: pd.DataFrame, y: np.ndarray, clusters: Sequence | None = None) -> Fit:
    """Multinomial logit: passives and promoters each against detractors.

    Returns
    -------
    Fit with the terms "passive:(constant)", "passive:<driver>", ..., "promoter:<driver>".

    Raises
    ------
    ModelError: as `ordered`.

    References
    ----------
    R: `nnet::multinom`.
    """
    y = _checked(x, y, 3)
    inner, middle, spread = _standard(x)
    design = np.column_stack([np.ones(len(y)), inner])
    reached = y[:, None] == np.array([1, 2])
    q = design.shape[1]

    def pieces(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        eta = design @ theta.reshape(2, q).T
        eta = np.column_stack([np.zeros(len(y)), eta])
        log_share = eta - logsumexp(eta, axis=1, keepdims=True)
        share = np.exp(log_share[:, 1:])
        score = ((reached - share)[:, :, None] * design[:, None, :]).reshape(len(y), -1)
        weight = share[:, :, None] * (np.eye(2) - share[:, None, :])
        information = np.einsum("nab,ni,nj->aibj", weight, design, design).reshape(2 * q, 2 * q)
        return float(log_share[np.arange(len(y)), y].sum()), score, information

    counts = np.bincount(y, minlength=3)
    start = np.zeros(2 * q)
    start[[0, q]] = np.log(counts[1:] / counts[0])
    theta = logits.climb(pieces, start, len(y))
    value, score, information = pieces(theta)
    eta = np.column_stack([np.zeros(len(y)), design @ theta.reshape(2, q).T])
    _refuse_certain(np.exp(eta[np.arange(len(y)), y] - logsumexp(eta, axis=1)))
    one = np.diag(np.append(1.0, 1 / spread))
    one[0, 1:] = -middle / spread
    back = np.kron(np.eye(2), one)
    names = ("(constant)", *map(str, x.columns))
    terms = tuple(f"{level}:{name}" for level in CLASSES[1:] for name in names)
    return _fit(terms, theta, score, information, np.ones(2 * q, bool), back, value, y, clusters)


def binary(
    x: pd.DataFrame, y: np.ndarray, clusters: Sequence | None = None, firth: bool = False
) -> Fit:
    """Logit of a yes or no.

    Parameters
    ----------
    y : 0 or 1 per row.
    firth : Firth's penalised likelihood, which takes away the first-order bias away from zero that
        few answers bring and stays finite where the drivers separate the classes. The
        log-likelihoods are then still the plain ones.

    Returns
    -------
    Fit with the terms "(constant)" and those of `x`.

    Raises
    ------
    ModelError: as `ordered`; separation only without `firth`.

    References
    ----------
    Firth (1993), Biometrika 80(1), 27-38. Heinze & Schemper (2002), Statistics in Medicine 21(16),
    2409-2419. R: `glm(family = binomial)`.
    """
    y = _checked(x, y, 2)
    inner, middle, spread = _standard(x)
    design = np.column_stack([np.ones(len(y)), inner])
    ones = np.ones(len(y))
    theta = logits.logit(design, y, firth=firth)
    eta = design @ theta
    if not firth:
        _refuse_certain(expit(np.where(y == 1, eta, -eta)))
    value, score, information = logits.binary(theta, design, y, ones, rows=True)
    back = np.diag(np.append(1.0, 1 / spread))
    back[0, 1:] = -middle / spread
    free = np.ones(len(theta), bool)
    terms = ("(constant)", *map(str, x.columns))
    return _fit(terms, theta, score, information, free, back, value, y, clusters)


def shares(slopes: np.ndarray, cuts: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Chance of each class by the proportional-odds model: rows x 3.

    Examples
    --------
    >>> shares(np.array([1.0]), np.array([-1.0, 1.0]), np.array([[0.0]])).round(3)
    array([[0.269, 0.462, 0.269]])
    """
    below = expit(cuts - (x @ slopes)[:, None])
    return np.column_stack([below[:, 0], below[:, 1] - below[:, 0], 1 - below[:, 1]])


def brant(x: pd.DataFrame, y: np.ndarray, clusters: Sequence | None = None) -> pd.DataFrame:
    """Test by Brant whether each driver moves people up both steps alike.

    Compares the slopes of "passive or promoter" with those of "promoter", whose estimates overlap.

    Parameters
    ----------
    clusters : accounts, to allow for answers that share one, with p by Hotelling's F; None:
        Brant's own covariance, p by chi-square.

    Returns
    -------
    DataFrame with the columns `BRANT`: "all" first, then each driver. estimate: slope of the upper
    step less that of the lower. A small p speaks against proportional odds.

    References
    ----------
    Brant (1990), Biometrics 46(4), 1171-1178.
    """
    y = _checked(x, y, 3)
    lower, upper = (binary(x, (y > k).astype(int), clusters) for k in (0, 1))
    p = x.shape[1]
    inner, _, spread = _standard(x)
    design = np.column_stack([np.ones(len(y)), inner])
    back = np.append(1.0, 1 / spread)
    chance = [
        expit(fit.estimate[0] + x.to_numpy(float) @ fit.estimate[1:]) for fit in (lower, upper)
    ]
    bread = [np.linalg.inv((design.T * (c * (1 - c))) @ design) for c in chance]
    if clusters is None:
        middle = (design.T * (chance[1] * (1 - chance[0]))) @ design
        both = bread[0] @ middle @ bread[1]
        covariance = bread[0] + bread[1] - both - both.T
    else:
        rows = [((y > k) - chance[k])[:, None] * design @ bread[k] for k in (0, 1)]
        covariance = meat(rows[1] - rows[0], clusters)
    covariance = (covariance * back * back[:, None])[1:, 1:]
    gap = (upper.estimate - lower.estimate)[1:]
    chi2 = np.append(gap @ np.linalg.solve(covariance, gap), gap**2 / np.diag(covariance))
    df = np.append(p, np.ones(p))
    p_value = stats.chi2.sf(chi2, df)
    if clusters is not None:  # few accounts make the covariance itself uncertain: Hotelling's F
        left = len(np.unique(np.asarray(clusters).astype(str))) - df
        p_value = stats.f.sf(chi2 * left / df / (left + df - 1), df, left)
    names = ["all", *map(str, x.columns)]
    labels = [tr("All drivers"), *(scales.label(str(name)) for name in x.columns)]
    columns = [names, labels, np.append(np.nan, gap), chi2, df, p_value]
    return pd.DataFrame(dict(zip(BRANT, columns, strict=True)))


def likelihood_ratio(small: Fit, large: Fit) -> tuple[float, int, float]:
    """Chi-square, degrees of freedom and p of the larger model against the smaller.

    As in R, `ordered` against `multinomial` is only roughly nested; a small p speaks against
    proportional odds.
    """
    chi2 = 2 * (large.log_likelihood - small.log_likelihood)
    df = len(large.terms) - len(small.terms)
    return chi2, df, float(stats.chi2.sf(chi2, df))


def _fit(terms, theta, score, information, free, back, value, y, clusters):  # type: ignore[no-untyped-def]
    """Put a fit together: covariances, and everything back on the drivers' own scale."""
    bread = np.zeros_like(information)
    bread[np.ix_(free, free)] = np.linalg.inv(information[np.ix_(free, free)])
    groups = np.arange(len(y)) if clusters is None else np.asarray(clusters)
    counts = np.bincount(y)
    influence = score @ bread @ back.T
    return Fit(
        terms=terms,
        estimate=back @ theta,
        covariance=back @ bread @ back.T,
        clustered=meat(influence, groups),
        influence=influence,
        log_likelihood=value,
        null=float(counts @ np.log(counts / len(y))),
        n=len(y),
        n_clusters=len(np.unique(groups.astype(str))),
    )


def meat(influence: np.ndarray, clusters: Sequence) -> np.ndarray:
    """Sum of squares of the clusters' influence on the estimates (CR1): their covariance."""
    _, codes = np.unique(np.asarray(clusters).astype(str), return_inverse=True)
    sums = np.zeros((codes.max() + 1, influence.shape[1]))
    np.add.at(sums, codes, influence)
    count = len(sums)
    return (
        count / (count - 1) * sums.T @ sums if count > 1 else np.full((sums.shape[1],) * 2, np.nan)
    )


def _standard(x: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns in standard deviations, their means and their standard deviations."""
    values = x.to_numpy(float)
    middle, spread = values.mean(axis=0), values.std(axis=0)
    return (values - middle) / spread, middle, spread


def _checked(x: pd.DataFrame, y: np.ndarray, classes: int) -> np.ndarray:
    """The classes as whole numbers, when a model can be made of them."""
    y = np.asarray(y, dtype=int)
    counts = np.bincount(y, minlength=classes)
    if counts.min() == 0:
        raise ModelError(logits.nobody(counts) if classes == 3 else "All answers are of one class.")
    flat = [scales.label(str(name)) for name in x if np.ptp(x[name].to_numpy(float)) < 1e-9]
    if flat:
        why = tr("{name} got the same score from everybody: leave it out.", name=flat[0])
        raise ModelError(why)  # these reach readers, as the reason why nothing is said
    if len(y) <= x.shape[1] + classes:
        raise ModelError(f"{len(y)} answers cannot carry {x.shape[1]} drivers: use fewer drivers.")
    inner, _, _ = _standard(x)
    left = np.abs(np.diag(np.linalg.qr(inner, mode="r"))) / np.sqrt(len(y))
    same = np.flatnonzero(left**2 < SAME)
    if len(same):
        why = tr(
            "{name} follows from the other drivers: leave one of them out.",
            name=scales.label(str(x.columns[same[0]])),
        )
        raise ModelError(why)
    return y


def _own_chance(inner: np.ndarray, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    return shares(theta[:-2], theta[-2:], inner)[np.arange(len(y)), y]


def _refuse_certain(own: np.ndarray) -> None:
    if (own > 1 - CERTAIN).any():
        why = tr(
            "The drivers tell some classes of the NPS apart without a doubt, so that the model "
            "has no finite solution; use fewer drivers."
        )
        raise ModelError(why)
