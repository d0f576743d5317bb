import time
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import params
from analysis.errors import ParamsError
from analysis.measures import scales
from analysis.models import drivers
from analysis.models.drivers import ladder, place, rank, resample, shares, sure
from analysis.params import Confidentiality
from tests.scored import answers, survey, wave

MOBI = Path(__file__).parents[3] / "shared" / "data" / "survey" / "mobi.csv"


def waves():
    """Five overlapping drivers and an outcome that any language can make again.

    R 4.2.2: i <- 1:80; f <- sin(i*sqrt(13));
    X <- sapply(sqrt(c(2,3,5,7,11)), function(k) sin(i*k) + 0.8*f)
    y <- drop(X %*% c(.6,.3,.2,-.2,0)) + cos(i*sqrt(17))
    """
    i = np.arange(1, 81)
    common = np.sin(i * np.sqrt(13))
    x = np.column_stack([np.sin(i * np.sqrt(k)) + 0.8 * common for k in (2, 3, 5, 7, 11)])
    return x, x @ [0.6, 0.3, 0.2, -0.2, 0.0] + np.cos(i * np.sqrt(17))


def correlated(x, y):
    """Correlations among the drivers, and with the outcome."""
    found = np.corrcoef(np.column_stack([x, y]).T)
    return found[:-1, :-1], found[:-1, -1]


def products(x, y, clusters=None):
    """Cross-products of each cluster; of each row without clusters."""
    clusters = np.arange(len(y)) if clusters is None else clusters
    names = np.array([f"a{k:04}" for k in clusters])  # names sort as the numbers do
    return resample.cross_products(x, y, names)


# --- shares of what is explained -------------------------------------------------------------


def test_relative_weights_are_those_of_johnson():
    # R: e <- eigen(cor(X)); L <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors)
    # b <- solve(L, cor(X, y)); L^2 %*% b^2
    expected = [0.2749764984, 0.1012670824, 0.0878205571, 0.0092085229, 0.0287394338]
    assert shares.relative_weights(*correlated(*waves())) == pytest.approx(expected, abs=1e-9)


def test_relative_weights_add_up_to_r_squared():
    # R: summary(lm(y ~ X))$r.squared
    found = shares.relative_weights(*correlated(*waves())).sum()
    assert found == pytest.approx(0.5020120945, abs=1e-10)


def test_lmg_is_the_average_gain_over_all_orders():
    # R: a loop over all subsets of lm(y ~ X[, s]), weighted |s|! (p-1-|s|)! / p!
    expected = [0.2769099757, 0.0990611427, 0.0855704774, 0.0120569755, 0.0284135232]
    assert shares.lmg(*correlated(*waves())) == pytest.approx(expected, abs=1e-9)


def test_slopes_and_inflation_are_those_of_a_regression():
    inner, outer = correlated(*waves())
    # R: coef(lm(scale(y) ~ scale(X)))[-1]; diag(solve(cor(X)))
    beta = [0.52312615, 0.22395825, 0.19597477, -0.14408391, -0.00480865]
    vif = [1.37865822, 1.38281537, 1.40600494, 1.23506770, 1.32310522]
    assert shares.slopes(inner, outer) == pytest.approx(beta, abs=1e-8)
    assert shares.inflation(inner) == pytest.approx(vif, abs=1e-8)


def test_published_correlations_give_the_published_regression():
    # Mobile customers, satisfaction on image, expectation and value, from correlations alone.
    inner = np.array(
        [[1, 0.505728, 0.510787], [0.505728, 1, 0.358245], [0.510787, 0.358245, 1]], dtype=float
    )
    outer = np.array([0.695529, 0.511251, 0.606307])
    assert shares.slopes(inner, outer) == pytest.approx([0.4470, 0.1718, 0.3164], abs=5e-5)
    assert shares.relative_weights(inner, outer).sum() == pytest.approx(0.5906, abs=5e-5)
    assert shares.lmg(inner, outer).sum() == pytest.approx(0.5906, abs=5e-5)
    # R: as in test_relative_weights_are_those_of_johnson
    expected = [0.274128, 0.118320, 0.198156]
    assert shares.relative_weights(inner, outer) == pytest.approx(expected, abs=1e-6)


@pytest.mark.skipif(not MOBI.is_file(), reason="the real customers' file is not here")
def test_real_customers_give_the_numbers_of_r():
    raw = pd.read_csv(MOBI)
    score = lambda stem: raw.filter(regex=f"^{stem}").mean(axis=1)  # noqa: E731
    inner, outer = correlated(
        np.column_stack([score(s) for s in ("IMAG", "CUEX", "PERQ", "PERV")]), score("CUSA")
    )
    # R 4.2.2, as above, on rowMeans of the items
    johnson = [0.16564365, 0.08149925, 0.28145359, 0.14084482]
    lmg = [0.16481702, 0.07688155, 0.29543367, 0.13230907]
    assert shares.relative_weights(inner, outer) == pytest.approx(johnson, abs=1e-7)
    assert shares.lmg(inner, outer) == pytest.approx(lmg, abs=1e-7)
    assert shares.slopes(inner, outer)[2] == pytest.approx(0.528567, abs=1e-6)


# Fertility in 47 Swiss provinces and what employees think of their department, as R has them
# (datasets::swiss, datasets::attitude); one line per column, the outcome first.
SWISS = """
80.2 83.1 92.5 85.8 76.9 76.1 83.8 92.4 82.4 82.9 87.1 64.1 66.9 68.9 61.7 68.3 71.7 55.7 54.3 65.1
65.5 65 56.6 57.4 72.5 74.2 72 60.5 58.3 65.4 75.5 69.3 77.3 70.5 79.4 65 92.2 79.3 70.4 65.7 72.7
64.4 77.6 67.6 35 44.7 42.8
17 45.1 39.7 36.5 43.5 35.3 70.2 67.8 53.3 45.2 64.5 62 67.5 60.7 69.3 72.6 34 19.4 15.2 73 59.8
55.1 50.9 54.1 71.2 58.1 63.5 60.8 26.8 49.5 85.9 84.9 89.7 78.2 64.9 75.9 84.6 63.1 38.4 7.7 16.7
17.6 37.6 18.7 1.2 46.6 27.7
15 6 5 12 17 9 16 14 12 16 14 21 14 19 22 18 17 26 31 19 22 14 22 20 12 14 6 16 25 15 3 7 5 12 7 9
3 13 26 29 22 35 15 25 37 16 22
12 9 5 7 15 7 7 8 7 13 6 12 7 12 5 2 8 28 20 9 10 3 12 6 1 8 3 10 19 8 2 6 2 6 3 9 3 13 12 11 13
32 7 7 53 29 29
9.96 84.84 93.4 33.77 5.16 90.57 92.85 97.16 97.67 91.38 98.61 8.52 2.27 4.43 2.82 24.2 3.3 12.11
2.15 2.84 5.23 4.52 15.14 4.2 2.4 5.23 2.56 7.72 18.46 6.1 99.71 99.68 100 98.96 98.22 99.06 99.46
96.83 5.62 13.79 11.22 16.92 4.97 8.65 42.34 50.43 58.33
22.2 22.2 20.2 20.3 20.6 26.6 23.6 24.9 21 24.4 24.5 16.5 19.1 22.7 18.7 21.2 20 20.2 10.8 20 18
22.4 16.7 15.3 21 23.8 18 16.3 20.9 22.5 15.1 19.8 18.3 19.4 20.2 17.8 16.3 18.1 20.3 20.5 18.9 23
20 19.5 18 18.2 19.3
"""
ATTITUDE = """
43 63 71 61 81 43 58 71 72 67 64 67 69 68 77 81 74 65 65 50 50 64 53 40 63 66 78 48 85 82
51 64 70 63 78 55 67 75 82 61 53 60 62 83 77 90 85 60 70 58 40 61 66 37 54 77 75 57 85 82
30 51 68 45 56 49 42 50 72 45 53 47 57 83 54 50 64 65 46 68 33 52 52 42 42 66 58 44 71 39
39 54 69 47 66 44 56 55 67 47 58 39 42 45 72 72 69 75 57 54 34 62 50 58 48 63 74 45 71 59
61 63 76 54 71 54 66 70 71 62 58 59 55 59 79 60 79 55 75 64 43 66 63 50 66 88 80 51 77 64
92 73 86 84 83 49 68 66 83 80 67 74 63 77 77 54 79 80 85 78 64 80 80 57 75 76 78 83 74 78
45 47 48 35 47 34 35 41 31 41 34 41 25 35 46 36 63 60 46 52 33 41 37 49 33 72 49 38 55 39
"""


def of_r(text, columns):
    """Correlations among the drivers, and with the outcome, of one of R's data sets."""
    values = np.array(text.split(), float).reshape(columns, -1).T
    return correlated(values[:, 1:], values[:, 0])


def suppressed():
    """A driver that the outcome hardly knows alone, and much beside another.

    R: i <- 1:60; s <- sin(i*sqrt(2)); k <- cos(i*sqrt(3)); z <- sin(i*sqrt(7))
    X <- data.frame(a = s + k, b = k, c = z + 0.3*s); y <- s + 0.4*z + 0.5*cos(i*sqrt(11))
    """
    i = np.arange(1, 61)
    s, k, z = np.sin(i * np.sqrt(2)), np.cos(i * np.sqrt(3)), np.sin(i * np.sqrt(7))
    outcome = s + 0.4 * z + 0.5 * np.cos(i * np.sqrt(11))
    return correlated(np.column_stack([s + k, k, z + 0.3 * s]), outcome)


# R 4.2.2, for X the drivers and y the outcome, r2 <- function(s) summary(lm(y ~ X[, s]))$r.squared
# lmg: the mean over all p! orders o (120 of swiss, 720 of attitude) of
#      r2(o[1:k]) - r2(o[1:(k-1)]), given to the driver o[k]
# johnson: e <- eigen(cor(X)); L <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors)
#      L^2 %*% solve(L, cor(X, y))^2
# beta: coef(lm(scale(y) ~ scale(X)))[-1]
# vif: for each k, 1 / (1 - summary(lm(X[, k] ~ X[, -k]))$r.squared)
BY_R = {
    "swiss": {
        "lmg": (0.0570912208, 0.1711730289, 0.2601346786, 0.1055701504, 0.1127659229),
        "johnson": (0.0484168958, 0.1547082498, 0.2719641046, 0.1146800299, 0.1169657214),
        "beta": (-0.312921282, -0.164778223, -0.670400780, 0.347600028, 0.251135976),
        "vif": (2.28412938, 3.67541958, 2.77494278, 1.93716038, 1.10754223),
        "r2": 0.7067350016,
    },
    "attitude": {
        "lmg": (0.3708161943, 0.0509037930, 0.1557659902, 0.1203450794, 0.0065887226, 0.0281822131),
        "johnson": (
            *(0.3627601997, 0.0560022788, 0.1636109108),
            *(0.1217803997, 0.0082554665, 0.0201927372),
        ),
        "beta": (0.6707252044, -0.0734274277, 0.3088702437, 0.069811715, 0.0311997486, -0.18346445),
        "vif": (2.66706031, 1.60089141, 2.27104316, 3.07822622, 1.22810897, 1.95159079),
        "r2": 0.7326019925,
    },
    "suppressed": {
        "lmg": (0.452523054, 0.152738042, 0.208815149),
        "johnson": (0.449574020, 0.151841596, 0.212660630),
        "beta": (1.065472294, -0.759457390, 0.332183349),
        "vif": (2.15642025, 2.07732362, 1.07912392),
        "r2": 0.8140762451,
    },
}
CASES = {"swiss": of_r(SWISS, 6), "attitude": of_r(ATTITUDE, 7), "suppressed": suppressed()}


@pytest.mark.parametrize("case", BY_R)
def test_shares_slopes_and_inflation_are_those_of_r(case):
    (inner, outer), expected = CASES[case], BY_R[case]
    assert shares.lmg(inner, outer) == pytest.approx(expected["lmg"], abs=1e-8)
    assert shares.relative_weights(inner, outer) == pytest.approx(expected["johnson"], abs=1e-8)
    assert shares.slopes(inner, outer) == pytest.approx(expected["beta"], abs=1e-8)
    assert shares.inflation(inner) == pytest.approx(expected["vif"], abs=1e-7)
    assert shares.lmg(inner, outer).sum() == pytest.approx(expected["r2"], abs=1e-9)
    assert shares.relative_weights(inner, outer).sum() == pytest.approx(expected["r2"], abs=1e-9)


def test_a_suppressor_carries_a_share_that_its_correlation_hides():
    inner, outer = CASES["suppressed"]
    assert outer[1] == pytest.approx(-0.00638954942, abs=1e-9)  # R: cor(X$b, y)
    assert shares.slopes(inner, outer)[1] < -0.7
    assert shares.lmg(inner, outer)[1] > 0.15


def plain_lmg(inner, outer):
    """LMG by its definition: the gain in R squared over every order of entry."""
    p = len(outer)

    def explained(taken):
        taken = sorted(taken)
        own = np.linalg.pinv(inner[np.ix_(taken, taken)], rcond=1e-8, hermitian=True)
        return outer[taken] @ own @ outer[taken]

    known = {(): 0.0}
    gains, orders = np.zeros(p), list(permutations(range(p)))
    for order in orders:
        for k, driver in enumerate(order):
            before, after = (tuple(sorted(order[:end])) for end in (k, k + 1))
            known.setdefault(after, explained(after))
            gains[driver] += known[after] - known[before]
    return gains / len(orders)


@pytest.mark.parametrize("p", [1, 2, 4, 6])
def test_lmg_of_many_samples_is_its_definition_in_each(p):
    rng = np.random.default_rng(p)
    mixed = rng.normal(size=(7, 40, p + 1)) @ rng.normal(size=(p + 1, p + 1))
    found = np.array([np.corrcoef(one.T) for one in mixed])
    inner, outer = found[:, :-1, :-1], found[:, :-1, -1]
    assert shares.lmg(inner, outer) == pytest.approx(
        np.array([plain_lmg(*pair) for pair in zip(inner, outer, strict=True)]), abs=1e-9
    )
    assert shares.lmg(inner[None], outer[None]).shape == (1, 7, p)


def test_lmg_of_drivers_that_add_up_to_another_is_its_definition():
    x, y = waves()
    inner, outer = correlated(np.column_stack([x[:, :4], x[:, 0] + x[:, 1], x[:, 2]]), y)
    assert shares.lmg(inner, outer) == pytest.approx(plain_lmg(inner, outer), abs=1e-7)


@pytest.mark.parametrize("p", [5, 14, 15])
def test_beside_another_driver_and_without_it_are_two_analyses_in_one(p):
    rng = np.random.default_rng(p)
    x = rng.normal(size=(2, 90, p + 1)) + rng.normal(size=(2, 90, 1))
    y = x.sum(axis=2, keepdims=True) + rng.normal(size=(2, 90, 1)) * 3
    found = np.array([np.corrcoef(one.T) for one in np.concatenate([x, y], axis=2)])
    inner, outer = found[:, :-1, :-1], found[:, :-1, -1]
    weigh = shares.lmg if p <= 14 else shares.relative_weights
    every, own = shares.beside_last(inner, outer)
    assert every == pytest.approx(weigh(inner, outer))
    assert own == pytest.approx(weigh(inner[:, :p, :p], outer[:, :p]))


@pytest.mark.parametrize(
    ("p", "method"), [(3, "LMG"), (14, "LMG"), (15, "Johnson"), (19, "Johnson")]
)
def test_up_to_fourteen_drivers_are_ranked_by_lmg_more_by_johnson(p, method):
    x = np.random.default_rng(2).normal(size=(200, p))
    inner, outer = correlated(x, x.sum(axis=1))
    first, check = shares.both(inner, outer)
    assert shares.method(p) == method
    johnson = shares.relative_weights(inner, outer)
    assert (first if method == "Johnson" else check) == pytest.approx(johnson)
    assert np.isnan(check).all() == (p > shares.MOST_FOR_CHECK)


def test_with_two_drivers_both_methods_agree():
    inner, outer = np.array([[1, 0.7], [0.7, 1]]), np.array([0.6, 0.5])
    assert shares.lmg(inner, outer) == pytest.approx(shares.relative_weights(inner, outer))


def test_unrelated_drivers_carry_their_squared_correlations():
    outer = np.array([0.5, 0.3, 0.1])
    assert shares.relative_weights(np.eye(3), outer) == pytest.approx(outer**2)
    assert shares.lmg(np.eye(3), outer) == pytest.approx(outer**2)


def test_two_drivers_that_are_one_split_its_share():
    x, y = waves()
    inner, outer = correlated(np.column_stack([x, x[:, 0]]), y)
    expected = 0.5020120945
    for found in (shares.relative_weights(inner, outer), shares.lmg(inner, outer)):
        assert found[0] == pytest.approx(found[5], abs=1e-6)
        assert found.sum() == pytest.approx(expected, abs=1e-6)
    assert list(np.isinf(shares.inflation(inner))) == [True, False, False, False, False, True]


def test_many_samples_at_once_give_what_each_gives_alone():
    rng = np.random.default_rng(1)
    pairs = [correlated(rng.normal(size=(30, 4)), rng.normal(size=30)) for _ in range(5)]
    inner, outer = (np.array(part) for part in zip(*pairs, strict=True))
    alone = [shares.relative_weights(*pair) for pair in pairs]
    assert shares.relative_weights(inner, outer) == pytest.approx(np.array(alone))


def test_lmg_of_fourteen_drivers_takes_less_than_a_tenth_of_a_second():
    x = np.random.default_rng(2).normal(size=(200, 14))
    inner, outer = correlated(x, x.sum(axis=1))
    spent = []
    for _ in range(3):
        start = time.process_time()
        shares.lmg(inner, outer)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.1


# --- resampled and left out accounts ---------------------------------------------------------


def grouped():
    """Overlapping drivers, three answers an account, some accounts with one."""
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(45), rng.integers(1, 5, 45))
    x = rng.normal(size=(45, 4))[clusters] + rng.normal(size=(len(clusters), 4))
    return x, x @ [0.6, 0.3, 0.0, 0.1] + rng.normal(size=len(clusters)) * 1.5, clusters


def test_resampled_shares_are_those_of_a_plain_loop_over_accounts():
    x, y, clusters = grouped()
    fast = resample.resampled(products(x, y, clusters), 60, seed=9).shares
    counts = np.random.default_rng(9).multinomial(45, np.full(45, 1 / 45), size=60)
    slow = []
    for count in counts:
        rows = np.repeat(np.arange(len(y)), count[clusters])
        weights = plain_lmg(*correlated(x[rows], y[rows]))
        slow.append(weights / weights.sum())
    assert fast == pytest.approx(np.array(slow), abs=1e-9)


def test_the_random_number_to_beat_is_one_more_column_drawn_with_its_account():
    x, y, clusters = grouped()
    names = np.array([f"a{k:04}" for k in clusters])
    summed = products(x, y, clusters)
    one = resample.noise_products(x, y, names, seed=4)[:1]  # a single column, in every resample
    fast = resample.resampled(summed, 50, 9, one)
    # The same sums by row: only the column's own sums are known here, so R squared of it tells.
    counts = np.random.default_rng(9).multinomial(45, np.full(45, 1 / 45), size=50)
    beats = []
    for count in counts:
        joint = np.zeros((7, 7))
        inside = [0, 1, 2, 3, 4, 6]
        joint[np.ix_(inside, inside)] = np.tensordot(count, summed, axes=1)
        border = count @ one[0]
        joint[5, inside] = joint[inside, 5] = border[:-1]
        joint[5, 5] = border[-1]
        found = resample.correlations(joint)
        weights = plain_lmg(found[:-1, :-1], found[:-1, -1])
        beats.append(weights[:4] > weights[4])
    assert fast.beats == pytest.approx(np.mean(beats, axis=0))
    assert fast.shares == pytest.approx(resample.resampled(summed, 50, 9).shares)


def test_random_columns_resemble_themselves_within_accounts_as_the_drivers_do():
    rng = np.random.default_rng(12)
    clusters = np.repeat(np.arange(300), 3)
    names = np.array([f"a{k:04}" for k in clusters])
    for icc in (0.0, 0.4):
        x = np.sqrt(icc) * rng.normal(size=(300, 3))[clusters]
        x += np.sqrt(1 - icc) * rng.normal(size=(900, 3))
        noise = resample.noise_products(x, x[:, 0], names, seed=1)
        # The variance of a sum of three that correlate by icc is 3 (1 + 2 icc).
        assert (noise[..., 0] ** 2).mean() == pytest.approx(3 * (1 + 2 * icc), rel=0.06)
        assert noise[..., -1].mean() == pytest.approx(3, rel=0.02)


def test_the_order_of_rows_makes_no_difference_to_the_random_number():
    x, y, clusters = grouped()
    names = np.array([f"a{k:04}" for k in clusters])
    turned = np.random.default_rng(1).permutation(len(y))
    first = resample.noise_products(x, y, names, seed=4)
    again = resample.noise_products(x[turned], y[turned], names[turned], seed=4)
    assert again == pytest.approx(first)


def test_a_driver_that_means_nothing_seldom_beats_a_random_number_clearly():
    clearly = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(90, 4))
        y = x[:, 0] + rng.normal(size=90)
        names = np.array([f"a{k // 3:04}" for k in range(90)])
        noise = resample.noise_products(x, y, names, seed)
        found = resample.resampled(resample.cross_products(x, y, names), 200, seed, noise).beats
        assert found[0] > 0.99
        clearly += list(found[1:] >= rank.CLEAR_OF_NOISE)
    assert np.mean(clearly) < 0.03


def test_a_resample_without_variance_gives_no_number_out_of_range():
    x = np.zeros((12, 2))
    x[0], x[:, 1] = 1, np.arange(12)  # most resamples leave the only 1 out twice in five times
    found = resample.resampled(products(x, np.arange(12.0) ** 2), 300, seed=1).shares
    assert np.isfinite(found).all()
    assert ((found >= -1e-12) & (found <= 1 + 1e-12)).all()
    assert (found[:, 0] == 0).mean() == pytest.approx((11 / 12) ** 12, abs=0.1)


def test_left_out_r_squared_is_that_of_a_plain_loop_over_folds():
    x, y, clusters = grouped()
    rng = np.random.default_rng(5)
    slow = []
    for _ in range(resample.SPLITS):
        fold = (rng.permutation(45) % resample.FOLDS)[clusters]
        error = spread = 0.0
        for k in range(resample.FOLDS):
            seen, out = fold != k, fold == k
            design = np.column_stack([np.ones(len(y)), x])
            b = np.linalg.lstsq(design[seen], y[seen], rcond=None)[0]
            error += ((y[out] - design[out] @ b) ** 2).sum()
            spread += ((y[out] - y[seen].mean()) ** 2).sum()
        slow.append(1 - error / spread)
    found = resample.left_out_r2(products(x, y, clusters), seed=5)
    assert found == pytest.approx(np.mean(slow), abs=1e-9)


def test_drivers_that_mean_nothing_do_not_predict_accounts_left_out():
    rng = np.random.default_rng(6)
    found = [
        resample.left_out_r2(products(rng.normal(size=(60, 6)), rng.normal(size=60)), seed=1)
        for _ in range(40)
    ]
    assert np.mean(found) < 0
    assert np.mean(np.array(found) > 0) < 0.2


# R, for groups g <- (i-1) %/% 4 of waves(), J <- 20 of them:
# z <- sapply(unique(g), function(j) atanh(cor(X[g != j, 1], y[g != j])))
# se <- sqrt((J-1)/J * sum((z - mean(z))^2)); tanh(atanh(r) + c(-1, 1) * qt(.975, J-1) * se)
def test_a_correlation_has_an_interval_in_which_an_account_is_one_voice():
    x, y = waves()
    x, y = pd.Series(x[:, 0]), pd.Series(y)
    expected = (0.6426323505, 0.5033778728, 0.7493495878)
    found = sure.correlation(x, y, pd.Series(np.arange(80) // 4))
    assert found == pytest.approx(expected, abs=1e-9)


def test_what_is_explained_has_an_interval_about_the_adjusted_r_squared():
    x, y = waves()
    summed = products(x, y, np.arange(80) // 4)
    r2, found = rank._explained(summed, 80)
    # R: z <- atanh(sqrt(r2)) for r2 <- summary(lm(y[g != j] ~ X[g != j, ]))$r.squared of each j,
    # then as above about atanh(sqrt(summary(lm(y ~ X))$adj.r.squared)), squared
    assert r2 == pytest.approx(0.5020120945, abs=1e-9)
    expected = (0.4683642631, 0.3067626265, 0.6116144065)
    assert tuple(found.values()) == pytest.approx(expected, abs=1e-9)


def test_a_correlation_of_one_account_has_no_interval_and_of_the_same_answers_none_to_give():
    x, y = pd.Series([1.0, 2.0, 4.0]), pd.Series([1.0, 3.0, 2.0])
    r, low, high = sure.correlation(x, y, pd.Series(["a"] * 3))
    assert np.isfinite(r)
    assert np.isnan([low, high]).all()
    assert np.isnan(sure.correlation(x, y * 0, pd.Series([1, 2, 3]))).all()
    assert sure.correlation(x, 2 * x, pd.Series([1, 2, 3])) == pytest.approx((1, 1, 1))


def test_of_independent_answers_the_interval_is_nearly_that_of_fisher():
    rng = np.random.default_rng(7)
    x = pd.Series(rng.normal(size=2000))
    y = 0.5 * x + rng.normal(size=2000)
    r, low, high = sure.correlation(x, y, pd.Series(range(2000)))
    half = 1.96 / np.sqrt(1997)
    assert low == pytest.approx(np.tanh(np.arctanh(r) - half), abs=0.005)
    assert high == pytest.approx(np.tanh(np.arctanh(r) + half), abs=0.005)


def test_the_interval_of_a_share_is_that_of_its_two_parts():
    rng = np.random.default_rng(13)
    drawn = rng.dirichlet([40, 30, 5], size=999)
    without = rng.dirichlet([900, 500, 90], size=20)
    estimate = without.mean(axis=0)
    low, high = sure.of_shares(estimate, drawn, without)
    # Written out for the first share: t with 19 degrees of freedom has 2.093024 at .975.
    ends = np.log(np.quantile(drawn[:, 0], [0.025, 0.5, 0.975]))
    ends -= np.log(1 - np.quantile(drawn[:, 0], [0.025, 0.5, 0.975]))
    wide = ends[1] + (ends[[0, 2]] - ends[1]) * 2.093024 / 1.959964 * np.sqrt(20 / 19)
    angle = np.arcsin(np.sqrt(without[:, 0]))
    half = 2.093024 * np.sqrt(19 / 20 * ((angle - angle.mean()) ** 2).sum())
    upper = np.sin(np.arcsin(np.sqrt(estimate[0])) + half) ** 2
    assert low[0] == pytest.approx(min(1 / (1 + np.exp(-wide[0])), estimate[0]), abs=1e-6)
    assert high[0] == pytest.approx(max(1 / (1 + np.exp(-wide[1])), upper), abs=1e-6)
    assert ((low <= estimate) & (estimate <= high)).all()


def test_a_share_never_leaves_zero_to_one():
    drawn = np.tile([0.999, 0.001], (50, 1))
    without = np.array([[1.0, 0.0], [0.6, 0.4], [0.99, 0.01]])
    low, high = sure.of_shares(np.array([0.99, 0.01]), drawn, without)
    assert ((low >= 0) & (high <= 1) & (low <= high)).all()


def test_drivers_that_say_the_same_share_the_places():
    drawn = np.tile([0.4, 0.4, 0.2], (1000, 1))
    found = ladder.places(drawn, seed=1)
    assert found[:2, :2] == pytest.approx(np.full((2, 2), 0.5), abs=0.06)
    assert found[2] == pytest.approx([0, 0, 1])


# --- the whole analysis ----------------------------------------------------------------------

WEIGHTS = {"experience": 0.1, "solution": 0.6, "reliability": 0.2, "responsiveness": 0.0}


def made(n=240, weights=WEIGHTS, accounts=80, noise=0.8, seed=8, **columns):
    """A survey whose recommendation rests on constructs of two items each, and its answers."""
    rng = np.random.default_rng(seed)
    home = None if accounts is None else [f"a{k % accounts}" for k in range(n)]
    latent = {name: rng.normal(size=n) for name in weights}
    liking = sum(b * latent[name] for name, b in weights.items()) + noise * rng.normal(size=n)
    items = {
        f"{name}_{k}": np.clip(np.rint(5 + value + 0.5 * rng.normal(size=n)), 1, 7)
        for name, value in latent.items()
        for k in (1, 2)
    }
    frame = answers(np.clip(np.rint(7 + 1.5 * liking), 0, 10), accounts=home)
    frame = frame.assign(**items).assign(**columns)
    return survey(frame, {name: [f"{name}_1", f"{name}_2"] for name in weights})


def asked(**drivers_):
    """Parameters of a client."""
    chosen = params.Drivers(resamples=400, **drivers_)
    return SimpleNamespace(
        client="made",
        seed=1994,
        wave=wave("1"),
        drivers=chosen,
        confidentiality=Confidentiality(),
    )


def test_the_driver_that_counts_most_comes_first():
    found = drivers.importance(made(), asked())
    assert found.reason == ""
    assert found.table["term"].iloc[0] == "solution"
    assert found.table["clear"].iloc[0]
    assert found.table["estimate"].sum() == pytest.approx(1)
    assert found.table["check"].sum() == pytest.approx(1)
    assert found.table["first"].sum() == pytest.approx(1)
    assert found.table["beats_noise"].iloc[0] == 1
    assert (found.method, set(found.table["method"])) == ("LMG", {"LMG"})
    assert (found.table["ci_low"] <= found.table["estimate"]).all()
    assert (found.table["estimate"] <= found.table["ci_high"]).all()
    assert found.r2 > found.explained["estimate"] > found.r2_cv > 0
    assert found.explained["ci_low"] < found.explained["estimate"] < found.explained["ci_high"]
    assert (found.n, found.n_asked, found.n_accounts) == (240, 240, 80)


def test_two_runs_give_the_same_numbers():
    first, second = (drivers.importance(made(), asked()) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.map, second.map)
    pd.testing.assert_frame_equal(first.ranks, second.ranks)
    assert first.r2_cv == second.r2_cv


def test_shuffled_answers_give_the_same_ranking():
    whole = made()
    turned = whole.answers.sample(frac=1, random_state=3)
    found = drivers.importance(survey(turned, constructs(whole)), asked())
    pd.testing.assert_frame_equal(found.table, drivers.importance(whole, asked()).table)


def test_every_driver_has_a_chance_of_every_place():
    found = drivers.importance(made(), asked())
    ranks = found.ranks
    assert list(ranks.columns) == list(ladder.RANKS)
    assert len(ranks) == 16
    for by in ("term", "rank"):
        assert ranks.groupby(by)["share"].sum().to_numpy() == pytest.approx(np.ones(4))
    first = ranks[ranks["rank"] == 1].set_index("term")["share"]
    assert first.to_dict() == found.table.set_index("term")["first"].to_dict()
    assert list(dict.fromkeys(ranks["term"])) == list(found.table["term"])
    assert set(ranks["n"]) == {240}


def test_what_does_not_clearly_beat_a_random_number_does_not_stand_out(monkeypatch):
    assert drivers.importance(made(), asked()).map["priority"].eq(1).sum() == 1
    monkeypatch.setattr(rank, "CLEAR_OF_NOISE", 1.01)
    found = drivers.importance(made(), asked())
    assert found.table["ci_low"].iloc[0] > 1 / 4
    assert not found.table["clear"].any()
    assert not found.map["priority"].any()


def test_weak_drivers_do_not_beat_a_random_number_clearly():
    found = drivers.importance(made(), asked()).table.set_index("term")
    assert found.loc["responsiveness", "beats_noise"] < rank.CLEAR_OF_NOISE
    assert not found.loc["responsiveness", "clear"]


def test_where_the_methods_order_the_drivers_alike_the_check_agrees():
    found = drivers.importance(made(), asked()).table
    order = found.sort_values("check", ascending=False)["term"]
    assert found["agrees"].all() == (list(order) == list(found["term"]))


def test_with_more_than_fourteen_drivers_johnson_ranks_and_lmg_checks():
    weights = {f"d{k}": 0.6 if k == 3 else 0.1 for k in range(15)}
    found = drivers.importance(made(weights=weights), asked(predictors=tuple(weights)))
    assert found.method == "Johnson"
    assert found.table["term"].iloc[0] == "d3"
    assert found.table["check"].sum() == pytest.approx(1)
    assert found.table["check"].iloc[0] == pytest.approx(found.table["estimate"].iloc[0], abs=0.03)
    assert len(found.ranks) == 225


def test_the_client_chooses_how_many_priorities_are_named():
    weights = {"experience": 0.6, "solution": 0.6, "reliability": 0.6, "responsiveness": 0.0}
    few, more = (
        drivers.importance(made(n=1500, weights=weights, accounts=500), asked(priorities=most)).map[
            "priority"
        ]
        for most in (1, 3)
    )
    assert few.max() == 1
    assert sorted(more) == [0, 1, 2, 3]


def test_only_answers_with_the_outcome_and_every_driver_are_used():
    whole = made()
    frame = whole.answers.copy()
    frame.loc[:9, "nps"] = np.nan
    frame.loc[20:24, ["solution_1", "solution_2"]] = np.nan
    frame.loc[30:39, "reliability_1"] = np.nan  # the other half was answered
    found = drivers.importance(survey(frame, constructs(whole)), asked())
    assert (found.n, found.n_asked) == (240 - 10 - 5, 240)


def constructs(of):
    """Items of each construct of a survey."""
    return {name: of.of(name) for name in of.constructs}


def test_performance_is_that_of_everybody_who_answered_as_in_the_scorecard():
    whole = made()
    frame = whole.answers.copy()
    frame.loc[0, ["solution_1", "solution_2"]] = np.nan
    some = survey(frame, constructs(whole))
    found = drivers.importance(some, asked()).map.set_index("term")
    card = scales.summary(some, None, "1").set_index("term")
    for term, row in found.iterrows():
        assert row["performance"] == pytest.approx(100 * (card.loc[term, "estimate"] - 1) / 6)
        assert row["n"] == card.loc[term, "n"]
    assert set(found["n"]) == {239, 240}
    assert set(found["n_complete"]) == {239}


def test_items_on_different_scales_count_alike():
    whole = made()
    frame = whole.answers.assign(solution_2=lambda f: (f["solution_2"] - 1) * 10)
    other = survey(frame, constructs(whole))
    other.items.loc["solution_2", ["scale_min", "scale_max"]] = (0, 60)
    same = drivers.importance(whole, asked()).table
    pd.testing.assert_frame_equal(drivers.importance(other, asked()).table, same)


def test_without_accounts_respondents_are_drawn_again():
    found = drivers.importance(made(accounts=None), asked())
    assert found.n_accounts is None
    assert found.explained["n_accounts"] is None
    assert found.table["ci_low"].notna().all()


def test_without_accounts_answers_were_left_out_not_accounts():
    nothing = {"weights": dict.fromkeys(WEIGHTS, 0.0), "n": 60, "seed": 2}
    assert "at accounts that were left out" in drivers.importance(made(**nothing), asked()).reason
    found = drivers.importance(made(accounts=None, **nothing), asked())
    assert "for answers that were left out" in found.reason


@pytest.mark.parametrize(
    ("survey_", "chosen", "words"),
    [
        (made(nps=np.nan), {}, "was not asked"),
        (made(weights={"solution": 1.0}), {}, "Fewer than two things"),
        (made(n=29), {}, "29 complete answers are too few"),
        (made(n=39), {}, "39 complete answers cannot rank 4 drivers"),
        (made(accounts=9), {}, "come from 9 accounts"),
        (made(solution_1=4.0, solution_2=4.0), {}, "Solution got the same score"),
        (made(nps=7.0), {}, "Recommendation got the same score"),
        (made(weights=dict.fromkeys(WEIGHTS, 0.0), n=60, seed=2), {}, "do not predict"),
    ],
)
def test_a_ranking_that_cannot_be_carried_is_withheld_with_its_reason(survey_, chosen, words):
    found = drivers.importance(survey_, asked(**chosen))
    assert words in found.reason
    assert found.reason.endswith(".")
    assert found.table.empty
    assert found.map.empty
    assert list(found.table.columns) == list(rank.IMPORTANCE)
    assert list(found.map.columns) == list(place.MAP)


def test_each_driver_is_shown_on_its_own_where_they_cannot_be_ranked():
    found = drivers.importance(made(n=39), asked())
    assert len(found.single) == 4
    assert found.single["term"].iloc[0] == "solution"
    assert (found.single["ci_low"] < found.single["estimate"]).all()
    assert (found.single["estimate"] < found.single["ci_high"]).all()
    assert drivers.importance(made(n=29), asked()).single.empty


def test_an_outcome_may_be_a_construct_and_is_no_driver_of_itself():
    found = drivers.importance(made(), asked(outcome="solution"))
    assert found.outcome == "Solution"
    assert "solution" not in set(found.single["term"])


def test_the_client_may_choose_the_drivers():
    found = drivers.importance(made(), asked(predictors=("solution", "reliability")))
    assert set(found.table["term"]) == {"solution", "reliability"}


@pytest.mark.parametrize(
    "chosen", [{"outcome": "soluton"}, {"predictors": ("reliability", "soluton")}]
)
def test_a_mistyped_construct_names_the_nearest(chosen):
    with pytest.raises(ParamsError, match=r"'soluton'.*did you mean 'solution'"):
        drivers.importance(made(), asked(**chosen))


def test_by_default_nothing_that_the_drivers_lead_to_is_a_driver():
    assert not {"trust", "commitment", "satisfaction"} & set(drivers.DEFAULT_CANDIDATES)


def test_suppression_is_flagged():
    x, y = waves()
    frame = answers(y, accounts=None).assign(**{f"d{k}": x[:, k] for k in range(5)})
    names = {f"d{k}": [f"d{k}"] for k in range(5)}
    found = drivers.importance(survey(frame, names, scale=(-2, 2)), asked(predictors=tuple(names)))
    notes = found.table.set_index("term")["note"]
    # The fourth correlates .16 with the outcome and has the slope -.14 beside the others.
    assert "suppression" in notes["d3"]
    assert notes["d0"] == ""


def test_two_columns_that_say_the_same_are_flagged_and_share():
    whole = made()
    frame = whole.answers.assign(
        experience_1=whole.answers["solution_1"], experience_2=whole.answers["solution_2"]
    )
    found = drivers.importance(survey(frame, constructs(whole)), asked()).table
    both = found[found["term"].isin(["solution", "experience"])]
    assert both["note"].str.contains("says the same as other drivers").all()
    assert both["estimate"].iloc[0] == pytest.approx(both["estimate"].iloc[1])


# --- priorities ------------------------------------------------------------------------------


def placed(scores, **rows):
    """The map of drivers with these mean scores; each row: estimate, clear, r, beta."""
    n = 40
    spread = np.linspace(-5, 5, n)
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({name: mean + rng.permutation(spread) for name, mean in scores.items()})
    table = pd.DataFrame(
        [(t, t, e, e - 0.1, e + 0.1, c, r, b, n) for t, (e, c, r, b) in rows.items()],
        columns=["term", "label", "estimate", "ci_low", "ci_high", "clear", "r", "beta", "n"],
    )
    return place.place(table, frame, answers([5] * n)).set_index("term")


def test_what_matters_clearly_and_scores_low_comes_first():
    found = placed(
        {"a": 60, "b": 80, "c": 80},
        a=(0.5, True, 0.5, 0.5),
        b=(0.4, False, 0.4, 0.4),
        c=(0.1, False, 0.1, 0.1),
    )
    assert list(found["priority"]) == [1, 0, 0]
    assert list(found["quadrant"]) == [
        "Matters, scores lower",
        "Matters, scores higher",
        "Matters less, scores higher",
    ]


def test_what_matters_and_clearly_scores_above_the_others_is_to_be_protected():
    found = placed({"a": 80, "b": 60}, a=(0.7, True, 0.5, 0.5), b=(0.3, False, 0.3, 0.3))
    assert not found["priority"].any()
    assert list(found["protect"]) == [True, False]


def test_a_clear_driver_at_the_average_is_a_priority():
    found = placed({"a": 70, "b": 70}, a=(0.7, True, 0.5, 0.5), b=(0.3, False, 0.3, 0.3))
    assert list(found["priority"]) == [1, 0]


def test_with_no_room_left_there_is_nothing_to_improve():
    found = placed({"a": 93, "b": 95}, a=(0.7, True, 0.5, 0.5), b=(0.3, False, 0.3, 0.3))
    assert not found["priority"].any()
    assert found.loc["a", "protect"]


@pytest.mark.parametrize(("r", "beta"), [(-0.5, -0.5), (0.1, -0.3)])
def test_more_of_what_goes_with_less_is_no_advice(r, beta):
    found = placed({"a": 50, "b": 70}, a=(0.7, True, r, beta), b=(0.3, False, 0.3, 0.3))
    assert not found["priority"].any()
    assert not found["protect"].any()


def test_by_default_at_most_two_priorities_are_named_the_most_to_be_won_first():
    found = placed(
        {"a": 70, "b": 50, "c": 69, "d": 90},
        a=(0.3, True, 0.5, 0.5),
        b=(0.29, True, 0.5, 0.5),
        c=(0.28, True, 0.5, 0.5),
        d=(0.13, False, 0.5, 0.5),
    )
    assert list(found["priority"]) == [2, 1, 0, 0]
