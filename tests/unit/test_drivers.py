import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import params
from analysis.errors import ParamsError
from analysis.measures import scales
from analysis.models import drivers
from analysis.models.drivers import place, rank, resample, shares
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


def test_lmg_of_fourteen_drivers_takes_less_than_a_second():
    x = np.random.default_rng(2).normal(size=(200, 14))
    inner, outer = correlated(x, x.sum(axis=1))
    start = time.process_time()
    shares.lmg(inner, outer)
    assert time.process_time() - start < 1


# --- resampled and left out accounts ---------------------------------------------------------


def grouped():
    """Overlapping drivers, three answers an account, some accounts with one."""
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(45), rng.integers(1, 5, 45))
    x = rng.normal(size=(45, 4))[clusters] + rng.normal(size=(len(clusters), 4))
    return x, x @ [0.6, 0.3, 0.0, 0.1] + rng.normal(size=len(clusters)) * 1.5, clusters


def test_resampled_shares_are_those_of_a_plain_loop_over_accounts():
    x, y, clusters = grouped()
    fast = resample.resampled_shares(products(x, y, clusters), 60, seed=9)
    counts = np.random.default_rng(9).multinomial(45, np.full(45, 1 / 45), size=60)
    slow = []
    for count in counts:
        rows = np.repeat(np.arange(len(y)), count[clusters])
        weights = shares.relative_weights(*correlated(x[rows], y[rows]))
        slow.append(weights / weights.sum())
    assert fast == pytest.approx(np.array(slow), abs=1e-9)


def test_two_thousand_resamples_of_twelve_drivers_take_less_than_a_second():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(450, 12))
    found = products(x, x.sum(axis=1) + rng.normal(size=450), np.repeat(np.arange(150), 3))
    start = time.process_time()
    resample.resampled_shares(found, 2000, seed=1)
    assert time.process_time() - start < 1


def test_a_resample_without_variance_gives_no_number_out_of_range():
    x = np.zeros((12, 2))
    x[0], x[:, 1] = 1, np.arange(12)  # most resamples leave the only 1 out twice in five times
    found = resample.resampled_shares(products(x, np.arange(12.0) ** 2), 300, seed=1)
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


def test_a_correlation_has_an_interval_in_which_an_account_is_one_voice():
    x, y = waves()
    x, y = pd.Series(x[:, 0]), pd.Series(y)
    # R: influence (a*b - r*(a^2+b^2)/2)/n summed by account of four, CR1, t(19) on atanh(r);
    # deleting one account at a time gives nearly the same standard error (.0583 against .0577)
    expected = (0.6426324, 0.505686, 0.747989)
    assert rank.correlation(x, y, pd.Series(np.arange(80) // 4)) == pytest.approx(expected)


def test_of_independent_answers_the_interval_is_nearly_that_of_fisher():
    rng = np.random.default_rng(7)
    x = pd.Series(rng.normal(size=2000))
    y = 0.5 * x + rng.normal(size=2000)
    r, low, high = rank.correlation(x, y, pd.Series(range(2000)))
    half = 1.96 / np.sqrt(1997)
    assert low == pytest.approx(np.tanh(np.arctanh(r) - half), abs=0.005)
    assert high == pytest.approx(np.tanh(np.arctanh(r) + half), abs=0.005)


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
    return SimpleNamespace(client="made", seed=1994, wave=wave("1"), drivers=chosen)


def test_the_driver_that_counts_most_comes_first():
    found = drivers.importance(made(), asked())
    assert found.reason == ""
    assert found.table["term"].iloc[0] == "solution"
    assert found.table["clear"].iloc[0]
    assert found.table["estimate"].sum() == pytest.approx(1)
    assert found.table["lmg"].sum() == pytest.approx(1)
    assert found.table["first"].sum() == pytest.approx(1)
    assert (found.table["ci_low"] <= found.table["estimate"]).all()
    assert (found.table["estimate"] <= found.table["ci_high"]).all()
    assert found.r2 > found.explained["estimate"] > found.r2_cv > 0
    assert found.explained["ci_low"] < found.explained["estimate"] < found.explained["ci_high"]
    assert (found.n, found.n_asked, found.n_accounts) == (240, 240, 80)


def test_two_runs_give_the_same_numbers():
    first, second = (drivers.importance(made(), asked()) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.map, second.map)
    assert first.r2_cv == second.r2_cv


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
    assert found.table["ci_low"].notna().all()


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


def test_at_most_two_priorities_are_named_the_most_to_be_won_first():
    found = placed(
        {"a": 70, "b": 50, "c": 69, "d": 90},
        a=(0.3, True, 0.5, 0.5),
        b=(0.29, True, 0.5, 0.5),
        c=(0.28, True, 0.5, 0.5),
        d=(0.13, False, 0.5, 0.5),
    )
    assert list(found["priority"]) == [2, 1, 0, 0]
