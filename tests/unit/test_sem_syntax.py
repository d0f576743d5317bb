import pytest

from analysis.errors import ModelError
from analysis.models.sem.engine import syntax, table


def keys(text):
    return [(s.lhs, s.op, s.rhs) for s in syntax.parse(text)]


def test_all_relations_are_read_with_comments_and_lines_that_go_on():
    text = """
    trust =~ t1 + t2 +   # measured by
             t3
    commitment ~ trust ! regressed
    t1 ~~ t2; t1 ~ 1
    twice := 2*b
    """
    assert keys(text.replace("~ trust", "~ b*trust")) == [
        ("trust", "=~", "t1"),
        ("trust", "=~", "t2"),
        ("trust", "=~", "t3"),
        ("commitment", "~", "trust"),
        ("t1", "~~", "t2"),
        ("t1", "~1", ""),
        ("twice", ":=", "2 * b"),
    ]


def test_modifiers_fix_free_and_label():
    fixed, freed, named = syntax.parse("f =~ -0.5*a + NA*b + l*c")
    assert (fixed.fixed, freed.freed, named.label) == (-0.5, True, "l")


def test_a_free_first_loading_may_carry_a_label_too():
    (said,) = syntax.parse("f =~ NA*a + l*a")
    assert (said.freed, said.label) == (True, "l")


def test_names_in_backticks_may_hold_anything():
    name = "How likely? (0-10) <b>"
    assert keys(f"f =~ `{name}` + `x y`") == [("f", "=~", name), ("f", "=~", "x y")]
    assert keys(f"f =~ {syntax.quoted(name)} + x") == [("f", "=~", name), ("f", "=~", "x")]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("f =~ a + b\nf =~ c | d", 2, "'|' is not understood"),
        ("a == b", 1, "'=' is not understood"),
        ("\n\na < b", 3, "'<' is not understood"),
        ("f =~ a + b +", 1, "'nothing' is not understood"),
        ("f =~ 2*3*a", 1, "is not understood; a term is"),
        ("f =~ a:b", 1, "':' is not understood"),
        ("f =~ start(1)*a", 1, "is not understood; a term is"),
        ("f =~ c(1,2)*a", 1, "',' is not understood"),
        ("justaname", 1, "one of =~ ~ ~~ :="),
        ("a ~ b ~ c", 1, "exactly once"),
        ("f =~ a + a", 1, "f =~ a is written twice"),
        ("a ~~ b\nb ~~ a", 2, "a ~~ b is written twice"),
        ("f =~ 1*a + 2*a", 1, "is written twice"),
        ("f =~ 1", 1, "an intercept is written"),
        ("f ~ f", 1, "cannot stand on both sides"),
        ("2*f ~ a", 1, "only names may stand before"),
        ("x := __import__('os')", 1, "not understood"),
        ("x := a.b(c)", 1, "no expression of labels"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(text, line, said):
    with pytest.raises(ModelError) as told:
        syntax.parse(text)
    assert f"Line {line}:" in str(told.value)
    assert said in str(told.value)


def test_an_empty_model_is_refused():
    with pytest.raises(ModelError, match="The model is empty"):
        syntax.parse("# nothing but a comment")


def test_expressions_know_powers_signs_and_functions():
    value = syntax.expression("-a^2 + sqrt(b) * (1 - c/2)")({"a": 3.0, "b": 4.0, "c": 1.0})
    assert value == -8.0


def test_a_label_that_nothing_carries_is_refused():
    with pytest.raises(ModelError, match="no parameter carries the label b"):
        table.build("f =~ x + a*y + z\nd := a * b")


def test_what_is_understood_without_being_written_is_as_in_lavaan():
    # lavaan 0.6-14: parTable(sem(m, HolzingerSwineford1939)) frees speed ~~ x4, visual ~~ textual
    made = table.build(
        "visual =~ x1+x2+x3\ntextual =~ x5+x6+x7\nspeed =~ x8+x9\nx4 ~ visual\nspeed ~ textual"
    )
    pairs = {(r.lhs, r.rhs) for r in made.rows if r.op == "~~" and r.lhs != r.rhs}
    assert pairs == {("visual", "textual"), ("speed", "x4")}


def test_equal_kinds_share_places_and_latent_means_are_freed():
    made = table.build("f =~ a + b + c", groups=2, means=True, equal=("loadings", "intercepts"))
    free = {(r.lhs, r.op, r.rhs, r.group): r.free for r in made.rows}
    assert free["f", "=~", "b", 0] == free["f", "=~", "b", 1]
    assert free["a", "~1", "", 0] == free["a", "~1", "", 1]
    assert free["f", "~1", "", 0] == -1 < free["f", "~1", "", 1]
    assert free["a", "~~", "a", 0] != free["a", "~~", "a", 1]


def test_an_unknown_kind_of_equality_is_refused():
    with pytest.raises(ModelError, match="Unknown in equal: loading"):
        table.build("f =~ a + b + c", groups=2, equal=("loading",))
