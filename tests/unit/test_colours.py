"""Colours that mean something are told apart by readers with any colour deficiency."""

from itertools import combinations

import numpy as np
import pytest

from analysis.publish.charts import lists, sheet

#: Machado, Oliveira and Fernandes (2009), table 1, severity 1.0; on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
APART = 20  # CIE 1976; 2.3 is just noticeable
FIGURES = {
    "score groups": (sheet.DETRACTOR, sheet.PASSIVE, sheet.PROMOTER),
    "agreement": sheet.LIKERT,
    "series": lists.SERIES,
    "accent and paper": (sheet.ACCENT, sheet.PAPER),
    "warning and paper": (sheet.WARM, sheet.PAPER),
}


def seen(colour, matrix):
    """L*, a*, b* of a colour as somebody sees it (sRGB, D65)."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(matrix @ linear, 0, 1)
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ linear
    ) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(colours, matrix):
    """The least distance between any two of some colours."""
    return min(
        np.linalg.norm(seen(one, matrix) - seen(other, matrix))
        for one, other in combinations(colours, 2)
    )


def test_lightness_is_that_of_the_standard():
    # CIE 1976: white is L* 100; #777777 is L* 50.0 (published tables of sRGB greys).
    assert seen("#ffffff", np.eye(3))[0] == pytest.approx(100, abs=0.1)
    assert seen("#777777", np.eye(3))[0] == pytest.approx(50.0, abs=0.1)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("figure", FIGURES)
def test_colours_of_a_figure_are_told_apart(figure, deficiency):
    assert apart(FIGURES[figure], DEFICIENCIES[deficiency]) >= APART


def test_a_traffic_light_would_fail_this_test():
    light = ("#d62728", "#e0a000", "#2ca02c")
    assert apart(light, DEFICIENCIES["deuteranopia"]) < APART
