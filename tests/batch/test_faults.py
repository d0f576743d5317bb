"""What breaks is told in one sentence with its exit code; the old report and the others stay."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis import params
from analysis.batch import execute, notebooks
from analysis.batch import run as batch
from analysis.batch.execute import make
from analysis.batch.notebooks import How
from tests.batch.project import RECORD, add_client, set_notebook

FEW = ["fieldwork"]


@pytest.fixture
def published(project):
    """A project in which alpha's report is published; its folder."""
    assert make("alpha", params_dir=project / "params", chapters=FEW).status == "made"
    return params.load("alpha", params_dir=project / "params").paths.report


def again(project, code=None, **how):
    """Make alpha's report once more, with other code in its first chapter."""
    if code is not None:
        set_notebook(project, "fieldwork", code)
    return make("alpha", params_dir=project / "params", chapters=FEW, force=True, how=How(**how))


#: What a cell does -> what the sentence says.
CELLS = {
    "it exits at once": ("import os; os._exit(0)", "The process of 1_fieldwork.ipynb died"),
    "it is killed": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "The process of 1_fieldwork.ipynb died",
    ),
    "it crashes in C": ("import ctypes; ctypes.string_at(0)", "The process of 1_fieldwork.ipynb"),
    "it wants too much memory": ("b = bytearray(1 << 30)", "needed more than 0.5 GB of memory"),
    "it never ends": ("import time; time.sleep(60)", "took longer than 0.05 minutes in one cell"),
    "it leaves early": ("import sys; sys.exit(0)", "ended without recording its results"),
    "it leaves with a code": ("import sys; sys.exit(3)", "broke with SystemExit"),
    "a package is missing": (
        "import not_installed.part",
        "needs the package 'not_installed', which is not installed",
    ),
    "the network is blocked": (
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
        "asked for the network, which did not answer",
    ),
    "the disk is full": (
        "import os; raise OSError(28, os.strerror(28), '/data/secret')",
        "could not write: the disk is full",
    ),
    "its code is broken": ("def f(:", "broke with SyntaxError"),
    "an answer is in the error": ("raise ValueError('secret')", "broke with ValueError"),
}


@pytest.mark.parametrize(("code", "says"), CELLS.values(), ids=CELLS)
def test_a_notebook_that_breaks(project, published, code, says):
    before = (published / "manifest.json").read_bytes()
    outcome = again(project, code, minutes=0.05, memory=0.5)
    assert (outcome.status, outcome.exit_code) == ("failed", 15)
    assert says in outcome.sentence
    assert outcome.sentence.count(". ") <= 1  # the second tells where the notebook is
    assert "secret" not in outcome.sentence
    assert (published / "manifest.json").read_bytes() == before


#: What stands in the notebook's file -> what the sentence says.
FILES = {
    "no JSON": ("{", "cannot be read as a notebook"),
    "no cells": ("{}", "cannot be read as a notebook"),
    "not there": (None, "is missing"),
}


@pytest.mark.parametrize(("content", "says"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_notebook(project, published, content, says):
    file = project / "notebooks" / "1_fieldwork.ipynb"
    file.unlink() if content is None else file.write_text(content)
    before = (published / "manifest.json").read_bytes()
    outcome = again(project)
    assert (outcome.status, outcome.exit_code) == ("failed", 15)
    assert says in outcome.sentence
    assert (published / "manifest.json").read_bytes() == before


def test_a_notebook_without_a_parameters_cell_reports_nobody_under_anothers_name(project):
    # papermill only warns; the notebook's own default, alpha, would be reported as beta.
    made = json.loads((project / "notebooks" / "1_fieldwork.ipynb").read_text())
    made["cells"][0]["metadata"] = {}
    made["cells"][1]["source"] = 'client, wave = "alpha", "w1"\n' + made["cells"][1]["source"]
    (project / "notebooks" / "1_fieldwork.ipynb").write_text(json.dumps(made))
    outcome = make("beta", params_dir=project / "params", chapters=FEW)
    assert outcome.status == "failed"
    assert "without recording its results" in outcome.sentence


def test_a_process_that_died_of_bad_luck_is_tried_again(project, tmp_path):
    once = tmp_path / "once"
    luck = f"import os, pathlib\nonce = pathlib.Path({str(once)!r})\n"
    luck += "if not once.exists():\n    once.touch()\n    os.abort()\n"
    assert again(project, luck + RECORD.format(chapter="fieldwork")).status == "made"


def test_processes_that_a_notebook_left_running_end_with_it(project, tmp_path):
    told = tmp_path / "pid"
    code = (
        "import subprocess\nmade = subprocess.Popen(['sleep', '60'])\n"
        f"_ = open({str(told)!r}, 'w').write(str(made.pid))\n"
    )
    assert again(project, code + RECORD.format(chapter="fieldwork")).status == "made"
    time.sleep(0.2)
    state = Path(f"/proc/{told.read_text()}/stat")
    assert not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (28, "the disk is full; make room"),
        (30, "it may not be written to"),
        (13, "it may not be written to"),
        (5, "Input/output error"),
    ],
)
def test_a_disk_that_fails_while_the_report_is_put_together(
    project, published, monkeypatch, code, says
):
    def broken(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(execute.manifest, "write", broken)
    before = (published / "manifest.json").read_bytes()
    outcome = again(project)
    assert (outcome.status, outcome.exit_code) == ("failed", 15)
    assert f"Nothing could be written to reports/alpha: {says}" in outcome.sentence
    assert (published / "manifest.json").read_bytes() == before


@pytest.mark.skipif(os.getuid() == 0, reason="Nothing is read-only to root.")
def test_a_folder_of_reports_that_is_read_only(project, published):
    published.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        outcome = again(project)
    finally:
        published.parent.chmod(stat.S_IRWXU)
    assert "it may not be written to" in outcome.sentence


def test_a_report_that_cannot_be_put_in_place_leaves_the_old_one(project, published, monkeypatch):
    before = (published / "manifest.json").read_bytes()
    rename = Path.rename

    def broken(self, target):
        if self.name.endswith(".building"):
            raise OSError(39, "Directory not empty")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", broken)
    outcome = again(project)
    monkeypatch.undo()
    assert outcome.status == "failed"
    assert (published / "manifest.json").read_bytes() == before
    assert again(project).status == "made"


def test_a_warm_parent_that_dies_midway_is_no_loss(project, monkeypatch):
    for client in ("gamma", "delta"):
        add_client(project, client)
    started = batch.warm.Child

    def told(call, order, *, files, env, address):
        made = started(call, order, files=files, env=env, address=address)
        parent = Path(f"/proc/{made.pid}/stat").read_text().rsplit(")", 1)[1].split()[1]
        killers.append(int(parent))
        if len(killers) == 2:
            os.kill(killers[0], signal.SIGKILL)
        return made

    killers: list[int] = []
    monkeypatch.setattr(batch.warm, "Child", told)
    clients = ["alpha", "beta", "gamma", "delta"]
    outcomes = batch.run(clients, params_dir=project / "params", chapters=FEW, jobs=1)
    assert [outcome.status for outcome in outcomes] == ["made"] * 4
    assert len(killers) >= 2


def test_ctrl_c_keeps_what_is_finished_and_says_so(project):
    set_notebook(project, "drivers", "import time; time.sleep(60)")
    command = [sys.executable, "-m", "analysis.cli", "run", "alpha", "--chapters", "fieldwork"]
    command += ["--chapters", "drivers", "--jobs", "1"]
    with subprocess.Popen(
        command,
        cwd=project,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background may have them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        done = project / "reports" / "alpha" / ".w1.building" / ".units" / "fieldwork"
        end = time.monotonic() + 60
        while not done.exists() and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "finished reports stay" in said
    assert done.exists()


def test_two_attempts_are_all(project, monkeypatch):
    tried = []

    def die(*_):
        tried.append(1)
        raise notebooks.Died("The process of x died.")

    monkeypatch.setattr(notebooks, "_execute", die)
    assert again(project).status == "failed"
    assert len(tried) == notebooks.ATTEMPTS
