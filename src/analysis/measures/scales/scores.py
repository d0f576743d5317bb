"""Scale scores and their change between waves."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.measures import inference
from analysis.measures.scales.agreement import alpha
from analysis.params import Wave
from analysis.survey.tables import Survey

#: A scale score needs at least this share of its items answered (domain.md 2.1, our default).
HALF = 0.5

#: Columns of `summary` and `headlines`.
SUMMARY = (
    "term",
    "label",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "largest",
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
CHANGE = ("change", "change_low", "change_high", "change_p", "change_since", "n_before")


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
    asked = answers[list(items)].to_numpy(float)
    known = ~np.isnan(asked)
    count = known.sum(axis=1)
    enough = (count >= HALF * len(items)) & (count > 0)
    total = np.where(known, asked, 0.0).sum(axis=1)
    return pd.Series(np.where(enough, total / np.maximum(count, 1), np.nan), index=answers.index)


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
        reliability = alpha(answers[items], voices=inference.units(answers))
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
            row["note"] = tr("the items have different scales, so they have no common mean")
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
    DataFrame with the columns `SUMMARY` and `CHANGE`, and change_clear; the change is NaN, and
    `change_since` empty, where there is no earlier wave of the same method with answers to the same
    construct. So many scores are one family of tests: change_clear (None without a change) also
    asks that change_p, adjusted over the constructs, is below `inference.FALSE_DISCOVERY`.
    """
    now = summary(survey, constructs, waves[-1].id)
    earlier = previous(survey.answers, waves)
    changes = []
    for construct in now["term"]:
        values = score(survey.answers, survey.of(construct))
        changes.append(since(values, survey.answers, earlier, waves[-1]))
    found = now.join(pd.DataFrame(changes, columns=list(CHANGE), index=now.index))
    apart = (found["change_low"] > 0) | (found["change_high"] < 0)
    sure = apart & (inference.discoveries(found["change_p"]) < inference.FALSE_DISCOVERY)
    return found.assign(change_clear=sure.astype(object).where(found["change"].notna(), None))


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
        "change_p": row["p"],
        "change_since": earlier.label,
        "n_before": row["n_before"],
    }


def label(construct: str) -> str:
    """Name of a construct as it is printed.

    >>> label("customer_care")
    'Customer care'
    """
    return tr(construct.replace("_", " ").capitalize())


def previous(answers: pd.DataFrame, waves: Sequence[Wave]) -> Wave | None:
    """The wave to compare the last one with: the one before it, if asked by the same method.

    A wave without answers is passed over. Waves of different methods are never joined.
    """
    present = set(answers["wave"])
    earlier = [wave for wave in waves[:-1] if wave.id in present]
    if not earlier or earlier[-1].method != waves[-1].method:
        return None
    return earlier[-1]
