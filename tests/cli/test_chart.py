"""`clause9 chart`: any CSV file, no workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import clause9

FLOW = "period,value\n" + "\n".join(
    f"B{i},{value}"
    for i, value in enumerate([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
)
"""Flow rate of ten batches, NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2."""


def written(folder: Path, text: str) -> Path:
    path = folder / "series.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_handbooks_flow_rate_has_the_handbooks_limits(tmp_path: Path) -> None:
    found = clause9("chart", written(tmp_path, FLOW), "--k", "table", "--ladder", "off", "--json")
    assert found.code == 0
    last = found.json["points"][-1]
    assert (last["period"], last["value"], last["status"]) == ("B9", 52.1, "ok")
    assert last["ucl"] == pytest.approx(55.8041, abs=5e-5)
    assert last["lcl"] == pytest.approx(45.8159, abs=5e-5)
    assert found.json["summary"]["chart"] == "xmr"


def test_the_target_is_judged_by_the_side_that_is_good(tmp_path: Path) -> None:
    path = written(tmp_path, FLOW)
    wanted = ("--target", "50", "--better", "higher", "--json")
    points = clause9("chart", path, *wanted).json["points"]
    assert [point["target_met"] for point in points][:4] == [False, False, False, True]
    band = ("--target", "48:52", "--better", "inside", "--json")
    points = clause9("chart", path, *band).json["points"]
    assert [point["target_met"] for point in points][:4] == [True, False, True, True]


def test_each_facet_has_a_summary_of_its_own(tmp_path: Path) -> None:
    rows = ["facet,period,value", *(f"{f},{i},{i % 3}" for f in "ab" for i in range(12))]
    found = clause9("chart", written(tmp_path, "\n".join(rows)), "--json")
    assert list(found.json["summary"]) == ["a", "b"]
    assert {point["facet"] for point in found.json["points"]} == {"a", "b"}


def test_points_come_in_the_order_of_the_file_though_facets_take_turns(tmp_path: Path) -> None:
    rows = ["facet,period,value", "b,1,5", "a,1,6", "b,2,7", "a,2,8"]
    found = clause9("chart", written(tmp_path, "\n".join(rows)), "--ladder", "off", "--json").json
    assert [point["value"] for point in found["points"]] == [5, 6, 7, 8]
    assert [point["cl"] for point in found["points"]] == [6, 7, 6, 7]
    assert list(found["summary"]) == ["b", "a"]


def test_a_target_without_a_good_side_is_said_not_to_be_judged(tmp_path: Path) -> None:
    found = clause9("chart", written(tmp_path, FLOW), "--target", "50", "--json")
    assert (found.code, found.json["summary"]["assurance"]) == (0, "no_target")
    assert "--target 50 is not judged: say --better lower, higher or inside" in found.err


def test_without_json_a_sentence_and_a_table(tmp_path: Path) -> None:
    told = clause9("chart", written(tmp_path, FLOW))
    assert told.code == 0
    assert told.out.startswith("52 in B9, within its usual range of 46 to 56.")


@pytest.mark.parametrize(
    ("text", "options", "code", "message"),
    [
        (FLOW, ["--target", "half"], 2, "--target half: expected a number"),
        (FLOW, ["--target", "nan"], 2, "--target nan: expected a number"),
        (FLOW, ["--target", "inf"], 2, "--target inf: expected a number"),
        (FLOW, ["--per", "0"], 2, "--per 0: expected a number above 0"),
        (FLOW, ["--per", "nan"], 2, "--per nan: expected a number above 0"),
        ("period,value,value\n1,2,3\n", [], 3, "has the column 'value' twice"),
        (FLOW, ["--target", "5:2"], 2, "--target 5:2: the lower end of a band comes first"),
        (FLOW, ["--kind", "u"], 2, "A u chart needs the columns numerator,denominator"),
        (FLOW, ["--phase", "C1"], 2, "--phase C1: no row has this period"),
        ("period,value\n1,x\n", [], 3, "row 2, value: 'x' is not a number"),
        ("period,value\n1,2,3\n", [], 3, "cannot be read as CSV"),
        ("", [], 3, "is empty"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    tmp_path: Path, text: str, options: list[str], code: int, message: str
) -> None:
    told = clause9("chart", written(tmp_path, text), *options)
    assert (told.code, message in told.err) == (code, True), told.err


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = clause9("chart", tmp_path / "none.csv")
    assert (told.code, "There is no file" in told.err) == (2, True)
