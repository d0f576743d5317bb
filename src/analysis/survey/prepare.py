"""From raw to checked answers: identifiers dropped, missing codes, reverse keys, suspicions."""

import pandas as pd

from analysis.errors import DataError
from analysis.params import Params
from analysis.survey import cells
from analysis.survey.codebook import Codebook
from analysis.survey.tables import ANSWER_COLUMNS, COMMENT_COLUMNS, MODES, ROLES

#: Straight-lining is only suspicious over many items (Curran 2016, J. Exp. Soc. Psych. 66, 4-19,
#: uses the longest run of one answer; the cut-off is our default).
CARELESS_ITEMS = 10


def answers(raw: pd.DataFrame, book: Codebook, params: Params, file: str) -> pd.DataFrame:
    """Check and clean the answers.

    Parameters
    ----------
    raw : one row per respondent and wave, all cells text, columns as the codebook names them.

    Returns
    -------
    DataFrame with `ANSWER_COLUMNS`, the items (float, reverse-keyed, high means more of the
    construct) and the attributes; rows sorted by wave and respondent, so that the order of the
    file changes nothing. Only waves up to the one reported.

    Raises
    ------
    DataError: the first thing that is wrong, naming file, column and row.
    """
    raw = _described(raw, book, file)
    made = pd.DataFrame(index=raw.index)
    _identify(made, raw, book, params, file)
    _choices(made, raw, book, params, file)
    column = book.single.get("nps")
    made["nps"] = float("nan") if column is None else _recommend(file, raw[column])
    weight = book.single.get("weight")
    made["weight"] = 1.0 if weight is None else _weights(file, raw[weight])
    items = {
        item.Index: _keyed(
            cells.on_scale(file, raw[item.Index], item.scale_min, item.scale_max), item
        )
        for item in book.items.itertuples()
    }
    made["careless"] = _straight(raw, book)
    extra = {column: raw[column].str.strip() for column in book.attributes}
    made = pd.concat(
        [made[list(ANSWER_COLUMNS)], pd.DataFrame({**items, **extra}, raw.index)], axis=1
    )
    kept = [wave.id for wave in params.history]
    made = made[made["wave"].isin(kept)]
    order = {wave: n for n, wave in enumerate(kept)}
    by_time = made["wave"].map(order)
    return made.assign(_t=by_time).sort_values(["_t", "respondent"]).drop(columns="_t")


def comments(answers: pd.DataFrame, raw: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """One row per comment that holds text, in the order of `answers`; see `COMMENT_COLUMNS`."""
    who = answers[[c for c in COMMENT_COLUMNS if c in answers.columns]]
    frames = [
        who.assign(question=question, text=raw.loc[answers.index, column].str.strip())
        for column, question in book.comments.items()
    ]
    if not frames:
        return pd.DataFrame(columns=list(COMMENT_COLUMNS))
    together = pd.concat(frames)[list(COMMENT_COLUMNS)]
    return together[together["text"].notna()].reset_index(drop=True)


def _described(raw: pd.DataFrame, book: Codebook, file: str) -> pd.DataFrame:
    """Only what the codebook describes, identifiers dropped, missing codes emptied."""
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
    for column in kept.columns:
        if book.missing[column]:
            kept[column] = kept[column].mask(kept[column].str.strip().isin(book.missing[column]))
    return kept


def _identify(
    made: pd.DataFrame, raw: pd.DataFrame, book: Codebook, params: Params, file: str
) -> None:
    """Respondent, wave, account and contact."""
    for role in ("respondent", "account", "contact"):
        column = book.single.get(role)
        made[role] = raw[column].str.strip() if column else pd.Series(pd.NA, raw.index, "str")
    respondent = book.single.get("respondent")
    if respondent is None:
        made["respondent"] = [f"row {number:06d}" for number in range(2, len(raw) + 2)]
    elif made["respondent"].isna().any():
        row = cells.row_of(made["respondent"].isna())
        raise DataError(f"{file}: column '{respondent}' is empty in row {row}; give it an id.")
    made["wave"] = _waves(raw, book, params, file)
    twice = made.duplicated(["respondent", "wave"])
    if twice.any():
        raise DataError(
            f"{file}: column '{respondent}' holds one respondent twice in a wave (second in row "
            f"{cells.row_of(twice)}); keep one of the rows."
        )


def _waves(raw: pd.DataFrame, book: Codebook, params: Params, file: str) -> pd.Series:
    column = book.single.get("wave")
    if column is None:
        if len(params.waves) > 1:
            raise DataError(
                f"{file} has no column with the role 'wave', but params/{params.client}.yml names "
                f"{len(params.waves)} waves; add the column."
            )
        return pd.Series(params.waves[0].id, raw.index, dtype="str")
    waves = raw[column].str.strip()
    unknown = ~waves.isin([wave.id for wave in params.waves])
    if unknown.any():
        raise DataError(
            f"{file}: column '{column}' holds a wave that params/{params.client}.yml does not "
            f"name (first in row {cells.row_of(unknown)}); add it to 'waves'."
        )
    return waves


def _choices(
    made: pd.DataFrame, raw: pd.DataFrame, book: Codebook, params: Params, file: str
) -> None:
    """Contact role, confidentiality mode and language."""
    blank = pd.Series(pd.NA, raw.index, dtype="str")
    column = book.single.get("contact_role")
    mend = f"use {', '.join(ROLES)}, or translate it under 'roles' in params/{params.client}.yml."
    made["role"] = blank
    if column:
        made["role"] = cells.words(file, raw[column], ROLES, params.roles, mend).astype("str")
    column = book.single.get("mode")
    made["mode"] = params.confidentiality.default_mode
    if column:
        modes = cells.words(file, raw[column], MODES, {}, f"use {', '.join(MODES)}.").astype("str")
        made["mode"] = modes.fillna(params.confidentiality.default_mode)
    column = book.single.get("language")
    made["language"] = raw[column].str.strip().str.lower() if column else blank


def _recommend(file: str, text: pd.Series) -> pd.Series:
    values = cells.on_scale(file, text, 0, 10)
    broken = values.notna() & (values % 1 != 0)
    if broken.any():
        raise DataError(
            f"{file}: column '{text.name}' holds a recommendation that is not a whole number "
            f"(first in row {cells.row_of(broken)})."
        )
    return values


def _weights(file: str, text: pd.Series) -> pd.Series:
    values = cells.numbers(file, text).fillna(1.0)
    if (values <= 0).any():
        raise DataError(
            f"{file}: column '{text.name}' holds a weight that is not positive (first in row "
            f"{cells.row_of(values <= 0)})."
        )
    return values


def _keyed(values: pd.Series, item: object) -> pd.Series:
    """Reverse-keyed items turned round, so that high means more of the construct."""
    return item.scale_min + item.scale_max - values if item.reverse else values


def _straight(raw: pd.DataFrame, book: Codebook) -> pd.Series:
    """True where one answer was given to all of at least `CARELESS_ITEMS` items as asked."""
    given = raw[list(book.items.index)]
    enough = given.notna().sum(axis=1) >= CARELESS_ITEMS
    return enough & (given.nunique(axis=1) == 1)
