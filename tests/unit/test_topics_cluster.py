import numpy as np
import pytest

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
