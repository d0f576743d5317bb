"""Mask who can be recognised in a comment: people, customers, addresses, numbers.

Masking comes first: topics, their words and quotations are all made of masked text. What no
pattern knows may slip through, so `unusual_name` lets quotations avoid sentences with a rare
capitalised word. How often names are found is measured in `tests/redaction`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from analysis.models.topics import embed, names, patterns

PERSON, COMPANY = "[person]", "[company]"

MISSPELT = 5  # letters of a name from which one wrong letter is forgiven

Mask = Callable[[str], str]
_SHAPES = {PERSON: "(.+?)"}


def masker(staff: Iterable[str] = (), companies: Iterable[str] = ()) -> Mask:
    """Make the function that masks one client's comments.

    Parameters
    ----------
    staff : names of people who may be named: the client's own list, owners of accounts.
    companies : names of the client's customers.

    Returns
    -------
    Function text -> text. A full name is found in any case, with or without accents; a first or
    last name alone only with a capital.

    Examples
    --------
    >>> mask = masker(["Sanne de Vries"], ["Acme Foods Ltd"])
    >>> mask("Sanne helps Acme Foods, mail her at sanne@x.nl or call +31 6 1234 5678.")
    '[person] helps [company], mail her at [e-mail] or call [phone].'
    >>> mask("Unser Ansprechpartner Herr Müller ist immer da.")
    'Unser Ansprechpartner [person] ist immer da.'
    """
    listed, firms = _Staff(staff), names.firm_patterns(companies)

    def mask(text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        # An e-mail or a link first: the company's name is part of it.
        for pattern, word in patterns.ADDRESSES:
            text = pattern.sub(word, text)
        small = text.casefold()
        for letters, pattern in firms:
            if letters in small:
                text = pattern.sub(COMPANY, text)
        text = names.UNLISTED_FIRM.sub(_firm, text)
        text = listed.mask(text)
        for pattern in patterns.PEOPLE:
            text = pattern.sub(_keep_cue, text)
        text = patterns.SMALL_TITLE.sub(_titled, text)
        text = _recognised(text)
        if PERSON in text:
            text = listed.beside(text)
        return patterns.TOGETHER.sub(PERSON, text)

    return mask


def bare(text: str) -> str:
    """Take the masks out: they are not the customer's words and would become a topic.

    >>> bare("[person] answers within the hour")
    'answers within the hour'
    """
    return re.sub(
        r"\s+", " ", re.sub(r"\[(?:person|company|e-mail|link|phone|account number)\]", " ", text)
    ).strip()


def hidden(text: str, masked: str) -> list[str]:
    """Read what stands behind each mask of a person, as it was written.

    >>> hidden("Ask Sanne de Vries or Tom.", "Ask [person] or [person].")
    ['Sanne de Vries', 'Tom']
    """
    parts = re.split(r"(\[(?:person|company|e-mail|link|phone|account number)\])", masked)
    shapes = [
        re.escape(part) if i % 2 == 0 else _SHAPES.get(part, ".+?") for i, part in enumerate(parts)
    ]
    found = re.fullmatch("".join(shapes), unicodedata.normalize("NFC", text), re.DOTALL)
    return [name.strip() for name in found.groups()] if found else []


def unusual_name(text: str, usual: set[str]) -> bool:
    """Tell whether a sentence holds a capitalised word that few others use.

    >>> unusual_name("We always ask for Priya first.", usual=set())
    True
    """
    words = re.findall(rf"(?<![\w\[]){patterns.WORD}", text)
    return any(word.casefold() not in usual and word not in ("I", "I'm", "I've") for word in words)


def _keep_cue(found: re.Match[str]) -> str:
    """Keep 'account manager' where only the name after it is masked."""
    groups = found.re.groupindex
    if "own" in groups and names.everyday(found["own"]):
        return found[0]
    if re.match("(?:Herr|Frau) de[rs] ", found[0]) and names.everyday(found[0].split()[-1]):
        return found[0]  # "Herr der Lage"
    if "gap" in groups:
        name = names.folded(found[0][found.end("gap") - found.start() :].split()[0])
        if name in names.THINGS or (name in names.usual() and name not in names.EVERYDAY):
            return found[0]
        return found.string[found.start() : found.end("gap")] + PERSON
    return PERSON


def _titled(found: re.Match[str]) -> str:
    """A title and a name in small letters, unless an everyday word follows the title."""
    name = names.folded(found["name"])
    known = name in names.last_names() and name not in names.usual()
    return PERSON if known or not names.everyday(name) else found[0]


def _firm(found: re.Match[str]) -> str:
    """Leave a small word before the firm's name alone."""
    first = found[0].split()[0]
    common = first.casefold() in names.usual() - names.EVERYDAY
    small = common and len(found[0].split()) > 2
    return f"{first} {COMPANY}" if small else COMPANY


class _Staff:
    """Finds the people of one list as customers write them."""

    def __init__(self, staff: Iterable[str]) -> None:
        people = sorted({" ".join(str(n).split()) for n in staff if len(str(n).strip()) > 1})
        end = r"(?:['’]s?|s)?(?!\w)"
        self._full = [
            (names.telltale(name), re.compile(rf"(?i)(?<!\w){names.any_accent(name)}{end}"))
            for name in sorted(people, key=lambda name: (-len(name), name))
            if " " in name
        ]
        parts = {part for name in people for part in _parts(name)}
        self._parts = {names.folded(part) for part in parts}
        self._parts |= {names.spelled_out(part) for part in parts}
        firsts = {name.split()[0] for name in people}
        self._firsts = {said(name) for name in firsts for said in (names.folded, names.spelled_out)}
        self._everyday = {part for part in self._parts if part in names.usual()}
        self._long = sorted(part for part in self._parts if len(part) >= MISSPELT)
        # A surname with what stands before it, "van der Berg", in any case.
        tails = {" ".join(name.split()[1:]) for name in people if len(name.split()) > 2}
        self._tails = [
            (names.telltale(tail), re.compile(rf"(?i)(?<!\w){names.any_accent(tail)}{end}"))
            for tail in sorted(tails, key=lambda tail: (-len(tail), tail))
        ]
        self._near: dict[str, bool] = {}

    def mask(self, text: str) -> str:
        small = text.casefold()
        for letters, pattern in (*self._full, *self._tails):
            if letters in small:
                text = pattern.sub(PERSON, text)
        return patterns.WORDS.sub(self._word, text)

    def beside(self, text: str) -> str:
        """Mask names that are also words where they stand beside somebody in a list."""
        for pattern in (patterns.BEFORE_PERSON, patterns.AFTER_PERSON):
            text = pattern.sub(self._neighbour, text)
        return text

    def _neighbour(self, found: re.Match[str]) -> str:
        name, gap = names.folded(found["name"]), found["gap"]
        if name not in names.BESIDE_A_NAME | self._everyday:
            return found[0]
        if name in patterns.MONTHS and (gap.strip() == "," or _dated(found)):
            return found[0]
        return PERSON + gap if found.re is patterns.BEFORE_PERSON else gap + PERSON

    def _word(self, found: re.Match[str]) -> str:
        word = found[0]
        if found.string[found.start() - 1 : found.start()] == "[":
            return word
        bare_, tail = _genitive(word)
        for said in dict.fromkeys((word, bare_)):
            if self._is(said, found):
                return PERSON + (tail if said == bare_ and said != word else "")
        return word

    def _is(self, word: str, found: re.Match[str]) -> bool:
        key, capital = names.folded(word), word[:1].isupper()
        if key in self._parts:
            if key in self._everyday:
                start = _before_verb(found) and not names.small_word(key)
                month = key in patterns.MONTHS and _dated(found)
                return capital and (_inside(found) or start) and not month
            least = 3 if key in self._firsts else MISSPELT
            return capital or (len(key) >= least and not names.everyday(key))
        if len(key) < MISSPELT or not capital or names.everyday(key):
            return False
        if key not in self._near:
            near = (part for part in self._long if part not in self._everyday)
            self._near[key] = any(one_apart(key, part) for part in near)
        return self._near[key]


def _parts(name: str) -> set[str]:
    """First and last name, and the halves of a double name; particles and initials are none."""
    said = re.split(r"[\s]+", name)
    halves = [half for word in said for half in word.split("-") if "-" in word]
    return {w for w in (said[0], said[-1], *halves) if len(w) > 1 and not w.endswith(".")}


def _genitive(word: str) -> tuple[str, str]:
    """A word without the s of a genitive, and that s: "Sanne's", "Sannes", "Kesslers'"."""
    for tail in ("'s", "’s", "s'", "s’", "'", "’", "s"):
        if word.endswith(tail) and len(word) > len(tail) + 1:
            return word[: -len(tail)], tail
    return word, ""


def _inside(found: re.Match[str]) -> bool:
    """Whether a word stands inside a sentence, not at its start, nor before a German noun."""
    before = found.string[: found.start()].rstrip()
    return bool(before) and before[-1] not in '.!?:;\n•-–"“”('


def _before_verb(found: re.Match[str]) -> bool:
    """Whether what follows a word tells that it is somebody: "Mark is", "Grace visited"."""
    after = found.string[found.end() :].split(maxsplit=1)[:1]
    word = after[0].casefold().strip(".,") if after else ""
    return word in patterns.AFTER_SOMEBODY or (len(word) > MISSPELT and word.endswith("ed"))


def _dated(found: re.Match[str]) -> bool:
    """Whether a month's name stands where a month would."""
    before = found.string[: found.start()].split()[-1:]
    return bool(before) and before[0].casefold() in patterns.BEFORE_MONTH


def one_apart(one: str, other: str) -> bool:
    """Whether words differ by one letter added, left out or changed, or by two that changed places.

    >>> [one_apart(word, "harding") for word in ("hardign", "hardin", "garden")]
    [True, True, False]
    """
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    if len(one) == len(other):
        apart = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(apart) == 1:
            return True
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1
        return swapped and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]
    short, long = sorted((one, other), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _recognised(text: str) -> str:
    """Mask names that many people bear, with the surname after them, and what looks so."""
    german, parts, at = _german(text), [], 0
    for found in patterns.WORDS.finditer(text):
        said, tail, start = found[0], "", found.start()
        if start < at or text[start - 1 : start] == "[":
            continue
        capital = said[0].isupper()
        if not capital and not _first(said):
            continue
        if capital and not _first(said) and names.folded(said) not in names.usual():
            bare_, tail = _genitive(said)
            least = 3 if tail[:1] in ("'", "’") else 4
            rarer = tail != "s" and names.rarer_name(bare_)
            own = len(bare_) > least and (_first(bare_) or rarer)
            said, tail = (bare_, tail) if tail and own else (said, "")
        after = None if tail else patterns.SURNAME_AFTER.match(text, found.end())
        end = _person(said, found, after, german)
        if end:
            parts += [text[at:start], PERSON, tail]
            at = end
    text = "".join([*parts, text[at:]])
    text = patterns.PARTICLED.sub(lambda m: m[0] if names.everyday(m["first"]) else PERSON, text)
    return patterns.PAIR.sub(_pair, text)


def _person(said: str, found: re.Match[str], after: re.Match[str] | None, german: bool) -> int:
    """Where the name that starts with a word ends; 0 where the word starts none."""
    surname = names.folded(after[0].split()[-1]) if after is not None else ""
    last = bool(surname) and (surname not in names.usual() or names.also_last(surname))
    end = after.end() if after is not None and last else found.end()
    if _first(said):
        return 0 if _place(found) and not last else end
    if not said[0].isupper() or (said.isupper() and len(said) < MISSPELT):
        return 0
    if names.rarer_name(said):
        return end
    noun = german and names.folded(said) in names.GERMAN
    both = names.folded(said) in names.BESIDE_A_NAME and not noun
    if both and after is not None and _looks_last(after[0].split()[-1]):
        return after.end()
    if said.isupper():
        return 0
    if _inside(found):
        before = found.string[: found.start()].split()[-1:]
        alone = names.telling(said, german) and before[0].casefold() not in patterns.ARTICLES
    else:
        alone = _before_verb(found) and names.telling_first(said, german)
    return found.end() if alone else 0


def _looks_last(word: str) -> bool:
    """Whether a word with a capital after a first name is a last name, not a noun or a place."""
    small = names.folded(word)
    if small in names.usual() or word.isupper():
        return False
    if small in names.last_names():
        return True
    noun = embed.holds_word(small) or embed.holds_word(word) or small.endswith(patterns.NOUN)
    return not noun


def _place(found: re.Match[str]) -> bool:
    """Whether a name is the second word of a place, as in "San Diego"."""
    before = found.string[: found.start()].split()[-1:]
    return bool(before) and before[0].casefold() in patterns.NOT_A_NAME_BEFORE


def _german(text: str) -> bool:
    """Whether a text is German, where every noun has a capital."""
    said = {word.casefold() for word in patterns.WORDS.findall(text)}
    return bool(said & names.only_german())


@lru_cache(maxsize=100_000)
def _first(word: str) -> bool:
    """Whether a word is a first name; in small letters only when long, never all in capitals."""
    if len(word) < 3 or (word.isupper() and len(word) < MISSPELT):
        return False
    known = names.first_names()
    halves = names.folded(word).split("-")
    if halves[0] not in known:
        doubled = len(halves) == 2 and all(part[:1].isupper() for part in word.split("-"))
        return doubled and halves[1] in known and halves[0] in names.BESIDE_A_NAME
    return word[0].isupper() or (len(halves[0]) >= 4 and not names.everyday(halves[0]))


def _pair(found: re.Match[str]) -> str:
    """Two words with capitals inside a sentence, neither of them an everyday word or a noun."""
    both = (found["one"], found["two"])
    if any(names.everyday(w) or embed.holds_word(w) or w.endswith(patterns.NOUN) for w in both):
        return found[0]
    return PERSON
