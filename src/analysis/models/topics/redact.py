"""Mask who can be recognised in a comment: people, customers, addresses, numbers.

Masking comes first: topics, their words and quotations are all made of masked text. What no
pattern knows may slip through, so `unusual_name` lets quotations avoid sentences with a rare
capitalised word.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

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

#: In this order: an address is masked before the name inside it. Sources of the formats: RFC 5321
#: (e-mail, loosely), ISO 13616 (IBAN), ITU E.123 (phone).
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+'-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?i)\b(?:https?://|www\.)\S+"), "[link]"),
    (
        re.compile(r"(?i)\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|nl|de|fr|eu|uk|be)\b\S*"),
        "[link]",
    ),
    (
        re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b"),
        "[account number]",
    ),
    (
        re.compile(
            r"(?<![\w.,/])(?!\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}\b)"  # not a date
            r"(?:\+\s?\d|\(\+?\d{1,4}\)|00?\d)(?:[\s./()-]{0,2}\d){6,13}(?!\w)"
        ),
        "[phone]",
    ),
    (re.compile(rf"\b(?:{_TITLE}\.?\s+)+{_SURNAME}"), PERSON),
    (re.compile(rf"\b(?i:{_CUE})(?P<gap>\s*,?\s+){_NAME}"), PERSON),
    (re.compile(rf"\b{_CUE_DE}(?P<gap>\s*,?\s+)(?:{_TITLE}\.?\s+)?{_NAME}"), PERSON),
)
_TOGETHER = re.compile(rf"(?:\b{_TITLE}\.?\s+)*\[person\](?:\s+\[person\])*")
_LEGAL = re.compile(
    r"(?i)[\s,]+(?:ltd|limited|plc|llp|llc|inc|bv|b\.v\.|nv|n\.v\.|gmbh|ag|kg|se|sa|s\.a\.|sarl|group"
    r"|holding|co\. kg|& co)\.?$"
)
#: First words of staff names that are everyday words as well: masked with a capital only, and
#: never at the start of a sentence.
_ALSO_WORDS = {"will", "mark", "rose", "grace", "hope", "may", "june", "april", "bill", "frank"}

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
    people = _people(staff)
    firms = _firms(companies)

    def mask(text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        # An e-mail or a link first: the company's name is part of it.
        for pattern, word in _PATTERNS[:4]:
            text = pattern.sub(word, text)
        for pattern in firms:
            text = pattern.sub(COMPANY, text)
        for pattern in people:
            text = pattern.sub(PERSON, text)
        for pattern, word in _PATTERNS[4:]:
            text = pattern.sub(lambda found, word=word: _keep_cue(found, word), text)
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


def _keep_cue(found: re.Match[str], word: str) -> str:
    """Keep 'account manager' where only the name after it is masked."""
    if "gap" in found.re.groupindex:
        return found.string[found.start() : found.end("gap")] + word
    return word


def _any_accent(name: str) -> str:
    """Make a pattern of a name that also matches it without its accents and with any spacing."""
    parts = []
    for letter in unicodedata.normalize("NFC", name.strip()):
        plain = unicodedata.normalize("NFD", letter)[0]
        if letter.isspace():
            parts.append(r"\s+")
        elif plain != letter:
            two = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}.get(letter)
            parts.append(f"(?:{letter}|{plain}{f'|{two}' if two else ''})")
        else:
            parts.append(re.escape(letter))
    return "".join(parts)


def _people(names: Iterable[str]) -> list[re.Pattern[str]]:
    clean = sorted({" ".join(str(n).split()) for n in names if len(str(n).strip()) > 1}, key=_long)
    patterns = [
        re.compile(rf"(?i)(?<!\w){_any_accent(name)}(?!\w)") for name in clean if " " in name
    ]
    for name in clean:
        words = name.split()
        alone = {words[0], words[-1], " ".join(words[1:])} if len(words) > 1 else {name}
        for word in sorted(alone - {""}, key=_long):
            if len(word) < 3 and len(words) > 1:
                continue
            start = r"(?<=\w[ ,])" if word.lower() in _ALSO_WORDS else r"(?<!\w)"
            capital = _any_accent(word[0].upper()) + _any_accent(word[1:])
            either = capital if word[0].isupper() else f"(?:{capital}|{_any_accent(word)})"
            patterns.append(re.compile(rf"{start}{either}(?!\w)"))
    return patterns


def _firms(names: Iterable[str]) -> list[re.Pattern[str]]:
    full = {" ".join(str(n).split()) for n in names if len(str(n).strip()) > 1}
    short = {_LEGAL.sub("", name) for name in full}
    patterns = []
    for name in sorted(full | {s for s in short if len(s) > 2}, key=_long):
        case = "(?i)" if " " in name else ""  # 'Target' is a customer, 'target' is a word
        patterns.append(re.compile(rf"{case}(?<!\w){_any_accent(name)}(?!\w)"))
    return patterns


def _long(name: str) -> tuple[int, str]:
    """Sort key: longest first, so that a full name goes before its parts."""
    return -len(name), name
