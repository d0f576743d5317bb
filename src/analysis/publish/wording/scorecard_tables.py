"""Tables of chapter 2: frames in, blocks with headings, method and chart out.

Where a frame is empty because the NPS or the CRQ itself is absent, the note that stands for it
has said why; its tables are then left out (None) rather than repeat it.
"""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import interval, plain
from analysis.publish.results import Chart, Note, Table, Unit

Columns = dict[str, tuple[str, Unit]]

_BASE: Columns = {"n": ("Answers", "count"), "n_accounts": ("Accounts", "count")}


def _interval(unit: Unit, stem: str = "ci") -> Columns:
    return {f"{stem}_low": ("95% from", unit), f"{stem}_high": ("95% to", unit)}


TREND: Columns = {
    "term": ("Wave", "text"),
    "estimate": ("NPS", "points"),
    **_interval("points"),
    **_BASE,
    "series": ("Series", "text"),
}
MIX: Columns = {
    "term": ("Wave", "text"),
    "share_detractors": ("Detractors", "share"),
    "share_passives": ("Passives", "share"),
    "share_promoters": ("Promoters", "share"),
    "n": ("Answers", "count"),
}
TESTS: Columns = {
    "before": ("From", "text"),
    "after": ("To", "text"),
    "term": ("Who is compared", "text"),
    "estimate": ("Change", "points"),
    **_interval("points"),
    "p": ("p", "p"),
    "n_before": ("Answers before", "count"),
    "n": ("Answers after", "count"),
    "matched": ("Answered both times", "count"),
    "note": ("Test", "text"),
}
LEVELS: Columns = {
    "term": ("Level", "text"),
    "estimate": ("Score", "score"),
    **_interval("score"),
    "change": ("Change", "weight"),
    **_interval("weight", "change"),
    "change_since": ("Since", "text"),
    **_BASE,
}
PARTS: Columns = {
    "term": ("Dimension", "text"),
    "estimate": ("Score", "score"),
    **_interval("score"),
    **_BASE,
}
CONSTRUCTS: Columns = {
    "label": ("Scale", "text"),
    **{k: v for k, v in LEVELS.items() if k != "term"},
    "sure": ("Clear change", "text"),
}
RELIABILITY: Columns = {
    "label": ("Scale", "text"),
    "items": ("Questions", "count"),
    "alpha": ("Alpha", "weight"),
    **_interval("weight", "alpha"),
    "n_alpha": ("Complete answers", "count"),
    "ceiling": ("At the top", "share"),
    "floor": ("At the bottom", "share"),
}
SEGMENTS: Columns = {
    "term": ("Kind", "text"),
    "estimate": ("Share", "share"),
    **_interval("share"),
    "n": ("Answers", "count"),
    "n_accounts": ("Accounts", "count"),
}

NPS_METHOD = (
    "Share of answers 9 and 10 less share of 0 to 6, in points; every answer counts once. The "
    "interval is the adjusted Wald one, widened where answers share an account."
)
CHANGE_METHOD = (
    "All answers: adjusted Wald on both waves. Same contacts: paired difference. Below 30 answers "
    "in a wave, an exact permutation test must agree. Waves of different methods are not compared."
)
CRQ_METHOD = (
    "Unweighted mean of trust, commitment, satisfaction, experience, solution and service, on 1 "
    "to 7, for people who answered at least half the questions of each. The dimensions and levels "
    "are published; formula and cut-off are our default (5.7 was published as Unique, 5.4 as not)."
)
SEGMENT_METHOD = (
    "The names and the typical mix are published by Deep-Insight; the rules that assign a person "
    "are our default. Wilson intervals."
)
MEAN_METHOD = (
    "Mean over people who answered at least half of a scale's questions; high means more of it. "
    "t-interval with accounts as clusters where they are known (CR2 with Satterthwaite's degrees "
    "of freedom below 50 accounts). A change is called clear when it stays so after Benjamini and "
    "Hochberg's correction over all scales."
)
ALPHA_METHOD = (
    "Cronbach's alpha: 1 when all questions of a scale say the same, 0 when they have nothing in "
    "common. Feldt's interval, on complete answers."
)

_DOTS = {"y": "estimate", "low": "ci_low", "high": "ci_high"}


def nps_trend(waves: pd.DataFrame, minimum: int, target: float | None) -> Table | Note | None:
    """The NPS of every wave; no chart of a single wave, and no line across a change of method."""
    if waves.empty:
        return None
    chart = None
    if len(waves) > 1:
        broken = waves["series"].nunique() > 1
        chart = Chart(
            kind="trend",
            columns={"x": "term", **_DOTS} | ({"group": "series"} if broken else {}),
            alt="The NPS of each wave with its 95% interval; waves asked by different methods are "
            "not joined."
            if broken
            else "The NPS of each wave with its 95% interval.",
            reference=target,
            reference_label="" if target is None else "Target",
        )
    return results.table(
        waves.assign(series=waves["series"].map(_method)),
        key="nps_trend",
        title="Net Promoter Score by wave",
        columns=_known(waves, TREND),
        base="n",
        otherwise="",
        minimum=minimum,
        method=NPS_METHOD,
        chart=chart,
    )


def nps_mix(waves: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Shares of promoters, passives and detractors in every wave."""
    if waves.empty:
        return None
    return results.table(
        waves,
        key="nps_mix",
        title="Promoters, passives and detractors",
        columns=MIX,
        base="n",
        otherwise="",
        minimum=minimum,
        method="Promoters answer 9 or 10, passives 7 or 8, detractors 0 to 6.",
        chart=Chart(
            kind="stacked",
            columns={"label": "term", "parts": "share_detractors,share_passives,share_promoters"},
            alt="Shares of detractors, passives and promoters in each wave.",
        ),
    )


def nps_tests(changes: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Every comparison of two waves, with its test."""
    if changes.empty:
        return None
    return results.table(
        changes.assign(
            term=changes["term"].map(tr), note=changes["note"].map(noted, na_action="ignore")
        ),
        key="nps_tests",
        title="Changes of the NPS, tested",
        columns=TESTS,
        names=("before", "after", "term"),
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=CHANGE_METHOD,
        appendix=True,
    )


def crq_levels(levels: pd.DataFrame, minimum: int, zone: float) -> Table | Note | None:
    """The CRQ and its three levels against the line where the Unique zone begins."""
    if levels.empty:
        return None
    return results.table(
        levels.assign(term=levels["term"].map(tr)),
        key="crq_levels",
        title="The three levels of the relationship",
        columns=_known(levels, LEVELS),
        base="n",
        otherwise="",
        minimum=minimum,
        method=CRQ_METHOD,
        caveats=_notes(levels),
        chart=Chart(
            kind="intervals",
            columns={"label": "term", **_DOTS},
            alt=tr(
                "Scores of the levels with 95% intervals; the Unique zone begins at {cut}.",
                cut=plain(zone),
            ),
            reference=zone,
            reference_label="Unique zone",
            axis="Score, 1 to 7",
        ),
    )


def crq_dimensions(parts: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The dimensions of the CRQ one by one."""
    if parts.empty:
        return None
    return results.table(
        parts,
        key="crq_dimensions",
        title="The dimensions of the relationship",
        columns=_known(parts, PARTS),
        base="n",
        otherwise="",
        minimum=minimum,
        method=MEAN_METHOD,
        appendix=True,
    )


def segments(shares: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Share of each of the five segments."""
    if shares.empty:
        return None
    return results.table(
        shares.assign(term=shares["term"].map(tr)),
        key="segments",
        title="Five kinds of relationship",
        columns=_known(shares, SEGMENTS),
        base="n",
        otherwise="",
        minimum=minimum,
        method=SEGMENT_METHOD,
        chart=Chart(
            kind="bars",
            columns={"label": "term", **_DOTS},
            alt="Share of each of the five kinds of relationship with its 95% interval.",
        ),
    )


def constructs(scores: pd.DataFrame, minimum: int) -> Table | Note:
    """Mean of every scale; on one chart where they share a scale."""
    chart = None
    if scores[["scale_min", "scale_max"]].drop_duplicates().shape[0] == 1:
        ends = interval(scores.iloc[0]["scale_min"], scores.iloc[0]["scale_max"], "count")
        chart = Chart(
            kind="intervals",
            columns={"label": "label", **_DOTS},
            alt=tr("Mean of every scale, {ends}, with its 95% interval.", ends=ends),
            axis=tr("Mean score, {ends}", ends=ends),
        )
    sure = scores["change_clear"].map({True: tr("yes")}).fillna("")
    scores = scores.assign(sure=sure.where(scores["change_since"] != "", ""))
    return results.table(
        scores,
        key="constructs",
        title="All scores",
        columns=_known(scores, CONSTRUCTS),
        base="n",
        otherwise="No scales were asked.",
        minimum=minimum,
        method=MEAN_METHOD,
        caveats=_notes(scores),
        chart=chart,
    )


def reliability(scores: pd.DataFrame, minimum: int) -> Table | Note:
    """How well the questions of each scale agree, and how many scores lie at its ends."""
    return results.table(
        scores,
        key="reliability",
        title="Do the questions of a scale agree?",
        columns=_known(scores, RELIABILITY),
        base="n",
        otherwise="No scales were asked.",
        minimum=minimum,
        method=ALPHA_METHOD,
        appendix=True,
    )


def noted(note: str) -> str:
    """A note of several parts, each in the language in use."""
    return "; ".join(tr(part) for part in note.split("; "))


def _notes(frame: pd.DataFrame) -> list[str]:
    """How the intervals were made and what is wrong with them, each said once."""
    told = [noted(note) for note in dict.fromkeys(frame["note"]) if note]
    return [f"{note[:1].upper()}{note[1:]}." for note in told]


def _method(series: str) -> str:
    """The name of a series of waves that were asked in one way."""
    return tr("Method {number}", number=series.removeprefix("Method "))


def _known(frame: pd.DataFrame, columns: Columns) -> Columns:
    """The columns that hold anything: no change without a second wave, no accounts without any."""
    empty = {key for key in columns if not frame[key].replace("", None).notna().any()}
    # An interval is read with its estimate, so the three stay or go together.
    empty |= {f"{key}_{end}" for key in empty for end in ("low", "high")}
    if "series" in columns and frame["series"].nunique() < 2:
        empty.add("series")
    return {key: value for key, value in columns.items() if key not in empty}
