import numpy as np
import pandas as pd
import pytest

from analysis.models import panel
from analysis.publish import page
from analysis.publish.results import Finding, Note, Table
from analysis.publish.wording import change, change_accounts
from analysis.publish.wording import change_accounts_tables as accounts_tables
from analysis.publish.wording import change_tables as tables
from tests.scored import answers, join, survey, wave

WAVES = [wave("1"), wave("2")]
CLASSES = ("Promoter", "Passive", "Detractor")


def two(moves, newcomers=0, leavers=0):
    """Contacts with a rating in each of two waves, and some who answered once."""
    n = len(moves)
    first = [a for a, _ in moves] + [5.0] * leavers
    second = [b for _, b in moves] + [9.0] * newcomers
    names = [f"c{k}" for k in range(n)]
    left, came = [f"l{k}" for k in range(leavers)], [f"n{k}" for k in range(newcomers)]
    homes = [f"A{k * k % 13}" for k in range(n + max(leavers, newcomers))]
    return join(
        answers(first, "1", homes[: n + leavers], names + left),
        answers(second, "2", homes[: n + newcomers], names + came),
    )


RISE = two([(5, 9)] * 24 + [(8, 8)] * 12 + [(9, 9)] * 6, newcomers=9, leavers=8)
STILL = two([(5, 9)] * 10 + [(9, 5)] * 10 + [(8, 8)] * 10, newcomers=9, leavers=8)


def words(block):
    assert isinstance(block, Finding)
    return block.sentence


# --- who made the change ---------------------------------------------------------------------


def test_the_bridge_is_told_with_every_part_its_base_and_its_interval():
    found = change.bridge(panel.bridge(RISE, WAVES), 5)
    assert "from −52 (Wave 1) to +76 (Wave 2)" in found.sentence
    assert "from the 42 people who answered both times (95% interval" in found.sentence
    assert "from 9 who had not answered before" in found.sentence
    assert "from 8 who did not answer again" in found.sentence
    sure = "the same people, those who are new and those who did not answer again"
    assert f"Clear of chance: the part of {sure}." in found.sentence
    assert found.evidence == "clear"


def test_a_bridge_without_a_clear_part_says_so_and_a_small_group_is_silent():
    found = change.bridge(panel.bridge(STILL.query("nps < 20"), WAVES), 5)
    assert "Clear of chance: the part of the same people" not in found.sentence
    assert change.bridge(panel.bridge(RISE, WAVES), 9) is None
    table = tables.bridge(panel.bridge(RISE, WAVES), 9)
    assert table.hidden == 3
    assert change.bridge(panel.bridge(RISE.iloc[:0], WAVES), 5) is None
    assert isinstance(tables.bridge(panel.bridge(RISE.iloc[:0], WAVES), 5), Note)


def test_scores_of_the_same_people_rise_fall_or_stay():
    frame = RISE.assign(
        a=lambda f: np.where(f["wave"] == "1", 4.0, 5.0) + 0.1 * np.sin(np.arange(len(f))),
        b=lambda f: np.where(f["wave"] == "1", 5.0, 4.0) + 0.1 * np.sin(np.arange(len(f))),
        c=lambda f: 4.0 + np.sin(7.0 * np.arange(len(f))),
    )
    made = survey(frame, {"trust": ["a"], "commitment": ["b"], "value": ["c"]})
    found = words(change.scores(panel.by_construct(made, WAVES), 5))
    assert "trust rose (most: trust +1.0" in found
    assert "commitment fell" in found
    assert "no clear change in value" in found
    only = survey(frame, {"value": ["c"]})
    still = change.scores(panel.by_construct(only, WAVES), 5)
    assert still.evidence == "undecided"
    assert "rose" not in still.sentence
    assert change.scores(panel.by_construct(made, WAVES[:1]), 5) is None


def test_improved_same_and_worse_are_counted_with_shares():
    found = change.trajectories(panel.trajectories(RISE, WAVES), 5)
    assert "Of 42 people who answered both times between Wave 1 and Wave 2: 24 improved (57%" in (
        found.sentence
    )
    assert "18 stayed the same and 0 got worse" in found.sentence
    assert "More improved than got worse" in found.sentence
    even = change.trajectories(panel.trajectories(STILL, WAVES), 5)
    assert even.evidence == "undecided"
    assert "Neither is clearly the more common" in even.sentence
    assert change.trajectories(panel.trajectories(RISE, WAVES), 43) is None


# --- from kind to kind -----------------------------------------------------------------------


def kinds(frame, minimum=5):
    states = panel.nps_classes(frame)
    asked = (states, frame, *WAVES, CLASSES)
    matrix, mix = panel.transitions(*asked), panel.margins(*asked)
    tested = panel.homogeneity(*asked)
    said = change.transitions(matrix, tested, mix, minimum, "nps_moves_words", "the three classes")
    table = tables.transitions(matrix, minimum, "nps_moves", "Promoters, passives, detractors")
    return said, table, tables.margins(mix, minimum, "nps_mix_moves", "The mix")


def test_a_moved_mix_names_the_kinds_that_moved():
    said, table, mix = kinds(RISE)
    assert (
        "Of 42 people followed, 18 (43%) are in the same group as in the wave before"
        in said.sentence
    )
    assert "has moved, more than chance explains" in said.sentence
    assert "Promoters from 14% to 71%" in said.sentence
    assert said.evidence == "clear"
    assert table.chart.kind == "matrix"
    assert len(mix.rows) == 3


def test_a_mix_that_did_not_move_is_not_said_to_have_moved():
    said, _, _ = kinds(STILL)
    assert "has not clearly moved" in said.sentence
    assert said.evidence == "undecided"


def test_a_small_row_hides_a_second_so_that_it_cannot_be_worked_out():
    frame = two([(5, 9)] * 20 + [(8, 8)] * 8 + [(9, 9)] * 3)
    _, table, _ = kinds(frame)
    shown = {row["from"] for row in table.rows if row["estimate"] is not None}
    assert shown == {"Detractor"}  # 3 promoters would come back, so the 8 passives go too


def test_the_mix_of_the_same_people_never_gives_away_the_few_who_came():
    # The mix of all is shown elsewhere: less that of the 40 followed, it is that of 3 people.
    frame = two([(5, 9)] * 20 + [(9, 9)] * 20)
    few = frame.iloc[-3:].assign(contact=["n1", "n2", "n3"], wave="2")
    said, table, mix = kinds(pd.concat([frame, few], ignore_index=True))
    assert said is None
    assert {row["estimate"] for row in (*table.rows, *mix.rows)} == {None}
    assert kinds(frame)[0] is not None  # nobody came or left: nothing to work out


def test_one_account_has_no_verdict():
    said, _, _ = kinds(RISE.assign(account="A"))
    assert "cannot be tested over their accounts" in said.sentence
    assert said.evidence == "undecided"


# --- stability -------------------------------------------------------------------------------


def steady(ratio, corrected=None, retest=(0.2, 0.05, 0.35)):
    """A frame as `panel.stability` gives."""
    rows = [("retest", "trust", 0.6, 0.4, 0.7), ("retest", "satisfaction", 0.4, 0.2, 0.6)]
    rows += [("within", "trust", 0.4, 0.3, 0.5), ("within", "satisfaction", 0.6, 0.5, 0.8)]
    rows += [("retest_difference", "", *retest), ("ratio", "", *ratio)]
    rows += [("corrected_ratio", "", *corrected)] if corrected else []
    frame = pd.DataFrame(rows, columns=["measure", "construct", "estimate", "ci_low", "ci_high"])
    clear = (frame["ci_low"] > 1) | (frame["ci_high"] < 1)
    return frame.assign(
        term=frame["construct"].str.capitalize(),
        clear=clear & frame["measure"].str.contains("ratio"),
        n=80,
        n_answers=200,
        n_least=80,
        n_accounts=30,
        waves=3,
        note="",
    )


def test_a_volatile_score_is_called_so_only_when_noise_is_ruled_out():
    found = change.stability(steady((1.8, 1.2, 2.6), (2.1, 1.1, float("inf"))), 5)
    assert found.evidence == "clear"
    assert "Satisfaction is more volatile" in found.sentence
    assert "1.80 times as much as trust (95% interval 1.20 to 2.60" in found.sentence
    assert "1.10 and up" in found.sentence
    assert "80 people over 3 waves" in found.sentence
    assert "0.60 for trust and 0.40 for satisfaction, difference +0.20" in found.sentence


@pytest.mark.parametrize(
    ("ratio", "corrected", "why"),
    [
        ((1.3, 0.9, 1.8), (1.4, 0.8, 2.5), "cannot be told from chance"),
        ((1.8, 1.2, 2.6), (1.1, 0.6, 2.0), "measurement error"),
        ((1.8, 1.2, 2.6), None, "measurement error"),
        ((1.8, 1.2, 2.6), (0.5, 0.2, 0.9), "measurement error"),
    ],
)
def test_stability_is_undecided_otherwise(ratio, corrected, why):
    found = change.stability(steady(ratio, corrected), 5)
    assert found.evidence == "undecided"
    assert why in found.sentence
    assert "is more volatile" not in found.sentence


def test_the_other_way_round_is_said_too():
    found = change.stability(steady((0.5, 0.3, 0.8), (0.4, 0.2, 0.7)), 5)
    assert "Satisfaction is the steadier of the two" in found.sentence


def test_no_stability_says_why_and_no_sentence():
    empty = steady((1, 1, 1)).iloc[:0]
    assert change.stability(empty, 5) is None
    assert change.alike(empty) is None
    note = tables.stability(empty, 5, "Too few people.")
    assert note.sentence == "Too few people."
    table = tables.stability(steady((1.8, 1.2, 2.6), (2.1, 1.1, float("inf"))), 5, "")
    assert table.rows[-1]["ci_high"] is None  # no end, and no infinity in the file


def pulled(clear, estimate=-0.3):
    rows = [("Wave 1", 0.6, 40), ("Wave 2", 0.6 + estimate, 40), ("change", estimate, 80)]
    frame = pd.DataFrame(rows, columns=["term", "estimate", "n"])
    return frame.assign(
        construct="trust",
        label="Trust",
        ci_low=frame["estimate"] - 0.1,
        ci_high=frame["estimate"] + 0.1,
        clear=clear,
        n_least=40,
        n_accounts=20,
        note="",
    )


def test_a_score_that_lost_its_pull_is_told_from_one_that_did_not():
    assert "trust, it has lost pull (0.60 to 0.30, change −0.30" in words(
        change.pull(pulled(True), 5)
    )
    assert "trust, no clear change" in words(change.pull(pulled(False), 5))
    assert change.pull(pulled(True), 41) is None
    assert tables.pull(pulled(True), 5).chart.kind == "trend"
    assert tables.pull(pulled(True).iloc[:0], 5) is None


# --- actions ---------------------------------------------------------------------------------


def effect(clear=True, estimate=0.6, start=False, placebo=None, people=0.5):
    rows = [("accounts", estimate, clear), ("people", people, clear), ("start", -0.3, start)]
    rows += [] if placebo is None else [("placebo", -0.4, placebo)]
    frame = pd.DataFrame(rows, columns=["key", "estimate", "clear"])
    return frame.assign(
        term=frame["key"],
        ci_low=frame["estimate"] - 0.2,
        ci_high=frame["estimate"] + 0.2,
        rise_with=0.8,
        rise_without=0.2,
        with_action=8,
        without=22,
        n=90,
        n_least=20,
        before="2024",
        after="2025",
    )


def test_an_effect_is_a_difference_and_never_a_cause():
    found = change_accounts.action_effect(effect(), 5, "responsiveness", "response")
    assert "the score for responsiveness rose more at accounts where something was done about" in (
        found.sentence
    )
    assert "+0.80 against +0.20; difference +0.60, 95% interval 0.40 to 0.80" in found.sentence
    assert "8 and 22 accounts, 90 answers" in found.sentence
    assert found.evidence == "clear"
    note = change_accounts.not_at_random(effect(), 5, "responsiveness")
    assert "not chosen at random" in note.sentence
    assert "regression to the mean" in note.sentence
    for text in (found.sentence, note.sentence):
        assert "caused" not in text
        assert "because of" not in text


def test_an_unclear_effect_is_not_called_a_rise():
    found = change_accounts.action_effect(effect(clear=False, estimate=0.1), 5)
    assert "there is no clear difference" in found.sentence
    assert "rose" not in found.sentence
    assert found.evidence == "undecided"


def test_other_ways_to_count_that_disagree_are_counted():
    found = change_accounts.action_effect(effect(people=-0.1), 5)
    assert "Of 1 other way to count, 1 points the other way." in found.sentence
    several = pd.concat([effect(), effect(people=-0.1).assign(key="answers").iloc[1:2]])
    found = change_accounts.action_effect(several, 5)
    assert "Of 2 other ways to count, 1 points the other way." in found.sentence


def test_a_start_that_differs_and_a_placebo_that_moves_are_warned_of():
    note = change_accounts.not_at_random(effect(start=True, placebo=True), 5)
    assert "began lower than the others" in note.sentence
    assert "already moved apart" in note.sentence
    calm = change_accounts.not_at_random(effect(placebo=False), 5)
    assert "no clearly different height" in calm.sentence
    assert "moved alike as far as can be told" in calm.sentence
    assert "Without an earlier wave" in change_accounts.not_at_random(effect(), 5).sentence


def test_small_groups_have_no_effect_told():
    assert change_accounts.action_effect(effect(), 21) is None
    assert change_accounts.not_at_random(effect(), 21) is None
    assert accounts_tables.action_effect(effect(), 21, "").hidden == 3
    assert change_accounts.action_effect(effect().iloc[:0], 5) is None
    note = accounts_tables.action_effect(effect().iloc[:0], 5, "No file of actions.")
    assert note.sentence == "No file of actions."


# --- what persists, and what the levels see --------------------------------------------------


def problem(sure=True, kind="scale", term="Trust", construct="trust"):
    return {
        "key": term,
        "kind": kind,
        "term": term,
        "construct": construct,
        "label": "Trust",
        "estimate": 3.9,
        "ci_low": 3.6,
        "ci_high": 4.2,
        "bar": 4.5,
        "running": 3,
        "since": "Wave 1",
        "best": 4.1,
        "best_high": 4.4,
        "sure": sure,
        "n": 40,
        "n_least": 38,
        "n_accounts": 12,
        "note": "",
    }


def test_a_persistent_problem_is_named_with_how_sure_it_is():
    frame = pd.DataFrame(
        [
            problem(),
            problem(False, term="Value", construct="value"),
            problem(kind="item", term="A question."),
            problem(kind="item", term="Another.", construct="commitment"),
        ]
    )
    found = change_accounts.persistent(frame, 5, 3, "")
    assert "trust (3.90, 95% interval 3.60 to 4.20, bar 4.50; since Wave 1, 40 answers)" in (
        found.sentence
    )
    assert "40 answers, not beyond doubt each time)" in found.sentence
    assert "“Another” (3.90" in found.sentence  # the one whose scale is not listed
    assert found.evidence == "clear"
    table = accounts_tables.persistent(frame, 5)
    assert table.chart.reference == 4.5
    assert accounts_tables.persistent(frame.iloc[:0], 5) is None


def effects(*clear):
    names = [("nps", "NPS"), ("responsiveness", "Responsiveness"), ("trust", "Trust")]
    frame = pd.concat([effect().iloc[:1]] * len(clear), ignore_index=True)
    value, label = zip(*names[: len(clear)], strict=True)
    return frame.assign(value=value, label=label, clear=clear, p_adjusted=0.01, theme="")


def test_what_rose_where_something_was_done_is_named_among_all_that_was_asked():
    frame = effects(False, True, False).assign(theme="response")
    found = change_accounts.action_effects(frame, 5)
    assert found.sentence == (
        "From 2024 to 2025, responsiveness rose more where something was done about response "
        "(+0.60, 95% interval 0.40 to 0.80; 8 and 22 accounts). No other of 3 comparisons is "
        "clear. Accounts were not chosen at random, so this is no proof that it was the action."
    )
    none = change_accounts.action_effects(effects(False, False), 5)
    assert none.evidence == "undecided"
    assert none.sentence.startswith("Nothing clearly rose more or less from 2024 to 2025")
    assert change_accounts.action_effects(effects(True).assign(n_least=4), 5) is None
    assert change_accounts.action_effects(effects(True).iloc[:0], 5) is None


def test_no_problem_and_no_way_to_tell_are_two_things():
    none = pd.DataFrame([problem()]).iloc[:0]
    assert "Nothing was below the bar" in words(change_accounts.persistent(none, 5, 3, ""))
    note = change_accounts.persistent(none, 5, 3, "There are two waves.")
    assert (note.about, note.sentence) == ("absent", "There are two waves.")


def gaps(*rows):
    frame = pd.DataFrame(rows, columns=["value", "term", "estimate", "clear"])
    return frame.assign(
        ci_low=frame["estimate"] - 0.2,
        ci_high=frame["estimate"] + 0.2,
        p=0.01,
        p_adjusted=0.02,
        n=30,
        n_upper=10,
        n_lower=20,
        n_least=10,
        n_accounts=9,
        note="",
    )


def test_gaps_say_which_way_and_over_how_many_accounts():
    frame = gaps(("nps", "NPS", -40, True), ("trust", "Trust", 0.5, True), ("v", "Value", 0, False))
    found = words(change_accounts.perception_gap(frame, 5))
    assert "lower on NPS (−40, 95% interval −40 to −40)" in found
    assert "higher on trust (+0.50, 95% interval 0.30 to 0.70)" in found
    assert "9 accounts with answers of both levels" in found
    table = accounts_tables.perception_gap(frame, 5)
    assert [row["term"] for row in table.rows] == ["Trust", "Value"]
    none = change_accounts.perception_gap(gaps(("trust", "Trust", 0.1, False)), 5)
    assert none.evidence == "undecided"
    assert "do not clearly differ" in none.sentence
    assert change_accounts.perception_gap(frame, 11) is None


def contrasts(listed=True, n_least=10):
    frame = pd.DataFrame(
        [("q1", "item", "They answer fast.", 3.5, 5.4), ("trust", "scale", "Trust", 5.0, 5.2)],
        columns=["key", "kind", "term", "upper", "lower"],
    )
    frame = frame.assign(
        label="Trust",
        bar=4.5,
        estimate=frame["upper"] - frame["lower"],
        ci_low=-2.5,
        ci_high=-1.2,
        p=0.001,
        p_adjusted=0.002,
        clear=[listed, False],
        n=30,
        n_upper=10,
        n_lower=20,
        n_least=n_least,
        n_accounts=9,
        note="",
    )
    return frame, frame[frame["clear"]]


def test_a_misperception_is_quoted_with_both_means():
    compared, listed = contrasts()
    found = words(change_accounts.misperceptions(listed, compared, 5))
    assert "“They answer fast” (3.50 against 5.40, difference −1.90" in found
    assert "10 and 20 answers" in found
    assert accounts_tables.misperceptions(listed, 5).rows[0]["upper"] == 3.5


def test_no_misperception_and_nothing_to_compare_are_two_things():
    compared, listed = contrasts(listed=False)
    found = change_accounts.misperceptions(listed, compared, 5)
    assert "There is no question" in found.sentence
    assert found.evidence == "undecided"
    note = change_accounts.misperceptions(listed, compared.iloc[:0], 5)
    assert note.about == "absent"
    assert accounts_tables.misperceptions(listed, 5) is None
    compared, listed = contrasts(n_least=4)
    assert "There is no question" in words(change_accounts.misperceptions(listed, compared, 5))


# --- every table can be drawn ----------------------------------------------------------------


def test_every_table_is_drawn_with_its_chart():
    _, listed = contrasts()
    matrix, mix = kinds(RISE)[1:]
    score = RISE.assign(a=lambda f: f["nps"] / 2 + 1)
    blocks = [
        tables.bridge(panel.bridge(RISE, WAVES), 5),
        tables.scores(panel.by_construct(survey(score, {"trust": ["a"]}), WAVES), 5),
        tables.trajectories(panel.trajectories(RISE, WAVES), 5),
        matrix,
        mix,
        tables.stability(steady((1.8, 1.2, 2.6)), 5, ""),
        tables.pull(pulled(True), 5),
        accounts_tables.action_effect(effect(), 5, "", "responsiveness", "response"),
        accounts_tables.action_effects(
            effect().assign(value="trust", label="Trust", theme="", p_adjusted=0.01), 5
        ),
        accounts_tables.persistent(pd.DataFrame([problem()]), 5),
        accounts_tables.perception_gap(gaps(("trust", "Trust", 0.5, True)), 5),
        accounts_tables.misperceptions(listed, 5),
    ]
    assert len({block.key for block in blocks}) == len(blocks)
    for block in blocks:
        assert isinstance(block, Table)
        assert "<svg" in page.block_html(block), block.key
        assert block.method
        assert block.chart.alt
