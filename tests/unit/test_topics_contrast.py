import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.models.topics import contrast
from analysis.models.topics.fit import PEOPLE, RAISED, TOPIC_COLUMNS, Topics, wilson


def topics(groups):
    """`Topics` in which counts (topic -> mentions) of each group's people are planted.

    groups : rating -> (people, {topic: how many of them raise it}).
    """
    people, mentions = [], []
    for rating, (n, raised) in groups.items():
        ids = [f"{rating}-{i}" for i in range(n)]
        people += [(name, "w", f"a{i}", None, "attributable", rating) for i, name in enumerate(ids)]
        mentions += [(name, "w", "a", topic) for topic, k in raised.items() for name in ids[:k]]
    known = sorted({topic for *_, topic in mentions if topic >= 0})
    table = pd.DataFrame([{"topic": t, "term": f"T{t}"} for t in known], columns=TOPIC_COLUMNS)
    return made_topics(table, people, mentions)


def made_topics(table, people=(), mentions=(), reason=""):
    return Topics(
        wave="w",
        topics=table,
        names=dict(zip(table["topic"], table["term"], strict=True)),
        people=pd.DataFrame(people, columns=PEOPLE),
        raised=pd.DataFrame(mentions, columns=RAISED),
        lines=pd.DataFrame(columns=["wave"]),
        n_comments=len(people),
        reason=reason,
    )


PLANTED = {9.0: (90, {0: 45, 1: 5, 2: 9}), 8.0: (60, {0: 6, 1: 6, 2: 30}), 3.0: (50, {0: 2, 1: 25})}


def test_the_planted_topic_is_the_top_contrast_of_its_group():
    top = contrast.groups(topics(PLANTED)).top.set_index("group")
    assert top["term"].to_dict() == {"Promoters": "T0", "Passives": "T2", "Detractors": "T1"}
    assert (top["clear"] == "yes").all()


def test_shares_are_of_the_groups_people_with_wilsons_interval():
    shares = contrast.groups(topics(PLANTED)).shares
    row = shares[(shares["term"] == "T0") & (shares["group"] == "Promoters")].iloc[0]
    assert (row["k"], row["n"], row["estimate"]) == (45, 90, 0.5)
    assert row["rest"] == 8 / 110
    # R 4.2: prop.test(45, 90, correct = FALSE)$conf.int
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.398837228, 0.601162772), abs=1e-8)


def test_wilson_at_the_ends():
    # R 4.2: prop.test(0, 12, correct = FALSE)$conf.int
    assert wilson(0, 12) == pytest.approx((0, 0.242494007), abs=1e-8)


def test_log_odds_are_shrunk_towards_no_difference():
    plain = np.log((8 / 2) / (10 / 90))
    shrunk = np.log(contrast.log_odds(8, 10, 10, 100)["odds"])
    assert 0 < shrunk < plain
    few, many = contrast.log_odds(3, 9, 10, 100), contrast.log_odds(30, 90, 100, 1000)
    assert few["odds"] < many["odds"]


def test_without_prior_the_variance_is_woolfs(monkeypatch):
    # Woolf (1955): variance of a log odds ratio = 1/a + 1/b + 1/c + 1/d.
    monkeypatch.setattr(contrast, "PRIOR", 0.0)
    row = contrast.log_odds(20, 50, 10, 80)
    assert row["odds"] == pytest.approx((20 / 30) / (10 / 70))
    error = np.sqrt(1 / 20 + 1 / 30 + 1 / 10 + 1 / 70)
    assert row["z"] == pytest.approx(np.log(row["odds"]) / error)
    assert row["odds_high"] == pytest.approx(row["odds"] * np.exp(1.959964 * error), rel=1e-6)


def test_p_values_are_adjusted_over_all_rows():
    shares = contrast.groups(topics(PLANTED)).shares
    expected = stats.false_discovery_control(shares["p"].to_numpy())
    assert shares["p_adjusted"].to_numpy() == pytest.approx(expected)
    assert len(shares) == 9


def test_without_a_difference_hardly_anything_is_called_clear():
    rng = np.random.default_rng(0)
    clear = 0
    for _ in range(50):
        counts = {
            rating: (n, {t: int(rng.binomial(n, 0.2)) for t in range(6)})
            for rating, n in ((9.0, 80), (8.0, 60), (3.0, 40))
        }
        clear += (contrast.groups(topics(counts)).shares["clear"] == "yes").any()
    assert clear <= 4  # 5 % of 50, and some chance


def test_other_is_no_topic():
    found = topics({9.0: (20, {0: 10, -1: 10}), 3.0: (20, {0: 5, -1: 15})})
    assert set(contrast.groups(found).shares["topic"]) == {0}


@pytest.mark.parametrize(
    ("sizes", "names"),
    [
        ((20, 20, 20), ["Promoters", "Passives", "Detractors"]),
        ((20, 20, 3), ["Promoters", "Passives and detractors"]),
        ((20, 3, 20), ["Promoters", "Passives and detractors"]),
        ((3, 20, 20), ["Promoters and passives", "Detractors"]),
        ((20, 0, 20), ["Promoters", "Detractors"]),
        ((20, 3, 3), ["All"]),
        ((3, 3, 20), ["All"]),
        ((20, 0, 3), ["All"]),
        ((0, 20, 0), ["Passives"]),
    ],
)
def test_a_small_group_joins_its_neighbour_and_cannot_be_worked_out(sizes, names):
    ratings = pd.Series([9.0] * sizes[0] + [7.0] * sizes[1] + [2.0] * sizes[2])
    groups = contrast.joined(ratings, minimum=8)
    assert list(dict.fromkeys(groups)) == names
    assert groups.value_counts().min() >= 8


def test_one_group_alone_is_not_compared():
    compared = contrast.groups(topics({9.0: (40, {0: 20}), 3.0: (2, {0: 1})}))
    assert compared.shares.empty
    assert "outside the largest score group" in compared.reason


def test_no_topics_no_contrast():
    none = made_topics(pd.DataFrame(columns=TOPIC_COLUMNS), reason="Few.")
    compared = contrast.groups(none)
    assert compared.top.empty
    assert compared.reason == "Few."
