"""Read a model in lavaan's notation, strictly: what is not understood is refused with its line.

    trust =~ t1 + t2 + t3        # measured by
    commitment ~ b*trust         # regressed on
    t1 ~~ t2                     # (co)variance of residuals
    t1 ~ 1                       # intercept
    twice := 2 * b               # worked out of labelled parameters

Modifiers stand before a name: `0.8*x` fixes, `NA*x` frees, `b*x` labels; one label twice makes two
parameters equal. A name with other characters stands in backticks: `` `How likely?` ``.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import ModelError

_TOKEN = re.compile(
    r"(?P<name>`[^`]*`|[^\W\d][\w.]*)|(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<op>=~|~~|:=|[~+*/^()-])|(?P<space>\s+)|(?P<other>.)"
)
_RELATIONS = ("=~", "~~", "~", ":=")
_FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}


@dataclass(frozen=True)
class Statement:
    """One parameter as written: `fixed` to a value, `freed` by NA, or neither.

    op: "=~", "~", "~~" or "~1" (then rhs is ""); for ":=", rhs is the expression.
    """

    lhs: str
    op: str
    rhs: str
    fixed: float | None = None
    freed: bool = False
    label: str = ""
    line: int = 0


def parse(text: str) -> tuple[Statement, ...]:
    """Read the text of a model.

    Raises
    ------
    ModelError: the line, and what is wrong with it.

    Examples
    --------
    >>> [(s.lhs, s.op, s.rhs, s.label) for s in parse("y ~ a*x + 1")]
    [('y', '~', 'x', 'a'), ('y', '~1', '', '')]
    """
    found: dict[tuple[str, str, str], Statement] = {}
    for line, tokens in _lines(text):
        for said in _statements(line, tokens):
            key = (said.lhs, said.op, said.rhs)
            back = (said.rhs, said.op, said.lhs)
            if said.op == "~~" and back in found:
                key = back
            found[key] = _merged(found[key], said) if key in found else said
    if not found:
        raise ModelError("The model is empty; write for example 'trust =~ t1 + t2 + t3'.")
    return tuple(found.values())


def quoted(name: str) -> str:
    """Write a name so that `parse` reads it back.

    >>> quoted("t1"), quoted("How likely?")
    ('t1', '`How likely?`')
    """
    return name if re.fullmatch(r"[^\W\d][\w.]*", name) and name != "NA" else f"`{name}`"


def expression(text: str, line: int = 0) -> Callable[[Mapping[str, complex]], complex]:
    """Make a function of labelled values from the right side of ":=".

    Examples
    --------
    >>> expression("a * b^2")({"a": 2.0, "b": 3.0})
    18.0
    """
    names: dict[str, str] = {}

    def safe(match: re.Match[str]) -> str:
        if not match["name"] or match["name"] in _FUNCTIONS:
            return "**" if match["op"] == "^" else match[0]
        return names.setdefault(match["name"].strip("`"), f"v{len(names)}_")

    try:
        tree = ast.parse(_TOKEN.sub(safe, text).strip(), mode="eval").body
    except SyntaxError:
        raise ModelError(f"Line {line}: '{text}' is no expression of labels.") from None
    back = {safe_name: name for name, safe_name in names.items()}
    _check(tree, line, text)
    return lambda values: _value(tree, {key: values[name] for key, name in back.items()})


def labels_of(text: str) -> list[str]:
    """Labels that an expression names."""
    found = [m["name"].strip("`") for m in _TOKEN.finditer(text) if m["name"]]
    return [name for name in dict.fromkeys(found) if name not in _FUNCTIONS]


Token = tuple[str, str]


def _lines(text: str) -> Iterator[tuple[int, list[Token]]]:
    """Logical lines as tokens: a line goes on while it ends, or the next begins, with a sign."""
    held: list[Token] = []
    start = 0
    for number, raw in enumerate(text.replace(";", "\n").split("\n"), start=1):
        tokens = [*_tokens(raw, number)]
        if not tokens:
            continue
        goes_on = held and (held[-1][1] in (*_RELATIONS, "+", "*") or tokens[0][1] in ("+", "*"))
        if held and not goes_on:
            yield start, held
            held = []
        start = start if held else number
        held = held + tokens
    if held:
        yield start, held


def _tokens(raw: str, line: int) -> Iterator[Token]:
    for match in _TOKEN.finditer(raw):
        kind = str(match.lastgroup)
        if match[0] in ("#", "!"):
            return
        if kind == "other":
            raise ModelError(
                f"Line {line}: '{match[0]}' is not understood here; the model may use =~ ~ ~~ := "
                "and + with number*, label* and NA*. Put unusual names in `backticks`."
            )
        if kind != "space":
            yield kind, match[0]


def _statements(line: int, tokens: list[Token]) -> Iterator[Statement]:
    at = [k for k, (_, text) in enumerate(tokens) if text in _RELATIONS]
    if len(at) != 1:
        raise ModelError(f"Line {line}: one of =~ ~ ~~ := is expected, exactly once.")
    left, relation, right = tokens[: at[0]], tokens[at[0]][1], tokens[at[0] + 1 :]
    if relation == ":=":
        if len(left) != 1 or left[0][0] != "name" or not right:
            raise ModelError(f"Line {line}: write 'name := expression'.")
        text = " ".join(token for _, token in right)
        expression(text, line)
        yield Statement(left[0][1].strip("`"), ":=", text, line=line)
        return
    for owner in _terms(left, line):
        if owner.lhs or owner.fixed is not None or owner.freed or owner.op == "~1":
            raise ModelError(f"Line {line}: only names may stand before {relation}.")
        for term in _terms(right, line):
            op = relation
            if term.op == "~1":
                if relation != "~":
                    raise ModelError(f"Line {line}: an intercept is written 'name ~ 1'.")
                op = "~1"
            elif term.rhs == owner.rhs and relation != "~~":
                raise ModelError(f"Line {line}: {owner.rhs} cannot stand on both sides.")
            yield replace(term, lhs=owner.rhs, op=op)


def _terms(tokens: list[Token], line: int) -> list[Statement]:
    """Names with their modifiers, parted by +."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token[1] == "+":
            parts.append([])
        else:
            parts[-1].append(token)
    return [_term(part, line) for part in parts]


def _term(part: list[Token], line: int) -> Statement:
    negative = bool(part) and part[0][1] == "-"
    body = part[1:] if negative else part
    kinds = [kind for kind, _ in body]
    texts = [text for _, text in body]
    if negative and (len(body) != 3 or kinds[0] != "number"):
        raise ModelError(f"Line {line}: a minus may stand only before a number.")
    if len(body) == 1 and texts == ["1"]:
        return Statement("", "~1", "", line=line)
    if len(body) == 1 and kinds == ["name"]:
        return Statement("", "", _name(texts[0], line), line=line)
    if len(body) == 3 and texts[1] == "*" and (kinds[2] == "name" or texts[2] == "1"):
        intercept = kinds[2] != "name"
        bare = Statement(
            "",
            "~1" if intercept else "",
            "" if intercept else _name(texts[2], line),
            line=line,
        )
        if kinds[0] == "number":
            return replace(bare, fixed=-float(texts[0]) if negative else float(texts[0]))
        if texts[0] == "NA":
            return replace(bare, freed=True)
        if kinds[0] == "name":
            return replace(bare, label=_name(texts[0], line))
    raise ModelError(
        f"Line {line}: '{' '.join(texts) or 'nothing'}' is not understood; a term is a name, "
        "number*name, label*name or NA*name."
    )


def _name(text: str, line: int) -> str:
    name = text.strip("`")
    if not name or text == "NA":
        raise ModelError(f"Line {line}: a name is missing.")
    return name


def _merged(one: Statement, two: Statement) -> Statement:
    """A parameter written twice, as NA*x + a*x; anything but complementary modifiers is refused."""
    clash = (
        one.op == ":="
        or (one.label and two.label)
        or (one.fixed is not None and (two.fixed is not None or two.freed))
        or (two.fixed is not None and one.freed)
        or not (two.label or two.freed or two.fixed is not None)
    )
    if clash:
        raise ModelError(f"Line {two.line}: {one.lhs} {one.op} {one.rhs} is written twice.")
    return replace(
        one,
        fixed=two.fixed if one.fixed is None else one.fixed,
        freed=one.freed or two.freed,
        label=one.label or two.label,
    )


def _check(tree: ast.AST, line: int, text: str) -> None:
    allowed = (ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.Call, ast.Load)
    signs = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd)
    for node in ast.walk(tree):
        call = not isinstance(node, ast.Call) or (
            isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS and len(node.args) == 1
        )
        if not isinstance(node, (*allowed, *signs)) or not call:
            raise ModelError(f"Line {line}: '{text}' is no expression of labels.")


def _value(node: ast.AST, values: Mapping[str, complex]) -> complex:
    match node:
        case ast.Constant(value=number):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, values)
        case ast.UnaryOp(operand=inner):
            return _value(inner, values)
        case ast.Call(func=ast.Name(id=name), args=[inner]):
            return _FUNCTIONS[name](_value(inner, values))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _value(left, values), _value(right, values)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
            return a**b
    raise ModelError("An expression of labels was expected.")
