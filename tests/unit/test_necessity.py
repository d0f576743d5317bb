from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import DataError
from analysis.models import necessity
from analysis.models.necessity import ceiling, chance, judge
from analysis.params import Confidentiality
from tests.scored import answers, survey, wave

#: The example of Dul (2016), `nca.example` of R's NCA package: individualism, risk taking and
#: innovation performance of 28 countries, Australia to USA in alphabetical order. The numbers are
#: those in the repository rchavelas/NecessaryConditionAnalysis (datasets, commit ab98b039).
INDIVIDUALISM = (
    "90 55 75 80 58 74 63 71 67 35 80 70 76 46 30 80 79 69 60 27 52 18 51 71 68 37 89 91"
)
RISK = "84 65 41 87 61 112 76 49 70 23 53 100 60 43 53 82 86 85 42 31 84 50 49 106 77 50 100 89"
INNOVATION = (
    "50.9 52.4 75.1 81.4 14.5 116.3 173.1 77.6 109.5 12 5.4 62.3 19.7 171.6 1.2 68.7 14.9 75.1 3.5 "
    "11.1 3.5 42.3 17.3 184.9 149.7 1.4 79.4 214.4"
)


def countries(name):
    """Numbers of one column."""
    return np.array(name.split(), dtype=float)


def sizes(x, y, scope=None):
    """Both effect sizes."""
    return necessity.effect_sizes(x, y[None], scope or ceiling.observed(x, y))[0]


def waves():
    """R: i <- 1:120; x <- 50 + 30*sin(i*sqrt(2)); y <- 20 + .4*x + 25*sin(i*sqrt(3))."""
    i = np.arange(1, 121)
    x = 50 + 30 * np.sin(i * np.sqrt(2))
    return x, 20 + 0.4 * x + 25 * np.sin(i * np.sqrt(3))


def people(accounts):
    """One row per label of an account."""
    frame = pd.DataFrame({"account": pd.Series(accounts, dtype=object)})
    return frame.assign(contact=[f"c{k}" for k in range(len(frame))])


def analysed(x, y, accounts=None, **more):
    """The analysis of two columns; each answer an account of its own without labels."""
    x, y = pd.Series(x, name="x"), pd.Series(y, name="y")
    labels = [f"a{k}" for k in range(len(x))] if accounts is None else accounts
    return necessity.analyse(x, y, people(labels), **{"seed": 1, "permutations": 400} | more)


def triangle(n=120, seed=3):
    """Nothing above the diagonal: the condition is necessary, d is one half."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 100, n)
    return x, x * rng.uniform(0, 1, n)


def plain(n=120, r=0.7, seed=3):
    """Two scores with a correlation and no ceiling, rounded and cut as on a scale."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = r * x + np.sqrt(1 - r**2) * rng.normal(size=n)
    return [np.clip(np.round((4.8 + 1.2 * v) * 3) / 3, 1, 7) for v in (x, y)]


# --- the ceiling -----------------------------------------------------------------------------


def test_effect_sizes_are_those_published_for_28_countries():
    # Dul (2016): ceiling zones 6466.8 and 4772.54, effects 0.42 and 0.31 for individualism;
    # R 4.2.2, written anew with lm() through the peers and numerical integration:
    # .4155079802, .3066476554; risk taking .3094156460, .2818985411
    y = countries(INNOVATION)
    x, other = countries(INDIVIDUALISM), countries(RISK)
    assert sizes(x, y) == pytest.approx([0.4155079802, 0.3066476554], abs=1e-9)
    assert sizes(other, y) == pytest.approx([0.3094156460, 0.2818985411], abs=1e-9)
    scope = np.ptp(x) * np.ptp(y)
    assert scope == pytest.approx(15563.6)
    assert sizes(x, y) * scope == pytest.approx([6466.8, 4772.54], abs=0.01)


def test_accuracy_is_that_published():
    # Dul (2016): the line (CR-FDH) is 93 % accurate for individualism; R: mean(y <= b0 + b1 * x)
    y = countries(INNOVATION)
    assert ceiling.accuracy(countries(INDIVIDUALISM), y) == pytest.approx(0.9285714286)
    assert ceiling.accuracy(countries(RISK), y) == pytest.approx(0.9642857143)


def test_made_up_scores_give_the_numbers_of_r():
    # R 4.2.2: as for the countries
    x, y = waves()
    assert sizes(x, y) == pytest.approx([0.2375170226, 0.1720393658], abs=1e-9)
    assert ceiling.accuracy(x, y) == pytest.approx(0.9166666667)
    intercept, slope = ceiling._lines(*ceiling._peers(x, y[None]))
    assert (intercept[0], slope[0]) == pytest.approx((44.4693180495, 0.3926267790), abs=1e-8)


def test_peers_that_lie_on_one_another_count_each_as_in_the_published_software():
    # R: lm(top ~ level, weights = answers there) through the peers
    x, y = (np.round(v / 10) for v in waves())
    intercept, slope = ceiling._lines(*ceiling._peers(x, y[None]))
    assert (intercept[0], slope[0]) == pytest.approx((4.0531712866, 0.4944929743), abs=1e-8)
    assert sizes(x, y) == pytest.approx([0.2291666667, 0.1842972285], abs=1e-7)


def test_by_hand():
    x, y = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0])
    assert sizes(x, y) == pytest.approx([3 / 4, 1 / 2])
    # the top score beside the lowest condition: the corner is full
    assert sizes(x, y[::-1]) == pytest.approx([0, 0])


def test_a_wider_scope_counts_what_nobody_uses():
    x, y = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0])
    # columns of width 1, 1 and 2, empty from 0, 1 and 2 up to 4
    assert sizes(x, y, (0.0, 4.0, 0.0, 4.0))[0] == pytest.approx((4 + 3 + 2 * 2) / 16)
    assert sizes(x, y, (-2.0, 2.0, 0.0, 2.0))[0] == pytest.approx((2 * 2 + 3) / 8)


def test_units_and_shifts_do_not_matter():
    x, y = waves()
    assert sizes(7 * x - 3, y / 5 + 2) == pytest.approx(sizes(x, y))


def test_the_words_for_an_effect_are_those_published():
    words = [necessity.word(d) for d in (0.0, 0.099, 0.1, 0.29, 0.3, 0.5, 0.9)]
    assert words == ["small", "small", "medium", "medium", "large", "very large", "very large"]


def test_bottlenecks_of_28_countries_are_read_from_the_ceiling():
    x, y = countries(INDIVIDUALISM), countries(INNOVATION)
    table = ceiling.bottleneck(x, y, None)
    assert list(table.columns) == list(necessity.BOTTLENECK)
    assert list(table["level"]) == list(range(0, 101, 10))
    # steps: the lowest individualism among countries at least that innovative
    assert table["needed"].tolist()[-4:] == [46, 63, 91, 91]
    assert table["needed"].isna().sum() == 2
    # line: R: (y - b0) / b1 at 214.4 and 107.8
    ends = table.set_index("level")["needed_line"]
    assert ends[100] == pytest.approx((214.4 - 28.35270913) / 2.230229946)
    assert ends[50] == pytest.approx((107.8 - 28.35270913) / 2.230229946)
    assert table.set_index("level")["below"][100] == (x < ends[100]).sum() == 25


def test_bottlenecks_say_what_a_reader_could_work_out():
    x, y = countries(INDIVIDUALISM), countries(INNOVATION)
    table = ceiling.bottleneck(x, y, None).set_index("level")
    # 4, then 5 countries fall short: one country in between
    assert table["n_least"][60] == 1
    assert table["n_least"][100] == 3
    assert table["n_least"][0] == 28
    assert table["note"][0] == ceiling.NONE_NEEDED


def test_a_level_that_lies_beyond_every_score_says_so():
    x, y = np.array([0.0, 1, 2, 3, 4]), np.array([0.0, 3, 3.1, 3.2, 4])
    table = ceiling.bottleneck(x, y, None, (0, 4, 0, 40))
    assert table["note"].iloc[-1] == ceiling.BEYOND
    assert np.isnan(table["needed_line"].iloc[-1])
    assert table["below"].iloc[-1] == 5


# --- chance ----------------------------------------------------------------------------------


def test_p_of_few_answers_is_that_of_all_permutations():
    x, y = np.array([1.0, 2, 3, 4, 5, 6]), np.array([2.0, 1, 4, 3, 6, 5])
    scope = ceiling.observed(x, y)
    seen = sizes(x, y)
    every = necessity.effect_sizes(x, np.array([*permutations(y)]), scope)
    exact = (every >= seen - 1e-12).mean(axis=0)
    rng = np.random.default_rng(1)
    drawn = chance.dealt(y, np.arange(6), 20_000, rng)
    assert chance.as_empty(x, drawn, scope, seen) == pytest.approx(exact, abs=0.005)


def test_accounts_stay_together_when_outcomes_are_dealt_anew():
    groups = np.repeat(np.arange(4), 3)
    y = groups * 10.0 + np.tile(np.arange(3), 4)
    (drawn,) = chance.dealt(y, groups, 50, np.random.default_rng(1))
    blocks = drawn.reshape(50, 4, 3) // 10
    assert (blocks == blocks[:, :, :1]).all()
    assert (np.sort(drawn, axis=1) == np.sort(y)).all()
    assert len(np.unique(blocks[:, 0, 0])) == 4


def test_copula_samples_keep_the_scores_and_the_correlation():
    x, y = plain(300, seed=9)
    groups = np.repeat(np.arange(100), 3)
    drawn = np.concatenate([*chance.following(x, y, groups, 600, np.random.default_rng(2))])
    assert (np.sort(drawn, axis=1) == np.sort(y)).all()
    r = [np.corrcoef(x, row)[0, 1] for row in drawn]
    assert np.mean(r) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=0.01)


def test_likeness_within_accounts_is_the_intraclass_correlation():
    # R: a <- aov(y ~ factor(g)); m <- summary(a)[[1]][["Mean Sq"]]; (m[1]-m[2])/(m[1]+2*m[2])
    i = np.arange(1, 61)
    groups = (i - 1) // 3
    y = np.sin(groups * np.sqrt(2)) + np.sin(i * np.sqrt(3))
    assert chance._likeness(y, groups) == pytest.approx(0.3091221057, abs=1e-9)
    assert chance._likeness(y, np.arange(60)) == 0


# --- the verdict -----------------------------------------------------------------------------


def test_a_planted_ceiling_is_found():
    found = analysed(*triangle())
    assert found.verdict == "necessary"
    row = found.table.iloc[0]
    assert list(found.table.columns) == list(necessity.EFFECT)
    assert row["p"] < 0.01
    assert row["p_plain"] < 0.05
    assert row["ci_low"] < 0.5 < row["ci_high"]
    assert row["size"] in ("large", "very large")
    assert row["n"] == row["n_accounts"] == 120


def test_a_plain_correlation_is_never_called_necessary_though_the_published_rule_would():
    found = [analysed(*plain(seed=seed), permutations=200) for seed in range(20)]
    steps = pd.DataFrame([one.table.iloc[0] for one in found])
    by_the_rule = (steps["estimate"] >= 0.1) & (steps["p"] < 0.05)
    assert by_the_rule.mean() > 0.9
    assert sum(one.verdict == "necessary" for one in found) <= 1
    assert sum(one.verdict == "together" for one in found) >= 18


def test_unrelated_scores_need_nothing():
    found = analysed(*plain(r=0.0))
    assert found.verdict == "not necessary"


def test_one_account_that_fills_the_corner_is_told():
    x, y = triangle()
    x, y = np.append(x, 1.0), np.append(y, 99.0)
    row = analysed(x, y).table.iloc[0]
    assert row["estimate"] < 0.05
    assert row["without_high"] > 0.45


def test_what_rests_on_one_account_is_not_claimed():
    # a cloud without a ceiling, and one far-off account that makes the field larger
    x, y = plain(150, r=0.3, seed=4)
    x, y = np.append((x + 7) / 2, 0.0), np.append(y, 0.0)
    found = analysed(x, y)
    row = found.table.iloc[0]
    assert row["without_low"] < row["estimate"] - 0.1
    assert found.verdict != "necessary"


def test_without_names_the_least_and_the_most():
    x, y = triangle(40)
    found = analysed(x, y)
    by_hand = [sizes(np.delete(x, k), np.delete(y, k)) for k in range(40)]
    assert found.table["without_low"].tolist() == pytest.approx(np.min(by_hand, axis=0))
    assert found.table["without_high"].tolist() == pytest.approx(np.max(by_hand, axis=0))


def test_the_interval_holds_the_estimate_and_stays_in_range():
    for seed in range(5):
        for x, y in (triangle(60, seed), plain(60, seed=seed)):
            table = analysed(x, y, permutations=50).table
            assert (table["ci_low"] >= 0).all()
            assert (table["ci_high"] <= 1).all()
            assert (table["ci_low"] <= table["estimate"]).all()
            assert (table["ci_high"] >= table["estimate"]).all()


def test_the_order_of_rows_does_not_matter():
    x, y = triangle()
    accounts = [f"a{k % 40}" for k in range(120)]
    mixed = np.random.default_rng(8).permutation(120)
    one = analysed(x, y, accounts)
    other = analysed(x[mixed], y[mixed], [accounts[k] for k in mixed])
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.bottleneck, other.bottleneck)


def test_everybody_twice_in_one_account_gives_the_same_effect_and_no_smaller_p():
    x, y = triangle(60)
    accounts = [f"a{k}" for k in range(60)]
    once = analysed(x, y, accounts, permutations=2000).table.iloc[0]
    twice = analysed(np.tile(x, 2), np.tile(y, 2), accounts * 2, permutations=2000).table.iloc[0]
    assert twice["estimate"] == pytest.approx(once["estimate"])
    assert twice["ci_low"] == pytest.approx(once["ci_low"], abs=0.03)
    alone = analysed(np.tile(x, 2), np.tile(y, 2), permutations=2000).table.iloc[0]
    assert alone["ci_low"] > twice["ci_low"]


def test_missing_scores_are_left_out():
    x, y = triangle(60)
    gaps = np.append(x, [np.nan, 3.0]), np.append(y, [5.0, np.nan])
    assert analysed(*gaps).n == 60
    assert analysed(*gaps).table["estimate"][0] == pytest.approx(sizes(x, y)[0])


@pytest.mark.parametrize(
    ("x", "y", "accounts", "words"),
    [
        ([], [], [], "0 answers to both are too few"),
        ([1.0], [1.0], ["A"], "1 answers to both"),
        (np.arange(40.0), np.arange(40.0), ["A"] * 40, "come from 1 accounts"),
        ([3.0] * 40, np.arange(40.0), None, "Everybody gave the same score"),
        (np.arange(40.0), [3.0] * 40, None, "Everybody gave the same score"),
        ([np.nan] * 40, np.arange(40.0), None, "0 answers to both"),
    ],
)
def test_too_little_is_said_and_not_computed(x, y, accounts, words):
    found = analysed(np.array(x, float), np.array(y, float), accounts)
    assert words in found.reason
    assert found.verdict == ""
    assert found.table.empty
    assert list(found.table.columns) == list(necessity.EFFECT)
    assert found.bottleneck.empty


def test_a_scope_that_leaves_scores_out_is_an_error():
    x, y = triangle(40)
    with pytest.raises(DataError, match="outside the scope"):
        analysed(x, y, scope=(0.0, 50.0, 0.0, 100.0))
    assert analysed(x, y, scope=(0.0, 100.0, 0.0, 100.0)).table["estimate"][0] > 0.45


# --- of a survey -----------------------------------------------------------------------------


def made(trust, commitment):
    """A survey of one item each, on 1 to 7."""
    n = len(trust)
    frame = answers(
        [8] * n, accounts=[f"A{k // 2}" for k in range(n)], contacts=[f"c{k}" for k in range(n)]
    ).assign(t1=np.asarray(trust, float), c1=np.asarray(commitment, float))
    return survey(frame, {"trust": ["t1"], "commitment": ["c1"]})


def parameters():
    """What `find` reads of the parameters."""
    return SimpleNamespace(wave=wave("1"), seed=3, confidentiality=Confidentiality())


def test_a_survey_is_asked_on_a_scale_from_0_to_100():
    rng = np.random.default_rng(2)
    trust = rng.integers(1, 8, 120)
    commitment = np.minimum(rng.integers(1, 8, 120), trust)
    found = necessity.find(made(trust, commitment), parameters())
    assert (found.condition, found.outcome) == ("Trust", "Commitment")
    assert found.n == 120
    assert found.n_accounts == 60
    assert found.bottleneck["outcome"].iloc[-1] == 100
    assert found.verdict == "necessary"
    assert found.bottleneck["needed_line"].iloc[-1] == pytest.approx(100, abs=8)


def test_a_construct_that_was_not_asked_is_named():
    whole = made([1.0, 2], [1.0, 2])
    without = replace(whole, items=whole.items[whole.items["construct"] != "commitment"])
    found = necessity.find(without, parameters())
    assert found.reason == "Commitment was not asked, so no ceiling can be drawn."
    assert judge.find is necessity.find


def test_normal_scores_have_variance_one():
    found = chance._normal_scores(np.array([3.0, 1, 2, 2, 9]))
    assert found.std() == pytest.approx(1)
    assert stats.rankdata(found).tolist() == [4, 1, 2.5, 2.5, 5]
