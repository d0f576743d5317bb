"""How likely accounts are to leave, by the strength of the relationship, held against what came.

The risk comes from one line: the log odds of leaving on the relationship (mean of trust,
commitment and satisfaction). Where an earlier wave has losses enough the line is drawn from that
wave and tried on the later one; else each account's risk comes from all the others.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.measures import inference

PILLARS = ("trust", "commitment", "satisfaction")
LEAST_LOST = 10  # fewer lost accounts, or fewer kept ones, carry no line (our default)
#: Thirds of the accounts, by their risk, and what came of a third.
BANDS = (later("Low risk"), later("Middle"), later("High risk"))
AS_SAID, MORE, FEWER = later("as predicted"), later("more left"), later("fewer left")

TABLE = (
    "term",
    "label",
    "predicted",
    "estimate",
    "ci_low",
    "ci_high",
    "lost",
    "n",
    "n_least",
    "note",
)


@dataclass(frozen=True)
class Risk:
    """Risk by band, predicted and come true, or why there is none.

    `table` has the columns `TABLE`, a row for each of `BANDS`: predicted is the mean risk (0-1),
    estimate the share that left with Wilson's interval; note "as predicted" where the interval
    holds the prediction. `hits`: of the accounts that left, the share in the highest band, with
    its interval; `p` of Spiegelhalter's test that the risks are right; `brier` the mean squared
    error, `brier_base` that of giving everybody the same risk.
    """

    wave: str = ""
    drawn_from: str = ""  # wave whose losses gave the line; "" each account from all others
    n: int = 0
    n_lost: int = 0
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TABLE)))
    hits: dict[str, float] = field(default_factory=dict)
    p: float = float("nan")
    brier: float = float("nan")
    brier_base: float = float("nan")
    reason: str = ""


def bands(
    now: pd.DataFrame, before: pd.DataFrame | None = None, *, wave: str = "", drawn_from: str = ""
) -> Risk:
    """Hold the risk of leaving against what came of it.

    Parameters
    ----------
    now, before : one row per account: the pillars that were asked, 0-100, and `renewed` (bool).
        `before`: of an earlier wave, to draw the line from.

    Returns
    -------
    Risk; refused with fewer than `LEAST_LOST` accounts lost or kept.

    References
    ----------
    Firth (1993), Biometrika 80(1), 27-38. Puhr et al. (2017), Statistics in Medicine 36(14).
    Spiegelhalter (1986), Statistics in Medicine 5(5), 421-433.
    """
    now = _strength(now)
    lost = ~now["renewed"].to_numpy(bool)
    if reason := too_few(lost):
        return Risk(wave, n=len(now), n_lost=int(lost.sum()), reason=reason)
    earlier = None if before is None else _strength(before)
    if earlier is not None and not too_few(~earlier["renewed"].to_numpy(bool)):
        line = logistic(earlier["strength"].to_numpy(), ~earlier["renewed"].to_numpy(bool))
        risk = _chance(now["strength"].to_numpy(), line)
        base = 1 - earlier["renewed"].to_numpy(bool).mean()
    else:
        drawn_from, risk = "", left_out(now["strength"].to_numpy(), lost)
        base = lost.mean()
    return Risk(
        wave,
        drawn_from,
        n=len(now),
        n_lost=int(lost.sum()),
        table=_table(risk, lost),
        hits=_hits(risk, lost),
        p=spiegelhalter(risk, lost),
        brier=float(((risk - lost) ** 2).mean()),
        brier_base=float(((base - lost) ** 2).mean()),
    )


def too_few(lost: np.ndarray) -> str:
    """Why these outcomes carry no comparison; empty when they do."""
    left, stayed = int(lost.sum()), int((~lost).sum())
    if left >= LEAST_LOST and stayed >= LEAST_LOST:
        return ""
    one = min(left, stayed) == 1
    if left < LEAST_LOST:
        kind = tr("{n} lost account", n=left) if one else tr("{n} lost accounts", n=left)
    else:
        kind = tr("{n} kept account", n=stayed) if one else tr("{n} kept accounts", n=stayed)
    return tr(
        "{kind} with scores are too few to say what foretells a loss (it takes {least} lost and "
        "{least} kept).",
        kind=kind,
        least=LEAST_LOST,
    )


def logistic(x: np.ndarray, happened: np.ndarray) -> tuple[float, float]:
    """Intercept and slope of a logistic regression that few events cannot carry away.

    Firth's penalty (finite also where x parts the two groups), then the intercept anew so that the
    risks add up to what happened (FLIC, Puhr et al. 2017).

    Examples
    --------
    >>> x = np.array([20.0, 30, 40, 50, 60, 70, 80, 90])
    >>> happened = np.array([True, True, False, True, False, False, False, False])
    >>> line = logistic(x, happened)
    >>> round(float(_chance(x, line).sum()), 6)
    3.0
    """
    center, scale = x.mean(), x.std() or 1.0
    design = np.column_stack([np.ones(len(x)), (x - center) / scale])
    beta = np.zeros(2)
    for _ in range(100):
        p = 1 / (1 + np.exp(-design @ beta))
        weight = p * (1 - p)
        inverse = np.linalg.pinv((design * weight[:, None]).T @ design)
        leverage = weight * np.einsum("ij,jk,ik->i", design, inverse, design)
        step = inverse @ design.T @ (happened - p + leverage * (0.5 - p))
        beta = beta + step / max(1.0, np.abs(step).max())
        if np.abs(step).max() < 1e-10:
            break
    start = beta[0]
    for _ in range(100):
        p = 1 / (1 + np.exp(-start - design[:, 1] * beta[1]))
        step = (happened - p).sum() / max((p * (1 - p)).sum(), 1e-12)
        start += float(np.clip(step, -1, 1))
        if abs(step) < 1e-12:
            break
    slope = beta[1] / scale
    return float(start - slope * center), float(slope)


def left_out(x: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Each account's risk by the line through all the others."""
    found = np.empty(len(x))
    for k in range(len(x)):
        rest = np.arange(len(x)) != k
        found[k] = _chance(x[k], logistic(x[rest], happened[rest]))
    return found


def spiegelhalter(risk: np.ndarray, happened: np.ndarray) -> float:
    """Two-sided p that the risks are right.

    >>> risk = np.array([0.1, 0.1, 0.8, 0.9])
    >>> round(spiegelhalter(risk, np.array([False, False, True, True])), 2)
    0.45
    """
    above = ((happened - risk) * (1 - 2 * risk)).sum()
    below = ((1 - 2 * risk) ** 2 * risk * (1 - risk)).sum()
    return float(2 * stats.norm.sf(abs(above) / np.sqrt(below))) if below > 0 else float("nan")


def _strength(frame: pd.DataFrame) -> pd.DataFrame:
    """Accounts with the mean of the pillars that were asked; every one of them is needed."""
    asked = [name for name in PILLARS if name in frame]
    whole = frame[[*asked, "renewed"]].dropna()
    return whole.assign(strength=whole[asked].mean(axis=1).astype(float)).sort_index()


def _chance(x: np.ndarray, line: tuple[float, float]) -> np.ndarray:
    return 1 / (1 + np.exp(-(line[0] + line[1] * x)))


def _thirds(risk: np.ndarray) -> np.ndarray:
    """0, 1 or 2; accounts of the same risk stay together."""
    return np.searchsorted(np.quantile(risk, [1 / 3, 2 / 3]), risk, side="left")


def _table(risk: np.ndarray, lost: np.ndarray) -> pd.DataFrame:
    band = _thirds(risk)
    rows = []
    for k, label in enumerate(BANDS):
        here = band == k
        if not here.any():
            continue
        seen = inference.wilson(int(lost[here].sum()), int(here.sum())).iloc[0]
        mean = float(risk[here].mean())
        as_said = seen["ci_low"] <= mean <= seen["ci_high"]
        low, high = seen["ci_low"], seen["ci_high"]
        note = AS_SAID if as_said else MORE if mean < low else FEWER
        count = int(here.sum())
        numbers = (mean, seen["estimate"], low, high, int(lost[here].sum()), count, count)
        rows.append((f"band_{k + 1}", label, *numbers, note))
    return pd.DataFrame(rows, columns=list(TABLE))


def _hits(risk: np.ndarray, lost: np.ndarray) -> dict[str, float]:
    """Share of the lost accounts that stood in the highest band."""
    top = _thirds(risk) == len(BANDS) - 1
    found = inference.wilson(int((top & lost).sum()), int(lost.sum())).iloc[0].to_dict()
    return {**found, "band": float(top.mean())}
