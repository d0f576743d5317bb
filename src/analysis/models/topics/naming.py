"""A name that an executive reads: what people say most typically, in their own phrase.

A name is a phrase several people used in answers that may be attributed, or many in whatever
mode, so nobody's wording is given away; the typical sentence beside it comes from answers that may
be attributed only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.language import in_use, tr
from analysis.models.topics import redact, words

SAID_BY = 3  # people who used a phrase, in the open, before it may stand in a name
CONFIDED_BY = 8  # or people in whatever mode: the least comments under a count (domain.md 2.8)
SHORT, LONG = 4, 18  # words of a typical sentence
SHORT_ENOUGH = 60  # characters of a typical sentence that can be a name itself
COVERS = 0.1  # share of a topic's people who should use the name's phrases
USUAL = 3  # people who use a capitalised word before it is taken for no name
NEARNESS = 1.5  # weight of meaning against frequency, by eye on the real comments
RANKED = 25  # phrases of a topic that are weighed
WORDS_SHOWN = 6
EXAMPLES = 3  # typical sentences of a topic
LIKE = 8  # phrases by which a topic is known again


@dataclass(frozen=True)
class Named:
    """A topic's name and what it rests on.

    term : one or two phrases, a short sentence, or the name that was given; words : its phrases,
    language by language; example, examples : the most typical sentence of the reported wave, and
    up to `EXAMPLES`, of attributable answers ("" where there is none); like : phrases and
    sentences by which the topic is known again.
    """

    term: str
    words: str
    example: str
    examples: str
    like: tuple[str, ...]


def name(
    lines: pd.DataFrame,
    ranked: dict[int, dict[str, float]],
    vectors: Callable[[list[str]], np.ndarray],
    wave: str,
    given: dict[int, str],
) -> dict[int, Named]:
    """Name topics.

    Parameters
    ----------
    lines : sentences with topic, wave, respondent, account, mode, language, text (masked), bare,
        words, central.
    ranked : topic -> "language:phrase" -> weight (c-TF-IDF), see `words.phrases`.
    vectors : embeds texts; phrases near to all sentences of a topic make its name.
    wave : the wave that is reported; examples are taken from it.
    given : topic -> name, where it has one already.

    Returns
    -------
    topic -> `Named`. Terms are all different.
    """
    used, usual, spoken = _used_by(lines), usual_words(lines), in_use()
    names: dict[int, Named] = {}
    taken = {label.casefold() for label in given.values()}
    for topic, weights in ranked.items():
        own = lines[lines["topic"] == topic]
        phrases = used[used.index.get_level_values("topic") == topic].droplevel("topic")
        best = _nearest(_best(weights, phrases[_may_be_told(phrases, own)]), own, vectors)
        languages = own.drop_duplicates(["respondent", "language"])["language"].value_counts()
        order = sorted(languages.index, key=lambda code: (-languages[code], code))
        if any(phrase.startswith(f"{spoken}:") for phrase in best):
            order = sorted(order, key=lambda code: code != spoken)
        by_language = {code: _distinct(best, code) for code in order}
        lead = next((code for code in order if by_language[code]), "")
        now = own[own["wave"] == wave]
        examples = _examples(now, [lead or spoken, *order], usual)
        label, said = given.get(topic, ""), by_language.get(lead, [])
        covered = _covered(said[:2], lead, phrases, own)
        if not label:
            label = _chosen(said, covered >= COVERS, examples, taken) or tr(
                "Topic {n}", n=topic + 1
            )
            taken.add(label.casefold())
        names[topic] = Named(
            term=label,
            words=_listed(by_language),
            example=examples[0] if examples else "",
            examples=" · ".join(f"“{example}”" for example in examples),
            like=(*list(dict.fromkeys(p.split(":", 1)[1] for p in best))[:LIKE], *examples),
        )
    return names


def shared(lines: pd.DataFrame) -> dict[str, float]:
    """Share of each key's people who use its two best phrases: what is said in common.

    Parameters
    ----------
    lines : sentences with key, respondent, language, bare.
    """
    used = _used_by(lines.assign(topic=lines["key"]))
    common = {}
    for key, own in lines.groupby("key"):
        phrases = used[used.index.get_level_values("topic") == key].droplevel("topic")
        best = _best({}, phrases)
        common[str(key)] = max(
            (
                _covered(_distinct(best, code)[:2], code, phrases, own)
                for code in sorted(own["language"].unique())
            ),
            default=0.0,
        )
    return common


def _chosen(said: list[str], enough: bool, examples: list[str], taken: set[str]) -> str:
    """The best phrases, unless few people use them and a short sentence says it better."""
    example = examples[0].rstrip(".") if examples and len(examples[0]) <= SHORT_ENOUGH else ""
    by_phrase = _label(said, taken)
    first, second = (by_phrase, example) if enough or not example else (example, by_phrase)
    return next((label for label in (first, second) if label and label.casefold() not in taken), "")


def _used_by(lines: pd.DataFrame) -> pd.DataFrame:
    """Phrases by topic: people who used each, and different sentences that hold it."""
    rows = [
        (topic, phrase, respondent, bare)
        for topic, respondent, language, bare in zip(
            lines["topic"], lines["respondent"], lines["language"], lines["bare"], strict=True
        )
        for phrase in set(words.phrases(words.marked(bare, language)))
    ]
    frame = pd.DataFrame(rows, columns=["topic", "phrase", "respondent", "bare"])
    used = frame.groupby(["topic", "phrase"]).agg(
        people=("respondent", "nunique"), sentences=("bare", "nunique")
    )
    used["everywhere"] = used.groupby("phrase")["sentences"].transform("sum")
    return used


def _may_be_told(phrases: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """Which phrases of a topic give away nothing that somebody wrote in confidence."""
    open_ = own[own["mode"] == "attributable"]
    heads = _used_by(open_).droplevel("topic")["people"].reindex(phrases.index).fillna(0)
    return (heads >= SAID_BY) | (phrases["people"] >= CONFIDED_BY)


def _best(weights: dict[str, float], own: pd.DataFrame) -> dict[str, float]:
    """Phrases that several people used in different sentences, the most telling first.

    A phrase tells more the more sentences of the topic hold it, the fewer of other topics do
    (shrunk by two), the heavier its c-TF-IDF weight, and with two or three words rather than one.
    """
    own = own[(own["people"] >= SAID_BY) & (own["sentences"] >= 2)]
    scores = {}
    for phrase, _, n, everywhere in own.itertuples():
        length = (1.0, 1.6, 1.8, 1.7)[min(len(phrase.split()), 4) - 1]
        scores[phrase] = n / (everywhere + 2) * n**0.5 * length * (1 + weights.get(phrase, 0.0))
    ordered = sorted(scores, key=lambda phrase: (-round(scores[phrase], 9), phrase))[:RANKED]
    return {phrase: scores[phrase] for phrase in ordered}


def _nearest(
    best: dict[str, float], own: pd.DataFrame, vectors: Callable[[list[str]], np.ndarray]
) -> dict[str, float]:
    """The same phrases, weighed by how near their meaning is to what the topic's sentences say.

    "Come" may be typical of a topic on new ideas, but says nothing of it.
    """
    if not best:
        return best
    said = own.drop_duplicates("bare")
    middle = vectors(said["bare"].tolist()).mean(axis=0)
    near = vectors([phrase.split(":", 1)[1] for phrase in best]) @ middle
    near = np.clip(np.round(near / np.linalg.norm(middle), 3), 0.0, None)
    scores = {
        phrase: score * float(n) ** NEARNESS
        for (phrase, score), n in zip(best.items(), near, strict=True)
    }
    return {p: scores[p] for p in sorted(scores, key=lambda p: (-round(scores[p], 9), p))}


def _distinct(best: dict[str, float], language: str) -> list[str]:
    """Phrases of one language, best first, leaving out those that repeat a better one's words."""
    kept: list[str] = []
    for phrase in best:
        code, said = phrase.split(":", 1)
        stems = {word[:4] for word in said.split()}
        if code == language and not any(stems & {w[:4] for w in k.split()} for k in kept):
            kept.append(said)
    return kept[:WORDS_SHOWN]


def _label(phrases: list[str], taken: set[str]) -> str:
    """Two phrases at most, with a capital; different from the labels before it."""
    for chosen in (phrases[:2], phrases[:3], phrases[1:3]):
        label = ", ".join(chosen)
        label = label[:1].upper() + label[1:]
        if label and label.casefold() not in taken:
            return label
    return ""


def _listed(by_language: dict[str, list[str]]) -> str:
    parts = [f"{code or '?'}: {', '.join(said)}" for code, said in by_language.items() if said]
    return " · ".join(parts)


def usual_words(lines: pd.DataFrame) -> set[str]:
    """Words, in small letters, that several people use: no names, most likely."""
    words = lines[["respondent"]].assign(word=lines["bare"].str.casefold().str.findall(r"[\w'’-]+"))
    counts = words.explode("word").drop_duplicates()["word"].value_counts()
    return set(counts.index[counts >= USUAL])


def _covered(said: list[str], language: str, phrases: pd.DataFrame, own: pd.DataFrame) -> float:
    """Share of a topic's people of one language who use its best phrases."""
    people = own.loc[own["language"] == language, "respondent"].nunique()
    used = phrases["people"].reindex([f"{language}:{phrase}" for phrase in said]).fillna(0)
    return float(used.sum() / people) if people else 0.0


def _examples(own: pd.DataFrame, languages: list[str], usual: set[str]) -> list[str]:
    """The most typical short sentences of attributable answers; masked ones come last.

    Each of another person and, where it can be, another customer and another language.
    """
    may = own[(own["mode"] == "attributable") & own["words"].between(SHORT, LONG)]
    may = may[~may["text"].map(lambda text: redact.unusual_name(text, usual)).astype(bool)]
    place = {code: i for i, code in reversed(list(enumerate(languages)))}
    ordered = may.assign(
        other=may["language"].map(place).fillna(len(place)),
        masked=may["text"].str.contains("[", regex=False),
    ).sort_values(["masked", "central", "text"], ascending=[True, False, True])
    kept: list = []
    while len(kept) < EXAMPLES and len(ordered):
        ordered = ordered.sort_values("other", kind="stable")
        first = ordered.iloc[0]
        kept.append(tidy(first["text"]))
        ordered = ordered[
            (ordered["respondent"] != first["respondent"]) & (ordered["bare"] != first["bare"])
        ]
        same = (ordered["account"] == first["account"]) | (ordered["language"] == first["language"])
        ordered = ordered.assign(other=ordered["other"] + same * len(place))
    return kept


def tidy(sentence: str) -> str:
    """A piece of a comment as a sentence: a capital, no leading "but", a stop at the end.

    >>> tidy("but invoices are always late")
    'Invoices are always late.'
    """
    said = re.sub(
        r"(?i)^(?:but|however|and|maar|echter|en|aber|jedoch|und|mais|cependant|et)[\s,]+",
        "",
        sentence,
    )
    said = said.strip(" ,-–;:")
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "!", "?", "…", "]")) else said + "."
