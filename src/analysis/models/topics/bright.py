"""Promoters despite the hot spot: accounts that raise it and are content all the same.

What they do otherwise is where a client can learn from itself (domain.md 4.4).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.measures import inference
from analysis.survey.tables import Survey

COLUMNS = (
    "term",
    "kind",
    "bright",
    "other",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "clear",
    "n",
    "n_other",
    "n_least",
)
CONTENT = 8.5  # mean rating from which an account is one of promoters: nearer 9 than 8
FEWEST = 5  # accounts on either side
SHUFFLES = 5000


@dataclass(frozen=True)
class Spots:
    """Accounts that raise the hot spot, and what tells the content ones from the others.

    accounts : account, rating, bright (mean rating at least `CONTENT`), for the research team.
    compared : one row a thing compared, columns `COLUMNS`; empty where `reason` says why.
    """

    accounts: pd.DataFrame
    compared: pd.DataFrame
    reason: str = ""


def spots(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    topic: int | None,
    traits: pd.DataFrame,
    ratings: pd.DataFrame,
    seed: int = 0,
) -> Spots:
    """Compare content and other accounts among those that raise one topic.

    Parameters
    ----------
    people, raised : of one wave. topic : the hot spot, or None where there is none.
    traits : indexed by account, one column a thing to compare (mean scores, 0/1 for a practice or
        another topic). ratings : account, nps of everybody in the wave.

    Returns
    -------
    `Spots`. estimate : content less other accounts, with Welch's interval; p : by permuting which
    accounts are content; p_adjusted : Benjamini-Hochberg over everything compared. Association, no
    cause.
    """
    if topic is None:
        return Spots(_accounts({}), pd.DataFrame(columns=COLUMNS), tr("There is no hot spot."))
    heads = raised.loc[raised["topic"] == topic, "respondent"]
    hit = set(people.loc[people["respondent"].isin(heads), "account"].dropna())
    own = ratings[ratings["account"].isin(hit)].dropna(subset=["nps"])
    mean = own.groupby("account")["nps"].mean()
    accounts = _accounts(mean.to_dict())
    bright = accounts.set_index("account")["bright"]
    yes, no = int(bright.sum()), int((~bright).sum())
    if min(yes, no) < FEWEST:
        few = tr(
            "too few accounts that raise it are content, or too few are not; {least} of each are "
            "needed to compare them.",
            least=FEWEST,
        )
        return Spots(accounts, pd.DataFrame(columns=COLUMNS), few)
    table = traits.reindex(bright.index)
    rng = np.random.default_rng(seed)
    rows = []
    for term in table.columns:
        value = pd.to_numeric(table[term], errors="coerce").dropna()
        side = bright.loc[value.index].to_numpy()
        if min(side.sum(), (~side).sum()) < FEWEST or value.nunique() < 2:
            continue
        rows.append({"term": term, **_compare(value.to_numpy(float), side, rng)})
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    if len(frame):
        frame["kind"] = np.where(
            [set(table[t].dropna().unique()) <= {0, 1} for t in frame["term"]], "share", "score"
        )
        frame["p_adjusted"] = inference.discoveries(frame["p"].astype(float))
        frame["clear"] = np.where(frame["p_adjusted"] < inference.FALSE_DISCOVERY, "yes", "no")
        frame = frame.sort_values(["p", "term"], ignore_index=True)
    return Spots(accounts, frame, "" if len(frame) else tr("Nothing is known of them to compare."))


def traits(
    survey: Survey,
    people: pd.DataFrame,
    raised: pd.DataFrame,
    names: dict[int, str],
    topic: int | None,
) -> pd.DataFrame:
    """What may tell accounts apart, 0 or 1 each: practices, other topics raised, key accounts.

    Scores are left out: content accounts score everything higher, which teaches nothing.
    """
    columns = {}
    for practice, own in survey.practices.groupby("practice"):
        present = own.dropna(subset=["present"]).groupby("account")["present"].max()
        columns[tr("practice: {name}", name=practice)] = present.astype(float)
    of = dict(zip(people["respondent"], people["account"], strict=True))
    commenting = people["account"].dropna().unique()
    for other, term in sorted(names.items()):
        if other != topic:
            heads = raised.loc[raised["topic"] == other, "respondent"].map(of)
            says = pd.Series(0.0, index=commenting)
            says[says.index.isin(heads)] = 1.0
            columns[tr("also raises “{topic}”", topic=term)] = says
    tier = survey.accounts.set_index("account")["tier"].dropna()
    columns[tr("key account (tier A)")] = (tier == "A").astype(float)
    return pd.DataFrame(columns)


def hot_spot(impact: pd.DataFrame) -> int | None:
    """The topic that weighs most on the score, where that is clear (from `impact.scores`)."""
    clear = impact[impact["clear"].astype(bool) & (impact["removed"] < 0)]
    if clear.empty:
        return None
    return int(clear.sort_values(["removed", "topic"])["topic"].iloc[0])


def _accounts(mean: dict[str, float]) -> pd.DataFrame:
    frame = pd.DataFrame({"account": list(mean), "rating": list(mean.values())})
    frame["bright"] = frame["rating"].astype(float) >= CONTENT
    return frame.sort_values(["rating", "account"], ascending=[False, True], ignore_index=True)


def _compare(value: np.ndarray, side: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Difference of means, its permutation p and an interval by Welch's standard error."""
    from scipy import stats

    one, other = value[side], value[~side]
    gap = one.mean() - other.mean()
    drawn = np.array([value[rng.permutation(side)].sum() for _ in range(SHUFFLES)])
    chance = drawn / side.sum() - (value.sum() - drawn) / (~side).sum()
    p = (1 + (np.abs(chance) >= abs(gap) - 1e-9).sum()) / (1 + SHUFFLES)
    welch = stats.ttest_ind(one, other, equal_var=False)
    ends = welch.confidence_interval(0.95)
    return {
        "bright": one.mean(),
        "other": other.mean(),
        "estimate": gap,
        "ci_low": ends.low,
        "ci_high": ends.high,
        "p": p,
        "n": len(one),
        "n_other": len(other),
        "n_least": min(len(one), len(other)),
    }
