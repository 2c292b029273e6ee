"""Targets as people write them: each is read, or refused with place, value and way out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from data.errors import DefinitionError, UsageError
from data.records.load import load_records
from data.records.records import Records
from data.records.targets import Measured, add_target, targets, targets_of_part
from tests.support.people import NOW, OPERATOR, a_target

COUNT = Measured("Complaints", ("site",), least=0.0, adds_up=True)
SHARE = Measured("Deliveries on time", ("site", "product"), least=0.0, most=100.0)
METRICS = {"complaints": COUNT, "on_time_share": SHARE}

START: dict[str, Any] = {
    "metric": "complaints",
    "kind": "at_most",
    "high": "3",
    "from_on": date(2026, 1, 1),
    "approver": "Head",
    "reason": "half",
}

ODD = [
    ({"high": "95 %"}, "high: '95 %' is not a number.", "Write 95."),
    ({"high": "≤ 3"}, "high: '≤ 3' is not a number.", "the kind at_most with high 3."),
    ({"high": ">= 95"}, "high: '>= 95' is not a number.", "the kind at_least with low 95."),
    ({"high": "3-5"}, "high: '3-5' is not a number.", "a band, with low 3 and high 5."),
    ({"high": "3,5"}, "high: '3,5' is not a number.", "Write 3.5."),
    ({"high": "4 days"}, "high: '4 days' is not a number.", "Write 4."),
    ({"high": "n/a"}, "high: 'n/a' is not a number.", "write none."),
    ({"high": "nan"}, "high: 'nan' is not a number.", "Write digits alone"),
    ({"high": "1e400"}, "high: '1e400' is not a number.", "Write digits alone"),
    ({"kind": "band", "low": "5"}, ": low 5 is above high 3.", ""),
    ({"kind": "band"}, ": the kind band takes low and high, and here is high.", ""),
    ({"kind": "max"}, "kind: 'max' is not one of: at_most, at_least, band.", ""),
    (
        {"high": "-1"},
        "at most -1 can never be kept: Complaints is never below 0.",
        "Write 0 or more.",
    ),
    ({"slice": "sit=Porto"}, "Complaints is not kept by 'sit'.", "Did you mean 'site'?"),
    ({"slice": "Porto"}, "slice: 'Porto' is no slice.", "Write it like site=Porto"),
    (
        {"metric": "on_time_share", "kind": "at_least", "high": None, "low": "101"},
        "at least 101 can never be reached: Deliveries on time is never above 100.",
        "Write 100 or less.",
    ),
    ({"from_on": "31.02.2026"}, "from_on: '31.02.2026' is no date.", "Write it like 2026-09-30."),
    ({"approver": " "}, "approver", ""),
    ({"metric": "complaint"}, "metric: there is no metric 'complaint'.", "'complaints'?"),
]


def toml_of(entry: dict[str, Any]) -> str:
    lines = []
    for key, value in entry.items():
        plain = isinstance(value, date) or (key in {"high", "low"} and value == "nan")
        lines.append(f"{key} = {value}" if plain else f'{key} = "{value}"')
    return "[[targets]]\n" + "\n".join(lines)


def sheet_of(path: Path, entry: dict[str, Any], percent: float | None = None) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        sheet = workbook.add_worksheet("Targets")
        for column, (key, value) in enumerate(entry.items()):
            sheet.write(0, column, key)
            # The row above is empty, as rows people leave for the eye are.
            if key == "high" and percent is not None:
                sheet.write(2, column, percent, workbook.add_format({"num_format": "0%"}))
            else:
                sheet.write(2, column, value)
    return path


@pytest.mark.parametrize(("changed", "said", "way_out"), ODD, ids=lambda each: str(each)[:40])
def test_an_odd_target_in_a_file_is_refused_with_place_value_and_way_out(
    records: Records, tmp_path: Path, changed: dict[str, Any], said: str, way_out: str
) -> None:
    entry = {key: value for key, value in (START | changed).items() if value is not None}
    text = tmp_path / "company.toml"
    text.write_text(toml_of(entry), encoding="utf-8")
    for path, place in (
        (text, "company.toml, [[targets]] 1"),
        (sheet_of(tmp_path / "company.xlsx", entry), "company.xlsx, sheet targets, row 3"),
    ):
        with pytest.raises(DefinitionError) as refused:
            load_records(records, OPERATOR, path, NOW, METRICS)
        told = str(refused.value)
        assert place in told
        assert said in told
        assert way_out in told
    assert targets(records) == []


def test_a_number_as_text_is_read_from_both(records: Records, tmp_path: Path) -> None:
    text = tmp_path / "company.toml"
    text.write_text(toml_of(START | {"high": "3.5"}), encoding="utf-8")
    load_records(records, OPERATOR, text, NOW, METRICS)
    path = sheet_of(tmp_path / "company.xlsx", START | {"high": " 3.5 "})
    assert load_records(records, OPERATOR, path, NOW, METRICS).unchanged == 1
    assert [each.high for each in targets(records)] == [3.5]


def test_a_cell_that_shows_percent_is_refused_because_it_holds_a_hundredth(
    records: Records, tmp_path: Path
) -> None:
    path = sheet_of(tmp_path / "company.xlsx", START, percent=0.95)
    with pytest.raises(DefinitionError, match=r"cell C3: shows 95 % and holds 0.95"):
        load_records(records, OPERATOR, path, NOW, METRICS)


def test_a_day_that_excel_made_of_a_band_is_said_to_be_one(
    records: Records, tmp_path: Path
) -> None:
    path = sheet_of(tmp_path / "company.xlsx", START | {"high": date(2026, 5, 3)})
    with pytest.raises(DefinitionError, match="Excel makes one of 3-5"):
        load_records(records, OPERATOR, path, NOW, METRICS)


def test_a_part_is_judged_by_the_whole_until_its_own_target_begins(records: Records) -> None:
    add_target(records, OPERATOR, a_target(high=9.0, from_on=date(2025, 1, 1)), NOW)
    porto = {"site": "Porto"}
    own = a_target(high=3.0, slice_=porto, from_on=NOW.date() + timedelta(days=1))
    add_target(records, OPERATOR, own, NOW, SHARE)
    every = targets(records)
    found = targets_of_part(every, "scrap_percent", porto, adds_up=False)
    assert [each.high for each in found] == [9.0, 3.0]
    assert [e.high for e in targets_of_part(every, "scrap_percent", porto, adds_up=True)] == [3.0]
    assert [e.high for e in targets_of_part(every, "scrap_percent", {}, adds_up=False)] == [9.0]


def test_a_target_of_a_part_cannot_change_what_the_whole_judged_it_by(records: Records) -> None:
    add_target(records, OPERATOR, a_target(high=9.0, from_on=date(2025, 1, 1)), NOW)
    own = a_target(high=3.0, slice_={"site": "Porto"}, from_on=date(2025, 6, 1))
    later = NOW + timedelta(days=1)
    with pytest.raises(UsageError, match="must not change what past periods were judged by"):
        add_target(records, OPERATOR, own, later, SHARE)
    # Parts of a count had no target of their own: nothing is judged anew.
    assert add_target(records, OPERATOR, own, later, COUNT).high == 3.0
