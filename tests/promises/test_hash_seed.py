"""Tables do not depend on the order in which Python happens to walk through sets."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import hashlib
from analysis.models import sem
from analysis.models.sem import commitment_trust
from tests import relations
from tests.unit.test_commitment_trust_sizes import params

data = relations.sample(160, 3, accounts=60)
found = commitment_trust.fit(relations.survey(data), params())
tables = [found.parameters, *(found.frames[name] for name in sorted(found.frames))]
fit = sem.fit(relations.MODEL.text, data, check=False)
tables += [fit.parameters, sem.effects(fit), sem.modification_indices(fit)]
print(hashlib.sha256("".join(t.to_csv() for t in tables).encode()).hexdigest())
"""


def test_two_hash_seeds_give_the_same_tables():
    root = Path(__file__).parents[2]
    found = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(found[0]) == 65
    assert found[0] == found[1]
