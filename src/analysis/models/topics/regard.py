"""Words by which a sentence praises or blames somebody, in four languages, with negation."""

import re

AHEAD = 3  # words before a word of praise or blame in which a negation turns it

#: Beginnings of words; a word of one language that is another's everyday word is left out.
_PRAISE = tuple(
    """great excellent brilliant fantastic wonderful superb super helpful friendly kind best star
    gem thank kudos compliment hero amazing outstanding professional lovely pleasan knowledgeable
    asset pleasure appreciat saved reliable patien proactive quick prompt marvel responsive
    attentive thoughtful dedicated committed honest trustworthy approachable polite courteous
    charming caring exceptional superstar legend efficient invaluable delight impress perfect
    terrific awesome fabulous recommend calmly treasure rock wizard expert sharp sincere generous
    tireless eager accurate thorough clear clearly solves solved rescued rescue fixes fixed
    sorted trust treats brightens cheerful welcoming understands skilled competent diligent
    supportive empath geweldig top fantastisch fijn prima uitstekend behulpza vriendelijk goed
    goede bedankt dank hulde held kanjer deskundig betrokken kundig snel pluim prettig aardig
    toegewijd meedenk attent schat parel topvent vakman vakvrouw meedenkt doortastend oplossing
    lost uitmunt rustig eerlijk duidelijk adequaat geholpen regelt gezellig verhelder betrouwba
    oplettend bekwaam voortreffelijk uitmuntend waardeer zorgvuldig beleefd großartig grossartig
    hervorragend toll freundlich hilfsbereit kompetent danke lob loben lobt ausgezeichnet
    engagiert zuverlässig spitze schnell klasse gut gute guten guter fachkundig lösung löst perle
    experte fachmann klar ehrlich souverän ruhig flexibel geholfen unterstützt bereichert
    goldwert traumhaft tadellos vorbildlich sympathisch nett zuvorkommend herzlich aufmerksam
    pünktlich verlässlich geduldig unschlagbar schätzen bemüht solution résout sauvé pédagogue
    clair patient écoute aidé rassur rapide rapidement courtois précis rigoureu fiable recommande
    formidabl génial aimabl serviabl compétent merci bravo parfait professionnel disponibl
    efficac réacti remerci remarqua gentil agréabl sympath exceptionnel excellen dévou attenti
    impeccabl sérieu chaleureu apprécie précieu ponctuel bien""".split()
)
_BLAME = tuple(
    """rude unhelpful slow late unfriendly arrogan unprofessional ignor forget forgot disappoint
    poor bad badly worst worse lazy useless complain incompeten nobody nowhere unreachable
    careless weak waiting waits confus ignorant defensive vague pushy bossy cold moody distracted
    blunt unhelpfully hides excuse excuses blames broken fail fails failed missed overload
    unprepared unclear unaware promises dismissive impatien lost wrong mistake unresponsive
    disorgan awful terrible hopeless abrupt clueless condescend unreliable absent chaotic
    impolite aggressive stubborn sloppy evasive onbeleefd traag arrogant slecht teleurgesteld
    teleurstell klacht vergeet vergat onbereikba nors onvriendelijk onbeschoft nauwelijks ramp
    zwak wachten druk drukke vaag bot afwezig onduidelijk onhandig smoes smoesjes afstandelijk
    ontwijkt chagrijnig kortaf horkerig hork slordig onbetrouwba ongeïnteresseerd fout chaotisch
    onkundig laks star ondeskundig unhöflich langsam schlecht enttäuscht enttäuschend beschwerde
    vergisst vergess unerreichba unfreundlich inkompetent unzuverlässig warten wartet schwach
    vage ausrede ausreden abwesend unklar kühl schroff gestresst unvorbereitet hektisch chaot
    verschwindet überfordert desinteressiert schlampig unverschämt patzig falsch unprofessionell
    katastroph kaum ungeduldig impoli lent lente lents mauvais déçu déceva plainte injoignabl
    désagréabl mal oubli perdre perd manque froid froide attendre hautain hautaine absente sec
    sèche méprisant ralenti incompétent désorganis débordé grossi négligen erreur""".split()
)
#: Whole words of these only, as longer words that start so mean something else.
_WHOLE = frozenset(
    """rock lost sec cold waits perd expert clair klar clear bot druk vage fail sharp trust blunt
    eager froid solution lösung star held top lob bien mal gut goed dank bad late fout poor gem
    kind best danke fijn slow hero toll nett klasse falsch wrong kaum nors laks lent lente lents
    quick saved snel""".split()
)
_PRAISED = re.compile(
    r"out of (?:his|her|their) way|(?:cannot|can't|can not) fault|(?:extra|the) mile"
    r"|never lets? us down|a (?:real|big|huge) difference|with care|steps? ahead"
    r"|without \w+ nothing|zonder \w+ (?:niets|loopt|gaat)|ohne \w+ (?:läuft|geht|nichts)"
    r"|sans \w+,? rien|denk\w* (?:altijd |echt |goed )?(?:met ons )?mee|uit de brand"
    r"|altijd (?:klaar|bereikbaar)|in de puntjes|weet waar \w+ over praat|weiß, wovon"
    r"|wort gehalten|vielen dank|kümmer\w+ sich|immer (?:da|erreichbar|für uns)"
    r"|fels in der brandung|à l['’]écoute|toujours (?:là|présent\w*|disponible\w*)|gentillesse"
    r"|always (?:there|available)|rots in de branding|goud waard|worth (?:his|her|their) weight"
)
_BLAMED = re.compile(
    r"\b(?:no|not any|little) help|too (?:long|slow|late|busy)|te (?:lang|laat|traag|druk)\b"
    r"|zu (?:lang|langsam|spät)|trop (?:long|lent|tard)\w*|stellt? sich quer|im stich|in de steek"
    r"|lets? us down|laisse tomber|no idea|geen idee|keine ahnung|aucune idée|delivers? little"
    r"|afspra\w+ niet na|gives? us nothing|waste of|talks? over|talks? down|perdre du temps"
    r"|manque de|lässt (?:uns|mich) warten|laat ons wachten|fait attendre"
)
#: What one expects of people: not done, it is a complaint.
_DUTIES = tuple(
    """answer repl respond call ring listen care know understand show help deliver follow come
    reageer antwoord bel belt luister weet helpt helpen kent terug komt antwort meld ruf hör
    zuhör hilft helfen weiß kennt kommt zurück répond rappel écout vient aide connaît
    sait suit""".split()
)
_TELLING = _PRAISE + _BLAME + _DUTIES
_NOT = frozenset(
    """not no never without hardly n't cannot niet geen nooit zonder nicht kein keine keinen nie
    niemals pas ne jamais aucun aucune sans""".split()
)
_NEVER = frozenset("never nooit nie niemals jamais".split())
_ONLY = re.compile(r"\b(?:not only|niet alleen|nicht nur|pas seulement|non seulement)\b")


def balance(sentence: str) -> int:
    """Words of praise less words of blame; a negation before a word turns it.

    >>> balance("Anna is kind and quick"), balance("Anna is not kind"), balance("Ask Anna")
    (2, -1, 0)
    """
    text = _ONLY.sub(" ", sentence.casefold().replace("’", "'"))
    score = 2 * len(_PRAISED.findall(text)) - 2 * len(_BLAMED.findall(text))
    text = _BLAMED.sub(" ", _PRAISED.sub(" ", text))
    said = re.findall(r"[^\W\d_]+(?:'t\b)?", text)
    for i, word in enumerate(said):
        before, after = said[max(i - AHEAD, 0) : i], said[i + 1 : i + 1 + AHEAD]
        turned = any(_turns(w) for w in before)
        if _begins(word, _PRAISE):
            score += -1 if turned else 1
        elif _begins(word, _BLAME):
            score += 1 if turned else -1
        elif word.startswith(_DUTIES):
            score -= turned or any(_turns(w) for w in after)
        elif word in _NEVER:
            score -= not any(_begins(w, _TELLING) for w in [*before[-1:], *after])
    return score


def _turns(word: str) -> bool:
    return word in _NOT or word.endswith("n't")


def _begins(word: str, stems: tuple[str, ...]) -> bool:
    return word in stems or (
        word.startswith(stems) and any(word.startswith(s) and s not in _WHOLE for s in stems)
    )
