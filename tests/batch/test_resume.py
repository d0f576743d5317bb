"""A run that is killed at any moment goes on where it was, and ends with the same bytes."""

import json
import random
import signal
import subprocess
import sys
import time

import pytest

from analysis.batch.plan import NOTEBOOKS
from tests.batch.project import RECORD, set_notebook, small_project

#: Chapters take a moment each, so that a kill falls into all of them.
SLOW = "import time\ntime.sleep(0.1)\n"


def start(root):
    command = [sys.executable, "-m", "analysis.cli", "run", "--jobs", "2"]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_project(folder):
    folder.mkdir()
    root = small_project(folder)
    for chapter in list(NOTEBOOKS)[:-1]:
        set_notebook(root, chapter, SLOW + RECORD.format(chapter=chapter))
    return root


def made(root):
    """All that is published of a project; without the notebooks, which hold times."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted((root / "reports").rglob("*"))
        if file.suffix in (".json", ".html")
        and file.name != "manifest.json"
        and "logs" not in file.parts
        and not any(part.startswith(".w1.building") for part in file.parts)
    }


def keys(root):
    files = sorted((root / "reports").glob("*/*/manifest.json"))
    return [json.loads(file.read_text())["chapters"] for file in files]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    root = make_project(tmp_path_factory.mktemp("undisturbed") / "project")
    began = time.monotonic()
    with start(root) as process:
        assert process.wait(120) == 0
    return made(root), keys(root), time.monotonic() - began


def killed_and_resumed(root, after):
    """Kill a run after so many seconds, and run again; chapters finished by the first run."""
    with start(root) as process:
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
    time.sleep(0.3)  # what it started ends a moment later
    done = len(list((root / "reports").glob("*/.w1.building/.units/*")))
    with start(root) as process:
        assert process.wait(120) == 0
    return done


def check(root, undisturbed, after):
    done = killed_and_resumed(root, after)
    assert made(root) == undisturbed[0]
    assert keys(root) == undisturbed[1]
    left = [f.name for f in (root / "reports").glob("*/.*") if not f.name.endswith(".lock")]
    assert left == []
    return done


def test_a_run_killed_near_its_end_goes_on(tmp_path, undisturbed):
    check(make_project(tmp_path / "project"), undisturbed, 0.85 * undisturbed[2])


@pytest.mark.slow
def test_a_run_killed_at_twenty_moments_goes_on_each_time(tmp_path, undisturbed):
    rng = random.Random(20)
    done = [
        check(make_project(tmp_path / f"p{k}"), undisturbed, rng.uniform(0.5, 1) * undisturbed[2])
        for k in range(20)
    ]
    assert any(some > 0 for some in done)
