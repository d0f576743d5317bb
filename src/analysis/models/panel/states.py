"""From one kind to another: transition matrices between two waves, and whether the mix moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, tr
from analysis.measures import inference, nps, scales
from analysis.models.panel import follow
from analysis.params import Wave

TRANSITIONS = (
    "from",
    "to",
    "estimate",
    "ci_low",
    "ci_high",
    "count",
    "n",
    "n_least",
    "n_accounts",
    "note",
)
MARGINS = (
    "term",
    "share_before",
    "share_after",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "p_adjusted",
    "clear",
    "n",
    "n_least",
    "n_accounts",
    "note",
)
HOMOGENEITY = ("term", "statistic", "df", "df2", "p", "clear", "n", "n_moved", "n_accounts", "note")

#: NPS classes from worst to best.
NPS_CLASSES = (later("Detractor"), later("Passive"), later("Promoter"))

#: Below this p the mix of states is said to have moved (a convention; our default).
SURE = 0.05


@dataclass(frozen=True)
class Moves:
    """Who moved from one kind to another between the last two waves of one method.

    `matrix` has the columns `TRANSITIONS`, `mix` `MARGINS`, `tested` `HOMOGENEITY`; no rows where
    there is no earlier wave or nobody answered both times.
    """

    matrix: pd.DataFrame
    mix: pd.DataFrame
    tested: pd.DataFrame


def moves(
    states: pd.Series, answers: pd.DataFrame, waves: Sequence[Wave], order: Sequence[str]
) -> Moves:
    """`transitions`, `margins` and `homogeneity` since the wave before.

    Parameters
    ----------
    states : the state of each answer; index within that of `answers`, missing ones left out.
    """
    earlier = scales.previous(answers.loc[states.dropna().index], waves)
    asked = (states, answers, earlier or waves[-1], waves[-1], order)
    return Moves(transitions(*asked), margins(*asked), homogeneity(*asked))


def nps_classes(answers: pd.DataFrame) -> pd.Series:
    """Promoter, Passive or Detractor of every answer; missing without a rating.

    Examples
    --------
    >>> list(nps_classes(pd.DataFrame({"nps": [10, 7, 0]})))
    ['Promoter', 'Passive', 'Detractor']
    """
    names = {-100.0: "Detractor", 0.0: "Passive", 100.0: "Promoter"}
    return nps.points(answers["nps"]).map(names).astype(object)


def transitions(
    states: pd.Series, answers: pd.DataFrame, before: Wave, after: Wave, order: Sequence[str]
) -> pd.DataFrame:
    """Where those of each state are found one wave on.

    Parameters
    ----------
    states : the state of each answer; index within that of `answers`, missing ones left out.
    answers : rows with `wave`, `account`, `contact`.
    order : the states, in the order of rows and columns.

    Returns
    -------
    DataFrame with the columns `TRANSITIONS`, one row per pair of states: from, to, estimate (share
    of the row) with the interval of `follow.share`, count, n (contacts in the row) and n_least,
    the same. States that nobody left have no rows. None at all when the methods differ or nobody
    is matched.
    """
    pairs = _pairs(states, answers, before, after, order)
    rows = []
    for old in order:
        here = pairs[pairs["before"] == old]
        for new in order if len(here) else ():
            found = follow.share(here["after"] == new, here)
            least = min(len(here), int(here["least"].iloc[0]))
            rows.append({"from": old, "to": new, "n_least": least} | found)
    return pd.DataFrame(rows, columns=list(TRANSITIONS))


def margins(
    states: pd.Series, answers: pd.DataFrame, before: Wave, after: Wave, order: Sequence[str]
) -> pd.DataFrame:
    """Each state's share among the same contacts before and after, and whether it changed.

    Returns
    -------
    DataFrame with the columns `MARGINS`, one row per state: both shares, estimate (after minus
    before, 0-1) with an interval in which accounts are clusters, p, p_adjusted
    (Benjamini-Hochberg over the states), clear (p_adjusted below `inference.FALSE_DISCOVERY`).
    """
    pairs = _pairs(states, answers, before, after, order)
    rows = []
    for state in order if len(pairs) else ():
        was, is_now = (pairs[when] == state for when in ("before", "after"))
        moved = is_now.astype(float) - was.astype(float)
        found = follow.contrast(np.ones((len(pairs), 1)), moved, pairs, [1])
        shares = {"term": state, "share_before": was.mean(), "share_after": is_now.mean()}
        sizes: dict[str, Any] = {"n": len(pairs), "n_least": int(pairs["least"].iloc[0])}
        sizes["n_accounts"] = pairs["account"].nunique() or np.nan
        rows.append(
            found | shares | sizes | {"note": tr("the same contacts, accounts as clusters")}
        )
    frame = pd.DataFrame(rows, columns=list(MARGINS))
    frame["p_adjusted"] = inference.discoveries(frame["p"])
    frame["clear"] = frame["p_adjusted"] < inference.FALSE_DISCOVERY
    return frame


def homogeneity(
    states: pd.Series, answers: pd.DataFrame, before: Wave, after: Wave, order: Sequence[str]
) -> pd.DataFrame:
    """Test whether the mix of states among the same contacts is still what it was.

    Returns
    -------
    DataFrame with the columns `HOMOGENEITY`, two rows. First the textbook test, in which contacts
    are independent: Stuart-Maxwell's chi-square, or for two states the exact sign test (McNemar)
    on those who moved. Then the same quadratic form with moves summed by account, as an F (it is
    Hotelling's T-squared of the accounts' moves); this one decides. With a single account it has
    no p. No rows when nobody is matched; p is 1 when nobody moved.

    References
    ----------
    Stuart (1955), Biometrika 42, 412-416. Maxwell (1970), British Journal of Psychiatry 116,
    651-655. McNemar (1947), Psychometrika 12, 153-157.
    """
    pairs = _pairs(states, answers, before, after, order)
    if pairs.empty:
        return pd.DataFrame(columns=list(HOMOGENEITY))
    moves = np.column_stack(
        [(pairs["after"] == s).astype(float) - (pairs["before"] == s) for s in order]
    )
    units = inference.units(pairs)
    summed = pd.DataFrame(moves).groupby(units.to_numpy()).sum().to_numpy()
    moved = int((pairs["before"] != pairs["after"]).sum())
    shared: dict[str, Any] = {"n": len(pairs), "n_moved": moved}
    shared["n_accounts"] = pairs["account"].nunique() or np.nan
    rows = [_textbook(moves) | shared, _by_account(summed) | shared]
    frame = pd.DataFrame(rows, columns=list(HOMOGENEITY))
    frame["clear"] = frame["p"] < SURE
    return frame


def _pairs(
    states: pd.Series, answers: pd.DataFrame, before: Wave, after: Wave, order: Sequence[str]
) -> pd.DataFrame:
    """State before and after of every contact who has both; none across a change of method.

    `least`: the smallest group that the mix of all and that of the same contacts give away.
    """
    valued = answers.loc[states.index].assign(value=states.where(states.isin(list(order))))
    pairs = inference.matched_pairs(valued, before.id, after.id)
    known = valued[valued["value"].notna()]
    old, new = (int((known["wave"] == wave.id).sum()) for wave in (before, after))
    comparable = before.method == after.method and before.id != after.id
    pairs = pairs.assign(least=inference.least_followed(old, new, len(pairs)))
    return pairs if comparable else pairs.iloc[:0]


def _textbook(moves: np.ndarray) -> dict[str, Any]:
    """Stuart-Maxwell on independent moves; the exact sign test for two states."""
    if moves.shape[1] == 2:
        up, down = int((moves[:, 1] > 0).sum()), int((moves[:, 1] < 0).sum())
        p = stats.binomtest(up, up + down).pvalue if up + down else 1.0
        test = later("exact sign test (McNemar)")
        row = {"term": test, "statistic": float(up), "df": up + down, "p": p}
    else:
        form, rank = _form(moves)
        p = float(stats.chi2.sf(form, rank)) if rank else 1.0
        row = {"term": "Stuart-Maxwell", "statistic": form, "df": rank, "p": p}
    return row | {"note": tr("contacts taken as independent")}


def _by_account(summed: np.ndarray) -> dict[str, Any]:
    """The same with one vector of moves per account, in its small-sample form."""
    form, rank = _form(summed)
    count = len(summed)
    test = later("allowing for accounts")
    row = {"term": test, "df": rank, "df2": count - rank, "p": np.nan}
    if not rank:
        return row | {"statistic": 0.0, "p": 1.0, "note": tr("nobody moved")}
    if count <= rank or form >= count * (1 - 1e-9):
        return row | {"statistic": np.nan, "note": tr("no test: few accounts, or all moved alike")}
    # About the mean instead of zero, the form is form / (1 - form / count): Hotelling's T-squared.
    f = form / (1 - form / count) * (count - rank) / (rank * count)
    p = float(stats.f.sf(f, rank, count - rank))
    return row | {"statistic": f, "p": p, "note": tr("moves summed by account; F test")}


def _form(moves: np.ndarray) -> tuple[float, int]:
    """Sum of moves in the metric of their products, and how many states are free to move.

    One state follows from the others, and one that nobody entered or left tells nothing, so the
    matrix is never of full rank; its generalised inverse gives the form for any choice of states.
    """
    total, products = moves.sum(axis=0), moves.T @ moves
    rank = int(np.linalg.matrix_rank(products)) if products.any() else 0
    return float(total @ np.linalg.pinv(products, hermitian=True) @ total), rank
