"""Topics over waves: a name that was given once stays with its topic.

What is kept of a topic is readable: its name, and phrases and sentences that are typical of it
(`params/<client>.topics.yml`). A topic found now is the remembered one whose sentences mean most
alike.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.models.topics.naming import Named
from analysis.params import Remembered

SAME = 0.45  # cosine of the middles from which two topics are the same: of 96 topics of real
# comments found again among twice as many, 93 % were nearest to the right one, at .45 or more in
# nine of ten; topics of another trade reached .45 at most


@dataclass(frozen=True)
class Tracked:
    """What became of remembered topics.

    found : one row a topic found now: topic, name ("" where it is new), status ("same", "new" or
        "merged": more than one remembered topic is now this one), before (their names, joined).
    gone : names of remembered topics that were not found again.
    """

    found: pd.DataFrame
    gone: tuple[str, ...]


def track(
    middles: dict[int, np.ndarray],
    remembered: Sequence[Remembered],
    vectors: Callable[[list[str]], np.ndarray],
) -> Tracked:
    """Find which remembered topic each topic is.

    Parameters
    ----------
    middles : topic -> mean vector of its sentences.
    remembered : topics of earlier waves; vectors : embeds what is typical of them.

    Returns
    -------
    Tracked. A remembered topic belongs to the topic that is nearest to it, when their cosine is
    at least `SAME`; a topic to which several belong keeps the name of the nearest.
    """
    order = sorted(middles)
    belongs: dict[int, list[tuple[float, str]]] = {topic: [] for topic in order}
    gone = []
    for one in remembered:
        middle = vectors(list(one.like)).mean(axis=0)
        near = [_cosine(middles[topic], middle) for topic in order]
        best = int(np.argmax(near)) if near else -1
        if best >= 0 and near[best] >= SAME:
            belongs[order[best]].append((near[best], one.name))
        else:
            gone.append(one.name)
    rows = []
    for topic in order:
        names = [name for _, name in sorted(belongs[topic], key=lambda pair: (-pair[0], pair[1]))]
        rows.append(
            {
                "topic": topic,
                "name": names[0] if names else "",
                "status": ("new", "same", "merged")[min(len(names), 2)],
                "before": ", ".join(names),
            }
        )
    return Tracked(
        pd.DataFrame(rows, columns=["topic", "name", "status", "before"]), tuple(sorted(gone))
    )


def keep(remembered: Sequence[Remembered], found: Iterable[Remembered]) -> list[Remembered]:
    """Add topics found now to those that are remembered.

    A remembered topic keeps its name and what a person wrote of it; a new one is added at the end.

    Examples
    --------
    >>> old = [Remembered(name="Invoices", like=("wrong invoices",), wave="2024")]
    >>> new = [Remembered(name="Parking", like=("no parking places",), wave="2025"), *old]
    >>> [one.name for one in keep(old, new)]
    ['Invoices', 'Parking']
    """
    known = {one.name for one in remembered}
    return [*remembered, *(one for one in found if one.name not in known)]


def typical(named: dict[int, Named], found: Iterable[int], wave: str) -> tuple[Remembered, ...]:
    """What to remember of found topics; those of which nothing may be written down are left out."""
    return tuple(
        Remembered(name=named[topic].term[:80], like=named[topic].like, wave=wave)
        for topic in sorted(found)
        if named[topic].like
    )


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return round(float(one @ other) / length, 4) if length else 0.0
