"""Sentences on the predictor contest: which score told who would leave.

A score is called better only where the paired test says so after allowing for all pairs; what
foretells a loss is not said to bring it about.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.language import listed, tr
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
    sure = _sure(top, when)
    share = show(top["estimate"], "share")
    if not top["ci_low"] > COIN:
        return Finding(
            key="contest",
            sentence=tr(
                "No score clearly told which accounts would leave: the best, {score}, was lower at "
                "the account that left than at one that stayed in {share} of cases, and a coin has "
                "50% {sure}.",
                score=_name(top),
                share=share,
                sure=sure,
            ),
            evidence="undecided",
        )
    told = tr(
        "it was lower at the account that left than at one that stayed in {share} of cases {sure}",
        share=share,
        sure=sure,
    )
    if verdict == "ahead":
        sentence = tr(
            "{score} told best which accounts would leave: {told}, clearly better than {others}.",
            score=top["label"],
            told=told,
            others=_listed(auc["label"].iloc[1:]),
        )
        return Finding(key="contest", sentence=sentence, evidence="clear", lead=True)
    if verdict == "some differ":
        return Finding(key="contest", sentence=_beaten(top, told, pairs), evidence="clear")
    sentence = tr("{score} told which accounts would leave: {told}.", score=top["label"], told=told)
    if len(auc) > 1:
        alike = tr(
            "Which score does best is not distinguishable: {scores} differ by no more than chance.",
            scores=_listed(auc["label"]),
        )
        sentence = f"{sentence} {alike}"
    return Finding(key="contest", sentence=sentence, evidence="clear")


def commitment(auc: pd.DataFrame, pairs: pd.DataFrame) -> Note | None:
    """What these accounts say of the claim that commitment foretells defection best."""
    claimed = tr("Commitment")
    if auc.empty or claimed not in set(auc["label"]) or len(auc) < 2:
        return None
    own = pairs[(pairs["one"] == claimed) | (pairs["other"] == claimed)]
    better = own[(own["one"] == claimed) & (own["verdict"] == "differ")]["other"]
    worse = own[(own["other"] == claimed) & (own["verdict"] == "differ")]["one"]
    if len(better) == len(auc) - 1:
        said = tr("these accounts bear it out")
    elif len(worse):
        said = tr("here {scores} did better", scores=_listed(worse))
    elif len(better):
        said = tr(
            "here it did better than {scores}, and no better than the rest", scores=_listed(better)
        )
    else:
        said = tr("here it cannot be told apart from the other scores")
    return Note(
        key="contest_commitment",
        about="caveat",
        sentence=tr(
            "It is often said that commitment foretells best who leaves; {said}. Over 94 studies "
            "commitment went least with objective performance (Palmatier et al. 2006).",
            said=said,
        ),
    )


def revenue(table: pd.DataFrame, verdict: str) -> Finding | None:
    """Which score went closest with the change of revenue.

    `table` has label, estimate, ci_low, ci_high and n, the closest first.
    """
    if table.empty:
        return None
    top = table.iloc[0]
    sure = tr(
        "(correlation {r}, 95% interval {ends}; {n} accounts)",
        r=show(top["estimate"], "r"),
        ends=interval(top["ci_low"], top["ci_high"], "r"),
        n=show(top["n"], "count"),
    )
    said = {"score": _name(top), "sure": sure}
    if not top["ci_low"] > 0:
        sentence = tr(
            "No score clearly goes with what accounts spent afterwards: {score} {sure}.", **said
        )
        return Finding(key="contest_revenue", sentence=sentence, evidence="undecided")
    if verdict == "ahead":
        sentence = tr(
            "Accounts with higher {score} spent more afterwards, or cut less {sure}, closer than "
            "with any other score.",
            **said,
        )
    else:
        sentence = tr(
            "Accounts with higher {score} spent more afterwards, or cut less {sure}.", **said
        )
    if verdict == "not distinguishable" and len(table) > 1:
        sentence = f"{sentence} {tr('The other scores cannot be told apart from it.')}"
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
    sentence = tr(
        "Of {n} accounts that left, {share} stood in the highest band of risk (95% interval "
        "{ends}), which holds {band} of all accounts; the risks were {how}.",
        n=show(hits["n"], "count"),
        share=show(hits["estimate"], "share"),
        ends=interval(hits["ci_low"], hits["ci_high"], "share"),
        band=show(hits["band"], "share"),
        how=tr("drawn from the wave before") if drawn_from else tr("drawn from all other accounts"),
    )
    clear = hits["ci_low"] > hits["band"]
    off = [tr(str(row["label"])).lower() for row in table.to_dict("records") if _is_off(row)]
    if p < 0.05:
        held = tr("As chances they were off: read the bands as an order, not as odds.")
    elif not brier < brier_base:
        held = tr("As chances they were no nearer than giving every account the same risk.")
    elif off:
        held = tr(
            "As chances they held on the whole, but not in the band {bands}.",
            bands=tr(" and ").join(off),
        )
    else:
        held = tr("As chances they held on the whole.")
    return Finding(
        key="risk", sentence=f"{sentence} {held}", evidence="clear" if clear else "undecided"
    )


def _is_off(band: Mapping[str, Any]) -> bool:
    return band["note"] != AS_PREDICTED


def disagreement(table: pd.DataFrame, r: Mapping[str, Any], minimum: int) -> Finding | None:
    """How many accounts recommend and trust little.

    `table` has label, low, high and n, one row per class of the NPS; `r` the correlation.
    """
    promoters = table[table["label"] == "Promoter"]
    if promoters.empty or not r:
        return None
    row = promoters.iloc[0]
    together = tr(
        "Over accounts the two correlate {r} (95% interval {ends}; {n} accounts).",
        r=show(r["estimate"], "r"),
        ends=interval(r["ci_low"], r["ci_high"], "r"),
        n=show(r["n"], "count"),
    )
    low, n = show(row["low"], "count"), show(row["n"], "count")
    if row["low"] >= minimum and (row["high"] >= minimum or not row["high"]):
        start = tr("{low} of {n} accounts that recommend trust little.", low=low, n=n)
    elif not row["low"] and row["n"] >= minimum:
        start = tr("All {n} accounts that recommend also trust.", n=n)
    elif r["ci_low"] > 0:
        start = tr("Accounts that trust more also recommend more.")
    elif r["ci_high"] < 0:
        start = tr("Accounts that trust more recommend less.")
    else:
        start = tr("Accounts that trust more do not clearly recommend more.")
    return Finding(key="nps_trust", sentence=f"{start} {together}", evidence="descriptive")


def _sure(top: pd.Series, when: str) -> str:
    """How sure an area is, and on how many accounts of which wave it rests."""
    base = {
        "ends": interval(top["ci_low"], top["ci_high"], "share"),
        "n": show(top["n"], "count"),
        "lost": show(top["n_lost"], "count"),
    }
    if not when:
        return tr("(95% interval {ends}; {n} accounts, {lost} of them lost since)", **base)
    return tr(
        "(95% interval {ends}; {n} accounts with scores of {wave}, {lost} of them lost since)",
        wave=when,
        **base,
    )


def _beaten(top: pd.Series, told: str, pairs: pd.DataFrame) -> str:
    """The best score, beside those that it beats and those that it does not."""
    own = pairs[pairs["one"] == top["label"]]
    better = own.loc[own["verdict"] == "differ", "other"]
    alike = _listed(own.loc[own["verdict"] != "differ", "other"])
    if better.empty:
        return tr(
            "{score} told which accounts would leave: {told}, not distinguishable from {alike}.",
            score=top["label"],
            told=told,
            alike=alike,
        )
    return tr(
        "{score} told which accounts would leave: {told}, clearly better than {better} but not "
        "distinguishable from {alike}.",
        score=top["label"],
        told=told,
        better=_listed(better),
        alike=alike,
    )


def _listed(names: pd.Series) -> str:
    return listed(_inside(name) for name in names)


def _name(row: Mapping[str, Any] | pd.Series) -> str:
    return _inside(str(row["label"]))


def _inside(label: str) -> str:
    """A score inside a sentence."""
    return tr("the NPS") if label == "NPS" else label.lower()
