"""What a theme does to the score: two published definitions that differ in size and in order.

"removed" is what the score would lose without the people who raise the theme: common themes weigh
most. "average" is how far those people's own score lies below everybody's: rare ones weigh as much
as common ones. Both are nought exactly where those who raise a theme score as the others do, so
that one test serves both. Neither says that the theme causes the score.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.measures import clusters, inference, nps

COLUMNS = (
    "topic",
    "term",
    "removed",
    "removed_low",
    "removed_high",
    "average",
    "average_low",
    "average_high",
    "p",
    "p_adjusted",
    "clear",
    "rank_removed",
    "rank_average",
    "nps_with",
    "nps_without",
    "share",
    "n",
    "n_with",
    "n_without",
    "n_least",
    "n_accounts",
    "note",
)

#: How the two are called in print, and by whom (domain.md, 2.9).
DEFINITIONS = {
    "removed": "score of all less score without those who raise it (negative: it pulls down)",
    "average": "score of all less score of those who raise it (positive: they score lower)",
}


def scores(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    names: Mapping[int, str] | pd.Series,
    minimum: int = 8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Impact of each theme on the NPS by both published definitions.

    Parameters
    ----------
    people : one row a respondent and wave with a used comment: respondent, wave, account, nps;
        those without a rating are left out. Give the people of one wave.
    raised : respondent, wave, topic.
    names : topic -> term; topics without a name are left out.
    minimum : rated people who raise a theme, and who do not, that a row needs.

    Returns
    -------
    DataFrame with the columns `COLUMNS`, in points, one row a theme, what pulls down most by
    "removed" first. removed: NPS of all less NPS without those who raise it; average: NPS of all
    less NPS of those who raise it (as published: positive where they score lower). Intervals take
    accounts as clusters (CR2, Satterthwaite). p: that those who raise it score as those who do not;
    p_adjusted: Benjamini-Hochberg over the themes; clear: below `inference.FALSE_DISCOVERY`.
    rank_removed, rank_average: 1 pulls down most. share: of the rated people who raise it.

    Notes
    -----
    Impact is relative to the overall score: it is not to be compared between segments whose overall
    scores differ (help page below). Intervals are linearised: the score of all and the score of a
    part are two means of one sample, each answer adding to both.

    References
    ----------
    "removed": "Impact = NPS(all responses) - NPS(all responses excluding theme)",
    https://help.getthematic.com/article/32-impact-calculation-equations and
    https://help.getthematic.com/article/96-thematic-impact . "average": "Impact = Overall average
    NPS - Theme-specific average NPS", https://www.getthematic.com/insights/nps-root-cause-analysis

    Examples
    --------
    >>> people = pd.DataFrame({"respondent": [f"r{k}" for k in range(20)], "wave": "1"})
    >>> people = people.assign(account=None, nps=[10.0] * 12 + [3.0] * 8)
    >>> late = people[10:][["respondent", "wave", "account"]].assign(topic=0)
    >>> row = scores(people, late, {0: "Late deliveries"}).iloc[0]
    >>> [float(row[name]) for name in ("nps_with", "nps_without", "removed", "average")]
    [-60.0, 100.0, -80.0, 80.0]
    """
    coded = nps.points(people["nps"])
    rated = once(people[coded.notna()])
    said = flags(rated, raised, names)
    points = nps.points(rated["nps"])
    rows = [
        _row(points, said[topic], rated, level) | {"topic": topic, "term": names[topic]}
        for topic in said
        if minimum <= said[topic].sum() <= len(rated) - minimum
    ]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    if found.empty:
        return found
    found["p_adjusted"] = inference.discoveries(found["p"])
    found["clear"] = found["p_adjusted"] < inference.FALSE_DISCOVERY
    found["rank_removed"] = found["removed"].rank(method="min").astype(int)
    found["rank_average"] = found["average"].rank(method="min", ascending=False).astype(int)
    return found.sort_values(["removed", "topic"], ignore_index=True)


def once(people: pd.DataFrame) -> pd.DataFrame:
    """One row a respondent and wave, sorted, so that the order of the rows does not matter.

    Adds `contact`, the respondent: who has no account speaks with one voice over the waves.
    """
    sorted_ = people.sort_values(["wave", "respondent"], kind="stable")
    kept = sorted_.drop_duplicates(["wave", "respondent"]).reset_index(drop=True)
    return kept.assign(contact=kept["respondent"])


def flags(
    people: pd.DataFrame, raised: pd.DataFrame, names: Mapping[int, str] | pd.Series
) -> pd.DataFrame:
    """Who raises what: one row for each of `people` (same index), one bool column a named topic.

    Examples
    --------
    >>> people = pd.DataFrame({"respondent": ["b", "a"], "wave": "1"})
    >>> said = pd.DataFrame({"respondent": ["a", "a", "c"], "wave": "1", "topic": [1, 1, 1]})
    >>> flags(people, said, {0: "Price", 1: "Trust"}).to_dict("list")
    {0: [False, False], 1: [False, True]}
    """
    key = pd.MultiIndex.from_frame(people[["wave", "respondent"]].astype(str))
    topics = sorted(topic for topic in dict(names) if topic >= 0)
    found = {}
    for topic in topics:
        who = raised.loc[raised["topic"] == topic, ["wave", "respondent"]].astype(str)
        found[topic] = (
            key.isin(pd.MultiIndex.from_frame(who)) if len(who) else np.zeros(len(key), dtype=bool)
        )
    return pd.DataFrame(found, index=people.index, columns=topics, dtype=bool)


def _row(points: pd.Series, said: pd.Series, rated: pd.DataFrame, level: float) -> dict[str, Any]:
    """Both definitions of one theme."""
    units = inference.units(rated).to_numpy()
    y, raises = points.to_numpy(float), said.to_numpy()
    two = np.column_stack([~raises, raises]).astype(float)
    gap = clusters.fit(two, y, units).contrast([-1.0, 1.0])
    row: dict[str, Any] = {
        "p": inference.p_value(gap),
        "nps_with": y[raises].mean(),
        "nps_without": y[~raises].mean(),
        "share": raises.mean(),
        "n": len(y),
        "n_with": int(raises.sum()),
        "n_without": int((~raises).sum()),
        "n_least": int(min(raises.sum(), (~raises).sum())),
        "n_accounts": rated["account"].nunique() or np.nan,
        "note": _note(rated, len(set(units))),
    }
    for name, part in (("removed", ~raises), ("average", raises)):
        found = _less(y, part, units)
        row[name], low, high = inference.ends(found, level)
        row[f"{name}_low"], row[f"{name}_high"] = np.clip([low, high], -200, 200)
    return row


def _less(y: np.ndarray, part: np.ndarray, units: np.ndarray) -> clusters.Contrast:
    """Mean of all less mean of a part of them: both in one fit, each answer of the part twice."""
    both = np.r_[y, y[part]]
    of_part = np.r_[np.zeros(len(y)), np.ones(part.sum())]
    x = np.column_stack([1 - of_part, of_part])
    return clusters.fit(x, both, np.r_[units, units[part]]).contrast([1.0, -1.0])


def _note(rated: pd.DataFrame, voices: int) -> str:
    if voices < 2:
        return tr("all answers come from one account: no interval")
    if not rated["account"].notna().any():
        return tr("answers taken as independent")
    if voices < inference.FEW_ACCOUNTS:
        return tr(
            "interval allows for answers from the same account; fewer than {n}, so it is rough",
            n=inference.FEW_ACCOUNTS,
        )
    return tr("interval allows for answers from the same account")
