"""How people, addresses and numbers are written in English, Dutch, German and French."""

import re

UPPER = "A-ZÀ-ÖØ-ÞĀŁŚŠŽ"
WORD = rf"[{UPPER}][\w'’-]*"
PARTICLE = (
    r"(?:van|von|v\.?\s?d\.?|v/d|de|den|der|du|la|le|te|ter|ten|zu|zur|el|al|ben|bin|di"
    r"|da|dos|del|della|op\s+de[nr]?|(?:op|in)?\s?['’]t)"
)
INITIALS = rf"(?:[{UPPER}]\.\s?)+(?:{PARTICLE}\s+)*(?:{WORD})?"
NAME = rf"(?:{INITIALS}|{WORD})(?:\s+(?:{PARTICLE}\s+)*{WORD}){{0,2}}"
SURNAME = rf"(?:{PARTICLE}\s+)*{NAME}"

TITLE = (
    r"(?:[Mm]rs?|[Mm]s|Miss|[Dd]r|[Pp]rof|[Dd]hr|[Mm]w|[Mm]evr|[Mm]evrouw|[Mm]eneer|[Dd]rs|[Ii]ng"
    r"|(?:[Dd]e\s+)?[Hh]eer|[Hh]err[n]?|Hrn?|[Ff]rau|Fr|[Mm]me|[Mm]onsieur|[Mm]adame|[Mm]lle|Sir)"
)
#: A title and a name in small letters; "frau" and "heer" are too much of a word.
SMALL_TITLE = re.compile(
    r"\b(?:mrs?|dhr|mevr|mevrouw|meneer|herrn?|mme|mlle|monsieur|madame)\b\.?\s+"
    r"(?:(?:van|de|der|den|von|le|la|ten|ter|te|du)\s+)*(?P<name>[a-zà-ÿ][\w'’-]{2,})"
)
#: Words after which a capitalised word is a person, not a noun (no German: its nouns are capital).
CUE = (
    r"(?:account manager|contact person|contact|colleague|engineer|consultant|planner"
    r"|accountmanager|contactpersoon|collega|chauffeur|adviseur|thanks to|thank you,?|dankzij"
    r"|kudos to|compliments to|complimenten voor|complimenten aan|met dank aan|called|genaamd|named"
    r"|driver|technician|monteur|technicus|buitendienster|contactpersonen|director|supervisor"
    r"|receptionist|interlocuteur|interlocutrice|chargée? de clientèle|gestionnaire"
    r"|technicien(?:ne)?|regards|groeten|groetjes|groet|cordialement|cheers)"
)
CUE_DE = r"(?:Ansprechpartner(?:in)?|Kundenbetreuer(?:in)?|Kolleg(?:e|en|in)|namens)"

TOP = r"(?:com|org|net|info|biz|io|nl|de|fr|eu|uk|be|at|ch|lu|ie|es|it|pl|dk|se|us)"
AT = r"(?:\s?@\s?|\s?[\[({]\s?(?:at|ät|arobase|apenstaartje)\s?[\])}]\s?)"
SAID_AT = r"\s(?:at|arobase|apenstaartje)\s"
DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punt|punkt|point)\s?[\])}]\s?|\s(?:dot|punt|punkt|point)\s)"

#: In this order: an address is masked before the name inside it. Sources of the formats: RFC 5321
#: (e-mail, loosely), ISO 13616 (IBAN), ITU E.123 (phone).
ADDRESSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?i)[\w.+'-]+{AT}[\w-]+(?:{DOT}[\w-]+)+"), "[e-mail]"),
    (
        re.compile(rf"(?i)[\w.+'-]+{SAID_AT}[\w-]+(?:{DOT}[\w-]+)*?{DOT}{TOP}\b(?!{SAID_AT})"),
        "[e-mail]",
    ),
    (re.compile(r"(?i)\b(?:https?://|www\.)\S+"), "[link]"),
    (
        re.compile(r"(?i)\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|nl|de|fr|eu|uk|be)\b\S*"),
        "[link]",
    ),
    (
        re.compile(
            r"(?i)\b[A-Z]{2}\d{2}(?:[\s.-]?[A-Z0-9]{4}){2,7}(?:[\s.-]?(?=\w*\d)[A-Z0-9]{1,3})?\b"
        ),
        "[account number]",
    ),
    (
        re.compile(
            r"(?<![\w.,/-])(?!\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}(?!\d|[\s./-]\d))"  # not a date
            r"(?:\+\s?\d|\(\+?\d{1,5}\)|00?\s?\d)(?:[\s./()–-]{0,3}\d){6,13}(?!\w)"
        ),
        "[phone]",
    ),
    (re.compile(r"(?<![\w.,/-])(?:\(\d{3}\)\s?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-])"), "[phone]"),
)
PEOPLE: tuple[re.Pattern[str], ...] = (
    re.compile(rf"\b(?:{TITLE}\.?\s+)+(?P<name>{SURNAME})"),
    re.compile(rf"\b(?i:{CUE})(?P<gap>\s*,?\s+){NAME}"),
    re.compile(rf"\b{CUE_DE}(?P<gap>\s*,?\s+)(?:{TITLE}\.?\s+)?{NAME}"),
    re.compile(
        rf"(?<![\w.])(?:(?:El|Al|Abu|Ait|Aït|Ould)\s|(?:Van\s(?:de[nr]?)|Ten|Ter)\s)"
        rf"(?P<own>[{UPPER}][\w'’-]{{2,}})"
    ),
    re.compile(rf"(?<![\w.])(?:[{UPPER}]\.\s?){{1,3}}(?:{PARTICLE}\s+)*[{UPPER}][\w'’-]{{2,}}"),
)
#: Words; "d'Anna" is two, "Anna's" one.
WORDS = re.compile(r"[^\W\d_](?:\w|['’](?=[a-zà-ÿ])|-(?=\w))*['’]?")
SURNAME_AFTER = re.compile(
    rf"\s+(?:(?:{PARTICLE}|El|Al|Le|La|De|Du|Van|Von|Ben|Bin|Ten|Ter|Ó|Di|Da|Dos)\s+)*[{UPPER}][\w'’-]+"
)
#: A name that is also a word, beside a person: "Rose and [person]", "[person] and Rose".
BEFORE_PERSON = re.compile(
    rf"(?<![\w\[])(?P<name>[{UPPER}][\w-]{{2,}})(?P<gap>\s*(?:,|&|\band|\ben|\bund|\bet|/)\s*)"
    r"(?=\[person\])"
)
AFTER_PERSON = re.compile(
    rf"(?<=\[person\])(?P<gap>\s*(?:&|\band|\ben|\bund|\bet|/)\s*)(?P<name>[{UPPER}][\w-]{{2,}})"
)
ARTICLES = frozenset(
    """the a an this that these those my your our their his her its no any every each new old de
    het een deze die dit dat onze ons jullie hun mijn geen elke le la les un une ce cette mon ma
    votre notre leur leurs vos nos fine special general""".split()
)
#: What follows somebody who starts a sentence.
AFTER_SOMEBODY = frozenset(
    """is was has had always never knows knew helps helped does did can could calls called
    answers answered fixed made gave took keeps kept listens listened explained responds
    understands deserves went goes came comes works worked solved saved rang left
    promised sorted thinks heeft kan doet deed belt altijd nooit denkt helpt hielp weet kent komt
    lost luistert regelt reageert geeft gaf maakt neemt werkt verdient ist hat war kann
    immer nie hilft half weiß kennt kommt löst antwortet ruft hatte arbeitet macht est a
    était sait toujours ne fait répond connaît aide écoute suit comprend""".split()
)
NOT_A_NAME_BEFORE = frozenset("san são sao los las santa saint port hong fort new".split())
PARTICLED = re.compile(
    rf"(?<![\w@\[])(?P<first>[{UPPER}][\w-]{{2,}})\s+(?:van|ten|ter)\s+(?:(?:de|den|der)\s+)?"
    rf"[{UPPER}][\w'’-]+"
)
PAIR = re.compile(rf"(?<=[\w,] )(?P<one>[{UPPER}][a-zà-ÿ]{{2,}})\s+(?P<two>[{UPPER}][\w-]{{2,}})")
NOUN = ("ung", "heit", "keit", "schaft", "tion", "tät", "ment", "ing", "nis", "tum", "chen")
TOGETHER = re.compile(
    rf"(?:\b{TITLE}\.?\s+)*\[person\](?:\s+(?:(?i:{PARTICLE})\s+){{0,3}}\[person\])*"
)
MONTHS = {"may", "june", "april", "august", "mai", "mei", "juni", "juli", "march"}
BEFORE_MONTH = set(
    """in since until till of by last next early late each every this from before after mid
    during sinds tot van begin eind vorige volgende elke im seit bis ab anfang ende letzten
    nächsten jeden en depuis de fin début chaque""".split()
)
