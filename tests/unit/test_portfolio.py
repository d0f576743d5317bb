import pandas as pd
import pytest

from analysis.publish import portfolio


def frame(*estimates):
    return pd.DataFrame({"estimate": sorted(estimates, reverse=True)})


@pytest.mark.parametrize("n", [0, 1, 4])
def test_a_few_clients_are_no_benchmark(n):
    note = portfolio.benchmark(frame(*range(n)), "NPS", "points")
    assert (note.kind, note.about) == ("note", "absent")
    assert note.sentence == f"A benchmark needs 5 clients; {n} have published the NPS."


def test_five_clients_have_a_middle():
    found = portfolio.benchmark(frame(-10, 0, 10, 20, 60), "NPS", "points")
    # R: quantile(c(-10, 0, 10, 20, 60), c(.25, .5, .75)) gives 0, 10, 20.
    assert found.sentence.startswith(
        "NPS: of 5 clients the middle one stands at +10, half of them between 0 and +20."
    )
