"""Sentences of chapter 5 on what topics mean: the score, change, one account or all, words.

Functions take tidy frames and give `results` blocks, or None where there is nothing to say.
"""

from typing import Any

import pandas as pd

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
        sentence=(
            f"“{row['term']}” weighs most on the score: the NPS of the "
            f"{show(row['n_with'], 'count')} people who raise it is "
            f"{show(row['nps_with'], 'points')}, of all others "
            f"{show(row['nps_without'], 'points')}. Without them the NPS of all would be "
            f"{_points(-row['removed'])} higher (95% interval {_points(-row['removed_high'], '')} "
            f"to {_points(-row['removed_low'])}). That they go together does not make one the "
            "cause."
        ),
        evidence="clear",
    )


def changes(moved: pd.DataFrame, since: str) -> list[Finding]:
    """What is raised more and less than in the wave before; one sentence where nothing changed."""
    if moved.empty:
        return []
    told = []
    for status, words in (
        ("new", "New since"),
        ("more", "Raised more than in"),
        ("less", "Raised less than in"),
        ("gone", "Hardly raised any more since"),
    ):
        own = moved[(moved["status"] == status) & moved["clear"].astype(bool)].head(MOST)
        if own.empty:
            continue
        parts = [_moved(row) for row in own.itertuples()]
        told.append(
            Finding(
                key=f"topics_{status}",
                sentence=f"{words} {since}: {_and(parts)}.",
                evidence="clear",
            )
        )
    if told:
        return told
    row = moved.iloc[0]
    return [
        Finding(
            key="topics_same",
            sentence=(
                f"No topic is clearly raised more or less than in {since} "
                f"({show(row['n'], 'count')} people now, {show(row['n_before'], 'count')} then)."
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
            sentence=(
                f"“{row.term}” has been a problem for {show(row.running, 'count')} waves running, "
                f"since {labels[row.since]}: the NPS of those who raise it is now "
                f"{_points(-row.estimate)} below everybody's (95% interval "
                f"{_points(-row.ci_high, '')} to {_points(-row.ci_low)}, "
                f"{show(row.n, 'count')} people)."
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
    for verdict, words in (
        ("account-specific", "belongs to some accounts more than to others: take it up with them"),
        ("company-wide", "comes from everywhere alike: it is the whole company's"),
    ):
        own = split[split["verdict"] == verdict].sort_values(
            ["share", "topic"], ascending=[False, True]
        )
        if len(own):
            names = _and([f"“{term}”" for term in own["term"].head(MOST)])
            parts.append(f"{names} {_plural(words, len(own.head(MOST)))}")
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
            sentence=f"Accounts that raise “{term}” and are content all the same: {reason}",
            about="absent",
        )
    clear = found[found["clear"] == "yes"].head(MOST)
    n, other = int(found["n"].max()), int(found["n_other"].max())
    base = f"{n} content accounts, {other} others"
    if clear.empty:
        return Finding(
            key="bright_lead",
            sentence=(
                f"Some accounts raise “{term}” and are content all the same; nothing clearly tells "
                f"them from the others that raise it ({base})."
            ),
            evidence="undecided",
        )
    parts = [
        f"{row.term} ({_amount(row.bright, row.kind)} against {_amount(row.other, row.kind)})"
        for row in clear.itertuples()
    ]
    return Finding(
        key="bright_lead",
        sentence=(
            f"Content in spite of “{term}”: what goes with it is {_and(parts)} ({base}); learn "
            "there what could work elsewhere."
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
        way = "lower" if row.estimate < 0 else "higher"
        told.append(
            Finding(
                key=f"lag_{row.topic}",
                sentence=(
                    f"Accounts that raise “{row.term}” score {way} at the next wave than others "
                    f"with the same score now: {show(abs(row.estimate), 'weight')} points of ten "
                    f"(95% interval {interval(row.ci_low, row.ci_high, 'weight')}, "
                    f"{show(row.n_accounts, 'count')} accounts)."
                ),
                evidence="clear",
            )
        )
    if not told:
        told.append(
            Finding(
                key="lag_none",
                sentence=(
                    "No topic goes clearly ahead of the score of the next wave "
                    f"({show(found['n_accounts'].max(), 'count')} accounts)."
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
        sentence=(
            "Tone from words: a model that never saw the account puts a promoter's words above a "
            f"detractor's in {show(auc, 'share')} of pairs (95% interval "
            f"{interval(low, high, 'share')}, {show(n, 'count')} people)."
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
        sentence=f"Praised by name, by how many people: {_and(parts)}.",
        evidence="descriptive",
    )


def _moved(row: Any) -> str:
    """A topic with its shares and the interval of the change, where they may be told."""
    if pd.isna(row.estimate):
        return f"“{row.term}”"
    return (
        f"“{row.term}” ({show(row.share_after, 'share')} after {show(row.share_before, 'share')}, "
        f"change {interval(row.ci_low, row.ci_high, 'share')})"
    )


def _points(value: float, unit: str = " points") -> str:
    """A number of points without a sign."""
    return f"{abs(value):.0f}{unit}" if value >= 0 else f"{show(value, 'points')}{unit}"


def _amount(value: float, kind: str) -> str:
    return show(value, "share" if kind == "share" else "score")


def _plural(words: str, n: int) -> str:
    """The same of several topics."""
    if n > 1:
        for one, more in (
            ("belongs", "belong"),
            ("comes", "come"),
            ("take it", "take them"),
            ("it is", "they are"),
        ):
            words = words.replace(one, more)
    return words


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
