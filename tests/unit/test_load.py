"""`survey.load`: a client's files in, one frozen `Survey` out."""

import dataclasses
import hashlib
import random
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import params, survey
from analysis.errors import DataError
from analysis.survey.tables import TABLES
from tests import small

TWO_WAVES = """\
waves:
  - {id: w0, label: Before, closed: 2024-01-31, reported: 2024-03-01}
  - {id: w1, label: First, closed: 2025-01-31, reported: 2025-03-01}
"""


def two_waves(root):
    """The same client with a wave w0 before, in which r1 and r2 answered."""
    text = small.file(root, "params").read_text()
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith("waves")]
    small.file(root, "params").write_text("".join(kept) + TWO_WAVES)
    header, first, second, third = small.ANSWERS.splitlines(keepends=True)
    before = [line.replace("w1", "w0", 1) for line in (first, second)]
    small.file(root, "answers").write_text("".join([header, first, *before, second, third]))
    return root


def put(root, table, text):
    small.file(root, table).write_text(text)


def test_every_table_is_there_with_its_columns(small_client):
    s = small.load(small_client)
    for table, (required, optional) in TABLES.items():
        assert list(getattr(s, table).columns) == [*required, *optional], table


def test_the_survey_is_frozen(small_client):
    with pytest.raises(dataclasses.FrozenInstanceError):
        small.load(small_client).answers = None


def test_what_is_kept_is_not_read_again_unless_a_file_or_a_parameter_changed(small_client):
    p = params.load("beta", params_dir=small_client / "params")
    kept = survey.keep(p)
    assert survey.load(p) is kept
    other = p.model_copy(update={"language": "nl"})
    assert survey.load(other) is not kept
    file = small.file(small_client, "answers")
    put(small_client, "answers", file.read_text().replace("r1", "r9"))
    assert "r9" in set(survey.load(p).answers["respondent"])
    small.file(small_client, "accounts").unlink()
    assert survey.load(p).accounts.empty


def test_each_file_that_was_read_is_named_with_its_hash(small_client):
    sources = small.load(small_client).sources
    assert [(s.table, s.format, s.rows) for s in sources] == [
        ("codebook", "csv", 14),
        ("answers", "csv", 3),
        ("invitations", "csv", 4),
        ("accounts", "csv", 2),
    ]
    content = small.file(small_client, "answers").read_bytes()
    assert sources[1].sha256 == hashlib.sha256(content).hexdigest()


def test_tables_are_typed(small_client):
    s = small.load(small_client)
    one = s.accounts.set_index("account").loc["A1"]
    assert one["revenue"] == 100_000.0
    assert not one["dormant"]
    assert one["since"] == pd.Timestamp("2019-04-01")
    assert s.accounts["owner"].isna().all(), "an optional column that the file lacks"
    assert s.invitations["invited"].dtype.kind == "M"
    assert list(s.invitations["role"]) == [
        "end_user",
        "influencer",
        "decision_maker",
        "operational",
    ]


def test_columns_that_rapport_does_not_know_are_ignored_in_other_tables(small_client):
    text = "account,practice,present,colour\nA1,visits,yes,blue\n"
    put(small_client, "practices", text)
    assert list(small.load(small_client).practices.columns) == ["account", "practice", "present"]


@pytest.mark.parametrize("yes", ["yes", "Yes", "TRUE", "true", "1"])
def test_yes_is_written_in_many_ways(small_client, yes):
    put(small_client, "practices", f"account,practice,present\nA1,visits,{yes}\nA1,calls,no\n")
    assert list(small.load(small_client).practices["present"]) == [False, True]


def test_a_table_with_a_header_alone_is_empty(small_client):
    put(small_client, "actions", "action,wave,said,status\n")
    put(small_client, "accounts", "account\n")
    s = small.load(small_client)
    assert s.actions.empty
    assert s.accounts.empty
    assert [source.rows for source in s.sources if source.table == "actions"] == [0]


def test_outcomes_are_typed_and_those_of_later_waves_are_not_loaded(small_client):
    two_waves(small_client)
    text = "wave,account,renewed,revenue_before,revenue_after\nw0,A2,no,500,0\nw0,A1,yes,400,\n"
    put(small_client, "outcomes", text + "w1,A1,no,400,0\n")
    s = small.load(small_client)
    assert s.outcomes["account"].to_list() == ["A1", "A2", "A1"]
    assert s.outcomes["renewed"].to_list() == [True, False, False]
    assert s.outcomes["revenue_before"].to_list() == [400.0, 500.0, 400.0]
    assert s.outcomes["revenue_after"].isna().to_list() == [True, False, False]
    before = small.load(small_client, "w0")
    assert before.outcomes["wave"].to_list() == ["w0", "w0"]


def test_an_account_has_one_outcome_a_wave(small_client):
    put(small_client, "outcomes", "wave,account,renewed\nw1,A1,no\nw1,A1,yes\n")
    with pytest.raises(DataError, match=r"the same wave and account twice \(second in row 3\)"):
        small.load(small_client)


def test_an_outcome_is_yes_or_no(small_client):
    put(small_client, "outcomes", "wave,account,renewed\nw1,A1,canary-7f3a\n")
    with pytest.raises(DataError, match=r"outcomes\.csv.*'renewed'") as problem:
        small.load(small_client)
    assert small.CANARY not in str(problem.value)


def test_one_person_may_judge_several_accounts(small_client):
    head = "instrument,wave,assessor,item,score,account\n"
    rows = "trust,w1,T1,ability_1,5,A1\ntrust,w1,T1,ability_1,3,A2\n"
    put(small_client, "assessments", head + rows)
    assert small.load(small_client).assessments["score"].to_list() == [5.0, 3.0]
    put(small_client, "assessments", head + rows + "trust,w1,T1,ability_1,4,A2\n")
    with pytest.raises(DataError, match="assessor and item and account twice"):
        small.load(small_client)


@pytest.mark.parametrize("head", ["", ",account"])
def test_without_accounts_a_person_judges_each_statement_once(small_client, head):
    end = "," if head else ""
    row = f"stages,w1,T1,s1,1{end}\n"
    put(small_client, "assessments", f"instrument,wave,assessor,item,score{head}\n{row}{row}")
    with pytest.raises(DataError, match="twice"):
        small.load(small_client)


def test_an_unknown_instrument_is_named_with_those_there_are(small_client):
    put(small_client, "assessments", "instrument,wave,assessor,item,score\nmood,w1,T1,s1,1\n")
    with pytest.raises(DataError, match="stages, healthcheck, trust, trust_behaviours"):
        small.load(small_client)


def test_who_answered_is_worked_out_from_the_answers(small_client):
    answered = small.load(small_client).invitations.set_index("contact")["answered"]
    assert answered.to_dict() == {"C1": True, "C2": True, "C3": True, "C4": False}


def test_who_answered_is_taken_from_the_file_where_it_says_so(small_client):
    text = "wave,contact,account,answered\nw1,C1,A1,no\nw1,C9,A2,yes\n"
    put(small_client, "invitations", text)
    answered = small.load(small_client).invitations.set_index("contact")["answered"]
    assert answered.to_dict() == {"C1": False, "C9": True}


def test_who_answered_is_unknown_where_no_answer_names_a_contact(small_client):
    small.change(small_client, "codebook", "who,Contact,,,,,,contact", "who,,,,,,,drop")
    assert small.load(small_client).invitations["answered"].isna().all()


def test_only_waves_up_to_the_one_reported_are_loaded(small_client):
    two_waves(small_client)
    text = "action,wave,said,status\nP1,w0,a,done\nP1,w1,a,open\n"
    put(small_client, "actions", text)
    put(small_client, "touchpoints", "touchpoint,wave\nDesk,w0\nDesk,w1\nApp,\n")
    now, before = small.load(small_client), small.load(small_client, "w0")
    assert now.waves == ("w0", "w1")
    assert before.waves == ("w0",)
    assert set(before.answers["wave"]) == set(before.comments["wave"]) == {"w0"}
    assert before.invitations.empty
    assert list(before.actions["status"]) == ["done"]
    assert list(before.touchpoints["touchpoint"]) == ["App", "Desk"], "App holds for all waves"
    assert len(now.touchpoints) == 3


def test_answers_stand_in_order_of_wave_and_respondent(small_client):
    two_waves(small_client)
    made = small.load(small_client).answers
    keys = list(zip(made["wave"], made["respondent"], strict=True))
    assert keys == [("w0", "r1"), ("w0", "r2"), ("w1", "r1"), ("w1", "r2"), ("w1", "r3")]
    assert list(made.index) == list(range(5))


def test_waves_stand_in_order_of_time_not_of_their_ids(small_client):
    two_waves(small_client)
    for table in ("params", "answers"):
        text = small.file(small_client, table).read_text()
        put(small_client, table, text.replace("w0", "w9"))
    made = small.load(small_client)
    assert made.waves == ("w9", "w1")
    assert list(made.answers["wave"]) == ["w9", "w9", "w1", "w1", "w1"]


def test_a_row_is_named_as_it_stands_in_the_file_whatever_the_order(small_client):
    two_waves(small_client)
    small.change(small_client, "answers", "r3,w1,A2", "r3,w1,A7")
    with pytest.raises(DataError, match=r"accounts file lacks \(first in row 6\)"):
        small.load(small_client)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed, tmp_path_factory):
    root = two_waves(small.write(tmp_path_factory.mktemp("order") / "project"))
    put(root, "actions", "action,wave,said,status\nP1,w0,a,done\nP1,w1,a,open\nP2,w1,b,open\n")
    before = small.load(root)
    for table in ("answers", "accounts", "invitations", "actions"):
        header, *rows = small.file(root, table).read_text().splitlines()
        random.Random(seed).shuffle(rows)
        put(root, table, "\n".join([header, *rows]))
    small.same(before, small.load(root))


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_client_is_the_same_from_csv_workbook_and_parquet(small_client, kind):
    before = small.load(small_client)
    for table in ("codebook", "answers", "accounts", "invitations"):
        file = small.file(small_client, table)
        frame = pd.read_csv(file)  # with the types that pandas guesses, as an export has them
        target = file.with_suffix(f".{kind}")
        frame.to_excel(target, index=False) if kind == "xlsx" else frame.to_parquet(target)
        file.unlink()
    after = small.load(small_client)
    assert {source.format for source in after.sources} == {kind}
    small.same(before, after)


def test_the_parameters_may_name_a_file(small_client):
    small.file(small_client, "answers").rename(small.file(small_client, "Export 2025.csv"))
    small.change(small_client, "params", "name:", "files: {answers: Export 2025.csv}\nname:")
    assert small.load(small_client).sources[1].file == "Export 2025.csv"


def test_a_client_waits_until_a_table_is_there(small_client):
    p = params.load("beta", params_dir=small_client / "params")
    for table in ("answers", "accounts", "invitations"):
        assert not survey.waiting(p)
        small.file(small_client, table).unlink()
    assert survey.waiting(p), "a codebook alone is no data"
    small.file(small_client, "codebook").unlink()
    (small_client / "data" / "beta").rmdir()
    assert survey.waiting(p)


def test_answers_of_no_wave_of_the_parameters_are_an_error_even_in_the_future(small_client):
    two_waves(small_client)
    small.change(small_client, "answers", "r3,w1", "r3,w2")
    with pytest.raises(DataError, match=r"does not name \(first in row 6\)"):
        small.load(small_client, "w0")


def test_importing_analysis_does_not_import_pandas():
    code = "import sys, analysis; sys.exit('pandas' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
