"""Is trust stable and satisfaction volatile? Two scores of the same contacts over several waves.

A claim of the trade (domain.md 2.17), tested here and not assumed: how well the answers of one
wave foretell those of the next, and how far contacts move about from wave to wave, with and
without the noise that the questions themselves carry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.language import later, tr
from analysis.measures import inference, scales
from analysis.models.panel import follow, moments
from analysis.params import Wave
from analysis.survey.tables import Survey

STABILITY = (
    "measure",
    "construct",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "clear",
    "n",
    "n_answers",
    "n_least",
    "n_accounts",
    "waves",
    "note",
)


RETEST, WITHIN, CORRECTED = "retest", "within", "corrected"
RETEST_GAP, RATIO, CORRECTED_RATIO = "retest_difference", "ratio", "corrected_ratio"

_SAID = {
    RETEST: later(
        "correlation of neighbouring answers of the same contacts, net of the waves' means"
    ),
    WITHIN: later("mean squared deviation of a contact's answers, net of the waves' means"),
    CORRECTED: later("the same less the part that alpha calls measurement error"),
    RETEST_GAP: later("difference of the two correlations"),
    RATIO: later("how many times the first varies as much within contacts as the second"),
    CORRECTED_RATIO: later("the same without measurement error"),
}


@dataclass(frozen=True)
class _Sums:
    """What one construct needs, summed by account (J rows), so that accounts can be drawn."""

    products: np.ndarray  # J x q x q: wave dummies, each net of its contact's mean
    cross: np.ndarray  # J x q: the dummies with the scores
    square: np.ndarray  # J: squared scores net of the contact's mean
    freedom: np.ndarray  # J: answers less contacts
    pairs: np.ndarray  # J x m x 6: n, sums and products of neighbouring answers, by pair of waves
    noise: np.ndarray  # J x 2: measurement error and the answers that show it


def stability_reason(
    survey: Survey, waves: Sequence[Wave], constructs: tuple[str, str] = ("trust", "satisfaction")
) -> str:
    """Why stability cannot be tested: a sentence; empty where it can."""
    first, last = (tr(name.replace("_", " ")) for name in constructs)
    names = tr("{first} and {last}", first=first, last=last)
    absent = [name for name in constructs if name not in follow.usable(survey)]
    if absent:
        return tr(
            "Stability of {names} cannot be compared: {absent} was not asked on one scale.",
            names=names,
            absent=tr(absent[0]),
        )
    ends = survey.items.loc[[i for name in constructs for i in survey.of(name)]]
    if len(ends[["scale_min", "scale_max"]].drop_duplicates()) > 1:
        return tr(
            "Stability of {names} cannot be compared: they have different scales.", names=names
        )
    series, known = _followed(survey, waves, constructs)
    if len(series) < 2:
        return tr(
            "Stability of {names} needs two waves that were asked in the same way.", names=names
        )
    contacts = known.groupby(["_home", "contact"]).ngroups
    voices = inference.units(known).nunique()
    if contacts < moments.MIN_FOLLOWED or voices < moments.MIN_ACCOUNTS:
        return tr(
            "Stability of {names} needs {people} people of {accounts} accounts who answered both "
            "in two waves or more; there are {contacts} of {voices}.",
            names=names,
            people=moments.MIN_FOLLOWED,
            accounts=moments.MIN_ACCOUNTS,
            contacts=contacts,
            voices=voices,
        )
    return ""


def stability(
    survey: Survey,
    waves: Sequence[Wave],
    constructs: tuple[str, str] = ("trust", "satisfaction"),
    seed: int = 1994,
    resamples: int = moments.RESAMPLES,
) -> pd.DataFrame:
    """Compare how stable two scores are within the same contacts.

    Parameters
    ----------
    waves : waves in order of time; the last ones of one method are used.
    constructs : the one said to be stable, then the one said to be volatile, on one scale.
    seed : of the resampling of accounts.

    Returns
    -------
    DataFrame with the columns `STABILITY`. For each construct rows with the measures "retest",
    "within" and "corrected"; for both together "retest_difference" (first less second), "ratio"
    and "corrected_ratio" (variance within contacts, second over first), with `clear` where the
    interval leaves out 0 or 1. All rest on the answers that hold both scores, of contacts with
    two or more of them (n). No rows where `stability_reason` says why; no row for what cannot be
    worked out, such as a correction that leaves nothing.

    Notes
    -----
    "within" is the residual mean square of score ~ contact + wave. Measurement error of a score
    of k items is (1 - alpha) times its variance, which is the mean disagreement of its items
    over k. Intervals are percentiles over resampled accounts.

    References
    ----------
    Cronbach (1951), Psychometrika 16. Cameron & Miller (2015), Journal of Human Resources 50(2).
    """
    if stability_reason(survey, waves, constructs):
        return pd.DataFrame(columns=list(STABILITY))
    series, known = _followed(survey, waves, constructs)
    voices = pd.factorize(inference.units(known), sort=True)[0]
    count = int(voices.max()) + 1
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), resamples)
    weights = np.vstack([np.ones(count), draws])
    values: dict[tuple[str, str], np.ndarray] = {}
    for name in constructs:
        sums = _sums(known, name, survey.of(name), len(series), voices, count)
        within, noise = _within(sums, weights), _noise(sums, weights)
        values |= {(RETEST, name): _retest(sums, weights), (WITHIN, name): within}
        values[CORRECTED, name] = within - noise
    stable, volatile = constructs
    values[RETEST_GAP, ""] = values[RETEST, stable] - values[RETEST, volatile]
    values[RATIO, ""] = values[WITHIN, volatile] / values[WITHIN, stable]
    values[CORRECTED_RATIO, ""] = _times(values[CORRECTED, volatile], values[CORRECTED, stable])
    contacts = known.groupby(["_home", "contact"]).ngroups
    shared = {"n": contacts, "n_least": contacts, "n_answers": len(known), "waves": len(series)}
    shared["n_accounts"] = known["account"].nunique() or np.nan
    both = tr(
        "{one} against {other}", one=scales.label(volatile), other=scales.label(stable).lower()
    )
    rows = [
        _row(measure, of, found, both) | shared
        for (measure, of), found in values.items()
        if np.isfinite(found[0])
    ]
    return pd.DataFrame(rows, columns=list(STABILITY))


def _followed(
    survey: Survey, waves: Sequence[Wave], constructs: Sequence[str]
) -> tuple[tuple[Wave, ...], pd.DataFrame]:
    """Answers with all the scores, of contacts who gave two or more; and the waves they span."""
    scored = follow.with_scores(survey, constructs)
    scored = scored[scored[list(constructs)].notna().all(axis=1)]
    series = follow.unbroken(scored, waves)
    order = {wave.id: k for k, wave in enumerate(series)}
    known = follow.once(scored[scored["wave"].isin(order)])
    home = known["account"].astype(object).where(known["account"].notna(), "")
    known = known.assign(_home=home, _at=known["wave"].map(order))
    sizes = known.groupby(["_home", "contact"])["_at"].transform("size")
    known = known[sizes >= 2].sort_values(["_home", "contact", "_at"])
    return series, known


def _sums(
    known: pd.DataFrame, name: str, items: list[str], waves: int, voices: np.ndarray, count: int
) -> _Sums:
    """Everything one construct needs, summed within accounts."""
    person = known.groupby(["_home", "contact"], sort=False).ngroup()
    y = known[name] - known[name].mean()
    y = (y - y.groupby(person).transform("mean")).to_numpy()
    dummies = pd.get_dummies(known["_at"]).reindex(columns=range(1, waves), fill_value=False)
    dummies = dummies.astype(float)
    d = (dummies - dummies.groupby(person).transform("mean")).to_numpy()
    again = (person == person.shift()).to_numpy()
    score = (known[name] - known[name].mean()).to_numpy()
    at = known["_at"].to_numpy()
    places = at[np.flatnonzero(again) - 1] * waves + at[again]
    old, new = score[np.flatnonzero(again) - 1], score[again]
    first = ~person.duplicated().to_numpy()
    return _Sums(
        products=moments.add(d[:, :, None] * d[:, None, :], voices, count),
        cross=moments.add(d * y[:, None], voices, count),
        square=moments.add(y**2, voices, count),
        freedom=moments.add(1.0 - first, voices, count),
        pairs=moments.by_group(old, new, places, waves**2, voices[again], count),
        noise=moments.add(_disagreement(known, items), voices, count),
    )


def _disagreement(known: pd.DataFrame, items: list[str]) -> np.ndarray:
    """Measurement error of each answer's score as alpha sees it, and whether it is known (n x 2).

    The mean of the first over a wave is (1 - alpha) times the variance of the score.
    """
    k = len(items)
    found = np.zeros((len(known), 2))
    if k < 2:
        return found
    answers = known[items].astype(float).reset_index(drop=True)
    complete = answers.dropna()
    wave = known["_at"].reset_index(drop=True).loc[complete.index]
    centred = complete - complete.groupby(wave).transform("mean")
    size = wave.groupby(wave).transform("size")
    spread = centred.sub(centred.mean(axis=1), axis=0).pow(2).sum(axis=1) / (k - 1) / k
    found[complete.index] = np.column_stack(
        [spread * size / (size - 1).clip(lower=1), size * 0 + 1]
    )
    return found


def _within(sums: _Sums, weights: np.ndarray) -> np.ndarray:
    """Residual mean square of score ~ contact + wave, in every resample."""
    products = np.tensordot(weights, sums.products, axes=1)
    cross, square, freedom = weights @ sums.cross, weights @ sums.square, weights @ sums.freedom
    inverse = np.linalg.pinv(products, hermitian=True)
    explained = np.einsum("bi,bij,bj->b", cross, inverse, cross)
    left = freedom - np.linalg.matrix_rank(products, hermitian=True)
    return np.divide(square - explained, left, out=np.full(len(left), np.nan), where=left > 0)


def _noise(sums: _Sums, weights: np.ndarray) -> np.ndarray:
    """Mean measurement error; NaN where no answer shows any (a construct of one item)."""
    total, known = (weights @ sums.noise).T
    return np.divide(total, known, out=np.full(len(known), np.nan), where=known > 0)


def _times(volatile: np.ndarray, stable: np.ndarray) -> np.ndarray:
    """How many times the second goes into the first; endless where only the second is used up."""
    above, below = np.maximum(volatile, 0.0), np.maximum(stable, 0.0)
    endless = np.where(above > 0, np.inf, np.nan)
    return np.divide(above, below, out=endless, where=below > 0)


def _retest(sums: _Sums, weights: np.ndarray) -> np.ndarray:
    return moments.correlation(np.tensordot(weights, sums.pairs, axes=1))


def _row(measure: str, construct: str, found: np.ndarray, both: str) -> dict[str, Any]:
    """One measure of a construct, or of both; only a comparison can be clear."""
    line = 1.0 if measure in (RATIO, CORRECTED_RATIO) else 0.0
    term = scales.label(construct) if construct else both
    row = {"measure": measure, "construct": construct, "term": term, "note": tr(_SAID[measure])}
    ends = moments.ends(found, line)
    return row | ends | {"clear": ends["clear"] and not construct}
