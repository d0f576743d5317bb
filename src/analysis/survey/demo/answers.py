"""Answers drawn from a latent model whose standardised paths are known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.survey.demo.clients import (
    ANTECEDENT_CORRELATIONS,
    ANTECEDENTS,
    DIMENSIONS,
    Spec,
)
from analysis.survey.demo.statements import CRQ, STATEMENTS

#: Share of an antecedent's variance that the contacts of one account have in common. Only the
#: antecedents cluster: disturbances are independent, so that plain standard errors of paths hold.
ACCOUNT_SHARE = 0.15
#: Share that stays with a person from wave to wave.
PERSON_SHARE = 0.45

_MISSING_ITEM = 0.0045
_PARTIAL = 0.012  # share that stops after two thirds of the statements


def latents(spec: Spec, people: pd.DataFrame, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Standard-normal constructs of all people, one frame per wave, and their `advocacy`.

    `people` needs `account`; the result has one column per construct, each with variance 1. Only
    the paths among constructs that the client asks are drawn: a cause that nobody asks about would
    bend the paths of its neighbours.
    """
    names = [name for name in ANTECEDENTS if name in spec.constructs]
    asked = [ANTECEDENTS.index(name) for name in names]
    antecedents = np.array(ANTECEDENT_CORRELATIONS)[np.ix_(asked, asked)]
    root = np.linalg.cholesky(antecedents) if names else antecedents
    codes, groups = pd.factorize(people["account"])

    def correlated(n: int) -> np.ndarray:
        return rng.standard_normal((n, len(names))) @ root.T

    shared = np.sqrt(ACCOUNT_SHARE) * correlated(len(groups))[codes]
    stable = np.sqrt(PERSON_SHARE) * correlated(len(people))
    equations = {"trust": {}, "commitment": {}}
    for (cause, effect), b in spec.paths.items():
        equations.setdefault(effect, {})[cause] = b
    equations |= DIMENSIONS | {"advocacy": spec.drivers}
    spreads = _spreads(names, antecedents, equations)
    own_stable = rng.standard_normal((len(people), len(equations)))
    frames = []
    for _ in spec.waves:
        passing = np.sqrt(1 - ACCOUNT_SHARE - PERSON_SHARE) * correlated(len(people))
        values = dict(zip(names, (shared + stable + passing).T, strict=True))
        own = np.sqrt(PERSON_SHARE) * own_stable + np.sqrt(1 - PERSON_SHARE) * rng.standard_normal(
            own_stable.shape
        )
        for k, (name, causes) in enumerate(equations.items()):
            explained = sum(b * values[cause] for cause, b in causes.items())
            values[name] = explained + spreads[name] * own[:, k]
        frames.append(pd.DataFrame(values, index=people.index))
    return frames


def _spreads(
    names: list[str], covariance: np.ndarray, equations: dict[str, dict[str, float]]
) -> dict[str, float]:
    """Spread of the disturbance of each equation that makes all variances 1.

    `equations` stand in causal order after the constructs `names`, whose correlations are given.
    """
    names = list(names)
    spreads = {}
    for name, causes in equations.items():
        b = np.array([causes.get(other, 0.0) for other in names])
        with_others = covariance @ b
        spreads[name] = float(np.sqrt(1 - b @ with_others))
        covariance = np.block([[covariance, with_others[:, None]], [with_others[None, :], 1.0]])
        names.append(name)
    return spreads


def items(
    scores: pd.DataFrame,
    constructs: list[str],
    level: float,
    spread: float,
    rng: np.random.Generator,
    shifts: Mapping[str, float | np.ndarray] | None = None,
) -> pd.DataFrame:
    """Answers from 1 to 7; reverse-keyed statements are turned round, as asked.

    Loadings run from .74 to .88 within a construct. `shifts` moves single statements by so many
    points: for all, or for each row.
    """
    shifts = shifts or {}
    columns = {}
    for construct in constructs:
        statements = STATEMENTS[construct]
        middle = level if construct not in _LOW_IS_GOOD else 8 - level
        for k, statement in enumerate(statements):
            loading = 0.88 - 0.07 * k
            noise = np.sqrt(1 - loading**2) * rng.standard_normal(len(scores))
            value = middle + spread * (loading * scores[construct].to_numpy() + noise)
            value = value + shifts.get(f"{construct}_{k + 1}", 0.0)
            answer = np.clip(np.rint(value), 1, 7)
            if statement.endswith("(R)"):
                answer = 8 - answer
            columns[f"{construct}_{k + 1}"] = answer
    return pd.DataFrame(columns, index=scores.index)


_LOW_IS_GOOD = ("opportunism", "propensity_to_leave", "uncertainty")


def ratings(
    advocacy: pd.Series, counts: tuple[int, int, int], rng: np.random.Generator
) -> pd.Series:
    """Recommendations 0 to 10 in the order of advocacy, with exactly these counts."""
    drawn = np.concatenate(rising(counts, rng))
    return pd.Series(drawn, advocacy.sort_values().index).reindex(advocacy.index)


def rising(
    counts: tuple[int, int, int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings of so many promoters, passives and detractors: detractors first, each rising."""
    promoters, passives, detractors = counts
    return (
        np.sort(rng.choice(range(7), detractors, p=[0.03, 0.03, 0.06, 0.1, 0.16, 0.26, 0.36])),
        np.sort(rng.choice([7, 8], passives, p=[0.42, 0.58])),
        np.sort(rng.choice([9, 10], promoters, p=[0.65, 0.35])),
    )


def blank(answers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Some answers left out completely at random, and some people who stopped early."""
    lost = rng.random(answers.shape) < _MISSING_ITEM
    stopped = rng.random(len(answers)) < _PARTIAL
    lost[stopped, 2 * answers.shape[1] // 3 :] = True
    return answers.mask(lost)


def asked(spec: Spec) -> list[str]:
    """Constructs that this client asks, in the order of its questionnaire."""
    return [*CRQ, *spec.constructs]
