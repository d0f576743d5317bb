"""Least squares with accounts as clusters, against R 4.2.2 and clubSandwich 0.5.8."""

import numpy as np
import pytest

from analysis.measures import clusters

# R's data sets `attitude` (30 departments) and `mtcars` (32 cars).
RATING = np.array(
    [43, 63, 71, 61, 81, 43, 58, 71, 72, 67, 64, 67, 69, 68, 77, 81, 74, 65, 65, 50, 50, 64,
     53, 40, 63, 66, 78, 48, 85, 82]
)  # fmt: skip
COMPLAINTS = np.array(
    [51, 64, 70, 63, 78, 55, 67, 75, 82, 61, 53, 60, 62, 83, 77, 90, 85, 60, 70, 58, 40, 61,
     66, 37, 54, 77, 75, 57, 85, 82]
)  # fmt: skip
LEARNING = np.array(
    [39, 54, 69, 47, 66, 44, 56, 55, 67, 47, 58, 39, 42, 45, 72, 72, 69, 75, 57, 54, 34, 62,
     50, 58, 48, 63, 74, 45, 71, 59]
)  # fmt: skip
ADVANCE = np.array(
    [45, 47, 48, 35, 47, 34, 35, 41, 31, 41, 34, 41, 25, 35, 46, 36, 63, 60, 46, 52, 33, 41,
     37, 49, 33, 72, 49, 38, 55, 39]
)  # fmt: skip
MPG = np.array(
    [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4,
     10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7,
     15, 21.4]
)  # fmt: skip
WT = np.array(
    [2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78,
     5.25, 5.424, 5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14,
     1.513, 3.17, 2.77, 3.57, 2.78]
)  # fmt: skip

Y = np.array([5, 6, 4, 7, 3, 6, 5, 2, 7, 6, 5, 4, 6, 7, 3.0])
WHO = list("aabbbcddddeffgg")
LATER = np.array([0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1.0])
WEIGHTS = np.array([1, 2, 1, 0.5, 1, 3, 1, 1, 2, 1, 0.5, 1, 1, 2, 1])
BOTH = np.column_stack([np.ones(15), LATER])


def told(found):
    return [found.estimate, found.se, found.df]


@pytest.mark.parametrize(
    ("x", "c", "weights", "expected"),
    [
        # R: m <- lm(y ~ 1); coef_test(m, vcovCR(m, cluster=who, type="CR2"), "Satterthwaite")
        (np.ones((15, 1)), [1], None, (5.066666667, 0.1289747132, 4.815552971)),
        # R: the same with lm(y ~ later)
        (BOTH, [1, 0], None, (5.428571429, 0.4532572965, 4.5)),
        (BOTH, [0, 1], None, (-0.678571429, 0.8329107003, 4.820738387)),
        # R: the same with lm(y ~ later, weights=w), vcovCR(..., target=rep(1, 15))
        (BOTH, [1, 0], WEIGHTS, (5.818181818, 0.3846923891, 2.689036842)),
        (BOTH, [0, 1], WEIGHTS, (-1.068181818, 0.8324737058, 4.274539748)),
    ],
)
def test_estimate_error_and_freedom_are_those_of_clubsandwich(x, c, weights, expected):
    found = clusters.fit(x, Y, WHO, weights).contrast(c)
    assert told(found) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("k", "expected"),
    [
        # R: m <- lm(rating ~ complaints + learning + advance, attitude)
        #    coef_test(m, vcovCR(m, cluster=(0:29) %% 8, type="CR2"), "Satterthwaite")
        (0, (13.577741068, 6.1702699869, 4.3216641250)),
        (1, (0.6227297459, 0.0863625087, 3.6476566416)),
        (2, (0.3123869782, 0.1309376012, 5.6311999229)),
        (3, (-0.1869508109, 0.0704076548, 3.2124856054)),
    ],
)
def test_a_regression_on_several_predictors_is_that_of_clubsandwich(k, expected):
    x = np.column_stack([np.ones(30), COMPLAINTS, LEARNING, ADVANCE])
    found = clusters.fit(x, RATING, np.arange(30) % 8).contrast(np.eye(4)[k])
    assert told(found) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("k", "expected"),
    [
        # R: m <- lm(mpg ~ wt, mtcars); coef_test(m, vcovCR(m, cluster=1:32, type="CR2"), ...)
        (0, (37.28512616734, 2.26893184664, 10.7545446385)),
        (1, (-5.34447157272, 0.68327635529, 8.9974454438)),
    ],
)
def test_with_an_answer_each_it_is_the_error_that_allows_for_unequal_variances(k, expected):
    x = np.column_stack([np.ones(32), WT])
    found = clusters.fit(x, MPG, np.arange(32)).contrast(np.eye(2)[k])
    assert told(found) == pytest.approx(expected, rel=1e-8)


def test_from_fifty_clusters_on_it_is_the_error_of_survey():
    # R: svyglm(y ~ 1, svydesign(ids=~g, weights=~1)), y <- c(mtcars$mpg, mtcars$mpg), g <- 1:64
    y = np.concatenate([MPG, MPG])
    found = clusters.fit(np.ones((64, 1)), y, np.arange(64)).contrast([1])
    assert found.se == pytest.approx(y.std(ddof=1) / 8, rel=1e-12)
    assert found.df == 63


def test_independent_answers_have_the_ordinary_t_interval():
    found = clusters.fit(np.ones((15, 1)), Y, np.arange(15)).contrast([1])
    assert told(found) == pytest.approx([Y.mean(), Y.std(ddof=1) / 15**0.5, 14])


def test_one_cluster_says_nothing_about_its_own_error():
    found = clusters.fit(np.ones((3, 1)), Y[:3], ["a"] * 3).contrast([1])
    assert found.estimate == pytest.approx(5)
    assert np.isnan(found.se)
    assert found.df == 0


def test_a_cluster_that_decides_an_estimate_alone_does_no_harm():
    alone = np.zeros(15)
    alone[5] = 1  # account c has one answer, and a coefficient of its own
    found = clusters.fit(np.column_stack([np.ones(15), alone]), Y, WHO).contrast([1, 0])
    rest = np.delete(np.arange(15), 5)
    without = clusters.fit(np.ones((14, 1)), Y[rest], np.array(WHO)[rest]).contrast([1])
    assert told(found) == pytest.approx(told(without))


def test_doubled_columns_share_their_coefficient():
    doubled = clusters.fit(np.column_stack([BOTH, LATER]), Y, WHO).contrast([0, 1, 1])
    assert told(doubled) == pytest.approx(told(clusters.fit(BOTH, Y, WHO).contrast([0, 1])))


def test_shuffled_rows_give_the_same():
    order = np.random.default_rng(1).permutation(15)
    one = clusters.fit(BOTH, Y, WHO, WEIGHTS).contrast([0, 1])
    other = clusters.fit(BOTH[order], Y[order], np.array(WHO)[order], WEIGHTS[order])
    assert told(other.contrast([0, 1])) == pytest.approx(told(one), rel=1e-12)
