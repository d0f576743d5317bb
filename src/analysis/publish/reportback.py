"""What a customer's own people may read: what they asked for, what was done, what all answered.

Made of two things alone: the account's recorded actions, in the words agreed for them, and the
headline numbers of the client's report, which may leave the building as they are. No person's
answer, no flag, no owner's judgement and nothing of another account gets here.

Where few people of the account answered, what was agreed might be traced to one of them, so the
page neither counts them nor says that they asked for it.
"""

from dataclasses import dataclass

from analysis.language import later, tr
from analysis.publish import disclosure, story
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
_OF_FEW = {"said": later("What we took up")}


@dataclass(frozen=True)
class Reportback:
    """One customer's page. `actions`: Table, or None where nothing was asked for.

    `few`: too few people answered to present the actions as what they asked for.
    """

    client: str
    name: str
    wave: str
    thanks: str
    few: bool
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
            few=_few(account),
            actions=actions,
            metrics=tuple(_plain(metric) for metric in story.first(report).metrics),
        )


def _few(account: AccountPage) -> bool:
    return account.answered < disclosure.MIN_SCORES


def _actions(account: AccountPage) -> Table | None:
    found = [b for b in account.blocks if isinstance(b, Table) and b.key == _ACTIONS and b.rows]
    if not found:
        return None
    columns = {column.key: column for column in found[0].columns if column.key in _READ}
    few = _few(account)
    headings = _HEADINGS | (_OF_FEW if few else {})
    return Table(
        key="asked_and_done",
        title=(
            "What we took up, and what we did" if few else "What you asked for, and what we did"
        ),
        columns=tuple(
            Column(key=k, label=headings.get(k, columns[k].label), unit=columns[k].unit)
            for k in _READ
            if k in columns
        ),
        rows=tuple({k: row.get(k) for k in _READ if k in columns} for row in found[0].rows),
    )


def _thanks(account: AccountPage) -> str:
    """Thank those who answered; few are not counted, as a reader may know who was asked.

    >>> _thanks(AccountPage(id="a", name="A", blocks=(), answered=6, asked=8))
    '6 of the 8 people at A whom we asked have answered. Thank you.'
    >>> _thanks(AccountPage(id="a", name="A", blocks=(), answered=1, asked=1))
    'Thank you for answering.'
    """
    n, asked, name = account.answered, account.asked, account.name
    if n == 0 and asked == 0:  # nobody knows who answered
        return tr("We would like to hear from you.")
    if n == 0:
        return tr(
            "Nobody at {name} has answered this time; we would like to hear from you.", name=name
        )
    if _few(account):
        return tr("Thank you for answering.")
    if asked < n:
        return tr("{n} people at {name} answered. Thank you.", n=n, name=name)
    return tr(
        "{n} of the {asked} people at {name} whom we asked have answered. Thank you.",
        n=n,
        asked=asked,
        name=name,
    )


def _plain(metric: Metric) -> Metric:
    """A headline number without the caveat and the yardstick that are meant for the client."""
    caveat = "" if metric.value is not None else metric.caveat
    return metric.model_copy(update={"caveat": caveat, "reference": None, "reference_label": ""})
