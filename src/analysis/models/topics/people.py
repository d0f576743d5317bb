"""Who is named in comments, in praise or in complaint: a list for a person to confirm.

Only answers given in the open are read. Nothing of it reaches a client's page before a person has
confirmed the name (`comments.confirmed_people`), and then praise alone.
"""

import re
from collections.abc import Iterable

import pandas as pd

from analysis.models.topics import names, redact, units

NAMED = (
    "person",
    "known",
    "tone",
    "basis",
    "wave",
    "account",
    "respondent",
    "sentence",
)
SUMMARY = ("person", "known", "praise", "complaint", "unclear", "people", "accounts")

_PRAISE = frozenset(
    """great excellent brilliant fantastic wonderful super superb helpful friendly kind best star
    thanks thank kudos compliments compliment hero amazing outstanding professional lovely pleasant
    knowledgeable asset pleasure appreciate appreciated saved reliable patient proactive fast
    geweldig top fantastisch fijn fijne prima uitstekend behulpzaam vriendelijk goed goede bedankt
    dank complimenten compliment hulde held kanjer topper deskundig betrokken kundig snel
    großartig hervorragend super toll freundlich hilfsbereit kompetent danke dank lob beste besten
    ausgezeichnet engagiert zuverlässig spitze schnell
    excellent excellente formidable super génial géniale aimable serviable compétent compétente
    merci bravo parfait parfaite professionnel professionnelle
    disponible efficace réactif""".split()
)
_BLAME = frozenset(
    """rude unhelpful slow late unfriendly arrogant unprofessional ignored ignores forgets
    forgot disappointing disappointed poor bad worst lazy useless complaint incompetent nobody
    nowhere unreachable careless
    onbeleefd traag arrogant slecht slechte teleurgesteld teleurstellend klacht vergeet
    onbereikbaar nors onvriendelijk lui
    unhöflich langsam arrogant schlecht enttäuscht beschwerde vergisst unerreichbar unfreundlich
    impoli impolie lent lente arrogant mauvais mauvaise déçu déçue plainte injoignable
    désagréable""".split()
)
_VERBS = frozenset(
    """is was has had does did helps knows and is heeft had was helpt kent en ist war hat hilft kennt
    und est a était avait fait aide connaît et""".split()
)
_NEVER = frozenset("never nooit nie niemals jamais".split())
_NOT = frozenset("not no never n't niet geen nooit nicht kein keine nie pas ne jamais".split())


def named(comments: pd.DataFrame, staff: Iterable[str]) -> pd.DataFrame:
    """Find the client's people in comments.

    Parameters
    ----------
    comments : `Survey.comments`, as they came in. staff : full names of the client's people.

    Returns
    -------
    DataFrame with `NAMED`, one row a person and sentence: known ("staff list" or "recognised", a
    first name with what follows it); tone ("praise", "complaint", "unclear") and what it rests on:
    basis "words", "score" (9-10 praise, 0-6 complaint) or "". A first name that two of the staff
    share is listed as it stands.
    """
    people = sorted({" ".join(name.split()) for name in staff if " " in name.strip()})
    own = comments[comments["mode"] == "attributable"]
    rows = []
    for row in own.sort_values(["wave", "respondent", "question", "text"]).itertuples():
        if not isinstance(row.text, str):
            continue
        for sentence in units.sentences(row.text):
            for person, known in _who(sentence, people):
                tone, basis = _tone(sentence, row.nps)
                rows.append(
                    (person, known, tone, basis, row.wave, row.account, row.respondent, sentence)
                )
    frame = pd.DataFrame(rows, columns=NAMED)
    return frame.drop_duplicates(["person", "respondent", "wave", "sentence"], ignore_index=True)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """One row a person: sentences of praise and blame, by how many people and accounts."""
    if found.empty:
        return pd.DataFrame(columns=SUMMARY)
    tones = found.pivot_table(index="person", columns="tone", aggfunc="size", fill_value=0)
    counts = found.groupby("person").agg(
        known=("known", "first"), people=("respondent", "nunique"), accounts=("account", "nunique")
    )
    frame = counts.join(tones).reindex(columns=list(SUMMARY[1:])).fillna(0).reset_index()
    numbers = ["praise", "complaint", "unclear", "people", "accounts"]
    frame[numbers] = frame[numbers].astype(int)
    return frame[list(SUMMARY)].sort_values(
        ["people", "person"], ascending=[False, True], ignore_index=True
    )


def praised(found: pd.DataFrame, confirmed: Iterable[str], minimum: int) -> pd.DataFrame:
    """Who was praised by name and may be shown: confirmed by a person; columns person, people.

    Empty where fewer than `minimum` people praised somebody in all.
    """
    may = found[(found["tone"] == "praise") & found["person"].isin(set(confirmed))]
    if may["respondent"].nunique() < minimum:
        return pd.DataFrame(columns=["person", "people"])
    counts = may.groupby("person")["respondent"].nunique()
    frame = counts.rename("people").reset_index()
    return frame.sort_values(["people", "person"], ascending=[False, True], ignore_index=True)


def _who(sentence: str, people: list[str]) -> list[tuple[str, str]]:
    """Persons of the list whom a sentence names; and, where it names none, other first names."""
    found = []
    for person in people:
        first, last = person.split()[0], person.split()[-1]
        full = re.compile(rf"(?i)(?<!\w){names.any_accent(person)}(?:['’]?s)?(?!\w)")
        alone = [first] + [last] * (len(last) > 3)
        same = [other for other in people if first in other.split()]
        parts = [part for part in alone if part != first or len(same) == 1]
        short = re.compile(
            "|".join(rf"(?<!\w){names.any_accent(part)}(?:['’]?s)?(?!\w)" for part in parts)
            or r"$^"
        )
        if full.search(sentence) or any(_meant(hit) for hit in short.finditer(sentence)):
            found.append((person, "staff list"))
    if found:
        return found
    masked = redact.masker()(sentence)
    if redact.PERSON not in masked:
        return []
    return [(name, "recognised") for name in _recognised(sentence)]


def _meant(hit: re.Match[str]) -> bool:
    """Whether a name that is also an everyday word ("Mark", "Claire") stands for a person."""
    if names.folded(hit[0]) not in names.usual() and not names.everyday(hit[0]):
        return True
    if not hit[0][:1].isupper():
        return False
    before, after = hit.string[: hit.start()].split(), hit.string[hit.end() :].split()
    inside = bool(before) and before[-1][-1] not in ".!?:;"
    return inside or (bool(after) and after[0].casefold().strip(",.") in _VERBS)


def _recognised(sentence: str) -> list[str]:
    """First names with a capital, and a surname after them."""
    told = []
    for found in re.finditer(r"[A-ZÀ-ÖØ-Þ][\w-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w-]+)?", sentence):
        first = found[0].split()[0]
        if names.folded(first.split("-")[0]) in names.first_names():
            rest = found[0].split()[1:]
            told.append(" ".join([first, *(w for w in rest if not names.everyday(w))]))
    return told


def _tone(sentence: str, rating: float) -> tuple[str, str]:
    """Praise or complaint by the words, or by the score where the words do not say.

    >>> _tone("Anna was not helpful at all", 9.0), _tone("Ask Anna", 9.0), _tone("Ask Anna", 8.0)
    (('complaint', 'words'), ('praise', 'score'), ('unclear', ''))
    """
    said = re.findall(r"[\w']+", sentence.casefold())
    score = 0
    for i, word in enumerate(said):
        if word in _NEVER and not (_PRAISE | _BLAME).intersection(said[i + 1 : i + 4]):
            score -= 1
        turned = any(w in _NOT or w.endswith("n't") for w in said[max(i - 3, 0) : i])
        if word in _PRAISE:
            score += -1 if turned else 1
        elif word in _BLAME:
            score += 1 if turned else -1
    if score:
        return ("praise" if score > 0 else "complaint"), "words"
    if rating >= 9:
        return "praise", "score"
    if rating <= 6:
        return "complaint", "score"
    return "unclear", ""
