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
    with pytest.raises(ModelError, match="'word2vec'; use 'use', 'lsa', 'sentence-transformers/"):
        embed.load("word2vec")


def test_a_pipeline_is_fitted_to_the_texts_and_known_by_them():
    texts = [f"the invoice of month {i} was late" for i in range(60)] + ["parking at the gate"] * 60
    texts += [f"word{i} other{i}" for i in range(120)]
    model = embed.ready("lsa", texts)
    again = embed.ready("lsa", texts[::-1])
    assert model.hash == again.hash
    assert np.array_equal(model.encode(texts[:5]), again.encode(texts[:5]))
    assert np.linalg.norm(model.encode(["the invoice was late"])) == pytest.approx(1, abs=1e-4)
    assert not model.encode(["qqq"]).any()
    assert embed.ready("lsa", texts[:-1]).hash != model.hash


def test_a_pipeline_of_ones_own_is_named_by_module_and_attribute(tmp_path, monkeypatch):
    (tmp_path / "own_vectors.py").write_text(
        "from sklearn.feature_extraction.text import TfidfVectorizer\n"
        "from sklearn.decomposition import TruncatedSVD\n"
        "from sklearn.pipeline import make_pipeline\n"
        "def make():\n"
        "    return make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0))\n"
        "nothing = object()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    model = embed.ready("pipeline:own_vectors:make", ["one two three", "two three four", "five"])
    assert model.encode(["two three"]).shape == (1, 2)
    assert embed.vectors(["two three"], model, tmp_path).shape == (1, 2)
    assert not list(tmp_path.glob("*.npz"))  # fitted anew whenever a comment is added


@pytest.mark.parametrize("name", ["pipeline:no_such:thing", "pipeline:os:nothing", "pipeline:"])
def test_a_pipeline_that_is_not_there_says_how_to_name_one(name):
    with pytest.raises(ModelError, match="was not found; write it as 'pipeline:<module>:<name>'"):
        embed.load(name)


def test_what_is_no_pipeline_says_so():
    with pytest.raises(ModelError, match="has no fit and transform"):
        embed.load("pipeline:collections:Counter")


def test_texts_too_few_for_a_pipeline_say_so():
    with pytest.raises(ModelError, match="too few for it: use 'use'"):
        embed.ready("lsa", ["one comment"])
