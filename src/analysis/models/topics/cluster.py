"""Our cluster step in bertopic's place for one: shared neighbours and Louvain.

No outliers, no random start, nothing compiled: the same sentences give the same groups whatever
their order. `Classic` is bertopic's own step, for those who have it and expect it.
"""

from typing import Any

import numpy as np
from scipy import sparse

from analysis.errors import ModelError

NEIGHBOURS = 15
COVERED = 0.8  # share of what is said that should stand in a group of printable size
WEAKEST = 1 / 15  # links between sentences that share less of their neighbours are cut
RESOLUTIONS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
RESAMPLES = 10  # fits on 80 % of the sentences at each resolution
SHARE = 0.8


class SharedNeighbours:
    """A clusterer as bertopic expects one: `fit` sets `labels_`, 0 for the largest group.

    Parameters
    ----------
    fewest, most : how many groups of at least `smallest` people a report can use; the most stable
        resolution in that range is taken.
    people : how many people of the wave say each row's sentence; one each by default.

    Attributes
    ----------
    labels_ : array of int, one per row; no row is an outlier.
    resolution_, stability_ : the resolution taken and its mean adjusted Rand index between fits
        on random 80 % of the rows.
    firmness_ : array, one per label: the mean Jaccard index of the group and its nearest in fits
        on random 80 % of the rows; below .6 a group should not be trusted (Hennig 2007).

    References
    ----------
    Jarvis and Patrick (1973), shared near neighbours. Blondel et al. (2008), Louvain.
    Hennig (2007), cluster-wise stability by resampling.
    """

    def __init__(
        self, fewest: int, most: int, smallest: int, seed: int, people: np.ndarray | None = None
    ) -> None:
        self.fewest, self.most, self.smallest, self.seed = fewest, most, smallest, seed
        self.people = people

    def fit(self, X: np.ndarray, y: Any = None) -> "SharedNeighbours":
        """Group the rows of `X` (each of length 1), given in a stable order."""
        links = shared_neighbours(X)
        tried = {r: groups(links, r) for r in RESOLUTIONS}
        # Nearest to the wanted range, then few sentences left over; of those the most stable.
        misses = {r: self._misses(labels) for r, labels in tried.items()}
        nearest = [r for r in RESOLUTIONS if misses[r] == min(misses.values())]
        fits = {r: resampled(links, r, self.seed) for r in nearest}
        stable = {r: stability(fits[r]) for r in nearest}
        self.resolution_ = max(nearest, key=lambda r: (round(stable[r], 6), -r))
        self.stability_ = stable[self.resolution_]
        self.labels_ = tried[self.resolution_]
        self.firmness_ = firmness(self.labels_, fits[self.resolution_])
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Groups of the rows that were fitted; new rows cannot be placed."""
        return self.labels_

    def _misses(self, labels: np.ndarray) -> tuple[int, bool]:
        """How far the number of printable groups is from the range; whether too much is left."""
        sizes = np.bincount(labels, weights=self.people)
        printable = sizes[sizes >= self.smallest]
        outside = max(self.fewest - len(printable), len(printable) - self.most, 0)
        return outside, bool(printable.sum() < COVERED * sizes.sum())


def shared_neighbours(X: np.ndarray) -> sparse.csr_array:
    """Graph of rows; the weight is the Jaccard index of their nearest rows by cosine."""
    n = len(X)
    k = min(NEIGHBOURS, max(n - 1, 1))
    near = np.empty((n, min(k + 1, n)), dtype=np.int64)
    for start in range(0, n, 512):
        # Rounded, so that the last digits of a sum (they differ with the number of threads) do not
        # decide who is a neighbour.
        alike = np.round(X[start : start + 512] @ X.T, 5)
        rows = np.arange(len(alike))
        alike[rows, start + rows] = 2.0  # a row is its own neighbour
        near[start : start + 512] = np.argpartition(-alike, near.shape[1] - 1, axis=1)[
            :, : near.shape[1]
        ]
    size = near.shape[1]
    member = sparse.csr_array(
        (np.ones(near.size), (np.repeat(np.arange(n), size), near.ravel())), shape=(n, n)
    )
    both = sparse.coo_array(member @ member.T)
    jaccard = both.data / (2 * size - both.data)
    keep = (jaccard > WEAKEST) & (both.row < both.col)
    return sparse.csr_array((jaccard[keep], (both.row[keep], both.col[keep])), shape=(n, n))


def groups(links: sparse.csr_array, resolution: float) -> np.ndarray:
    """Louvain communities as labels, 0 for the largest; ties go to the group with the first row."""
    from sknetwork.clustering import Louvain

    if not links.nnz:
        return np.arange(links.shape[0])
    both_ways = sparse.csr_matrix(links + links.T)
    # Rows are visited as they stand, which is sorted: there is no chance in it.
    return _by_size(Louvain(resolution=resolution).fit_predict(both_ways))


def resampled(links: sparse.csr_array, resolution: float, seed: int) -> list[np.ndarray]:
    """Labels of fits on random 80 % of the rows; -1 where a row was left out."""
    n = links.shape[0]
    rng = np.random.default_rng(seed)
    fits = []
    for _ in range(RESAMPLES):
        rows = np.sort(rng.choice(n, size=max(int(SHARE * n), 1), replace=False))
        labels = np.full(n, -1)
        labels[rows] = groups(links[rows][:, rows], resolution)
        fits.append(labels)
    return fits


def stability(fits: list[np.ndarray]) -> float:
    """Mean adjusted Rand index of all pairs of fits, on the rows that both hold."""
    from sklearn.metrics import adjusted_rand_score

    agree = []
    for i, one in enumerate(fits):
        for other in fits[i + 1 :]:
            shared = (one >= 0) & (other >= 0)
            agree.append(adjusted_rand_score(one[shared], other[shared]))
    return float(np.mean(agree))


def firmness(labels: np.ndarray, fits: list[np.ndarray]) -> np.ndarray:
    """How well each group comes back: mean over fits of its best Jaccard index.

    Examples
    --------
    >>> firmness(np.array([0, 0, 1, 1]), [np.array([0, 0, 1, -1]), np.array([0, 0, 0, 1])]).round(2)
    array([0.83, 0.75])
    """
    found = np.zeros((len(fits), labels.max(initial=-1) + 1))
    for row, fit in enumerate(fits):
        held = fit >= 0
        table = np.zeros((labels.max() + 1, fit.max() + 1))
        np.add.at(table, (labels[held], fit[held]), 1)
        sums = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
        found[row] = (table / np.maximum(sums, 1)).max(axis=1)
    return found.mean(axis=0)


class Decided:
    """Labels that are known already, where bertopic expects a clusterer."""

    def __init__(self, labels: np.ndarray) -> None:
        self.labels_ = labels

    def fit(self, X: np.ndarray, y: Any = None) -> "Decided":
        """Keep the labels."""
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Labels of the rows that were given."""
        return self.labels_


class Classic:
    """Groups by UMAP and HDBSCAN, as bertopic makes them, with the guards that few texts need.

    Outliers join the nearest group (`topics.md` 3.2); `reassigned_` is their share. `labels_`,
    `stability_` and `firmness_` are as for `SharedNeighbours`; stability is between two seeds.

    Raises
    ------
    ModelError: umap-learn or hdbscan is not installed.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, X: np.ndarray, y: Any = None) -> "Classic":
        """Group the rows of `X` (each of length 1), given in a stable order."""
        first, self.reassigned_ = _umap_hdbscan(X, self.seed)
        others = [_umap_hdbscan(X, self.seed + 1)[0]]
        self.labels_ = first
        self.stability_ = stability([first, *others])
        self.firmness_ = firmness(first, others)
        return self


def _umap_hdbscan(X: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    try:
        from hdbscan import HDBSCAN
        from umap import UMAP
    except ImportError:
        raise ModelError(
            "comments.grouping is 'classic', which needs umap-learn and hdbscan; install them "
            "with 'pip install \"rapport[classic]\"', or set grouping to 'neighbours'."
        ) from None
    n = len(X)
    size = max(5, n // 40) if n < 300 else max(8, n // 100) if n < 2000 else max(15, n // 200)
    near = UMAP(n_neighbors=min(15, n - 1), n_components=5, metric="cosine", random_state=seed)
    labels = HDBSCAN(min_cluster_size=size, min_samples=3 if n < 300 else None).fit_predict(
        near.fit_transform(X)
    )
    outside = labels < 0
    if outside.all():
        return np.zeros(n, dtype=int), 1.0
    middles = np.vstack([X[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    labels[outside] = np.argmax(np.round(X[outside] @ middles.T, 5), axis=1)
    return _by_size(labels), float(outside.mean())


def _by_size(labels: np.ndarray) -> np.ndarray:
    """The same groups, 0 for the largest; ties go to the group with the first row."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = sorted(range(len(names)), key=lambda i: (-sizes[i], first[i]))
    place = {names[i]: rank for rank, i in enumerate(order)}
    return np.array([place[label] for label in labels])
