"""Sentences on actions, problems that persist, and what the levels of an account see.

An action's effect is called a difference, never a cause: accounts were not chosen at random.
"""

import pandas as pd

from analysis.language import later, tr
from analysis.publish.numbers import interval, show, signed
from analysis.publish.results import Finding, Note
from analysis.publish.wording.change_tables import name_of, unit_of

MOST_NAMED = 4  # more than this are counted, not named, in one sentence
AT_RANDOM = (
    "Accounts were not chosen at random for an action. Those with one may differ from the others "
    "in ways the survey does not see, and low scores tend to rise by themselves (regression to "
    "the mean); so this is a comparison, not proof that the actions worked."
)


def action_effect(
    frame: pd.DataFrame, minimum: int, value: str = "nps", theme: str = ""
) -> Finding | None:
    """Whether a score rose more where something was done."""
    if frame.empty or frame.iloc[0]["n_least"] < minimum:
        return None
    row, unit, name = frame.iloc[0], unit_of(value), name_of(value)
    told = {
        "before": row["before"],
        "after": row["after"],
        "score": (
            tr("the NPS") if value == "nps" else tr("the score for {name}", name=name.lower())
        ),
        "where": _where(theme),
        "numbers": tr(
            "{rise_with} against {rise_without}; {difference}; {n_with} and {n_without} accounts, "
            "{n} answers",
            rise_with=signed(row["rise_with"], unit),
            rise_without=signed(row["rise_without"], unit),
            difference=_difference(row, unit),
            n_with=show(row["with_action"], "count"),
            n_without=show(row["without"], "count"),
            n=show(row["n"], "count"),
        ),
    }
    if row["clear"]:
        said = [
            tr(
                "From {before} to {after} {score} rose more at accounts {where} than at the others "
                "({numbers})."
                if row["estimate"] > 0
                else "From {before} to {after} {score} rose less at accounts {where} than at the "
                "others ({numbers}).",
                **told,
            )
        ]
        checks = frame[frame["key"].isin(["answers", "people", "adjusted", "pooled"])]
        against = int((checks["estimate"] * row["estimate"] <= 0).sum())
        doubt = int((~checks["clear"].astype(bool)).sum()) - against
        said += _agreement(len(checks), against, doubt)
    else:
        said = [
            tr(
                "From {before} to {after} there is no clear difference in the change of {score} "
                "between accounts {where} and the others ({numbers}).",
                **told,
            )
        ]
        pooled = frame[(frame["key"] == "pooled") & frame["clear"].astype(bool)]
        said += [
            tr(
                "Over all waves since {before} together the difference is clear ({change}, 95% "
                "interval {ends}).",
                before=whole["before"],
                change=signed(whole["estimate"], unit),
                ends=interval(whole["ci_low"], whole["ci_high"], unit),
            )
            for whole in pooled.head(1).to_dict("records")
        ]
    return Finding(
        key=f"action_effect_{value}_words",
        sentence=" ".join(said),
        evidence="clear" if row["clear"] else "undecided",
    )


def action_effects(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Which scores rose more where something was done, of all that were asked.

    `frame` is that of `panel.action_effects`, which judges all scores together.
    """
    shown = frame[frame["n_least"] >= minimum] if len(frame) else frame
    if shown.empty:
        return None
    first = shown.iloc[0]
    sure = shown[shown["clear"].astype(bool)]
    if sure.empty:
        sentence = tr(
            "Nothing clearly rose more or less from {before} to {after} where something was done "
            "than elsewhere, in {n} comparisons of scores and themes of actions (up to {n_with} "
            "accounts with an action, {n_without} without).",
            before=first["before"],
            after=first["after"],
            n=len(shown),
            n_with=show(shown["with_action"].max(), "count"),
            n_without=show(shown["without"].max(), "count"),
        )
        return Finding(key="action_effects_words", sentence=sentence, evidence="undecided")
    sure = sure.sort_values("p_adjusted", kind="stable").drop_duplicates("value")
    sentence = tr(
        "From {before} to {after}, {said}. No other of {n} comparisons is clear. Accounts were not "
        "chosen at random, so this is no proof that it was the action.",
        before=first["before"],
        after=first["after"],
        said="; ".join(_rose(row) for row in sure.head(MOST_NAMED).to_dict("records")),
        n=len(shown),
    )
    return Finding(key="action_effects_words", sentence=sentence, evidence="clear")


def not_at_random(frame: pd.DataFrame, minimum: int, value: str = "nps") -> Note | None:
    """What an effect of actions can and cannot show, with the two checks on it."""
    if frame.empty or frame.iloc[0]["n_least"] < minimum:
        return None
    unit, rows = unit_of(value), frame.set_index("key")
    said = [tr(AT_RANDOM)]
    start = rows.loc["start"] if "start" in rows.index else None
    if start is not None and start["n_least"] >= minimum:
        text = later("The two groups began at no clearly different height ({numbers}).")
        if start["clear"]:
            text = (
                later("Accounts with an action began lower than the others ({numbers}): beware.")
                if start["estimate"] < 0
                else later(
                    "Accounts with an action began higher than the others ({numbers}): beware."
                )
            )
        said.append(tr(text, numbers=_difference(start, unit)))
    placebo = rows.loc["placebo"] if "placebo" in rows.index else None
    if placebo is None or placebo["n_least"] < minimum:
        said.append(
            tr("Without an earlier wave it cannot be seen whether they moved alike before.")
        )
    else:
        said.append(
            tr(
                "One wave earlier, before the actions, they already moved apart ({numbers}), which "
                "speaks against reading the difference as an effect."
                if placebo["clear"]
                else "One wave earlier, before the actions, they moved alike as far as can be told "
                "({numbers}).",
                numbers=_difference(placebo, unit),
            )
        )
    return Note(key=f"action_effect_{value}_note", sentence=" ".join(said), about="caveat")


def persistent(frame: pd.DataFrame, minimum: int, running: int, otherwise: str) -> Finding | Note:
    """What stays below the bar; `otherwise` says why nothing can be said, empty where it can."""
    key = "persistent_problems_words"
    if otherwise:
        return Note(key=key, sentence=otherwise, about="absent")
    shown = frame[frame["n_least"] >= minimum]
    if shown.empty:
        sentence = tr(
            "Nothing was below the bar in each of the last {running} waves.", running=running
        )
        return Finding(key=key, sentence=sentence, evidence="descriptive")
    # A scale stands for its questions; questions are counted where no scale of theirs is listed.
    scales = shown[shown["kind"] == "scale"]
    items = shown[(shown["kind"] == "item") & ~shown["construct"].isin(scales["construct"])]
    named = [_problem(row) for row in scales.to_dict("records")[:MOST_NAMED]]
    more = len(scales) - len(named)
    if more:
        named.append(tr("1 more scale") if more == 1 else tr("{n} more scales", n=more))
    room = max(MOST_NAMED - len(named), 0)
    named += [_problem(row) for row in items.to_dict("records")[:room]]
    if len(items) > room:
        left = len(items) - room
        named.append(tr("1 more question") if left == 1 else tr("{n} more questions", n=left))
    sure = int(shown["sure"].sum())
    return Finding(
        key=key,
        sentence=tr(
            "Below the bar in {running} waves running or more: {named}.",
            running=running,
            named="; ".join(named),
        ),
        evidence="clear" if sure else "undecided",
    )


def perception_gap(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Where senior people and users of one customer see different things."""
    shown = frame[frame["n_least"] >= minimum]
    if shown.empty:
        return None
    base = tr(
        "{n} accounts with answers of both levels", n=show(shown["n_accounts"].max(), "count")
    )
    sure = shown[shown["clear"].astype(bool)]
    if sure.empty:
        sentence = tr(
            "Senior people and users of the same customer do not clearly differ on any of {n} "
            "scores, allowing for so many comparisons ({base}).",
            n=len(shown),
            base=base,
        )
        return Finding(key="perception_gap_words", sentence=sentence, evidence="undecided")
    said = []
    for rows, text in (
        (sure[sure["estimate"] < 0], later("lower on {names}")),
        (sure[sure["estimate"] > 0], later("higher on {names}")),
    ):
        if len(rows):
            named = [_gap(row) for _, row in rows.iloc[:MOST_NAMED].iterrows()]
            rest = len(rows) - len(named)
            named += [tr("{n} more", n=rest)] if rest else []
            said.append(tr(text, names="; ".join(named)))
    return Finding(
        key="perception_gap_words",
        sentence=tr(
            "Senior people score {said} than users of the same customer do ({base}).",
            said=tr("{first} and {last}", first=said[0], last=said[1]) if said[1:] else said[0],
            base=base,
        ),
        evidence="clear",
    )


def misperceptions(frame: pd.DataFrame, compared: pd.DataFrame, minimum: int) -> Finding | Note:
    """What is poor to seniors and not to users; `compared` is everything that was looked at."""
    key = "misperceptions_words"
    if compared.empty:
        sentence = tr(
            "Views of senior people and users cannot be set side by side: no question has {n} "
            "answers of each.",
            n=minimum,
        )
        return Note(key=key, sentence=sentence, about="absent")
    shown = frame[frame["n_least"] >= minimum]
    # A scale stands for its questions.
    scales = shown.loc[shown["kind"] == "scale", "label"]
    shown = shown[(shown["kind"] == "scale") | ~shown["label"].isin(scales)]
    if shown.empty:
        sentence = tr(
            "There is no question that senior people clearly score poor and users do not ({n} "
            "questions and scales compared; up to {n_upper} senior people and {n_lower} users).",
            n=len(compared),
            n_upper=show(compared["n_upper"].max(), "count"),
            n_lower=show(compared["n_lower"].max(), "count"),
        )
        return Finding(key=key, sentence=sentence, evidence="undecided")
    named = [
        tr(
            "{name} ({upper} against {lower}, {difference}; {n_upper} and {n_lower} answers)",
            name=_quoted(row),
            upper=show(row["upper"], "weight"),
            lower=show(row["lower"], "weight"),
            difference=_difference(row, "weight"),
            n_upper=show(row["n_upper"], "count"),
            n_lower=show(row["n_lower"], "count"),
        )
        for row in shown.to_dict("records")[:MOST_NAMED]
    ]
    more = len(shown) - len(named)
    named += [tr("{n} more", n=more)] if more else []
    sentence = tr("Poor to senior people but not to users: {named}.", named="; ".join(named))
    return Finding(key=key, sentence=sentence, evidence="clear")


def _agreement(checks: int, against: int, doubt: int) -> list[str]:
    """Whether the other ways to count say the same."""
    if not checks:
        return []
    if not against and not doubt:
        return [
            tr("Of 1 other way to count, all agree.")
            if checks == 1
            else tr("Of {n} other ways to count, all agree.", n=checks)
        ]
    ways = tr("1 other way to count") if checks == 1 else tr("{n} other ways to count", n=checks)
    if against:
        text = (
            later("Of {ways}, {n} points the other way.")
            if against == 1
            else later("Of {ways}, {n} point the other way.")
        )
        return [tr(text, ways=ways, n=against)]
    text = (
        later("Of {ways}, none points the other way, but {n} is unclear.")
        if doubt == 1
        else later("Of {ways}, none points the other way, but {n} are unclear.")
    )
    return [tr(text, ways=ways, n=doubt)]


def _problem(row: dict) -> str:
    return tr(
        "{name} ({score}, 95% interval {ends}, bar {bar}; since {since}, {n} answers)"
        if row["sure"]
        else "{name} ({score}, 95% interval {ends}, bar {bar}; since {since}, {n} answers, not "
        "beyond doubt each time)",
        name=_quoted(row),
        score=show(row["estimate"], "weight"),
        ends=interval(row["ci_low"], row["ci_high"], "weight"),
        bar=show(row["bar"], "weight"),
        since=row["since"],
        n=show(row["n"], "count"),
    )


def _gap(row: pd.Series) -> str:
    unit = unit_of(row["value"])
    name = row["term"] if row["term"].isupper() else row["term"].lower()
    return tr(
        "{name} ({change}, 95% interval {ends})",
        name=name,
        change=signed(row["estimate"], unit),
        ends=interval(row["ci_low"], row["ci_high"], unit),
    )


def _rose(row: dict) -> str:
    """Where which score rose more, with its interval and bases."""
    unit = unit_of(row["value"])
    return tr(
        "{score} rose more {where} ({change}, 95% interval {ends}; {n_with} and {n_without} "
        "accounts)"
        if row["estimate"] > 0
        else "{score} rose less {where} ({change}, 95% interval {ends}; {n_with} and {n_without} "
        "accounts)",
        score=_inside(row["label"]),
        where=_where(row["theme"]),
        change=signed(row["estimate"], unit),
        ends=interval(row["ci_low"], row["ci_high"], unit),
        n_with=show(row["with_action"], "count"),
        n_without=show(row["without"], "count"),
    )


def _where(theme: str) -> str:
    if theme:
        return tr("where something was done about {theme}", theme=theme)
    return tr("where something was done")


def _difference(row: pd.Series | dict, unit: str) -> str:
    return tr(
        "difference {difference}, 95% interval {ends}",
        difference=signed(row["estimate"], unit),
        ends=interval(row["ci_low"], row["ci_high"], unit),
    )


def _inside(label: str) -> str:
    """A score inside a sentence."""
    return tr("the NPS") if label == "NPS" else label.lower()


def _quoted(row: dict) -> str:
    return row["term"].lower() if row["kind"] == "scale" else f"“{row['term'].rstrip('.')}”"
