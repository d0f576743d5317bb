import json

import pytest

from analysis import params
from analysis.batch.plan import NOTEBOOKS, REPORT, plan, report_key, unit_keys
from analysis.errors import ParamsError
from analysis.publish.results import CHAPTERS
from tests.batch.project import RECORD, set_notebook


def load(project, client="alpha"):
    return params.load(client, params_dir=project / "params")


def publish(project, client="alpha"):
    """Write the manifest of a finished report, as a run would."""
    p = load(project, client)
    keys = unit_keys(p)
    chapters = {chapter: keys[chapter] for chapter in CHAPTERS}
    p.paths.report.mkdir(parents=True)
    manifest = {"chapters": chapters, "report": report_key(keys, CHAPTERS)}
    (p.paths.report / "manifest.json").write_text(json.dumps(manifest))
    for name in NOTEBOOKS.values():
        touch(p.paths.report / "internal" / name)
    for chapter in CHAPTERS:
        touch(p.paths.report / "internal" / "chapters" / f"{chapter}.json")
    for page in ("report.html", "results.json"):
        touch(p.paths.report / "client" / page)
    return p.paths.report


def touch(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def test_a_new_client_runs_every_chapter_and_then_the_report(project):
    assert plan(load(project)).run == (*CHAPTERS, REPORT)


def test_a_finished_report_runs_nothing(project):
    publish(project)
    assert plan(load(project)).run == ()


def test_force_runs_what_is_up_to_date(project):
    publish(project)
    assert plan(load(project), force=True).run == (*CHAPTERS, REPORT)


def test_an_edited_notebook_runs_only_its_chapter_and_the_report(project):
    publish(project)
    set_notebook(project, "drivers", RECORD.format(chapter="drivers") + "# edited\n")
    planned = plan(load(project))
    assert planned.run == ("drivers", REPORT)
    assert planned.keep == tuple(chapter for chapter in CHAPTERS if chapter != "drivers")


def test_an_edited_report_notebook_draws_the_page_again_from_the_kept_records(project):
    publish(project)
    set_notebook(project, REPORT, "pass")
    planned = plan(load(project))
    assert planned.run == (REPORT,)
    assert planned.keep == tuple(CHAPTERS)


@pytest.mark.parametrize("change", ["data", "params", "reference"])
def test_changed_input_runs_everything(project, change):
    publish(project)
    if change == "data":
        with (project / "data" / "alpha" / "answers.csv").open("a") as file:
            file.write("r7,7\n")
    elif change == "params":
        with (project / "params" / "alpha.yml").open("a") as file:
            file.write("seed: 7\n")
    else:
        (project / "data" / "reference").mkdir()
        (project / "data" / "reference" / "figures.csv").write_text("figure\n")
    assert plan(load(project)).run == (*CHAPTERS, REPORT)


def test_another_clients_data_change_nothing_here(project):
    publish(project)
    (project / "data" / "beta" / "answers.csv").write_text("id,trust_1\nr1,1\n")
    assert plan(load(project)).run == ()


def test_only_the_chapters_asked_for_are_run(project):
    assert plan(load(project), chapters=["comments"]).run == ("comments", REPORT)


def test_an_unknown_chapter_is_refused(project):
    with pytest.raises(ParamsError, match="no chapter 'driver'; known: fieldwork"):
        plan(load(project), chapters=["driver"])


def test_a_report_never_loses_a_published_chapter_that_is_out_of_date(project):
    publish(project)
    (project / "data" / "alpha" / "answers.csv").write_text("id,trust_1\nr1,1\n")
    assert plan(load(project), chapters=["comments"]).run == (*CHAPTERS, REPORT)


def test_a_missing_record_or_page_is_made_again(project):
    report = publish(project)
    (report / "internal" / "chapters" / "drivers.json").unlink()
    assert plan(load(project)).run == ("drivers", REPORT)
    touch(report / "internal" / "chapters" / "drivers.json")
    (report / "client" / "report.html").unlink()
    assert plan(load(project)).run == (REPORT,)
