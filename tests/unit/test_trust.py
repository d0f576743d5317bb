"""Six elements from both sides, the gap between them, the weakest, and what keeps or breaks trust.

R 4.2.2. Customers `cust` and own people `sup`, one row each, columns in the order of the elements.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.measures import trust
from tests.scored import answers, survey

CUST = pd.DataFrame(
    {
        "intentions": [5, 6, 4, 5, 6, 7, 5, 4],
        "ability": [6, 6, 5, 5, 7, 6, 6, 5],
        "credibility": [4, 5, 4, 5, 5, 6, 4, 4],
        "mutual_value": [3, 4, 3, 4, 5, 4, 3, 3],
        "interdependence": [3, 5, 2, 4, 4, 5, 4, 2],
        "time": [5, 6, 5, 6, 6, 7, 5, 5],
    },
    dtype=float,
)
SUP = pd.DataFrame(
    {
        "intentions": [6, 6, 5, 6, 7, 6],
        "ability": [7, 6, 6, 6, 7, 7],
        "credibility": [6, 6, 5, 7, 6, 6],
        "mutual_value": [5, 5, 4, 5, 6, 5],
        "interdependence": [4, 4, 4, 3, 5, 4],
        "time": [6, 6, 5, 6, 7, 6],
    },
    dtype=float,
)
EIGHT, SIX = list("ABCDEFGH"), list("ABCDEF")


def assessed(scores=SUP, accounts=SIX, assessors=None):
    """Rows of the table of assessments: an item per element, a row of scores per judgement."""
    judges = assessors or [f"P{k}" for k in range(len(scores))]
    rows = [
        {
            "instrument": "trust",
            "wave": "1",
            "assessor": judge,
            "account": account,
            "item": f"{element}_1",
            "score": score,
        }
        for judge, account, (_, scored) in zip(judges, accounts, scores.iterrows(), strict=True)
        for element, score in scored.items()
    ]
    columns = ["instrument", "wave", "assessor", "account", "item", "score"]
    return pd.DataFrame(rows, columns=columns)


def made(customers=CUST, accounts=EIGHT, assessments=None, scale=(1, 7)):
    n = len(customers)
    frame = answers([8] * n, accounts=accounts, contacts=[f"c{k}" for k in range(n)])
    named = customers.add_suffix("_1")
    found = survey(frame.join(named), {f"trust_{name}": [f"{name}_1"] for name in customers}, scale)
    return replace(found, assessments=assessed() if assessments is None else assessments)


def rows(frame, **wanted):
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame.iloc[0]


@pytest.mark.parametrize(
    ("element", "value", "low", "high"),
    [
        # R: for (k in names(cust)) t.test(cust[[k]]); t.test(rowMeans(cust))
        ("intentions", 5.25, 4.3846361326, 6.1153638674),
        ("ability", 5.75, 5.1588439371, 6.3411560629),
        ("credibility", 4.625, 4.0029805294, 5.2470194706),
        ("interdependence", 3.625, 2.6320287415, 4.6179712585),
        ("overall", 4.75, 4.1180275859, 5.3819724141),
        # R: min of the lower ends; min of t.test(., conf.level = 1 - .05/6) upper ends
        ("weakest", 3.625, 2.6320287415, 4.5814069244),
    ],
)
def test_elements_of_the_customers_match_the_t_test(element, value, low, high):
    row = rows(trust.profile(made(), "1"), side="customer", element=element)
    assert row[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx(
        [value, low, high], abs=1e-8
    )
    assert (row["n"], row["n_accounts"]) == (8, 8)


def test_own_people_are_voices_of_their_own():
    # R: t.test(sup$i)$conf.int = 5.3362786240 6.6637213760
    row = rows(trust.profile(made(), "1"), side="supplier", element="intentions")
    assert row["ci_low"] == pytest.approx(5.3362786240, abs=1e-8)
    assert row["n"] == 6
    # One person who judges every account is one voice: too few people for a side.
    alone = made(assessments=assessed(assessors=["P"] * 6))
    assert trust.profile(alone, "1")["side"].unique().tolist() == ["customer"]
    assert trust.gaps(alone, "1").empty


@pytest.mark.parametrize(
    ("element", "value", "low", "high"),
    [
        # R: t.test(sup[[k]], cust[[k]][1:6], paired = TRUE)
        ("intentions", 0.5, -0.3780208503, 1.3780208503),
        ("ability", 0.6666666667, 0.1247404325, 1.2085929008),
        ("credibility", 1.1666666667, 0.3766802162, 1.9566531172),
        ("mutual_value", 1.1666666667, 0.7382363607, 1.5950969726),
        ("interdependence", 0.1666666667, -1.2282013510, 1.5615346843),
        ("time", 0.1666666667, -0.6233197838, 0.9566531172),
        # R: t.test(rowMeans(sup), rowMeans(cust)[1:6], paired = TRUE)
        ("overall", 0.6388888889, 0.0596711147, 1.2181066631),
    ],
)
def test_the_gap_within_accounts_matches_the_paired_t_test(element, value, low, high):
    row = rows(trust.gaps(made(), "1"), element=element)
    assert row[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx(
        [value, low, high], abs=1e-8
    )
    assert (row["n"], row["n_customers"], row["n_suppliers"], row["n_least"]) == (6, 6, 6, 6)
    assert row["clear"] == (low > 0)
    assert row["note"] == "the same accounts, judged by both sides"


def test_accounts_that_one_person_judged_are_one_voice():
    # R: d <- sup$t - cust$t[1:6]; conf_int(lm(d ~ 1), vcov = "CR2", cluster = c(1, 1, 2, 3, 4, 5));
    #    the same for sup$c - cust$c[1:6]
    judges = ["P1", "P1", "P2", "P3", "P4", "P5"]
    found = trust.gaps(made(assessments=assessed(assessors=judges)), "1").set_index("element")
    expected = {
        "time": (0.1666666667, -0.7017952525, 1.0351285858),
        "credibility": (1.1666666667, 0.2982047475, 2.0351285858),
    }
    for element, numbers in expected.items():
        row = found.loc[element]
        got = row[["estimate", "ci_low", "ci_high"]].tolist()
        assert got == pytest.approx(numbers, abs=1e-6)
    assert (row["n"], row["n_suppliers"], row["n_least"]) == (6, 5, 5)
    assert "count as one voice" in row["note"]


@pytest.mark.parametrize("accounts", [[None] * 6, list("UVWXYZ")])
def test_without_common_accounts_the_sides_are_two_groups(accounts):
    found = trust.gaps(made(assessments=assessed(accounts=accounts)), "1")
    row = rows(found, element="mutual_value")
    # R: mean(sup$m) - mean(cust$m)
    assert row["estimate"] == pytest.approx(1.375)
    assert (row["n"], row["n_least"]) == (14, 6)
    assert row["clear"]
    assert row["note"] == "two groups, not matched by account"


def test_two_groups_match_the_cluster_robust_regression():
    # R: conf_int(lm(y ~ s), vcov = "CR2", cluster = 1:14), which for single voices is Welch's
    #    standard error with Satterthwaite's degrees of freedom
    found = trust.gaps(made(assessments=assessed(accounts=[None] * 6)), "1").set_index("element")
    expected = {
        "intentions": (-0.2366163433, 1.7366163433),
        "ability": (0.0111364251, 1.4888635749),
        "credibility": (0.5630323102, 2.1869676898),
        "interdependence": (-0.7109165486, 1.4609165486),
    }
    for element, ends in expected.items():
        assert found.loc[element, ["ci_low", "ci_high"]].tolist() == pytest.approx(ends, abs=1e-6)


def test_the_gap_turns_its_sign_when_the_sides_swap():
    swapped = made(SUP, SIX, assessed(CUST.head(6), SIX))
    one = trust.gaps(made(CUST.head(6), SIX), "1").set_index("element")["estimate"]
    other = trust.gaps(swapped, "1").set_index("element")["estimate"]
    assert one.tolist() == pytest.approx((-other).tolist())


@pytest.mark.parametrize(
    ("element", "value", "low", "high"),
    [
        # R: t.test(cust[[k]], cust$m, paired = TRUE, conf.level = .99)
        ("intentions", 1.625, 0.7044534283, 2.5455465717),
        ("ability", 2.125, 1.3320809791, 2.9179190209),
        ("credibility", 1.0, 0.3386598199, 1.6613401801),
        ("interdependence", 0.0, -1.1454747931, 1.1454747931),
        ("time", 2.0, 1.3386598199, 2.6613401801),
    ],
)
def test_distance_from_the_weakest_matches_the_paired_t_test(element, value, low, high):
    row = rows(trust.weakest(made(), "1"), side="customer", element=element)
    assert row["weakest"] == "mutual_value"
    assert row[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx(
        [value, low, high], abs=1e-8
    )
    assert row["clear"] == (low > 0)


def test_two_elements_that_tie_are_both_possibly_the_weakest():
    found = trust.weakest(made(), "1")
    doubt = found[(found["side"] == "customer") & ~found["clear"]]
    assert doubt["element"].tolist() == ["interdependence"]


def test_an_element_far_below_the_others_is_surely_the_weakest():
    low = made(CUST.assign(time=[2, 1, 1, 2, 2, 2, 1, 1]))
    found = trust.weakest(low, "1")
    assert found[found["side"] == "customer"]["weakest"].unique().tolist() == ["time"]
    assert found[found["side"] == "customer"]["clear"].all()


def test_when_all_say_the_same_everywhere_nothing_is_the_weakest():
    flat = made(CUST * 0 + 4, assessments=assessed(SUP * 0 + 4))
    assert not trust.weakest(flat, "1")["clear"].any()
    assert not trust.gaps(flat, "1")["clear"].any()
    found = trust.profile(flat, "1")
    assert found["band"].unique().tolist() == ["in between"]
    assert found["ci_low"].isna().all()  # no spread tells nothing about the next answer
    assert not found["band_sure"].any()


def test_bands_rise_with_the_score():
    order = [trust.BANDS.index(trust.band(score)) for score in np.arange(1, 7.01, 0.05)]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}
    assert trust.band(float("nan")) == ""


def test_a_band_is_sure_only_where_the_interval_lies_within_it():
    found = trust.profile(made(), "1")
    row = rows(found, side="customer", element="interdependence")
    assert (row["band"], row["band_sure"]) == ("transactional", False)
    row = rows(found, side="supplier", element="ability")
    assert (row["band"], row["band_sure"]) == ("interdependent", True)


def test_people_without_every_element_are_in_no_base():
    holes = CUST.copy()
    holes.loc[0, "time"] = None
    found = trust.profile(made(holes), "1")
    assert found.loc[found["side"] == "customer", "n"].unique().tolist() == [7]


def test_an_element_with_half_of_its_items_counts():
    one = assessed()
    two = pd.concat([one, one.assign(item=one["item"].str.replace("_1", "_2"))])
    scores = trust.suppliers(made(assessments=two), "1")
    assert scores["time"].tolist() == SUP["time"].tolist()
    half = two[(two["item"] != "time_2") | (two["assessor"] != "P0")]
    assert trust.suppliers(made(assessments=half), "1")["time"].notna().all()
    none = two[~two["item"].isin(["time_1", "time_2"]) | (two["assessor"] != "P0")]
    assert trust.suppliers(made(assessments=none), "1")["time"].isna().tolist()[0]


def test_shared_base_leaves_out_a_few_partial_answers_only():
    many = pd.concat([CUST] * 3, ignore_index=True)
    names = [f"{name}_1" for name in CUST]
    few = many.copy()
    few.loc[[2, 5], "time"] = None
    whole = trust.shared_base(made(few, list("ABCDEFGH") * 3), 5)
    assert whole.answers.loc[[2, 5], names].isna().all(axis=None)
    assert whole.answers.drop(index=[2, 5])[names].notna().all(axis=None)
    assert whole.answers["nps"].notna().all()
    several = many.copy()
    several.loc[range(6), "time"] = None
    kept = trust.shared_base(made(several, list("ABCDEFGH") * 3), 5)
    assert kept.answers.loc[0, "ability_1"] == 6


def test_shared_base_does_nothing_without_the_instrument():
    bare = survey(answers([8] * 6), {})
    assert trust.shared_base(bare, 5) is bare


def test_part_of_the_elements_has_no_overall():
    found = trust.profile(made(CUST[["time", "ability"]]), "1")
    mine = found[found["side"] == "customer"]
    assert mine["element"].tolist() == ["ability", "time"]
    assert "overall" not in trust.gaps(made(CUST[["time", "ability"]]), "1")["element"].tolist()


@pytest.mark.parametrize("few", [1, 4])
def test_fewer_than_five_people_of_a_side_are_not_shown(few):
    small = made(CUST.head(few), EIGHT[:few], assessed(SUP.head(few), SIX[:few]))
    assert trust.profile(small, "1").empty
    assert trust.gaps(small, "1").empty
    assert trust.weakest(small, "1").empty
    assert trust.reason(small, "1") == (
        f"Too few people rated all elements of trust: {few} customers and {few} of the own people, "
        "where it takes 5 on a side."
    )


def test_why_there_is_no_profile():
    bare = replace(survey(answers([8] * 6), {}), assessments=assessed().iloc[:0])
    assert trust.reason(bare, "1").startswith("The six elements of trust were not asked")
    assert list(trust.profile(bare, "1")) == list(trust.PROFILE)
    assert trust.profile(bare, "1").empty
    ten = made(scale=(0, 10), assessments=assessed().iloc[:0])
    assert "have another scale" in trust.reason(ten, "1")
    assert trust.reason(made(), "1") == ""
    assert "not asked" in trust.reason(made(), "9")


def test_a_table_of_assessments_without_accounts_is_read():
    plain = made(assessments=assessed().drop(columns="account"))
    assert trust.suppliers(plain, "1")["account"].isna().all()
    assert len(trust.gaps(plain, "1")) == 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": 8.0}, "outside 1 to 7"),
        ({"item": "charm_1"}, "none of the six elements"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(change, said):
    wrong = assessed()
    for column, value in change.items():
        wrong.loc[0, column] = value
    with pytest.raises(DataError, match=said):
        trust.profile(made(assessments=wrong), "1")


def test_rows_in_another_order_give_the_same():
    one = made()
    mixed = replace(
        one,
        answers=one.answers.sample(frac=1, random_state=2),
        assessments=one.assessments.sample(frac=1, random_state=2),
    )
    for found in (trust.profile, trust.gaps, trust.weakest):
        pd.testing.assert_frame_equal(found(one, "1"), found(mixed, "1"))


def test_every_element_has_a_ladder_from_easy_to_advanced():
    found = trust.moves()
    assert list(dict.fromkeys(found["element"])) == list(trust.ELEMENTS)
    for _, ladder in found.groupby("element"):
        assert len(ladder) >= 2
        assert ladder["step"].tolist() == list(range(1, len(ladder) + 1))
        assert (ladder["effort"].iloc[0], ladder["effort"].iloc[-1]) == ("easy", "advanced")
        assert ladder["move"].is_unique
    assert set(found["source"]) == {"after Hollyoake, Deep-Insight", "our suggestion"}
    assert trust.moves([]).empty


def behaviour(seen, assessors=6):
    """Rows of the checklist: key -> who has seen it, one 0 or 1 for each assessor."""
    rows_ = [
        ("trust_behaviours", "1", f"P{k}", key, score)
        for key, scores in seen.items()
        for k, score in enumerate(scores[:assessors])
    ]
    columns = ["instrument", "wave", "assessor", "item", "score"]
    return made(assessments=pd.DataFrame(rows_, columns=columns))


def test_all_twenty_three_lines_are_there_and_paraphrased():
    found = trust.checklist(behaviour({}), "1")
    assert found["key"].tolist() == [
        *(f"behaviour_{k}" for k in range(1, 12)),
        *(f"breach_{k}" for k in range(1, 13)),
    ]
    assert found["state"].unique().tolist() == ["not assessed"]
    assert found["n_least"].unique().tolist() == [np.inf]
    assert found["term"].is_unique
    assert trust.balance(behaviour({}), "1").empty


def test_shares_of_what_was_seen_have_wilsons_interval():
    # R: prop.test(4, 6, correct = FALSE)$conf.int; prop.test(0, 6, correct = FALSE)$conf.int
    given = {"behaviour_1": [1, 1, 1, 1, 0, 0], "breach_3": [0] * 6, "breach_4": [1, 0, 1, 0]}
    found = trust.checklist(behaviour(given), "1").set_index("key")
    row = found.loc["behaviour_1"]
    assert row[["ci_low", "ci_high"]].tolist() == pytest.approx([0.2999933151, 0.9032285889])
    assert (row["state"], row["count"], row["n"]) == ("seen", 4, 6)
    assert found.loc["breach_3", "ci_high"] == pytest.approx(0.3903342879)
    assert found.loc["breach_3", "state"] == "not seen"
    assert found.loc["breach_4", "state"] == "too few"
    assert np.isnan(found.loc["breach_4", "estimate"])
    assert found.loc["breach_4", "n_least"] == 4


def test_balance_is_kept_less_broken_per_assessor():
    # R: kept <- c(1,.5,.75,.5,1,.25); broken <- c(0,.25,0,.5,0,.25); t.test(kept)$conf.int;
    #    t.test(kept - broken)$conf.int = 0.0022089680 0.9977910320
    eight = [f"behaviour_{k}" for k in range(1, 9)]
    kept, broken = [1, 0.5, 0.75, 0.5, 1, 0.25], [0, 0.25, 0, 0.5, 0, 0.25]
    given = {key: [int(k < 8 * share) for share in kept] for k, key in enumerate(eight)}
    breaches = [f"breach_{k}" for k in range(1, 9)]
    given |= {key: [int(k < 8 * share) for share in broken] for k, key in enumerate(breaches)}
    found = trust.balance(behaviour(given), "1").set_index("key")
    assert found.loc["kept", "estimate"] == pytest.approx(np.mean(kept))
    assert found.loc["kept", "ci_low"] == pytest.approx(0.3489342480, abs=1e-8)
    row = found.loc["balance"]
    assert row[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx(
        [0.5, 0.0022089680, 0.9977910320], abs=1e-8
    )
    assert row["clear"]


def test_an_assessor_who_saw_it_at_one_account_has_seen_it():
    made_ = behaviour({"breach_1": [0, 0, 0, 0, 0, 0]})
    again = made_.assessments.assign(score=1).head(1)
    both = replace(made_, assessments=pd.concat([made_.assessments, again], ignore_index=True))
    row = rows(trust.checklist(both, "1"), key="breach_1")
    assert (row["count"], row["n"]) == (1, 6)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"behaviour_12": [1] * 6}, "not on it"), ({"breach_1": [2] * 6}, "other than 0")],
)
def test_a_checklist_that_is_not_the_checklist_is_refused(given, said):
    with pytest.raises(DataError, match=said):
        trust.checklist(behaviour(given), "1")
