"""How the supplier's own people judge trust: six elements at accounts, and what they see happen."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.survey.demo.clients import Spec
from analysis.survey.demo.statements import TRUST_ELEMENTS

#: Points that customers and the own people put each element above or below the other scales. One
#: is the weakest on both sides, and of one the own people think better than customers do.
CUSTOMERS = {
    "intentions": 0.2,
    "ability": 0.4,
    "credibility": -0.2,
    "mutual_value": 0.1,
    "interdependence": -1.3,
    "time": 0.3,
}
WEAKEST, GAP, GAP_POINTS = "interdependence", "credibility", 1.2
_BETTER = {GAP: GAP_POINTS}

_JUDGES, _JUDGED = 16, 3  # own people, and accounts of each; no account has two
_LEAN = 0.2  # how far one judge is milder than another (points)
_CHANCE = 0.6

_ASSESSORS = 12
_BEHAVIOURS, _BREACHES = 11, 12
#: How many of the assessors saw each; what is not named here was seen by nearly all (behaviours) or
#: by hardly anybody (breaches).
OFTEN = {"breach_1": 8, "breach_3": 7}
RARELY = {"behaviour_7": 5, "behaviour_10": 6}

#: What is planted, for tests.
TRUTH: dict[str, Any] = {"weakest": WEAKEST, "gap": {GAP: GAP_POINTS}, "often": sorted(OFTEN)}


def assessments(
    spec: Spec, answers: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Both trust instruments of the last wave, and how often each behaviour was seen.

    Parameters
    ----------
    answers : as exported; what the customers of an account say, its judge sees too, but for `GAP`.
    """
    wave = spec.waves[-1].id
    here = answers[(answers["wave"] == wave) & (answers["account_id"] != "")]
    rows = _judged(here, wave, rng)
    counts = _counts(rng)
    for item, count in counts.items():
        seen = rng.permutation(_ASSESSORS) < count
        rows += [
            ("trust_behaviours", wave, f"B{k:02d}", item, int(yes), "")
            for k, yes in enumerate(seen, start=1)
        ]
    columns = ["instrument", "wave", "assessor", "item", "score", "account"]
    frame = pd.DataFrame(rows, columns=columns).assign(evidence="", sector=spec.sector)
    return frame[[*columns[:-1], "evidence", "sector", "account"]], {"seen": counts}


def _judged(
    here: pd.DataFrame, wave: str, rng: np.random.Generator
) -> list[tuple[str, str, str, str, int, str]]:
    """Scores from 1 to 7: what the account's customers say on average, give and take."""
    items = {name.removeprefix("trust_"): [f"{name}_1", f"{name}_2"] for name in TRUST_ELEMENTS}
    everybody = here[[item for pair in items.values() for item in pair]].astype(float).mean()
    sizes = here.groupby("account_id").size()
    chosen = rng.choice(sizes.index[sizes >= 2], _JUDGES * _JUDGED, replace=False)
    leans = np.repeat(rng.normal(0, _LEAN, _JUDGES), _JUDGED)
    rows = []
    for k, (account, lean) in enumerate(zip(chosen, leans, strict=True)):
        mine = here[here["account_id"] == account]
        for element, pair in items.items():
            usual = everybody[pair].mean()
            told = mine[pair].astype(float).mean(axis=1).mean()
            # Of two customers nobody hears everything: half of what they say gets through.
            middle = usual + 0.5 * ((usual if np.isnan(told) else told) - usual)
            for j in (1, 2):
                value = middle + _BETTER.get(element, 0.0) + lean + rng.normal(0, _CHANCE)
                score = int(np.clip(np.rint(value), 1, 7))
                judge = f"T{k // _JUDGED + 1:02d}"
                rows.append(("trust", wave, judge, f"{element}_{j}", score, account))
    return rows


def _counts(rng: np.random.Generator) -> dict[str, int]:
    """How many assessors saw each of the eleven behaviours and twelve breaches."""
    kept = {f"behaviour_{k}": int(rng.integers(9, 12)) for k in range(1, _BEHAVIOURS + 1)}
    broken = {f"breach_{k}": int(rng.integers(0, 3)) for k in range(1, _BREACHES + 1)}
    return kept | RARELY | broken | OFTEN
