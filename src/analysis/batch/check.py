"""What `rapport check` says: whether a client's files will do, before anything runs."""

from collections.abc import Iterator

from analysis import survey
from analysis.errors import DataError
from analysis.params import Params
from analysis.survey.tables import TABLES, Survey

#: What each chapter cannot do without: a sentence for its absence, and when it holds.
_NEEDS = {
    "fieldwork": "invitations",
    "maturity": "assessments",
    "actions": "actions",
}


def lines(params: Params) -> Iterator[str]:
    """Check one client's parameters and files.

    Yields
    ------
    One line per finding, for a person to read.

    Raises
    ------
    ParamsError, DataError: the first thing that will not do.
    """
    if survey.waiting(params):
        raise DataError(
            f"There is no data in data/{params.client}/ yet: put answers.csv and codebook.csv in."
        )
    s = survey.load(params)
    yield f"{params.name} ({params.client}), wave {params.wave.id}"
    for source in s.sources:
        yield f"  {source.file:<22} {source.format:<8} {source.rows:>7,} rows"
    for wave in s.waves:
        answers = s.at(wave)
        accounts = answers["account"].nunique()
        yield f"  wave {wave}: {len(answers):,} answers from {accounts:,} accounts"
    yield from _asked(s, params)
    for chapter, table in _NEEDS.items():
        if getattr(s, table).empty:
            yield f"  chapter {chapter}: no {table} file, so it will only say so"
    for table in TABLES:
        if table not in _NEEDS.values() and getattr(s, table).empty:
            yield f"  optional file {table} is not there"
    yield "These files will do."


def _asked(s: Survey, params: Params) -> Iterator[str]:
    """What was asked, and what the number of answers can carry."""
    from analysis.models import drivers, tier

    now = s.at(params.wave.id)
    asked = [f"{construct} ({len(s.of(construct))})" for construct in s.constructs]
    yield f"  constructs (items): {', '.join(asked) or 'none'}"
    yield f"  recommendation asked: {'yes' if now['nps'].notna().any() else 'no'}"
    comments = s.comments[s.comments["wave"] == params.wave.id]
    yield f"  comments: {len(comments):,}"
    yield f"  {tier.of(len(now), now['account'].nunique()).sentence}"
    found = drivers.importance(s, params)  # raises where a driver is named that was not asked
    yield f"  drivers of {found.outcome.lower()}: {found.reason or f'{len(found.table)} ranked'}"
