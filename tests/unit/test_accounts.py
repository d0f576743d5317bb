import dataclasses
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.params.kinds import Segments
from analysis.programme import accounts, fieldwork
from analysis.publish import assemble, page, results
from analysis.publish.results import AccountPage, Note, Table
from analysis.publish.wording import accounts as wording
from tests import scored, surveyed


def client(modes, ratings=None, roles=None, values=None, actions=(), invitations=()):
    """One account "A" of a survey in which account "B" answers too, all in confidence."""
    n = len(modes)
    frame = scored.answers(
        [*(ratings or [8] * n), *[5] * 6],
        accounts=["A"] * n + ["B"] * 6,
        contacts=[f"a{k}" for k in range(n)] + [f"b{k}" for k in range(6)],
    )
    frame["wave"] = "w2"
    frame["mode"] = [*modes, *["confidential"] * 6]
    frame["role"] = [*(roles or ["end_user"] * n), *["influencer"] * 6]
    frame["trust_1"] = [*(values or [6.0] * n), *[2.0] * 6]
    made = scored.survey(frame, {"trust": ["trust_1"]})
    tables = {
        "actions": surveyed.table("actions", list(actions)),
        "invitations": surveyed.table("invitations", list(invitations)),
        "accounts": surveyed.table("accounts", [{"account": "A", "name": "Alder", "tier": "B"}]),
    }
    return dataclasses.replace(made, waves=("w2",), **tables)


PARAMS = SimpleNamespace(
    wave=surveyed.WAVES[1],
    history=surveyed.WAVES,
    confidentiality=SimpleNamespace(min_scores=5),
    scorecard=SimpleNamespace(segments=Segments()),
)


def sheet(*args, **more):
    found = accounts.sheets(client(*args, **more), PARAMS)
    return {one.account: one for one in found}["A"]


def test_only_open_answers_are_shown_one_by_one():
    found = sheet(["attributable", "confidential", "anonymous"], ratings=[9, 2, 3])
    assert found.people["rating"].tolist() == [9]
    assert found.answered == 3


def test_a_few_confidences_never_enter_a_mean():
    # Five open sixes and four confidential ones: with them the mean would be 5.0, and the four
    # would come back when the open answers are taken away.
    made = client(["attributable"] * 5 + ["confidential"] * 4, values=[6.0] * 5 + [3.75] * 4)
    others = made.answers.tail(4).assign(account="C").rename(lambda label: label + 100)
    many = dataclasses.replace(made, answers=pd.concat([made.answers, others]))
    found = {one.account: one for one in accounts.sheets(many, PARAMS)}
    assert found["A"].scores["estimate"].tolist() == [6.0]
    assert found["A"].scores["n"].tolist() == [5]
    # Without the others' answers, everybody's mean less the two of "A" and "B" is that of the four.
    few = {one.account: one for one in accounts.sheets(made, PARAMS)}
    assert few["A"].scores.empty
    assert few["A"].withheld
    assert len(few["B"].scores)


def test_many_confidences_do():
    found = sheet(["attributable"] + ["confidential"] * 5, values=[1.0] + [7.0] * 5)
    assert found.scores["estimate"].tolist() == [6.0]
    assert found.scores["n"].tolist() == [6]


def test_a_scale_that_most_confidences_left_blank_is_not_shown():
    values = [6.0] * 5 + [1.0] * 4 + [None]
    found = sheet(["attributable"] * 5 + ["confidential"] * 5, values=values)
    assert found.scores.empty


def test_fewer_than_the_minimum_give_no_mean():
    assert sheet(["attributable"] * 4).scores.empty


def test_flags_rest_on_open_answers_only():
    roles = ["decision_maker", "end_user"]
    said = sheet(["attributable", "attributable"], ratings=[3, 9], roles=roles)
    kept = sheet(["confidential", "attributable"], ratings=[3, 9], roles=roles)
    assert said.flags == ("A decision maker is a detractor",)
    assert kept.flags == ()


def test_an_account_that_was_asked_and_kept_silent_has_a_sheet():
    asked = surveyed.invited("w2", "C", asked=3, answered=0)
    found = accounts.sheets(client(["attributable"], invitations=asked), PARAMS)
    silent = next(one for one in found if one.account == "C")
    assert silent.flags == ("Nobody of 3 asked has answered",)
    assert found[0] is silent  # what wants attention comes first


def test_an_anonymous_answer_is_not_placed_by_an_account_that_seems_silent():
    # The fieldwork counts "C" as having answered. Its answer has no account; a page on which nobody
    # answered would show, beside the fieldwork, whose it is.
    asked = [*surveyed.invited("w2", "C", 3, 1), *surveyed.invited("w2", "D", 2, 0)]
    made = client(["attributable"], invitations=asked)
    found = {one.account: one for one in accounts.sheets(made, PARAMS)}
    silent = set(fieldwork.silent(made, "w2")["account"])
    assert {name for name, one in found.items() if not one.answered} == silent == {"D"}
    assert (found["C"].answered, found["C"].asked, found["C"].flags) == (1, 3, ())
    html = page.account_html("Client", "Wave", wording.pages([found["C"]], 5)[0])
    assert "1 answered, all in confidence" in html
    assert "Nobody" not in html


def test_an_anonymous_answer_and_a_confidential_one_read_alike():
    asked = surveyed.invited("w2", "A", 3, 1)
    kept = sheet(["confidential"], invitations=asked)
    unplaced = sheet([], invitations=asked)
    told = [wording.pages([one], 5)[0] for one in (kept, unplaced)]
    assert told[0] == told[1]


def test_where_nobody_knows_who_answered_no_account_is_called_silent():
    asked = [one | {"answered": None} for one in surveyed.invited("w2", "C", 3, 0)]
    found = accounts.sheets(client(["attributable"], invitations=asked), PARAMS)
    mine = next(one for one in found if one.account == "C")
    assert mine.flags == ()
    drawn = page.account_html("Client", "Wave", wording.pages([mine], 5)[0])
    assert "Who answered is not known" in drawn
    assert "Nobody" not in drawn
    assert " 0 " not in wording.pages([mine], 5)[0].line


def test_an_account_sees_its_own_actions_and_nobody_else_s():
    action = {"wave": "w2", "said": "Call back", "status": "open", "due": "2025-03-20"}
    both = [{"action": "1", "account": "A"} | action, {"action": "2", "account": "B"} | action]
    found = sheet(["attributable"], actions=both)
    assert len(found.actions) == 1
    assert found.flags == ("1 open action past the date",)


def test_the_page_names_no_one_who_answered_in_confidence():
    modes = ["attributable", "confidential"]
    drawn = [
        page.account_html("Client", "Wave", one)
        for one in wording.pages(accounts.sheets(client(modes), PARAMS), 5)
    ]
    mine = next(html for html in drawn if "Alder" in html)
    assert "a0" in mine
    assert "a1" not in mine
    assert "b0" not in "".join(drawn)
    assert "1 more answered in confidence" in mine


def few_in_confidence(**more):
    """Eight open answers at "A" and two in confidence, the rest of the survey left out."""
    modes = ["attributable"] * 8 + ["confidential"] * 2
    roles = ["end_user"] * 5 + ["decision_maker"] * 5
    made = client(modes, ratings=[9, 8, 7, 9, 8, 3, 9, 8, 10, 0], roles=roles, **more)
    return dataclasses.replace(made, answers=made.answers[made.answers["account"] == "A"])


def test_open_ratings_stay_off_the_pages_where_they_would_leave_a_few_confidences():
    (found,) = accounts.sheets(few_in_confidence(), PARAMS)
    shown = found.people.set_index("contact")["rating"]
    # Both confidences are of the five decision makers: the three others stay off with them, which
    # is enough for all ten as well.
    deciders, users = shown[["a5", "a6", "a7"]], shown[[f"a{k}" for k in range(5)]]
    assert deciders.isna().all()
    assert users.notna().all()
    assert found.withheld
    assert found.flags == ()  # a flag would tell what the page does not


def test_neither_a_mean_nor_a_lowest_score_leaves_one_confidence():
    # One account of nine in the open and one in confidence: everybody's mean less the nine is it.
    values = [4, 5, 6, 4, 5, 6, 3, 5, 4, 1]
    made = client(["attributable"] * 9 + ["confidential"], values=[float(v) for v in values])
    alone = dataclasses.replace(made, answers=made.answers[made.answers["account"] == "A"])
    (found,) = accounts.sheets(alone, PARAMS)
    assert found.scores.empty
    assert found.people["lowest_score"].notna().sum() <= 5


def test_who_was_heard_in_both_waves_is_a_published_group_too():
    # Ten answered twice, one of them in confidence; twelve more once, all in confidence.
    made = client(["attributable"] * 9 + ["confidential"] * 13)
    now = made.answers[made.answers["account"] == "A"]
    earlier = now.iloc[:10].assign(wave="w1").rename(lambda label: label + 100)
    both = dataclasses.replace(made, answers=pd.concat([earlier, now]), waves=("w1", "w2"))
    (found,) = accounts.sheets(both, PARAMS)
    assert found.people["rating"].notna().sum() == 5
    (once,) = accounts.sheets(dataclasses.replace(made, answers=now), PARAMS)
    assert once.people["rating"].notna().all()


def test_a_page_that_leaves_scores_out_says_so():
    (found,) = wording.pages(accounts.sheets(few_in_confidence(), PARAMS), 5)
    html = page.account_html("Client", "Wave", found)
    assert "Some scores are left out here" in html
    mine = wording.pages(accounts.sheets(client(["attributable"] * 5), PARAMS), 5)
    assert not any("left out here" in page.account_html("Client", "Wave", one) for one in mine)


def test_an_earlier_rating_that_was_withheld_then_stays_so():
    now = few_in_confidence()
    kept = now.answers.assign(mode="attributable")
    earlier = now.answers.assign(wave="w1", index=range(100, 110)).set_index("index")
    both = pd.concat([earlier, kept])
    made = dataclasses.replace(now, answers=both, waves=("w1", "w2"))
    (found,) = accounts.sheets(made, PARAMS)
    shown = found.people.set_index("contact")
    assert shown["rating"].notna().all()
    assert shown.loc[["a5", "a6", "a7"], "before"].isna().all()
    assert shown["before"].notna().sum() == 5


def test_a_survey_without_accounts_has_no_sheets():
    made = client(["attributable"])
    answers = made.answers.assign(account=None)
    assert accounts.sheets(dataclasses.replace(made, answers=answers), PARAMS) == []


def params(tmp_path):
    paths = SimpleNamespace(
        chapters=tmp_path / "building" / "chapters",
        building=tmp_path / "building",
        report=tmp_path / "report",
    )
    wave = SimpleNamespace(id="w", label="Wave")
    return SimpleNamespace(client="c", name="C", language="en", wave=wave, paths=paths)


def test_pages_are_written_apart_from_the_client_s_report(tmp_path):
    p = params(tmp_path)
    ids = ["A1", "a1", "../../up", "<script>"]
    pages = [AccountPage(id=id, name=f"<b>{id}</b>", blocks=()) for id in ids]
    results.record(p, "scorecard", [], [Note(key="k", sentence="s")], accounts=pages)
    folder = assemble.save_accounts(p)
    made = sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*.html"))
    assert made == [
        "A1/account.html",
        "a1-2/account.html",
        "index.html",
        "script/account.html",
        "up/account.html",
    ]
    assert "<b>" not in (folder / "A1" / "account.html").read_text()
    assert all((folder / link).is_file() for link in made)


def test_the_report_of_the_client_holds_no_account_pages(tmp_path):
    from analysis.publish import story

    p = params(tmp_path)
    pages = [AccountPage(id="A1", name="A1", blocks=())]
    chapter = results.record(p, "scorecard", [], [Note(key="k", sentence="s")], accounts=pages)
    assert chapter.accounts
    assert story.for_client(chapter).accounts == ()


@pytest.mark.parametrize("what", ["people", "scores", "actions"])
def test_every_frame_has_its_columns_when_empty(what):
    found = sheet(["confidential"])
    frame = getattr(found, what)
    assert frame.empty
    names = {"people": accounts.PEOPLE, "scores": accounts.SCORES, "actions": accounts.DONE}
    assert list(frame.columns) == list(names[what])
    assert isinstance(frame, pd.DataFrame)


def test_rows_given_in_the_open_are_not_masked():
    page_ = wording.pages([sheet(["attributable"])], 5)[0]
    people = page_.blocks[0]
    assert isinstance(people, Table)
    assert people.hidden == 0
    assert people.minimum is None
