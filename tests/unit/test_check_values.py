"""Ready-made check values of the sources (domain.md, section 6) that scores and drivers must give.

Those of models (seminr, the 13 signs, recovery on exact covariances), plan deadlines and broken
counts stand with their own modules.
"""

import numpy as np
import pandas as pd
import pytest

from analysis.measures import clusters, crq, inference, nps
from analysis.models.drivers import shares, sure


def test_standard_error_of_a_published_mix():
    # 29/53/18 at n = 100: +11, SE 6.77 by the plain formula; the added answers make it 6.68.
    row = nps.from_counts(29, 53, 18, 100).iloc[0]
    assert row["estimate"] == pytest.approx(11)
    codes = np.repeat([100.0, 0.0, -100.0], [29, 53, 18])
    assert codes.std() / 10 == pytest.approx(6.77, abs=0.005)
    assert nps.adjusted([0.29, 0.53, 0.18], 100)[1] == pytest.approx(6.68, abs=0.005)


def test_centre_and_ends_of_the_adjusted_wald_interval():
    centre, _ = nps.adjusted([18 / 31, 11 / 31, 2 / 31], 31)
    row = nps.from_counts(18, 11, 2, 31).iloc[0]
    found = [centre, row["ci_low"], row["ci_high"]]
    assert found == pytest.approx([47.1, 25.5, 68.6], abs=0.05)


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [(50, 73.8, 93.0), (100, 77.9, 91.5), (200, 80.5, 90.1), (400, 82.3, 89.1)],
)
def test_wilsons_interval_of_86_per_cent(n, low, high):
    row = inference.wilson(round(0.86 * n), n).iloc[0]
    assert 100 * row["ci_low"] == pytest.approx(low, abs=0.05)
    assert 100 * row["ci_high"] == pytest.approx(high, abs=0.05)


def test_crq_and_nps_of_four_published_assessments():
    # Deep-Insight's own: 2014, about 2016, 2018 and later (domain.md 2.1); four points, no law.
    score, points = pd.Series([5.2, 5.7, 5.4, 6.0]), pd.Series([17.0, 37, 23, 55])
    x = np.column_stack([np.ones(4), score])
    constant, slope = clusters.fit(x, points, range(4)).coef
    assert (slope, constant) == (pytest.approx(47.9, abs=0.05), pytest.approx(-234, abs=0.5))
    r, _, _ = sure.correlation(score, points, pd.Series(range(4)))
    assert r == pytest.approx(0.992, abs=0.0005)


def test_slopes_from_the_published_correlations_of_mobi():
    # seminr's fixture fl_table.csv: image, expectation, value; outcome satisfaction
    inner = np.array([[1, 0.505728, 0.510787], [0.505728, 1, 0.358245], [0.510787, 0.358245, 1]])
    outer = np.array([0.695529, 0.511251, 0.606307])
    found = shares.slopes(inner, outer)
    assert found == pytest.approx([0.4470, 0.1718, 0.3164], abs=5e-5)
    assert shares.lmg(inner, outer).sum() == pytest.approx(0.5906, abs=5e-5)
    assert shares.relative_weights(inner, outer).sum() == pytest.approx(0.5906, abs=5e-5)


def test_the_published_mix_of_kinds():
    # A third Ambassadors, half Rationals, the rest (a sixth) within 10 to 20 %.
    assert (crq.TYPICAL["Ambassador"], crq.TYPICAL["Rational"]) == (pytest.approx(1 / 3), 0.5)
    low, high = crq.TYPICAL_REST
    assert low <= 1 - sum(crq.TYPICAL.values()) <= high
