"""The parameter table: every parameter of a model, written or understood, and where it stands.

    x = nu + L eta + e,   eta = alpha + B eta + zeta,   cov(zeta) = P,   cov(e) = T

An observed variable that is regressed, or predicts, is also a latent one with loading 1 and no
error (as in lavaan). Whatever is understood without being written follows lavaan's `sem()`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.errors import ModelError
from analysis.models.sem.engine import syntax

#: What `equal` may name, as lavaan's `group.equal`.
EQUAL = (
    "loadings",
    "intercepts",
    "means",
    "residuals",
    "lv.variances",
    "lv.covariances",
    "regressions",
)

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """One parameter of one group.

    `matrix` L, B, P, T, nu or alpha with `row` and `col`; `value` where fixed; `free` its place
    among the free parameters (equal ones share it), -1 where fixed.
    """

    lhs: str
    op: str
    rhs: str
    group: int
    matrix: str
    row: int
    col: int
    value: float | None
    free: int
    label: str = ""

    @property
    def key(self) -> Key:
        """Its name within a group."""
        return self.lhs, self.op, self.rhs


@dataclass(frozen=True)
class Table:
    """A model ready to be fitted."""

    items: tuple[str, ...]  # observed variables, in the order of the text
    latents: tuple[str, ...]  # latent variables, then observed ones that are regressed or predict
    n_latent: int  # how many of `latents` are truly latent
    groups: int
    rows: tuple[Row, ...]
    defined: tuple[syntax.Statement, ...]
    means: bool

    @cached_property
    def npar(self) -> int:
        """Number of free parameters."""
        return 1 + max((row.free for row in self.rows), default=-1)

    @cached_property
    def df(self) -> int:
        """Sample moments minus free parameters."""
        p = len(self.items)
        return self.groups * (p * (p + 1) // 2 + self.means * p) - self.npar

    @cached_property
    def measurement(self) -> dict[str, list[str]]:
        """Latent -> its observed items."""
        first = [row for row in self.rows if row.group == 0 and row.op == "=~"]
        return {
            name: [row.rhs for row in first if row.lhs == name and row.rhs in self.items]
            for name in self.latents[: self.n_latent]
        }

    @cached_property
    def paths(self) -> list[tuple[str, str]]:
        """Regressions as (source, target)."""
        return [(r.rhs, r.lhs) for r in self.rows if r.group == 0 and r.op == "~"]

    @cached_property
    def endogenous(self) -> list[str]:
        """Variables that an arrow points at, a construct measured by another one included."""
        ends = {r.lhs if r.op == "~" else r.rhs for r in self.rows if r.matrix == "B"}
        return [name for name in self.latents if name in ends]


def build(
    text: str,
    *,
    groups: int = 1,
    means: bool = False,
    equal: Collection[str] = (),
    released: Collection[Key] = (),
    ordinal: bool = False,
) -> Table:
    """Make the table of a model.

    Parameters
    ----------
    groups : number of groups. means : whether intercepts are modelled.
    equal : kinds of parameters that are the same in all groups, of `EQUAL`.
    released : (lhs, op, rhs) that differ between groups all the same.
    ordinal : items stand for latent answers of variance 1; error variances are not parameters.

    Raises
    ------
    ModelError: from the parser, an unknown kind in `equal`, or a label that nothing carries.
    """
    if unknown := set(equal) - set(EQUAL):
        raise ModelError(
            f"Unknown in equal: {', '.join(sorted(unknown))}; known: {', '.join(EQUAL)}."
        )
    said = syntax.parse(text)
    defined = tuple(s for s in said if s.op == ":=")
    said = tuple(s for s in said if s.op != ":=")
    means = means or any(s.op == "~1" for s in said)
    latent, items = _names(said)
    moved = _promoted(said, latent, items)
    if ordinal and moved:
        raise ModelError(
            f"With ordinal answers only constructs may be regressed; measure {moved[0]} by "
            "a construct."
        )
    said = _completed(said, latent, items, moved, means, ordinal)
    table = Table(tuple(items), (*latent, *moved), len(latent), groups, (), defined, means)
    rows: list[Row] = []
    places: dict[object, int] = {}
    for group in range(groups):
        for s in said:
            s = _in_group(s, group, latent, equal, means)
            rows.append(_place(s, group, table, places, equal, set(released)))
    known = {row.label for row in rows if row.label} | {s.lhs for s in defined}
    for s in defined:
        lacking = [name for name in syntax.labels_of(s.rhs) if name not in known]
        if lacking:
            raise ModelError(f"Line {s.line}: no parameter carries the label {lacking[0]}.")
    return replace(table, rows=tuple(rows))


def independent(items: Iterable[str], groups: int, means: bool) -> Table:
    """The baseline model: nothing goes with anything."""
    items = tuple(items)
    rows: list[Row] = []
    for group in range(groups):
        for k, item in enumerate(items):
            rows.append(Row(item, "~~", item, group, "T", k, k, None, len(rows)))
        if means:
            for k, item in enumerate(items):
                rows.append(Row(item, "~1", "", group, "nu", k, 0, None, len(rows)))
    return Table(items, (), 0, groups, tuple(rows), (), means)


def _names(said: tuple[syntax.Statement, ...]) -> tuple[list[str], list[str]]:
    """Latent variables, and observed ones in the order in which lavaan meets them."""
    latent = list(dict.fromkeys(s.lhs for s in said if s.op == "=~"))
    named = [s.rhs for s in said if s.op == "=~"]
    named += [n for s in said if s.op == "~" for n in (s.lhs,)]
    named += [n for s in said if s.op == "~" for n in (s.rhs,)]
    named += [n for s in said if s.op in ("~~", "~1") for n in (s.lhs, s.rhs) if n]
    return latent, [name for name in dict.fromkeys(named) if name not in latent]


def _promoted(said: tuple[syntax.Statement, ...], latent: list[str], items: list[str]) -> list[str]:
    """Observed variables that must stand among the latent ones."""
    moved = {n for s in said if s.op == "~" for n in (s.lhs, s.rhs) if n in items}
    pairs = [(s.lhs, s.rhs) for s in said if s.op == "~~" and s.lhs != s.rhs]
    while True:
        more = {
            a
            for pair in pairs
            for a, b in (pair, pair[::-1])
            if a in items and a not in moved and (b in latent or b in moved)
        }
        if not more:
            return [item for item in items if item in moved]
        moved |= more


def _completed(
    said: tuple[syntax.Statement, ...],
    latent: list[str],
    items: list[str],
    moved: list[str],
    means: bool,
    ordinal: bool,
) -> list[syntax.Statement]:
    """What was written and what is understood, in lavaan's order."""
    first: set[str] = set()
    out = []
    for s in said:
        if s.op == "=~" and s.lhs not in first:
            first.add(s.lhs)
            if s.fixed is None and not s.freed:
                s = replace(s, fixed=1.0)
        out.append(s)
    known = {frozenset((s.lhs, s.rhs)) for s in said if s.op == "~~"}

    def add(one: str, op: str, other: str, fixed: float | None = None) -> None:
        if op == "~1" or frozenset((one, other)) not in known:
            out.append(syntax.Statement(one, op, other, fixed))

    for item in items:
        if not ordinal:
            add(item, "~~", item)
    for name in latent:
        add(name, "~~", name)
    targets = dict.fromkeys(s.lhs for s in said if s.op == "~")
    sources = dict.fromkeys(s.rhs for s in said if s.op == "~")
    below = {s.rhs for s in said if s.op == "=~" and s.rhs in latent}
    measured = {s.rhs for s in said if s.op == "=~"}
    for kind in (
        [name for name in latent if name not in targets and name not in below],
        [name for name in (*latent, *items) if name in targets and name not in sources],
        [
            name
            for name in moved
            if name not in targets and name in sources and name not in measured
        ],
    ):
        for k, one in enumerate(kind):
            for other in kind[k + 1 :]:
                add(one, "~~", other)
    if means:
        given = {s.lhs for s in said if s.op == "~1"}
        for name in (*items, *latent):
            if name not in given:
                add(name, "~1", "", 0.0 if name in latent else None)
    return out


def _in_group(
    s: syntax.Statement, group: int, latent: list[str], equal: Collection[str], means: bool
) -> syntax.Statement:
    """Free the latent means of later groups where intercepts are held equal."""
    freed = means and group and "intercepts" in equal and "means" not in equal
    if freed and s.op == "~1" and s.lhs in latent and s.fixed == 0 and not s.line:
        return replace(s, fixed=None)
    return s


def _place(
    s: syntax.Statement,
    group: int,
    table: Table,
    places: dict[object, int],
    equal: Collection[str],
    released: set[Key],
) -> Row:
    """The row of a statement in a group; equal parameters share their place."""
    row = {name: k for k, name in enumerate(table.items)}
    col = {name: k for k, name in enumerate(table.latents)}
    lifted = s.lhs in col
    if s.op == "=~":
        where = ("B", col[s.rhs], col[s.lhs]) if s.rhs in col else ("L", row[s.rhs], col[s.lhs])
    elif s.op == "~":
        where = ("B", col[s.lhs], col[s.rhs])
    elif s.op == "~~":
        places_of = col if lifted else row
        where = ("P" if lifted else "T", places_of[s.lhs], places_of[s.rhs])
    else:
        where = ("alpha", col[s.lhs], 0) if lifted else ("nu", row[s.lhs], 0)
    if s.fixed is not None:
        return Row(s.lhs, s.op, s.rhs, group, *where, s.fixed, -1, s.label)
    key = (s.lhs, s.op, s.rhs)
    shared = _kind(s, table) in equal and key not in released
    name: object = ("label", s.label) if s.label else (key if shared else (key, group))
    return Row(*key, group, *where, None, places.setdefault(name, len(places)), s.label)


def _kind(s: syntax.Statement, table: Table) -> str:
    """Which word of `EQUAL` covers a parameter."""
    latent = table.latents[: table.n_latent]
    if s.op == "=~":
        return "loadings"
    if s.op == "~":
        return "regressions"
    if s.op == "~1":
        return "means" if s.lhs in latent else "intercepts"
    if s.lhs not in latent:
        return "residuals" if s.lhs == s.rhs else "residual.covariances"
    return "lv.variances" if s.lhs == s.rhs else "lv.covariances"
