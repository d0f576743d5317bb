"""The same report made elsewhere: other folder, row order, hash seed, time zone, threads."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ZONES = ("Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata", "UTC")
LOCALES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")
SAME = ("report.html", "results.json", "tables.xlsx")

RUN = """
import sys
from analysis.batch import execute
outcome = execute.make(sys.argv[1], params_dir="params")
print(outcome.sentence)
sys.exit(outcome.status != "made")
"""


def elsewhere(project: Path, folder: Path, client: str, seed: int) -> Path:
    """Copy a project without its reports, shuffle the rows of its tables, and run it changed."""
    rng = np.random.default_rng(seed)
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("reports"))
    for file in sorted((folder / "data" / client).glob("*.csv")):
        if file.stem != "codebook":  # its order is the order in which the report tells
            rows = pd.read_csv(file, dtype=str, keep_default_na=False)
            rows.iloc[rng.permutation(len(rows))].to_csv(file, index=False)
    threads = str(1 + seed % 2)
    changed = {
        "PYTHONHASHSEED": str(int(rng.integers(1, 10_000))),
        "TZ": ZONES[seed % len(ZONES)],
        "LC_ALL": LOCALES[seed // 2 % len(LOCALES)],
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "PYTHONUTF8": "1",
    }
    made = subprocess.run(
        [sys.executable, "-c", RUN, client],
        cwd=folder,
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr[-2000:]
    return folder


def published(project: Path, client: str) -> dict[str, bytes]:
    """What must be the same to the byte, of every wave of a client."""
    return {
        file.relative_to(project).as_posix(): file.read_bytes()
        for name in SAME
        for file in sorted((project / "reports" / client).glob(f"*/client/{name}"))
    }
