"""All clients side by side, by headline numbers only, from their published `results.json`."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from analysis.language import SOURCE, using
from analysis.publish import numbers, page, results
from analysis.publish.disclosure import MIN_CLIENTS
from analysis.publish.results import Chart, Finding, Metric, Note, Report, Table

_COLUMNS = {
    "client": ("Client", "text"),
    "wave": ("Wave", "text"),
    "reported": ("Reported", "date"),
}
_FRAME = [*_COLUMNS, "estimate", "ci_low", "ci_high", "n", "n_accounts", "change"]


def collect(params_dir: str | Path = "params", wave: str = "latest") -> list[Report]:
    """Read each client's published report.

    Parameters
    ----------
    params_dir : the project's `params` folder.
    wave : id of a wave, or "latest": of each client the one reported last.

    Returns
    -------
    Reports by client name; one that cannot be read is left out.
    """
    reports = Path(params_dir).resolve().parent / "reports"
    latest: dict[str, Report] = {}
    for file in sorted(reports.glob("[a-z]*/[a-z0-9]*/client/results.json")):
        try:
            report = results.read_report(file)
        except ValidationError:
            continue
        if wave not in ("latest", report.wave):
            continue
        known = latest.get(report.client)
        if known is None or known.reported <= report.reported:
            latest[report.client] = report
    return sorted(latest.values(), key=lambda report: (report.name, report.client))


def compare(reports: Iterable[Report], key: str) -> pd.DataFrame:
    """Put one headline number of all clients in a frame.

    Parameters
    ----------
    key : key of a metric, such as "nps", "crq", "response_contacts".

    Returns
    -------
    DataFrame, one row per client whose number may be shown, highest first: client, wave,
    reported, estimate, ci_low, ci_high, n, n_accounts, change.
    """
    rows = []
    for report in reports:
        metric = report.find(key)
        if isinstance(metric, Metric) and metric.value is not None:
            rows.append(
                {
                    "client": report.name,
                    "wave": report.wave_label,
                    "reported": report.reported,
                    "estimate": metric.value,
                    **{name: getattr(metric, name) for name in _FRAME[4:]},
                }
            )
    frame = pd.DataFrame(rows, columns=_FRAME)
    return frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def table(frame: pd.DataFrame, key: str, label: str, unit: results.Unit) -> Table | Note:
    """Make a block of a comparison."""
    return results.table(
        frame,
        key=key,
        title=label,
        names=tuple(_COLUMNS),
        columns={
            **_COLUMNS,
            "estimate": (label, unit),
            "ci_low": ("Low", unit),
            "ci_high": ("High", unit),
            "n": ("Answers", "count"),
        },
        base="n",
        otherwise=f"{label}: no client has published one yet.",
        chart=Chart(
            kind="intervals",
            columns={"label": "client", "y": "estimate", "low": "ci_low", "high": "ci_high"},
            alt=_alt(frame, label),
        ),
    )


def comparable(frame: pd.DataFrame) -> Finding | None:
    """Say whether the highest and the lowest client can be told apart at all."""
    if len(frame) < 2 or frame[["ci_low", "ci_high"]].iloc[[0, -1]].isna().any(axis=None):
        return None
    first, last = frame.iloc[0], frame.iloc[-1]
    apart = first["ci_low"] > last["ci_high"]
    verdict = (
        f"{first['client']} stands above {last['client']}; their intervals do not overlap."
        if apart
        else "The intervals of the highest and the lowest client overlap: no ranking."
    )
    return Finding(key="comparable", sentence=verdict, evidence="clear" if apart else "undecided")


def benchmark(frame: pd.DataFrame, label: str, unit: results.Unit) -> Finding | Note:
    """Say where the middle of the clients lies, where they are enough to stand for themselves.

    Parameters
    ----------
    frame : from `compare`.
    """
    n, key = len(frame), "benchmark"
    if n < MIN_CLIENTS:
        said = f"A benchmark needs {MIN_CLIENTS} clients; {n} have published the {label}."
        return Note(key=key, sentence=said, about="absent")
    low, middle, high = (
        numbers.show(frame["estimate"].quantile(share), unit) for share in (0.25, 0.5, 0.75)
    )
    sentence = (
        f"{label}: of {n} clients the middle one stands at {middle}, half of them between {low} "
        f"and {high}. These are the clients at hand, no sample of a market."
    )
    return Finding(key=key, sentence=sentence, evidence="descriptive")


def save(params_dir: str | Path, blocks: Iterable[object]) -> Path:
    """Write `reports/portfolio.html`, whole or not at all; None among the blocks is left out."""
    reports = Path(params_dir).resolve().parent / "reports"
    reports.mkdir(exist_ok=True)
    made = reports / "portfolio.html"
    beside = reports / ".portfolio.html.part"
    given = [block for block in blocks if block is not None]
    with using(SOURCE):  # the team's
        drawn = page.render("portfolio.html", given=given)
    beside.write_text(drawn, encoding="utf-8")
    beside.replace(made)
    return made


def _alt(frame: pd.DataFrame, label: str) -> str:
    if frame.empty:
        return label
    first, last = frame.iloc[0], frame.iloc[-1]
    return (
        f"{label} of {len(frame)} clients, from {first['client']} (highest) to "
        f"{last['client']} (lowest), each with its 95% interval."
    )
