"""`analysis.params`: what a client's file may say, and what becomes of it."""

import datetime as dt
import re

import pytest
from pydantic import ValidationError

from analysis import params
from analysis.errors import ParamsError
from tests import small
from tests.small import ROOT

WAVES = """\
waves:
  - {id: w1, label: First, closed: 2024-01-31, reported: 2024-03-01}
  - {id: w2, label: Second, closed: 2025-01-31, reported: 2025-03-01}
"""


def load(root, text=None, wave=params.LATEST):
    """The small client's parameters, or those of `text`."""
    if text is not None:
        small.file(root, "params").write_text(text)
    return params.load("beta", wave, root / "params")


def test_defaults_hold_where_the_client_says_nothing(small_client):
    p = load(small_client)
    assert p.seed == 1994
    assert p.confidentiality.min_scores == 5
    assert p.confidentiality.default_mode == "confidential"
    assert p.actions.plan_days == 28


def test_the_client_changes_one_key_of_a_group_and_keeps_the_rest(small_client):
    p = load(small_client, f"name: Beta\nconfidentiality: {{min_scores: 9}}\n{WAVES}")
    assert p.confidentiality.min_scores == 9
    assert p.confidentiality.min_comments == 8


def test_a_list_replaces_the_default_list(small_client):
    p = load(small_client, f"name: Beta\ncomments: {{languages: [fr]}}\n{WAVES}")
    assert p.comments.languages == ("fr",)


def test_a_group_left_empty_changes_nothing(small_client):
    p = load(small_client, f"name: Beta\nconfidentiality:\n{WAVES}")
    assert p.confidentiality == load(small_client, f"name: Beta\n{WAVES}").confidentiality


def test_the_latest_wave_is_reported_unless_one_is_named(small_client):
    text = f"name: Beta\n{WAVES}"
    assert load(small_client, text).wave.id == "w2"
    assert load(small_client, text, "w1").wave.closed == dt.date(2024, 1, 31)


def test_history_ends_at_the_wave_reported(small_client):
    text = f"name: Beta\n{WAVES}"
    assert [wave.id for wave in load(small_client, text).history] == ["w1", "w2"]
    assert [wave.id for wave in load(small_client, text, "w1").history] == ["w1"]


def test_parameters_are_frozen(small_client):
    p = load(small_client)
    with pytest.raises(ValidationError, match="frozen"):
        p.seed = 1
    with pytest.raises(ValidationError, match="frozen"):
        p.confidentiality.min_scores = 1


def test_all_paths_stay_inside_the_project(small_client):
    paths = load(small_client).paths
    assert paths.root == small_client.resolve()
    assert paths.data == paths.root / "data" / "beta"
    assert paths.report == paths.root / "reports" / "beta" / "w1"
    assert paths.chapters.is_relative_to(paths.building)
    assert paths.building.parent == paths.report.parent  # so that one rename swaps them


def test_reports_that_lead_outside_are_refused(small_client, tmp_path):
    (small_client / "reports").symlink_to(tmp_path)
    with pytest.raises(ParamsError, match="reports/beta/w1 leads outside the project"):
        load(small_client)


def test_an_unknown_client_names_the_nearest_one(small_client):
    with pytest.raises(ParamsError, match=r"There is no params/bete.yml; did you mean 'beta'\?"):
        params.load("bete", params_dir=small_client / "params")


def test_an_unknown_wave_names_those_that_there_are(small_client):
    with pytest.raises(ParamsError, match=r"has no wave 'w9'; it has w1, w2\."):
        load(small_client, f"name: Beta\n{WAVES}", "w9")


def test_no_client_may_lower_the_smallest_groups(small_client):
    for key, lowest in (("min_scores", 5), ("min_comments", 8)):
        group = f"confidentiality: {{{key}: {lowest - 1}}}"
        with pytest.raises(ParamsError, match=f"'confidentiality.{key}' cannot be used"):
            load(small_client, f"name: Beta\n{group}\n{WAVES}")


def test_yaml_cannot_make_python_objects(small_client):
    with pytest.raises(ParamsError, match="strange tag in line 1"):
        load(small_client, "name: !!python/object/apply:os.getcwd []\n")


def test_a_key_twice_in_an_inner_group_is_found(small_client):
    with pytest.raises(ParamsError, match="a key twice or a strange tag in line 4"):
        load(small_client, "name: Beta\ndrivers:\n  outcome: nps\n  outcome: trust\n")


def test_missing_defaults_are_an_error_of_their_own(small_client):
    (small_client / "params" / "_defaults.yml").unlink()
    with pytest.raises(ParamsError, match=r"params/_defaults.yml is missing\."):
        load(small_client)


def test_clients_are_listed_without_the_defaults(small_client):
    (small_client / "params" / "alpha.yml").touch()
    assert params.clients(small_client / "params") == ["alpha", "beta"]


def test_a_report_is_written_in_a_known_language(small_client):
    assert load(small_client).language == "en"
    assert load(small_client, f"name: Beta\nlanguage: nl\n{WAVES}").language == "nl"
    with pytest.raises(
        ParamsError, match=r"'language' cannot be used: input should be 'en' or 'nl'\."
    ):
        load(small_client, f"name: Beta\nlanguage: dutch\n{WAVES}")


@pytest.mark.parametrize("client", params.clients(ROOT / "params"))
def test_every_parameter_file_of_the_project_is_valid(client):
    assert params.load(client, params_dir=ROOT / "params").client == client


def test_proposals_are_read_with_what_they_lift_and_cost(small_client):
    text = "drivers: {proposals: [{name: Desk, lifts: {trust: 0.5}, cost: 1000}]}\n"
    (found,) = load(small_client, f"name: Beta\n{text}{WAVES}").drivers.proposals
    assert (found.name, found.lifts, found.cost) == ("Desk", {"trust": 0.5}, 1000)
    assert found.tiers is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drivers: {proposals: [{name: D, lift: {trust: 1}}]}", "did you mean 'lifts'?"),
        ("drivers: {proposals: [{name: D, lifts: {}}]}", "drivers.proposals.1.lifts"),
        ("drivers: {proposals: [{name: D, lifts: {trust: much}}]}", "drivers.proposals.1.lifts"),
        ("scorecard: {segments: {opponent: 3}}", "did you mean 'opponent_both'?"),
        ("scorecard: {influence: {end_user: 0}}", "scorecard.influence.end_user"),
    ],
)
def test_a_slip_in_the_new_groups_is_told_by_its_place(small_client, text, said):
    with pytest.raises(ParamsError, match=re.escape(said)):
        load(small_client, f"name: Beta\n{text}\n{WAVES}")
