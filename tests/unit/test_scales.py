import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39

from analysis.errors import DataError
from analysis.measures import inference, scales
from tests.scored import answers, join, survey, wave

# Ten made-up answers to three items on 1-7, and the accounts they come from.
ITEMS = pd.DataFrame(
    {
        "i1": [7, 6, 5, 7, 4, 6, 3, 5, 6, 2],
        "i2": [6, 6, 5, 7, 5, 7, 2, 4, 6, 3],
        "i3": [7, 5, 6, 6, 4, 6, 4, 5, 7, 1],
    },
    dtype=float,
)
ACCOUNTS = list("aaabbcddee")


def made(**more):
    frame = answers([8] * 10, accounts=ACCOUNTS, **more)
    return survey(frame.assign(**ITEMS), {"trust": ["i1", "i2", "i3"]})


def test_alpha_and_feldt_interval_match_psych():
    # R: psych::alpha(x)$total$raw_alpha = 0.9327246516; psych::alpha.ci(., 10, 3)
    row = scales.alpha(ITEMS).iloc[0]
    assert row["estimate"] == pytest.approx(0.9327246516, abs=1e-9)
    assert row["ci_low"] == pytest.approx(0.8029429365, abs=1e-8)
    assert row["ci_high"] == pytest.approx(0.9818247479, abs=1e-8)
    assert (row["n"], row["items"]) == (10, 3)


def test_alpha_with_holes_counts_complete_answers_only():
    # pingouin keeps n after dropping rows, so its own interval would be too narrow.
    holes = ITEMS.copy()
    holes.loc[0, "i1"] = None
    row = scales.alpha(holes).iloc[0]
    complete = scales.alpha(ITEMS.iloc[1:]).iloc[0]
    assert row["n"] == 9
    assert row["ci_low"] == pytest.approx(complete["ci_low"])


@pytest.mark.parametrize("frame", [ITEMS[["i1"]], ITEMS.iloc[:2], ITEMS * 0 + 4])
def test_alpha_needs_two_items_three_answers_and_some_spread(frame):
    assert scales.alpha(frame).empty


def test_item_total_matches_psych():
    # R: psych::alpha(x)$item.stats$r.drop
    found = scales.item_total(ITEMS)["estimate"].tolist()
    assert found == pytest.approx([0.9589988086, 0.8111732781, 0.8229186847], abs=1e-9)


def test_item_without_spread_has_no_item_total():
    found = scales.item_total(ITEMS.assign(i1=4.0))
    assert found["estimate"].isna().tolist() == [True, False, False]


# Holzinger & Swineford's answers, in the order of lavaan's HolzingerSwineford1939 (`hs` below).
HS = holzinger39.get_data().sort_values("id").reset_index(drop=True)
SEVENS = pd.Series(np.arange(301) // 7)  # (0:300) %/% 7: 43 made-up accounts


def test_alpha_if_an_item_is_dropped_matches_psych():
    # R: psych::alpha(x)$alpha.drop$raw_alpha, .$item.stats$sd
    found = scales.item_total(ITEMS)
    assert found["alpha_dropped"].tolist() == pytest.approx(
        [0.8253275109, 0.9409448819, 0.9358974359], abs=1e-9
    )
    assert found["sd"].tolist() == pytest.approx([1.663329993, 1.663329993, 1.791957341], abs=1e-8)


def test_nine_items_match_psych():
    # R: a <- psych::alpha(hs[, paste0("x", 1:9)]); a$total$raw_alpha; a$item.stats$r.drop;
    #    a$alpha.drop$raw_alpha
    items = HS[[f"x{k}" for k in range(1, 10)]]
    assert scales.alpha(items)["estimate"].item() == pytest.approx(0.7604885958, abs=1e-8)
    found = scales.item_total(items)
    assert found["estimate"].tolist() == pytest.approx(
        [
            0.5220367208,
            0.2752430624,
            0.3701721208,
            0.5807066421,
            0.5253853810,
            0.5951390193,
            0.2457316445,
            0.3690554493,
            0.4947809977,
        ],
        abs=1e-8,
    )
    assert found["alpha_dropped"].tolist() == pytest.approx(
        [
            0.7248063129,
            0.7642312951,
            0.7489559626,
            0.7150013103,
            0.7235720486,
            0.7141539954,
            0.7664368385,
            0.7484244821,
            0.7310302035,
        ],
        abs=1e-8,
    )


def test_standard_error_of_alpha_matches_lavaan_with_and_without_clusters():
    # R: sem("x1~~v1*x1+c12*x2+c13*x3; x2~~v2*x2+c23*x3; x3~~v3*x3;
    #         alpha := 1.5*(1-(v1+v2+v3)/(v1+v2+v3+2*(c12+c13+c23)))", hs, estimator = "MLR")
    #    se of alpha 0.0379600228; with cluster = (0:300) %/% 7: 0.0366494392
    moved = scales.alpha_influence(HS[["x1", "x2", "x3"]])
    assert np.sqrt((moved**2).sum()) == pytest.approx(0.0379600228, abs=1e-9)
    assert inference.clustered(moved, SEVENS)[0] == pytest.approx(0.0366494392, abs=1e-9)


def test_accounts_widen_the_interval_of_alpha_and_never_narrow_it():
    plain = scales.alpha(ITEMS).iloc[0]
    alone = scales.alpha(ITEMS, voices=pd.Series(range(10))).iloc[0]
    # Everybody said the same as a colleague: ten answers are five.
    doubled = pd.concat([ITEMS, ITEMS], ignore_index=True)
    pairs = scales.alpha(doubled, voices=pd.Series([*range(10), *range(10)])).iloc[0]
    naive = scales.alpha(doubled).iloc[0]
    assert alone["ci_low"] == plain["ci_low"]
    assert pairs["ci_low"] < naive["ci_low"]
    assert pairs["ci_high"] > naive["ci_high"]
    assert pairs["ci_low"] == pytest.approx(plain["ci_low"], abs=0.06)
    # Here the clustered standard error is the smaller one; Feldt's interval stays.
    narrow = scales.alpha(HS[["x1", "x2", "x3"]], voices=SEVENS).iloc[0]
    assert narrow["ci_low"] == pytest.approx(scales.alpha(HS[["x1", "x2", "x3"]])["ci_low"].item())


def test_doubled_contacts_of_one_account_leave_no_interval():
    row = scales.alpha(ITEMS, voices=pd.Series("one", ITEMS.index)).iloc[0]
    assert row["estimate"] == pytest.approx(0.9327246516, abs=1e-9)
    assert np.isnan(row["ci_low"])
    assert np.isnan(row["ci_high"])


def test_rows_in_another_order_give_the_same():
    mixed = ITEMS.sample(frac=1, random_state=4)
    voices = pd.Series(ACCOUNTS)
    one = scales.alpha(ITEMS, voices=voices).drop(columns="note")
    other = scales.alpha(mixed, voices=voices).drop(columns="note")
    pd.testing.assert_frame_equal(one, other)
    one = scales.item_total(ITEMS, voices=voices)
    pd.testing.assert_frame_equal(one, scales.item_total(mixed, voices=voices))


def test_two_items_leave_no_alpha_when_one_is_dropped():
    assert scales.item_total(ITEMS[["i1", "i2"]])["alpha_dropped"].isna().all()


def test_each_question_has_its_ends_on_the_base_of_its_scale():
    holes = made()
    holes.answers.loc[9, "i3"] = None
    found = scales.items(holes, None, "1").set_index("term")
    assert list(found.reset_index().columns) == list(scales.ITEMS)
    # R: colMeans(x[1:9, ] == 7) = 0.2222222222 each; the tenth has a gap.
    assert found["n"].tolist() == [9, 9, 9]
    assert found["ceiling"].tolist() == pytest.approx([2 / 9, 2 / 9, 2 / 9])
    assert found["floor"].tolist() == [0, 0, 0]
    assert found["n_accounts"].tolist() == [5, 5, 5]


def test_a_question_that_goes_its_own_way_is_named():
    rng = np.random.default_rng(3)
    same = rng.normal(size=300)
    near = {name: same + rng.normal(size=300) / 3 for name in "ab"}
    frame = answers([8] * 300).assign(**near, c=rng.normal(size=300))
    found = scales.items(survey(frame, {"t": ["a", "b", "c"]}), None, "1")
    assert found["note"].tolist() == ["", "", "hardly goes with the rest of its scale"]
    assert found["alpha_dropped"].idxmax() == 2


def test_a_scale_of_one_question_has_ends_but_nothing_to_agree_with():
    frame = answers([8] * 4).assign(a=[7.0, 7.0, 1.0, 4.0])
    row = scales.items(survey(frame, {"t": ["a"]}), None, "1").iloc[0]
    assert (row["ceiling"], row["floor"]) == (0.5, 0.25)
    assert np.isnan(row["estimate"])
    assert row["note"] == "one question: nothing to agree with"
    assert scales.items(survey(frame, {"t": ["a"]}), None, "9").empty


def test_scale_score_needs_half_the_items():
    frame = pd.DataFrame({"a": [6, None, 6], "b": [4, None, None], "c": [5, 3, None]})
    assert scales.score(frame, ["a", "b", "c"]).round(2).tolist()[:1] == [5.0]
    assert scales.score(frame, ["a", "b", "c"]).isna().tolist() == [False, True, True]
    assert scales.score(frame, []).isna().all()


def test_mean_without_accounts_is_the_t_interval():
    # R: t.test(y)$conf.int with y <- rowMeans(x)
    values = ITEMS.mean(axis=1)
    row = inference.mean(values, answers([8] * 10)).iloc[0]
    assert row["estimate"] == pytest.approx(5.1)
    assert row["ci_low"] == pytest.approx(3.953388469, abs=1e-8)
    assert row["ci_high"] == pytest.approx(6.246611531, abs=1e-8)
    assert pd.isna(row["n_accounts"])


def test_mean_with_accounts_matches_clubsandwich():
    # R: coef_test(lm(y ~ 1), vcovCR(., cluster=g, type="CR2"), "Satterthwaite"): SE 0.478220540506,
    #    df 3.574468085106; 5.1 + c(-1, 1) * qt(.975, df) * SE
    row = inference.mean(ITEMS.mean(axis=1), answers([8] * 10, accounts=ACCOUNTS)).iloc[0]
    assert row["ci_low"] == pytest.approx(3.707524207691, abs=1e-8)
    assert row["ci_high"] == pytest.approx(6.492475792309, abs=1e-8)
    assert row["n_accounts"] == 5
    assert "same account" in row["note"]


def test_change_of_a_mean_matches_cluster_robust_regression():
    # R: coef_test(lm(y ~ wave), vcovCR(., cluster=g, type="CR2"), "Satterthwaite")[2, ]:
    #    SE 0.987564113472, df 3.201225800916
    frame = join(
        answers([8] * 5, "1", accounts=list("aabcd")), answers([8] * 5, "2", accounts=list("abbde"))
    )
    row = inference.difference(ITEMS.mean(axis=1), frame, "1", "2").iloc[0]
    assert row["estimate"] == pytest.approx(-1.266666667)
    assert row["ci_low"] == pytest.approx(-4.300676740817, abs=1e-8)
    assert row["ci_high"] == pytest.approx(1.767343407484, abs=1e-8)


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [
        # R: prop.test(.86*n, n, correct=FALSE)$conf.int
        (50, 0.7381380629, 0.9304916657),
        (100, 0.7786281179, 0.9147365634),
        (200, 0.8051011913, 0.9013301737),
        (400, 0.8225607695, 0.8905903786),
    ],
)
def test_wilson_for_86_per_cent(n, low, high):
    row = inference.wilson(round(0.86 * n), n).iloc[0]
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([low, high], abs=1e-9)


def test_wilson_of_nobody_has_no_row_and_of_too_many_is_refused():
    assert inference.wilson(0, 0).empty
    with pytest.raises(DataError, match="5 of 4"):
        inference.wilson(5, 4)


def test_summary_gives_mean_alpha_and_both_bases():
    row = scales.summary(made(), ["trust", "commitment"], "1").iloc[0]
    assert row["label"] == "Trust"
    assert row["ci_low"] == pytest.approx(3.707524207691, abs=1e-8)
    assert row["alpha"] == pytest.approx(0.9327246516, abs=1e-9)
    assert (row["n"], row["n_accounts"], row["n_alpha"]) == (10, 5, 10)
    assert row["ceiling"] == 0


def test_summary_without_answers_has_no_rows_but_all_columns():
    found = scales.summary(made(), None, "9")
    assert found.empty
    assert list(found.columns) == list(scales.SUMMARY)


def test_items_on_different_scales_have_no_mean():
    mixed = made()
    mixed.items.loc["i3", "scale_max"] = 10
    row = scales.summary(mixed, None, "1").iloc[0]
    assert pd.isna(row["estimate"])
    assert "different scales" in row["note"]


def test_headlines_carry_the_change_since_a_comparable_wave():
    old = answers([8] * 10, "1", ACCOUNTS).assign(**(ITEMS - 1))
    new = answers([8] * 10, "2", ACCOUNTS).assign(**ITEMS)
    two = survey(join(old, new), {"trust": ["i1", "i2", "i3"]})
    row = scales.headlines(two, None, [wave("1"), wave("2")]).iloc[0]
    assert row["change"] == pytest.approx(1)
    # The same accounts moved alike, so nothing is left to doubt.
    assert row["change_high"] - row["change_low"] == pytest.approx(0, abs=1e-9)
    broken = scales.headlines(two, None, [wave("1", "postal"), wave("2")]).iloc[0]
    assert pd.isna(broken["change"])
    assert broken["change_since"] == ""


def test_voices_are_accounts_then_contacts_then_answers():
    frame = answers([8] * 3, accounts=["a", None, None], contacts=["c", "c", None])
    assert list(inference.units(frame)) == ["account a", "contact c", "answer 2"]
