"""Sentences on the change of the same people: who made it, who moved, and what is stable.

"Rose" and "fell" only where the interval says so; the unit of a score is points for the NPS, else
its own scale.
"""

import pandas as pd

from analysis.publish.numbers import interval, show, signed
from analysis.publish.results import Finding, Note
from analysis.publish.wording.change_tables import name_of, unit_of

WITHIN = "Same people"
MOST_NAMED = 4  # more scores than this are counted, not named, in one sentence


def bridge(frame: pd.DataFrame, minimum: int, value: str = "nps") -> Finding | None:
    """Of a change of the score, how much came from whom."""
    if frame.empty or (frame["n_least"] < minimum).any():
        return None
    unit, name = unit_of(value), name_of(value)
    before, within, came, left, after = (row for _, row in frame.iterrows())
    parts = [f"{_moved(within, unit)} from the {show(within['n'], 'count')} people who answered"]
    parts[0] += f" both times ({_ends(within, unit)})"
    parts += [
        f"{_moved(row, unit)} from {show(row['n'], 'count')} who {what} ({_ends(row, unit)})"
        for row, what in (
            (came, "had not answered before"),
            (left, "did not answer again"),
        )
    ]
    named = (
        (within, "the same people"),
        (came, "those who are new"),
        (left, "those who did not answer again"),
    )
    sure = [who for row, who in named if row["clear"]]
    verdict = "No part is clear of chance."
    if sure:
        verdict = f"Clear of chance: the part of {_joined(sure)}."
    old, new = show(before["estimate"], unit), show(after["estimate"], unit)
    return Finding(
        key=f"change_bridge_{value}_words",
        sentence=(
            f"The {_inside(name)} went from {old} ({before['term']}) to {new} ({after['term']}): "
            f"{parts[0]}, {parts[1]} and {parts[2]}. {verdict}"
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
    people = f"{show(known['n'].min(), 'count')} people or more"
    if known["n"].nunique() == 1:
        people = f"{show(known['n'].iloc[0], 'count')} people"
    if up.empty and down.empty:
        names = _listed(known["label"], len(known))
        sentence = f"Among those who answered both times, no clear change in {names} ({people})."
        return Finding(key="change_scores_words", sentence=sentence, evidence="undecided")
    said = [
        f"{_listed(rows['label'], len(known))} {verb} (most: {_most(rows)})"
        for rows, verb in ((up, "rose"), (down, "fell"))
        if len(rows)
    ]
    still = known.drop(index=[*up.index, *down.index])["label"]
    tail = f"; no clear change in {_listed(still, len(known))}" if len(still) else ""
    sentence = f"Among those who answered both times, {'; '.join(said)}{tail} ({people})."
    return Finding(key="change_scores_words", sentence=sentence, evidence="clear")


def trajectories(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """How many people improved and how many got worse, over the longest view there is."""
    if frame.empty or frame.iloc[-1]["n"] < minimum:
        return None
    last = frame.iloc[-3:].set_index("term")
    up, same, down = (last.loc[name] for name in ("Improved", "The same", "Worse"))
    whole = up["span"] == "whole"
    who = "answered in two waves or more" if whole else "answered both times"
    when = f"between {up['before']} and {up['after']}"
    when += ", from their first to their last answer" if whole else ""
    clear = bool(up["clear"])
    tail = " Neither is clearly the more common."
    if clear:
        more = (
            ("improved", "got worse") if up["count"] > down["count"] else ("got worse", "improved")
        )
        tail = f" More {more[0]} than {more[1]}, beyond what chance explains."
    sentence = (
        f"Of {show(up['n'], 'count')} people who {who} {when}: {show(up['count'], 'count')} "
        f"improved ({_share(up)}), {show(same['count'], 'count')} stayed the same and "
        f"{show(down['count'], 'count')} got worse ({_share(down)}).{tail}"
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
    sentence = (
        f"Of {show(n, 'count')} people followed, {show(stayed, 'count')} "
        f"({show(stayed / n, 'share')}) are in the same group as in the wave before ({kinds})"
    )
    if test is None:
        sentence += "; whether the mix moved cannot be tested over their accounts."
        return Finding(key=key, sentence=sentence, evidence="undecided")
    p = show(test["p"], "p")
    odds = f"p {p}" if p.startswith("<") else f"p = {p}"
    accounts = (
        "" if pd.isna(test["n_accounts"]) else f", {show(test['n_accounts'], 'count')} accounts"
    )
    if not test["clear"]:
        sentence += f"; the mix among them has not clearly moved ({odds}{accounts})."
        return Finding(key=key, sentence=sentence, evidence="undecided")
    sentence += f"; the mix among them has moved, more than chance explains ({odds}{accounts})"
    sure = mix[mix["clear"].astype(bool)]
    said = [
        f"{row['term']}s from {show(row['share_before'], 'share')} to "
        f"{show(row['share_after'], 'share')} (change {signed(row['estimate'], 'share')}, 95% "
        f"interval {interval(100 * row['ci_low'], 100 * row['ci_high'], 'count')})"
        for row in sure.to_dict("records")
    ]
    tail = f": {', '.join(said)}." if said else ", though no single kind stands out."
    return Finding(key=key, sentence=sentence + tail, evidence="clear")


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
    base = (
        f"{show(ratio['n'], 'count')} people over {show(ratio['waves'], 'count')} waves; the "
        f"correlation from wave to wave is {retest[0]} for {_inside(stable)} and {retest[1]} for "
        f"{_inside(volatile)}{_apart(rows)}"
    )
    times = f"{show(ratio['estimate'], 'weight')} times as much as {_inside(stable)}"
    ends = f"95% interval {_range(ratio)}"
    same_way = corrected is not None and (ratio["estimate"] > 1) == (corrected["estimate"] > 1)
    if corrected is not None and same_way and ratio["clear"] and corrected["clear"]:
        what = "more volatile" if ratio["estimate"] > 1 else "the steadier of the two"
        sentence = (
            f"{volatile} is {what}: within the same people it varies {times} ({ends}; "
            f"{show(corrected['estimate'], 'weight')} times without measurement error, "
            f"{_range(corrected)}; {base})."
        )
        return Finding(key="change_stability_words", sentence=sentence, evidence="clear")
    why = "cannot be told from chance"
    if ratio["clear"]:
        why = "may be no more than measurement error of the questions"
    sentence = (
        f"Whether {_inside(stable)} is steadier than {_inside(volatile)} is undecided here: within "
        f"the same people {_inside(volatile)} varies {times} ({ends}), which {why} ({base})."
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
        verdict = "no clear change"
        if row["clear"]:
            verdict = (
                "it goes with it more than it did" if row["estimate"] > 0 else "it has lost pull"
            )
        numbers = (
            f"{was} to {now}, change {signed(row['estimate'], 'weight')}, 95% interval "
            f"{_range(row)}; "
            f"{show(waves.iloc[0]['n'], 'count')} and {show(waves.iloc[-1]['n'], 'count')} answers"
        )
        said.append(f"{_inside(row['label'])}, {verdict} ({numbers})")
    return Finding(
        key="change_pull_words",
        sentence=f"How far each score goes with the recommendation: {'; '.join(said)}.",
        evidence="clear" if changes["clear"].any() else "undecided",
    )


def alike(frame: pd.DataFrame) -> Note | None:
    """What a stable score does and does not mean."""
    if frame.empty:
        return None
    sentence = (
        "A score can be stable while its pull on the recommendation is not, and the other way "
        "round; both are measured, and neither is taken for the other."
    )
    return Note(key="change_stability_note", sentence=sentence, about="method")


def _joined(words: list[str]) -> str:
    """Words with commas, the last one with "and"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _apart(rows: pd.DataFrame) -> str:
    """How far the two correlations lie apart, where that is known."""
    if ("retest_difference", "") not in rows.index:
        return ""
    row = rows.loc[("retest_difference", "")]
    return f", difference {signed(row['estimate'], 'r')}, 95% interval {_range(row)}"


def _moved(row: pd.Series, unit: str) -> str:
    return signed(row["estimate"], unit)


def _ends(row: pd.Series, unit: str) -> str:
    return f"95% interval {interval(row['ci_low'], row['ci_high'], unit)}"


def _share(row: pd.Series) -> str:
    ends = interval(row["ci_low"], row["ci_high"], "share")
    return f"{show(row['estimate'], 'share')}, 95% interval {ends}"


def _range(row: pd.Series) -> str:
    """An interval of plain numbers; one without an upper end says so."""
    if row["ci_high"] == float("inf"):
        return f"{show(row['ci_low'], 'weight')} and up"
    return interval(row["ci_low"], row["ci_high"], "weight")


def _inside(name: str) -> str:
    """A name inside a sentence: all but abbreviations in lower case."""
    return name if name.isupper() else name.lower()


def _listed(labels: pd.Series, of: int) -> str:
    """Names of scores, or how many where there are many."""
    if len(labels) > MOST_NAMED:
        return f"{len(labels)} of {of} scores"
    return ", ".join(_inside(label) for label in labels)


def _most(rows: pd.DataFrame) -> str:
    row = rows.loc[rows["estimate"].abs().idxmax()]
    return f"{_inside(row['label'])} {signed(row['estimate'], 'weight')}, {_ends(row, 'weight')}"
