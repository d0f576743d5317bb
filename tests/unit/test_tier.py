import pytest

from analysis.models import tier


@pytest.mark.parametrize(
    ("n", "letter", "method"),
    [
        (300, "A", "model"),
        (299, "B", "model"),
        (150, "B", "model"),
        (149, "C", "averages"),
        (80, "C", "averages"),
        (79, "D", "correlations"),
        (30, "D", "correlations"),
        (29, "none", "nothing"),
        (0, "none", "nothing"),
    ],
)
def test_tiers_begin_where_the_simulations_put_them(n, letter, method):
    found = tier.of(n)
    assert (found.letter, found.method, found.n) == (letter, method, n)


def test_a_model_needs_answers_to_most_questions_and_averages_do_not():
    assert tier.of(400, complete=310).letter == "A"
    assert tier.of(400, complete=200).letter == "B"
    few = tier.of(400, complete=120)
    assert (few.letter, few.n) == ("C", 400)
    assert few.sentence.startswith("120 of 400 answers cover half of the questions or more, too")


def test_the_sentence_counts_the_answers_that_are_used():
    assert tier.of(425, complete=345).sentence.startswith(
        "345 answers to most questions, of 425, are"
    )
    assert tier.of(345).sentence.startswith("345 answers are enough")


def test_few_accounts_are_said():
    assert "39 accounts" in tier.of(95, 39).sentence
    assert "accounts" not in tier.of(95, 60).sentence
    assert "accounts" not in tier.of(95, float("nan")).sentence
    assert "accounts" not in tier.of(250, 0).sentence


def test_a_single_wave_is_said_where_waves_matter():
    assert "single wave" in tier.of(95, waves=1).sentence
    assert "single wave" not in tier.of(95, waves=2).sentence
