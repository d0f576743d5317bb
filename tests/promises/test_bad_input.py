"""Bad input: one clear sentence each, its exit code, no cell value, and nothing left behind."""

import re
import shutil
import subprocess
import sys

import pytest

from analysis import params
from analysis.errors import RapportError
from tests import small
from tests.small import ANSWERS, CANARY, INVITATIONS


def text(table, old, new):
    """Break a client: in one of its files `old` becomes `new`."""
    return lambda root: small.change(root, table, old, new)


def content(table, new):
    """Break a client: one file holds something else altogether."""

    def put(root):
        small.file(root, table).write_bytes(new if isinstance(new, bytes) else new.encode())

    return put


def remove(table):
    return lambda root: small.file(root, table).unlink()


def key(line):
    """Break a client: one more line in its parameters."""
    return text("params", "name:", f"{line}\nname:")


def data_folder_elsewhere(root):
    away = root.parent / f"{root.name}-away"
    shutil.move(root / "data" / "beta", away)
    (root / "data" / "beta").symlink_to(away, target_is_directory=True)


def answers_elsewhere(root):
    away = root.parent / f"{root.name}-answers.csv"
    shutil.move(small.file(root, "answers"), away)
    small.file(root, "answers").symlink_to(away)


ACTIONS = "action,wave,said,status,created\nP1,w1,More visits,open,2025-02-30\n"
HEADER, FIRST, *_ = ANSWERS.splitlines(keepends=True)
WAVE = "{id: w1, label: First, closed: 2025-01-31, reported: 2025-03-01}"
LATER = "{id: w2, label: Second, closed: 2026-01-31, reported: 2026-03-01}"

# How a good client is broken; exit code; what the sentence must say.
BROKEN = {
    # the answers file as a whole
    "no answers": (remove("answers"), 12, "data/beta/ has no answers file"),
    "an empty file": (content("answers", " \n"), 12, "answers.csv is empty"),
    "a header only": (content("answers", HEADER), 12, "answers.csv has a header but no answers"),
    "not UTF-8": (
        content("answers", ANSWERS.replace("Good", "Größe").encode("latin-1")),
        12,
        "answers.csv is not UTF-8 (first in line 2); save it again as 'CSV UTF-8'",
    ),
    "a row too long": (
        text("answers", "A2,C3", "A2,C3,canary-7f3a"),
        12,
        "answers.csv has 15 cells in row 4 and 14 in its header",
    ),
    "a row too short": (
        text("answers", "A1,C2,", "A1,"),
        12,
        "answers.csv has 13 cells in row 3 and 14 in its header",
    ),
    "a quotation mark never closed": (
        text("answers", "Good people", '"Good people'),
        12,
        "answers.csv is not valid CSV (first in row 2); check its quotation marks",
    ),
    "a damaged workbook": (
        content("answers", b"PK\x03\x04 canary-7f3a"),
        12,
        "answers.csv is damaged or no workbook",
    ),
    "a workbook with a password": (
        content("answers", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 canary-7f3a"),
        12,
        "answers.csv is an old workbook or has a password",
    ),
    "damaged Parquet": (
        content("answers", b"PAR1 canary-7f3a"),
        12,
        "answers.csv is a damaged Parquet file",
    ),
    "binary rubbish": (content("answers", b"a\0b,c\n"), 12, "neither CSV nor XLSX nor Parquet"),
    "answers in two formats": (
        content("answers.xlsx", b"PK\x03\x04"),
        12,
        "data/beta/ holds both answers.csv and answers.xlsx",
    ),
    "an answers file elsewhere": (
        answers_elsewhere,
        12,
        "answers.csv is a link that leads outside the project",
    ),
    "a named file that is not there": (
        key("files: {answers: export.csv}"),
        12,
        "export.csv is missing; put it into data/beta/",
    ),
    # its columns
    "a column twice": (text("answers", "t1,t2", "t1,t1"), 12, "two columns named 't1'"),
    "a column without a name": (text("answers", "t1,t2", "t1,"), 12, "no name over its column 11"),
    "a missing column": (
        text("answers", "nps,t1,t2", "nps,t1,x2"),
        12,
        "answers.csv lacks the column 't2' that the codebook describes",
    ),
    "a column too many": (
        text("codebook", "why,Why?,,,,,-,comment\n", ""),
        12,
        "answers.csv has a column 'why' that the codebook does not describe",
    ),
    # its cells
    "text in a scale": (
        text("answers", "9,6,2", f"9,{CANARY},2"),
        12,
        "answers.csv: column 't1' holds text where a number belongs (first in row 2)",
    ),
    "a value outside its scale": (
        text("answers", "3,2,99", "3,8,99"),
        12,
        "answers.csv: column 't1' holds 1 value(s) outside 1 to 7 (first in row 3)",
    ),
    "a recommendation of eleven": (
        text("answers", "9,6,2", "11,6,2"),
        12,
        "answers.csv: column 'nps' holds 1 value(s) outside 0 to 10 (first in row 2)",
    ),
    "half a recommendation": (
        text("answers", "9,6,2", "8.5,6,2"),
        12,
        "column 'nps' holds a recommendation that is not a whole number (first in row 2)",
    ),
    "a negative weight": (
        text("answers", "1.5", "-1.5"),
        12,
        "column 'w' holds a weight that is not positive (first in row 2)",
    ),
    "a respondent twice in a wave": (
        text("answers", "r3,w1", "r1,w1"),
        12,
        "column 'id' holds one respondent twice in a wave (second in row 4)",
    ),
    "a respondent without id": (text("answers", "r3,w1", ",w1"), 12, "'id' is empty in row 4"),
    "a row without wave": (text("answers", "r3,w1", "r3,"), 12, "'wave' is empty in row 4"),
    "an unknown wave": (
        text("answers", "r3,w1", f"r3,{CANARY}"),
        12,
        "column 'wave' holds a wave that params/beta.yml does not name (first in row 4)",
    ),
    "an unknown contact role": (
        text("answers", "Chef", CANARY),
        12,
        "column 'role' holds an unknown word (first in row 4); use decision_maker",
    ),
    "an unknown mode": (
        text("answers", "attributable", CANARY),
        12,
        "column 'mode' holds an unknown word (first in row 3); use attributable",
    ),
    "an account that the list lacks": (
        text("answers", "w1,A2", f"w1,{CANARY}"),
        12,
        "column 'acc' holds an account that the accounts file lacks (first in row 4)",
    ),
    "several waves and no column for them": (
        lambda root: [
            small.change(root, "params", WAVE, f"{WAVE}, {LATER}"),
            small.change(root, "codebook", "wave,Wave,,,,,,wave", "wave,Wave,,,,,,drop"),
        ],
        12,
        "answers.csv has no column with the role 'wave', but params/beta.yml names 2 waves",
    ),
    "a wave without answers": (
        text("params", WAVE, f"{WAVE}, {LATER}"),
        12,
        "answers.csv has no answers of the wave 'w2' that is to be reported",
    ),
    # the codebook
    "no codebook": (remove("codebook"), 12, "data/beta/ has no codebook file"),
    "a codebook without roles": (
        text("codebook", "missing,role", "missing,rolle"),
        12,
        "codebook.csv lacks the column 'role'",
    ),
    "a row of the codebook without column": (
        text("codebook", "t1,They", ",They"),
        12,
        "codebook.csv names no column in row 11",
    ),
    "a column described twice": (
        text("codebook", "t2,They", "t1,They"),
        12,
        "codebook.csv describes the column 't1' twice, in rows 11 and 12",
    ),
    "a mistyped role in the codebook": (
        text("codebook", ",nps\n", ",npps\n"),
        12,
        "codebook.csv has an unknown role in row 10 ('nps'); did you mean 'nps'?",
    ),
    "two columns of a single role": (
        text("codebook", "acc,Account,,,,,,account", "acc,Account,,,,,,respondent"),
        12,
        "codebook.csv gives the role 'respondent' to both 'id' and 'acc'",
    ),
    "a name that Rapport uses itself": (
        lambda root: [
            small.change(root, "codebook", "region,", "weight,"),
            small.change(root, "answers", "region", "weight"),
        ],
        12,
        "codebook.csv gives the role 'attribute' to 'weight' in row 14, a name that Rapport uses",
    ),
    "an item without construct": (
        text("codebook", "promises.,trust,1", "promises.,,1"),
        12,
        "codebook.csv gives no construct for the item 't1'",
    ),
    "a construct with a strange name": (
        text("codebook", "promises.,trust,1", "promises.,trust =~ x,1"),
        12,
        "codebook.csv: the construct of the item 't1' must be a plain name",
    ),
    "an item without scale": (
        text("codebook", "promises.,trust,1,7", "promises.,trust,1,"),
        12,
        "codebook.csv gives no number as scale_max of the item 't1'",
    ),
    "a scale upside down": (
        text("codebook", "promises.,trust,1,7", "promises.,trust,7,1"),
        12,
        "codebook.csv: the scale of 't1' ends where it starts",
    ),
    "an item half reversed": (
        text("codebook", "1,7,yes", "1,7,maybe"),
        12,
        "codebook.csv: 'reverse' of the item 't2' must be yes, no or empty",
    ),
    # other tables
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
    "an action neither open nor done nor dropped": (
        content("actions", ACTIONS.replace("open,2025-02-30", f"{CANARY},")),
        12,
        "actions.csv: column 'status' holds an unknown word (first in row 2); use open, done",
    ),
    "an invitation without account": (
        content("invitations", INVITATIONS.replace("C2,A1", "C2,")),
        12,
        "invitations.csv: column 'account' is empty in row 3",
    ),
    "a contact invited twice": (
        content("invitations", INVITATIONS.replace("C3", "C1")),
        12,
        "invitations.csv holds the same wave and contact twice (second in row 4)",
    ),
    "an invitation of an unknown wave": (
        content("invitations", INVITATIONS.replace("w1,C3", f"{CANARY},C3")),
        12,
        "invitations.csv: column 'wave' holds a wave that params/beta.yml does not name",
    ),
    "revenue with thousands marks": (
        text("accounts", "100000", '"100,000"'),
        12,
        "accounts.csv: column 'revenue' holds text where a number belongs (first in row 2)",
    ),
    "an account twice": (
        text("accounts", "A2,Two", "A1,Two"),
        12,
        "accounts.csv holds the same account twice (second in row 3)",
    ),
    "neither yes nor no": (
        content("practices", f"account,practice,present\nA1,visits,{CANARY}\n"),
        12,
        "practices.csv: column 'present' must say yes or no (first other in row 2)",
    ),
    # parameters
    "invalid YAML": (
        content("params", "name: [Beta\n"),
        11,
        "beta.yml is not valid YAML in line 2",
    ),
    "parameters not UTF-8": (
        content("params", "name: Größe\n".encode("latin-1")),
        11,
        "beta.yml is not UTF-8",
    ),
    "a list of parameters": (content("params", "- Beta\n"), 11, "must hold keys and values"),
    "a key twice": (key("name: Alpha"), 11, "beta.yml has a key twice or a strange tag in line 2"),
    "a day that does not exist": (
        text("params", "2025-01-31", "2025-02-31"),
        11,
        "beta.yml has a date that does not exist",
    ),
    "a mistyped key": (
        key("scorcard: {}"),
        11,
        "unknown key 'scorcard'; did you mean 'scorecard'?",
    ),
    "a mistyped key within": (
        key("drivers: {outcom: nps}"),
        11,
        "unknown key 'drivers.outcom'; did you mean 'outcome'?",
    ),
    "a mistyped key of a wave": (
        text("params", "reported:", "reportd:"),
        11,
        "unknown key 'waves.1.reportd'; did you mean 'reported'?",
    ),
    "no name": (text("params", "name: Beta\n", ""), 11, "the key 'name' is missing"),
    "no waves": (content("params", "name: Beta\n"), 11, "'waves' must list at least one wave"),
    "a wave id without quotation marks": (
        text("params", "id: w1", "id: 2025"),
        11,
        "'waves.1.id' cannot be used: it must be text; put it in quotation marks",
    ),
    "a wave id that leads elsewhere": (
        text("params", "id: w1", "id: ../w1"),
        11,
        "the wave id '../w1' is not allowed",
    ),
    "waves out of order": (
        text("params", WAVE, f"{LATER}, {WAVE}"),
        11,
        "waves are not in order of their closing date",
    ),
    "a wave twice": (text("params", WAVE, f"{WAVE}, {WAVE}"), 11, "two waves have the same id"),
    "a wave reported before it is closed": (
        text("params", "reported: 2025", "reported: 2024"),
        11,
        "'waves.1' cannot be used: it is reported before it is closed",
    ),
    "a small group shown": (
        key("confidentiality: {min_scores: 3}"),
        11,
        "'confidentiality.min_scores' cannot be used: input should be greater than or equal to 5",
    ),
    "a role that there is not": (
        text("params", "Chef: decision_maker", "Chef: boss"),
        11,
        "'roles.Chef' cannot be used: input should be 'decision_maker'",
    ),
    "a path for a file name": (
        key("files: {answers: ../../x}"),
        11,
        "'files.answers' cannot be used: give the name of a file in the client's data folder",
    ),
    "a path that Rapport makes itself": (
        key("paths: {root: /}"),
        11,
        "'paths' is set by Rapport",
    ),
    "a data folder elsewhere": (data_folder_elsewhere, 11, "data/beta leads outside the project"),
}


def error_of(root):
    """The error that the client meets, or None."""
    try:
        small.load(root)
    except RapportError as error:
        return error
    return None


def test_the_good_client_is_good(small_client):
    assert error_of(small_client) is None


@pytest.mark.parametrize("name", BROKEN)
def test_each_bad_input_is_one_sentence_with_its_exit_code(small_client, name):
    change, exit_code, says = BROKEN[name]
    change(small_client)
    error = error_of(small_client)
    assert error is not None, "the bad input went through"
    assert says in str(error)
    assert error.exit_code == exit_code
    assert CANARY not in str(error)
    assert re.fullmatch(r"[A-Za-z].*[.?]", str(error)), "one line that ends as a sentence"
    assert not re.search(r"[.?!] [A-Z]", str(error)), "one sentence"
    assert re.search(r"\w+\.(csv|yml)|data/beta", str(error)), "it names a file"


def test_every_bad_input_has_a_sentence_of_its_own(tmp_path):
    sentences = []
    for name, (change, _, _) in BROKEN.items():
        root = small.write(tmp_path / name.replace(" ", "-"))
        change(root)
        sentences.append(str(error_of(root)))
    assert len(sentences) >= 20
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("client", ["../x", "A b", "Beta", "b", "beta/..", "1beta", "", "beta\n"])
def test_a_client_id_that_could_lead_elsewhere_is_refused(small_client, client):
    with pytest.raises(RapportError, match="is not allowed") as refused:
        params.load(client, params_dir=small_client / "params")
    assert refused.value.exit_code == 11


@pytest.mark.parametrize("wave", ["../../x", "w 1", "w9", ""])
def test_a_wave_that_the_client_does_not_have_is_refused(small_client, wave):
    with pytest.raises(RapportError, match="has no wave") as refused:
        params.load("beta", wave, small_client / "params")
    assert refused.value.exit_code == 11


def test_the_command_prints_the_sentence_and_leaves_no_report(small_client):
    small.change(small_client, "answers", "9,6,2", f"9,{CANARY},2")
    command = [sys.executable, "-m", "analysis.cli", "check", "beta"]
    done = subprocess.run(command, cwd=small_client, capture_output=True, text=True, check=False)
    assert done.returncode == 12
    assert done.stderr.count("\n") == 1
    assert CANARY not in done.stderr + done.stdout
    assert not (small_client / "reports").exists()
