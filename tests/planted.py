"""The made-up client whose truths are not straight lines, loaded as any client is."""

import shutil
from pathlib import Path

import yaml

from analysis import params, survey
from analysis.params import Params
from analysis.survey import demo
from analysis.survey.tables import Survey

CLIENT = "kestrel"
PROJECT = Path(__file__).parents[1]


def kestrel(root: Path, seed: int | None = None) -> tuple[demo.Demo, Params, Survey]:
    """Make the client, write its files into `root`, and load them; None: the shipped seed."""
    made = demo.make(CLIENT, seed)
    data = root / "data" / CLIENT
    for folder in (root / "params", data):
        folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "params" / "_defaults.yml", root / "params")
    text = yaml.safe_dump(made.params, sort_keys=False)
    (root / "params" / f"{CLIENT}.yml").write_text(text, encoding="utf-8")
    for name, frame in made.tables.items():
        frame.to_csv(data / f"{name}.csv", index=False)
    p = params.load(CLIENT, params_dir=root / "params")
    return made, p, survey.load(p)
