"""No published figure without its source."""

from pathlib import Path

import pytest

from analysis.errors import DataError
from analysis.measures import reference

ROOT = Path(__file__).parents[2]


def test_every_shipped_figure_has_a_value_a_source_and_a_known_mark():
    table = reference.load(ROOT)
    assert len(table) >= 10
    assert table[["value", "source", "population", "unit"]].notna().all(axis=None)
    assert set(table["mark"]) <= set(reference.MARKS)


def test_a_figure_recalled_from_memory_is_refused(tmp_path):
    folder = tmp_path / "data" / "reference"
    folder.mkdir(parents=True)
    header = ",".join(reference.COLUMNS)
    (folder / "figures.csv").write_text(f"{header}\nNPS,30,points,2020,all,somebody,recalled\n")
    with pytest.raises(DataError, match="without value, source or known mark"):
        reference.load(tmp_path)


def test_without_the_file_there_are_no_figures(tmp_path):
    assert reference.load(tmp_path).empty


def test_figures_are_found_by_the_start_of_their_name():
    found = reference.of(reference.load(ROOT), "Stage")
    assert len(found) == 2
