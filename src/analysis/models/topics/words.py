"""Phrases of a sentence, and the small words that do not make one, in four languages.

Negations and "too" are content: "not on time" is another topic than "on time".
"""

import re

LONGEST_PHRASE = 4
_MARK = re.compile(r"⟨(\w*)⟩")
_BREAK = re.compile(r"[^\w\s'’-]+|_+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP: dict[str, frozenset[str]] = {
    "en": _set(
        """a about after again all also always am an and any are as at be because been before being
        both but by can cannot could did do does doing done down during each either else ever
        every few for from further get gets getting go goes going got had has have having he her
        here hers him his how however i i'd i'll i'm i've if in into is isn't it it's its itself
        just keep let like lot made make makes many may me might more most much must my near
        need nearly of off often on once one only or other our ours out over own per quite
        rather really said same say see seem seems shall she should since so some something
        sometimes still such take than that that's the their them then there these they they're
        thing things this those though three through time times to two under until up upon us
        use used usually very was we we'd we'll we're we've well were what when where whether
        which while who whole whom whose why will with within would yet you you'd you'll you're
        you've your yours"""
    ),
    "nl": _set(
        """aan af al alle alles als altijd andere b ben bij daar daarna dan dat de deze die dit
        doen door dus een eens en er even ga gaan gaat geeft geven had hadden heb hebben hebt
        heeft heel hele hem het hier hij hoe hun iemand iets ik in is ja je jij jou jullie kan
        kom komt kunnen maar mag me meer men met mij mijn moet moeten na naar nog nu of om omdat
        onder ons onze ook op over per sinds soms staat steeds te tegen toch tot tussen u uit uw
        van vaak vanaf veel voor vooral waar wanneer waren was wat we weer wel werd wie wij wil
        willen word worden wordt ze zeer zelf zich zij zijn zo zoals zou"""
    ),
    "de": _set(
        """ab aber alle allem allen aller alles als also am an andere auch auf aus bei beim bin bis
        bist da dabei damit dann das dass daß dazu dem den denn der des dessen die dies diese
        diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines einige
        er es etwas euch euer für gegen gibt habe haben hat hatte hatten hier hin hinter ich ihm
        ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jedem jeden jeder jedes
        jetzt kann können könnte man manchmal mehr mein meine mich mir mit muss müssen nach noch
        nun nur ob oder oft ohne schon sehr sein seine seit sich sie sind so solche soll sollte
        sondern sonst über um und uns unser unsere unserem unseren unserer unter vom von vor war
        waren was weil weiter welche wenn wer werden wie wieder wir wird wo wurde wurden zu zum
        zur zwar zwischen"""
    ),
    "fr": _set(
        """a afin ai alors après au aucun aussi autre autres aux avant avec avoir avons beaucoup
        bien c'est car ce cela ces cet cette ceux chaque chez comme d'un d'une dans de depuis
        des donc dont du déjà elle elles en encore entre est et eu eux fait faire fois font ici
        il ils j'ai je la le les leur leurs lors lui là ma mais me mes moi mon même nos notre
        nous on ont ou où par parce parfois peu peut plus pour pourquoi qu'il qu'on quand que
        quel quelle qui sa sans se sera ses si son sont souvent sur ta te tes toujours tous tout
        toute toutes très tu un une va vers voir vos votre vous y à été être"""
    ),
}


#: Negations, times and vague words: part of a phrase, but no phrase on their own.
VAGUE = _set(
    """no not never nothing nobody too don't didn't doesn't can't won't isn't year years month
    months week weeks day days hour hours minute minutes quarter today tomorrow yesterday
    morning last next first second twice come comes came coming work works worked want wants
    wanted know knows known say says said told tell tells think thinks feel feels felt find
    found give gives given put takes taken keeps kept needs needed try trying good great fine
    nice better best bad right without back around new different enough bit really anything
    everything someone nearly niet geen nooit te niets niemand jaar jaren maand maanden week
    weken dag dagen uur uren vandaag morgen laatste volgende eerste keer keren goed goede fijn
    fijne prima mooi komen werk werkt werken weten weet zegt zeggen vind vinden vindt denk
    nieuw nieuwe elke elk iedere zonder nicht kein keine keinen keiner nie zu nichts niemand
    jahr jahre jahren monat monate monaten woche wochen tag tage tagen stunde stunden heute
    morgen letzte letzten nächste nächsten erste mal gut gute guten guter kommen kommt arbeit
    arbeiten sagt sagen weiß wissen finde finden neu neue neuen ohne pas ne jamais trop rien
    personne an ans année années mois semaine semaines jour jours heure heures dernier
    prochain premier bon bonne bons bonnes dire dit sait savoir nouveau nouvelle
    three four five six seven eight nine ten twelve twice half dozen drie vier vijf zes zeven acht
    negen tien twaalf helft drei vier fünf sechs sieben acht neun zehn zwölf hälfte trois quatre
    cinq sept huit neuf douze moitié less least fewer minder weniger moins
    same hetzelfde dezelfde zelfde gleiche gleichen dieselbe selbe même ourselves yourself himself
    themselves onszelf zelf selbst nous-mêmes"""
)


def marked(text: str, language: str) -> str:
    """A sentence that carries its language, so that joined sentences can be told apart."""
    return f"⟨{language}⟩ {text} "


def phrases(text: str) -> list[str]:
    """Phrases of up to four words of (joined) marked sentences, as "language:phrase".

    A phrase stays within a clause, neither begins nor ends with a small word, and holds a word of
    four letters or more that is not vague.

    Examples
    --------
    >>> phrases("⟨en⟩ They never come, always busy.")
    ['en:busy']
    >>> phrases("⟨nl⟩ denkt met ons mee")
    ['nl:denkt', 'nl:denkt met ons mee']
    """
    found: list[str] = []
    parts = _MARK.split(text)
    for language, sentence in zip(parts[1::2], parts[2::2], strict=True):
        small = STOP.get(language, frozenset())
        for clause in _BREAK.split(sentence.casefold().replace("’", "'")):
            words = [word.strip("'-") for word in clause.split()]
            words = [word for word in words if word]
            for start, word in enumerate(words):
                if word in small or word.isdigit():
                    continue
                for end in range(start + 1, min(start + LONGEST_PHRASE, len(words)) + 1):
                    last = words[end - 1]
                    if last in small or last.isdigit() or len(last) < 3:
                        continue
                    telling = [w for w in words[start:end] if w not in VAGUE and len(w) > 3]
                    if telling:
                        found.append(f"{language}:{' '.join(words[start:end])}")
    return found
