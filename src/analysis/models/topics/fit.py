"""Topics that emerge from comments: bertopic with our own cluster step.

The same comments give the same topics whatever the order of the rows, the hash seed or the number
of threads; how well the topics hold under resampling is part of the result.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models.topics import cluster, embed, naming, redact, words
from analysis.models.topics.units import Said

READING_LIST = 15  # fewer used comments are read, not modelled (topics.md 3.3)
EMERGENT = 50  # fewer used comments carry no topics of their own
FIRM = 150  # fewer: topics are indicative
STABLE = 0.5  # agreement under resampling below which topics are indicative
FEWEST, FEWEST_SMALL, MOST = 6, 4, 12  # topics that a report can use; 4 below `FIRM` comments
CENTRED = 30  # sentences that a language needs before it is centred
FOLLOWS_LANGUAGE = 0.2  # V-measure of topics against languages that calls for a warning
OTHER = -1

TOPIC_COLUMNS = [
    "topic",
    "term",
    "words",
    "example",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "n_comments",
]


@dataclass(frozen=True)
class Topics:
    """What was found in one wave's comments.

    topics : one row a topic, most mentioned first. term: its name; words: its phrases, language by
        language; example: a typical sentence of an attributable answer; estimate, ci_low, ci_high:
        share of the wave's respondents with comments who raise it (Wilson, 95 %); n: how many.
        Empty when the comments carry no topics, and `reason` says why.
    mentions : one row a respondent of the wave and topic mentioned; `OTHER` where a sentence is in
        no topic that is large enough. Respondents with several topics have several rows.
    respondents : one row a respondent of the wave with a used comment: respondent, account, nps.
    sentences : every sentence of the wave that was used, with comment, topic and `central`, its
        cosine with the middle of its topic.
    """

    topics: pd.DataFrame
    mentions: pd.DataFrame
    respondents: pd.DataFrame
    sentences: pd.DataFrame
    n_comments: int
    reason: str = ""
    indicative: bool = False
    stability: float = float("nan")
    follows_language: bool = False
    model: str = ""

    @property
    def other(self) -> float:
        """Share of respondents whose comments are in no topic at all."""
        if self.respondents.empty:
            return float("nan")
        in_topic = self.mentions.loc[self.mentions["topic"] != OTHER, "respondent"].nunique()
        return 1 - in_topic / len(self.respondents)


def find(
    said: Said,
    *,
    wave: str,
    embedding: str = "use",
    minimum: int = 8,
    seed: int = 0,
    cache: Path | None = None,
) -> Topics:
    """Find the topics of comments and count them among one wave's respondents.

    Parameters
    ----------
    said : from `units.read`; earlier waves help to find the topics but are not counted.
    wave : the wave whose respondents are counted.
    embedding : see `embed.load`.
    minimum : respondents that a topic needs; smaller ones become `OTHER`.
    cache : folder for vectors, inside the client's own folder; none by default.

    Returns
    -------
    Topics; with a `reason` and no topics where the comments are too few or too alike.

    References
    ----------
    Grootendorst (2022), BERTopic: neural topic modeling with a class-based TF-IDF procedure.
    """
    comments = said.used[said.used["wave"] == wave]
    respondents = _respondents(comments)
    lines = said.sentences.copy()
    lines["bare"] = lines["text"].map(redact.bare)
    lines = lines.merge(
        said.used[["comment", "respondent", "wave", "account", "mode", "nps"]], on="comment"
    )
    texts = lines.drop_duplicates("bare").sort_values("bare", ignore_index=True)
    reason = _too_few(len(said.at(wave).comments), len(comments), len(texts))
    if texts.empty:
        return _none(comments, respondents, lines.assign(topic=OTHER, central=np.nan), reason)

    model = embed.load(embedding)
    raw = embed.vectors(texts["bare"].tolist(), model, cache)
    points = centred(raw, texts["language"].to_numpy())
    if reason:
        lines = _placed(lines, texts, np.full(len(texts), OTHER), points)
        return _none(comments, respondents, lines[lines["wave"] == wave], reason)

    small = len(comments) < FIRM
    people = lines[lines["wave"] == wave].groupby("bare")["respondent"].nunique()
    step = cluster.SharedNeighbours(
        fewest=FEWEST_SMALL if small else FEWEST,
        most=MOST,
        smallest=minimum,
        seed=seed,
        people=people.reindex(texts["bare"]).fillna(0).to_numpy(),
    )
    bertopic = _bertopic(step)
    marked = map(words.marked, texts["bare"], texts["language"])
    labels, _ = bertopic.fit_transform(list(marked), points)
    lines = _placed(lines, texts, np.asarray(labels), points)
    now = lines[lines["wave"] == wave]
    sizes = now.groupby("topic")["respondent"].nunique()
    kept = sorted((t for t in sizes.index if sizes[t] >= minimum), key=lambda t: (-sizes[t], t))
    ranked = {topic: dict(bertopic.get_topic(topic)) for topic in kept}
    known = dict(zip(texts["bare"], raw, strict=True))

    def meaning(said: list[str]) -> np.ndarray:
        new = sorted(set(said) - known.keys())
        known.update(zip(new, embed.vectors(new, model, cache), strict=True))
        return np.vstack([known[text] for text in said])

    named = naming.name(lines[lines["topic"].isin(kept)], ranked, meaning)
    number = {topic: i for i, topic in enumerate(kept)}
    now = now.assign(topic=now["topic"].map(number).fillna(OTHER).astype(int))
    rows = []
    for topic in kept:
        own = now[now["topic"] == number[topic]]
        share = wilson(sizes[topic], len(respondents))
        rows.append(
            {
                "topic": number[topic],
                **named[topic],
                "estimate": sizes[topic] / len(respondents),
                "ci_low": share[0],
                "ci_high": share[1],
                "n": int(sizes[topic]),
                "n_accounts": own["account"].nunique(),
                "n_comments": own["comment"].nunique(),
            }
        )
    topics = pd.DataFrame(rows, columns=TOPIC_COLUMNS)
    return Topics(
        topics=topics,
        mentions=_mentions(now),
        respondents=respondents,
        sentences=now,
        n_comments=len(comments),
        reason="" if len(topics) else f"No topic is raised by {minimum} or more people.",
        indicative=small or step.stability_ < STABLE,
        stability=step.stability_,
        follows_language=_follows(texts["language"], labels),
        model=model.name,
    )


def wilson(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(15, 50)]  # R 4.2: prop.test(15, 50, correct = FALSE)
    [0.191, 0.4375]
    """
    interval = stats.binomtest(int(k), int(n)).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


def centred(points: np.ndarray, language: np.ndarray) -> np.ndarray:
    """Take each language's mean away, so that a language does not become a topic.

    Languages with fewer than `CENTRED` sentences keep their place; a single language too.
    """
    moved = points.astype(np.float64)
    names, counts = np.unique(language, return_counts=True)
    if len(names) > 1:
        everything = moved.mean(axis=0)
        for name in names[counts >= CENTRED]:
            rows = language == name
            moved[rows] += everything - moved[rows].mean(axis=0)
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return (moved / np.where(length > 0, length, 1)).astype(np.float32)


def _bertopic(step: cluster.SharedNeighbours) -> Any:
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    return BERTopic(
        language="multilingual",
        top_n_words=60,
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=step,
        # min_df stays 1: bertopic counts topics, not comments, as its documents.
        vectorizer_model=CountVectorizer(analyzer=words.phrases),
        ctfidf_model=ClassTfidfTransformer(bm25_weighting=True, reduce_frequent_words=True),
    )


def _respondents(comments: pd.DataFrame) -> pd.DataFrame:
    return comments.drop_duplicates("respondent")[["respondent", "account", "nps"]].reset_index(
        drop=True
    )


def _placed(
    lines: pd.DataFrame, texts: pd.DataFrame, labels: np.ndarray, points: np.ndarray
) -> pd.DataFrame:
    """Give every sentence the topic of its text and its nearness to the topic's middle."""
    central = np.zeros(len(labels))
    for label in np.unique(labels):
        rows = labels == label
        middle = points[rows].mean(axis=0)
        central[rows] = np.round(points[rows] @ middle / max(np.linalg.norm(middle), 1e-9), 4)
    place = pd.DataFrame({"bare": texts["bare"], "topic": labels, "central": central})
    return lines.merge(place, on="bare", how="left")


def _mentions(lines: pd.DataFrame) -> pd.DataFrame:
    return (
        lines[["respondent", "account", "topic"]]
        .drop_duplicates(["respondent", "topic"])
        .sort_values(["topic", "respondent"], ignore_index=True)
    )


def _follows(language: pd.Series, labels: Any) -> bool:
    from sklearn.metrics import v_measure_score

    return language.nunique() > 1 and v_measure_score(language, labels) > FOLLOWS_LANGUAGE


def _too_few(n_given: int, n_comments: int, n_texts: int) -> str:
    if n_given == 0:
        return "There are no comments in this wave: none were asked for, or nobody wrote one."
    if n_comments == 0:
        return "There are no comments in this wave that say something."
    if n_comments < READING_LIST:
        only = "Only 1 comment says" if n_comments == 1 else f"Only {n_comments} comments say"
        return f"{only} something: read, do not count. Topics need at least {EMERGENT} comments."
    if n_comments < EMERGENT:
        return (
            f"{n_comments} comments are too few for topics to emerge (at least {EMERGENT} are "
            "needed); the quotations show what is said."
        )
    if n_texts < EMERGENT // 2:
        return f"The {n_comments} comments hold only {n_texts} different sentences: no topics."
    return ""


def _none(
    comments: pd.DataFrame, respondents: pd.DataFrame, lines: pd.DataFrame, reason: str
) -> Topics:
    return Topics(
        topics=pd.DataFrame(columns=TOPIC_COLUMNS),
        mentions=_mentions(lines).iloc[:0],
        respondents=respondents,
        sentences=lines,
        n_comments=len(comments),
        reason=reason,
    )
