"""Topics of comments: codes of a frame first, and what no code holds as topics of its own.

The same comments give the same topics whatever the order of the rows, the hash seed or the number
of threads; how well the topics that emerge hold under resampling is part of the result.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import tr
from analysis.models.topics import codeframe, embed, memory, naming, redact, sorting
from analysis.models.topics.units import Said
from analysis.params import Remembered

READING_LIST = 10  # fewer used comments are read, not counted (our default)
STABLE = 0.5  # agreement under resampling below which topics that emerge are indicative
COMMON = 0.2  # share of a group's people who use its best phrases; below it is no topic
FOLLOWS_LANGUAGE = 0.2  # V-measure of topics against languages that calls for a warning
OTHER = -1
FOUND = "found-"  # how keys of topics that emerged begin

TOPIC_COLUMNS = [
    "topic",
    "key",
    "kind",
    "term",
    "words",
    "example",
    "examples",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "n_accounts",
    "n_comments",
    "status",
]
PEOPLE = ["respondent", "wave", "account", "role", "mode", "nps"]
RAISED = ["respondent", "wave", "account", "topic"]


@dataclass(frozen=True)
class Topics:
    """What was found in the comments up to one wave.

    topics : one row a topic of the wave, most mentioned first. key: a code of the frame, or
        "found-1" and so on; kind: "code" or "found"; term: its name; words: its phrases, language
        by language; example, examples: one and up to three typical sentences of attributable
        answers; estimate, ci_low, ci_high: share of the wave's respondents with comments who raise
        it (Wilson, 95 %); n: how many; status: of a found topic "same", "new" or "merged" beside
        those remembered. Empty when the comments carry no topics, and `reason` says why.
    names : topic -> term, of every topic that enough people raised in some wave.
    people : one row a respondent and wave with a used comment, columns `PEOPLE`.
    raised : one row a respondent, wave and topic raised, columns `RAISED`; `OTHER` where a
        sentence is in no topic that is large enough.
    lines : every sentence that was used, with comment, topic, code and `sure` (of the frame), and
        `central`, its cosine with the middle of its topic.
    kept : what is typical of each found topic, for `<client>.topics.yml`.
    gone : names of remembered topics that were not found again.
    """

    wave: str
    topics: pd.DataFrame
    names: dict[int, str]
    people: pd.DataFrame
    raised: pd.DataFrame
    lines: pd.DataFrame
    n_comments: int
    kept: tuple[Remembered, ...] = ()
    gone: tuple[str, ...] = ()
    reason: str = ""
    indicative: bool = False
    stability: float = float("nan")
    follows_language: bool = False
    model: str = ""

    @property
    def sentences(self) -> pd.DataFrame:
        """Sentences of the wave."""
        return self.lines[self.lines["wave"] == self.wave]

    @property
    def respondents(self) -> pd.DataFrame:
        """Respondents of the wave with a used comment, columns `PEOPLE`."""
        return self.people[self.people["wave"] == self.wave].reset_index(drop=True)

    @property
    def mentions(self) -> pd.DataFrame:
        """Topics raised in the wave, columns `RAISED`."""
        return self.raised[self.raised["wave"] == self.wave].reset_index(drop=True)

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
    frame: codeframe.Frame | None = None,
    remembered: Sequence[Remembered] = (),
    embedding: str = "use",
    grouping: str = "neighbours",
    minimum: int = 8,
    seed: int = 0,
    cache: Path | None = None,
) -> Topics:
    """Find the topics of comments and count them among one wave's respondents.

    Parameters
    ----------
    said : from `units.read`, with earlier waves: they help to find the topics.
    wave : the wave whose respondents are counted.
    frame : codes that sentences are sorted into first; None: all topics emerge.
    remembered : topics of earlier waves, whose names are kept.
    embedding : see `embed.load`. grouping : "neighbours" or "classic", see `cluster`.
    minimum : respondents that a topic needs; smaller ones become `OTHER`.
    cache : folder for vectors, inside the client's own folder; none by default.

    Returns
    -------
    Topics; with a `reason` and no topics where the comments are too few or too alike.

    References
    ----------
    Grootendorst (2022), BERTopic: neural topic modeling with a class-based TF-IDF procedure.
    """
    people, lines = _units(said)
    n_comments = int((said.used["wave"] == wave).sum())
    texts = lines.drop_duplicates("bare").sort_values("bare", ignore_index=True)
    reason = _too_few(int((said.comments["wave"] == wave).sum()), n_comments, len(texts), frame)
    if texts.empty:
        lines = lines.assign(topic=OTHER, key="", sure=np.nan, central=np.nan)
        return _none(wave, people, lines, n_comments, reason)
    model = embed.ready(embedding, texts["bare"].tolist())

    def vectors(some: list[str]) -> np.ndarray:
        return embed.vectors(some, model, cache)

    raw = vectors(texts["bare"].tolist())
    points = sorting.centred(raw, texts["language"].to_numpy())
    placed = sorting.coded(texts, frame, model, cache)
    keys = placed["code"].to_numpy(dtype=object, copy=True)
    made = None
    if not reason and n_comments >= sorting.EMERGENT and len(texts) >= sorting.EMERGENT // 2:
        now = lines[lines["wave"] == wave].groupby("bare")["respondent"].nunique()
        heads = now.reindex(texts["bare"]).fillna(0).to_numpy()
        made = sorting.step(grouping, frame is not None, n_comments, minimum, seed, heads)
        made.fit(points)
        keys = sorting.emerged(made, placed, beside=frame is not None)
    place = pd.DataFrame({"bare": texts["bare"], "key": keys, "sure": placed["sure"]})
    lines = lines.merge(place, on="bare", how="left")
    if frame is not None:  # a group in which nothing is said in common is no topic
        lines["key"] = lines["key"].where(~lines["key"].isin(_loose(lines)), sorting.NO_KEY)
        keys = lines.drop_duplicates("bare").set_index("bare")["key"].loc[texts["bare"]].to_numpy()
    order = [] if reason else _large(lines, wave, minimum)
    number = {key: i for i, key in enumerate(order)}
    labels = np.array([number.get(key, OTHER) for key in keys])
    at = pd.DataFrame(
        {"bare": texts["bare"], "topic": labels, "central": sorting.central(labels, points)}
    )
    lines = lines.merge(at, on="bare", how="left")
    if not order:
        reason = reason or tr("No topic is raised by {n} or more people.", n=minimum)
        return _none(wave, people, lines, n_comments, reason)

    found = [number[key] for key in order if key.startswith(FOUND)]
    middles = {k: v for k, v in sorting.middles(labels, raw).items() if k in found}
    tracked = memory.track(middles, remembered, vectors)
    terms = {number[key]: name for key, name in _names(frame).items() if key in number}
    terms |= {row.topic: row.name for row in tracked.found.itertuples(index=False) if row.name}
    named = naming.name(lines, sorting.weights(texts, labels, points), vectors, wave, terms)
    raised = lines[RAISED].drop_duplicates(["respondent", "wave", "topic"])
    return Topics(
        wave=wave,
        topics=_table(lines, people, wave, order, named, tracked.found, minimum),
        names={topic: one.term for topic, one in sorted(named.items())},
        people=people,
        raised=raised.sort_values(["wave", "topic", "respondent"], ignore_index=True),
        lines=lines,
        n_comments=n_comments,
        kept=memory.typical(named, found, wave),
        gone=tracked.gone,
        indicative=made is not None and (n_comments < sorting.FIRM or made.stability_ < STABLE),
        stability=float("nan") if made is None or not found else made.stability_,
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


def every_key(found: Topics, frame: codeframe.Frame | None) -> pd.DataFrame:
    """Every code and topic of the wave, however few people raise it: term, n, n_accounts."""
    lines = found.sentences
    keyed = lines[lines["key"] != sorting.NO_KEY]
    counts = keyed.groupby("key").agg(
        n=("respondent", "nunique"), n_accounts=("account", "nunique")
    )
    labels = dict(zip(found.topics["key"], found.topics["term"], strict=True)) | _names(frame)
    counts["term"] = [labels.get(key, tr("A group too small for a name")) for key in counts.index]
    return counts.sort_values(["n", "term"], ascending=[False, True]).reset_index(drop=True)


def memory_of(found: Topics) -> pd.DataFrame:
    """What topics that emerged are known by: term, like."""
    rows = [(one.name, " | ".join(one.like)) for one in found.kept]
    return pd.DataFrame(rows, columns=["term", "like"])


def _units(said: Said) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People and sentences of all waves."""
    used = said.used
    people = used.drop_duplicates(["respondent", "wave"])[PEOPLE].reset_index(drop=True)
    lines = said.sentences.assign(bare=said.sentences["text"].map(redact.bare))
    return people, lines.merge(used[["comment", *PEOPLE]], on="comment")


def _names(frame: codeframe.Frame | None) -> dict[str, str]:
    return {} if frame is None else frame.names()


def _loose(lines: pd.DataFrame) -> list[str]:
    """Keys of groups that emerged and in which few people use the same words."""
    found = lines[lines["key"].str.startswith(FOUND)]
    return [key for key, share in naming.shared(found).items() if share < COMMON]


def _large(lines: pd.DataFrame, wave: str, minimum: int) -> list[str]:
    """Keys that enough people raise in some wave; first those of the reported wave, by size."""
    keyed = lines[lines["key"] != sorting.NO_KEY]
    sizes = keyed.groupby(["key", "wave"])["respondent"].nunique().unstack(fill_value=0)
    if sizes.empty:
        return []
    now = sizes[wave] if wave in sizes else pd.Series(0, index=sizes.index)
    large = sizes.index[sizes.max(axis=1) >= minimum]
    return sorted(large, key=lambda key: (now[key] < minimum, -now[key], key))


def _table(
    lines: pd.DataFrame,
    people: pd.DataFrame,
    wave: str,
    order: list[str],
    named: dict[int, naming.Named],
    tracked: pd.DataFrame,
    minimum: int,
) -> pd.DataFrame:
    now, n = lines[lines["wave"] == wave], int((people["wave"] == wave).sum())
    status = dict(zip(tracked["topic"], tracked["status"], strict=True))
    rows = []
    for topic, key in enumerate(order):
        own = now[now["topic"] == topic]
        k = own["respondent"].nunique()
        if k < minimum:
            continue
        low, high = wilson(k, n)
        rows.append(
            {
                "topic": topic,
                "key": key,
                "kind": "found" if key.startswith(FOUND) else "code",
                **asdict(named[topic]),
                "estimate": k / n,
                "ci_low": low,
                "ci_high": high,
                "n": k,
                "n_accounts": own["account"].nunique(),
                "n_comments": own["comment"].nunique(),
                "status": status.get(topic, ""),
            }
        )
    return pd.DataFrame(rows, columns=TOPIC_COLUMNS)


def _follows(language: pd.Series, labels: np.ndarray) -> bool:
    from sklearn.metrics import v_measure_score

    inside = labels != OTHER
    if language[inside].nunique() < 2:
        return False
    return bool(v_measure_score(language[inside], labels[inside]) > FOLLOWS_LANGUAGE)


def _too_few(n_given: int, n_comments: int, n_texts: int, frame: codeframe.Frame | None) -> str:
    if n_given == 0:
        return tr("There are no comments in this wave: none were asked for, or nobody wrote one.")
    if n_comments == 0:
        return tr("There are no comments in this wave that say something.")
    if n_comments < READING_LIST:
        return tr(
            "Only 1 comment says something: read, do not count. Counting needs at least {least}."
            if n_comments == 1
            else "Only {n} comments say something: read, do not count. Counting needs at least "
            "{least}.",
            n=n_comments,
            least=READING_LIST,
        )
    if frame is not None:
        return ""
    if n_comments < sorting.EMERGENT:
        return tr(
            "{n} comments are too few for topics to emerge (at least {least} are needed); the "
            "quotations show what is said.",
            n=n_comments,
            least=sorting.EMERGENT,
        )
    if n_texts < sorting.EMERGENT // 2:
        return tr(
            "The {n} comments hold only {texts} different sentences: no topics.",
            n=n_comments,
            texts=n_texts,
        )
    return ""


def _none(
    wave: str, people: pd.DataFrame, lines: pd.DataFrame, n_comments: int, reason: str
) -> Topics:
    return Topics(
        wave=wave,
        topics=pd.DataFrame(columns=TOPIC_COLUMNS),
        names={},
        people=people,
        raised=pd.DataFrame(columns=RAISED),
        lines=lines,
        n_comments=n_comments,
        reason=reason,
    )
