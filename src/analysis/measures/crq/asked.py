"""What is asked of Customer Relationship Quality: its dimensions, and who answered them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.measures import inference, scales
from analysis.survey.tables import Survey

# published: the six dimensions, the three parts of service, and the three levels
DIMENSIONS = ("trust", "commitment", "satisfaction", "experience", "solution", "service")
SERVICE = ("reliability", "responsiveness", "customer_care")
LEVELS = {
    "relationship": ("trust", "commitment", "satisfaction"),
    "uniqueness": ("experience", "solution"),
    "service": ("service",),
}

SCALE = (1.0, 7.0)  # our default: all published scores (5.2 to 6.0) fit a scale of 1 to 7


def shared_base(survey: Survey, minimum: int) -> Survey:
    """The survey with one base for the CRQ and its dimensions, where bases differ by a few people.

    Where fewer than `minimum` people of a wave answered only part of the CRQ's dimensions, their
    scores would come back by subtracting the CRQ from its dimensions; their answers to these items
    are then left out. Everything else that they said stays.

    Examples
    --------
    `s = crq.shared_base(s, p.confidentiality.min_scores)` before dimensions are shown.
    """
    asked = [item for name in (*DIMENSIONS[:-1], *SERVICE) for item in survey.of(name)]
    found = dimensions(survey)
    if found.empty or len(found.columns) < len(DIMENSIONS):
        return survey
    partial = found.isna().any(axis=1) & survey.answers[asked].notna().any(axis=1)
    few = partial.groupby(survey.answers["wave"]).transform("sum") < minimum
    answers = survey.answers.copy()
    answers.loc[partial & few, asked] = np.nan
    return replace(survey, answers=answers)


def dimensions(survey: Survey, wave: str | None = None) -> pd.DataFrame:
    """Every respondent's dimension scores; only dimensions that were asked in full.

    Parameters
    ----------
    wave : id of one wave; None for all.

    Returns
    -------
    DataFrame aligned with the answers, up to six columns named as `DIMENSIONS`, on the items'
    scale. Service is the mean of its three parts, where two of them were answered.
    """
    answers = survey.answers if wave is None else survey.at(wave)
    found = pd.DataFrame(index=answers.index)
    for name in DIMENSIONS[:-1]:
        if survey.of(name):
            found[name] = scales.score(answers, survey.of(name))
    if all(survey.of(part) for part in SERVICE):
        parts = pd.DataFrame({part: scales.score(answers, survey.of(part)) for part in SERVICE})
        found["service"] = scales.score(parts, SERVICE)
    return found


def parts(survey: Survey, wave: str) -> pd.DataFrame:
    """The six dimensions one by one, of everybody who answered each: mean and interval.

    Returns
    -------
    DataFrame, one row per dimension asked: term, estimate, ci_low, ci_high, n, n_accounts, note.
    """
    found = dimensions(survey, wave)
    rows = [
        inference.mean(found[name].rename(scales.label(name)), survey.answers) for name in found
    ]
    kept = [row for row in rows if len(row)]
    columns = ["term", "estimate", "ci_low", "ci_high", "n", "n_accounts", "note"]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)
