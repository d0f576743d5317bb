"""Sentences on the kinds of relationship that accounts have. Wording follows the evidence."""

import pandas as pd

from analysis.publish.numbers import interval, show
from analysis.publish.results import Finding, Note
from analysis.publish.wording.segments_tables import counted

SURE = 0.05  # a test below this is called clear, as everywhere


def account_mix(shares: pd.DataFrame, minimum: int) -> Finding | None:
    """Of which kind most accounts are, and how many are at risk."""
    if shares.empty or shares["n_least"].iloc[0] < minimum:
        return None
    rows = shares.set_index("term")
    best, most = rows.loc["Ambassador"], rows["estimate"].idxmax()
    risk = rows.loc[["Ambivalent", "Stalker", "Opponent"], "count"].sum()
    ends = f"95% interval {interval(best['ci_low'], best['ci_high'], 'share')}"
    sentence = f"None of {show(best['n'], 'count')} accounts is an Ambassador ({ends})"
    if best["count"]:
        are = "is an Ambassador" if best["count"] == 1 else "are Ambassadors"
        share = show(best["estimate"], "share")
        sentence = f"{counted(best['count'], best['n'])} {are} ({share}, {ends})"
    if most != "Ambassador":
        sentence += f", {show(rows.loc[most, 'count'], 'count')} are {most}s"
    others = "none is" if not risk else "one is" if risk == 1 else f"{show(risk, 'count')} are"
    if most in ("Ambassador", "Rational"):
        kind = "an Ambivalent, a Stalker or an Opponent"
        kind = kind if risk <= 1 else "Ambivalents, Stalkers or Opponents"
        sentence += f", and {others} {kind}"
    return Finding(key="account_mix", sentence=f"{sentence}.", evidence="descriptive")


def account_changes(changes: pd.DataFrame, minimum: int) -> Finding | None:
    """Whether more accounts became a better kind of relationship than a worse one."""
    if changes.empty or changes["n"].iloc[0] < minimum:
        return None
    rows = changes.set_index("term")
    up, down = rows.loc["better"], rows.loc["worse"]
    base = (
        f"of {show(up['n'], 'count')} accounts known in both waves {show(up['count'], 'count')} "
        f"moved up ({show(up['estimate'], 'share')}, 95% interval "
        f"{interval(up['ci_low'], up['ci_high'], 'share')}), {show(down['count'], 'count')} down "
        f"({show(down['estimate'], 'share')}, {interval(down['ci_low'], down['ci_high'], 'share')};"
        f" sign test, p {_p(up['p'])})"
    )
    if up["p"] >= SURE:
        sentence = f"No clear change in the kinds of relationship since {up['since']}: {base}."
        return Finding(key="account_changes", sentence=sentence, evidence="undecided")
    better = up["count"] > down["count"]
    kind = "better" if better else "worse"
    sentence = f"More accounts became a {kind} relationship than the other way round since "
    return Finding(
        key="account_changes", sentence=f"{sentence}{up['since']}: {base}.", evidence="clear"
    )


def unhappy_deciders(flags: pd.DataFrame, minimum: int) -> Finding | None:
    """In how many accounts a decision maker wants out or would not recommend."""
    if flags.empty or flags["n"].iloc[0] < minimum:
        return None
    row = flags.iloc[0]
    inside = f"the {show(row['n'], 'count')} accounts whose decision makers answered"
    if not row["count"]:
        sentence = (
            f"In none of {inside} is a decision maker an Opponent or a Detractor (95% interval "
            f"{interval(row['ci_low'], row['ci_high'], 'share')})."
        )
    else:
        sentence = (
            f"In {show(row['count'], 'count')} of {inside} a decision maker is an Opponent or a "
            f"Detractor ({show(row['estimate'], 'share')}, 95% interval "
            f"{interval(row['ci_low'], row['ci_high'], 'share')}), whatever the mean of the "
            "account says."
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
        sentence=(
            f"People of one account tend to be alike: for the shares of the five kinds, "
            f"{show(n, 'count')} answers tell as much as {show(fewest, 'count')} from people who "
            "have nothing to do with each other. The intervals allow for it."
        ),
        about="method",
    )


def _p(p: float) -> str:
    """A p-value as read in a sentence."""
    return show(p, "p") if p < 0.001 else f"= {show(p, 'p')}"
