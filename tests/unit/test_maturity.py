"""Stages build on one another, and few assessors stay hidden."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.measures import maturity
from tests.surveyed import survey


def assessed(instrument, blocks, assessors=6, items=3, evidence=None):
    """Every assessor gives the same scores: block -> score, or block -> a score per assessor."""
    return survey(
        assessments=[
            {
                "instrument": instrument,
                "wave": "w2",
                "assessor": f"S{a}",
                "item": f"{block}_{k + 1}",
                "score": score[a] if isinstance(score, list) else score,
                "evidence": evidence,
            }
            for a in range(assessors)
            for block, score in blocks.items()
            for k in range(items)
        ]
    )


def stages(*scores, assessors=6):
    return assessed("stages", dict(zip(maturity.GATES, scores, strict=True)), assessors)


@pytest.mark.parametrize(
    ("scores", "stage"),
    [
        ((2, 2, 2, 2, 2), "Ignoring"),
        ((4, 2, 2, 2, 2), "Gathering"),
        ((4, 4, 2, 2, 2), "Analysing"),
        ((4, 4, 4, 2, 2), "Analysing"),
        ((4, 4, 4, 4, 2), "Collaborating"),
        ((4, 4, 4, 4, 4), "Transforming"),
        ((2, 5, 5, 5, 5), "Ignoring"),  # what comes later counts only on what comes first
        ((3.5, 2, 2, 2, 2), "Gathering"),
    ],
)
def test_the_stage_is_the_last_practice_passed_in_a_row(scores, stage):
    assert maturity.stage(maturity.gates(stages(*scores), "w2")) == stage


def test_interval_of_a_practice_matches_r():
    # R 4.2.2: t.test(c(4, 13/3, 11/3, 4, 14/3, 10/3))$conf.int = 3.5052913 4.4947087
    means = [4, 13 / 3, 11 / 3, 4, 14 / 3, 10 / 3]
    row = maturity.gates(stages(means, 3, 3, 3, 3), "w2").iloc[0]
    assert (row["estimate"], row["n"]) == (pytest.approx(4.0), 6)
    assert row["ci_low"] == pytest.approx(3.5052913, abs=1e-6)
    assert row["ci_high"] == pytest.approx(4.4947087, abs=1e-6)


def test_fewer_than_five_assessors_stay_hidden():
    few = stages(4, 4, 4, 4, 4, assessors=4)
    assert maturity.gates(few, "w2").empty
    assert maturity.spread(few, "w2").empty
    assert maturity.stage(maturity.gates(few, "w2")) == ""
    assert maturity.assessors(few, "w2") == 4


def test_an_assessment_of_another_wave_is_not_this_waves():
    assert maturity.gates(stages(4, 4, 4, 4, 4), "w1").empty


def test_reproducibility_counts_answers_out_of_order():
    # Five assessors pass the first practice only; one passes the second without the first:
    # 2 of its 5 marks differ from the ideal pattern, so 1 - 2/30.
    made = stages([4, 4, 4, 4, 4, 2], [2, 2, 2, 2, 2, 4], 2, 2, 2)
    spread = maturity.spread(made, "w2")
    assert spread["ordered"].iloc[0] == pytest.approx(1 - 2 / 30)
    assert spread["count"].sum() == 6


def test_every_stage_has_a_next_step():
    assert set(maturity.NEXT) == set(maturity.STAGES)
    assert len(maturity.STAGES) == 5


def test_the_healthcheck_weighs_its_quadrants():
    assert sum(maturity.QUADRANTS.values()) == pytest.approx(1)
    scores = {"leadership": 3, "strategy": 1.5, "execution": 0, "culture": 0}
    made = assessed("healthcheck", scores, items=5)
    rows = maturity.healthcheck(made, "w2").set_index("term")["estimate"]
    assert rows["Leadership"] == 100
    assert rows["Hard side"] == pytest.approx(25)
    assert rows["Soft side"] == pytest.approx(50)
    assert rows["Soft minus hard"] == pytest.approx(25)
    assert rows["Healthcheck"] == pytest.approx(0.3 * 100 + 0.2 * 50)


def test_where_no_evidence_was_asked_for_no_claim_is_doubted():
    made = assessed("healthcheck", dict.fromkeys(maturity.QUADRANTS, 2), items=5)
    assert maturity.claims(made, "w2").empty
    assert maturity.healthcheck(made, "w2")["gap"].isna().all()


def test_a_claim_without_evidence_counts_and_a_low_answer_claims_nothing():
    scores = dict.fromkeys(maturity.QUADRANTS, 2) | {"culture": 1}
    made = assessed("healthcheck", scores, items=5, evidence="the minutes")
    rows = made.assessments.copy()
    bare = rows["item"].isin(["strategy_1", "strategy_2"])  # 2 of 5 statements, 6 assessors
    rows.loc[bare, "evidence"] = ["no", None] * 6
    claims = maturity.claims(replace(made, assessments=rows), "w2").set_index("term")
    assert tuple(claims.loc["Strategy", ["unproven", "n"]]) == (12, 30)
    assert tuple(claims.loc["All", ["unproven", "n"]]) == (12, 90)
    assert "Culture" not in claims.index
    gap = maturity.healthcheck(replace(made, assessments=rows), "w2").set_index("term")["gap"]
    assert gap["Strategy"] == pytest.approx(0.4)
    assert gap["Leadership"] == 0


def test_an_assessment_that_skips_a_part_does_not_count():
    # Six assessors, two of whom skip one practice: four are too few to show.
    made = stages(4, 4, 4, 4, 4)
    rows = made.assessments
    skipped = rows["assessor"].isin(["S0", "S1"]) & rows["item"].str.startswith("act_")
    partly = replace(made, assessments=rows[~skipped])
    assert maturity.assessors(partly, "w2") == 4
    assert maturity.gates(partly, "w2").empty
    assert maturity.spread(partly, "w2").empty


def test_stage_of_nothing_is_nothing():
    assert maturity.stage(pd.DataFrame(columns=["passed"])) == ""
