import numpy as np
import pytest

from analysis.models.topics import contrast, fit, redact, units, voices
from tests.comments import frame, made


def chosen(comments, minimum=8, **more):
    comments = comments.drop(columns="theme", errors="ignore")
    found = fit.find(units.read(comments, **more), wave="w1", minimum=minimum, seed=1994)
    return voices.choose(found, contrast.groups(found, minimum), minimum)


@pytest.fixture(scope="module")
def quotes():
    return chosen(made(240))


def test_each_group_speaks_in_its_own_voice(quotes):
    assert set(quotes["voice"]) == {"promoter", "passive", "detractor"}
    assert quotes["group"].value_counts().max() <= voices.EACH
    assert quotes["text"].is_unique


def test_only_attributable_answers_are_quoted():
    comments = made(240)
    comments["text"] = comments["text"].where(
        comments["mode"] == "attributable", "The secret invoice is always wrong and late."
    )
    assert not chosen(comments)["text"].str.contains("secret").any()
    assert chosen(comments.assign(mode="confidential")).empty
    assert chosen(comments.assign(mode="anonymous")).empty


def test_a_group_with_too_few_comments_is_not_quoted_as_such():
    comments = made(240)
    detractors = comments["nps"] < 7
    few = comments[~detractors | (detractors & (detractors.cumsum() <= 5))]
    quotes = chosen(few.reset_index(drop=True))
    assert "detractor" not in set(quotes["voice"])


def test_without_topics_groups_that_are_large_enough_still_speak():
    comments = made(24)
    comments["nps"] = [9.0] * 20 + [3.0] * 4
    quotes = chosen(comments)
    assert len(quotes) > 0
    assert set(quotes["voice"]) == {""}
    assert set(quotes["topic"]) == {""}


def test_fewer_comments_than_the_minimum_are_never_quoted():
    assert chosen(made(7)).empty
    assert chosen(frame([])).empty


def test_nobody_and_no_account_is_quoted_twice_in_a_group():
    comments = made(240).assign(account="a1")
    quotes = chosen(comments)
    assert (quotes["group"].value_counts() == 1).all()


def test_names_of_people_and_customers_are_never_quoted():
    comments = made(240)
    named = comments["text"].str.rstrip(".") + " says Bob Smith of Acme Foods, mail bob@acme.com."
    mask = redact.masker(["Bob Smith"], ["Acme Foods"])
    quotes = chosen(comments.assign(text=named), mask=mask)
    assert not quotes["text"].str.contains("Bob|Smith|Acme|@").any()


def test_a_name_that_no_list_knows_is_avoided():
    comments = made(240)
    rng = np.random.default_rng(1)
    names = ["Priya", "Siobhan", "Wei", "Ayse", "Thabo", "Ingrid"]
    odd = rng.random(240) < 0.05
    comments.loc[odd, "text"] = [
        f"The invoices that {rng.choice(names)}{i} sends are always wrong."
        for i in range(odd.sum())
    ]
    assert not chosen(comments)["text"].str.contains("|".join(names)).any()


def test_the_order_of_rows_does_not_matter(quotes):
    other = chosen(made(240).sample(frac=1, random_state=4))
    assert quotes.equals(other)
