"""Tables of chapter 3 that check it: groups compared, other methods, power, one questionnaire.

All stand in the appendix; every function gives None where the fit has no such frame.
"""

from collections.abc import Mapping

import pandas as pd

from analysis.language import later, tr
from analysis.publish.numbers import localised
from analysis.publish.results import Table, Unit
from analysis.publish.wording.commitment_trust_checks import METHODS, groups, released
from analysis.publish.wording.commitment_trust_tables import analyst, index

_ENDS: dict[str, tuple[str, Unit]] = {"ci_low": ("95% from", "r"), "ci_high": ("to", "r")}


def invariance(frame: pd.DataFrame, *, minimum: int, labels: Mapping[str, str]) -> Table | None:
    """Whether the questions work alike in each wave or role; `labels`: items -> wording."""
    freed = [released(text, labels) for text in frame["released"]]
    return analyst(
        frame.assign(
            where=frame["by"].map(tr) + ": " + frame["groups"].map(groups),
            held=[
                tr("{level}, but for: {questions}", level=tr(level), questions=text)
                if text
                else tr(level)
                for level, text in zip(frame["level"], freed, strict=True)
            ],
            chisq=[
                f"{index('chisq', chisq)} ({index('df', df)})"
                for chisq, df in zip(frame["chisq"], frame["df"], strict=True)
            ],
            cfi=_stepped(frame, "cfi"),
            rmsea=_stepped(frame, "rmsea"),
            p=[index("pvalue", p) if pd.notna(p) else "" for p in frame["p"]],
        ),
        key="invariance",
        title="Whether the questions work alike in each group",
        columns={
            "where": ("Groups", "text"),
            "held": ("Held equal", "text"),
            "n": ("Answers", "count"),
            "chisq": ("Chi-square (df)", "text"),
            "cfi": ("CFI (change)", "text"),
            "rmsea": ("RMSEA (change)", "text"),
            "p": ("p of the step", "text"),
            "verdict": ("Verdict", "text"),
        },
        names=("where", "held"),
        minimum=minimum,
        method=(
            "Multi-group model, each level beside the one before it. By convention a level holds "
            "where CFI falls by no more than 0.010 and RMSEA rises by no more than 0.015 (Chen "
            "2007). Means are compared only where loadings and intercepts are the same, apart "
            "from the questions left free."
        ),
    )


def differences(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """How far the means of constructs differ between groups; the base is the smaller group."""
    return analyst(
        frame,
        key="latent_differences",
        title="Differences between groups, free of measurement error",
        columns={
            "by": ("By", "text"),
            "label": ("Construct", "text"),
            "group": ("Group", "text"),
            "reference": ("Compared with", "text"),
            "estimate": ("Difference", "r"),
            **_ENDS,
            "p": ("p", "p"),
            "n_least": ("Answers, smaller group", "count"),
            "n": ("Answers", "count"),
            "verdict": ("Verdict", "text"),
        },
        names=("by", "label", "group", "reference"),
        base="n_least",
        minimum=minimum,
        method=(
            "Means of the constructs in standard deviations: 0.2 is small, 0.5 medium, 0.8 large "
            "(Cohen 1988). Intervals and p are of one construct at a time; the verdict allows for "
            "all of them (Holm)."
        ),
    )


def sensitivity(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """The same links by other methods."""
    headings = {
        "averages": later("Averages"),
        "composites": later("Composites (PLSc)"),
        "ordinal": later("Ranked answers (WLSMV)"),
    }
    others: dict[str, tuple[str, Unit]] = {
        column: (headings[column], "r") for column in METHODS if frame[column].notna().any()
    }
    return analyst(
        frame,
        key="sensitivity",
        title="The same links by other methods",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "main": ("Model", "r"),
            "main_low": ("from", "r"),
            "main_high": ("to", "r"),
            **others,
            "n": ("Answers", "count"),
            "verdict": ("Agree?", "text"),
        },
        names=("source", "target"),
        minimum=minimum,
        method=(
            "Averages hold measurement error and come out weaker. PLSc: consistent partial least "
            "squares (Dijkstra and Henseler 2015). Ranked answers: the steps of the scale taken "
            "as an order, not as equal distances."
        ),
    )


def power(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """How strong each link must be to be found four times in five."""
    return analyst(
        frame,
        key="power_table",
        title="How weak a link this survey can find",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "smallest": ("Found four times in five from", "r"),
            "se": ("Standard error", "r"),
            "n": ("Answers", "count"),
        },
        names=("source", "target"),
        minimum=minimum,
        method="2.8 standard errors: 80% power at the 5% level, two-sided.",
    )


def common_method(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """Signs that answers go together because they come from one questionnaire."""
    return analyst(
        frame,
        key="common_method_checks",
        title="Whether answers go together only for being of one questionnaire",
        columns={
            "label": ("Check", "text"),
            "estimate": ("Value", "weight"),
            "ci_low": ("95% from", "weight"),
            "ci_high": ("to", "weight"),
            "n": ("Answers", "count"),
            "note": ("How to read it", "text"),
        },
        minimum=minimum,
        method="Podsakoff and others (2003); full collinearity: Kock (2015).",
    )


def _stepped(frame: pd.DataFrame, name: str) -> list[str]:
    """An index of fit with its change from the level before; the first level has none."""
    return [
        index(name, value) + (localised(f" ({step:+.3f})") if pd.notna(step) else "")
        for value, step in zip(frame[name], frame[f"delta_{name}"], strict=True)
    ]
