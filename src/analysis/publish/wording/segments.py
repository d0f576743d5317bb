"""Sentences on the kinds of relationship that accounts have. Wording follows the evidence."""

import pandas as pd

from analysis.language import later, tr
from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note
from analysis.publish.wording.segments_tables import counted

SURE = 0.05  # a test below this is called clear, as everywhere

#: Several accounts of a kind.
PLURAL = {
    "Rational": later("Rationals"),
    "Ambivalent": later("Ambivalents"),
    "Stalker": later("Stalkers"),
    "Opponent": later("Opponents"),
}


def account_mix(shares: pd.DataFrame, minimum: int) -> Finding | None:
    """Of which kind most accounts are, and how many are at risk."""
    if shares.empty or shares["n_least"].iloc[0] < minimum:
        return None
    rows = shares.set_index("term")
    best, most = rows.loc["Ambassador"], rows["estimate"].idxmax()
    risk = rows.loc[["Ambivalent", "Stalker", "Opponent"], "count"].sum()
    sentence = _ambassadors(best)
    if most != "Ambassador":
        n = show(rows.loc[most, "count"], "count")
        sentence += tr(", {n} are {kinds}", n=n, kinds=tr(PLURAL[most]))
    if most in ("Ambassador", "Rational"):
        if not risk:
            sentence += tr(", and none is an Ambivalent, a Stalker or an Opponent")
        elif risk == 1:
            sentence += tr(", and one is an Ambivalent, a Stalker or an Opponent")
        else:
            n = show(risk, "count")
            sentence += tr(", and {n} are Ambivalents, Stalkers or Opponents", n=n)
    return Finding(key="account_mix", sentence=f"{sentence}.", evidence="descriptive")


def _ambassadors(best: pd.Series) -> str:
    ends = interval(best["ci_low"], best["ci_high"], "share")
    if not best["count"]:
        n = show(best["n"], "count")
        return tr("None of {n} accounts is an Ambassador (95% interval {ends})", n=n, ends=ends)
    said = {
        "accounts": counted(best["count"], best["n"]),
        "share": show(best["estimate"], "share"),
        "ends": ends,
    }
    if best["count"] == 1:
        return tr("{accounts} is an Ambassador ({share}, 95% interval {ends})", **said)
    return tr("{accounts} are Ambassadors ({share}, 95% interval {ends})", **said)


def account_changes(changes: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether more accounts became a better kind of relationship than a worse one."""
    if changes.empty or changes.get("n_least", changes["n"]).iloc[0] < minimum:
        return None
    rows = changes.set_index("term")
    up, down = rows.loc["better"], rows.loc["worse"]
    base = tr(
        "of {n} accounts known in both waves {up} moved up ({share_up}, 95% interval {ends_up}), "
        "{down} down ({share_down}, {ends_down}; sign test, p {p})",
        n=show(up["n"], "count"),
        up=show(up["count"], "count"),
        share_up=show(up["estimate"], "share"),
        ends_up=interval(up["ci_low"], up["ci_high"], "share"),
        down=show(down["count"], "count"),
        share_down=show(down["estimate"], "share"),
        ends_down=interval(down["ci_low"], down["ci_high"], "share"),
        p=_p(up["p"]),
    )
    said = {"since": up["since"], "base": base}
    if up["p"] >= SURE:
        sentence = tr("No clear change in the kinds of relationship since {since}: {base}.", **said)
        return Finding(key="account_changes", sentence=sentence, evidence="undecided")
    if up["count"] > down["count"]:
        sentence = tr(
            "More accounts became a better relationship than the other way round since {since}: "
            "{base}.",
            **said,
        )
    else:
        sentence = tr(
            "More accounts became a worse relationship than the other way round since {since}: "
            "{base}.",
            **said,
        )
    return Finding(key="account_changes", sentence=sentence, evidence="clear")


def unhappy_deciders(flags: pd.DataFrame, minimum: int) -> Finding | None:
    """In how many accounts a decision maker wants out or would not recommend."""
    if flags.empty or flags.get("n_least", flags["n"]).iloc[0] < minimum:
        return None
    row = flags.iloc[0]
    n, ends = show(row["n"], "count"), interval(row["ci_low"], row["ci_high"], "share")
    if not row["count"]:
        sentence = tr(
            "In none of the {n} accounts whose decision makers answered is a decision maker an "
            "Opponent or a Detractor (95% interval {ends}).",
            n=n,
            ends=ends,
        )
    else:
        sentence = tr(
            "In {count} of the {n} accounts whose decision makers answered a decision maker is an "
            "Opponent or a Detractor ({share}, 95% interval {ends}), whatever the mean of the "
            "account says.",
            count=show(row["count"], "count"),
            n=n,
            share=show(row["estimate"], "share"),
            ends=ends,
        )
    return Finding(key="unhappy_deciders", sentence=sentence, evidence="descriptive")


def one_voice(shares: pd.DataFrame, minimum: int) -> Note | None:
    """How many answers the segments of people really rest on, where accounts make it fewer."""
    if shares.empty:
        return None
    n, fewest = shares["n"].iloc[0], shares["n_effective"].min()
    if n < minimum or not n - fewest >= 1:
        return None
    return Note(
        key="segments_effective",
        sentence=tr(
            "People of one account tend to be alike: for the shares of the five kinds, {n} answers "
            "tell as much as {fewest} from people who have nothing to do with each other. The "
            "intervals allow for it.",
            n=show(n, "count"),
            fewest=show(fewest, "count"),
        ),
        about="method",
    )


def _p(p: float) -> str:
    """A p-value as read in a sentence."""
    return show(p, "p") if p < 0.001 else f"= {show(p, 'p')}"
