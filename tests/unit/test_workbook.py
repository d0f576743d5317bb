import csv
import re
import zipfile

import openpyxl
import pytest

from analysis.publish import results, workbook
from tests import made_up

FORMULAS = (
    "=1+1",
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("http://pages.invalid/","x")',
    '=IMPORTXML("http://pages.invalid/","//a")',
    '=WEBSERVICE("http://pages.invalid/")',
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "|cmd",
    "%0A=1+1",
    "{=1+1}",
    '=DDE("cmd";"/C calc";"x")',
    "http://pages.invalid/",
    "https://pages.invalid/?q=1",
    "mailto:nobody@pages.invalid",
    "ftp://pages.invalid/x",
    "internal:'Contents'!A1",
    "external:c:\\x.xlsx",
    "file:///etc/passwd",
)


def poisoned(payload):
    changed = made_up.with_text(made_up.full(), lambda text: payload)
    return changed.model_copy(update={"reported": "2026-01-01"})  # params hold a date, no text


@pytest.fixture
def book(tmp_path):
    def write(report):
        workbook.write(report, tmp_path / "tables.xlsx")
        return tmp_path / "tables.xlsx"

    return write


@pytest.mark.parametrize("payload", FORMULAS)
def test_text_is_neither_formula_nor_link_in_the_workbook(book, payload):
    file = book(poisoned(payload))
    loaded = openpyxl.load_workbook(file)
    cells = [cell for sheet in loaded for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    with zipfile.ZipFile(file) as packed:
        inside = "".join(packed.read(name).decode() for name in packed.namelist())
    assert not re.search(r"<f[ >]|<hyperlink|<externalLink", inside)


@pytest.mark.parametrize("payload", FORMULAS)
def test_text_is_no_command_in_a_csv(tmp_path, payload):
    workbook.write_csv(poisoned(payload), tmp_path)
    cells = [
        cell
        for file in tmp_path.glob("*.csv")
        for row in csv.reader(file.open(newline="", encoding="utf-8"))
        for cell in row
    ]
    words = [cell for cell in cells if not re.fullmatch(r"-?[\d.e-]+|", cell)]
    assert words
    assert [w for w in words if w.lstrip(" \u00a0\ufeff\t\r\n")[:1] in tuple("=+-@|%")] == []


def test_a_control_without_care_holds_a_formula(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "c.xlsx")) as careless:
        careless.add_worksheet().write(0, 0, "=1+1")
    assert openpyxl.load_workbook(tmp_path / "c.xlsx").active["A1"].data_type == "f"


def test_each_table_has_a_sheet_that_the_contents_name(book):
    report = made_up.full()
    loaded = openpyxl.load_workbook(book(report))
    names = [name for name, _, _ in workbook.tables(report)]
    assert loaded.sheetnames == ["Contents", *names]
    assert len(names) == len(set(names)) > 5
    listed = [row[0] for row in loaded["Contents"].iter_rows(min_row=5, values_only=True)]
    assert listed == names


def test_a_hidden_cell_is_a_dash_and_the_rest_stands_as_it_is(book):
    report = made_up.full()
    loaded = openpyxl.load_workbook(book(report))
    (name,) = [n for n, _, t in workbook.tables(report) if t.key == "nps_mix"]
    rows = list(loaded[name].iter_rows(min_row=4, max_row=7, values_only=True))
    assert rows[0] == ("Decision makers", 0.12, 0.41, 0.47, 51)
    assert rows[-1][1:] == (workbook.HIDDEN,) * 4


def test_what_is_internal_has_no_sheet():
    report = made_up.full()
    internal = {
        block.key
        for chapter in report.chapters
        for block in chapter.blocks
        if getattr(block, "audience", "client") == "internal"
    }
    assert internal
    assert not internal & {t.key for _, _, t in workbook.tables(report)}


def test_the_same_report_gives_the_same_bytes(tmp_path):
    files = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    for file in files:
        workbook.write(made_up.full(), file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_report_without_tables_is_a_workbook_of_its_contents(book):
    assert openpyxl.load_workbook(book(made_up.nothing())).sheetnames == ["Contents"]


def test_the_schema_holds_every_report():
    import json

    made = json.loads(results.schema())
    assert made["title"] == "Report"
    assert {"chapters", "client", "wave"} <= set(made["required"])
