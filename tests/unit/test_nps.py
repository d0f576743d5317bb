import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.measures import nps
from tests.scored import answers, join, ratings, wave


def ends(row):
    return [float(row["ci_low"]), float(row["ci_high"])]


@pytest.mark.parametrize("mix", [(91, 9, 0), (93, 5, 2), (95, 1, 4)])
def test_an_nps_of_91_can_come_from_three_mixes(mix):
    # https://deep-insight.com/category/customer-experience/page/3
    assert nps.from_counts(*mix, 100).iloc[0]["estimate"] == pytest.approx(91)


@pytest.mark.parametrize(
    ("mix", "level", "expected"),
    [
        # R: aw <- function(P,D,n,l){N<-n+3;p<-(P+.75)/N;d<-(D+.75)/N;e<-p-d;
        #    s<-sqrt((p+d-e^2)/N);100*(e+c(-1,1)*qnorm(1-(1-l)/2)*s)}
        ((18, 11, 2), 0.95, [25.51233412, 68.60531294]),  # aw(18,2,31,.95)
        ((29, 53, 18), 0.95, [-2.410920189, 23.770143490]),  # aw(29,18,100,.95)
        ((12, 12, 6), 0.95, [-7.301168212, 43.664804575]),  # aw(12,6,30,.95)
        ((2, 5, 8), 0.90, [-61.498774252, -5.167892414]),  # aw(2,8,15,.90)
    ],
)
def test_interval_is_the_adjusted_wald_one(mix, level, expected):
    row = nps.nps(pd.Series(ratings(*mix)), level=level).iloc[0]
    assert ends(row) == pytest.approx(expected, abs=1e-6)
    assert row["estimate"] == pytest.approx(100 * (mix[0] - mix[2]) / sum(mix))
    assert (row["promoters"], row["passives"], row["detractors"]) == mix


def test_interval_stays_within_the_scale():
    row = nps.nps(pd.Series(ratings(6, 0, 0))).iloc[0]
    assert row["estimate"] == 100
    assert row["ci_high"] == 100
    assert row["ci_low"] < 60


def test_answers_of_one_account_widen_the_interval():
    # R: x <- 100, 0, -100 for the ratings; CR1 ratio of vcovCR(lm(x~1), g, "CR1") to var(x)/n is
    # 2.171794872 (svymean gives the same SE, 37.76143437); times the adjusted Wald variance,
    # with qt(.975, 5): -54.90909142 .. 108.24242475, cut at 100
    given = pd.Series([10, 9, 9, 3, 8, 7, 10, 2, 6, 9, 9, 10])
    accounts = pd.Series(list("aaabbccbdeef"))
    row = nps.nps(given, accounts).iloc[0]
    assert row["estimate"] == pytest.approx(33.333333333)
    assert ends(row) == pytest.approx([-54.90909142, 100], abs=1e-6)
    assert row["n_accounts"] == 6
    assert "same account" in row["note"]


def test_one_account_cannot_show_its_own_spread():
    row = nps.nps(pd.Series(ratings(5, 5, 5)), pd.Series(["a"] * 15)).iloc[0]
    assert "one account" in row["note"]
    assert ends(row) == pytest.approx(ends(nps.nps(pd.Series(ratings(5, 5, 5))).iloc[0]))


def test_missing_ratings_leave_the_base():
    row = nps.nps(pd.Series([10, None, 0, 9])).iloc[0]
    assert row["n"] == 3
    assert row["estimate"] == pytest.approx(100 / 3)


def test_no_ratings_give_no_row():
    found = nps.nps(pd.Series([None, None], dtype=float))
    assert found.empty
    assert list(found.columns) == list(nps.SCORE)


@pytest.mark.parametrize("wrong", [11, -1, 7.5, 99])
def test_a_rating_outside_the_scale_is_refused(wrong):
    with pytest.raises(DataError, match="whole numbers from 0 to 10 \\(first in row 1\\)"):
        nps.nps(pd.Series([10, wrong, 3]))


def test_groups_that_do_not_add_up_are_refused():
    # A published table of 32 answers whose groups add up to 31 (domain.md 6).
    with pytest.raises(DataError, match="are 31 answers, not 32"):
        nps.from_counts(18, 11, 2, 32)


def test_waves_come_in_order_with_shares_that_add_up():
    frame = join(
        answers(ratings(3, 4, 3), "1", accounts=list("aabbccdded")),
        answers(ratings(6, 3, 1), "2", accounts=list("aabbccddff")),
    )
    found = nps.by_wave(frame, [wave("1"), wave("2"), wave("3")])
    assert list(found["wave"]) == ["1", "2"]
    assert list(found["term"]) == ["Wave 1", "Wave 2"]
    assert list(found["n_accounts"]) == [5, 5]
    parts = found[["share_promoters", "share_passives", "share_detractors"]]
    assert parts.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert found["series"].nunique() == 1


def test_large_independent_waves_are_compared_by_adjusted_wald():
    # R: adj <- function(c){n<-sum(c)+3;p<-(c[1]+.75)/n;d<-(c[3]+.75)/n;c(100*(p-d),
    #    100*sqrt((p+d-(p-d)^2)/n))}; o <- adj(c(33,65,82)); w <- adj(c(88,71,31))
    #    dif <- w[1]-o[1]; s <- sqrt(o[2]^2+w[2]^2); dif+c(-1,1)*qnorm(.975)*s
    frame = join(answers(ratings(33, 65, 82), "1"), answers(ratings(88, 71, 31), "2"))
    row = nps.change(frame, wave("1"), wave("2")).iloc[0]
    assert row["score_before"] == pytest.approx(-27.22222222)
    assert row["score_after"] == pytest.approx(30)
    assert ends(row) == pytest.approx([41.29315567, 71.32611441], abs=1e-6)
    assert row["p"] == pytest.approx(1.988266414e-13, rel=1e-6)
    assert row["clear"]
    assert (row["n_before"], row["n"], row["matched"]) == (180, 190, 0)


def test_a_tiny_account_is_judged_by_exact_permutation():
    # -33 -> +73 in one account (3 and 11 answers). R, all choose(14,3) labellings:
    # s <- c(0,0,-1,rep(1,8),0,0,0); mean(abs(dist) >= abs(obs)) = 0.02747252747
    frame = join(answers(ratings(0, 2, 1), "1"), answers(ratings(8, 3, 0), "2"))
    row = nps.change(frame, wave("1"), wave("2")).iloc[0]
    assert row["estimate"] == pytest.approx(106.06, abs=0.01)
    assert row["p"] == pytest.approx(0.02747252747, abs=1e-9)
    assert "permutation" in row["note"]


def test_permutation_agrees_with_full_enumeration():
    # R: s <- c(1,0,-1,-1,-1,0, 1,1,1,0,1,-1,1), all choose(13,6) labellings: 0.1165501166
    frame = join(answers(ratings(1, 2, 3), "1"), answers(ratings(5, 1, 1), "2"))
    row = nps.change(frame, wave("1"), wave("2")).iloc[0]
    assert row["estimate"] == pytest.approx(90.47619048)
    assert row["p"] == pytest.approx(0.1165501166, abs=1e-9)
    assert not row["clear"]


def test_same_contacts_are_compared_pair_by_pair_with_accounts_as_clusters():
    # R: dd <- c(100,0,100,0,200,0); g <- c("a","a","b","c","d","d");
    #    mean(dd)+c(-1,1)*qt(.975,3)*sqrt(vcovCR(lm(dd~1), cluster=g, type="CR1"))
    #    sign flips, all 2^6: p = 0.25
    people = [f"c{k}" for k in range(6)]
    accounts = list("aabcdd")
    frame = join(
        answers([3, 7, 7, 9, 3, 7], "1", accounts, people),
        answers([7, 7, 9, 9, 9, 7], "2", accounts, people),
    )
    row = nps.change(frame, wave("1"), wave("2")).iloc[1]
    assert row["term"] == "same contacts"
    assert row["estimate"] == pytest.approx(66.66666667)
    assert ends(row) == pytest.approx([2.107495205, 131.225838128], abs=1e-6)
    assert row["p"] == pytest.approx(0.25)
    assert not row["clear"]  # the interval alone would say so; the exact test does not
    assert row["matched"] == 6


def test_contacts_who_all_moved_alike_give_no_interval():
    people = [f"c{k}" for k in range(8)]
    frame = join(answers([3] * 8, "1", contacts=people), answers([7] * 8, "2", contacts=people))
    row = nps.change(frame, wave("1"), wave("2")).iloc[1]
    assert pd.isna(row["ci_low"])
    assert not row["clear"]


def test_returning_contacts_narrow_the_interval_of_a_change():
    people = [f"c{k}" for k in range(90)]
    first, second = ratings(30, 30, 30), ratings(33, 30, 27)
    linked = join(answers(first, "1", contacts=people), answers(second, "2", contacts=people))
    alone = join(answers(first, "1"), answers(second, "2"))
    with_links = nps.change(linked, wave("1"), wave("2")).iloc[0]
    without = nps.change(alone, wave("1"), wave("2")).iloc[0]
    assert with_links["estimate"] == without["estimate"]
    assert with_links["ci_high"] - with_links["ci_low"] < without["ci_high"] - without["ci_low"]


def test_waves_of_different_methods_are_not_compared():
    frame = join(answers(ratings(5, 5, 30), "1"), answers(ratings(30, 5, 5), "2"))
    waves = [wave("1", "postal"), wave("2", "online")]
    row = nps.changes(frame, waves).iloc[0]
    assert pd.isna(row["estimate"])
    assert row["note"] == nps.BREAK
    assert not row["clear"]
    assert nps.by_wave(frame, waves)["series"].nunique() == 2
    head = nps.headline(frame, waves).iloc[0]
    assert pd.isna(head["change"])
    assert head["change_since"] == ""


def test_long_series_are_compared_from_their_last_change_of_method():
    frame = join(*(answers(ratings(5, 5, 5), k) for k in "1234"))
    waves = [wave("1", "postal"), wave("2"), wave("3"), wave("4")]
    found = nps.changes(frame, waves)
    spans = list(zip(found["before"], found["after"], strict=True))
    assert spans == [
        ("Wave 1", "Wave 2"),
        ("Wave 2", "Wave 3"),
        ("Wave 3", "Wave 4"),
        ("Wave 2", "Wave 4"),
    ]


def test_headline_carries_the_change_since_the_wave_before():
    frame = join(answers(ratings(20, 20, 20), "1"), answers(ratings(30, 20, 10), "2"))
    row = nps.headline(frame, [wave("1"), wave("2")]).iloc[0]
    assert row["change"] == pytest.approx(100 / 3)
    assert row["change_low"] < row["change"] < row["change_high"]
    assert row["change_since"] == "Wave 1"
    assert row["n_before"] == 60


def test_one_wave_has_no_change():
    frame = answers(ratings(5, 5, 5))
    assert nps.changes(frame, [wave("1")]).empty
    assert nps.headline(frame, [wave("1")]).iloc[0]["change_since"] == ""
    nobody = frame.assign(nps=float("nan"))
    assert nps.headline(nobody, [wave("1")]).empty
    assert nps.by_wave(nobody, [wave("1")]).empty
    assert nps.changes(nobody, [wave("1")]).empty
