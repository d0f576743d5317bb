"""Parameter files as text: read, merged, and what is wrong with them in one sentence."""

import difflib
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from analysis.errors import ParamsError
from analysis.params.kinds import Params

#: Written in C where libyaml is there, ten times as fast.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Once(_Loader):
    """YAML in which no key stands twice: the second would silently undo the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, having looked for doubles."""
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, "twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def read(file: Path) -> dict[str, Any]:
    """Read one file of keys and values; an empty one holds none."""
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


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` on `base`, key by key; lists are replaced whole, an empty group changes nothing."""
    merged = dict(base)
    for key, value in over.items():
        group = isinstance(merged.get(key), dict) and isinstance(value, dict | None)
        merged[key] = merge(merged[key], value or {}) if group else value
    return merged


def first(problem: ValidationError) -> str:
    """The first problem as a sentence; a mistyped key names the nearest valid one."""
    errors = problem.errors(include_url=False, include_input=False)
    # A mistyped key is also a missing one; the typo says more.
    error = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    first, *rest = error["loc"] or ("waves",)
    # People count the waves from one.
    parts = [str(first), *(str(part + 1 if isinstance(part, int) else part) for part in rest)]
    where = ".".join(parts)
    if error["type"] == "extra_forbidden":
        return f"unknown key '{where}'{near(parts[-1], _keys(error['loc'][:-1]))}"
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


def near(word: str, known: list[str]) -> str:
    """The end of a sentence: the nearest known word, where one is near."""
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean '{match[0]}'?" if match else "."
