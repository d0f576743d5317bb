"""Words planted in three clients come out nowhere that they may not.

Each client's accounts, people, addresses, owners and confidential comments bear a word of their
own. Every file of every report is then read, compressed ones unpacked, for any of these words.
"""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis import params
from analysis.batch import run as batch
from analysis.survey import demo
from tests.packed import texts

ROOT = Path(__file__).parents[2]
CLIENTS = ("acorn", "birch", "cedar")
WAVE = "2026"

#: What is planted; "open" is in comments given in the open, which a client may read.
KINDS = ("account", "contact", "person", "mail", "owner", "respondent", "confided", "open")
TOKEN = re.compile(r"zq(acorn|birch|cedar)(" + "|".join(KINDS) + r")(\w*?)qz", re.IGNORECASE)


def token(client, kind, of=""):
    return f"zq{client}{kind}{of}qz"


def planted(client):
    """The tables of a demo client with the planted words, and three actions."""
    tables = dict(demo.make("lark").tables)
    tables.pop("touchpoints", None)
    accounts, answers = tables["accounts"].copy(), tables["answers"].copy()
    accounts["name"] = [f"{n} {token(client, 'account', a)}" for n, a in
                        zip(accounts["name"], accounts["account"], strict=True)]  # fmt: skip
    accounts["owner"] = [f"{name} {token(client, 'owner')}" for name in accounts["owner"]]
    known = answers["contact_id"].fillna("") != ""
    answers.loc[known, "name"] = [token(client, "person", c) for c in answers["contact_id"][known]]
    answers.loc[known, "email"] = [
        f"{token(client, 'mail', c)}@example.org" for c in answers["contact_id"][known]
    ]
    answers["respondent_id"] = [token(client, "respondent", f"r{i}") for i in range(len(answers))]
    open_ = answers["confidentiality"] == "attributable"
    for column in ("comment_reason", "comment_improve"):
        said = answers[column].fillna("") != ""
        for kind, rows in (("open", open_ & said), ("confided", ~open_ & said)):
            answers.loc[rows, column] = [
                f"{text.rstrip('.')} {token(client, kind, str(i))}."
                for i, text in zip(answers.index[rows], answers.loc[rows, column], strict=True)
            ]
    contacts = {c: token(client, "contact", c) for c in tables["contacts"]["contact"]}
    answers["contact_id"] = answers["contact_id"].map(contacts)
    for name in ("contacts", "invitations"):
        tables[name] = tables[name].assign(contact=tables[name]["contact"].map(contacts))
    asked = accounts["account"].head(3)
    tables["actions"] = pd.DataFrame(
        {
            "action": [f"P{k}" for k in range(3)],
            "wave": WAVE,
            "account": asked,
            "theme": "response",
            "said": "Quotations take weeks.",
            "did": "A price list for standard work.",
            "owner": accounts["owner"].iloc[0],
            "created": "2026-04-02",
            "due": "2026-04-20",
            "status": "open",
        }
    )
    return tables | {"accounts": accounts, "answers": answers}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The folder of reports after a run over the three clients."""
    root = tmp_path_factory.mktemp("canaries")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    (root / "params").mkdir()
    shutil.copy(ROOT / "params" / "_defaults.yml", root / "params")
    settings = yaml.safe_load((ROOT / "params" / "lark.yml").read_text(encoding="utf-8"))
    settings["outputs"] = {"csv": True, "charts": True, "slides": True}
    for client in CLIENTS:
        settings["comments"]["staff"] = [f"Nadia Rahman {token(client, 'owner')}"]
        text = yaml.safe_dump(settings | {"name": f"Company {client}"})
        (root / "params" / f"{client}.yml").write_text(text, encoding="utf-8")
        (root / "data" / client).mkdir(parents=True)
        for name, frame in planted(client).items():
            frame.to_csv(root / "data" / client / f"{name}.csv", index=False)
    made = batch.run(CLIENTS, params_dir=root / "params", jobs=2)
    assert [(o.client, o.sentence) for o in made if o.status != "made"] == []
    return params.load("acorn", params_dir=root / "params").paths.root / "reports"


def found(files):
    """Planted words in some files: client, kind, of whom, and the file."""
    return {
        (*(part.lower() for part in match.groups()), file)
        for file in files
        if file.is_file()
        for text in texts(file)
        for match in TOKEN.finditer(text)
    }


def test_the_scan_finds_what_the_research_team_may_see(reports):
    kinds = {kind for _, kind, _, _ in found((reports / "acorn" / WAVE / "internal").rglob("*"))}
    assert kinds >= {"account", "open"}


def test_nobody_finds_another_client(reports):
    for client in CLIENTS:
        foreign = {one for one in found((reports / client).rglob("*")) if one[0] != client}
        assert foreign == set()


def test_pages_over_all_clients_hold_none(reports):
    assert found(file for file in reports.iterdir() if file.is_file()) == set()
    assert (reports / "index.html").is_file()
    assert (reports / "portfolio.html").is_file()


@pytest.mark.parametrize("client", CLIENTS)
def test_what_leaves_the_building_names_nobody(reports, client):
    folder = reports / client / WAVE / "client"
    made = {file.suffix for file in folder.rglob("*")}
    assert made >= {".html", ".json", ".xlsx", ".csv", ".svg", ".png", ".pptx"}
    # An owner is the client's own: the board reads who has which promises open.
    assert {kind for _, kind, _, _ in found(folder.rglob("*"))} <= {"open", "owner"}


@pytest.mark.parametrize("client", CLIENTS)
def test_an_account_team_sees_its_own_account_alone(reports, client):
    folders = [f for f in (reports / client / WAVE / "accounts").iterdir() if f.is_dir()]
    assert len(folders) > 3
    for folder in folders:
        seen = found(folder.rglob("*"))
        assert {kind for _, kind, _, _ in seen} <= {"account", "contact", "owner"}
        accounts = {of for _, kind, of, _ in seen if kind == "account"}
        assert accounts == {folder.name.lower()}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_customer_reads_of_itself_and_of_no_person(reports, client):
    folders = list((reports / client / WAVE / "reportback").iterdir())
    assert len(folders) > 3
    for folder in folders:
        seen = found(folder.rglob("*"))
        assert {(kind, of) for _, kind, of, _ in seen} == {("account", folder.name.lower())}
