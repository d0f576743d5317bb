"""The tone of a theme, from the score and from the words, each named for what it is.

From the score: what those who raise a theme gave as a rating, whatever they wrote. From the words:
how much what they wrote is like what this client's promoters write and unlike what its detractors
write, learned from the comments of other accounts. Neither knows irony.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, printed, tr
from analysis.measures import inference, nps
from analysis.models.contest import auc
from analysis.models.topics import impact

SCORE = (
    "topic",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "mean",
    "mean_low",
    "mean_high",
    "promoters",
    "passives",
    "detractors",
    "n",
    "n_least",
    "n_accounts",
    "note",
)
NET = (
    "topic",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "positive",
    "neutral",
    "negative",
    "n",
    "n_least",
    "n_accounts",
    "note",
)
HEARD = ("respondent", "wave", "account", "nps", "probability")
MENTIONS = ("respondent", "wave", "account", "topic", "probability")
CONTRADICTS = (*HEARD, "said")

#: Promoters and detractors, each, below which nothing is learned (our default; see
#: tests/slow/test_topics_meaning.py), and the AUC that the interval must lie above.
LEAST, USEFUL = 30, 0.6

#: Folds of whole accounts, and how freely the words may be weighed (our defaults; the second was
#: chosen by log loss on comments that no test uses).
FOLDS, FREEDOM = 5, 3.0

#: A mention reads as positive or negative beyond these, and a comment contradicts its score beyond
#: those (our defaults).
POSITIVE, NEGATIVE = 0.6, 0.4
AGAINST_PROMOTER, AGAINST_DETRACTOR = 0.2, 0.8

#: Digits of a mean vector: sums in another order differ in the last ones.
_DIGITS = 6

_COUNTED = {"positive": "promoters", "neutral": "passives", "negative": "detractors"}

WORSE = later("words are worse than the score")
BETTER = later("words are better than the score")


@dataclass(frozen=True)
class Words:
    """Tone of the words, learned from this client's own promoters and detractors.

    people : one row a respondent and wave, columns `HEARD`. probability: that a promoter wrote it
        and no detractor, were there as many of each, by a model that saw no comment of the account.
    mentions : the same for what was said of one topic only, columns `MENTIONS`.
    estimate, ci_low, ci_high : AUC of the probabilities among promoters and detractors: the chance
        that of one of each the promoter's words are the more positive ones. Accounts are clusters.
    promoters, detractors, n_accounts : what it was learned from.
    reason : why nothing was learned, or why it is not to be used; then `people` and `mentions` are
        empty, and the AUC is NaN or says how poor it is.
    """

    people: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(HEARD)))
    mentions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MENTIONS)))
    estimate: float = float("nan")
    ci_low: float = float("nan")
    ci_high: float = float("nan")
    promoters: int = 0
    detractors: int = 0
    n_accounts: int = 0
    reason: str = ""

    def at(self, wave: str) -> "Words":
        """What was said in one wave, read by what was learned from all of them."""
        people = self.people[self.people["wave"] == wave].reset_index(drop=True)
        mentions = self.mentions[self.mentions["wave"] == wave].reset_index(drop=True)
        return replace(self, people=people, mentions=mentions)


def by_topic(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    names: Mapping[int, str] | pd.Series,
    minimum: int = 8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Tone from the score: how those who raise each theme rated.

    Parameters
    ----------
    people : one row a respondent and wave with a used comment: respondent, wave, account, nps.
    raised : respondent, wave, topic. names : topic -> term.
    minimum : rated people who raise a theme that a row needs; and, where some do not raise it,
        those too, as they can be worked out from the total.

    Returns
    -------
    DataFrame with the columns `SCORE`, the lowest first: estimate: NPS of those who raise it with
    the interval of `nps.nps`; mean: their rating, 0-10, with the interval of `inference.mean`;
    promoters, passives, detractors: their shares. All with accounts as clusters.
    """
    rated = impact.once(people[nps.points(people["nps"]).notna()])
    said = impact.flags(rated, raised, names)
    rows = []
    for topic in said:
        here = rated[said[topic]]
        rest = len(rated) - len(here)
        if len(here) < max(minimum, 1) or 0 < rest < minimum:
            continue
        score = nps.nps(here["nps"], accounts=here["account"], level=level).iloc[0]
        mean = inference.mean(here["nps"].astype(float), here, level).iloc[0]
        row = {name: score[name] for name in ("estimate", "ci_low", "ci_high", "n", "note")}
        row |= {"mean": mean["estimate"], "mean_low": mean["ci_low"], "mean_high": mean["ci_high"]}
        row |= {"topic": topic, "term": names[topic], "n_accounts": mean["n_accounts"]}
        row |= {name: score[f"share_{name}"] for name in ("promoters", "passives", "detractors")}
        rows.append(row | {"n_least": min(len(here), rest or len(here))})
    found = pd.DataFrame(rows, columns=list(SCORE))
    return found.sort_values(["estimate", "topic"], ignore_index=True)


def words(lines: pd.DataFrame, vectors: np.ndarray, people: pd.DataFrame) -> Words:
    """Learn the tone of words from this client's own ratings.

    Parameters
    ----------
    lines : one row a sentence: respondent, wave; and topic, where mentions are wanted.
    vectors : sentences x dimensions, rows as `lines`, of `embed.vectors`.
    people : one row a respondent and wave with a used comment: respondent, wave, account, nps (may
        be missing: what they wrote is read as well).

    Returns
    -------
    Words; with a `reason` below `LEAST` promoters or detractors, below `FOLDS` accounts, or where
    the interval of the AUC does not lie above `USEFUL`. The same whatever the order of the rows.

    Notes
    -----
    A comment is the mean of its sentences' vectors, at length 1. Logistic regression with a ridge
    penalty (scikit-learn, C = `FREEDOM`), classes weighted as if there were as many of each, in
    `FOLDS` folds of whole accounts. The AUC's variance sums its parts by account, is never below
    DeLong's, and allows for models that share most of their comments (`area`); its interval is that
    of `contest.auc.interval`.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3), 837-845.
    """
    known = impact.once(people)
    spoken, at = _means(lines, vectors, ["wave", "respondent"])
    known = known.merge(at, on=["wave", "respondent"]).reset_index(drop=True)
    points = nps.points(known["nps"]).to_numpy(float)
    units = inference.units(known)
    counts: dict[str, Any] = {
        "promoters": int((points > 0).sum()),
        "detractors": int((points < 0).sum()),
    }
    labelled = np.flatnonzero((points > 0) | (points < 0))
    counts["n_accounts"] = units.iloc[labelled].nunique()
    reason = _too_few(**counts)
    if reason:
        return Words(**counts, reason=reason)
    x = spoken[known["_at"]]
    fold = _folds(units, points)
    models = [_fitted(x, points, labelled, fold, k) for k in range(FOLDS)]
    known["probability"] = _out_of_fold(models, x, fold)
    found, low, high = area(
        known["probability"].iloc[labelled], points[labelled] > 0, units.iloc[labelled], FOLDS
    )
    told: dict[str, Any] = {"estimate": found, "ci_low": low, "ci_high": high, **counts}
    if not low > USEFUL:
        return Words(**told, reason=_too_poor(found, low, high))
    mentions = pd.DataFrame(columns=list(MENTIONS))
    if "topic" in lines:
        keys = ["wave", "respondent", "topic"]
        said, place = _means(lines, vectors, keys)
        homes = known[["wave", "respondent", "account"]].assign(fold=fold)
        place = place.merge(homes, on=["wave", "respondent"]).sort_values(keys, ignore_index=True)
        told_of = _out_of_fold(models, said[place["_at"]], place["fold"].to_numpy())
        mentions = place.assign(probability=told_of)[list(MENTIONS)]
    return Words(people=known[list(HEARD)], mentions=mentions, **told)


def net_sentiment(
    learned: Words,
    names: Mapping[int, str] | pd.Series,
    minimum: int = 8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Net sentiment of each theme from the words: % positive less % negative mentions.

    Parameters
    ----------
    learned : from `words`, with mentions. A mention is what one respondent says of one theme.
    minimum : respondents who raise a theme that a row needs.

    Returns
    -------
    DataFrame with the columns `NET`, the lowest first, in points (-100 to 100): estimate with the
    interval of `nps.nps`, a number of the same kind; positive, neutral, negative: shares of the
    mentions, beyond `POSITIVE`, between, and beyond `NEGATIVE`. No rows where `learned.reason` says
    why.

    References
    ----------
    https://docs.chattermill.com/en/articles/1657774-definitions (net sentiment).
    """
    rows = []
    for topic, own in learned.mentions.groupby("topic", sort=True):
        if topic not in dict(names) or topic < 0 or len(own) < max(minimum, 1):
            continue
        said = own["probability"].astype(float)
        # Positive, neutral and negative mentions are counted as promoters, passives and detractors.
        as_rating = np.select([said > POSITIVE, said < NEGATIVE], [10.0, 0.0], 8.0)
        rating = pd.Series(as_rating, own.index)
        found = nps.nps(rating, accounts=own["account"], level=level).iloc[0]
        row: dict[str, Any] = {"topic": topic, "term": names[topic], "n_least": len(own)}
        same = ("estimate", "ci_low", "ci_high", "n", "n_accounts", "note")
        row |= {name: found[name] for name in same}
        row |= {name: found[f"share_{group}"] for name, group in _COUNTED.items()}
        rows.append(row)
    found = pd.DataFrame(rows, columns=list(NET))
    return found.sort_values(["estimate", "topic"], ignore_index=True)


def contradicts(learned: Words) -> pd.DataFrame:
    """Comments whose words speak against their score: for the research team, never for a page.

    Returns
    -------
    DataFrame with the columns `CONTRADICTS`, the strongest first: promoters whose words read as a
    detractor's (probability below `AGAINST_PROMOTER`) and the reverse (`AGAINST_DETRACTOR`).
    """
    heard = learned.people
    points = nps.points(heard["nps"].astype(float))
    worse = (points > 0) & (heard["probability"].astype(float) < AGAINST_PROMOTER)
    better = (points < 0) & (heard["probability"].astype(float) > AGAINST_DETRACTOR)
    found = heard.assign(said=np.where(worse, WORSE, BETTER))[worse | better]
    far = (found["probability"].astype(float) - 0.5).abs()
    order = found.assign(_far=-far).sort_values(["_far", "wave", "respondent"])
    return order[list(CONTRADICTS)].reset_index(drop=True)


def area(
    probability: pd.Series,
    positive: np.ndarray,
    units: pd.Series,
    folds: int = 1,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """AUC with an interval that allows for answers of the same account.

    Parameters
    ----------
    probability : of each answer. positive : which are. units : who speaks with one voice.
    folds : folds of the cross-validation that the probabilities come from, whose models share most
        of their answers: the variance grows by 1 + folds / (folds - 1) (Nadeau & Bengio); 1: they
        come from a model that saw none of the answers.

    References
    ----------
    Obuchowski (1997), Biometrics 53(2), 567-578. Nadeau & Bengio (2003), Machine Learning 52.

    Examples
    --------
    >>> p, who = pd.Series([0.9, 0.8, 0.4, 0.6, 0.3, 0.1]), pd.Series(list("abcdef"))
    >>> found = area(p, np.array([True] * 3 + [False] * 3), who)
    >>> [round(float(value), 3) for value in found]
    [0.889, 0.171, 0.997]
    """
    scores = probability.to_numpy(float)[:, None]
    found, variance = auc.delong(scores, positive)
    estimate, spread = float(found[0]), float(variance[0, 0])
    gap = scores[positive] - scores[~positive].T
    wins = (gap > 0) + 0.5 * (gap == 0)
    influence = np.empty(len(positive))
    influence[positive] = (wins.mean(axis=1) - estimate) / positive.sum()
    influence[~positive] = (wins.mean(axis=0) - estimate) / (~positive).sum()
    error, freedom = inference.clustered(pd.Series(influence, units.index), units)
    if freedom > 0:  # t for the normal quantile that `auc.interval` takes
        wider = stats.t.ppf((1 + level) / 2, freedom) / stats.norm.ppf((1 + level) / 2)
        spread = max(spread, (error * wider) ** 2)
    spread *= 1 + folds / (folds - 1) if folds > 1 else 1
    low, high = auc.interval(estimate, spread, int(positive.sum()), int((~positive).sum()), level)
    return estimate, low, high


def _means(
    lines: pd.DataFrame, vectors: np.ndarray, keys: list[str]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Mean vector of each group of sentences, at length 1, and a frame of keys and `_at`."""
    place = lines[keys].reset_index(drop=True)
    group = place.groupby(keys, sort=True).ngroup().to_numpy()
    at = place.assign(_at=group).drop_duplicates("_at").sort_values("_at", ignore_index=True)
    sums = np.zeros((len(at), vectors.shape[1] if vectors.ndim == 2 else 0))
    np.add.at(sums, group, np.asarray(vectors, dtype=float))
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.round(sums / np.where(length > 0, length, 1.0), _DIGITS), at


def _too_few(promoters: int, detractors: int, n_accounts: int) -> str:
    if min(promoters, detractors) < LEAST:
        return tr(
            "Tone is read from words where at least {least} promoters and {least} detractors wrote "
            "something; there are {promoters} and {detractors}.",
            least=LEAST,
            promoters=promoters,
            detractors=detractors,
        )
    if n_accounts < 2 * FOLDS:
        return tr(
            "Tone is read from words where at least {least} accounts commented, so that what is "
            "learned from some can be tried on others; there are {n}.",
            least=2 * FOLDS,
            n=n_accounts,
        )
    return ""


def _too_poor(found: float, low: float, high: float) -> str:
    return tr(
        "The words of promoters and detractors cannot be told apart well enough to read a tone "
        "from them: AUC {auc} ({low} to {high}), and it must lie above {bar}.",
        auc=printed(found, ".2f"),
        low=printed(low, ".2f"),
        high=printed(high, ".2f"),
        bar=printed(USEFUL, ""),
    )


def _folds(units: pd.Series, points: np.ndarray) -> np.ndarray:
    """Fold of every answer: whole accounts, each to the fold that has least of its class.

    Large accounts first, then by name, so that the order of the rows does not matter.
    """
    kinds = np.column_stack([points > 0, points < 0, ~(np.abs(points) > 0)]).astype(float)
    sums = pd.DataFrame(kinds).groupby(units.to_numpy()).sum()
    order = sums.assign(_size=-sums.sum(axis=1), _name=sums.index).sort_values(["_size", "_name"])
    whole = np.maximum(kinds.sum(axis=0), 1.0)
    filled, of = np.zeros((FOLDS, 3)), {}
    for name in order.index:
        own = sums.loc[name].to_numpy()
        cost = [((filled + (np.arange(FOLDS) == k)[:, None] * own) / whole) for k in range(FOLDS)]
        of[name] = int(np.argmin([(part**2).sum() for part in cost]))
        filled[of[name]] += own
    return units.map(of).to_numpy()


def _fitted(
    x: np.ndarray, points: np.ndarray, labelled: np.ndarray, fold: np.ndarray, k: int
) -> Any:
    """The model that saw every labelled comment but those of fold `k`."""
    from sklearn.linear_model import LogisticRegression

    rows = labelled[fold[labelled] != k]
    model = LogisticRegression(C=FREEDOM, class_weight="balanced", max_iter=1000, tol=1e-8)
    return model.fit(x[rows], points[rows] > 0)


def _out_of_fold(models: list[Any], x: np.ndarray, fold: np.ndarray) -> np.ndarray:
    found = np.full(len(x), np.nan)
    for k, model in enumerate(models):
        if (fold == k).any():
            found[fold == k] = model.predict_proba(x[fold == k])[:, 1]
    return np.round(found, _DIGITS)
