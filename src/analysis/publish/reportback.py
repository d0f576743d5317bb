"""What a customer's own people may read: what they asked for, what was done, what all answered.

Made of two things alone: the account's recorded actions, in the words agreed for them, and the
headline numbers of the client's report, which may leave the building as they are. No person's
answer, no flag, no owner's judgement and nothing of another account gets here.
"""

from dataclasses import dataclass

from analysis.language import later, tr
from analysis.publish import story
from analysis.publish.results import AccountPage, Column, Metric, Report, Table

#: The table of an account's page that holds its actions, and what of it a customer reads.
_ACTIONS = "account_actions"
_READ = ("label", "said", "did", "status", "due")
_HEADINGS = {
    "label": later("When"),
    "said": later("You asked"),
    "did": later("We did"),
    "status": later("Where it stands"),
}


@dataclass(frozen=True)
class Reportback:
    """One customer's page. `actions`: Table, or None where nothing was asked for."""

    client: str
    name: str
    wave: str
    thanks: str
    actions: Table | None
    metrics: tuple[Metric, ...]


def of(account: AccountPage, report: Report) -> Reportback | None:
    """Make a customer's page; None where nobody there answered and nothing was asked for."""
    with story.speaking(report):
        actions = _actions(account)
        if not account.answered and actions is None:
            return None
        return Reportback(
            client=report.name,
            name=account.name,
            wave=report.wave_label,
            thanks=_thanks(account),
            actions=actions,
            metrics=tuple(_plain(metric) for metric in story.first(report).metrics),
        )


def _actions(account: AccountPage) -> Table | None:
    found = [b for b in account.blocks if isinstance(b, Table) and b.key == _ACTIONS and b.rows]
    if not found:
        return None
    columns = {column.key: column for column in found[0].columns if column.key in _READ}
    return Table(
        key="asked_and_done",
        title="What you asked for, and what we did",
        columns=tuple(
            Column(key=k, label=_HEADINGS.get(k, columns[k].label), unit=columns[k].unit)
            for k in _READ
            if k in columns
        ),
        rows=tuple({k: row.get(k) for k in _READ if k in columns} for row in found[0].rows),
    )


def _thanks(account: AccountPage) -> str:
    """Thank those who answered.

    >>> _thanks(AccountPage(id="a", name="A", blocks=(), answered=3, asked=5))
    '3 of the 5 people at A whom we asked have answered. Thank you.'
    """
    n, asked, name = account.answered, account.asked, account.name
    if n == 0:
        return tr(
            "Nobody at {name} has answered this time; we would like to hear from you.", name=name
        )
    if asked < n:
        if n == 1:
            return tr("{n} person at {name} answered. Thank you.", n=n, name=name)
        return tr("{n} people at {name} answered. Thank you.", n=n, name=name)
    if asked == 1:
        return tr("1 of the 1 person at {name} whom we asked has answered. Thank you.", name=name)
    return tr(
        "{n} of the {asked} people at {name} whom we asked has answered. Thank you."
        if n == 1
        else "{n} of the {asked} people at {name} whom we asked have answered. Thank you.",
        n=n,
        asked=asked,
        name=name,
    )


def _plain(metric: Metric) -> Metric:
    """A headline number without the caveat and the yardstick that are meant for the client."""
    caveat = "" if metric.value is not None else metric.caveat
    return metric.model_copy(update={"caveat": caveat, "reference": None, "reference_label": ""})
