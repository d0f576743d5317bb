"""Many clients: each in its own process, and none hurts another."""

import os
import re
import subprocess
import sys

import pytest

from analysis.batch import run as batch
from analysis.batch import states
from analysis.batch.execute import Outcome
from analysis.batch.warm import child as warm
from tests.batch.project import add_client, set_notebook


def test_one_client_that_fails_stops_no_other(project):
    (project / "data" / "beta" / "answers.csv").write_text("id,trust_1\nr1,9\n")
    told = []
    outcomes = batch.run(
        ["beta", "alpha"],
        params_dir=project / "params",
        chapters=["fieldwork"],
        tell=lambda client, message: told.append((client, message.get("unit"))),
    )
    assert [(o.client, o.status) for o in outcomes] == [("beta", "failed"), ("alpha", "made")]
    assert batch.exit_code(outcomes) == 12
    assert ("alpha", "report") in told
    found = {state["client"]: state for state in states.states(project / "params")}
    assert found["beta"]["status"] == "failed"
    assert "answers.csv" in found["beta"]["problem"]
    assert found["alpha"]["link"] == "alpha/w1/client/report.html"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["alpha"]["made"])


def test_a_crash_of_one_clients_process_is_its_outcome_only(project, monkeypatch):
    # An error that Rapport does not foresee ends the process; its text may hold answers.
    (project / "data" / "beta" / "answers.csv").unlink()
    (project / "data" / "beta" / "answers.csv").mkdir()
    outcomes = batch.run(["beta"], params_dir=project / "params", chapters=["fieldwork"])
    assert outcomes[0].status in ("failed", "waiting")


@pytest.mark.parametrize("warm", [True, False])
def test_a_killed_process_is_a_sentence(project, monkeypatch, warm):
    # The process that makes alpha's report dies, twice, whichever way it was started.
    monkeypatch.setattr(batch.warm, "available", lambda: warm)
    killer = "import os; from analysis import params; params.load = lambda *_: os.abort()"
    folder = project / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(killer)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    (outcome,) = batch.run(["alpha"], params_dir=project / "params")
    assert outcome.exit_code == 15
    assert "was killed (signal 6)" in outcome.sentence


def test_states_tell_what_is_made_outdated_waiting_or_missing(project):
    add_client(project, "gamma")
    (project / "data" / "gamma" / "answers.csv").unlink()
    batch.run(["alpha"], params_dir=project / "params")
    before = {s["client"]: s["status"] for s in states.states(project / "params")}
    assert before == {"alpha": "up to date", "beta": "not made", "gamma": "waiting"}
    set_notebook(project, "drivers", "pass")
    after = {s["client"]: s["status"] for s in states.states(project / "params")}
    assert after["alpha"] == "out of date"


def test_exit_code_is_the_common_one_or_ten():
    bad, worse = Outcome("a", "w", "failed", "", 12), Outcome("b", "w", "failed", "", 15)
    good = Outcome("c", "w", "made")
    assert batch.exit_code([good]) == 0
    assert batch.exit_code([good, bad, bad]) == 12
    assert batch.exit_code([bad, worse]) == 10


def test_warming_leaves_one_thread_and_nothing_of_a_client(tmp_path):
    code = (
        "from analysis.batch.warm.parent import threads, warm\n"
        "warm(['analysis.batch.warming:chapters'])\n"
        "print(threads())\n"
    )
    environment = {**os.environ, **warm.ENVIRONMENT, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_a_warm_parent_says_that_it_is_slow(project, monkeypatch):
    monkeypatch.setattr(batch.warm, "available", lambda: False)
    told = []
    (outcome,) = batch.run(
        ["alpha"],
        params_dir=project / "params",
        chapters=["fieldwork"],
        tell=lambda client, message: told.append(message),
    )
    assert outcome.status == "made"
    (said,) = [message["sentence"] for message in told if message["event"] == "slow"]
    assert "this system does not fork safely" in said


def test_what_is_up_to_date_needs_no_process(project, monkeypatch):
    options = {"params_dir": project / "params", "chapters": ["fieldwork"]}
    batch.run(["alpha"], **options)
    monkeypatch.setattr(batch, "parent", None)
    (outcome,) = batch.run(["alpha"], **options)
    assert outcome.status == "up to date"


def test_a_run_killed_before_its_portfolio_draws_it_the_next_time(project):
    assert batch.run(["alpha"], params_dir=project / "params", chapters=["fieldwork"])
    portfolio = project / "reports" / "portfolio.html"
    portfolio.unlink()
    again = batch.run(["alpha"], params_dir=project / "params", chapters=["fieldwork"])
    assert [outcome.status for outcome in again] == ["up to date"]
    assert portfolio.is_file()
