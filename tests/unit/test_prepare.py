"""`analysis.survey.prepare`: from cells of text to checked answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import params
from analysis.errors import DataError
from analysis.survey import codebook, prepare
from analysis.survey.readers import plain
from analysis.survey.tables import ANSWER_COLUMNS, COMMENT_COLUMNS
from tests import small

MANY = [f"q{n}" for n in range(prepare.CARELESS_ITEMS)]


def answers(root):
    """The small client's answers, by respondent."""
    p = params.load("beta", params_dir=root / "params")
    book = codebook.read(small.file(root, "codebook"))
    raw = plain.read(small.file(root, "answers"))[0]
    made = prepare.answers(prepare.described(raw, book, "answers.csv"), book, p, "answers.csv")
    return made.set_index("respondent", drop=False)


def comments(root):
    return small.load(root).comments


def many(root, rows, reverse=()):
    """The small client with ten items; `rows` maps a respondent to its answers."""
    book = "column,label,construct,scale_min,scale_max,reverse,missing,role\nid,,,,,,,respondent\n"
    for item in MANY:
        book += f"{item},,trust,1,7,{'yes' if item in reverse else ''},,item\n"
    small.file(root, "codebook").write_text(book)
    lines = [",".join(["id", *MANY])]
    lines += [",".join([who, *map(str, given)]) for who, given in rows.items()]
    small.file(root, "answers").write_text("\n".join(lines))
    return answers(root)


def test_columns_are_the_contract_then_items_then_attributes(small_client):
    assert list(answers(small_client).columns) == [*ANSWER_COLUMNS, "t1", "t2", "region"]


def test_a_dropped_column_is_nowhere_in_the_survey(small_client):
    s = small.load(small_client)
    assert "mail" not in s.answers.columns
    assert not s.answers.astype("str").apply(lambda c: c.str.contains(".example")).any(axis=None)


def test_missing_codes_become_missing(small_client):
    made = answers(small_client)
    assert np.isnan(made.loc["r2", "t2"])
    small.change(small_client, "answers", "9,6,2", "9,-1,2")
    assert np.isnan(answers(small_client).loc["r1", "t1"])


def test_a_missing_code_written_as_a_decimal_is_found_too(small_client):
    small.change(small_client, "answers", "3,2,99", "99.0,2.0,99.0")
    made = answers(small_client)
    assert made.loc["r2", ["nps", "t2"]].isna().all()
    assert made.loc["r2", "t1"] == 2.0


def test_a_missing_code_of_one_column_is_a_value_in_another(small_client):
    small.change(small_client, "answers", "9,6,2", "9,6,-1")
    with pytest.raises(DataError, match="'t2' holds 1 value"):
        answers(small_client)


def test_a_missing_code_of_an_id_is_only_what_is_written(small_client):
    small.change(small_client, "codebook", "acc,Account,,,,,", "acc,Account,,,,,0")
    small.change(small_client, "answers", "r1,w1,A1", "r1,w1,00")
    small.change(small_client, "answers", "r2,w1,A1", "r2,w1,0")
    made = answers(small_client)
    assert made.loc["r1", "account"] == "00"
    assert pd.isna(made.loc["r2", "account"])


def test_reversed_items_are_turned_so_that_high_means_more(small_client):
    made = answers(small_client)
    assert made.loc["r1", "t2"] == 6.0  # answered 2 on a scale from 1 to 7
    assert made.loc["r3", "t2"] == 4.0
    assert made.loc["r1", "t1"] == 6.0  # not a reversed one


@settings(max_examples=25, deadline=None)
@given(
    low=st.integers(-5, 5),
    width=st.integers(1, 10),
    share=st.lists(st.floats(0, 1), min_size=1, max_size=20),
)
def test_reversing_twice_changes_nothing(low, width, share):
    asked = pd.DataFrame({"t": [low + width * part for part in share]})
    items = {"scale_min": [low], "scale_max": [low + width], "reverse": [True]}
    book = codebook.Codebook({}, pd.DataFrame(items, index=["t"]), {}, (), (), {}, None)
    once = prepare._keyed(asked, book)
    assert once["t"].between(low - 1e-9, low + width + 1e-9).all()
    pd.testing.assert_frame_equal(prepare._keyed(once, book), asked)


def test_roles_are_known_in_the_clients_words_and_in_any_capitals(small_client):
    made = answers(small_client)
    assert made["role"].to_dict() == {"r1": "end_user", "r2": "influencer", "r3": "decision_maker"}
    for word in ("End user", "end-user", "END_USER"):
        small.change(small_client, "answers", "Chef", word)
        assert answers(small_client).loc["r3", "role"] == "end_user"
        small.change(small_client, "answers", word, "Chef")


def test_the_mode_is_the_default_where_nobody_chose(small_client):
    assert answers(small_client).loc["r3", "mode"] == "confidential"
    group = "confidentiality: {default_mode: anonymous}"
    small.change(small_client, "params", "name:", f"{group}\nname:")
    assert list(answers(small_client)["mode"]) == ["confidential", "attributable", "anonymous"]


def test_a_missing_weight_is_one(small_client):
    assert list(answers(small_client)["weight"]) == [1.5, 1.0, 0.5]


def test_what_the_codebook_does_not_know_is_missing_or_neutral(small_client):
    row = many(small_client, {"a": [1, 2, 3, 4, 5, 6, 7, 1, 2, 3]}).loc["a"]
    assert row[["account", "contact", "role", "language", "nps"]].isna().all()
    assert (row["wave"], row["mode"], row["weight"]) == ("w1", "confidential", 1.0)


def test_languages_are_small_letters(small_client):
    assert set(answers(small_client)["language"]) == {"en", "nl"}


def test_without_respondent_column_the_row_number_names_the_answer(small_client):
    small.change(small_client, "codebook", "id,Respondent,,,,,,respondent", "id,Id,,,,,,drop")
    made = answers(small_client)
    assert list(made["respondent"]) == ["row 000002", "row 000003", "row 000004"]


def test_a_decimal_comma_is_a_decimal_point(small_client):
    small.change(small_client, "answers", ",1.5,", ',"1,5",')
    assert answers(small_client).loc["r1", "weight"] == 1.5


@pytest.mark.parametrize("cell", ["nan", "inf", "1e999", "0x5", "1_0", "5 6", "five", "٥"])
def test_what_only_a_programming_language_takes_for_a_number_is_text(small_client, cell):
    small.change(small_client, "answers", "9,6,2", f"9,{cell},2")
    with pytest.raises(DataError, match="'t1' holds text where a number belongs"):
        answers(small_client)


def test_one_answer_to_ten_statements_is_suspicious(small_client):
    mixed = [4] * 9 + [5]
    made = many(small_client, {"line": [4] * 10, "mixed": mixed})
    assert made["careless"].to_dict() == {"line": True, "mixed": False}


def test_a_straight_line_is_seen_as_it_was_asked_through_reversed_items(small_client):
    # As asked 6 throughout; once turned round it is 6 and 2.
    made = many(small_client, {"line": [6] * 10, "fair": [6] * 5 + [2] * 5}, reverse=MANY[5:])
    assert made["careless"].to_dict() == {"line": True, "fair": False}


def test_one_answer_to_fewer_than_ten_statements_is_no_suspicion(small_client):
    made = many(small_client, {"few": [4] * 9 + [""]})
    assert not made.loc["few", "careless"]


def test_a_row_that_says_nothing_is_suspicious(small_client):
    made = many(small_client, {"nothing": [""] * 10, "little": [4] + [""] * 9})
    assert made["careless"].to_dict() == {"nothing": True, "little": False}


def test_a_comment_alone_is_an_answer(small_client):
    small.change(small_client, "answers", "9,6,2", ",,")
    assert not answers(small_client).loc["r1", "careless"]


def test_comments_are_long_and_without_empty_ones(small_client):
    made = comments(small_client)
    assert list(made.columns) == list(COMMENT_COLUMNS)
    # That of r3 is "-", the codebook's code for no comment.
    assert list(made["respondent"]) == ["r1", "r2"]
    assert made.loc[0, ["question", "text", "account", "nps"]].tolist() == [
        "Why?",
        "Good people.",
        "A1",
        9.0,
    ]


@pytest.mark.parametrize("word", ["n/a", "NA", "None", "null"])
def test_a_comment_may_read_like_a_missing_value(small_client, word):
    small.change(small_client, "answers", "Good people.", word)
    assert comments(small_client).loc[0, "text"] == word


def test_two_questions_give_two_comments(small_client):
    small.change(small_client, "codebook", "region,Region,,,,,,attribute", "region,,,,,,,comment")
    made = comments(small_client)
    assert made.groupby("question")["respondent"].apply(list).to_dict() == {
        "Why?": ["r1", "r2"],
        "region": ["r1", "r2", "r3"],
    }
