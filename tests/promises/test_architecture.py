"""The house keeps its shape: who may import whom, how large a room gets, what a notebook holds."""

import ast
import contextlib
import io
import json
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "analysis"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

#: What takes seconds to import, and is imported inside the one function that needs it.
HEAVY = ("bertopic", "matplotlib", "pingouin", "semopy", "sklearn", "sknetwork", "statsmodels")
LONGEST_MODULE = 400  # lines
LONGEST_CELL = 12  # lines of code
PARAMETERS = ["client", "wave", "params_dir"]

LINT = """
import sys
sys.path.insert(0, sys.argv[1])
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename=sys.argv[2], no_cache=True, no_logo=True))
"""


def linted(source: Path, folder: Path) -> subprocess.CompletedProcess:
    """Run import-linter on the package in `source`, with the contracts of the project."""
    command = [sys.executable, "-c", LINT, str(source), str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def copied(folder: Path) -> Path:
    """Copy the package, so that a rule may be broken in it."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / "src" / "analysis", ignore=ignore)
    return folder / "src"


def test_every_room_imports_only_from_rooms_below_it(tmp_path):
    done = linted(ROOT / "src", tmp_path)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        (
            "publish/charts/__init__.py",
            "from analysis import survey",
            "Right of the wall nothing sees people's answers",
        ),
        (
            "publish/page.py",
            "import analysis.measures.scales",
            "Right of the wall nothing sees people's answers",
        ),
        ("survey/load.py", "from analysis.models import tier", "Data flows one way"),
        ("params/kinds.py", "from analysis.survey import tables", "Data flows one way"),
    ],
)
def test_an_import_through_the_wall_breaks_the_contract(tmp_path, room, line, contract):
    source = copied(tmp_path)
    file = source / "analysis" / room
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    done = linted(source, tmp_path)
    assert done.returncode == 1, done.stdout
    broken = [words for words in done.stdout.splitlines() if words.endswith("BROKEN")]
    assert any(words.startswith(contract) for words in broken), done.stdout


def test_importing_the_package_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys, time; start = time.perf_counter(); import analysis; "
        "print(time.perf_counter() - start); print(*sys.modules)"
    )
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(3)]
    seconds, modules = zip(*(run.stdout.splitlines() for run in runs), strict=True)
    # The quickest of three: other work on the machine is none of the package's.
    assert min(map(float, seconds)) < 1.5
    loaded = {name.split(".")[0] for name in modules[0].split()}
    assert not loaded & {*HEAVY, "numpy", "pandas", "scipy"}


def top_level_imports(text: str) -> set[str]:
    """Packages that a module imports when it is itself imported."""
    found = set()
    waiting = list(ast.parse(text).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += [child for child in ast.iter_child_nodes(node)]
    return found


def modules() -> list[Path]:
    """All modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def test_no_module_imports_a_heavy_package_before_it_is_needed():
    heavy = {
        str(file.relative_to(PACKAGE)): sorted(top_level_imports(file.read_text()) & {*HEAVY})
        for file in modules()
    }
    assert not {name: found for name, found in heavy.items() if found}


def test_a_heavy_import_at_the_top_is_seen_and_one_inside_a_function_is_not():
    text = "try:\n    import semopy.stats\nexcept ImportError:\n    pass\n"
    assert top_level_imports(text) == {"semopy"}
    assert top_level_imports("def fit():\n    import semopy\n") == set()


def test_no_module_is_longer_than_anyone_reads_at_a_sitting():
    lines = {str(f.relative_to(ROOT)): len(f.read_text().splitlines()) for f in modules()}
    assert not {name: count for name, count in lines.items() if count > LONGEST_MODULE}


def faults(notebook: dict) -> list[str]:
    """What a notebook holds that belongs elsewhere, or lacks."""
    found = []
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    texts = ["".join(cell["source"]) for cell in code]
    for cell, text in zip(code, texts, strict=True):
        name = cell.get("id", "?")
        if cell.get("outputs") or cell.get("execution_count"):
            found.append(f"{name}: outputs")
        if len(text.splitlines()) > LONGEST_CELL:
            found.append(f"{name}: {len(text.splitlines())} lines")
        found += [f"{name}: {kind}" for kind in logic(text)]
    tagged = [k for k, cell in enumerate(code) if "parameters" in cell["metadata"].get("tags", [])]
    if tagged != [1]:
        found.append("the second code cell alone must have the tag 'parameters'")
    else:
        found += parameter_faults(texts[1])
    return found


def logic(text: str) -> list[str]:
    """Kinds of statements that belong in a module."""
    named = {
        ast.FunctionDef: "def",
        ast.AsyncFunctionDef: "def",
        ast.ClassDef: "class",
        ast.Lambda: "lambda",
        ast.If: "if",
        ast.For: "loop",
        ast.While: "loop",
        ast.Try: "try",
    }
    return [named[type(node)] for node in ast.walk(ast.parse(text)) if type(node) in named]


def parameter_faults(text: str) -> list[str]:
    """What papermill may set: exactly three strings, and nothing else."""
    lines = ast.parse(text).body
    names = [line.targets[0].id for line in lines if isinstance(line, ast.Assign)]
    strings = all(isinstance(getattr(line, "value", None), ast.Constant) for line in lines)
    if names != PARAMETERS or len(lines) != len(PARAMETERS) or not strings:
        return [f"the parameters must be exactly {', '.join(PARAMETERS)}"]
    return []


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_a_story_without_logic_or_outputs(file):
    assert faults(json.loads(file.read_text(encoding="utf-8"))) == []


def notebook(*cells: str, tagged: int | None = 1, **more) -> dict:
    """A notebook of these code cells."""
    made = [
        {"cell_type": "code", "id": f"c{k}", "source": [text], "metadata": {}, "outputs": []}
        for k, text in enumerate(cells)
    ]
    if tagged is not None:
        made[tagged]["metadata"] = {"tags": ["parameters"]}
    made[-1] |= more
    return {"cells": made}


GOOD = "client = 'a'\nwave = 'latest'\nparams_dir = '../params'"


@pytest.mark.parametrize(
    ("violating", "fault"),
    [
        (notebook("import a", GOOD, "def f(): ..."), "c2: def"),
        (notebook("import a", GOOD, "if a:\n    b"), "c2: if"),
        (notebook("import a", GOOD, "for x in y:\n    x"), "c2: loop"),
        (notebook("import a", GOOD, "\n".join("abcdefghijklm")), "c2: 13 lines"),
        (notebook("import a", GOOD, "a", outputs=[{}]), "c2: outputs"),
        (notebook("import a", GOOD, tagged=None), "the tag 'parameters'"),
        (notebook("import a", GOOD + "\nextra = 1"), "exactly client, wave, params_dir"),
        (notebook("import a", GOOD.replace("'a'", "open('x')")), "exactly client"),
    ],
)
def test_a_notebook_with_logic_outputs_or_other_parameters_is_refused(violating, fault):
    assert any(fault in found for found in faults(violating)), faults(violating)


def printed_names(file: Path) -> list[str]:
    """Names that a module's code (not its text or comments) uses."""
    with contextlib.closing(io.StringIO(file.read_text(encoding="utf-8"))) as text:
        tokens = list(tokenize.generate_tokens(text.readline))
    return [token.string for token in tokens if token.type == tokenize.NAME]


def test_what_draws_the_page_opens_no_file_of_answers():
    drawing = [f for f in modules() if f.is_relative_to(PACKAGE / "publish")]
    reading = {"read_csv", "read_excel", "read_parquet"}
    assert not {str(f) for f in drawing if reading & set(printed_names(f))}
