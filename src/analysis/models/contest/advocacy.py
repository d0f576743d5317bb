"""Recommendation is not trust: accounts that recommend and do not trust, or the other way round."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.language import later, tr
from analysis.models.contest.accounts import scores
from analysis.models.contest.correlations import fisher
from analysis.params import Params
from analysis.survey.tables import Survey

#: Mean rating of an account, times ten, from which on it counts as promoter and as passive: the
#: published classes of the NPS.
PROMOTER, PASSIVE = 90.0, 70.0

#: Trust from which on it counts as high: 5 of 7 (domain.md 2.1: what an Ambassador needs; our
#: default).
HIGH_TRUST = 100 * 4 / 6

CLASSES = (later("Promoter"), later("Passive"), later("Detractor"))
TABLE = ("term", "label", "low", "high", "share_low", "n", "n_least")
LISTED = ("account", "nps", "trust", "answers")


@dataclass(frozen=True)
class Disagreement:
    """Accounts by recommendation and by trust.

    `table` has the columns `TABLE`, a row per class of the account's mean rating: how many of its
    accounts trust little (`low`) and much (`high`); n_least is the smallest group in the row.
    `listed` has the columns `LISTED`: the accounts that recommend and trust little, only those
    whose answers may be shown; `unlisted` counts the others. r: correlation of the two over
    accounts, with its interval and n.
    """

    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TABLE)))
    listed: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(LISTED)))
    unlisted: int = 0
    r: dict[str, float] = field(default_factory=dict)
    n: int = 0
    reason: str = ""


def disagreement(survey: Survey, params: Params) -> Disagreement:
    """Cross recommendation with trust, accounts of the reported wave.

    An account's answers may be shown when there are at least `confidentiality.min_scores` of them
    or all were given in the open.
    """
    found = scores(survey, params.wave.id)
    if not {"trust", "nps"} <= set(found):
        return Disagreement(
            reason=tr("Trust and recommendation were not both asked of known accounts.")
        )
    found = found.dropna(subset=["trust", "nps"])
    if found.empty:
        return Disagreement(reason=tr("No account answered on both trust and recommendation."))
    high = found["trust"] >= HIGH_TRUST - 1e-9
    kind = np.select([found["nps"] >= PROMOTER, found["nps"] >= PASSIVE], CLASSES[:2], CLASSES[2])
    rows = []
    for label in CLASSES:
        here = kind == label
        low, much = int((here & ~high).sum()), int((here & high).sum())
        share = low / (low + much) if low + much else np.nan
        least = min([count for count in (low, much) if count], default=0)
        rows.append((label.lower(), label, low, much, share, low + much, least))
    odd = found[(kind == CLASSES[0]) & ~high].reset_index(names="account")
    answers = survey.at(params.wave.id)
    opened = (answers["mode"] == "attributable").groupby(answers["account"]).all()
    least = params.confidentiality.min_scores
    shown = (odd["answers"] >= least) | odd["account"].map(opened).fillna(False).astype(bool)
    listed = odd[shown].sort_values(["trust", "account"])[list(LISTED)]
    return Disagreement(
        table=pd.DataFrame(rows, columns=list(TABLE)),
        listed=listed.reset_index(drop=True),
        unlisted=int((~shown).sum()),
        r=_together(found) if found["answers"].sum() >= least else {},
        n=len(found),
    )


def _together(found: pd.DataFrame) -> dict[str, float]:
    """Correlation over accounts; empty where there is none."""
    if len(found) < 4 or found["trust"].nunique() < 2 or found["nps"].nunique() < 2:
        return {}
    r = float(found["trust"].corr(found["nps"]))
    low, high = fisher(r, len(found))
    return {"estimate": r, "ci_low": low, "ci_high": high, "n": len(found)}
