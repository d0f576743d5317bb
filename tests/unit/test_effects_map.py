from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ParamsError
from analysis.measures import inference
from analysis.models import effects_map
from analysis.models.sem import commitment_trust, fitting
from tests import relations
from tests.scored import answers, survey, wave

ITEMS = "a1 a2 a3 b1 b2 t1 t2 t3 c1 c2 c3 l1 l2".split()
MODEL = """A =~ a1 + a2 + a3
B =~ b1 + b2
T =~ t1 + t2 + t3
C =~ c1 + c2 + c3
L =~ l1 + l2
T ~ A + B
C ~ T + B
L ~ C"""
ARROWS = [("A", "T"), ("B", "T"), ("T", "C"), ("B", "C"), ("C", "L")]


def waves():
    """Items that any language can make again.

    R: i <- 1:200; w <- function(k) sin(i*sqrt(k)); A <- w(2)+.4*w(43); B <- w(3)+.4*w(43)
    T <- .5*A+.3*B+.8*w(5); C <- .6*T+.3*B+.8*w(7); L <- -.7*C+w(11)
    it <- function(f, l, k) 50 + 12*(l*f + .6*w(k)), in the order below
    """
    i = np.arange(1, 201)

    def w(k):
        return np.sin(i * np.sqrt(k))

    a, b = w(2) + 0.4 * w(43), w(3) + 0.4 * w(43)
    t = 0.5 * a + 0.3 * b + 0.8 * w(5)
    c = 0.6 * t + 0.3 * b + 0.8 * w(7)
    made = [(a, 1, 13), (a, 0.8, 17), (a, 1.2, 19), (b, 0.9, 23), (b, 1.1, 29), (t, 1, 31)]
    made += [(t, 1.3, 37), (t, 0.7, 41), (c, 1.2, 47), (c, 0.9, 53), (c, 1, 59)]
    made += [(w(11) - 0.7 * c, 0.8, 61), (w(11) - 0.7 * c, 1, 67)]
    return pd.DataFrame(
        {
            name: 50 + 12 * (load * construct + 0.6 * w(k))
            for name, (construct, load, k) in zip(ITEMS, made, strict=True)
        }
    )


def averaged():
    """Means of the items, and respondents of 40 accounts."""
    items = waves()
    scored = {k: items[[c for c in items if c[0] == k.lower()]].mean(axis=1) for k in "ABTCL"}
    accounts = [f"a{k % 40}" for k in range(len(items))]
    return pd.DataFrame(scored), pd.DataFrame({"account": accounts, "contact": None})


# R, lavaan 0.6-14: sem() with the loadings of each construct 1 on average ("l1a+l2a+l3a == 3" and
# so on) and tot_A := p1*p3, tot_B := p2*p3+p4, lea_A := p1*p3*p5, ...; est and se
LAVAAN = {
    "C": {
        "A": (0.31161066, 0.05269264),
        "B": (0.50060620, 0.07550529),
        "T": (0.62386909, 0.07295767),
    },
    "L": {
        "A": (-0.19516386, 0.03800439),
        "B": (-0.31353304, 0.05615219),
        "T": (-0.39073342, 0.05926009),
        "C": (-0.62630675, 0.06343613),
    },
}


@pytest.mark.parametrize("target", ["C", "L"])
def test_total_effects_on_the_scale_of_the_means_are_those_of_lavaan(target):
    fit = fitting.fit(MODEL, waves(), check=False)
    found = effects_map._effects(fit, target).set_index("term")
    assert set(found.index) == set(LAVAAN[target])
    for name, (value, error) in LAVAAN[target].items():
        assert found["value"][name] == pytest.approx(value, abs=2e-5)
        assert found["error"][name] == pytest.approx(error, abs=1e-5)


def test_robust_intervals_are_never_narrower_than_plain_ones():
    fit = fitting.fit(MODEL, waves(), check=False)
    found = effects_map.by_model(fit, "L").set_index("term")
    for name, (value, error) in LAVAAN["L"].items():
        assert found["se"][name] >= error - 1e-5
        assert found["ci_low"][name] < value < found["ci_high"][name]


def test_a_construct_in_other_units_changes_its_effect_and_nothing_else():
    items = waves()
    wider = items.assign(**{name: 10 * items[name] for name in ("a1", "a2", "a3")})
    one, other = (
        effects_map._effects(fitting.fit(MODEL, frame, check=False), "L").set_index("term")
        for frame in (items, wider)
    )
    assert other["value"]["A"] == pytest.approx(one["value"]["A"] / 10, rel=1e-4)
    assert other["value"]["T"] == pytest.approx(one["value"]["T"], rel=1e-4)


def test_total_effects_of_averages_are_products_of_regressions():
    # R: t <- coef(lm(T ~ A + B)); c <- coef(lm(C ~ T + B)); l <- coef(lm(L ~ C))
    # c(t["A"]*c["T"]*l["C"], (t["B"]*c["T"] + c["B"])*l["C"], c["T"]*l["C"], l["C"])
    expected = {"A": -0.150589983, "B": -0.253227917, "T": -0.329599489, "C": -0.576387195}
    scored, people = averaged()
    found = effects_map.by_averages(scored, ARROWS, "L", people, seed=1, resamples=300)
    found = found.set_index("term")
    for name, value in expected.items():
        assert found["estimate"][name] == pytest.approx(value, abs=1e-8)
        assert found["ci_low"][name] < value < found["ci_high"][name]
    assert (found["n"] == 200).all()
    assert (found["n_accounts"] == 40).all()


def test_the_interval_of_one_regression_is_near_that_of_the_sandwich():
    scored, people = averaged()
    found = effects_map.by_averages(scored[["C", "L"]], [("C", "L")], "L", people, seed=1)
    away = scored["C"] - scored["C"].mean()
    left = scored["L"] - scored["L"].mean() - found["estimate"][0] * away
    error, _ = inference.clustered(away * left / (away**2).sum(), inference.units(people))
    half = (found["ci_high"][0] - found["ci_low"][0]) / 2
    assert half == pytest.approx(1.96 * error, rel=0.1)


def test_rows_in_any_order_give_the_same():
    scored, people = averaged()
    mixed = np.random.default_rng(5).permutation(len(scored))
    one = effects_map.by_averages(scored, ARROWS, "L", people, seed=1, resamples=200)
    other = effects_map.by_averages(
        scored.iloc[mixed], ARROWS, "L", people.iloc[mixed], seed=1, resamples=200
    )
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("break_it", ["few", "one account", "flat", "twins", "empty"])
def test_averages_that_cannot_be_told_apart_give_no_rows(break_it):
    scored, people = averaged()
    if break_it == "few":
        scored, people = scored.head(7), people.head(7)
    if break_it == "one account":
        people = people.assign(account="A")
    if break_it == "flat":
        scored = scored.assign(B=3.0)
    if break_it == "twins":
        scored = scored.assign(B=scored["A"])
    if break_it == "empty":
        scored, people = scored.head(0), people.head(0)
    found = effects_map.by_averages(scored, ARROWS, "L", people, seed=1, resamples=100)
    assert found.empty
    assert list(found.columns)[:4] == ["term", "estimate", "ci_low", "ci_high"]


def test_only_arrows_on_the_way_count():
    assert effects_map.leading(ARROWS, "T") == [("A", "T"), ("B", "T")]
    assert effects_map.leading(ARROWS, "A") == []


# --- of a survey -----------------------------------------------------------------------------


def parameters():
    """What the models read of the parameters."""
    return SimpleNamespace(
        wave=wave("1"),
        seed=5,
        drivers=SimpleNamespace(resamples=300),
        confidentiality=SimpleNamespace(min_scores=5),
        history=(wave("1"),),
    )


def asked(n, accounts, seed=1):
    """A survey with the planted paths; recommendation is trust and commitment, half and half."""
    items = relations.sample(n, seed, accounts)
    frame = items.drop(columns="account")
    two = frame[[f"{name}_{k}" for name in ("trust", "commitment") for k in (1, 2, 3)]]
    frame = frame.clip(1, 7)
    chance = np.random.default_rng(seed).normal(size=n)
    rating = (two.mean(axis=1) + 2 + chance).round().clip(0, 10)
    made = answers(
        rating,
        accounts=[f"A{k}" for k in items["account"]],
        contacts=[f"c{k}" for k in range(n)],
    )
    constructs = {name: list(of) for name, of in relations.MEASUREMENT}
    return survey(made.join(frame), constructs)


@pytest.fixture(scope="module")
def large():
    """A survey that carries the model, and its fit."""
    made = asked(400, 120)
    return made, commitment_trust.fit(made, parameters())


def test_a_model_gives_every_antecedent_its_effect_and_performance(large):
    made, fit = large
    found = effects_map.total(made, parameters(), fit)
    assert found.engine == "model"
    assert found.n == 400
    table = found.table.set_index("term")
    assert list(found.table.columns) == list(effects_map.MAP)
    assert set(table.index) == {*relations.EXOGENOUS, "trust"}
    truth = {"trust": 0.40, "shared_values": 0.2 + 0.3 * 0.4, "communication": 0.3 * 0.4}
    for name, value in truth.items():  # all constructs have the same spread
        assert table["ci_low"][name] < value < table["ci_high"][name]
    own = made.answers[["trust_1", "trust_2", "trust_3"]].mean(axis=1)
    expected = inference.mean(100 * (own - 1) / 6, made.answers).iloc[0]
    assert table["performance"]["trust"] == pytest.approx(expected["estimate"])
    assert table["performance_low"]["trust"] == pytest.approx(expected["ci_low"])


def test_what_is_better_when_there_is_less_is_turned(large):
    made, fit = large
    table = effects_map.total(made, parameters(), fit, "propensity_to_leave").table
    table = table.set_index("term")
    # commitment keeps people from leaving; opportunism drives them out: both turned are good
    assert table["estimate"]["commitment"] == pytest.approx(0.5, abs=0.15)
    assert table["estimate"]["opportunism"] > 0
    assert table["label"]["opportunism"] == "No opportunism"
    raw = made.answers[[f"opportunism_{k}" for k in (1, 2, 3)]].mean(axis=1)
    assert table["performance"]["opportunism"] == pytest.approx(100 * (7 - raw.mean()) / 6)


def test_recommendation_can_be_the_target(large):
    made, fit = large
    found = effects_map.total(made, parameters(), fit, "nps")
    assert found.label == "Recommendation"
    assert found.engine == "model"
    table = found.table.set_index("term")
    assert {"trust", "commitment"} <= set(table.index)
    assert table["clear"]["trust"]


def test_importance_and_quadrants_are_in_order(large):
    made, fit = large
    table = effects_map.total(made, parameters(), fit).table
    assert table["estimate"].is_monotonic_decreasing
    assert table["quadrant"].iloc[0].startswith("Matters, ")
    assert table["quadrant"].iloc[-1].startswith("Matters less, ")
    assert (table["n_least"] <= table["n_performance"]).all()


def test_fewer_answers_are_averaged_and_fewer_still_give_a_reason():
    made = asked(100, 40)
    fit = commitment_trust.fit(made, parameters())
    found = effects_map.total(made, parameters(), fit)
    assert found.engine == "averages"
    assert found.table["estimate"].iloc[0] > 0.1
    few = asked(40, 20)
    found = effects_map.total(few, parameters(), commitment_trust.fit(few, parameters()))
    assert found.table.empty
    assert list(found.table.columns) == list(effects_map.MAP)
    assert "40 answers are" in found.reason


def test_without_trust_there_is_a_reason(large):
    made, _ = large
    bare = replace(made, items=made.items[made.items["construct"] != "trust"])
    found = effects_map.total(bare, parameters(), commitment_trust.fit(bare, parameters()))
    assert found.table.empty
    assert found.reason.startswith("The survey asked nothing about trust")


def test_a_target_that_nothing_leads_to_is_refused(large):
    made, fit = large
    with pytest.raises(ParamsError, match="points at 'opportunism'"):
        effects_map.total(made, parameters(), fit, "opportunism")


def test_shuffled_answers_give_the_same_map():
    made = asked(100, 40)
    mixed = replace(made, answers=made.answers.sample(frac=1, random_state=3))
    found = [
        effects_map.total(one, parameters(), commitment_trust.fit(one, parameters())).table
        for one in (made, mixed)
    ]
    pd.testing.assert_frame_equal(*found)
