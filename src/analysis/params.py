"""One client's parameters: `params/<client>.yml` over `params/_defaults.yml`, checked and frozen.

Every path of the project is made here and stays inside the project's folder.
"""

import datetime as dt
import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis.errors import ParamsError

CLIENT_ID = re.compile(r"[a-z][a-z0-9_-]{1,39}")
WAVE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LATEST = "latest"

Role = Literal["decision_maker", "influencer", "operational", "end_user"]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]


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


class Confidentiality(_Frozen):
    """Smallest groups shown. A client may raise them, never lower them (domain.md 2.8)."""

    default_mode: Literal["attributable", "confidential", "anonymous"] = "confidential"
    min_scores: Annotated[int, Field(ge=5)] = 5
    min_comments: Annotated[int, Field(ge=8)] = 8


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


class Comments(_Frozen):
    """How comments are read."""

    embedding: str = "use"
    languages: tuple[str, ...] = ("en", "nl", "de", "fr")
    staff: tuple[str, ...] = ()  # names that may occur in comments and must be masked


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
    language: Literal["en"] = "en"
    sector: str = ""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1994
    files: Files = Files()
    roles: dict[str, Role] = {}  # the client's own words for the roles
    confidentiality: Confidentiality = Confidentiality()
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


def load(client: str, wave: str = LATEST, params_dir: str | Path = "params") -> Params:
    """Read and check one client's parameters.

    Parameters
    ----------
    client : id, the name of its file without `.yml`.
    wave : id of one of its waves, or "latest".
    params_dir : the project's `params` folder; its parent is the project.

    Raises
    ------
    ParamsError: the file, a key or a value cannot be used; the sentence says which and why.
    """
    if not CLIENT_ID.fullmatch(client):
        raise ParamsError(
            f"The client id {client[:40]!r} is not allowed: use 2 to 40 lower-case letters, "
            "digits, '-' or '_', beginning with a letter."
        )
    folder = Path(params_dir).resolve()
    file = folder / f"{client}.yml"
    if not file.is_file():
        raise ParamsError(f"There is no params/{client}.yml{_near(client, clients(folder))}")
    settings = _merge(_read(folder / "_defaults.yml"), _read(file))
    for key in ("client", "wave", "paths"):
        if key in settings:
            raise ParamsError(f"params/{client}.yml: '{key}' is set by Rapport; remove the key.")
    chosen = _choose_wave(client, wave, settings.get("waves"))
    values = {
        **settings,
        "client": client,
        "wave": chosen,
        "paths": _paths(folder.parent, client, str(chosen.get("id"))),
    }
    try:
        return Params.model_validate(values)
    except ValidationError as problem:
        raise ParamsError(f"params/{client}.yml: {_first(problem)}") from None


def clients(params_dir: str | Path = "params") -> list[str]:
    """Ids of all clients that have a parameter file, sorted."""
    names = (file.stem for file in Path(params_dir).glob("*.yml"))
    return sorted(name for name in names if not name.startswith("_"))


class _Once(yaml.SafeLoader):
    """YAML in which no key stands twice: the second would silently undo the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, having looked for doubles."""
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, "twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _read(file: Path) -> dict[str, Any]:
    name = f"params/{file.name}"
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_Once)
    except FileNotFoundError:
        raise ParamsError(f"{name} is missing.") from None
    except yaml.constructor.ConstructorError as problem:
        line = problem.problem_mark.line + 1
        raise ParamsError(f"{name} has a key twice or a strange tag in line {line}.") from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ParamsError(f"{name} is not valid YAML{where}; mend it.") from None
    except UnicodeDecodeError:
        raise ParamsError(f"{name} is not UTF-8; save it again as UTF-8.") from None
    except ValueError:  # yaml turns 2025-02-30 into a date and lets its error through
        raise ParamsError(f"{name} has a date that does not exist; mend it.") from None
    if not isinstance(content or {}, dict):
        raise ParamsError(f"{name} must hold keys and values, not a list.")
    return content or {}


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` on `base`, key by key; lists are replaced whole, an empty group changes nothing."""
    merged = dict(base)
    for key, value in over.items():
        group = isinstance(merged.get(key), dict) and isinstance(value, dict | None)
        merged[key] = _merge(merged[key], value or {}) if group else value
    return merged


def _choose_wave(client: str, wave: str, waves: Any) -> dict[str, Any]:
    if (
        not isinstance(waves, list)
        or not waves
        or not all(isinstance(w, dict) and "id" in w for w in waves)
    ):
        raise ParamsError(
            f"params/{client}.yml: 'waves' must list at least one wave with id, label, closed "
            "and reported."
        )
    if wave == LATEST:
        return waves[-1]
    for candidate in waves:
        if str(candidate.get("id")) == wave:
            return candidate
    known = [str(w.get("id")) for w in waves]
    raise ParamsError(f"params/{client}.yml has no wave {wave[:40]!r}; it has {', '.join(known)}.")


def _paths(root: Path, client: str, wave: str) -> Paths:
    if not WAVE_ID.fullmatch(wave):
        raise ParamsError(
            f"params/{client}.yml: the wave id {wave[:40]!r} is not allowed: use lower-case "
            "letters, digits, '-' or '_'."
        )
    reports = root / "reports" / client
    building = reports / f".{wave}.building"
    paths = Paths(
        root=root,
        data=root / "data" / client,
        report=reports / wave,
        building=building,
        chapters=building / "internal" / "chapters",
        cache=reports / ".cache",
    )
    for path in (paths.data, paths.report, paths.building, paths.cache):
        if path.resolve() != path:
            raise ParamsError(
                f"{path.relative_to(root).as_posix()} leads outside the project (a link?); "
                "Rapport only works inside its own folders."
            )
    return paths


def _first(problem: ValidationError) -> str:
    """The first problem as a sentence; a mistyped key names the nearest valid one."""
    errors = problem.errors(include_url=False, include_input=False)
    # A mistyped key is also a missing one; the typo says more.
    error = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    first, *rest = error["loc"] or ("waves",)
    # People count the waves from one.
    parts = [str(first), *(str(part + 1 if isinstance(part, int) else part) for part in rest)]
    where = ".".join(parts)
    if error["type"] == "extra_forbidden":
        return f"unknown key '{where}'{_near(parts[-1], _keys(error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"the key '{where}' is missing."
    message = error["msg"].removeprefix("Value error, ")
    if parts[:1] == ["files"]:
        message = "give the name of a file in the client's data folder, without a path"
    if error["type"] == "string_type":
        message = "it must be text; put it in quotation marks"
    return f"'{where}' cannot be used: {message[:1].lower()}{message[1:]}."


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    """Names of the fields of the model that stands at `loc`."""
    model: type[BaseModel] = Params
    for part in loc:
        if isinstance(part, int):
            continue
        model = _model_in(model.model_fields[part].annotation)
    hidden = {"client", "wave", "paths"} if model is Params else set()
    return [name for name in model.model_fields if name not in hidden]


def _model_in(annotation: Any) -> type[BaseModel]:
    """The model that a field holds, itself or as the items of a list."""
    while not isinstance(annotation, type):
        annotation = get_args(annotation)[0]
    return annotation


def _near(word: str, known: list[str]) -> str:
    """The end of a sentence: the nearest known word, where one is near."""
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean '{match[0]}'?" if match else "."
