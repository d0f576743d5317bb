"""The answers that the models of the NPS classes rest on."""

from dataclasses import dataclass, replace

import pandas as pd

from analysis.errors import ParamsError
from analysis.language import tr
from analysis.measures import inference, scales
from analysis.models.drivers import classes
from analysis.models.drivers.rank import DEFAULT_CANDIDATES, LEAST_ACCOUNTS, LEAST_N
from analysis.params import Params
from analysis.survey.tables import Survey


@dataclass(frozen=True)
class Taken:
    """The complete answers of the reported wave: a rating and a score for every driver."""

    scores: pd.DataFrame  # 0-100, one column per driver
    rating: pd.Series  # 0-10
    level: pd.Series  # 0 detractor, 1 passive, 2 promoter
    answers: pd.DataFrame  # the same rows
    n_asked: int  # answers of the wave that hold a rating
    left_out: tuple[str, ...] = ()  # drivers that got the same score from everybody
    reason: str = ""  # why nothing can be said; then the frames may be empty

    @property
    def n_accounts(self) -> int | None:
        """Accounts behind the answers; None where none is known."""
        return int(self.answers["account"].nunique()) or None


def take(survey: Survey, params: Params) -> Taken:
    """Take the complete answers of the reported wave, or say why they cannot carry a model.

    Raises
    ------
    ParamsError: the parameters name a driver that the codebook does not know.
    """
    wanted = tuple(dict.fromkeys(params.drivers.predictors or DEFAULT_CANDIDATES))
    for name in params.drivers.predictors or ():
        if name not in survey.constructs:
            raise ParamsError(
                f"params/{params.client}.yml: drivers name '{name}', which no column of the "
                "codebook measures; mend the name."
            )
    answers = survey.at(params.wave.id)
    made = {name: score(survey, answers, name) for name in wanted}
    scores = pd.DataFrame(made, index=answers.index).dropna(axis=1, how="all")
    level = classes.of(answers["nps"])
    whole = scores.notna().all(axis=1) & level.notna()
    scores, n_asked = scores[whole], int(level.notna().sum())
    flat = [name for name in scores if scores[name].nunique() == 1]
    found = Taken(
        scores=scores.drop(columns=flat),
        rating=answers.loc[whole, "nps"].astype(float),
        level=level[whole].astype(int),
        answers=answers[whole],
        n_asked=n_asked,
        left_out=tuple(scales.label(name) for name in flat),
    )
    least = max(LEAST_N, params.confidentiality.min_scores)
    return replace(found, reason=_too_little(found, len(scores.columns), least))


def score(survey: Survey, answers: pd.DataFrame, construct: str) -> pd.Series:
    """Scale score from 0 to 100, so that items of different scales may be joined."""
    items = survey.of(construct)
    low, high = (survey.items.loc[items, end].astype(float) for end in ("scale_min", "scale_max"))
    return scales.score(100 * (answers[items] - low) / (high - low), items)


def _too_little(found: Taken, asked: int, least: int) -> str:
    if not found.n_asked:
        return tr("How likely people are to recommend was not asked, so there is no class to move.")
    if not asked:
        return tr("Nothing was asked that may move the NPS.")
    if len(found.scores) < least:
        return tr(
            "{n} complete answers are too few to say what moves people from one class of the NPS "
            "to the next (it takes {least}).",
            n=len(found.scores),
            least=least,
        )
    if found.scores.columns.empty:
        return tr("Every driver got the same score from everybody: there is nothing to compare.")
    clusters = inference.units(found.answers).nunique()
    if clusters < LEAST_ACCOUNTS:
        return tr(
            "The answers come from {accounts} accounts; with fewer than {least} nobody can say how "
            "sure an effect on the NPS is.",
            accounts=clusters,
            least=LEAST_ACCOUNTS,
        )
    return ""
