from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.models import contest
from analysis.models.contest import accounts, advocacy, auc, correlations, risk
from tests.scored import answers, join, survey, wave

NAMES = ("trust", "commitment", "satisfaction", "nps")
LABELS = dict(zip(NAMES, ("Trust", "Commitment", "Satisfaction", "NPS"), strict=True))


def waves():
    """Sixty accounts that any language can make again.

    R: i <- 1:60; f <- sin(i*sqrt(13)); trust <- 60 + 15*f + 10*sin(i*sqrt(2))
    commitment <- 55 + 18*f + 8*sin(i*sqrt(3)); satisfaction <- 65 + 8*f + 12*sin(i*sqrt(5))
    nps <- 10*round(7 + 1.5*f + 1.5*sin(i*sqrt(7))); kept <- (f + .9*sin(i*sqrt(11)) + .5) > 0
    change <- .2*f + .3*sin(i*sqrt(17))
    """
    i = np.arange(1, 61)
    f = np.sin(i * np.sqrt(13))
    frame = pd.DataFrame(
        {
            "trust": 60 + 15 * f + 10 * np.sin(i * np.sqrt(2)),
            "commitment": 55 + 18 * f + 8 * np.sin(i * np.sqrt(3)),
            "satisfaction": 65 + 8 * f + 12 * np.sin(i * np.sqrt(5)),
            "nps": 10 * np.round(7 + 1.5 * f + 1.5 * np.sin(i * np.sqrt(7))),
        },
        index=[f"a{k:02}" for k in i],
    )
    kept = f + 0.9 * np.sin(i * np.sqrt(11)) + 0.5 > 0
    return frame, kept, 0.2 * f + 0.3 * np.sin(i * np.sqrt(17))


def known(**changes):
    """Scores and outcomes of the sixty accounts."""
    scores, kept, change = waves()
    return scores.assign(renewed=kept, change=change, **changes)


# --- area under the curve --------------------------------------------------------------------


def test_areas_and_their_variance_are_those_of_proc():
    # R: r <- pROC::roc(kept, s, direction = "<"); auc(r); var(r, method = "delong")
    areas = [0.8295454545, 0.8295454545, 0.71875, 0.6661931818]
    variances = [0.003011158426, 0.002988084799, 0.0052819337, 0.004698723993]
    scores, kept, _ = waves()
    assert (kept.sum(), (~kept).sum()) == (44, 16)
    found, cov = auc.delong(scores.to_numpy(), kept)
    assert found == pytest.approx(areas, abs=1e-9)
    assert np.diag(cov) == pytest.approx(variances, abs=1e-11)


def test_covariances_are_those_of_proc():
    # R: pROC::cov(r1, r2, method = "delong"), in the order of combn(4, 2)
    expected = [0.002157684469, 0.0004115464235, 0.001399495583]
    expected += [0.001374907906, 0.001735733641, 0.0008402416575]
    scores, kept, _ = waves()
    _, cov = auc.delong(scores.to_numpy(), kept)
    assert cov[np.triu_indices(4, 1)] == pytest.approx(expected, abs=1e-11)


def test_differences_are_tested_as_by_proc():
    # R: roc.test(r1, r2, paired = TRUE, method = "delong")$p.value; p.adjust(p, "holm")
    expected = {
        ("Trust", "Commitment"): (1.0, 1.0),
        ("Trust", "Satisfaction"): (0.1998699446, 0.5996098339),
        ("Trust", "NPS"): (0.01975258164, 0.09876290822),
        ("Commitment", "Satisfaction"): (0.1359013006, 0.5436052026),
        ("Commitment", "NPS"): (0.01186987692, 0.07121926149),
        ("Satisfaction", "NPS"): (0.5640205453, 1.0),
    }
    scores, kept, _ = waves()
    found = auc.pairs(scores, kept, LABELS).set_index(["one", "other"])
    assert set(found.index) == set(expected)
    for pair, (p, adjusted) in expected.items():
        assert found["p"][pair] == pytest.approx(p, abs=1e-8)
        assert found["p_holm"][pair] == pytest.approx(adjusted, abs=1e-8)
    assert (found["verdict"] == "not distinguishable").all()
    # R: roc.test(...)$statistic 2.515989351 = (auc1 - auc2) / se
    row = found.loc[("Commitment", "NPS")]
    half = (row["ci_high"] - row["ci_low"]) / 2
    assert row["estimate"] / (half / 1.959963985) == pytest.approx(2.515989351, abs=1e-7)


def test_the_interval_reaches_as_far_as_delongs_on_the_log_odds():
    # R: v <- var(r); plogis(qlogis(a) + c(-1, 1) * qnorm(.975) * sqrt(v) / (a * (1 - a)))
    low, high = auc.interval(0.8295454545, 0.003011158426, 44, 16)
    assert low <= 0.6946166166 + 1e-8
    assert high >= 0.9123783302 - 1e-8


def test_the_interval_by_newcombe_solves_its_own_equation():
    # R: V <- function(t, m, n) t*(1-t)*(1+((m+n)/2-1)*((1-t)/(2-t)+t/(1+t)))/(m*n)
    # uniroot(function(t) .9-t-qnorm(.975)*sqrt(V(t,40,12)), c(.01,.9)); and (.9,.9999) with t-.9
    found = auc._newcombe(0.9, 40, 12, 1.959963985)
    assert found == pytest.approx((0.7389622568, 0.9632872452), abs=1e-8)


def test_scores_that_part_the_accounts_still_have_an_interval():
    scores = pd.DataFrame({"trust": np.arange(30.0)})
    kept = np.arange(30) >= 12
    row = auc.single(scores, kept, LABELS).iloc[0]
    assert row["estimate"] == 1
    assert 0.7 < row["ci_low"] < row["ci_high"] == 1
    turned = auc.single(-scores, kept, LABELS).iloc[0]
    assert turned["estimate"] == 0
    assert (turned["ci_low"], turned["ci_high"]) == pytest.approx((0, 1 - row["ci_low"]))


def test_ties_count_half_and_the_order_of_accounts_not_at_all():
    flat, cov = auc.delong(np.full((20, 1), 3.0), np.arange(20) % 2 == 0)
    assert (flat[0], cov[0, 0]) == (0.5, 0)
    scores, kept, _ = waves()
    mixed = np.random.default_rng(1).permutation(60)
    one, other = (
        auc.delong(scores.to_numpy(), kept),
        auc.delong(scores.to_numpy()[mixed], kept[mixed]),
    )
    assert other[0] == pytest.approx(one[0])
    assert other[1] == pytest.approx(one[1])


def test_two_scores_that_are_one_do_not_differ():
    scores, kept, _ = waves()
    twins = scores[["trust"]].assign(commitment=2 * scores["trust"] + 3)
    row = auc.pairs(twins, kept, LABELS).iloc[0]
    assert row["estimate"] == 0
    assert row["p"] == 1
    assert row["verdict"] == "not distinguishable"


def test_holm_is_that_of_r():
    # R: p.adjust(c(.01, .04, .03, .005), "holm")
    assert auc.holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx(
        [0.03, 0.06, 0.06, 0.02]
    )
    assert auc.holm(np.array([np.nan, 0.01])).tolist() == pytest.approx([1, 0.02])


# --- correlations ----------------------------------------------------------------------------


def test_correlations_with_revenue_are_those_of_r():
    # R: cor(change, s); cor.test(change, trust)$conf.int
    expected = {"commitment": 0.5003088655, "satisfaction": 0.4588857308, "trust": 0.4561586401}
    expected["nps"] = 0.3162794123
    scores, _, change = waves()
    found = correlations.single(scores, change, LABELS).set_index("term")
    assert list(found.index) == list(expected)
    assert found["estimate"].tolist() == pytest.approx([*expected.values()], abs=1e-9)
    ends = found.loc["trust", ["ci_low", "ci_high"]].tolist()
    assert ends == pytest.approx([0.2287274230, 0.6363723652], abs=1e-8)


def test_dependent_correlations_are_compared_as_by_psych():
    # R: psych::r.test(103, r12 = .5, r13 = .3, r23 = .4); r.test(103, .4, .3, .1) with
    # r12 = .4, r13 = .3, r23 = .1; r.con(.5, 50)
    t, p = correlations.williams(0.5, 0.3, 0.4, 103)
    assert (t, p) == pytest.approx((2.0966664836, 0.0385463842), abs=1e-8)
    t, p = correlations.williams(0.4, 0.3, 0.1, 103)
    assert (t, p) == pytest.approx((0.82515577423227, 0.411247243984762), abs=1e-8)
    assert correlations.fisher(0.5, 50) == pytest.approx((0.2574878608, 0.6832563021), abs=1e-9)


def test_differences_with_revenue_are_those_of_psych():
    # R: r.test(60, r[1,2], r[1,3], r[2,3]) of trust and commitment; of commitment, satisfaction
    scores, _, change = waves()
    found = correlations.pairs(scores, change, LABELS).set_index(["one", "other"])
    assert found["p"][("Commitment", "Trust")] == pytest.approx(0.5748782390, abs=1e-8)
    assert found["p"][("Commitment", "Satisfaction")] == pytest.approx(0.7160064657, abs=1e-8)
    assert (found["verdict"] == "not distinguishable").all()


def test_the_interval_of_a_difference_is_that_published():
    # Zou (2007), example of two overlapping correlations: (-0.093, 0.517)
    found = correlations.zou(0.396, 0.179, 0.088, 66)
    assert found == pytest.approx((-0.093, 0.517), abs=5e-4)


def test_perfect_lines_do_not_break_anything():
    scores = pd.DataFrame({"trust": np.arange(40.0), "nps": np.arange(40.0)})
    found = correlations.single(scores, np.arange(40.0), LABELS)
    assert found["estimate"].tolist() == pytest.approx([1, 1])
    pairs = correlations.pairs(scores, np.arange(40.0), LABELS)
    assert pairs["verdict"].tolist() == ["not distinguishable"]
    assert pairs["p_holm"].tolist() == [1]


# --- risk ------------------------------------------------------------------------------------


def test_the_line_is_that_of_a_penalised_regression():
    # R: optim over -(loglik + log(det(information)) / 2) of lost on z; then
    # glm(lost ~ 1 + offset(slope * z), binomial); intercept and slope in the score's own units
    scores, kept, _ = waves()
    strength = scores[["trust", "commitment", "satisfaction"]].mean(axis=1).to_numpy()
    found = risk.logistic(strength, ~kept)
    assert found == pytest.approx((7.361064265, -0.1470651083), rel=1e-5)


def test_risks_add_up_to_what_happened():
    scores, kept, _ = waves()
    x = scores["trust"].to_numpy()
    assert risk._chance(x, risk.logistic(x, ~kept)).sum() == pytest.approx(16)


def test_a_score_that_parts_the_accounts_gives_a_finite_line():
    x = np.arange(40.0)
    start, slope = risk.logistic(x, x < 12)
    assert np.isfinite([start, slope]).all()
    assert slope < 0


def test_bands_hold_predictions_against_what_came():
    found = risk.bands(known(), wave="1")
    table = found.table
    assert list(table.columns) == list(risk.TABLE)
    assert table["n"].sum() == found.n == 60
    assert table["lost"].sum() == found.n_lost == 16
    assert table["predicted"].is_monotonic_increasing
    assert table["estimate"].iloc[-1] > table["estimate"].iloc[0]
    assert found.hits["n"] == 16
    assert found.hits["estimate"] == table["lost"].iloc[-1] / 16
    assert found.brier < found.brier_base
    # R: prop.test(11, 20, correct = FALSE)$conf.int
    top = table.iloc[-1]
    assert (top["lost"], top["n"]) == (11, 20)
    assert (top["ci_low"], top["ci_high"]) == pytest.approx((0.3420853425, 0.7418021417), abs=1e-8)
    assert found.drawn_from == ""


def test_no_account_helps_to_draw_its_own_risk():
    scores, kept, _ = waves()
    x = scores["trust"].to_numpy()
    found = risk.left_out(x, ~kept)
    rest = np.arange(60) != 7
    assert found[7] == pytest.approx(risk._chance(x[7], risk.logistic(x[rest], ~kept[rest])))


def test_the_line_comes_from_the_wave_before_where_that_has_losses_enough():
    now, before = known(), known()
    found = risk.bands(now, before, wave="2", drawn_from="1")
    assert found.drawn_from == "1"
    scarce = before.assign(renewed=True)
    assert risk.bands(now, scarce, wave="2", drawn_from="1").drawn_from == ""


def test_risks_that_are_wrong_are_told():
    rng = np.random.default_rng(1)
    said = np.full(200, 0.1)
    assert risk.spiegelhalter(said, rng.random(200) < 0.5) < 0.001
    assert risk.spiegelhalter(said, np.arange(200) < 20) > 0.9


@pytest.mark.parametrize(
    ("lost", "words"), [(9, "9 lost accounts"), (1, "1 lost account with"), (0, "0 lost")]
)
def test_too_few_losses_are_refused(lost, words):
    frame = known(renewed_=0).drop(columns="renewed_")
    frame = frame.assign(renewed=np.arange(60) >= lost)
    assert words in risk.bands(frame).reason
    found = contest.compare(frame)
    assert words in found.reason
    assert found.auc.empty
    assert found.verdict == ""
    assert found.n_lost == lost


def test_too_few_kept_are_refused():
    frame = known().assign(renewed=np.arange(60) < 9)
    assert "9 kept accounts" in contest.compare(frame).reason


# --- the contest -----------------------------------------------------------------------------


def test_scores_that_cannot_be_told_apart_are_said_to_be_so():
    found = contest.compare(known(), "1")
    assert found.verdict == "not distinguishable"
    assert (found.n, found.n_lost) == (60, 16)
    assert found.auc["n_least"].tolist() == [16] * 4
    assert found.revenue_verdict == "not distinguishable"
    assert list(found.auc.columns) == list(contest.AUC)
    assert list(found.pairs.columns) == list(contest.PAIRS)
    assert list(found.revenue.columns) == list(contest.CORRELATION)


def test_a_score_that_is_far_ahead_is_named():
    rng = np.random.default_rng(4)
    kept = np.arange(200) >= 60
    frame = pd.DataFrame({name: rng.normal(size=200) for name in NAMES})
    frame["commitment"] += 2.5 * kept
    found = contest.compare(frame.assign(renewed=kept, change=np.nan))
    assert found.verdict == "ahead"
    assert found.auc["label"].iloc[0] == "Commitment"
    assert found.auc["note"].iloc[0] == ""
    assert found.revenue.empty
    assert found.revenue_reason.startswith("The change of revenue is known of 0 accounts")


def test_accounts_in_any_order_give_the_same():
    frame = known()
    one, other = contest.compare(frame), contest.compare(frame.sample(frac=1, random_state=2))
    for name in ("auc", "pairs", "revenue", "revenue_pairs"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    pd.testing.assert_frame_equal(
        risk.bands(frame).table, risk.bands(frame.sample(frac=1, random_state=2)).table
    )


def test_one_score_alone_has_no_pairs():
    frame = known()[["trust", "renewed", "change"]]
    found = contest.compare(frame)
    assert found.pairs.empty
    assert found.verdict == ""
    assert found.auc["term"].tolist() == ["trust"]


# --- of a survey -----------------------------------------------------------------------------


def made(outcomes=None, n=60, seed=1):
    """Two waves of accounts with two contacts each, and what came after the first."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([f"A{k:02}" for k in range(n)], 2)
    parts = []
    for one in ("1", "2"):
        level = np.repeat(rng.normal(size=n), 2)
        columns = {
            item: np.clip(np.round(4.5 + level + 0.5 * rng.normal(size=2 * n)), 1, 7)
            for item in ("t1", "c1", "s1")
        }
        rating = np.clip(np.round(7 + level + rng.normal(size=2 * n)), 0, 10)
        contacts = [f"c{k}" for k in range(2 * n)]
        parts.append(answers(rating, one, list(labels), contacts, mode="confidential", **columns))
    found = survey(join(*parts), {"trust": ["t1"], "commitment": ["c1"], "satisfaction": ["s1"]})
    if outcomes is None:
        return found
    return replace(found, outcomes=outcomes)


def came(wave_id="1", n=60, lost=15):
    """Outcomes: the first so many accounts are lost."""
    return pd.DataFrame(
        {
            "wave": wave_id,
            "account": [f"A{k:02}" for k in range(n)],
            "renewed": pd.array([k >= lost for k in range(n)], dtype="boolean"),
            "revenue_before": 100.0,
            "revenue_after": [0.0 if k < lost else 100.0 + k for k in range(n)],
        }
    )


def parameters(wave_id="2"):
    """What the contest reads of the parameters."""
    return SimpleNamespace(
        wave=wave(wave_id), confidentiality=SimpleNamespace(min_scores=5), history=()
    )


def test_scores_of_an_account_are_the_means_of_its_contacts():
    whole = made()
    found = accounts.scores(whole, "1")
    own = whole.at("1")[whole.at("1")["account"] == "A00"]
    assert found["trust"]["A00"] == pytest.approx(100 * (own["t1"].mean() - 1) / 6)
    assert found["nps"]["A00"] == pytest.approx(10 * own["nps"].mean())
    assert (found["answers"] == 2).all()


def test_without_outcomes_there_is_a_reason():
    found = contest.contest(made(), parameters())
    assert found.reason.startswith("Nothing is known of what became of the accounts")
    assert found.risk.reason == found.revenue_reason == found.reason
    assert found.auc.empty


def test_a_survey_is_held_against_its_outcomes():
    found = contest.contest(made(came()), parameters())
    assert (found.wave, found.n, found.n_lost) == ("1", 60, 15)
    assert len(found.auc) == 4
    assert found.n_revenue == 60
    assert found.risk.n_lost == 15
    assert found.risk.drawn_from == ""


def test_outcomes_of_later_waves_are_not_looked_at():
    whole = made(pd.concat([came("1"), came("2", lost=20)], ignore_index=True))
    assert contest.contest(whole, parameters("1")).wave == "1"
    later = contest.contest(whole, parameters("2"))
    assert (later.wave, later.n_lost, later.risk.drawn_from) == ("2", 20, "1")


def test_accounts_given_twice_or_without_revenue_are_left_out():
    rows = came()
    rows.loc[59, "revenue_before"] = 0.0
    rows.loc[58, "revenue_after"] = 10_000.0
    twice = pd.concat([rows, rows.iloc[[20]].assign(renewed=False)], ignore_index=True)
    found = accounts.joined(made(twice), "1")
    assert "A20" not in found.index
    assert np.isnan(found["change"]["A59"])
    assert found["change"]["A58"] == 1.0
    assert found["change"]["A00"] == -1.0


# --- recommendation and trust ----------------------------------------------------------------


def crossing(trusts, ratings, modes="confidential", each=5):
    """Accounts whose contacts all give the same trust (1-7) and rating."""
    labels = np.repeat([f"A{k}" for k in range(len(trusts))], each)
    frame = answers(
        np.repeat(np.array(ratings, float), each),
        accounts=list(labels),
        contacts=[f"c{k}" for k in range(len(labels))],
        mode=np.repeat(modes, each) if isinstance(modes, list) else modes,
        t1=np.repeat(np.array(trusts, float), each),
    )
    return survey(frame, {"trust": ["t1"]})


def test_accounts_are_crossed_by_class_and_trust():
    whole = crossing([7, 5, 4, 3, 6, 2], [9, 9, 10, 9, 7, 3])
    found = advocacy.disagreement(whole, parameters("1"))
    table = found.table.set_index("term")
    assert list(found.table.columns) == list(advocacy.TABLE)
    assert table.loc["promoter", ["low", "high", "n", "n_least"]].tolist() == [2, 2, 4, 2]
    assert table.loc["passive", ["low", "high", "n_least"]].tolist() == [0, 1, 1]
    assert table["share_low"]["promoter"] == 0.5
    assert found.listed["account"].tolist() == ["A3", "A2"]
    assert found.unlisted == 0
    assert found.n == 6


def test_accounts_whose_answers_may_not_be_shown_are_only_counted():
    whole = crossing([3, 3, 3], [9, 9, 9], ["confidential", "attributable", "anonymous"], each=2)
    found = advocacy.disagreement(whole, parameters("1"))
    assert found.listed["account"].tolist() == ["A1"]
    assert found.unlisted == 2
    assert found.r == {}


def test_without_trust_or_accounts_there_is_a_reason():
    whole = crossing([3, 3], [9, 9])
    bare = replace(whole, items=whole.items.iloc[:0])
    assert "not both asked" in advocacy.disagreement(bare, parameters("1")).reason
    nobody = replace(whole, answers=whole.answers.assign(account=None))
    assert advocacy.disagreement(nobody, parameters("1")).reason
    empty = replace(whole, answers=whole.answers.iloc[:0])
    assert advocacy.disagreement(empty, parameters("1")).table.empty
