"""Which words are names of people and of firms, in four languages and as customers write them."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from analysis.models.topics import codeframe, embed, words

TELLING = 5  # letters of a word of a firm's name by which the firm alone is known

#: Countries whose first names are known (the lists of the library Faker, MIT).
COUNTRIES = (
    *("en_US", "en_GB", "en_IE", "en_NZ", "en_IN", "en_PK", "en_NG", "ga_IE", "nl_NL", "nl_BE"),
    *("de_DE", "de_AT", "de_CH", "fr_FR", "fr_BE", "fr_CA", "es_ES", "it_IT", "pt_PT", "pl_PL"),
    *("sv_SE", "da_DK", "no_NO", "fi_FI", "ro_RO", "cs_CZ", "hu_HU", "hr_HR", "tr_TR", "zh_CN"),
    *("ar_DZ", "ha_NG", "ig_NG", "yo_NG", "zu_ZA", "vi_VN"),
)
#: More countries, whose lists hold more words that are no names: with a capital only.
WIDER = (
    *("en", "en_KE", "en_TH", "es_AR", "es_CL", "es_CO", "es_MX", "es_CA", "pt_BR", "id_ID", "sw"),
    *("tw_GH", "uz_UZ", "az_AZ", "lt_LT", "lv_LV", "et_EE", "is_IS", "sk_SK", "sl_SI", "de_LI"),
    *("de_LU", "fr_DZ"),
)
_LISTS = ("first_names", "first_names_male", "first_names_female", "first_romanized_names")
_LAST = ("last_names", "last_names_male", "last_names_female", "last_romanized_names")
_MORE = frozenset(
    """rajesh kwame kofi ama olumide chinedu adebayo thandiwe sipho chen zhang wang liu yang
    huang zhao hassan hussein abdul abdullah omar khalid layla leila nadia samira rachid karima
    aicha mehdi hicham youssef bilal hamza anil sunil vikram sanjay deepak lakshmi arjun ravi
    suresh ramesh meera sunita piotr krzysztof tomasz zbigniew wojciech grzegorz jurgen juergen
    joerg goekhan guenter soeren bjoern stijn sjoerd wiebe tjeerd marloes roelof tjitske
    willemijn liesbeth marieke jolanda hanneke anneke femke sjors teun joost maarten jeroen gijs
    rutger reinier annelies marjolein marijke gerrit geert hendrik pieter klaas jelle siebe douwe
    froukje sietske wytske rinske nienke lotte fleur maaike renske gerda wilma ineke tineke
    corrie ria thea petra bert kees-jan jan-willem fatoumata aminata mariama mamadou ousmane
    moussa ibrahima seydou cheikh abdoulaye aissatou kadiatou boubacar modou awa ndeye liang wei
    jun ming hao xin yan ling mei-ling hui jing xiao norbert ottmar dietmar hartmut eberhard
    gerlinde roswitha hannelore edeltraud waltraud friedhelm siegfried yannick loic gwenaelle
    solene maelys elodie aurelie ludovic thierry jean-pierre marie-claude jean-francois
    anne-marie pierre-yves siobhan niamh aoife ciaran eoin padraig saoirse oisin rhys gethin
    cerys angharad hamish callum ewan fiona moira doug geoff ned mitch hank gus chuck clint ernie
    freddie reggie percy salim rashid yunus murad rahman salman amit habib lizzie niki marty
    kavita kavitha sunitha pooja shreya divya swati neha anjali ananya aditi rahul rohit rohan
    nitin ashok manoj mukesh rakesh dinesh mahesh naveen kiran venkat srinivas karthik prakash
    vijay ajay harpreet gurpreet manpreet jaspreet farhan imran usman saima shazia zainab fatou
    oluwaseun oluwatobi oluwafemi ayodele olayinka fatima fatma fatimah khadija amina ousman
    lamine souleymane adama binta oumar idrissa sekou salif yaw kwaku kwabena akosua abena adwoa
    esi efua kojo chiamaka ngozi ifeoma nkechi emeka obinna uche temitope folake bukola tunde
    segun femi yetunde zanele nomsa lindiwe thabo lerato bongani sibusiso mandla tendai farai
    chipo wanjiku kamau njeri otieno achieng xiuying meilin jiahao yifan zihan zhiwei jianguo
    weijun yuxin haoran minh thuy huong linh trang nguyen phuong hanh quang tuan hyun jisoo
    minjun seojun yuki haruto kenji takeshi hiroshi akiko yoko naoko sjaak truus sjaan henkjan
    gertjan arjan arie aart teunis wiebren jitske hidde tjalling fokke gosse hylke yme siebren
    esther mirjam jacqueline ellen els monique svetlana olena oksana dmytro volodymyr sergei
    sergey dmitri dmitry aleksandr ekaterina natalia tatiana ludmila dragan zoran goran milos
    nenad slavica snezana vesna jelena milica hristo steffi uschi heinzi gabi susi moni uli rudi
    hansi jupp berndt torben thorben sönke soenke annegret friederike gotthard ekkehard burkhard
    burghard wilfried winfried irmgard""".split()
)
#: First and last names that are also words, months, places or titles: alone they are taken for a
#: person only where the list of staff holds them, with a capital, inside a sentence.
EVERYDAY = frozenset(
    """will mark rose grace hope may june april august bill frank grant art pat sue jack drew
    chase miles dean earl guy ray ruby violet daisy iris olive ivy holly heather joy faith dawn
    eve summer autumn penny sky angel christian german jean florence charlotte victoria paris
    sydney austin france francis london milan lima roman santiago geneva vienna orlando houston
    dallas jordan israel chad china asia india america georgia virginia carolina dakota montana
    sierra savannah phoenix madison lincoln washington jackson melody harmony crystal amber pearl
    opal coral ginger basil sage rosemary clay cliff forest glen lane brook brooke river rain
    stone reed wood max justice constance prudence patience charity mercy chance rich sterling
    major duke prince king baron page porter carter cooper mason taylor tanner turner hunter
    archer fisher baker cook skipper gene jean-luc rusty sandy sunny stormy misty bunny kitty
    buddy buck bud sonny junior van von bas ben wil roos vos fleur kees bram storm wolf noor
    bloem de den het een in is ik men mei mai juni juli ernst gut klein lang kurz stark frei
    kraft herz stern engel sommer winter herbst lenz wilde held könig kaiser alter rat tag acht
    sei sie er es bei mit claire pierre marine clément constant juste blanc petit grand aimé
    désiré chantal fleury lys capucine prune cerise océane aurore victoire gloire noël toussaint
    modeste sam sami al ali an on so do no my me we us our as at by to of or if it he his her
    hers star case sales sale price pack post bell ford west east north south day week lee love
    light young brown white black green gray grey long short small bishop pope rule power best
    bakker visser smit koning meester kok schipper bos berg dijk koch weber müller schmidt braun
    weiß schwarz neumann jung krause vogel fuchs baum busch winkler kramer kraemer main rhein ada
    robin linde delta omega alpha victor oscar papa romeo quebec anh ed ty ha la le lo lu ma mi
    mo na ni pa ro sa si ta te ti ya yo ye era eden ever else elle given mat see sea sun sid tam
    tan tip ton top tad ted una don dan dot ira ike bea cal cam com che mar mac nan ram ran rod
    roy sal ash merit mission trust truth true success temple trinity unity blessing precious
    gift princess queen legacy journey story paisley haven harbor ocean bay lake meadow field
    dale vale hill sina nova vita viva alta alba clara clear bella bonita dolce gala gloria
    regina stella luna beste min hung ville joke cas tea mentor alla sol margherita comfort forum
    age vide lancé beat lies sad nam bitten beau mari mille lasse miel clair till mad klas santé
    manuel jet owe gang solange sine ward canal lean kick diamond peer lage reine ties bergen
    dick âge sys harsh boston york sunday columbia cleveland columbus denver atlanta florida
    emerald cherry french oké oke erin osten saal gabel kellner hummer mängel pfeffer gläser
    kratzer huhn hong kong angeles amex aimable proost magret honoré mignon octave finis savon
    uni""".split()
)
#: Tools, firms and bodies that everybody writes about: never a person.
THINGS = frozenset(
    """excel teams word outlook access azure oracle sap alexa siri watson java jira bi linkedin
    whatsapp microsoft google salesforce amazon apple windows zoom internet covid corona kamer
    koophandel samsung chanel tesla siemens philips sony dell lenovo gemeente office""".split()
)
#: First names that are also words, but with a capital inside an English, Dutch or French sentence
#: are somebody; months, places and what starts a sentence are not among them.
TELLING_CAPITAL = frozenset(
    """amber angel anders art bas basil beau bella ben bill bob bram brooke carter cas chad
    chantal charlotte clair claire clara clay clement cliff cooper crystal daisy dale dan dawn
    dean dick don drew ernst eve faith fleur floor frank gene glen gloria grace grant guy heather
    holly hope iris ivy jack jackson jean joke jordan kees kent klas lance lee lies linde luna
    manuel mark mason max melody miles noel noor oscar pat pearl peer penny pierre ray regina rob
    robin roos rose rosemary roy ruby sam sandy sid sina solange sonny stella sue taylor ted ties
    till tom victor victoria violet ward wil will wim wolf""".split()
)
#: More of them: somebody only where a last name follows, or another person stands beside.
BESIDE_A_NAME = TELLING_CAPITAL | frozenset(
    """ada ali april archer august aurore austin autumn blessing brook capucine carolina charity
    christian clement constance coral crystal dakota diamond earl eden elke florence francis
    georgia harmony hunter ira israel jet joy june junior lincoln mac madison marine may milan
    misty olive orlando paris patience phoenix precious prudence roman romeo sami santiago
    savannah sierra summer sunny sydney tanner trinity victoire virginia""".split()
)
#: Of these, what is nobody where it starts a sentence, even before "is" or "has".
_NOUNS = frozenset(
    """art hope faith floor grant job dawn heather lies lot ties till ward anders drew clair
    dan crystal melody pearl jet peer lance lee lean clay marine joke glen gene""".split()
)
#: Of these, what a German sentence writes with a capital and is nobody.
GERMAN = frozenset("amber angel anders art ernst linde mark rose till will wolf peer lies".split())
_LEGAL = (
    r"(?:ltd|limited|plc|llp|llc|inc|corp|b\.?\s?v\.?|n\.?\s?v\.?|v\.?o\.?f\.?|gmbh(?:\s*&\s*co\.?"
    r"\s*kg)?|mbh|ag|kg|ohg|e\.?\s?k\.|se|s\.?a\.?s\.?|s\.?a\.?r\.?l\.?|s\.a\.|sa|sprl|bvba|eurl|oy"
    r"|ab|a/s|aps|s\.?r\.?l\.?|s\.?p\.?a\.?|&\s*co\.?(?:\s*kg)?|und\s+co\.?|group|holding)"
)
#: What follows a firm's own name; it alone names nobody.
_TRADE = frozenset(
    """logistics logistik logistique foods food bakeries bakery services service packaging group
    holding systems solutions technologies technology engineering industries industrie
    international europe nederland deutschland france uk media medical pharma steel motors energy
    transport transporte transports bau construction consulting verpakkingen verpackung gruppe
    partners partner software security facilities facility care bank insurance versicherung print
    coöperatie cooperatie stichting maatschap firma société societe établissements ets cabinet
    fonderie laiterie brasserie molkerei brauerei kanzlei wäscherei wasserij drukwerk marine druk
    drukkerij chemie chemicals plastics metaal metal trading trade handel hotels hotel retail &
    and und en et söhne zonen sons fils frères gebroeders gebr brothers company co""".split()
)


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """First names in small letters, with and without accents; no everyday words among them."""
    return frozenset(_of(COUNTRIES, _LISTS) | _MORE) - usual()


def rarer_name(word: str) -> bool:
    """Whether a word with a capital is a rarer first name or a last name, and no word or place.

    >>> rarer_name("Hoekstra"), rarer_name("Boston")
    (True, False)
    """
    small = folded(word)
    if small not in _rarer() or everyday(small) or everyday(word):
        return False
    return not embed.holds_word(small.title()) and not embed.holds_word(word.title())


def telling(word: str, german: bool) -> bool:
    """Whether a word that is also a name is somebody when it has a capital inside a sentence."""
    small = folded(word)
    return small in TELLING_CAPITAL and not (german and small in GERMAN)


def telling_first(word: str, german: bool) -> bool:
    """The same for a word that starts a sentence and stands before a verb."""
    return telling(word, german) and folded(word) not in _NOUNS


def also_last(word: str) -> bool:
    """Whether an everyday word, small and plain, is a last name: "Lane", "Müller"."""
    return word in last_names() or (word in EVERYDAY and word not in BESIDE_A_NAME)


def small_word(word: str) -> bool:
    """Whether a word is one that sentences are built with, in any of the four languages."""
    return any(word in small for small in words.STOP.values())


@lru_cache(maxsize=1)
def only_german() -> frozenset[str]:
    """Small words that none of the other languages has."""
    stop = words.STOP
    return frozenset(stop["de"] - stop["en"] - stop["nl"] - stop["fr"])


@lru_cache(maxsize=1)
def last_names() -> frozenset[str]:
    """Last names of four letters or more, in small letters without accents."""
    return frozenset(name for name in _of(COUNTRIES, _LAST) if len(name) > 3)


@lru_cache(maxsize=1)
def _rarer() -> frozenset[str]:
    return (last_names() | _of(WIDER, _LISTS)) - first_names() - usual()


def _of(countries: Iterable[str], kinds: Iterable[str]) -> set[str]:
    """Names of these lists that are one word of three letters or more."""
    import importlib

    found: set[str] = set()
    for country in countries:
        provider = importlib.import_module(f"faker.providers.person.{country}").Provider
        for kind in kinds:
            listed = getattr(provider, kind, None)
            if isinstance(listed, tuple | list | dict | set):
                found.update(str(name) for name in listed)
    plain = {name.casefold() for name in found if len(name) > 2 and name.isalpha()}
    return plain | {folded(name) for name in plain}


@lru_cache(maxsize=1)
def usual() -> frozenset[str]:
    """Everyday words in small letters: small words, those of the code frames, `EVERYDAY`."""
    common = set(EVERYDAY | THINGS | words.VAGUE)
    for small in words.STOP.values():
        common |= small
    for name in codeframe.FRAMES:
        frame = codeframe.load(name)
        for code in frame.codes if frame else ():
            for said in code.phrases.values():
                common.update(word.casefold() for p in said for word in re.findall(r"\w+", p))
    return frozenset(common | {folded(word) for word in common})


@lru_cache(maxsize=50_000)
def everyday(word: str) -> bool:
    """Whether a word, in small letters, is one that many people write in some language.

    Such are `usual` words and those that the sentence model's vocabulary holds whole: it was made
    from texts in sixteen languages, where names come in pieces.

    >>> everyday("orange"), everyday("sanne")
    (True, False)
    """
    small = word.casefold()
    return small in usual() or folded(small) in usual() or embed.holds_word(small)


#: Letters that are no letter with an accent, but that people write as one.
_PLAIN = str.maketrans({"ı": "i", "ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


@lru_cache(maxsize=100_000)
def folded(word: str) -> str:
    """A word in small letters without accents.

    >>> folded("Çağla Müller")
    'cagla muller'
    """
    plain = word.casefold().translate(_PLAIN)
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


def spelled_out(word: str) -> str:
    """A word in small letters with its umlauts as two letters.

    >>> spelled_out("Köhler")
    'koehler'
    """
    small = unicodedata.normalize("NFC", word).casefold()
    return folded(small.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))


def telltale(name: str) -> str:
    """The longest run of plain letters of a name, small: every way to write the name holds it.

    >>> telltale("Jörg Möllenkamp")
    'llenkamp'
    """
    plain = name.casefold() if name.casefold().isascii() else unicodedata.normalize("NFC", name)
    runs = re.findall("[a-z0-9]+", plain.lower())
    return max(runs, key=len, default="")


def any_accent(name: str) -> str:
    """Make a pattern of a name that also matches it without its accents and with any spacing."""
    parts = []
    for letter in unicodedata.normalize("NFC", name.strip()):
        plain = unicodedata.normalize("NFD", letter)[0]
        if letter.isspace() or letter == "-":
            parts.append(r"[\s-]+")
        elif letter == "&":
            parts.append("(?:&|and|und|en|et)")
        elif letter in "'’":
            parts.append(r"['’]?")
        elif letter.casefold().translate(_PLAIN) != letter.casefold() or letter == "ß":
            parts.append(f"(?:{letter}|{folded(letter)}{'|oe' if letter in 'øØ' else ''})")
        elif plain != letter:
            two = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}.get(letter)
            parts.append(f"(?:{letter}|{plain}{f'|{two}' if two else ''})")
        else:
            parts.append(re.escape(letter))
    return "".join(parts)


def firm_patterns(companies: Iterable[str]) -> list[tuple[str, re.Pattern[str]]]:
    """Patterns of the client's customers: full, without legal form, by their own name alone.

    Each with letters that a text must hold (see `telltale`), as looking for those is quick.

    A name of one everyday word ("Target") is found with a capital only.
    """
    full = {" ".join(str(n).split()) for n in companies if len(str(n).strip()) > 1}
    legal = re.compile(rf"(?i)[\s,]+{_LEGAL}\.?$")
    known = set(full)
    for name in full:
        short = legal.sub("", legal.sub("", name)).strip(" ,.&")
        own = short.split()
        while len(own) > 1 and own[-1].casefold().strip(".,") in _TRADE:
            own.pop()
        while len(own) > 1 and own[0].casefold() in _TRADE | words.STOP["nl"] | words.STOP["fr"]:
            own.pop(0)
        telling = {
            word
            for word in own
            if len(word) >= TELLING
            and not {word.casefold(), folded(word)} & (usual() | _TRADE | first_names())
        }
        known |= {short, " ".join(own)} | telling
    patterns = []
    for name in sorted((k for k in known if len(k) > 2 or k in full), key=_long):
        common = name.casefold() in _TRADE or (" " not in name and everyday(name))
        case, start = ("" if common else "(?i)"), r"(?<![\w@])"
        end = r"(?:['’]?s)?(?!\w)"
        pattern = rf"{case}{start}{any_accent(name)}(?:[\s,]+{_LEGAL}\b\.?)?{end}"
        patterns.append((telltale(name), re.compile(pattern)))
    return patterns


_CAPITAL = r"(?:[A-ZÀ-ÖØ-ÞĀŁŚŠŽ0-9][\w'’.-]*)"
_WITH = rf"(?:\s+(?:&|und|en|et|and|\+)?\s*{_CAPITAL})"
#: A firm that nobody listed: words with capitals before a legal form, or after a word for a firm.
UNLISTED_FIRM = re.compile(
    rf"(?<![\w@])(?:Maatschap|Firma|Fa\.|Stichting|Coöperatie|Société|Ets\.?|Établissements|Cabinet"
    rf"|Messrs\.?|Kanzlei|Sozietät)\s+{_CAPITAL}{_WITH}{{0,2}}|"
    rf"(?<![\w@]){_CAPITAL}{_WITH}{{0,3}}[\s,]+"
    r"(?:Ltd|LTD|Limited|PLC|plc|LLP|LLC|Inc|Corp|B\.?\s?V\.?|BV|N\.?V\.?|V\.?O\.?F\.?|GmbH|mbH|AG|UG|eG|e\.\s?V\.|SNC|SCI|SCOP|C\.?V\.?"
    r"|KG|OHG|e\.\s?K\.|SE|S\.?A\.?S\.?|S\.?A\.?R\.?L\.?|SARL|S\.?A\.?|SPRL|BVBA|EURL|Oy|AB|A/S|ApS"
    r"|S\.?r\.?l\.?|S\.?p\.?A\.?|&\s*Co\.?(?:\s*KG)?)(?!\w)\.?(?:\s*&\s*Co\.?\s*KG)?"
)


def _long(name: str) -> tuple[int, str]:
    """Sort key: longest first, so that a full name goes before its parts."""
    return -len(name), name
