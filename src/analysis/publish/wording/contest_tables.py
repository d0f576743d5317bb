"""Tables of the predictor contest: which columns, under which headings, drawn how."""

from collections.abc import Collection

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import show
from analysis.publish.results import Chart, Note, Table

METHOD = (
    "The unit is the account: the mean of its contacts at one wave, and whether it renewed "
    "afterwards. The share is the area under the ROC curve: of one account that stayed and one "
    "that left, how often the score was lower at the one that left; 50% is a coin. Intervals: "
    "DeLong on the log odds or Newcombe's, whichever reaches further."
)
PAIRS_METHOD = (
    "The same accounts carry all scores, so differences are tested in pairs (DeLong), and p allows "
    "for all pairs (Holm)."
)
REVENUE_METHOD = (
    "Change of revenue as a share of what it was, at most a doubling; Pearson's correlation over "
    "accounts, Fisher's interval. Pairs: Williams's t, Zou's interval, p allows for all pairs "
    "(Holm)."
)
RISK_METHOD = (
    "The log odds of leaving on the mean of trust, commitment and satisfaction (Firth's penalty, "
    "intercept corrected). Each account's risk comes from the wave before where its losses "
    "suffice, else from all other accounts, never from its own outcome. Bands are thirds of the "
    "accounts; intervals by Wilson."
)


def contest(auc: pd.DataFrame, reason: str, minimum: int) -> Table | Note:
    """How well each score told who would leave; `reason` says why there is no contest."""
    return results.table(
        auc.assign(note=auc["note"].map(tr)),
        key="contest_scores",
        title="Which score told who would leave",
        columns={
            "label": ("Score", "text"),
            "estimate": ("Lower at the account that left", "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "n": ("Accounts", "count"),
            "n_lost": ("of them lost", "count"),
            "note": ("Note", "text"),
        },
        base="n_least",
        minimum=minimum,
        otherwise=reason or "Nothing is known of which accounts left.",
        n=_n(auc),
        method=METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "label", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="",
            axis="Lower at the account that left",
            reference=0.5,
            reference_label="a coin",
        ),
        seen=_best,
    )


def pairs(frame: pd.DataFrame, minimum: int, *, of_revenue: bool = False) -> Table | Note | None:
    """Differences between each two scores, for the appendix; None without any."""
    if frame.empty:
        return None
    unit = "r" if of_revenue else "share"
    return results.table(
        frame.assign(verdict=frame["verdict"].map(tr)),
        key="contest_revenue_pairs" if of_revenue else "contest_pairs",
        title="Does one score go closer with revenue than another?"
        if of_revenue
        else "Does one score foretell better than another?",
        columns={
            "one": ("Score", "text"),
            "other": ("less", "text"),
            "estimate": ("Difference", unit),
            "ci_low": ("from", unit),
            "ci_high": ("to", unit),
            "p": ("p", "p"),
            "p_holm": ("p, all pairs", "p"),
            "n": ("Accounts", "count"),
            "verdict": ("Verdict", "text"),
        },
        names=("one", "other"),
        base="n",
        minimum=minimum,
        otherwise="Only one score was asked.",
        n=_n(frame),
        method=REVENUE_METHOD if of_revenue else PAIRS_METHOD,
        appendix=True,
    )


def revenue(
    table: pd.DataFrame, reason: str, minimum: int, said: Collection[str] = ()
) -> Table | Note | None:
    """How closely each score goes with the change of revenue; no reason is `said` twice."""
    if reason and reason in said:
        return None
    return results.table(
        table,
        key="contest_revenue_scores",
        title="Which score goes with what accounts spent afterwards",
        columns={
            "label": ("Score", "text"),
            "estimate": ("Correlation", "r"),
            "ci_low": ("from", "r"),
            "ci_high": ("to", "r"),
            "n": ("Accounts", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise=reason or "Nothing is known of the accounts' revenue.",
        n=_n(table),
        method=REVENUE_METHOD,
        chart=Chart(
            kind="intervals",
            columns={"label": "label", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="Correlation of each score with the change of revenue, with 95% intervals.",
            axis="Correlation",
            reference=0.0,
        ),
        appendix=True,
    )


def risk(
    table: pd.DataFrame, reason: str, minimum: int, said: Collection[str] = ()
) -> Table | Note | None:
    """Risk by band, predicted and come true; `reason` says why there is none, if not `said`."""
    if reason and reason in said:
        return None
    return results.table(
        table.assign(label=table["label"].map(tr), note=table["note"].map(tr)),
        key="risk_bands",
        title="The risk of leaving, predicted and come true",
        columns={
            "label": ("Band", "text"),
            "predicted": ("Predicted", "share"),
            "estimate": ("Left", "share"),
            "ci_low": ("from", "share"),
            "ci_high": ("to", "share"),
            "n": ("Accounts", "count"),
            "note": ("Verdict", "text"),
        },
        base="n_least",
        minimum=minimum,
        otherwise=reason or "Nothing is known of which accounts left.",
        n=None if table.empty else int(table["n"].sum()),
        method=RISK_METHOD,
        chart=Chart(
            kind="bars",
            columns={"label": "label", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="",
            axis="Share that left",
        ),
        seen=_banded,
        appendix=True,
    )


def disagreement(table: pd.DataFrame, reason: str, minimum: int) -> Table | Note:
    """Accounts by recommendation and trust; a row with a small group is hidden."""
    some = table[table["n"] > 0]
    return results.table(
        some.assign(label=some["label"].map(tr)),
        key="nps_trust_table",
        title="Recommendation beside trust",
        columns={
            "label": ("Accounts that are, on average", "text"),
            "low": ("Little trust", "count"),
            "high": ("Much trust", "count"),
            "share_low": ("Share with little", "share"),
            "n": ("Accounts", "count"),
        },
        base="n_least",
        minimum=minimum,
        whole=True,
        otherwise=reason or "Trust and recommendation were not both asked.",
        n=None if table.empty else int(table["n"].sum()),
        method=(
            "Mean rating of an account: from 9 promoter, from 7 passive. Much trust: a mean of 5 "
            "of 7 or more (our default), which is what an Ambassador needs."
        ),
        appendix=True,
    )


def listed(table: pd.DataFrame, unlisted: int, minimum: int) -> Table | Note | None:
    """The accounts that recommend and trust little; for researchers and account teams only."""
    if table.empty:
        return None
    left = tr(
        "{unlisted} more may not be named: fewer than {minimum} answers, not all in the open.",
        unlisted=unlisted,
        minimum=minimum,
    )
    return results.table(
        table,
        key="nps_trust_accounts",
        title="Accounts that recommend and trust little",
        columns={
            "account": ("Account", "text"),
            "nps": ("Rating, 0 to 100", "count"),
            "trust": ("Trust, 0 to 100", "count"),
            "answers": ("Answers", "count"),
        },
        base=results.IN_THE_OPEN,
        otherwise="",
        caveats=[left] if unlisted else (),
        method="Answers given in the open, or enough of them.",
        audience="internal",
        appendix=True,
    )


def _n(table: pd.DataFrame) -> int | None:
    return None if table.empty else int(table["n"].max())


def _best(auc: pd.DataFrame) -> str:
    if auc.empty:
        return ""
    first, last = auc.iloc[0], auc.iloc[-1]
    return tr(
        "Dots with 95% intervals: {best} {most} at the top, {worst} {least} at the bottom; a coin "
        "has 50%.",
        best=first["label"],
        most=show(first["estimate"], "share"),
        worst=last["label"],
        least=show(last["estimate"], "share"),
    )


def _banded(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    told = [
        f"{row['label'].lower()} {show(row['estimate'], 'share')}"
        for row in table.to_dict("records")
    ]
    return tr(
        "Share of accounts that left, by band of predicted risk: {bands}.", bands=", ".join(told)
    )
