"""A client's whole report in Dutch: no English but what the client and its customers wrote."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from analysis import params
from analysis.batch import run as batch
from analysis.survey import demo
from tests import english

ROOT = Path(__file__).parents[2]


def project(root, clients, language):
    """A project whose clients' reports are in one language."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    demo.write(root, clients)
    (root / "params").mkdir()
    shutil.copy(ROOT / "params" / "_defaults.yml", root / "params")
    for client in clients:
        settings = yaml.safe_load((ROOT / "params" / f"{client}.yml").read_text())
        settings |= {"language": language, "outputs": {"pdf": False}}
        (root / "params" / f"{client}.yml").write_text(yaml.safe_dump(settings))
    made = batch.run(clients, params_dir=root / "params", jobs=2)
    assert [outcome.status for outcome in made] == ["made"] * len(clients), made
    return root


def pages(root, client):
    """What leaves the research team: the client's page, those of accounts and of customers."""
    report = params.load(client, params_dir=root / "params").paths.report
    found = [f for f in sorted(report.rglob("*.html")) if "internal" not in f.parts]
    assert len(found) > 1
    return found


def english_left(root, client):
    settings = (root / "params" / f"{client}.yml").read_text()
    own = english.written(root / "data" / client) | set(_strings(yaml.safe_load(settings)))
    return {piece for page in pages(root, client) for piece in english.left(page.read_text(), own)}


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


@pytest.fixture(scope="module")
def stonegate(tmp_path_factory):
    return project(tmp_path_factory.mktemp("dutch") / "p", ["stonegate"], "nl")


def test_no_page_that_leaves_the_team_holds_english(stonegate):
    assert english_left(stonegate, "stonegate") == set()
    assert all('<html lang="nl">' in page.read_text() for page in pages(stonegate, "stonegate"))


def test_the_numbers_are_those_of_the_english_report(stonegate, tmp_path):
    other = project(tmp_path / "p", ["stonegate"], "en")
    assert len(english_left(other, "stonegate")) > 100  # this search finds English where it is
    one, two = (_numbers(root, "stonegate") for root in (stonegate, other))
    assert one == two


def _numbers(root, client):
    """Every number of a report's blocks, by chapter and block."""
    report = params.load(client, params_dir=root / "params").paths.report
    read = json.loads((report / "client" / "results.json").read_text())
    return {
        (chapter["id"], block["key"]): sorted(_floats(block))
        for chapter in read["chapters"]
        for block in chapter["blocks"]
    }


def _floats(value):
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _floats(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


@pytest.mark.slow
@pytest.mark.parametrize("client", ["lark", "harbour", "meridian", "kestrel"])
def test_nor_does_any_other_demo_client(tmp_path, client):
    assert english_left(project(tmp_path / "p", [client], "nl"), client) == set()
