"""How long Rapport's driver ranking takes, and pingouin's relative importance, on the same answers.

Run from the project's folder, with nothing else running (about a minute)::

    .venv/bin/python benchmarks/drivers.py

It prints a table and writes it to `benchmarks/results/drivers.md`.

What is timed
-------------
Made-up answers of 450 people at 150 accounts to 10, 12 or 14 overlapping drivers and an outcome.

- One LMG: `shares.lmg` of the correlations, from the answers on, against
  `pingouin.linear_regression(relimp=True)`, which regresses on every set of drivers.
- 2,000 resamples of whole accounts with LMG of 12 drivers in each. Once the shares alone, and once
  as the report has them: with a random number among the drivers that they have to beat, which
  doubles the sets. pingouin has no bootstrap: its one analysis is multiplied by 2,000.
- The whole ranking of 12 drivers as the report has it: estimates, intervals, the chance of each
  place, the answers left out, performance.

How it is timed
---------------
Medians over the repeats that the table names, ours and pingouin's in turn, by the clock; one thread
for linear algebra. Imports and the making of the answers are left out.

What must agree
---------------
Ours and pingouin's LMG of the same answers, within 1e-10. Where they differ, or a time is longer
than asked, the run ends with an error after the table is written.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "drivers.md"
SEED, ACCOUNTS, PER_ACCOUNT, RESAMPLES = 1994, 150, 3, 2_000
WITHIN = 1e-10


@dataclass(frozen=True)
class Row:
    """What is timed, ours and pingouin's, and what is asked of ours."""

    what: str
    ours: Callable[[], object]
    repeats: int
    seconds: float | None = None  # asked: at most
    theirs: Callable[[], object] | None = None
    times: int = 1  # that pingouin's one analysis counts


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        found = pd.DataFrame([timed(row) for row in rows()])
        apart = {p: distance(*made(p)) for p in (10, 12)}
    text = report(found, apart)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    if max(apart.values()) > WITHIN:
        sys.exit("Ours and pingouin's results differ; see the table.")
    if (found["ours"] > found["asked"]).any():
        sys.exit("Ours takes longer than asked; see the table.")


def made(p: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Drivers that overlap, within accounts more than between, an outcome, and the accounts."""
    rng = np.random.default_rng(SEED)
    code = np.repeat(np.arange(ACCOUNTS), PER_ACCOUNT)
    x = rng.normal(size=(len(code), p)) + 0.8 * rng.normal(size=(len(code), 1))
    x += 0.5 * rng.normal(size=(ACCOUNTS, p))[code]
    y = x @ np.linspace(0.5, 0.0, p) + 1.5 * rng.normal(size=len(code))
    return x, y, np.array([f"account {k:03}" for k in code])


def rows() -> list[Row]:
    """Everything that is timed."""
    from pingouin import linear_regression

    from analysis.models import drivers
    from analysis.models.drivers import resample

    def one(p: int) -> Callable[[], object]:
        x, y, _ = made(p)
        return lambda: ours(x, y)

    def theirs(p: int) -> Callable[[], object]:
        x, y, _ = made(p)
        return lambda: linear_regression(x, y, relimp=True)

    x, y, accounts = made(12)
    whole = survey_of(x, y, accounts)

    def shares_alone() -> object:
        return resample.resampled(resample.cross_products(x, y, accounts), RESAMPLES, SEED)

    def beside_noise() -> object:
        noise = resample.noise_products(x, y, accounts, SEED)
        return resample.resampled(resample.cross_products(x, y, accounts), RESAMPLES, SEED, noise)

    if drivers.importance(*whole).table.empty:
        raise SystemExit("The made-up answers carry no ranking, so there is nothing to time.")
    boots = f"{RESAMPLES:,} resamples of accounts, LMG of 12 drivers"
    return [
        Row("One LMG of 10 drivers", one(10), 9, None, theirs(10)),
        Row("One LMG of 12 drivers", one(12), 9, None, theirs(12)),
        Row("One LMG of 14 drivers", one(14), 9, 0.1),
        Row(boots, shares_alone, 5, 1.0, theirs(12), RESAMPLES),
        Row(f"{boots}, beside a random number", beside_noise, 5, 1.0, theirs(12), RESAMPLES),
        Row("The whole ranking of 12 drivers", lambda: drivers.importance(*whole), 5, None),
    ]


def ours(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """LMG, from the answers on."""
    from analysis.models.drivers import shares

    found = np.corrcoef(np.column_stack([x, y]).T)
    return shares.lmg(found[:-1, :-1], found[:-1, -1])


def survey_of(x: np.ndarray, y: np.ndarray, accounts: np.ndarray) -> tuple[object, object]:
    """The answers as a survey on scales of 1 to 7 and 0 to 10, with parameters."""
    from types import SimpleNamespace

    from analysis import params
    from tests.scored import answers, survey, wave

    names = [f"driver_{k:02}" for k in range(x.shape[1])]
    ratings = np.clip(np.rint(7 + y / y.std() * 2), 0, 10)
    items = np.clip(np.rint(5 + x), 1, 7)
    frame = answers(ratings, accounts=list(accounts))
    frame = frame.assign(**{f"{name}_1": items[:, k] for k, name in enumerate(names)})
    chosen = params.Drivers(resamples=RESAMPLES, predictors=tuple(names))
    asked = SimpleNamespace(client="made", seed=SEED, wave=wave("1"), drivers=chosen)
    return survey(frame, {name: [f"{name}_1"] for name in names}), asked


def timed(row: Row) -> dict[str, object]:
    """Median seconds of both."""
    spent: dict[str, list[float]] = {"ours": [], "theirs": []}
    for k in range(row.repeats + 1):  # the first is not counted
        print(f"{row.what}: {k} of {row.repeats}", file=sys.stderr)
        for who, do in (("ours", row.ours), ("theirs", row.theirs)):
            if do is None:
                continue
            began = time.perf_counter()
            do()
            if k:
                spent[who].append(time.perf_counter() - began)
    return {
        "what": row.what,
        "ours": np.median(spent["ours"]),
        "theirs": np.median(spent["theirs"]) * row.times if row.theirs else np.nan,
        "asked": np.nan if row.seconds is None else row.seconds,
        "repeats": row.repeats,
    }


def distance(x: np.ndarray, y: np.ndarray, _: np.ndarray) -> float:
    """Largest difference between our LMG and pingouin's."""
    from pingouin import linear_regression

    theirs = linear_regression(x, y, relimp=True)["relimp"].to_numpy()[1:]
    return float(np.abs(ours(x, y) - theirs).max())


def report(found: pd.DataFrame, apart: dict[int, float]) -> str:
    """The results as Markdown."""
    lines = [
        "# Driver ranking: time",
        "",
        "Written by `benchmarks/drivers.py`, which says what is timed and how. "
        f"{ACCOUNTS * PER_ACCOUNT} answers from {ACCOUNTS} accounts; medians, one thread.",
        "",
        "| what | pingouin (s) | ours (s) | pingouin / ours | asked (s) | repeats |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in found.itertuples():
        told = not np.isnan(row.theirs)
        cells = [
            row.what,
            f"{row.theirs:.3g}" if told else "",
            f"{row.ours:.4f}" if row.ours < 0.1 else f"{row.ours:.2f}",
            f"{row.theirs / row.ours:,.0f}" if told else "",
            "" if np.isnan(row.asked) else f"< {row.asked:g}",
            str(row.repeats),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    far = ", ".join(f"{value:.0e} ({p} drivers)" for p, value in apart.items())
    lines += [
        "",
        f"pingouin has no bootstrap: one analysis, times {RESAMPLES:,}. Its time includes the "
        "ordinary regression, which is a small part of it.",
        "",
        f"Largest difference between our LMG and pingouin's: {far}.",
        "",
        machine(),
        "",
    ]
    return "\n".join(lines)


def machine() -> str:
    """Processor and versions, in a sentence."""
    import os
    import platform
    from importlib.metadata import version

    cpu = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        names = [
            line.split(":")[1] for line in info.read_text().splitlines() if "model name" in line
        ]
        cpu = names[0].strip() if names else cpu
    packages = ", ".join(f"{p} {version(p)}" for p in ("numpy", "scipy", "pandas", "pingouin"))
    return f"{cpu}, {os.cpu_count()} processors. Python {platform.python_version()}, {packages}."


if __name__ == "__main__":
    main()
