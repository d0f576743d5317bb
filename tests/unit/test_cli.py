"""The command: one sentence and an exit code for what a user can meet."""

import subprocess
import sys

import pytest

from tests.batch.project import small_project


@pytest.fixture
def rapport(tmp_path):
    """Run the command in a small project; returns the finished process."""
    root = small_project(tmp_path)

    def run(*arguments):
        command = [sys.executable, "-m", "analysis.cli", *arguments]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    return run


def test_check_says_that_files_will_do(rapport):
    done = rapport("check", "alpha")
    assert done.returncode == 0, done.stderr
    assert "answers.csv" in done.stdout
    assert "wave w1: 6 answers" in done.stdout
    assert done.stdout.endswith("These files will do.\n")


def test_check_of_an_unknown_client_names_the_nearest(rapport):
    done = rapport("check", "alpa")
    assert (done.returncode, done.stdout) == (11, "")
    assert done.stderr == "rapport: There is no params/alpa.yml; did you mean 'alpha'?\n"


def test_status_shows_every_client(rapport):
    done = rapport("status")
    assert [line.split()[:3] for line in done.stdout.splitlines()] == [
        ["alpha", "w1", "not"],
        ["beta", "w1", "not"],
    ]


def test_an_unknown_chapter_is_refused_for_each_client_with_its_code(rapport):
    done = rapport("run", "alpha", "--chapters", "driver")
    assert done.returncode == 11
    assert "There is no chapter 'driver'" in done.stderr


def test_wrong_usage_is_exit_code_two(rapport):
    assert rapport("chek").returncode == 2
