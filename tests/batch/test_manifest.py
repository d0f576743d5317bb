"""A published report can be checked against its manifest, and made again from it."""

import json
import subprocess
import sys

import pytest

from analysis import params
from analysis.batch import again, manifest
from analysis.batch.execute import make
from analysis.errors import RunError
from tests.batch.project import RECORD, set_notebook

FEW = ["fieldwork"]


@pytest.fixture
def report(project):
    """The folder of a published report."""
    assert make("alpha", params_dir=project / "params", chapters=FEW).status == "made"
    return params.load("alpha", params_dir=project / "params").paths.report


def test_a_report_as_it_was_made(report):
    assert list(manifest.verify(report)) == []
    assert list(manifest.verify(report / "manifest.json")) == []


def test_every_change_is_named(report):
    (report / "client" / "report.html").write_text("<p>better</p>")
    (report / "internal" / "1_fieldwork.html").unlink()
    (report / "client" / "extra.txt").touch()
    assert list(manifest.verify(report)) == [
        "client/extra.txt was not made with this report",
        "client/report.html was changed",
        "internal/1_fieldwork.html is missing",
    ]


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(RunError, match="holds no manifest"):
        list(manifest.verify(tmp_path))


def test_a_rerun_comes_out_the_same(project, report):
    (line,) = again.rerun(report / "manifest.json", project / "params")
    assert line == "The report of alpha, wave w1, came out the same to the byte."


def test_a_rerun_names_what_came_out_differently(project, report):
    before = json.loads((report / "manifest.json").read_text())
    before["files"]["client/report.html"] = "another hash"
    (report / "manifest.json").write_text(json.dumps(before))
    lines = list(again.rerun(report / "manifest.json", project / "params"))
    assert lines == ["client/report.html came out differently"]


def test_a_rerun_of_what_has_changed_is_refused(project, report):
    set_notebook(project, "fieldwork", RECORD.format(chapter="fieldwork") + "# edited\n")
    with pytest.raises(RunError, match=r"fieldwork of alpha.*\(data, parameters or notebook\)"):
        list(again.rerun(report / "manifest.json", project / "params"))


def test_the_command_verifies_and_plans(project, report):
    def rapport(*arguments):
        command = [sys.executable, "-m", "analysis.cli", *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)

    assert rapport("verify", "reports/alpha/w1").stdout == "Every file is as it was made.\n"
    (report / "client" / "report.html").write_text("")
    done = rapport("verify", "reports/alpha/w1")
    assert (done.returncode, done.stdout) == (15, "client/report.html was changed\n")
    planned = rapport("run", "--dry-run", "--chapters", "fieldwork").stdout.splitlines()
    assert [line.split(maxsplit=2) for line in planned] == [
        ["alpha", "w1", "up to date"],
        ["beta", "w1", "fieldwork, report"],
    ]
    assert not (project / "reports" / "beta").exists()
