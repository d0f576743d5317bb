import pytest

from analysis.publish import numbers


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (-0.4, "points", "0"),
        (0.4, "points", "0"),
        (-12.6, "points", "−13"),
        (1234567, "count", "1,234,567"),
        (0.995, "share", "100%"),
        (5.55, "score", "5.5"),  # half to even, as Python rounds the nearest double
        (-0.004, "r", "0.00"),
        (0.0004, "p", "< 0.001"),
        (0.0312, "p", "0.031"),
        (float("nan"), "share", "—"),
        (None, "count", "—"),
        (True, "text", "yes"),
        (False, "text", "no"),
        ("2026-03-09", "date", "9 Mar 2026"),
        ("soon", "days", "soon"),
    ],
)
def test_a_value_is_printed_alike_everywhere(value, unit, printed):
    assert numbers.show(value, unit) == printed


def test_an_interval_with_one_hidden_end_is_hidden():
    assert numbers.interval(None, 4, "points") == "—"
    assert numbers.interval(float("nan"), 4, "points") == "—"


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (0.051, "share", "+5 pp"),
        (-0.051, "share", "−5 pp"),
        (0.001, "share", "0 pp"),
        (0.02, "score", "0.0"),
        (3.0, "score", "+3.0"),
        (None, "score", "—"),
    ],
)
def test_a_change_carries_its_sign(value, unit, printed):
    assert numbers.signed(value, unit) == printed
