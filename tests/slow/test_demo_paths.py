"""Answers on seven points keep the planted paths: one large sample, fitted by semopy."""

import numpy as np
import pandas as pd
import pytest

from analysis.survey.demo import answers as draw
from analysis.survey.demo.clients import SPECS
from analysis.survey.demo.statements import STATEMENTS

PEOPLE = 20_000
IN_ACCOUNT = 4


def large_sample(client: str) -> pd.DataFrame:
    """Items of a client's last wave as 20,000 people would answer them, reverse keys turned."""
    spec = SPECS[client]
    rng = np.random.default_rng(5)
    people = pd.DataFrame({"account": np.arange(PEOPLE) // IN_ACCOUNT})
    scores = draw.latents(spec, people, rng)[-1]
    asked = draw.items(scores, draw.asked(spec), spec.waves[-1].level, spec.spread, rng)
    turned = [
        f"{construct}_{k}"
        for construct, statements in STATEMENTS.items()
        for k, statement in enumerate(statements, start=1)
        if statement.endswith("(R)") and f"{construct}_{k}" in asked
    ]
    return asked.assign(**{column: 8 - asked[column] for column in turned})


@pytest.mark.slow
@pytest.mark.parametrize("client", list(SPECS))
def test_paths_among_constructs_are_the_planted_ones_in_a_large_sample(client):
    import semopy

    answers, paths = large_sample(client), SPECS[client].paths
    constructs = dict.fromkeys(construct for path in paths for construct in path)
    lines = [
        f"{construct} =~ " + " + ".join(c for c in answers if c.rsplit("_", 1)[0] == construct)
        for construct in constructs
    ]
    lines += [f"{effect} ~ {cause}" for cause, effect in paths]
    model = semopy.Model("\n".join(lines))
    model.fit(answers)
    found = model.inspect(std_est=True)
    found = found[(found["op"] == "~") & found["lval"].isin(constructs)]
    estimates = found.set_index(["rval", "lval"])["Est. Std"]
    for path, planted in paths.items():
        # A standard error at this size is about 0.009; two of them, and what rounding does.
        assert estimates[path] == pytest.approx(planted, abs=0.025), path


@pytest.mark.slow
@pytest.mark.parametrize("client", list(SPECS))
def test_scales_of_the_demo_are_neither_loose_nor_all_alike(client):
    answers = large_sample(client)
    for construct in draw.asked(SPECS[client]):
        items = answers[[c for c in answers if c.rsplit("_", 1)[0] == construct]]
        k = items.shape[1]
        alpha = k / (k - 1) * (1 - items.var().sum() / items.sum(axis=1).var())
        assert 0.75 < alpha < 0.9, construct
