"""What the number of answers, accounts and waves allows, in words."""

from dataclasses import dataclass
from typing import Literal

from analysis.language import later, printed, tr

Method = Literal["model", "averages", "correlations", "nothing"]

#: Fewest answers of each tier, and what is done with them. In simulations of the
#: 12-construct model, half of the samples of 100 gave an impossible solution, 11% of 200 and 3%
#: of 300; below about 200 answers regressions on averages came nearer to the truth.
TIERS: tuple[tuple[int, str, Method, str], ...] = (
    (300, "A", "model", later("enough for a structural equation model of all constructs at once")),
    (
        150,
        "B",
        "model",
        later("enough for a structural equation model, with a test corrected for few answers"),
    ),
    (
        80,
        "C",
        "averages",
        later(
            "too few for a structural equation model (it takes 150), so each construct is the "
            "average of its questions and each arrow a regression"
        ),
    ),
    (
        30,
        "D",
        "correlations",
        later(
            "too few for a model (it takes 80), so constructs are averages of their questions; "
            "regressions have at most one predictor for every ten answers, the rest are "
            "correlations"
        ),
    ),
    (0, "none", "nothing", later("too few to relate one construct to another (it takes 30)")),
)

#: Answers that a structural model takes.
LEAST_MODEL = 150

#: With fewer accounts than this, an interval that allows for accounts is itself uncertain.
FEW_ACCOUNTS = 50


@dataclass(frozen=True)
class Tier:
    """What may be done. `method`: model, averages, correlations or nothing."""

    letter: str
    method: Method
    sentence: str
    n: int

    def __str__(self) -> str:
        return self.sentence


def of(
    n: int,
    n_accounts: float | None = None,
    waves: int | None = None,
    complete: int | None = None,
) -> Tier:
    """Tier of a sample.

    Parameters
    ----------
    n : answers from which averages can be taken.
    n_accounts : accounts behind them; None, NaN or 0 where none is known.
    waves : waves that can be compared; None where that does not matter.
    complete : answers that cover at least half of the model's questions, which a structural model
        needs; None: all `n`.

    Returns
    -------
    Tier with `letter` A, B, C, D or "none". Where enough answered but too few of them
    most questions, the tier is C.

    Examples
    --------
    >>> of(95).letter, of(95).method
    ('C', 'averages')
    >>> of(24).sentence
    '24 answers are too few to relate one construct to another (it takes 30).'
    """
    whole = n if complete is None else min(complete, n)
    used = whole if whole >= LEAST_MODEL else min(n, LEAST_MODEL - 1)
    _, letter, method, words = next(tier for tier in TIERS if used >= tier[0])
    told = {"used": printed(whole), "n": printed(n), "words": tr(words)}
    if n >= LEAST_MODEL > whole:
        said = tr("{used} of {n} answers cover half of the questions or more, {words}.", **told)
    elif method == "model" and whole < n:
        said = tr("{used} answers to most questions, of {n}, are {words}.", **told)
    else:
        said = tr("{n} answers are {words}.", n=told["n"], words=told["words"])
    parts = [said]
    if n_accounts and 0 < n_accounts < FEW_ACCOUNTS and letter != "none":
        parts.append(
            tr(
                "They come from {n} accounts; with fewer than {few} the intervals are rough.",
                n=printed(n_accounts, ",.0f"),
                few=FEW_ACCOUNTS,
            )
        )
    if waves == 1 and letter != "none":
        parts.append(tr("A single wave shows what goes together, not what follows what."))
    return Tier(letter, method, " ".join(parts), int(whole if method == "model" else n))
