"""Several rows that are one thing are put together: its first row, its last cells, its counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.mapping import Group, Mapping
from pipelines.mapping.checks import mapping_findings
from tests.support.files import a_csv
from tests.support.submitting import Site, a_mapping

EVENTS = """
Ticket,What,When,Plant
T1,opened,2026-09-01,Porto
T2,opened,2026-09-02,Aarhus
T1,taken,2026-09-03,Porto
T1,closed,2026-09-05,Lisbon
T2,taken,2026-09-04,Aarhus
T1,taken,2026-09-04,Porto
,opened,2026-09-06,Porto
,opened,2026-09-07,Porto
"""


def events(**group: object) -> Mapping:
    """Return the mapping of tickets out of their events; `group` changes how."""
    return a_mapping(
        columns={"complaint_id": "Ticket", "received_on": "When", "site": "Plant"},
        types={"When": "date", "taken": "integer"},
        group={
            "by": "Ticket",
            "order": "When",
            "last": {"ended": "When", "ended as": "What"},
            "count": {"taken": "What = 'taken'"},
        }
        | group,
        derive={
            "closed_on": "case when \"ended as\" = 'closed' then ended end",
            "quantity": "1 + taken",
        },
    )


def test_a_ticket_is_its_first_event_with_its_last_cells_and_its_counts(
    site: Site, tmp_path: Path
) -> None:
    site.knows(events())
    report = site.ingest(a_csv(tmp_path / "a.csv", EVENTS), accept_good=True)
    names = ("complaint_id", "received_on", "site", "closed_on", "quantity", "_row")
    assert site.rows("complaints", *names) == [
        ("T1", date(2026, 9, 1), "Porto", date(2026, 9, 5), 1 + 2, 2),
        ("T2", date(2026, 9, 2), "Aarhus", None, 1 + 1, 3),
    ]
    (part,) = report.batches[0].parts
    assert "8 rows are 4 by Ticket." in part.warnings


def test_a_row_that_says_no_ticket_is_refused_by_itself(site: Site, tmp_path: Path) -> None:
    site.knows(events())
    report = site.ingest(a_csv(tmp_path / "a.csv", EVENTS), accept_good=True)
    assert [reason.row for reason in report.batches[0].reasons] == [8, 9]


def test_without_an_order_rows_follow_each_other_as_in_the_file(site: Site, tmp_path: Path) -> None:
    site.knows(events(order=None))
    site.ingest(a_csv(tmp_path / "a.csv", EVENTS), accept_good=True)
    # The last row of T1 in the file is 'taken'.
    assert site.rows("complaints", "complaint_id", "closed_on") == [("T1", None), ("T2", None)]


def test_an_order_that_cannot_be_read_refuses_the_file(site: Site, tmp_path: Path) -> None:
    site.knows(events())
    text = EVENTS.replace("2026-09-05", "soon")
    message = site.ingest(a_csv(tmp_path / "a.csv", text), accept_good=True).message
    assert "row 5, column 'When': 'soon' is not a date as declared" in message


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"last": {"Plant": "When"}}, "`group` makes a column 'Plant', but the file has one"),
        ({"by": "Tiket"}, "'Tiket'"),
    ],
)
def test_columns_that_do_not_fit_the_file_are_named(
    site: Site, tmp_path: Path, changed: dict[str, object], told: str
) -> None:
    site.knows(events(**changed).model_copy(update={"derive": {}}))
    assert told in site.ingest(a_csv(tmp_path / "a.csv", EVENTS)).message


def test_a_count_that_is_no_question_is_a_finding(site: Site) -> None:
    group = Group(by=("Ticket",), count={"taken": "length(What)"})
    found = dict(mapping_findings(events().model_copy(update={"group": group}), site.tables))
    assert found["group.count.taken"] == "gives a integer; a row filter is true or false."
