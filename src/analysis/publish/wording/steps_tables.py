"""Tables of chapter 4 on the two steps and on penalty and reward: columns, headings, charts."""

from collections.abc import Collection

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import show
from analysis.publish.results import Chart, Note, Table

STEPS_METHOD = (
    "A logit model for each step (Firth's penalised likelihood), of the people on either side of "
    "it. An odds ratio of 1.5: with 10 points of 100 more on a driver, the odds of the upper class "
    "are half as large again. Intervals allow for answers from the same account; a driver is "
    "called clear when it stays so after allowing for the number of tests (Benjamini-Hochberg)."
)
SERVES_METHOD = (
    "Odds ratio of the upper step divided by that of the lower: above 1, the driver does more for "
    "becoming a promoter. Intervals from what each account does to both slopes; a driver is "
    "given to one step only where it is clear there and the two clearly differ "
    "(Benjamini-Hochberg)."
)
ASYMMETRY_METHOD = (
    "Penalty and reward: points of the rating (0 to 10) that go with the low and the high third of "
    "a driver's scores, beside the middle, other drivers held still; intervals allow for shared "
    "accounts. Asymmetry: -1 when only the penalty counts, 1 when only the reward does; its "
    "interval is of resampled accounts. Kinds by the published cut-offs 0.2 and 0.7; none is named "
    "where neither end is clear or the interval reaches over more than two kinds."
)


def two_steps(table: pd.DataFrame, n_asked: int, reason: str, minimum: int) -> Table | Note:
    """Odds ratios of every driver at both steps.

    The people at each step are counted only where nobody was left out, or at least `minimum` were:
    else the class of those few would come back by subtracting from the mix of the whole wave.
    """
    shown = table.assign(
        step=table["step"].map(tr), clear=table["clear"].map({True: tr("yes"), False: ""})
    )
    columns: dict = {
        "label": ("Driver", "text"),
        "step": ("Step", "text"),
        "estimate": ("Odds ratio for 10 points", "weight"),
        "ci_low": ("95% from", "weight"),
        "ci_high": ("95% to", "weight"),
        "clear": ("Clear", "text"),
    }
    if len(table) and not 0 < n_asked - table["n"].iloc[0] < minimum:
        columns["n_side"] = ("People at this step", "count")
    columns["n"] = ("Answers in all", "count")
    return results.table(
        shown,
        key="two_steps",
        title="What goes with each step up",
        columns=columns,
        names=("label", "step"),
        base="n_least",
        minimum=minimum,
        otherwise=reason or "The two steps cannot be told apart here.",
        n=_n(table),
        method=STEPS_METHOD,
        chart=Chart(
            kind="intervals",
            columns={
                "label": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "group": "step",
                "highlight": "clear",
            },
            alt="",
            axis="Odds ratio for 10 points of 100",
            reference=1.0,
            reference_label="no difference",
        ),
        seen=_steps_seen,
    )


def served(serves: pd.DataFrame, table: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Which step each driver serves; None without a model, which says so itself."""
    if serves.empty:
        return None
    return results.table(
        serves.assign(serves=serves["serves"].map(tr), n_least=table["n_least"].min()),
        key="step_served",
        title="Which step each driver goes with",
        columns={
            "label": ("Driver", "text"),
            "serves": ("Goes with", "text"),
            "estimate": ("Upper step over lower", "weight"),
            "ci_low": ("95% from", "weight"),
            "ci_high": ("95% to", "weight"),
            "p_adjusted": ("p, all drivers allowed for", "p"),
            "n": ("Answers", "count"),
        },
        base="n_least",
        minimum=minimum,
        otherwise="The two steps cannot be told apart here.",
        n=_n(serves),
        method=SERVES_METHOD,
        appendix=True,
    )


def bases(table: pd.DataFrame, minimum: int) -> Table | Note | None:
    """How many people stand on either side of each step, for the researcher only."""
    if table.empty:
        return None
    rows = table.drop_duplicates("step").assign(
        step=lambda f: f["step"].map(tr),
        lower=lambda f: f["n_side"] - f["events"],
        joint=lambda f: f["joint"].map({True: tr("all at once"), False: tr("each on its own")}),
    )
    return results.table(
        rows,
        key="two_steps_base",
        title="People on either side of each step",
        columns={
            "step": ("Step", "text"),
            "joint": ("Drivers", "text"),
            "lower": ("In the lower class", "count"),
            "events": ("In the upper class", "count"),
            "n_accounts": ("Accounts", "count"),
        },
        base="n_least",
        minimum=minimum,
        otherwise="There is no step to count.",
        audience="internal",
        appendix=True,
    )


def asymmetry(
    table: pd.DataFrame, reason: str, minimum: int, said: Collection[str] = ()
) -> Table | Note | None:
    """Penalty, reward and kind of every driver.

    `said`: reasons that stand in the chapter already and are not repeated.
    """
    if reason and reason in said:
        return None
    known = table[table["estimate"].notna()]
    return results.table(
        known.assign(kind=known["kind"].map(tr)),
        key="asymmetry",
        title="Harm of a low score, good of a high one",
        columns={
            "label": ("Driver", "text"),
            "kind": ("Kind", "text"),
            "estimate": ("Asymmetry", "weight"),
            "ci_low": ("95% from", "weight"),
            "ci_high": ("95% to", "weight"),
            "penalty": ("Penalty", "weight"),
            "penalty_low": ("from", "weight"),
            "penalty_high": ("to", "weight"),
            "reward": ("Reward", "weight"),
            "reward_low": ("from", "weight"),
            "reward_high": ("to", "weight"),
            "riocs": ("Range", "weight"),
            "low_to": ("Low up to", "count"),
            "high_from": ("High from", "count"),
            "n": ("Answers", "count"),
        },
        base="n_least",
        minimum=minimum,
        otherwise=reason or "Penalty and reward cannot be told apart here.",
        n=_n(known),
        method=ASYMMETRY_METHOD,
        caveats=[
            tr(
                "Not told, too few answers at an end or between: {drivers}.",
                drivers=", ".join(lost).lower(),
            )
            for lost in [list(table.loc[table["estimate"].isna(), "label"])]
            if lost
        ],
        chart=Chart(
            kind="intervals",
            columns={"label": "label", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="",
            axis="Asymmetry: only harm (-1) to only good (1)",
            reference=0.0,
            reference_label="alike",
        ),
        seen=_asymmetry_seen,
        appendix=True,
    )


def _n(table: pd.DataFrame) -> int | None:
    return None if table.empty else int(table["n"].max())


def _steps_seen(table: pd.DataFrame) -> str:
    """What the chart of the two steps shows, in words."""
    said = []
    for step, rows in table.groupby("step", sort=False):
        top = rows.loc[rows["estimate"].idxmax()]
        said.append(
            tr(
                "{step}, {driver} most ({odds})",
                step=step,
                driver=top["label"].lower(),
                odds=show(top["estimate"], "weight"),
            )
        )
    if not said:
        return ""
    return tr("Odds ratios with 95% intervals for each step: {steps}.", steps="; ".join(said))


def _asymmetry_seen(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    low, high = (table.loc[table["estimate"].agg(at)] for at in ("idxmin", "idxmax"))
    return tr(
        "Asymmetry with 95% intervals, from {lowest} ({least}) to {highest} ({most}).",
        lowest=low["label"].lower(),
        least=show(low["estimate"], "weight"),
        highest=high["label"].lower(),
        most=show(high["estimate"], "weight"),
    )
