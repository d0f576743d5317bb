import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.models.topics import trend

NAMES = {0: "Late", 1: "Price"}
ACCOUNTS = list("aabbccdeefgh"), list("aabccdeffgiijj")
RAISES = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0], [1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1]


def wave(wave, flags, accounts=None, topic=0, nps=9.0):
    """People of one wave and what they raise."""
    n = len(flags)
    people = pd.DataFrame({"respondent": [f"r{k:03}" for k in range(n)], "wave": wave})
    people = people.assign(account=list(accounts) if accounts is not None else None, nps=nps)
    return people, people[np.asarray(flags, dtype=bool)].assign(topic=topic)


def join(*waves):
    return tuple(pd.concat(frames, ignore_index=True) for frames in zip(*waves, strict=True))


def counts(*raising, n=100, nps=9.0):
    """Waves "1", "2", ... of `n` different people, of whom so many raise topic 0."""
    made = []
    for k, count in enumerate(raising, 1):
        people, said = wave(str(k), [1] * count + [0] * (n - count), nps=nps)
        made.append([f.assign(respondent=f"{k}-" + f["respondent"]) for f in (people, said)])
    return join(*made)


def two():
    return join(wave("1", RAISES[0], ACCOUNTS[0]), wave("2", RAISES[1], ACCOUNTS[1]))


def change(people, raised, waves=("1", "2"), **options):
    return trend.changes(people, raised, NAMES, waves, **options).iloc[0]


def test_a_share_has_wilsons_interval():
    # R: prop.test(12, 40, correct = FALSE)$conf.int
    found = trend.shares(*counts(12, n=40), NAMES, ["1"]).iloc[0]
    assert [found["ci_low"], found["ci_high"]] == pytest.approx([0.1807484523, 0.4543001882])
    assert (found["estimate"], found["count"], found["n"], found["n_least"]) == (0.3, 12, 40, 12)


def test_a_share_allows_for_people_at_one_account():
    # R: by formula in base R: u <- tapply((y - p) / 14, acc, sum), v = J / (J - 1) * sum(u^2),
    # effect = max(1, v / (p (1 - p) / 14)) = 1 here, Wilson on 14 / effect
    found = trend.shares(*two(), NAMES, ["2"], minimum=1).iloc[0]
    assert [found["ci_low"], found["ci_high"]] == pytest.approx([0.3259064458, 0.7861920110])
    alike = join(wave("1", [1] * 15 + [0] * 15, list("aaabbbcccdddeee") + list("fffggghhhiiijjj")))
    wide = trend.shares(*alike, NAMES, ["1"]).iloc[0]
    assert wide["ci_high"] - wide["ci_low"] > 0.5  # ten accounts of three who agree: 10 answers
    assert 0 <= wide["ci_low"] < wide["ci_high"] <= 1


def test_every_wave_has_a_row_and_small_groups_no_number():
    found = trend.shares(*counts(20, 7, 95, 0), NAMES, list("1234")).set_index("wave")
    late = found[found["topic"] == 0]
    assert late["estimate"].notna().tolist() == [True, False, False, False]
    assert late.loc["2":, ["ci_low", "ci_high", "count"]].isna().all(axis=None)
    assert late["n"].tolist() == [100] * 4
    assert late["n_least"].tolist() == [20, 100, 100, 100]


def test_a_small_wave_is_left_out():
    assert trend.shares(*counts(5, n=7), NAMES, ["1"]).empty


def test_the_change_is_agresti_and_caffos_with_the_design_effect_of_clubsandwich():
    # R: m <- lm(y ~ w); ct <- coef_test(m, vcovCR(m, cluster = acc, type = "CR2"), "Satterthwaite")
    # 0.4047619048, SE 0.09335, df 7.776630952; effect ct$SE^2 / sum(p (1 - p) / (n - 1)) = 0.277,
    # taken as 1 as only 7 accounts are in both waves; s <- n / effect; q <- (s p + 1) / (s + 2);
    # diff(q) -+ sqrt(sum(q (1 - q) / (s + 2))) * qt(.975, df)
    found = change(*two(), minimum=1)
    assert found["estimate"] == pytest.approx(0.4047619048)
    told = [found["ci_low"], found["ci_high"]]
    assert told == pytest.approx([-0.0354638781, 0.7318924495], abs=1e-8)


def test_without_accounts_and_returning_people_it_is_the_textbooks_interval():
    # R: q <- (c(20, 35) + 1) / 102; diff(q) -+ qt(.975, df) * sqrt(sum(q * (1 - q) / 102)), with
    # df = 198 from 200 single answers (CR1 and clusters less one: 199)
    found = change(*counts(20, 35))
    q = np.array([21, 36]) / 102
    half = np.sqrt((q * (1 - q) / 102).sum())
    assert found["ci_low"] == pytest.approx(q[1] - q[0] - 1.972 * half, abs=2e-3)
    assert found["ci_high"] == pytest.approx(q[1] - q[0] + 1.972 * half, abs=2e-3)
    # R: prop.test(c(20, 35), c(100, 100), correct = FALSE)$p.value = 0.0177
    assert found["p"] == pytest.approx(0.0177, abs=0.005)
    assert (found["status"], bool(found["clear"])) == ("more", True)


def test_people_who_return_and_agree_make_the_change_surer():
    first, second = [1] * 20 + [0] * 80, [1] * 30 + [0] * 70
    same = change(*join(wave("1", first), wave("2", second)))
    others = change(*counts(20, 30))
    assert same["ci_high"] - same["ci_low"] < others["ci_high"] - others["ci_low"]
    assert same["note"] == "allows for people who answered twice"


@pytest.mark.parametrize(
    ("raising", "status", "told"),
    [
        ((0, 3, 12), "new", False),
        ((12, 7, 12), "no clear change", False),  # there once, so not new
        ((12, 12, 3), "gone", False),
        ((30, 10, 40), "more", True),
        ((30, 40, 10), "less", True),
        ((30, 30, 31), "no clear change", True),
    ],
)
def test_status_by_counts(raising, status, told):
    found = change(*counts(*raising), waves=("1", "2", "3"))
    assert found["status"] == status
    numbers = ["share_before", "share_after", "estimate", "ci_low", "ci_high", "p", "p_adjusted"]
    assert found[numbers].notna().all() == told
    assert found[numbers].isna().any() != told
    assert (found["before"], found["after"]) == ("2", "3")


def test_a_theme_that_few_raised_in_both_waves_has_no_row():
    assert trend.changes(*counts(30, 3, 4), NAMES, list("123")).empty


def test_changes_are_one_family():
    people, late = counts(20, 35)
    _, price = counts(20, 22)
    both = pd.concat([late, price.assign(topic=1)])
    found = trend.changes(people, both, NAMES, ["1", "2"]).set_index("topic")
    alone = change(people, late)
    # R: p.adjust(c(p, larger), "BH")[1] = 2 * p
    assert found.loc[0, "p_adjusted"] == pytest.approx(2 * alone["p"])


def test_no_change_without_two_waves_or_without_the_last():
    people, said = counts(20, 35)
    for waves in (["2"], ["1", "2", "3"], []):
        found = trend.changes(people, said, NAMES, waves)
        assert found.empty
        assert list(found.columns) == list(trend.CHANGES)


def test_a_wave_between_without_people_is_passed_over():
    found = change(*counts(20, 35), waves=("1", "x", "2"))
    assert found["before"] == "1"


def test_one_account_has_no_interval_and_nothing_clear():
    people, said = counts(20, 80)
    found = change(people.assign(account="a"), said)
    assert np.isnan(found["ci_low"])
    assert not found["clear"]


def test_a_theme_of_three_waves_running_lasts_and_a_one_off_does_not():
    people, late = counts(20, 25, 22)
    _, price = counts(0, 0, 30)
    both = pd.concat([late, price.assign(topic=1)])
    found = trend.lasting(people, both, NAMES, list("123"))
    assert found[["topic", "kind", "running", "since"]].values.tolist() == [
        [0, "often raised", 3, "1"]
    ]
    assert bool(found["sure"].iloc[0])
    assert trend.lasting(people, both, NAMES, list("123"), share=0.21).empty
    four = trend.lasting(*counts(20, 5, 25, 22), NAMES, list("1234"))
    assert four.empty  # broken in the second wave


def test_a_theme_of_critics_lasts_and_a_one_off_does_not():
    nps = [3.0] * 20 + [9.0] * 80
    people, said = counts(20, 20, 20, nps=nps)
    once = said[said["wave"] == "3"].assign(topic=1)
    found = trend.lasting(people, pd.concat([said, once]), NAMES, list("123"), share=0.5)
    row = found.iloc[0]
    assert (len(found), row["kind"], row["running"]) == (1, "raised by critics", 3)
    # all: 60; those who raise it: -100
    assert (row["estimate"], bool(row["sure"]), row["n_least"]) == (-160, True, 20)


def test_a_single_wave_is_no_run():
    with pytest.raises(DataError, match="single wave"):
        trend.lasting(*counts(20), NAMES, ["1"], running=1)


def test_order_and_doubled_rows_do_not_matter():
    people, said = two()
    mixed = (
        people.sample(frac=1, random_state=3),
        pd.concat([said, said]).sample(frac=1, random_state=4),
    )
    for function in (trend.shares, trend.changes, trend.lasting):
        waves = ["1", "2"]
        options = {"running": 2} if function is trend.lasting else {}
        pd.testing.assert_frame_equal(
            function(people, said, NAMES, waves, minimum=2, **options),
            function(*mixed, pd.Series(NAMES), waves, minimum=2, **options),
        )


def test_nothing_gives_empty_frames():
    people, said = (frame.head(0) for frame in two())
    assert list(trend.shares(people, said, NAMES, ["1"]).columns) == list(trend.SHARES)
    assert list(trend.changes(people, said, NAMES, ["1", "2"]).columns) == list(trend.CHANGES)
    assert list(trend.lasting(people, said, NAMES, ["1", "2"]).columns) == list(trend.LASTING)
    full, _ = two()
    assert trend.lasting(full, said, NAMES, ["1", "2"], running=2).empty
