import numpy as np
import pandas as pd
import pytest

from analysis.models import panel
from analysis.models.panel import follow
from tests.scored import answers, join, wave

WAVES = [wave("1"), wave("2"), wave("3")]
KINDS = ("a", "b", "c", "d")


def followed(*rows):
    """Contacts in rows, ratings by wave; None: did not answer."""
    frames = []
    for k in range(len(rows[0])):
        here = [(n, row[k]) for n, row in enumerate(rows) if row[k] is not None]
        frames.append(
            answers(
                [value for _, value in here],
                str(k + 1),
                [f"A{n % 3}" for n, _ in here],
                [f"c{n}" for n, _ in here],
            )
        )
    return join(*frames)


PEOPLE = followed((3, 5, 9), (8, None, 8), (9, 7, None), (None, 4, 2), (None, None, 6), (5, 5, 4))


def test_every_contact_has_a_path_over_the_waves_it_answered():
    found = panel.paths(PEOPLE, WAVES).set_index("contact")
    assert list(found.index) == ["c0", "c3", "c1", "c2", "c5"]  # by account, then contact
    assert found["path"].to_dict() == {
        "c0": "3 > 5 > 9",
        "c1": "8 > 8",
        "c2": "9 > 7",
        "c3": "4 > 2",
        "c5": "5 > 5 > 4",
    }
    assert found["verdict"].to_dict() == {
        "c0": "Improved",
        "c1": "The same",
        "c2": "Worse",
        "c3": "Worse",
        "c5": "Worse",
    }
    assert found.loc["c1", ["since", "until", "waves"]].tolist() == ["Wave 1", "Wave 3", 2]
    assert found.loc["c0", ["first", "last", "change", "highest", "lowest"]].tolist() == [
        3,
        9,
        6,
        9,
        3,
    ]


def test_improved_same_and_worse_add_up_to_the_matched_in_every_span():
    found = panel.trajectories(PEOPLE, WAVES)
    assert list(found["span"]) == ["step"] * 6 + ["whole"] * 3
    for _, rows in found.groupby(["span", "before", "after"]):
        assert rows["count"].sum() == rows["n"].iloc[0]
        assert rows["estimate"].sum() == pytest.approx(1)
    assert found["count"].tolist() == [1, 1, 1, 1, 0, 2, 1, 1, 3]


def test_a_majority_that_improves_is_clear_and_a_draw_is_not():
    people = [(3, 8)] * 20 + [(5, 5)] * 4 + [(8, 3)] * 2
    frame = followed(*people).assign(account=lambda f: f["contact"])
    assert panel.trajectories(frame, WAVES[:2])["clear"].all()
    even = followed(*[(3, 8)] * 9, *[(8, 3)] * 8).assign(account=lambda f: f["contact"])
    assert not panel.trajectories(even, WAVES[:2])["clear"].any()


def test_paths_end_where_the_method_changes():
    broken = [wave("1", "postal"), wave("2"), wave("3")]
    found = panel.paths(PEOPLE, broken)
    assert set(found["since"]) == {"Wave 2"}
    assert list(panel.trajectories(PEOPLE, broken)["span"].unique()) == ["step"]
    assert panel.paths(PEOPLE, [wave("1"), wave("2"), wave("3", "new")]).empty


def test_nobody_is_followed_without_contacts_or_when_answering_twice_in_a_wave():
    assert panel.paths(PEOPLE.assign(contact=None), WAVES).empty
    assert panel.trajectories(PEOPLE.assign(contact=None), WAVES).empty
    assert list(panel.paths(PEOPLE.iloc[:0], WAVES).columns)[:2] == ["account", "contact"]
    double = join(PEOPLE, PEOPLE.iloc[[0]])
    assert panel.paths(double, WAVES).set_index("contact").loc["c0", "path"] == "5 > 9"


def test_paths_do_not_depend_on_the_order_of_rows():
    mixed = PEOPLE.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(panel.paths(PEOPLE, WAVES), panel.paths(mixed, WAVES))
    pd.testing.assert_frame_equal(
        panel.trajectories(PEOPLE, WAVES), panel.trajectories(mixed, WAVES)
    )


def test_people_of_no_known_account_are_followed_too():
    frame = PEOPLE.assign(account=None)
    assert len(panel.paths(frame, WAVES)) == 5
    assert panel.trajectories(frame, WAVES)["n_accounts"].isna().all()


# --- shares ----------------------------------------------------------------------------------


def test_a_share_of_independent_people_has_wilsons_interval():
    # R 4.2.2: prop.test(13, 40, correct = FALSE)$conf.int
    alone = pd.DataFrame({"account": [f"a{k}" for k in range(40)], "contact": None})
    row = follow.share(pd.Series([True] * 13 + [False] * 27), alone)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([0.200845022, 0.479822538], abs=1e-8)


def test_shared_accounts_widen_a_share_and_never_narrow_it():
    flags = pd.Series([True] * 12 + [False] * 12)
    together = pd.DataFrame({"account": np.repeat(list("ABCDEFGH"), 3), "contact": None})
    mixed = pd.DataFrame({"account": list("ABCDEFGHIJKL") * 2, "contact": None})
    alone = pd.DataFrame({"account": [f"a{k}" for k in range(24)], "contact": None})
    frames = {"together": together, "mixed": mixed, "alone": alone}
    low = {name: follow.share(flags, frame)["ci_low"] for name, frame in frames.items()}
    assert low["together"] < low["alone"] == pytest.approx(low["mixed"])
    one = follow.share(flags, pd.DataFrame({"account": ["A"] * 24, "contact": None}))
    assert np.isnan(one["ci_low"])
    assert "one account" in one["note"]


# --- from kind to kind -----------------------------------------------------------------------


def moved(table, accounts=None):
    """Answers and states of so many contacts from kind (row) to kind (column)."""
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    names = [f"c{k}" for k in range(len(pairs))]
    homes = names if accounts is None else accounts
    frame = join(
        answers([8.0] * len(pairs), "1", homes, names),
        answers([8.0] * len(pairs), "2", homes, names),
    )
    states = [KINDS[i] for i, _ in pairs] + [KINDS[j] for _, j in pairs]
    return pd.Series(states, index=frame.index, dtype=object), frame, len(table)


#: Unaided vision of 7,477 women, right eye against left: Stuart (1955), Biometrika 42, 412-416.
VISION = [
    [1520, 266, 124, 66],
    [234, 1512, 432, 78],
    [117, 362, 1772, 205],
    [36, 82, 179, 492],
]


def judged(table, accounts=None):
    states, frame, k = moved(table, accounts)
    return panel.homogeneity(states, frame, *WAVES[:2], KINDS[:k])


def test_stuart_maxwell_gives_stuarts_own_result():
    # Published: chi-square 11.96 with 3 degrees of freedom. R 4.2.2, with t the table:
    # d <- rowSums(t)-colSums(t); V <- diag(rowSums(t)+colSums(t))-t-t(t); k <- 4
    # d[-k] %*% solve(V[-k,-k]) %*% d[-k]
    row = judged(VISION).iloc[0]
    assert row["term"] == "Stuart-Maxwell"
    assert row["statistic"] == pytest.approx(11.9565696230, abs=1e-8)
    assert row["df"] == 3
    assert row["p"] == pytest.approx(0.0075334251, abs=1e-9)


def test_stuart_maxwell_of_a_small_table_and_with_one_kind_that_nobody_has():
    # R as above: 3.284210526, 2 df, p = 0.193572093
    row = judged([[6, 4, 3], [1, 5, 6], [2, 1, 8]]).iloc[0]
    assert [row["statistic"], row["p"]] == pytest.approx([3.2842105263, 0.1935720928], abs=1e-9)
    wider = judged([[6, 4, 3, 0], [1, 5, 6, 0], [2, 1, 8, 0], [0, 0, 0, 0]]).iloc[0]
    assert wider[["statistic", "df"]].tolist() == pytest.approx([3.2842105263, 2])


def test_two_kinds_get_the_exact_sign_test():
    # R 4.2.2: binom.test(3, 14)$p.value
    row = judged([[20, 3], [11, 6]]).iloc[0]
    assert row["p"] == pytest.approx(0.057373046875, abs=1e-12)
    assert "McNemar" in row["term"]


def test_moves_summed_by_account_are_hotellings_test():
    # R 4.2.2: i <- 1:60; acc <- (i*7) %% 15; b <- (i*i + i %/% 4) %% 3
    # a <- (b + (i %% 4 == 0) + 2*(i %% 7 == 0)) %% 3; M <- sapply(0:1, \(s) (a==s)-(b==s))
    # S <- rowsum(M, acc); m <- colMeans(S); T2 <- drop(15*t(m) %*% solve(cov(S)) %*% m)
    # F <- 13/(2*14)*T2; pf(F, 2, 13, lower = FALSE)
    i = np.arange(1, 61)
    b = (i * i + i // 4) % 3
    a = (b + (i % 4 == 0) + 2 * (i % 7 == 0)) % 3
    homes, names = [f"A{k}" for k in (i * 7) % 15], [f"c{k}" for k in i]
    frame = join(answers([8.0] * 60, "1", homes, names), answers([8.0] * 60, "2", homes, names))
    states = pd.Series([KINDS[k] for k in [*b, *a]], index=frame.index)
    found = panel.homogeneity(states, frame, *WAVES[:2], KINDS[:3])
    assert found["statistic"].tolist() == pytest.approx([6.7872340426, 5.5142180095], abs=1e-8)
    assert found["p"].tolist() == pytest.approx([0.0335869721, 0.0184465866], abs=1e-8)
    assert found[["df", "df2"]].iloc[1].tolist() == [2, 13]


def test_nobody_moving_is_no_change_and_one_account_gives_no_verdict():
    still = judged([[10, 0, 0], [0, 10, 0], [0, 0, 10]])
    assert still["p"].tolist() == [1, 1]
    assert still["n_moved"].tolist() == [0, 0]
    one = judged([[6, 4, 3], [1, 5, 6], [2, 1, 8]], ["A"] * 36)
    assert np.isnan(one["p"].iloc[1])
    assert not one["clear"].iloc[1]


def test_rows_of_a_matrix_add_up_and_shares_carry_their_base():
    states, frame, k = moved([[6, 4, 3], [1, 5, 6], [0, 0, 0]])
    found = panel.transitions(states, frame, *WAVES[:2], KINDS[:k])
    assert list(found["from"]) == ["a"] * 3 + ["b"] * 3  # nobody left c
    assert found.groupby("from")["estimate"].sum().tolist() == pytest.approx([1, 1])
    assert found["n"].tolist() == [13] * 3 + [12] * 3
    assert found["count"].tolist() == [6, 4, 3, 1, 5, 6]
    assert found["n_least"].tolist() == found["n"].tolist()


def test_shares_before_and_after_differ_by_the_change():
    states, frame, k = moved([[6, 14, 3], [1, 5, 6], [2, 1, 8]])
    found = panel.margins(states, frame, *WAVES[:2], KINDS[:k])
    assert found["estimate"].tolist() == pytest.approx(
        (found["share_after"] - found["share_before"]).tolist()
    )
    assert found["estimate"].sum() == pytest.approx(0)
    assert (found["p_adjusted"] >= found["p"]).all()
    assert found["clear"].tolist() == [True, False, False]


def test_states_are_not_followed_across_a_break_or_without_pairs():
    states, frame, k = moved([[6, 4], [1, 5]])
    other = [wave("1", "postal"), wave("2")]
    for ask in (panel.transitions, panel.margins, panel.homogeneity):
        assert ask(states, frame, *other, KINDS[:k]).empty
        assert ask(states, frame.assign(contact=None), *WAVES[:2], KINDS[:k]).empty
        assert ask(states.iloc[:0], frame, *WAVES[:2], KINDS[:k]).empty


def test_states_of_only_some_answers_are_enough():
    states, frame, k = moved([[6, 4], [1, 5]])
    fewer = states.iloc[2:]
    assert panel.transitions(fewer, frame, *WAVES[:2], KINDS[:k])["n"].max() == 8


def test_classes_of_the_nps():
    kinds = panel.nps_classes(pd.DataFrame({"nps": [0, 6, 7, 8, 9, 10, np.nan]}))
    assert kinds.iloc[:6].tolist() == ["Detractor"] * 2 + ["Passive"] * 2 + ["Promoter"] * 2
    assert kinds.isna().iloc[6]
