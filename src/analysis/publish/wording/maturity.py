"""Sentences and tables on how customer-driven the client itself is."""

import pandas as pd

from analysis.language import tr
from analysis.publish import results
from analysis.publish.numbers import interval, plain, show
from analysis.publish.results import NOT_ANSWERS, Advice, Chart, Finding, Note, Table, Unit

ABSENT = "No full assessment of the organisation itself was made, so its maturity is not shown."
LAST_STAGE = "Transforming"
#: Of the client's own people; below it a mean says more about persons than about the firm.
LEAST = 5
#: A practice is in place from this mean on, on 1 to 5 (our default).
BAR = 3.5


def absence(assessors: int) -> str:
    """Why there is nothing to show."""
    if not assessors:
        return ABSENT
    return tr(
        "1 person filled in the whole assessment; it takes {least} before answers are "
        "shown, so that none of them can be recognised."
        if assessors == 1
        else "{n} people filled in the whole assessment; it takes {least} before answers are "
        "shown, so that none of them can be recognised.",
        n=assessors,
        least=LEAST,
    )


def stage(stage: str, gates: pd.DataFrame) -> Finding | None:
    """The stage reached, and the practice that holds the next one up.

    Where the interval of a practice spans the bar, a few other assessors might have put the
    organisation elsewhere; the sentence then says so.
    """
    if not stage:
        return None
    missing = gates[~gates["passed"].astype(bool)]
    deciding = gates.head(
        len(gates) if missing.empty else gates.index.get_loc(missing.index[0]) + 1
    )
    close = deciding[(deciding["ci_low"] < BAR) & (deciding["ci_high"] >= BAR)]
    reached = {"stage": tr(stage), "n": int(gates["n"].max())}
    if missing.empty:
        sentence = tr(
            "The organisation is at the stage '{stage}' (of five), its own {n} assessors say.",
            **reached,
        )
    else:
        row = missing.iloc[0]
        sentence = tr(
            "The organisation is at the stage '{stage}' (of five), its own {n} assessors say; "
            "what comes next is held up by '{practice}' ({score} of 5, 95% interval {ends}).",
            **reached,
            practice=row["term"].lower(),
            score=show(row["estimate"], "score"),
            ends=interval(row["ci_low"], row["ci_high"], "score"),
        )
    if not close.empty:
        names = tr(" and ").join(f"'{term.lower()}'" for term in close["term"])
        sentence += " " + tr(
            "It is a close call: the interval of {practices} spans the bar of {bar}.",
            practices=names,
            bar=plain(BAR),
        )
    return Finding(key="stage_reached", sentence=sentence, evidence="descriptive")


def next_step(stage: str, advice: str) -> Advice | None:
    """What to build next at this stage."""
    if not stage:
        return None
    why = tr(
        "That is what keeps an organisation at '{stage}'."
        if stage == LAST_STAGE
        else "That is what takes an organisation beyond '{stage}'.",
        stage=tr(stage),
    )
    return Advice(key="next_stage", do=advice, because=why, rank=60)


def soft_side(rows: pd.DataFrame) -> Finding | None:
    """Whether leadership and culture lag behind strategy and execution."""
    line = rows[rows["term"] == "Soft minus hard"]
    if line.empty:
        return None
    row = line.iloc[0]
    size = tr(
        "({points} points of 100, 95% interval {ends}; {n} assessors)",
        points=show(row["estimate"], "points"),
        ends=interval(row["ci_low"], row["ci_high"], "points"),
        n=row["n"],
    )
    if row["ci_high"] < 0:
        sentence = tr("Leadership and culture lag behind strategy and execution {size}.", size=size)
    elif row["ci_low"] > 0:
        sentence = tr(
            "Leadership and culture are ahead of strategy and execution {size}.", size=size
        )
    else:
        sentence = tr("No clear difference between the soft and the hard side {size}.", size=size)
    clear = row["ci_high"] < 0 or row["ci_low"] > 0
    return Finding(key="soft_side", sentence=sentence, evidence="clear" if clear else "undecided")


def unproven(claims: pd.DataFrame) -> Finding | None:
    """How many of the claims nobody backs with evidence."""
    whole = claims[claims["term"] == "All"]
    if whole.empty or not whole.iloc[0]["unproven"]:
        return None
    row = whole.iloc[0]
    return Finding(
        key="unproven",
        sentence=tr(
            "For {unproven} of {n} claims that a practice is in place the assessors named no "
            "evidence ({share}).",
            unproven=show(row["unproven"], "count"),
            n=show(row["n"], "count"),
            share=show(row["estimate"], "share"),
        ),
        evidence="descriptive",
    )


def gates_table(gates: pd.DataFrame, otherwise: str) -> Table | Note:
    """The five practices in order."""
    return results.table(
        gates.assign(passed=gates["passed"].map({True: tr("yes"), False: tr("no")})),
        key="stage",
        title="Five practices, one after another",
        columns={
            "term": ("Practice", "text"),
            "estimate": ("Mean, 1 to 5", "score"),
            "ci_low": ("95% from", "score"),
            "ci_high": ("95% to", "score"),
            "passed": ("In place", "text"),
            "n": ("Assessors", "count"),
        },
        base="n",
        minimum=LEAST,
        otherwise=otherwise,
        method=tr(
            "Three statements a practice, rated 1 to 5 by the client's own people; in place from a "
            "mean of {bar} (our default). The five stages are those of the Nationale "
            "Klantgedrevenheid Monitor, whose questions are not public.",
            bar=plain(BAR),
        ),
        chart=Chart(
            kind="intervals",
            columns={"label": "term", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt=tr(
                "Mean of each of five practices with 95% intervals, against the bar of {bar}.",
                bar=plain(BAR),
            ),
            reference=BAR,
            reference_label="In place",
            axis="Mean, 1 to 5",
        ),
    )


def spread_table(spread: pd.DataFrame) -> Table | None:
    """How the assessors differ, for the research team."""
    if spread.empty:
        return None
    return results.table(
        spread.assign(term=spread["term"].map(tr)),
        key="stage_spread",
        title="Stage that each assessor's own answers give",
        columns={"term": ("Stage", "text"), "count": ("Assessors", "count")},
        base=NOT_ANSWERS,
        otherwise="",
        method=tr(
            "Coefficient of reproducibility: {ordered} (0.90 is the usual bar for an order).",
            ordered=show(spread["ordered"].iloc[0], "weight"),
        ),
        audience="internal",
        appendix=True,
    )


def healthcheck_table(rows: pd.DataFrame, otherwise: str) -> Table | Note:
    """The healthcheck's quadrants and sides."""
    gap: dict[str, tuple[str, Unit]] = {"gap": ("Claims without evidence", "share")}
    return results.table(
        rows.assign(term=rows["term"].map(tr)),
        key="healthcheck",
        title="Healthcheck: leadership, strategy, execution, culture",
        columns={
            "term": ("Side", "text"),
            "estimate": ("Score, 0 to 100", "score"),
            "ci_low": ("95% from", "score"),
            "ci_high": ("95% to", "score"),
            **(gap if rows["gap"].notna().any() else {}),
            "n": ("Assessors", "count"),
        },
        base="n",
        minimum=LEAST,
        otherwise=otherwise,
        method=(
            "Five questions a quadrant with anchored answers; the whole weighs leadership and "
            "culture .3 each, strategy and execution .2 each (our default). t-intervals over "
            "assessors, who are a choice of the client's own people and not a sample."
        ),
    )


def benchmarks(figures: pd.DataFrame, stage: str) -> Table | None:
    """Published figures to hold beside a stage, each with its source; none are of this client."""
    if figures.empty or not stage:
        return None
    said = {
        name: figures[name].map(tr, na_action="ignore")
        for name in ("figure", "population", "source")
    }
    return results.table(
        figures.assign(printed=[_printed(row) for row in figures.to_dict("records")], **said),
        key="benchmarks",
        title="Published figures to hold beside",
        columns={
            "figure": ("Figure", "text"),
            "printed": ("Value", "text"),
            "year": ("Year", "text"),
            "population": ("Of whom", "text"),
            "source": ("Source", "text"),
        },
        base=NOT_ANSWERS,
        otherwise="",
        caveats=("Other instruments and other samples: to hold beside, not to rank by.",),
        appendix=True,
    )


def _printed(row: dict[str, object]) -> str:
    return show(row["value"], str(row["unit"]))
