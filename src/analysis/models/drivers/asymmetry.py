"""Penalty and reward: whether a low score of a driver does more harm than a high one does good.

The rating is regressed on two dummies per driver, its low and its high end, beside the middle
(penalty-reward contrast analysis). Where the penalty is the larger of the two, the driver is a
basic: it can only disappoint. Low and high are the outer thirds of the client's own answers, so
that both ends are told against what is usual there; where ties leave no middle, what lies strictly
beyond the thirds.

References
----------
Brandt (1987); Matzler & Sauerwein (2002), International Journal of Service Industry Management
13(4), 314-332; Mikulic & Prebezac (2008) (ranges of the index).
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.measures import inference, scales
from analysis.models.drivers.rank import ANSWERS_PER_DRIVER
from analysis.models.drivers.taken import take
from analysis.params import Params
from analysis.survey.tables import Survey

OUTER = 1 / 3  # of the answers at either end (our default)
LEAST_CELL = 15  # answers at the low end, in the middle and at the high end (statistics.md 4)
RATE = 0.05  # false discovery rate over both ends of all drivers (our default)
MOST_CLASSES = 2  # neighbouring kinds that an interval may touch and still name one (our default)

#: Published (Mikulic & Prebezac 2008): upper ends of the index of each kind, the lowest first.
KINDS: tuple[tuple[float, str], ...] = (
    (-0.7, later("frustrator")),
    (-0.2, later("dissatisfier")),
    (0.2, later("hybrid")),
    (0.7, later("satisfier")),
    (np.inf, later("delighter")),
)
OPEN = later("not distinguishable")

ASYMMETRY = (
    "term",
    "label",
    "penalty",
    "penalty_low",
    "penalty_high",
    "penalty_p",
    "reward",
    "reward_low",
    "reward_high",
    "reward_p",
    "riocs",
    "sgp",
    "dgp",
    "estimate",
    "ci_low",
    "ci_high",
    "kind",
    "low_to",
    "high_from",
    "n",
    "n_low",
    "n_high",
    "n_least",
    "n_accounts",
    "note",
)


@dataclass(frozen=True)
class Asymmetry:
    """Penalty, reward and kind of every driver, or why there are none.

    `table` has the columns `ASYMMETRY`. penalty and reward: points of the rating (0-10) that the
    low and the high end go with, beside the middle, other drivers held still; their p are adjusted
    for testing all of them (BH). riocs: range of impact; sgp and dgp: reward's and penalty's share
    of it; estimate: their difference, the index of asymmetry (-1 only penalty, 1 only reward), with
    a percentile interval over resampled accounts.
    """

    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ASYMMETRY)))
    n: int = 0
    n_asked: int = 0
    n_accounts: int | None = None
    reason: str = ""


def asymmetry(survey: Survey, params: Params) -> Asymmetry:
    """Contrast penalty and reward of every driver in the reported wave; complete answers only.

    Raises
    ------
    ParamsError: the parameters name a driver that the codebook does not know.
    """
    taken = take(survey, params)
    found = Asymmetry(n=len(taken.scores), n_asked=taken.n_asked, n_accounts=taken.n_accounts)
    if taken.reason:
        return replace(found, reason=taken.reason)
    needed = ANSWERS_PER_DRIVER * 2 * taken.scores.shape[1]
    if len(taken.scores) < needed:
        why = tr(
            "{n} complete answers cannot tell penalty from reward for {drivers} drivers (it takes "
            "{least}).",
            n=len(taken.scores),
            drivers=taken.scores.shape[1],
            least=needed,
        )
        return replace(found, reason=why)
    clusters = inference.units(taken.answers)
    table = contrast(taken.scores, taken.rating, clusters, params.drivers.resamples, params.seed)
    if table["penalty"].isna().all():
        why = tr(
            "No driver has {least} answers at its low end, in the middle and at its high end: "
            "penalty and reward cannot be told apart.",
            least=LEAST_CELL,
        )
        return replace(found, reason=why)
    return replace(found, table=table.assign(n_accounts=taken.n_accounts)[list(ASYMMETRY)])


def contrast(
    scores: pd.DataFrame,
    rating: pd.Series,
    clusters: pd.Series,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Penalty, reward and index of asymmetry of every driver.

    Parameters
    ----------
    scores : one column per driver, complete. rating : 0-10. clusters : who speaks with one voice.

    Returns
    -------
    DataFrame with the columns `ASYMMETRY`, in the order of `scores`. A driver with fewer than
    `LEAST_CELL` answers in a cell has no estimate; it stays in the regression as it is, so that
    the others are still told beside it.
    """
    ends = {name: _ends(scores[name]) for name in scores}
    usable = [name for name in scores if _cells(ends[name]).min() >= LEAST_CELL]
    design = _design(scores, ends, usable)
    b, low, high, p = _regression(design, rating.to_numpy(float), clusters)
    drawn = _resampled(design, rating.to_numpy(float), clusters, resamples, seed)
    adjusted = np.full(len(b), np.nan)
    tested = slice(1, 1 + 2 * len(usable))
    if usable:
        adjusted[tested] = stats.false_discovery_control(p[tested])
    rows = []
    for name in scores:
        row: dict[str, object] = {"term": name, "label": scales.label(name), "n": len(scores)}
        cells = _cells(ends[name])
        row |= {"n_low": cells[0], "n_high": cells[2], "n_least": cells.min()}
        if name not in usable:
            note = tr("fewer than {least} answers at an end or between", least=LEAST_CELL)
            row |= {"kind": OPEN, "note": note}
            rows.append(row)
            continue
        low_end, high_end = (scores.loc[end, name] for end in ends[name])
        row |= {"low_to": low_end.max(), "high_from": high_end.min()}
        k = 1 + 2 * usable.index(name)
        for end, at in (("penalty", k), ("reward", k + 1)):
            row |= {end: b[at], f"{end}_low": low[at], f"{end}_high": high[at]}
            row[f"{end}_p"] = adjusted[at]
        row |= index(b[k], b[k + 1])
        reach = np.quantile(_index(drawn[:, k], drawn[:, k + 1]), [0.025, 0.975])
        # The index ends at -1 and 1, where the estimate may lie and hardly a resample does.
        row["ci_low"] = min(reach[0], row["estimate"])
        row["ci_high"] = max(reach[1], row["estimate"])
        seen = (b[k] < 0 and adjusted[k] < RATE) or (b[k + 1] > 0 and adjusted[k + 1] < RATE)
        row["kind"] = kind(row["estimate"], row["ci_low"], row["ci_high"]) if seen else OPEN  # type: ignore[arg-type]
        row["note"] = _note(b[k], b[k + 1], seen)
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=list(ASYMMETRY))


def index(penalty: float, reward: float) -> dict[str, float]:
    """Range of impact, its two shares, and the index of asymmetry.

    Examples
    --------
    >>> {name: round(value, 2) for name, value in index(-0.6, 0.2).items()}
    {'riocs': 0.8, 'sgp': 0.25, 'dgp': 0.75, 'estimate': -0.5}
    """
    size = abs(penalty) + abs(reward)
    if size == 0:
        return {"riocs": 0.0, "sgp": np.nan, "dgp": np.nan, "estimate": np.nan}
    sgp, dgp = abs(reward) / size, abs(penalty) / size
    return {"riocs": size, "sgp": sgp, "dgp": dgp, "estimate": sgp - dgp}


def kind(estimate: float, low: float, high: float) -> str:
    """Name the kind of a driver, unless the interval touches too many kinds.

    Examples
    --------
    >>> kind(-0.5, -0.9, -0.3), kind(0.8, 0.75, 1.0), kind(-0.1, -0.8, 0.6)
    ('dissatisfier', 'delighter', 'not distinguishable')
    """
    places = np.searchsorted([end for end, _ in KINDS], [low, estimate, high])
    if places[2] - places[0] + 1 > MOST_CLASSES:
        return OPEN
    return KINDS[places[1]][1]


def _ends(score: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Which answers are at the low end, and which at the high end."""
    low, high = score.quantile([OUTER, 1 - OUTER])
    ends = (score <= low).to_numpy(), (score >= high).to_numpy()
    if _cells(ends)[1] < LEAST_CELL:
        return (score < low).to_numpy(), (score > high).to_numpy()
    return ends


def _cells(ends: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Answers at the low end, between, and at the high end."""
    low, high = ends
    return np.array([low.sum(), (~low & ~high).sum(), high.sum()])


def _design(scores: pd.DataFrame, ends: dict, usable: list[str]) -> np.ndarray:
    """Constant, the two dummies of every usable driver, and the others as they are."""
    columns = [np.ones(len(scores))]
    for name in usable:
        columns += list(ends[name])
    for name in scores:
        if name not in usable:
            columns.append((scores[name] - scores[name].mean()).to_numpy() / 100)
    return np.column_stack(columns).astype(float)


def _regression(
    design: np.ndarray, y: np.ndarray, clusters: pd.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, both ends of their intervals, and p, accounts as clusters."""
    bread = np.linalg.pinv(design.T @ design)
    b = bread @ design.T @ y
    influence = (design * (y - design @ b)[:, None]) @ bread
    columns = pd.DataFrame(influence, index=clusters.index)
    found = [inference.clustered(columns[k], clusters) for k in columns]
    error, freedom = np.array([e for e, _ in found]), found[0][1]
    half = error * stats.t.ppf(0.975, freedom)
    return b, b - half, b + half, 2 * stats.t.sf(np.abs(b) / error, freedom)


def _resampled(
    design: np.ndarray, y: np.ndarray, clusters: pd.Series, resamples: int, seed: int
) -> np.ndarray:
    """Coefficients in samples of whole accounts: resamples x columns."""
    rows = np.column_stack([design, y])
    _, codes = np.unique(clusters.astype(str), return_inverse=True)
    count, q = codes.max() + 1, rows.shape[1]
    sums = np.zeros((count, q, q))
    np.add.at(sums, codes, rows[:, :, None] * rows[:, None, :])
    rng = np.random.default_rng(seed)
    times = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    products = (times @ sums.reshape(count, -1)).reshape(resamples, q, q)
    inverse = np.linalg.pinv(products[:, :-1, :-1], rcond=1e-10, hermitian=True)
    return (inverse @ products[:, :-1, -1:])[..., 0]


def _index(penalty: np.ndarray, reward: np.ndarray) -> np.ndarray:
    """The index of asymmetry of many; 0 where neither end does anything."""
    size = np.abs(penalty) + np.abs(reward)
    return (np.abs(reward) - np.abs(penalty)) / np.where(size > 0, size, 1.0)


def _note(penalty: float, reward: float, seen: bool) -> str:
    if not seen:
        return tr("neither end clearly matters")
    if penalty > 0:
        return tr("the low end points the other way")
    return tr("the high end points the other way") if reward < 0 else ""
