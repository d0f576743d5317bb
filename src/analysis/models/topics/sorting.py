"""Each distinct sentence gets a key: a code of the frame, a group that emerged, or none."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.models.topics import cluster, codeframe, embed, words

EMERGENT = 50  # fewer used comments carry no topics of their own (topics.md 3.3)
FIRM = 150  # fewer: topics that emerge are indicative
FEWEST, FEWEST_SMALL, MOST = 6, 4, 12  # topics that a report can use; 4 below `FIRM` comments
LOOSE = 0.5  # beside a frame, a group that comes back less firmly is no topic (Hennig 2007)
JOINS = 0.5  # share of a group's certainty from which its unsure sentences join one code
EMERGES = 0.5  # share of a group that no code holds from which it is a topic of its own
CENTRED = 30  # sentences that a language needs before it is centred
NO_KEY = ""

Step = cluster.SharedNeighbours | cluster.Classic


def coded(
    texts: pd.DataFrame, frame: codeframe.Frame | None, model: embed.Model, cache: Path | None
) -> pd.DataFrame:
    """Sort texts into a frame; columns code (`NO_KEY` below its threshold), first, sure."""
    if frame is None:
        return pd.DataFrame({"code": NO_KEY, "first": NO_KEY, "sure": np.nan}, index=texts.index)
    said = codeframe.place(texts["bare"].tolist(), texts["language"].tolist(), frame, model, cache)
    return said.assign(code=said["first"].where(said["coded"], NO_KEY))[["code", "first", "sure"]]


def step(
    grouping: str, beside: bool, n_comments: int, minimum: int, seed: int, people: np.ndarray
) -> Step:
    """The cluster step; `people`: how many say each row in the wave.

    Beside a frame groups may be smaller and more: most of them join a code.
    """
    if grouping == "classic":
        return cluster.Classic(seed)
    fewest = FEWEST_SMALL if n_comments < FIRM else FEWEST
    if beside:
        return cluster.SharedNeighbours(2 * fewest, 4 * MOST, minimum // 2, seed, people)
    return cluster.SharedNeighbours(fewest, MOST, minimum, seed, people)


def emerged(made: Step, placed: pd.DataFrame, beside: bool) -> np.ndarray:
    """Keys of all sentences: their code, that of their group, or "found-1" and so on.

    All sentences are grouped, since those that a frame holds show where the others belong. Beside a
    frame, an unsure sentence gets the code to which its group leans. A group that leans to none,
    and of which the frame holds less than half, is a topic that emerged, if it comes back under
    resampling; what else no code holds is in no topic.
    """
    keys = placed["code"].to_numpy(dtype=object, copy=True)
    count = 0
    for label in range(made.labels_.max() + 1):
        rows = made.labels_ == label
        open_ = rows & (keys == NO_KEY)
        leans = placed[rows].groupby("first")["sure"].sum().sort_index()
        if beside and leans.max() >= JOINS * leans.sum():
            keys[open_] = leans.idxmax()
        elif not beside or (open_.sum() >= EMERGES * rows.sum() and made.firmness_[label] >= LOOSE):
            count += 1
            keys[open_] = f"found-{count}"
    return keys


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


def weights(
    texts: pd.DataFrame, labels: np.ndarray, points: np.ndarray
) -> dict[int, dict[str, float]]:
    """Phrases of each topic and their weight (class-based TF-IDF), by bertopic."""
    model = bertopic(cluster.Decided(labels))
    marked = map(words.marked, texts["bare"], texts["language"])
    sorted_labels, _ = model.fit_transform(list(marked), points)
    # bertopic numbers topics by size; ours are numbered by people.
    of = dict(zip(labels.tolist(), sorted_labels, strict=True))
    return {label: dict(model.get_topic(of[label])) for label in sorted(of) if label >= 0}


def bertopic(made: Any) -> Any:
    """BERTopic with a cluster step in place, for vectors that are made already.

    `fit_transform(texts, vectors)` gives its labels; texts as `words.marked` makes them.
    """
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    return BERTopic(
        language="multilingual",
        top_n_words=60,
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=made,
        # min_df stays 1: bertopic counts topics, not comments, as its documents.
        vectorizer_model=CountVectorizer(analyzer=words.phrases),
        ctfidf_model=ClassTfidfTransformer(bm25_weighting=True, reduce_frequent_words=True),
    )


def middles(labels: np.ndarray, points: np.ndarray) -> dict[int, np.ndarray]:
    """Mean vector of each label's rows."""
    return {int(k): points[labels == k].mean(axis=0) for k in np.unique(labels)}


def central(labels: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Cosine of each row with the middle of its label."""
    near = np.zeros(len(labels))
    for label, middle in middles(labels, points).items():
        rows = labels == label
        near[rows] = np.round(points[rows] @ middle / max(np.linalg.norm(middle), 1e-9), 4)
    return near
