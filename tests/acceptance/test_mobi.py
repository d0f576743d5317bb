"""Real customers: the European Customer Satisfaction Index of a mobile network, 250 answers."""

import shutil
from pathlib import Path

import pytest

from analysis import params, survey

ROOT = Path(__file__).parents[2]
ANSWERS = ROOT.parent / "shared" / "data" / "survey" / "mobi.csv"

pytestmark = pytest.mark.skipif(not ANSWERS.is_file(), reason="mobi.csv is not at hand")

# R 4.2.2: round(colMeans(read.csv("mobi.csv")), 3)
MEANS = {
    "CUEX1": 7.580, "CUEX2": 7.532, "CUEX3": 7.424,
    "CUSA1": 7.988, "CUSA2": 7.128, "CUSA3": 7.316,
    "CUSCO": 7.068,
    "CUSL1": 7.452, "CUSL2": 4.988, "CUSL3": 7.668,
    "IMAG1": 7.640, "IMAG2": 7.780, "IMAG3": 6.744, "IMAG4": 7.588, "IMAG5": 7.932,
    "PERQ1": 7.944, "PERQ2": 7.192, "PERQ3": 7.700, "PERQ4": 7.916, "PERQ5": 7.872,
    "PERQ6": 7.776, "PERQ7": 7.592,
    "PERV1": 6.156, "PERV2": 6.916,
}  # fmt: skip


@pytest.fixture(scope="module")
def mobi(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    (root / "params").mkdir()
    (root / "data" / "mobi").mkdir(parents=True)
    for name in ("params/_defaults.yml", "params/mobi.yml", "data/mobi/codebook.csv"):
        shutil.copy(ROOT / name, root / name)
    shutil.copy(ANSWERS, root / "data" / "mobi" / "answers.csv")
    return survey.load(params.load("mobi", params_dir=root / "params"))


def test_every_item_is_read_with_the_mean_that_r_finds(mobi):
    means = mobi.answers[list(mobi.items.index)].mean()
    assert means.to_dict() == pytest.approx(MEANS, abs=1e-9)


def test_all_answers_are_there_in_one_wave(mobi):
    assert len(mobi.answers) == 250
    assert mobi.waves == ("2005",)
    assert mobi.answers["respondent"].is_unique
    assert not mobi.answers[list(mobi.items.index)].isna().any(axis=None)


def test_the_codebook_names_the_seven_constructs_of_the_index(mobi):
    # R 4.2.2: table(sub("[0-9]+$", "", names(read.csv("mobi.csv"))))
    sizes = {construct: len(mobi.of(construct)) for construct in mobi.constructs}
    assert sizes == {
        "expectation": 3,
        "satisfaction": 3,
        "complaints": 1,
        "loyalty": 3,
        "image": 5,
        "quality": 7,
        "value": 2,
    }


def test_the_one_customer_who_gave_every_statement_the_same_answer_is_flagged(mobi):
    # R 4.2.2: which(apply(read.csv("mobi.csv"), 1, function(x) length(unique(x))) == 1) = 137,
    # which is row 138 of the file: its header is row 1.
    assert list(mobi.answers.loc[mobi.answers["careless"], "respondent"]) == ["row 000138"]


def test_what_was_not_asked_is_empty_and_not_missing(mobi):
    assert mobi.answers["nps"].isna().all()
    assert mobi.answers["account"].isna().all()
    assert mobi.comments.empty
    assert mobi.invitations.empty
    assert set(mobi.answers["mode"]) == {"confidential"}
