"""The commitment-trust model with latent constructs, and all that is held against it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from analysis.language import later, printed, tr
from analysis.measures import inference
from analysis.models import tier
from analysis.models.sem import (
    contrasts,
    crq_levels,
    fitting,
    intervals,
    measurement,
    resampling,
    theory,
    triangulation,
)
from analysis.models.sem.finding import (
    ASKED,
    INDICES,
    Fit,
    instead,
    made,
    named,
    omega,
    pairs_named,
)
from analysis.models.sem.semfit import SemFit
from analysis.models.sem.signs import signs
from analysis.params import Params
from analysis.survey.tables import Survey

#: Complete answers that correlations of all questions take (our default).
LEAST_COMPLETE = 100

TIED = later("So the two questions of a construct that has only two are given equal weight.")


def fit(
    survey: Survey,
    latent: dict[str, list[str]],
    used: pd.DataFrame,
    allowed: tier.Tier,
    by_averages: Fit,
    params: Params,
) -> Fit:
    """The structural model and all that is held against it, or averages where it cannot be."""
    items = [item for of in latent.values() for item in of]
    gaps = bool(used[items].isna().any(axis=None))
    ends = survey.items.loc[items, ["scale_min", "scale_max"]].astype(float)
    limits = {item: (row.scale_min, row.scale_max) for item, row in ends.iterrows()}

    def fitted(text: str, *, check: bool = False) -> SemFit:
        return fitting.fit(
            text,
            used,
            "MLR",
            "fiml" if gaps else "listwise",
            cluster="cluster",
            limits=limits,
            check=check,
        )

    joined = theory.arrows(latent)
    pairs = [name for name, of in latent.items() if len(of) == 2]
    tied: list[str] = []
    first = found = fitted(theory.text(latent, joined), check=True)
    if not found.usable and pairs:
        # Two items say little about how their loadings differ; impossible variances start there.
        tied = pairs
        found = fitted(theory.text(latent, joined, tied), check=True)
    if not found.usable:
        return instead(by_averages, found.problems)
    problems = list(found.problems)
    if tied:
        said = tr("A first solution could not be.")
        problems.insert(0, " ".join((said, *first.problems, tr(TIED))))
    n_accounts = used["account"].nunique() or np.nan
    estimates = intervals.parameters(found)
    # Percentiles of a handful of accounts are too narrow; the wider interval with t is not.
    small = allowed.letter == "B" and not gaps and found.n_clusters >= tier.FEW_ACCOUNTS
    drawn = resampling.draw(found, params.drivers.resamples, params.seed) if small else None
    resampled = drawn is not None and drawn.enough
    if resampled:
        estimates = _resampled_paths(found, estimates, drawn.theta)
    estimates = estimates.assign(n=found.n, n_accounts=n_accounts)
    held = signs(estimates[estimates["op"] == "~"])
    frames = _frames(latent, joined, tied, used, found, fitted, held, by_averages, params)
    rival, verdict, p = _rival(latent, joined, tied, found, fitted)
    level_paths, note = crq_levels.levels(survey, used, n_accounts)
    compared = _compared(survey, latent, tied, params)
    return made(
        estimates,
        {**frames, "rival": rival, "levels": level_paths, **compared},
        signs=held,
        tier=allowed,
        engine=found.engine,
        n=found.n,
        n_accounts=n_accounts,
        answered=by_averages.answered,
        usable=True,
        reason="",
        problems=tuple(problems),
        method=_method(found, n_accounts, resampled=resampled, resamples=params.drivers.resamples),
        text=found.text,
        rival_verdict=verdict,
        rival_p=p,
        levels_note=note,
    )


def _frames(
    latent: dict[str, list[str]],
    joined: theory.Arrows,
    tied: list[str],
    used: pd.DataFrame,
    found: SemFit,
    fitted: Callable[..., SemFit],
    held: pd.DataFrame,
    by_averages: Fit,
    params: Params,
) -> dict[str, pd.DataFrame]:
    """Everything that stands beside the paths of a latent model."""
    n_accounts = used["account"].nunique() or np.nan
    draw = {"resamples": params.drivers.resamples, "seed": params.seed}
    measured = fitted(theory.text(latent, tied=tied))
    items = [item for of in latent.values() for item in of]
    frames = {
        "r2": named(intervals.explained(found).assign(n=found.n)),
        "indices": _indices(found),
        "beside": by_averages.paths,
        "effects": theory.effects(found, joined, n_accounts),
        "mediation": theory.mediation(latent, joined, fitted, tied, n_accounts),
        "sensitivity": triangulation.sensitivity(
            held,
            by_averages.signs,
            triangulation.by_composites(used, latent, joined),
            triangulation.by_ranks(used, found.text, items),
        ),
        "power": triangulation.power(held),
    }
    if used[items].notna().all(axis=1).sum() >= LEAST_COMPLETE:
        ratios = measurement.htmt(used, latent, draw["resamples"], draw["seed"], used["cluster"])
        frames["htmt"] = pairs_named(ratios)
        frames["common_method"] = triangulation.one_method(
            used, latent, measured if measured.usable else None, **draw
        )
    if measured.usable:
        frames["reliability"] = omega(measurement.reliability(measured))
        pairs = intervals.wider(measured, measurement.latent_correlations, "est", "se")
        frames["correlations"] = pairs_named(pairs.assign(n=measured.n))
    return frames


def _rival(
    latent: dict[str, list[str]],
    joined: theory.Arrows,
    tied: list[str],
    found: SemFit,
    fitted: Callable[..., SemFit],
) -> tuple[pd.DataFrame, str, float]:
    if not theory.outcomes(joined):
        return pd.DataFrame(columns=list(theory.RIVAL)), "", np.nan
    other = fitted(theory.text(latent, theory.rival_arrows(joined), tied))
    return theory.against_rival(found, other, joined)


def _compared(
    survey: Survey, latent: dict[str, list[str]], tied: list[str], params: Params
) -> dict[str, pd.DataFrame]:
    """Waves and roles, where each has enough answers."""
    here = survey.at(params.wave.id)
    here = here.assign(cluster=inference.units(here))
    parts = []
    if len(params.history) > 1:
        before, now = params.history[-2:]
        old = survey.at(before.id)
        both = pd.concat([old.assign(cluster=inference.units(old)), here])
        asked = {
            name: [item for item in items if old[item].notna().mean() >= ASKED]
            for name, items in latent.items()
        } if len(old) else {}  # fmt: skip
        asked = {name: items for name, items in asked.items() if len(items) >= 2}
        if before.method == now.method and asked:
            waves = {before.id: before.label, now.id: now.label}
            parts.append(contrasts.between(both, asked, "wave", later("Wave"), waves, tied=tied))
    roles = {
        str(role): tr(str(role).replace("_", " "))
        for role in sorted(here["role"].dropna().unique())
    }
    parts.append(contrasts.between(here, latent, "role", later("Role"), roles, tied=tied))
    known = [[frame for frame in frames if len(frame)] for frames in zip(*parts, strict=True)]
    names = ("invariance", "differences")
    return {
        name: pd.concat(frames, ignore_index=True)
        for name, frames in zip(names, known, strict=True) if frames
    }  # fmt: skip


def _resampled_paths(found: SemFit, estimates: pd.DataFrame, drawn: np.ndarray) -> pd.DataFrame:
    """The paths' intervals from resampled accounts, which small samples need: no symmetry."""
    rows = [k for k, r in enumerate(found.table.rows) if r.op == "~"]
    keys = [found.table.rows[k].key for k in rows]
    values = np.array([found.solution.standardised(theta)[rows] for theta in drawn])
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    below = (values <= 0).sum(axis=0)
    p = 2 * (np.minimum(below, len(values) - below) + 1) / (len(values) + 1)
    fresh = pd.DataFrame(
        {"ci_low": low, "ci_high": high, "se": values.std(axis=0, ddof=1), "p": p.clip(max=1)},
        index=pd.MultiIndex.from_tuples(keys),
    )
    out = estimates.set_index(["lhs", "op", "rhs"], drop=False)
    out.update(fresh.rename_axis(["lhs", "op", "rhs"]))
    return out.reset_index(drop=True)


def _indices(found: SemFit) -> pd.DataFrame:
    """Fit of the model as rows with a word on each."""
    index = found.indices
    low, high = fitting.indices.rmsea_interval(
        index["chisq_scaled"], int(index["df"]), found.n
    ) if index["df"] else (np.nan, np.nan)  # fmt: skip
    # With gaps the robust point has no interval of its own; the scaled one has.
    gaps = found.n_patterns > 1
    kind = later("scaled") if gaps else later("robust")
    rmsea, root = index[f"rmsea_{kind}"], 1.0 if gaps else np.sqrt(index["scaling_factor"])
    items = len(found.table.items)
    unknown = int(index["npar"]) - items * found.table.means
    few = index["chisq_scaled"] * fitting.indices.few_answers_factor(items, unknown, found.n)
    rows = [
        ("chisq", index["chisq"], tr("assumes independent, normal answers: too strict")),
        ("df", index["df"], ""),
        ("pvalue", index["pvalue"], ""),
        ("chisq_scaled", index["chisq_scaled"], tr("allows for accounts and skewed answers")),
        ("pvalue_scaled", index["pvalue_scaled"], ""),
        (
            "scaling_factor",
            index["scaling_factor"],
            tr("above 1: answers of an account go together"),
        ),
        (
            "swain_chisq",
            index["swain_chisq"],
            tr("corrected for few answers (Swain), as if all were independent"),
        ),
        ("swain_pvalue", index["swain_pvalue"], ""),
        (
            "chisq_few",
            few,
            tr("allows for accounts and few answers; still strict with few accounts"),
        ),
        ("pvalue_few", stats.chi2.sf(few, index["df"]) if index["df"] else np.nan, ""),
        ("cfi", index["cfi_robust"], tr("convention: above 0.90; robust")),
        ("tli", index["tli_robust"], tr("convention: above 0.90; robust")),
        ("rmsea", rmsea, tr("convention: below 0.06; {kind}, 90% interval", kind=tr(kind))),
        (
            "srmr",
            index["srmr"],
            tr("convention: below 0.08; with means" if gaps else "convention: below 0.08"),
        ),
        ("aic", index["aic"], tr("compares models of the same answers")),
        ("bic", index["bic"], tr("as AIC")),
    ]
    frame = pd.DataFrame(rows, columns=["term", "estimate", "note"])
    at = frame["term"] == "rmsea"
    frame["ci_low"] = np.where(at, low * root, np.nan)
    frame["ci_high"] = np.where(at, high * root, np.nan)
    return frame[frame["estimate"].notna()].assign(n=found.n)[list(INDICES)].reset_index(drop=True)


def _method(found: SemFit, n_accounts: float, *, resampled: bool, resamples: int) -> str:
    if found.engine == "semopy":
        by = tr("maximum likelihood on complete answers (semopy, finished and checked by Rapport)")
    elif found.missing == "fiml":
        by = tr("maximum likelihood on all answers given, gaps included (FIML)")
    else:
        by = tr("maximum likelihood on complete answers")
    if resampled:
        ends = tr("95% intervals from {n} bootstrap samples of accounts", n=printed(resamples))
    elif n_accounts > 0:
        ends = tr(
            "95% intervals allow for skewed answers, with whole accounts speaking with one voice"
        )
    else:
        ends = tr("95% intervals allow for skewed answers, with each answer for itself")
    return tr("Structural equation model, {by}; standardised; {ends}.", by=by, ends=ends)
