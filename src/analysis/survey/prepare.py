"""From raw to checked answers: identifiers dropped, missing codes, reverse keys, suspicions."""

import pandas as pd

from analysis.errors import DataError
from analysis.params import Params
from analysis.survey import cells
from analysis.survey.codebook import Codebook
from analysis.survey.tables import ANSWER_COLUMNS, COMMENT_COLUMNS, MODES, ROLES

#: The longest run of one answer tells careless respondents (Curran 2016, J. Exp. Soc. Psych. 66,
#: 4-19). Our default asks for a run over all items, and for at least so many of them.
CARELESS_ITEMS = 10


def described(raw: pd.DataFrame, book: Codebook, file: str) -> pd.DataFrame:
    """Only what the codebook describes: identifiers dropped, missing codes emptied.

    Parameters
    ----------
    raw : the answers as read, all cells text, indexed by row in the file.

    Raises
    ------
    DataError: a column that only the file or only the codebook has, or no answers at all.
    """
    for column in book.columns:
        if column not in raw.columns:
            raise DataError(
                f"{file} lacks the column '{column}' that the codebook describes; add it, or "
                "take it out of the codebook."
            )
    for column in raw.columns:
        if column not in book.missing:
            raise DataError(
                f"{file} has a column '{column}' that the codebook does not describe; add it "
                "there, with the role 'drop' if it must not be used."
            )
    if raw.empty:
        raise DataError(f"{file} has a header but no answers; export it again.")
    kept = raw.drop(columns=list(book.dropped))
    numeric = {*book.items.index, book.single.get("nps"), book.single.get("weight")}
    coded = {
        column: _without(kept[column], book.missing[column], column in numeric)
        for column in kept.columns
    }
    return pd.DataFrame(coded, index=kept.index)


def answers(given: pd.DataFrame, book: Codebook, params: Params, file: str) -> pd.DataFrame:
    """Check and clean the answers.

    Parameters
    ----------
    given : what `described` returns, one row per respondent and wave.

    Returns
    -------
    DataFrame with `ANSWER_COLUMNS`, the items (float, reverse-keyed, high means more of the
    construct) and the attributes; rows sorted by wave and respondent, so that the order of the
    file changes nothing, and indexed as `given`. Only waves up to the one reported.

    Raises
    ------
    DataError: the first thing that is wrong, naming file, column and row.
    """
    made = _identify(given, book, params, file) | _choices(given, book, params, file)
    column = book.single.get("nps")
    made["nps"] = _whole(file, given[column]) if column else float("nan")
    column = book.single.get("weight")
    made["weight"] = _weights(file, given[column]) if column else 1.0
    asked = pd.DataFrame(
        {
            item.Index: cells.on_scale(file, given[item.Index], item.scale_min, item.scale_max)
            for item in book.items.itertuples()
        },
        index=given.index,
    )
    made["careless"] = _careless(asked, given, book)
    frame = pd.DataFrame(made, index=given.index)[list(ANSWER_COLUMNS)]
    frame = pd.concat([frame, _keyed(asked, book), given[list(book.attributes)]], axis=1)
    waves = {wave.id: place for place, wave in enumerate(params.history)}
    return frame[frame["wave"].isin(waves)].sort_values(
        ["wave", "respondent"], key=lambda ids: ids.map(waves) if ids.name == "wave" else ids
    )


def comments(answers: pd.DataFrame, given: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """One row per comment that holds text, in the order of `answers`; see `COMMENT_COLUMNS`."""
    who = answers[[column for column in COMMENT_COLUMNS if column in ANSWER_COLUMNS]]
    frames = [
        who.assign(question=question, text=given.loc[answers.index, column])
        for column, question in book.comments.items()
    ]
    if not frames:
        return pd.DataFrame(columns=list(COMMENT_COLUMNS))
    together = pd.concat(frames)[list(COMMENT_COLUMNS)]
    return together[together["text"].notna()].reset_index(drop=True)


def _without(text: pd.Series, codes: frozenset[str], numeric: bool) -> pd.Series:
    """The column without its missing codes; in numbers, 99 is also 99.0, as some exports write."""
    values = {cells.number(code) for code in codes} if numeric else set()
    empty = [word for word in text.dropna().unique() if word in codes or _is_in(word, values)]
    return text.mask(text.isin(empty)) if empty else text


def _is_in(word: str, values: set[float]) -> bool:
    return any(cells.number(word) == value for value in values)  # NaN equals nothing


def _identify(
    given: pd.DataFrame, book: Codebook, params: Params, file: str
) -> dict[str, pd.Series]:
    """Respondent, account, contact and wave."""
    made = {role: _text(given, book, role) for role in ("respondent", "account", "contact")}
    column = book.single.get("respondent")
    if column is None:
        numbered = [f"row {number:06d}" for number in given.index]
        made["respondent"] = pd.Series(numbered, given.index, dtype="str")
    _filled(file, made["respondent"])
    made["wave"] = _waves(given, book, params, file)
    twice = pd.DataFrame(made).duplicated(["respondent", "wave"])
    if twice.any():
        raise DataError(
            f"{file}: column '{column}' holds one respondent twice in a wave (second in row "
            f"{cells.row_of(twice)}); keep one of the rows."
        )
    return made


def _text(given: pd.DataFrame, book: Codebook, role: str) -> pd.Series:
    """The column that has a role; all missing where none has it."""
    column = book.single.get(role)
    return given[column] if column else pd.Series(pd.NA, given.index, dtype="str")


def _filled(file: str, ids: pd.Series) -> None:
    if ids.isna().any():
        row = cells.row_of(ids.isna())
        raise DataError(f"{file}: column '{ids.name}' is empty in row {row}; fill it in.")


def _waves(given: pd.DataFrame, book: Codebook, params: Params, file: str) -> pd.Series:
    column = book.single.get("wave")
    if column is None:
        if len(params.waves) > 1:
            raise DataError(
                f"{file} has no column with the role 'wave', but params/{params.client}.yml names "
                f"{len(params.waves)} waves; add the column."
            )
        return pd.Series(params.waves[0].id, given.index, dtype="str")
    _filled(file, given[column])
    cells.known_waves(file, given[column], params)
    return given[column]


def _choices(
    given: pd.DataFrame, book: Codebook, params: Params, file: str
) -> dict[str, pd.Series | str]:
    """Contact role, confidentiality mode and language."""
    mend = f"use {', '.join(ROLES)}, or translate it under 'roles' in params/{params.client}.yml."
    roles = cells.words(file, _text(given, book, "contact_role"), ROLES, params.roles, mend)
    modes = cells.words(file, _text(given, book, "mode"), MODES, {}, f"use {', '.join(MODES)}.")
    return {
        "role": roles,
        "mode": modes.fillna(params.confidentiality.default_mode),
        "language": _text(given, book, "language").str.lower(),
    }


def _whole(file: str, text: pd.Series) -> pd.Series:
    """Answers to "would you recommend us", whole numbers from 0 to 10."""
    values = cells.on_scale(file, text, 0, 10)
    broken = values.notna() & (values % 1 != 0)
    if broken.any():
        raise DataError(
            f"{file}: column '{text.name}' holds a recommendation that is not a whole number "
            f"(first in row {cells.row_of(broken)}); mend it."
        )
    return values


def _weights(file: str, text: pd.Series) -> pd.Series:
    values = cells.numbers(file, text).fillna(1.0)
    if (values <= 0).any():
        raise DataError(
            f"{file}: column '{text.name}' holds a weight that is not positive (first in row "
            f"{cells.row_of(values <= 0)}); mend it, or leave the row out."
        )
    return values


def _keyed(asked: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Reverse-keyed items turned round, so that high means more of the construct."""
    turned = book.items[book.items["reverse"]]
    return asked.assign(
        **{
            item.Index: item.scale_min + item.scale_max - asked[item.Index]
            for item in turned.itertuples()
        }
    )


def _careless(asked: pd.DataFrame, given: pd.DataFrame, book: Codebook) -> pd.Series:
    """True where answers are suspicious; they are counted and shown, never left out by this.

    One answer to each of at least `CARELESS_ITEMS` items as they were asked, reverse-keyed ones
    among them; or nothing said at all: no item, no recommendation, no comment.
    """
    straight = (asked.count(axis=1) >= CARELESS_ITEMS) & (asked.max(axis=1) == asked.min(axis=1))
    said = [*asked.columns, *book.comments]
    said += [book.single["nps"]] if "nps" in book.single else []
    return straight | given[said].isna().all(axis=1)
