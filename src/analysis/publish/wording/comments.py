"""Sentences of chapter 5. Who "talks about" a topic is said only where the contrast is clear.

Functions take plain values and tidy frames and give `results` blocks, or None where there is
nothing to say.
"""

from collections.abc import Iterable

import pandas as pd

from analysis.publish.disclosure import MIN_COMMENTS
from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Finding, Note, Quote, Quotes

VOICES_METHOD = (
    "Only from people who agreed to be named; people, companies, addresses and numbers that could "
    "identify someone are masked."
)
LANGUAGES = {
    "en": "English",
    "nl": "Dutch",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "pl": "Polish",
    "da": "Danish",
    "sv": "Swedish",
    "no": "Norwegian",
    "nb": "Norwegian",
    "ar": "Arabic",
    "tr": "Turkish",
    "unknown": "an unknown language",
}


def read(account: pd.DataFrame, languages: pd.DataFrame) -> Finding | None:
    """How many comments came in, how many say something, in which languages; nothing of none.

    Parameters
    ----------
    account : what, n; the first row counts comments received, the second those used.
    languages : language (two letters), n.
    """
    given, used = (int(n) for n in account["n"].iloc[:2])
    if given == 0:
        return None
    many = languages[languages["n"] >= MIN_COMMENTS]
    names = [
        f"{show(n, 'count')} in {LANGUAGES.get(code, code)}"
        for code, n in zip(many["language"], many["n"], strict=True)
    ]
    which = f": {_and(names)}" if len(names) > 1 else ""
    if len(names) == 1:
        which = f", all in {names[0].split(' in ', 1)[1]}"
    if names and len(many) < len(languages):  # a count would point at the few others
        which = f", mostly in {_and([name.split(' in ', 1)[1] for name in names])}"
    verb = "was 1 comment" if given == 1 else f"were {show(given, 'count')} comments"
    said = f"{show(used, 'count')} of them say something to learn from{which}."
    if given == used:
        said = f"all say something to learn from{which}."
    return Finding(key="comments_read", sentence=f"There {verb}; {said}", evidence="descriptive")


def trust(
    found: pd.DataFrame,
    *,
    framed: bool,
    stability: float,
    indicative: bool,
    follows_language: bool,
    other: float,
    gone: tuple[str, ...] = (),
    measured: str = "",
) -> list[Note]:
    """How far the topics can be trusted; nothing where there are none.

    Parameters
    ----------
    found : one row a topic: term, kind ("code" or "found"), status ("new", "same", "merged").
    measured : how often the frame was right on comments with known codes, as a sentence.
    gone : names of topics kept from earlier waves that did not emerge again.
    """
    if found.empty:
        return []
    emerged = found[found["kind"] == "found"]
    sentences = {}
    if framed and measured:
        sentences["topic_frame"] = measured
    if len(emerged):
        firm = (
            "treat them as indications: the comments are few, or the groups not firm"
            if indicative
            else "they are firm enough to report"
        )
        which = "topics that emerged" if framed else "topics"
        sentences["topic_stability"] = (
            f"Made again from random 80% samples of the sentences, the {which} agree "
            f"{show(stability, 'weight')} (1 is the same, 0 is chance); {firm}."
        )
    if other > 0.005:
        sentences["topic_other"] = (
            f"The comments of {show(other, 'share')} of the people are in no topic that enough "
            "others share."
        )
    if follows_language:
        sentences["topic_language"] = (
            "Some topics follow the language of the comments rather than what they say; compare "
            "them with care."
        )
    new = emerged.loc[emerged["status"] == "new", "term"]
    known = emerged.loc[emerged["status"].isin(["same", "merged"]), "term"]
    if (len(known) or gone) and len(new):
        sentences["topic_new"] = f"New beside the topics kept from earlier: {_list(new)}."
    merged = emerged[emerged["status"] == "merged"]
    if len(merged):
        sentences["topic_merged"] = (
            f"What were several topics before is one now: {_list(merged['term'])}."
        )
    if gone:
        sentences["topic_gone"] = f"Topics kept from earlier that did not emerge: {_list(gone)}."
    return [Note(key=key, sentence=sentence) for key, sentence in sentences.items()]


def _list(names: Iterable[str]) -> str:
    return _and([f"“{name}”" for name in names])


def lead(top: pd.DataFrame) -> Finding | None:
    """Who talks about what, in one sentence; only groups whose contrast is clear.

    Parameters
    ----------
    top : one row a group: group, term, clear ("yes" or "no"), promoters first.
    """
    if top.empty:
        return None
    clear = top[top["clear"] == "yes"]
    if clear.empty:
        return Finding(
            key="topic_lead",
            sentence=(
                "Promoters, passives and detractors raise much the same topics: no clear "
                "difference between them."
            ),
            evidence="undecided",
        )
    parts = [f"{row.group} talk about {_named(row.term)}" for row in clear.itertuples()]
    parts = [parts[0], *(part[:1].lower() + part[1:] for part in parts[1:])]
    return Finding(key="topic_lead", sentence="; ".join(parts) + ".", evidence="clear", lead=True)


def contrasts(top: pd.DataFrame) -> list[Finding]:
    """The topic that sets each group apart, in figures; only where it is clear."""
    return [
        Finding(
            key=f"topic_{row.group.lower().replace(' ', '_')}",
            sentence=(
                f"{show(row.estimate, 'share')} of the {show(row.n, 'count')} "
                f"{row.group.lower()} who commented raise {_named(row.term)} (95% interval "
                f"{interval(row.ci_low, row.ci_high, 'share')}), against "
                f"{show(row.rest, 'share')} of everyone else."
            ),
            evidence="clear",
        )
        for row in top.itertuples()
        if row.clear == "yes"
    ]


def advice(shares: pd.DataFrame) -> Advice | None:
    """Take up what detractors raise most, of what clearly sets them apart.

    Parameters
    ----------
    shares : one row a topic and group: group, term, estimate, ci_low, ci_high, n, rest, odds,
        clear.
    """
    if shares.empty:
        return None
    theirs = shares["group"].str.contains("etractors") & (shares["odds"] > 1)
    clear = shares[theirs & (shares["clear"] == "yes")]
    if clear.empty:
        return None
    row = clear.sort_values(["estimate", "term"], ascending=[False, True]).iloc[0]
    who = row["group"].lower()
    return Advice(
        key="topic_advice",
        do=f"Take up what {who} raise: {_named(row['term'])}.",
        because=(
            f"{show(row['estimate'], 'share')} of the {show(row['n'], 'count')} {who} who "
            f"commented raise it (95% interval {interval(row['ci_low'], row['ci_high'], 'share')}),"
            f" against {show(row['rest'], 'share')} of everyone else."
        ),
        rank=40,
    )


def voices(chosen: pd.DataFrame, *, n_comments: int, minimum: int) -> Quotes | Note | None:
    """Customers' own words.

    Parameters
    ----------
    chosen : one row a quotation: text (masked), language, voice, topic.
    """
    if not n_comments:
        return None
    if chosen.empty:
        return Note(
            key="voices",
            sentence=(
                "No comment is quoted: quotations need a score group with at least "
                f"{minimum} comments, and answers of people who agreed to be named."
            ),
            about="absent",
        )
    return Quotes(
        key="voices",
        title="In customers' own words",
        quotes=tuple(
            Quote(text=row.text, language=row.language, voice=row.voice, topic=row.topic)
            for row in chosen.itertuples()
        ),
        method=VOICES_METHOD,
    )


def _named(term: str) -> str:
    return f"“{term[:1].lower()}{term[1:]}”"


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
