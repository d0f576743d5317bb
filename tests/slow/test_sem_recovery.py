"""Planted paths come back: what chapter 3 shows, over 100 seeds of the demo client harbour."""

import pandas as pd
import pytest
import yaml

from analysis import params, survey
from analysis.models.sem import commitment_trust
from analysis.survey import demo

SEEDS = range(100)
LEAST = 90


def fitted(seed, root):
    """What the chapter would show for harbour made with this seed, and the planted paths."""
    made = demo.make("harbour", seed)
    folder = root / "data" / "harbour"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "params").mkdir(exist_ok=True)
    for name in ("answers", "codebook", "accounts", "contacts"):
        made.tables[name].to_csv(folder / f"{name}.csv", index=False)
    settings = made.params | {"drivers": {"resamples": 200}}
    (root / "params" / "harbour.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (root / "params" / "_defaults.yml").write_text("", encoding="utf-8")
    p = params.load("harbour", params_dir=root / "params")
    return commitment_trust.fit(survey.load(p), p), made.truth["paths"]


@pytest.mark.slow
def test_planted_paths_lie_inside_their_intervals_in_ninety_of_a_hundred_seeds(tmp_path):
    rows = []
    for seed in SEEDS:
        found, truth = fitted(seed, tmp_path)
        ends = found.signs.set_index("term")
        for path, value in truth.items():
            row = ends.loc[path.replace("->", " -> ")]
            rows.append((path, bool(row["ci_low"] <= value <= row["ci_high"])))
    held = pd.DataFrame(rows, columns=["path", "held"]).groupby("path")["held"].sum()
    assert len(held) == 13
    assert held.min() >= LEAST * len(SEEDS) / 100, held.to_dict()
