"""May this be shown? Every rule that keeps a small group hidden stands in this file.

1. A score rests on `MIN_SCORES` answers or more, a count of comments on `MIN_COMMENTS`. A client
   may ask for more (`confidentiality` in its params), never for less.
2. Under the preset "strict" (`params.Least`) it rests on more, from several accounts, none of
   which holds most of it.
3. What is hidden must not come back: where groups add up to a known total, more cells are hidden
   (`protect`) until an attacker who knows the sums cannot work one out (`recoverable`).
4. A group that is too small alone joins other small ones (`measures.groups.joined`).
5. What open answers leave of a count, for those who can see them one by one, is a group too
   (`measures.groups.left`); where it would not be, their pages show less (`groups.withheld`).
6. No report differs from a published one by a few answers: the difference would be theirs
   (`too_few_new`; `batch.newcomers` says of which groups).
7. What is worked out over clients rests on `MIN_CLIENTS` of them.

Everything people look at is drawn from tables that passed here, so chart, alt text, table,
workbook and JSON share one mask.

References
----------
Rules of 1, 2 and 7: `domain.md` 2.8 (ESOMAR, ISO 20252, practice of survey platforms). Of 3:
Willenborg and de Waal (2001), Elements of Statistical Disclosure Control, chapters 6 and 9.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

#: Smallest number of answers under a score, of comments under a count, of clients in a benchmark.
MIN_SCORES = 5
MIN_COMMENTS = 8
MIN_CLIENTS = 5
#: A range narrower than this holds one whole number; the rest is the solver's own error.
WORKED_OUT = 1 - 1e-6
UNBOUNDED = 3  # how `scipy.optimize.linprog` says that there is no upper end

Sums = Sequence[Sequence[int]]


def hidden_rows(
    base: pd.Series,
    minimum: int = MIN_SCORES,
    whole: bool | pd.Series = False,
    accounts: pd.Series | None = None,
    largest: pd.Series | None = None,
) -> pd.Series:
    """Which rows of a table to hide, given what stands under each.

    Parameters
    ----------
    base : answers under each row; missing counts as none.
    minimum : smallest base shown; a `params.Least` also holds the strict preset's other limits.
    whole : True where all rows add up to a total that is known, or a label for each row: rows with
        the same label add up to one. Then no row is hidden alone, nor rows that are few together.
    accounts, largest : accounts under each row, and the largest one's share of the base (0-1).

    Examples
    --------
    >>> list(hidden_rows(pd.Series([30, 4, 9]), whole=True))
    [False, True, True]
    """
    counts = base.fillna(0).to_numpy(float)
    small = counts < minimum
    if accounts is not None:
        small |= (accounts.fillna(0) < getattr(minimum, "accounts", 0)).to_numpy()
    if largest is not None:
        small |= (largest.fillna(1) > getattr(minimum, "largest", np.inf)).to_numpy()
    if whole is False:
        return pd.Series(small, index=base.index)
    of = np.zeros(len(base)) if whole is True else pd.factorize(whole)[0]
    known = np.array([counts[of == k].sum() for k in np.unique(of)])
    sums = [(len(base) + i, *np.flatnonzero(of == k)) for i, k in enumerate(np.unique(of))]
    cells = np.concatenate([counts, known])
    small = np.concatenate([small, np.zeros(len(known), dtype=bool)])
    hidden = protect(
        cells, sums, minimum, small=small & (cells > 0), known=range(len(base), len(cells))
    )
    return pd.Series(hidden[: len(base)], index=base.index)


def margins(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """Sums of a table of counts with its totals last along each axis, for `protect`.

    Returns
    -------
    One tuple a sum: the place of the total in the flattened table, then those of its parts.

    Examples
    --------
    >>> margins((2, 3))
    [(3, 0), (4, 1), (5, 2), (2, 0, 1), (5, 3, 4)]
    """
    place = np.arange(int(np.prod(shape))).reshape(shape)
    lines = (np.moveaxis(place, axis, -1).reshape(-1, shape[axis]) for axis in range(len(shape)))
    return [(int(one[-1]), *map(int, one[:-1])) for several in lines for one in several]


def protect(
    counts: Iterable[float],
    sums: Sums,
    minimum: int = MIN_SCORES,
    small: np.ndarray | None = None,
    known: Iterable[int] = (),
) -> np.ndarray:
    """Which cells to hide so that no small one is shown, and none can be worked out.

    Parameters
    ----------
    counts : people under each cell, totals among them. sums : see `margins`.
    small : cells that must be hidden; None: those with 1 to `minimum` - 1 people. An empty cell
        belongs to nobody and is shown.
    known : cells that cannot be hidden, as they are known from elsewhere.

    Returns
    -------
    True for each hidden cell. Where a total is shown, the hidden parts of it are at least two, and
    `minimum` people together; the ranges that the sums leave for a hidden cell hold two whole
    numbers at least. Nothing more is hidden than that asks for: showing any further cell again
    would break it.

    Examples
    --------
    >>> table = [3, 20, 23, 30, 40, 70, 33, 60, 93]  # two rows and their total, by two columns
    >>> protect(table, margins((3, 3))).reshape(3, 3).astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    """
    cells = np.asarray(list(counts), dtype=float)
    first = (cells > 0) & (cells < minimum) if small is None else small.copy()
    fixed = np.isin(np.arange(len(cells)), list(known))
    first &= ~fixed
    hidden = first.copy()
    lost: set[int] = set()  # cells that nothing can be hidden beside
    while (weak := _weak(cells, sums, hidden, minimum, lost)) is not None:
        cell, *scopes = weak
        may = ~hidden & ~fixed & (cells > 0)
        # A part before a total, the smallest first.
        beside = (
            [(c == line[0], cells[c], c) for line in s for c in line if may[c]] for s in scopes
        )
        chosen = next(filter(None, beside), None)
        if chosen:
            hidden[min(chosen)[2]] = True
        else:
            lost.add(cell)
    # What an earlier step hid may be needless after a later one; the largest is shown first.
    needless = np.flatnonzero(hidden & ~first)
    for cell in needless[np.argsort(-cells[needless], kind="stable")]:
        hidden[cell] = False
        hidden[cell] = _weak(cells, sums, hidden, minimum, lost) is not None
    return hidden


def recoverable(counts: Iterable[float], sums: Sums, hidden: np.ndarray) -> np.ndarray:
    """Attack a table: which hidden cells can be worked out from the shown ones and the sums.

    Two linear programmes a hidden cell find the least and the most that it can hold, knowing that
    counts are not negative; it is recovered when fewer than two whole numbers lie between.

    Examples
    --------
    >>> table = [3, 20, 23, 30, 40, 70, 33, 60, 93]
    >>> only_small = np.array(table) == 3
    >>> recoverable(table, margins((3, 3)), only_small).tolist()[0]
    True
    """
    from scipy.optimize import linprog

    cells = np.asarray(list(counts), dtype=float)
    places = np.flatnonzero(hidden)
    found = np.zeros(len(cells), dtype=bool)
    a, b = _equations(cells, sums, hidden)
    low, high = cells[places].copy(), cells[places].copy()
    for k, sign in itertools.product(range(len(places)), (1, -1)):
        if high[k] - low[k] > WORKED_OUT:  # an earlier solution has shown both already
            continue
        goal = np.zeros(len(places))
        goal[k] = sign
        solved = linprog(goal, A_eq=a, b_eq=b, bounds=(0, None), method="highs")
        if solved.status == UNBOUNDED:  # as no shown sum holds the cell
            high[k] = np.inf
        elif solved.success:  # else the sums contradict the counts: taken as worked out
            low, high = np.minimum(low, solved.x), np.maximum(high, solved.x)
    found[places] = high - low < WORKED_OUT
    return found


def too_few_new(before: Iterable[str], now: Iterable[str], minimum: int = MIN_SCORES) -> int:
    """How many answers came, went or changed since a report, where they are too few to be shown.

    Parameters
    ----------
    before, now : one mark an answer (a hash of all it holds), then and now.

    Returns
    -------
    0 where nothing changed, or enough did.

    Examples
    --------
    >>> too_few_new(["a", "b"], ["a", "b", "c"]), too_few_new(["a"], list("abcdefg"))
    (1, 0)
    """
    old, new = Counter(before), Counter(now)  # two answers may be equal
    changed = max((old - new).total(), (new - old).total())
    return changed if changed < minimum else 0


def _weak(
    cells: np.ndarray, sums: Sums, hidden: np.ndarray, minimum: int, lost: set[int]
) -> tuple[int, Sums] | tuple[int, Sums, Sums] | None:
    """A hidden cell that is too few with its neighbours, or can be worked out.

    With it the sums in which one more cell is to be hidden, and where else if that cannot be.
    """
    for line in sums:
        inside = [cell for cell in line[1:] if hidden[cell] and cell not in lost]
        few = len(inside) == 1 or cells[inside].sum() < minimum
        if inside and few and not hidden[line[0]]:
            return inside[0], [line]
    for cell in np.flatnonzero(recoverable(cells, sums, hidden)):
        if cell not in lost:
            return cell, [line for line in sums if cell in line], sums
    return None


def _equations(cells: np.ndarray, sums: Sums, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the sums say of the hidden cells: `a @ hidden == b`, one row a sum that holds some."""
    a = np.zeros((len(sums), len(cells)))
    for k, (total, *parts) in enumerate(sums):
        a[k, total], a[k, parts] = 1.0, -1.0
    b = -a[:, ~hidden] @ cells[~hidden]
    a = a[:, hidden]
    said = np.any(a != 0, axis=1)
    return a[said], b[said]
