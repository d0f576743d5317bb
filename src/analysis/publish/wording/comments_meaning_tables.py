"""Tables and pictures of chapter 5 on what topics mean, and the lists of the research team."""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.results import Chart, Table, Unit

Columns = dict[str, tuple[str, Unit]]

IMPACT: Columns = {
    "term": ("Topic", "text"),
    "share": ("People who raise it", "share"),
    "nps_with": ("NPS of those who raise it", "points"),
    "nps_without": ("NPS of all others", "points"),
    "removed": ("Pull on the NPS of all", "points"),
    "removed_low": ("from", "points"),
    "removed_high": ("to", "points"),
    "n_with": ("n", "count"),
    "clear": ("Clear difference", "text"),
}
PULLS: Columns = {
    "term": ("Topic", "text"),
    "removed": ("Pull: NPS of all less NPS without those who raise it", "points"),
    "removed_low": ("from", "points"),
    "removed_high": ("to", "points"),
    "rank_removed": ("Place", "count"),
    "average": ("Distance: NPS of all less NPS of those who raise it", "points"),
    "average_low": ("from", "points"),
    "average_high": ("to", "points"),
    "rank_average": ("Place (distance)", "count"),
    "n_with": ("n", "count"),
    "p_adjusted": ("p, adjusted", "p"),
}
IMPACT_METHOD = (
    "Net Promoter Score of the people who raise a topic and of all others; accounts as clusters; a "
    "difference is called clear when its p-value stays below 0.05 after Benjamini and Hochberg's "
    "correction for all topics."
)
PULLS_METHOD = (
    "Two definitions of impact are in use and can disagree: the change of the score if nobody who "
    "raises the topic had answered (volume counts), and the distance of those who raise it from "
    "everybody (volume does not). Both are Thematic's. Place 1 pulls down most."
)
TREND: Columns = {
    "term": ("Topic", "text"),
    "label": ("Wave", "text"),
    "estimate": ("People who raise it", "share"),
    "ci_low": ("from", "share"),
    "ci_high": ("to", "share"),
    "n": ("n", "count"),
    "status": ("Since the wave before", "text"),
    "moved": ("Clear change", "text"),
}
TREND_METHOD = (
    "All waves are sorted in the same way, so that a topic means the same in each. Wilson's "
    "intervals for as many independent people as the accounts leave; changes are tested with "
    "accounts as clusters and corrected for all topics (Benjamini and Hochberg)."
)
SPREAD: Columns = {
    "term": ("Topic", "text"),
    "verdict": ("Whose topic it is", "text"),
    "estimate": ("Likeness within an account", "weight"),
    "ci_low": ("from", "weight"),
    "ci_high": ("to", "weight"),
    "accounts_raising": ("Accounts that raise it", "count"),
    "n_accounts": ("Accounts", "count"),
    "n": ("n", "count"),
}
SPREAD_METHOD = (
    "Intraclass correlation by analysis of variance: 0 means that people of one account raise the "
    "topic no more alike than people of different accounts, 1 that they all do or none does. "
    "Profile likelihood of the beta-binomial."
)
BRIGHT: Columns = {
    "term": ("What", "text"),
    "bright": ("Content accounts", "weight"),
    "other": ("Other accounts", "weight"),
    "estimate": ("Difference", "weight"),
    "ci_low": ("from", "weight"),
    "ci_high": ("to", "weight"),
    "p_adjusted": ("p, adjusted", "p"),
    "n": ("Content accounts (n)", "count"),
    "n_other": ("Others (n)", "count"),
}
LAG: Columns = {
    "term": ("Topic", "text"),
    "direction": ("What comes first", "text"),
    "estimate": ("Slope", "weight"),
    "ci_low": ("from", "weight"),
    "ci_high": ("to", "weight"),
    "r": ("Partial correlation", "r"),
    "p_adjusted": ("p, adjusted", "p"),
    "n": ("Account-waves", "count"),
    "n_accounts": ("Accounts", "count"),
}
LAG_METHOD = (
    "Pairs of an account's consecutive waves: its mean rating (0-10) at the next on the share of "
    "its commenters who raise the topic now, at the same rating now and within waves; and the "
    "share at the next on the rating now. Accounts as clusters. Going ahead is not causing."
)
TONE: Columns = {
    "term": ("Topic", "text"),
    "promoters": ("Promoters among them", "share"),
    "detractors": ("Detractors among them", "share"),
    "estimate": ("Tone from the score: NPS", "points"),
    "ci_low": ("from", "points"),
    "ci_high": ("to", "points"),
    "n": ("n", "count"),
}
NET: Columns = {
    "net": ("Tone from words: net sentiment", "points"),
    "net_low": ("from", "points"),
    "net_high": ("to", "points"),
    "n_words": ("n (words)", "count"),
}
TONE_METHOD = (
    "Tone from the score is the Net Promoter Score of the people who raise a topic. Net sentiment "
    "is the share of them whose words read like a promoter's less the share whose words read like "
    "a detractor's, judged by a model that never saw their account."
)


def impact(scores: pd.DataFrame, *, minimum: int) -> Table | None:
    """The map of topics: how many raise each, and the score of those who do."""
    if scores.empty:
        return None
    return results.table(
        scores.assign(clear=scores["clear"].map({True: tr("yes"), False: tr("no")})),
        key="topic_map",
        title="Topics and the score of those who raise them",
        columns=IMPACT,
        base="n_least",
        minimum=minimum,
        otherwise="",
        method=IMPACT_METHOD,
        chart=Chart(
            kind="map",
            columns={"label": "term", "x": "share", "y": "nps_with", "highlight": "clear"},
            alt="Each topic by the share who raise it and the NPS of those who do.",
            axis="Raised by few who are content",
        ),
    )


def pulls(scores: pd.DataFrame, *, minimum: int) -> Table | None:
    """Impact by both definitions."""
    if scores.empty:
        return None
    return results.table(
        scores,
        key="topic_impact",
        title="Impact on the score, by both definitions",
        columns=PULLS,
        base="n_least",
        minimum=minimum,
        otherwise="",
        method=PULLS_METHOD,
        appendix=True,
    )


def trend(shares: pd.DataFrame, *, minimum: int) -> Table | None:
    """Every topic over the waves, as small multiples; nothing with fewer than two waves.

    Parameters
    ----------
    shares : term, label (of the wave), estimate, ci_low, ci_high, n, status, moved ("yes", "no").
    """
    if shares.empty or shares["label"].nunique() < 2:
        return None
    return results.table(
        _told(shares, "status", "moved"),
        key="topic_trend",
        title="Topics over the waves",
        columns=TREND,
        names=("term", "label"),
        base="n",
        minimum=minimum,
        otherwise="",
        method=TREND_METHOD,
        chart=Chart(
            kind="multiples",
            columns={
                "label": "term",
                "x": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "highlight": "moved",
            },
            alt="Share of the people with a comment who raise each topic, wave by wave.",
        ),
    )


def spread(split: pd.DataFrame, *, minimum: int) -> Table | None:
    """Whose topic each is: a few accounts', or the company's."""
    if split.empty:
        return None
    return results.table(
        _told(split, "verdict"),
        key="topic_spread",
        title="A matter of some accounts, or of all",
        columns=SPREAD,
        base="n_least",
        minimum=minimum,
        otherwise="",
        method=SPREAD_METHOD,
        appendix=True,
    )


def tone(topics: pd.DataFrame, *, minimum: int) -> Table | None:
    """Tone of each topic from the score and, where words tell, from the words."""
    if topics.empty:
        return None
    told = topics["net"].notna().any()
    return results.table(
        topics,
        key="topic_tone",
        title="The tone of each topic",
        columns={**TONE, **(NET if told else {})},
        base="n_least",
        minimum=minimum,
        otherwise="",
        method=TONE_METHOD,
        appendix=True,
    )


def bright(compared: pd.DataFrame) -> Table | None:
    """What content accounts that raise the hot spot have otherwise."""
    if compared.empty:
        return None
    return results.table(
        compared,
        key="bright_spots",
        title="Accounts that raise the hot spot: content ones and others",
        columns=BRIGHT,
        base="n_least",
        otherwise="",
        appendix=True,
    )


def lag(found: pd.DataFrame, *, minimum: int) -> Table | None:
    """Topics and scores at consecutive waves."""
    if found.empty:
        return None
    return results.table(
        _told(found, "direction"),
        key="topic_lag",
        title="What comes first: comments or scores",
        columns=LAG,
        names=("term", "direction"),
        base="n_least",
        minimum=minimum,
        otherwise="",
        method=LAG_METHOD,
        appendix=True,
    )


def signals(found: pd.DataFrame) -> Table | None:
    """Weak signals, for the research team alone."""
    return _team(
        found,
        "weak_signals",
        title="Weak signals: remarks that stand alone, speak of leaving, or come from who decides",
        columns={
            "text": ("What is said", "text"),
            "why": ("Why it is here", "text"),
            "topic": ("Topic", "text"),
            "account": ("Account", "text"),
            "role": ("Role", "text"),
            "nps": ("Rating", "count"),
            "strength": ("Strength (0-1)", "weight"),
        },
    )


def people(summary: pd.DataFrame) -> Table | None:
    """Who is named, for a person of the research team to confirm."""
    return _team(
        _told(summary, "known"),
        "people_named",
        title="People named in comments, to confirm (comments.confirmed_people)",
        columns={
            "person": ("Person", "text"),
            "known": ("Known from", "text"),
            "praise": ("Praise", "count"),
            "complaint": ("Complaint", "count"),
            "unclear": ("Unclear", "count"),
            "people": ("People", "count"),
            "accounts": ("Accounts", "count"),
        },
    )


def call_outs(named: pd.DataFrame) -> Table | None:
    """The sentences in which people are named, for the research team alone."""
    return _team(
        _told(named, "tone", "basis"),
        "people_sentences",
        title="The sentences in which people are named",
        columns={
            "person": ("Person", "text"),
            "tone": ("Tone", "text"),
            "basis": ("Judged by", "text"),
            "account": ("Account", "text"),
            "sentence": ("What is said", "text"),
        },
    )


def contradictions(found: pd.DataFrame) -> Table | None:
    """Comments that speak against their score, for the research team: whom to call."""
    return _team(
        _told(found, "said"),
        "contradictions",
        title="Comments whose words speak against their score",
        columns={
            "text": ("What is said", "text"),
            "nps": ("Rating", "count"),
            "probability": ("Chance of a promoter, by the words", "share"),
            "said": ("What is odd", "text"),
            "account": ("Account", "text"),
        },
    )


def _told(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with what some of its columns say in the language in use."""
    there = [column for column in columns if column in frame]
    return frame.assign(**{c: frame[c].map(tr, na_action="ignore") for c in there})


def _team(frame: pd.DataFrame, key: str, title: str, columns: Columns) -> Table | None:
    if frame.empty:
        return None
    return results.table(
        frame,
        key=key,
        title=title,
        columns=columns,
        base=results.NOT_ANSWERS,
        otherwise="",
        audience="internal",
    )
