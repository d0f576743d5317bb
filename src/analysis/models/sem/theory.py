"""The commitment-trust theory against its rival, and what passes through trust and commitment.

In the rival (Morgan & Hunt 1994) trust and commitment carry nothing: they stand among the
antecedents, and each of these leads straight to every outcome. The rival has all the arrows that
there can be, so it never fits worse; the question is whether the theory, with far fewer, fits as
well.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.language import later
from analysis.measures import scales
from analysis.models.sem import comparison, decomposition, intervals
from analysis.models.sem.engine.syntax import quoted
from analysis.models.sem.fitting import SemFit
from analysis.models.sem.signs import PATHS

Arrows = Sequence[tuple[str, str]]

#: The two that stand between, in the theory.
BETWEEN = ("trust", "commitment")

#: CFI may fall by this much before the theory is said to fit worse (Cheung & Rensvold 2002).
CFI_FALL = 0.010

EFFECTS = (
    "source",
    "target",
    "kind",
    "estimate",
    "ci_low",
    "ci_high",
    "se",
    "p",
    "n",
    "n_accounts",
    "verdict",
)
MEDIATION = (
    "source",
    "target",
    "estimate",
    "ci_low",
    "ci_high",
    "direct",
    "direct_low",
    "direct_high",
    "n",
    "n_accounts",
    "verdict",
)
RIVAL = (
    "model",
    "chisq",
    "df",
    "cfi",
    "pnfi",
    "rmsea",
    "srmr",
    "aic",
    "bic",
    "paths",
    "clear_paths",
    "mean_r2",
    "n",
)
THEORY_NAME = later("Trust and commitment stand between")
RIVAL_NAME = later("Everything leads straight to the outcomes")


def arrows(asked: Sequence[str]) -> list[tuple[str, str]]:
    """The theory's arrows (source, target) between the constructs that were asked."""
    return [(s, t) for s, t, _ in PATHS if s in asked and t in asked]


def text(
    measurement: Mapping[str, Sequence[str]], joined: Arrows = (), tied: Sequence[str] = ()
) -> str:
    """A model as text: measurement, then one regression for each construct arrows point at.

    Parameters
    ----------
    measurement : construct -> items. joined : (source, target). tied : constructs whose items all
        have loading 1.

    Examples
    --------
    >>> print(text({"T": ["t1", "t2"], "C": ["c1", "c 2"]}, [("T", "C")], tied=["T"]))
    T =~ t1 + 1*t2
    C =~ c1 + `c 2`
    C ~ T
    """
    lines = []
    for name, items in measurement.items():
        rest = ["1*" + quoted(item) if name in tied else quoted(item) for item in items[1:]]
        lines.append(f"{name} =~ {' + '.join([quoted(items[0]), *rest])}")
    for target in dict.fromkeys(target for _, target in joined):
        lines.append(f"{target} ~ {' + '.join(s for s, t in joined if t == target)}")
    return "\n".join(lines)


def outcomes(joined: Arrows) -> list[str]:
    """What only follows."""
    return [t for t in dict.fromkeys(t for _, t in joined) if t not in BETWEEN]


def antecedents(joined: Arrows) -> list[str]:
    """What only leads."""
    return [s for s in dict.fromkeys(s for s, _ in joined) if s not in BETWEEN]


def rival_arrows(joined: Arrows) -> list[tuple[str, str]]:
    """Each antecedent, trust and commitment straight to every outcome."""
    return [(s, t) for t in outcomes(joined) for s in (*antecedents(joined), *BETWEEN)]


def against_rival(theory: SemFit, rival: SemFit, joined: Arrows) -> tuple[pd.DataFrame, str, float]:
    """Hold the theory against its rival.

    Returns
    -------
    The two rows with the columns `RIVAL`; the verdict: "model" when BIC prefers the theory, its
    arrows from trust to commitment and on to an outcome are clear, and CFI falls by no more than
    0.010; "rival" when both prefer the rival, else "undecided" ("" without
    both fits, or where both are one model); and p of the scaled chi-square difference.
    """
    if not (theory.usable and rival.usable):
        return pd.DataFrame(columns=list(RIVAL)), "", np.nan
    ends = outcomes(joined)
    rows = []
    for name, found in ((THEORY_NAME, theory), (RIVAL_NAME, rival)):
        index = found.indices
        estimates = intervals.parameters(found)
        own = estimates[estimates["op"] == "~"]
        share = found.r2.set_index("term")["estimate"].reindex(ends)
        rows.append(
            {
                "model": name,
                "chisq": index["chisq_scaled"],
                "df": int(index["df"]),
                "cfi": index["cfi_robust"],
                "pnfi": index["pnfi"],
                "rmsea": index["rmsea_robust"],
                "srmr": index["srmr"],
                "aic": index["aic"],
                "bic": index["bic"],
                "paths": len(own),
                "clear_paths": int(((own["ci_low"] > 0) | (own["ci_high"] < 0)).sum()),
                "mean_r2": share.mean(),
                "n": found.n,
            }
        )
    frame = pd.DataFrame(rows, columns=list(RIVAL))
    if frame["df"][0] == frame["df"][1]:
        return frame, "", np.nan  # two ways to write the same model: no answers part them
    cheaper = frame["bic"][0] < frame["bic"][1]
    as_well = frame["cfi"][0] >= frame["cfi"][1] - CFI_FALL
    # Few arrows always cost less than many: a theory whose own arrows cannot be seen wins nothing.
    core = intervals.parameters(theory)
    core = core[(core["op"] == "~") & ((core["ci_low"] > 0) | (core["ci_high"] < 0))]
    carries = ((core["lhs"] == "commitment") & (core["rhs"] == "trust")).any()
    cheaper &= bool(carries and core["lhs"].isin(ends).any())
    verdict = {(True, True): "model", (False, False): "rival"}.get((cheaper, as_well), "undecided")
    return frame, verdict, float(comparison.compare(theory, rival)["p"].iloc[0])


def effects(theory: SemFit, joined: Arrows, n_accounts: float) -> pd.DataFrame:
    """Direct, indirect and total effects where there is a way through trust or commitment."""
    found = intervals.wider(theory, decomposition.effects)
    return tidy_effects(found.assign(n=theory.n, n_accounts=n_accounts), joined)


def tidy_effects(found: pd.DataFrame, joined: Arrows) -> pd.DataFrame:
    """Effects with printed names and verdicts, columns `EFFECTS`, of pairs with an indirect one."""
    ends = outcomes(joined) or ["commitment"]
    if found.empty:
        return pd.DataFrame(columns=list(EFFECTS))
    indirect = found[(found["kind"] == "indirect") & found["lhs"].isin(ends)]
    pairs = set(zip(indirect["rhs"], indirect["lhs"], strict=True))
    inside = [pair in pairs for pair in zip(found["rhs"], found["lhs"], strict=True)]
    kept = found[np.array(inside, bool)]
    clear = (kept["ci_low"] > 0) | (kept["ci_high"] < 0)
    return kept.assign(
        source=kept["rhs"].map(scales.label),
        target=kept["lhs"].map(scales.label),
        verdict=np.where(clear, "clear", "undecided"),
    )[list(EFFECTS)].reset_index(drop=True)


def mediation(
    measurement: Mapping[str, Sequence[str]],
    joined: Arrows,
    fitted: Callable[[str], SemFit],
    tied: Sequence[str],
    n_accounts: float,
) -> pd.DataFrame:
    """What reaches the outcomes through trust and commitment, and what goes straight there.

    Every antecedent gets a direct arrow to every outcome beside its indirect way.

    Returns
    -------
    DataFrame with the columns `MEDIATION`; `estimate` is the indirect effect. Empty where the
    fuller model cannot be used.

    References
    ----------
    Zhao, Lynch & Chen (2010), Journal of Consumer Research 37(2).
    """
    first, last = antecedents(joined), outcomes(joined)
    empty = pd.DataFrame(columns=list(MEDIATION))
    if not first or not last:
        return empty
    full = fitted(text(measurement, [*joined, *((s, t) for t in last for s in first)], tied))
    if not full.usable:
        return empty
    found = intervals.wider(full, decomposition.effects).set_index(["rhs", "lhs", "kind"])
    rows = []
    for source in first:
        for target in last:
            if (source, target, "indirect") not in found.index:
                continue
            through, direct = (found.loc[(source, target, k)] for k in ("indirect", "direct"))
            rows.append(
                {
                    "source": scales.label(source),
                    "target": scales.label(target),
                    "estimate": through["estimate"],
                    "ci_low": through["ci_low"],
                    "ci_high": through["ci_high"],
                    "direct": direct["estimate"],
                    "direct_low": direct["ci_low"],
                    "direct_high": direct["ci_high"],
                    "n": full.n,
                    "n_accounts": n_accounts,
                    "verdict": _verdict(through, direct),
                }
            )
    return pd.DataFrame(rows, columns=list(MEDIATION))


def _clear(row: pd.Series) -> bool:
    return bool(row["ci_low"] > 0 or row["ci_high"] < 0)


def _verdict(through: pd.Series, direct: pd.Series) -> str:
    """How the two ways stand to each other; a straight link the other way is no part of a whole."""
    if _clear(through) and _clear(direct):
        same = (through["estimate"] > 0) == (direct["estimate"] > 0)
        return later("carried in part") if same else later("carried, with a contrary link beside")
    if _clear(through):
        return later("carried")
    return later("not carried") if _clear(direct) else later("undecided")
