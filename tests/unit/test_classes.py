import time

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError, ParamsError
from analysis.models.drivers import classes, logits, taken
from tests.classed import NAMES, asked, made, waves
from tests.scored import answers, survey

# R 4.2.2 with MASS 7.3, nnet 7.3, sandwich 3.0; data as in tests/classed.py, Z <- scale(X)


def errors(covariance):
    return np.sqrt(np.diag(covariance))


# --- proportional odds -----------------------------------------------------------------------


def test_proportional_odds_are_those_of_polr():
    x, y, _, _ = waves()
    fit = classes.ordered(x, y)
    # m <- polr(factor(y) ~ a + b + c, Hess = TRUE, control = list(reltol = 1e-15, maxit = 2000))
    # coef(m); m$zeta; logLik(m); logLik(polr(factor(y) ~ 1))
    expected = [0.0586030629, 0.0262565109, -0.0166646306, 2.46935543, 4.56307531]
    assert fit.estimate == pytest.approx(expected, abs=1e-6)
    assert fit.log_likelihood == pytest.approx(-169.122767, abs=1e-5)
    assert fit.null == pytest.approx(-196.367198, abs=1e-5)
    # 1 - logLik(m) / logLik(m0)
    assert fit.mcfadden == pytest.approx(0.138742274, abs=1e-7)
    assert fit.terms == ("a", "b", "c", "detractor|passive", "passive|promoter")


def test_standard_errors_of_proportional_odds_are_those_of_polr():
    x, y, _, _ = waves()
    # sqrt(diag(vcov(polr(factor(y) ~ Z, Hess = TRUE)))) / attr(Z, "scaled:scale")
    expected = [0.009715028571, 0.008974439415, 0.008754231534]
    assert errors(classes.ordered(x, y).covariance)[:3] == pytest.approx(expected, abs=1e-8)


def test_accounts_as_clusters_give_the_sandwich():
    x, y, accounts, _ = waves()
    # sqrt(diag(vcovCL(polr(factor(y) ~ Z, Hess = TRUE), cluster = g, type = "HC0"))) / scale
    expected = [0.008795886471, 0.008406903153, 0.01008083261]
    fit = classes.ordered(x, y, accounts)
    assert errors(fit.clustered)[:3] == pytest.approx(expected, abs=1e-8)
    assert fit.n_clusters == 60


def test_a_bound_holds_slopes_at_zero_and_fits_the_rest_again():
    x, y, _, _ = waves()
    fit = classes.ordered(x, y, bounded=True)
    # optim(method = "L-BFGS-B", lower = c(0, 0, 0, -Inf, -Inf)) on the log-likelihood
    assert fit.estimate[:3] == pytest.approx([0.05479445459, 0.02261314005, 0], abs=1e-6)
    assert fit.estimate[3:] == pytest.approx([2.94704764, 5.00585885], abs=1e-4)
    assert fit.log_likelihood == pytest.approx(-170.958832, abs=1e-5)
    assert fit.estimate[2] == 0
    assert (fit.covariance[2] == 0).all()


def test_a_bound_that_does_not_bind_changes_nothing():
    x, y, _, _ = waves()
    free = classes.ordered(x[["a", "b"]], y).estimate
    assert classes.ordered(x[["a", "b"]], y, bounded=True).estimate == pytest.approx(free, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_bounded_maximum_obeys_the_conditions_of_kuhn_and_tucker(seed):
    rng = np.random.default_rng(seed)
    inner = rng.normal(size=(90, 5))
    latent = inner @ [0.8, -0.5, 0.0, 0.1, -0.1] + rng.logistic(size=90)
    y = (latent > -0.5).astype(int) + (latent > 0.8)
    theta = logits.most_likely(inner, y, bounded=True)
    _, score, _ = logits.ordered(theta, inner, y, np.ones(90))
    held = np.append(theta[:5] == 0, [False, False])
    assert (theta[:5] >= 0).all()
    assert np.abs(score[~held]).max() < 1e-6
    assert (score[held] <= 1e-6).all()


def test_weights_are_repeated_rows():
    x, y, _, _ = waves()
    times = np.arange(len(y)) % 3
    inner = (x.to_numpy() - 50) / 20
    repeated = np.repeat(np.arange(len(y)), times)
    weighted = logits.most_likely(inner, y.to_numpy(), times.astype(float))
    assert weighted == pytest.approx(
        logits.most_likely(inner[repeated], y.to_numpy()[repeated]), abs=1e-7
    )


def test_the_order_of_rows_does_not_matter():
    x, y, accounts, _ = waves()
    order = np.random.default_rng(1).permutation(len(y))
    one = classes.ordered(x, y, accounts)
    other = classes.ordered(x.iloc[order], y.iloc[order], accounts.iloc[order])
    assert one.estimate == pytest.approx(other.estimate, abs=1e-9)
    assert one.clustered == pytest.approx(other.clustered, abs=1e-12)


def test_a_fit_takes_milliseconds():
    x, y, _, _ = waves()
    start = time.perf_counter()
    for _ in range(20):
        classes.ordered(x, y)
    assert (time.perf_counter() - start) / 20 < 0.05


# --- multinomial and proportional odds -------------------------------------------------------


def test_the_multinomial_logit_is_that_of_nnet():
    x, y, _, _ = waves()
    fit = classes.multinomial(x, y)
    # coef(multinom(factor(y) ~ a + b + c, reltol = 1e-15, maxit = 2000, Hess = TRUE))
    expected = [-2.37018468, 0.0387694201, 0.0208077413, -0.00362862243]
    expected += [-5.42403829, 0.0880058214, 0.0401178064, -0.02396253988]
    assert fit.estimate == pytest.approx(expected, abs=2e-6)
    # summary(.)$standard.errors
    expected = [0.839350517, 0.0122649035, 0.0115370619, 0.0112261921]
    expected += [1.119689876, 0.0157582269, 0.0138772922, 0.0133522459]
    assert errors(fit.covariance) == pytest.approx(expected, abs=1e-6)
    assert fit.log_likelihood == pytest.approx(-168.892732, abs=1e-5)
    assert fit.terms[:2] == ("passive:(constant)", "passive:a")


def test_the_likelihood_ratio_against_the_multinomial_logit():
    x, y, _, _ = waves()
    found = classes.likelihood_ratio(classes.ordered(x, y), classes.multinomial(x, y))
    # 2 * (logLik(multinom) - logLik(polr)); pchisq(., 3, lower.tail = FALSE)
    assert found == pytest.approx((0.460069542, 3, 0.927572183), abs=1e-6)


def test_brants_statistic_is_that_of_its_formula():
    x, y, _, _ = waves()
    found = classes.brant(x, y).set_index("term")
    # two glm(I(y > k) ~ a + b + c, binomial); D' solve(V11 + V22 - V12 - V21) D with Brant's V
    assert found.loc["all", ["chi2", "df", "p"]].tolist() == pytest.approx(
        [1.09958766, 3, 0.777173625], abs=1e-6
    )
    assert found.loc[["a", "b", "c"], "estimate"].tolist() == pytest.approx(
        [0.00870872391, -0.000423960724, -0.011821234197], abs=1e-8
    )
    assert found.loc[["a", "b", "c"], "chi2"].tolist() == pytest.approx(
        [0.35960090246, 0.00106091344, 0.8872797778], abs=1e-6
    )


def test_brants_test_sees_a_driver_that_works_at_one_step_only():
    s = made(n=600)
    found = taken.take(s, asked())
    p = classes.brant(found.scores, found.level, found.answers["account"]).set_index("term")["p"]
    assert p["all"] < 0.001
    assert p["experience"] > 0.05


# --- one step --------------------------------------------------------------------------------


def test_a_logit_of_one_step_is_that_of_glm():
    x, y, accounts, _ = waves()
    here = y < 2
    fit = classes.binary(x[here], (y[here] > 0).astype(int), accounts[here])
    # glm(I(y > 0) ~ a + b + c, binomial, subset = y < 2); vcov; sandwich::vcovCL(type = "HC0")
    expected = [-2.37163069166, 0.03974042487, 0.02132016855, -0.00497678601]
    assert fit.estimate == pytest.approx(expected, abs=1e-8)
    expected = [0.8404751305, 0.0125540408, 0.0119235128, 0.0113470437]
    assert errors(fit.covariance) == pytest.approx(expected, abs=1e-7)
    expected = [0.8590812026, 0.0114564806, 0.0109522943, 0.0123585041]
    assert errors(fit.clustered) == pytest.approx(expected, abs=1e-7)
    assert fit.log_likelihood == pytest.approx(-80.2384045, abs=1e-6)


def test_firths_logit_is_the_maximum_of_the_penalised_likelihood():
    x, y, _, _ = waves()
    here = y < 2
    fit = classes.binary(x[here], (y[here] > 0).astype(int), firth=True)
    # optim(BFGS) of logLik + determinant(t(X) %*% (X * p * (1 - p)))$modulus / 2
    expected = [-2.2725645, 0.0380554517, 0.0204012947, -0.00470096746]
    assert fit.estimate == pytest.approx(expected, abs=1e-5)


def test_firths_logit_stays_finite_where_classes_separate():
    x, y = pd.DataFrame({"a": np.arange(8) - 3.5}), np.repeat([0, 1], 4)
    # the same optim on ys <- rep(0:1, each = 4), xs <- 1:8 - 4.5: 0, 1.03274489
    assert classes.binary(x, y, firth=True).estimate == pytest.approx([0, 1.03274489], abs=1e-5)
    with pytest.raises(ModelError, match="without a doubt"):
        classes.binary(x, y)


def test_firth_with_weights_is_firth_with_repeated_rows():
    x, y, _, _ = waves()
    here = (y < 2).to_numpy()
    design = np.column_stack([np.ones(here.sum()), (x[here] - 50) / 20])
    upper, times = (y[here] > 0).to_numpy().astype(int), np.arange(here.sum()) % 3
    repeated = np.repeat(np.arange(here.sum()), times)
    assert logits.logit(design, upper, times.astype(float), firth=True) == pytest.approx(
        logits.logit(design[repeated], upper[repeated], firth=True), abs=1e-7
    )


# --- what no model can be made of ------------------------------------------------------------


def test_perfectly_told_classes_are_refused():
    x = pd.DataFrame({"a": np.arange(60.0), "b": np.sin(np.arange(60))})
    y = np.repeat([0, 1, 2], 20)
    for model in (classes.ordered, classes.multinomial):
        with pytest.raises(ModelError, match="without a doubt"):
            model(x, y)


@pytest.mark.parametrize(("kept", "word"), [((0, 1), "promoter"), ((1, 2), "detractor")])
def test_a_class_that_nobody_is_in_is_named(kept, word):
    x, y, _, _ = waves()
    here = y.isin(kept)
    with pytest.raises(ModelError, match=f"Nobody is a {word}"):
        classes.ordered(x[here], y[here])


def test_a_driver_that_does_not_vary_is_named():
    x, y, _, _ = waves()
    with pytest.raises(ModelError, match="Customer care got the same score from everybody"):
        classes.ordered(x.assign(customer_care=80.0), y)


def test_a_driver_that_follows_from_others_is_named():
    x, y, _, _ = waves()
    with pytest.raises(ModelError, match="Twice follows from the other drivers"):
        classes.ordered(x.assign(twice=x["a"] + 2 * x["b"]), y)


def test_fewer_answers_than_slopes_are_refused():
    x, *_ = waves()
    with pytest.raises(ModelError, match="5 answers cannot carry 3 drivers"):
        classes.ordered(x.iloc[:5], np.array([0, 1, 2, 0, 1]))


def test_one_account_has_no_clustered_error():
    x, y, _, _ = waves()
    assert np.isnan(classes.ordered(x, y, np.zeros(len(y))).clustered).all()


# --- the answers that are taken --------------------------------------------------------------


def test_only_complete_answers_are_taken():
    s = made()
    s.answers.loc[3, "nps"] = np.nan
    s.answers.loc[4, ["solution_1", "solution_2"]] = np.nan
    found = taken.take(s, asked())
    assert (len(found.scores), found.n_asked, found.n_accounts) == (238, 239, 80)
    assert found.scores.min().min() >= 0
    assert found.scores.max().max() <= 100
    assert found.reason == ""


def test_a_driver_with_one_score_is_left_out_and_named():
    s = made()
    s.answers[["experience_1", "experience_2"]] = 5.0
    found = taken.take(s, asked())
    assert found.left_out == ("Experience",)
    assert list(found.scores) == ["solution", "reliability"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(nps=np.nan), "was not asked"),
        (lambda f: f.iloc[:20], "20 complete answers are too few"),
        (lambda f: f.assign(account="A", contact=None), "come from 1 accounts"),
        (lambda f: f.iloc[:0], "was not asked"),
        (lambda f: f.assign(**{f"{n}_{k}": 4.0 for n in NAMES for k in (1, 2)}), "same score"),
    ],
)
def test_answers_that_carry_nothing_are_refused_in_a_sentence(change, words):
    s = made()
    s = survey(change(s.answers), {name: [f"{name}_1", f"{name}_2"] for name in NAMES})
    found = taken.take(s, asked())
    assert words in found.reason
    assert found.reason.endswith(".")


def test_an_unknown_driver_is_a_mistake_in_the_parameters():
    with pytest.raises(ParamsError, match="'trust', which no column"):
        taken.take(made(), asked(predictors=("trust",)))


def test_drivers_that_were_not_asked_leave_nothing():
    s = survey(answers([10, 3] * 20), {})
    assert "Nothing was asked" in taken.take(s, asked(predictors=None)).reason


def test_classes_of_ratings():
    assert classes.of(pd.Series([0, 6, 7, 8, 9, 10, np.nan])).tolist()[:6] == [0, 0, 1, 1, 2, 2]
    assert classes.of(pd.Series([np.nan])).isna().all()
