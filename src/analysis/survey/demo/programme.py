"""Actions, touchpoints, practices and maturity assessments of the made-up clients."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analysis.survey.demo.clients import Spec

#: The 28 days within which a plan is due (domain.md 1.12).
_IN_TIME = 28

_DROPPED = 0.06
_DATES = ("created", "discussed", "agreed", "shared", "due", "done")

STAGE_ITEMS = ("collect", "analyse", "act", "collaborate", "transform")
QUADRANTS = {"leadership": 1.9, "strategy": 2.0, "execution": 1.8, "culture": 1.5}

_TOUCHPOINTS = {
    "logistics": ("Quotation", "Booking", "Collection", "Delivery", "Claim", "Invoice"),
    "facilities": ("Mobilisation", "Help desk", "Repair", "Cleaning", "Reception", "Invoice"),
    "it": ("Onboarding", "Service desk", "Change request", "Outage", "On-site visit", "Invoice"),
    "analytics": ("Briefing", "First results", "Final report", "Workshop", "Support", "Invoice"),
}


def actions(
    spec: Spec,
    accounts: pd.DataFrame,
    rng: np.random.Generator,
    customers: Mapping[str, pd.Index] | None = None,
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Improvement plans of all waves, and the accounts whose response times were mended.

    Parameters
    ----------
    customers : rows of `accounts` that bought in each wave; None: all, always.

    Returns
    -------
    The actions file; and for each wave but the last the accounts that had an action on response
    times done after it, sorted.
    """
    rows: list[dict[str, Any]] = []
    mended: dict[str, list[str]] = {}
    pairs = _pairs(spec.business)
    others = [theme for theme in pairs if theme != "response"]
    for wave in spec.waves:
        last = wave is spec.waves[-1]
        done = []
        there = accounts.index if customers is None else customers[wave.id]
        for k, index in enumerate(rng.choice(there, spec.plans, replace=False)):
            account = accounts.loc[index]
            ours = rng.random() < spec.focus
            theme = "response" if ours else others[k % len(others)]
            pair = pairs[theme][rng.integers(len(pairs[theme]))]
            rows.append(
                {
                    "wave": wave.id,
                    "account": account["account"],
                    "theme": theme,
                    "said": pair["said"],
                    "did": pair["did"],
                    "owner": account["owner"],
                    **_clock(spec, wave.closed, wave.reported, last, rng),
                }
            )
            if ours and rows[-1]["status"] == "done":
                done.append(account["account"])
        if not last:
            mended[wave.id] = sorted(done)
    frame = pd.DataFrame(rows)
    frame["did"] = frame["did"].where(frame["status"] == "done", "")
    for column in _DATES:
        frame[column] = pd.to_datetime(frame[column]).dt.strftime("%Y-%m-%d")
    frame.insert(0, "action", [f"P{k:03d}" for k in range(1, len(frame) + 1)])
    return frame[["action", *_COLUMNS]], mended


_COLUMNS = ("wave", "account", "theme", "said", "did", "owner", *_DATES, "status")


def _clock(
    spec: Spec, closed: str, reported: str, last: bool, rng: np.random.Generator
) -> dict[str, Any]:
    """Dates and status of one plan.

    Of the last wave only what is done by the day of the report is done; the rest is under way.
    """
    start, report = pd.Timestamp(closed), pd.Timestamp(reported)
    late = rng.random() < spec.late
    day = rng.integers(_IN_TIME + 1, _IN_TIME + 7) if late else rng.integers(6, _IN_TIME + 1)
    created = start + _days(day)
    due = created + _days(rng.integers(5, 12) if late else rng.integers(14, 60))
    steps = created + np.cumsum(rng.integers(2, 8, 3)) * _days(1)
    finishes = rng.random() < spec.finished * (0.45 if last else 1.0)
    done = due + _days(rng.integers(-6, 15))
    if last:
        due = max(min(due, report - _days(1)), created) if late else due
        done = min(max(done, created + _days(1)), report)
    else:  # months have passed since: what was ever taken up has been through all the steps
        done = max(done, steps[-1])
    status = "done" if finishes else "dropped" if rng.random() < _DROPPED else "open"
    reached = 3 if finishes else int(rng.integers(0, 1 if late else 3))
    dates = {
        name: step if k < reached and step <= (done if finishes else report) else pd.NaT
        for k, (name, step) in enumerate(zip(("discussed", "agreed", "shared"), steps, strict=True))
    }
    return {
        "created": created,
        **dates,
        "due": due,
        "done": done if finishes else pd.NaT,
        "status": status,
    }


def _days(number: int) -> pd.Timedelta:
    return pd.Timedelta(days=int(number))


@cache
def _pairs(business: str) -> dict[str, list[dict[str, Any]]]:
    """What is asked and done at this kind of supplier, by theme."""
    text = (files(__package__) / "plans.yml").read_text(encoding="utf-8")
    return {
        theme: [pair for pair in pairs if business in pair.get("for", [business])]
        for theme, pairs in yaml.safe_load(text).items()
    }


def assessments(spec: Spec, rng: np.random.Generator) -> pd.DataFrame:
    """Both maturity instruments, filled in by eight of the client's own people in each wave."""
    rows = []
    for n, wave in enumerate(spec.waves):
        passed = spec.stage - (1 if n < len(spec.waves) - 1 and spec.stage > 1 else 0)
        for assessor in range(1, 9):
            lean = rng.normal(0, 0.25)
            for gate, block in enumerate(STAGE_ITEMS):
                middle = 4.2 if gate < passed else 2.7 - 0.2 * (gate - passed)
                for k in range(1, 4):
                    score = int(np.clip(np.rint(middle + lean + rng.normal(0, 0.5)), 1, 5))
                    rows.append(("stages", wave.id, f"S{assessor}", f"{block}_{k}", score, ""))
            for quadrant, middle in QUADRANTS.items():
                shift = 0.25 * (spec.stage - 3)
                for k in range(1, 6):
                    score = int(np.clip(np.rint(middle + shift + lean + rng.normal(0, 0.6)), 0, 3))
                    evidence = "yes" if rng.random() < 0.3 + 0.15 * score else "no"
                    rows.append(
                        ("healthcheck", wave.id, f"S{assessor}", f"{quadrant}_{k}", score, evidence)
                    )
    columns = ["instrument", "wave", "assessor", "item", "score", "evidence"]
    return pd.DataFrame(rows, columns=columns).assign(sector=spec.sector)


def touchpoints(spec: Spec, rng: np.random.Generator) -> pd.DataFrame:
    """A few touchpoints; not all of them are measured."""
    names = _TOUCHPOINTS[spec.business]
    measured = rng.random(len(names)) < 0.6
    return pd.DataFrame(
        {
            "touchpoint": names,
            "measured": np.where(measured, "yes", "no"),
            "wave": spec.waves[-1].id,
            "n": np.where(measured, rng.integers(40, 400, len(names)), 0),
            "score": np.where(measured, rng.uniform(6.5, 8.8, len(names)).round(1), np.nan),
        }
    )


def practices(spec: Spec, accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Account practices and whether each account has them."""
    names = ("joint business plan", "quarterly review", "senior sponsor", "site visits")
    rows = [
        (account, practice, "yes" if rng.random() < 0.4 else "no")
        for account in accounts["account"]
        for practice in names
    ]
    return pd.DataFrame(rows, columns=["account", "practice", "present"])
