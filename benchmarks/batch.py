"""How long a client takes, by five ways of running the same notebooks for the same clients.

`python benchmarks/batch.py` pins every way to one core and goes through them in rounds, so that a
slow minute of the machine hits all of them. Set-up counts in full: ours warms a parent once per
run of `OURS` clients. `python benchmarks/batch.py --many 200` looks for drift over one long run.
All ways make the seven chapters and the client's page, workbook included; no PDF, which a browser
prints in the same time for each. Ours also draws a page for each chapter, hashes and publishes.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
ROUNDS, OURS = 3, 20
NOTEBOOKS = [f.name for f in sorted((ROOT / "notebooks").glob("[1-7]_*.ipynb"))] + ["report.ipynb"]
ENVIRONMENT = {
    **os.environ,
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
API = """
import sys
from pathlib import Path
import papermill
client, out, *names = sys.argv[1:]
for name in names:
    papermill.execute_notebook(
        f"notebooks/{name}", f"{out}/{name}", parameters={"client": client, "wave": "2026"},
        cwd="notebooks", progress_bar=False)
"""
RMARKDOWN = """---
params: {data: ""}
output: html_document
---
```{r, message=FALSE, warning=FALSE}
library(lavaan); library(ggplot2)
d <- read.csv(params$data)
items <- grep("^(trust|commitment|satisfaction)_[0-9]+$", names(d), value = TRUE)
of <- split(items, sub("_[0-9]+$", "", items))
model <- paste(sapply(names(of), function(f) paste(f, "=~", paste(of[[f]], collapse = "+"))),
               collapse = "\\n")
fit <- sem(paste(model, "commitment ~ trust", "satisfaction ~ commitment", sep = "\\n"), d,
           missing = "fiml")
summary(fit, standardized = TRUE, fit.measures = TRUE)
knitr::kable(colMeans(d[items], na.rm = TRUE))
for (f in names(of)) print(ggplot(d, aes(x = .data[[of[[f]][1]]])) + geom_bar())
```
"""


def project(folder: Path, clients: int) -> list[str]:
    """A project with copies of the small demo client lark under other names."""
    from analysis.survey import demo

    for name in ("notebooks", "data/reference"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "params").mkdir()
    shutil.copy(ROOT / "params" / "_defaults.yml", folder / "params")
    shutil.copy(ROOT / "requirements.lock", folder)
    demo.write(folder, ["lark"])
    settings = yaml.safe_load((ROOT / "params" / "lark.yml").read_text())
    names = [f"c{k:03}" for k in range(clients)]
    for name in names:
        own = {**settings, "name": name, "outputs": {"pdf": False}}
        (folder / "params" / f"{name}.yml").write_text(yaml.safe_dump(own))
        shutil.copytree(folder / "data" / "lark", folder / "data" / name)
    shutil.rmtree(folder / "data" / "lark")
    return names


def pinned(command: list[str], folder: Path) -> float:
    """Seconds that a command takes on one core."""
    clock = time.monotonic()
    subprocess.run(
        ["taskset", "-c", "0", *command],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.monotonic() - clock


def command_line(folder: Path, client: str) -> float:
    total = 0.0
    for name in NOTEBOOKS:
        command = [f"{sys.prefix}/bin/papermill", name, f"{folder}/out/{name}"]
        command += ["-r", "client", client, "-r", "wave", "2026", "--no-progress-bar"]
        total += pinned(command, folder / "notebooks")
    return total


def api(folder: Path, client: str) -> float:
    return pinned([sys.executable, "-c", API, client, str(folder / "out"), *NOTEBOOKS], folder)


def ours(folder: Path, clients: list[str], *options: str) -> float:
    command = [sys.executable, "-m", "analysis.cli", "run", "--jobs", "1", *options]
    return pinned([*command, *clients], folder) / len(clients)


def r_markdown(folder: Path, clients: list[str]) -> float:
    """One warm R process that renders a parameterised document for each client."""
    (folder / "report.Rmd").write_text(RMARKDOWN)
    calls = "; ".join(
        f"rmarkdown::render('report.Rmd', output_file='out/{c}.html', quiet=TRUE, "
        f"params=list(data='data/{c}/answers.csv'), envir=new.env())"
        for c in clients
    )
    return pinned(["Rscript", "-e", calls], folder) / len(clients)


def has_r() -> bool:
    code = "for (p in c('rmarkdown','lavaan','ggplot2')) stopifnot(requireNamespace(p))"
    try:
        return subprocess.run(["Rscript", "-e", code], capture_output=True).returncode == 0
    except OSError:
        return False


def fresh(folder: Path) -> None:
    """Nothing of an earlier way is there: no report, no cached vectors."""
    shutil.rmtree(folder / "reports", ignore_errors=True)
    shutil.rmtree(folder / "out", ignore_errors=True)
    (folder / "out").mkdir()


def compare() -> None:
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        names = project(folder, OURS)
        ways = {
            "papermill command line": lambda: command_line(folder, names[0]),
            "papermill API": lambda: api(folder, names[0]),
            "ours, kernels": lambda: ours(folder, names, "--kernels"),
            "ours, in-child": lambda: ours(folder, names),
        }
        if has_r():
            ways["R Markdown with lavaan, one model"] = lambda: r_markdown(folder, names)
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                fresh(folder)
                seconds[name].append(way())
                print(f"{name:36} {seconds[name][-1]:6.2f} s a client", flush=True)
    best = statistics.median(seconds["ours, in-child"])
    print("\n| way | s a client: median (least-most) | of ours |\n|---|---|---|")
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        span = f"{middle:.2f} ({min(taken):.2f}-{max(taken):.2f})"
        print(f"| {name} | {span} | {middle / best:.1f} |")
    overhead()


def overhead() -> None:
    """Time and private memory of a notebook that does nothing, in a child of the warm parent."""
    from analysis.batch.notebooks import execute
    from analysis.batch.warm import child
    from tests.batch.project import notebook

    code = (
        "text = open('/proc/self/smaps_rollup').read()\n"
        "sum(int(t.split()[1]) for t in text.splitlines() if t.startswith('Private'))"
    )
    with (
        tempfile.TemporaryDirectory() as where,
        child.started(["analysis.batch.warming:chapters"]) as address,
    ):
        os.environ[child.ADDRESS] = address
        folder = Path(where)
        for name in ("notebooks", "params"):
            (folder / name).mkdir()
        source = folder / "notebooks" / "nothing.ipynb"
        source.write_text(notebook(code))
        taken = []
        for _ in range(21):
            clock = time.monotonic()
            execute(source, folder / "out.ipynb", folder / "params", {"client": "c", "wave": "w"})
            taken.append(time.monotonic() - clock)
        outputs = json.loads((folder / "out.ipynb").read_text())["cells"][-1]["outputs"]
        private = int("".join(outputs[-1]["data"]["text/plain"])) / 1024
    middle = statistics.median(taken[1:])
    print(f"\nA notebook that does nothing: {middle:.3f} s, {private:.0f} MB of private memory.")


def many(clients: int) -> None:
    """One long run: whether clients take longer at its end, anything grows or stays behind."""
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        project(folder, clients)
        before = set(Path(tempfile.gettempdir()).iterdir())
        command = [sys.executable, "-m", "analysis.cli", "run"]
        with subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT, stdout=-3, stderr=-3, start_new_session=True
        ) as process:
            resident = {"driver": [], "parent": []}
            while process.poll() is None:
                time.sleep(5)
                for who, pid in (("driver", process.pid), ("parent", _parent_of(process.pid))):
                    if pid and (size := _resident(pid)):
                        resident[who].append(size)
        (log,) = (folder / "reports" / "logs").glob("*.jsonl")
        ended = [json.loads(line) for line in log.read_text().splitlines()]
        ended = [one for one in ended if one["event"] == "ended"]
        took = [one["seconds"] for one in ended]
        first, last = statistics.mean(took[:50]), statistics.mean(took[-50:])
        print(f"{sum(one['status'] == 'made' for one in ended)} of {clients} made")
        print(f"first 50: {first:.2f} s a client, last 50: {last:.2f} s ({last / first - 1:+.1%})")
        for who, sizes in resident.items():
            early = sizes[len(sizes) // 10]
            print(f"{who}: {early} MB early on, {sizes[-2]} MB at the end, most {max(sizes)} MB")
        left = {f.name for f in set(Path(tempfile.gettempdir()).iterdir()) - before}
        print(f"left over: {sorted(n for n in left if n.startswith('rapport')) or 'nothing'}")
        print(f"processes left: {_group(process.pid) or 'none'}")


def _parent_of(driver: int) -> int | None:
    children = Path(f"/proc/{driver}/task/{driver}/children")
    try:
        return next(map(int, children.read_text().split()), None)
    except OSError:
        return None


def _resident(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        return 0


def _group(driver: int) -> list[str]:
    found = subprocess.run(
        ["pgrep", "-f", "analysis.batch.warm.parent"], capture_output=True, text=True
    )
    return [pid for pid in found.stdout.split() if int(pid) != driver]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--many", type=int)
    given = parser.parse_args()
    many(given.many) if given.many else compare()
