"""How well the questions of a scale agree: alpha, and each question with the rest of its scale."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import tr
from analysis.measures import inference
from analysis.survey.tables import Survey

#: Alpha below which a score should not be read alone (a convention, Nunnally 1978; our default).
ACCEPTABLE = 0.7

#: Columns of `items`.
ITEMS = (
    "term",
    "label",
    "construct",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "note",
    "mean",
    "sd",
    "alpha_dropped",
    "floor",
    "ceiling",
)

#: Item-total correlation surely below which a question hardly belongs to its scale (a convention,
#: Nunnally & Bernstein 1994; our default).
BELONGS = 0.3


def alpha(
    frame: pd.DataFrame, level: float = 0.95, voices: pd.Series | None = None
) -> pd.DataFrame:
    """Cronbach's alpha with Feldt's interval, on the respondents who answered every item.

    Parameters
    ----------
    frame : one column per item.
    voices : who speaks with one voice (`inference.units`), aligned with `frame`; None: everybody
        for himself.

    Returns
    -------
    DataFrame, one row: term, estimate, ci_low, ci_high, n (complete answers), items, note.
    No row with fewer than two items, three complete answers, or no variance. NaN ends where all
    answers come from one account.

    Notes
    -----
    Feldt's interval takes answers as independent. Where voices are shared, its ends move away from
    alpha on the scale of log(1 - alpha) by the ratio of the clustered to the independent standard
    error of alpha, never towards it; without shared voices it is Feldt's to the last digit.

    References
    ----------
    Feldt, Woodruff & Salih (1987), Applied Psychological Measurement 11(1), 93-103. Standard error
    of alpha without normality: Maydeu-Olivares, Coffman & Hartmann (2007), Psychological Methods
    12(2), 157-176. R: `psych::alpha()`, `psych::alpha.ci()`.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [7, 6, 5, 3], "b": [6, 6, 5, 2], "c": [7, 5, 6, 4]})
    >>> alpha(frame)[["estimate", "ci_low", "n"]].round(2).to_dict("records")
    [{'estimate': 0.93, 'ci_low': 0.57, 'n': 4}]
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "items", "note"]
    complete = frame.dropna().astype(float)
    n, k = complete.shape
    if k < 2 or n < 3 or np.isclose(complete.sum(axis=1).var(), 0):
        return pd.DataFrame(columns=columns)
    # pingouin rounds its interval to three digits and keeps the full n after dropping rows;
    # so it gets complete rows only, and the interval is worked out here.
    estimate = _alpha(complete)
    tail = (1 - level) / 2
    upper, lower = stats.f.isf([1 - tail, tail], n - 1, (n - 1) * (k - 1))
    factor = _widening(alpha_influence(complete), voices, level)
    row = {
        "term": "alpha",
        "estimate": estimate,
        "ci_low": 1 - (1 - estimate) * lower**factor,
        "ci_high": 1 - (1 - estimate) * upper**factor,
        "n": n,
        "items": k,
        "note": tr("{n} answers without every item left out", n=len(frame) - n)
        if n < len(frame)
        else "",
    }
    return pd.DataFrame([row], columns=columns)


def alpha_influence(complete: pd.DataFrame) -> pd.Series:
    """How far each respondent moves alpha; sums to zero.

    Parameters
    ----------
    complete : items without gaps.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [7.0, 6, 5, 3], "b": [6.0, 6, 5, 2], "c": [7.0, 5, 6, 4]})
    >>> round(float(alpha_influence(frame).abs().sum()), 4)
    0.0834
    """
    n, k = complete.shape
    away = complete - complete.mean()
    own, all_ = (away**2).sum(axis=1), away.sum(axis=1) ** 2
    items, total = own.mean(), all_.mean()
    moved = items * (all_ - total) / total**2 - (own - items) / total
    return k / (k - 1) * moved / n


def item_total(
    frame: pd.DataFrame, level: float = 0.95, voices: pd.Series | None = None
) -> pd.DataFrame:
    """How each item goes with the rest of its scale, on complete answers.

    Parameters
    ----------
    frame, voices : as for `alpha`.

    Returns
    -------
    DataFrame, one row per item: term, estimate (correlation with the sum of the other items, so
    that the item is not held against itself), ci_low, ci_high (Fisher's z, widened where voices
    are shared), n, mean, sd, alpha_dropped (alpha of the other items; NaN where one is left). No
    rows with fewer than two items or five answers.

    References
    ----------
    R: `psych::alpha()`, r.drop of its item.stats and raw_alpha of its alpha.drop.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [7, 6, 5, 3, 4], "b": [6, 6, 5, 2, 5]})
    >>> item_total(frame)["estimate"].round(3).tolist()
    [0.866, 0.866]
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "mean", "sd", "alpha_dropped"]
    complete = frame.dropna().astype(float)
    n, k = complete.shape
    if k < 2 or n < 5:
        return pd.DataFrame(columns=columns)
    own = None if voices is None else voices.loc[complete.index]
    values = complete.to_numpy()
    rows = []
    for place, item in enumerate(complete):
        one, others = values[:, place], np.delete(values, place, axis=1)
        r, low, high = _correlation(one, others.sum(axis=1), own, level)
        left = _alpha(pd.DataFrame(others)) if k > 2 else np.nan
        rows.append((item, r, low, high, n, one.mean(), one.std(ddof=1), left))
    return pd.DataFrame(rows, columns=columns)


def items(survey: Survey, constructs: Iterable[str] | None, wave: str) -> pd.DataFrame:
    """Every question of every scale: how it goes with the rest, and how many are at its ends.

    Parameters
    ----------
    constructs : those to show, in order; None: all.
    wave : id of the wave.

    Returns
    -------
    DataFrame with the columns `ITEMS`, one row per item of a scale that has answers. All numbers
    of a scale rest on the same people, those who answered all of it (`n`), so that no person is
    what is left between two bases. `estimate` is the item-total correlation, NaN for a scale of
    one question; `floor` and `ceiling` are shares of the lowest and highest answer.
    """
    answers = survey.at(wave)
    voices = inference.units(answers)
    rows = []
    for construct in survey.constructs if constructs is None else constructs:
        asked = survey.of(construct)
        complete = answers[asked].dropna().astype(float)
        if not asked or complete.empty:
            continue
        accounts = answers.loc[complete.index, "account"].nunique() or np.nan
        found = item_total(complete, voices=voices).drop(columns="n")
        total = {row["term"]: row for row in found.to_dict("records")}
        known = survey.items.loc[asked, ["label", "scale_min", "scale_max"]]
        for item, label, low, high in known.itertuples():
            row = {
                "term": item,
                "label": label,
                "construct": construct,
                "n": len(complete),
                "n_accounts": accounts,
                "note": tr("one question: nothing to agree with") if len(asked) < 2 else "",
                "mean": complete[item].mean(),
                "sd": complete[item].std(),
                "floor": (complete[item] <= low).mean(),
                "ceiling": (complete[item] >= high).mean(),
            }
            if item in total:
                row |= total[item]
                weak = row["ci_high"] < BELONGS
                row["note"] = tr("hardly goes with the rest of its scale") if weak else ""
            rows.append(row)
    return pd.DataFrame(rows, columns=list(ITEMS))


def _alpha(complete: pd.DataFrame) -> float:
    """Cronbach's alpha of at least two items without gaps; NaN without variance."""
    import pingouin

    if np.isclose(complete.sum(axis=1).var(), 0):
        return np.nan
    return float(pingouin.cronbach_alpha(data=complete)[0])


def _correlation(
    one: np.ndarray, other: np.ndarray, voices: pd.Series | None, level: float
) -> tuple[float, float, float]:
    """Correlation with Fisher's interval, widened where voices (one an answer) are shared."""
    if np.isclose(one.std(), 0) or np.isclose(other.std(), 0):
        return np.nan, np.nan, np.nan
    a, b = ((x - x.mean()) / x.std() for x in (one, other))
    r = float((a * b).mean())
    moved = a * b - r * (a**2 + b**2) / 2
    index = None if voices is None else voices.index
    factor = _widening(pd.Series(moved, index), voices, level)
    half = factor * stats.norm.ppf((1 + level) / 2) / np.sqrt(len(one) - 3)
    z = np.arctanh(np.clip(r, -0.999999, 0.999999))
    return r, np.tanh(z - half), np.tanh(z + half)


def _widening(influence: pd.Series, voices: pd.Series | None, level: float) -> float:
    """How many times wider shared voices make an interval: 1 without them, never less.

    NaN where there is only one voice: nothing is then known of the spread between voices.
    """
    if voices is None:
        return 1.0
    voices = voices.loc[influence.index]
    if voices.is_unique:
        return 1.0
    shared, freedom = inference.clustered(influence, voices)
    if not freedom:
        return np.nan
    n = len(influence)
    alone = np.sqrt(n / (n - 1) * (influence.to_numpy(float) ** 2).sum())  # each for himself
    if np.isclose(alone, 0):
        return 1.0
    quantiles = stats.t.ppf((1 + level) / 2, [freedom, n - 1])
    return max(1.0, shared / alone * quantiles[0] / quantiles[1])
