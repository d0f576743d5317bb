"""Sentences on actions, problems that persist, and what the levels of an account see.

An action's effect is called a difference, never a cause: accounts were not chosen at random.
"""

import pandas as pd

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
    inside = name if name.isupper() else f"score for {name.lower()}"
    about = f" about {theme}" if theme else ""
    numbers = (
        f"{signed(row['rise_with'], unit)} against {signed(row['rise_without'], unit)}; difference "
        f"{signed(row['estimate'], unit)}, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], unit)}; {show(row['with_action'], 'count')} and "
        f"{show(row['without'], 'count')} accounts, {show(row['n'], 'count')} answers"
    )
    if row["clear"]:
        how = "more" if row["estimate"] > 0 else "less"
        sentence = (
            f"From {row['before']} to {row['after']} the {inside} rose {how} at accounts where "
            f"something was done{about} than at the others ({numbers})."
        )
        checks = frame[frame["key"].isin(["answers", "people", "adjusted", "pooled"])]
        against = int((checks["estimate"] * row["estimate"] <= 0).sum())
        doubt = int((~checks["clear"].astype(bool)).sum()) - against
        sentence += _agreement(len(checks), against, doubt)
    else:
        sentence = (
            f"From {row['before']} to {row['after']} there is no clear difference in the change of "
            f"the {inside} between accounts where something was done{about} and the others "
            f"({numbers})."
        )
        pooled = frame[(frame["key"] == "pooled") & frame["clear"].astype(bool)]
        if len(pooled):
            whole = pooled.iloc[0]
            sentence += (
                f" Over all waves since {whole['before']} together the difference is clear "
                f"({signed(whole['estimate'], unit)}, 95% interval "
                f"{interval(whole['ci_low'], whole['ci_high'], unit)})."
            )
    return Finding(
        key=f"action_effect_{value}_words",
        sentence=sentence,
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
    when = f"from {first['before']} to {first['after']}"
    sure = shown[shown["clear"].astype(bool)]
    if sure.empty:
        sentence = (
            f"Nothing clearly rose more or less {when} where something was done than elsewhere, "
            f"in {len(shown)} comparisons of scores and themes of actions (up to "
            f"{show(shown['with_action'].max(), 'count')} accounts with an action, "
            f"{show(shown['without'].max(), 'count')} without)."
        )
        return Finding(key="action_effects_words", sentence=sentence, evidence="undecided")
    sure = sure.sort_values("p_adjusted", kind="stable").drop_duplicates("value")
    said = [_rose(row) for row in sure.head(MOST_NAMED).to_dict("records")]
    sentence = (
        f"{when[:1].upper()}{when[1:]}, {'; '.join(said)}. No other of {len(shown)} comparisons is "
        "clear. Accounts were not chosen at random, so this is no proof that it was the action."
    )
    return Finding(key="action_effects_words", sentence=sentence, evidence="clear")


def not_at_random(frame: pd.DataFrame, minimum: int, value: str = "nps") -> Note | None:
    """What an effect of actions can and cannot show, with the two checks on it."""
    if frame.empty or frame.iloc[0]["n_least"] < minimum:
        return None
    unit, rows = unit_of(value), frame.set_index("key")
    said = [AT_RANDOM]
    start = rows.loc["start"] if "start" in rows.index else None
    if start is not None and start["n_least"] >= minimum:
        side = "lower" if start["estimate"] < 0 else "higher"
        ends = interval(start["ci_low"], start["ci_high"], unit)
        numbers = f"difference {signed(start['estimate'], unit)}, 95% interval {ends}"
        said.append(
            f"Accounts with an action began {side} than the others ({numbers}): beware."
            if start["clear"]
            else f"The two groups began at no clearly different height ({numbers})."
        )
    placebo = rows.loc["placebo"] if "placebo" in rows.index else None
    if placebo is None or placebo["n_least"] < minimum:
        said.append("Without an earlier wave it cannot be seen whether they moved alike before.")
    else:
        ends = interval(placebo["ci_low"], placebo["ci_high"], unit)
        numbers = f"difference {signed(placebo['estimate'], unit)}, 95% interval {ends}"
        said.append(
            f"One wave earlier, before the actions, they already moved apart ({numbers}), which "
            "speaks against reading the difference as an effect."
            if placebo["clear"]
            else f"One wave earlier, before the actions, they moved alike as far as can be told "
            f"({numbers})."
        )
    return Note(key=f"action_effect_{value}_note", sentence=" ".join(said), about="caveat")


def persistent(frame: pd.DataFrame, minimum: int, running: int, otherwise: str) -> Finding | Note:
    """What stays below the bar; `otherwise` says why nothing can be said, empty where it can."""
    key = "persistent_problems_words"
    if otherwise:
        return Note(key=key, sentence=otherwise, about="absent")
    shown = frame[frame["n_least"] >= minimum]
    if shown.empty:
        sentence = f"Nothing was below the bar in each of the last {running} waves."
        return Finding(key=key, sentence=sentence, evidence="descriptive")
    # A scale stands for its questions; questions are counted where no scale of theirs is listed.
    scales = shown[shown["kind"] == "scale"]
    items = shown[(shown["kind"] == "item") & ~shown["construct"].isin(scales["construct"])]
    named = [_problem(row) for row in scales.to_dict("records")[:MOST_NAMED]]
    more = len(scales) - len(named)
    if more:
        named.append(f"{more} more {'scale' if more == 1 else 'scales'}")
    room = max(MOST_NAMED - len(named), 0)
    named += [_problem(row) for row in items.to_dict("records")[:room]]
    if len(items) > room:
        left = len(items) - room
        named.append(f"{left} {'more question' if left == 1 else 'more questions'}")
    sure = int(shown["sure"].sum())
    return Finding(
        key=key,
        sentence=(f"Below the bar in {running} waves running or more: {'; '.join(named)}."),
        evidence="clear" if sure else "undecided",
    )


def perception_gap(frame: pd.DataFrame, minimum: int) -> Finding | None:
    """Where senior people and users of one customer see different things."""
    shown = frame[frame["n_least"] >= minimum]
    if shown.empty:
        return None
    base = f"{show(shown['n_accounts'].max(), 'count')} accounts with answers of both levels"
    sure = shown[shown["clear"].astype(bool)]
    if sure.empty:
        sentence = (
            f"Senior people and users of the same customer do not clearly differ on any of "
            f"{len(shown)} scores, allowing for so many comparisons ({base})."
        )
        return Finding(key="perception_gap_words", sentence=sentence, evidence="undecided")
    said = []
    for rows, way in (
        (sure[sure["estimate"] < 0], "lower"),
        (sure[sure["estimate"] > 0], "higher"),
    ):
        if len(rows):
            named = [_gap(row) for _, row in rows.iloc[:MOST_NAMED].iterrows()]
            rest = len(rows) - len(named)
            named += [f"{rest} more"] if rest else []
            said.append(f"{way} on {'; '.join(named)}")
    return Finding(
        key="perception_gap_words",
        sentence=(
            f"Senior people score {' and '.join(said)} than users of the same customer do ({base})."
        ),
        evidence="clear",
    )


def misperceptions(frame: pd.DataFrame, compared: pd.DataFrame, minimum: int) -> Finding | Note:
    """What is poor to seniors and not to users; `compared` is everything that was looked at."""
    key = "misperceptions_words"
    if compared.empty:
        sentence = (
            f"Views of senior people and users cannot be set side by side: no question has "
            f"{minimum} answers of each."
        )
        return Note(key=key, sentence=sentence, about="absent")
    shown = frame[frame["n_least"] >= minimum]
    # A scale stands for its questions.
    scales = shown.loc[shown["kind"] == "scale", "label"]
    shown = shown[(shown["kind"] == "scale") | ~shown["label"].isin(scales)]
    n = f"{show(compared['n_upper'].max(), 'count')} senior people"
    n += f" and {show(compared['n_lower'].max(), 'count')} users"
    if shown.empty:
        sentence = (
            f"There is no question that senior people clearly score poor and users do not "
            f"({len(compared)} questions and scales compared; up to {n})."
        )
        return Finding(key=key, sentence=sentence, evidence="undecided")
    named = [
        f"{_quoted(row)} ({show(row['upper'], 'weight')} against {show(row['lower'], 'weight')}, "
        f"difference {signed(row['estimate'], 'weight')}, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], 'weight')}; {show(row['n_upper'], 'count')} and "
        f"{show(row['n_lower'], 'count')} answers)"
        for row in shown.to_dict("records")[:MOST_NAMED]
    ]
    more = len(shown) - len(named)
    named += [f"{more} more"] if more else []
    sentence = f"Poor to senior people but not to users: {'; '.join(named)}."
    return Finding(key=key, sentence=sentence, evidence="clear")


def _agreement(checks: int, against: int, doubt: int) -> str:
    """Whether the other ways to count say the same."""
    if not checks:
        return ""
    of = f" Of {checks} other {'way' if checks == 1 else 'ways'} to count, "
    if against:
        return f"{of}{against} {'points' if against == 1 else 'point'} the other way."
    if doubt:
        return (
            f"{of}none points the other way, but {doubt} {'is' if doubt == 1 else 'are'} unclear."
        )
    return f"{of}all agree."


def _problem(row: dict) -> str:
    sure = "" if row["sure"] else ", not beyond doubt each time"
    return (
        f"{_quoted(row)} ({show(row['estimate'], 'weight')}, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], 'weight')}, bar {show(row['bar'], 'weight')}; "
        f"since {row['since']}, {show(row['n'], 'count')} answers{sure})"
    )


def _gap(row: pd.Series) -> str:
    unit = unit_of(row["value"])
    name = row["term"] if row["term"].isupper() else row["term"].lower()
    ends = interval(row["ci_low"], row["ci_high"], unit)
    return f"{name} ({signed(row['estimate'], unit)}, 95% interval {ends})"


def _rose(row: dict) -> str:
    """Where which score rose more, with its interval and bases."""
    unit = unit_of(row["value"])
    about = f" about {row['theme']}" if row["theme"] else ""
    way = "more" if row["estimate"] > 0 else "less"
    return (
        f"{_inside(row['label'])} rose {way} where something was done{about} "
        f"({signed(row['estimate'], unit)}, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], unit)}; "
        f"{show(row['with_action'], 'count')} and {show(row['without'], 'count')} accounts)"
    )


def _inside(label: str) -> str:
    """A score inside a sentence."""
    return "the NPS" if label == "NPS" else label.lower()


def _quoted(row: dict) -> str:
    return row["term"].lower() if row["kind"] == "scale" else f"“{row['term'].rstrip('.')}”"
