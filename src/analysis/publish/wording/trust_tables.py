"""Tables on the six elements of trust and on the behaviours that keep or break it."""

import pandas as pd

from analysis.language import later, tr
from analysis.publish import results
from analysis.publish.results import NOT_ANSWERS, Chart, Note, Table
from analysis.publish.wording.scorecard_tables import noted

SIDES = {"customer": later("Customers"), "supplier": later("Own people")}
KINDS = {"behaviour": later("Keeps trust"), "breach": later("Breaks trust")}

PROFILE_METHOD = (
    "Inspired by Hollyoake's model of trust between businesses, whose six elements are published; "
    "questions, scale (1 to 7) and bands are our default: below 4 an element is called "
    "transactional, from 5.5 interdependent. Means of people who rated all elements; intervals "
    "allow for customers from the same account, and take each of the own people as one voice. The "
    "weakest link is the lowest element: a chain is as strong as that."
)
GAP_METHOD = (
    "Own people less customers: above zero the own people see more trust than the customers do. "
    "Where enough accounts were judged by both sides, the mean of the differences within accounts, "
    "so it need not be the difference of the two profiles. Each interval stands on its own."
)
WEAKEST_METHOD = (
    "How far each element lies above the lowest one in the ratings of the same people. The "
    "intervals of a side hold together (Bonferroni); an element whose interval reaches zero may be "
    "the weakest as well."
)
LADDER_METHOD = (
    "Suggestions to discuss with the customer, from easy to advanced; their effect was not "
    "measured here. Which element comes first follows the customers where they were asked."
)
CHECKLIST_METHOD = (
    "Eleven behaviours and twelve breaches that Serco publishes, in our words. Share of the "
    "assessors, the client's own people, who have seen each; Wilson intervals. Assessors are a "
    "choice of people and not a sample."
)
NOT_ASSESSED = "Behaviours that keep or break trust were not assessed."


def profile(profile: pd.DataFrame, minimum: int, otherwise: str) -> Table | Note:
    """The six elements as both sides see them."""
    elements = list(dict.fromkeys(profile["element"]))
    order = profile["element"].map({name: k for k, name in enumerate(elements)})
    rows = profile.assign(
        order=order,
        term=profile["term"].map(tr),
        who=profile["side"].map(SIDES).map(tr),
        said=_banded(profile),
    ).sort_values(["order", "side"], kind="stable")
    accounts = {"n_accounts": ("Accounts", "count")} if rows["n_accounts"].notna().any() else {}
    return results.table(
        rows,
        key="trust_profile",
        title="Six elements of trust, seen from both sides",
        columns={
            "term": ("Element", "text"),
            "who": ("Who says so", "text"),
            "estimate": ("Mean, 1 to 7", "score"),
            "ci_low": ("95% from", "score"),
            "ci_high": ("95% to", "score"),
            "n": ("People", "count"),
            **accounts,
            "said": ("Band", "text"),
        },
        names=("term", "who"),
        base="n",
        otherwise=otherwise,
        minimum=minimum,
        method=PROFILE_METHOD,
        chart=Chart(
            kind="intervals",
            columns={
                "label": "term",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "group": "who",
            },
            alt="Mean of each element of trust for customers and own people, with 95% intervals.",
            axis="Mean, 1 to 7",
        ),
    )


def gap(gaps: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Own people less customers, element by element."""
    if gaps.empty:
        return None
    note = gaps["note"].iloc[0]
    matched = "not matched" not in note
    told = noted(note)
    return results.table(
        gaps.assign(term=gaps["term"].map(tr)),
        key="trust_gap",
        title="Do both sides see the same trust?",
        columns={
            "term": ("Element", "text"),
            "estimate": ("Own people less customers", "weight"),
            "ci_low": ("95% from", "weight"),
            "ci_high": ("95% to", "weight"),
            "n": ("Accounts compared" if matched else "People compared", "count"),
            "n_customers": ("Customers", "count"),
            "n_suppliers": ("Own people", "count"),
        },
        base="n_least",
        otherwise="",
        minimum=minimum,
        method=GAP_METHOD,
        caveats=[f"{told[:1].upper()}{told[1:]}."],
        chart=Chart(
            kind="intervals",
            columns={"label": "term", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="How far the own people's ratings of trust lie above the customers', by element.",
            reference=0.0,
            reference_label="Both sides alike",
            axis="Points on 1 to 7",
        ),
        appendix=True,
    )


def weakest(weakest: pd.DataFrame, minimum: int) -> Table | Note | None:
    """Each element against the lowest one, for the appendix."""
    if weakest.empty:
        return None
    return results.table(
        weakest.assign(
            who=weakest["side"].map(SIDES).map(tr),
            term=weakest["term"].map(tr),
            sure=weakest["clear"].map({True: tr("yes"), False: tr("no")}),
        ),
        key="trust_weakest",
        title="Elements of trust above the lowest one",
        columns={
            "who": ("Who says so", "text"),
            "term": ("Element", "text"),
            "estimate": ("Above the lowest by", "weight"),
            "ci_low": ("95% from", "weight"),
            "ci_high": ("95% to", "weight"),
            "n": ("People", "count"),
            "sure": ("Surely above", "text"),
        },
        names=("who", "term"),
        base="n",
        otherwise="",
        minimum=minimum,
        method=WEAKEST_METHOD,
        appendix=True,
    )


def ladder(moves: pd.DataFrame) -> Table | None:
    """What to try about the weakest elements, from easy to advanced."""
    if moves.empty:
        return None
    columns = ["term", "effort", "move", "source"]
    return results.table(
        moves.assign(**{column: moves[column].map(tr) for column in columns}),
        key="trust_moves",
        title="What may strengthen the weakest element",
        columns={
            "term": ("Element", "text"),
            "effort": ("How hard", "text"),
            "move": ("Move", "text"),
            "source": ("Source", "text"),
        },
        base=NOT_ANSWERS,
        otherwise="",
        method=LADDER_METHOD,
    )


def checklist(checklist: pd.DataFrame, minimum: int) -> Table | Note:
    """All behaviours and breaches, with how many of the own people have seen each."""
    if (checklist["state"] == "not assessed").all():
        return Note(key="trust_checklist", sentence=NOT_ASSESSED, about="absent")
    return results.table(
        # Whether too few rated a line may be told; what they said may not.
        checklist.assign(
            group=checklist["kind"].map(KINDS).map(tr),
            term=checklist["term"].map(tr),
            assessed=checklist["state"]
            .where(~checklist["state"].isin(["seen", "not seen"]), "yes")
            .map(tr),
        ),
        key="trust_checklist",
        title="What keeps trust, and what breaks it",
        columns={
            "group": ("What it does", "text"),
            "term": ("Behaviour", "text"),
            "assessed": ("Assessed", "text"),
            "estimate": ("Have seen it", "share"),
            "ci_low": ("95% from", "share"),
            "ci_high": ("95% to", "share"),
            "n": ("Assessors", "count"),
        },
        names=("group", "term", "assessed"),
        base="n_least",
        otherwise=NOT_ASSESSED,
        minimum=minimum,
        method=CHECKLIST_METHOD,
        appendix=True,
    )


def _banded(profile: pd.DataFrame) -> pd.Series:
    """The band of a mean; in doubt where its interval leaves the band."""
    sure = profile["band_sure"].astype(bool)
    band = profile["band"].astype(object).map(tr)
    return band.where(sure, band.map(lambda name: tr("{name}, in doubt", name=name)))
