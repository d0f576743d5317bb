"""A report is not made anew for so few answers that the difference would be theirs."""

import json
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import params
from analysis.batch import execute, newcomers
from analysis.batch.execute import make
from analysis.errors import DisclosureError
from analysis.publish import results
from tests.batch.project import set_notebook
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
    ("rows", "few", "how"),
    [
        ([*BEFORE, ("r7", 7)], 1, "came in or went"),
        (BEFORE[:-1], 1, "came in or went"),
        ([("r1", 2), *BEFORE[1:]], 1, "came in, went or changed"),
        ([*BEFORE, *((f"n{i}", 4) for i in range(4))], 4, "came in or went"),
    ],
    ids=["one came", "one went", "one changed", "four came"],
)
def test_a_few_new_answers_leave_the_old_report_as_it_is(again, project, rows, few, how):
    report = params.load("alpha", params_dir=project / "params").paths.report
    before = (report / "manifest.json").read_bytes()
    outcome = again(rows)
    assert (outcome.status, outcome.exit_code) == ("failed", 14)
    assert f"only {few} of the answers of wave w1 {how}; the difference" in outcome.sentence
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
    counts = {len(marks) for *_, kinds in groups for marks in kinds.values()}
    assert counts == {len(BEFORE)}
    assert "r1" not in kept.replace('"', " ").split()


def survey(roles, comments=(), tiers=("A", "B"), waves=("w1",), **columns):
    """Answers of people with these roles, each of an account of its own tier in turn."""
    n = len(roles)
    answers = [
        pd.DataFrame(
            {
                "respondent": [f"r{i}" for i in range(n)],
                "wave": wave,
                "account": [f"a{i % len(tiers)}" for i in range(n)],
                "role": roles,
                "nps": 8,
                "weight": 1.0,
                **columns,
            }
        )
        for wave in waves
    ]
    said = pd.DataFrame(
        [{"respondent": f"r{i}", "wave": waves[0], "text": text} for i, text in comments],
        columns=["respondent", "wave", "text"],
    )
    accounts = pd.DataFrame({"account": [f"a{i}" for i in range(len(tiers))], "tier": tiers})
    return SimpleNamespace(answers=pd.concat(answers), comments=said, accounts=accounts)


def publish(p, wave, made, waves):
    """Put a report with the marks of a survey in its place."""
    report = p.paths.report.with_name(wave)
    (report / "internal").mkdir(parents=True, exist_ok=True)
    (report / "manifest.json").write_text("{}")
    newcomers.keep(report, newcomers.marks(made, waves))


def refusal(p, now, waves=("w1",)):
    """Why no report is made; "" where one is."""
    try:
        newcomers.check(p, newcomers.marks(now, waves))
    except DisclosureError as error:
        return str(error)
    return ""


def few(before, now, project):
    """What is said of a report made of `now` where one of `before` is published."""
    p = params.load("alpha", params_dir=project / "params")
    publish(p, "w1", before, ["w1"])
    return refusal(p, now)


PEOPLE = ["user"] * 10


@pytest.mark.parametrize(
    "all_rows",
    [{"weight": 0.9}, {"region": "north"}, {"nps": 9}],
    ids=["other weights", "a new column", "other answers"],
)
def test_a_newcomer_is_seen_where_all_other_answers_change_too(project, all_rows):
    assert not few(survey(PEOPLE), survey(PEOPLE, **all_rows), project)
    said = few(survey(PEOPLE), survey([*PEOPLE, "user"], **all_rows), project)
    assert "only 1 of the answers of wave w1 came in or went" in said


def test_a_changed_answer_is_seen_where_all_weights_change_too(project):
    said = few(survey(PEOPLE), survey(PEOPLE, weight=0.9, nps=[3] + [8] * 9), project)
    assert "only 1 of the answers of wave w1 came in, went or changed;" in said


def test_a_few_changed_weights_are_seen(project):
    said = few(survey(PEOPLE), survey(PEOPLE, weight=[9.0] + [1.0] * 9), project)
    assert "only 1 of the answers of wave w1 came in, went or changed in weight" in said


def test_a_changed_answer_is_seen_where_all_respondents_are_renamed(project):
    renamed = {"respondent": [f"x{i}" for i in range(10)]}
    assert not few(survey(PEOPLE), survey(PEOPLE, **renamed), project)
    said = few(survey(PEOPLE), survey(PEOPLE, nps=[3] + [8] * 9, **renamed), project)
    assert "only 1 of the answers of wave w1 came in, went or changed" in said


def test_a_column_that_is_empty_for_a_wave_changes_nothing_of_it(project):
    before, now = survey(PEOPLE), survey(PEOPLE, later=[None] * 10)
    assert newcomers.marks(before, ["w1"]) == newcomers.marks(now, ["w1"])


@pytest.mark.parametrize(
    "marks",
    [None, "{", "[]", '[["w1", "", "", ["0123"]]]', '[["w1", "", "", {"who": []}]]'],
    ids=["none", "broken", "empty", "an older version's", "a kind is missing"],
)
def test_a_report_whose_marks_cannot_be_read_must_be_withdrawn_first(again, project, marks):
    report = params.load("alpha", params_dir=project / "params").paths.report
    file = report / "internal" / "marks.json"
    file.unlink() if marks is None else file.write_text(marks)
    rows = [*BEFORE, *((f"n{i}", 4) for i in range(9))]
    outcome = again(rows)
    assert (outcome.status, outcome.exit_code) == ("failed", 14)
    assert "has no list of marks that can be read" in outcome.sentence
    assert outcome.sentence.endswith("Withdraw it first: delete reports/alpha/w1.")
    shutil.rmtree(report)
    assert again(rows).status == "made"


@pytest.fixture
def waves(project):
    """Parameters of alpha with three waves, of which the second is reported."""
    listed = ", ".join(
        f"{{id: w{k}, label: W{k}, closed: 202{k}-01-31, reported: 202{k}-03-01}}"
        for k in (1, 2, 3)
    )
    (project / "params" / "alpha.yml").write_text(f"name: Alpha\nwaves: [{listed}]\n")
    return params.load("alpha", "w2", project / "params")


@pytest.mark.parametrize(("published", "known"), [("w1", ["w1"]), ("w3", ["w1", "w2", "w3"])])
def test_an_answer_is_given_away_by_the_report_of_another_wave_too(waves, published, known):
    publish(waves, published, survey(PEOPLE, waves=known), known)
    late = survey([*PEOPLE, "user"], waves=["w1", "w2"])
    said = refusal(waves, late, ["w1", "w2"])
    assert f"the published report of alpha, wave {published}, only 1 of the answers of" in said
    assert said.endswith(f"delete reports/alpha/{published}.")
    assert not refusal(waves, survey(PEOPLE, waves=["w1", "w2"]), ["w1", "w2"])


def test_customers_that_change_their_tier_stop_no_later_wave(waves):
    publish(waves, "w1", survey(PEOPLE, waves=["w1"], tiers=("A", "B", "B")), ["w1"])
    now = survey(PEOPLE, waves=["w1", "w2"], tiers=("A", "B", "A"))
    assert waves.wave.id == "w2"
    assert not refusal(waves, now, ["w1", "w2"])


def test_a_wave_that_a_published_report_does_not_know_is_new_as_a_whole(waves):
    publish(waves, "w1", survey(PEOPLE, waves=["w1"]), ["w1"])
    now = survey(PEOPLE, waves=["w1", "w2"])
    now.answers = now.answers.iloc[:12]  # two of the second wave: hidden as they are few
    assert not refusal(waves, now, ["w1", "w2"])
    publish(waves, "w2", survey(PEOPLE, waves=["w1"]), ["w1", "w2"])  # knew it, and it was empty
    assert "wave w2, only 2 of the answers of wave w2 came in" in refusal(waves, now, ["w1", "w2"])


def test_people_are_counted_not_what_they_said(project):
    # Two people with two comments each are two, though six things are new.
    comments = [(i, text) for i in (10, 11) for text in ("Late again.", "Friendly.")]
    said = few(survey(PEOPLE), survey(["user"] * 12, comments), project)
    assert "only 2 of the answers of wave w1" in said


def test_a_changed_comment_is_a_changed_answer(project):
    said = few(survey(PEOPLE, [(3, "Late.")]), survey(PEOPLE, [(3, "Never late.")]), project)
    assert "only 1 of the answers of wave w1" in said


@pytest.mark.parametrize(("came", "said"), [(7, "only 7 of the commenters of wave w1"), (8, "")])
def test_new_comments_are_as_many_as_a_count_of_comments_rests_on(project, came, said):
    old, tiers = [(i, "Late.") for i in range(10)], ("A",)
    now = survey(PEOPLE * 2, old + [(10 + i, "Fast.") for i in range(came)], tiers)
    found = few(survey(PEOPLE, old, tiers), now, project)
    assert (said in found and "until there are 8," in found) if said else not found


def test_only_what_was_said_in_comments_counts_for_them(project):
    old, tiers = [(i, "Late.") for i in range(10)], ("A",)
    changed = survey(PEOPLE, old, tiers, nps=[3] * 6 + [8] * 4, weight=[2.0] * 6 + [1.0] * 4)
    assert not few(survey(PEOPLE, old, tiers), changed, project)


def held(p, before, now):
    """Which of the accounts a0 to a2 stay as published."""
    publish(p, "w1", before, ["w1"])
    found = newcomers.held(p, newcomers.marks(now, ["w1"]))
    return {a for a in ("a0", "a1", "a2") if newcomers.of_account("w1", a) in found}


def test_late_answers_spread_over_accounts_are_held_back_at_each(project):
    p = params.load("alpha", params_dir=project / "params")
    spread, people = ("A", "A", "A"), ["user"] * 15
    before = survey(people, tiers=spread)
    late = survey([*people, *["user"] * 6], tiers=spread)  # two at each account: six in all
    assert not few(before, late, project)
    assert held(p, before, late) == {"a0", "a1", "a2"}
    assert held(p, before, before) == set()
    assert held(p, before, survey(people * 2, tiers=spread)) == set()  # five at each
    changed = survey(people, tiers=spread, nps=[3] + [8] * 14)
    assert held(p, before, changed) == {"a0"}
    small = survey(["user"] * 12, tiers=spread)  # four at each: no score of theirs was shown
    assert held(p, small, before) == held(p, before, small) == set()


def test_a_page_that_left_scores_out_changes_no_more_with_the_answers(project):
    p = params.load("alpha", params_dir=project / "params")
    spread, people = ("A", "A", "A"), ["user"] * 15
    before, many = survey(people, tiers=spread), survey(people * 2, tiers=spread)
    publish(p, "w1", before, ["w1"])
    assert not newcomers.held(p, newcomers.marks(many, ["w1"]))
    kept = newcomers.held(p, newcomers.marks(many, ["w1"]), ["a1"])
    assert set(kept) == {newcomers.of_account("w1", "a1")}
    assert not newcomers.held(p, newcomers.marks(before, ["w1"]), ["a1"])


def test_the_page_of_a_held_account_stays_as_published(project):
    p = params.load("alpha", params_dir=project / "params")
    spread, people = ("A", "A", "A"), ["user"] * 15
    publish(p, "w1", survey(people, tiers=spread), ["w1"])
    late = newcomers.marks(survey([*people, *["user"] * 2], tiers=spread), ["w1"])
    kept = newcomers.held(p, late)
    pages = {
        name: [results.AccountPage(id=f"a{k}", name=name, blocks=()) for k in range(3)]
        for name in ("old", "new")
    }
    results.record(p, "scorecard", [], [], accounts=pages["old"][1:])
    shutil.copytree(p.paths.chapters, p.paths.report / "internal" / "chapters")
    results.record(p, "scorecard", [], [], accounts=pages["new"])
    file = p.paths.chapters / "scorecard.json"
    assert execute._hold(p, kept) == {"scorecard": file.read_bytes()}
    shown = {page.id: page.name for page in results.read_chapter(file).accounts}
    assert shown == {"a1": "old", "a2": "new"}  # of a0 no page is published
    assert execute._hold(p, {}) == {}


#: A chapter that makes a page for each account, named for how many answered there.
PAGES = """\
from analysis import params, survey
from analysis.publish import results
p = params.load(client, wave, params_dir)
s = survey.load(p)
answered = s.answers["account"].value_counts().sort_index()
pages = [results.AccountPage(id=a, name=str(n), blocks=()) for a, n in answered.items()]
note = results.Note(key="n", sentence="Nothing to add.")
_ = results.record(p, "scorecard", s.sources, [note], accounts=pages)
"""


@pytest.fixture
def pages(project):
    """Run a chapter on so many answers of accounts a, b and c; how many each page then tells."""
    p = params.load("alpha", params_dir=project / "params")
    data = project / "data" / "alpha"
    with (data / "codebook.csv").open("a") as codebook:
        codebook.write("account,Account,,,,,,account\n")

    def run(chapter, **answered):
        set_notebook(project, "scorecard", chapter)
        rows = [f"{a}{i},{a},4\n" for a, n in answered.items() for i in range(n)]
        (data / "answers.csv").write_text("id,account,trust_1\n" + "".join(rows))
        outcome = make("alpha", params_dir=project / "params", chapters=["scorecard"])
        assert outcome.status == "made"
        record = results.read_chapter(p.paths.report / "internal" / "chapters" / "scorecard.json")
        return [int(page.name) for page in record.accounts]

    return run


def test_a_run_holds_pages_back_until_enough_came_since_they_were_published(pages):
    assert pages(PAGES, a=6, b=6, c=6) == [6, 6, 6]
    assert pages(PAGES, a=6, b=8, c=11) == [6, 6, 11]
    assert pages(PAGES, a=6, b=11, c=16) == [6, 11, 16]  # five since the page of b, in two runs


def test_a_run_leaves_pages_that_left_scores_out(pages):
    note = 'blocks=(results.Note(key="withheld", sentence="Left out."),) if a == "b" else ()'
    silent = PAGES.replace("blocks=()", note)
    assert pages(silent, a=6, b=6, c=6) == [6, 6, 6]
    assert pages(PAGES, a=11, b=16, c=11) == [11, 6, 11]
    assert pages(PAGES, a=16, b=26, c=16) == [16, 6, 16]


def test_no_account_is_named_in_the_marks(project):
    p = params.load("alpha", params_dir=project / "params")
    publish(p, "w1", survey(PEOPLE, account="Acme"), ["w1"])
    text = (p.paths.report / "internal" / "marks.json").read_text()
    assert '"account"' in text
    assert "Acme" not in text


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
