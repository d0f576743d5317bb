"""Sentences on the change of the same people: who made it, who moved, and what is stable.

"Rose" and "fell" only where the interval says so; the unit of a score is points for the NPS, else
its own scale.
"""

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish.numbers import interval, show, signed
from analysis.publish.results import Finding, Note
from analysis.publish.wording.change_tables import name_of, unit_of

WITHIN = "Same people"
MOST_NAMED = 4  # more scores than this are counted, not named, in one sentence
PLURALS = {
    "Promoter": later("Promoters"),
    "Passive": later("Passives"),
    "Detractor": later("Detractors"),
    "Ambassador": later("Ambassadors"),
    "Rational": later("Rationals"),
    "Ambivalent": later("Ambivalents"),
    "Stalker": later("Stalkers"),
    "Opponent": later("Opponents"),
}


def bridge(frame: pd.DataFrame, minimum: int, value: str = "nps") -> Finding | None:
    """Of a change of the score, how much came from whom."""
    if frame.empty or (frame["n_least"] < minimum).any():
        return None
    unit, name = unit_of(value), name_of(value)
    before, within, came, left, after = (row for _, row in frame.iterrows())
    named = (
        (within, tr("the same people")),
        (came, tr("those who are new")),
        (left, tr("those who did not answer again")),
    )
    sure = [who for row, who in named if row["clear"]]
    verdict = tr("No part is clear of chance.")
    if sure:
        verdict = tr("Clear of chance: the part of {who}.", who=listed(sure))
    return Finding(
        key=f"change_bridge_{value}_words",
        sentence=tr(
            "{score} went from {old} ({before}) to {new} ({after}): {within} from the {n} people "
            "who answered both times ({ends}), {came} from {n_came} who had not answered before "
            "({ends_came}) and {left} from {n_left} who did not answer again ({ends_left}). "
            "{verdict}",
            score=tr("The NPS") if value == "nps" else tr("The {name}", name=_inside(name)),
            old=show(before["estimate"], unit),
            before=before["term"],
            new=show(after["estimate"], unit),
            after=after["term"],
            within=signed(within["estimate"], unit),
            n=show(within["n"], "count"),
            ends=_ends(within, unit),
            came=signed(came["estimate"], unit),
            n_came=show(came["n"], "count"),
            ends_came=_ends(came, unit),
            left=signed(left["estimate"], unit),
            n_left=show(left["n"], "count"),
            ends_left=_ends(left, unit),
            verdict=verdict,
        ),
        evidence="clear" if sure else "undecided",
    )


def scores(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Which scores rose or fell among the same people."""
    known = (
        frame[(frame["term"] == WITHIN) & (frame["n_least"] >= minimum)] if len(frame) else frame
    )
    if known.empty:
        return None
    up, down = (
        known[known["clear"].astype(bool) & (way * known["estimate"] > 0)] for way in (1, -1)
    )
    said = [
        tr(text, names=_listed(rows["label"], len(known)), most=_most(rows))
        for rows, text in (
            (up, later("{names} rose (most: {most})")),
            (down, later("{names} fell (most: {most})")),
        )
        if len(rows)
    ]
    still = known.drop(index=[*up.index, *down.index])["label"]
    if len(still):
        said.append(tr("no clear change in {names}", names=_listed(still, len(known))))
    people = tr("{n} people or more", n=show(known["n"].min(), "count"))
    if known["n"].nunique() == 1:
        people = tr("{n} people", n=show(known["n"].iloc[0], "count"))
    return Finding(
        key="change_scores_words",
        sentence=tr(
            "Among those who answered both times, {said} ({people}).",
            said="; ".join(said),
            people=people,
        ),
        evidence="undecided" if up.empty and down.empty else "clear",
    )


def trajectories(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """How many people improved and how many got worse, over the longest view there is."""
    if frame.empty or frame.iloc[-1]["n"] < minimum:
        return None
    last = frame.iloc[-3:].set_index("term")
    up, same, down = (last.loc[name] for name in ("Improved", "The same", "Worse"))
    opening = tr(
        "Of {n} people who answered in two waves or more between {before} and {after}, from their "
        "first to their last answer"
        if up["span"] == "whole"
        else "Of {n} people who answered both times between {before} and {after}",
        n=show(up["n"], "count"),
        before=up["before"],
        after=up["after"],
    )
    clear = bool(up["clear"])
    tail = tr("Neither is clearly the more common.")
    if clear:
        tail = (
            tr("More improved than got worse, beyond what chance explains.")
            if up["count"] > down["count"]
            else tr("More got worse than improved, beyond what chance explains.")
        )
    sentence = tr(
        "{opening}: {up} improved ({share_up}), {same} stayed the same and {down} got worse "
        "({share_down}). {tail}",
        opening=opening,
        up=show(up["count"], "count"),
        share_up=_share(up),
        same=show(same["count"], "count"),
        down=show(down["count"], "count"),
        share_down=_share(down),
        tail=tail,
    )
    return Finding(
        key="change_trajectories_words",
        sentence=sentence,
        evidence="clear" if clear else "undecided",
    )


def transitions(
    matrix: pd.DataFrame,
    tested: pd.DataFrame,
    mix: pd.DataFrame,
    minimum: int,
    key: str,
    kinds: str,
) -> Finding | None:
    """How many stayed what they were, and whether the mix of kinds moved.

    `matrix`, `tested` and `mix` are those of `panel.transitions`, `homogeneity` and `margins`;
    `kinds` says what they are, as in "the five kinds of relationship".
    """
    if matrix.empty or mix.empty or mix["n_least"].min() < minimum:
        return None
    test, n = tested.iloc[-1], tested.iloc[-1]["n"]
    if pd.isna(test["p"]):
        test = None
    stayed = n - tested.iloc[-1]["n_moved"]
    followed = tr(
        "Of {n} people followed, {stayed} ({share}) are in the same group as in the wave before "
        "({kinds})",
        n=show(n, "count"),
        stayed=show(stayed, "count"),
        share=show(stayed / n, "share"),
        kinds=tr(kinds),
    )
    if test is None:
        sentence = tr(
            "{followed}; whether the mix moved cannot be tested over their accounts.",
            followed=followed,
        )
        return Finding(key=key, sentence=sentence, evidence="undecided")
    p = show(test["p"], "p")
    odds = f"p {p}" if p.startswith("<") else f"p = {p}"
    if not pd.isna(test["n_accounts"]):
        odds = tr("{p}, {n} accounts", p=odds, n=show(test["n_accounts"], "count"))
    if not test["clear"]:
        sentence = tr(
            "{followed}; the mix among them has not clearly moved ({odds}).",
            followed=followed,
            odds=odds,
        )
        return Finding(key=key, sentence=sentence, evidence="undecided")
    said = [
        tr(
            "{kinds} from {before} to {after} (change {change}, 95% interval {ends})",
            kinds=tr(PLURALS.get(row["term"], f"{row['term']}s")),
            before=show(row["share_before"], "share"),
            after=show(row["share_after"], "share"),
            change=signed(row["estimate"], "share"),
            ends=interval(100 * row["ci_low"], 100 * row["ci_high"], "count"),
        )
        for row in mix[mix["clear"].astype(bool)].to_dict("records")
    ]
    moved = tr(
        "{followed}; the mix among them has moved, more than chance explains ({odds})",
        followed=followed,
        odds=odds,
    )
    sentence = tr("{moved}, though no single kind stands out.", moved=moved)
    if said:
        sentence = f"{moved}: {', '.join(said)}."
    return Finding(key=key, sentence=sentence, evidence="clear")


def stability(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether the score said to be volatile moves more within people than the one said stable."""
    if frame.empty or frame.iloc[0]["n_least"] < minimum:
        return None
    rows = frame.set_index(["measure", "construct"])
    names = list(dict.fromkeys(frame.loc[frame["measure"] == "within", "construct"]))
    stable, volatile = (name_of(name) for name in names)
    ratio = rows.loc[("ratio", "")]
    corrected = rows.loc[("corrected_ratio", "")] if ("corrected_ratio", "") in rows.index else None
    retest = [show(rows.loc[("retest", name), "estimate"], "r") for name in names]
    told = {
        "times": show(ratio["estimate"], "weight"),
        "stable": _inside(stable),
        "ends": _range(ratio),
        "base": tr(
            "{n} people over {waves} waves; the correlation from wave to wave is {r_stable} for "
            "{stable} and {r_volatile} for {volatile}{apart}",
            n=show(ratio["n"], "count"),
            waves=show(ratio["waves"], "count"),
            r_stable=retest[0],
            stable=_inside(stable),
            r_volatile=retest[1],
            volatile=_inside(volatile),
            apart=_apart(rows),
        ),
    }
    same_way = corrected is not None and (ratio["estimate"] > 1) == (corrected["estimate"] > 1)
    if corrected is not None and same_way and ratio["clear"] and corrected["clear"]:
        sentence = tr(
            "{volatile} is more volatile: within the same people it varies {times} times as much "
            "as {stable} (95% interval {ends}; {corrected} times without measurement error, "
            "{ends_corrected}; {base})."
            if ratio["estimate"] > 1
            else "{volatile} is the steadier of the two: within the same people it varies {times} "
            "times as much as {stable} (95% interval {ends}; {corrected} times without "
            "measurement error, {ends_corrected}; {base}).",
            volatile=volatile,
            corrected=show(corrected["estimate"], "weight"),
            ends_corrected=_range(corrected),
            **told,
        )
        return Finding(key="change_stability_words", sentence=sentence, evidence="clear")
    why = tr("which cannot be told from chance")
    if ratio["clear"]:
        why = tr("which may be no more than measurement error of the questions")
    sentence = tr(
        "Whether {stable} is steadier than {volatile} is undecided here: within the same people "
        "{volatile} varies {times} times as much as {stable} (95% interval {ends}), {why} "
        "({base}).",
        volatile=_inside(volatile),
        why=why,
        **told,
    )
    return Finding(key="change_stability_words", sentence=sentence, evidence="undecided")


def pull(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether a score still goes with the recommendation as it did."""
    changes = (
        frame[(frame["term"] == "change") & (frame["n_least"] >= minimum)] if len(frame) else frame
    )
    if changes.empty:
        return None
    said = []
    for row in changes.to_dict("records"):
        waves = frame[(frame["construct"] == row["construct"]) & (frame["term"] != "change")]
        was, now = (show(waves.iloc[k]["estimate"], "r") for k in (0, -1))
        verdict = tr("no clear change")
        if row["clear"]:
            verdict = (
                tr("it goes with it more than it did")
                if row["estimate"] > 0
                else tr("it has lost pull")
            )
        said.append(
            tr(
                "{name}, {verdict} ({was} to {now}, change {change}, 95% interval {ends}; {n_was} "
                "and {n_now} answers)",
                name=_inside(row["label"]),
                verdict=verdict,
                was=was,
                now=now,
                change=signed(row["estimate"], "weight"),
                ends=_range(row),
                n_was=show(waves.iloc[0]["n"], "count"),
                n_now=show(waves.iloc[-1]["n"], "count"),
            )
        )
    return Finding(
        key="change_pull_words",
        sentence=tr(
            "How far each score goes with the recommendation: {said}.", said="; ".join(said)
        ),
        evidence="clear" if changes["clear"].any() else "undecided",
    )


def alike(frame: pd.DataFrame) -> Note | None:
    """What a stable score does and does not mean."""
    if frame.empty:
        return None
    return Note(
        key="change_stability_note",
        sentence="A score can be stable while its pull on the recommendation is not, and the other "
        "way round; both are measured, and neither is taken for the other.",
        about="method",
    )


def _apart(rows: pd.DataFrame) -> str:
    """How far the two correlations lie apart, where that is known."""
    if ("retest_difference", "") not in rows.index:
        return ""
    row = rows.loc[("retest_difference", "")]
    return tr(
        ", difference {difference}, 95% interval {ends}",
        difference=signed(row["estimate"], "r"),
        ends=_range(row),
    )


def _ends(row: pd.Series, unit: str) -> str:
    return tr("95% interval {ends}", ends=interval(row["ci_low"], row["ci_high"], unit))


def _share(row: pd.Series) -> str:
    return f"{show(row['estimate'], 'share')}, {_ends(row, 'share')}"


def _range(row: pd.Series) -> str:
    """An interval of plain numbers; one without an upper end says so."""
    if row["ci_high"] == float("inf"):
        return tr("{low} and up", low=show(row["ci_low"], "weight"))
    return interval(row["ci_low"], row["ci_high"], "weight")


def _inside(name: str) -> str:
    """A name inside a sentence: all but abbreviations in lower case."""
    return name if name.isupper() else name.lower()


def _listed(labels: pd.Series, of: int) -> str:
    """Names of scores, or how many where there are many."""
    if len(labels) > MOST_NAMED:
        return tr("{n} of {all} scores", n=len(labels), all=of)
    return ", ".join(_inside(label) for label in labels)


def _most(rows: pd.DataFrame) -> str:
    row = rows.loc[rows["estimate"].abs().idxmax()]
    return f"{_inside(row['label'])} {signed(row['estimate'], 'weight')}, {_ends(row, 'weight')}"
