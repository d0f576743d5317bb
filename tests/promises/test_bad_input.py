"""Bad input: one clear sentence each, its exit code, no cell value, and nothing left behind."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import params, survey
from analysis.errors import RapportError
from tests.batch.project import small_project

CANARY = "canary-7f3a"

CODEBOOK = """\
column,label,construct,scale_min,scale_max,reverse,missing,role
id,Respondent,,,,,,respondent
wave,Wave,,,,,,wave
acc,Account,,,,,,account
role,Role,,,,,,contact_role
mode,Mode,,,,,,mode
nps,Recommend,,,,,,nps
t1,They keep promises.,trust,1,7,,99,item
t2,They cannot be trusted.,trust,1,7,yes,99,item
why,Why?,,,,,,comment
"""

ANSWERS = """\
id,wave,acc,role,mode,nps,t1,t2,why
r1,w1,A1,end_user,confidential,9,6,2,Good people.
r2,w1,A1,influencer,attributable,3,2,99,canary-7f3a never calls back.
r3,w1,A2,decision_maker,anonymous,7,5,4,
"""

PARAMS = """\
name: Beta
waves: [{id: w1, label: First, closed: 2025-01-31, reported: 2025-03-01}]
"""


def text(table, old, new):
    """A change of one file of the client: `old` becomes `new`."""

    def change(root):
        file = _file(root, table)
        content = file.read_text()
        assert old in content
        file.write_text(content.replace(old, new, 1))

    return change


def content(table, new):
    """A change of one file's whole content."""

    def change(root):
        file = _file(root, table)
        file.write_bytes(new if isinstance(new, bytes) else new.encode())

    return change


def _file(root, table):
    if table == "params":
        return root / "params" / "beta.yml"
    return root / "data" / "beta" / (table if "." in table else f"{table}.csv")


def outside(root):
    """The data folder is a link that leads out of the project."""
    away = root.parent / f"{root.name}-away"
    shutil.move(root / "data" / "beta", away)
    (root / "data" / "beta").symlink_to(away, target_is_directory=True)


def linked_file(root):
    """The answers are a link that leads out of the project."""
    away = root.parent / f"{root.name}-answers.csv"
    shutil.move(root / "data" / "beta" / "answers.csv", away)
    (root / "data" / "beta" / "answers.csv").symlink_to(away)


def remove(table):
    return lambda root: _file(root, table).unlink()


ACTIONS = "action,wave,said,status,created\nP1,w1,More visits,open,2025-02-30\n"
LONG = ANSWERS + "r4,w1,A1,end_user,confidential,9,6,2,Fine,surplus\n"

# What is done to a good client; exit code; what the sentence must say.
BROKEN = {
    # answers
    "no answers": (remove("answers"), 12, "has no answers file"),
    "an empty file": (content("answers", " \n"), 12, "answers.csv is empty"),
    "a header only": (
        content("answers", ANSWERS.split("\n")[0] + "\n"),
        12,
        "answers.csv has a header but no answers",
    ),
    "not UTF-8": (
        content("answers", ANSWERS.replace("Good", "Größe").encode("latin-1")),
        12,
        "answers.csv is not UTF-8 (first in line 2)",
    ),
    "ragged rows": (content("answers", LONG), 12, "has 10 cells in row 5 and 9 in its header"),
    "a damaged workbook": (
        content("answers", b"PK\x03\x04 canary-7f3a"),
        12,
        "answers.csv is damaged or no workbook",
    ),
    "damaged Parquet": (content("answers", b"PAR1 canary"), 12, "damaged Parquet file"),
    "binary rubbish": (content("answers", b"a\0b,c\n"), 12, "neither CSV nor XLSX nor Parquet"),
    "a column twice": (text("answers", "t1,t2", "t1,t1"), 12, "two columns named 't1'"),
    "a missing column": (
        text("answers", "nps,t1,t2", "nps,t1,x2"),
        12,
        "answers.csv lacks the column 't2'",
    ),
    "a column too many": (
        text("codebook", "why,Why?,,,,,,comment\n", ""),
        12,
        "answers.csv has a column 'why' that the codebook does not describe",
    ),
    "text in a scale": (
        text("answers", "9,6,2", f"9,{CANARY},2"),
        12,
        "column 't1' holds text where a number belongs (first in row 2)",
    ),
    "a value outside its scale": (
        text("answers", "3,2,99", "3,8,99"),
        12,
        "column 't1' holds 1 value(s) outside 1 to 7 (first in row 3)",
    ),
    "a recommendation of eleven": (
        text("answers", "confidential,9,", "confidential,11,"),
        12,
        "column 'nps' holds 1 value(s) outside 0 to 10 (first in row 2)",
    ),
    "half a recommendation": (
        text("answers", "confidential,9,", "confidential,8.5,"),
        12,
        "column 'nps' holds a recommendation that is not a whole number (first in row 2)",
    ),
    "a respondent twice in a wave": (
        text("answers", "r3,w1", "r1,w1"),
        12,
        "column 'id' holds one respondent twice in a wave (second in row 4)",
    ),
    "a respondent without id": (
        text("answers", "r3,w1", ",w1"),
        12,
        "column 'id' is empty in row 4",
    ),
    "an unknown wave": (
        text("answers", "r3,w1", "r3,w9"),
        12,
        "column 'wave' holds a wave that params/beta.yml does not name (first in row 4)",
    ),
    "an unknown contact role": (
        text("answers", "decision_maker", CANARY),
        12,
        "column 'role' holds an unknown word (first in row 4); use decision_maker",
    ),
    "an unknown mode": (
        text("answers", "anonymous", CANARY),
        12,
        "column 'mode' holds an unknown word (first in row 4); use attributable",
    ),
    "an account that the list lacks": (
        content("accounts", "account,name\nA1,One\n"),
        12,
        "column 'acc' holds an account that the accounts file lacks (first in row 4)",
    ),
    # codebook and other tables
    "no codebook": (remove("codebook"), 12, "has no codebook file"),
    "a codebook without roles": (
        text("codebook", "missing,role", "missing,rolle"),
        12,
        "codebook.csv lacks the column 'role'",
    ),
    "a column described twice": (
        text("codebook", "t2,They", "t1,They"),
        12,
        "codebook.csv describes the column 't1' twice, in rows 8 and 9",
    ),
    "a mistyped role in the codebook": (
        text("codebook", ",nps\n", ",npps\n"),
        12,
        "codebook.csv has an unknown role in row 7 ('nps'); did you mean 'nps'?",
    ),
    "two columns of a single role": (
        text("codebook", "acc,Account,,,,,,account", "acc,Account,,,,,,respondent"),
        12,
        "gives the role 'respondent' to both 'id' and 'acc'",
    ),
    "an item without construct": (
        text("codebook", "promises.,trust,1", "promises.,,1"),
        12,
        "gives no construct for the item 't1'",
    ),
    "an item without scale": (
        text("codebook", "promises.,trust,1,7", "promises.,trust,1,"),
        12,
        "gives no number as scale_max of the item 't1'",
    ),
    "a scale upside down": (
        text("codebook", "promises.,trust,1,7", "promises.,trust,7,1"),
        12,
        "the scale of 't1' ends where it starts",
    ),
    "a date that does not exist": (
        content("actions", ACTIONS),
        12,
        "actions.csv: column 'created' holds something that is no date (first in row 2)",
    ),
    "a table that lacks a column": (
        content("actions", ACTIONS.replace("status", "state")),
        12,
        "actions.csv lacks the column 'status' (is it 'state'?)",
    ),
    "neither yes nor no": (
        content("practices", f"account,practice,present\nA1,visits,{CANARY}\n"),
        12,
        "practices.csv: column 'present' must say yes or no (first other in row 2)",
    ),
    "a table in two formats": (
        content("answers.xlsx", b"PK\x03\x04"),
        12,
        "holds both answers.csv and answers.xlsx",
    ),
    # parameters
    "invalid YAML": (content("params", "name: [Beta\n"), 11, "not valid YAML in line 2"),
    "a list of parameters": (content("params", "- Beta\n"), 11, "must hold keys and values"),
    "a mistyped key": (
        text("params", "name:", "scorcard: {}\nname:"),
        11,
        "unknown key 'scorcard'; did you mean 'scorecard'?",
    ),
    "a mistyped key within": (
        text("params", "name:", "drivers: {outcom: nps}\nname:"),
        11,
        "unknown key 'drivers.outcom'; did you mean 'outcome'?",
    ),
    "no name": (text("params", "name: Beta\n", ""), 11, "the key 'name' is missing"),
    "no waves": (content("params", "name: Beta\n"), 11, "'waves' must list at least one wave"),
    "a small group shown": (
        text("params", "name:", "confidentiality: {min_scores: 3}\nname:"),
        11,
        "'confidentiality.min_scores' cannot be used",
    ),
    "waves out of order": (
        text(
            "params",
            "waves: [",
            "waves: [{id: w2, label: L, closed: 2026-01-01, reported: 2026-02-01}, ",
        ),
        11,
        "waves are not in order of their closing date",
    ),
    "a path for a file name": (
        text("params", "name:", "files: {answers: ../alpha/answers.csv}\nname:"),
        11,
        "'files.answers' cannot be used",
    ),
    "a path that Rapport makes itself": (
        text("params", "name:", "paths: {root: /}\nname:"),
        11,
        "'paths' is set by Rapport",
    ),
    "a data folder elsewhere": (outside, 11, "leads outside the project"),
    "an answers file elsewhere": (linked_file, 12, "answers.csv is a link that leads outside"),
}


@pytest.fixture
def root(tmp_path):
    """A project with the good client beta."""
    return _project(tmp_path / "project")


def _project(root: Path) -> Path:
    root.mkdir()
    small_project(root)
    (root / "params" / "beta.yml").write_text(PARAMS)
    (root / "data" / "beta" / "codebook.csv").write_text(CODEBOOK)
    (root / "data" / "beta" / "answers.csv").write_text(ANSWERS)
    return root


def load(root):
    return survey.load(params.load("beta", params_dir=root / "params"))


def sentence_of(root):
    """The error that a broken client meets, or None."""
    try:
        load(root)
    except RapportError as error:
        return error
    return None


def test_the_good_client_is_good(root):
    assert len(load(root).answers) == 3


@pytest.mark.parametrize("name", BROKEN)
def test_each_bad_input_is_one_sentence_with_its_exit_code(root, name):
    change, exit_code, says = BROKEN[name]
    change(root)
    error = sentence_of(root)
    assert error is not None, "the bad input went through"
    assert error.exit_code == exit_code
    assert says in str(error)
    assert CANARY not in str(error)
    assert re.fullmatch(r"[A-Za-z].*[.?]", str(error)), "one line that ends as a sentence"


def test_every_bad_input_has_a_sentence_of_its_own(tmp_path):
    sentences = []
    for name, (change, _, _) in BROKEN.items():
        root = _project(tmp_path / name.replace(" ", "-"))
        change(root)
        sentences.append(str(sentence_of(root)))
    assert len(sentences) >= 20
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("client", ["../beta", "Beta", "b", "beta/..", "1beta", "be ta", ""])
def test_a_client_id_that_could_lead_elsewhere_is_refused(root, client):
    with pytest.raises(RapportError, match="is not allowed") as refused:
        params.load(client, params_dir=root / "params")
    assert refused.value.exit_code == 11


def test_the_command_prints_the_sentence_and_leaves_no_report(root):
    text("answers", "9,6,2", f"9,{CANARY},2")(root)
    command = [sys.executable, "-m", "analysis.cli", "check", "beta"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 12
    assert done.stderr.count("\n") == 1
    assert CANARY not in done.stderr + done.stdout
    assert not (root / "reports").exists()
