import numpy as np
import pandas as pd

from analysis.models.topics import views


def shares():
    rows = [
        ("0", "w1", 0.2),
        ("0", "w2", 0.3),
        ("1", "w1", np.nan),
        ("1", "w2", 0.5),
        ("2", "w1", np.nan),
        ("2", "w2", np.nan),
    ]
    frame = pd.DataFrame(rows, columns=["term", "wave", "estimate"])
    return frame.assign(topic=frame["term"].astype(int))


def test_topics_are_drawn_most_raised_first_and_those_without_a_number_are_not():
    moved = pd.DataFrame({"topic": [0, 1], "status": ["more", "new"], "clear": [True, False]})
    drawn = views.drawn(shares(), moved, {"w1": "First", "w2": "Second"})
    assert drawn["topic"].tolist() == [1, 1, 0, 0]
    assert drawn["label"].tolist() == ["First", "Second"] * 2
    assert drawn["moved"].tolist() == ["no", "no", "yes", "yes"]


def test_nothing_moved_is_no_change():
    none = pd.DataFrame(columns=["topic", "status", "clear"])
    drawn = views.drawn(shares(), none, {"w1": "First", "w2": "Second"})
    assert set(drawn["status"]) == {"no clear change"}


def test_words_stand_beside_the_score_where_they_tell():
    score = pd.DataFrame({"topic": [0, 1], "estimate": [10.0, 20.0]})
    net = pd.DataFrame(
        {"topic": [1], "estimate": [5.0], "ci_low": [0.0], "ci_high": [9.0], "n": [12]}
    )
    both = views.tone(score, net)
    assert both["net"].tolist()[1] == 5.0
    assert both["net"].isna().tolist() == [True, False]


def test_contradictions_come_only_from_answers_given_in_the_open():
    found = pd.DataFrame({"respondent": ["a", "b"], "wave": "w", "probability": [0.1, 0.1]})
    lines = pd.DataFrame(
        {
            "respondent": ["a", "a", "b"],
            "wave": "w",
            "mode": ["attributable", "attributable", "confidential"],
            "text": ["One.", "Two.", "Secret."],
        }
    )
    made = views.against(found, lines)
    assert made["text"].tolist() == ["One. Two."]
