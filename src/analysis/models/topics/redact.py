"""Mask who can be recognised in a comment: people, customers, addresses, numbers.

Masking comes first: topics, their words and quotations are all made of masked text. What no
pattern knows may slip through, so `unusual_name` lets quotations avoid sentences with a rare
capitalised word. How often names are found is measured in `tests/redaction`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

from analysis.models.topics import embed, names

PERSON, COMPANY = "[person]", "[company]"

_UPPER = "A-ZÀ-ÖØ-ÞĀŁŚŠŽ"
_WORD = rf"[{_UPPER}][\w'’-]*"
_PARTICLE = r"(?:van|von|de|den|der|du|la|le|te|ter|ten|zu|zur|el|al|di|da)"
_NAME = rf"(?:(?:[{_UPPER}]\.\s?)+|{_WORD})(?:\s+(?:{_PARTICLE}\s+)*{_WORD}){{0,2}}"
_SURNAME = rf"(?:{_PARTICLE}\s+)*{_NAME}"

_TITLE = (
    r"(?:[Mm]rs?|[Mm]s|[Mm]iss|[Dd]r|[Pp]rof|[Dd]hr|[Mm]w|[Mm]evr|[Mm]evrouw|[Mm]eneer"
    r"|(?:[Dd]e\s+)?[Hh]eer|[Hh]err[n]?|[Ff]rau|[Mm]me|[Mm]onsieur|[Mm]adame|[Mm]lle)"
)
#: Words after which a capitalised word is a person, not a noun (no German: its nouns are capital).
_CUE = (
    r"(?:account manager|contact person|contact|colleague|engineer|consultant|planner|driver"
    r"|accountmanager|contactpersoon|collega|chauffeur|adviseur|thanks to|thank you,?|dankzij"
    r"|kudos to|compliments to|complimenten voor|met dank aan|called|genaamd|named)"
)
_CUE_DE = r"(?:Ansprechpartner(?:in)?|Kundenbetreuer(?:in)?|Kolleg(?:e|en|in)|namens)"

_AT = r"(?:\s?@\s?|\s?[\[({]\s?(?:at|ät|arobase|apenstaartje)\s?[\])}]\s?|\s(?:at|arobase)\s)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punt|punkt|point)\s?[\])}]\s?|\s(?:dot|punt|punkt|point)\s)"

#: In this order: an address is masked before the name inside it. Sources of the formats: RFC 5321
#: (e-mail, loosely), ISO 13616 (IBAN), ITU E.123 (phone).
_ADDRESSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?i)[\w.+'-]+{_AT}[\w-]+(?:{_DOT}[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?i)\b(?:https?://|www\.)\S+"), "[link]"),
    (
        re.compile(r"(?i)\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|nl|de|fr|eu|uk|be)\b\S*"),
        "[link]",
    ),
    (
        re.compile(r"(?i)\b[A-Z]{2}\d{2}(?:[\s.-]?[A-Z0-9]{4}){2,7}(?:[\s.-]?[A-Z0-9]{1,3})?\b"),
        "[account number]",
    ),
    (
        re.compile(
            r"(?<![\w.,/-])(?!\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}(?!\d|[\s./-]\d))"  # not a date
            r"(?:\+\s?\d|\(\+?\d{1,5}\)|00?\s?\d)(?:[\s./()–-]{0,3}\d){6,13}(?!\w)"
        ),
        "[phone]",
    ),
)
_PEOPLE: tuple[re.Pattern[str], ...] = (
    re.compile(rf"\b(?:{_TITLE}\.?\s+)+{_SURNAME}"),
    re.compile(rf"\b(?i:{_CUE})(?P<gap>\s*,?\s+){_NAME}"),
    re.compile(rf"\b{_CUE_DE}(?P<gap>\s*,?\s+)(?:{_TITLE}\.?\s+)?{_NAME}"),
    re.compile(rf"(?<![\w.])(?:[{_UPPER}]\.\s?){{1,3}}(?:{_PARTICLE}\s+)*[{_UPPER}][\w'’-]{{2,}}"),
)
#: Words; "d'Anna" is two, "Anna's" one.
_WORDS = re.compile(r"[^\W\d_](?:\w|['’](?=[a-zà-ÿ])|-(?=\w))*['’]?")
_SURNAME_AFTER = re.compile(rf"\s+(?:{_PARTICLE}\s+)*[{_UPPER}][\w'’-]+")
_PARTICLED = re.compile(
    rf"(?<![\w@\[])(?P<first>[{_UPPER}][\w-]{{2,}})\s+(?:van|ten|ter)\s+(?:(?:de|den|der)\s+)?"
    rf"[{_UPPER}][\w'’-]+"
)
_PAIR = re.compile(
    rf"(?<=[\w,] )(?P<one>[{_UPPER}][a-zà-ÿ]{{2,}})\s+(?P<two>[{_UPPER}][\w-]{{2,}})"
)
_NOUN = ("ung", "heit", "keit", "schaft", "tion", "tät", "ment", "ing", "nis", "tum", "chen")
_TOGETHER = re.compile(rf"(?:\b{_TITLE}\.?\s+)*\[person\](?:\s+\[person\])*")
_MONTHS = {"may", "june", "april", "august", "mai", "mei", "juni", "juli", "march"}
_BEFORE_MONTH = set(
    """in since until till of by last next early late each every this from before after mid during
    sinds tot van begin eind vorige volgende elke im seit bis ab anfang ende letzten nächsten jeden
    en depuis de fin début chaque""".split()
)
MISSPELT = 5  # letters of a name from which one wrong letter is forgiven

Mask = Callable[[str], str]


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
        for pattern, word in _ADDRESSES:
            text = pattern.sub(word, text)
        for pattern in firms:
            text = pattern.sub(COMPANY, text)
        text = names.UNLISTED_FIRM.sub(_firm, text)
        text = listed.mask(text)
        for pattern in _PEOPLE:
            text = pattern.sub(_keep_cue, text)
        text = _recognised(text)
        return _TOGETHER.sub(PERSON, text)

    return mask


def bare(text: str) -> str:
    """Take the masks out: they are not the customer's words and would become a topic.

    >>> bare("[person] answers within the hour")
    'answers within the hour'
    """
    return re.sub(
        r"\s+", " ", re.sub(r"\[(?:person|company|e-mail|link|phone|account number)\]", " ", text)
    ).strip()


def unusual_name(text: str, usual: set[str]) -> bool:
    """Tell whether a sentence holds a capitalised word that few others use.

    >>> unusual_name("We always ask for Priya first.", usual=set())
    True
    """
    words = re.findall(rf"(?<![\w\[]){_WORD}", text)
    return any(word.casefold() not in usual and word not in ("I", "I'm", "I've") for word in words)


def _keep_cue(found: re.Match[str]) -> str:
    """Keep 'account manager' where only the name after it is masked."""
    if "gap" in found.re.groupindex:
        return found.string[found.start() : found.end("gap")] + PERSON
    return PERSON


def _firm(found: re.Match[str]) -> str:
    """Leave a small word before the firm's name alone."""
    first = found[0].split()[0]
    small = first.casefold() in names.usual() and len(found[0].split()) > 2
    return f"{first} {COMPANY}" if small else COMPANY


class _Staff:
    """Finds the people of one list as customers write them."""

    def __init__(self, staff: Iterable[str]) -> None:
        people = sorted({" ".join(str(n).split()) for n in staff if len(str(n).strip()) > 1})
        end = r"(?:['’]s?|s)?(?!\w)"
        self._full = [
            re.compile(rf"(?i)(?<!\w){names.any_accent(name)}{end}")
            for name in sorted(people, key=lambda name: (-len(name), name))
            if " " in name
        ]
        parts = {part for name in people for part in _parts(name)}
        self._parts = {names.folded(part) for part in parts}
        self._firsts = {names.folded(re.split(r"[\s]", name)[0]) for name in people}
        self._everyday = {part for part in self._parts if part in names.usual()}
        self._long = sorted(part for part in self._parts if len(part) >= MISSPELT)
        # A surname with what stands before it, "van der Berg", in any case.
        tails = {" ".join(name.split()[1:]) for name in people if len(name.split()) > 2}
        self._tails = [
            re.compile(rf"(?i)(?<!\w){names.any_accent(tail)}{end}")
            for tail in sorted(tails, key=lambda tail: (-len(tail), tail))
        ]

    def mask(self, text: str) -> str:
        for pattern in (*self._full, *self._tails):
            text = pattern.sub(PERSON, text)
        return _WORDS.sub(self._word, text)

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
                return capital and _inside(found) and not (key in _MONTHS and _dated(found))
            return capital or (key in self._firsts and len(key) > 3 and not names.everyday(key))
        if len(key) < MISSPELT or not capital or names.everyday(key):
            return False
        return any(_one_apart(key, part) for part in self._long if part not in self._everyday)


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


def _dated(found: re.Match[str]) -> bool:
    """Whether a month's name stands where a month would."""
    before = found.string[: found.start()].split()[-1:]
    return bool(before) and before[0].casefold() in _BEFORE_MONTH


def _one_apart(one: str, other: str) -> bool:
    """Whether words differ by one letter added, left out or changed, or by two that changed places.

    >>> [_one_apart(word, "harding") for word in ("hardign", "hardin", "garden")]
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
    """Mask first names that many people bear, with the surname after them, and what looks so."""
    known, usual, parts, at = names.first_names(), names.usual(), [], 0
    for found in _WORDS.finditer(text):
        word = found[0]
        said, tail = word, ""
        if not _first(word, known) and names.folded(word) not in usual:
            said, tail = _genitive(word)
            least = 3 if tail[:1] in ("'", "’") else 4
            said = said if tail and len(said) > least and word[0].isupper() else ""
        if found.start() < at or not _first(said, known) or text[: found.start()].endswith("["):
            continue
        after = None if tail else _SURNAME_AFTER.match(text, found.end())
        surname = after is not None and names.folded(after[0].split()[-1]) not in usual
        parts += [text[at : found.start()], PERSON, tail]
        at = after.end() if after is not None and surname else found.end()
    text = "".join([*parts, text[at:]])
    text = _PARTICLED.sub(lambda m: m[0] if names.everyday(m["first"]) else PERSON, text)
    return _PAIR.sub(_pair, text)


def _first(word: str, known: frozenset[str]) -> bool:
    """Whether a word is a first name; in small letters only when long, never all in capitals."""
    if len(word) < 3 or (word.isupper() and len(word) < MISSPELT):
        return False
    halves = names.folded(word).split("-")
    if halves[0] not in known:
        return False
    return word[0].isupper() or (len(halves[0]) >= 4 and not names.everyday(halves[0]))


def _pair(found: re.Match[str]) -> str:
    """Two words with capitals inside a sentence, neither of them an everyday word or a noun."""
    both = (found["one"], found["two"])
    if any(names.everyday(w) or embed.holds_word(w) or w.endswith(_NOUN) for w in both):
        return found[0]
    return PERSON
