"""Change of the same people and accounts.

`change` splits a change into same people and different people; `paths` follows every contact;
`states` counts who moved from one kind to another; `steady` asks which score is stable, and `pull`
whether it still goes with the recommendation; `actions` compares accounts where something was done
with the others; `persist` finds what stays below the bar; `gaps` compares the levels of one
account. `follow` says what can be followed at all, and `moments` draws accounts anew.

>>> import datetime as dt
>>> import pandas as pd
>>> from analysis.models import panel
>>> from analysis.params import Wave
>>> day = dt.date(2025, 3, 1)
>>> waves = [Wave(id=k, label=f"Wave {k}", closed=day, reported=day) for k in "12"]
>>> answers = pd.DataFrame(
...     {
...         "wave": list("11112222"),
...         "account": list("AABBAABC"),
...         "contact": list("pqrspqrt"),
...         "nps": [9.0, 4, 7, 8, 9, 7, 10, 3],
...     }
... )
>>> panel.matched(answers, *waves)[["term", "estimate", "n"]].round(1)
                  term  estimate  n
0  Change of the score      25.0  4
1          Same people      66.7  3
2     Different people     -41.7  4
>>> panel.trajectories(answers, waves)[["term", "count", "n"]]
       term  count  n
0  Improved      2  3
1  The same      1  3
2     Worse      0  3
>>> kinds = panel.nps_classes(answers)
>>> moved = panel.moves(kinds, answers, waves, ("Promoter", "Passive", "Detractor")).matrix
>>> moved.loc[moved["count"] > 0, ["from", "to", "count"]].to_numpy().tolist()
[['Promoter', 'Promoter', 1], ['Passive', 'Promoter', 1], ['Detractor', 'Passive', 1]]
"""

from analysis.models.panel.actions import (
    action_effect,
    action_effects,
    action_reason,
)
from analysis.models.panel.change import (
    COLUMNS,
    LEAVERS,
    MIX,
    NEWCOMERS,
    TOTAL,
    WITHIN,
    bridge,
    by_construct,
    latest,
    matched,
)
from analysis.models.panel.follow import unbroken, with_scores
from analysis.models.panel.gaps import account_gaps, level_contrasts, misperceptions, perception_gap
from analysis.models.panel.paths import paths, trajectories
from analysis.models.panel.persist import intransigent, persistence_reason
from analysis.models.panel.pull import effect_stability
from analysis.models.panel.states import (
    NPS_CLASSES,
    Moves,
    homogeneity,
    margins,
    moves,
    nps_classes,
    transitions,
)
from analysis.models.panel.steady import stability, stability_reason

__all__ = [
    "COLUMNS",
    "LEAVERS",
    "MIX",
    "NEWCOMERS",
    "NPS_CLASSES",
    "TOTAL",
    "WITHIN",
    "Moves",
    "account_gaps",
    "action_effect",
    "action_effects",
    "action_reason",
    "bridge",
    "by_construct",
    "effect_stability",
    "homogeneity",
    "intransigent",
    "latest",
    "level_contrasts",
    "margins",
    "matched",
    "misperceptions",
    "moves",
    "nps_classes",
    "paths",
    "perception_gap",
    "persistence_reason",
    "stability",
    "stability_reason",
    "trajectories",
    "transitions",
    "unbroken",
    "with_scores",
]
