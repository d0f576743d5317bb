"""R numbers: `steps()` and `holzinger()` written to CSVs; R 4.2.2, lavaan 0.6-14, psych 2.2.9.

R   <- lavCor(d, ordered = names(d), output = "cor");  vech(R) = lav_matrix_vech(R, FALSE)
fit <- cfa("f =~ x1 + ... + x8", d, ordered = TRUE, estimator = "WLSMV")      # x9 for Holzinger
G   <- lavInspect(fit, "gamma"), its last rows and columns: those of the correlations
"""

import itertools
import time

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from analysis.errors import ModelError
from analysis.models.sem import polychoric

# vech(R), by columns
CORRELATIONS = [
    *(0.20493044, 0.20174730, 0.24067768, 0.10228233, 0.35030558, 0.22534336, 0.39398082),
    *(0.22331137, 0.24821567, 0.28222368, 0.34520932, 0.40237442, 0.40881955),
    *(0.35901236, 0.36855699, 0.47435185, 0.36120532, 0.50399321),
    *(0.40086841, 0.41730097, 0.45263903, 0.57162054),
    *(0.46533067, 0.48032948, 0.59335056),
    *(0.54398961, 0.75261995),
    0.65903569,
]
# diag(G)
SPREAD = [
    *(2.094262, 2.089895, 1.291539, 2.176312, 1.134496, 2.770941, 2.496784),
    *(1.098993, 1.145320, 1.055525, 1.016982, 1.767017, 1.478813),
    *(0.828069, 0.810169, 0.811226, 1.483421, 1.151872),
    *(0.886556, 0.733669, 1.287014, 1.220661),
    *(0.906062, 1.211551, 1.003037),
    *(1.330568, 0.533157),
    1.457472,
]
# G[1, ]: of x2 ~~ x1 with every correlation
FIRST_ROW = [
    *(2.094262, 0.438006, 0.088246, 0.530713, 0.106684, 0.763458, 0.020246),
    *(0.270571, 0.323787, 0.178359, 0.396449, 0.161100, 0.489679),
    *(0.112816, 0.066803, 0.076438, 0.090317, -0.011383),
    *(0.011141, 0.029573, 0.159058, -0.035949),
    *(0.077218, 0.093333, 0.028592),
    *(0.125749, 0.035617),
    0.063719,
]
# lavInspect(fit, "est")$tau and lavInspect(fit, "se")$tau of x1, x2, x3, x7 and x8
THRESHOLDS = {
    "x1": [(-1.40507156, 0.10553366), (1.24445179, 0.09706503)],
    "x2": [(-2.12804523, 0.17860639), (-0.72791329, 0.07991038), (0.45839781, 0.07531748)],
    "x3": [
        *((-1.17498679, 0.09394604), (-0.29673784, 0.07365266)),
        *((0.38532047, 0.07447068), (1.17498679, 0.09394604)),
    ],
    "x7": [(0.37633661, 0.07437745)],
    "x8": [(-0.48642387, 0.07568493)],
}
# the same for Holzinger's nine tests cut into five steps of equal width
HOLZINGER_CORRELATIONS = [
    *(0.37033271, 0.53833174, 0.38775218, 0.25985529, 0.35887729, 0.07071791, 0.22767278),
    *(0.40486374, 0.38709357, 0.14300080, 0.19711492, 0.18831613, -0.03113130, 0.04191321),
    *(0.20414589, 0.14707402, 0.08791661, 0.16756321, 0.06081676, 0.18323818, 0.36832789),
    *(0.76387365, 0.69662106, 0.21459998, 0.12361130, 0.22145955, 0.74430190, 0.10002692),
    *(0.17878720, 0.17162649, 0.15682159, 0.14306501, 0.18994977, 0.47067292, 0.36852864),
    0.47825599,
]
HOLZINGER_SPREAD = [
    *(0.960782, 0.751494, 0.609123, 0.931863, 0.741762, 1.175911, 1.290888, 0.812290, 0.959739),
    *(0.976321, 0.939386, 0.941274, 1.255043, 1.353413, 1.125546, 1.140352, 1.119405, 1.007504),
    *(1.158815, 1.180420, 1.017980, 0.241187, 0.405500, 1.132126, 1.027664, 0.998182, 0.253534),
    *(1.191542, 1.037127, 1.246361, 1.135626, 0.964497, 1.126414, 0.808373, 0.905736, 0.944030),
]


def steps(n=300, categories=(3, 4, 5, 7, 7, 5, 2, 2), seed=1979):
    """Items of one construct, every third skewed, with these numbers of categories."""
    rng = np.random.default_rng(seed)
    p = len(categories)
    load = np.linspace(0.45, 0.85, p)
    leaning = np.outer(rng.normal(size=n), load) + rng.normal(size=(n, p)) * np.sqrt(1 - load**2)
    columns = {}
    for j, count in enumerate(categories):
        cuts = np.linspace(-1.2, 1.2, count - 1) if count > 2 else np.array([0.4])
        cuts = cuts - 0.8 * (j % 3 == 1)
        columns[f"x{j + 1}"] = 1 + (leaning[:, [j]] > cuts).sum(axis=1)
    return pd.DataFrame(columns)


def holzinger():
    from semopy.examples import holzinger39

    tests = holzinger39.get_data()[[f"x{k}" for k in range(1, 10)]]
    return tests.apply(lambda column: pd.cut(column, 5, labels=False) + 1)


def table(a, b, c, d):
    """Two items of two answers: a and b answered 1 to u, a and c answered 1 to v."""
    u = [1] * (a + b) + [2] * (c + d)
    return pd.DataFrame({"u": u, "v": [1] * a + [2] * b + [1] * c + [2] * d})


def below(matrix):
    """The part below the diagonal, by columns: (2,1), (3,1), ..."""
    return matrix.T[np.triu_indices(len(matrix), 1)]


@pytest.fixture(scope="module")
def data():
    return steps()


@pytest.fixture(scope="module")
def found(data):
    return polychoric.estimate(data, list(data))


def test_correlations_match_lavaan(found):
    assert found.n == 300
    assert found.problems == ()
    assert below(found.correlations) == pytest.approx(CORRELATIONS, abs=1e-6)
    assert (np.diag(found.correlations) == 1).all()
    assert (found.correlations == found.correlations.T).all()


def test_gamma_matches_lavaan(found):
    assert np.diag(found.gamma) == pytest.approx(SPREAD, abs=2e-6)
    assert found.gamma[0] == pytest.approx(FIRST_ROW, abs=2e-6)
    # sum(G); sqrt(sum(G^2))
    assert found.gamma.sum() == pytest.approx(174.38772, abs=1e-4)
    assert np.sqrt((found.gamma**2).sum()) == pytest.approx(10.30622, abs=1e-4)


def test_thresholds_and_their_standard_errors_match_lavaan(found):
    for item, expected in THRESHOLDS.items():
        rows = found.thresholds[found.thresholds["lhs"] == item]
        assert list(rows["rhs"]) == [f"t{k + 1}" for k in range(len(expected))]
        assert rows[["est", "se"]].to_numpy() == pytest.approx(np.array(expected), abs=1e-7)
    assert len(found.thresholds) == 27


def test_holzinger_cut_into_five_steps_matches_lavaan():
    cut = holzinger()
    found = polychoric.estimate(cut, list(cut))
    assert found.n == 301
    assert below(found.correlations) == pytest.approx(HOLZINGER_CORRELATIONS, abs=1e-6)
    assert np.diag(found.gamma) == pytest.approx(HOLZINGER_SPREAD, abs=2e-6)
    # sum(G); sqrt(sum(G^2))
    assert found.gamma.sum() == pytest.approx(219.29323, abs=1e-4)
    assert np.sqrt((found.gamma**2).sum()) == pytest.approx(9.66236, abs=1e-4)


def test_a_binary_pair_is_the_tetrachoric_correlation(data):
    # psych::tetrachoric(d[, c("x7", "x8")], correct = 0)$rho
    found = polychoric.estimate(data, ["x7", "x8"])
    assert found.correlations[1, 0] == pytest.approx(0.6590358419, abs=1e-5)
    assert found.gamma.shape == (1, 1)


@pytest.mark.parametrize(
    ("cells", "correlation", "spread"),
    [  # lavCor(d, ordered = names(d), output = "fit", se = "robust.sem"): R[2, 1], gamma[3, 3]
        ((10, 0, 5, 15), 0.896181147432999, 0.382134265724518),
        ((0, 10, 15, 5), -0.896181147432999, 0.38213426572452),
        ((12, 8, 0, 10), 0.812471194036527, 0.926507369958998),
        ((12, 8, 10, 0), -0.65960063055509, 1.91659142082768),
    ],
)
def test_one_empty_cell_of_two_by_two_is_filled_as_lavaan_does(cells, correlation, spread):
    found = polychoric.estimate(table(*cells), ["u", "v"])
    assert found.correlations[1, 0] == pytest.approx(correlation, abs=1e-8)
    assert found.gamma[0, 0] == pytest.approx(spread, rel=1e-6)


def test_two_medians_give_the_correlation_in_closed_form():
    # Both thresholds 0: rho = -cos(2 pi share of the cell), Sheppard (1899).
    found = polychoric.estimate(table(20, 10, 10, 20), ["u", "v"])
    assert found.correlations[1, 0] == pytest.approx(-np.cos(2 * np.pi / 3), abs=1e-9)
    none = polychoric.estimate(table(10, 20, 20, 40), ["u", "v"])
    assert none.correlations[1, 0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("rho", [-0.999, -0.93, -0.4, 0.0, 0.2, 0.7, 0.95, 0.999])
def test_bivariate_normal_probabilities_are_exact(rho):
    root = np.sqrt(1 - rho * rho)
    for h, k in [(0.3, -1.2), (-2.1, 1.7), (0.0, 0.8), (1.1, 1.1), (0.9, -0.9), (-0.4, 0.0)]:

        def slice_(x, k=k):
            return np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * ndtr((k - rho * x) / root)

        turn = k / rho if rho else 0.0
        ends = [-9.0, *[x for x in (turn - 8 * root, turn, turn + 8 * root) if -9 < x < h], h]
        parts = itertools.pairwise(ends)
        expected = sum(quad(slice_, a, b, epsabs=1e-13, epsrel=1e-13)[0] for a, b in parts)
        assert polychoric.bivariate_normal(h, k, rho) == pytest.approx(expected, abs=1e-12)


def test_the_order_of_rows_does_not_matter(data, found):
    mixed = polychoric.estimate(data.sample(frac=1, random_state=3), list(data))
    assert mixed.correlations == pytest.approx(found.correlations, abs=1e-9)
    assert mixed.gamma == pytest.approx(found.gamma, abs=1e-7)
    assert mixed.thresholds["se"].to_numpy() == pytest.approx(found.thresholds["se"].to_numpy())


def test_the_order_of_items_does_not_matter(data, found):
    items = ["x5", "x2", "x8", "x1", "x7", "x3", "x6", "x4"]
    mixed = polychoric.estimate(data, items)
    at = [list(data).index(item) for item in items]
    assert mixed.items == tuple(items)
    assert mixed.correlations == pytest.approx(found.correlations[np.ix_(at, at)], abs=1e-9)
    place = np.zeros((8, 8), int)
    place[np.triu_indices(8, 1)] = np.arange(28)
    pair = (place + place.T)[np.ix_(at, at)][np.triu_indices(8, 1)]
    assert mixed.gamma == pytest.approx(found.gamma[np.ix_(pair, pair)], abs=1e-7)


def test_only_the_order_of_answers_counts(data, found):
    other = data.astype(float)
    other["x3"] = np.exp(other["x3"])
    other["x4"] = 8 - other["x4"]
    turned = polychoric.estimate(other, list(data))
    sign = np.where(np.arange(8) == 3, -1, 1)
    assert turned.correlations == pytest.approx(found.correlations * np.outer(sign, sign), abs=1e-9)


def test_incomplete_rows_are_left_out(data, found):
    holes = pd.concat([data, data.head(20)], ignore_index=True).astype("Int64")
    for row in range(300, 320):
        holes.iloc[row, row % 8] = pd.NA
    patched = polychoric.estimate(holes, list(data))
    assert patched.n == 300
    assert patched.correlations == pytest.approx(found.correlations, abs=1e-9)
    who = np.arange(320.0)
    who[:10] = np.nan
    assert polychoric.estimate(holes, list(data), who).n == 290


def test_an_account_that_answers_twice_alike_teaches_nothing_more(data, found):
    twice = pd.concat([data, data], ignore_index=True)
    who = np.tile(np.arange(300), 2)
    double = polychoric.estimate(twice, list(data), who)
    assert double.correlations == pytest.approx(found.correlations, abs=1e-9)
    # The sampling covariance is gamma / (n - 1).
    assert double.gamma / 599 == pytest.approx(found.gamma / 299, abs=1e-10)
    se = found.thresholds["se"].to_numpy()
    assert double.thresholds["se"].to_numpy() == pytest.approx(se)


def test_accounts_of_one_answer_change_nothing(data, found):
    names = [f"account {k}" for k in range(300)]
    assert (polychoric.estimate(data, list(data), names).gamma == found.gamma).all()


def test_gamma_by_account_agrees_with_leaving_each_account_out():
    rng = np.random.default_rng(11)
    who = np.repeat(np.arange(400), 6)
    account, answer = rng.normal(size=(400, 5)), rng.normal(size=(2400, 5))
    leaning = 0.6 * account[who] + 0.6 * answer
    leaning = leaning[:, :4] + leaning[:, 4:]  # the last column is what the four items share
    data = pd.DataFrame((leaning[:, :, None] > [-1, 0, 1]).sum(axis=2)).add_prefix("x")
    by_account = polychoric.estimate(data, list(data), who)
    left = [polychoric.estimate(data[who != k], list(data)).correlations for k in range(400)]
    jackknife = np.sqrt(399) * np.std([below(matrix) for matrix in left], axis=0)
    found = np.sqrt(np.diag(by_account.gamma) / 2399)
    assert found == pytest.approx(jackknife, rel=0.06)
    alone = np.sqrt(np.diag(polychoric.estimate(data, list(data)).gamma) / 2399)
    assert (found > 1.2 * alone).all()


def test_gamma_is_the_spread_over_samples():
    # 400 samples: the standard deviation of each correlation is known to 3.5%.
    draws, gammas = [], []
    for seed in range(400):
        data = steps(250, (5, 4, 3), seed)
        one = polychoric.estimate(data, list(data))
        draws.append(below(one.correlations))
        gammas.append(np.diag(one.gamma))
    spread = np.std(draws, axis=0)
    assert np.sqrt(np.mean(gammas, axis=0) / 250) == pytest.approx(spread, rel=0.11)


def test_a_perfect_pair_is_named_and_held_at_the_bound(data):
    copies = data.assign(same=data["x4"], turned=-data["x4"], twin=data["x7"])
    found = polychoric.estimate(copies, ["x4", "same", "turned", "x7", "twin"])
    assert found.correlations[1, 0] == polychoric.BOUND
    assert found.correlations[2, 0] == -polychoric.BOUND
    assert found.correlations[4, 3] == polychoric.BOUND
    assert "x4 and same go together perfectly." in found.problems
    assert "x4 and turned go together perfectly." in found.problems
    assert "x7 and twin go together perfectly." in found.problems
    assert not any("x4 and x7" in sentence for sentence in found.problems)


def test_correlations_that_contradict_each_other_are_named():
    # Whoever says yes to one says no to the other two: each pair is nearly opposite, and three
    # leanings cannot all be.
    rows = [(1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2)] * 50
    data = pd.DataFrame(rows, columns=["a", "b", "c"])
    found = polychoric.estimate(data, ["a", "b", "c"])
    assert np.linalg.eigvalsh(found.correlations)[0] < 0
    assert found.problems == (
        "The polychoric correlations contradict each other (not positive definite).",
    )


def test_an_item_that_is_no_scale_is_named_and_leaves_the_others_alone(data, found):
    rng = np.random.default_rng(2)
    odd = data.assign(constant=4, measured=rng.normal(size=300))
    items = ["x1", "constant", "x2", "measured", "x3"]
    some = polychoric.estimate(odd, items)
    assert some.problems == (
        "Everyone gave the same answer to constant.",
        "measured has 300 different values, more than 11: it is not ordinal.",
    )
    good = [0, 2, 4]
    assert some.correlations[np.ix_(good, good)] == pytest.approx(
        found.correlations[:3, :3], abs=1e-9
    )
    assert np.isnan(some.correlations[[1, 3]]).all()
    # (x2, x1), (x3, x1) and (x3, x2) among the ten pairs, and among the 28 of all items
    here, there = [1, 3, 8], [0, 1, 7]
    assert some.gamma[np.ix_(here, here)] == pytest.approx(
        found.gamma[np.ix_(there, there)], abs=1e-7
    )
    assert np.isnan(some.gamma).sum() == 100 - 9
    assert set(some.thresholds["lhs"]) == {"x1", "x2", "x3"}


def test_eleven_categories_are_a_scale_and_twelve_are_not(data):
    wide = data.assign(eleven=np.arange(300) % 11, twelve=np.arange(300) % 12)
    assert polychoric.estimate(wide, ["x1", "eleven"]).problems == ()
    assert "twelve" in polychoric.estimate(wide, ["x1", "twelve"]).problems[0]


def test_nothing_ordinal_leaves_nothing_but_sentences():
    found = polychoric.estimate(pd.DataFrame({"a": [1] * 9, "b": [2] * 9}), ["a", "b"])
    assert len(found.problems) == 2
    assert found.thresholds.empty
    assert np.isnan(found.correlations).all()
    assert np.isnan(found.gamma).all()


def test_one_account_has_no_precision(data):
    found = polychoric.estimate(data, ["x1", "x2"], np.zeros(300))
    assert found.problems == ("All answers come from one account, so their precision is unknown.",)
    assert np.isfinite(found.correlations).all()
    assert np.isnan(found.gamma).all()


@pytest.mark.parametrize(
    ("items", "clusters", "sentence"),
    [
        (["x1"], None, "at least two items"),
        (["x1", "x99"], None, "no column x99"),
        (["x1", "said"], None, "numbers to have an order: said"),
        (["x1", "x2"], [1, 2, 3], "number differs"),
        (["x1", "missing"], None, "fewer than two complete"),
    ],
)
def test_what_cannot_be_correlated_is_refused_in_a_sentence(data, items, clusters, sentence):
    odd = data.assign(said="much", missing=np.nan)
    with pytest.raises(ModelError, match=sentence):
        polychoric.estimate(odd, items, clusters)


def test_thirty_six_items_take_a_fraction_of_a_second():
    # 0.05 s of one core; lavCor(d, ordered = names(d), output = "cor"), without gamma: 0.65 s.
    data = steps(300, (7,) * 36)
    started = time.process_time()
    found = polychoric.estimate(data, list(data))
    assert time.process_time() - started < 1
    assert found.gamma.shape == (630, 630)
    assert np.isfinite(found.gamma).all()
