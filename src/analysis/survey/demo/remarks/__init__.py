"""What made-up customers write, drawn so that each score group has its own themes."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

#: Share of each theme among a score group's reasons. The first of each is the planted one
#: (domain: promoters talk partnership, passives service delivery, detractors fixing problems).
THEMES: dict[str, dict[str, float]] = {
    "promoter": {
        "partnership": 0.46,
        "people": 0.24,
        "response": 0.10,
        "innovation": 0.08,
        "portal": 0.06,
        "price": 0.06,
    },
    "passive": {
        "delivery": 0.48,
        "contract": 0.20,
        "price": 0.14,
        "innovation": 0.06,
        "portal": 0.06,
        "people": 0.06,
    },
    "detractor": {
        "problems": 0.50,
        "promises": 0.14,
        "communication": 0.14,
        "response": 0.08,
        "turnover": 0.08,
        "invoicing": 0.06,
    },
}

#: What is asked for when one thing may be improved; the same for all.
WISHES = {
    "communication": 0.2,
    "response": 0.2,
    "portal": 0.15,
    "contract": 0.12,
    "invoicing": 0.13,
    "turnover": 0.1,
    "improve": 0.1,
}

#: Share of the answers that carry a reason, and a wish.
WRITES = {"promoter": 0.55, "passive": 0.5, "detractor": 0.75}
WISHES_SHARE = 0.3
_SAYS_NOTHING = 0.05
_SAYS_MORE = 0.35


def group(rating: float) -> str:
    """Score group of a recommendation."""
    return "promoter" if rating >= 9 else "passive" if rating >= 7 else "detractor"


class Writer:
    """Hands out remarks of a theme so that none recurs before all others were used."""

    def __init__(self, business: str, staff: tuple[str, ...], rng: np.random.Generator) -> None:
        self._business, self._staff, self._rng = business, staff, rng
        self._left: dict[tuple[str, str], Iterator[str]] = {}

    def remark(self, language: str, theme: str) -> str:
        """One remark."""
        bank = _bank(language)
        remarks = [*bank[theme], *bank.get(f"{theme}/{self._business}", [])]
        key = (language, theme)
        text = next(self._left.get(key, iter(())), None)
        if text is None:
            shuffled = [remarks[k] for k in self._rng.permutation(len(remarks))]
            self._left[key] = iter(shuffled)
            text = next(self._left[key])
        return text.replace("{staff}", str(self._rng.choice(list(self._staff))))

    def reason(self, language: str, voice: str) -> tuple[str, str]:
        """A reason for a score, and its theme: one remark, or two on different themes."""
        if self._rng.random() < _SAYS_NOTHING:
            return self.remark(language, "nothing"), "nothing"
        shares = THEMES[voice]
        theme = str(self._rng.choice(list(shares), p=list(shares.values())))
        text = self.remark(language, theme)
        if self._rng.random() < _SAYS_MORE:
            others = [other for other in shares if other != theme]
            more = self.remark(language, str(self._rng.choice(others)))
            text = f"{text if text[-1] in '.!?' else text + '.'} {more}"
        return text, theme

    def wish(self, language: str) -> tuple[str, str]:
        """One thing to improve, and its theme."""
        theme = str(self._rng.choice(list(WISHES), p=list(WISHES.values())))
        return self.remark(language, theme), theme


def write(
    answers: pd.DataFrame, business: str, staff: tuple[str, ...], rng: np.random.Generator
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Comments of one wave: columns comment_reason and comment_improve, and the planted themes.

    `answers` needs respondent_id, wave, language and nps.
    """
    writer = Writer(business, staff, rng)
    texts = pd.DataFrame("", answers.index, ["comment_reason", "comment_improve"])
    themes = []
    for row in answers.itertuples():
        voice = group(row.nps)
        said = {}
        if rng.random() < WRITES[voice]:
            said["comment_reason"] = writer.reason(row.language, voice)
        if rng.random() < WISHES_SHARE:
            said["comment_improve"] = writer.wish(row.language)
        for question, (text, theme) in said.items():
            texts.loc[row.Index, question] = text
            themes.append(
                {
                    "respondent": row.respondent_id,
                    "wave": row.wave,
                    "question": question,
                    "theme": theme,
                }
            )
    return texts, themes


@cache
def _bank(language: str) -> dict[str, list[str]]:
    text = (files(__package__) / f"{language}.yml").read_text(encoding="utf-8")
    return {theme: [str(line) for line in lines] for theme, lines in yaml.safe_load(text).items()}
