"""`rapport topics`: topics that emerged are written down, and what a person wrote stays."""

import pytest
import yaml

from analysis import params
from analysis.batch import remember
from analysis.errors import ParamsError, RunError
from analysis.publish import results
from analysis.publish.wording import comments_tables
from tests.chapters import project
from tests.comments import made


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path, "acme", made(6).drop(columns="theme"))


def finish(folder, topics):
    """A finished report whose chapter 5 found these topics."""
    import pandas as pd

    p = params.load("acme", params_dir=folder)
    table = comments_tables.memory(pd.DataFrame(topics, columns=["term", "like"]))
    results.record(p, "comments", [], [table])
    p.paths.building.rename(p.paths.report)


def test_topics_are_added_once_and_a_changed_name_stays(folder):
    finish(folder, [("Parking, full", "no place to park | the car park is full")])
    file, added = remember.remember("acme", "latest", folder)
    assert added == ["Parking, full"]
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["topics"][0]["name"] = "Parking"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    (kept,) = params.load("acme", params_dir=folder).comments.topics
    assert (kept.name, kept.wave) == ("Parking", "w1")
    assert kept.like == ("no place to park", "the car park is full")


def test_nothing_new_leaves_the_file_alone(folder):
    finish(folder, [("Parking, full", "no place to park")])
    file, _ = remember.remember("acme", "latest", folder)
    before = file.read_bytes()
    assert remember.remember("acme", "latest", folder) == (file, [])
    assert file.read_bytes() == before
    assert params.clients(folder) == ["acme"]


def test_no_topic_no_file(folder):
    finish(folder, [])
    file, added = remember.remember("acme", "latest", folder)
    assert added == []
    assert not file.exists()


def test_without_a_report_the_sentence_says_what_to_run(folder):
    with pytest.raises(RunError, match="run 'rapport run acme' first"):
        remember.remember("acme", "latest", folder)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("topics:\n- name: A\n", r"acme\.topics\.yml: the key 'comments\.topics\.1\.like'"),
        ("topics:\n- {name: A, like: [x], liek: 1}\n", r"acme\.topics\.yml: unknown key"),
    ],
)
def test_a_spoilt_file_is_named(folder, text, sentence):
    (folder / "acme.topics.yml").write_text(text)
    with pytest.raises(ParamsError, match=sentence):
        params.load("acme", params_dir=folder)


def test_what_has_a_file_of_its_own_does_not_stand_in_the_clients_file(folder):
    file = folder / "acme.yml"
    file.write_text(file.read_text() + "comments: {codes: {}}\n")
    with pytest.raises(ParamsError, match=r"stands in a file of its own, params/acme\.codes\.yml"):
        params.load("acme", params_dir=folder)


def test_the_clients_codes_are_read_and_change_what_is_up_to_date(folder):
    from analysis.batch import plan

    before = plan.unit_keys(params.load("acme", params_dir=folder))
    (folder / "acme.codes.yml").write_text(
        "parking: {name: Parking, phrases: {en: [a b, c d, e f]}}\n"
    )
    p = params.load("acme", params_dir=folder)
    assert "parking" in p.comments.codes
    assert plan.unit_keys(p)["comments"] != before["comments"]
