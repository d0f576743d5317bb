"""Coherence of topics, counted in the comments themselves; used by `topics.py`."""

import numpy as np

WORDS = 10  # of each topic


def counted(texts: list[str]):
    """Which comment holds which word how often, without the small words of four languages."""
    from sklearn.feature_extraction.text import CountVectorizer

    from analysis.models.topics import words

    small = sorted(set().union(*words.STOP.values()))
    counter = CountVectorizer(stop_words=small, token_pattern=r"(?u)[^\W\d_][\w'’]+")
    return counter.fit_transform(texts)


def coherence(counts, labels: np.ndarray) -> float:
    """Mean NPMI of the pairs of first words of each topic; NaN where there is no topic.

    References
    ----------
    Lau, Newman and Baldwin (2014), Machine reading tea leaves, EACL: NPMI, here within comments.
    Grootendorst (2022), BERTopic: words by class-based TF-IDF.
    """
    topics = np.unique(labels[labels >= 0])
    if not len(topics):
        return float("nan")
    frequency = np.vstack([np.asarray(counts[labels == k].sum(axis=0)).ravel() for k in topics])
    total = frequency.sum(axis=0)
    share = frequency / np.maximum(frequency.sum(axis=1, keepdims=True), 1)
    weight = share * np.log1p(frequency.sum() / len(topics) / np.maximum(total, 1))
    held = counts.astype(bool).astype(float)
    found = []
    for k in range(len(topics)):
        first = np.argsort(-weight[k], kind="stable")[:WORDS]
        first = first[frequency[k, first] > 0]
        own = held[:, first].toarray()
        both = own.T @ own / len(labels)
        one = own.mean(axis=0)
        i, j = np.triu_indices(len(first), 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            npmi = np.log(both[i, j] / (one[i] * one[j])) / -np.log(both[i, j])
        npmi = np.where(both[i, j] == 0, -1.0, np.where(both[i, j] == 1, 1.0, npmi))
        if len(npmi):
            found.append(npmi.mean())
    return float(np.mean(found)) if found else float("nan")
