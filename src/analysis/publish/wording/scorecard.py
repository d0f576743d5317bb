"""Sentences of chapter 2. Wording follows the evidence: "rose" only when chance cannot explain it.

Every function takes plain rows (estimates in points or on the items' scale) and gives one block,
or None where there is nothing to say.
"""

import pandas as pd

from analysis.language import tr
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
        return Note(
            key="nps",
            sentence="How likely people are to recommend (0 to 10) was not asked: there is no NPS.",
            about="absent",
        )
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
        ends = interval(row["scale_min"], row["scale_max"], "count")
        why = tr("Not shown: {reason}.", reason=scorecard_tables.noted(row["note"]))
        blocks.append(
            results.metric(
                row,
                key=row["term"],
                label=f"{row['label']}, {ends}",
                unit="score",
                minimum=minimum,
                otherwise="" if pd.notna(row["estimate"]) else why,
                method=scorecard_tables.MEAN_METHOD,
            )
        )
    absent = [tr(pillar) for pillar in PILLARS if pillar not in set(scores["term"])]
    if absent:
        sentence = tr("Not asked here: {names}.", names=f" {tr('and')} ".join(absent))
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
        why = tr(ONE_WAVE) if len(waves) < 2 else tr("No earlier wave can be compared with it.")
        return Finding(
            key="nps_now",
            sentence=tr(
                "The NPS is {score} (95% interval {ends}; {n} answers). {why}",
                score=show(latest["estimate"], "points"),
                ends=interval(latest["ci_low"], latest["ci_high"], "points"),
                n=show(latest["n"], "count"),
                why=why,
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
    numbers = tr(
        "from {before} to {after}: {change} points, 95% interval {ends}; {n_before} and {n} "
        "answers",
        before=row["before"],
        after=row["after"],
        change=show(row["estimate"], "count"),
        ends=interval(row["ci_low"], row["ci_high"], "count"),
        n_before=show(row["n_before"], "count"),
        n=show(row["n"], "count"),
    )
    values = {
        "old": show(row["score_before"], "points"),
        "new": show(row["score_after"], "points"),
        "numbers": numbers,
    }
    if row["clear"]:
        sentence = tr(
            "The NPS {moved} from {old} to {new}, more than chance explains ({numbers}).",
            moved=tr("rose" if row["estimate"] > 0 else "fell"),
            **values,
        )
    else:
        sentence = tr("The NPS was {old} and is {new}: no clear change ({numbers}).", **values)
    same = _same_people(row, changes, minimum)
    return Finding(
        key=key,
        sentence=f"{sentence} {same}".strip(),
        evidence="clear" if row["clear"] else "undecided",
        lead=lead,
    )


def _same_people(row: pd.Series, changes: pd.DataFrame, minimum: int) -> str:
    """What those who answered both times say, where it is not what all answers say."""
    span = (changes["before"] == row["before"]) & (changes["after"] == row["after"])
    same = changes[span & (changes["term"] == "same contacts")]
    if same.empty or same.iloc[0]["n_least"] < minimum or pd.isna(same.iloc[0]["ci_low"]):
        return ""
    own = same.iloc[0]
    numbers = tr(
        "{change}, 95% interval {ends}; {n} people",
        change=signed(own["estimate"], "count"),
        ends=interval(own["ci_low"], own["ci_high"], "points"),
        n=show(own["n"], "count"),
    )
    if row["clear"] and not own["clear"]:
        return tr(
            "Among those who answered both times there is no clear change ({numbers}).",
            numbers=numbers,
        )
    if own["clear"] and (not row["clear"] or own["estimate"] * row["estimate"] < 0):
        return tr(
            "Among those who answered both times it {moved} ({numbers}).",
            moved=tr("rose" if own["estimate"] > 0 else "fell"),
            numbers=numbers,
        )
    return ""


def second_wave(waves: pd.DataFrame) -> Note | None:
    """What a single wave cannot show."""
    if len(waves) != 1:
        return None
    return Note(
        key="one_wave",
        sentence="A single survey is a snapshot: no trend is drawn until there is a second wave.",
        about="absent",
    )


def method_break(waves: pd.DataFrame) -> Note | None:
    """Why a series is not joined."""
    if waves["series"].nunique() < 2:
        return None
    starts = waves.loc[waves["series"] != waves["series"].shift(), "term"].iloc[1:]
    return Note(
        key="method_break",
        sentence=tr(
            "The way of asking changed with {waves}; scores before and after are different "
            "measurements, so no change is reported between them.",
            waves=", ".join(starts),
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
    base = tr(
        "(NPS {score}, 95% interval {ends}; {n} answers)",
        score=show(row["estimate"], "points"),
        ends=interval(row["ci_low"], row["ci_high"], "points"),
        n=show(row["n"], "count"),
    )
    wanted = show(aim, "points")
    if row["ci_low"] >= aim:
        verdict = tr("The target of {wanted} is met {base}.", wanted=wanted, base=base)
        evidence = "clear"
    elif due is not None and row["estimate"] < aim:
        return None
    elif row["ci_high"] < aim:
        verdict = tr(
            "The target of {wanted} is not met; {gap} points are missing {base}.",
            wanted=wanted,
            gap=show(aim - row["estimate"], "count"),
            base=base,
        )
        evidence = "clear"
    else:
        verdict = tr(
            "The score reaches the target of {wanted}, but with this many answers chance alone "
            "could put it on the other side {base}."
            if row["estimate"] >= aim
            else "The score is short of the target of {wanted}, but with this many answers chance "
            "alone could put it on the other side {base}.",
            wanted=wanted,
            base=base,
        )
        evidence = "undecided"
    return Finding(key="nps_target", sentence=verdict, evidence=evidence)


def crq_finding(zone: pd.DataFrame, minimum: int) -> Finding | None:
    """The overall score of the relationship, and whether it counts as Unique."""
    if zone.empty or zone.iloc[0]["n"] < minimum:
        return None
    row = zone.iloc[0]
    where = tr(
        "in the zone called Unique (from {cut})"
        if row["unique"]
        else "below the zone called Unique (from {cut})",
        cut=show(row["cut"], "score"),
    )
    doubt = tr(
        ", but its interval reaches below that line"
        if row["unique"]
        else ", but its interval reaches into it"
    )
    sentence = tr(
        "The Customer Relationship Quality score is {score} of 7 (95% interval {ends}; {n} "
        "answers), {where}{doubt}.",
        score=show(row["estimate"], "weight"),
        ends=interval(row["ci_low"], row["ci_high"], "weight"),
        n=show(row["n"], "count"),
        where=where,
        doubt="" if row["clear"] else doubt,
    )
    evidence = "clear" if row["clear"] else "undecided"
    return Finding(key="crq_zone", sentence=sentence, evidence=evidence, lead=True)


def segments_finding(segments: pd.DataFrame, minimum: int) -> Finding | None:
    """Who is an Ambassador, and who is at risk, beside the mix that was published."""
    if segments.empty or segments.iloc[0]["n"] < minimum:
        return None
    rows = segments.set_index("term")
    first = rows.loc["Ambassador"]
    rest = rows.loc[["Ambivalent", "Stalker", "Opponent"], "estimate"].sum()
    sentence = tr(
        "{first} of {n} respondents are Ambassadors (95% interval {ends}), {second} are Rationals "
        "and {rest} are Ambivalents, Stalkers or Opponents; typical are a third, a half, and 10 to "
        "20%.",
        first=show(first["estimate"], "share"),
        n=show(first["n"], "count"),
        ends=interval(first["ci_low"], first["ci_high"], "share"),
        second=show(rows.loc["Rational", "estimate"], "share"),
        rest=show(rest, "share"),
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
        sentence = tr(
            "None of the scores for {names} changed clearly since {since}, allowing for so many "
            "comparisons."
            if len(known) <= MOST_NAMED
            else "None of {count} scores changed clearly since {since}, allowing for so many "
            "comparisons.",
            names=", ".join(known["label"].str.lower()),
            count=len(known),
            since=since,
        )
        return Finding(key="score_moves", sentence=sentence, evidence="undecided")
    said = [_moved(rows, len(known)) for rows in (up, down) if len(rows)]
    still = list(known.drop(index=[*up.index, *down.index])["label"].str.lower())
    if still:
        names = ", ".join(still)
        if len(still) > MOST_NAMED:
            names = tr("the other {count}", count=len(still))
        said.append(tr("no clear change in {names}", names=names))
    return Finding(
        key="score_moves",
        sentence=tr("Since {since}, {changes}.", since=since, changes="; ".join(said)),
        evidence="clear",
    )


def weak_scales(constructs: pd.DataFrame, least: float, minimum: int) -> Note | None:
    """Scores whose items do not hang together well enough to be read alone."""
    weak = constructs[(constructs["alpha_high"] < least) & (constructs["n_alpha"] >= minimum)]
    if weak.empty:
        return None
    names = ", ".join(
        tr(
            "{name} ({alpha}, 95% interval {ends}, {n} answers)",
            name=row.label.lower(),
            alpha=show(row.alpha, "weight"),
            ends=interval(row.alpha_low, row.alpha_high, "weight"),
            n=show(row.n_alpha, "count"),
        )
        for row in weak.itertuples()
    )
    return Note(
        key="weak_scales",
        sentence=tr(
            "The questions behind these scores agree little with each other (alpha surely below "
            "{least}): {names}. Read them question by question.",
            least=show(least, "weight"),
            names=names,
        ),
    )


def _moved(rows: pd.DataFrame, known: int) -> str:
    """Which of the `known` scores moved one way, and how far the one that did so most."""
    most = rows.loc[rows["change"].abs().idxmax()]
    numbers = tr(
        "{change}, 95% interval {ends}; {n_before} and {n} answers",
        change=show(most["change"], "weight"),
        ends=interval(most["change_low"], most["change_high"], "weight"),
        n_before=show(most["n_before"], "count"),
        n=show(most["n"], "count"),
    )
    up, name = most["change"] > 0, most["label"].lower()
    if len(rows) == 1:
        return tr(
            "{name} rose ({numbers})" if up else "{name} fell ({numbers})",
            name=name,
            numbers=numbers,
        )
    names = ", ".join(rows["label"].str.lower())
    if len(rows) > MOST_NAMED:
        names = tr("{count} of {known} scores", count=len(rows), known=known)
    return tr(
        "{names} rose, most of all {name} ({numbers})"
        if up
        else "{names} fell, most of all {name} ({numbers})",
        names=names,
        name=name,
        numbers=numbers,
    )
