import pandas as pd
import pytest

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


def test_mean_with_accounts_matches_svymean():
    # R: confint(survey::svymean(~y, svydesign(ids=~g, weights=~1)), df=4)
    row = inference.mean(ITEMS.mean(axis=1), answers([8] * 10, accounts=ACCOUNTS)).iloc[0]
    assert row["ci_low"] == pytest.approx(3.795349788, abs=1e-8)
    assert row["ci_high"] == pytest.approx(6.404650212, abs=1e-8)
    assert row["n_accounts"] == 5
    assert "same account" in row["note"]


def test_change_of_a_mean_matches_cluster_robust_regression():
    # R: sqrt(vcovCR(lm(y~wave), cluster=g, type="CR0")[2,2]) * sqrt(J/(J-1)) = 0.9843215373;
    #    -1.266666667 + c(-1,1)*qt(.975,4)*se
    frame = join(
        answers([8] * 5, "1", accounts=list("aabcd")), answers([8] * 5, "2", accounts=list("abbde"))
    )
    row = inference.difference(ITEMS.mean(axis=1), frame, "1", "2").iloc[0]
    assert row["estimate"] == pytest.approx(-1.266666667)
    assert row["ci_low"] == pytest.approx(-3.999581381, abs=1e-8)
    assert row["ci_high"] == pytest.approx(1.466248048, abs=1e-8)


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
    assert row["ci_low"] == pytest.approx(3.795349788, abs=1e-8)
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
