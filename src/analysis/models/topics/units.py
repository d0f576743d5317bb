"""Comments as units of analysis: masked, told apart by language, split into sentences.

Every comment is either used or set aside with a reason: comments in = used + set aside.
"""

import re
import unicodedata
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from analysis.language import later, printed, tr
from analysis.models.topics import redact
from analysis.survey.tables import Survey

DETECTABLE = 3  # words below which every detector guesses (topics.md 5.2)
MIN_WORDS = 3  # a shorter piece of a comment is joined to the sentence before it
LONG_COMMENT = 2000  # characters; a longer one is read to here

#: Why a comment is set aside, in the order of the checks.
REASONS = {
    "empty": later("Empty"),
    "no words": later("No words (only signs, figures or emoji)"),
    "no content": later("Says that there is nothing to say (“none”, “n/a”)"),
    "positive, unspecified": later("Only says that all is well (“all good”)"),
    "one word": later("One word"),
    "repeated": later("The same person's same words again"),
}


def _set(text: str) -> frozenset[str]:
    return frozenset(" ".join(entry.split()) for entry in text.split("|"))


#: Comments, letters only, that hold nothing; and those that are content without saying with what.
_NOTHING = _set(
    """none | n a | na | n v t | nvt | nil | nothing | nothing to add | nothing else | no |
    nope | no comment | no comments | no further comments | no comments at this time | x |
    xx | xxx | not applicable | idem | see above | null | nan | geen | geen opmerkingen |
    geen opmerking | geen commentaar | geen verdere opmerkingen | niets | nee |
    niets toe te voegen | zie boven | keine | keine angaben | keine angabe | k a | nichts |
    nein | keine anmerkungen | kein kommentar | nichts hinzuzufügen | rien | neant | néant |
    ras | r a s | aucun | aucune | non | rien à signaler | rien à ajouter |
    aucun commentaire | sans commentaire | test"""
)
_ALL_WELL = _set(
    """all good | all is good | all fine | all is fine | all ok | all okay | ok | okay | fine |
    good | great | very good | excellent | perfect | happy | satisfied | very satisfied |
    no complaints | no issues | keep it up | keep up the good work | well done | goed |
    prima | alles goed | alles ok | alles prima | gaat goed | top | tevreden | zeer tevreden
    | ga zo door | heel goed | geen klachten | alles bestens | alles gut | gut | sehr gut |
    alles in ordnung | alles ok | zufrieden | sehr zufrieden | weiter so | passt |
    alles super | keine klagen | tout va bien | tout est bien | bien | très bien | parfait |
    rien à redire | satisfait | très satisfait | continuez ainsi"""
)

_END = re.compile(r"(?<=[.!?;…؟。])[\"'”’)\]]*\s+|[;\n\r]+")
_BUT = re.compile(
    r"(?i)(?:\s*,\s+|\s+)(?=(?:but|however|maar|echter|aber|jedoch|mais|cependant)\s)"
)
_ABBREVIATION = re.compile(
    r"(?i)(?:\b(?:e\.g|i\.e|z\.b|d\.h|bijv|bv|ca|approx|nr|no|st|dr|mr|mrs|ms|prof|incl|evtl|usw|etc|resp|vs)"
    r"|\b[A-Z])\.$"
)


@dataclass(frozen=True)
class Said:
    """What customers said, ready for topics; stable order, whatever the order of the rows.

    comments : one row a comment: comment (its number), respondent, wave, account, role, mode, nps,
        text (masked), language, cut (read to `LONG_COMMENT` only), reason ("" when used).
    sentences : one row a sentence of a used comment: comment, text (masked), language, words.
    """

    comments: pd.DataFrame
    sentences: pd.DataFrame

    def at(self, wave: str) -> "Said":
        """What was said in one wave."""
        comments = self.comments[self.comments["wave"] == wave]
        return Said(comments, self.sentences[self.sentences["comment"].isin(comments["comment"])])

    @cached_property
    def used(self) -> pd.DataFrame:
        """Comments that are used."""
        return self.comments[self.comments["reason"] == ""]

    @cached_property
    def account(self) -> pd.DataFrame:
        """How many comments came in, were used, and were set aside and why; columns what, n."""
        counts = self.comments["reason"].value_counts()
        rows = [
            (tr("Comments received"), len(self.comments)),
            (tr("Used for topics"), len(self.used)),
        ]
        most = printed(LONG_COMMENT)
        cut = tr("Of these, read to the first {n} characters only", n=most)
        others = [(cut, int(self.used["cut"].sum()))]
        for key, reason in REASONS.items():
            said = tr("Set aside: {reason}", reason=tr(reason))
            others.append((said, int(counts.get(key, 0))))
        rows += [row for row in others if row[1]]
        return pd.DataFrame(rows, columns=["what", "n"])

    @cached_property
    def languages(self) -> pd.DataFrame:
        """Used comments by language, most frequent first; columns language, n."""
        counts = self.used["language"].replace("", "unknown").value_counts()
        frame = counts.rename_axis("language").reset_index(name="n")
        return frame.sort_values(["n", "language"], ascending=[False, True], ignore_index=True)


def named_in(survey: Survey, staff: Iterable[str]) -> tuple[list[str], list[str]]:
    """Whose names comments may hold: the client's people, and its customers (see `redact.masker`).

    Parameters
    ----------
    staff : the client's own list; owners of accounts and of actions are added.
    """
    owners = [*survey.accounts["owner"].dropna(), *survey.actions["owner"].dropna()]
    customers = [*survey.accounts["name"].dropna(), *survey.answers["account"].dropna().unique()]
    return [*staff, *owners], customers


def read(
    comments: pd.DataFrame,
    *,
    languages: Iterable[str] = ("en", "nl", "de", "fr"),
    mask: redact.Mask | None = None,
) -> Said:
    """Mask, check and split comments.

    Parameters
    ----------
    comments : `Survey.comments` (COMMENT_COLUMNS); `text` may hold anything.
    languages : languages that may be recognised, as two letters.
    mask : from `redact.masker`; default masks patterns only.

    Returns
    -------
    Said. No comment is lost: each is used or has a reason.
    """
    mask = mask or redact.masker()
    frame = comments.copy()
    clean = [_clean(text) for text in frame["text"]]
    frame["cut"] = [len(text) > LONG_COMMENT for text in clean]
    frame["text"] = [mask(_cut(text)) for text in clean]
    keys = ["respondent", "wave", "question", "text"]
    frame = frame.sort_values(keys, kind="stable", na_position="first", ignore_index=True)
    frame["comment"] = range(len(frame))
    frame["reason"] = [_reason(text) for text in frame["text"]]
    again = frame.assign(same=frame["text"].map(_folded)).duplicated(["respondent", "wave", "same"])
    frame.loc[again & (frame["reason"] == ""), "reason"] = "repeated"
    frame["language"] = _languages(frame, tuple(languages))
    rows = []
    used = frame[frame["reason"] == ""]
    for comment, text, language in zip(
        used["comment"], used["text"], used["language"], strict=True
    ):
        for sentence in sentences(text):
            rows.append((comment, sentence, language, len(_words(redact.bare(sentence)))))
    split = pd.DataFrame(rows, columns=["comment", "text", "language", "words"])
    return Said(frame.drop(columns="question"), split.astype({"words": int, "comment": int}))


def sentences(text: str) -> list[str]:
    """Split a comment at ends of sentences, line breaks and "but", in four languages.

    Pieces of fewer than `MIN_WORDS` words stay with the piece before (or after) them.

    Examples
    --------
    >>> sentences("Thanks. The planner calls back at once, but invoices are always late.")
    ['Thanks. The planner calls back at once', 'but invoices are always late.']
    """
    pieces: list[str] = []
    for piece in _END.split(text):
        if pieces and _ABBREVIATION.search(pieces[-1]):
            pieces[-1] += " " + piece.strip()
        elif piece.strip():
            pieces.append(piece.strip())
    parts = [part.strip(" ,") for piece in pieces for part in _BUT.split(piece) if part.strip(" ,")]
    joined: list[str] = []
    for part in parts:
        short = len(_words(part)) < MIN_WORDS
        before_short = joined and len(_words(joined[-1])) < MIN_WORDS
        if joined and (short or before_short):
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


def _clean(text: object) -> str:
    """Any cell as one line-broken text without control characters."""
    if text is None or (not isinstance(text, str) and pd.isna(text)):  # type: ignore[call-overload]
        return ""
    normal = unicodedata.normalize("NFC", str(text))
    kept = "".join(
        c if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co") else " "
        for c in normal
    )
    return re.sub(r"[ \t\u00a0]+", " ", kept).strip()


def _cut(text: str) -> str:
    """The first `LONG_COMMENT` characters, to the end of a word."""
    return text if len(text) <= LONG_COMMENT else text[:LONG_COMMENT].rsplit(" ", 1)[0]


def _words(text: str) -> list[str]:
    """Words with at least one letter; where words are not spaced, two letters count as one."""
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    unspaced = re.findall(r"[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]", text)
    return words + [""] * (len(unspaced) // 2)


def _folded(text: str) -> str:
    """Letters and figures only, in one case: how two comments are compared."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _reason(text: str) -> str:
    folded = _folded(redact.bare(text))
    if not text:
        return "empty"
    if folded in _NOTHING:
        return "no content"
    if not re.search(r"[^\W\d_]", folded):
        return "no words"
    if folded in _ALL_WELL:
        return "positive, unspecified"
    return "one word" if len(_words(redact.bare(text))) < 2 else ""


def _languages(frame: pd.DataFrame, languages: tuple[str, ...]) -> list[str]:
    """Language of each comment: recognised from three words on, else as the answer says."""
    given = [value if isinstance(value, str) else "" for value in frame["language"]]
    used = [
        (i, redact.bare(text))
        for i, text in enumerate(frame["text"])
        if frame["reason"].iat[i] == ""
    ]
    long = [(i, text) for i, text in used if len(_words(text)) >= DETECTABLE]
    if not long:
        return given
    for i, text in long:
        # Forced into four European languages, Arabic would become English.
        detect = language_detector(languages if _latin(text) else ())
        given[i] = str(detect.classify(text)[0])
    return given


@lru_cache(maxsize=4)
def language_detector(languages: tuple[str, ...]) -> Any:
    """Detector of these languages; of all that it knows when none of them is known."""
    made = copy(_every_language())
    known = [code for code in languages if code in set(made.labels)]
    if known:
        made.set_languages(known)
    return made


@lru_cache(maxsize=1)
def _every_language() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def _latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum("LATIN" in unicodedata.name(c, "") for c in letters) * 2 >= len(letters)
