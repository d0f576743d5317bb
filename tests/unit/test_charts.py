import re
import sys
from subprocess import run
from xml.etree import ElementTree

import pytest

from analysis.publish import charts
from analysis.publish.charts import lists, paths, planes, scale, sheet
from analysis.publish.results import Chart, Column, Table
from tests import made_up

ALL = (
    made_up.nps_trend,
    made_up.nps_mix,
    made_up.crq_levels,
    made_up.paths,
    made_up.importance,
    made_up.priority_map,
    made_up.nps_bridge,
    made_up.migration,
    made_up.topic_trend,
)


def texts(svg):
    """Words of a chart, wide and narrow."""
    root = ElementTree.fromstring(f"<both>{svg}</both>")
    return [[t.text for t in one.iter("text")] for one in root]


@pytest.mark.parametrize("table", ALL)
def test_a_chart_comes_wide_and_narrow_as_text_with_its_alt(table):
    made = table()
    drawn = charts.svg(made, "c1")
    both = ElementTree.fromstring(f"<both>{drawn}</both>")
    assert [one.get("class") for one in both] == ["wide", "narrow"]
    for one in both:
        assert one.get("role") == "img"
        assert one.get("aria-label") == made.chart.alt
        assert list(one.iter("text"))
    assert "http" not in drawn
    assert "<style" not in drawn


@pytest.mark.parametrize("table", ALL)
def test_a_chart_is_the_same_bytes_each_time(table):
    assert charts.svg(table(), "c1") == charts.svg(table(), "c1")


def test_a_chart_does_not_depend_on_the_hash_seed():
    code = "from tests import made_up; from analysis.publish import charts; "
    code += "import sys; sys.stdout.write(charts.svg(made_up.paths(), 'c'))"
    made = {
        run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(made) == 1


def test_ids_begin_with_the_given_one_so_that_they_are_unique_in_a_page():
    drawn = charts.svg(made_up.nps_trend(), "one")
    ids = re.findall(r' id="([^"]+)"', drawn)
    assert all(id.startswith("one-") for id in ids)
    assert len(ids) == len(set(ids))
    for used in re.findall(r'href="#([^"]+)"', drawn):
        assert used in ids


def test_masked_rows_are_left_out_of_the_drawing():
    assert not any("End users" in words for words in texts(charts.svg(made_up.nps_mix(), "c"))[0])


def test_a_chart_of_masked_rows_only_is_no_chart():
    mix = made_up.nps_mix()
    assert charts.svg(mix.model_copy(update={"rows": mix.rows[-1:]}), "c") == ""


def test_a_table_without_a_chart_draws_nothing():
    assert charts.svg(made_up.reliability(), "c") == ""


def test_a_single_value_can_be_drawn():
    for table in ALL:
        made = table()
        assert charts.svg(made.model_copy(update={"rows": made.rows[:1]}), "c")


@pytest.mark.parametrize(
    "label", ["cost $^_$", "a & <b>", "", "x" * 5000, "\x00\x07 \ufffe", "数字"]
)
def test_no_label_stops_a_chart(label):
    row = {"who": label, "y": 1.0}
    table = Table(
        key="k",
        title="",
        columns=(Column(key="who", label=label), Column(key="y", label="Y", unit="score")),
        rows=(row, row),
        chart=Chart(kind="bars", columns={"label": "who", "y": "y"}, alt=label),
    )
    assert ElementTree.fromstring(f"<both>{charts.svg(table, 'c')}</both>") is not None


def test_colours_of_the_page_are_variables_and_colours_of_meaning_are_not():
    drawn = charts.svg(made_up.nps_mix(), "c")
    assert "var(--ink)" in drawn
    assert sheet.INK not in drawn
    assert sheet.DETRACTOR in drawn  # white words stand on it, also in the dark
    assert "var(--warm)" not in drawn


def test_promoters_are_blue_whatever_the_order_of_the_parts():
    assert lists.color_of("Promoters", 0, lists.SERIES) == sheet.PROMOTER
    assert lists.color_of("Share of detractors", 2, lists.SERIES) == sheet.DETRACTOR
    assert lists.color_of("Something else", 1, lists.SERIES) == lists.SERIES[1]


def test_ink_on_a_colour_keeps_the_contrast_of_wcag():
    def light(color):
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for color in (*sheet.LIKERT, sheet.DETRACTOR, sheet.PASSIVE, sheet.PROMOTER):
        pair = sorted((light(color), light(lists.on(color))))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, color


def test_a_path_whose_interval_holds_zero_is_dashed():
    assert paths.open_({"low": -0.1, "high": 0.1})
    assert not paths.open_({"low": 0.1, "high": 0.3})
    assert paths.open_({"low": None, "high": None})
    met = [row for row in made_up.paths().rows if row["verdict"] == "met"]
    dashes = [
        charts.svg(made_up.paths().model_copy(update={"rows": rows}), "c").count("dasharray")
        for rows in (made_up.paths().rows, tuple(met))
    ]
    assert dashes[0] > 0
    assert dashes[1] == 0


def explained(table, shares):
    """The same paths with the share explained of their targets."""
    return table.model_copy(
        update={
            "rows": tuple(row | {"explained": shares.get(row["target"])} for row in table.rows),
            "columns": (*table.columns, Column(key="explained", label="E", unit="share")),
            "chart": table.chart.model_copy(
                update={"columns": table.chart.columns | {"explained": "explained"}}
            ),
        }
    )


def some(*pairs):
    """The made-up paths between these constructs only."""
    table = made_up.paths()
    row = table.rows[0]
    rows = tuple(row | {"source": source, "target": target} for source, target in pairs)
    return table.model_copy(update={"rows": rows})


ONE_BEHIND_ANOTHER = (
    ("Service", "Uniqueness"),
    ("Uniqueness", "Relationship"),
    ("Service", "Relationship"),
)


def test_the_path_diagram_stands_as_morgan_and_hunt_drew_it():
    rows = charts.points(made_up.paths())
    nodes = paths.columns(rows, charts.WIDE)
    x = {name: place[0] for name, place in nodes.items()}
    assert x["Communication"] < x["Trust"] == x["Commitment"] < x["Cooperation"]
    assert nodes["Commitment"][1] < nodes["Trust"][1]  # trust below, its arrow points up


def test_trust_and_commitment_are_ellipses_also_where_no_outcome_was_asked():
    made = some(("Communication", "Trust"), ("Trust", "Commitment"))
    nodes = paths.columns(charts.points(made), charts.WIDE)
    assert [name for name, node in nodes.items() if node.ellipse] == ["Commitment", "Trust"]


def test_each_arrow_carries_its_interval_and_each_target_what_is_explained():
    wide = texts(charts.svg(explained(made_up.paths(), {"Trust": 0.48}), "c"))[0]
    assert "0.53" in wide
    assert "0.41 to 0.65" in wide
    assert "−0.08 to 0.16" in wide
    assert [words for words in wide if words.endswith("% explained")] == ["48% explained"]


def test_the_small_print_is_explained_only_where_there_is_any():
    said = texts(charts.svg(explained(made_up.paths(), {"Trust": 0.48}), "c"))[0][-1]
    assert "95% interval" in said
    assert "“explained”" in said
    assert "“explained”" not in texts(charts.svg(made_up.paths(), "c"))[0][-1]
    bare = [row | {"ci_low": None, "ci_high": None} for row in made_up.paths().rows]
    drawn = charts.svg(made_up.paths().model_copy(update={"rows": tuple(bare)}), "c")
    assert not any("Small print" in words for words in texts(drawn)[0])


@pytest.mark.parametrize(
    "table",
    [
        made_up.paths(),
        explained(made_up.paths(), {"Trust": 0.48, "Commitment": 0.61, "Cooperation": 0.44}),
        some(("Communication", "Trust"), ("Shared values", "Commitment"), ("Trust", "Commitment")),
        some(*ONE_BEHIND_ANOTHER),
    ],
)
def test_nothing_in_the_path_diagram_covers_anything_else(table):
    rows = charts.points(table)
    nodes = paths.columns(rows, charts.WIDE)
    lines = [paths._line(row, nodes)[1] for row in rows]
    words = [paths._words(row, "r") for row in rows]
    boxes = paths.spots([paths._size(w) for w in words], lines, list(nodes.values()))
    shapes = [node.box for node in nodes.values()]
    every = [*boxes, *shapes]
    assert sum(planes.overlap(a, b) for k, a in enumerate(every) for b in every[:k]) == 0
    for k, box in enumerate(boxes):  # no number stands on another's arrow
        assert not any(paths._inside(line, box) for line in lines[:k] + lines[k + 1 :])
    for row, line in zip(rows, lines, strict=True):
        others = [nodes[name].box for name in nodes if name not in (row["source"], row["target"])]
        assert not any(paths._inside(line, box) for box in others)
    assert min(shape[0] for shape in shapes) >= 0
    assert max(shape[2] for shape in shapes) <= charts.WIDE


def test_an_arrow_that_would_run_through_a_construct_is_bent_and_stays_on_the_sheet():
    made = some(*ONE_BEHIND_ANOTHER)
    drawn = charts.svg(made, "c")
    wide = ElementTree.fromstring(f"<b>{drawn}</b>")[0]
    curves = [p.get("d") for p in wide.iter("path") if "Q" in (p.get("d") or "")]
    straight = charts.svg(some(*ONE_BEHIND_ANOTHER[:2]), "c")
    assert float(wide.get("height")) > float(ElementTree.fromstring(f"<b>{straight}</b>")[0].get(
        "height"))  # fmt: skip
    ys = [float(y) for d in curves for y in re.findall(r"[ML] [-\d.]+ ([-\d.]+)", d)]
    assert min(ys) >= 0


def test_on_a_phone_an_undecided_path_steps_back():
    open_ = made_up.paths().rows[1]
    drawn = charts.svg(made_up.paths().model_copy(update={"rows": (open_,)}), "c")
    narrow = drawn[drawn.index('class="narrow"') :]
    assert "var(--mark)" not in narrow
    assert "var(--muted)" in narrow


def test_labels_of_near_points_do_not_cover_each_other():
    names = ["Reliability", "Customer care", "Trust"]
    spots = [(100.0, 100.0), (104.0, 102.0), (98.0, 96.0)]
    places = planes.place(names, spots, (0, 0, 400, 300))
    boxes = [
        (x, y - 8, x + sheet.width_of(name), y + 8)
        for name, (x, y) in zip(names, places, strict=True)
    ]
    assert sum(planes.overlap(a, b) for k, a in enumerate(boxes) for b in boxes[:k]) == 0


def test_a_phone_lists_the_paths_and_keys_the_map():
    assert "Trust → Commitment" in texts(charts.svg(made_up.paths(), "c"))[1]
    assert "2 Responsiveness" in texts(charts.svg(made_up.priority_map(), "c"))[1]


@pytest.mark.parametrize(
    ("values", "unit", "ticks"),
    [
        ([0.02, 0.97], "share", (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        ([-95, 99], "points", (-100.0, -50.0, 0.0, 50.0, 100.0)),
        ([3, 3], "count", (1.0, 2.0, 3.0, 4.0, 5.0)),
    ],
)
def test_an_axis_has_round_ticks_within_what_the_unit_allows(values, unit, ticks):
    made = scale.scale(values, unit, 0, 100)
    assert made.ticks == ticks
    assert made.at(values[0]) >= 0
    assert made.at(1e9) == 100


def test_a_long_label_is_broken_and_then_cut():
    lines = sheet.wrap("one two three four five six seven eight nine", 90)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(sheet.width_of(line) <= 90 for line in lines)


def test_small_multiples_say_each_topic_and_its_last_value():
    wide, narrow = texts(charts.svg(made_up.topic_trend(), "c1"))
    for said in (wide, narrow):
        assert "Delivery" in said
        assert {"20%", "40%", "10%"} <= set(said)
        assert said.count("2024") == said.count("2026") == 3


def test_small_multiples_stand_below_each_other_on_a_phone():
    svg = charts.svg(made_up.topic_trend(), "c1")
    wide, narrow = (
        [float(v) for v in box.split()] for box in re.findall(r'viewBox="([^"]+)"', svg)
    )
    assert narrow[3] > wide[3]


def test_a_topic_of_one_wave_alone_is_drawn_too():
    table = made_up.topic_trend()
    one = table.model_copy(update={"rows": table.rows[:1]})
    assert "20%" in texts(charts.svg(one, "c1"))[0]
