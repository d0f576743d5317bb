"""Actions, touchpoints, practices and maturity assessments of the made-up clients."""

import numpy as np
import pandas as pd

from analysis.survey.demo.clients import Spec

#: theme, what customers said, what was done about it.
_SAID = (
    ("response", "Requests stay unanswered too long.", "A desk answers each request the same day."),
    ("problems", "The same faults come back.", "Faults that recur get an owner and a cause."),
    ("communication", "We hear of changes too late.", "Changes are announced two weeks ahead."),
    ("invoicing", "Invoices cannot be matched to orders.", "One invoice line per site and order."),
    ("turnover", "Our contact changes every year.", "A second named contact for each account."),
    ("portal", "Reports are hard to find.", "Documents stand in one place in the portal."),
    (
        "contract",
        "Anything outside the contract takes weeks.",
        "Small changes need no new contract.",
    ),
    ("visibility", "We never see senior management.", "Each director visits six accounts a year."),
)

_LATE = {"harbour": 0.12, "meridian": 0.15, "stonegate": 0.75}
_DONE = {"harbour": 0.7, "meridian": 0.65, "stonegate": 0.08}

STAGE_ITEMS = ("collect", "analyse", "act", "collaborate", "transform")
QUADRANTS = {"leadership": 1.9, "strategy": 2.0, "execution": 1.8, "culture": 1.5}


def actions(
    spec: Spec, accounts: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[str]]:
    """Improvement actions of all waves, and the accounts that had one on response times."""
    rows = []
    acted: list[str] = []
    for wave in spec.waves:
        closed, reported = pd.Timestamp(wave.closed), pd.Timestamp(wave.reported)
        chosen = rng.choice(accounts.index, 22 if spec.id != "harbour" else 30, replace=False)
        for k, index in enumerate(chosen):
            account = accounts.loc[index]
            theme, said, did = _SAID[0] if k % 3 == 0 else _SAID[1 + k % (len(_SAID) - 1)]
            late = rng.random() < _LATE[spec.id]
            created = closed + pd.Timedelta(
                days=int(rng.integers(29, 40) if late else rng.integers(6, 29))
            )
            created = min(created, reported)
            last = wave is spec.waves[-1]
            done = rng.random() < _DONE[spec.id] * (0.5 if last else 1.3)
            status = "done" if done else "dropped" if rng.random() < 0.06 else "open"
            days = pd.Timedelta(days=int(rng.integers(40, 120)))
            # What is done by the time of the report was done before it.
            finished = min(created + days, reported) if last else created + days
            due = created + pd.Timedelta(days=int(rng.integers(5, 70)))
            rows.append(
                {
                    "wave": wave.id,
                    "account": account["account"],
                    "theme": theme,
                    "said": said,
                    "did": did if status == "done" else "",
                    "owner": account["owner"],
                    "created": created,
                    "discussed": created + pd.Timedelta(days=5) if status != "open" else pd.NaT,
                    "agreed": created + pd.Timedelta(days=9) if status == "done" else pd.NaT,
                    "shared": created + pd.Timedelta(days=12) if status == "done" else pd.NaT,
                    "due": due,
                    "done": finished if status == "done" else pd.NaT,
                    "status": status,
                }
            )
            if theme == "response" and status == "done" and not last:
                acted.append(account["account"])
    frame = pd.DataFrame(rows)
    for column in ("created", "discussed", "agreed", "shared", "due", "done"):
        frame[column] = frame[column].dt.strftime("%Y-%m-%d")
    frame.insert(0, "action", [f"P{k:03d}" for k in range(1, len(frame) + 1)])
    return frame, sorted(set(acted))


def assessments(spec: Spec, rng: np.random.Generator) -> pd.DataFrame:
    """Both maturity instruments, filled in by eight of the client's own people in each wave."""
    rows = []
    for n, wave in enumerate(spec.waves):
        passed = spec.stage - (1 if n < len(spec.waves) - 1 and spec.stage > 1 else 0)
        for assessor in range(1, 9):
            lean = rng.normal(0, 0.25)
            for gate, block in enumerate(STAGE_ITEMS):
                middle = 4.2 if gate < passed else 2.7 - 0.2 * (gate - passed)
                for k in range(1, 4):
                    score = int(np.clip(np.rint(middle + lean + rng.normal(0, 0.5)), 1, 5))
                    rows.append(("stages", wave.id, f"S{assessor}", f"{block}_{k}", score, ""))
            for quadrant, middle in QUADRANTS.items():
                shift = 0.25 * (spec.stage - 3)
                for k in range(1, 6):
                    score = int(np.clip(np.rint(middle + shift + lean + rng.normal(0, 0.6)), 0, 3))
                    evidence = "yes" if rng.random() < 0.3 + 0.15 * score else "no"
                    rows.append(
                        ("healthcheck", wave.id, f"S{assessor}", f"{quadrant}_{k}", score, evidence)
                    )
    columns = ["instrument", "wave", "assessor", "item", "score", "evidence"]
    return pd.DataFrame(rows, columns=columns).assign(sector=spec.sector)


def touchpoints(spec: Spec, rng: np.random.Generator) -> pd.DataFrame:
    """A few touchpoints; not all of them are measured."""
    names = ("Onboarding", "Service desk", "Delivery", "Complaint", "Invoice", "Quarterly review")
    measured = rng.random(len(names)) < 0.6
    return pd.DataFrame(
        {
            "touchpoint": names,
            "measured": np.where(measured, "yes", "no"),
            "wave": spec.waves[-1].id,
            "n": np.where(measured, rng.integers(40, 400, len(names)), 0),
            "score": np.where(measured, rng.uniform(6.5, 8.8, len(names)).round(1), np.nan),
        }
    )


def practices(spec: Spec, accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Account practices and whether each account has them."""
    names = ("joint business plan", "quarterly review", "senior sponsor", "site visits")
    rows = [
        (account, practice, "yes" if rng.random() < 0.4 else "no")
        for account in accounts["account"]
        for practice in names
    ]
    return pd.DataFrame(rows, columns=["account", "practice", "present"])
