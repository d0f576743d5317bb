"""The truths of Kestrel: what is planted, and how it came out in the answers."""

from typing import Any

import pandas as pd

from analysis.survey.demo import planted
from analysis.survey.demo.clients import Spec


def all_of(
    spec: Spec, tables: dict[str, pd.DataFrame], lost: dict[str, list[str]]
) -> dict[str, Any]:
    """Everything that is planted beside what every made-up client has."""
    answers = tables["answers"]
    return {
        "asymmetry": {"hurts": planted.HURTS, "lifts": planted.LIFTS, "both": planted.BOTH},
        "necessity": {
            "necessary": ["trust", "commitment"],
            "together": ["experience", "satisfaction"],
        },
        "stability": {"trust": 0.8, "satisfaction": 0.25},
        "change": _change(answers, *(wave.id for wave in spec.waves[-2:])),
        "outcomes": _outcomes(tables, lost),
    }


def _change(answers: pd.DataFrame, before: str, after: str) -> dict[str, Any]:
    """How the NPS changed, in all and within the people who answered both times by name."""
    points = (answers["nps"] >= 9) * 100.0 - (answers["nps"] <= 6) * 100.0
    told = answers.assign(points=points)
    means = told.groupby("wave")["points"].mean()
    named = told[told["contact_id"] != ""]
    pairs = named.pivot(index="contact_id", columns="wave", values="points")
    moved = (pairs[after] - pairs[before]).dropna()
    total, within = float(means[after] - means[before]), float(moved.mean())
    return {
        "before": before,
        "after": after,
        "total": total,
        "within": within,
        "mix": total - within,
        "matched": len(moved),
    }


def _outcomes(tables: dict[str, pd.DataFrame], lost: dict[str, list[str]]) -> dict[str, Any]:
    """Who was lost after each wave, and which score is planted to foretell it."""
    share = {
        wave: float((rows["renewed"] == "no").mean())
        for wave, rows in tables["outcomes"].groupby("wave")
    }
    return {"driver": "commitment", "not": "nps", "lost": lost, "share_lost": share}
