"""What one client's parameters may hold, checked and frozen."""

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from analysis.language import SOURCE, languages

WAVE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

Role = Literal["decision_maker", "influencer", "operational", "end_user"]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]


def _spoken(language: str) -> str:
    if language not in languages():
        raise ValueError(f"input should be {' or '.join(map(repr, languages()))}")
    return language


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wave(_Frozen):
    """One round of asking. `closed` starts the 28-day clock; ages are counted to `reported`."""

    id: Annotated[str, Field(pattern=f"^{WAVE_ID.pattern}$")]
    label: str
    closed: dt.date
    reported: dt.date
    method: str = "same"  # waves with different methods are never joined into one series

    @model_validator(mode="after")
    def _reported_last(self) -> "Wave":
        if self.reported < self.closed:
            raise ValueError("it is reported before it is closed")
        return self


class Files(_Frozen):
    """File names in `data/<client>/`; None reads `<table>.csv`, `.xlsx` or `.parquet` if there."""

    answers: FileName | None = None
    codebook: FileName | None = None
    invitations: FileName | None = None
    accounts: FileName | None = None
    contacts: FileName | None = None
    touchpoints: FileName | None = None
    actions: FileName | None = None
    practices: FileName | None = None
    assessments: FileName | None = None
    outcomes: FileName | None = None


#: The preset "strict": smallest base, its fewest accounts, and the most of it in one account. Issue
#: 6's own choice; the last two are the dominance rules of official statistics (Willenborg and de
#: Waal 2001, chapter 6), loosened for B2B.
STRICT_ANSWERS, STRICT_ACCOUNTS, STRICT_LARGEST = 10, 3, 0.5


class Least(int):
    """Smallest number of answers shown, and what else a group must hold.

    accounts : its fewest accounts; largest: the most of it that one account may hold (0-1).
    """

    accounts = 0
    largest = 1.0

    @classmethod
    def strict(cls, answers: int) -> "Least":
        """The limits of the strict preset, with more answers where a client asks for more."""
        made = cls(max(answers, STRICT_ANSWERS))
        made.accounts, made.largest = STRICT_ACCOUNTS, STRICT_LARGEST
        return made


class Confidentiality(_Frozen):
    """Smallest groups shown. A client may raise them, never lower them (domain.md 2.8)."""

    default_mode: Literal["attributable", "confidential", "anonymous"] = "confidential"
    preset: Literal["standard", "strict"] = "standard"
    min_scores: Annotated[int, Field(ge=5)] = 5
    min_comments: Annotated[int, Field(ge=8)] = 8

    def model_post_init(self, _: Any) -> None:
        """Put the preset's limits where they are higher."""
        if self.preset == "strict":
            for limit in ("min_scores", "min_comments"):
                object.__setattr__(self, limit, Least.strict(getattr(self, limit)))


class Outputs(_Frozen):
    """What is made beside `report.html` and `results.json`."""

    workbook: bool = True  # tables.xlsx
    charts: bool = False  # charts/*.svg and *.png
    pdf: bool = True  # report.pdf, where a Chromium or Chrome is on the machine
    csv: bool = False  # tables/*.csv
    slides: bool = False  # slides.pptx
    reportback: bool = True  # a page for the people of each account


class Segments(_Frozen):
    """Where one kind of relationship ends and the next begins, on 1-7 (all our defaults).

    The five kinds are published, their rules are not (domain.md 2.1).
    """

    ambassador_relation: float = 5.5  # mean of trust, commitment, satisfaction at least
    ambassador_performance: float = 5.0  # mean of experience, solution, service at least
    ambassador_each: float = 5.0  # trust, commitment and satisfaction each at least
    opponent_both: float = 3.5  # relation and performance both below
    stalker_relation: float = 4.0  # relation below, and no opponent
    ambivalent_gap: float = 1.5  # relation and performance at least this far apart
    ambivalent_lower: float = 4.5  # and the lower of them below
    high_rational: float = 5.0  # CRQ from which a Rational is a high one


class Influence(_Frozen):
    """How much each role counts in the score of its account (our default)."""

    decision_maker: Annotated[float, Field(gt=0)] = 3.0
    influencer: Annotated[float, Field(gt=0)] = 2.0
    operational: Annotated[float, Field(gt=0)] = 1.0
    end_user: Annotated[float, Field(gt=0)] = 1.0


class Scorecard(_Frozen):
    """Targets and cut-offs of the scorecard."""

    nps_target: Annotated[float, Field(ge=-100, le=100)] | None = None
    nps_target_wave: str | None = None  # when it is to be reached; None: at the next wave
    unique_zone: float = 5.5  # our default, between the published bounds 5.4 and 5.7
    bar: float = 4.5  # our default: below it, of 7, a score is a problem
    problem_waves: Annotated[int, Field(ge=2)] = 3  # below the bar this often running: it persists
    segments: Segments = Segments()
    influence: Influence = Influence()


class Proposal(_Frozen):
    """Something the client might do: which constructs it would lift, where, and what it costs."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    lifts: Annotated[dict[str, float], Field(min_length=1)]  # construct -> points on its own scale
    tiers: tuple[str, ...] | None = None  # accounts of these tiers only; None: all
    accounts: tuple[str, ...] | None = None  # these accounts only; None: all
    cost: Annotated[float, Field(gt=0)] | None = None  # in the client's own money


class Drivers(_Frozen):
    """What the driver analysis explains, by which constructs."""

    outcome: str = "nps"  # "nps" or a construct
    predictors: tuple[str, ...] | None = None  # None: every construct that is a candidate
    resamples: Annotated[int, Field(ge=200, le=20_000)] = 2000
    priorities: Annotated[int, Field(ge=1, le=5)] = 2  # "act on one or two points" (domain.md 3.15)
    segments: Literal["role", "tier", "sector"] = "role"  # between which drivers are compared
    proposals: tuple[Proposal, ...] = ()


class Remembered(_Frozen):
    """A topic of an earlier wave: the name it keeps, and what is typically said in it."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    like: Annotated[tuple[str, ...], Field(min_length=1)]
    wave: str = ""  # when it was first kept


class Comments(_Frozen):
    """How comments are read."""

    embedding: str = "use"  # see analysis.models.topics.embed.load
    grouping: Literal["neighbours", "classic"] = "neighbours"  # classic: UMAP and HDBSCAN
    frame: Literal["relationship", "trust_behaviours", "none"] = "relationship"
    languages: tuple[str, ...] = ("en", "nl", "de", "fr")
    staff: tuple[str, ...] = ()  # names that may occur in comments and must be masked
    confirmed_people: tuple[str, ...] = ()  # whose praise by name a person has cleared for the page
    codes: dict[str, Any] = {}  # from `<client>.codes.yml`: the client's own code frame
    topics: tuple[Remembered, ...] = ()  # from `<client>.topics.yml`: names that topics keep


class Actions(_Frozen):
    """The clock of the closed loop."""

    plan_days: Annotated[int, Field(ge=1)] = 28


class Paths(_Frozen):
    """Where this client's files are; all inside the project."""

    root: Path
    data: Path
    report: Path  # reports/<client>/<wave>
    building: Path  # the same while it is being made
    chapters: Path  # a JSON file per chapter, inside `building`
    cache: Path  # what this client's later runs can use again; never another client's


class Params(_Frozen):
    """Everything a chapter may depend on beside the data."""

    client: str
    name: str
    waves: Annotated[tuple[Wave, ...], Field(min_length=1)]
    language: Annotated[str, AfterValidator(_spoken)] = SOURCE
    sector: str = ""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1994
    files: Files = Files()
    roles: dict[str, Role] = {}  # the client's own words for the roles
    confidentiality: Confidentiality = Confidentiality()
    outputs: Outputs = Outputs()
    scorecard: Scorecard = Scorecard()
    drivers: Drivers = Drivers()
    comments: Comments = Comments()
    actions: Actions = Actions()
    wave: Wave  # the wave that is reported
    paths: Paths

    @model_validator(mode="after")
    def _waves_in_order(self) -> "Params":
        ids = [wave.id for wave in self.waves]
        if len(set(ids)) < len(ids):
            raise ValueError("two waves have the same id")
        closed = [wave.closed for wave in self.waves]
        if closed != sorted(closed):
            raise ValueError("waves are not in order of their closing date")
        return self

    @property
    def history(self) -> tuple[Wave, ...]:
        """Waves up to and including the one reported."""
        return self.waves[: self.waves.index(self.wave) + 1]
