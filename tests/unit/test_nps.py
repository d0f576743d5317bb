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


GIVEN = pd.Series([10, 9, 9, 3, 8, 7, 10, 2, 6, 9, 9, 10])
WHO = pd.Series(list("aaabbccbdeef"))
WEIGHTS = pd.Series([1.0, 2, 1, 3, 1, 1, 2, 2, 1, 4, 1, 1])
#: R, with x the ratings as 100, 0, -100 and
#:    aw <- function(p,d,n,q){N<-n+3;P<-(n*p+.75)/N;D<-(n*d+.75)/N;e<-P-D;
#:                            100*(e+c(-1,1)*q*sqrt((P+D-e^2)/N))}
#:    ct <- coef_test(m <- lm(x~1), vcov = "CR2", cluster = g, test = "Satterthwaite")


def test_answers_of_one_account_widen_the_interval():
    # R: e <- ct$SE^2/(var(x)/12)  # 2.329487179; ct$df_Satt  # 4.167304454
    #    aw(mean(x>0), mean(x<0), 12/e, qt(.975, ct$df_Satt))
    row = nps.nps(GIVEN, accounts=WHO).iloc[0]
    assert row["estimate"] == pytest.approx(33.333333333)
    assert ends(row) == pytest.approx([-57.07184121, 99.20268990], abs=1e-6)
    assert row["n_effective"] == pytest.approx(5.151348376, abs=1e-8)
    assert row["n_accounts"] == 6
    assert "same account (x2.33)" in row["note"]


def test_unequal_weights_leave_fewer_effective_answers():
    # R: k <- sum(w)^2/sum(w^2); aw(sum(w*(x>0))/sum(w), sum(w*(x<0))/sum(w), k, qnorm(.975))
    row = nps.nps(GIVEN, WEIGHTS).iloc[0]
    assert row["estimate"] == pytest.approx(30)
    assert row["n_effective"] == pytest.approx(9.090909091, abs=1e-8)
    assert ends(row) == pytest.approx([-26.25401436, 71.36679631], abs=1e-6)
    assert row["n"] == 12
    equal = nps.nps(GIVEN, pd.Series(3.0, GIVEN.index)).iloc[0]
    assert ends(equal) == pytest.approx(ends(nps.nps(GIVEN).iloc[0]))


def test_weights_and_accounts_together():
    # R: mw <- lm(x~1, weights = w)
    #    cw <- coef_test(mw, vcov = vcovCR(mw, g, "CR2", target = rep(1, 12)), test = "Sat...")
    #    s2 <- weighted.mean((x-weighted.mean(x, w))^2, w)/(k-1); e <- cw$SE^2/s2  # 2.47537617
    #    aw(..., k/e, qt(.975, cw$df_Satt))  # df 2.625487119: -94.8 to 127.9, cut at 100
    row = nps.nps(GIVEN, WEIGHTS, WHO).iloc[0]
    assert ends(row) == pytest.approx([-94.8349085, 100], abs=1e-6)
    assert row["n_effective"] == pytest.approx(3.672536402, abs=1e-8)


def test_a_known_list_of_contacts_narrows_the_interval():
    # R: aw(20/50, 10/50, 50/((80-50)/79), qnorm(.975)); domain: N = 80, n = 50
    given = pd.Series(ratings(20, 20, 10))
    row = nps.nps(given, population=80).iloc[0]
    assert ends(row) == pytest.approx([6.920727774, 32.188183117], abs=1e-6)
    wide = nps.nps(given).iloc[0]
    assert ends(row)[1] - ends(row)[0] < 0.65 * (ends(wide)[1] - ends(wide)[0])
    everybody = nps.nps(given, population=50).iloc[0]
    assert ends(everybody) == [20, 20]


def test_more_answers_than_contacts_are_refused():
    with pytest.raises(DataError, match="15 answers from a list of 14 contacts"):
        nps.nps(pd.Series(ratings(5, 5, 5)), population=14)


def test_weights_must_be_positive():
    with pytest.raises(DataError, match="1 weights of NPS ratings are not positive"):
        nps.nps(GIVEN, WEIGHTS.where(WEIGHTS < 4, 0.0))
    assert nps.nps(GIVEN, WEIGHTS.where(WEIGHTS < 4)).iloc[0]["n"] == 11


@pytest.mark.parametrize("n", [20, 30, 50, 100, 200, 500])
def test_published_margins_at_two_mixes(n):
    # domain.md 2.2, computed there: half widths at 29/53/18 and 40/30/30
    margins = {20: (29.7, 36.4), 30: (24.2, None), 50: (18.8, None)}
    margins |= {100: (13.3, 16.3), 200: (9.4, None), 500: (5.9, 7.3)}
    for mix, expected in zip(((0.29, 0.53, 0.18), (0.4, 0.3, 0.3)), margins[n], strict=True):
        share = nps.adjusted(mix, n)[1] * 1.959964
        # The table takes the exact formula without the added answers.
        plain = 195.9964 * ((mix[0] + mix[2] - (mix[0] - mix[2]) ** 2) / n) ** 0.5
        assert expected is None or plain == pytest.approx(expected, abs=0.051)
        assert share < plain * 1.03


def test_one_account_cannot_show_its_own_spread():
    row = nps.nps(pd.Series(ratings(5, 5, 5)), accounts=pd.Series(["a"] * 15)).iloc[0]
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
    #    ct <- coef_test(lm(dd~1), vcov = "CR2", cluster = g, test = "Satterthwaite")
    #    mean(dd)+c(-1,1)*qt(.975,ct$df_Satt)*ct$SE
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
    assert ends(row) == pytest.approx([-3.755483749, 137.088817082], abs=1e-6)
    assert row["p"] == pytest.approx(0.25)
    assert not row["clear"]
    assert row["matched"] == 6


def test_waves_of_the_same_accounts_and_contacts_overlap():
    # R, x of both waves, w <- rep(0:1, each = 36), G the accounts:
    #    ct <- coef_test(lm(x~w), vcov = "CR2", cluster = G, test = "Satterthwaite")[2, ]  # df 11
    #    e <- ct$SE^2/(var(x1)/36+var(x2)/36)  # 0.2189418299
    #    adjusted Wald of both with 36/e answers; dif +/- qt(.975, 11) * sqrt(s1^2+s2^2)
    #    same contacts: coef_test(lm(x2-x1~1), "CR2", cluster = g): -"- c2$SE, df 11
    first = [9, 7, 3, 10, 9, 9, 6, 7, 5, 8, 8, 10, 9, 10, 7, 3, 2, 6]
    first += [9, 9, 8, 7, 6, 9, 10, 10, 10, 4, 8, 7, 9, 6, 7, 8, 9, 3]
    later = [9, 9, 6, 10, 10, 9, 6, 8, 9, 8, 9, 10, 9, 10, 9, 5, 7, 6]
    later += [9, 8, 8, 7, 9, 9, 10, 9, 10, 7, 8, 7, 9, 9, 7, 9, 9, 3]
    accounts, people = [f"a{k // 3:02d}" for k in range(36)], [f"c{k}" for k in range(36)]
    frame = join(answers(first, "1", accounts, people), answers(later, "2", accounts, people))
    everybody, same = (row for _, row in nps.change(frame, wave("1"), wave("2")).iterrows())
    assert everybody["estimate"] == pytest.approx(30.55555556)
    assert ends(everybody) == pytest.approx([11.37392058, 48.64218748], abs=1e-6)
    assert everybody["p"] == pytest.approx(0.004596851428, abs=1e-9)
    assert ends(same) == pytest.approx([11.48733530, 49.62377582], abs=1e-6)
    assert same["p"] == pytest.approx(0.004740328194, abs=1e-9)
    shuffled = frame.sample(frac=1, random_state=1)
    again = nps.change(shuffled, wave("1"), wave("2"))
    assert ends(again.iloc[0]) == pytest.approx(ends(everybody))


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
    assert row["change_clear"]


def test_one_wave_has_no_change():
    frame = answers(ratings(5, 5, 5))
    assert nps.changes(frame, [wave("1")]).empty
    assert nps.headline(frame, [wave("1")]).iloc[0]["change_since"] == ""
    nobody = frame.assign(nps=float("nan"))
    assert nps.headline(nobody, [wave("1")]).empty
    assert nps.by_wave(nobody, [wave("1")]).empty
    assert nps.changes(nobody, [wave("1")]).empty
