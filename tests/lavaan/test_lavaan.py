"""Every number that a fit prints, against lavaan and semTools: see reference.R."""

import numpy as np
import pytest

from analysis.models import sem
from tests.lavaan import data, reference

#: case -> model, answers, settings of `sem.fit`.
LIKELIHOOD = {
    "hs_ml": (data.HS, data.hs, {}),
    "pd_ml": (data.PD, data.pd_, {}),
    "paths_ml": (data.PATHS, data.hs, {}),
    "relations_ml": (data.RELATIONS, data.accounts, {}),
    "hs_mlr": (data.HS, data.hs, {"estimator": "MLR"}),
    "pd_mlr": (data.PD, data.pd_, {"estimator": "MLR"}),
    "relations_mlr": (data.RELATIONS, data.accounts, {"estimator": "MLR"}),
    "relations_cluster": (
        data.RELATIONS,
        data.accounts,
        {"estimator": "MLR", "cluster": "account"},
    ),
    "hs_weights": (data.HS, data.hs_weighted, {"estimator": "MLR", "weights": "w"}),
    "hs_fiml": (data.HS, data.hs_gaps, {"missing": "fiml"}),
    "hs_fiml_mlr": (data.HS, data.hs_gaps, {"missing": "fiml", "estimator": "MLR"}),
    "relations_fiml": (data.RELATIONS, data.accounts_gaps, {"missing": "fiml"}),
    "relations_fiml_cluster": (
        data.RELATIONS,
        data.accounts_gaps,
        {"missing": "fiml", "estimator": "MLR", "cluster": "account"},
    ),
}
LADDER = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
GROUPS = [(estimator, level) for estimator in ("ML", "MLR") for level in LADDER]

#: lavaan's likelihood-based robust indices for ordered answers (Savalei 2021) are not computed.
ORDERED = ("cfi_robust", "tli_robust", "rmsea_robust")


@pytest.fixture(scope="module", params=LIKELIHOOD)
def case(request):
    text, answers, settings = LIKELIHOOD[request.param]
    return request.param, sem.fit(text, answers(), **settings)


def test_estimates_and_standard_errors_are_lavaans(case):
    name, found = case
    assert found.usable, found.problems
    assert reference.parameters_off(found, name) == []


def test_fit_indices_are_lavaans(case):
    name, found = case
    assert reference.indices_off(found, name) == []


def test_semopy_agrees_with_every_fit_to_complete_answers(case):
    name, found = case
    whole = "fiml" not in name and "weights" not in name
    means = name == "paths_ml"  # an intercept is written, but says nothing of covariances
    assert (found.engine == "semopy") == whole, (found.problems, means)


@pytest.fixture(scope="module")
def ladder():
    return {
        (estimator, level): sem.fit(
            data.HS, data.hs(), estimator, group="school", equal=LADDER[level]
        )
        for estimator, level in GROUPS
    }


@pytest.mark.parametrize(("estimator", "level"), GROUPS)
def test_groups_with_equal_parameters_are_lavaans(ladder, estimator, level):
    found = ladder[estimator, level]
    name = f"groups_{estimator.lower()}_{level}"
    assert reference.parameters_off(found, name) == []
    assert reference.indices_off(found, name) == []


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
@pytest.mark.parametrize(
    ("before", "level"), [("configural", "metric"), ("metric", "scalar"), ("scalar", "strict")]
)
def test_steps_of_the_ladder_are_compared_as_by_lavtestlrt(ladder, estimator, before, level):
    row = sem.compare(ladder[estimator, level], ladder[estimator, before]).iloc[0]
    for want in reference.values(f"compare_{estimator.lower()}_{level}", "index").itertuples():
        assert row[want.lhs] == pytest.approx(want.value, rel=1e-4, abs=1e-7), want.lhs


def test_released_intercepts_are_lavaans_group_partial():
    free = (("x3", "~1", ""), ("x7", "~1", ""))
    found = sem.fit(data.HS, data.hs(), group="school", equal=LADDER["scalar"], released=free)
    assert reference.parameters_off(found, "groups_partial") == []
    assert reference.indices_off(found, "groups_partial") == []


@pytest.mark.parametrize(
    ("name", "text", "answers"),
    [
        ("hs_wlsmv", data.HS, data.hs_steps),
        ("small_wlsmv", data.SMALL, data.accounts_steps),
    ],
)
def test_ordered_answers_are_lavaans_wlsmv(name, text, answers):
    found = sem.fit(text, answers(), "WLSMV")
    assert found.usable, found.problems
    assert reference.parameters_off(found, name) == []
    assert reference.indices_off(found, name, ORDERED, tolerance=1e-4) == []


def test_indirect_and_total_effects_are_lavaans_products_of_paths():
    found = sem.effects(sem.fit(data.RELATIONS, data.accounts(), check=False))
    rows = found.set_index(["rhs", "lhs", "kind"])
    names = {
        "sv_commitment_indirect": ("shared_values", "commitment", "indirect"),
        "sv_commitment_total": ("shared_values", "commitment", "total"),
        "sv_cooperation": ("shared_values", "cooperation", "total"),
        "trust_cooperation_indirect": ("trust", "cooperation", "indirect"),
        "trust_cooperation_total": ("trust", "cooperation", "total"),
    }
    for what, column in reference.COLUMN.items():
        for want in reference.values("effects", what).itertuples():
            got = rows.loc[names[want.lhs], column]
            assert got == pytest.approx(want.value, abs=1e-4), (what, want.lhs)


@pytest.mark.parametrize(
    ("name", "text", "answers"),
    [("mi_hs", data.HS, data.hs), ("mi_relations", data.RELATIONS, data.accounts)],
)
def test_modification_indices_are_lavaans(name, text, answers):
    found = sem.modification_indices(sem.fit(text, answers(), check=False))
    rows = {(r.lhs, r.op, r.rhs): r for r in found.itertuples()}
    rows |= {(r.rhs, "~~", r.lhs): r for r in found[found["op"] == "~~"].itertuples()}
    for what in ("mi", "epc", "sepc_all"):
        for want in reference.values(name, what).itertuples():
            got = getattr(rows[want.lhs, want.op, want.rhs], what)
            assert got == pytest.approx(want.value, rel=1e-3, abs=1e-3), (what, want)


@pytest.fixture(scope="module")
def hs():
    return sem.fit(data.HS, data.hs(), check=False)


def test_omega_and_variance_extracted_are_semtools(hs):
    found = sem.reliability(hs).set_index("term")
    for what in ("omega", "ave"):
        for want in reference.values("measurement", what).itertuples():
            assert found.loc[want.lhs, what] == pytest.approx(want.value, abs=1e-5)


def test_htmt_is_semtools(hs):
    found = sem.htmt(data.hs(), hs.table.measurement).set_index(["lhs", "rhs"])
    for want in reference.values("measurement", "htmt").itertuples():
        assert found.loc[(want.lhs, want.rhs), "estimate"] == pytest.approx(want.value, abs=1e-6)


@pytest.mark.parametrize("method", ["regression", "bartlett"])
def test_factor_scores_are_lavpredicts(hs, method):
    found = sem.factor_scores(hs, method).to_numpy()
    names = list(sem.factor_scores(hs, method).columns)
    for want in reference.values("measurement", method).itertuples():
        got = found[int(want.rhs) - 1, names.index(want.lhs)]
        assert got == pytest.approx(want.value, abs=1e-4)


def test_residual_correlations_and_explained_variance_are_lavaans(hs):
    for want in reference.values("measurement", "residual").itertuples():
        assert hs.residuals.loc[want.lhs, want.rhs] == pytest.approx(want.value, abs=1e-5)
    pd_ = sem.fit(data.PD, data.pd_(), check=False)
    r2 = pd_.r2.set_index("term")["estimate"]
    for want in reference.values("measurement", "r2_pd").itertuples():
        assert r2[want.lhs] == pytest.approx(want.value, abs=1e-5)
    for want in reference.values("measurement", "latent_cov").itertuples():
        assert pd_.latent_cov.loc[want.lhs, want.rhs] == pytest.approx(want.value, abs=1e-4)


def test_patterns_of_gaps_are_counted_as_by_lavaan():
    found = sem.fit(data.HS, data.hs_gaps(), missing="fiml", check=False)
    assert found.n_patterns == reference.values("measurement", "patterns")["value"].item()
    assert np.isfinite(found.indices["chisq"])
