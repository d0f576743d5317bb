"""Scale scores, their reliability, and their change between waves."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.measures import inference
from analysis.params import Wave
from analysis.survey.tables import Survey

#: A scale score needs at least this share of its items answered (domain.md 2.1, our default).
HALF = 0.5

#: Alpha below which a score should not be read alone (a convention, Nunnally 1978; our default).
ACCEPTABLE = 0.7

#: Columns of `summary` and `headlines`.
SUMMARY = (
    "term",
    "label",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "note",
    "items",
    "alpha",
    "alpha_low",
    "alpha_high",
    "n_alpha",
    "ceiling",
    "floor",
    "scale_min",
    "scale_max",
)

#: What `headlines` adds.
CHANGE = ("change", "change_low", "change_high", "change_since", "n_before")


def score(answers: pd.DataFrame, items: Sequence[str]) -> pd.Series:
    """Mean of a respondent's items, where at least half of them were answered.

    Parameters
    ----------
    answers : one row per respondent, items as floats with high meaning more.
    items : columns of one construct; none gives missing scores.

    Returns
    -------
    Series aligned with `answers`, on the items' scale; NaN where too few items were answered.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [6.0, 7.0, None], "b": [5.0, None, None]})
    >>> list(score(frame, ["a", "b"]))
    [5.5, 7.0, nan]
    """
    asked = answers[list(items)].astype(float)
    if not len(items):
        return pd.Series(np.nan, index=answers.index)
    return asked.mean(axis=1).where(asked.notna().mean(axis=1) >= HALF)


def alpha(frame: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Cronbach's alpha with Feldt's interval, on the respondents who answered every item.

    Returns
    -------
    DataFrame, one row: term, estimate, ci_low, ci_high, n (complete answers), items, note.
    No row with fewer than two items, three complete answers, or no variance.

    References
    ----------
    Feldt, Woodruff & Salih (1987), Applied Psychological Measurement 11(1), 93-103.

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
    import pingouin

    # pingouin rounds its interval to three digits and keeps the full n after dropping rows;
    # so it gets complete rows only, and the interval is worked out here.
    estimate, _ = pingouin.cronbach_alpha(data=complete)
    tail = (1 - level) / 2
    upper, lower = stats.f.isf([1 - tail, tail], n - 1, (n - 1) * (k - 1))
    row = {
        "term": "alpha",
        "estimate": estimate,
        "ci_low": 1 - (1 - estimate) * lower,
        "ci_high": 1 - (1 - estimate) * upper,
        "n": n,
        "items": k,
        "note": f"{len(frame) - n} answers without every item left out" if n < len(frame) else "",
    }
    return pd.DataFrame([row], columns=columns)


def item_total(frame: pd.DataFrame) -> pd.DataFrame:
    """How each item goes with the rest of its scale, on complete answers.

    Returns
    -------
    DataFrame, one row per item: term, estimate (correlation with the sum of the other items),
    ci_low, ci_high (Fisher's z), n, mean. No rows with fewer than two items or five answers.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [7, 6, 5, 3, 4], "b": [6, 6, 5, 2, 5]})
    >>> item_total(frame)["estimate"].round(3).tolist()
    [0.866, 0.866]
    """
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "mean"]
    complete = frame.dropna().astype(float)
    n = len(complete)
    if complete.shape[1] < 2 or n < 5:
        return pd.DataFrame(columns=columns)
    rows = []
    for item in complete:
        rest = complete.drop(columns=item).sum(axis=1)
        fixed = np.isclose(rest.std(), 0) or np.isclose(complete[item].std(), 0)
        r = np.nan if fixed else complete[item].corr(rest)
        half = stats.norm.ppf(0.975) / np.sqrt(n - 3)
        z = np.arctanh(np.clip(r, -0.999999, 0.999999))
        rows.append((item, r, np.tanh(z - half), np.tanh(z + half), n, complete[item].mean()))
    return pd.DataFrame(rows, columns=columns)


def summary(survey: Survey, constructs: Iterable[str] | None, wave: str) -> pd.DataFrame:
    """Every construct's mean, interval and reliability in one wave.

    Parameters
    ----------
    constructs : those to show, in order; the ones not asked are left out. None: all.
    wave : id of the wave.

    Returns
    -------
    DataFrame with the columns `SUMMARY`, one row per construct that has answers. `ceiling` and
    `floor` are the shares of scores at the ends of the scale. Without a common scale the mean of
    items has no meaning: estimate is then NaN and `note` says so.
    """
    answers = survey.at(wave)
    rows = []
    for construct in survey.constructs if constructs is None else constructs:
        items = survey.of(construct)
        if not items or answers[items].isna().to_numpy().all():
            continue
        ends = survey.items.loc[items, ["scale_min", "scale_max"]].drop_duplicates()
        values = score(answers, items).rename(construct)
        row = inference.mean(values, answers)
        if row.empty:
            continue
        low, high = ends.iloc[0]
        reliability = alpha(answers[items])
        row = row.iloc[0].to_dict() | {
            "label": label(construct),
            "items": len(items),
            "ceiling": (values.dropna() >= high).mean(),
            "floor": (values.dropna() <= low).mean(),
            "scale_min": low,
            "scale_max": high,
        }
        if len(ends) > 1:
            row |= dict.fromkeys(("estimate", "ci_low", "ci_high", "ceiling", "floor"), np.nan)
            row["note"] = "the items have different scales, so they have no common mean"
        for found in reliability.itertuples():
            row |= {
                "alpha": found.estimate,
                "alpha_low": found.ci_low,
                "alpha_high": found.ci_high,
                "n_alpha": found.n,
            }
        rows.append(row)
    return pd.DataFrame(rows, columns=list(SUMMARY))


def headlines(
    survey: Survey, constructs: Iterable[str] | None, waves: Sequence[Wave]
) -> pd.DataFrame:
    """`summary` of the last wave, with the change since the wave before it.

    Returns
    -------
    DataFrame with the columns `SUMMARY` and `CHANGE`; the change is NaN, and `change_since` empty,
    where there is no earlier wave of the same method with answers to the same construct.
    """
    now = summary(survey, constructs, waves[-1].id)
    earlier = previous(survey.answers, waves)
    changes = []
    for construct in now["term"]:
        values = score(survey.answers, survey.of(construct))
        changes.append(since(values, survey.answers, earlier, waves[-1]))
    return now.join(pd.DataFrame(changes, columns=list(CHANGE), index=now.index))


def since(
    values: pd.Series, answers: pd.DataFrame, earlier: Wave | None, latest: Wave
) -> dict[str, object]:
    """Change of a mean since an earlier wave, under the names of `CHANGE`; empty without one."""
    found = (
        pd.DataFrame()
        if earlier is None
        else inference.difference(values, answers, earlier.id, latest.id)
    )
    if found.empty or earlier is None:
        return {"change_since": ""}
    row = found.iloc[0]
    return {
        "change": row["estimate"],
        "change_low": row["ci_low"],
        "change_high": row["ci_high"],
        "change_since": earlier.label,
        "n_before": row["n_before"],
    }


def label(construct: str) -> str:
    """Name of a construct as it is printed.

    >>> label("customer_care")
    'Customer care'
    """
    return construct.replace("_", " ").capitalize()


def previous(answers: pd.DataFrame, waves: Sequence[Wave]) -> Wave | None:
    """The wave to compare the last one with: the one before it, if asked by the same method.

    A wave without answers is passed over. Waves of different methods are never joined.
    """
    present = set(answers["wave"])
    earlier = [wave for wave in waves[:-1] if wave.id in present]
    if not earlier or earlier[-1].method != waves[-1].method:
        return None
    return earlier[-1]
