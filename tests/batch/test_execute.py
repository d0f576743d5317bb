"""Making one report: nothing half-made is ever left, and nothing finished is lost."""

import contextlib
import json
import shutil
import threading

import pytest

from analysis import params
from analysis.batch import execute
from analysis.batch.execute import make, problem
from analysis.publish.results import CHAPTERS
from tests.batch.project import RECORD, set_notebook

FEW = ["fieldwork"]  # a kernel a chapter takes a second: one is enough where one will do


@pytest.fixture
def alpha(project):
    """Make alpha's report with the options given."""

    def run(**options):
        return make("alpha", params_dir=project / "params", **{"chapters": FEW, **options})

    return run


@pytest.fixture
def report(project):
    return params.load("alpha", params_dir=project / "params").paths.report


def left_over(report):
    """What lies beside the report; the lock file is meant to stay."""
    return sorted(f.name for f in report.parent.iterdir() if not f.name.endswith(".lock"))


def test_a_report_is_made_once_and_is_then_up_to_date(alpha, report):
    events = []
    assert alpha(tell=lambda event, **facts: events.append((event, facts.get("unit")))).status == (
        "made"
    )
    assert events == [
        ("planned", None),
        ("began", "fieldwork"),
        ("finished", "fieldwork"),
        ("began", "report"),
        ("finished", "report"),
    ]
    assert alpha().status == "up to date"
    assert (report / "client" / "report.html").read_text() == "<p>alpha</p>"
    assert left_over(report) == ["w1"]


def test_the_manifest_names_keys_seed_and_times_but_no_answers(alpha, report):
    alpha()
    manifest = json.loads((report / "manifest.json").read_text())
    assert set(manifest["chapters"]) == {"fieldwork"}
    assert set(manifest["seconds"]) == {"fieldwork", "report"}
    assert manifest["seed"] == 1994
    assert manifest["rows_hidden"] == {"fieldwork": 0}


def test_a_chapter_that_is_up_to_date_is_kept_when_another_is_run(alpha, report):
    alpha()
    before = (report / "internal" / "chapters" / "fieldwork.json").stat().st_mtime_ns
    begun = []
    alpha(chapters=["actions"], tell=lambda event, **facts: begun.append(facts.get("unit")))
    assert begun == [None, "actions", "actions", "report", "report"]
    assert (report / "internal" / "chapters" / "fieldwork.json").stat().st_mtime_ns == before
    assert (report / "internal" / "1_fieldwork.html").exists()


def test_a_chapter_that_breaks_leaves_the_old_report_untouched(alpha, report, project):
    alpha()
    old = (report / "manifest.json").read_bytes()
    set_notebook(project, "fieldwork", "answers = {}\nanswers['secret-cell-value']")
    outcome = alpha()
    assert (outcome.status, outcome.exit_code) == ("failed", 15)
    assert "1_fieldwork.ipynb broke with KeyError" in outcome.sentence
    assert "secret" not in outcome.sentence
    assert (report / "manifest.json").read_bytes() == old
    assert left_over(report) == [".w1.building", ".w1.failed.ipynb", ".w1.problem", "w1"]


def test_what_a_chapter_raises_of_our_own_errors_keeps_its_sentence_and_code(alpha, project):
    set_notebook(
        project, "fieldwork", "from analysis.errors import ModelError\nraise ModelError('Why.')"
    )
    outcome = alpha()
    assert (outcome.sentence, outcome.exit_code) == ("Why.", 13)


def test_what_a_broken_run_had_finished_is_not_run_again(alpha, report, project):
    set_notebook(project, "drivers", "1 / 0")
    assert alpha(chapters=["fieldwork", "drivers"]).status == "failed"
    set_notebook(project, "drivers", RECORD.format(chapter="drivers"))
    begun = []
    again = alpha(
        chapters=["fieldwork", "drivers"],
        tell=lambda event, **facts: begun.append(facts["unit"]) if event == "began" else None,
    )
    assert again.status == "made"
    assert begun == ["drivers", "report"]
    assert left_over(report) == ["w1"]


def test_the_next_good_run_clears_the_problem(alpha, report, project):
    set_notebook(project, "fieldwork", "1 / 0")
    alpha()
    set_notebook(project, "fieldwork", RECORD.format(chapter="fieldwork"))
    assert alpha().status == "made"
    assert left_over(report) == ["w1"]


def test_a_notebook_that_ends_without_a_record_is_no_success(alpha, project):
    set_notebook(project, "fieldwork", "pass")
    assert "without recording" in alpha().sentence


def test_a_dead_kernel_is_no_success(alpha, project):
    set_notebook(project, "fieldwork", "import os\nos._exit(0)")
    outcome = alpha()
    assert (outcome.status, outcome.exit_code) == ("failed", 15)


def test_a_chapter_that_records_another_client_is_refused(alpha, project):
    code = RECORD.format(chapter="fieldwork").replace("params.load(client", "params.load('beta'")
    code += (
        "import shutil\nmine = params.load(client, wave, params_dir).paths.chapters\n"
        "_ = shutil.copytree(p.paths.chapters, mine, dirs_exist_ok=True)"
    )
    set_notebook(project, "fieldwork", code)
    assert "another client's" in alpha().sentence


def test_bad_input_stops_before_any_notebook_and_leaves_nothing(alpha, report, project):
    (project / "data" / "alpha" / "answers.csv").write_text("id,trust_1\nr1,9\n")
    outcome = alpha()
    assert outcome.exit_code == 12
    assert left_over(report) == [".w1.problem"]


def test_a_client_without_data_waits(project):
    shutil.rmtree(project / "data" / "alpha")
    outcome = make("alpha", params_dir=project / "params")
    assert (outcome.status, outcome.exit_code) == ("waiting", 0)


def test_two_runs_at_once_on_one_client_are_refused(alpha, project):
    p = params.load("alpha", params_dir=project / "params")
    with execute.alone(p):
        outcome = alpha()
    assert outcome.exit_code == 15
    assert "Another run is making the report of alpha" in outcome.sentence


def test_a_run_waits_for_one_that_is_about_to_end(alpha, project):
    holder = contextlib.ExitStack()
    holder.enter_context(execute.alone(params.load("alpha", params_dir=project / "params")))
    threading.Timer(0.3, holder.close).start()
    assert alpha().status == "made"


def test_a_report_that_a_killed_run_had_set_aside_is_put_back(alpha, report):
    alpha()
    report.rename(report.with_name(".w1.old"))
    assert alpha().status == "up to date"
    assert report.exists()


def test_an_unknown_client_fails_without_leaving_a_trace(project):
    outcome = make("gamma", params_dir=project / "params")
    assert (outcome.status, outcome.exit_code) == ("failed", 11)
    assert not (project / "reports").exists()


def test_all_chapters_run_and_each_has_a_page(project):
    outcome = make("alpha", params_dir=project / "params")
    p = params.load("alpha", params_dir=project / "params")
    assert outcome.status == "made"
    assert {file.stem for file in (p.paths.report / "internal" / "chapters").glob("*.json")} == set(
        CHAPTERS
    )
    assert len(list((p.paths.report / "internal").glob("*.html"))) == len(CHAPTERS) + 1
    assert not problem(p).exists()
