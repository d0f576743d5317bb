"""Tables of chapter 5: what is said, by whom, and what the research team alone sees.

Functions take tidy frames and give `results` blocks, or None where there is nothing to say.
"""

import pandas as pd

from analysis.language import later, tr
from analysis.publish import results
from analysis.publish.disclosure import MIN_COMMENTS
from analysis.publish.results import Chart, Note, Table

#: Columns of the topics table.
TOPICS: dict[str, tuple[str, results.Unit]] = {
    "term": ("Topic", "text"),
    "estimate": ("People who raise it", "share"),
    "ci_low": ("from", "share"),
    "ci_high": ("to", "share"),
    "n": ("n", "count"),
    "n_accounts": ("Accounts", "count"),
    "kind": ("How it was found", "text"),
    "example": ("In a customer's words", "text"),
}
KINDS = {"code": later("a code of the frame"), "found": later("emerged from the comments")}
#: Columns of the table of each topic in the group that it sets apart most.
LIFT: dict[str, tuple[str, results.Unit]] = {
    "group": ("Raised most, compared with the others, by", "text"),
    "term": ("Topic", "text"),
    "estimate": ("Share of the group", "share"),
    "ci_low": ("from", "share"),
    "ci_high": ("to", "share"),
    "rest": ("Share of all others", "share"),
    "n": ("n (group)", "count"),
    "clear": ("Clear difference", "text"),
}
#: Columns of the appendix: every topic in every group.
SHARES: dict[str, tuple[str, results.Unit]] = {
    "term": ("Topic", "text"),
    "group": ("Group", "text"),
    "estimate": ("Share", "share"),
    "ci_low": ("from", "share"),
    "ci_high": ("to", "share"),
    "n": ("n (group)", "count"),
    "odds": ("Odds against the rest", "weight"),
    "odds_low": ("odds from", "weight"),
    "odds_high": ("odds to", "weight"),
    "p_adjusted": ("p, adjusted", "p"),
}
COUNTED = (
    "Comments are split into sentences; people are counted, not sentences; intervals are Wilson's, "
    "95%."
)
CODED = (
    "A sentence gets the code of the frame whose phrases it is nearest to in meaning (a "
    "multilingual sentence model), where that is sure enough."
)
EMERGED = (
    "Sentences that mean alike are grouped (BERTopic with {how}), and a group is named after what "
    "people say most typically in it: it holds sentences on the same matter, for better or worse."
)
GROUPED = {
    "neighbours": later("shared neighbours and Louvain communities"),
    "classic": later("UMAP and HDBSCAN, outliers in the nearest group"),
}
PHRASES_METHOD = (
    "Phrases that at least three people used in the open, or eight in any way, weighed by how many "
    "use them here rather than elsewhere and by class-based TF-IDF. Sentence model:"
)
LIFT_METHOD = (
    "Odds of raising a topic in a group against everyone else, with an informative Dirichlet prior "
    "(Monroe, Colaresi and Quinn 2008); a difference is called clear when its p-value stays below "
    "0.05 after Benjamini and Hochberg's correction for all topics and groups."
)


def received(account: pd.DataFrame) -> Table | Note | None:
    """Every comment used, or set aside with a reason; nothing where none were given.

    For the research team alone where a few stand out: their number would come back by subtraction.
    """
    if not account["n"].iloc[0]:
        return None
    few = account["n"].between(1, MIN_COMMENTS - 1).any()
    return results.table(
        account,
        key="comments_received",
        title="Every comment is used, or set aside with a reason",
        columns={"what": ("Comments", "text"), "n": ("n", "count")},
        base=results.NOT_ANSWERS,
        otherwise="",
        audience="internal" if few else "client",
        appendix=True,
    )


def topics(
    found: pd.DataFrame,
    *,
    n: int,
    minimum: int,
    reason: str,
    framed: bool = False,
    grouping: str = "neighbours",
) -> Table | Note:
    """Topics, and how many of `n` people raise each; a Note with `reason` where there are none."""
    how = tr(EMERGED, how=tr(GROUPED[grouping]))
    if framed:
        rest = how[:1].lower() + how[1:]
        how = tr("{coded} What no code holds: {rest}", coded=tr(CODED), rest=rest)
    columns = TOPICS if framed else {k: v for k, v in TOPICS.items() if k != "kind"}
    return results.table(
        found.assign(kind=found["kind"].map({kind: tr(said) for kind, said in KINDS.items()})),
        key="topics",
        title="What customers talk about",
        columns=columns,
        base="n",
        minimum=minimum,
        n=n,
        otherwise=reason,
        method=f"{how} {tr(COUNTED)}",
        chart=Chart(
            kind="bars",
            columns={"label": "term", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="Share of the people with a comment who raise each topic, with 95% intervals.",
            axis="Share of the people who commented",
        ),
    )


def phrases(found: pd.DataFrame, *, model: str, minimum: int) -> Table | Note | None:
    """The phrases behind each topic's name; nothing where there are no topics."""
    if found.empty:
        return None
    return results.table(
        found,
        key="topic_words",
        title="The phrases behind the topics",
        columns={
            "term": ("Topic", "text"),
            "words": ("Phrases", "text"),
            "examples": ("Typical sentences", "text"),
            "n": ("n", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise="",
        method=f"{tr(PHRASES_METHOD)} {model}.",
        appendix=True,
    )


def lift(
    compared: pd.DataFrame, *, n_topics: int, minimum: int, reason: str
) -> Table | Note | None:
    """Each topic in the group that it sets apart; a Note where groups could not be compared."""
    if not n_topics:
        return None
    return results.table(
        compared.assign(group=compared["group"].map(tr), clear=compared["clear"].map(tr)),
        key="topic_lift",
        title="Which topics set promoters, passives and detractors apart",
        columns=LIFT,
        names=("term",),
        base="n",
        minimum=minimum,
        otherwise=reason,
        method=LIFT_METHOD,
        chart=Chart(
            kind="intervals",
            columns={
                "label": "term",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "group": "group",
                "highlight": "clear",
            },
            alt="Each topic under the score group that it sets apart most, with 95% intervals.",
            axis="Share of the group's people with a comment who raise the topic",
        ),
    )


def shares(compared: pd.DataFrame, *, minimum: int) -> Table | Note | None:
    """Every topic in every group; nothing where groups were not compared."""
    if compared.empty:
        return None
    return results.table(
        compared.assign(group=compared["group"].map(tr)),
        key="topic_shares",
        title="Every topic in every group",
        columns=SHARES,
        names=("term", "group"),
        base="n",
        minimum=minimum,
        otherwise="",
        method=LIFT_METHOD,
        appendix=True,
    )


def every_topic(counted: pd.DataFrame) -> Table | None:
    """Every code and topic, however few raise it: for the research team.

    Parameters
    ----------
    counted : term, n (people), n_accounts.
    """
    if counted.empty:
        return None
    return results.table(
        counted,
        key="topic_counts",
        title="Every code and topic, however few raise it",
        columns={
            "term": ("Topic", "text"),
            "n": ("People", "count"),
            "n_accounts": ("Accounts", "count"),
        },
        base=results.NOT_ANSWERS,
        otherwise="",
        audience="internal",
    )


def reading_list(lines: pd.DataFrame, *, n_comments: int, most: int) -> Table | None:
    """Comments to read where they are too few to count, for the research team: fewer than `most`.

    Parameters
    ----------
    lines : one row a comment: text (masked), language. Nothing says whose it is.
    """
    if not 0 < n_comments < most:
        return None
    return results.table(
        lines.sort_values("text"),
        key="reading_list",
        title="The comments, to read",
        columns={"text": ("Comment", "text"), "language": ("Language", "text")},
        base=results.NOT_ANSWERS,
        otherwise="",
        audience="internal",
    )


def memory(kept: pd.DataFrame) -> Table | None:
    """Topics that emerged, and by what each is known again; `rapport topics` reads this table.

    Parameters
    ----------
    kept : term, like (phrases and sentences, parted by " | ").
    """
    if kept.empty:
        return None
    return results.table(
        kept,
        key="topic_memory",
        title="Topics that emerged, and by what they are known again",
        columns={"term": ("Topic", "text"), "like": ("Known by", "text")},
        base=results.NOT_ANSWERS,
        otherwise="",
        audience="internal",
    )
