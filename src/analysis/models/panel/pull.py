"""Whether a score still goes with the recommendation: stable ones can lose it (domain.md 5.4)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.measures import inference, scales
from analysis.models.panel import follow, moments
from analysis.params import Wave
from analysis.survey.tables import Survey

EFFECT = (
    "construct",
    "label",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "clear",
    "n",
    "n_least",
    "n_accounts",
    "note",
)


def effect_stability(
    survey: Survey,
    waves: Sequence[Wave],
    constructs: Sequence[str] = ("trust", "satisfaction"),
    seed: int = 1994,
    resamples: int = moments.RESAMPLES,
) -> pd.DataFrame:
    """How much each score goes with the recommendation, wave by wave: its pull can fade.

    Returns
    -------
    DataFrame with the columns `EFFECT`: for each construct one row per wave (term: its label) with
    the correlation of score and rating (0-10), and a row "change" from the first wave to the last,
    clear where its interval leaves out 0. Percentile intervals over resampled accounts, the same
    accounts in all waves. No rows with fewer than two waves of one method, or fewer than
    `moments.MIN_FOLLOWED` answers or `moments.MIN_ACCOUNTS` accounts in one of them.
    """
    scored = follow.with_scores(survey, constructs)
    rows: list[dict[str, Any]] = []
    for name in [name for name in constructs if name in scored]:
        known = scored[scored[name].notna() & scored["nps"].notna()]
        series = follow.unbroken(known, waves)
        known = known[known["wave"].isin([wave.id for wave in series])]
        voices = inference.units(known)
        sizes = known.groupby("wave").size()
        accounts = voices.groupby(known["wave"]).nunique()
        if (
            len(series) < 2
            or sizes.min() < moments.MIN_FOLLOWED
            or accounts.min() < moments.MIN_ACCOUNTS
        ):
            continue
        rows += _effects(known, name, series, np.random.default_rng(seed), resamples)
    return pd.DataFrame(rows, columns=list(EFFECT))


def _effects(
    known: pd.DataFrame,
    name: str,
    series: Sequence[Wave],
    rng: np.random.Generator,
    resamples: int,
) -> list[dict[str, Any]]:
    """Correlation with the rating in every wave, and its change."""
    codes, _ = pd.factorize(inference.units(known), sort=True)
    count = int(codes.max()) + 1
    draws = rng.multinomial(count, np.full(count, 1 / count), resamples)
    weights = np.vstack([np.ones(count), draws])
    places = known["wave"].map({wave.id: k for k, wave in enumerate(series)}).to_numpy()
    x, y = (known[column].to_numpy(float) for column in (name, "nps"))
    sums = moments.by_group(x - x.mean(), y - y.mean(), places, len(series), codes, count)
    drawn = np.tensordot(weights, sums, axes=1)
    found = np.column_stack([moments.correlation(drawn[:, [k]]) for k in range(len(series))])
    sizes = known.groupby("wave").size()
    rows = []
    for k, wave in enumerate(series):
        here = known[known["wave"] == wave.id]
        row = moments.ends(found[:, k], 0.0) | {
            "term": wave.label,
            "n": len(here),
            "n_least": len(here),
        }
        rows.append(row | {"n_accounts": here["account"].nunique() or np.nan})
    change = moments.ends(found[:, -1] - found[:, 0], 0.0) | {
        "term": "change",
        "n": int(sizes.sum()),
    }
    change |= {"n_least": int(sizes.min()), "n_accounts": known["account"].nunique() or np.nan}
    shared = {"construct": name, "label": scales.label(name)}
    shared["note"] = tr("correlation with the rating from 0 to 10")
    return [shared | row for row in (*rows, change)]
