"""Sentences on the predictor contest: which score told who would leave.

A score is called better only where the paired test says so after allowing for all pairs; what
foretells a loss is not said to bring it about.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note

COIN = 0.5
AS_PREDICTED = "as predicted"  # what `contest.risk` notes beside a band that came true


def finding(auc: pd.DataFrame, pairs: pd.DataFrame, verdict: str, when: str = "") -> Finding | None:
    """Which score told best who would leave, or that none did, or that they cannot be told apart.

    `auc` has label, estimate, ci_low, ci_high, n and n_lost, the best first; `pairs` one, other
    and verdict, those of the best first; `when`: the wave of the scores, in words.
    """
    if auc.empty:
        return None
    top = auc.iloc[0]
    sure = (
        f"(95% interval {interval(top['ci_low'], top['ci_high'], 'share')}; "
        f"{show(top['n'], 'count')} accounts{f' with scores of {when}' if when else ''}, "
        f"{show(top['n_lost'], 'count')} of them lost since)"
    )
    if not top["ci_low"] > COIN:
        return Finding(
            key="contest",
            sentence=(
                f"No score clearly told which accounts would leave: the best, {_name(top)}, was "
                "lower at the account that left than at one that stayed in "
                f"{show(top['estimate'], 'share')} of cases, and a coin has 50% {sure}."
            ),
            evidence="undecided",
        )
    told = (
        "it was lower at the account that left than at one that stayed in "
        f"{show(top['estimate'], 'share')} of cases {sure}"
    )
    if verdict == "ahead":
        sentence = (
            f"{top['label']} told best which accounts would leave: {told}, clearly better than "
            f"{_listed(auc['label'].iloc[1:])}."
        )
        return Finding(key="contest", sentence=sentence, evidence="clear", lead=True)
    if verdict == "some differ":
        sentence = f"{top['label']} told which accounts would leave: {told}{_beaten(top, pairs)}."
        return Finding(key="contest", sentence=sentence, evidence="clear")
    sentence = f"{top['label']} told which accounts would leave: {told}."
    if len(auc) > 1:
        sentence += (
            f" Which score does best is not distinguishable: {_listed(auc['label'])} differ by "
            "no more than chance."
        )
    return Finding(key="contest", sentence=sentence, evidence="clear")


def commitment(auc: pd.DataFrame, pairs: pd.DataFrame) -> Note | None:
    """What these accounts say of the claim that commitment foretells defection best."""
    if auc.empty or "Commitment" not in set(auc["label"]) or len(auc) < 2:
        return None
    own = pairs[(pairs["one"] == "Commitment") | (pairs["other"] == "Commitment")]
    better = own[(own["one"] == "Commitment") & (own["verdict"] == "differ")]["other"]
    worse = own[(own["other"] == "Commitment") & (own["verdict"] == "differ")]["one"]
    if len(better) == len(auc) - 1:
        said = "these accounts bear it out"
    elif len(worse):
        said = f"here {_listed(worse)} did better"
    elif len(better):
        said = f"here it did better than {_listed(better)}, and no better than the rest"
    else:
        said = "here it cannot be told apart from the other scores"
    return Note(
        key="contest_commitment",
        about="caveat",
        sentence=(
            f"It is often said that commitment foretells best who leaves; {said}. Over 94 studies "
            "commitment went least with objective performance (Palmatier et al. 2006)."
        ),
    )


def revenue(table: pd.DataFrame, verdict: str) -> Finding | None:
    """Which score went closest with the change of revenue.

    `table` has label, estimate, ci_low, ci_high and n, the closest first.
    """
    if table.empty:
        return None
    top = table.iloc[0]
    sure = (
        f"(correlation {show(top['estimate'], 'r')}, 95% interval "
        f"{interval(top['ci_low'], top['ci_high'], 'r')}; {show(top['n'], 'count')} accounts)"
    )
    if not top["ci_low"] > 0:
        sentence = (
            f"No score clearly goes with what accounts spent afterwards: {_name(top)} {sure}."
        )
        return Finding(key="contest_revenue", sentence=sentence, evidence="undecided")
    sentence = f"Accounts with higher {_name(top)} spent more afterwards, or cut less {sure}."
    if verdict == "not distinguishable" and len(table) > 1:
        sentence += " The other scores cannot be told apart from it."
    if verdict == "ahead":
        sentence = sentence[:-1] + ", closer than with any other score."
    return Finding(key="contest_revenue", sentence=sentence, evidence="clear")


def risk(
    hits: Mapping[str, Any],
    p: float,
    brier: float,
    brier_base: float,
    drawn_from: str,
    table: pd.DataFrame,
) -> Finding | None:
    """How many of the lost accounts stood in the highest band, and whether the risks were right.

    `hits` has estimate, ci_low, ci_high, n (accounts lost) and band (share of accounts in it);
    `table` has label and note, one row per band.
    """
    if not hits:
        return None
    how = "drawn from the wave before" if drawn_from else "drawn from all other accounts"
    sentence = (
        f"Of {show(hits['n'], 'count')} accounts that left, {show(hits['estimate'], 'share')} "
        f"stood in the highest band of risk (95% interval "
        f"{interval(hits['ci_low'], hits['ci_high'], 'share')}), which holds "
        f"{show(hits['band'], 'share')} of all accounts; the risks were {how}."
    )
    clear = hits["ci_low"] > hits["band"]
    if p < 0.05:
        sentence += " As chances they were off: read the bands as an order, not as odds."
    elif brier < brier_base:
        off = [
            str(row["label"]).lower()
            for row in table.to_dict("records")
            if row["note"] != AS_PREDICTED
        ]
        sentence += " As chances they held on the whole"
        sentence += f", but not in the band {' and '.join(off)}." if off else "."
    else:
        sentence += " As chances they were no nearer than giving every account the same risk."
    return Finding(key="risk", sentence=sentence, evidence="clear" if clear else "undecided")


def disagreement(table: pd.DataFrame, r: Mapping[str, Any], minimum: int) -> Finding | None:
    """How many accounts recommend and trust little.

    `table` has label, low, high and n, one row per class of the NPS; `r` the correlation.
    """
    promoters = table[table["label"] == "Promoter"]
    if promoters.empty or not r:
        return None
    row = promoters.iloc[0]
    together = (
        f"Over accounts the two correlate {show(r['estimate'], 'r')} (95% interval "
        f"{interval(r['ci_low'], r['ci_high'], 'r')}; {show(r['n'], 'count')} accounts)."
    )
    start = "Accounts that trust more do not clearly recommend more. "
    if r["ci_low"] > 0:
        start = "Accounts that trust more also recommend more. "
    elif r["ci_high"] < 0:
        start = "Accounts that trust more recommend less. "
    if row["low"] >= minimum and (row["high"] >= minimum or not row["high"]):
        start = (
            f"{show(row['low'], 'count')} of {show(row['n'], 'count')} accounts that recommend "
            "trust little. "
        )
    elif not row["low"] and row["n"] >= minimum:
        start = f"All {show(row['n'], 'count')} accounts that recommend also trust. "
    return Finding(key="nps_trust", sentence=start + together, evidence="descriptive")


def _beaten(top: pd.Series, pairs: pd.DataFrame) -> str:
    own = pairs[pairs["one"] == top["label"]]
    better = own.loc[own["verdict"] == "differ", "other"]
    alike = own.loc[own["verdict"] != "differ", "other"]
    if better.empty:
        return f", not distinguishable from {_listed(alike)}"
    return f", clearly better than {_listed(better)} but not distinguishable from {_listed(alike)}"


def _listed(names: pd.Series) -> str:
    words = [_inside(name) for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _name(row: Mapping[str, Any] | pd.Series) -> str:
    return _inside(str(row["label"]))


def _inside(label: str) -> str:
    """A score inside a sentence."""
    return "the NPS" if label == "NPS" else label.lower()
