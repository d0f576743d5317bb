import numpy as np
import pandas as pd
import pytest

from analysis.models.topics import spread

NAMES = {0: "Portal", 1: "Price"}
RAISING = np.array([0, 1, 2, 3, 0, 0, 1, 4, 2, 0, 1, 0])
PEOPLE = np.array([2, 3, 3, 3, 2, 4, 1, 5, 3, 2, 1, 3])


def people(sizes=PEOPLE, wave="1"):
    homes = np.repeat([f"a{k:03}" for k in range(len(sizes))], sizes)
    frame = pd.DataFrame({"respondent": [f"r{k:03}" for k in range(len(homes))], "account": homes})
    return frame.assign(wave=wave)


def raised(raising=RAISING, sizes=PEOPLE, topic=0):
    frame = people(sizes)
    flags = np.concatenate([np.arange(n) < y for y, n in zip(raising, sizes, strict=True)])
    return frame[flags].assign(topic=topic)


def split(raising=RAISING, sizes=PEOPLE, **options):
    return spread.split(people(sizes), raised(raising, sizes), NAMES, **options).iloc[0]


def test_components_and_correlation_are_those_of_anova():
    # R, as aod::icc and ICCbin::iccbin(method = "aov") have it: a <- anova(lm(y ~ acc, d));
    # nA <- (N - sum(n^2) / N) / (k - 1); MSA <- a[1, 3]; MSE <- a[2, 3];
    # (MSA - MSE) / nA = 0.1224242, MSE = 0.14, (MSA - MSE) / (MSA + (nA - 1) * MSE)
    found = split()
    assert found["estimate"] == pytest.approx(0.4665127021)
    assert found["between"] == pytest.approx(0.1224242, abs=1e-6)
    assert found["within"] == pytest.approx(0.14)


@pytest.mark.parametrize(
    ("raising", "sizes", "expected"),
    [
        # R: pl(rho) by optimize() over p of the beta-binomial likelihood
        # sum(log((1-rho)*p+rho*i)[1:y]) + sum(log((1-rho)*(1-p)+rho*i)[1:(n-y)])
        # - sum(log(1-rho+rho*i)), i <- 0:(n-1); uniroot(pl(rho) - max + qchisq(.95, 1) / 2)
        (RAISING, PEOPLE, (0.031441189, 0.786082616)),
        ([0, 1, 2, 3] * 5, [3] * 20, (0.054643278, 0.612023387)),
    ],
)
def test_the_interval_is_the_profile_likelihoods(raising, sizes, expected):
    found = spread.interval(np.array(raising), np.array(sizes))
    assert found == pytest.approx(expected, abs=1e-4)


def test_between_and_within_are_the_whole():
    for found in (split(), split(np.array([1] * 20), np.array([3] * 20))):
        assert found["between"] + found["within"] == pytest.approx(found["total"])
        assert found["company_wide"] == pytest.approx(found["within"] / found["total"])


def test_sums_of_squares_add_up():
    # The components come from sums of squares that add up to that of all people.
    between, within = spread.correlation(RAISING.astype(float), PEOPLE.astype(float))
    n, k = PEOPLE.sum(), len(PEOPLE)
    typical = (n - (PEOPLE**2).sum() / n) / (k - 1)
    share = RAISING.sum() / n
    inside, outside = within * (n - k), (between * typical + within) * (k - 1)
    assert inside + outside == pytest.approx(n * share * (1 - share))


def test_a_theme_of_a_few_accounts_is_account_specific():
    found = split(np.array([4] * 4 + [0] * 16), np.array([4] * 20))
    assert found["verdict"] == "account-specific"
    assert (found["accounts_raising"], found["n_accounts"]) == (4, 20)
    assert found["estimate"] == found["ci_high"] == 1
    assert found["ci_low"] > 0.5


def test_a_theme_heard_here_and_there_is_company_wide():
    # One in four everywhere: every account holds one who raises it.
    found = split(np.array([1] * 20), np.array([4] * 20))
    assert found["verdict"] == "company-wide"
    assert found["estimate"] < 0
    assert (found["ci_low"], found["between"], found["company_wide"]) == (found["ci_low"], 0, 1)


def test_a_rare_theme_that_does_not_cluster_is_company_wide_too():
    sizes = np.array([4] * 100)
    rng = np.random.default_rng(5)
    found = split(rng.binomial(sizes, 0.1), sizes)
    assert found["share_accounts"] < 0.5
    assert found["verdict"] == "company-wide"


def test_too_little_to_tell_is_told():
    few = split(np.array([1] * 9 + [0] * 21), np.array([2] * 9 + [1] * 21))
    assert few["verdict"] == "cannot be told"
    assert "needs 10 accounts with two or more people" in few["note"]
    assert np.isnan(few["estimate"])
    unsure = split(np.array([2, 1, 0, 0, 1, 0, 2, 0, 0, 0, 1, 0]), np.array([2] * 12), minimum=5)
    assert unsure["verdict"] == "cannot be told"


def test_small_groups_are_left_out():
    assert split()["n_least"] == 14
    frame, said = people(), raised()
    assert spread.split(frame, said, NAMES, minimum=15).empty
    assert spread.split(frame, raised(PEOPLE - RAISING), NAMES, minimum=15).empty


def test_who_has_no_account_does_not_count():
    frame = people()
    loose = frame.head(10).assign(respondent=[f"x{k}" for k in range(10)], account=None)
    both = pd.concat([frame, loose], ignore_index=True)
    said = pd.concat([raised(), loose.assign(topic=0)])
    pd.testing.assert_series_equal(spread.split(both, said, NAMES).iloc[0], split())


def test_a_person_of_two_waves_counts_once():
    frame, said = people(), raised()
    both = pd.concat([frame, people(wave="2")], ignore_index=True)
    again = pd.concat([said, said.head(5).assign(wave="2")])
    pd.testing.assert_frame_equal(
        spread.split(both, again, NAMES), spread.split(frame, said, NAMES)
    )


def test_order_does_not_matter():
    frame, said = people(), pd.concat([raised(), raised(topic=1).head(12), raised(topic=-1)])
    pd.testing.assert_frame_equal(
        spread.split(frame, said, NAMES),
        spread.split(
            frame.sample(frac=1, random_state=1),
            pd.concat([said, said]).sample(frac=1, random_state=2),
            pd.Series(NAMES),
        ),
    )


def test_nothing_gives_an_empty_frame():
    for frame in (people().head(0), people().assign(account=None)):
        found = spread.split(frame, raised(), NAMES)
        assert found.empty
        assert list(found.columns) == list(spread.COLUMNS)
    assert spread.split(people(), raised().head(0), NAMES).empty
    assert spread.split(people(), raised(), {}).empty


def test_no_correlation_without_two_people_anywhere():
    assert np.isnan(spread.correlation(np.array([1.0, 0.0]), np.array([1.0, 1.0]))).all()
    assert np.isnan(spread.correlation(np.array([1.0]), np.array([2.0]))).all()
