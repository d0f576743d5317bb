"""Sentences of chapter 5. Who "talks about" a topic is said only where the contrast is clear.

Functions take plain values and tidy frames and give `results` blocks, or None where there is
nothing to say.
"""

from collections.abc import Iterable

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish.disclosure import MIN_COMMENTS, MIN_SCORES
from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Finding, Note, Quote, Quotes

VOICES_METHOD = (
    "Only from people who agreed to be named; people, companies, addresses and numbers that could "
    "identify someone are masked."
)
LANGUAGES = {
    "en": later("English"),
    "nl": later("Dutch"),
    "de": later("German"),
    "fr": later("French"),
    "es": later("Spanish"),
    "it": later("Italian"),
    "pt": later("Portuguese"),
    "pl": later("Polish"),
    "da": later("Danish"),
    "sv": later("Swedish"),
    "no": later("Norwegian"),
    "nb": later("Norwegian"),
    "ar": later("Arabic"),
    "tr": later("Turkish"),
    "unknown": later("an unknown language"),
}


def read(account: pd.DataFrame, languages: pd.DataFrame) -> Finding | None:
    """How many comments came in, how many say something, in which languages; nothing of none.

    A few that were set aside, or used, are not counted: what somebody wrote could be known by it.

    Parameters
    ----------
    account : what, n; the first row counts comments received, the second those used.
    languages : language (two letters), n.
    """
    given, used = (int(n) for n in account["n"].iloc[:2])
    if given == 0:
        return None
    many = languages[languages["n"] >= MIN_COMMENTS]
    names = [tr(LANGUAGES.get(code, code)) for code in many["language"]]
    aside = given - used
    few = 0 < aside < MIN_SCORES
    which = ""
    if names and len(many) < len(languages):  # a count would point at the few others
        which = tr(", mostly in {languages}", languages=listed(names))
    elif len(names) == 1:
        which = tr(", all in {language}", language=names[0])
    elif names and few:  # counts would add up to the comments used
        which = tr(", in {languages}", languages=listed(names))
    elif names:
        counts = [
            tr("{n} in {language}", n=show(n, "count"), language=name)
            for name, n in zip(names, many["n"], strict=True)
        ]
        which = f": {listed(counts)}"
    if given == used:
        sentence = tr(
            "There was 1 comment; all say something to learn from{which}."
            if given == 1
            else "There were {given} comments; all say something to learn from{which}.",
            given=show(given, "count"),
            which=which,
        )
    elif given == 1:
        sentence = tr("There was 1 comment.")
    elif 0 < used < MIN_SCORES or (few and not used):
        sentence = tr(
            "There were {given} comments; few or none of them say something to learn from.",
            given=show(given, "count"),
        )
    elif few:
        sentence = tr(
            "There were {given} comments; all but a few say something to learn from{which}.",
            given=show(given, "count"),
            which=which,
        )
    else:
        sentence = tr(
            "There were {given} comments; {used} of them say something to learn from{which}.",
            given=show(given, "count"),
            used=show(used, "count"),
            which=which,
        )
    return Finding(key="comments_read", sentence=sentence, evidence="descriptive")


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
        firm = tr(
            "treat them as indications: the comments are few, or the groups not firm"
            if indicative
            else "they are firm enough to report"
        )
        sentences["topic_stability"] = tr(
            "Made again from random 80% samples of the sentences, {topics} agree "
            "{stability} (1 is the same, 0 is chance); {firm}.",
            topics=tr("the topics that emerged" if framed else "the topics"),
            stability=show(stability, "weight"),
            firm=firm,
        )
    if other > 0.005:
        sentences["topic_other"] = tr(
            "The comments of {share} of the people are in no topic that enough others share.",
            share=show(other, "share"),
        )
    if follows_language:
        sentences["topic_language"] = tr(
            "Some topics follow the language of the comments rather than what they say; compare "
            "them with care."
        )
    new = emerged.loc[emerged["status"] == "new", "term"]
    known = emerged.loc[emerged["status"].isin(["same", "merged"]), "term"]
    if (len(known) or gone) and len(new):
        sentences["topic_new"] = tr(
            "New beside the topics kept from earlier: {topics}.", topics=_list(new)
        )
    merged = emerged[emerged["status"] == "merged"]
    if len(merged):
        sentences["topic_merged"] = tr(
            "What were several topics before is one now: {topics}.", topics=_list(merged["term"])
        )
    if gone:
        sentences["topic_gone"] = tr(
            "Topics kept from earlier that did not emerge: {topics}.", topics=_list(gone)
        )
    return [Note(key=key, sentence=sentence) for key, sentence in sentences.items()]


def _list(names: Iterable[str]) -> str:
    return listed([f"“{name}”" for name in names])


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
    parts = [
        tr("{group} talk about {topic}", group=tr(row.group), topic=_named(row.term))
        for row in clear.itertuples()
    ]
    parts = [parts[0], *(part[:1].lower() + part[1:] for part in parts[1:])]
    return Finding(key="topic_lead", sentence="; ".join(parts) + ".", evidence="clear", lead=True)


def contrasts(top: pd.DataFrame) -> list[Finding]:
    """The topic that sets each group apart, in figures; only where it is clear."""
    return [
        Finding(
            key=f"topic_{row.group.lower().replace(' ', '_')}",
            sentence=tr(
                "{share} of the {n} {group} who commented raise {topic} (95% interval {ends}), "
                "against {rest} of everyone else.",
                share=show(row.estimate, "share"),
                n=show(row.n, "count"),
                group=tr(row.group).lower(),
                topic=_named(row.term),
                ends=interval(row.ci_low, row.ci_high, "share"),
                rest=show(row.rest, "share"),
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
    group = tr(row["group"]).lower()
    return Advice(
        key="topic_advice",
        do=tr("Take up what {group} raise: {topic}.", group=group, topic=_named(row["term"])),
        because=tr(
            "{share} of the {n} {group} who commented raise it (95% interval {ends}), "
            "against {rest} of everyone else.",
            share=show(row["estimate"], "share"),
            n=show(row["n"], "count"),
            group=group,
            ends=interval(row["ci_low"], row["ci_high"], "share"),
            rest=show(row["rest"], "share"),
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
            sentence=tr(
                "No comment is quoted: quotations need a score group with at least "
                "{minimum} comments, and answers of people who agreed to be named.",
                minimum=minimum,
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
