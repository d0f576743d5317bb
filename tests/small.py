"""A small good client with every kind of column, to be read or to be broken."""

import shutil
from pathlib import Path

import pandas as pd

from analysis import params, survey
from analysis.survey.tables import Survey

ROOT = Path(__file__).parents[1]

#: Stands in cells of the small client; no message may repeat it.
CANARY = "canary-7f3a"

PARAMS = """\
name: Beta
waves: [{id: w1, label: First, closed: 2025-01-31, reported: 2025-03-01}]
roles: {Chef: decision_maker}
"""

CODEBOOK = """\
column,label,construct,scale_min,scale_max,reverse,missing,role
id,Respondent,,,,,,respondent
wave,Wave,,,,,,wave
acc,Account,,,,,,account
who,Contact,,,,,,contact
role,Role,,,,,,contact_role
mode,Mode,,,,,,mode
lang,Language,,,,,,language
mail,E-mail,,,,,,drop
nps,Recommend,,,,,99,nps
t1,They keep promises.,trust,1,7,,99;-1,item
t2,They cannot be trusted.,trust,1,7,yes,99,item
w,Weight,,,,,,weight
region,Region,,,,,,attribute
why,Why?,,,,,-,comment
"""

ANSWERS = """\
id,wave,acc,who,role,mode,lang,mail,nps,t1,t2,w,region,why
r1,w1,A1,C1,end_user,confidential,EN,canary-7f3a@a.example,9,6,2,1.5,North,Good people.
r2,w1,A1,C2,Influencer,attributable,nl,canary-7f3a@b.example,3,2,99,,canary-7f3a,canary-7f3a!
r3,w1,A2,C3,Chef,,en,,7,5,4,0.5,South,-
"""

ACCOUNTS = """\
account,name,revenue,dormant,since
A1,canary-7f3a Ltd,100000,no,2019-04-01
A2,Two,,yes,
"""

INVITATIONS = """\
wave,contact,account,role,invited
w1,C1,A1,end user,2025-01-05
w1,C2,A1,influencer,2025-01-05
w1,C3,A2,Chef,2025-01-06
w1,C4,A2,operational,2025-01-06
"""


def write(root: Path) -> Path:
    """Write the project with the one client "beta" into `root`."""
    (root / "params").mkdir(parents=True)
    shutil.copy(ROOT / "params" / "_defaults.yml", root / "params")
    (root / "params" / "beta.yml").write_text(PARAMS)
    data = root / "data" / "beta"
    data.mkdir(parents=True)
    tables = {
        "codebook": CODEBOOK,
        "answers": ANSWERS,
        "accounts": ACCOUNTS,
        "invitations": INVITATIONS,
    }
    for table, text in tables.items():
        (data / f"{table}.csv").write_text(text)
    return root


def file(root: Path, table: str) -> Path:
    """Where a table of the client is, or its parameters."""
    if table == "params":
        return root / "params" / "beta.yml"
    return root / "data" / "beta" / (table if "." in table else f"{table}.csv")


def change(root: Path, table: str, old: str, new: str) -> None:
    """Put `new` in place of the first `old`, which must be there."""
    target = file(root, table)
    text = target.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {target.name}"
    target.write_text(text.replace(old, new, 1), encoding="utf-8")


def load(root: Path, wave: str = params.LATEST) -> Survey:
    return survey.load(params.load("beta", wave, root / "params"))


def same(one: Survey, other: Survey) -> None:
    """Assert that two surveys hold the same; where they came from may differ."""
    for name, value in vars(one).items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, getattr(other, name))
        elif name != "sources":
            assert value == getattr(other, name)
