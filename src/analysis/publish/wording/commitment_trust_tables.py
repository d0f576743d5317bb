"""Tables of chapter 3, made of the frames of the fit; what analysts want stands in the appendix."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.language import later, listed, tr
from analysis.publish import results
from analysis.publish.numbers import HIDDEN, interval, localised, show
from analysis.publish.results import Chart, Note, Table
from analysis.publish.wording.commitment_trust import inside, named

SCALE = (
    "A strength of 1 would be perfect step with each other, 0 none, a minus the opposite; all "
    "arrows into one construct are counted together."
)


#: What the terms of `indices` are called, in the order to print.
INDICES = {
    "chisq": later("Chi-square"),
    "df": later("Degrees of freedom"),
    "pvalue": later("p of chi-square"),
    "chisq_scaled": later("Chi-square, scaled"),
    "pvalue_scaled": later("p of the scaled chi-square"),
    "scaling_factor": later("Scaling factor"),
    "swain_chisq": later("Chi-square, Swain's correction"),
    "swain_pvalue": later("p, Swain's correction"),
    "chisq_few": later("Chi-square, scaled and corrected for few answers"),
    "pvalue_few": later("p, scaled and corrected for few answers"),
    "cfi": "CFI",
    "tli": "TLI",
    "rmsea": "RMSEA",
    "srmr": "SRMR",
    "aic": "AIC",
    "bic": "BIC",
}

#: Columns of the fit's frames with words of ours; others may hold words of the client's.
OURS = {"source", "target", "one", "other", "label", "group", "reference", "by", "verdict", "note"}


def paths(
    frame: pd.DataFrame, r2: pd.DataFrame, *, minimum: int, method: str, otherwise: str
) -> Table | Note:
    """The paths as a diagram and a table, with how much of each target all its arrows explain."""
    frame = frame[frame["estimate"].notna()]
    known = r2[r2["n"] >= minimum]
    shares = dict(zip(known["label"], known["estimate"].astype(float), strict=True))
    return results.table(
        spoken(frame.assign(explained=[shares.get(target) for target in frame["target"]])),
        key="paths",
        title="Trust and commitment"
        if len(frame) == 1
        else "What leads to commitment and trust, and what they lead to",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "estimate": ("Strength", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("to", "r"),
            "explained": ("Explained of “To”, all arrows", "share"),
            "n": ("Answers", "count"),
            "verdict": ("As expected?", "text"),
        },
        names=("source", "target"),
        base="n",
        minimum=minimum,
        otherwise=otherwise,
        method=f"{method} {tr(SCALE)}",
        chart=Chart(
            kind="paths",
            columns={
                "source": "source",
                "target": "target",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "explained": "explained",
                "verdict": "verdict",
            },
            alt=_alt(frame[frame["n"] >= minimum], shares),
            axis="Strength with 95% interval; grey: undecided",
        )
        if len(frame) > 1
        else None,
    )


def signs(frame: pd.DataFrame, *, minimum: int, otherwise: str) -> Table | Note:
    """The 13 expected signs, met or not; those not asked have no answers and no number."""
    none = frame["estimate"].isna().all()
    return results.table(
        spoken(frame.iloc[:0] if none else frame),
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
        names=("source", "target", "expected"),
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
        spoken(frame),
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
            spoken(reliability),
            key="reliability",
            title="Whether the questions of a construct measure one thing",
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
            title="Whether constructs can be told apart by their questions",
            method=(
                "Heterotrait-monotrait ratio (Henseler, Ringle and Sarstedt 2015): 0.85 is close, "
                "from 0.90 constructs are not told apart. The ten highest pairs."
            ),
            minimum=minimum,
            more={"ci_low": ("95% from", "r"), "ci_high": ("to", "r")},
        ),
    ]
    return [block for block in blocks if isinstance(block, Table)]


def loadings(frame: pd.DataFrame, *, minimum: int, labels: Mapping[str, str]) -> Table | None:
    """How strongly each question speaks for its construct; `labels` maps items to their wording."""
    rows = frame[frame["op"] == "=~"]
    return analyst(
        rows.assign(
            label=rows["lhs"].str.replace("_", " ").str.capitalize().map(tr),
            question=[labels.get(item, item) for item in rows["rhs"]],
        ),
        key="loadings",
        title="How strongly each question speaks for its construct",
        columns={
            "label": ("Construct", "text"),
            "question": ("Question", "text"),
            "estimate": ("Loading", "r"),
            "ci_low": ("95% from", "r"),
            "ci_high": ("to", "r"),
            "n": ("Answers", "count"),
        },
        names=("label", "question"),
        minimum=minimum,
        method="Standardised loadings of the structural equation model.",
    )


def fit_table(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """How well the model reproduces the answers."""
    order = {term: k for k, term in enumerate(INDICES)}
    rows = frame[frame["term"].isin(INDICES) & frame["estimate"].notna()]
    rows = rows.sort_values("term", key=lambda terms: terms.map(order))
    return analyst(
        rows.assign(
            label=rows["term"].map(INDICES),
            value=[
                index(term, value)
                for term, value in zip(rows["term"], rows["estimate"], strict=True)
            ],
            interval=[
                tr("{low} to {high}", low=localised(f"{low:.3f}"), high=localised(f"{high:.3f}"))
                if pd.notna(low) and pd.notna(high)
                else ""
                for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
            ],
        ),
        key="fit_indices",
        title="How well the model reproduces the answers",
        columns={
            "label": ("Index", "text"),
            "n": ("Answers", "count"),
            "value": ("Value", "text"),
            "interval": ("90% interval", "text"),
            "note": ("How to read it", "text"),
        },
        minimum=minimum,
        method=(
            "Conventions, not verdicts. The scaled chi-square and the robust indices allow for "
            "answers that are not normally distributed (Yuan and Bentler 2000; Brosseau-Liard and "
            "Savalei 2014); Swain's correction allows for few answers."
        ),
    )


def index(term: str, value: float) -> str:
    """Print an index of fit: three decimals where convention reads them.

    Examples
    --------
    >>> index("cfi", 0.9514), index("df", 80.0), index("bic", 9812.4), index("pvalue", 0.0002)
    ('0.951', '80', '9,812.4', '< 0.001')
    """
    if pd.isna(value):
        return HIDDEN
    if term == "df":
        return show(value, "count")
    if "pvalue" in term:
        return show(value, "p")
    places = 1 if term in ("aic", "bic") else 2 if "chisq" in term else 3
    return localised(f"{value:,.{places}f}")


def analyst(
    frame: pd.DataFrame, *, minimum: int, base: str = "n", appendix: bool = True, **more: Any
) -> Table | None:
    """A table for the appendix, or None where the fit has no such frame."""
    block = results.table(
        spoken(frame), base=base, minimum=minimum, otherwise="", appendix=appendix, **more
    )
    return block if isinstance(block, Table) else None


def spoken(frame: pd.DataFrame) -> pd.DataFrame:
    """The same in the language of the report, as far as the words are ours."""
    ours = [column for column in OURS if column in frame.columns]
    return frame.assign(**{name: frame[name].map(tr, na_action="ignore") for name in ours})


def beside(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """The same links by averages, as a check that does not rest on the model."""
    return analyst(
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
        names=("source", "target"),
        minimum=minimum,
        method=(
            "A check: regressions on averages, whole accounts resampled. Averages hold "
            "measurement error, so most links come out weaker."
        ),
    )


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
        spoken(frame.iloc[order].head(10)),
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
        names=("one", "other"),
        base="n",
        minimum=minimum,
        otherwise="No measurement model.",
        method=method,
        appendix=True,
    )


def _alt(frame: pd.DataFrame, shares: Mapping[str, float]) -> str:
    """What is seen in the diagram."""
    names = set(frame["source"]) | set(frame["target"])
    rows = frame[named(frame["source"], "Trust") & named(frame["target"], "Commitment")]
    said = [tr("{arrows} arrows between {names} constructs", arrows=len(frame), names=len(names))]
    said += [
        tr(
            "trust to commitment {estimate} ({ends})",
            estimate=show(row.estimate, "r"),
            ends=interval(row.ci_low, row.ci_high, "r"),
        )
        for row in rows.itertuples()
    ]
    count = frame["verdict"].value_counts()
    said += [
        tr(words, count=count[verdict])
        for verdict, words in (
            (later("met"), later("{count} as expected")),
            (later("not met"), later("{count} against expectation")),
            (later("undecided"), later("{count} undecided (dashed)")),
        )
        if count.get(verdict, 0)
    ]
    drawn = [
        tr("{share} of {name}", share=show(share, "share"), name=inside(name))
        for name, share in shares.items()
        if name in set(frame["target"]) and share == share
    ]
    if drawn:
        said.append(tr("explained: {shares}", shares=listed(drawn)))
    return f"{'; '.join(said)}."
