"""A cell that ends in a list of blocks shows each of them."""

from analysis.publish import notebook, results


def note(key):
    return results.Note(key=key, sentence=f"About {key}.")


def test_lists_within_lists_show_every_block_in_order():
    found = notebook.bundle([note("one"), None, [note("two"), [note("three")]]])
    assert [block["key"] for block in found[notebook.MIME]] == ["one", "two", "three"]
    assert found["text/html"].index("About one") < found["text/html"].index("About three")


def test_other_lists_are_left_alone():
    assert notebook.bundle([note("one"), 2]) is None
    assert notebook.bundle([]) is None
    assert notebook.bundle([1, 2]) is None


def test_a_list_of_nothing_says_so():
    for nothing in ([None, None], [[], None]):
        assert notebook.bundle(nothing) == {"text/markdown": "*Nothing to show.*"}
