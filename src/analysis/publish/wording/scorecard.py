"""Sentences of chapter 2. Wording follows the evidence: "rose" only when chance cannot explain it.

Every function takes plain rows (estimates in points or on the items' scale) and gives one block,
or None where there is nothing to say.
"""

import pandas as pd

from analysis.publish import results
from analysis.publish.numbers import interval, show, signed
from analysis.publish.results import Finding, Metric, Note
from analysis.publish.wording import scorecard_tables

PILLARS = ("trust", "commitment", "satisfaction")
MOST_NAMED = 4  # more scores than this are counted, not named, in one sentence
ONE_WAVE = "A second wave is needed to show change."


def nps_now(frame: pd.DataFrame, minimum: int, target: float | None = None) -> Metric | Note:
    """The NPS of this wave, with its change since the one before."""
    if frame.empty:
        sentence = "How likely people are to recommend (0 to 10) was not asked: there is no NPS."
        return Note(key="nps", sentence=sentence, about="absent")
    return results.metric(
        comparable(frame, minimum).iloc[0],
        key="nps",
        label="Net Promoter Score",
        unit="points",
        minimum=minimum,
        method=scorecard_tables.NPS_METHOD,
        reference=target,
        reference_label="" if target is None else "target",
    )


def crq_now(levels: pd.DataFrame, minimum: int, zone: float, otherwise: str) -> Metric | Note:
    """The CRQ of this wave; `otherwise` says why there is none."""
    if levels.empty:
        return Note(key="crq", sentence=otherwise, about="absent")
    return results.metric(
        levels.iloc[0],
        key="crq",
        label="Customer Relationship Quality, 1 to 7",
        unit="score",
        minimum=minimum,
        method=scorecard_tables.CRQ_METHOD,
        reference=zone,
        reference_label="Unique zone",
    )


def pillars(scores: pd.DataFrame, minimum: int) -> list[Metric | Note]:
    """Trust, commitment and satisfaction as headline numbers; a note names those not asked."""
    blocks: list[Metric | Note] = []
    for row in scores[scores["term"].isin(PILLARS)].to_dict("records"):
        ends = " to ".join(show(row[end], "count") for end in ("scale_min", "scale_max"))
        blocks.append(
            results.metric(
                row,
                key=row["term"],
                label=f"{row['label']}, {ends}",
                unit="score",
                minimum=minimum,
                otherwise="" if pd.notna(row["estimate"]) else f"Not shown: {row['note']}.",
                method=scorecard_tables.MEAN_METHOD,
            )
        )
    absent = [pillar for pillar in PILLARS if pillar not in set(scores["term"])]
    if absent:
        sentence = f"Not asked here: {' and '.join(absent)}."
        blocks.append(Note(key="pillars_absent", sentence=sentence, about="absent"))
    return blocks


def comparable(frame: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The frame without those changes whose earlier wave had too few answers to be shown."""
    small = ~(frame["n_before"].astype(float) >= minimum)
    return frame.assign(
        change=frame["change"].mask(small, None),
        change_low=frame["change_low"].mask(small, None),
        change_high=frame["change_high"].mask(small, None),
        change_since=frame["change_since"].mask(small, ""),
    )


def nps_finding(waves: pd.DataFrame, changes: pd.DataFrame, minimum: int) -> Finding | None:
    """Where the NPS stands and whether it moved: over all comparable waves, else since the last."""
    if waves.empty or waves.iloc[-1]["n"] < minimum:
        return None
    latest = waves.iloc[-1]
    of_all = changes[(changes["term"] == "all answers") & changes["estimate"].notna()]
    of_all = of_all[(of_all["after"] == latest["term"]) & (of_all["n_least"] >= minimum)]
    if of_all.empty:
        why = ONE_WAVE if len(waves) < 2 else "No earlier wave can be compared with it."
        return Finding(
            key="nps_now",
            sentence=(
                f"The NPS is {show(latest['estimate'], 'points')} (95% interval "
                f"{interval(latest['ci_low'], latest['ci_high'], 'points')}; "
                f"{show(latest['n'], 'count')} answers). {why}"
            ),
            evidence="descriptive",
            lead=True,
        )
    # `changes` ends with the longest comparison there is.
    return _nps_change(of_all.iloc[-1], changes, minimum, key="nps_change_finding", lead=True)


def last_step(changes: pd.DataFrame, minimum: int) -> Finding | None:
    """The change since the wave before, where the lead finding spans more than that."""
    of_all = changes[(changes["term"] == "all answers") & changes["estimate"].notna()]
    if of_all.empty:
        return None
    to_latest = of_all[of_all["after"] == of_all.iloc[-1]["after"]]
    if len(to_latest) < 2 or to_latest.iloc[0]["n_least"] < minimum:
        return None
    return _nps_change(to_latest.iloc[0], changes, minimum, key="nps_last_step", lead=False)


def _nps_change(
    row: pd.Series, changes: pd.DataFrame, minimum: int, key: str, lead: bool
) -> Finding:
    old, new = show(row["score_before"], "points"), show(row["score_after"], "points")
    counts = f"{show(row['n_before'], 'count')} and {show(row['n'], 'count')} answers"
    span = f"from {row['before']} to {row['after']}"
    numbers = (
        f"{show(row['estimate'], 'count')} points, 95% interval "
        f"{interval(row['ci_low'], row['ci_high'], 'count')}; {counts}"
    )
    if row["clear"]:
        moved = "rose" if row["estimate"] > 0 else "fell"
        sentence = (
            f"The NPS {moved} from {old} to {new}, more than chance explains ({span}: {numbers})."
        )
    else:
        sentence = f"The NPS was {old} and is {new}: no clear change ({span}: {numbers})."
    sentence += _same_people(row, changes, minimum)
    return Finding(
        key=key, sentence=sentence, evidence="clear" if row["clear"] else "undecided", lead=lead
    )


def _same_people(row: pd.Series, changes: pd.DataFrame, minimum: int) -> str:
    """What those who answered both times say, where it is not what all answers say."""
    span = (changes["before"] == row["before"]) & (changes["after"] == row["after"])
    same = changes[span & (changes["term"] == "same contacts")]
    if same.empty or same.iloc[0]["n_least"] < minimum or pd.isna(same.iloc[0]["ci_low"]):
        return ""
    own = same.iloc[0]
    numbers = (
        f"{signed(own['estimate'], 'count')}, 95% interval "
        f"{interval(own['ci_low'], own['ci_high'], 'points')}; {show(own['n'], 'count')} people"
    )
    if row["clear"] and not own["clear"]:
        return f" Among those who answered both times there is no clear change ({numbers})."
    if own["clear"] and (not row["clear"] or own["estimate"] * row["estimate"] < 0):
        moved = "rose" if own["estimate"] > 0 else "fell"
        return f" Among those who answered both times it {moved} ({numbers})."
    return ""


def second_wave(waves: pd.DataFrame) -> Note | None:
    """What a single wave cannot show."""
    if len(waves) != 1:
        return None
    sentence = "A single survey is a snapshot: no trend is drawn until there is a second wave."
    return Note(key="one_wave", sentence=sentence, about="absent")


def method_break(waves: pd.DataFrame) -> Note | None:
    """Why a series is not joined."""
    if waves["series"].nunique() < 2:
        return None
    starts = waves.loc[waves["series"] != waves["series"].shift(), "term"].iloc[1:]
    return Note(
        key="method_break",
        sentence=(
            f"The way of asking changed with {', '.join(starts)}; scores before and after are "
            "different measurements, so no change is reported between them."
        ),
    )


def target(
    waves: pd.DataFrame, aim: float | None, minimum: int, due: str | None = None
) -> Finding | None:
    """Say whether the client's own NPS target is met, missed, or inside the interval.

    `due`: when it is to be reached. Until then a target that is not met is judged by what it asks
    (`targets.realism`), not as missed.
    """
    if aim is None or waves.empty or waves.iloc[-1]["n"] < minimum:
        return None
    row = waves.iloc[-1]
    ends = interval(row["ci_low"], row["ci_high"], "points")
    base = f"(NPS {show(row['estimate'], 'points')}, 95% interval {ends}; {row['n']:,} answers)"
    wanted = show(aim, "points")
    if row["ci_low"] >= aim:
        verdict, evidence = f"The target of {wanted} is met {base}.", "clear"
    elif due is not None and row["estimate"] < aim:
        return None
    elif row["ci_high"] < aim:
        gap = show(aim - row["estimate"], "count")
        verdict = f"The target of {wanted} is not met; {gap} points are missing {base}."
        evidence = "clear"
    else:
        side = "reaches" if row["estimate"] >= aim else "is short of"
        verdict = (
            f"The score {side} the target of {wanted}, but with this many answers chance alone "
            f"could put it on the other side {base}."
        )
        evidence = "undecided"
    return Finding(key="nps_target", sentence=verdict, evidence=evidence)


def crq_finding(zone: pd.DataFrame, minimum: int) -> Finding | None:
    """The overall score of the relationship, and whether it counts as Unique."""
    if zone.empty or zone.iloc[0]["n"] < minimum:
        return None
    row = zone.iloc[0]
    where, doubt = ("in", "below that line") if row["unique"] else ("below", "into it")
    cut = show(row["cut"], "score")
    sentence = (
        f"The Customer Relationship Quality score is {show(row['estimate'], 'weight')} of 7 "
        f"(95% interval {interval(row['ci_low'], row['ci_high'], 'weight')}; "
        f"{show(row['n'], 'count')} answers), {where} the zone called Unique (from {cut})"
    )
    sentence += "." if row["clear"] else f", but its interval reaches {doubt}."
    evidence = "clear" if row["clear"] else "undecided"
    return Finding(key="crq_zone", sentence=sentence, evidence=evidence, lead=True)


def segments_finding(segments: pd.DataFrame, minimum: int) -> Finding | None:
    """Who is an Ambassador, and who is at risk, beside the mix that was published."""
    if segments.empty or segments.iloc[0]["n"] < minimum:
        return None
    rows = segments.set_index("term")
    first = rows.loc["Ambassador"]
    rest = rows.loc[["Ambivalent", "Stalker", "Opponent"], "estimate"].sum()
    sentence = (
        f"{show(first['estimate'], 'share')} of {show(first['n'], 'count')} respondents are "
        f"Ambassadors (95% interval {interval(first['ci_low'], first['ci_high'], 'share')}), "
        f"{show(rows.loc['Rational', 'estimate'], 'share')} are Rationals and "
        f"{show(rest, 'share')} are Ambivalents, Stalkers or Opponents; typical are a third, a "
        "half, and 10 to 20%."
    )
    return Finding(key="segment_mix", sentence=sentence, evidence="descriptive")


def moves(constructs: pd.DataFrame, minimum: int) -> Finding | None:
    """Which of the scores moved since the wave before, and which did not."""
    known = constructs[constructs["change"].notna()]
    known = known[(known["n"] >= minimum) & (known["n_before"] >= minimum)]
    if known.empty:
        return None
    sure = known["change_clear"].astype(bool)
    up, down = known[sure & (known["change"] > 0)], known[sure & (known["change"] < 0)]
    since = known.iloc[0]["change_since"]
    if up.empty and down.empty:
        names = ", ".join(known["label"].str.lower())
        of = f"the scores for {names}" if len(known) <= MOST_NAMED else f"{len(known)} scores"
        return Finding(
            key="score_moves",
            sentence=(
                f"None of {of} changed clearly since {since}, allowing for so many comparisons."
            ),
            evidence="undecided",
        )
    moved = ((up, "rose"), (down, "fell"))
    said = [_moved(rows, verb, len(known)) for rows, verb in moved if len(rows)]
    still = list(known.drop(index=[*up.index, *down.index])["label"].str.lower())
    names = ", ".join(still) if len(still) <= MOST_NAMED else f"the other {len(still)}"
    tail = f"; no clear change in {names}" if still else ""
    return Finding(
        key="score_moves", sentence=f"Since {since}, {'; '.join(said)}{tail}.", evidence="clear"
    )


def weak_scales(constructs: pd.DataFrame, least: float, minimum: int) -> Note | None:
    """Scores whose items do not hang together well enough to be read alone."""
    weak = constructs[(constructs["alpha_high"] < least) & (constructs["n_alpha"] >= minimum)]
    if weak.empty:
        return None
    names = ", ".join(
        f"{row.label.lower()} ({show(row.alpha, 'weight')}, 95% interval "
        f"{interval(row.alpha_low, row.alpha_high, 'weight')}, {row.n_alpha:,.0f} answers)"
        for row in weak.itertuples()
    )
    return Note(
        key="weak_scales",
        sentence=(
            f"The questions behind these scores agree little with each other (alpha surely "
            f"below {show(least, 'weight')}): {names}. Read them question by question."
        ),
    )


def _moved(rows: pd.DataFrame, verb: str, known: int) -> str:
    """Which of the `known` scores moved, and how far the one moved that did so most."""
    most = rows.loc[rows["change"].abs().idxmax()]
    numbers = (
        f"{show(most['change'], 'weight')}, 95% interval "
        f"{interval(most['change_low'], most['change_high'], 'weight')}; "
        f"{show(most['n_before'], 'count')} and {show(most['n'], 'count')} answers"
    )
    names = ", ".join(rows["label"].str.lower())
    if len(rows) > MOST_NAMED:
        names = f"{len(rows)} of {known} scores"
    if len(rows) == 1:
        return f"{names} {verb} ({numbers})"
    return f"{names} {verb}, most of all {most['label'].lower()} ({numbers})"
