"""Who is named in comments, in praise or in complaint: a list for a person to confirm.

Only answers given in the open are read. Nothing of it reaches a client's page before a person has
confirmed the name (`comments.confirmed_people`), and then praise alone. A person is found where
the redaction would mask one, so that the two miss the same names.
"""

import re
from collections.abc import Iterable

import pandas as pd

from analysis.language import later
from analysis.models.topics import names, patterns, redact, regard, units

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

PRAISE, BLAME = 9, 6  # a rating from which, and to which, the score decides (bands of the NPS)

_TITLE = re.compile(rf"^(?:{patterns.TITLE}\.?\s+)+")
_GENITIVE = re.compile(r"(?:['’]s?|(?<=s)['’])$")


def named(
    comments: pd.DataFrame, staff: Iterable[str], companies: Iterable[str] = ()
) -> pd.DataFrame:
    """Find the client's people in comments.

    Parameters
    ----------
    comments : `Survey.comments`, as they came in. staff : names of the client's people.
    companies : names of its customers, which are no persons (see `units.named_in`).

    Returns
    -------
    DataFrame with `NAMED`, one row a person and sentence: known ("staff list", or "recognised"
    for a name on no list, as it was written); tone ("praise", "complaint", "unclear") and what it
    rests on: basis "words", "score" (9-10 praise, 0-6 complaint) or "". A name that two of the
    staff share is listed as it was written.
    """
    people = sorted({" ".join(str(name).split()) for name in staff if str(name).strip()})
    mask, whose = redact.masker(people, companies), _Resolved(people)
    own = comments[comments["mode"] == "attributable"]
    rows = []
    for row in own.sort_values(["wave", "respondent", "question", "text"]).itertuples():
        if not isinstance(row.text, str) or redact.PERSON not in mask(row.text):
            continue
        for sentence in units.sentences(row.text):
            for written in redact.hidden(sentence, mask(sentence)):
                person, known = whose.person(written)
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


class _Resolved:
    """Tells whom of the list a written name means."""

    def __init__(self, people: list[str]) -> None:
        self._people = {
            person: {
                said(word)
                for part in person.split()
                for word in (part, *part.split("-"))
                for said in (names.folded, names.spelled_out)
            }
            for person in people
        }
        self._known: dict[str, tuple[str, str]] = {}

    def person(self, written: str) -> tuple[str, str]:
        """Name on the list and "staff list"; else the name as written and "recognised".

        A genitive's s and a title before a listed name are left out.
        """
        if written not in self._known:
            name = _GENITIVE.sub("", written.strip(" ,.;:"))
            words = [w for w in re.split(r"[\s.-]+", names.folded(_TITLE.sub("", name))) if w]
            words = [w for w in words if not re.fullmatch(patterns.PARTICLE, w)]
            meant = self._meant(words)
            self._known[written] = (
                (meant[0], later("staff list"))
                if len(meant) == 1
                else (name, "staff list" if meant else later("recognised"))
            )
        return self._known[written]

    def _meant(self, words: list[str]) -> list[str]:
        """People of whom every written word is a part, exactly or else one letter apart."""
        for same in (_same, _alike):
            meant = [
                person
                for person, own in self._people.items()
                if words and all(any(same(word, part) for part in own) for word in words)
            ]
            if meant:
                return meant
        return []


def _same(word: str, part: str) -> bool:
    """Whether a written word is a part of a name, with or without an s, or its initial."""
    initial = len(word) == 1 and part.startswith(word)
    return initial or word == part or (word.endswith("s") and word[:-1] == part)


def _alike(word: str, part: str) -> bool:
    """Whether a word is a part of a name with one letter wrong."""
    short = min(len(word), len(part)) < redact.MISSPELT - 1
    return _same(word, part) or (not short and redact.one_apart(word, part))


def _tone(sentence: str, rating: float) -> tuple[str, str]:
    """Praise or complaint by the words, or by the score where the words do not say.

    >>> _tone("Anna was not helpful at all", 9.0), _tone("Ask Anna", 9.0), _tone("Ask Anna", 8.0)
    (('complaint', 'words'), ('praise', 'score'), ('unclear', ''))
    """
    balance = regard.balance(sentence)
    if balance:
        return ("praise" if balance > 0 else "complaint"), "words"
    if rating >= PRAISE:
        return "praise", "score"
    if rating <= BLAME:
        return "complaint", "score"
    return "unclear", ""
