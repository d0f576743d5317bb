"""Sentences of chapter 5. Who "talks about" a topic is said only where the contrast is clear.

Functions take plain values and tidy frames and give `results` blocks, or None where there is
nothing to say.
"""

import pandas as pd

from analysis.publish import results
from analysis.publish.disclosure import MIN_COMMENTS
from analysis.publish.numbers import interval, show
from analysis.publish.results import Advice, Chart, Finding, Note, Quote, Quotes, Table

#: Columns of the topics table.
TOPICS: dict[str, tuple[str, results.Unit]] = {
    "term": ("Topic", "text"),
    "estimate": ("People who raise it", "share"),
    "ci_low": ("from", "share"),
    "ci_high": ("to", "share"),
    "n": ("n", "count"),
    "n_accounts": ("Accounts", "count"),
    "example": ("In a customer's words", "text"),
}
TOPIC_CHART = Chart(
    kind="bars",
    columns={"label": "term", "y": "estimate", "low": "ci_low", "high": "ci_high"},
    alt="Share of the people with a comment who raise each topic, with 95% intervals.",
    axis="Share of the people who commented",
)
#: Columns of the table of each topic in the group that it sets apart most.
LIFT: dict[str, tuple[str, results.Unit]] = {
    "group": ("Raised most, compared with the others, by", "text"),
    "term": ("Topic", "text"),
    "estimate": ("Share of the group", "share"),
    "ci_low": ("from", "share"),
    "ci_high": ("to", "share"),
    "rest": ("Share of all others", "share"),
    "n": ("n (group)", "count"),
    "clear": ("Clear difference", "text"),
}
LIFT_CHART = Chart(
    kind="intervals",
    columns={
        "label": "term",
        "y": "estimate",
        "low": "ci_low",
        "high": "ci_high",
        "group": "group",
        "highlight": "clear",
    },
    alt="Each topic under the score group that it sets apart most, with 95% intervals.",
    axis="Share of the group's people with a comment who raise the topic",
)
#: Columns of the appendix: every topic in every group.
SHARES: dict[str, tuple[str, results.Unit]] = {
    "term": ("Topic", "text"),
    "group": ("Group", "text"),
    "estimate": ("Share", "share"),
    "ci_low": ("from", "share"),
    "ci_high": ("to", "share"),
    "n": ("n (group)", "count"),
    "odds": ("Odds against the rest", "weight"),
    "odds_low": ("odds from", "weight"),
    "odds_high": ("odds to", "weight"),
    "p_adjusted": ("p, adjusted", "p"),
}
TOPIC_METHOD = (
    "Comments are split into sentences, and sentences that mean alike are grouped (BERTopic with a "
    "multilingual sentence model, shared neighbours and Louvain communities). A topic's name is "
    "what people say most typically in it; one named by a whole sentence holds sentences on the "
    "same matter, for better or worse. Respondents are counted, not sentences; intervals are "
    "Wilson's, 95%."
)
PHRASES_METHOD = (
    "Phrases that at least three people used, weighed by how many use them here rather than "
    "elsewhere and by class-based TF-IDF. Sentence model:"
)
LIFT_METHOD = (
    "Odds of raising a topic in a group against everyone else, with an informative Dirichlet prior "
    "(Monroe, Colaresi and Quinn 2008); a difference is called clear when its p-value stays below "
    "0.05 after Benjamini and Hochberg's correction for all topics and groups."
)
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
    n_topics: int,
    *,
    stability: float,
    indicative: bool,
    follows_language: bool,
    other: float,
) -> list[Note]:
    """How far the topics can be trusted; nothing where there are none."""
    if not n_topics:
        return []
    firm = (
        "treat them as indications: the comments are few, or the groups not firm"
        if indicative
        else "they are firm enough to report"
    )
    sentences = {
        "topic_stability": (
            f"Made again from random 80% samples of the sentences, the topics agree "
            f"{show(stability, 'weight')} (1 is the same, 0 is chance); {firm}."
        )
    }
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
    return [Note(key=key, sentence=sentence) for key, sentence in sentences.items()]


def received(account: pd.DataFrame) -> Table | Note | None:
    """Every comment used, or set aside with a reason; nothing where none were given."""
    if not account["n"].iloc[0]:
        return None
    return results.table(
        account,
        key="comments_received",
        title="Every comment is used, or set aside with a reason",
        columns={"what": ("Comments", "text"), "n": ("n", "count")},
        base=results.NOT_ANSWERS,
        otherwise="",
        appendix=True,
    )


def topics(found: pd.DataFrame, *, n: int, minimum: int, reason: str) -> Table | Note:
    """Topics, and how many of `n` people raise each; a Note with `reason` where there are none."""
    return results.table(
        found,
        key="topics",
        title="What customers talk about",
        columns=TOPICS,
        base="n",
        minimum=minimum,
        n=n,
        otherwise=reason,
        method=TOPIC_METHOD,
        chart=TOPIC_CHART,
    )


def phrases(found: pd.DataFrame, *, model: str, minimum: int) -> Table | Note | None:
    """The phrases behind each topic's name; nothing where there are no topics."""
    if found.empty:
        return None
    return results.table(
        found,
        key="topic_words",
        title="The phrases behind the topics",
        columns={"term": ("Topic", "text"), "words": ("Phrases", "text"), "n": ("n", "count")},
        base="n",
        minimum=minimum,
        otherwise="",
        method=f"{PHRASES_METHOD} {model}.",
        appendix=True,
    )


def lift(
    compared: pd.DataFrame, *, n_topics: int, minimum: int, reason: str
) -> Table | Note | None:
    """Each topic in the group that it sets apart; a Note where groups could not be compared."""
    if not n_topics:
        return None
    return results.table(
        compared,
        key="topic_lift",
        title="Which topics set promoters, passives and detractors apart",
        columns=LIFT,
        base="n",
        minimum=minimum,
        otherwise=reason,
        method=LIFT_METHOD,
        chart=LIFT_CHART,
    )


def shares(compared: pd.DataFrame, *, minimum: int) -> Table | Note | None:
    """Every topic in every group; nothing where groups were not compared."""
    if compared.empty:
        return None
    return results.table(
        compared,
        key="topic_shares",
        title="Every topic in every group",
        columns=SHARES,
        base="n",
        minimum=minimum,
        otherwise="",
        method=LIFT_METHOD,
        appendix=True,
    )


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
