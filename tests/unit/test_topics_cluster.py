import sys

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.models.topics import cluster


def blobs(sizes, seed=0, spread=0.25, dimensions=40):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(len(sizes), dimensions))
    rows = np.vstack(
        [c + spread * rng.normal(size=(n, dimensions)) for c, n in zip(centres, sizes, strict=True)]
    )
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), np.repeat(np.arange(len(sizes)), sizes)


def test_clear_groups_come_back_and_no_row_is_an_outlier():
    rows, truth = blobs([40, 30, 30, 20, 20, 15])
    found = cluster.SharedNeighbours(fewest=4, most=20, smallest=8, seed=1).fit(rows)
    assert found.labels_.min() == 0
    assert len(set(zip(truth, found.labels_, strict=True))) == 6
    assert found.stability_ > 0.95


def test_the_largest_group_is_0():
    rows, _ = blobs([20, 50, 30])
    labels = cluster.SharedNeighbours(fewest=3, most=20, smallest=8, seed=1).fit(rows).labels_
    sizes = np.bincount(labels)
    assert (np.diff(sizes) <= 0).all()


def test_weights_are_the_jaccard_index_of_neighbours():
    rows, _ = blobs([12, 12], spread=0.05)
    links = cluster.shared_neighbours(rows)
    assert links.data.max() <= 1
    assert links.data.min() > cluster.WEAKEST
    assert (links.toarray() == np.triu(links.toarray(), 1)).all()


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_few_rows_are_no_error(n):
    rows, _ = blobs([n])
    found = cluster.SharedNeighbours(fewest=4, most=20, smallest=8, seed=1).fit(rows)
    assert len(found.labels_) == n


def test_rows_without_direction_are_no_error():
    rows = np.zeros((30, 8), dtype=np.float32)
    assert len(cluster.SharedNeighbours(4, 20, 8, seed=1).fit(rows).labels_) == 30


def test_few_groups_are_wanted_and_the_range_is_kept():
    rows, _ = blobs([25] * 12)
    found = cluster.SharedNeighbours(fewest=6, most=20, smallest=8, seed=1).fit(rows)
    assert 6 <= (np.bincount(found.labels_) >= 8).sum() <= 20


def test_a_group_that_comes_back_is_firm_and_noise_is_not():
    rng = np.random.default_rng(0)
    middles = np.eye(6)[:4]
    points = np.vstack([m + rng.normal(0, 0.05, (30, 6)) for m in middles])
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    made = cluster.SharedNeighbours(2, 12, 8, seed=0).fit(points.astype(np.float32))
    assert len(made.firmness_) == made.labels_.max() + 1
    assert made.firmness_.min() > 0.9
    noise = rng.normal(size=(120, 40))
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    loose = cluster.SharedNeighbours(2, 12, 8, seed=0).fit(noise.astype(np.float32))
    assert loose.firmness_.mean() < made.firmness_.min()


def test_classic_grouping_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ModelError, match=r"rapport\[classic\]"):
        cluster.Classic(0).fit(np.eye(60, dtype=np.float32))


def test_groups_are_numbered_by_size_then_by_the_first_row():
    assert cluster._by_size(np.array([3, 3, 1, 1, 7, 7, 7])).tolist() == [1, 1, 2, 2, 0, 0, 0]
