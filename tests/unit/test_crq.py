import numpy as np
import pandas as pd
import pytest

from analysis.measures import crq
from tests.scored import answers, crq_survey, join, survey, wave

# trust, commitment, satisfaction, experience, solution, reliability, responsiveness, customer_care
KINDS = {
    "Ambassador": [6, 6, 6, 6, 6, 6, 6, 6],
    "Rational": [5, 5, 5, 5, 5, 5, 5, 5],
    "Ambivalent": [6, 6, 6, 4, 4, 4, 4, 4],
    "Stalker": [3, 4, 4, 4, 4, 4, 4, 4],
    "Opponent": [3, 3, 3, 3, 3, 3, 3, 3],
}
EVERYBODY = list(KINDS.values())


@pytest.mark.parametrize("kind", KINDS)
def test_each_segment_has_its_rule(kind):
    assert crq.score(crq_survey([KINDS[kind]]))["segment"].tolist() == [kind]


def test_an_ambassador_needs_each_pillar():
    # Relation 5.67 on average, but commitment is only 4.
    assert crq.score(crq_survey([[7, 4, 6, 6, 6, 6, 6, 6]]))["segment"].tolist() == ["Rational"]


@pytest.mark.parametrize(("lower", "kind"), [(4, "Ambivalent"), (5, "Rational")])
def test_love_and_hate_counts_only_where_the_lower_side_is_low(lower, kind):
    row = [3 + lower - 0.5, 3 + lower - 0.5, 3 + lower - 0.5] if lower == 4 else [6.5, 6.5, 4.5]
    found = crq.score(crq_survey([[*row, *[lower] * 5]]))["segment"].tolist()
    assert found == [kind]


def test_rationals_split_at_five():
    people = pd.DataFrame([[5.0] * 6, [4.5] * 6], columns=list(crq.DIMENSIONS))
    assert crq.segment(people, split_rational=True).tolist() == ["High Rational", "Low Rational"]


def test_every_respondent_has_exactly_one_segment():
    values = [[a, b, a, b, a, b, a, b] for a in range(1, 8) for b in range(1, 8)]
    found = crq.segments(crq.score(crq_survey(values)))
    assert found["count"].sum() == 49
    assert found["estimate"].sum() == pytest.approx(1)
    assert list(found["term"]) == list(crq.SEGMENTS)


def test_crq_is_the_mean_of_six_and_service_of_its_three_parts():
    row = crq.score(crq_survey([[7, 6, 5, 4, 3, 2, 3, 7]])).iloc[0]
    assert row["service"] == pytest.approx(4)
    assert row["relationship"] == pytest.approx(6)
    assert row["uniqueness"] == pytest.approx(3.5)
    assert row["crq"] == pytest.approx((7 + 6 + 5 + 4 + 3 + 4) / 6)


def test_two_of_three_parts_make_service_one_does_not():
    nan = float("nan")
    people = [[6, 6, 6, 6, 6, 5, 7, nan], [6, 6, 6, 6, 6, 5, nan, nan]]
    found = crq.dimensions(crq_survey(people))["service"]
    assert found.iloc[0] == pytest.approx(6)
    assert pd.isna(found.iloc[1])
    assert len(crq.score(crq_survey(people))) == 1


def test_without_all_dimensions_there_is_a_reason_and_no_score():
    full = crq_survey(EVERYBODY)
    part = survey(full.answers, {"satisfaction": ["satisfaction_1"], "trust": ["trust_1"]})
    assert crq.score(part).empty
    assert crq.levels(part, [wave("1")]).empty
    assert crq.segments(crq.score(part)).empty
    assert crq.reason(part, "1").endswith(
        "not asked here: commitment, experience, solution, reliability, responsiveness, "
        "customer care."
    )
    assert list(crq.parts(part, "1")["term"]) == ["Trust", "Satisfaction"]
    assert crq.reason(full, "1") == ""


def test_another_scale_has_a_reason_and_no_score():
    full = crq_survey(EVERYBODY)
    full.items["scale_max"] = 10
    assert crq.score(full).empty
    assert "scale of 1 to 7" in crq.reason(full, "1")


def test_levels_carry_interval_bases_and_change():
    old = crq_survey([[5] * 8, [4] * 8, [5] * 8], wave="1", accounts=list("abc"))
    new = crq_survey([[6] * 8, [6] * 8, [5] * 8], wave="2", accounts=list("abd"))
    both = survey(
        join(old.answers, new.answers),
        {name.removesuffix("_1"): [name] for name in old.items.index},
    )
    found = crq.levels(both, [wave("1"), wave("2")])
    assert list(found["key"]) == ["crq", "relationship", "uniqueness", "service"]
    assert found["change"].tolist() == pytest.approx([1.0] * 4)
    assert (found["ci_low"] < found["estimate"]).all()
    assert found["n_accounts"].tolist() == [3] * 4


@pytest.mark.parametrize(("score", "unique"), [(5.7, True), (5.4, False)])
def test_published_bounds_of_the_unique_zone(score, unique):
    # 5.7 was Unique, 5.4 "only just outside": deep-insight.com/category/b2b-relationships/
    row = {"key": "crq", "term": "CRQ", "estimate": score, "n": 80}
    levels = pd.DataFrame([row | {"ci_low": score - 0.3, "ci_high": score + 0.3}])
    found = crq.zone(levels, 5.5).iloc[0]
    assert bool(found["unique"]) is unique
    assert not found["clear"]


def test_one_person_who_skipped_a_dimension_does_not_come_back_by_subtraction():
    # 31 answers, one of them without the service items: 31 x the mean of the three pillars minus
    # 30 x the relationship level would be this person's own score.
    names = [*crq.DIMENSIONS[:-1], *crq.SERVICE]
    rng = np.random.default_rng(5)
    frame = answers([9.0] * 31, **{n: rng.integers(3, 8, 31).astype(float) for n in names})
    frame.loc[7, list(crq.SERVICE)] = np.nan
    made = survey(frame, {name: [name] for name in names})
    assert list(crq.parts(made, "1")["n"].unique()) == [31, 30]
    whole = crq.shared_base(made, 5)
    assert list(crq.parts(whole, "1")["n"].unique()) == [30]
    assert whole.answers["nps"].notna().sum() == 31
    assert crq.shared_base(made, 1) is not made
    assert crq.parts(crq.shared_base(made, 1), "1")["n"].max() == 31
