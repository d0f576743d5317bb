"""Ten pairs of runs in different settings give the same report to the byte."""

import shutil
from pathlib import Path

import pytest

from analysis.batch import execute
from analysis.survey import demo
from tests import variations

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    (root / "params").mkdir()
    for name in ("_defaults", "lark", "stonegate"):
        shutil.copy(ROOT / "params" / f"{name}.yml", root / "params")
    demo.write(root, ["lark", "stonegate"])
    for client in ("lark", "stonegate"):
        assert execute.make(client, params_dir=root / "params").status == "made"
    return root


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_a_pair_of_runs_is_the_same_to_the_byte(project, tmp_path, seed):
    client = ("lark", "stonegate")[seed % 2]
    there = variations.elsewhere(project, tmp_path / "other", client, seed)
    made = variations.published(there, client)
    assert len(made) == len(variations.SAME)
    assert made == variations.published(project, client)
