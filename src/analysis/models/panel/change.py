"""Did the same people change their minds, or did other people answer: the change in parts."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.measures import inference, nps, scales
from analysis.models.panel import follow
from analysis.params import Wave
from analysis.survey.tables import Survey

COLUMNS = (
    "term",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "clear",
    "n",
    "n_before",
    "n_least",
    "n_accounts",
    "note",
)

TOTAL = later("Change of the score")
WITHIN, MIX = later("Same people"), later("Different people")
NEWCOMERS, LEAVERS = later("New people"), later("Did not answer again")


def matched(
    answers: pd.DataFrame, before: Wave, after: Wave, value: str = "nps", level: float = 0.95
) -> pd.DataFrame:
    """Split the change between two waves into change within contacts and change of mix.

    Parameters
    ----------
    answers : rows with `wave`, `account`, `contact` and `value`.
    value : column to follow; "nps" is counted in points, any other column as it is
        (`with_scores` gives constructs columns).

    Returns
    -------
    DataFrame, three rows with the columns `COLUMNS`: the total, within the same contacts, and by
    who answered; total = within + mix. Interval and `clear` of the first two are those of
    `nps.change` for "nps", else of `inference.difference` and `inference.mean`. `n_least` is the
    smallest group that a reader could work out from a row. No rows when the methods differ or no
    contact answered both times.
    """
    both = _both(answers, before, after, value)
    pairs = inference.matched_pairs(both, before.id, after.id)
    if before.method != after.method or pairs.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    old, new = _of(both, before), _of(both, after)
    moved = pairs["after"] - pairs["before"]
    others = len(old) + len(new) - 2 * len(pairs)
    # Total and part within together give the rest away by subtraction: both count its people.
    unmatched = inference.least_followed(len(old), len(new), len(pairs))
    everyone: dict[str, Any] = {"n": len(new), "n_before": len(old)}
    everyone["n_accounts"] = both["account"].nunique() or np.nan
    same: dict[str, Any] = {"n": len(pairs), "n_before": len(pairs), "n_least": unmatched}
    same["n_accounts"] = pairs["account"].nunique() or np.nan
    of_mix = _sums(_of_total(old, new), both).sub(_sums(_of_mean(moved), pairs), fill_value=0.0)
    rows = [
        {"term": TOTAL, "note": tr("everybody who answered"), "n_least": min(len(old), len(new))}
        | _tested(inference.difference(both["value"], both, before.id, after.id, level))
        | everyone,
        {"term": WITHIN, "note": tr("people who answered both times")}
        | _tested(inference.mean(moved, pairs, level))
        | same,
        {"term": MIX, "note": tr("{n} answers of people who answered once", n=others)}
        | _interval(new.mean() - old.mean() - moved.mean(), of_mix, level)
        | everyone
        | {"n_least": unmatched},
    ]
    if value == "nps":  # the tests of the NPS know small samples; one change has one interval
        for row, tested in zip(
            rows, nps.change(both, before, after, level).to_dict("records"), strict=False
        ):
            row |= {name: tested[name] for name in ("ci_low", "ci_high", "p", "clear")}
    return pd.DataFrame(rows, columns=list(COLUMNS))


def latest(answers: pd.DataFrame, waves: Sequence[Wave], value: str = "nps") -> pd.DataFrame:
    """`matched` for the last wave and the wave before it; no rows without one."""
    earlier = scales.previous(answers[answers[value].notna()], waves)
    if earlier is None:
        return pd.DataFrame(columns=list(COLUMNS))
    return matched(answers, earlier, waves[-1], value)


def by_construct(
    survey: Survey, waves: Sequence[Wave], constructs: Iterable[str] | None = None
) -> pd.DataFrame:
    """`latest` for the score of every construct.

    Returns
    -------
    DataFrame: construct, label, then `COLUMNS`; three rows for each construct that was asked in
    both waves and that somebody answered twice. So many scores are one family of tests: `clear`
    also asks that the p of its row, adjusted over the constructs, is below
    `inference.FALSE_DISCOVERY`.
    """
    scored = follow.with_scores(survey, constructs)
    names = [name for name in scored.columns if name not in survey.answers.columns]
    found = [latest(scored, waves, name).assign(construct=name) for name in names]
    found = [
        frame.assign(label=scales.label(frame["construct"].iloc[0]))
        for frame in found
        if len(frame)
    ]
    columns = ["construct", "label", *COLUMNS]
    if not found:
        return pd.DataFrame(columns=columns)
    every = pd.concat(found, ignore_index=True)[columns]
    adjusted = every.groupby("term")["p"].transform(inference.discoveries)
    return every.assign(clear=every["clear"] & (adjusted < inference.FALSE_DISCOVERY))


def bridge(answers: pd.DataFrame, waves: Sequence[Wave], value: str = "nps") -> pd.DataFrame:
    """From the score of the wave before to that of the last: same people, newcomers, leavers.

    Returns
    -------
    DataFrame, five rows: `COLUMNS` and `group`, "level" for the two scores and "change" for the
    three parts, which add up to the difference of the levels. Newcomers add their share of the
    answers times how far they lie above those followed; leavers take away likewise. Who carries
    no id, or answers twice in a wave, cannot be followed and counts as a newcomer or leaver. No
    rows where `latest` has none.
    """
    columns = [*COLUMNS, "group"]
    earlier = scales.previous(answers[answers[value].notna()], waves)
    parts = pd.DataFrame() if earlier is None else matched(answers, earlier, waves[-1], value)
    if parts.empty or earlier is None:
        return pd.DataFrame(columns=columns)
    both = _both(answers, earlier, waves[-1], value)
    pairs = inference.matched_pairs(both, earlier.id, waves[-1].id)
    rows: list[dict[str, Any]] = []
    for wave, term, times in ((waves[-1], NEWCOMERS, 1.0), (earlier, LEAVERS, -1.0)):
        everybody = _of(both, wave)
        same = pairs["after" if times > 0 else "before"]
        gone = len(everybody) - len(same)
        influence = _sums(_of_mean(everybody), both).sub(_sums(_of_mean(same), pairs), fill_value=0)
        found = _interval(times * (everybody.mean() - same.mean()), times * influence, 0.95)
        note = tr(
            "who could not be followed from before" if times > 0 else "who did not answer again"
        )
        row = {"term": term, "n": gone, "note": note, "group": "change"} | found
        rows.append(row | {"n_accounts": both["account"].nunique() or np.nan})
    within = parts.iloc[1].to_dict() | {"group": "change"}
    smallest = min(k for k in (len(pairs), rows[0]["n"], rows[1]["n"]) if k)
    changes = [row | {"n_least": smallest} for row in (within, *rows)]
    levels = [_level(both, wave, value) for wave in (earlier, waves[-1])]
    return pd.DataFrame([levels[0], *changes, levels[1]], columns=columns)


def _both(answers: pd.DataFrame, before: Wave, after: Wave, value: str) -> pd.DataFrame:
    """Answers of the two waves that have the value, as it is averaged, in a column `value`."""
    both = answers[answers["wave"].isin([before.id, after.id])]
    values = follow.coded(both, value)
    return both.assign(value=values)[values.notna()]


def _of(both: pd.DataFrame, wave: Wave) -> pd.Series:
    return both.loc[both["wave"] == wave.id, "value"]


def _of_mean(values: pd.Series) -> pd.Series:
    """What each value adds to the error of their mean."""
    return (values - values.mean()) / len(values)


def _of_total(old: pd.Series, new: pd.Series) -> pd.Series:
    return pd.concat([-_of_mean(old), _of_mean(new)])


def _sums(influence: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Influence summed by who speaks with one voice."""
    return influence.groupby(inference.units(rows.loc[influence.index])).sum()


def _level(both: pd.DataFrame, wave: Wave, value: str) -> dict[str, Any]:
    """The score of one wave as a row of the bridge."""
    here = both[both["wave"] == wave.id]
    found = inference.mean(here["value"], here)
    if value == "nps":
        found = nps.nps(here["nps"], accounts=here["account"])
    row = found.iloc[0].to_dict() | {"term": wave.label, "clear": False, "group": "level"}
    return row | {"n_least": row["n"]}


def _tested(found: pd.DataFrame) -> dict[str, Any]:
    """Estimate and interval of a row of `inference`, and whether the interval leaves out zero."""
    row = found.iloc[0]
    ends = {name: row[name] for name in ("estimate", "ci_low", "ci_high", "p")}
    return ends | {"clear": follow.apart(row["ci_low"], row["ci_high"])}


def _interval(estimate: float, influence: pd.Series, level: float) -> dict[str, Any]:
    """Estimate and interval from influences that are summed by account already."""
    error, freedom = inference.clustered(influence, pd.Series(influence.index, influence.index))
    known = freedom > 0 and error > 0
    half = error * stats.t.ppf((1 + level) / 2, freedom) if known else np.nan
    low, high = estimate - half, estimate + half
    return {
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "p": float(2 * stats.t.sf(abs(estimate) / error, freedom)) if known else np.nan,
        "clear": follow.apart(low, high),
    }
