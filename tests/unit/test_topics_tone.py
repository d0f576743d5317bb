import numpy as np
import pandas as pd
import pytest

from analysis.measures import nps
from analysis.models.topics import tone

NAMES = {0: "Late", 1: "Price"}
RATINGS = [9, 10, 3, 6, 7, 8, 2, 10, 5, 9, 1, 4]
ACCOUNTS = list("aaabbcddefgg")


def people(ratings=RATINGS, accounts=ACCOUNTS):
    n = len(ratings)
    frame = pd.DataFrame({"respondent": [f"r{k:04}" for k in range(n)], "wave": "1"})
    return frame.assign(account=list(accounts), nps=np.asarray(ratings, dtype=float))


def client(n=150, apart=1.2, seed=0, dims=40):
    """People, sentences and vectors; `apart`: how far the words of promoters lie from the rest."""
    rng = np.random.default_rng(seed)
    rating = rng.choice([9.0, 10.0, 8.0, 3.0, 5.0, np.nan], n, p=[0.2, 0.2, 0.15, 0.2, 0.2, 0.05])
    who = people(rating, [f"a{k % (n // 3):03}" for k in range(n)])
    lines = who.loc[np.repeat(who.index, 2), ["respondent", "wave"]].reset_index(drop=True)
    lines["topic"] = rng.integers(-1, 2, len(lines))
    lean = np.repeat(np.where(rating >= 9, 1.0, np.where(rating <= 6, -1.0, 0.0)), 2)
    vectors = rng.normal(size=(len(lines), dims))
    vectors[:, :4] += apart * lean[:, None] / 2
    return who, lines, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def learn(**options):
    who, lines, vectors = client(**options)
    return tone.words(lines, vectors, who)


def test_tone_from_the_score_is_the_nps_and_mean_of_those_who_raise_it():
    who = people()
    extra = people([9] * 8, [None] * 8).assign(respondent=[f"x{k}" for k in range(8)])
    said = who.assign(topic=0)
    found = tone.by_topic(pd.concat([who, extra]), said, NAMES).iloc[0]
    # R: m <- lm(r ~ 1); coef_test(m, vcovCR(m, cluster = acc, type = "CR2"), "Satterthwaite")
    told = [found[name] for name in ("mean", "mean_low", "mean_high")]
    assert told == pytest.approx([6.166666667, 4.078054328, 8.255279005])
    alone = nps.nps(who["nps"], accounts=who["account"]).iloc[0]
    assert found[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx(
        alone[["estimate", "ci_low", "ci_high"]].tolist()
    )
    assert found[["promoters", "passives", "detractors"]].tolist() == pytest.approx(
        [4 / 12, 2 / 12, 6 / 12]
    )
    assert (found["n"], found["n_least"]) == (12, 8)


def test_tone_from_the_score_needs_enough_people_on_both_sides():
    who = people()
    assert tone.by_topic(who, who.head(7).assign(topic=0), NAMES).empty
    assert tone.by_topic(who, who.head(8).assign(topic=0), NAMES).empty  # four are left
    assert len(tone.by_topic(who, who.head(8).assign(topic=0), NAMES, minimum=4)) == 1
    assert len(tone.by_topic(who, who.assign(topic=0), NAMES)) == 1


def test_the_area_and_its_error_are_those_of_proc_and_obuchowski():
    p = pd.Series([0.9, 0.8, 0.4, 0.6, 0.3, 0.1, 0.7, 0.55, 0.2, 0.65])
    positive = np.array([1, 1, 1, 0, 0, 0, 1, 0, 0, 1], dtype=bool)
    alone = pd.Series(range(10)).astype(str)
    # R: ro <- pROC::roc(y, p, direction = "<"); auc(ro) = 0.92
    found = tone.area(p, positive, alone)
    assert found[0] == pytest.approx(0.92)
    # Clusters in base R: I[y == 1] <- (rowMeans(W) - A) / 5; I[y == 0] <- (colMeans(W) - A) / 5;
    # J / (J - 1) * sum(tapply(I, cl, sum)^2) = 0.0139776 (DeLong: 0.0088), and t(5) for the normal
    from scipy import stats

    variance = 0.0139776 * (stats.t.ppf(0.975, 5) / stats.norm.ppf(0.975)) ** 2
    low, high = tone.auc.interval(0.92, variance, 5, 5)
    assert tone.area(p, positive, pd.Series(list("aabbcddeff")))[1:] == pytest.approx(
        (low, high), abs=1e-6
    )


def test_folds_widen_the_interval():
    p, positive = pd.Series(np.linspace(0, 1, 80)), np.arange(80) % 3 > 0
    units = pd.Series([f"a{k}" for k in range(80)])
    once, five = tone.area(p, positive, units), tone.area(p, positive, units, folds=5)
    assert once[0] == five[0]
    assert five[1] < once[1] < once[2] < five[2]


def test_words_that_differ_are_learned_and_others_are_not():
    found = learn()
    assert found.reason == ""
    assert found.estimate > 0.8
    assert 0.6 < found.ci_low < found.estimate < found.ci_high < 1
    nothing = learn(apart=0.0)
    assert "cannot be told apart well enough" in nothing.reason
    assert nothing.people.empty
    assert nothing.mentions.empty
    assert 0.3 < nothing.estimate < 0.7


def test_everybody_is_read_by_a_model_that_saw_no_comment_of_the_account():
    who, lines, vectors = client()
    found = tone.words(lines, vectors, who)
    assert len(found.people) == len(who)  # passives and those without a rating too
    assert found.people["probability"].between(0, 1).all()
    # Let a promoter and a detractor of one account swap their ratings: the folds stay, and so does
    # what is read from the words of that account.
    rating = who.set_index("respondent")["nps"]
    one = next(
        own
        for _, own in who.groupby("account")["respondent"]
        if rating[own].max() >= 9 and rating[own].min() <= 6
    )
    swapped = who.set_index("respondent")["nps"].copy()
    best, worst = rating[one].idxmax(), rating[one].idxmin()
    swapped[[best, worst]] = rating[[worst, best]].to_numpy()
    again = tone.words(lines, vectors, who.assign(nps=swapped.to_numpy()))
    own = found.people["respondent"].isin(one)
    pd.testing.assert_series_equal(
        again.people.loc[own, "probability"], found.people.loc[own, "probability"]
    )
    assert (again.people["probability"] != found.people["probability"]).sum() > 80  # four folds


def test_an_account_lies_in_one_fold():
    who, _, _ = client()
    units = "account " + who["account"]
    fold = tone._folds(units, nps.points(who["nps"]).to_numpy(float))
    assert pd.Series(fold).groupby(units).nunique().eq(1).all()
    assert set(fold) == set(range(tone.FOLDS))


def test_folds_hold_promoters_and_detractors_alike():
    who, _, _ = client(240)
    points = nps.points(who["nps"]).to_numpy(float)
    fold = tone._folds("account " + who["account"], points)
    for kind in (points > 0, points < 0):
        counts = np.bincount(fold[kind], minlength=tone.FOLDS)
        assert counts.max() - counts.min() <= 4


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        ([9.0] * 80 + [3.0] * 29, "there are 80 and 29"),
        ([9.0] * 29 + [3.0] * 80, "there are 29 and 80"),
        ([8.0] * 90, "there are 0 and 0"),
    ],
)
def test_too_few_of_either_are_refused(ratings, said):
    who = people(ratings, [f"a{k // 2}" for k in range(len(ratings))])
    found = tone.words(who[["respondent", "wave"]], np.eye(len(who)), who)
    assert said in found.reason
    assert found.people.empty
    assert tone.contradicts(found).empty
    assert tone.net_sentiment(found, NAMES).empty


def test_too_few_accounts_are_refused():
    who = people([9.0, 3.0] * 40, ["a", "b", "c", "d"] * 20)
    found = tone.words(who[["respondent", "wave"]], np.eye(80), who)
    assert "at least 10 accounts" in found.reason


def test_order_does_not_matter():
    who, lines, vectors = client()
    found = tone.words(lines, vectors, who)
    order = np.random.default_rng(1).permutation(len(lines))
    again = tone.words(lines.iloc[order], vectors[order], who.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(found.people, again.people)
    pd.testing.assert_frame_equal(found.mentions, again.mentions)
    assert (found.estimate, found.ci_low) == (again.estimate, again.ci_low)


def test_mentions_are_one_a_person_and_topic():
    who, lines, vectors = client()
    found = tone.words(lines, vectors, who)
    assert not found.mentions.duplicated(["respondent", "wave", "topic"]).any()
    assert set(found.mentions["topic"]) == {-1, 0, 1}
    whole = tone.words(lines.drop(columns="topic"), vectors, who)
    assert whole.mentions.empty
    pd.testing.assert_frame_equal(whole.people, found.people)


def test_one_wave_is_read_by_what_all_taught():
    who, lines, vectors = client()
    waves = np.where(np.arange(len(who)) % 2, "2", "1")
    of = dict(zip(who["respondent"], waves, strict=True))
    found = tone.words(
        lines.assign(wave=lines["respondent"].map(of)), vectors, who.assign(wave=waves)
    )
    last = found.at("2")
    assert set(last.people["wave"]) == set(last.mentions["wave"]) == {"2"}
    assert len(last.people) == (waves == "2").sum()
    assert last.estimate == found.estimate


def test_net_sentiment_is_positive_less_negative_mentions():
    who = people()
    p = [0.9, 0.8, 0.1, 0.5, 0.45, 0.7, 0.2, 0.95, 0.3, 0.6, 0.1, 0.2]
    said = who.assign(topic=0, probability=p)[list(tone.MENTIONS)]
    found = tone.net_sentiment(tone.Words(mentions=said), NAMES).iloc[0]
    # 4 positive, 3 neutral, 5 negative: the interval of an NPS of 4, 3 and 5 people.
    ratings = pd.Series([9, 9, 3, 7, 7, 9, 3, 9, 3, 7, 3, 3])
    same = nps.nps(ratings, accounts=who["account"]).iloc[0]
    ends = ["estimate", "ci_low", "ci_high"]
    assert found["estimate"] == pytest.approx(100 * (4 - 5) / 12)
    assert found[ends].tolist() == pytest.approx(same[ends].tolist())
    # Without accounts it is the published one: adjusted Wald, nps.from_counts.
    alone = tone.net_sentiment(tone.Words(mentions=said.assign(account=None)), NAMES).iloc[0]
    told = nps.from_counts(4, 3, 5, 12).iloc[0]
    assert alone[ends].tolist() == pytest.approx(told[ends].tolist())
    alike = tone.net_sentiment(tone.Words(mentions=said.assign(probability=0.1)), NAMES).iloc[0]
    assert alike["estimate"] == alike["ci_low"] == -100
    assert alike["ci_high"] < 0
    assert found[["positive", "neutral", "negative"]].tolist() == pytest.approx(
        [4 / 12, 3 / 12, 5 / 12]
    )
    assert tone.net_sentiment(tone.Words(mentions=said), NAMES, minimum=13).empty
    assert tone.net_sentiment(tone.Words(mentions=said.assign(topic=-1)), NAMES).empty


def test_comments_against_their_score_are_listed_strongest_first():
    who = people([9.0, 9.0, 10.0, 3.0, 3.0, 8.0, np.nan], list("abcdefg"))
    heard = who.assign(probability=[0.19, 0.2, 0.05, 0.81, 0.5, 0.01, 0.01])[list(tone.HEARD)]
    found = tone.contradicts(tone.Words(people=heard))
    assert list(zip(found["respondent"], found["said"], strict=True)) == [
        ("r0002", "words are worse than the score"),
        ("r0003", "words are better than the score"),
        ("r0000", "words are worse than the score"),
    ]


def test_nothing_gives_empty_frames_and_a_reason():
    who, lines, vectors = client()
    none = tone.words(lines.head(0), vectors[:0], who.head(0))
    assert none.reason
    assert list(none.people.columns) == list(tone.HEARD)
    assert list(tone.contradicts(none).columns) == list(tone.CONTRADICTS)
    assert list(tone.net_sentiment(none, NAMES).columns) == list(tone.NET)
    found = tone.by_topic(who.head(0), who.head(0).assign(topic=0), NAMES)
    assert list(found.columns) == list(tone.SCORE)
    assert found.empty
