import pytest

from analysis.errors import ModelError
from analysis.models.sem import syntax
from tests import relations

TWO = (("T", ("t1", "t2")), ("C", ("c1", "c2", "c3")))


def test_degrees_of_freedom_are_those_of_lavaan():
    # R: lavaan::sem(model, d): df 561; lavaan::cfa(measurement): df 528 (36 items, 12 latents)
    assert relations.MODEL.df == 561
    assert syntax.confirmatory(relations.MEASUREMENT).df == 528


def test_terminal_outcomes_and_exogenous_constructs_correlate_freely():
    pairs = relations.MODEL.covariances
    assert ("cooperation", "uncertainty") in pairs
    assert ("termination_costs", "opportunism") in pairs
    assert not any("trust" in pair or "commitment" in pair for pair in pairs)
    assert len(pairs) == 10 + 10


def test_a_construct_with_equal_items_has_no_free_loading():
    free = syntax.Model(TWO, (("T", "C"),))
    tied = syntax.Model(TWO, (("T", "C"),), equal=("T",))
    assert tied.df == free.df + 1
    assert tied.text.splitlines()[0] == "T =~ 1*t1 + 1*t2"


def test_any_column_name_gets_a_name_that_a_parser_reads():
    odd = syntax.Model((("a b", ("Q 1", "Q-2")), ("c", ("~", "x"))), (("a b", "c"),))
    assert odd.aliased.text == "f0 =~ x0 + x1\nf1 =~ x2 + x3\nf1 ~ f0"


def test_a_construct_without_items_is_refused():
    with pytest.raises(ModelError, match="no items for X"):
        syntax.Model(TWO, (("X", "T"),))


def test_a_name_used_twice_is_refused():
    with pytest.raises(ModelError, match="t1 twice"):
        syntax.Model((("T", ("t1", "t2")), ("C", ("t1", "c2"))))
