"""Do seniors and users of one customer see the same: gaps between levels, and misperceptions."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.language import tr
from analysis.measures import inference, scales
from analysis.models.panel import follow
from analysis.models.panel.persist import bar_on
from analysis.survey.tables import Survey

GAP = (
    "value",
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "clear",
    "n",
    "n_upper",
    "n_lower",
    "n_least",
    "n_accounts",
    "note",
)
ACCOUNTS = ("account", "upper", "lower", "gap", "n_upper", "n_lower", "n_least")
CONTRASTS = (
    "key",
    "kind",
    "term",
    "label",
    "upper",
    "lower",
    "bar",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "clear",
    "n",
    "n_upper",
    "n_lower",
    "n_least",
    "n_accounts",
    "note",
)

#: Levels as they are compared unless asked otherwise (our default).
UPPER, LOWER = ("decision_maker",), ("operational", "end_user")

#: Fewest accounts with both levels (our default), and fewest answers in a cell (domain.md 2.8).
MIN_ACCOUNTS, MIN_CELL = 5, 5


def account_gaps(
    survey: Survey,
    wave: str,
    value: str = "nps",
    upper: Sequence[str] = UPPER,
    lower: Sequence[str] = LOWER,
) -> pd.DataFrame:
    """The gap of every account that has answers of both levels; for researchers, not to publish.

    Parameters
    ----------
    value : "nps" (in points) or a construct.
    upper, lower : roles of each level; no role may stand on both sides.

    Returns
    -------
    DataFrame with the columns `ACCOUNTS`, widest gap first: mean of each level, gap (upper less
    lower), answers of each level, and the fewer of the two.

    Raises
    ------
    DataError: a role on both sides.
    """
    return _account_gaps(survey, _sided(survey, wave, upper, lower), value)


def _account_gaps(survey: Survey, sided: pd.DataFrame, value: str) -> pd.DataFrame:
    scored = _scored(survey, sided, value)
    if scored.empty:
        return pd.DataFrame(columns=list(ACCOUNTS))
    known = scored[scored["account"].notna()]
    grouped = known.groupby(["account", "side"])["value"].agg(["mean", "size"]).unstack("side")
    grouped = grouped.reindex(
        columns=pd.MultiIndex.from_product([["mean", "size"], ["upper", "lower"]])
    ).dropna()
    frame = pd.DataFrame(
        {
            "upper": grouped["mean", "upper"],
            "lower": grouped["mean", "lower"],
            "gap": grouped["mean", "upper"] - grouped["mean", "lower"],
            "n_upper": grouped["size", "upper"].astype(int),
            "n_lower": grouped["size", "lower"].astype(int),
        }
    ).rename_axis("account")
    frame = frame.reset_index().assign(n_least=np.minimum(frame["n_upper"], frame["n_lower"]).array)
    order = frame.assign(_wide=-frame["gap"].abs().round(9)).sort_values(["_wide", "account"])
    return order[list(ACCOUNTS)].reset_index(drop=True)


def perception_gap(
    survey: Survey,
    wave: str,
    values: Iterable[str] | None = None,
    upper: Sequence[str] = UPPER,
    lower: Sequence[str] = LOWER,
) -> pd.DataFrame:
    """How far the levels of one account lie apart, on average over accounts.

    Parameters
    ----------
    values : "nps" and constructs; None: the NPS and every construct asked.

    Returns
    -------
    DataFrame with the columns `GAP`, one row per value that has both levels at `MIN_ACCOUNTS`
    accounts: estimate is the mean over accounts of the mean of `upper` less that of `lower`, each
    account counting once (the sign turns when the levels are swapped); t-interval over accounts;
    p_adjusted is Benjamini-Hochberg's over the rows and `clear` True below
    `inference.FALSE_DISCOVERY`; n_upper and n_lower count the answers at these accounts.

    Raises
    ------
    DataError: a role on both sides.
    """
    wanted = ["nps", *follow.usable(survey)] if values is None else list(values)
    rows, sided = [], _sided(survey, wave, upper, lower)
    for value in wanted:
        found = _account_gaps(survey, sided, value)
        if len(found) < MIN_ACCOUNTS:
            continue
        alone = found.assign(contact=None)
        row = follow.contrast(np.ones((len(found), 1)), found["gap"], alone, [1])
        sizes = {name: int(found[name].sum()) for name in ("n_upper", "n_lower")}
        base = {"n": sum(sizes.values()), "n_least": min(sizes.values())}
        note = tr("each account that answered at both levels counts once")
        named = {"value": value, "term": follow.name_of(value), "note": note}
        rows.append(named | row | sizes | base | {"n_accounts": len(found)})
    return _judged(pd.DataFrame(rows, columns=list(GAP)))


def level_contrasts(
    survey: Survey,
    wave: str,
    bar: float = 4.5,
    minimum: int = MIN_CELL,
    upper: Sequence[str] = UPPER,
    lower: Sequence[str] = LOWER,
) -> pd.DataFrame:
    """Every question and scale at both levels, over all answers of the wave.

    Parameters
    ----------
    bar : on 1-7; on another scale at the same share of its length.
    minimum : fewest answers of each level; what has fewer is not compared (nor listed).

    Returns
    -------
    DataFrame with the columns `CONTRASTS`: mean of each level, the bar on the item's scale,
    estimate (upper less lower) with an interval in which accounts are clusters, p, p_adjusted
    (Benjamini-Hochberg over the rows), clear, answers of each level. `n_least` also counts those
    of neither level: their mean would come back by subtraction from that of all. Scales of which
    little is no problem are left out.

    Raises
    ------
    DataError: a role on both sides.
    """
    rows, usable, sided = [], follow.usable(survey), _sided(survey, wave, upper, lower)
    for construct in survey.constructs:
        if construct in follow.LITTLE_IS_FINE:
            continue
        items = survey.of(construct)
        scale = [(construct, "scale", scales.label(construct))]
        asked = [(item, "item", survey.items.loc[item, "label"]) for item in items]
        for key, kind, term in [*(scale if construct in usable else []), *asked]:
            row = _contrast(survey, sided, key, minimum)
            if row is not None:
                line = bar_on(survey, items[0] if kind == "scale" else key, bar)
                shared = {"key": key, "kind": kind, "term": term, "bar": line}
                rows.append(row | shared | {"label": scales.label(construct)})
    return _judged(pd.DataFrame(rows, columns=list(CONTRASTS)))


def misperceptions(contrasts: pd.DataFrame) -> pd.DataFrame:
    """What seniors call poor while users do not: rows of `level_contrasts`, the widest first.

    Listed only where seniors score below the bar, users at or above it, and the difference is clear
    after Benjamini-Hochberg's correction over all rows.
    """
    listed = contrasts[contrasts["upper"] < contrasts["bar"]]
    listed = listed[listed["lower"] >= listed["bar"]]
    listed = listed[listed["clear"].astype(bool) & (listed["estimate"] < 0)]
    return listed.sort_values(["estimate", "key"]).reset_index(drop=True)


def _sided(survey: Survey, wave: str, upper: Sequence[str], lower: Sequence[str]) -> pd.DataFrame:
    """All answers of a wave; `side` says which level somebody is of, if any."""
    if both := sorted(set(upper) & set(lower)):
        raise DataError(f"The role {both[0]} stands at both levels; put it at one of them.")
    here = survey.at(wave)
    side = pd.Series(np.nan, index=here.index, dtype=object)
    side = side.mask(here["role"].isin(list(upper)), "upper")
    return here.assign(side=side.mask(here["role"].isin(list(lower)), "lower"))


def _values(survey: Survey, sided: pd.DataFrame, value: str) -> pd.Series:
    """What everybody in the wave gave: a scale's score, or an answer as it is averaged."""
    if value in survey.constructs:
        return scales.score(sided, survey.of(value))
    if value in sided:
        return follow.coded(sided, value)
    return pd.Series(np.nan, index=sided.index)


def _scored(survey: Survey, sided: pd.DataFrame, value: str) -> pd.DataFrame:
    """Account, contact, level and value of the people of either level who gave the value."""
    known = sided[["account", "contact", "side"]].assign(value=_values(survey, sided, value))
    return known[known["value"].notna() & known["side"].notna()]


def _contrast(survey: Survey, sided: pd.DataFrame, key: str, minimum: int) -> dict[str, Any] | None:
    """The two means of one question or scale and their difference; None with too few answers."""
    given = _values(survey, sided, key)
    here = sided[["account", "contact", "side"]].assign(value=given)
    here = here[given.notna() & here["side"].notna()]
    senior = (here["side"] == "upper").astype(float)
    counts = {"n_upper": int(senior.sum()), "n_lower": int((1 - senior).sum())}
    if min(counts.values()) < max(minimum, 2):
        return None
    values = here["value"].astype(float)
    found = follow.contrast(np.column_stack([np.ones(len(here)), senior]), values, here, [0, 1])
    others = int(given.notna().sum()) - len(here)
    least = min([*counts.values(), *([others] if others else [])])
    means = {"upper": values[senior == 1].mean(), "lower": values[senior == 0].mean()}
    base = {"n": len(here), "n_least": least, "n_accounts": here["account"].nunique() or np.nan}
    return found | counts | means | base | {"note": tr("all answers of each level")}


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    """Adjust the p values of all rows together, and say which are clear."""
    frame["p_adjusted"] = inference.discoveries(frame["p"])
    frame["clear"] = frame["p_adjusted"] < inference.FALSE_DISCOVERY
    return frame
