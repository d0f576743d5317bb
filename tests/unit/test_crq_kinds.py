"""The rules that assign a person, the shares of the five kinds, and the published mix."""

import numpy as np
import pandas as pd
import pytest

from analysis.measures import crq, inference
from analysis.params import Segments
from tests.scored import crq_survey


def people(*rows):
    return pd.DataFrame(rows, columns=list(crq.DIMENSIONS), dtype=float)


def scored(segments, accounts):
    """Scores as `crq.score` gives them, as far as shares need them."""
    frame = pd.DataFrame({"segment": segments, "account": accounts})
    return frame.assign(contact=[f"c{k}" for k in range(len(frame))])


ACCOUNTS = list("aaabbcddeeff")
KINDS = [{"A": "Ambassador", "R": "Rational", "O": "Opponent"}[letter] for letter in "AAARRRARRROR"]


def test_shares_have_the_design_effect_of_the_survey_package():
    # R: des <- svydesign(ids = ~acc, weights = ~1); SE(svymean(~y, des))^2 / (p(1-p)/12):
    #    2.5 Ambassadors, 1.9257142857 Rationals, 1.1090909091 Opponents; sum over sum 2.046154;
    #    n = 12 / max(own, average) * (qnorm(.975) / qt(.975, 5))^2;
    #    prop.test(p * n, n, correct = FALSE)$conf.int
    found = crq.segments(scored(KINDS, ACCOUNTS)).set_index("term")
    expected = {
        "Ambassador": (2.7904519631, 0.0583362681, 0.8014099371),
        "Rational": (3.4093867970, 0.1776333689, 0.9007341985),
        "Opponent": (3.4093867970, 0.0054174098, 0.6027447531),
        "Stalker": (3.4093867970, 0.0, 0.5297945955),
    }
    for name, numbers in expected.items():
        row = found.loc[name, ["n_effective", "ci_low", "ci_high"]]
        assert row.tolist() == pytest.approx(numbers, abs=1e-8)


def test_without_shared_accounts_the_interval_is_wilsons():
    # R: prop.test(4, 12, correct = FALSE)$conf.int
    found = crq.segments(scored(KINDS, [None] * 12)).iloc[0]
    plain = inference.wilson(4, 12).iloc[0]
    assert found["n_effective"] == 12
    assert found["ci_low"] == pytest.approx(plain["ci_low"], abs=1e-12)
    assert found["ci_high"] == pytest.approx(plain["ci_high"], abs=1e-12)


def test_accounts_never_narrow_an_interval():
    rng = np.random.default_rng(6)
    for _ in range(30):
        kinds = rng.choice(crq.SEGMENTS, 24, p=[0.3, 0.5, 0.1, 0.05, 0.05])
        accounts = rng.choice(list("abcdefgh"), 24)
        wide = crq.segments(scored(kinds, accounts))
        plain = crq.segments(scored(kinds, [None] * 24))
        assert (wide["ci_low"] <= plain["ci_low"] + 1e-12).all()
        assert (wide["ci_high"] >= plain["ci_high"] - 1e-12).all()
        assert wide["estimate"].tolist() == plain["estimate"].tolist()


def test_when_all_are_alike_accounts_still_count_for_less_than_people():
    alone = crq.segments(scored(["Rational"] * 12, [None] * 12)).iloc[1]
    shared = crq.segments(scored(["Rational"] * 12, ACCOUNTS)).iloc[1]
    assert shared["ci_low"] < alone["ci_low"]
    one = crq.segments(scored(["Rational"] * 12, ["a"] * 12)).iloc[1]
    assert (one["n_effective"], one["estimate"]) == (1, 1)


def test_no_scores_no_shares_and_order_does_not_matter():
    frame = scored(KINDS, ACCOUNTS)
    assert crq.segments(frame.iloc[:0]).empty
    assert "n_effective" in crq.segments(frame.iloc[:0])
    mixed = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(crq.segments(frame), crq.segments(mixed))


def test_a_client_can_set_its_own_cut_offs():
    frame = people([6] * 6, [5] * 6, [3.8] * 3 + [4.2] * 3, [3] * 6)
    assert crq.segment(frame).tolist() == ["Ambassador", "Rational", "Stalker", "Opponent"]
    stricter = Segments(ambassador_relation=6.2, stalker_relation=3.7, opponent_both=2.5)
    assert crq.segment(frame, stricter).tolist() == ["Rational", "Rational", "Rational", "Stalker"]
    made = crq_survey([[5] * 8, [6] * 8])
    assert crq.score(made, rules=stricter)["segment"].tolist() == ["Rational", "Rational"]
    assert crq.score(made, "1")["segment"].tolist() == ["Rational", "Ambassador"]


@pytest.mark.parametrize("field", list(Segments.model_fields))
def test_every_cut_off_decides_something(field):
    # A cut-off that no answer depends on would be a key that does nothing.
    grid = [
        [a, b, c, p, p, p]
        for a in range(1, 8)
        for b in (2, 4, 6)
        for c in (3, 5, 7)
        for p in (2.0, 3.4, 4.4, 4.6, 5.0, 6.0)
    ]
    frame = people(*grid)
    moved = Segments(**{field: getattr(crq.RULES, field) + 0.7})
    old, new = (crq.segment(frame, rules, split_rational=True) for rules in (crq.RULES, moved))
    assert (old != new).any()


def test_the_rules_in_words_name_what_a_client_changed():
    ours = crq.rules_in_words()
    assert set(ours["term"]) == set(crq.SEGMENTS)
    assert ours["origin"].unique().tolist() == ["our default"]
    theirs = crq.rules_in_words(Segments(high_rational=5.4)).set_index("term")
    assert theirs.loc["Rational", "origin"] == "set for this client"
    assert "5.4" in theirs.loc["Rational", "rule"]
    assert theirs.drop("Rational")["origin"].unique().tolist() == ["our default"]


def portfolio(mean, n=20_000, seed=1994):
    """Contacts of a norm portfolio: a common view of the supplier (sd 1.2), a view of each
    dimension (sd 0.8) and three items each (error sd 0.6), answered 1 to 7."""
    rng = np.random.default_rng(seed)
    views = mean + 1.2 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, 6))
    items = np.clip(np.round(views[..., None] + 0.6 * rng.normal(size=(n, 6, 3))), 1, 7)
    kinds = crq.segment(pd.DataFrame(items.mean(axis=2), columns=list(crq.DIMENSIONS)))
    return kinds.value_counts(normalize=True).reindex(list(crq.SEGMENTS), fill_value=0)


def test_a_norm_portfolio_lands_near_the_published_mix():
    # published: about a third Ambassadors, a half Rationals, 10 to 20 % the other three together
    # (Deep-Insight, "what do I do with my Stalkers and Opponents"); 5.2: its own CRQ of 2014
    mix = portfolio(5.2)
    assert mix["Ambassador"] == pytest.approx(crq.TYPICAL["Ambassador"], abs=0.04)
    assert mix["Rational"] == pytest.approx(crq.TYPICAL["Rational"], abs=0.04)
    low, high = crq.TYPICAL_REST
    assert low <= mix[["Ambivalent", "Stalker", "Opponent"]].sum() <= high


def test_at_the_published_unique_score_half_are_ambassadors():
    # published: CRQ 5.7, "Unique", half of them Ambassadors (domain.md 2.1, assessment of 2015)
    assert portfolio(5.7)["Ambassador"] == pytest.approx(0.5, abs=0.04)
    better = [portfolio(mean, 4000)["Ambassador"] for mean in (4.5, 5.0, 5.5, 6.0)]
    assert better == sorted(better)
