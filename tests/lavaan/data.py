"""The answers that lavaan was given; `python -m tests.lavaan.data FOLDER` writes them for R.

HS and PD are the public data sets that come with semopy; the rest is made from seeds.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from semopy.examples import holzinger39, political_democracy

from tests import relations

HS = """
visual =~ x1 + x2 + x3
textual =~ x4 + x5 + x6
speed =~ x7 + x8 + x9
"""

PD = """
# measured by
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + a*y2 + b*y3 + c*y4
dem65 =~ y5 + a*y6 + b*y7 + c*y8
# regressed on
dem60 ~ p*ind60
dem65 ~ q*ind60 + r*dem60
# residuals
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7
y4 ~~ y8
y6 ~~ y8
through := p * r
total := q + p * r
"""

PATHS = """
visual =~ NA*x1 + x2 + x3
visual ~~ 1*visual
speed =~ x7 + 1.1*x8 + x9
speed ~ visual + ageyr
x4 ~ speed + visual
x4 ~ 1
"""

SMALL = """
trust =~ trust_1 + trust_2 + trust_3
commitment =~ commitment_1 + commitment_2 + commitment_3
cooperation =~ cooperation_1 + cooperation_2 + cooperation_3
commitment ~ trust
cooperation ~ commitment + trust
"""

RELATIONS = relations.MODEL.text


def hs() -> pd.DataFrame:
    """Holzinger and Swineford's 301 children of two schools."""
    return holzinger39.get_data()


def pd_() -> pd.DataFrame:
    """Bollen's 75 countries."""
    return political_democracy.get_data()


def hs_gaps() -> pd.DataFrame:
    """HS with answers missing at random: the more likely, the higher x1 and x9."""
    data = hs()
    rng = np.random.default_rng(39)
    z = (data["x1"] - data["x1"].mean()) / data["x1"].std()
    y = (data["x9"] - data["x9"].mean()) / data["x9"].std()
    for k in range(2, 9):
        chance = 1 / (1 + np.exp(2.2 - 0.8 * z - 0.5 * y))
        data.loc[rng.random(len(data)) < chance, f"x{k}"] = np.nan
    return data


def hs_weighted() -> pd.DataFrame:
    """HS with made-up weights."""
    return hs().assign(w=np.random.default_rng(5).uniform(0.4, 2.5, 301).round(4))


def hs_steps() -> pd.DataFrame:
    """HS in four or five unequal steps."""
    data = hs()
    for k in range(1, 10):
        cuts = [0.15, 0.5, 0.8] if k % 2 else [0.1, 0.3, 0.55, 0.85]
        column = data[f"x{k}"]
        data[f"x{k}"] = np.searchsorted(np.quantile(column, cuts), column, side="right") + 1
    return data


def accounts() -> pd.DataFrame:
    """400 answers of 140 accounts with known paths."""
    return relations.sample(400, 1994, accounts=140)


def accounts_gaps() -> pd.DataFrame:
    """The same with one answer in fifty missing."""
    data = accounts()
    items = relations.MODEL.items
    hole = np.random.default_rng(1).random((len(data), len(items))) < 0.02
    data[items] = data[items].mask(hole)
    return data


def accounts_steps() -> pd.DataFrame:
    """The same as answers from 1 to 7."""
    data = accounts()
    items = relations.MODEL.items
    data[items] = data[items].round().clip(1, 7)
    return data


ALL = (hs, pd_, hs_gaps, hs_weighted, hs_steps, accounts, accounts_gaps, accounts_steps)

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for make in ALL:
        make().to_csv(folder / f"{make.__name__}.csv", index=False, float_format="%.15g")
    for name in ("HS", "PD", "PATHS", "SMALL", "RELATIONS"):
        (folder / f"{name}.txt").write_text(globals()[name] + "\n", encoding="utf-8")
