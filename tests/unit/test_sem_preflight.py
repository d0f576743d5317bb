"""What data and models cannot be fitted: each ends in a sentence, never in a number."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.models import sem
from tests import relations

TEXT = "trust =~ t1 + t2 + t3\ncommitment =~ c1 + c2 + c3\ncommitment ~ trust"
ITEMS = ["t1", "t2", "t3", "c1", "c2", "c3"]


def made(n=120, seed=3):
    rng = np.random.default_rng(seed)
    trust = rng.normal(size=(n, 1))
    commitment = 0.5 * trust + rng.normal(0, 0.8, size=(n, 1))
    return pd.DataFrame(
        np.hstack([trust + rng.normal(0, 0.6, (n, 3)), commitment + rng.normal(0, 0.6, (n, 3))]),
        columns=ITEMS,
    )


def refused(data, text=TEXT, **settings):
    found = sem.fit(text, data, **settings)
    assert not found.usable
    assert found.parameters.empty
    assert found.indices.isna().all()
    (said,) = found.problems
    assert said.endswith(".")
    return said


def test_sound_answers_are_used():
    found = sem.fit(TEXT, made())
    assert (found.usable, found.engine, found.n, found.problems) == (True, "semopy", 120, ())


def test_a_column_that_is_not_there_is_named():
    assert "no column 'c3'" in refused(made().drop(columns="c3"))


@pytest.mark.parametrize("estimator", ["MLR", "WLSMV"])
@pytest.mark.parametrize("name", ["t1", "account"])
def test_a_column_that_is_there_twice_is_named(estimator, name):
    data = made().round().clip(-2, 2).assign(account=[f"a{k // 3}" for k in range(120)])
    twice = pd.concat([data, data[[name]]], axis=1)
    assert f"'{name}'" in refused(twice, estimator=estimator, cluster="account")
    assert sem.fit(TEXT, data, estimator, cluster="account").usable


def test_complex_numbers_and_giants_are_refused():
    assert "no numbers" in refused(made().assign(t1=1j))
    assert "too large" in refused(made().assign(t1=np.linspace(-1e200, 1e200, 120)))


def test_a_constant_item_is_named():
    assert refused(made().assign(t2=5.0)).startswith("Everyone gave the same answer to 't2'")


def test_copies_and_sums_are_named():
    data = made()
    assert "copies or sums" in refused(data.assign(t2=2 * data["t1"] + 1))
    assert "'t3'" in refused(data.assign(t3=data["t1"] - data["t2"]))


def test_text_is_refused_without_showing_it():
    data = made().astype(object)
    data.loc[4, "c1"] = "secret words"
    said = refused(data)
    assert "'c1' holds text" in said
    assert "secret" not in said


def test_numbers_in_an_object_column_are_numbers():
    data = made().astype(object)
    data.loc[4, "c1"] = None
    assert sem.fit(TEXT, data).n == 119


def test_pandas_missing_values_are_gaps():
    data = made().astype("Float64")
    data.loc[:9, "t1"] = pd.NA
    assert sem.fit(TEXT, data).n == 110


def test_infinite_values_are_refused():
    data = made()
    data.loc[0, "t1"] = np.inf
    assert "'t1' holds infinite values" in refused(data)


def test_answers_outside_the_scale_are_counted():
    data = made().clip(-3, 3)
    data.loc[[3, 5], "t1"] = 99
    limits = dict.fromkeys(ITEMS, (-3, 3))
    assert "'t1' holds 2 values outside -3 to 3" in refused(data, limits=limits)


def test_a_question_that_nobody_answered_is_named():
    assert refused(made().assign(t1=np.nan), missing="fiml").startswith("Nobody answered 't1'")


def test_a_model_with_nothing_to_estimate_is_refused():
    fixed = "\n".join(["f =~ 1*t1 + 1*t2", "f ~~ 1*f", "t1 ~~ 1*t1", "t2 ~~ 1*t2"])
    assert "nothing to estimate" in refused(made(), fixed)


def test_fewer_answers_than_items_are_refused():
    assert "6 answers cannot carry a model of 6 items" in refused(made(6))


def test_no_complete_answer_is_refused():
    data = made()
    data.loc[::2, "t1"] = np.nan
    data.loc[1::2, "c1"] = np.nan
    assert "No respondent" in refused(data)
    assert "Nobody answered both t1 and c1" in refused(data, missing="fiml")


@pytest.mark.parametrize(
    "text",
    [
        "trust =~ t1 + t2",
        "trust =~ t1 + NA*t2 + t3\ntrust ~~ NA*trust\ntrust =~ NA*t1",
        "a =~ t1 + t2\nb =~ c1 + c2\na ~~ 0*b",
        "y =~ t1 + t2 + t3\ny ~ t1",
    ],
)
def test_a_model_that_no_answers_identify_is_refused(text):
    # degrees of freedom below 0, no unit, two items alone, an arrow back from an item
    said = refused(made(), text.replace("trust =~ t1 + NA*t2", "trust =~ NA*t1 + t2"))
    assert "apart" in said or "unknowns" in said


def test_arrows_in_a_circle_without_end_are_refused():
    said = refused(made(), TEXT.replace("~ trust", "~ 1*trust") + "\ntrust ~ 1*commitment")
    assert "circle" in said or "apart" in said


def test_a_negative_error_variance_is_said_and_not_hidden():
    # Three items that cannot come of one factor: r12 * r13 / r23 is 1.2.
    r = np.array([[1, 0.8, 0.6], [0.8, 1, 0.4], [0.6, 0.4, 1]])
    raw = np.random.default_rng(1).standard_normal((100, 3))
    white = np.linalg.qr(raw - raw.mean(axis=0))[0]
    data = pd.DataFrame(white @ np.linalg.cholesky(r).T, columns=["t1", "t2", "t3"])
    found = sem.fit("trust =~ t1 + t2 + t3", data)
    assert not found.usable
    assert "error variance of t1 is not above zero" in found.problems[0]
    row = found.parameters.set_index(["lhs", "op", "rhs"]).loc[("t1", "~~", "t1")]
    assert row["std_all"] == pytest.approx(-0.2, abs=1e-5)


def test_constructs_that_correlate_one_are_said():
    data = made(300)
    for k in (1, 2, 3):
        data[f"c{k}"] = data[f"t{k}"] + np.random.default_rng(k).normal(0, 0.8, 300)
    data["c1"] += 0.9 * data["t2"]
    data["c2"] += 0.9 * data["t3"]
    found = sem.fit("trust =~ t1+t2+t3\ncommitment =~ c1+c2+c3", data)
    assert not found.usable
    assert any("correlate 1 or more" in p or "not above zero" in p for p in found.problems)


def test_answers_of_one_account_tell_nothing_of_their_spread():
    found = sem.fit(TEXT, made().assign(account="a"), "MLR", cluster="account")
    assert not found.usable
    assert any("one account" in problem for problem in found.problems)


def test_one_group_cannot_be_compared():
    assert "two or more" in refused(made().assign(g="x"), group="g")


def test_weights_below_zero_are_refused():
    assert "weights" in refused(made().assign(w=-1.0), weights="w")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"estimator": "WLS"}, "Unknown estimator"),
        ({"missing": "pairwise"}, "Unknown treatment of gaps"),
        ({"equal": ("loadings",)}, "only when a group is named"),
        ({"estimator": "WLSMV", "missing": "fiml"}, "complete answers"),
    ],
)
def test_settings_that_make_no_sense_are_errors(settings, said):
    with pytest.raises(ModelError, match=said):
        sem.fit(TEXT, made(), **settings)


def test_ordered_answers_with_many_values_are_refused():
    found = sem.fit(TEXT, made(), "WLSMV")
    assert not found.usable
    assert "t1" in found.problems[0]


@pytest.mark.parametrize("factor", [1e-4, 1e6])
@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_the_scale_of_an_item_changes_no_standardised_result(factor, missing):
    # semopy alone: x2 * 1e-4 turned a chi-square of 85 into 8,824 without a word
    data = made()
    if missing == "fiml":
        data.iloc[::7, 1] = np.nan
    other = data.assign(t2=data["t2"] * factor, c1=data["c1"] * factor)
    one, two = (sem.fit(TEXT, d, missing=missing) for d in (data, other))
    columns = ["std_all", "std_all_se"]
    np.testing.assert_allclose(one.parameters[columns], two.parameters[columns], rtol=1e-6)
    names = ["chisq", "cfi", "rmsea", "srmr"]
    np.testing.assert_allclose(one.indices[names], two.indices[names], rtol=1e-6)


def test_the_order_of_rows_and_columns_changes_nothing():
    data = relations.sample(250, 4, accounts=80)
    data.iloc[::11, 3] = np.nan
    mixed = data.sample(frac=1, random_state=1)[data.columns[::-1]]
    one, two = (
        sem.fit(relations.MODEL.text, d, "MLR", "fiml", cluster="account") for d in (data, mixed)
    )
    pd.testing.assert_frame_equal(one.parameters, two.parameters, rtol=1e-8)
    pd.testing.assert_series_equal(one.indices, two.indices, rtol=1e-8)


def test_names_with_any_character_are_fitted():
    names = {"t1": "How likely? (0-10)", "c1": "<b>bold</b>", "t2": "x.y z"}
    text = TEXT
    for plain, strange in names.items():
        text = text.replace(plain, f"`{strange}`")
    found = sem.fit(text, made().rename(columns=names))
    assert (found.usable, found.engine) == (True, "semopy")
    assert found.indices["chisq"] == pytest.approx(sem.fit(TEXT, made()).indices["chisq"])


def test_exact_population_gives_back_its_paths_and_chi_square_zero():
    found = sem.fit(relations.MODEL.text, relations.exact(400))
    assert found.indices["chisq"] == pytest.approx(0, abs=1e-6)
    assert found.indices["cfi"] == 1
    for row in found.parameters[found.parameters["op"] == "~"].itertuples():
        assert row.std_all == pytest.approx(relations.TRUTH[row.rhs, row.lhs], abs=1e-6)
