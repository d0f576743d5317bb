import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.models.topics import impact

RATINGS = [9, 9, 7, 3, 3, 7, 9, 3, 9, 7, 3, 3, 9, 7, 9, 3, 7, 9, 3, 9, 9, 7, 7, 3]
ACCOUNTS = list("aaabbccddddeffgghiiijkkl")
RAISES = [0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
NAMES = {0: "Late", 1: "Price"}


def people(ratings=RATINGS, accounts=ACCOUNTS, wave="1"):
    n = len(ratings)
    frame = pd.DataFrame({"respondent": [f"r{k:03}" for k in range(n)], "wave": wave})
    return frame.assign(account=list(accounts), role=None, mode="attributable", nps=ratings)


def raised(frame, flags, topic=0):
    said = frame.loc[np.asarray(flags, dtype=bool), ["respondent", "wave", "account"]]
    return said.assign(topic=topic)


def row(minimum=8, **changed):
    frame = people(**changed)
    return impact.scores(frame, raised(frame, RAISES), NAMES, minimum).iloc[0]


def test_both_definitions_are_the_published_ones():
    # https://help.getthematic.com/article/32-impact-calculation-equations:
    #   Impact = NPS(all responses) - NPS(all responses excluding theme)
    # https://www.getthematic.com/insights/nps-root-cause-analysis:
    #   Impact = Overall average NPS - Theme-specific average NPS
    points = pd.Series([100 if r >= 9 else 0 if r >= 7 else -100 for r in RATINGS])
    who = pd.Series(RAISES, dtype=bool)
    found = row()
    assert found["removed"] == pytest.approx(points.mean() - points[~who].mean())
    assert found["average"] == pytest.approx(points.mean() - points[who].mean())
    assert found["nps_with"] == pytest.approx(points[who].mean())
    assert found["nps_without"] == pytest.approx(points[~who].mean())


def test_the_help_page_example_of_cancellations():
    # help page 96: "Your total NPS is 70 and cancellations has an impact of -5": without them 75.
    ratings = [9] * 60 + [7] * 20 + [9] * 10 + [7] * 6 + [3] * 4  # 80 without: 75; 100: 66
    frame = people(ratings, accounts=[None] * 100)
    found = impact.scores(frame, raised(frame, [0] * 80 + [1] * 20), NAMES).iloc[0]
    assert (found["nps_without"], found["removed"], found["share"]) == (75, -9, 0.2)
    assert found["average"] == pytest.approx(66 - 30)


def test_intervals_and_p_are_those_of_clubsandwich():
    # R: m <- lm(nps ~ x); coef_test(m, vcovCR(m, cluster = acc, type = "CR2"), "Satterthwaite")
    # and, for the two definitions, the same with lm(c(nps, nps[part]) ~ c(0.., 1..)), the clusters
    # c(acc, acc[part]), part = (x == 0) for "removed" and (x == 1) for "average"; sign turned.
    found = row()
    assert found["p"] == pytest.approx(0.0004914598802, rel=1e-6)
    told = [found[f"removed{end}"] for end in ("", "_low", "_high")]
    assert told == pytest.approx([-52.97619048, -89.24408259, -16.70829836], rel=1e-6)
    told = [found[f"average{end}"] for end in ("", "_low", "_high")]
    assert told == pytest.approx([74.16666667, 41.65379311, 106.67954023], rel=1e-6)


def test_the_definitions_disagree_in_order_and_both_ranks_are_told():
    # A common theme that hurts a little against a rare one that hurts much.
    ratings = [3] * 30 + [9] * 30 + [3] * 10 + [9] * 50
    frame = people(ratings, accounts=[None] * 120)
    common, rare = [1] * 60 + [0] * 60, [0] * 60 + [1] * 10 + [0] * 50
    both = pd.concat([raised(frame, common, 0), raised(frame, rare, 1)])
    found = impact.scores(frame, both, NAMES).set_index("topic")
    assert found["rank_removed"].to_dict() == {0: 1, 1: 2}
    assert found["rank_average"].to_dict() == {0: 2, 1: 1}
    assert list(found.index) == [0, 1]  # sorted by "removed"


def test_the_two_definitions_follow_from_share_and_difference():
    # removed = share x (with - without); average = -(1 - share) x (with - without)
    found = row()
    gap = found["nps_with"] - found["nps_without"]
    assert found["removed"] == pytest.approx(found["share"] * gap)
    assert found["average"] == pytest.approx(-(1 - found["share"]) * gap)


def test_small_groups_on_either_side_are_left_out():
    assert row()["n_least"] == 10
    frame = people()
    said = raised(frame, RAISES)
    assert len(impact.scores(frame, said, NAMES, minimum=10)) == 1
    assert impact.scores(frame, said, NAMES, minimum=11).empty
    others = raised(frame, [1 - flag for flag in RAISES], 1)
    assert impact.scores(frame, others, NAMES, minimum=11).empty


def test_people_without_a_rating_do_not_count():
    frame = people(ratings=[*RATINGS[:-1], np.nan])
    found = impact.scores(frame, raised(frame, RAISES), NAMES).iloc[0]
    assert (found["n"], found["n_with"], found["n_without"]) == (23, 10, 13)


def test_rows_twice_other_order_and_strangers_change_nothing():
    frame = people()
    said = raised(frame, RAISES)
    strange = said.assign(wave="0")
    outside = said.assign(topic=-1)
    again = impact.scores(
        frame.sample(frac=1, random_state=1),
        pd.concat([said, said, strange, outside]).sample(frac=1, random_state=2),
        pd.Series(NAMES),
    )
    pd.testing.assert_frame_equal(impact.scores(frame, said, NAMES), again)


def test_many_themes_are_one_family():
    frame = people()
    names = {k: f"T{k}" for k in range(4)}
    said = pd.concat([raised(frame, np.roll(RAISES, 5 * k), k) for k in range(4)])
    found = impact.scores(frame, said, names)
    # R: p.adjust(p, "BH"): the largest p stays, the smallest is at most 4 times itself
    assert (found["p_adjusted"] >= found["p"]).all()
    assert found["p_adjusted"].max() == pytest.approx(found["p"].max())
    assert (found["clear"] == (found["p_adjusted"] < 0.05)).all()


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_people_give_an_empty_frame(rows):
    frame = people().head(rows)
    found = impact.scores(frame, raised(people(), RAISES), NAMES)
    assert list(found.columns) == list(impact.COLUMNS)
    assert found.empty


def test_no_topics_and_no_ratings_give_an_empty_frame():
    frame = people()
    assert impact.scores(frame, raised(frame, RAISES).head(0), NAMES).empty
    assert impact.scores(frame, raised(frame, RAISES), {}).empty
    assert impact.scores(frame.assign(nps=np.nan), raised(frame, RAISES), NAMES).empty


def test_one_account_has_no_interval():
    found = row(accounts=["a"] * 24)
    assert np.isnan([found["removed_low"], found["average_high"], found["p"]]).all()
    assert not found["clear"]
    assert found["note"].startswith("all answers come from one account")


def test_all_the_same_rating_is_no_impact_and_nothing_clear():
    found = row(ratings=[9] * 24)
    assert (found["removed"], found["average"]) == (0, 0)
    assert not found["clear"]


def test_a_rating_outside_the_scale_is_an_error():
    with pytest.raises(DataError, match="0 to 10"):
        row(ratings=[11] * 24)
