"""Two workers of a local cluster give the bytes of one machine; a lost one costs nothing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from analysis import params, survey
from analysis.batch import cluster, manifest, newcomers, plan
from analysis.batch import run as batch
from analysis.batch.execute import Outcome
from analysis.errors import DisclosureError, RunError
from tests.batch.project import RECORD, add_client, set_notebook, small_project

distributed = pytest.importorskip("distributed")

CLIENTS = ["alpha", "beta", "gamma", "delta"]
FEW = ["fieldwork"]


@pytest.fixture(scope="module")
def workers():
    """A scheduler and two workers, each a process of its own; its address."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


@pytest.fixture
def four(tmp_path):
    root = small_project(tmp_path)
    for client in CLIENTS[2:]:
        add_client(root, client)
    return root


def pages(root):
    files = sorted((root / "reports").glob("*/w1/client/*"))
    records = sorted((root / "reports").glob("*/w1/internal/chapters/*.json"))
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in (*files, *records)}


def test_two_workers_give_the_bytes_of_the_local_pool(four, workers, tmp_path):
    told = []
    made = cluster.run(
        CLIENTS,
        params_dir=four / "params",
        chapters=FEW,
        scheduler=workers.scheduler_address,
        tell=lambda client, message: told.append(client),
    )
    assert [(o.client, o.status) for o in made] == [(client, "made") for client in CLIENTS]
    assert sorted(told) == sorted(CLIENTS)
    there = pages(four)
    for client in CLIENTS:
        assert any(f"/{client}/" in name for name in there)
    batch.run(CLIENTS, params_dir=four / "params", chapters=FEW, force=True)
    assert pages(four) == there


def test_a_client_that_fails_stops_no_other(four, workers):
    (four / "data" / "beta" / "answers.csv").write_text("id,trust_1\nr1,9\n")
    made = cluster.run(
        CLIENTS, params_dir=four / "params", chapters=FEW, scheduler=workers.scheduler_address
    )
    assert [o.status for o in made] == ["made", "failed", "made", "made"]
    assert made[1].exit_code == 12


def test_a_lost_workers_clients_are_made_elsewhere(four):
    slow = "import time\ntime.sleep(2)\n"
    set_notebook(four, "fieldwork", slow + RECORD.format(chapter="fieldwork"))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        victim = next(iter(made.workers.values())).pid
        killed = []

        def kill_once(client, message):
            if not killed:
                killed.append(victim)
                os.kill(victim, signal.SIGKILL)

        outcomes = cluster.run(
            CLIENTS,
            params_dir=four / "params",
            chapters=FEW,
            scheduler=made.scheduler_address,
            tell=kill_once,
        )
    assert killed
    # A worker may be lost after it has put a report in its place and before it could say so.
    assert {o.status for o in outcomes} <= {"made", "up to date"}
    there = pages(four)
    for client in CLIENTS:
        assert not list(manifest.verify(four / "reports" / client / "w1"))
    batch.run(CLIENTS, params_dir=four / "params", chapters=FEW, force=True)
    assert pages(four) == there


def test_a_worker_of_another_version_is_refused(four, workers, monkeypatch):
    monkeypatch.setattr(plan, "software", _other)
    with pytest.raises(RunError, match="has another version of Rapport"):
        cluster._check_versions(_Workers())


def _other():
    return "of this machine"


class _Workers:
    def run(self, _):
        return {"tcp://10.0.0.7:40331": "of that machine"}


def test_nobody_at_the_address_is_a_sentence(four):
    with pytest.raises(RunError, match="No Dask scheduler answers"):
        cluster.run(CLIENTS, params_dir=four / "params", scheduler="tcp://127.0.0.1:9")


@pytest.fixture(scope="module")
def bucket():
    """Address of an empty bucket in a local object store."""
    pytest.importorskip("s3fs")
    pytest.importorskip("flask_cors")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as store:
        for _ in range(200):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        keys = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        before = {name: os.environ.get(name) for name in keys}
        os.environ.update(keys)
        try:
            yield "s3://reports"
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            store.terminate()


def test_the_project_may_lie_in_an_object_store(four, bucket):
    import fsspec

    fs, root = fsspec.core.url_to_fs(f"{bucket}/project")
    fs.mkdir("reports")
    (four / "requirements.lock").write_text("")
    for file in sorted(f for f in four.rglob("*") if f.is_file()):
        fs.put_file(str(file), f"{root}/{file.relative_to(four).as_posix()}")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        outcomes = cluster.run(
            CLIENTS,
            params_dir=four / "params",
            chapters=FEW,
            scheduler=made.scheduler_address,
            storage=f"{bucket}/project",
        )
    assert [o.status for o in outcomes] == ["made"] * 4
    stored = set(fs.find(f"{root}/reports"))
    assert f"{root}/reports/alpha/w1/manifest.json" in stored
    assert not any(".building" in name or name.endswith(".lock") for name in stored)
    here = four / "reports" / "alpha" / "w1"
    assert (here / "client" / "report.html").read_text() == "<p>alpha</p>"
    # A later run on this machine is held against what was published from there.
    p = params.load("alpha", "w1", four / "params")
    newcomers.check(p, newcomers.marks(survey.load(p), ["w1"]))
    with (four / "data" / "alpha" / "answers.csv").open("a") as file:
        file.write("r99,7\n")
    changed = newcomers.marks(survey.load(p), ["w1"])
    with pytest.raises(DisclosureError, match="only 1 of"):
        newcomers.check(p, changed)
    # What is gone here and up to date there is brought again.
    shutil.rmtree(here)
    done = Outcome("alpha", "w1", "up to date")
    cluster.collect(f"{bucket}/project", four / "params", [done])
    assert (here / "manifest.json").exists()
    assert not p.paths.building.exists()
    # What has lost a part there stays as it is here, and the run says so.
    fs.rm_file(f"{root}/reports/alpha/w1/client/results.json")
    before = (here / "client" / "results.json").read_bytes()
    made = [Outcome("alpha", "w1", "made"), Outcome("beta", "w1", "made")]
    lost, brought = cluster.collect(f"{bucket}/project", four / "params", made)
    assert (here / "client" / "results.json").read_bytes() == before
    assert (lost.status, brought.status) == ("failed", "made")
    assert "could not be brought here" in lost.sentence


def test_a_worker_fetches_one_clients_files_and_no_others(four, bucket, tmp_path):
    import fsspec

    fs, root = fsspec.core.url_to_fs(f"{bucket}/other")
    for file in sorted(f for f in four.rglob("*") if f.is_file()):
        fs.put_file(str(file), f"{root}/{file.relative_to(four).as_posix()}")
    cluster.fetch(f"{bucket}/other", tmp_path / "worker", "alpha")
    fetched = [file for file in (tmp_path / "worker").rglob("*") if file.is_file()]
    assert any("alpha" in file.as_posix().split("worker", 1)[1] for file in fetched)
    for file in fetched:
        assert not any(name in file.as_posix().split("worker", 1)[1] for name in CLIENTS[1:])
