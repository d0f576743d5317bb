"""From raw files to reports: the whole job, on made-up and on real customers.

Clients run once for the module; each test then looks at what was left.
"""

import json
import shutil
from pathlib import Path

import pytest

from analysis import params
from analysis.batch import run as batch
from analysis.batch.notebooks import How
from analysis.publish import results
from analysis.survey import demo
from tests import browser as chromium
from tests import variations
from tests.packed import texts

ROOT = Path(__file__).parents[2]
MOBI = ROOT.parent / "shared" / "data" / "survey" / "mobi.csv"

MEASURES = {
    "across": "document.documentElement.scrollWidth",
    "code": "document.querySelectorAll('pre, .jp-CodeCell, .input_area').length",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with the demo clients lark and stonegate, and mobi where its answers are."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    (root / "params").mkdir()
    for name in ("_defaults", "lark", "stonegate", "mobi"):
        shutil.copy(ROOT / "params" / f"{name}.yml", root / "params")
    demo.write(root, ["lark", "stonegate"])
    (root / "data" / "mobi").mkdir()
    shutil.copy(ROOT / "data" / "mobi" / "codebook.csv", root / "data" / "mobi")
    if MOBI.exists():
        shutil.copy(MOBI, root / "data" / "mobi" / "answers.csv")
    return root


@pytest.fixture(scope="module")
def outcomes(project):
    """One outcome per client, after a run over all of them."""
    made = batch.run(params.clients(project / "params"), params_dir=project / "params", jobs=2)
    return {outcome.client: outcome for outcome in made}


def report_of(project, client):
    p = params.load(client, params_dir=project / "params")
    return results.read_report(p.paths.report / "client" / "results.json")


def test_every_client_with_data_gets_a_report(outcomes):
    problems = {o.client: o.sentence for o in outcomes.values() if o.status == "failed"}
    assert problems == {}
    assert outcomes["lark"].status == outcomes["stonegate"].status == "made"
    assert outcomes["mobi"].status == ("made" if MOBI.exists() else "waiting")


def test_every_chapter_is_there_and_says_so_where_it_has_nothing(project, outcomes):
    for client in ("lark", "stonegate"):
        report = report_of(project, client)
        assert [chapter.id for chapter in report.chapters] == list(results.CHAPTERS)
        for chapter in report.chapters:
            assert chapter.blocks
    absent = {chapter.id for chapter in report_of(project, "lark").chapters if chapter.absent}
    assert absent >= {"maturity", "actions"}


def test_the_planted_nps_comes_back_exactly(project, outcomes):
    for client in ("lark", "stonegate"):
        truth = json.loads((project / "data" / client / "truth.json").read_text())
        (wave,) = truth["nps"].values()
        nps = report_of(project, client).find("nps")
        assert nps.value == pytest.approx(wave["nps"], abs=1e-4)
        assert nps.n == wave["n"]


def test_the_planted_silence_comes_back_exactly(project, outcomes):
    truth = json.loads((project / "data" / "stonegate" / "truth.json").read_text())
    share = report_of(project, "stonegate").find("response_accounts").value
    assert share == pytest.approx(1 - truth["silent_share"], abs=1e-4)


def test_nothing_of_a_person_reaches_what_may_leave_the_building(project, outcomes):
    p = params.load("stonegate", params_dir=project / "params")
    files = [file for file in (p.paths.report / "client").rglob("*") if file.is_file()]
    leaving = "".join(text for file in files for text in texts(file))
    answers = demo.make("stonegate").tables["answers"]
    known = answers[answers["name"] != ""]
    identifiers = {*known["name"], *known["email"], *known["respondent_id"]}
    assert [name for name in identifiers if name in leaving] == []
    kept_back = answers[answers["confidentiality"] != "attributable"]["comment_reason"]
    long = [text for text in kept_back if isinstance(text, str) and len(text) > 40]
    shown = set(answers[answers["confidentiality"] == "attributable"]["comment_reason"])
    assert [text for text in long if text in leaving and text not in shown] == []


def test_a_second_run_recomputes_nothing(project, outcomes):
    again = batch.run(["lark", "stonegate"], params_dir=project / "params")
    assert {outcome.status for outcome in again} == {"up to date"}


def test_kernels_and_bare_processes_make_the_same_notebooks(project, outcomes):
    def cells():
        p = params.load("lark", params_dir=project / "params")
        return {
            (file.name, k): (cell["source"], cell.get("outputs"), cell.get("execution_count"))
            for file in sorted((p.paths.report / "internal").glob("*.ipynb"))
            for k, cell in enumerate(json.loads(file.read_text(encoding="utf-8"))["cells"])
        }

    made = cells()
    how = How(kernels=True)
    (again,) = batch.run(["lark"], params_dir=project / "params", force=True, how=how)
    assert again.status == "made"
    assert len(made) > 50
    assert cells() == made


def test_the_same_inputs_give_the_same_bytes_elsewhere(project, outcomes, tmp_path):
    there = variations.elsewhere(project, tmp_path / "other folder", "lark", seed=1)
    assert variations.published(there, "lark") == variations.published(project, "lark")


@pytest.mark.skipif(not MOBI.exists(), reason="The real survey is not on this machine.")
def test_a_real_survey_without_accounts_comments_or_nps_gets_a_whole_report(project, outcomes):
    report = report_of(project, "mobi")
    assert len(report.find("importance").rows) == 4
    assert {c.id for c in report.chapters if c.absent} >= {"comments", "maturity", "actions"}


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_opens_offline_without_complaint(project, outcomes, width):
    if chromium.program() is None:
        pytest.skip("No Chromium on this machine: install it to test the pages.")
    pages = [
        file
        for file in (project / "reports").rglob("*.html")
        if "internal" not in file.parts or file.name[0] in "2345"
    ]
    assert len(pages) >= 4
    with chromium.running() as browser:
        for page in pages:
            seen = browser.open(page, width=width, **MEASURES)
            assert (page.name, seen.complaints, seen.outside) == (page.name, [], [])
            assert (page.name, seen.values["code"]) == (page.name, 0)
            assert seen.values["across"] <= width, page.name
