"""Tables of chapter 3 on the theory: its effects, the way through trust and commitment, its rival.

Every function gives None where the fit has no such frame. Only `effects` stands in the chapter;
the rest is for the analyst.
"""

import pandas as pd

from analysis.language import later, tr
from analysis.publish.numbers import show
from analysis.publish.results import Chart, Table, Unit
from analysis.publish.wording.commitment_trust import clear, inside
from analysis.publish.wording.commitment_trust_tables import analyst, index

#: So many links are drawn in the chapter; the appendix has all.
MOST_DRAWN = 12

#: The rival's measures: heading, and how to print (a unit, or "fit" as an index of fit).
MEASURES = {
    "chisq": (later("Chi-square"), "fit"),
    "df": ("Degrees of freedom", "count"),
    "cfi": (later("CFI (higher is better)"), "fit"),
    "pnfi": (later("PNFI, fit for its simplicity (higher is better)"), "fit"),
    "rmsea": (later("RMSEA (lower is better)"), "fit"),
    "srmr": (later("SRMR (lower is better)"), "fit"),
    "aic": (later("AIC (lower is better)"), "fit"),
    "bic": (later("BIC (lower is better)"), "fit"),
    "paths": ("Links", "count"),
    "clear_paths": ("of these clear", "count"),
    "mean_r2": ("Explained of the constructs, on average", "share"),
}

_ENDS: dict[str, tuple[str, Unit]] = {"ci_low": ("95% from", "r"), "ci_high": ("to", "r")}


def effects(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """The strongest links from source to outcome, all ways together, drawn with intervals."""
    rows = _pairs(frame)
    rows = rows[rows["n"] >= minimum]
    if rows.empty:
        return None
    strongest = rows["estimate"].abs().sort_values(ascending=False, kind="stable")
    drawn = rows.loc[strongest.index[:MOST_DRAWN]]
    drawn = drawn.sort_values("estimate", ascending=False, kind="stable")
    title = tr("From what the relationship is made of to what comes of it, all ways together")
    if len(rows) > len(drawn):
        title = tr("{title}: the {count} strongest", title=title, count=len(drawn))
    return analyst(
        drawn,
        key="effects",
        title=title,
        columns={
            "link": ("Link", "text"),
            "estimate": ("Strength, all ways together", "r"),
            **_ENDS,
            "indirect": ("of which on the way", "r"),
            "n": ("Answers", "count"),
            "clear": ("Clear?", "text"),
        },
        minimum=minimum,
        method=(
            "Standardised strengths multiplied along each way, all ways added up. On the way: "
            "through trust, commitment or both. Clear: the 95% interval leaves zero out."
        ),
        chart=Chart(
            kind="intervals",
            columns={
                "label": "link",
                "y": "estimate",
                "low": "ci_low",
                "high": "ci_high",
                "highlight": "clear",
            },
            alt="",
            axis="Strength with 95% interval; grey: undecided",
        ),
        seen=_alt,
        appendix=False,
    )


def effects_all(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """Every link from source to outcome: straight, on the way, and together."""
    return analyst(
        _pairs(frame),
        key="effects_all",
        title="All links, straight and through trust and commitment",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "estimate": ("Together", "r"),
            **_ENDS,
            "direct": ("Straight", "r"),
            "direct_low": ("from", "r"),
            "direct_high": ("to", "r"),
            "indirect": ("On the way", "r"),
            "indirect_low": ("from", "r"),
            "indirect_high": ("to", "r"),
            "n": ("Answers", "count"),
        },
        names=("source", "target"),
        minimum=minimum,
        method=(
            "Total, direct and indirect effects of the structural model, standardised. A dash "
            "under “straight”: the theory has no such arrow."
        ),
    )


def mediation(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """The way through trust and commitment beside a straight path added to the model."""
    return analyst(
        frame,
        key="mediation_table",
        title="Through trust and commitment, or past them",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "estimate": ("Through them", "r"),
            **_ENDS,
            "direct": ("Straight, when added", "r"),
            "direct_low": ("from", "r"),
            "direct_high": ("to", "r"),
            "n": ("Answers", "count"),
            **_accounts(frame),
            "verdict": ("Verdict", "text"),
        },
        names=("source", "target"),
        minimum=minimum,
        method=(
            "For each pair a straight path was added to the theory's model. Carried: the way "
            "through is clear and the straight one is not, which does not prove that there is "
            "none; in part: both are clear. Clear: the 95% interval leaves zero out (Zhao, Lynch "
            "and Chen 2010)."
        ),
    )


def rival(frame: pd.DataFrame, p: float, *, minimum: int) -> Table | None:
    """The theory and its rival side by side, one measure a line."""
    if len(frame) < 2:
        return None
    names = dict(zip(("theory", "rival"), frame["model"], strict=False))
    rows = [
        {"label": label, "n": frame["n"].min()}
        | {
            side: index(column, value) if how == "fit" else show(value, how)
            for side, value in zip(names, frame[column], strict=False)
        }
        for column, (label, how) in MEASURES.items()
    ]
    method = tr(
        "In the rival (Morgan and Hunt 1994) trust and commitment stand among the antecedents and "
        "everything leads straight to every outcome."
    )
    if pd.notna(p):
        method += " " + tr("Scaled difference in chi-square: p {p}.", p=_p(p))
    return analyst(
        pd.DataFrame(rows),
        key="rival_models",
        title="The theory and its rival",
        columns={
            "label": ("Measure", "text"),
            "n": ("Answers", "count"),
            **{side: (name, "text") for side, name in names.items()},
        },
        minimum=minimum,
        method=method,
    )


def levels(frame: pd.DataFrame, *, minimum: int) -> Table | None:
    """The links between the three levels of the CRQ."""
    return analyst(
        frame,
        key="crq_level_links",
        title="From service over uniqueness to the relationship",
        columns={
            "source": ("From", "text"),
            "target": ("To", "text"),
            "estimate": ("Strength", "r"),
            **_ENDS,
            "p": ("p", "p"),
            "n": ("Answers", "count"),
            **_accounts(frame),
            "verdict": ("Verdict", "text"),
        },
        names=("source", "target"),
        minimum=minimum,
        method="Standardised paths between the levels of Customer Relationship Quality.",
    )


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per source and outcome: the total, and beside it its straight and indirect part."""
    total = frame[(frame["kind"] == "total") & frame["estimate"].notna()]
    for kind in ("direct", "indirect"):
        part = frame.loc[frame["kind"] == kind, ["source", "target", "estimate", *_ENDS]]
        names = {"estimate": kind, "ci_low": f"{kind}_low", "ci_high": f"{kind}_high"}
        total = total.merge(part.rename(columns=names), on=["source", "target"], how="left")
    return total.assign(
        link=total["source"].map(tr) + " → " + total["target"].map(inside),
        clear=clear(total).map({True: tr("yes"), False: tr("no")}),
    )


def _accounts(frame: pd.DataFrame) -> dict[str, tuple[str, Unit]]:
    """The column of accounts, where answers belong to any."""
    return {"n_accounts": ("Accounts", "count")} if frame["n_accounts"].notna().any() else {}


def _alt(rows: pd.DataFrame) -> str:
    """What the chart of effects shows, in words."""
    if rows.empty:
        return ""
    top = rows.loc[rows["estimate"].abs().idxmax()]
    return tr(
        "Dots with 95% intervals for {count} links, {sure} of them clear; the strongest is "
        "{source} to {target} ({estimate}).",
        count=len(rows),
        sure=(rows["clear"] == tr("yes")).sum(),
        source=inside(top["source"]),
        target=inside(top["target"]),
        estimate=show(top["estimate"], "r"),
    )


def _p(p: float) -> str:
    text = show(p, "p")
    return text if text.startswith("<") else f"= {text}"
