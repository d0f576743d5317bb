import numpy as np
import pandas as pd
import pytest

from analysis.models.sem import contrasts, crq_levels
from tests import relations

#: Planted standardised arrows: service to uniqueness, service and uniqueness to relationship.
UNIQUE, DIRECT, THROUGH = 0.6, 0.3, 0.4


def answers(n=400, seed=2, same=False):
    rng = np.random.default_rng(seed)
    service = rng.normal(size=n)
    unique = service if same else UNIQUE * service + np.sqrt(1 - UNIQUE**2) * rng.normal(size=n)
    left = 1 - DIRECT**2 - THROUGH**2 - 2 * DIRECT * THROUGH * UNIQUE
    relation = DIRECT * service + THROUGH * unique + np.sqrt(left) * rng.normal(size=n)
    scores = {"Service": service, "Uniqueness": unique, "Relationship": relation}
    return pd.DataFrame(
        {
            f"{name}_{k}": 4 + scores[level] + rng.normal(0, 0.6, n)
            for level, names in crq_levels.LEVELS.items()
            for name in names
            for k in (1, 2)
        }
    ).assign(account=rng.integers(0, 130, n))


def levels(data):
    survey = relations.survey(data)
    here = survey.at("w1").assign(cluster=data["account"].to_numpy())
    return crq_levels.levels(survey, here, here["cluster"].nunique())


def test_planted_arrows_between_the_levels_come_back():
    found, note = levels(answers())
    rows = found.set_index(["source", "target"])
    truth = {
        ("Service", "Uniqueness"): UNIQUE,
        ("Service", "Relationship"): DIRECT,
        ("Uniqueness", "Relationship"): THROUGH,
    }
    assert note == ""
    assert set(rows.index) == set(truth)
    for pair, value in truth.items():
        assert rows.loc[pair, "ci_low"] < value < rows.loc[pair, "ci_high"]
    assert (rows["n"] == 400).all()
    assert rows.loc[("Service", "Uniqueness"), "verdict"] == "clear"


def test_gaps_do_not_cost_answers():
    data = answers()
    data.loc[::5, ["trust_1", "trust_2"]] = np.nan
    found, _ = levels(data)
    assert (found["n"] == 400).all()


def test_levels_that_are_one_get_no_arrows_but_a_sentence():
    found, note = levels(answers(same=True))
    assert found.empty
    assert "Service" in note
    assert "Uniqueness" in note
    assert "no arrows" in note.lower()


def test_few_answers_or_a_level_without_dimensions_get_nothing():
    assert levels(answers(120))[0].empty
    data = answers()
    data = data[[c for c in data if not c.startswith(("experience", "solution"))]]
    found, note = levels(data)
    assert found.empty
    assert note == ""


@pytest.fixture(scope="module")
def by_role():
    one, two = relations.sample(150, 1), relations.sample(150, 2)
    two[[f"cooperation_{k}" for k in (1, 2, 3)]] += 0.7
    few = relations.sample(40, 3)
    parts = zip(("user", "buyer", "boss"), (one, two, few), strict=True)
    data = pd.concat([part.assign(role=role) for role, part in parts], ignore_index=True)
    return data.assign(cluster=data.index)


MEASURED = {name: [f"{name}_{k}" for k in (1, 2, 3)] for name in ("trust", "cooperation")}


def test_roles_are_compared_and_small_ones_left_out(by_role):
    labels = {"boss": "Boss", "buyer": "Buyer", "user": "User"}
    ladder, found = contrasts.between(by_role, MEASURED, "role", "Role", labels)
    assert set(ladder["groups"]) == {"Buyer, User"}
    assert list(ladder["verdict"]) == ["holds"] * 3
    rows = found.set_index("label")
    assert rows.loc["Cooperation", ["group", "reference", "verdict"]].tolist() == [
        "User",
        "Buyer",
        "lower",
    ]
    assert rows.loc["Trust", "verdict"] == "no clear difference"
    assert (rows["n_least"] == 150).all()


def test_roles_that_are_all_small_are_not_tried(by_role):
    labels = {"boss": "Boss", "buyer": "Buyer"}
    ladder, found = contrasts.between(by_role, MEASURED, "role", "Role", labels)
    assert ladder["verdict"].tolist() == ["not tried"]
    assert ladder["n"].tolist() == [40]
    assert found.empty
