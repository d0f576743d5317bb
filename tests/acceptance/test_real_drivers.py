"""Real customers: what goes with loyalty to a bank, and with satisfaction with a service."""

import csv
from pathlib import Path

import pytest

from analysis import params, survey
from analysis.models import drivers

FILES = Path(__file__).parents[3] / "shared" / "data" / "survey"

pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the real surveys are not at hand")

BANK = {
    **{f"imag{k}": "image" for k in range(1, 6)},
    **{f"expe{k}": "expectation" for k in range(1, 6)},
    **{f"qual{k}": "quality" for k in range(1, 6)},
    **{f"val{k}": "value" for k in range(1, 5)},
    **{f"sat{k}": "satisfaction" for k in range(1, 5)},
    **{f"loy{k}": "loyalty" for k in range(1, 5)},
}
SERVICE = {
    **{f"a{k:02d}": "tangibles" for k in range(1, 5)},
    **{f"a{k:02d}": "reliability" for k in range(5, 10)},
    **{f"a{k:02d}": "responsiveness" for k in range(10, 14)},
    **{f"a{k:02d}": "assurance" for k in range(14, 18)},
    **{f"a{k:02d}": "empathy" for k in range(18, 23)},
    "sat": "satisfaction",
}

#: R squared, and each construct's share of it, in R.
R2 = {"bank": 0.52493803, "service": 0.76947206}
SHARES = {
    "bank": {
        "image": 0.205520,
        "expectation": 0.095245,
        "quality": 0.185585,
        "value": 0.270752,
        "satisfaction": 0.242899,
    },
    "service": {
        "tangibles": 0.153421,
        "reliability": 0.205077,
        "responsiveness": 0.222240,
        "assurance": 0.185036,
        "empathy": 0.234225,
    },
}


def found(root, file, items, top, outcome):
    """Drivers of one outcome of a survey, all other constructs being drivers."""
    folder = root / "data" / "real"
    folder.mkdir(parents=True)
    (root / "params").mkdir()
    folder.joinpath("answers.csv").write_text(FILES.joinpath(file).read_text())
    with folder.joinpath("codebook.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["column", "label", "construct", "scale_min", "scale_max", "role"])
        rows.writerows([item, item, name, 0, top, "item"] for item, name in items.items())
        if file.startswith("bank"):
            rows.writerow(["gender", "Gender", "", "", "", "drop"])
    causes = [name for name in dict.fromkeys(items.values()) if name != outcome]
    wave = '- {id: "1", label: One, closed: 2005-01-31, reported: 2005-03-01}'
    (root / "params" / "_defaults.yml").write_text("language: en\n")
    (root / "params" / "real.yml").write_text(
        f"name: Real\nwaves:\n{wave}\ndrivers: {{outcome: {outcome}, predictors: {causes}}}\n"
    )
    p = params.load("real", params_dir=root / "params")
    return drivers.importance(survey.load(p), p)


def test_no_single_driver_of_loyalty_to_a_bank_stands_out(tmp_path):
    # R, x the scale means, gains of lm() averaged over all orders (written out in test_drivers):
    #    sum(w); w/sum(w)
    result = found(tmp_path, "bank_satisfaction.csv", BANK, 10, "loyalty")
    shares = result.table.set_index("term")["estimate"].to_dict()
    assert result.r2 == pytest.approx(R2["bank"], abs=1e-6)
    assert shares == pytest.approx(SHARES["bank"], abs=2e-6)
    assert not result.table["clear"].any()
    note = result.table.set_index("term").loc["expectation", "note"]
    assert "suppression" in note  # expectation goes with loyalty only through the others


def test_empathy_and_responsiveness_share_the_lead_in_a_service(tmp_path):
    result = found(tmp_path, "service_quality.csv", SERVICE, 100, "satisfaction")
    table = result.table.set_index("term")
    assert result.r2 == pytest.approx(R2["service"], abs=1e-6)
    assert table["estimate"].to_dict() == pytest.approx(SHARES["service"], abs=2e-6)
    assert list(table.index[:2]) == ["empathy", "responsiveness"]
    assert table["first"].iloc[0] < 0.8  # which of the two comes first cannot be told
