"""Names spelt several ways are suggested as one; what may be two names never is."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.clean.spellings import spelling_groups
from tests.support.examples import sources
from tests.support.files import a_csv
from tests.support.submitting import Site, a_mapping


def groups(*texts: str | None) -> list[tuple[str, str, int]]:
    return spelling_groups(pl.Series(texts, dtype=pl.String)).rows()


def test_spellings_of_one_name_are_grouped_under_the_most_frequent() -> None:
    texts = ["Alfa Castings, Inc."] * 5 + ["ALFA CASTINGS INC"] * 3 + ["Alfa  Castings"] * 2
    assert groups(*texts, "AlfaCastings inc.", "Beta", None, " ") == [
        ("Alfa Castings, Inc.", "Alfa Castings, Inc.", 5),
        ("Alfa Castings, Inc.", "ALFA CASTINGS INC", 3),
        ("Alfa Castings, Inc.", "Alfa  Castings", 2),
        ("Alfa Castings, Inc.", "AlfaCastings inc.", 1),
    ]


@pytest.mark.parametrize(
    ("usual", "rare"),
    [
        ("Müller & Söhne", "MULLER AND SOHNE"),
        ("O'Neill", "ONEILL"),
        ("YU/BD", "YU / BD"),
        ("Siemens S.A.", "Siemens SA"),
        ("Intuitive Surgical", "Intuitve Surgical"),
        ("Intuitive Surgical", "Intuitive Surigcal"),
        ("Intuitive Surgical", "Instuitive Surgical"),
        ("8.5 mm", "8.5mm"),
    ],
)
def test_what_is_one_name_is_suggested(usual: str, rare: str) -> None:
    assert [row[:2] for row in groups(*[usual] * 4, rare)] == [(usual, usual), (usual, rare)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3M", "2M"),
        ("Mould 3", "Mould 4"),
        ("Product A", "Product B"),
        ("A+", "A-"),
        ("A-", "A"),
        ("C", "C#"),
        ("Siemens AG", "Siemens S.A."),
        ("Alfa Inc.", "Alfa Corp."),
        ("hypertension", "hypotension"),
        ("Porto", "Porte"),
        ("Machine 100001", "Machine 100007"),
        ("1 10", "11 0"),
        ("8.5 mm", "85 mm"),
        ("-5", "5"),
        ("internal", "external"),
    ],
)
def test_what_may_be_two_names_is_not(one: str, other: str) -> None:
    assert groups(*[one] * 9, other) == []


def test_two_usual_words_are_no_slip_of_each_other() -> None:
    assert groups(*["casting"] * 4, *["coating"] * 4, *["coasting"] * 4) == []


def test_a_slip_of_two_names_is_left_to_the_person() -> None:
    assert groups(*["batches"] * 9, *["matches"] * 9, "atches") == []


def test_81_spellings_of_one_supplier_become_fewer() -> None:
    path = sources() / "fda_device_recalls" / "maude_daVinci_FOIDEV.txt"
    if not path.is_file():
        pytest.skip(f"There is no {path}: name the folder of source files in CLAUSE9_SOURCES.")
    frame = pl.read_csv(
        path, separator="|", quote_char=None, infer_schema=False, encoding="utf8-lossy"
    )
    names = frame.get_column("MANUFACTURER_D_NAME")
    found = spelling_groups(names)
    # 80 spellings and the empty cell; 37 of them in 8 groups, so 80 - 37 + 8 = 51 names.
    assert (names.n_unique(), found.height, found["suggested"].n_unique()) == (81, 37, 8)
    first = found.filter(pl.col("suggested") == found["suggested"][0])
    assert (first["suggested"][0], first.height) == ("INTUITIVE SURGICAL,INC.", 19)
    # 16,871 + 6,569 + 1,435 + 290 + 165 + 60 + 4 x 2 + 9 x 1
    assert first["rows"].sum() == 25_407


def test_the_run_report_says_where_to_see_them(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(columns={"complaint_id": "No", "received_on": "Date", "customer": "Customer"})
    )
    text = "No,Date,Customer\n1,2026-09-01,Alfa Ltd\n2,2026-09-01,ALFA LTD.\n3,2026-09-01,Beta\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text))
    assert report.batches[0].warnings == (
        "customer: 3 spellings look like 2 names. See them: "
        "clause9 sources spellings 'a.csv' customer",
    )
