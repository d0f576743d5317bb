import sys

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.models.topics import embed


class Counting:
    """A model that counts what it is asked for."""

    name, hash = "counting", "c" * 64

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked += texts
        return np.array([[len(t), 1.0] for t in texts], dtype=np.float32).reshape(-1, 2)


@pytest.fixture(scope="module")
def use():
    return embed.load("use")


def test_the_default_needs_no_torch(use):
    rows = embed.vectors(["Good service", "Goede service", "Preis"], use)
    assert rows.shape == (3, 512)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
    assert "torch" not in sys.modules


def test_a_vector_does_not_depend_on_its_neighbours(use):
    alone = embed.vectors(["They think along with us."], use)[0]
    among = embed.vectors(["a", "They think along with us.", "something quite long " * 20], use)[1]
    assert (alone == among).all()


def test_each_distinct_text_is_embedded_once():
    model = Counting()
    rows = embed.vectors(["b", "aa", "b"], model)
    assert model.asked == ["aa", "b"]
    assert rows[:, 0].tolist() == [1, 2, 1]


def test_no_texts_give_no_rows(use):
    assert embed.vectors([], use).shape == (0, 512)


def test_the_cache_gives_the_same_vectors_and_spares_the_model(tmp_path):
    model = Counting()
    first = embed.vectors(["a", "bb"], model, cache=tmp_path / "cache")
    again = embed.vectors(["bb", "a", "ccc"], model, cache=tmp_path / "cache")
    assert model.asked == ["a", "bb", "ccc"]
    assert (again[:2] == first[::-1]).all()


def test_the_cache_holds_no_text(tmp_path):
    embed.vectors(["a secret sentence"], Counting(), cache=tmp_path)
    assert all(b"secret" not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_torn_cache_is_made_again(tmp_path):
    model = Counting()
    embed.vectors(["a"], model, cache=tmp_path)
    next(tmp_path.iterdir()).write_bytes(b"PK torn")
    assert embed.vectors(["a"], model, cache=tmp_path)[0, 0] == 1


def test_two_models_never_share_vectors(tmp_path):
    one, other = Counting(), Counting()
    other.hash = "d" * 64
    embed.vectors(["a"], one, cache=tmp_path)
    embed.vectors(["a"], other, cache=tmp_path)
    assert other.asked == ["a"]


def test_changed_weights_stop_with_a_sentence(monkeypatch):
    embed.load.cache_clear()
    monkeypatch.setitem(embed.USE_FILES, "sp.model", "0" * 64)
    with pytest.raises(ModelError, match=r"sp\.model .* not the one that was checked"):
        embed.load("use")


def test_a_missing_library_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match=r"rapport\[torch\]"):
        embed.load("sentence-transformers/all-MiniLM-L6-v2")


def test_an_unknown_model_names_what_is_known():
    with pytest.raises(ModelError, match="'word2vec'; use 'use' or 'sentence-transformers/"):
        embed.load("word2vec")
