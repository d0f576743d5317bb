"""What can be followed from wave to wave: scores as columns, the unbroken series, shares, tests."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import printed, tr
from analysis.measures import clusters, inference, nps, scales
from analysis.params import Wave
from analysis.survey.tables import Survey

#: Constructs of Morgan & Hunt (1994) of which little is no problem: of the first three more is
#: worse, and the last is what keeps customers against their will (our default).
LITTLE_IS_FINE = ("opportunism", "propensity_to_leave", "uncertainty", "termination_costs")


def with_scores(survey: Survey, constructs: Iterable[str] | None = None) -> pd.DataFrame:
    """The answers with one column for the score of each construct.

    Parameters
    ----------
    constructs : those to score; None: all. One without items, or whose items have different
        scales (they have no common mean), is left out.

    Returns
    -------
    DataFrame, `survey.answers` and a column of floats per construct, on the items' scale.
    """
    known = usable(survey)
    wanted = known if constructs is None else [name for name in constructs if name in known]
    scored = {name: scales.score(survey.answers, survey.of(name)) for name in wanted}
    return survey.answers.assign(**scored)


def usable(survey: Survey) -> list[str]:
    """Constructs whose items share one scale, so that they have a common mean."""
    ends = survey.items.groupby("construct", sort=False)[["scale_min", "scale_max"]].nunique()
    alike = set(ends.index[(ends == 1).all(axis=1)])
    return [name for name in survey.constructs if name in alike]


def coded(answers: pd.DataFrame, value: str) -> pd.Series:
    """A column as it is averaged: the recommendation in NPS points, any other as it stands."""
    return nps.points(answers["nps"]) if value == "nps" else answers[value].astype(float)


def name_of(value: str) -> str:
    """A followed column as it is printed.

    >>> name_of("nps"), name_of("customer_care")
    ('NPS', 'Customer care')
    """
    return "NPS" if value == "nps" else scales.label(value)


def unbroken(answers: pd.DataFrame, waves: Sequence[Wave]) -> tuple[Wave, ...]:
    """The last waves that were asked by one method, in order; waves without answers left out.

    Empty when the last wave itself has no answers.
    """
    present = set(answers["wave"])
    if not waves or waves[-1].id not in present:
        return ()
    kept = [wave for wave in waves if wave.id in present]
    breaks = [k for k in range(1, len(kept)) if kept[k].method != kept[k - 1].method]
    return tuple(kept[breaks[-1] :] if breaks else kept)


def once(answers: pd.DataFrame) -> pd.DataFrame:
    """Answers of contacts who can be followed: known, and only once in each wave.

    A contact is known by account and contact id together, as in `inference.matched_pairs`.
    """
    known = answers[answers["contact"].notna()]
    keys = known.assign(account=known["account"].astype(object).where(known["account"].notna(), ""))
    return known[~keys.duplicated(["account", "contact", "wave"], keep=False)]


def share(flags: pd.Series, answers: pd.DataFrame, level: float = 0.95) -> dict[str, Any]:
    """Share of True with Wilson's interval, widened where answers share an account.

    Parameters
    ----------
    flags : bool, aligned with `answers`, none missing.
    answers : rows with `account` and `contact`.

    Returns
    -------
    dict: estimate (0-1), ci_low, ci_high (NaN when all come from one account), count, n,
    n_accounts, note. The base is divided by the design effect (never below 1), and t with
    accounts minus one stands for the normal quantile where that effect is above 1.

    References
    ----------
    Wilson (1927), JASA 22. Korn & Graubard (1998), Survey Methodology 24, 193-201 (the base
    divided by the design effect).

    Examples
    --------
    >>> people = pd.DataFrame({"account": list("abcde"), "contact": list("vwxyz")})
    >>> row = share(pd.Series([True, True, True, False, False]), people)
    >>> [round(float(row[name]), 3) for name in ("estimate", "ci_low", "ci_high")]
    [0.6, 0.231, 0.882]
    """
    n, p = len(flags), float(flags.mean()) if len(flags) else np.nan
    units = inference.units(answers)
    accounts = answers["account"].nunique() or np.nan
    row: dict[str, Any] = {"estimate": p, "ci_low": np.nan, "ci_high": np.nan, "n": n}
    row |= {"count": int(flags.sum()), "n_accounts": accounts, "note": tr("Wilson's interval")}
    if not n:
        return row
    if n > 1 and units.nunique() < 2:
        return row | {"note": tr("all answers come from one account: no interval")}
    plain = p * (1 - p) / n
    error, freedom = inference.clustered((flags.astype(float) - p) / n, units)
    effect = max(1.0, error**2 / plain) if plain > 0 and n > units.nunique() else 1.0
    z = stats.norm.ppf((1 + level) / 2)
    if effect > 1:
        z = stats.t.ppf((1 + level) / 2, freedom)
        row["note"] = tr(
            "Wilson's interval, allowing for shared accounts (x{effect})",
            effect=printed(effect, ".2f"),
        )
    size = n / effect
    middle = (p + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2))
    return row | {"ci_low": max(0.0, middle - half), "ci_high": min(1.0, middle + half)}


def apart(low: float, high: float, line: float = 0.0) -> bool:
    """Whether an interval lies wholly on one side of a line; without an interval it does not."""
    return bool(low > line or high < line)


def contrast(
    x: np.ndarray, y: pd.Series, answers: pd.DataFrame, c: Sequence[float], level: float = 0.95
) -> dict[str, Any]:
    """A contrast of least-squares coefficients, accounts as clusters.

    Parameters
    ----------
    x : n x p design. y : aligned with `answers`, none missing. c : p weights of the coefficients.
    answers : rows with `account` and `contact`.

    Returns
    -------
    dict: estimate, ci_low, ci_high, p (two-sided; NaN like the interval with one cluster), clear.
    """
    fitted = clusters.fit(np.asarray(x, dtype=float), y.to_numpy(float), _voices(answers))
    found = fitted.contrast(np.asarray(c, dtype=float))
    half, p = np.nan, np.nan
    if found.df > 0 and np.isfinite(found.se):
        half = found.se * stats.t.ppf((1 + level) / 2, found.df)
        gap = abs(found.estimate)
        p = float(2 * stats.t.sf(gap / found.se, found.df)) if found.se > 0 else float(gap < 1e-12)
    low, high = found.estimate - half, found.estimate + half
    row = {"estimate": found.estimate, "ci_low": low, "ci_high": high, "p": p}
    return row | {"clear": apart(low, high)}


def _voices(answers: pd.DataFrame) -> np.ndarray:
    """The clusters of a fit."""
    return inference.units(answers).to_numpy()
