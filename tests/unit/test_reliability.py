"""Omega against lavaan and semTools; R 4.2.2, psych 2.2.9, lavaan 0.6-14, semTools 0.5-6.

`hs` is lavaan's HolzingerSwineford1939; `cl` is (0:300) %/% 7, 43 made-up accounts. The model is
"f =~ l1*x1 + ...; x1~~e1*x1 ...; om := (l1+...)^2 / ((l1+...)^2 + e1+...)", std.lv = TRUE.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from semopy.examples import holzinger39

from analysis.measures import scales
from analysis.models import reliability
from tests.scored import answers, survey

HS = holzinger39.get_data().sort_values("id").reset_index(drop=True)
SEVENS = pd.Series(np.arange(301) // 7)
NAMES = {
    "visual": ["x1", "x2", "x3"],
    "textual": ["x4", "x5", "x6"],
    "speed": ["x7", "x8", "x9"],
    "all": [f"x{k}" for k in range(1, 10)],
}


def ends(row):
    return [row["ci_low"], row["ci_high"]]


def on_log_scale(omega, half):
    """Ends of an interval of log(1 - omega) whose delta-method half width on omega is `half`."""
    return [1 - (1 - omega) * np.exp(way * half / (1 - omega)) for way in (1, -1)]


@pytest.mark.parametrize(
    ("scale", "value", "low", "high"),
    [
        # R: parameterEstimates(cfa(model, hs, std.lv = TRUE, estimator = "MLR")), row om;
        #    semTools::compRelSEM(cfa(...), obs.var = FALSE) gives the same four values
        ("visual", 0.6325531563, 0.5621923243, 0.7029139883),
        ("textual", 0.8858809239, 0.8652455520, 0.9065162959),
        ("speed", 0.6961352867, 0.6375860404, 0.7546845331),
        ("all", 0.7380691717, 0.6751896576, 0.8009486858),
    ],
)
def test_omega_and_its_interval_match_lavaan(scale, value, low, high):
    row = reliability.omega(HS[NAMES[scale]]).iloc[0]
    assert row["estimate"] == pytest.approx(value, abs=1e-6)
    assert ends(row) == pytest.approx(on_log_scale(value, (high - low) / 2), abs=1e-5)
    assert (row["n"], row["kind"], row["note"]) == (301, "omega", "")


@pytest.mark.parametrize(
    ("scale", "error"),
    [
        # R: the same with cluster = "cl"; se of om
        ("visual", 0.0348680503),
        ("textual", 0.0094999585),
        ("speed", 0.0288570928),
        ("all", 0.0285201863),
    ],
)
def test_accounts_are_clusters_as_in_lavaan_with_t_for_few(scale, error):
    row = reliability.omega(HS[NAMES[scale]], voices=SEVENS).iloc[0]
    half = stats.t.ppf(0.975, 42) * error
    assert ends(row) == pytest.approx(on_log_scale(row["estimate"], half), abs=1e-5)


@pytest.mark.parametrize(
    ("scale", "value"),
    [
        # R: psych::omega(scale(hs[, items]), nfactors = 1, fm = "ml", plot = FALSE)$omega.tot
        ("visual", 0.6350718482),
        ("textual", 0.8849615229),
        ("speed", 0.6983746305),
    ],
)
def test_on_standardised_items_omega_is_that_of_psych(scale, value):
    z = HS[NAMES[scale]].apply(stats.zscore)
    assert reliability.omega(z)["estimate"].item() == pytest.approx(value, abs=1e-5)


def test_where_one_factor_fits_badly_omega_divides_by_the_variance_of_the_model():
    # R: compRelSEM(cfa("f =~ x1+...+x9", scale(hs)), obs.var = FALSE) = 0.7234607495, while
    #    psych::omega(., 1, fm = "ml")$omega.tot = 0.7690 divides by the variance seen
    z = HS[NAMES["all"]].apply(stats.zscore)
    assert reliability.omega(z)["estimate"].item() == pytest.approx(0.7234607495, abs=1e-6)


def test_two_questions_have_the_figure_of_spearman_and_brown():
    # R: r <- cor(hs$x1, hs$x2); 2*r/(1+r) = 0.4583906268 (psych::splitHalf: 0.46);
    #    q <- tanh(atanh(r) + c(-1,1)*qnorm(.975)/sqrt(298)); 2*q/(1+q)
    row = reliability.omega(HS[["x1", "x2"]]).iloc[0]
    assert row["estimate"] == pytest.approx(0.4583906268, abs=1e-9)
    assert row["ci_low"] == pytest.approx(0.3203211833, abs=1e-9)
    assert row["ci_high"] == pytest.approx(0.5684127475, abs=1e-9)
    assert row["kind"] == "Spearman-Brown"
    assert "equally good" in row["note"]


def test_a_heywood_case_is_refused_with_the_question_named():
    # R: cfa("t =~ i1+i2+i3") of the ten answers of test_scales, three times over: i1~~i1 = -0.279
    ten = pd.DataFrame(
        {
            "i1": [7, 6, 5, 7, 4, 6, 3, 5, 6, 2],
            "i2": [6, 6, 5, 7, 5, 7, 2, 4, 6, 3],
            "i3": [7, 5, 6, 6, 4, 6, 4, 5, 7, 1],
        },
        dtype=float,
    )
    row = reliability.omega(pd.concat([ten] * 3, ignore_index=True)).iloc[0]
    assert np.isnan(row["estimate"])
    assert "error variance of i1 is not above zero" in row["note"]
    assert row["kind"] == ""


def test_what_cannot_be_told_says_why():
    told = {
        "one": HS[["x1"]],
        "few": HS[["x1", "x2", "x3"]].head(29),
        "flat": HS[["x1", "x2", "x3"]].assign(x2=4.0),
        "apart": HS[["x1", "x2"]].assign(x2=-HS["x2"]),
    }
    notes = {name: reliability.omega(frame)["note"].item() for name, frame in told.items()}
    assert notes == {
        "one": "one question: nothing to agree with",
        "few": "a model of one factor takes 30 complete answers",
        "flat": "everybody gave the same answer to a question",
        "apart": "the two questions do not go together",
    }
    assert all(np.isnan(reliability.omega(f)["estimate"].item()) for f in told.values())
    assert reliability.omega(pd.DataFrame(index=range(5))).empty


def test_all_answers_of_one_account_are_refused():
    row = reliability.omega(HS[NAMES["visual"]], voices=pd.Series("A", HS.index)).iloc[0]
    assert np.isnan(row["estimate"])
    assert "one account" in row["note"]


def test_gaps_leave_a_row_out_and_order_does_not_matter():
    holes = HS[NAMES["visual"]].copy()
    holes.loc[3, "x1"] = None
    row = reliability.omega(holes, voices=SEVENS).iloc[0]
    mixed = reliability.omega(holes.sample(frac=1, random_state=2), voices=SEVENS).iloc[0]
    assert row["n"] == 300
    assert mixed["estimate"] == pytest.approx(row["estimate"], abs=1e-7)
    assert mixed["ci_low"] == pytest.approx(row["ci_low"], abs=1e-6)


def test_names_that_no_model_can_hold_do_no_harm():
    odd = HS[NAMES["visual"]].set_axis(["is it =~ good?", "f", "q1"], axis=1)
    row = reliability.omega(odd).iloc[0]
    assert row["estimate"] == pytest.approx(0.6325531563, abs=1e-6)


def test_equally_good_questions_give_omega_and_alpha_alike():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 4)), columns=[*"abcd"])
    omega = reliability.omega(frame)["estimate"].item()
    assert omega == pytest.approx(scales.alpha(frame)["estimate"].item(), abs=0.003)
    assert omega == pytest.approx(0.8, abs=0.02)  # 16 / (16 + 4)


def test_summary_has_a_row_for_every_scale_with_answers():
    frame = answers([8] * 301, accounts=[f"A{k}" for k in SEVENS]).join(HS[NAMES["all"]])
    made = survey(frame, NAMES | {"none": []}, scale=(0, 10))
    found = reliability.summary(made, None, "1")
    assert list(found.columns) == list(reliability.COLUMNS)
    assert found["n_accounts"].unique().tolist() == [43]
    # a construct belongs to an item, so "all", named last, has taken the items of the others
    assert set(found["term"]) <= set(NAMES)
    empty = reliability.summary(made, None, "9")
    assert empty.empty
    assert list(empty.columns) == list(reliability.COLUMNS)
