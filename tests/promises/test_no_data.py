"""Nothing that belongs to a client, and nothing that is too large, is tracked."""

import json

import pytest

from tests import needs, no_data


def test_the_repository_holds_no_answers_reports_or_outputs():
    try:
        tracked = no_data.tracked()
    except (OSError, no_data.subprocess.CalledProcessError):
        pytest.skip("This is no git checkout.")
    assert no_data.faults(tracked) == []


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("data/acme/answers.csv", "id\n", "belongs to a client"),
        ("reports/acme/2026/client/report.html", "x", "belongs to a client"),
        ("src/big.json", "x" * (no_data.LARGEST + 1), "is larger than"),
        ("notebooks/1.ipynb", json.dumps({"cells": [{"outputs": [1]}]}), "holds outputs"),
    ],
)
def test_what_does_not_belong_is_named(tmp_path, name, content, fault):
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(content)
    (found,) = no_data.faults([name], tmp_path)
    assert fault in found


def test_a_machine_without_a_browser_is_told_so(monkeypatch):
    monkeypatch.setattr(needs.shutil, "which", lambda program: None)
    (sentence,) = needs.missing()
    assert "apt-get install chromium" in sentence
    assert "\n" not in sentence
