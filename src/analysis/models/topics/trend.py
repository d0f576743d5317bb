"""Themes over the waves: how many raise them, what changed, and what will not go away."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import DataError
from analysis.language import later, tr
from analysis.measures import clusters, inference, nps
from analysis.models.panel import follow
from analysis.models.topics import impact

SHARES = (
    "topic",
    "term",
    "wave",
    "estimate",
    "ci_low",
    "ci_high",
    "count",
    "n",
    "n_least",
    "n_accounts",
    "note",
)

CHANGES = (
    "topic",
    "term",
    "before",
    "after",
    "share_before",
    "share_after",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "clear",
    "status",
    "n",
    "n_before",
    "n_least",
    "n_accounts",
    "note",
)

LASTING = (
    "topic",
    "term",
    "kind",
    "estimate",
    "ci_low",
    "ci_high",
    "bar",
    "running",
    "since",
    "sure",
    "n",
    "n_least",
    "n_accounts",
    "note",
)

NEW, GONE, MORE, LESS = later("new"), later("gone"), later("more"), later("less")
SAME = later("no clear change")
OFTEN, BELOW = later("often raised"), later("raised by critics")

#: Contacts or accounts who hardly change do not make a change certain, and too few that return do
#: not narrow the interval (our defaults, those of `nps.change`).
LEAST_EFFECT = 0.05


def shares(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    names: Mapping[int, str] | pd.Series,
    waves: Sequence[str],
    minimum: int = 8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of each wave's respondents with comments who raise each theme.

    Parameters
    ----------
    people : one row a respondent and wave with a used comment: respondent, wave, account.
    raised : respondent, wave, topic. names : topic -> term.
    waves : ids in order of time.
    minimum : respondents that a wave needs; and those who raise a theme, and those who do not, that
        a number needs: below it the row stays, so that a series has no hole, without a number.

    Returns
    -------
    DataFrame with the columns `SHARES`, by topic and wave: estimate (0-1) with Wilson's interval on
    the effective number of answers (accounts are clusters, `follow.share`), count of n.

    Examples
    --------
    >>> people = pd.DataFrame({"respondent": [f"r{k}" for k in range(50)], "wave": "1"})
    >>> people = people.assign(account=None)
    >>> price = people[:15].assign(topic=0)
    >>> row = shares(people, price, {0: "Price"}, ["1"]).iloc[0]
    >>> [round(float(row[name]), 4) for name in ("estimate", "ci_low", "ci_high")]
    [0.3, 0.191, 0.4375]
    """
    rows = []
    known = impact.once(people)
    said = impact.flags(known, raised, names)
    for topic in said:
        for wave in waves:
            here = known[known["wave"] == wave]
            if len(here) >= max(minimum, 1):
                found = follow.share(said.loc[here.index, topic], here, level)
                row = found | {"topic": topic, "term": names[topic], "wave": wave}
                rows.append(_guarded(row, minimum))
    frame = pd.DataFrame(rows, columns=list(SHARES))
    return frame.astype({"count": float}) if len(frame) else frame


def changes(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    names: Mapping[int, str] | pd.Series,
    waves: Sequence[str],
    minimum: int = 8,
    level: float = 0.95,
) -> pd.DataFrame:
    """The last wave against the one before it.

    Returns
    -------
    DataFrame with the columns `CHANGES`, one row a theme that at least `minimum` people raise in
    one of the two waves, the largest change first. estimate: share now less share before;
    p_adjusted: Benjamini-Hochberg over the themes; clear: below `inference.FALSE_DISCOVERY`.
    status: `NEW` where fewer than `minimum` raised it in every earlier wave and enough now; `GONE`
    where enough did before and fewer do now; else `MORE` or `LESS` where clear, or `SAME`. Where
    fewer than `minimum` raise it, or do not, in one of the two waves, the row has no numbers but
    the bases, as these would give that group away. No rows without two waves of `minimum` people.

    Notes
    -----
    Accounts (else respondents) are clusters over both waves, so that people who answered twice are
    no independent voices. Their design effect and the degrees of freedom are those of CR2 with
    Satterthwaite; it is taken as 1 at least where fewer than `nps.MIN_LINKED` of them answered in
    both waves. Interval and p add one who raises the theme and one who does not to each wave, each
    wave counted as so many answers as it is worth under that effect (Agresti & Caffo).

    References
    ----------
    Agresti & Caffo (2000), The American Statistician 54(4), 280-288. Pustejovsky & Tipton (2018),
    Journal of Business & Economic Statistics 36(4), 672-683.
    """
    known = impact.once(people)
    sizes = known["wave"].value_counts()
    kept = [wave for wave in waves if sizes.get(wave, 0) >= max(minimum, 1)]
    if len(kept) < 2 or kept[-1] != waves[-1]:
        return pd.DataFrame(columns=list(CHANGES))
    said = impact.flags(known, raised, names)
    counts = said.groupby(known["wave"]).sum()
    rows = []
    for topic in said:
        now, then = (int(counts.loc[wave, topic]) for wave in (kept[-1], kept[-2]))
        if max(now, then) < max(minimum, 1):
            continue
        earlier = max(int(counts.loc[wave, topic]) for wave in kept[:-1])
        row = _change(said[topic].astype(float), known, kept[-2], kept[-1], level)
        row |= {"topic": topic, "term": names[topic], "now": now, "then": then, "earlier": earlier}
        rows.append(row)
    if not rows:
        return pd.DataFrame(columns=list(CHANGES))
    found = pd.DataFrame(rows)
    found["p_adjusted"] = inference.discoveries(found["p"])
    found["clear"] = found["p_adjusted"] < inference.FALSE_DISCOVERY
    found["status"] = [_status(row, minimum) for row in found.to_dict("records")]
    found = found.sort_values(["estimate", "topic"], ascending=[False, True], ignore_index=True)
    few = found["n_least"] < minimum
    told = ["share_before", "share_after", "estimate", "ci_low", "ci_high", "p", "p_adjusted"]
    found[told] = found[told].mask(few)
    found["n_least"] = found["n_least"].mask(few, found[["n", "n_before"]].min(axis=1))
    found["note"] = found["note"].mask(few, _few(minimum))
    return found[list(CHANGES)]


def lasting(
    people: pd.DataFrame,
    raised: pd.DataFrame,
    names: Mapping[int, str] | pd.Series,
    waves: Sequence[str],
    running: int = 3,
    share: float = 0.1,
    minimum: int = 8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Themes that will not go away: often raised, or raised by critics, in every one of the waves.

    Parameters
    ----------
    waves : ids in order of time; a wave without `minimum` people with comments ends the run.
    running : waves without a break, the last one included, that make a theme a lasting one.
    share : of the wave's respondents with comments; raised by more of them is often (our default).

    Returns
    -------
    DataFrame with the columns `LASTING`, the longest run first. kind `OFTEN`: estimate and interval
    of the share in the last wave, bar `share`. kind `BELOW`: those who raise it score lower than
    everybody in each wave; estimate: how far, in points (their NPS less that of all, the sign of
    "average" in `impact` turned), bar 0. running, since (id of the run's first wave); sure: the
    interval of every one of these waves lies beyond the bar; n: people of the last wave (with a
    rating, for `BELOW`), n_least: smallest group in any wave of the run.

    Raises
    ------
    DataError: `running` below 2, which would list every one-off.
    """
    if running < 2:
        raise DataError("A theme of a single wave is not a lasting one: ask for two waves or more.")
    rows = []
    often = shares(people, raised, names, waves, minimum, level)
    often = often[often["estimate"] > share]
    rows += _runs(often, waves, OFTEN, share, often["ci_low"] > share)
    below = [
        impact.scores(people[people["wave"] == wave], raised, names, minimum, level).assign(
            wave=wave
        )
        for wave in waves
    ]
    below = [frame for frame in below if len(frame)]
    if below:
        every = pd.concat(below, ignore_index=True)
        every = every.assign(
            estimate=-every["average"], ci_low=-every["average_high"], ci_high=-every["average_low"]
        )
        every = every[every["estimate"] < 0]
        rows += _runs(every, waves, BELOW, 0.0, every["ci_high"] < 0)
    frame = pd.DataFrame([row for row in rows if row["running"] >= running], columns=list(LASTING))
    order = frame.assign(_kind=frame["kind"] == OFTEN, _size=-frame["estimate"].abs())
    order = order.sort_values(
        ["_kind", "running", "_size", "topic"], ascending=[True, False, True, True]
    )
    return order[list(LASTING)].reset_index(drop=True)


def _guarded(row: dict[str, Any], minimum: int) -> dict[str, Any]:
    """A share without its numbers where they would tell of a small group."""
    least = min(row["count"], row["n"] - row["count"])
    if 0 < row["n"] - row["count"] < minimum or row["count"] < minimum:
        hidden = dict.fromkeys(("estimate", "ci_low", "ci_high", "count"), np.nan)
        return row | hidden | {"n_least": row["n"], "note": _few(minimum)}
    return row | {"n_least": least or row["n"]}


def _few(minimum: int) -> str:
    return tr("fewer than {n} raise it, or do not: no number", n=minimum)


def _change(
    values: pd.Series, known: pd.DataFrame, before: str, after: str, level: float
) -> dict[str, Any]:
    """Difference of two shares, accounts as clusters over both waves."""
    both = known[known["wave"].isin([before, after])]
    y, later = values.loc[both.index].to_numpy(), (both["wave"] == after).to_numpy()
    units = inference.units(both)
    x = np.column_stack([~later, later]).astype(float)
    found = clusters.fit(x, y, units).contrast([-1.0, 1.0])
    old, new = y[~later], y[later]
    linked = len(set(units[~later]) & set(units[later]))
    alone = sum(part.var() / max(len(part) - 1, 1) for part in (old, new))
    effect = found.se**2 / alone if found.df > 0 and alone > 0 else 1.0
    effect = max(effect, LEAST_EFFECT if linked >= nps.MIN_LINKED else 1.0)
    low, high, p = _agresti_caffo(old, new, effect, found.df, level)
    groups = [int(k) for part in (old, new) for k in (part.sum(), (1 - part).sum())]
    return {
        "before": before,
        "after": after,
        "share_before": old.mean(),
        "share_after": new.mean(),
        "estimate": found.estimate,
        "ci_low": low,
        "ci_high": high,
        "p": p,
        "n": len(new),
        "n_before": len(old),
        "n_least": min(groups),
        "n_accounts": both["account"].nunique() or np.nan,
        "note": _how(both, units.nunique(), linked),
    }


def _agresti_caffo(
    old: np.ndarray, new: np.ndarray, effect: float, freedom: float, level: float
) -> tuple[float, float, float]:
    """Interval and p of a difference of shares, each of as many answers as it is worth."""
    if not freedom > 0:
        return float("nan"), float("nan"), float("nan")
    middle, variance = 0.0, 0.0
    for part, sign in ((old, -1.0), (new, 1.0)):
        size = len(part) / effect
        p = (size * part.mean() + 1) / (size + 2)
        middle, variance = middle + sign * p, variance + p * (1 - p) / (size + 2)
    error = np.sqrt(variance)
    half = error * stats.t.ppf((1 + level) / 2, freedom)
    low, high = max(-1.0, float(middle - half)), min(1.0, float(middle + half))
    return low, high, float(2 * stats.t.sf(abs(middle) / error, freedom))


def _status(row: dict[str, Any], minimum: int) -> str:
    if row["now"] >= minimum > row["earlier"]:
        return NEW
    if row["then"] >= minimum > row["now"]:
        return GONE
    return SAME if not row["clear"] else MORE if row["estimate"] > 0 else LESS


def _how(both: pd.DataFrame, voices: int, linked: int) -> str:
    """How the change was tested."""
    if voices < 2:
        return tr("all answers come from one account: no interval")
    if both["account"].notna().any():
        if both["account"].nunique() < inference.FEW_ACCOUNTS:
            return tr(
                "allows for answers of the same account in both waves; fewer than {n} accounts, so "
                "it is rough",
                n=inference.FEW_ACCOUNTS,
            )
        return tr("allows for answers of the same account in both waves")
    return tr("allows for people who answered twice" if linked else "answers taken as independent")


def _runs(
    found: pd.DataFrame, waves: Sequence[str], kind: str, bar: float, sure: pd.Series
) -> list[dict[str, Any]]:
    """Unbroken runs up to the last wave of the topics in `found` (one row a topic and wave)."""
    rows = []
    for topic, own in found.assign(sure=sure).groupby("topic", sort=True):
        by_wave = own.set_index("wave")
        run: list[str] = []
        for wave in reversed(waves):
            if wave not in by_wave.index:
                break
            run.append(wave)
        if not run:
            continue
        now, during = by_wave.loc[run[0]], by_wave.loc[run]
        same = ("term", "estimate", "ci_low", "ci_high", "n", "n_accounts", "note")
        row = {name: now[name] for name in same} | {"topic": topic, "kind": kind, "bar": bar}
        row |= {"running": len(run), "since": run[-1], "sure": bool(during["sure"].all())}
        rows.append(row | {"n_least": int(during["n_least"].min())})
    return rows
