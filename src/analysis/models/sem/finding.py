"""What the commitment-trust chapter found: the frames that its pages are made of."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.language import tr
from analysis.measures import scales
from analysis.models import tier
from analysis.models.sem import averages, contrasts, crq_levels, theory, triangulation
from analysis.models.sem.signs import SIGNS, signs

#: A question counts as asked when at least this share of the wave's respondents answered it (our
#: default); a respondent counts for the model who answered this share of its questions.
ASKED = 0.5

PARAMETERS = (
    "term",
    "lhs",
    "op",
    "rhs",
    "estimate",
    "ci_low",
    "ci_high",
    "se",
    "p",
    "n",
    "n_accounts",
    "expected",
    "verdict",
)

INDICES = ("term", "estimate", "ci_low", "ci_high", "n", "note")
R2 = ("term", "estimate", "ci_low", "ci_high", "n", "label")

#: Frames that only some samples carry, and their columns where there is none.
EMPTY = {
    "r2": R2,
    "indices": INDICES,
    "reliability": ("term", "estimate", "ci_low", "ci_high", "ave", "items", "n", "label"),
    "correlations": ("one", "other", "estimate", "ci_low", "ci_high", "n"),
    "htmt": ("one", "other", "estimate", "ci_low", "ci_high", "n", "note"),
    "beside": SIGNS,
    "effects": theory.EFFECTS,
    "mediation": theory.MEDIATION,
    "rival": theory.RIVAL,
    "invariance": contrasts.INVARIANCE,
    "differences": contrasts.DIFFERENCES,
    "sensitivity": triangulation.SENSITIVITY,
    "power": triangulation.POWER,
    "common_method": triangulation.COMMON,
    "levels": crq_levels.COLUMNS,
}


@dataclass(frozen=True)
class Fit:
    """What the model found for one client and wave; frames are empty where it found nothing.

    parameters : every standardised estimate, columns `PARAMETERS`; op as in lavaan: "=~" loading,
        "~" path, "~~" correlation (of residuals) or error variance.
    signs : the 13 expected paths, columns `signs.SIGNS`, each with its verdict.
    frames : the rest by name; read them as attributes. r2, indices, reliability, correlations,
        htmt, beside (the paths by averages), effects, mediation, rival, invariance, differences,
        sensitivity, power, common_method, levels: columns as `EMPTY` lists them.
    tier : what the number of answers allows. engine : "semopy", "rapport" (answers with gaps),
        "averages" or "none". usable : whether anything may be shown; `reason` says why not.
    problems : sentences. rival_verdict : "model", "rival", "undecided" or ""; rival_p : p of the
        chi-square difference. levels_note : a sentence or "".
    """

    parameters: pd.DataFrame
    signs: pd.DataFrame
    frames: dict[str, pd.DataFrame] = field(repr=False)
    tier: tier.Tier
    engine: str
    n: int
    n_accounts: float
    answered: int
    usable: bool
    reason: str
    method: str
    problems: tuple[str, ...] = ()
    text: str = ""
    rival_verdict: str = ""
    rival_p: float = float("nan")
    levels_note: str = ""

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Read a frame by its name."""
        if name in EMPTY:
            found = self.frames.get(name)
            return pd.DataFrame(columns=list(EMPTY[name])) if found is None else found
        raise AttributeError(name)

    @property
    def paths(self) -> pd.DataFrame:
        """The expected paths that were asked and estimated."""
        return self.signs[self.signs["estimate"].notna()].reset_index(drop=True)


def instead(by_averages: Fit, problems: tuple[str, ...]) -> Fit:
    """The averages, saying why they stand in for the model."""
    said = tr(
        "The structural equation model gave a result that cannot be, so it is not shown; averages "
        "of the questions take its place."
    )
    return replace(by_averages, problems=(f"{said} {' '.join(problems)}",))


def made(found: pd.DataFrame, frames: dict[str, pd.DataFrame], **parts: object) -> Fit:
    """A Fit of these estimates."""
    verdicts = parts["signs"].set_index("term")[["expected", "verdict"]]
    terms = found["rhs"] + " -> " + found["lhs"]
    is_path = (found["op"] == "~") | terms.isin(verdicts.index)
    terms = terms.where(is_path, found["lhs"] + " " + found["op"] + " " + found["rhs"])
    parameters = found.assign(term=terms).join(verdicts.where(verdicts.notna()), on="term")
    return Fit(parameters=parameters.reindex(columns=list(PARAMETERS)), frames=frames, **parts)


def nothing(answers: pd.DataFrame, allowed: tier.Tier, reason: str) -> Fit:
    """Return a finding of nothing, with the reason."""
    empty = pd.DataFrame(columns=list(averages.COLUMNS))
    return made(
        empty,
        {},
        signs=signs(empty),
        tier=allowed,
        engine="none",
        n=0,
        n_accounts=np.nan,
        answered=len(answers),
        usable=False,
        reason=reason,
        method="",
    )


def omega(frame: pd.DataFrame) -> pd.DataFrame:
    """Reliability with omega as the estimate."""
    names = {"omega": "estimate", "omega_low": "ci_low", "omega_high": "ci_high"}
    return named(frame.rename(columns=names))


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with the constructs' printed names in `label`."""
    return frame.assign(label=frame["term"].map(scales.label))


def pairs_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with the printed names of a pair in `one` and `other`."""
    return frame.assign(one=frame["lhs"].map(scales.label), other=frame["rhs"].map(scales.label))
