"""What clients with 24, 90, 200 and 600 answers get in chapter 3, from the fit to the page."""

from types import SimpleNamespace

import numpy as np
import pytest

from analysis.models.sem import commitment_trust
from analysis.publish import page
from analysis.publish.results import Note
from analysis.publish.wording import commitment_trust as wording
from analysis.publish.wording import commitment_trust_checks as checks
from analysis.publish.wording import commitment_trust_checks_tables as checks_tables
from analysis.publish.wording import commitment_trust_tables as tables
from analysis.publish.wording import commitment_trust_theory as theory
from analysis.publish.wording import commitment_trust_theory_tables as theory_tables
from tests import relations

LEAST = 5


def params():
    return SimpleNamespace(
        wave=SimpleNamespace(id="w1"),
        history=(SimpleNamespace(id="w1"),),
        seed=1994,
        drivers=SimpleNamespace(resamples=200),
        confidentiality=SimpleNamespace(min_scores=LEAST),
    )


def blocks(fit):
    """The chapter's blocks by key, as its notebook makes them."""
    made = [
        wording.which(fit.tier.sentence, usable=fit.usable, problems=fit.problems),
        tables.paths(fit.paths, fit.r2, minimum=LEAST, method=fit.method, otherwise=fit.reason),
        wording.core(fit.paths, minimum=LEAST),
        wording.counted(fit.signs, minimum=LEAST),
        theory.mediation(fit.mediation, minimum=LEAST),
        theory_tables.effects(fit.effects, minimum=LEAST),
        theory_tables.mediation(fit.mediation, minimum=LEAST),
        theory.rival(fit.rival, fit.rival_verdict, fit.rival_p, minimum=LEAST),
        theory_tables.rival(fit.rival, fit.rival_p, minimum=LEAST),
        checks.roles(fit.invariance, fit.differences, minimum=LEAST),
        theory.levels(fit.levels, fit.levels_note, minimum=LEAST),
        tables.explained(fit.r2, minimum=LEAST, otherwise=fit.reason),
        tables.loadings(fit.parameters, minimum=LEAST, labels={}),
        tables.measurement(fit.reliability, fit.correlations, fit.htmt, minimum=LEAST),
        tables.fit_table(fit.indices, minimum=LEAST),
        checks.agreement(fit.sensitivity, minimum=LEAST),
        checks_tables.sensitivity(fit.sensitivity, minimum=LEAST),
        checks.power(fit.power, minimum=LEAST),
        checks_tables.power(fit.power, minimum=LEAST),
        checks.common_method(fit.common_method, minimum=LEAST),
        wording.caveats(fit.signs, fit.indices, n=fit.n, answered=fit.answered, engine=fit.engine),
    ]
    flat = []
    for block in made:
        flat += block if isinstance(block, list) else [block]
    return {block.key: block for block in flat if block is not None}


@pytest.fixture(scope="module", params=[24, 90, 200, 600])
def chapter(request):
    n = request.param
    data = relations.sample(n, 12, accounts=max(n // 3, 8))
    if n >= 200:
        data.iloc[::8, 4] = np.nan  # gaps, as real answers have
    fit = commitment_trust.fit(relations.survey(data), params())
    return n, fit, blocks(fit)


def test_every_block_can_be_drawn(chapter):
    _, _, made = chapter
    for block in made.values():
        assert page.block_html(block)


def test_the_chapter_says_what_was_fitted_and_why(chapter):
    n, fit, made = chapter
    said = {
        24: "24 answers are too few to relate one construct to another",
        90: "90 answers are too few for a structural equation model (it takes 150)",
        200: "200 answers are enough for a structural equation model, with a test corrected",
        600: "600 answers are enough for a structural equation model of all constructs at once",
    }[n]
    assert fit.tier.sentence.startswith(said)
    if fit.usable:
        assert made["which_model"].sentence.startswith(said)
    else:
        assert isinstance(made["paths"], Note)
        assert made["paths"].sentence.startswith(said)


def test_each_size_gets_what_it_can_carry_and_no_more(chapter):
    n, _, made = chapter
    always = {"paths", "explained"}
    averages = always | {"trust_commitment", "signs_met", "effects", "reliability", "power"}
    model = averages | {"mediation", "rival", "fit_indices", "htmt", "loadings", "common_method"}
    assert {24: always, 90: averages, 200: model, 600: model}[n] <= set(made)
    if n == 24:
        assert all(isinstance(block, Note) for block in made.values())
    if n == 90:
        assert not {"rival", "fit_indices", "mediation", "loadings"} & set(made)
        assert "averages_weaker" in made


def test_every_estimate_carries_its_base_and_an_interval(chapter):
    _, fit, _ = chapter
    for name in ("paths", "r2", "effects", "mediation", "reliability", "correlations"):
        frame = getattr(fit, name)
        if len(frame):
            assert frame[["ci_low", "ci_high"]].notna().all(axis=None), name
            assert (frame["n"] >= LEAST).all(), name


def test_a_few_hundred_answers_get_the_test_for_few(chapter):
    n, fit, _ = chapter
    terms = set(fit.indices["term"]) if len(fit.indices) else set()
    assert ("pvalue_few" in terms) == (n >= 200)


def test_the_same_survey_gives_the_same_blocks():
    data = relations.sample(160, 2, accounts=60)
    both = [blocks(commitment_trust.fit(relations.survey(data), params())) for _ in range(2)]
    assert both[0] == both[1]
