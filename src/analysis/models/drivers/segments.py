"""Drivers that go more with the recommendation in one kind of customer than in the rest.

One regression for each segment, of the rating on all drivers, on the segment, and on both together:
the slopes of the segment less those of everybody else. Many segments and drivers are one family of
tests, so a difference is called clear only after correction for all of them.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.measures import clusters, inference, scales
from analysis.models.drivers.rank import ANSWERS_PER_DRIVER, LEAST_ACCOUNTS, LEAST_N
from analysis.models.drivers.taken import take
from analysis.params import Params
from analysis.survey.tables import Survey

#: False discovery rate over all segments and drivers (Benjamini & Hochberg 1995; our default for
#: cuts of the same answers, statistics.md section 5).
RATE = 0.10

DIFFERENCES = (
    "term",
    "label",
    "segment",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "clear",
    "slope_in",
    "slope_out",
    "n",
    "n_in",
    "n_least",
    "n_accounts",
    "note",
)


@dataclass(frozen=True)
class Segments:
    """What sets segments apart, or why it is not known.

    `table` has the columns `DIFFERENCES`, one row per segment and driver, segments in order of
    their names: estimate is the standardised slope in the segment less that among all others with
    its interval; slope_in and slope_out both slopes; n_in the answers of the segment; n_least the
    smallest group that a reader could work out.
    """

    by: str  # role, tier or sector
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DIFFERENCES)))
    left_out: tuple[str, ...] = ()  # segments that are too small to be compared
    reason: str = ""


def differences(survey: Survey, params: Params) -> Segments:
    """Compare the slopes of every segment with those of all other customers.

    Segments are those of `params.drivers.segments`; answers whose segment is not known are left
    out. Rating and drivers are standardised over everybody, so that slopes share one scale. With
    two segments the one is the other turned round, and only the first is tested.

    Raises
    ------
    ParamsError: the parameters name a driver that the codebook does not know.

    References
    ----------
    Benjamini & Hochberg (1995), JRSS B 57, 289-300. Errors: `clusters`.
    """
    by = params.drivers.segments
    taken = take(survey, params)
    found = Segments(by)
    if taken.reason:
        return replace(found, reason=taken.reason)
    kind = _kinds(survey, taken.answers, by)
    known = kind.notna()
    if kind.nunique() < 2:
        return replace(
            found,
            reason=tr(
                "Drivers cannot be compared by {by}: fewer than two kinds are known.", by=tr(by)
            ),
        )
    scores, answers, kind = taken.scores[known], taken.answers[known], kind[known]
    sizes = kind.value_counts()
    least = max(LEAST_N, ANSWERS_PER_DRIVER * scores.shape[1])
    rows = []
    small = []
    for name in sorted(sizes.index):
        mine = kind == name
        accounts = min(inference.units(answers[side]).nunique() for side in (mine, ~mine))
        if min(mine.sum(), (~mine).sum()) < least or accounts < LEAST_ACCOUNTS:
            small.append(str(name))
        elif not (len(sizes) == 2 and rows):
            rows += _compared(str(name), mine, scores, taken.rating[known], answers)
    if not rows:
        return replace(
            found,
            reason=tr(
                "Drivers cannot be compared by {by}: it takes {least} complete answers from "
                "{accounts} accounts in a kind, and as many in the rest.",
                by=tr(by),
                least=least,
                accounts=LEAST_ACCOUNTS,
            ),
        )
    table = pd.DataFrame(rows)
    table["p_adjusted"] = inference.discoveries(table["p"])
    table["clear"] = table["p_adjusted"] < RATE
    # Nobody is left between the kinds and the whole wave, or enough people are.
    unknown = len(taken.rating) - int(known.sum())
    if unknown:
        table["n_least"] = table["n_least"].clip(upper=unknown)
    return replace(found, table=table[list(DIFFERENCES)], left_out=tuple(small))


def _kinds(survey: Survey, answers: pd.DataFrame, by: str) -> pd.Series:
    """Segment of each answer; missing where it is not known."""
    if by == "role":
        return answers["role"].astype(object)
    named = survey.accounts.drop_duplicates("account").set_index("account")[by]
    return answers["account"].map(named).astype(object)


def _compared(
    name: str, mine: pd.Series, scores: pd.DataFrame, rating: pd.Series, answers: pd.DataFrame
) -> list[dict[str, object]]:
    """A row for each driver: its slope in the segment less that in the rest."""
    x = ((scores - scores.mean()) / scores.std(ddof=0)).to_numpy()
    y = ((rating - rating.mean()) / rating.std(ddof=0)).to_numpy()
    inside = mine.to_numpy(float)[:, None]
    one = np.ones((len(y), 1))
    design = np.hstack([one, inside, x, x * inside])
    fitted = clusters.fit(design, y, inference.units(answers))
    p = x.shape[1]
    rows = []
    for k, term in enumerate(scores):
        contrast = np.zeros(design.shape[1])
        contrast[2 + p + k] = 1.0
        found = fitted.contrast(contrast)
        estimate, low, high = inference.ends(found)
        out = float(fitted.coef[2 + k])
        rows.append(
            {
                "term": term,
                "label": scales.label(term),
                "segment": name,
                "estimate": estimate,
                "ci_low": low,
                "ci_high": high,
                "p": inference.p_value(found),
                "slope_in": out + estimate,
                "slope_out": out,
                "n": len(y),
                "n_in": int(mine.sum()),
                "n_least": int(min(mine.sum(), (~mine).sum())),
                "n_accounts": answers["account"].nunique() or np.nan,
                "note": tr("accounts as clusters"),
            }
        )
    return rows
