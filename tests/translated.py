"""Which texts of the code are for readers, which catalogues lack them, and which slip past `tr`.

`python -m tests.translated src/analysis/publish/wording/steps.py …` lists both for some files (or
for all without any): what the Dutch catalogue lacks, and English that cannot be translated.
"""

import ast
import json
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from analysis.language import catalogue
from analysis.publish.blocks import Unit

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "analysis"

#: Keywords whose texts `publish.blocks` translates, where they stand in the code as a whole.
WORDS = {
    "alt",
    "axis",
    "because",
    "caveat",
    "caveats",
    "do",
    "label",
    "method",
    "otherwise",
    "reference_label",
    "sentence",
    "title",
}
HEADINGS = {"heading", "part"}  # `results.heading`, and its name in notebooks
UNITS = set(get_args(Unit))
#: Where sentences are made; elsewhere only texts inside `tr` and `later` are looked for.
SPEAKING = ("publish/",)
_WORD = re.compile(r"[A-Za-z]{2,}")
_TEMPLATE = re.compile(r"""\btr\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def texts(file: Path) -> dict[str, int]:
    """Texts of a file that catalogues must hold, with the line of each."""
    if file.suffix == ".html":
        return _of_template(file)
    found: dict[str, int] = {}
    for tree in _trees(file):
        for node in ast.walk(tree):
            for constant in _said(node, speaking=_speaks(file)):
                found.setdefault(constant.value, constant.lineno)
    return {text: line for text, line in found.items() if _WORD.search(text)}


def loose(file: Path) -> list[tuple[int, str]]:
    """English in a file of sentences that stands outside `tr`, so that it stays English."""
    if file.suffix == ".html":
        return _loose_in_template(file)
    found = []
    for tree in _trees(file):
        taken = {id(c) for node in ast.walk(tree) for c in _said(node, speaking=True)}
        taken |= {id(c) for node in ast.walk(tree) for c in _no_text(node)}
        for node in ast.walk(tree):
            if id(node) in taken:
                continue
            if isinstance(node, ast.JoinedStr):
                parts = [v for v in node.values if isinstance(v, ast.Constant)]
                taken |= {id(part) for part in parts}
                if _says("{}".join(str(part.value) for part in parts)):
                    found.append((node.lineno, ast.unparse(node)))
            elif isinstance(node, ast.Constant) and _says(str(node.value)):
                found.append((node.lineno, node.value))
    return sorted(set(found))


def files() -> list[Path]:
    """All files with texts for readers."""
    code = [f for f in PACKAGE.rglob("*.py") if "language" not in f.parts and "demo" not in f.parts]
    templates = PACKAGE.rglob("publish/templates/*.html")
    return sorted([*code, *templates, *(ROOT / "notebooks").glob("*.ipynb")])


def places(text: str) -> set[str]:
    """Names in braces that a text has values for."""
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


def _says(text: str) -> bool:
    """Whether a text is more than a name: a word and a blank, or two words."""
    return bool(_WORD.search(text)) and " " in text.strip()


def _speaks(file: Path) -> bool:
    name = file.relative_to(ROOT).as_posix()
    return name.endswith(".ipynb") or any(room in name for room in SPEAKING)


def _trees(file: Path) -> Iterator[ast.Module]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    yield ast.parse(text)


def _said(node: ast.AST, speaking: bool) -> Iterator[ast.Constant]:
    """Constants that this node gives to readers."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("tr", "later") and node.args:
            yield from _strings(node.args[0])
        if speaking and name in HEADINGS and node.args:
            yield from _strings(node.args[0])
        if speaking:
            for word in node.keywords:
                if word.arg in WORDS:
                    yield from _strings(word.value)
    elif speaking and isinstance(node, ast.Tuple) and len(node.elts) == 2:
        first, second = node.elts
        if isinstance(second, ast.Constant) and second.value in UNITS:
            yield from _strings(first)
    elif speaking and isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").isupper():
        yield from (one for one in _strings(node.value) if _says(one.value))


def _strings(node: ast.AST) -> Iterator[ast.Constant]:
    """Strings that an expression can come to: itself, either side of a choice, items of a list."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)
    elif isinstance(node, ast.BoolOp | ast.List | ast.Tuple):
        for part in getattr(node, "values", None) or getattr(node, "elts", []):
            yield from _strings(part)


def _no_text(node: ast.AST) -> Iterator[ast.AST]:
    """What is never read by a customer: docstrings, errors, keys, comparisons."""
    if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield first.value
    elif isinstance(node, ast.Raise | ast.Compare | ast.Subscript | ast.Assert):
        yield from ast.walk(node.slice if isinstance(node, ast.Subscript) else node)
    elif isinstance(node, ast.keyword) and node.arg in ("key", "kind", "on", "by"):
        yield from ast.walk(node.value)


def _of_template(file: Path) -> dict[str, int]:
    text = file.read_text(encoding="utf-8")
    found = {}
    for one in _TEMPLATE.finditer(text):
        said = (one[1] if one[1] is not None else one[2]).replace('\\"', '"')
        found.setdefault(said, text[: one.start()].count("\n") + 1)
    return found


def _loose_in_template(file: Path) -> list[tuple[int, str]]:
    text = file.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", lambda m: "\n" * m[0].count("\n"), text)
    text = re.sub(r'<[^>]*?(?:aria-label|alt|title)="([^"]*)"[^>]*>', r"\1", text)
    text = re.sub(r"<!--.*?-->|<[^>]*>", "", text, flags=re.S)
    lines = enumerate(text.splitlines(), start=1)
    return [(k, line.strip()) for k, line in lines if _WORD.search(line)]


if __name__ == "__main__":
    asked = [Path(name).resolve() for name in sys.argv[1:]] or files()
    known = catalogue("nl")
    for file in asked:
        name = file.relative_to(ROOT)
        for text, line in texts(file).items():
            if text not in known:
                sys.stdout.write(f"{name}:{line}: not in Dutch: {text}\n")
        for line, text in loose(file) if _speaks(file) else ():
            sys.stdout.write(f"{name}:{line}: cannot be translated: {text}\n")
