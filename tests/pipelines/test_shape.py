"""From their sheet to our rows: filters, wide to long, lookups, derived and translated columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.support.files import a_csv
from tests.support.submitting import Site, a_mapping


def test_rows_the_filter_does_not_mean_are_left_out_and_counted(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(where="Kind = 'complaint' and Days >= 2", types={"Days": "integer"}))
    text = """
No,Date,Kind,Days
1,2026-09-01,complaint,2
2,2026-09-01,praise,9
3,2026-09-01,complaint,1
"""
    report = site.ingest(a_csv(tmp_path / "a.csv", text))
    assert (report.batches[0].accepted, report.batches[0].left_out) == (1, 2)
    assert site.rows("complaints", "complaint_id", "_row") == [("1", 2)]


def test_a_row_the_filter_cannot_be_asked_of_is_refused_not_left_out(
    site: Site, tmp_path: Path
) -> None:
    site.knows(a_mapping(where="Days >= 2", types={"Days": "integer"}))
    report = site.ingest(a_csv(tmp_path / "a.csv", "No,Date,Days\n1,2026-09-01,two\n"))
    assert "1 × column 'Days': 'two' is not a number (row 2)" in report.message


def test_wide_columns_become_rows(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            table="nonconformances",
            columns={"raised_on": "Date"},
            unpivot={
                "columns": {"Late": "late", "Lost": "lost"},
                "name_to": "category",
                "value_to": "quantity",
            },
            derive={"nonconformance_id": "concat(No, '-', category)"},
        )
    )
    text = "No,Date,Late,Lost\n1,2026-09-01,5,0\n2,2026-09-02,7,x\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text), accept_good=True)
    assert site.rows("nonconformances", "nonconformance_id", "category", "quantity", "_row") == [
        ("1-late", "late", Decimal(5), 2),
        ("1-lost", "lost", Decimal(0), 2),
        ("2-late", "late", Decimal(7), 3),
    ]
    # The place is the header the person sees.
    (reason,) = report.batches[0].reasons
    assert (reason.row, reason.column, reason.value) == (3, "Lost", "x")


def test_wide_columns_are_found_by_pattern(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            table="outputs",
            columns={"product": "Product"},
            types={"month": "date"},
            dates=["%Y-%m"],
            unpivot={"columns": ["2026-*"], "name_to": "month", "value_to": "quantity"},
            derive={"output_on": "month"},
        )
    )
    site.ingest(a_csv(tmp_path / "a.csv", "Product,2026-08,2026-09\nA,1,2\n"))
    assert site.rows("outputs", "output_on", "product", "quantity") == [
        (date(2026, 8, 1), "A", Decimal(1)),
        (date(2026, 9, 1), "A", Decimal(2)),
    ]


def test_columns_are_taken_by_key_from_another_file_of_the_load(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            files="calls*",
            columns={"complaint_id": "No", "received_on": "Date", "site": "Town"},
            lookup=[{"files": "shops*", "on": {"Shop": "Id"}, "take": {"Town": "City"}}],
        )
    )
    folder = tmp_path / "load"
    folder.mkdir()
    a_csv(folder / "calls.csv", "No,Date,Shop\n1,2026-09-01,s1\n2,2026-09-01,s2\n3,2026-09-01,s9\n")
    a_csv(folder / "shops.csv", "Id,City\ns1,Porto\ns2,Aarhus\ns2,Gdansk\n")
    report = site.ingest(folder)
    assert site.rows("complaints", "complaint_id", "site") == [
        ("1", "Porto"),
        ("2", "Aarhus"),
        ("3", None),
    ]
    assert report.left_aside == ()
    assert set(report.batches[0].warnings) >= {
        "shops.csv: 1 row with a key that came before; the first counts.",
        "1 row with nothing under its key in shops.csv.",
    }
    assert list(site.batches()[0].report["lookups"]) == ["shops.csv"]


def test_a_changed_lookup_file_makes_the_same_bytes_a_change(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            files="calls*",
            columns={"complaint_id": "No", "received_on": "Date", "site": "Town"},
            lookup=[{"files": "shops*", "on": {"Shop": "Id"}, "take": {"Town": "City"}}],
        )
    )
    a_csv(tmp_path / "calls.csv", "No,Date,Shop\n1,2026-09-01,s1\n")
    shops = a_csv(tmp_path / "shops.csv", "Id,City\ns1,Porto\n")
    # A file that is only looked up is no batch.
    site.ingest(tmp_path)
    a_csv(shops, "Id,City\ns1,Aarhus\n")
    report = site.ingest(tmp_path)
    assert report.batches[0].restated == 1


def test_a_lookup_without_its_file_is_refused_with_the_way_out(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(lookup=[{"files": "shops*", "on": {"Shop": "Id"}, "take": {"Town": "City"}}])
    )
    report = site.ingest(a_csv(tmp_path / "calls.csv", "No,Date,Shop\n1,2026-09-01,s1\n"))
    assert "a lookup needs one file like 'shops*' in the same load, and none fits" in report.message
    assert "Ingest the folder that holds both" in report.message


def test_two_lists_side_by_side_are_looked_up_each_by_its_block(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            files="calls*",
            columns={"complaint_id": "No", "received_on": "Date"},
            lookup=[
                {"files": "codes*", "block": "A1:B", "on": {"C": "Code"}, "take": {"a": "Text"}},
                {"files": "codes*", "block": "D1:E", "on": {"C": "Code"}, "take": {"b": "Text"}},
            ],
            derive={"category": "coalesce(a, b)"},
        )
    )
    a_csv(tmp_path / "calls.csv", "No,Date,C\n1,2026-09-01,x\n2,2026-09-01,y\n")
    a_csv(tmp_path / "codes.csv", "Code,Text,,Code,Text\nx,late,,y,lost\n")
    site.ingest(tmp_path)
    assert site.rows("complaints", "complaint_id", "category") == [("1", "late"), ("2", "lost")]


def test_derived_columns_read_theirs_by_type(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            columns={"complaint_id": "No"},
            types={"Y": "integer", "M": "integer", "Net": "decimal", "Tax": "decimal"},
            decimal=",",
            derive={"received_on": "make_date(Y, M, 1)", "cost": "Net + Tax"},
        )
    )
    site.ingest(a_csv(tmp_path / "a.csv", 'No;Y;M;Net;Tax\n1;2026;9;"1,25";0,30\n'))
    assert site.rows("complaints", "received_on", "cost") == [(date(2026, 9, 1), Decimal("1.55"))]


def test_a_translation_applies_to_the_cell_as_it_is_written(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            columns={"complaint_id": "No", "received_on": "Date", "severity": "Class"},
            values={"severity": {"A": "critical", "B": "minor"}},
        )
    )
    text = "No,Date,Class\n1,2026-09-01, A \n2,2026-09-01,C\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text), accept_good=True)
    assert site.rows("complaints", "severity") == [("critical",)]
    assert report.batches[0].reasons[0].reason == "'C' is not allowed here."


def test_a_missing_header_is_told_with_the_nearest_there_is(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping())
    report = site.ingest(a_csv(tmp_path / "a.csv", "Number,Dates,x\n1,2026-09-01,1\n"))
    assert "row 1: columns 'No', 'Date' (Did you mean 'Dates'?) not found" in report.message
    assert "Rename the header, or correct the mapping." in report.message


def test_columns_nobody_reads_are_told(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping())
    report = site.ingest(a_csv(tmp_path / "a.csv", "No,Date,x,y\n1,2026-09-01,1,2\n"))
    assert report.batches[0].warnings == ("Columns not read: x, y.",)


def test_an_empty_cell_gets_the_default_of_its_column(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(columns={"complaint_id": "No", "received_on": "Date", "quantity": "Times"})
    )
    site.ingest(a_csv(tmp_path / "a.csv", "No,Date,Times\n1,2026-09-01,\n2,2026-09-01,3\n"))
    assert site.rows("complaints", "quantity") == [(Decimal(1),), (Decimal(3),)]


def test_a_text_with_control_characters_is_refused_through_an_expression_too(
    site: Site, tmp_path: Path
) -> None:
    site.knows(a_mapping(derive={"category": "upper(What)"}))
    file = a_csv(tmp_path / "a.csv", "No,Date,What\n1,2026-09-01,the \x1cright\x1d one\n")
    (reason,) = site.ingest(file).batches[0].reasons
    assert (reason.row, reason.rule) == (2, "characters")


def test_texts_are_mended_before_anything_looks_at_them(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            mend={"\x1c": "“", "\x1d": "”", "&amp;": "&"},
            columns={"complaint_id": "No", "received_on": "Date", "category": "What"},
            where="contains(What, '“')",
        )
    )
    text = "No,Date,What\n1,2026-09-01,the \x1cright\x1d one &amp; more\n2,2026-09-02,plain\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text))
    assert (report.batches[0].accepted, report.batches[0].left_out) == (1, 1)
    assert site.rows("complaints", "category") == [("the “right” one & more",)]
