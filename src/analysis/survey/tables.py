"""The frozen `Survey`, and what each of its tables holds.

Every table is always there; one that the client did not supply is empty with its columns. That
way no reader of a `Survey` asks whether a table exists, only whether it has rows.
"""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

ROLES = ("decision_maker", "influencer", "operational", "end_user")
MODES = ("attributable", "confidential", "anonymous")

#: Columns of `Survey.answers` beside the items: one row per respondent and wave.
#: respondent, wave, account, contact, role, mode, language: str (missing: NaN, mode never missing)
#: nps: float 0-10; weight: float > 0, 1 where not given; careless: bool, a suspicion, not a verdict
ANSWER_COLUMNS = (
    "respondent",
    "wave",
    "account",
    "contact",
    "role",
    "mode",
    "language",
    "nps",
    "weight",
    "careless",
)

#: One row per comment that holds text.
COMMENT_COLUMNS = (
    "respondent",
    "wave",
    "account",
    "role",
    "mode",
    "language",
    "nps",
    "question",
    "text",
)

#: Columns of the other tables; the first group in each is required, the rest may be missing (NaN).
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # One row per person asked, per wave. answered: bool, worked out from the answers by `prepare`.
    "invitations": (("wave", "contact", "account"), ("role", "invited", "sender", "answered")),
    # One row per account. revenue: money a year, dormant: bool.
    "accounts": (("account",), ("name", "sector", "tier", "revenue", "owner", "dormant", "since")),
    # One row per known person at an account, asked or not: the contact list.
    "contacts": (("contact", "account"), ("role", "seniority")),
    # One row per measured or unmeasured touchpoint.
    "touchpoints": (("touchpoint",), ("measured", "wave", "n", "score")),
    # One row per improvement action. said: what customers asked; did: what was done about it.
    # created, discussed, agreed, shared, due, done: dates. status: open, done or dropped.
    "actions": (
        ("action", "wave", "said", "status"),
        (
            "account",
            "theme",
            "did",
            "owner",
            "created",
            "discussed",
            "agreed",
            "shared",
            "due",
            "done",
        ),
    ),
    # One row per account and practice; present: bool.
    "practices": (("account", "practice", "present"), ()),
    # One row per assessor and statement of an instrument that the supplier's own people fill in:
    # "stages", "healthcheck", "trust" (about one account each) or "trust_behaviours" (1 seen, 0
    # not).
    "assessments": (
        ("instrument", "wave", "assessor", "item", "score"),
        ("evidence", "sector", "account"),
    ),
    # What became of an account after a wave: only of accounts whose answers came before it.
    # renewed: bool; revenue_before, revenue_after: money a year.
    "outcomes": (("wave", "account"), ("renewed", "revenue_before", "revenue_after")),
}

#: One row per item, indexed by column name.
ITEM_COLUMNS = ("label", "construct", "scale_min", "scale_max", "reverse")


@dataclass(frozen=True)
class Source:
    """One file that was read."""

    table: str
    file: str
    sha256: str
    format: str
    rows: int


@dataclass(frozen=True)
class Survey:
    """All that is known of one client's customers, over all waves.

    Items in `answers` are floats on their own scale, reverse-keyed already: high means more of
    the construct. Tables are never changed; a changed survey is a new one.
    """

    client: str
    waves: tuple[str, ...]  # in order of time, as in the params; only waves that have answers
    answers: pd.DataFrame
    comments: pd.DataFrame
    items: pd.DataFrame
    invitations: pd.DataFrame
    accounts: pd.DataFrame
    contacts: pd.DataFrame
    touchpoints: pd.DataFrame
    actions: pd.DataFrame
    practices: pd.DataFrame
    assessments: pd.DataFrame
    outcomes: pd.DataFrame
    sources: tuple[Source, ...]

    def of(self, construct: str) -> list[str]:
        """Names of the items that measure `construct`, in codebook order; empty if none."""
        return list(self._of.get(construct, ()))

    @cached_property
    def _of(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item, construct in self.items["construct"].items():
            found.setdefault(construct, []).append(item)
        return found

    @property
    def constructs(self) -> list[str]:
        """Constructs that the codebook knows, in its order."""
        return list(dict.fromkeys(self.items["construct"]))

    def at(self, wave: str) -> pd.DataFrame:
        """Answers of one wave."""
        return self.answers[self.answers["wave"] == wave]


def seniority(roles: pd.Series) -> pd.Series:
    """Place of each role, 0 for decision makers; who has none, or another, comes last.

    >>> list(seniority(pd.Series(["end_user", "decision_maker", None])))
    [3.0, 0.0, 4.0]
    """
    return roles.map({role: k for k, role in enumerate(ROLES)}).fillna(len(ROLES))


def empty(table: str) -> pd.DataFrame:
    """An optional table without rows, with all its columns.

    >>> list(empty("practices"))
    ['account', 'practice', 'present']
    """
    required, optional = TABLES[table]
    return pd.DataFrame(columns=[*required, *optional])
