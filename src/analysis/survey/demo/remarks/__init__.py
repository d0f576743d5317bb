"""What made-up customers write, drawn so that each score group has its own themes."""

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

#: Share of each theme among a score group's reasons. The first of each is the planted one
#: (domain.md 0.37: promoters talk partnership, passives service delivery, detractors fixing
#: problems). A word after the point is the tone, where a theme can be praised and blamed.
THEMES: dict[str, dict[str, float]] = {
    "promoter": {
        "partnership": 0.46,
        "people": 0.24,
        "response.good": 0.10,
        "innovation.good": 0.08,
        "portal.good": 0.06,
        "price.good": 0.06,
    },
    "passive": {
        "delivery": 0.48,
        "contract": 0.20,
        "price": 0.14,
        "innovation.bad": 0.06,
        "portal.bad": 0.06,
        "people": 0.06,
    },
    "detractor": {
        "problems": 0.50,
        "promises": 0.14,
        "communication": 0.14,
        "response.bad": 0.08,
        "turnover": 0.08,
        "invoicing": 0.06,
    },
}

#: What is asked for when one thing may be improved; the same for all.
WISHES = {
    "communication.wish": 0.19,
    "response.wish": 0.18,
    "portal.wish": 0.14,
    "contract.wish": 0.12,
    "invoicing.wish": 0.11,
    "turnover.wish": 0.1,
    "innovation.wish": 0.08,
    "other": 0.08,
}

#: Share of the answers that carry a reason, and a wish.
WRITES = {"promoter": 0.55, "passive": 0.5, "detractor": 0.75}
WISHES_SHARE = 0.3
_SAYS_NOTHING = 0.05
_SAYS_MORE = 0.35
_OWN_CONTACT = 0.8  # a person who is named is mostly the one who looks after the account


def group(rating: float) -> str:
    """Score group of a recommendation."""
    return "promoter" if rating >= 9 else "passive" if rating >= 7 else "detractor"


class Writer:
    """Hands out remarks of a theme so that none recurs before all others were used."""

    def __init__(self, business: str, staff: tuple[str, ...], rng: np.random.Generator) -> None:
        self._business, self._staff, self._rng = business, staff, rng
        self._left: dict[tuple[str, str], list[str]] = {}
        self._said: dict[str, set[str]] = {}

    def remark(self, language: str, theme: str, contact: str) -> str:
        """One remark, not one that this person made before."""
        bank = _bank(language)
        said = self._said.setdefault(contact, set())
        left = self._left.setdefault((language, theme), [])
        if not set(left) - said:
            remarks = [*bank[theme], *bank.get(f"{theme}/{self._business}", [])]
            # The new pile goes under what is left of the old one.
            left[:0] = [remarks[k] for k in self._rng.permutation(len(remarks))]
        text = next(line for line in reversed(left) if line not in said)
        left.reverse()
        left.remove(text)
        left.reverse()
        said.add(text)
        return text

    def reason(self, language: str, voice: str, contact: str) -> tuple[str, str, str]:
        """A reason for a score: its text, its theme, and the theme of a second remark or ""."""
        if self._rng.random() < _SAYS_NOTHING:
            return self.remark(language, "nothing", contact), "nothing", ""
        shares = THEMES[voice]
        theme = self._theme(shares)
        text = self.remark(language, theme, contact)
        if self._rng.random() >= _SAYS_MORE:
            return text, theme, ""
        also = self._theme({other: share for other, share in shares.items() if other != theme})
        more = self.remark(language, also, contact)
        return f"{text if text[-1] in '.!?' else text + '.'} {more}", theme, also

    def wish(self, language: str, contact: str) -> tuple[str, str, str]:
        """One thing to improve, as `reason`."""
        theme = "nothing" if self._rng.random() < _SAYS_NOTHING else self._theme(WISHES)
        return self.remark(language, theme, contact), theme, ""

    def named(self, text: str, owner: str) -> tuple[str, str]:
        """The text with one of the supplier's people filled in, and who that is, or "".

        "{staff}" becomes a full name, "{first}" a first name.
        """
        if "{" not in text:
            return text, ""
        person = str(self._rng.choice(list(self._staff)))
        if self._rng.random() < _OWN_CONTACT:
            person = owner
        return text.replace("{staff}", person).replace("{first}", person.split()[0]), person

    def _theme(self, shares: dict[str, float]) -> str:
        weights = np.array(list(shares.values()))
        return str(self._rng.choice(list(shares), p=weights / weights.sum()))


def write(
    answers: pd.DataFrame, owners: dict[str, str], writer: Writer, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Comments of one wave, and what they are about.

    Parameters
    ----------
    answers : respondent_id, wave, language, nps, contact_id and account_id of one wave.
    owners : account -> the supplier's person who looks after it.

    Returns
    -------
    The columns comment_reason and comment_improve; and per comment the respondent, wave, question,
    theme, the theme of its second remark (`also`, or "") and whom of the staff it names (or "").
    """
    texts = pd.DataFrame("", answers.index, ["comment_reason", "comment_improve"])
    themes = []
    for row in answers.itertuples():
        voice = group(row.nps)
        said = {}
        if rng.random() < WRITES[voice]:
            said["comment_reason"] = writer.reason(row.language, voice, row.contact_id)
        if rng.random() < WISHES_SHARE:
            said["comment_improve"] = writer.wish(row.language, row.contact_id)
        for question, (text, theme, also) in said.items():
            texts.loc[row.Index, question], person = writer.named(text, owners[row.account_id])
            themes.append(
                {
                    "respondent": row.respondent_id,
                    "wave": row.wave,
                    "question": question,
                    "theme": theme.split(".")[0],
                    "also": also.split(".")[0],
                    "names": person,
                }
            )
    return texts, themes


def warn(answers: pd.DataFrame, themes: list[dict[str, str]], tiers: dict[str, str]) -> None:
    """Let one important customer say in passing, in the last wave, that he may leave.

    The remark stands alone among hundreds and in place of a reason: a decision maker's of a tier-A
    account, given in the open by a detractor or, where there is none, a passive. Changes both.
    """
    last = answers[answers["wave"] == answers["wave"].iloc[-1]]
    may = last[
        (last["role"] == "decision_maker")
        & (last["confidentiality"] == "attributable")
        & (last["account_id"].map(tiers) == "A")
        & (last["comment_reason"] != "")
        & (last["nps"] <= 8)
    ].sort_values(["nps", "respondent_id"])
    if may.empty:
        return
    row = may.iloc[0]
    answers.loc[row.name, "comment_reason"] = _bank(row["language"])["warning"][0]
    of = ("respondent", row["respondent_id"]), ("question", "comment_reason")
    planted = next(t for t in themes if all(t[key] == value for key, value in of))
    planted |= {"theme": "warning", "also": "", "names": ""}


@cache
def _bank(language: str) -> dict[str, list[str]]:
    text = (files(__package__) / f"{language}.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
