"""semopy's answer to the same question, to hold against ours."""

import logging

import numpy as np

from analysis.models.sem.engine.places import Layout
from analysis.models.sem.engine.sample import Sample

#: semopy's default stops up to 0.5% away from the solution; at this tolerance its chi-square is
#: within 1e-6 (measured).
OPTIONS = {"ftol": 1e-9, "maxiter": 1_000}

#: The two must agree on chi-square this closely.
AGREEMENT = 1e-3


def chisquare(layout: Layout, sample: Sample) -> float | None:
    """Chi-square of one group's complete answers by semopy; None where it gives none.

    semopy reads neither unusual names nor constants in the items' own units, so that it gets
    scaled items under names of its own.
    """
    import pandas as pd
    import semopy

    table = layout.table
    item = {name: f"x{k}" for k, name in enumerate(table.items)}
    name = item | {n: f"f{k}" for k, n in enumerate(table.latents[: table.n_latent])}
    rows = [(r, layout.unit_of(r.matrix, r.row, r.col)) for r in table.rows if r.op != "~1"]
    z = sample.groups[0].z
    if not all(r.free < 0 or np.isclose(layout.unit[r.free], unit) for r, unit in rows):
        # Equal in the items' units is not equal in scaled ones, so semopy gets the former.
        z, rows = z * sample.scale, [(r, 1.0) for r, _ in rows]
    times = np.bincount([r.free for r, _ in rows if r.free >= 0])
    # semopy searches without end for a construct without a fixed loading. To fix its first loading
    # in place of its variance is another unit for the same model.
    fixed = {r.lhs for r, _ in rows if r.op == "=~" and r.free < 0}
    unit_free = {r.lhs for r, _ in rows if r.op == "=~"} - fixed
    lines, begun = [], set()
    for r, unit in rows:
        first = r.op == "=~" and r.lhs in unit_free - begun
        begun.add(r.lhs if first else "")
        own = r.op == "~~" and r.lhs == r.rhs and r.lhs in unit_free
        front = f"a{r.free}*" if times[max(r.free, 0)] > 1 and r.free >= 0 else ""
        if first:
            front = "1*"
        elif r.free < 0 and not own:
            front = f"{float(r.value / unit)!r}*"
        lines.append(f"{name[r.lhs]} {r.op} {front}{name[r.rhs]}")
    data = pd.DataFrame(z, columns=[item[n] for n in table.items])
    logging.disable(logging.WARNING)  # semopy warns on the root logger; we judge its result
    try:
        engine = semopy.Model("\n".join(lines))
        found = engine.fit(data, options=dict(OPTIONS))
    except (np.linalg.LinAlgError, ValueError, SyntaxError, LookupError, RuntimeError):
        return None
    finally:
        logging.disable(logging.NOTSET)
    return float(found.fun) * sample.n if np.isfinite(found.fun) else None
