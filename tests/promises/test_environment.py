"""The pinned environment: hashed, without addresses, without torch, and the same everywhere."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


def pins() -> dict[str, set[str]]:
    """Return package -> versions in the lock (some differ by Python version)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ \n]+)", LOCK, re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_every_pin_of_environment_yml_is_the_locks():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    entries = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    pairs = [re.split("==?", entry) for entry in [*entries, *pip] if "=" in entry]
    pairs = [(CONDA_NAMES.get(name, name), version) for name, version in pairs if name != "python"]
    assert len(pairs) > 20
    wrong = [(name, version) for name, version in pairs if version not in pins().get(name, ())]
    assert wrong == []


def test_every_requirement_of_the_project_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [re.match("[a-z0-9_-]+", entry)[0].replace("_", "-") for entry in wanted]
    assert len(names) > 30
    assert [name for name in names if name not in pins()] == []


def test_the_lock_is_hashed_and_names_no_address():
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "index" not in LOCK.replace("importlib", "")


def test_the_lock_brings_neither_torch_nor_numba():
    heavy = {"torch", "sentence-transformers", "umap-learn", "hdbscan", "numba", "llvmlite"}
    assert heavy & set(pins()) == set()
