"""How long Rapport's structural equation models take, and lavaan's, on the same answers.

Run from the project's folder, with nothing else running (about five minutes)::

    .venv/bin/python benchmarks/sem.py

It prints a table and writes it to `benchmarks/results/sem.md`. With R and lavaan on the machine
both are timed in turn, in one run; without, ours alone, and the table says so.

What is timed
-------------
The commitment-trust model: 12 constructs, 33 items, 300 made-up respondents whose answers follow
known paths (`tests/relations.py`), the same at every run.

- One fit by maximum likelihood: `sem.fit` with semopy's second opinion and without, against
  lavaan's `sem()`.
- 1,000 bootstrap resamples of it. lavaan is timed on 50 of them, and that time is multiplied by 20.
- Full information with 147 patterns of gaps, standard errors included: the first 146 respondents
  each have gaps of their own, the rest answered everything.
- Robust standard errors and test (MLR); answers rounded to 1 to 7 and taken as ranks (WLSMV); the
  ladder of equal measurement in two halves drawn by lot, all four steps. Ours is `sem.invariance`,
  which also compares the steps, releases items where one does not hold and works out the
  differences of means; lavaan's is the four fits.

How it is timed
---------------
Each row's figures are medians over the repeats that the table names, ours and lavaan's in turn, so
that a busy moment of the machine hits both. The table also compares processor time, which other
work on the machine hardly touches. Starting Python and R, importing, and reading the answers are
left out on both sides; our imports are given by themselves. One thread for linear algebra on
both sides. Ours ends with what `SemFit` holds (estimates, their standardised counterparts with
standard errors, fit indices, residuals); lavaan's with what `sem()` returns, before `summary`.

What must agree
---------------
A fast answer must be the same answer: chi-square within 0.01, every estimate within 0.001. The
first resamples that ours draws are fitted by lavaan too. Where one differs the run ends with an
error after the table is written.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "sem.md"
SEED, RESPONDENTS, PATTERNS, RESAMPLES = 1994, 300, 147, 1_000
LAVAAN_RESAMPLES = 50  # as in sem.R
COMPARED_RESAMPLES = 5
CHISQ_WITHIN, ESTIMATES_WITHIN = 1e-2, 1e-3

#: Row: what, our case, lavaan's case, repeats, least ratio of lavaan's time to ours.
ROWS = (
    ("One fit (ML), checked by semopy", "ml_checked", "ml", 9, 1.0),
    ("One fit (ML), without the check", "ml", "ml", 9, 1.0),
    ("1,000 bootstrap resamples", "bootstrap", "bootstrap", 3, 30.0),
    ("FIML, 147 patterns of gaps", "fiml", "fiml", 3, 10.0),
    ("Robust (MLR)", "mlr", "mlr", 5, None),
    ("Ordinal (WLSMV)", "wlsmv", "wlsmv", 3, None),
    ("Two groups, four steps of equality", "ladder", "ladder", 3, None),
)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from threadpoolctl import threadpool_limits

    imported = import_seconds()
    with threadpool_limits(1), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = write_cases(folder)
        with lavaan(folder) as theirs:
            seconds = timed(ours, theirs)
            checks = compared(ours, theirs, folder) if theirs else pd.DataFrame()
    text = report(seconds, checks, imported, theirs)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    if len(checks) and not checks["same"].all():
        sys.exit("Ours and lavaan's results differ; see the table.")


# ---- The cases --------------------------------------------------------------------------------


def write_cases(folder: Path) -> dict[str, Callable[[], object]]:
    """Our cases by name; their models and answers as files for lavaan."""
    from analysis.models import sem
    from analysis.models.sem import resampling, theory
    from analysis.models.sem.signs import PATHS
    from tests import relations

    short = ("termination_costs_3", "acquiescence_3", "uncertainty_3")
    items = {c: tuple(i for i in own if i not in short) for c, own in relations.MEASUREMENT}
    model = theory.text(items, [(source, target) for source, target, _ in PATHS])
    measurement = theory.text(items, [])
    complete = relations.sample(RESPONDENTS, SEED)[[i for own in items.values() for i in own]]
    rng = np.random.default_rng(SEED)
    gaps = with_gaps(complete, rng)
    ordinal = complete.round().clip(1, 7).astype(int)
    side = rng.permutation(np.repeat(["a", "b"], RESPONDENTS // 2))
    # lavaan numbers groups in the order in which they appear, ours by name: so the rows are sorted.
    sides = complete.assign(side=side).sort_values("side", kind="stable")
    fit = sem.fit(model, complete, check=False)

    (folder / "model.txt").write_text(model)
    (folder / "measurement.txt").write_text(measurement)
    for name, frame in {
        "complete": complete, "gaps": gaps, "ordinal": ordinal, "sides": sides
    }.items():  # fmt: skip
        frame.to_csv(folder / f"{name}.csv", index=False, float_format="%.17g")
    # The respondents that `resampling.draw` takes first; a fit has an order of its own for them.
    drawn = np.random.default_rng(SEED)
    order = fit.sample.rows.to_numpy()
    rows = [order[drawn.integers(0, RESPONDENTS, RESPONDENTS)] for _ in range(COMPARED_RESAMPLES)]
    pd.DataFrame(rows).to_csv(folder / "rows.csv", index=False, header=False)
    return {
        "ml_checked": lambda: sem.fit(model, complete),
        "ml": lambda: sem.fit(model, complete, check=False),
        "bootstrap": lambda: resampling.draw(fit, RESAMPLES, SEED),
        "fiml": lambda: sem.fit(model, gaps, missing="fiml"),
        "mlr": lambda: sem.fit(model, complete, estimator="MLR", check=False),
        "wlsmv": lambda: sem.fit(model, ordinal, estimator="WLSMV"),
        "ladder": lambda: sem.invariance(measurement, sides, "side"),
    }


def with_gaps(complete: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The first respondents leave out one answer in twenty, each in a pattern of its own."""
    known: dict[bytes, np.ndarray] = {}
    while len(known) < PATTERNS - 1:
        gap = rng.random(complete.shape[1]) < 0.05
        if gap.any():
            known.setdefault(gap.tobytes(), gap)
    missing = np.zeros(complete.shape, dtype=bool)
    missing[: PATTERNS - 1] = list(known.values())
    return complete.mask(missing)


# ---- Timing -----------------------------------------------------------------------------------


class Lavaan:
    """An R session with lavaan that runs one case at a time."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.version = [part.strip() for part in process.stdout.readline().split(",")]

    def seconds(self, case: str) -> np.ndarray:
        """Run a case; how long R says it took, by the clock and of the processor."""
        self.process.stdin.write(case + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            raise SystemExit(f"R stopped at the case '{case}'; its own message is above.")
        return np.array(said.split(), float)


@contextmanager
def lavaan(folder: Path):
    """An R session with lavaan, or None where R or lavaan is missing."""
    import os
    import shutil

    rscript = shutil.which("Rscript")
    asked = [rscript, "-e", "quit(status = !requireNamespace('lavaan', quietly = TRUE))"]
    if rscript is None or subprocess.run(asked, check=False, capture_output=True).returncode:
        yield None
        return
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with subprocess.Popen(
        [rscript, str(ROOT / "benchmarks" / "sem.R"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | one,
    ) as process:
        yield Lavaan(process)
        process.stdin.close()


def timed(ours: dict[str, Callable], theirs: Lavaan | None) -> pd.DataFrame:
    """Seconds of every repeat: case, who, clock, processor."""
    found = []
    for _, our_case, their_case, repeats, _ in ROWS:
        if our_case == "ml":
            continue  # timed in the row above it, in turn with the checked fit
        cases = ["ml_checked", "ml"] if our_case == "ml_checked" else [our_case]
        if our_case != "bootstrap":
            for case in cases:
                ours[case]()  # the first fit imports what is imported when it is needed
        for k in range(repeats):
            print(f"{their_case} {k + 1} of {repeats}", file=sys.stderr)
            for case in cases:
                began = time.perf_counter(), time.process_time()
                ours[case]()
                ended = time.perf_counter(), time.process_time()
                found.append((case, "ours", *np.subtract(ended, began)))
            if theirs:
                times = RESAMPLES / LAVAAN_RESAMPLES if their_case == "bootstrap" else 1
                found.append((their_case, "lavaan", *theirs.seconds(their_case) * times))
    return pd.DataFrame(found, columns=["case", "who", "clock", "processor"])


def import_seconds() -> np.ndarray:
    """Median times to import, in a fresh interpreter, our models and then semopy."""
    code = (
        "import time; clock = time.perf_counter; began = clock(); from analysis.models import sem; "
        "ours = clock() - began; import semopy; print(ours, clock() - began - ours)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        for _ in range(3)
    ]
    return np.median([[float(s) for s in run.stdout.split()] for run in runs], axis=0)


# ---- The same answers? ------------------------------------------------------------------------


def compared(ours: dict[str, Callable], theirs: Lavaan, folder: Path) -> pd.DataFrame:
    """How far our results are from lavaan's: what, chisq, estimates, errors, same."""
    index = {"mlr": ("chisq_scaled", "chisq.scaled"), "wlsmv": ("chisq_scaled", "chisq.scaled")}
    rows = []
    for what, case in (
        ("ML", "ml"), ("FIML", "fiml"), ("MLR", "mlr"), ("WLSMV", "wlsmv"), ("Groups", "ladder")
    ):  # fmt: skip
        found = pd.read_csv(folder / f"{case}.found.csv", keep_default_na=False, na_values="NA")
        fits = [ours[case]()]
        if case == "ladder":
            fits = list(fits[0].fits.values())
            what = f"Two groups, {len(fits)} of 4 steps"
            if fits and len(fits) < 4:
                what += " (the next was refused)"
        mine, other = index.get(case, ("chisq", "chisq"))
        gaps = []
        for at, fit in enumerate(fits, start=1):
            lavaans = found[found["at"] == at]
            value = lavaans.set_index("lhs").query("op == 'index'")["est"]
            if case == "fiml" and fit.n_patterns != PATTERNS:
                raise SystemExit(f"{fit.n_patterns} patterns of gaps instead of {PATTERNS}.")
            gaps.append(
                (abs(fit.indices[mine] - value[other]), *distances(fit.parameters, lavaans))
            )
        chisq, estimates, errors = np.max(gaps, axis=0)
        rows.append((what, chisq, estimates, errors))
    theirs.seconds("same_resamples")
    found = pd.read_csv(folder / "same_resamples.found.csv", keep_default_na=False, na_values="NA")
    rows.append((f"{COMPARED_RESAMPLES} resamples", *of_resamples(ours, found)))
    frame = pd.DataFrame(rows, columns=["what", "chisq", "estimates", "errors"])
    same = (frame["estimates"] < ESTIMATES_WITHIN) & ~(frame["chisq"] > CHISQ_WITHIN)
    return frame.assign(same=same)


def distances(ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[float, float]:
    """Largest difference of an estimate and of a standard error; every free one of ours counts."""
    theirs = theirs[~theirs["op"].isin(["index", "~*~"])]
    groups = {name: k for k, name in enumerate(dict.fromkeys(ours["group"]), start=1)}
    known = {}
    for r in theirs.itertuples():
        known[r.lhs, r.op, r.rhs, int(r.group)] = known[r.rhs, r.op, r.lhs, int(r.group)] = r
    free = ours[ours["se"].notna() | ours["est"].isna()]
    pairs = [(r, known[r.lhs, r.op, r.rhs, groups[r.group]]) for r in free.itertuples()]
    return (
        max(abs(mine.est - other.est) for mine, other in pairs),
        max(abs(mine.se - other.se) for mine, other in pairs),
    )


def of_resamples(ours: dict[str, Callable], theirs: pd.DataFrame) -> tuple[float, float, float]:
    """The same for the resamples drawn first, of which only estimates are worked out."""
    from analysis.models.sem import resampling

    fit = ours["ml"]()
    drawn = resampling.draw(fit, COMPARED_RESAMPLES, SEED)
    if len(drawn.theta) < COMPARED_RESAMPLES:
        return np.nan, np.inf, np.nan
    far = []
    for at, theta in enumerate(drawn.theta, start=1):
        mine = fit.parameters.assign(est=fit.solution.raw(theta))
        far.append(distances(mine, theirs[theirs["at"] == at].assign(se=0.0))[0])
    return np.nan, max(far), np.nan


# ---- The table --------------------------------------------------------------------------------


def report(
    seconds: pd.DataFrame, checks: pd.DataFrame, imported: np.ndarray, theirs: Lavaan | None
) -> str:
    """The results as Markdown."""
    middle = seconds.groupby(["who", "case"])[["clock", "processor"]].median()
    lines = [
        "# Structural equation models: time",
        "",
        "Written by `benchmarks/sem.py`, which says what is timed and how. "
        f"{RESPONDENTS} respondents, 12 constructs, 33 items; medians, one thread.",
        "",
        "| what | lavaan (s) | ours (s) | lavaan / ours | by processor time | asked | repeats |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for what, our_case, their_case, repeats, least in ROWS:
        mine = middle.loc[("ours", our_case)]
        other = middle.loc[("lavaan", their_case)] if theirs else np.nan * mine
        ratio = other / mine
        cells = [
            what,
            f"{other['clock']:.2f}" if theirs else "not there",
            f"{mine['clock']:.2f}" if mine["clock"] >= 1 else f"{mine['clock']:.3f}",
            *(f"{r:.1f}" if theirs else "" for r in ratio),
            f"{least:g}" if least else "",
            str(repeats),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        f"lavaan's resamples: {LAVAAN_RESAMPLES} timed, times {RESAMPLES // LAVAAN_RESAMPLES}. "
        f"Starting and importing are not in the table; our import takes {imported[0]:.1f} s, "
        f"semopy's, at the first checked fit, {imported[1]:.1f} s more.",
    ]
    if len(checks):
        lines += [
            "",
            "Largest difference between the two, over all steps and parameters:",
            "",
            "| what | chi-square | estimates | standard errors | the same |",
            "|---|---:|---:|---:|---|",
        ]
        for row in checks.itertuples():
            cells = ["" if np.isnan(v) else f"{v:.0e}" for v in row[2:5]]
            lines.append(f"| {row.what} | {' | '.join(cells)} | {'yes' if row.same else 'NO'} |")
    return "\n".join([*lines, "", machine(theirs), ""])


def machine(theirs: Lavaan | None) -> str:
    """Processor and versions, in a sentence."""
    import os
    import platform
    from importlib.metadata import version

    from threadpoolctl import threadpool_info

    cpu = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        names = [
            line.split(":")[1] for line in info.read_text().splitlines() if "model name" in line
        ]
        cpu = names[0].strip() if names else cpu
    blas = sorted({i["internal_api"] for i in threadpool_info() if i["user_api"] == "blas"})
    packages = ", ".join(f"{p} {version(p)}" for p in ("numpy", "scipy", "pandas", "semopy"))
    text = f"{cpu}, {os.cpu_count()} processors. Python {platform.python_version()}, {packages}"
    text += f" ({', '.join(blas)})"
    if theirs is None:
        return text + ". R with lavaan was not there, so that ours was timed alone."
    r, package, their_blas = theirs.version
    return f"{text}; {r}, {package} ({their_blas})."


if __name__ == "__main__":
    main()
