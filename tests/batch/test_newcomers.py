"""A report is not made anew for so few answers that the difference would be theirs."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import params
from analysis.batch import newcomers
from analysis.batch.execute import make
from analysis.errors import DisclosureError
from tests.batch.test_execute import FEW


@pytest.fixture
def again(project):
    """Change alpha's answers, then make its report once more."""
    assert make("alpha", params_dir=project / "params", chapters=FEW).status == "made"

    def run(rows):
        text = "id,trust_1\n" + "".join(f"{id},{value}\n" for id, value in rows)
        (project / "data" / "alpha" / "answers.csv").write_text(text)
        return make("alpha", params_dir=project / "params", chapters=FEW)

    return run


BEFORE = [(f"r{i}", i) for i in range(1, 7)]


@pytest.mark.parametrize(
    ("rows", "few"),
    [
        ([*BEFORE, ("r7", 7)], 1),
        (BEFORE[:-1], 1),
        ([("r1", 2), *BEFORE[1:]], 1),
        ([*BEFORE, *((f"n{i}", 4) for i in range(4))], 4),
    ],
    ids=["one came", "one went", "one changed", "four came"],
)
def test_a_few_new_answers_leave_the_old_report_as_it_is(again, project, rows, few):
    report = params.load("alpha", params_dir=project / "params").paths.report
    before = (report / "manifest.json").read_bytes()
    outcome = again(rows)
    assert (outcome.status, outcome.exit_code) == ("failed", 14)
    assert f"only {few} of its answers came in, went or changed" in outcome.sentence
    assert "delete reports/alpha/w1" in outcome.sentence
    assert (report / "manifest.json").read_bytes() == before


def test_enough_new_answers_make_a_new_report(again):
    assert again([*BEFORE, *((f"n{i}", 4) for i in range(5))]).status == "made"


def test_the_same_answers_in_another_order_are_no_change(again):
    assert again(BEFORE[::-1]).status == "made"


def test_marks_do_not_tell_what_was_answered(again, project):
    report = params.load("alpha", params_dir=project / "params").paths.report
    kept = (report / "internal" / "marks.json").read_text()
    groups = json.loads(kept)
    assert [len(marks) for *_, marks in groups] == [len(BEFORE)] * len(groups)
    assert "r1" not in kept.replace('"', " ").split()


def survey(roles, comments=(), tiers=("A", "B")):
    """Answers of people with these roles, each of an account of its own tier in turn."""
    n = len(roles)
    answers = pd.DataFrame(
        {
            "respondent": [f"r{i}" for i in range(n)],
            "wave": "w1",
            "account": [f"a{i % len(tiers)}" for i in range(n)],
            "role": roles,
            "nps": 8,
        }
    )
    said = pd.DataFrame(
        [{"respondent": f"r{i}", "wave": "w1", "text": text} for i, text in comments],
        columns=["respondent", "wave", "text"],
    )
    accounts = pd.DataFrame({"account": [f"a{i}" for i in range(len(tiers))], "tier": tiers})
    return SimpleNamespace(answers=answers, comments=said, accounts=accounts)


def few(before, now, project):
    """What is said of a report made of `now` where one of `before` is published."""
    p = params.load("alpha", params_dir=project / "params")
    (p.paths.report / "internal").mkdir(parents=True, exist_ok=True)
    newcomers.keep(p.paths.report, newcomers.marks(before, ["w1"]))
    try:
        newcomers.check(p, newcomers.marks(now, ["w1"]))
    except DisclosureError as error:
        return str(error)
    return ""


def test_people_are_counted_not_what_they_said(project):
    # Two people with two comments each are two, though six things are new.
    comments = [(i, text) for i in (10, 11) for text in ("Late again.", "Friendly.")]
    said = few(survey(["user"] * 10), survey(["user"] * 12, comments), project)
    assert "only 2 of its answers" in said


def test_a_changed_comment_is_a_changed_answer(project):
    people = ["user"] * 10
    said = few(survey(people, [(3, "Late.")]), survey(people, [(3, "Never late.")]), project)
    assert "only 1 of its answers" in said


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (["user"] * 8, ""),
        (["user"] * 6 + ["buyer"] * 2, "only 2 of the answers of one role in wave w1"),
        (["user"] * 6 + ["chief"] * 4, "only 4 of the answers of one role"),
        (["user"] * 10 + ["buyer"] * 6, ""),
        (["user"] * 5, "only 3 of the answers of one tier"),  # two of the other
    ],
    ids=["one role", "two buyers", "a new role", "two roles", "tiers"],
)
def test_a_few_of_a_group_are_given_away_by_its_difference(project, came, said):
    tiers = ("A", "B") if said.endswith("tier") else ("A",)
    old = ["user"] * 10 + ["buyer"] * 10
    found = few(survey(old, tiers=tiers), survey([*old, *came], tiers=tiers), project)
    assert said in found if said else not found


@pytest.mark.parametrize(
    ("accounts", "status"),
    [
        ("aaaaabbbccc", "made"),
        ("aaaaaabbbcc", "failed"),
        ("aaaaabbbbbb", "failed"),
        ("aaabbbccc", "failed"),
    ],
    ids=["will do", "one account above half", "two accounts", "nine answers"],
)
def test_a_whole_wave_may_be_too_small_for_the_strict_preset(project, accounts, status):
    data = project / "data" / "alpha"
    (data / "answers.csv").write_text(
        "id,account,trust_1\n" + "".join(f"r{i},{a},4\n" for i, a in enumerate(accounts))
    )
    with (data / "codebook.csv").open("a") as codebook:
        codebook.write("account,Account,,,,,,account\n")
    with (project / "params" / "alpha.yml").open("a") as file:
        file.write("confidentiality: {preset: strict}\n")
    outcome = make("alpha", params_dir=project / "params", chapters=FEW)
    assert outcome.status == status
    if status == "failed":
        assert outcome.exit_code == 14
        assert "it takes 10 answers from 3 accounts, none with more than 50%" in outcome.sentence
