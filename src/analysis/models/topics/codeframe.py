"""A fixed frame of codes: what a sentence is about, judged by phrases that are typical of each.

The same sentence gets the same code alone or among thousands, in wave 1 and in wave 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import ParamsError
from analysis.language import in_use, later, tr
from analysis.models.topics import embed

FRAMES = ("relationship", "trust_behaviours")
FEWEST_PHRASES = 3  # of a code that a client adds; fewer say too little of it
LANGUAGE = "en"

#: Below: chosen on the demo clients' remarks; `tests/coded/README.md` says which part of the
#: comments that measure the frame was seen before the last of them was set.
SPELLING = 1.2  # weight of spelling (3-5 letters) beside meaning: "invoice", "Rechnung", "prix"
RIDGE = 1.0  # the larger, the smoother
SHARP = 6.0  # how fast a lead over the other codes becomes certainty
SURE = 0.28  # from here on a code is given; `tests/coded/README.md` says what it costs and gives

#: How often the frame of a relationship was right (see `tests/coded/README.md`).
MEASURED = later(
    "On 200 comments with known codes, in four languages, the code frame placed 156, and 147 of "
    "these rightly (94%, 95% interval 89% to 97%); the others it left open rather than guess."
)

PLACED = ["first", "second", "third", "sure", "coded"]


@dataclass(frozen=True)
class Code:
    """One code: its names by language, what belongs to it, phrases by language; group: a kind."""

    key: str
    names: Mapping[str, str]
    phrases: Mapping[str, tuple[str, ...]]
    about: str = ""
    group: str = ""


@dataclass(frozen=True)
class Frame:
    """Codes in reading order."""

    key: str
    codes: tuple[Code, ...]
    _learnt: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def names(self, language: str = "") -> dict[str, str]:
        """Key -> name in a language, or else in English; in the report's when none is given."""
        return {code.key: _name(code, language or in_use()) for code in self.codes}


def load(name: str, own: Mapping[str, Any] | None = None) -> Frame | None:
    """Read a shipped frame and a client's changes to it.

    Parameters
    ----------
    name : one of `FRAMES`, or "none".
    own : what stands in `params/<client>.codes.yml`: code -> `name` (text, or by language),
        `phrases` (by language), `about`; `replace: true` puts its phrases in place of the shipped
        ones instead of adding to them, `drop: true` leaves the code out.

    Returns
    -------
    Frame; None for "none" without codes of the client's own.

    Raises
    ------
    ParamsError: a code of `own` cannot be used.
    """
    if name != "none" and not own:
        return _whole(name)
    codes = {} if name == "none" else dict(_shipped(name))
    for key, given in (own or {}).items():
        code = _changed(str(key), given, codes.get(str(key)))
        if code is None:
            codes.pop(str(key), None)
        else:
            codes[str(key)] = code
    if own and len(codes) == 1:
        raise ParamsError("The code frame holds one code; sorting needs two or more.")
    return Frame(name, tuple(codes.values())) if codes else None


def place(
    texts: list[str],
    languages: list[str],
    frame: Frame,
    model: embed.Model,
    cache: Path | None = None,
) -> pd.DataFrame:
    """Say for each text which code it is about.

    Returns
    -------
    DataFrame with `PLACED`, one row a text in order: first, second, third (keys of codes; "" where
    the frame has fewer), sure (0 to 1), coded (sure is at least `SURE`). Each text is judged on
    its own.

    References
    ----------
    Rifkin, Yeo and Poggio (2003), Regularized least-squares classification.
    """
    keys = [code.key for code in frame.codes]
    if not texts:
        return pd.DataFrame(columns=PLACED)
    chances = _chances(texts, languages, frame, model, cache)
    order = np.argsort(-chances, axis=1, kind="stable")[:, :3]
    named = np.full((len(texts), 3), "", dtype=object)
    named[:, : order.shape[1]] = np.array(keys, dtype=object)[order]
    sure = np.take_along_axis(chances, order[:, :1], axis=1)[:, 0]
    placed = pd.DataFrame(named, columns=PLACED[:3])
    return placed.assign(sure=sure, coded=sure >= SURE)


def _chances(
    texts: list[str], languages: list[str], frame: Frame, model: embed.Model, cache: Path | None
) -> np.ndarray:
    """How likely each code is for each text, rounded so that threads do not matter."""
    learnt = _learn(frame, model, cache)
    meaning = embed.vectors(texts, model, cache).astype(np.float64)
    chances = np.empty((len(texts), len(frame.codes)))
    for start in range(0, len(texts), 1000):
        rows = slice(start, start + 1000)
        spelling = learnt["spelling"].transform(texts[rows])
        alike = meaning[rows] @ learnt["meaning"].T
        alike += SPELLING**2 * (spelling @ learnt["letters"].T).toarray()
        score = np.round(SHARP * alike @ learnt["weights"], 4)
        score = np.exp(score - score.max(axis=1, keepdims=True))
        chances[rows] = score / score.sum(axis=1, keepdims=True)
    return np.round(chances, 4)


def _learn(frame: Frame, model: embed.Model, cache: Path | None) -> dict[str, Any]:
    """Weights of the phrases, solved once for a frame and a model."""
    if frame._learnt.get("model") != model.hash:
        from sklearn.feature_extraction.text import TfidfVectorizer

        said = [
            (phrase, code.key)
            for code in frame.codes
            for language in sorted(code.phrases)
            for phrase in code.phrases[language]
        ]
        phrases, of = [phrase for phrase, _ in said], np.array([key for _, key in said])
        spelling = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        letters = spelling.fit_transform(phrases)
        meaning = embed.vectors(phrases, model, cache).astype(np.float64)
        alike = meaning @ meaning.T + SPELLING**2 * (letters @ letters.T).toarray()
        target = (of[:, None] == [code.key for code in frame.codes]).astype(float)
        target -= target.mean(axis=0)
        weights = np.linalg.solve(alike + RIDGE * np.eye(len(phrases)), target)
        frame._learnt.update(
            model=model.hash, spelling=spelling, letters=letters, meaning=meaning, weights=weights
        )
    return frame._learnt


@lru_cache
def _whole(name: str) -> Frame:
    """A frame as it is shipped: what it learnt of its phrases serves every later use."""
    return Frame(name, tuple(dict(_shipped(name)).values()))


@lru_cache
def _shipped(name: str) -> tuple[tuple[str, Code], ...]:
    import yaml

    text = (files(f"{__package__}.frames") / f"{name}.yml").read_text(encoding="utf-8")
    return tuple((key, _code(key, given)) for key, given in yaml.safe_load(text).items())


def _code(key: str, given: Mapping[str, Any]) -> Code:
    names = given["name"] if isinstance(given["name"], dict) else {LANGUAGE: given["name"]}
    phrases = {language: tuple(said) for language, said in given["phrases"].items()}
    return Code(key, names, phrases, given.get("about", ""), given.get("group", ""))


def _changed(key: str, given: Any, shipped: Code | None) -> Code | None:
    """A code as the client wants it; None when it is dropped."""
    if not isinstance(given, dict):
        raise ParamsError(f"The code '{key}' of the client's frame must hold a name and phrases.")
    unknown = sorted(set(given) - {"name", "phrases", "about", "group", "replace", "drop"})
    if unknown:
        raise ParamsError(
            f"The code '{key}' of the client's frame has the unknown key '{unknown[0]}'; known "
            "are name, about, group, phrases, replace, drop."
        )
    if given.get("drop"):
        return None
    phrases = _phrases(key, given.get("phrases") or {})
    names = given.get("name") or {}
    everywhere = not isinstance(names, dict)  # a text without a language holds in all of them
    names = {LANGUAGE: str(names)} if everywhere else names
    if shipped is None:
        if not names:
            raise ParamsError(f"The code '{key}' of the client's frame needs a name.")
        if sum(len(said) for said in phrases.values()) < FEWEST_PHRASES:
            raise ParamsError(
                f"The code '{key}' of the client's frame needs {FEWEST_PHRASES} phrases or more."
            )
        return Code(key, names, phrases, str(given.get("about", "")), str(given.get("group", "")))
    if not given.get("replace"):
        both = {*shipped.phrases, *phrases}
        phrases = {
            language: (*shipped.phrases.get(language, ()), *phrases.get(language, ()))
            for language in sorted(both)
        }
    elif sum(len(said) for said in phrases.values()) < FEWEST_PHRASES:
        raise ParamsError(
            f"The code '{key}' of the client's frame needs {FEWEST_PHRASES} phrases or more."
        )
    about = str(given.get("about", shipped.about))
    names = names if everywhere else {**shipped.names, **names}
    return Code(key, names, phrases, about, shipped.group)


def _phrases(key: str, given: Any) -> dict[str, tuple[str, ...]]:
    lists = isinstance(given, dict) and all(isinstance(said, list) for said in given.values())
    if not lists or not all(isinstance(p, str) and p.strip() for s in given.values() for p in s):
        raise ParamsError(
            f"The phrases of the code '{key}' of the client's frame must be lists of text, one "
            "list a language."
        )
    return {str(language): tuple(said) for language, said in given.items()}


def _name(code: Code, language: str) -> str:
    return code.names.get(language) or tr(
        code.names.get(LANGUAGE) or next(iter(code.names.values()))
    )
