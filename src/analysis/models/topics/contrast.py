"""Who raises which topic: promoters, passives and detractors compared.

Respondents are counted, not sentences: a person who says a thing three times says it once.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.models.topics.fit import OTHER, Topics, wilson

GROUPS = (later("Promoters"), later("Passives"), later("Detractors"))
PRIOR = 10.0  # the prior's weight in respondents: ten who raise the topic as often as all do
FALSE_DISCOVERIES = 0.05  # share of wrong contrasts accepted among those called clear

SHARE_COLUMNS = ["topic", "term", "group", "estimate", "ci_low", "ci_high", "k", "n", "rest"]
ODDS_COLUMNS = ["odds", "odds_low", "odds_high", "z", "p", "p_adjusted", "clear"]


@dataclass(frozen=True)
class Contrast:
    """Topics by score group.

    shares : one row a topic and group. estimate, ci_low, ci_high: share of the group's respondents
        with comments who raise the topic (Wilson, 95 %); k of n; rest: share of all others. odds:
        how many times the odds of the rest the group's odds are, with interval; p_adjusted:
        Benjamini-Hochberg over all rows; clear: "yes" where p_adjusted is below
        `FALSE_DISCOVERIES`, else "no". Empty where `reason` says why.
    lift : one row a topic, in the group that it sets apart most.
    top : one row a group: the topic that sets it apart most (largest z above zero).
    """

    shares: pd.DataFrame
    lift: pd.DataFrame
    top: pd.DataFrame
    reason: str = ""


def groups(found: Topics, minimum: int = 8) -> Contrast:
    """Compare who raises what.

    Parameters
    ----------
    found : from `fit.find`.
    minimum : respondents with comments that a group needs; a smaller one joins its neighbour, so
        that it cannot be worked out from the other two and the total.

    References
    ----------
    Monroe, Colaresi and Quinn (2008), Fightin' Words, Political Analysis 16(4): log-odds ratio
    with an informative Dirichlet prior. Wilson (1927), JASA 22. Benjamini and Hochberg (1995),
    JRSS B 57.
    """
    asked = found.respondents.dropna(subset=["nps"])
    if found.topics.empty:
        return _nothing(found.reason)
    if asked.empty:
        return _nothing(
            tr(
                "The recommendation question was not asked, so topics are not compared between "
                "promoters, passives and detractors."
            )
        )
    group = joined(asked["nps"], minimum)
    if group.nunique() < 2:
        return _nothing(
            tr(
                "Fewer than {n} people who commented stand outside the largest score group, so "
                "topics are not compared between groups.",
                n=minimum,
            )
        )
    of = dict(zip(asked["respondent"], group, strict=True))
    mentions = found.mentions[found.mentions["topic"] != OTHER]
    counts = mentions.groupby([mentions["topic"], mentions["respondent"].map(of)]).size()
    sizes = group.value_counts()
    labels = dict(zip(found.topics["topic"], found.topics["term"], strict=True))
    order = [name for name in dict.fromkeys(_order(group)) if name in sizes.index]
    rows = []
    for topic, name in product(found.topics["topic"], order):
        k = np.array([counts.get((topic, name), 0), counts.get(topic, pd.Series(dtype=int)).sum()])
        n = np.array([sizes[name], len(asked)])
        share = wilson(k[0], n[0])
        rows.append(
            {
                "topic": topic,
                "term": labels[topic],
                "group": name,
                "estimate": k[0] / n[0],
                "ci_low": share[0],
                "ci_high": share[1],
                "k": int(k[0]),
                "n": int(n[0]),
                "rest": (k[1] - k[0]) / (n[1] - n[0]),
                **log_odds(k[0], n[0], k[1] - k[0], n[1] - n[0]),
            }
        )
    shares = pd.DataFrame(rows)
    shares["p_adjusted"] = stats.false_discovery_control(shares["p"], method="bh")
    shares["clear"] = np.where(shares["p_adjusted"] < FALSE_DISCOVERIES, "yes", "no")
    shares = shares[[*SHARE_COLUMNS, *ODDS_COLUMNS]]
    strongest = shares.sort_values(["z", "topic"], ascending=[False, True])
    place = {name: i for i, name in enumerate(order)}
    lift = strongest.drop_duplicates("topic").sort_values(
        "group", key=lambda names: names.map(place), kind="stable", ignore_index=True
    )
    top = strongest[strongest["z"] > 0].drop_duplicates("group").set_index("group")
    top = top.reindex([name for name in order if name in top.index]).reset_index()
    return Contrast(shares, lift, top)


def joined(nps: pd.Series, minimum: int) -> pd.Series:
    """Score group of each rating 0-10; groups below `minimum` are joined to a neighbour.

    Examples
    --------
    >>> list(joined(pd.Series([10.0] * 8 + [7.0] * 8 + [2.0]), minimum=8).unique())
    ['Promoters', 'Passives and detractors']
    """
    group = pd.cut(nps, [-1, 6, 8, 10], labels=list(reversed(GROUPS))).astype(object)
    sizes = group.value_counts()
    small = [name for name in GROUPS if sizes.get(name, 0) < minimum and name in sizes.index]
    if not small:
        return group
    if "Promoters" in small:
        pair = {"Promoters", "Passives"}
        joint = later("Promoters and passives")
        if sizes.get("Passives", 0) + sizes["Promoters"] < minimum or "Detractors" in small:
            return pd.Series(later("All"), index=nps.index)
    else:
        pair = {"Passives", "Detractors"}
        joint = later("Passives and detractors")
    merged = group.where(~group.isin(pair), joint)
    if merged.value_counts().min() < minimum:
        return pd.Series(later("All"), index=nps.index)
    return merged


def log_odds(k: int, n: int, k_rest: int, n_rest: int) -> dict[str, float]:
    """Odds of a topic in a group against the rest, shrunk towards no difference.

    The prior adds `PRIOR` respondents to each side who raise the topic as often as all do, so that
    a topic raised by 3 of 9 does not look stronger than one raised by 30 of 90.

    Examples
    --------
    >>> round(log_odds(30, 90, 10, 110)["odds"], 2)
    4.23
    """
    share = (k + k_rest + 0.5) / (n + n_rest + 1)
    yes, no = PRIOR * share, PRIOR * (1 - share)
    cells = np.array([k + yes, n - k + no, k_rest + yes, n_rest - k_rest + no])
    delta = float(np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3]))
    error = float(np.sqrt((1 / cells).sum()))
    z = delta / error
    half = stats.norm.ppf(0.975) * error
    return {
        "odds": float(np.exp(delta)),
        "odds_low": float(np.exp(delta - half)),
        "odds_high": float(np.exp(delta + half)),
        "z": z,
        "p": float(2 * stats.norm.sf(abs(z))),
    }


def _order(group: pd.Series) -> list[str]:
    """Names of the groups that occur, promoters first."""
    known = [
        "Promoters",
        "Promoters and passives",
        "Passives",
        "Passives and detractors",
        "Detractors",
    ]
    return [name for name in known if (group == name).any()]


def _nothing(reason: str) -> Contrast:
    none = pd.DataFrame(columns=[*SHARE_COLUMNS, *ODDS_COLUMNS])
    return Contrast(none, none, none, reason)
