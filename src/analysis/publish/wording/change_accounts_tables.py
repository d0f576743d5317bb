"""Tables on actions, problems that persist, and the levels of an account: blocks with a chart."""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.results import Chart, Note, Table
from analysis.publish.wording.change_tables import DOTS, interval_of, name_of, unit_of, yes

EFFECT_METHOD = (
    "Difference in differences: the rise at accounts where an action was finished between the two "
    "waves, less the rise at accounts without one. Accounts with an earlier action are left out. "
    "Accounts are clusters (CR2 standard errors and Satterthwaite's degrees of freedom where "
    "there are few). Accounts were not chosen at random, so the comparison is no proof of cause."
)
PERSISTENT_METHOD = (
    "Listed is what lay below the bar in every one of the last waves asked in the same way; a "
    "single bad wave is not. 'Beyond doubt': the whole 95% interval lay below the bar each time."
)
GAP_METHOD = (
    "For each account that answered at both levels, the mean of the seniors less that of the "
    "users; shown is the mean over these accounts, each counting once. 'Clear' after Benjamini and "
    "Hochberg's correction over all rows."
)
MISPERCEPTION_METHOD = (
    "Listed is what senior people score below the bar while users score it at or above, where the "
    "difference is clear after Benjamini and Hochberg's correction over everything compared, with "
    "accounts as clusters."
)


def action_effect(
    frame: pd.DataFrame, minimum: int, otherwise: str, value: str = "nps", theme: str = ""
) -> Table | Note:
    """The effect of actions on one score, and the checks beside it."""
    unit, name = unit_of(value), name_of(value)
    title = tr("{name} where something was done, and elsewhere", name=name)
    if theme:
        title = tr(
            "{name} where something was done about {theme}, and elsewhere", name=name, theme=theme
        )
    return results.table(
        frame.assign(term=frame["term"].map(tr)),
        key=f"action_effect_{value}",
        title=title,
        columns={
            "term": ("What is compared", "text"),
            "before": ("From", "text"),
            "after": ("To", "text"),
            "estimate": ("Difference", unit),
            **interval_of(unit),
            "rise_with": ("Rise with an action", unit),
            "rise_without": ("Rise without", unit),
            "with_action": ("Accounts with", "count"),
            "without": ("Accounts without", "count"),
            "n": ("Answers", "count"),
        },
        names=("term", "before", "after"),
        base="n_least",
        otherwise=otherwise,
        minimum=minimum,
        method=EFFECT_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "term", **DOTS},
            alt=tr(
                "Rise of the {name} at accounts with an action, less the rise at the others.",
                name=name,
            ),
            reference=0.0,
            reference_label="no difference",
        ),
        appendix=True,
    )


def action_effects(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """What went with actions, for every score; actions of any theme first, then each theme."""
    shown = frame[frame["value"] != "nps"] if len(frame) else frame  # points fit no scale of 1-7
    if shown.empty:
        return None
    done = {theme: tr("about {theme}", theme=theme) for theme in shown["theme"]}
    done[""] = tr("about anything")
    return results.table(
        shown.assign(clear=yes(shown["clear"]), done=shown["theme"].map(done)),
        key="action_effects",
        title="What rose where something was done",
        columns={
            "label": ("Score", "text"),
            "done": ("Something was done", "text"),
            "estimate": ("Difference in the rise", "weight"),
            **interval_of("weight"),
            "p_adjusted": ("p, corrected", "p"),
            "with_action": ("Accounts with", "count"),
            "without": ("Accounts without", "count"),
            "n": ("Answers", "count"),
            "clear": ("Clear", "text"),
        },
        names=("label", "done"),
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=tr(
            "{method} 'Clear' after Benjamini and Hochberg's correction over all rows.",
            method=tr(EFFECT_METHOD),
        ),
        chart=Chart(
            kind="intervals",
            columns={"label": "label", **DOTS, "group": "done", "highlight": "clear"},
            alt="Difference in the rise of each score with actions and without, by theme.",
            reference=0.0,
            reference_label="no difference",
        ),
        appendix=not shown["clear"].any(),
    )


def persistent(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """What stays below the bar; None when nothing does (a sentence says so)."""
    if frame.empty:
        return None
    kinds = {"scale": tr("Scales"), "item": tr("Questions")}
    one_bar = frame["bar"].iloc[0] if frame["bar"].nunique() == 1 else None
    return results.table(
        frame.assign(kind=frame["kind"].map(kinds), sure=yes(frame["sure"])),
        key="persistent_problems",
        title="Below the bar wave after wave",
        columns={
            "kind": ("Kind", "text"),
            "term": ("What", "text"),
            "estimate": ("Score now", "weight"),
            **interval_of("weight"),
            "bar": ("Bar", "weight"),
            "best": ("Best of these waves", "weight"),
            "running": ("Waves running", "count"),
            "since": ("Since", "text"),
            "n": ("Answers", "count"),
            "sure": ("Beyond doubt", "text"),
        },
        names=("kind", "term"),
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=PERSISTENT_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "term", **DOTS, "group": "kind", "highlight": "sure"},
            alt="Scores that have been below the bar in every one of the last waves.",
            reference=one_bar,
            reference_label="" if one_bar is None else "the bar",
        ),
    )


def perception_gap(frame: pd.DataFrame, minimum: int) -> Table | Note:
    """How far senior people and users of the same account lie apart on every scale."""
    shown = frame[frame["value"] != "nps"]  # points fit no scale of 1-7; a sentence gives the NPS
    return results.table(
        shown.assign(clear=yes(shown["clear"])),
        key="perception_gap",
        title="Senior people and users of the same customer",
        columns={
            "term": ("Scale", "text"),
            "estimate": ("Seniors less users", "weight"),
            **interval_of("weight"),
            "p_adjusted": ("p, corrected", "p"),
            "n_upper": ("Senior answers", "count"),
            "n_lower": ("Users' answers", "count"),
            "n_accounts": ("Accounts", "count"),
            "clear": ("Clear", "text"),
        },
        base="n_least",
        otherwise=(
            "Too few customers have answers of both senior people and users to set the two side "
            "by side."
        ),
        minimum=minimum,
        method=GAP_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "term", **DOTS, "highlight": "clear"},
            alt="Mean difference between senior people and users of the same account.",
            reference=0.0,
            reference_label="they agree",
        ),
        appendix=True,
    )


def misperceptions(frame: pd.DataFrame, minimum: int) -> Table | Note | None:
    """What seniors call poor while users do not; None when nothing is (a sentence says so)."""
    if frame.empty:
        return None
    return results.table(
        frame,
        key="misperceptions",
        title="Poor to senior people, not to users",
        columns={
            "term": ("What", "text"),
            "upper": ("Seniors", "weight"),
            "lower": ("Users", "weight"),
            "bar": ("Bar", "weight"),
            "estimate": ("Difference", "weight"),
            **interval_of("weight"),
            "n_upper": ("Senior answers", "count"),
            "n_lower": ("Users' answers", "count"),
        },
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=MISPERCEPTION_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "term", **DOTS},
            alt="Differences between senior people and users where they see opposite sides.",
            reference=0.0,
            reference_label="they agree",
        ),
        appendix=True,
    )
