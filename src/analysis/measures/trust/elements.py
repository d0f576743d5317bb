"""Six elements of trust between two firms, as both sides see them.

Inspired by Hollyoake's model of trust between businesses, whose elements are published and whose
questions, weights and norms are not (domain.md 2.4); everything but the elements is our default.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.language import later, tr
from analysis.measures import inference, scales
from analysis.survey.tables import Survey

#: The six elements: published. The wording of what each means is ours.
ELEMENTS = {
    "intentions": later("Intentions"),
    "ability": later("Ability"),
    "credibility": later("Credibility"),
    "mutual_value": later("Mutual value"),
    "interdependence": later("Interdependence"),
    "time": later("Time"),
}
PREFIX = "trust_"  # of the constructs of the customers' items: trust_intentions and so on
INSTRUMENT = "trust"  # of the supplier's own people, in the table of assessments
SIDES = ("customer", "supplier")

SCALE = (1.0, 7.0)  # our default, as for the other scales
LEAST = 5  # people on a side, below which nothing of that side is shown: our default

#: The ends of the bands are published, their cut-offs are not: our defaults on 1-7, the middle of
#: the scale and where the Unique zone begins.
TRANSACTIONAL_BELOW = 4.0
INTERDEPENDENT_FROM = 5.5
BANDS = (later("transactional"), later("in between"), later("interdependent"))

#: Columns of `profile`.
PROFILE = (
    "term",
    "element",
    "side",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "band",
    "band_sure",
    "note",
)


def customers(survey: Survey, wave: str) -> pd.DataFrame:
    """Each respondent's score on each element that was asked.

    Returns
    -------
    DataFrame, index as the answers of the wave: account, contact, then a column per element asked
    on 1-7, in the order of `ELEMENTS`; NaN where fewer than half of its items were answered.
    """
    answers = survey.at(wave)
    found = answers[["account", "contact"]].copy()
    for element in ELEMENTS:
        items = survey.of(PREFIX + element)
        ends = survey.items.loc[items, ["scale_min", "scale_max"]]
        if items and (ends == list(SCALE)).all(axis=None):
            found[element] = scales.score(answers, items)
    return found


def suppliers(survey: Survey, wave: str) -> pd.DataFrame:
    """Each of the supplier's people on each element, once for every account that he judged.

    Returns
    -------
    DataFrame: assessor, account (NaN where the relation as a whole was judged), then a column per
    element asked; NaN where fewer than half of its items were answered.

    Raises
    ------
    DataError: a score outside 1-7, or an item of none of the six elements.
    """
    rows = survey.assessments
    rows = rows[(rows["instrument"] == INSTRUMENT) & (rows["wave"] == wave)]
    rows = rows.dropna(subset=["assessor", "item"])
    given = rows["score"].astype(float)
    outside = int(((given < SCALE[0]) | (given > SCALE[1])).sum())
    if outside:
        raise DataError(
            f"The trust assessment holds {outside} scores outside 1 to 7. Mend them in the table "
            "of assessments."
        )
    element = rows["item"].astype(str).str.replace(r"_\d+$", "", regex=True)
    if not element.isin(list(ELEMENTS)).all():
        raise DataError(
            "The trust assessment has items of none of the six elements. Name them after an "
            f"element and a number, such as ability_1; the elements are {', '.join(ELEMENTS)}."
        )
    account = rows["account"] if "account" in rows else pd.Series(np.nan, rows.index)
    long = pd.DataFrame(
        {
            "assessor": rows["assessor"].astype(str),
            "account": account.astype(object).where(account.notna(), ""),
            "item": rows["item"].astype(str),
            "score": given,
        }
    )
    wide = long.groupby(["assessor", "account", "item"])["score"].mean().unstack()
    found = pd.DataFrame(index=wide.index)
    for name in ELEMENTS:
        items = sorted(set(rows.loc[element == name, "item"].astype(str)) & set(wide.columns))
        if items:
            found[name] = scales.score(wide, items)
    found = found.reset_index()
    found["account"] = found["account"].astype(object).where(found["account"] != "", np.nan)
    return found


def reason(survey: Survey, wave: str) -> str:
    """Why there is no profile of trust in this wave: a sentence; empty where there is one."""
    counts = [_people(survey, wave, name) for name in SIDES]
    if max(counts) >= LEAST:
        return ""
    if not max(counts):
        items = [item for element in ELEMENTS for item in survey.of(PREFIX + element)]
        ends = survey.items.loc[items, ["scale_min", "scale_max"]]
        if items and not (ends == list(SCALE)).all(axis=None):
            return tr(
                "The elements of trust are defined for items on 1 to 7; these have another scale."
            )
        return tr("The six elements of trust were not asked, of customers or of the own people.")
    return tr(
        "Too few people rated all elements of trust: {customers} customers and {own} of the own "
        "people, where it takes {least} on a side.",
        customers=counts[0],
        own=counts[1],
        least=LEAST,
    )


def side(survey: Survey, wave: str, name: str) -> pd.DataFrame:
    """Complete answers of one side: those who can be scored on every element that was asked.

    One base for all elements: differences between elements are then of the same people, and
    nobody's answer is what is left between two bases.

    Parameters
    ----------
    name : "customer" or "supplier".

    Returns
    -------
    DataFrame: account, contact (of the supplier: the assessor), then the elements. No rows where
    none was asked.
    """
    if name == "customer":
        found = customers(survey, wave)
    else:
        found = suppliers(survey, wave).rename(columns={"assessor": "contact"})
    asked = [element for element in ELEMENTS if element in found]
    # An element that nobody of the side answered was not really asked.
    asked = [element for element in asked if found[element].notna().any()]
    return found[["account", "contact", *asked]].dropna(subset=asked, how="any" if asked else "all")


def shared_base(survey: Survey, minimum: int = LEAST) -> Survey:
    """The survey with one base for the elements of trust, where bases differ by a few people.

    Where fewer than `minimum` people of a wave answered only part of the elements, their answers to
    these items are left out, as `crq.shared_base` does: their scores would otherwise come back by
    subtracting the profile from the scores of single scales.

    Examples
    --------
    `s = trust.shared_base(s, p.confidentiality.min_scores)` before scores are shown.
    """
    items = [item for element in ELEMENTS for item in survey.of(PREFIX + element)]
    if not items:
        return survey
    answers = survey.answers.copy()
    for wave in survey.answers["wave"].unique():
        here = survey.at(wave)
        whole = side(survey, wave, "customer").index
        part = here.index[here[items].notna().any(axis=1)].difference(whole)
        if 0 < len(part) < minimum:
            answers.loc[part, items] = np.nan
    return replace(survey, answers=answers)


def band(score: float) -> str:
    """Where a score lies between dealing and depending on each other; "" without a score.

    Examples
    --------
    >>> band(3.9), band(4.0), band(5.5)
    ('transactional', 'in between', 'interdependent')
    """
    if score != score:
        return ""
    cuts = (TRANSACTIONAL_BELOW, INTERDEPENDENT_FROM)
    return BANDS[sum(round(float(score), 9) >= cut for cut in cuts)]


def profile(survey: Survey, wave: str) -> pd.DataFrame:
    """Mean of each element on each side, their plain mean, and the weakest link.

    Returns
    -------
    DataFrame with the columns `PROFILE`; for each side with at least `LEAST` people a row per
    element asked and, where all six were, "overall" (mean of the six) and "weakest" (the lowest of
    the six: a chain is as strong as that). n counts people, n_accounts accounts; band_sure says
    whether the interval lies within the band. The interval of "weakest" allows for choosing: it
    runs from the lowest of the elements' lower ends to the lowest of their upper ends, these at
    Bonferroni's level.
    """
    rows: list[dict[str, object]] = []
    for name in SIDES:
        scored = side(survey, wave, name)
        n = _count(scored, name)
        if n < LEAST:
            continue
        asked = list(scored.columns[2:])
        lines = {element: (tr(ELEMENTS[element]), scored[element]) for element in asked}
        if len(asked) == len(ELEMENTS):
            lines["overall"] = (tr("All six"), scored[asked].mean(axis=1))
        base = {"side": name, "n": n}
        made = []
        for element, (term, values) in lines.items():
            row = mean(values, scored, name).iloc[0].to_dict()
            made.append(row | base | {"element": element, "term": term})
        if "overall" in lines:
            made.append(_link(made[:-1], scored, name) | base)
        rows += made
    found = pd.DataFrame(rows, columns=list(PROFILE))
    found["band"] = [band(value) for value in found["estimate"]]
    ends = zip(found["ci_low"], found["ci_high"], found["band"], strict=True)
    found["band_sure"] = [band(low) == own == band(high) for low, high, own in ends]
    return found


def mean(values: pd.Series, scored: pd.DataFrame, side: str, level: float = 0.95) -> pd.DataFrame:
    """`inference.mean` of one side: customers cluster by account, the own people by person."""
    if side == "customer":
        return inference.mean(values, scored, level)
    row = inference.mean(values, scored.assign(account=None), level)
    accounts = scored.loc[values.dropna().index, "account"].nunique() or np.nan
    judged = tr("one voice for each person, whatever number of accounts was judged")
    return row.assign(n_accounts=accounts, note=judged)


def _link(rows: Sequence[dict], scored: pd.DataFrame, side: str) -> dict[str, object]:
    """The weakest element as a link of a chain, with an interval of the lowest of six means."""
    lowest = min(rows, key=lambda row: row["estimate"])
    strict = 1 - 0.05 / len(rows)
    highs = [mean(scored[row["element"]], scored, side, strict).iloc[0]["ci_high"] for row in rows]
    return lowest | {
        "element": "weakest",
        "term": tr("Weakest link"),
        # Not Python's min: an element without an interval leaves none for the lowest either.
        "ci_low": np.min([row["ci_low"] for row in rows]),
        "ci_high": np.min(highs),
    }


def _people(survey: Survey, wave: str, name: str) -> int:
    """People of a side who rated every element asked."""
    return _count(side(survey, wave, name), name)


def _count(scored: pd.DataFrame, name: str) -> int:
    """People in the complete answers of a side; none where no element was asked."""
    if scored.shape[1] < 3:
        return 0
    return scored["contact"].nunique() if name == "supplier" else len(scored)
