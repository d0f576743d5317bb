"""Is a target for the NPS realistic: against chance, against the client's own pace, and provable.

Two questions are kept apart. Could a survey of this size show the change at all, or would it drown
in noise? And has this client ever moved as fast as the target asks? Only waves that were asked in
the same way are looked at.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import ParamsError
from analysis.language import later, tr
from analysis.measures import inference, nps
from analysis.params import Wave

LEVEL = 0.95
POWER = 0.8  # chance to see a change that is there (a convention)
YEAR = 365.25  # days
#: A target is realistic up to so many times the client's own average pace (our default).
REALISTIC = 1.0
MOST_ANSWERS = 60  # exact numbers of answers are looked for up to here (our default)

REACHED, NOISE, FAIR = later("already there"), later("within noise"), later("realistic")
STRETCH, BEYOND = later("stretch"), later("beyond what was ever seen")
UNKNOWN = later("no pace to hold it against")

TARGET = (
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "target",
    "when",
    "years",
    "needed",
    "margin",
    "needed_pace",
    "pace",
    "pace_low",
    "pace_high",
    "slowest",
    "fastest",
    "waves",
    "n_clear",
    "n_power",
    "label",
    "note",
)


def realistic(
    by_wave: pd.DataFrame,
    waves: Sequence[Wave],
    target: float | None,
    when: str | None = None,
) -> pd.DataFrame:
    """Hold a target for the NPS against chance and against the client's own pace.

    Parameters
    ----------
    by_wave : as `nps.by_wave` gives it; the last row is where the client stands.
    waves : all waves of the params, for their dates.
    target : NPS to be reached; None: there is none.
    when : id of a wave, a year ("2028") or a day ("2028-04-30"); None: at the next wave, taken to
        come after the usual time between waves (a year where there is only one).

    Returns
    -------
    DataFrame with the columns `TARGET`, one row; none without a target or a score. needed: points
    to go. margin: half the width of the 95% interval of a change of that size, with as many answers
    in both waves as in the last (and as alike within accounts). needed_pace, pace: points a year;
    pace is the straight line through the comparable waves, with an interval that knows how sure
    each wave is; slowest and fastest: between one wave and the next. n_clear, n_power: answers a
    wave for the change to clear 95% noise, and to be seen with 80% power. label:

    - "already there": the score is at the target;
    - "within noise": the change is smaller than `margin` (below `nps.SMALL` answers: than an exact
      permutation test sees);
    - "realistic": the pace it takes is at most `REALISTIC` times the client's average pace;
    - "stretch": above that, but the client moved as fast between two waves;
    - "beyond what was ever seen": faster than that;
    - "no pace to hold it against": a single comparable wave.

    Raises
    ------
    ParamsError: `when` is no wave, year or day.

    Examples
    --------
    >>> waves = [Wave(id=str(y), label=str(y), closed=dt.date(y, 4, 1), reported=dt.date(y, 5, 1))
    ...          for y in (2024, 2025)]
    >>> scores = pd.concat([nps.from_counts(90, 80, 130, 300), nps.from_counts(150, 90, 60, 300)])
    >>> frame = scores.assign(wave=["2024", "2025"], series="Method 1", term=["2024", "2025"])
    >>> found = realistic(frame, waves, 50).iloc[0]
    >>> float(found["needed"]), round(float(found["pace"])), found["label"]
    (20.0, 43, 'realistic')
    """
    known = by_wave[by_wave["n"] > 0]
    if target is None or known.empty:
        return pd.DataFrame(columns=list(TARGET))
    dated = {wave.id: wave.closed for wave in waves}
    now = known.iloc[-1]
    same = known[known["series"] == now["series"]]
    times = np.array([dated[wave].toordinal() / YEAR for wave in same["wave"]])
    day = _day(when, waves, times)
    years = day - times[-1]
    needed = float(target - now["estimate"])
    row = {name: now[name] for name in ("term", "estimate", "ci_low", "ci_high", "n", "n_accounts")}
    row |= {"target": float(target), "when": _named(when, waves), "years": years, "needed": needed}
    row |= _pace(same, times) | {"waves": len(same), "note": _note(known, same)}
    row["needed_pace"] = needed / years if years > 0 else np.nan
    row["margin"] = _margin(now, target)
    row["n_clear"] = answers_needed(now, target) if needed > 0 else np.nan
    row["n_power"] = answers_needed(now, target, POWER) if needed > 0 else np.nan
    row["label"] = _label(row, now, target)
    return pd.DataFrame([row], columns=list(TARGET))


def answers_needed(now: pd.Series, target: float, power: float | None = None) -> float:
    """Answers in each of two waves for a change to the target to be seen.

    Parameters
    ----------
    now : a row of `nps.by_wave`. The share of passives is taken to stay, or to be as large as the
        target leaves room for. What accounts do to the interval is taken to stay as well.
    power : None: a change of exactly this size clears 95% noise; else the chance to see it.

    Returns
    -------
    Answers a wave. Normal approximation; below `nps.SMALL` an exact search with a permutation test
    (answers as independent, then times the design effect).

    Examples
    --------
    >>> now = nps.from_counts(45, 40, 15, 100).iloc[0]
    >>> answers_needed(now, 40), answers_needed(now, 40, 0.8)
    (365.0, 746.0)
    """
    old, new = _mix(now, now["estimate"]), _mix(now, target)
    effect = _design_effect(now)
    if target == now["estimate"]:
        return float("nan")
    n = roughly(old, new, power)
    if n < nps.SMALL:
        n = _exact(old, new, power, n)
    return float(np.ceil(n * effect - 1e-9))


def roughly(old: np.ndarray, new: np.ndarray, power: float | None = None) -> int:
    """Answers a wave by the normal approximation, from the shares of both waves.

    Examples
    --------
    >>> minus, plus = np.array([0.115, 0.5, 0.385]), np.array([0.4, 0.5, 0.1])  # NPS -27 and +30
    >>> roughly(minus, plus)
    10
    """
    z = stats.norm.ppf((1 + LEVEL) / 2) + (0 if power is None else stats.norm.ppf(power))
    gap = (new[0] - new[2]) - (old[0] - old[2])
    return int(np.ceil(z**2 * (_variance(old) + _variance(new)) / gap**2 - 1e-9))


def _exact(old: np.ndarray, new: np.ndarray, power: float | None, about: int) -> float:
    """Fewest answers a wave by the permutation test, at most `MOST_ANSWERS`."""
    if power is None:
        p = [
            inference.permutation_p(_counts(old, n), _counts(new, n))
            for n in range(2, MOST_ANSWERS + 1)
        ]
        unseen = [n for n, one in enumerate(p, start=2) if one >= 1 - LEVEL]
        return max(unseen, default=1) + 1  # whole people make p jump: from here on all are seen
    for n in range(max(2, about // 2), MOST_ANSWERS + 1):
        if exact_power(old, new, n) >= power:
            return n
    return MOST_ANSWERS


def exact_power(old: np.ndarray, new: np.ndarray, n: int) -> float:
    """Chance that a permutation test of two waves of `n` answers sees this change.

    Parameters
    ----------
    old, new : shares of promoters, passives and detractors in either wave.

    Notes
    -----
    All outcomes are counted. The test given the numbers of promoters and detractors in both waves
    together is the same for every way in which they fall, so it is made once for each.
    """
    chance = [_outcomes(mix, n) for mix in (old, new)]
    seen = 0.0
    for promoters in range(2 * n + 1):
        for detractors in range(2 * n + 1 - promoters):
            passives = 2 * n - promoters - detractors
            p = np.arange(max(0, promoters - n), min(n, promoters) + 1)[:, None]
            d = np.arange(max(0, detractors - n), min(n, detractors) + 1)[None, :]
            rest = n - p - d
            possible = (rest >= 0) & (rest <= passives)
            if not possible.any():
                continue
            q, e = promoters - p, detractors - d  # what is left for the first wave
            both = chance[1][p, d] * chance[0][q, e] * possible
            if both.sum() < 1e-9:
                continue
            weight = _log_choose(promoters, p) + _log_choose(detractors, d)
            weight = weight + _log_choose(passives, np.clip(rest, 0, passives))
            weight = np.where(possible, np.exp(weight - _log_choose(2 * n, n)), 0.0)
            gap = np.where(possible, np.abs((p - d) - (q - e)), -1)
            sizes, places = np.unique(gap, return_inverse=True)
            mass = np.bincount(places.ravel(), weight.ravel(), minlength=len(sizes))
            tail = np.cumsum(mass[::-1])[::-1]  # chance of a gap at least this large
            seen += both[(tail[places.reshape(gap.shape)] < 1 - LEVEL) & possible].sum()
    return float(seen)


def _outcomes(mix: np.ndarray, n: int) -> np.ndarray:
    """Chance of each number of promoters (down) and detractors (across)."""
    p, d = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    rest = np.clip(n - p - d, 0, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = [np.where(k > 0, k * np.log(s), 0.0) for k, s in zip((p, rest, d), mix, strict=True)]
    size = sum(log) + _log_choose(n, p) + _log_choose(n - p, np.minimum(d, n - p))
    return np.where(p + d <= n, np.exp(size), 0.0)


def _log_choose(n: int | np.ndarray, k: int | np.ndarray) -> np.ndarray:
    from scipy.special import gammaln

    return gammaln(np.asarray(n) + 1) - gammaln(np.asarray(k) + 1) - gammaln(np.asarray(n) - k + 1)


def _counts(mix: np.ndarray, n: int) -> list[int]:
    """Whole promoters, passives and detractors nearest to the shares."""
    promoters, detractors = round(mix[0] * n), round(mix[2] * n)
    return [promoters, max(n - promoters - detractors, 0), detractors]


def _mix(now: pd.Series, score: float) -> np.ndarray:
    """Shares of promoters, passives and detractors at this score, with the passives of `now`."""
    passives = min(float(now["share_passives"]), 1 - abs(score) / 100)
    promoters = (1 - passives + score / 100) / 2
    return np.array([promoters, passives, 1 - passives - promoters])


def _variance(mix: np.ndarray) -> float:
    return float(mix[0] + mix[2] - (mix[0] - mix[2]) ** 2)


def _design_effect(now: pd.Series) -> float:
    """How much the accounts widen the variance of this wave's score."""
    return max(1.0, float(now["n"] / now["n_effective"]))


def _margin(now: pd.Series, target: float) -> float:
    """Half the width of the 95% interval of the change to the target, in points."""
    n, added = float(now["n"]), nps.ADDED
    errors = [
        _variance((mix * n + [added, 2 * added, added]) / (n + 4 * added)) / (n + 4 * added)
        for mix in (_mix(now, now["estimate"]), _mix(now, target))
    ]
    z = stats.norm.ppf((1 + LEVEL) / 2)
    return float(100 * z * np.sqrt(_design_effect(now) * sum(errors)))


def _pace(same: pd.DataFrame, times: np.ndarray) -> dict[str, float]:
    """Points a year: the line through the comparable waves, its interval, and single steps."""
    names = ("pace", "pace_low", "pace_high", "slowest", "fastest")
    if len(same) < 2 or np.ptp(times) == 0:
        return dict.fromkeys(names, float("nan"))
    score = same["estimate"].to_numpy(float)
    pull = (times - times.mean()) / ((times - times.mean()) ** 2).sum()
    half = ((same["ci_high"] - same["ci_low"]) / 2).to_numpy(float)
    pace, doubt = float(pull @ score), float(np.sqrt(pull**2 @ half**2))
    apart = np.diff(times)
    steps = np.diff(score)[apart > 0] / apart[apart > 0]
    ends = (pace - doubt, pace + doubt, float(steps.min()), float(steps.max()))
    return dict(zip(names, (pace, *ends), strict=True))


def _label(row: dict, now: pd.Series, target: float) -> str:
    if row["needed"] <= 0:
        return REACHED
    if _unseen(row, now, target):
        return NOISE
    if np.isnan(row["pace"]) or np.isnan(row["needed_pace"]):
        return UNKNOWN
    if row["needed_pace"] <= REALISTIC * row["pace"]:
        return FAIR
    return STRETCH if row["needed_pace"] <= row["fastest"] else BEYOND


def _unseen(row: dict, now: pd.Series, target: float) -> bool:
    """True when a survey like the last would not show a change of this size."""
    n = int(now["n"])
    if row["needed"] < row["margin"]:
        return True
    if n >= nps.SMALL:
        return False
    before = [int(now[name]) for name in ("promoters", "passives", "detractors")]
    return inference.permutation_p(before, _counts(_mix(now, target), n)) >= 1 - LEVEL


def _day(when: str | None, waves: Sequence[Wave], times: np.ndarray) -> float:
    """When the target is due, in years."""
    if when is None:
        return float(times[-1] + (np.median(np.diff(times)) if len(times) > 1 else 1.0))
    dated = {wave.id: wave.closed.toordinal() / YEAR for wave in waves}
    if when in dated:
        return dated[when]
    if len(when) == 4 and when.isdigit():
        return float(times[-1] + int(when) - dt.date.fromordinal(round(times[-1] * YEAR)).year)
    try:
        return dt.date.fromisoformat(when).toordinal() / YEAR
    except ValueError:
        raise ParamsError(
            f"scorecard.nps_target_wave is '{when[:40]}', which is no wave of this client, no year "
            "and no day: give a wave's id, 2028 or 2028-04-30."
        ) from None


def _named(when: str | None, waves: Sequence[Wave]) -> str:
    """When the target is due, in words."""
    labels = {wave.id: wave.label for wave in waves}
    return tr("the next wave") if when is None else labels.get(when, when)


def _note(known: pd.DataFrame, same: pd.DataFrame) -> str:
    notes = []
    if len(same) < len(known):
        notes.append(tr("waves asked by another method are left out"))
    if len(same) == 2:
        notes.append(tr("the pace rests on two waves"))
    return "; ".join(notes)
