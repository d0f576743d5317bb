"""Sentences of chapter 5 on what topics mean: the score, change, one account or all, words.

Functions take tidy frames and give `results` blocks, or None where there is nothing to say.
"""

from typing import Any

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note

MOST = 3  # topics named in one sentence


def impact(scores: pd.DataFrame) -> Finding | None:
    """Which topic goes with the lowest score; only where that is clear.

    Parameters
    ----------
    scores : one row a topic: term, removed (points; below 0 it pulls down), removed_low,
        removed_high, nps_with, nps_without, n_with, clear.
    """
    if scores.empty:
        return None
    clear = scores[scores["clear"].astype(bool) & (scores["removed"] < 0)]
    if clear.empty:
        return Finding(
            key="impact_lead",
            sentence="No topic goes clearly with a lower score.",
            evidence="undecided",
        )
    row = clear.sort_values(["removed", "topic"]).iloc[0]
    return Finding(
        key="impact_lead",
        sentence=tr(
            "“{topic}” weighs most on the score: the NPS of the {n} people who raise it is "
            "{theirs}, of all others {others}. Without them the NPS of all would be {higher} "
            "points higher (95% interval {low} to {high} points). That they go together does not "
            "make one the cause.",
            topic=row["term"],
            n=show(row["n_with"], "count"),
            theirs=show(row["nps_with"], "points"),
            others=show(row["nps_without"], "points"),
            higher=_size(-row["removed"]),
            low=_size(-row["removed_high"]),
            high=_size(-row["removed_low"]),
        ),
        evidence="clear",
    )


def changes(moved: pd.DataFrame, since: str) -> list[Finding]:
    """What is raised more and less than in the wave before; one sentence where nothing changed."""
    if moved.empty:
        return []
    told = []
    for status, words in (
        ("new", later("New since {since}: {topics}.")),
        ("more", later("Raised more than in {since}: {topics}.")),
        ("less", later("Raised less than in {since}: {topics}.")),
        ("gone", later("Hardly raised any more since {since}: {topics}.")),
    ):
        own = moved[(moved["status"] == status) & moved["clear"].astype(bool)].head(MOST)
        if own.empty:
            continue
        topics = listed([_moved(row) for row in own.itertuples()])
        told.append(
            Finding(
                key=f"topics_{status}",
                sentence=tr(words, since=since, topics=topics),
                evidence="clear",
            )
        )
    if told:
        return told
    row = moved.iloc[0]
    return [
        Finding(
            key="topics_same",
            sentence=tr(
                "No topic is clearly raised more or less than in {since} "
                "({n} people now, {before} then).",
                since=since,
                n=show(row["n"], "count"),
                before=show(row["n_before"], "count"),
            ),
            evidence="undecided",
        )
    ]


def lasting(problems: pd.DataFrame, labels: dict[str, str]) -> list[Finding]:
    """Problems of several waves running: topics of people who score lower than everybody.

    Parameters
    ----------
    problems : one row a topic and kind: topic, term, kind, running, since, estimate, ci_low,
        ci_high (points, for "raised by critics"), sure, n. labels : wave -> its label.
    """
    critics = problems[(problems["kind"] == "raised by critics") & problems["sure"].astype(bool)]
    return [
        Finding(
            key=f"lasting_{row.topic}",
            sentence=tr(
                "“{topic}” has been a problem for {running} waves running, since {since}: the "
                "NPS of those who raise it is now {below} points below everybody's (95% interval "
                "{low} to {high} points, {n} people).",
                topic=row.term,
                running=show(row.running, "count"),
                since=labels[row.since],
                below=_size(-row.estimate),
                low=_size(-row.ci_high),
                high=_size(-row.ci_low),
                n=show(row.n, "count"),
            ),
            evidence="clear",
        )
        for row in critics.itertuples()
    ]


def spread(split: pd.DataFrame) -> Finding | None:
    """Which topics are a matter of single accounts and which of the whole company."""
    if split.empty:
        return None
    parts = []
    for verdict, of_one, of_several in (
        (
            "account-specific",
            later("{topics} belongs to some accounts more than to others: take it up with them"),
            later("{topics} belong to some accounts more than to others: take them up with them"),
        ),
        (
            "company-wide",
            later("{topics} comes from everywhere alike: it is the whole company's"),
            later("{topics} come from everywhere alike: they are the whole company's"),
        ),
    ):
        own = split[split["verdict"] == verdict].sort_values(
            ["share", "topic"], ascending=[False, True]
        )
        if len(own):
            topics = listed([f"“{term}”" for term in own["term"].head(MOST)])
            parts.append(tr(of_one if len(own) == 1 else of_several, topics=topics))
    if not parts:
        return Finding(
            key="spread_lead",
            sentence="Whether a topic belongs to single accounts or to all cannot be told yet.",
            evidence="undecided",
        )
    sentence = "; ".join(parts)
    return Finding(key="spread_lead", sentence=sentence + ".", evidence="clear")


def bright(found: pd.DataFrame, reason: str, *, term: str) -> Finding | Note | None:
    """What content accounts that raise the hot spot do otherwise."""
    if not term:
        return None
    if found.empty:
        return Note(
            key="bright_lead",
            sentence=tr(
                "Accounts that raise “{topic}” and are content all the same: {reason}",
                topic=term,
                reason=reason,
            ),
            about="absent",
        )
    clear = found[found["clear"] == "yes"].head(MOST)
    n, other = int(found["n"].max()), int(found["n_other"].max())
    base = tr("{n} content accounts, {other} others", n=n, other=other)
    if clear.empty:
        return Finding(
            key="bright_lead",
            sentence=tr(
                "Some accounts raise “{topic}” and are content all the same; nothing clearly "
                "tells them from the others that raise it ({base}).",
                topic=term,
                base=base,
            ),
            evidence="undecided",
        )
    parts = [
        tr(
            "{trait} ({theirs} against {others})",
            trait=row.term,
            theirs=_amount(row.bright, row.kind),
            others=_amount(row.other, row.kind),
        )
        for row in clear.itertuples()
    ]
    return Finding(
        key="bright_lead",
        sentence=tr(
            "Content in spite of “{topic}”: what goes with it is {traits} ({base}); learn there "
            "what could work elsewhere.",
            topic=term,
            traits=listed(parts),
            base=base,
        ),
        evidence="clear",
    )


def lag(found: pd.DataFrame, said: str) -> list[Finding | Note]:
    """Whether topics go ahead of scores; with the warning that few waves call for."""
    if found.empty:
        return []
    ahead = found[(found["direction"] == "comments before scores") & (found["clear"] == "yes")]
    told: list[Finding | Note] = []
    for row in ahead.head(MOST).itertuples():
        told.append(
            Finding(
                key=f"lag_{row.topic}",
                sentence=tr(
                    "Accounts that raise “{topic}” score {way} at the next wave than others with "
                    "the same score now: {size} points of ten (95% interval {ends}, {n} accounts).",
                    topic=row.term,
                    way=tr("lower" if row.estimate < 0 else "higher"),
                    size=show(abs(row.estimate), "weight"),
                    ends=interval(row.ci_low, row.ci_high, "weight"),
                    n=show(row.n_accounts, "count"),
                ),
                evidence="clear",
            )
        )
    if not told:
        told.append(
            Finding(
                key="lag_none",
                sentence=tr(
                    "No topic goes clearly ahead of the score of the next wave ({n} accounts).",
                    n=show(found["n_accounts"].max(), "count"),
                ),
                evidence="undecided",
            )
        )
    if said:
        told.append(Note(key="lag_waves", sentence=said))
    return told


def words(
    auc: float, low: float, high: float, n: int, reason: str, minimum: int = 0
) -> Note | None:
    """How far words tell the score, or the reason why nothing is said of them; nothing of nobody.

    Parameters
    ----------
    auc, low, high : from 0 to 1. n : promoters and detractors that it was learned from.
    """
    if reason:
        return Note(key="tone_words", sentence=reason) if n else None
    if n < minimum:
        return None
    return Note(
        key="tone_words",
        sentence=tr(
            "Tone from words: a model that never saw the account puts a promoter's words above a "
            "detractor's in {share} of pairs (95% interval {ends}, {n} people).",
            share=show(auc, "share"),
            ends=interval(low, high, "share"),
            n=show(n, "count"),
        ),
        about="method",
    )


def people(praised: pd.DataFrame) -> Finding | None:
    """Whom customers praised by name; only names that a person has cleared."""
    if praised.empty:
        return None
    parts = [f"{row.person} ({show(row.people, 'count')})" for row in praised.itertuples()]
    return Finding(
        key="people_praised",
        sentence=tr("Praised by name, by how many people: {people}.", people=listed(parts)),
        evidence="descriptive",
    )


def _moved(row: Any) -> str:
    """A topic with its shares and the interval of the change, where they may be told."""
    if pd.isna(row.estimate):
        return f"“{row.term}”"
    return tr(
        "“{topic}” ({after} after {before}, change {ends})",
        topic=row.term,
        after=show(row.share_after, "share"),
        before=show(row.share_before, "share"),
        ends=interval(row.ci_low, row.ci_high, "share"),
    )


def _size(value: float) -> str:
    """A number of points without a plus."""
    return f"{abs(value):.0f}" if value >= 0 else show(value, "points")


def _amount(value: float, kind: str) -> str:
    return show(value, "share" if kind == "share" else "score")
