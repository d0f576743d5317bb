"""Each account is of one kind; decision makers weigh more; unhappy ones are never averaged away."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.measures import crq
from analysis.params import Influence, Segments
from analysis.publish.wording import segments, segments_tables
from tests.scored import crq_survey, join, survey, wave

BEST, GOOD, FAIR, BAD, WORST = 7, 6, 5, 3.8, 2


def made(rows, wave="1", **more):
    """A survey; each row: account, contact, role, level of all answers, mode, nps."""
    frame = crq_survey([[row[3]] * 8 for row in rows], wave=wave)
    columns = {
        "account": [row[0] for row in rows],
        "contact": [row[1] for row in rows],
        "role": [row[2] for row in rows],
        "mode": [row[4] if len(row) > 4 else "confidential" for row in rows],
        "nps": [float(row[5]) if len(row) > 5 else 8.0 for row in rows],
    }
    return replace(frame, answers=frame.answers.assign(**columns), **more)


def both(old, new):
    names = {name: [f"{name}_1"] for name in [c.removesuffix("_1") for c in old.items.index]}
    return survey(join(old.answers, new.answers), names)


def test_weighted_mean_and_its_interval_match_the_survey_package():
    # R: svymean(~y, svydesign(ids = ~1, weights = ~w)) with y = c(6, 4, 5, 5.5), w = c(3, 2, 1, 1):
    #    5.2142857143, se 0.5613790758; +- qt(.975, 3) * se; sd(y) = 0.8539125638
    rows = [
        ("A", "c1", "decision_maker", 6),
        ("A", "c2", "influencer", 4),
        ("A", "c3", "operational", 5),
        ("A", "c4", "somebody else", 5.5),
    ]
    row = crq.account_segments(made(rows), "1").iloc[0]
    assert row["crq"] == pytest.approx(5.2142857143, abs=1e-9)
    assert row["ci_low"] == pytest.approx(3.4277269486, abs=1e-8)
    assert row["ci_high"] == pytest.approx(7.0, abs=1e-8)  # 7.0008 ends at the scale's end
    assert row["spread"] == pytest.approx(0.8539125638, abs=1e-9)
    assert (row["lowest"], row["highest"], row["n"], row["deciders"]) == (4, 6, 4, 1)
    assert row["relation"] == pytest.approx(row["crq"])


def test_weights_decide_the_kind_and_a_client_can_set_them():
    rows = [("A", "c1", "decision_maker", 6.5), ("A", "c2", "end_user", 3.9)]
    survey_ = made(rows)
    assert crq.account_segments(survey_, "1")["segment"].item() == "Ambassador"
    equal = Influence(decision_maker=1, influencer=1, operational=1, end_user=1)
    assert crq.account_segments(survey_, "1", equal)["segment"].item() == "Rational"
    lax = Segments(ambassador_relation=5, ambassador_performance=5, ambassador_each=5)
    assert crq.account_segments(survey_, "1", equal, lax)["segment"].item() == "Ambassador"


def test_a_weighted_mean_on_the_cut_off_counts_as_on_it():
    roles = ["decision_maker"] * 2 + ["operational"] * 3
    # (3 + 3 + 1 + 1 + 1) / 9 of 5.5 is 5.499999999999999 in floating point, and 5.5 on paper.
    assert sum(5.5 * (weight / 9) for weight in (3, 3, 1, 1, 1)) < 5.5
    rows = [("A", f"c{k}", role, 5.5) for k, role in enumerate(roles)]
    assert crq.account_segments(made(rows), "1")["segment"].item() == "Ambassador"


def test_a_role_that_is_missing_weighs_as_little_as_any():
    rows = [("A", "c1", None, 6), ("A", "c2", "end_user", 4)]
    assert crq.account_segments(made(rows), "1")["crq"].item() == pytest.approx(5)


@pytest.mark.parametrize(
    ("decider", "flagged"),
    [((WORST, 8), True), ((GOOD, 6), True), ((GOOD, 7), False), ((BAD, 7), False)],
)
def test_an_unhappy_decision_maker_is_flagged_whatever_the_mean(decider, flagged):
    level, nps = decider
    rows = [("A", "c0", "decision_maker", level, "attributable", nps)]
    rows += [("A", f"c{k}", "influencer", BEST) for k in range(1, 9)]
    row = crq.account_segments(made(rows), "1").iloc[0]
    assert bool(row["flag"]) is flagged
    assert bool(row["flag_open"]) is flagged
    if level == WORST:
        assert row["segment"] == "Ambassador"
        assert row["why"] == "decision makers: 1 Opponent"


def test_an_unhappy_end_user_is_not_flagged():
    rows = [("A", "c0", "end_user", WORST, "attributable", 0), ("A", "c1", "decision_maker", GOOD)]
    assert not crq.account_segments(made(rows), "1")["flag"].item()


def test_what_was_said_in_confidence_is_never_in_the_words_of_a_flag():
    rows = [("A", "c0", "decision_maker", WORST, "confidential", 0)]
    rows += [("A", "c1", "decision_maker", GOOD, "attributable", 9)]
    row = crq.account_segments(made(rows), "1").iloc[0]
    assert row["flag"]
    assert not row["flag_open"]
    assert row["why"] == ""
    assert row["n_least"] == 1  # one confidential answer is what is left beside the open one


def test_open_accounts_have_nobody_to_protect():
    rows = [("A", "c0", "influencer", GOOD, "attributable")]
    assert crq.account_segments(made(rows), "1")["n_least"].item() == np.inf


def test_a_decision_maker_without_a_crq_can_still_be_a_detractor():
    survey_ = made([("A", "c0", "decision_maker", GOOD, "attributable", 2), ("B", "c1", None, 5)])
    answers = survey_.answers.copy()
    answers.loc[0, [c for c in answers if c.endswith("_1")]] = np.nan
    found = crq.account_segments(replace(survey_, answers=answers), "1").set_index("account")
    assert found.loc["A", "flag"]
    assert found.loc["A", "segment"] == ""
    assert (found.loc["A", "n"], found.loc["A", "answered"]) == (0, 1)
    assert crq.account_shares(found.reset_index())["n"].unique().tolist() == [1]


def test_a_contact_who_answered_twice_is_one_person():
    once = made([("A", "c0", "end_user", 6), ("A", "c1", "end_user", 4)])
    twice = made(
        [("A", "c0", "end_user", 6), ("A", "c0", "end_user", 6), ("A", "c1", "end_user", 4)]
    )
    columns = ["segment", "crq", "ci_low", "n", "answered", "spread"]
    one, other = (crq.account_segments(s, "1")[columns] for s in (once, twice))
    pd.testing.assert_frame_equal(one, other)


def test_rows_in_another_order_give_the_same():
    rows = [(f"A{k % 4}", f"c{k}", "influencer" if k % 3 else None, 3 + k % 5) for k in range(20)]
    survey_ = made(rows)
    mixed = replace(survey_, answers=survey_.answers.sample(frac=1, random_state=3))
    one, other = (crq.account_segments(s, "1") for s in (survey_, mixed))
    pd.testing.assert_frame_equal(one, other)


def test_no_answers_no_accounts_or_one_person_alone():
    assert list(crq.account_segments(made([("A", "c0", None, 5)]), "9")) == list(crq.ACCOUNTS)
    nobody = made([(None, "c0", None, 5)])
    assert crq.account_segments(nobody, "1").empty
    assert crq.account_shares(crq.account_segments(nobody, "1")).empty
    assert crq.account_flags(crq.account_segments(nobody, "1")).empty
    row = crq.account_segments(made([("A", "c0", None, 5)]), "1").iloc[0]
    assert np.isnan(row["ci_low"])
    assert np.isnan(row["spread"])
    assert row["segment"] == "Rational"


def test_shares_of_accounts_count_accounts_not_people():
    rows = [("A", f"c{k}", None, GOOD) for k in range(6)]
    rows += [(account, account, None, FAIR) for account in "BCD"]
    found = crq.account_shares(crq.account_segments(made(rows), "1")).set_index("term")
    # R: prop.test(1, 4, correct = FALSE)$conf.int = 0.0455872608 0.6993581574
    assert found.loc["Ambassador", "estimate"] == 0.25
    assert found.loc["Ambassador", "ci_low"] == pytest.approx(0.0455872608, abs=1e-8)
    assert found.loc["Ambassador", "ci_high"] == pytest.approx(0.6993581574, abs=1e-8)
    assert found["count"].sum() == found["n"].iloc[0] == found["n_least"].iloc[0] == 4
    assert found["n_people"].iloc[0] == 9


def test_flags_are_counted_among_accounts_whose_decision_makers_answered():
    rows = [("A", "a", "decision_maker", WORST), ("B", "b", "decision_maker", GOOD)]
    rows += [("C", "c", "end_user", WORST)]
    row = crq.account_flags(crq.account_segments(made(rows), "1")).iloc[0]
    assert (row["count"], row["n"]) == (1, 2)


LEVELS = {"Ambassador": GOOD, "Rational": FAIR, "Stalker": BAD, "Opponent": WORST}


def two_waves(pairs):
    """Accounts with one contact each, of these kinds in two waves."""
    old = made([(f"A{k}", f"c{k}", None, LEVELS[a]) for k, (a, _) in enumerate(pairs)], "1")
    new = made([(f"A{k}", f"c{k}", None, LEVELS[b]) for k, (_, b) in enumerate(pairs)], "2")
    return both(old, new)


MOVED = (
    [("Rational", "Ambassador")] * 16 + [("Ambassador", "Rational")] * 4 + [("Rational",) * 2] * 7
)


def test_accounts_that_moved_are_tested_by_the_sign_test():
    # R: binom.test(16, 20)$p.value = 0.0118179321
    found = crq.account_changes(two_waves(MOVED), [wave("1"), wave("2")]).set_index("term")
    assert found["count"].to_dict() == {"better": 16, "the same": 7, "worse": 4}
    assert found["p"].iloc[0] == pytest.approx(0.0118179321, abs=1e-9)
    assert found["n"].iloc[0] == 27
    assert found["since"].iloc[0] == "Wave 1"


def test_each_row_of_the_moves_sums_to_one():
    found = crq.account_moves(two_waves(MOVED), [wave("1"), wave("2")])
    assert found.groupby("before")["estimate"].sum().tolist() == pytest.approx([1, 1])
    rows = found.set_index(["before", "after"])
    assert rows.loc[("Rational", "Ambassador"), "estimate"] == pytest.approx(16 / 23)
    assert rows.loc[("Ambassador", "Rational"), ["count", "n"]].tolist() == [4, 4]
    assert len(found) == 10


def test_nothing_moves_without_a_comparable_wave_before():
    pairs = two_waves(MOVED)
    assert crq.account_moves(pairs, [wave("2")]).empty
    assert crq.account_changes(pairs, [wave("1", "postal"), wave("2")]).empty
    still = crq.account_changes(two_waves([("Rational",) * 2] * 3), [wave("1"), wave("2")])
    assert still["p"].tolist() == [1, 1, 1]


def test_an_account_of_one_wave_only_is_in_no_move():
    old = made([("A", "a", None, GOOD), ("B", "b", None, GOOD)], "1")
    new = made([("A", "a", None, FAIR), ("C", "c", None, GOOD)], "2")
    found = crq.account_changes(both(old, new), [wave("1"), wave("2")])
    assert found["n"].tolist() == [1, 1, 1]


def mixed(open_, secret, levels=(GOOD,), role=None, nps=8, wave="1"):
    """Accounts of one contact each: so many in the open, and so many in confidence."""
    rows = []
    for k in range(open_ + secret):
        mode = "attributable" if k < open_ else "confidential"
        rows.append((f"A{k:02}", f"c{k}", role, levels[k % len(levels)], mode, nps))
    return made(rows, wave)


@pytest.mark.parametrize(
    ("secret", "shown"), [(0, True), (1, False), (4, False), (5, True), (30, True)]
)
def test_kinds_of_accounts_are_hidden_where_few_rest_on_confidences(secret, shown):
    found = crq.account_shares(crq.account_segments(mixed(10, secret), "1"))
    assert found["n_confided"].unique().tolist() == [secret]
    assert (found["n_least"].iloc[0] >= 5) == shown
    assert (segments.account_mix(found, 5) is not None) is shown
    printed = segments_tables.account_kinds(found, 5).rows[0]
    assert (printed["count"] is not None) is shown


def test_one_confidence_makes_a_whole_account_rest_on_it():
    rows = [(f"A{k}", f"c{k}", None, GOOD, "attributable") for k in range(8)]
    rows += [(f"A{k}", f"d{k}", None, GOOD, "anonymous") for k in range(4)]
    found = crq.account_shares(crq.account_segments(made(rows), "1"))
    assert found["n_least"].iloc[0] == found["n_confided"].iloc[0] == 4


def deciders(open_, secret):
    """One decision maker an account, True for a detractor: those in the open, in confidence."""
    rows = []
    for mode, several in (("attributable", open_), ("confidential", secret)):
        for k, unhappy in enumerate(several):
            name = f"{mode}{k}"
            rows.append((name, name, "decision_maker", GOOD, mode, 3 if unhappy else 9))
    return crq.account_flags(crq.account_segments(made(rows), "1"))


def some(flagged, n):
    return [k < flagged for k in range(n)]


@pytest.mark.parametrize(
    ("open_", "secret", "shown"),
    [
        (some(3, 10), some(0, 0), True),  # nobody answered in confidence
        (some(3, 7), some(2, 3), False),
        (some(3, 7), some(0, 4), False),  # four
        (some(3, 7), some(0, 5), True),  # five, none of them unhappy
        (some(3, 7), some(5, 5), False),  # all of them
        (some(3, 7), some(1, 12), False),
        (some(3, 7), some(4, 12), False),
        (some(3, 7), some(5, 12), True),
        (some(0, 0), some(2, 10), True),  # nobody answered in the open
        (some(0, 0), some(10, 10), True),
    ],
)
def test_flags_are_hidden_where_the_open_ones_leave_few_confidential_ones(open_, secret, shown):
    found = deciders(open_, secret)
    row = found.iloc[0]
    assert (row["count"], row["n"]) == (sum(open_) + sum(secret), len(open_) + len(secret))
    assert row["n_confided"] == len(secret)
    assert (segments.unhappy_deciders(found, 5) is not None) is shown


def test_a_confidence_at_an_account_that_is_flagged_in_the_open_hides_no_flag():
    rows = [(f"A{k}", f"c{k}", "decision_maker", GOOD, "attributable", 3) for k in range(6)]
    rows += [("A0", "d0", "decision_maker", GOOD, "confidential", 3)]
    found = crq.account_flags(crq.account_segments(made(rows), "1"))
    assert found["n_confided"].item() == 0
    assert found["n_least"].item() == 6


@pytest.mark.parametrize(("secret", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_moves_of_accounts_are_hidden_where_few_rest_on_confidences(secret, shown):
    one = both(mixed(9, secret, wave="1"), mixed(9, secret, (GOOD, FAIR), wave="2"))
    series = [wave("1"), wave("2")]
    changes, moves = crq.account_changes(one, series), crq.account_moves(one, series)
    assert (segments.account_changes(changes, 5) is not None) is shown
    printed = segments_tables.account_moves(moves, 5).rows[0]
    assert (printed["estimate"] is not None) is shown


def test_an_account_that_was_open_only_once_moves_in_confidence():
    one = both(mixed(9, 0, wave="1"), mixed(7, 2, wave="2"))
    assert crq.account_changes(one, [wave("1"), wave("2")])["n_least"].tolist() == [2, 2, 2]
