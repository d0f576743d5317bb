"""Many clients: each in its own process, and none hurts another."""

import os

import pytest

from analysis.batch import run as batch
from analysis.batch.execute import Outcome
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
    states = {state["client"]: state for state in batch.states(project / "params")}
    assert states["beta"]["status"] == "failed"
    assert "answers.csv" in states["beta"]["problem"]
    assert states["alpha"]["link"] == "alpha/w1/client/report.html"


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
    before = {s["client"]: s["status"] for s in batch.states(project / "params")}
    assert before == {"alpha": "up to date", "beta": "not made", "gamma": "waiting"}
    set_notebook(project, "drivers", "pass")
    after = {s["client"]: s["status"] for s in batch.states(project / "params")}
    assert after["alpha"] == "out of date"


def test_exit_code_is_the_common_one_or_ten():
    bad, worse = Outcome("a", "w", "failed", "", 12), Outcome("b", "w", "failed", "", 15)
    good = Outcome("c", "w", "made")
    assert batch.exit_code([good]) == 0
    assert batch.exit_code([good, bad, bad]) == 12
    assert batch.exit_code([bad, worse]) == 10
