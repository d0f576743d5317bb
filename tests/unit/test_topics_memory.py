"""Topics keep the name that a person gave them."""

import numpy as np
import pytest

from analysis.models.topics import memory
from analysis.params import Remembered

AXES = {"a": [1, 0, 0], "b": [0, 1, 0], "c": [0, 0, 1], "ab": [1, 0.2, 0]}


def vectors(texts):
    return np.array([AXES[text] for text in texts], dtype=float)


def middles(**rows):
    return {int(k[1:]): np.array(v, dtype=float) for k, v in rows.items()}


def remembered(*pairs):
    return [Remembered(name=name, like=like) for name, like in pairs]


def test_each_topic_is_the_remembered_one_that_means_the_same():
    made = memory.track(
        middles(t0=[0, 1, 0.1], t1=[1, 0, 0], t2=[-1, 0, 0.1]),
        remembered(("Invoices", ("a",)), ("Parking", ("b",)), ("Noise", ("c",))),
        vectors,
    )
    assert made.found["name"].tolist() == ["Parking", "Invoices", ""]
    assert made.found["status"].tolist() == ["same", "same", "new"]
    assert made.gone == ("Noise",)


def test_two_remembered_topics_that_are_one_now_are_merged_under_the_nearer_name():
    made = memory.track(
        middles(t0=[1, 0, 0]), remembered(("Bills", ("ab",)), ("Invoices", ("a",))), vectors
    )
    row = made.found.iloc[0]
    assert (row["name"], row["status"], row["before"]) == ("Invoices", "merged", "Invoices, Bills")


def test_nothing_remembered_makes_every_topic_new_and_nothing_found_makes_all_gone():
    assert memory.track(middles(t0=[1, 0, 0]), [], vectors).found["status"].tolist() == ["new"]
    made = memory.track({}, remembered(("Invoices", ("a",))), vectors)
    assert made.found.empty
    assert made.gone == ("Invoices",)


def test_what_a_person_wrote_is_kept_and_only_new_names_are_added():
    old = remembered(("Bills that are wrong", ("a", "ab")))
    new = remembered(("Bills that are wrong", ("b",)), ("Parking", ("b",)))
    kept = memory.keep(old, new)
    assert [one.name for one in kept] == ["Bills that are wrong", "Parking"]
    assert kept[0].like == ("a", "ab")


@pytest.mark.parametrize("rows", [{"t0": [0, 0, 0]}])
def test_a_topic_without_direction_is_new(rows):
    made = memory.track(middles(**rows), remembered(("Invoices", ("a",))), vectors)
    assert made.found["status"].tolist() == ["new"]
