import pytest

from analysis.publish import page, reportback
from analysis.publish.results import AccountPage, Column, Note, Table
from tests import made_up

ACTIONS = Table(
    key="account_actions",
    title="What was asked for, and what was done",
    columns=tuple(Column(key=k, label=k) for k in ("label", "said", "did", "owner", "status")),
    rows=made_up.frame(
        "label said did owner status",
        ("Spring 2026", "Quotations take weeks.", "A price list.", "Nadia Rahman", "done"),
    ),
)


def account(*blocks, **more):
    given = {"line": "Tier A, looked after by Nadia Rahman", "flags": ("At risk",), **more}
    return AccountPage(id="A001", name="Vale Housing", blocks=blocks, **given)


def drawn(one):
    return page.render("reportback.html", b=reportback.of(one, made_up.full()))


def test_a_customer_reads_what_it_asked_for_and_what_was_done():
    html = drawn(account(ACTIONS, answered=6, asked=8))
    assert "Quotations take weeks." in html
    assert "A price list." in html
    assert "You asked" in html
    assert "6 of the 8 people at Vale Housing whom we asked have answered. Thank you." in html


@pytest.mark.parametrize("answered", [0, 1, 4])
def test_what_few_people_may_have_said_is_not_presented_as_what_they_asked(answered):
    html = drawn(account(ACTIONS, answered=answered, asked=4))
    assert "Quotations take weeks." in html
    assert "What we took up, and what we did" in html
    for words in ("You asked", "you asked", "you told us", "Asked and done", "people at"):
        assert words not in html


def test_what_is_for_the_account_team_alone_is_left_out():
    html = drawn(account(ACTIONS, Note(key="n", sentence="Two in confidence."), answered=2))
    for words in ("Nadia Rahman", "Tier A", "At risk", "Two in confidence"):
        assert words not in html


def test_the_headline_numbers_are_those_of_the_client_report():
    back = reportback.of(account(ACTIONS), made_up.full())
    assert [m.value for m in back.metrics] == [
        m.value for m in page.story.first(made_up.full()).metrics
    ]


@pytest.mark.parametrize(
    ("answered", "asked", "thanks"),
    [
        (1, 1, "Thank you for answering."),
        (4, 9, "Thank you for answering."),
        (4, 0, "Thank you for answering."),
        (5, 5, "5 of the 5 people at Vale Housing whom we asked have answered. Thank you."),
        (5, 0, "5 people at Vale Housing answered. Thank you."),
        (0, 0, "We would like to hear from you."),
        (0, 4, "Nobody at Vale Housing has answered this time; we would like to hear from you."),
    ],
)
def test_those_who_answered_are_thanked_and_counted_where_several(answered, asked, thanks):
    one = account(ACTIONS, answered=answered, asked=asked)
    assert reportback.of(one, made_up.full()).thanks == thanks


def test_nothing_to_report_is_no_page():
    assert reportback.of(account(), made_up.tiny()) is None
