"""The score counted otherwise, and what the silent could do to it: sentences and tables."""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import interval, show
from analysis.publish.results import Chart, Finding, Note, Table

ROLLUP_METHOD = (
    "Every answer: each counts once. Mean of the accounts: each account counts once. Decision "
    "maker first: the answers of the most senior role that was heard stand for the account, "
    "decision makers before influencers before users. By revenue: accounts count by what they "
    "spend a year. One interval for all: adjusted Wald with the effective number of answers (Kish "
    "for weights, CR2 for answers that share an account); 'apart from every answer' is worked out "
    "on the same answers."
)
SILENCE_METHOD = (
    "What the score of everybody asked would be. Passives and detractors: two assumptions, not "
    "estimates; the truth lies between detractors and promoters. 'Like them': corrected for the "
    "known list (finite population), which speaks of these people only and of no other customer."
)

_ENDS = {"ci_low": ("95% from", "points"), "ci_high": ("95% to", "points")}


def rollups(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The score under every way of counting; None where there is a single one.

    `frame` has term, estimate, ci_low, ci_high, apart, apart_low, apart_high, apart_clear, n,
    n_accounts, n_effective, n_least and note.
    """
    if len(frame) < 2:
        return None
    lost = frame[frame["estimate"].isna()]
    return results.table(
        frame.assign(term=frame["term"].map(tr)),
        key="nps_rollups",
        title="The same answers, counted otherwise",
        columns={
            "term": ("Way of counting", "text"),
            "estimate": ("NPS", "points"),
            **_ENDS,
            "apart": ("Apart from every answer", "points"),
            "apart_low": ("95% from", "points"),
            "apart_high": ("95% to", "points"),
            "n": ("Answers", "count"),
            "n_accounts": ("Accounts", "count"),
            "n_effective": ("Worth so many independent answers", "count"),
        },
        base="n_least",
        otherwise="",
        minimum=minimum,
        n=int(frame["n"].iloc[0]),
        method=ROLLUP_METHOD,
        caveats=[f"{tr(row.term)}: {tr(row.note)}." for row in lost.itertuples()],
        chart=Chart(
            kind="intervals",
            columns={"label": "term", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="The NPS under each way of counting, with 95% intervals.",
            axis="NPS",
        ),
        appendix=True,
    )


def same_either_way(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether the way of counting matters."""
    known = frame[(frame["n_least"] >= minimum) & frame["apart"].notna()] if len(frame) else frame
    if known.empty:
        return None
    sure = known[known["apart_clear"].astype(bool)]
    if sure.empty:
        low, high = known["estimate"].min(), known["estimate"].max()
        sentence = tr(
            "Counted one other way, the NPS is {scores}; none differs clearly from counting every "
            "answer ({n} answers)."
            if len(known) == 1
            else "Counted {count} other ways, the NPS is {scores}; none differs clearly from "
            "counting every answer ({n} answers).",
            count=len(known),
            scores=show(low, "points") if low == high else interval(low, high, "points"),
            n=show(frame["n"].iloc[0], "count"),
        )
        return Finding(key="nps_rollups_words", sentence=sentence, evidence="undecided")
    said = [
        tr(
            "“{way}” gives {score} ({points} points more than every answer, 95% interval {ends}; "
            "{n} answers)"
            if row["apart"] > 0
            else "“{way}” gives {score} ({points} points less than every answer, 95% interval "
            "{ends}; {n} answers)",
            way=tr(row["term"]).lower(),
            score=show(row["estimate"], "points"),
            points=show(abs(row["apart"]), "count"),
            ends=interval(row["apart_low"], row["apart_high"], "points"),
            n=show(row["n"], "count"),
        )
        for row in sure.to_dict("records")
    ]
    sentence = tr("The way of counting matters: {ways}.", ways="; ".join(said))
    return Finding(key="nps_rollups_words", sentence=sentence, evidence="clear")


def silence(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The score of everybody asked, under three readings of the silent; None without a list.

    `frame` has term, estimate, ci_low, ci_high, n, silent, population and note.
    """
    if frame.empty or frame["silent"].iloc[0] < 1:
        return None
    return results.table(
        # What is certain once assumed has no interval.
        frame.assign(
            term=frame["term"].map(tr),
            note=frame["note"].map(tr),
            n_least=frame[["n", "silent"]].min(axis=1),
            ci_low=frame["ci_low"].mask(frame["ci_low"] == frame["ci_high"]),
            ci_high=frame["ci_high"].mask(frame["ci_low"] == frame["ci_high"]),
        ),
        key="nps_silence",
        title="If the silent had answered",
        columns={
            "term": ("Reading", "text"),
            "estimate": ("NPS", "points"),
            **_ENDS,
            "n": ("Answers", "count"),
            "silent": ("Silent", "count"),
            "note": ("What it speaks of", "text"),
        },
        base="n_least",
        otherwise="",
        minimum=minimum,
        n=int(frame["n"].iloc[0]),
        method=SILENCE_METHOD,
        appendix=True,
    )


def unheard(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """How far the silent could pull the score down."""
    if frame.empty or min(frame["n"].iloc[0], frame["silent"].iloc[0]) < minimum:
        return None
    heard, _, passive, worst = (row for _, row in frame.iterrows())
    sentence = tr(
        "{silent} of {asked} people asked gave no rating. Were they all passives, the NPS of "
        "everybody asked would be {passive}; were they all detractors, {worst} (those heard: "
        "{heard}, 95% interval {ends}; {n} answers).",
        silent=show(heard["silent"], "count"),
        asked=show(heard["population"], "count"),
        passive=show(passive["estimate"], "points"),
        worst=show(worst["estimate"], "points"),
        heard=show(heard["estimate"], "points"),
        ends=interval(heard["ci_low"], heard["ci_high"], "points"),
        n=show(heard["n"], "count"),
    )
    return Finding(key="nps_silence_words", sentence=sentence, evidence="descriptive")
