"""Made-up reports to draw pages from: a full one, a tiny one, one where everything is absent."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from analysis.publish.results import (
    CHAPTERS,
    Advice,
    Chapter,
    Chart,
    Column,
    Finding,
    Metric,
    Note,
    Quote,
    Quotes,
    Report,
    Table,
)

ESTIMATE = (
    Column(key="ci_low", label="Low", unit="points"),
    Column(key="ci_high", label="High", unit="points"),
    Column(key="n", label="Answers", unit="count"),
)


def frame(names: str, *rows: tuple) -> tuple[dict, ...]:
    """Rows of a table from tuples."""
    return tuple(dict(zip(names.split(), row, strict=True)) for row in rows)


def nps_trend() -> Table:
    """Three waves, two of them with a clear change."""
    return Table(
        key="nps_trend",
        title="NPS wave by wave",
        columns=(
            Column(key="wave", label="Wave"),
            Column(key="estimate", label="NPS", unit="points"),
            *ESTIMATE,
        ),
        rows=frame(
            "wave estimate ci_low ci_high n",
            ("Autumn 2023", -27.0, -39.0, -14.0, 181),
            ("Autumn 2024", 4.0, -8.0, 17.0, 196),
            ("Autumn 2025", 30.0, 18.0, 41.0, 214),
        ),
        n=591,
        method="Adjusted-Wald interval.",
        caveats=("The list of people asked grew by a tenth in 2025.",),
        chart=Chart(
            kind="trend",
            columns={"x": "wave", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="NPS rose from -27 in 2023 to +30 in 2025; the intervals do not overlap.",
            reference=40,
            reference_label="Target",
        ),
    )


def nps_mix() -> Table:
    """Promoters, passives and detractors per role, one row masked."""
    return Table(
        key="nps_mix",
        title="Promoters, passives and detractors by role",
        columns=(
            Column(key="role", label="Role"),
            Column(key="detractors", label="Detractors", unit="share"),
            Column(key="passives", label="Passives", unit="share"),
            Column(key="promoters", label="Promoters", unit="share"),
            Column(key="n", label="Answers", unit="count"),
        ),
        rows=frame(
            "role detractors passives promoters n",
            ("Decision makers", 0.12, 0.41, 0.47, 51),
            ("Influencers", 0.2, 0.38, 0.42, 60),
            ("Operational contacts", 0.17, 0.4, 0.43, 90),
            ("End users", None, None, None, None),
        ),
        hidden=1,
        minimum=5,
        n=214,
        chart=Chart(
            kind="stacked",
            columns={"label": "role", "parts": "detractors,passives,promoters"},
            alt="Decision makers are promoters most often, 47%.",
        ),
    )


def crq_levels() -> Table:
    """Constructs with intervals, in three levels."""
    return Table(
        key="crq_levels",
        title="The relationship, dimension by dimension",
        columns=(
            Column(key="level", label="Level"),
            Column(key="dimension", label="Dimension"),
            Column(key="estimate", label="Score, 1 to 7", unit="score"),
            Column(key="ci_low", label="Low", unit="score"),
            Column(key="ci_high", label="High", unit="score"),
            Column(key="n", label="Answers", unit="count"),
        ),
        rows=frame(
            "level dimension estimate ci_low ci_high n",
            ("Relationship", "Trust", 5.64, 5.48, 5.8, 212),
            ("Relationship", "Commitment", 5.31, 5.12, 5.49, 210),
            ("Relationship", "Satisfaction", 5.52, 5.35, 5.69, 214),
            ("Uniqueness", "Experience", 5.2, 5.02, 5.37, 209),
            ("Uniqueness", "Solution", 4.81, 4.61, 5.0, 205),
            ("Service", "Reliability, responsiveness and customer care", 5.9, 5.7, 6.0, 208),
        ),
        n=214,
        chart=Chart(
            kind="intervals",
            columns={
                "label": "dimension",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "group": "level",
            },
            alt="Service is highest at 5.9; the solution is lowest at 4.8.",
            reference=5.5,
            reference_label="Unique zone",
        ),
    )


def nps_bridge() -> Table:
    """From one wave's score to the next, in two steps."""
    return Table(
        key="nps_bridge",
        title="What the change is made of",
        columns=(
            Column(key="term", label="Step"),
            Column(key="estimate", label="NPS points", unit="points"),
            *ESTIMATE,
            Column(key="kind", label="Kind"),
        ),
        rows=frame(
            "term estimate ci_low ci_high n kind",
            ("Autumn 2024", 4.0, -8.0, 17.0, 196, "level"),
            ("The same people changed", -6.0, -14.0, 2.0, 120, "change"),
            ("Other people answered", 32.0, 20.0, 44.0, 214, "change"),
            ("Autumn 2025", 30.0, 18.0, 41.0, 214, "level"),
        ),
        chart=Chart(
            kind="bridge",
            columns={
                "label": "term",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "group": "kind",
            },
            alt="From +4 to +30: -6 by the same people, +32 by who answered.",
        ),
    )


def migration() -> Table:
    """Where the promoters, passives and detractors of one wave are in the next."""
    names = ("Detractor", "Passive", "Promoter")
    shares = ((0.5, 0.3, 0.2), (0.1, 0.5, 0.4), (None, None, None))
    return Table(
        key="migration",
        title="Who moved where",
        columns=(
            Column(key="before", label="In 2024"),
            Column(key="after", label="In 2025"),
            Column(key="share", label="Share", unit="share"),
            Column(key="n", label="Answers in 2024", unit="count"),
        ),
        rows=tuple(
            {"before": a, "after": b, "share": share, "n": None if share is None else 40}
            for a, row in zip(names, shares, strict=True)
            for b, share in zip(names, row, strict=True)
        ),
        chart=Chart(
            kind="matrix",
            columns={"label": "before", "x": "after", "y": "share"},
            alt="Half of the detractors and half of the passives stayed where they were.",
        ),
    )


def paths() -> Table:
    """The Morgan-Hunt model with one undecided and one negative path."""
    return Table(
        key="paths",
        title="What leads to commitment, and what commitment leads to",
        columns=(
            Column(key="source", label="From"),
            Column(key="target", label="To"),
            Column(key="estimate", label="Strength", unit="r"),
            Column(key="ci_low", label="Low", unit="r"),
            Column(key="ci_high", label="High", unit="r"),
            Column(key="verdict", label="As expected?"),
        ),
        rows=frame(
            "source target estimate ci_low ci_high verdict",
            ("Termination costs", "Commitment", 0.26, 0.14, 0.38, "met"),
            ("Relationship benefits", "Commitment", 0.04, -0.08, 0.16, "undecided"),
            ("Shared values", "Commitment", 0.3, 0.18, 0.42, "met"),
            ("Shared values", "Trust", 0.34, 0.22, 0.46, "met"),
            ("Communication", "Trust", 0.29, 0.17, 0.41, "met"),
            ("Opportunistic behaviour", "Trust", -0.35, -0.47, -0.23, "met"),
            ("Trust", "Commitment", 0.53, 0.41, 0.65, "met"),
            ("Commitment", "Acquiescence", 0.5, 0.38, 0.62, "met"),
            ("Commitment", "Propensity to leave", -0.55, -0.67, -0.43, "met"),
            ("Commitment", "Cooperation", 0.27, 0.15, 0.39, "met"),
            ("Trust", "Cooperation", 0.51, 0.39, 0.63, "met"),
            ("Trust", "Functional conflict", 0.35, 0.23, 0.47, "met"),
            ("Trust", "Uncertainty", -0.4, -0.52, -0.28, "met"),
        ),
        n=430,
        method="Maximum likelihood, complete answers only.",
        chart=Chart(
            kind="paths",
            columns={
                "source": "source",
                "target": "target",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "verdict": "verdict",
            },
            alt="Trust leads to commitment (0.53); twelve of thirteen paths are as expected.",
        ),
    )


def importance() -> Table:
    """Relative weights as bars."""
    return Table(
        key="importance",
        title="What goes together with recommending",
        columns=(
            Column(key="driver", label="Driver"),
            Column(key="estimate", label="Share of what is explained", unit="share"),
            Column(key="ci_low", label="Low", unit="share"),
            Column(key="ci_high", label="High", unit="share"),
        ),
        rows=frame(
            "driver estimate ci_low ci_high",
            ("Trust", 0.31, 0.22, 0.4),
            ("Responsiveness", 0.24, 0.15, 0.33),
            ("Solution", 0.17, 0.1, 0.26),
            ("Customer care", 0.11, 0.05, 0.19),
        ),
        n=205,
        chart=Chart(
            kind="bars",
            columns={"label": "driver", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt="Trust explains most, 31%.",
        ),
    )


def priority_map() -> Table:
    """Importance against performance, with two points that lie close together."""
    return Table(
        key="priority_map",
        title="Where effort pays most",
        columns=(
            Column(key="driver", label="Driver"),
            Column(key="score", label="Score, 1 to 7", unit="score"),
            Column(key="weight", label="Importance", unit="share"),
        ),
        rows=frame(
            "driver score weight",
            ("Trust", 5.64, 0.31),
            ("Responsiveness", 4.6, 0.24),
            ("Solution", 4.81, 0.17),
            ("Customer care", 5.5, 0.11),
            ("Reliability", 5.55, 0.105),
            ("Experience", 5.2, 0.07),
        ),
        chart=Chart(
            kind="map",
            columns={"label": "driver", "x": "score", "y": "weight"},
            alt="Responsiveness is important and scores low.",
        ),
    )


def plans() -> Table:
    """What became of the promises of two waves."""
    keys = ("open", "done", "dropped", "overdue", "n")
    return Table(
        key="plans",
        title="What was promised, and what became of it",
        columns=(
            Column(key="wave", label="Wave"),
            *(Column(key=key, label=key.capitalize(), unit="count") for key in keys),
        ),
        rows=frame(
            "wave open done dropped overdue n",
            ("Autumn 2024", 1, 3, 1, 1, 5),
            ("Autumn 2025", 5, 2, 0, 1, 7),
        ),
    )


def silent_accounts() -> Table:
    """A table for researchers only."""
    return Table(
        key="silent_accounts",
        title="Silent accounts by name",
        columns=(Column(key="account", label="Account"),),
        rows=({"account": "INTERNAL-ONLY Ltd"},),
        audience="internal",
    )


def reliability() -> Table:
    """A table of the appendix, wider than a phone."""
    return Table(
        key="reliability",
        title="Reliability of the scales",
        columns=(
            Column(key="construct", label="Construct"),
            Column(key="items", label="Statements", unit="count"),
            Column(key="alpha", label="Alpha", unit="r"),
            Column(key="alpha_low", label="Low", unit="r"),
            Column(key="alpha_high", label="High", unit="r"),
            Column(key="omega", label="Omega", unit="r"),
            Column(key="ave", label="Average variance extracted", unit="r"),
            Column(key="p", label="p", unit="p"),
        ),
        rows=frame(
            "construct items alpha alpha_low alpha_high omega ave p",
            ("Trust", 4, 0.88, 0.85, 0.91, 0.89, 0.62, 0.0002),
            ("Commitment", 4, 0.85, 0.81, 0.88, 0.86, 0.58, 0.034),
        ),
        appendix=True,
    )


def voices() -> Quotes:
    """Quotes in two languages."""
    return Quotes(
        key="voices",
        title="In customers' own words",
        quotes=(
            Quote(
                text="They think along with us, also when it does not suit them.",
                language="en",
                voice="promoter",
                topic="Partnership",
            ),
            Quote(
                text="De planning klopt, maar bij een storing duurt het te lang voor er iemand is.",
                language="nl",
                voice="passive",
                topic="Response to faults",
            ),
            Quote(
                text="Invoices have been wrong three months in a row.",
                language="en",
                voice="detractor",
                topic="Invoices",
            ),
        ),
    )


def blocks() -> dict[str, tuple]:
    """Blocks of every chapter."""
    share = {"unit": "share", "n": 450}
    return {
        "fieldwork": (
            Metric(
                key="response_contacts",
                label="Response, people",
                value=0.476,
                ci_low=0.43,
                ci_high=0.522,
                n_accounts=88,
                change=0.05,
                change_low=-0.01,
                change_high=0.11,
                change_since="autumn 2024",
                **share,
            ),
            Metric(
                key="answers_named", label="Willing to be named", value=0.71, n=214, unit="share"
            ),
            Finding(
                key="f1",
                sentence="48% of the people asked answered; 12 of 88 accounts are silent.",
                evidence="descriptive",
                lead=True,
            ),
            silent_accounts(),
            Note(key="m1", sentence="Everyone on the contact list was asked.", about="method"),
            Note(key="c1", sentence="Contact lists are as the account teams kept them."),
        ),
        "scorecard": (
            Metric(
                key="nps",
                label="NPS",
                unit="points",
                value=30,
                ci_low=18,
                ci_high=41,
                n=214,
                n_accounts=76,
                change=26,
                change_low=9,
                change_high=43,
                change_since="autumn 2024",
                reference=40,
                reference_label="Target",
            ),
            Metric(
                key="crq",
                label="CRQ, 1 to 7",
                unit="score",
                value=5.4,
                ci_low=5.24,
                ci_high=5.55,
                n=214,
                n_accounts=76,
                change=0.1,
                change_low=-0.1,
                change_high=0.3,
                change_since="autumn 2024",
            ),
            Finding(
                key="f2",
                sentence="NPS rose from +4 to +30 since autumn 2024.",
                evidence="clear",
                lead=True,
            ),
            Finding(
                key="f3",
                sentence="There is no clear change in commitment (+0.1, −0.1 to +0.3).",
                evidence="undecided",
            ),
            nps_trend(),
            nps_mix(),
            crq_levels(),
        ),
        "commitment_trust": (paths(), reliability()),
        "drivers": (
            Finding(
                key="f4",
                sentence="Trust goes together with recommending more than anything else asked.",
                evidence="clear",
                lead=True,
            ),
            Advice(
                key="a1",
                do="Answer faults within the hour, and say so.",
                because="Responsiveness weighs second and scores lowest of the drivers (4.6).",
                rank=10,
            ),
            importance(),
            priority_map(),
        ),
        "comments": (voices(),),
        "maturity": (
            Note(
                key="none",
                sentence="No maturity assessment was supplied; it takes about an hour to make one.",
                about="absent",
            ),
        ),
        "actions": (
            Advice(
                key="a2",
                do="Call the twelve silent accounts before the year ends.",
                because="Nobody there answered, and four of them renew in spring.",
                rank=20,
            ),
            plans(),
            Advice(key="a3", do="Never shown: the third.", because="Only two are.", rank=30),
        ),
    }


def report(content: dict[str, tuple], **more: Any) -> Report:
    """A report of these chapters."""
    made = {
        "client": "harbour",
        "name": "Harbour Logistics",
        "wave": "2025",
        "wave_label": "Autumn 2025",
        "reported": "2025-12-01",
        "waves": ("2023", "2024", "2025"),
        "sector": "Logistics",
    }
    chapters = tuple(
        Chapter(id=id, client="harbour", wave="2025", data="d1", blocks=tuple(found))
        for id, found in content.items()
    )
    return Report(**{**made, **more}, chapters=chapters)


def full() -> Report:
    """Every kind of block and chart."""
    return report(blocks())


def tiny() -> Report:
    """Few answers: numbers withheld, one chapter."""
    withheld = Metric(
        key="nps", label="NPS", unit="points", value=None, caveat="Fewer than 5 answers: not shown."
    )
    return report({"scorecard": (withheld,)}, name="Lark", sector="")


def nothing() -> Report:
    """Seven chapters that only say why they are empty."""
    return report(
        {
            id: (Note(key=f"{id}-0", sentence=f"No data for {title}.", about="absent"),)
            for id, (title, _) in CHAPTERS.items()
        }
    )


def with_text(block: BaseModel, change: Callable[[str], str]) -> Any:
    """Copy of a block (or report) with every free text in it changed."""
    fixed = {"kind", "unit", "about", "evidence", "audience", "columns", "key"}

    def walk(name: str, value: Any) -> Any:
        if isinstance(value, Column):
            return value.model_copy(update={"label": change(value.label)})
        if isinstance(value, Chart):
            return value.model_copy(update={"alt": change(value.alt), "axis": change(value.axis)})
        if isinstance(value, Chapter):
            return value.model_copy(update={"blocks": walk("blocks", value.blocks)})
        if isinstance(value, BaseModel):
            return with_text(value, change)
        if isinstance(value, tuple):
            return tuple(walk(name, one) for one in value)
        if isinstance(value, dict):
            return {key: walk(key, one) for key, one in value.items()}
        return change(value) if isinstance(value, str) and name not in fixed else value

    update = {}
    for name in type(block).model_fields:
        value = getattr(block, name)
        update[name] = value if name in fixed - {"columns"} else walk(name, value)
    return block.model_copy(update=update)


def topic_trend() -> Table:
    """Small multiples: three topics over three waves; one wave of one topic is hidden."""
    rows = [
        {"term": term, "label": wave, "estimate": y, "ci_low": low, "ci_high": high, "moved": moved}
        for term, moved, values in (
            ("Price & value <b>", "no", ((0.2, 0.1, 0.3), (0.22, 0.12, 0.32), (0.2, 0.1, 0.3))),
            ("Delivery", "yes", ((0.1, 0.05, 0.2), (0.3, 0.2, 0.4), (0.4, 0.3, 0.5))),
            ("Trust", "no", ((0.1, 0.05, 0.2), (None, None, None), (0.1, 0.05, 0.2))),
        )
        for wave, (y, low, high) in zip(("2024", "2025", "2026"), values, strict=True)
    ]
    columns = [("term", "Topic", "text"), ("label", "Wave", "text"), ("moved", "Moved", "text")]
    columns += [(key, key, "share") for key in ("estimate", "ci_low", "ci_high")]
    return Table(
        key="topic_trend",
        title="Topics over the waves",
        columns=tuple(Column(key=key, label=label, unit=unit) for key, label, unit in columns),
        rows=tuple(rows),
        chart=Chart(
            kind="multiples",
            columns={
                "label": "term",
                "x": "label",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "highlight": "moved",
            },
            alt="Three topics over three waves.",
        ),
    )
