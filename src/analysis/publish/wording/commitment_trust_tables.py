"""Tables of chapter 3, made of the frames of the fit; what analysts want stands in the appendix."""

import pandas as pd

from analysis.publish import results
from analysis.publish.numbers import show
from analysis.publish.results import Chart, Note, Table

SCALE = (
    "A strength of 1 would be perfect step with each other, 0 none, a minus the opposite; all "
    "arrows into one construct are counted together."
)


def paths(frame: pd.DataFrame, *, minimum: int, method: str, otherwise: str) -> Table | Note:
    """The paths as a diagram and a table."""
    frame = frame[frame["estimate"].notna()]
    title = "What leads to commitment and trust, and what they lead to"
    if len(frame) == 1:
        title = "Trust and commitment"
    return results.table(
        frame,
        key="paths",
        title=title,
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "estimate": ("Strength", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("to", "r"),
            "n": ("Answers", "count"),
            "verdict": ("As expected?", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise=otherwise,
        method=f"{method} {SCALE}",
        chart=Chart(
            kind="paths",
            columns={
                "source": "source",
                "target": "target",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "verdict": "verdict",
            },
            alt=_alt(frame),
        )
        if len(frame) > 1
        else None,
    )


def signs(frame: pd.DataFrame, *, minimum: int, otherwise: str) -> Table | Note:
    """The 13 expected signs, met or not; those not asked have no answers and no number."""
    none = frame["estimate"].isna().all()
    return results.table(
        frame.iloc[:0] if none else frame,
        key="signs",
        title="The 13 expected links, one by one",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "expected": ("Expected sign", "text"),
            "estimate": ("Strength", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("to", "r"),
            "p": ("p", "p"),
            "p_holm": ("p, allowing for all links", "p"),
            "n": ("Answers", "count"),
            "verdict": ("Verdict", "text"),
        },
        base="n",
        minimum=minimum,
        whole=True,  # not asked means no answers: nothing is hidden there
        otherwise=otherwise,
        method=(
            "Signs as in Morgan and Hunt (1994), Journal of Marketing 58(3), 20-38. Met or not met "
            "only where the 95% interval leaves zero out."
        ),
        appendix=True,
    )


def explained(frame: pd.DataFrame, *, minimum: int, otherwise: str) -> Table | Note:
    """How much of each construct's differences between customers the arrows explain."""
    return results.table(
        frame,
        key="explained",
        title="How much of the differences between customers is explained",
        columns={
            "label": ("Construct", "text"),
            "estimate": ("Explained", "share"),
            "ci_low": ("95% from", "share"),
            "ci_high": ("to", "share"),
            "n": ("Answers", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise=otherwise,
        method="Share of variance (R squared) that the arrows into a construct account for.",
        appendix=True,
    )


def measurement(
    reliability: pd.DataFrame, pairs: pd.DataFrame, htmt: pd.DataFrame, *, minimum: int
) -> list[Table]:
    """Whether the questions measure what they should: reliability, and pairs that are close."""
    blocks = [
        results.table(
            reliability,
            key="reliability",
            title="Do the questions of a construct measure one thing?",
            columns={
                "label": ("Construct", "text"),
                "items": ("Questions", "count"),
                "estimate": ("Omega", "r"),
                "ci_low": ("95% from", "r"),
                "ci_high": ("to", "r"),
                "ave": ("Average variance extracted", "r"),
                "n": ("Answers", "count"),
            },
            base="n",
            minimum=minimum,
            otherwise="No measurement model.",
            method=(
                "Confirmatory factor model. Omega is the reliability of the sum of the questions "
                "(convention: above 0.70); average variance extracted is the mean squared "
                "standardised loading (above 0.50, Fornell and Larcker 1981)."
            ),
            appendix=True,
        ),
        _closest(
            pairs,
            key="latent_correlations",
            title="Constructs that go most closely together",
            method=(
                "Correlations of the constructs, free of measurement error. Where the interval "
                "reaches 0.90 two constructs can hardly be told apart (Rönkkö and Cho 2022)."
            ),
            minimum=minimum,
            more={"ci_low": ("95% from", "r"), "ci_high": ("to", "r")},
        ),
        _closest(
            htmt,
            key="htmt",
            title="Can the constructs be told apart by their questions?",
            method=(
                "Heterotrait-monotrait ratio (Henseler, Ringle and Sarstedt 2015): 0.85 is close, "
                "from 0.90 constructs are not told apart. The ten highest pairs."
            ),
            minimum=minimum,
            more={},
        ),
    ]
    return [block for block in blocks if isinstance(block, Table)]


def loadings(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """How strongly each question speaks for its construct."""
    rows = frame[frame["op"] == "=~"]
    rows = rows.assign(label=rows["lhs"].str.replace("_", " ").str.capitalize())
    block = results.table(
        rows,
        key="loadings",
        title="How strongly each question speaks for its construct",
        columns={
            "label": ("Construct", "text"),
            "rhs": ("Question", "text"),
            "estimate": ("Loading", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("to", "r"),
            "n": ("Answers", "count"),
        },
        base="n",
        minimum=minimum,
        otherwise="No measurement model.",
        method="Standardised loadings of the structural equation model.",
        appendix=True,
    )
    return block if isinstance(block, Table) else None


def fit_table(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """How well the model reproduces the answers."""
    names = {
        "chi2": "Chi-square",
        "df": "Degrees of freedom",
        "p": "p of chi-square",
        "chi2_swain": "Chi-square, Swain's correction",
        "p_swain": "p, Swain's correction",
        "cfi": "CFI",
        "tli": "TLI",
        "rmsea": "RMSEA",
        "srmr": "SRMR",
    }
    rows = frame[frame["term"].isin(names)]
    texts = [show(value, "p" if term in ("p", "p_swain") else "count" if term == "df" else "weight")
             if term != "rmsea" else f"{value:.3f}"
             for term, value in zip(rows["term"], rows["estimate"], strict=True)]  # fmt: skip
    ends = [
        f"{low:.3f} to {high:.3f}" if low == low else ""
        for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
    ]
    block = results.table(
        rows.assign(label=rows["term"].map(names), value=texts, interval=ends),
        key="fit_indices",
        title="How well the model reproduces the answers",
        columns={
            "label": ("Index", "text"),
            "n": ("Answers", "count"),
            "value": ("Value", "text"),
            "interval": ("90% interval", "text"),
            "note": ("How to read it", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise="No model.",
        method="Conventions, not verdicts. Worked out from the solution, not taken from semopy.",
        appendix=True,
    )
    return block if isinstance(block, Table) else None


def beside(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """The same links by averages, as a check that does not rest on the model."""
    block = results.table(
        frame,
        key="paths_by_averages",
        title="The same links by simple averages of the questions",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "estimate": ("Strength", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("to", "r"),
            "n": ("Answers", "count"),
            "verdict": ("As expected?", "text"),
        },
        base="n",
        minimum=minimum,
        otherwise="",
        method=(
            "A check: regressions on averages, whole accounts resampled. Averages hold "
            "measurement error, so most links come out weaker."
        ),
        appendix=True,
    )
    return block if isinstance(block, Table) else None


def _closest(
    frame: pd.DataFrame,
    *,
    key: str,
    title: str,
    method: str,
    minimum: int,
    more: dict[str, tuple[str, results.Unit]],
) -> Table | Note:
    order = frame["estimate"].astype(float).abs().argsort()[::-1]
    notes: dict[str, tuple[str, results.Unit]] = (
        {"note": ("Remark", "text")} if "note" in frame.columns else {}
    )
    return results.table(
        frame.iloc[order].head(10),
        key=key,
        title=title,
        columns={
            "one": ("Construct", "text"),
            "other": ("and", "text"),
            "estimate": ("Strength", "r"),
            **more,
            "n": ("Answers", "count"),
            **notes,
        },
        base="n",
        minimum=minimum,
        otherwise="No measurement model.",
        method=method,
        appendix=True,
    )


def _alt(frame: pd.DataFrame) -> str:
    """What is seen in the diagram."""
    met = int((frame["verdict"] == "met").sum())
    rows = frame[(frame["source"] == "Trust") & (frame["target"] == "Commitment")]
    core = [f"Trust leads to commitment ({show(value, 'r')}); " for value in rows["estimate"]]
    return f"{''.join(core)}{met} of {len(frame)} links are as expected."
