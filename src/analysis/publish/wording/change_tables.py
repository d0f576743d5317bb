"""Tables on the change of the same people and accounts: frames in, blocks with a chart out."""

import pandas as pd

from analysis.language import tr
from analysis.publish import disclosure, results
from analysis.publish.results import Chart, Note, Table, Unit

Columns = dict[str, tuple[str, Unit]]

BRIDGE_METHOD = (
    "The score before, plus what people who answered both times add by changing their minds, plus "
    "what newcomers and leavers add by differing from them, is the score now. Who cannot be "
    "followed (no id, or an anonymous answer) counts as a newcomer or leaver. Intervals allow for "
    "shared accounts."
)
SCORES_METHOD = (
    "Mean change of those who answered both times, and the effect of who answered; the two add up "
    "to the change of the score. Intervals allow for shared accounts; a change is called clear "
    "when it stays so after Benjamini and Hochberg's correction over all scores."
)
TRAJECTORY_METHOD = (
    "Each person's own answer is compared with that person's earlier one. Wilson's intervals, "
    "widened where answers share an account. Waves of different methods are not joined."
)
TRANSITION_METHOD = (
    "Each row holds the people who were of that kind before, and says where they are now. "
    "Wilson's intervals, widened where answers share an account."
)
MARGIN_METHOD = (
    "Shares among the people who answered both times. The change is tested by kind, with accounts "
    "as clusters, after Benjamini and Hochberg's correction; all kinds together by "
    "Stuart-Maxwell's test with moves summed by account."
)
STABILITY_METHOD = (
    "Answers of people who answered in two waves or more. 'From one wave to the next': correlation "
    "of neighbouring answers. 'Moves within a person': variance of a person's answers over waves, "
    "after the change of everybody's mean is taken out; and the same less the part that the "
    "disagreement among the questions (alpha) puts down to measurement error. Intervals: 2.5th and "
    "97.5th percentile over resampled accounts."
)
PULL_METHOD = (
    "Correlation with the recommendation from 0 to 10 in each wave; intervals over resampled "
    "accounts."
)

DOTS = {"y": "estimate", "low": "ci_low", "high": "ci_high"}


def bridge(frame: pd.DataFrame, minimum: int, value: str = "nps") -> Table | Note:
    """How the score of one wave became that of the next: same people, newcomers, leavers."""
    unit, name = unit_of(value), name_of(value)
    return results.table(
        frame.assign(term=frame["term"].map(tr), group=frame["group"].map(tr)),
        key=f"change_bridge_{value}",
        title=tr("{name}: who made the change", name=name),
        columns={
            "term": ("What changed", "text"),
            "group": ("Level or change", "text"),
            "estimate": (name, unit),
            **interval_of(unit),
            "n": ("Answers", "count"),
            "n_accounts": ("Accounts", "count"),
        },
        names=("term", "group"),
        base="n_least",
        otherwise=(
            "The change cannot be split by who answered: there is no earlier wave of the same "
            "method, or nobody known by an id answered both times."
        ),
        minimum=minimum,
        method=BRIDGE_METHOD,
        chart=Chart(
            kind="bridge",
            columns={"label": "term", **DOTS, "group": "group"},
            alt=tr(
                "{name} before, the part of each group in its change, and {name} now.", name=name
            ),
            axis=name,
        ),
    )


def scores(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """The change of every score, split into same people and different people."""
    if frame.empty:
        return None
    parts = frame[frame["term"] != frame["term"].iloc[0]]  # the total is shown elsewhere
    least = parts.groupby("construct")["n_least"].transform("min")
    return results.table(
        parts.assign(n_least=least, term=parts["term"].map(tr), clear=yes(parts["clear"])),
        key="change_scores",
        title="All scores: same people, or different people?",
        columns={
            "label": ("Scale", "text"),
            "term": ("What changed", "text"),
            "estimate": ("Change", "weight"),
            **interval_of("weight"),
            "n_before": ("Answers before", "count"),
            "n": ("Answers after", "count"),
            "clear": ("Clear", "text"),
        },
        names=("label", "term"),
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=SCORES_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "label", **DOTS, "group": "term"},
            alt="Change of every score among the same people and through who answered.",
            reference=0.0,
            reference_label="no change",
        ),
        appendix=True,
    )


def trajectories(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """How many people improved, stayed and got worse, between waves and over all of them."""
    if frame.empty:
        return None
    wide = []
    for (_, before, after), rows in frame.groupby(["span", "before", "after"], sort=False):
        label = tr("{before} to {after}", before=before, after=after)
        if rows["span"].iloc[0] == "whole":
            label = tr("First to last answer, {before} to {after}", before=before, after=after)
        row = {"label": label, "n": rows["n"].iloc[0]}
        for one in rows.to_dict("records"):
            stem = {"Improved": "up", "The same": "same", "Worse": "down"}[one["term"]]
            row |= {stem: one["estimate"], f"{stem}_low": one["ci_low"]}
            row |= {f"{stem}_high": one["ci_high"], "n_accounts": one["n_accounts"]}
        wide.append(row)
    return results.table(
        pd.DataFrame(wide),
        key="change_trajectories",
        title="People who answered more than once",
        columns={
            "label": ("Between", "text"),
            "down": ("Worse", "share"),
            **interval_of("share", "down"),
            "same": ("The same", "share"),
            "up": ("Improved", "share"),
            **interval_of("share", "up"),
            "n": ("People", "count"),
            "n_accounts": ("Accounts", "count"),
        },
        base="n",
        otherwise="",
        minimum=minimum,
        method=TRAJECTORY_METHOD,
        chart=Chart(
            kind="stacked",
            columns={"label": "label", "parts": "down,same,up"},
            alt="Shares of people who gave a lower, the same and a higher answer than before.",
        ),
        appendix=True,
    )


def transitions(
    frame: pd.DataFrame, minimum: int, key: str, title: str, appendix: bool = False
) -> Table | Note | None:
    """Where the people of each kind are one wave on; None without anybody to follow."""
    if frame.empty:
        return None
    kept = _kept_back(frame, minimum)
    return results.table(
        kept.assign(**{side: kept[side].map(tr) for side in ("from", "to")}),
        key=key,
        title=title,
        columns={
            "from": ("Before", "text"),
            "to": ("Now", "text"),
            "estimate": ("Share", "share"),
            **interval_of("share"),
            "n": ("People of this kind before", "count"),
        },
        names=("from", "to"),
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=TRANSITION_METHOD,
        chart=Chart(
            kind="matrix",
            columns={"label": "from", "x": "to", "y": "estimate"},
            alt=tr(
                "{title}: of the people in each row, the share now found in each column.",
                title=tr(title),
            ),
        ),
        appendix=appendix,
    )


def margins(frame: pd.DataFrame, minimum: int, key: str, title: str) -> Table | Note | None:
    """The mix of kinds among the same people before and now."""
    if frame.empty:
        return None
    return results.table(
        frame.assign(term=frame["term"].map(tr), clear=yes(frame["clear"])),
        key=key,
        title=title,
        columns={
            "term": ("Kind", "text"),
            "share_before": ("Before", "share"),
            "share_after": ("Now", "share"),
            "estimate": ("Change", "share"),
            **interval_of("share"),
            "p_adjusted": ("p, corrected", "p"),
            "n": ("People", "count"),
            "clear": ("Clear", "text"),
        },
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=MARGIN_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "term", **DOTS, "highlight": "clear"},
            alt="Change in the share of each kind among the same people.",
            reference=0.0,
            reference_label="no change",
        ),
        appendix=True,
    )


def stability(frame: pd.DataFrame, minimum: int, otherwise: str) -> Table | Note:
    """How stable each score is within the same people; `otherwise` says why it is not known."""
    said = {
        "retest": tr("From one wave to the next"),
        "within": tr("Moves within a person"),
        "corrected": tr("Moves, without measurement error"),
        "retest_difference": tr("Difference of the correlations"),
        "ratio": tr("Moves as much, times"),
        "corrected_ratio": tr("The same, without measurement error"),
    }
    return results.table(
        frame.assign(said=frame["measure"].map(said)),
        key="change_stability",
        title="Which score is stable, and which is not?",
        columns={
            "said": ("Measure", "text"),
            "term": ("Scale", "text"),
            "estimate": ("Value", "weight"),
            **interval_of("weight"),
            "n": ("People", "count"),
            "n_answers": ("Answers", "count"),
            "n_accounts": ("Accounts", "count"),
        },
        names=("said", "term"),
        base="n_least",
        otherwise=otherwise,
        minimum=minimum,
        method=STABILITY_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "term", **DOTS, "group": "said"},
            alt="Stability of each score from wave to wave, with 95% intervals.",
        ),
        appendix=True,
    )


def pull(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """How much each score goes with the recommendation, wave by wave."""
    if frame.empty:
        return None
    return results.table(
        frame[frame["term"] != "change"],
        key="change_pull",
        title="Does it still go with the recommendation?",
        columns={
            "label": ("Scale", "text"),
            "term": ("Wave", "text"),
            "estimate": ("Correlation", "r"),
            **interval_of("r"),
            "n": ("Answers", "count"),
            "n_accounts": ("Accounts", "count"),
        },
        names=("label", "term"),
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=PULL_METHOD,
        chart=Chart(
            kind="trend",
            columns={"x": "term", **DOTS, "group": "label"},
            alt="Correlation of each score with the recommendation in every wave.",
        ),
        appendix=True,
    )


def _kept_back(frame: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Small kinds hidden, and a second where one alone would come back from the whole mix."""
    if frame.empty:
        return frame
    sizes = frame.groupby("from", sort=False)["n"].first()
    hidden = disclosure.hidden_rows(sizes, minimum=minimum, whole=True)
    kept = frame["n_least"].mask(frame["from"].map(hidden).astype(bool), 0)
    return frame.assign(n_least=kept)


def unit_of(value: str) -> Unit:
    """Unit of a followed score: points for the NPS, else two decimals."""
    return "points" if value == "nps" else "weight"


def name_of(value: str) -> str:
    """A followed score as it is printed."""
    return "NPS" if value == "nps" else tr(value.replace("_", " ").capitalize())


def yes(flags: pd.Series) -> pd.Series:
    """Flags as a table shows them: yes, or nothing."""
    return flags.map({True: tr("yes"), False: ""})


def interval_of(unit: Unit, stem: str = "ci") -> Columns:
    """The two columns of an interval."""
    return {f"{stem}_low": ("95% from", unit), f"{stem}_high": ("95% to", unit)}
