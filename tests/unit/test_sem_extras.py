"""Bootstrap, power, common method, ladders and scores beyond what lavaan's numbers cover."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.models import sem
from analysis.models.sem import resampling
from analysis.models.sem.engine import indices
from tests import relations

TEXT = """
trust =~ trust_1 + trust_2 + trust_3
commitment =~ commitment_1 + commitment_2 + commitment_3
cooperation =~ cooperation_1 + cooperation_2 + cooperation_3
commitment ~ trust
cooperation ~ commitment + trust
"""


@pytest.fixture(scope="module")
def data():
    return relations.sample(300, 5, accounts=100, share=0.5)


@pytest.fixture(scope="module")
def fit(data):
    return sem.fit(TEXT, data, "MLR", cluster="account", check=False)


def test_bootstrap_errors_agree_with_the_delta_method(fit):
    by_delta = sem.effects(fit)
    drawn = sem.effects(fit, bootstrap=400, seed=1)
    ratio = drawn["se"] / by_delta["se"]
    assert ratio.between(0.8, 1.25).all()
    assert (drawn["ci_low"] < drawn["est"]).all()
    assert (drawn["ci_high"] > drawn["est"]).all()


def test_whole_accounts_are_drawn(data, fit):
    alone = sem.fit(TEXT, data, check=False)
    wide, narrow = (resampling.draw(f, 300, 1).theta.std(axis=0) for f in (fit, alone))
    loadings = slice(0, 6)
    assert wide[loadings].mean() > 1.1 * narrow[loadings].mean()


def test_the_same_seed_gives_the_same_resamples(fit):
    one, two = (resampling.draw(fit, 20, 7).theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_answers_with_gaps_can_be_resampled(data):
    holed = data.astype({"trust_1": float})
    holed.loc[::10, "trust_1"] = np.nan
    found = resampling.draw(sem.fit(TEXT, holed, missing="fiml"), 20, 1)
    assert found.enough
    assert np.isfinite(found.theta).all()


def test_a_fit_that_cannot_be_used_is_not_resampled(data):
    with pytest.raises(ModelError, match="cannot be used"):
        resampling.draw(sem.fit("f =~ trust_1 + trust_2", data), 10)


def test_power_grows_with_answers_and_with_the_path(fit):
    paths = {("trust", "commitment"): 0.25}
    few, many = (
        sem.power(fit, n, paths, samples=100, seed=1).set_index(["rhs", "lhs"]) for n in (80, 300)
    )
    at = ("trust", "commitment")
    assert few.loc[at, "std_all"] == pytest.approx(0.25, abs=1e-6)
    assert few.loc[at, "power"] < 0.75 < many.loc[at, "power"]
    assert abs(many.loc[at, "bias"]) < 0.03
    assert many.loc[at, "ci_low"] < many.loc[at, "power"] < many.loc[at, "ci_high"]
    halved = sem.power(fit, 300, paths, design_effect=3.75, samples=100, seed=1)
    assert halved.set_index(["rhs", "lhs"]).loc[at, "power"] == few.loc[at, "power"]


def test_power_of_no_path_is_the_level(fit):
    found = sem.power(fit, 300, {("trust", "cooperation"): 0.0}, samples=200, seed=2)
    share = found.set_index(["rhs", "lhs"]).loc[("trust", "cooperation"), "power"]
    assert share < 0.10


def test_power_refuses_paths_that_are_not_there_or_leave_no_variance(fit):
    with pytest.raises(ModelError, match="no path from commitment to trust"):
        sem.power(fit, 100, {("commitment", "trust"): 0.2})
    with pytest.raises(ModelError, match="no variance would be left"):
        sem.power(fit, 100, {("trust", "commitment"): 1.2})


def test_one_common_cause_shows_and_its_absence_does():
    rng = np.random.default_rng(1)
    constructs = {name: [f"{name}{k}" for k in (1, 2, 3)] for name in "abcd"}
    items = [item for of in constructs.values() for item in of]
    apart = rng.normal(size=(300, 4)).repeat(3, axis=1)
    noise = rng.normal(0, 0.7, size=(300, 12))
    common = rng.normal(size=(300, 1))
    found = {}
    for name, part in (("apart", apart), ("common", 0.3 * apart + common)):
        frame = pd.DataFrame(part + noise, columns=items)
        found[name] = sem.common_method(frame, constructs, resamples=200).set_index("term")
    assert found["apart"].loc["harman", "ci_high"] < 0.4 < found["common"].loc["harman", "ci_low"]
    assert found["apart"].loc["vif", "estimate"] < 1.2 < found["common"].loc["vif", "estimate"]


def test_a_ladder_releases_what_stands_in_the_way_and_names_it():
    one, two = (relations.sample(300, seed).assign(wave=str(seed)) for seed in (1, 2))
    two["trust_3"] += 0.9  # one question is understood otherwise
    two[[f"cooperation_{k}" for k in (1, 2, 3)]] += 0.5  # one construct rose
    both = pd.concat([one, two], ignore_index=True)
    measured = "\n".join(TEXT.strip().splitlines()[:3])
    found = sem.invariance(measured, both, "wave", ("configural", "metric", "scalar"))
    assert found.comparable
    assert found.levels["released"].iloc[-1] == "trust_3"
    means = found.means.set_index("construct")
    assert means.loc["cooperation", "ci_low"] > 0
    assert means.loc["trust", "ci_low"] < 0 < means.loc["trust", "ci_high"]
    strict = sem.invariance(
        measured, both, "wave", ("configural", "metric", "scalar"), release=False
    )
    assert not strict.comparable
    assert strict.means.empty


def test_levels_out_of_order_are_refused(data):
    with pytest.raises(ModelError, match="in the order"):
        sem.invariance(TEXT, data, "account", ("metric",))


def test_accounts_in_both_waves_widen_the_comparison():
    # The same 300 people twice: their scores go together, so that a difference is surer.
    one = relations.sample(300, 1)
    two = one + np.random.default_rng(1).normal(0, 0.3, one.shape)
    both = pd.concat([one.assign(wave="1"), two.assign(wave="2")])
    both["who"] = np.tile(np.arange(300), 2)
    settings = {"levels": ("configural", "metric", "scalar"), "estimator": "MLR"}
    measured = "\n".join(TEXT.strip().splitlines()[:3])
    linked = sem.invariance(measured, both, "wave", cluster="who", **settings).means
    alone = sem.invariance(measured, both, "wave", **settings).means
    assert (linked["se"] < 0.6 * alone["se"]).all()


def test_only_nested_fits_to_the_same_answers_are_compared(data, fit):
    with pytest.raises(ModelError, match="equally many"):
        sem.compare(fit, fit)
    with pytest.raises(ModelError, match="same answers"):
        sem.compare(fit, sem.fit(TEXT, data.head(200), check=False))


def test_people_with_gaps_get_scores_of_what_they_answered(data):
    holed = data.copy()
    holed.loc[0, ["trust_1", "trust_2", "trust_3"]] = np.nan
    found = sem.fit(TEXT, holed, missing="fiml", check=False)
    regression = sem.factor_scores(found)
    assert regression.loc[0].notna().all()
    assert sem.factor_scores(found, "bartlett").loc[0].isna().all()
    whole = sem.factor_scores(sem.fit(TEXT, data, check=False))
    assert regression.drop(0)["trust"].corr(whole.drop(0)["trust"]) > 0.999


def test_the_root_of_the_variance_extracted_is_the_diagonal(fit):
    found = sem.fornell_larcker(fit)
    ave = sem.reliability(fit).set_index("term")["ave"]
    assert found.loc["trust", "trust"] == pytest.approx(np.sqrt(ave["trust"]))
    pairs = sem.latent_correlations(fit).set_index(["lhs", "rhs"])["est"]
    assert found.loc["trust", "commitment"] == pytest.approx(pairs["trust", "commitment"])


def test_swains_correction_matters_less_the_more_answers_there_are():
    factors = [indices.swain_factor(36, 561, n) for n in (100, 200, 400, 10_000)]
    assert factors == sorted(factors)
    assert factors[-1] > 0.998


def test_cfi_stays_within_its_bounds():
    # semopy gave 1.02 where chi-square is below its degrees of freedom
    low = indices.measures(indices.Chi(10, 24), indices.Chi(900, 36), n=300, p=9, npar=21)
    assert low["cfi"] == 1
    high = indices.measures(indices.Chi(950, 24), indices.Chi(900, 36), n=300, p=9, npar=21)
    assert high["cfi"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        sem.effects,
        sem.reliability,
        sem.modification_indices,
        sem.factor_scores,
        sem.fornell_larcker,
    ],
)
def test_nothing_is_worked_out_of_a_fit_that_cannot_be_used(data, asked):
    few = sem.fit(TEXT, data.head(5))
    with pytest.raises(ModelError, match="This fit cannot be used"):
        asked(few)


def test_what_needs_a_likelihood_says_so_of_ordered_answers(data):
    steps = data.round().clip(1, 7)
    with pytest.raises(ModelError, match="not WLSMV"):
        sem.modification_indices(sem.fit(TEXT, steps, "WLSMV"))


def test_htmt_takes_two_items_of_each_construct(data):
    with pytest.raises(ModelError, match="trust has fewer"):
        sem.htmt(data, {"trust": ["trust_1"], "cooperation": ["cooperation_1", "cooperation_2"]})


def test_a_structure_that_fits_no_group_does_not_hold(data):
    both = data.assign(wave=np.arange(len(data)) % 2)
    wrong = "\n".join(
        f"{name} =~ trust_{k} + commitment_{k} + cooperation_{k}"
        for k, name in ((1, "one"), (2, "two"))
    )
    found = sem.invariance(wrong + "\none ~~ 0*two", both, "wave")
    assert found.levels["holds"].tolist() == [False]
    assert not found.comparable


def test_a_category_that_nobody_is_in_is_no_group(data):
    wave = pd.Categorical(np.where(np.arange(len(data)) % 2, "a", "b"), ["a", "b", "c"])
    assert sem.fit(TEXT, data.assign(wave=wave), group="wave", check=False).usable


def test_a_step_that_holds_nothing_more_equal_costs_nothing(data):
    both = data.assign(wave=np.arange(len(data)) % 2)
    tied = "trust =~ trust_1 + 0.94*trust_2 + 0.88*trust_3"
    found = sem.invariance(tied, both, "wave", ("configural", "metric"))
    assert found.levels["delta_cfi"].iloc[1] == 0


@pytest.mark.parametrize("chisq", [0.0, 1e-300, 1.42e-12, 1e-9, 1.0])
def test_a_model_that_fits_exactly_is_surely_close(chisq):
    # scipy.stats.ncx2.sf(1.42e-12, 561, 561) overflows.
    base = indices.Chi(9000, 595)
    found = indices.measures(indices.Chi(chisq, 561), base, n=400, p=36, npar=105)
    assert found["rmsea_pclose"] == 1


def test_close_fit_is_a_noncentral_chi_square():
    # R 4.2.2: 1 - pchisq(1200, 561, ncp = 400 * 561 * 0.05^2) = 0.0912850752
    base = indices.Chi(9000, 595)
    found = indices.measures(indices.Chi(1200, 561), base, n=400, p=36, npar=105)
    assert found["rmsea_pclose"] == pytest.approx(0.0912850752, abs=1e-9)
