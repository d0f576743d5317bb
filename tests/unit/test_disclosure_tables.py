"""Generated tables: nothing small is shown, nothing comes back, little else is hidden."""

import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.publish import disclosure

MINIMUM = disclosure.MIN_SCORES
SHAPES = ((2, 3), (3, 4), (5, 3), (6, 5), (4, 8), (2, 3, 3), (3, 2, 4))
EACH = 20  # tables a block
BLOCKS = 100


def with_totals(inner):
    """A table of counts with its totals last along each axis."""
    for axis in range(inner.ndim):
        inner = np.concatenate([inner, inner.sum(axis=axis, keepdims=True)], axis=axis)
    return inner


def made(block):
    """Tables of people by two or three traits: some even, some with a few large cells."""
    rng = np.random.default_rng(block)
    for _ in range(EACH):
        shape = SHAPES[rng.integers(len(SHAPES))]
        chances = rng.dirichlet(np.full(int(np.prod(shape)), rng.choice([0.3, 1.0, 5.0])))
        people = rng.multinomial(rng.integers(20, 60 * int(np.prod(shape)) // 4), chances)
        yield with_totals(people.reshape(shape).astype(float))


def lines(shape):
    """Every line of a table along every axis, written apart from the code under test."""
    for axis, length in enumerate(shape):
        rest = [range(n) for k, n in enumerate(shape) if k != axis]
        for fixed in np.ndindex(*[len(r) for r in rest]):
            at = [tuple(np.insert(fixed, axis, i)) for i in range(length)]
            yield [int(np.ravel_multi_index(a, shape)) for a in at]


def attacked(table, hidden):
    """Least and most of every hidden cell, given all that is shown: two programmes a cell."""
    cells, places = table.ravel(), np.flatnonzero(hidden)
    rows, right = [], []
    for line in lines(table.shape):
        row = np.zeros(len(cells))
        row[line[:-1]], row[line[-1]] = 1.0, -1.0
        rows.append(row)
        right.append(0.0)
    for shown in np.flatnonzero(~hidden):
        row = np.zeros(len(cells))
        row[shown] = 1.0
        rows.append(row)
        right.append(cells[shown])
    ends = []
    for place in places:
        goal = np.zeros(len(cells))
        goal[place] = 1.0
        low = linprog(goal, A_eq=np.array(rows), b_eq=right, bounds=(0, None))
        high = linprog(-goal, A_eq=np.array(rows), b_eq=right, bounds=(0, None))
        ends.append((low.fun, np.inf if high.status == 3 else -high.fun))
    return np.array(ends).reshape(-1, 2)


def greedy(table):
    """The usual mask: no line with a single hidden cell. It can be broken across lines."""
    cells = table.ravel()
    hidden = (cells > 0) & (cells < MINIMUM)
    again = True
    while again:
        again = False
        for line in lines(table.shape):
            if hidden[line].sum() == 1:
                rest = [cell for cell in line if not hidden[cell] and cells[cell] > 0]
                if rest:
                    hidden[min(rest, key=lambda cell: (cell == line[-1], cells[cell]))] = True
                    again = True
    return hidden


def faults(table, hidden):
    """Cells below the rule that are shown, and hidden cells that an attacker can work out."""
    cells = table.ravel()
    shown_small = int(((cells > 0) & (cells < MINIMUM) & ~hidden).sum())
    ends = attacked(table, hidden)
    return shown_small, int((ends[:, 1] - ends[:, 0] < 1 - 1e-6).sum())


def checked(block):
    """Faults of a block's tables, and the cells hidden by us and by the usual mask."""
    small = worked_out = ours = usual = 0
    for table in made(block):
        hidden = disclosure.protect(table.ravel(), disclosure.margins(table.shape), MINIMUM)
        one, other = faults(table, hidden)
        small, worked_out = small + one, worked_out + other
        ours, usual = ours + hidden.sum(), usual + greedy(table).sum()
    return small, worked_out, ours, usual


def judged(blocks):
    small, worked_out, ours, usual = np.sum([checked(block) for block in blocks], axis=0)
    assert (small, worked_out) == (0, 0)
    assert ours <= 1.2 * usual
    assert usual > 0


@pytest.mark.parametrize("tenth", range(10))
def test_two_thousand_tables_give_nothing_away(tenth):
    judged(range(tenth * BLOCKS // 10, (tenth + 1) * BLOCKS // 10))


@pytest.mark.slow
@pytest.mark.parametrize("tenth", range(10))
def test_twenty_thousand_tables_give_nothing_away(tenth):
    judged(range(1000 + tenth * BLOCKS, 1000 + (tenth + 1) * BLOCKS))


def test_hiding_only_the_small_cells_would_fail_this_test():
    worked_out = 0
    for table in made(0):
        cells = table.ravel()
        worked_out += faults(table, (cells > 0) & (cells < MINIMUM))[1]
    assert worked_out > 0


def test_the_audit_agrees_with_the_attacker():
    for table in made(1):
        hidden = (table.ravel() > 0) & (table.ravel() < MINIMUM)
        ends = attacked(table, hidden)
        found = disclosure.recoverable(table.ravel(), disclosure.margins(table.shape), hidden)
        assert list(found[hidden]) == list(ends[:, 1] - ends[:, 0] < 1 - 1e-6)
