"""Promoters despite the hot spot."""

import numpy as np
import pandas as pd
import pytest

from analysis.models.topics import bright
from tests.surveyed import survey


def planted(bright_ones=8, others=16, seed=0):
    """Accounts that all raise topic 0; the content ones have a joint plan, few others do."""
    rng, people, raised = np.random.default_rng(seed), [], []
    traits = {}
    for i in range(bright_ones + others):
        account, good = f"a{i:02}", i < bright_ones
        for k in range(2):
            rating = float(rng.integers(9, 11) if good else rng.integers(2, 8))
            people.append((f"r{i}{k}", account, rating))
        raised.append((f"r{i}0", 0))
        traits[account] = {"practice: joint plan": float(good or i % 8 == 0), "noise": float(i % 2)}
    ratings = pd.DataFrame(people, columns=["respondent", "account", "nps"])
    table = pd.DataFrame.from_dict(traits, orient="index")
    return ratings, pd.DataFrame(raised, columns=["respondent", "topic"]), table


def test_what_the_planted_accounts_have_is_found():
    people, raised, traits = planted()
    found = bright.spots(people, raised, 0, traits, people)
    row = found.compared.iloc[0]
    assert row["term"] == "practice: joint plan"
    assert row["clear"] == "yes"
    assert (row["bright"], row["n"], row["n_other"], row["n_least"]) == (1.0, 8, 16, 8)
    assert found.compared.set_index("term").loc["noise", "clear"] == "no"
    assert found.accounts["bright"].sum() == 8


def test_the_interval_is_welchs():
    value = np.array([1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0.0])
    side = np.arange(15) < 7
    found = bright._compare(value, side, np.random.default_rng(0))
    # R 4.2: t.test(c(1,1,0,1,1,0,1), c(0,0,1,0,0,0,1,0))$conf.int
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((-0.07050356, 0.99907499), abs=1e-6)


def test_few_accounts_are_a_sentence_and_a_list_for_the_team():
    people, raised, traits = planted(bright_ones=3)
    found = bright.spots(people, raised, 0, traits, people)
    assert found.compared.empty
    assert "5 of each are needed" in found.reason
    assert "too few" in found.reason
    assert len(found.accounts) == 19


@pytest.mark.parametrize(("content", "others"), [(0, 12), (3, 10), (10, 1)])
def test_a_handful_of_accounts_is_not_counted(content, others):
    people, raised, traits = planted(content, others)
    reason = bright.spots(people, raised, 0, traits, people).reason
    assert [word for word in reason.split() if word.isdigit()] == ["5"]


def test_without_a_hot_spot_there_is_nothing():
    people, raised, traits = planted()
    assert bright.spots(people, raised, None, traits, people).reason == "There is no hot spot."
    none = pd.DataFrame({"topic": [1], "clear": [False], "removed": [-3.0]})
    assert bright.hot_spot(none) is None
    two = pd.DataFrame({"topic": [1, 2], "clear": [True, True], "removed": [-3.0, -5.0]})
    assert bright.hot_spot(two) == 2


def test_traits_are_practices_other_topics_and_key_accounts():
    practices = [
        {"account": "a", "practice": "plan", "present": True},
        {"account": "b", "practice": "plan", "present": False},
    ]
    accounts = [{"account": "a", "tier": "A"}, {"account": "b", "tier": "C"}]
    s = survey(practices=practices, accounts=accounts)
    people = pd.DataFrame({"respondent": ["x", "y"], "account": ["a", "b"]})
    raised = pd.DataFrame({"respondent": ["y"], "topic": [1]})
    table = bright.traits(s, people, raised, {0: "Hot", 1: "Price"}, 0)
    assert table.loc["a"].to_dict() == {
        "practice: plan": 1.0,
        "also raises “Price”": 0.0,
        "key account (tier A)": 1.0,
    }
    assert table.loc["b", "also raises “Price”"] == 1.0


def test_order_changes_nothing():
    people, raised, traits = planted()
    one = bright.spots(people, raised, 0, traits, people).compared
    other = bright.spots(
        people.sample(frac=1, random_state=1),
        raised.sample(frac=1, random_state=2),
        0,
        traits.sample(frac=1, random_state=3),
        people.sample(frac=1, random_state=4),
    ).compared
    pd.testing.assert_frame_equal(one, other)
