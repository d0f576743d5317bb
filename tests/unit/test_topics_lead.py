"""Topics of an account at one wave beside its score at the next."""

import numpy as np
import pandas as pd
import pytest

from analysis.models.topics import lead

WAVES = ["1", "2", "3"]


def survey(seed=5, accounts=24, waves=WAVES):
    rng, rows = np.random.default_rng(seed), []
    base = rng.normal(7.5, 1, accounts)
    for wave in waves:
        for a in range(accounts):
            for k in range(int(rng.integers(1, 4))):
                rating = float(np.clip(round(base[a] + rng.normal()), 0, 10))
                says = bool(rng.random() < 0.35)
                rows.append((f"r{wave}{a:02}{k}", wave, f"a{a:02}", rating, says))
    return pd.DataFrame(rows, columns=["respondent", "wave", "account", "nps", "says"])


def lag(data, waves=WAVES, **more):
    people = data.assign(role=None, mode="attributable")
    raised = data[data["says"]].assign(topic=0)
    return lead.lag(people, raised, data, {0: "Price"}, waves, **more)


def test_both_directions_are_those_of_r():
    found, said = lag(survey())
    ahead, behind = found.set_index("direction").loc[[lead.LEADS, lead.FOLLOWS]].to_dict("records")
    # R 4.2, one row an account and pair of waves, means of its people:
    # f <- lm(score_next ~ share + score + wave)
    # coef_test(f, vcov = "CR2", cluster = account)["share", ]; conf_int(...)
    assert ahead["estimate"] == pytest.approx(0.7223, abs=5e-5)
    assert ahead["p"] == pytest.approx(0.019721726, abs=1e-6)
    assert (ahead["ci_low"], ahead["ci_high"]) == pytest.approx((0.133, 1.312), abs=5e-4)
    # cor(resid(lm(score_next ~ score + wave)), resid(lm(share ~ score + wave)))
    assert ahead["r"] == pytest.approx(0.2416086, abs=1e-6)
    # coef_test(lm(share_next ~ score + share + wave), vcov = "CR2", cluster = account)["score", ]
    assert behind["estimate"] == pytest.approx(-0.0162, abs=5e-5)
    assert behind["p"] == pytest.approx(0.76575427, abs=1e-6)
    assert (found["n"] == 48).all()
    assert said == "Only 3 waves have comments; what leads needs 4 to be believed."


def test_order_changes_nothing_and_four_waves_need_no_warning():
    data = survey(waves=["1", "2", "3", "4"])
    one, said = lag(data, ["1", "2", "3", "4"])
    other, _ = lag(data.sample(frac=1, random_state=1), ["1", "2", "3", "4"])
    pd.testing.assert_frame_equal(one, other)
    assert said == ""


@pytest.mark.parametrize(
    ("data", "waves", "sentence"),
    [
        (survey(waves=["1"]), ["1"], "Only one wave"),
        (survey(accounts=8), WAVES, "Fewer than 20 accounts"),
        (survey().iloc[:0], WAVES, "Only one wave"),
        (survey().assign(account=None), WAVES, "Fewer than 20 accounts"),
    ],
)
def test_what_cannot_be_told_is_a_sentence(data, waves, sentence):
    found, said = lag(data, waves)
    assert found.empty
    assert list(found.columns) == list(lead.COLUMNS)
    assert said.startswith(sentence)


def test_a_topic_of_few_is_left_out():
    assert lag(survey(), minimum=100)[0].empty


@pytest.mark.slow
def test_a_planted_lead_is_found_and_none_is_not():
    found, false = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        data = survey(seed, accounts=60)
        false += (lag(data)[0]["clear"] == "yes").any()
        ahead = data.copy()
        share = data.groupby(["account", "wave"])["says"].mean()
        before = {"2": "1", "3": "2"}
        drop = [
            share.get((a, before.get(w)), 0.0) * 2.5
            for a, w in zip(data["account"], data["wave"], strict=True)
        ]
        ahead["nps"] = (data["nps"] - drop + rng.normal(0, 0.1, len(data))).clip(0, 10)
        row = lag(ahead)[0].set_index("direction").loc[lead.LEADS]
        found += row["clear"] == "yes" and row["estimate"] < 0
    assert found >= 36
    assert false <= 5
