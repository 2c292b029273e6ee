"""What is proposed for drawn sheets: nothing is guessed that a sheet leaves open."""

from __future__ import annotations

from datetime import date

import pytest

from data.errors import RefusedInputError, UsageError
from pipelines.mapping.checks import mapping_findings
from pipelines.mapping.model import Mapping, Periods, Unpivot
from pipelines.understand import Proposal, answered
from pipelines.understand.figures import Known
from tests.support.drawn_sheets import (
    a_sheet,
    proposals,
    questions,
    the_mapping,
    the_proposal,
)
from tests.support.submitting import TABLES

WIDE = """
Deliveries 2026
KPI        | Jan | Feb | Mar | Total
Late (pcs) | 4   | 5   | 6   | 15
Sent       | 40  | 50  | 60  | 150
Total      | 44  | 55  | 66  | 165
"""


def test_months_across_with_the_year_in_the_title() -> None:
    proposal = the_proposal(WIDE)
    assert questions(proposal) == {
        "label.KPI": ("metric", "site", "process", "leave out"),
        "metrics": ("short names", "as written"),
        "process": (),
    }
    assert "The year 2026 stands in 'Deliveries 2026'." in proposal.why
    assert "Rows that sum up others are left out: 'Total'." in proposal.why
    assert "Columns left out: 'Total'." in proposal.why
    answers = {"label.KPI": "metric", "metrics": "short names", "process": "sales"}
    mapping = the_mapping(proposal, answers)
    assert mapping == Mapping(
        name="kpi",
        table="metric_values",
        files=("kpi.xlsx",),
        sheet="KPI",
        header_row=2,
        where="value is not null and \"KPI\" <> 'Total'",
        columns={"metric": "KPI"},
        constants={"process": "sales"},
        values={"metric": {"Late (pcs)": "late_pcs", "Sent": "sent"}},
        periods=Periods(year=2026),
        unpivot=Unpivot(columns=("Jan", "Feb", "Mar"), name_to="period", value_to="value"),
    )
    assert list(mapping_findings(mapping, TABLES)) == []


def test_before_the_answers_the_mapping_shows_the_likeliest_ones() -> None:
    mapping = the_proposal(WIDE).mapping
    assert mapping.columns == {"metric": "KPI"}
    assert mapping.constants == {"process": "unknown"}


def test_answers_may_come_one_by_one_and_raise_further_questions() -> None:
    first = answered(the_proposal(WIDE), {"label.KPI": "site"})
    assert isinstance(first, Proposal)
    assert set(questions(first)) == {"metric", "process"}
    second = answered(first, {"metric": "late"})
    assert isinstance(second, Proposal)
    mapping = the_mapping(second, {"process": "sales"})
    assert (mapping.columns, mapping.constants) == (
        {"site": "KPI"},
        {"metric": "late", "process": "sales"},
    )


def test_one_metric_may_be_named_by_hand_and_known_names_are_taken() -> None:
    known = Known(metrics=("late_pcs",), processes=("sales",))
    proposal = the_proposal(WIDE, known)
    assert questions(proposal)["process"] == ("sales",)
    answers = {"label.KPI": "metric", "metrics": "short names", "process": "sales"}
    mapping = the_mapping(proposal, answers | {"metric.Sent": "deliveries_sent"})
    assert mapping.values["metric"] == {"Late (pcs)": "late_pcs", "Sent": "deliveries_sent"}


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"proces": "sales"}, "proces: that is not asked. Did you mean 'process'?"),
        ({"metrics": "short name"}, "Did you mean 'short names'?"),
        ({"process": " "}, "that answers nothing here"),
    ],
)
def test_an_answer_that_is_none_is_refused(answers: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        answered(the_proposal(WIDE), answers)
    assert message in str(refused.value)


def test_years_down_and_months_across_take_the_year_from_its_column() -> None:
    proposal = the_proposal("""
      |       | Januar | Februar | Desember
1899  | Index | 1.1    | 1.2     | 1.3
2025  | Index | 2.1    | 2.2     | .
""")
    mapping = the_mapping(
        proposal, {"metric": "index", "process": "sales", "missing..": "no figure"}
    )
    assert mapping.periods is not None
    assert mapping.periods.year == "A"
    assert mapping.unpivot is not None
    assert mapping.unpivot.columns == ("Januar", "Februar", "Desember")
    assert mapping.missing[-1] == "."
    assert "'B' says 'Index' in every row and is not read." in proposal.why


def test_where_each_period_has_several_columns_one_is_asked_for() -> None:
    proposal = the_proposal("""
KPI  | YTD  |        | 2025-01-01 00:00:00 |        | 2025-02-01 00:00:00 |
     | Plan | Actual | Plan                | Actual | Plan                | Actual
Late | 3    | 3      | 1                   | 2      | 2                   | 1
Sent | 3    | 3      | 1                   | 2      | 2                   | 1
""")
    assert questions(proposal)["measure"] == ("Plan", "Actual")
    answers = {
        "measure": "Actual",
        "label.KPI": "metric",
        "metrics": "as written",
        "process": "sales",
    }
    mapping = the_mapping(proposal, answers)
    assert mapping.header_rows == 2
    assert mapping.unpivot is not None
    assert mapping.unpivot.columns == {
        "2025-01-01 00:00:00 / Actual": "2025-01-01",
        "2025-02-01 00:00:00 / Actual": "2025-02-01",
    }


def test_months_over_the_end_of_a_year_take_the_next_one() -> None:
    proposal = the_proposal("""
Site  | Nov | Dec | Jan
Porto | 1   | 2   | 3
Lille | 4   | 5   | 6
""")
    answers = {"year": "2025", "label.Site": "site", "metric": "late", "process": "sales"}
    mapping = the_mapping(proposal, answers)
    assert mapping.unpivot is not None
    assert mapping.unpivot.columns == {
        "Nov": "2025-11-01",
        "Dec": "2025-12-01",
        "Jan": "2026-01-01",
    }


def test_four_week_periods_ask_for_their_first_days_and_keep_room_for_more() -> None:
    proposal = the_proposal("""
Site  | 2024-25 P12 | 2024-25 P13 | 2025-26 P1 | Actual
Porto | 1           | 2           | 3          | 6
Lille | 4           | 5           | 6          | 15
""")
    answers = {"first_days": "2024-03-31", "label.Site": "site", "metric": "late", "process": "x"}
    mapping = the_mapping(proposal, answers)
    assert mapping.periods is not None
    assert mapping.periods.kind == "four_weeks"
    assert mapping.periods.first == (date(2024, 3, 31), date(2025, 3, 31))
    assert mapping.unpivot is not None
    assert mapping.unpivot.columns == ("20??-?? P*",)


def test_periods_down_with_several_figures_ask_what_the_columns_are() -> None:
    proposal = the_proposal("""
Month | Output | E01 | E03 | Total rejects
June  | 1000   | 60  | 935 | 995
July  | 1000   | 53  | 937 | 990
TOTAL | 2000   | 113 | 1872 | 1985
""")
    assert questions(proposal)["figures"][0] == "Output, E01, E03"
    answers = {"year": "2009", "process": "moulding"}
    as_metrics = the_mapping(
        proposal, answers | {"figures": "Output, Total rejects", "across": "metric",
                             "metrics": "short names"}
    )  # fmt: skip
    assert as_metrics.unpivot is not None
    assert as_metrics.unpivot.columns == {"Output": "output", "Total rejects": "total_rejects"}
    assert as_metrics.where == "\"Month\" <> 'TOTAL' and value is not null"
    as_slices = the_mapping(
        proposal, answers | {"figures": "E01, E03", "across": "site", "metric": "rejects"}
    )
    assert as_slices.unpivot is not None
    assert as_slices.unpivot.name_to == "site"
    assert as_slices.constants == {"metric": "rejects", "process": "moulding"}


def test_counted_steps_have_to_be_dated_by_somebody() -> None:
    proposal = the_proposal("""
KPI      | sprint 2 | sprint 1
Workload | 0.43     | 0.35
Velocity | se graf  |
""")
    assert {"begins.sprint 2", "begins.sprint 1", "missing.se graf"} <= set(questions(proposal))
    answers = {
        "begins.sprint 1": "2018-09-03", "begins.sprint 2": "2018-09-10", "label.KPI": "metric",
        "metrics": "short names", "process": "team", "missing.se graf": "no figure",
    }  # fmt: skip
    mapping = the_mapping(proposal, answers)
    assert mapping.unpivot is not None
    assert mapping.unpivot.columns == {"sprint 2": "2018-09-10", "sprint 1": "2018-09-03"}
    with pytest.raises(UsageError, match="expected a date"):
        answered(proposal, answers | {"begins.sprint 1": "September"})


def test_a_comma_that_may_be_either_sign_is_asked_about() -> None:
    proposal = the_proposal("""
Site   | 2024  | 2025
Timber | 2,666 | 2,274
Iron   | 498   | 853
""")
    assert questions(proposal)["numbers"] == ("2666", "2.666")
    answers = {"label.Site": "site", "metric": "tonnes", "process": "x"}
    assert the_mapping(proposal, answers | {"numbers": "2666"}).thousands == ","
    assert the_mapping(proposal, answers | {"numbers": "2.666"}).decimal == ","


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        ("1,5 | 2,25", ",", None),
        ("1.234,5 | 2", ",", "."),
        ("1,234.5 | 2", ".", ","),
        ("1,234,567 | 2", ".", ","),
        ("1 234,5 | 2", ",", " "),
        ("1.5 | 2", ".", None),
    ],
)
def test_signs_of_numbers_are_decided_by_all_figures(
    cells: str, decimal: str, thousands: str | None
) -> None:
    proposal = the_proposal(f"\nSite | 2024 | 2025\nPorto | {cells}\nLille | 7 | 8\n")
    assert "numbers" not in questions(proposal)
    assert (proposal.mapping.decimal, proposal.mapping.thousands) == (decimal, thousands)


def test_percent_signs_and_units_are_declared() -> None:
    percent = the_proposal("\nSite | 2024 | 2025\nPorto | 95,2 % | 96,1 %\nLille | 91,0 % | 90 %\n")
    assert percent.mapping.percent == ("value",)
    minutes = the_proposal("\nSite | 2024 | 2025\nPorto | 12 min | 13 min\nLille | 9 min | 8 min\n")
    assert minutes.mapping.units == {"value": "min"}


def test_day_and_month_are_asked_for_where_no_cell_settles_them() -> None:
    proposal = the_proposal("""
Day        | Rejects
03/04/2026 | 7
05/04/2026 | 8
""")
    assert questions(proposal)["dates"] == ("day first", "month first")
    answers = {"dates": "month first", "metric": "rejects", "process": "moulding"}
    assert the_mapping(proposal, answers).dates == ("%m/%d/%Y",)
    settled = the_proposal("\nDay | Rejects\n03/04/2026 | 7\n25/04/2026 | 8\n")
    assert "dates" not in questions(settled)
    assert settled.mapping.dates == ("%d/%m/%Y",)


def test_a_label_in_the_first_row_of_a_group_alone_is_asked_about() -> None:
    drawing = """
Site  | Cause | 2024 | 2025
Porto | Track | 1    | 2
      | Fleet | 3    | 4
Lille | Track | 5    | 6
"""
    proposal = the_proposal(drawing)
    assert questions(proposal)["gaps.Site"] == ("the one above", "leave out")
    answers = {"label.Site": "site", "label.Cause": "metric", "metrics": "short names"}
    answers |= {"process": "x"}
    assert the_mapping(proposal, answers | {"gaps.Site": "the one above"}).fill_down == ("Site",)
    left_out = the_mapping(proposal, answers | {"gaps.Site": "leave out"})
    assert left_out.where == 'value is not null and "Site" is not null'


def test_a_text_file_asks_for_what_it_hides() -> None:
    drawing = "\nSite | 2024 | 2025\nPörto | 1 | 2\nLille | 3 | 4\n"
    sheet = a_sheet(drawing, None, "csv", separators=(";", ","), encodings=("cp1252", "latin-1"))
    (proposal,) = proposals(sheet, file="kpi_2026-09.csv")
    assert questions(proposal)["encoding"] == ("cp1252", "latin-1")
    assert questions(proposal)["separator"] == ("semicolon", "comma")
    answers = {"encoding": "cp1252", "separator": "semicolon", "label.Site": "site"}
    mapping = the_mapping(proposal, answers | {"metric": "late", "process": "x"})
    assert (mapping.encoding, mapping.separator) == ("cp1252", ";")
    assert mapping.files == ("kpi_*.csv",)


def test_of_several_tables_each_is_proposed_with_its_own_cells() -> None:
    found = proposals(
        a_sheet("""
Site  | 2024 | 2025 |  | Month | Late
Porto | 1    | 2    |  | Jan   | 4
Lille | 3    | 4    |  | Feb   | 5
""")
    )
    assert {proposal.mapping.block for proposal in found} == {"A1:C", "E1:F"}
    assert len({proposal.mapping.name for proposal in found}) == len(found)


def test_the_end_of_the_data_is_the_note_below() -> None:
    proposal = the_proposal("""
Site  | 2024 | 2025
Porto | 1    | 2
Lille | 3    | 4

Source: the plant's own books, closed on the third working day
""")
    assert proposal.mapping.until == "Source: the plant's own books, closed on"


@pytest.mark.parametrize(
    ("drawing", "reason"),
    [
        ("\nModel | Rejects\nRJ | 2284\nRC | 1033\n", "names days, months or years"),
        ("\nTrust | Reason\nAiredale | Refused\nBarts | None\n", "words and no figures"),
        ("\nJust a text\n", "no table was found"),
        (
            "\nMonth | Late\nJan | 1\nFeb | 2\nMar¹ | 3\nApr | 4\n",
            "column A names periods, but also 'Mar¹', which are none",
        ),
        (
            "\n | Term 1 | Term 2\nAna | 1 | 2\n | Term 1 | Term 2\nAna | 3 | 4\n",
            "several tables, one below the other",
        ),
        (
            "\nOpened | Closed | Batch\n2026-01-02 | 2026-02-03 | 422111\n"
            "2026-01-03 | 2026-02-03 | 422112\n",
            "its rows are events",
        ),
    ],
)
def test_what_holds_no_figures_by_period_is_refused_with_the_reason(
    drawing: str, reason: str
) -> None:
    with pytest.raises(RefusedInputError, match=r"^kpi\.xlsx: ") as refused:
        the_proposal(drawing)
    assert reason in str(refused.value)


def test_a_column_beside_the_table_that_cannot_be_read_is_kept_out() -> None:
    proposal = the_proposal("""
Site  | 2024 | 2025 | Change | Change
Porto | 1    | 2    | 1      | 100
Lille | 3    | 4    | 1      | 33
""")
    assert proposal.mapping.block == "A1:C"
    assert "Only the columns A to C are read." in proposal.why
