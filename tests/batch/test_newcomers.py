"""A report is not made anew for so few answers that the difference would be theirs."""

import pytest

from analysis import params
from analysis.batch.execute import make
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
    kept = (report / "internal" / "answers.json").read_text()
    assert len(kept.split(",")) == len(BEFORE)
    assert "r1" not in kept.replace('"', " ").split()


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
