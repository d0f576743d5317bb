"""The made-up clients: how each differs, and the truth that is planted in it."""

from dataclasses import dataclass, field

#: Path -> standardised coefficient. Signs as in Morgan and Hunt (1994); sizes are ours. That
#: relationship benefits do not move commitment is planted too.
FULL_PATHS = {
    ("shared_values", "trust"): 0.30,
    ("communication", "trust"): 0.40,
    ("opportunism", "trust"): -0.25,
    ("termination_costs", "commitment"): 0.25,
    ("relationship_benefits", "commitment"): 0.0,
    ("shared_values", "commitment"): 0.20,
    ("trust", "commitment"): 0.45,
    ("commitment", "acquiescence"): 0.35,
    ("commitment", "propensity_to_leave"): -0.50,
    ("commitment", "cooperation"): 0.30,
    ("trust", "cooperation"): 0.35,
    ("trust", "functional_conflict"): 0.40,
    ("trust", "uncertainty"): -0.45,
}

_ALL = tuple(
    dict.fromkeys(c for path in FULL_PATHS for c in path if c not in ("trust", "commitment"))
)
_PART = ("shared_values", "communication", "opportunism", "propensity_to_leave", "cooperation")

#: Correlations among the antecedents, in the order of `ANTECEDENTS`.
ANTECEDENTS = (
    "termination_costs",
    "relationship_benefits",
    "shared_values",
    "communication",
    "opportunism",
)
ANTECEDENT_CORRELATIONS = (
    (1.00, 0.20, 0.15, 0.10, 0.05),
    (0.20, 1.00, 0.35, 0.30, -0.20),
    (0.15, 0.35, 1.00, 0.40, -0.30),
    (0.10, 0.30, 0.40, 1.00, -0.30),
    (0.05, -0.20, -0.30, -0.30, 1.00),
)

#: How the CRQ's other dimensions hang on trust and commitment; the rest is their own.
DIMENSIONS = {
    "satisfaction": {"trust": 0.45, "commitment": 0.25},
    "experience": {"trust": 0.45},
    "solution": {"commitment": 0.40},
    "reliability": {"trust": 0.45},
    "responsiveness": {"trust": 0.35},
    "customer_care": {"trust": 0.40},
}


@dataclass(frozen=True)
class WavePlan:
    """One wave: its dates, how many answers of each kind, and the level of the scales."""

    id: str
    label: str
    closed: str
    reported: str
    counts: tuple[int, int, int]  # promoters, passives, detractors: the NPS is exact
    level: float  # mean of the items on 1 to 7


@dataclass(frozen=True)
class Spec:
    """One made-up client."""

    id: str
    name: str
    sector: str
    business: str  # what it sells, for the comments and the accounts
    waves: tuple[WavePlan, ...]
    accounts: int
    contacts: int  # people known at the accounts over all waves
    asked: int  # people invited in each wave
    seed: int
    largest_driver: str  # of advocacy
    drivers: dict[str, float]  # construct -> weight in advocacy; the largest is planted
    languages: dict[str, float]  # language -> share of the answers
    constructs: tuple[str, ...]  # of Morgan and Hunt, beside trust and commitment
    silent: float = 0.0  # share of accounts from which nobody answers
    spread: float = 1.0  # standard deviation of the items
    role_rates: dict[str, float] = field(
        default_factory=lambda: {
            "decision_maker": 0.9,
            "influencer": 1.0,
            "operational": 1.1,
            "end_user": 1.0,
        }
    )  # relative readiness to answer
    staff: tuple[str, ...] = ()
    stage: int = 0  # maturity gates passed (0: no assessment)
    plans: int = 0  # improvement plans made after each wave
    focus: float = 0.25  # share of the plans that is about response times
    finished: float = 0.7  # share of the plans that is done in the end
    late: float = 0.1  # share of the plans made after the 28th day
    lift: float = 0.0  # of responsiveness at an account, in standard deviations, once it is done

    @property
    def paths(self) -> dict[tuple[str, str], float]:
        """The planted paths among the constructs that this client asks."""
        asked = {*self.constructs, "trust", "commitment"}
        return {path: b for path, b in FULL_PATHS.items() if asked.issuperset(path)}


SPECS = {
    spec.id: spec
    for spec in (
        Spec(
            id="harbour",
            name="Harbour Logistics",
            sector="Transport and logistics",
            business="logistics",
            waves=(
                WavePlan("2025", "Spring 2025", "2025-04-25", "2025-05-30", (212, 128, 60), 5.3),
                WavePlan("2026", "Spring 2026", "2026-04-24", "2026-05-29", (249, 114, 62), 5.4),
            ),
            accounts=140,
            contacts=880,
            asked=775,
            seed=11,
            largest_driver="solution",
            drivers={"solution": 0.52, "experience": 0.20, "reliability": 0.18},
            languages={"en": 0.6, "nl": 0.4},
            constructs=_ALL,
            silent=0.15,
            spread=0.95,
            staff=("Marieke de Wit", "Tom Harding", "Sanne Bakker", "James Okoro"),
            stage=4,
            plans=32,
            finished=0.8,
        ),
        Spec(
            id="meridian",
            name="Meridian Facilities",
            sector="Facility services",
            business="facilities",
            waves=(
                WavePlan("2023", "Autumn 2023", "2023-10-27", "2023-12-01", (50, 46, 104), 4.3),
                WavePlan("2024", "Autumn 2024", "2024-10-25", "2024-11-29", (68, 64, 68), 4.7),
                WavePlan("2025", "Autumn 2025", "2025-10-24", "2025-11-28", (105, 63, 42), 5.2),
            ),
            accounts=90,
            contacts=500,
            asked=420,
            seed=12,
            largest_driver="responsiveness",
            drivers={"responsiveness": 0.55, "customer_care": 0.20, "reliability": 0.15},
            languages={"en": 0.65, "de": 0.35},
            constructs=_PART,
            silent=0.15,
            spread=1.05,
            staff=("Karen Whitfield", "Jonas Brandt", "Priya Nair"),
            stage=3,
            plans=42,
            focus=0.6,
            finished=0.85,
            late=0.15,
            lift=1.0,
        ),
        Spec(
            id="stonegate",
            name="Stonegate IT Services",
            sector="ICT services",
            business="it",
            waves=(WavePlan("2026", "Winter 2026", "2026-02-27", "2026-04-10", (12, 33, 50), 3.8),),
            accounts=75,
            contacts=520,
            asked=475,
            seed=13,
            largest_driver="reliability",
            drivers={"reliability": 0.60, "responsiveness": 0.20, "customer_care": 0.10},
            languages={"en": 0.6, "nl": 0.4},
            constructs=_PART,
            silent=0.45,
            spread=1.15,
            role_rates={
                "decision_maker": 0.25,
                "influencer": 0.8,
                "operational": 1.3,
                "end_user": 1.2,
            },
            staff=("Bram Visser", "Helen Marsh"),
            stage=1,
            plans=22,
            finished=0.15,
            late=0.75,
        ),
        Spec(
            id="lark",
            name="Lark Analytics",
            sector="Business services",
            business="analytics",
            waves=(WavePlan("2026", "Spring 2026", "2026-03-27", "2026-05-01", (11, 8, 5), 5.3),),
            accounts=11,
            contacts=44,
            asked=40,
            seed=14,
            largest_driver="customer_care",
            drivers={"customer_care": 0.55, "solution": 0.20},
            languages={"en": 1.0},
            constructs=(),
            silent=0.1,
            staff=("Nadia Rahman",),
        ),
    )
}
