"""Phases and exclusions: added, or withdrawn with a reason, and in force as of any day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from data.errors import DefinitionError, NotAllowedError, NotFoundError, UsageError
from data.records.audit import audit_log
from data.records.export import export_records
from data.records.forms import ExclusionForm, PhaseForm
from data.records.load import load_records
from data.records.phases import (
    add_phase,
    exclude_point,
    exclusions,
    in_force,
    include_point,
    phases,
    withdraw_phase,
)
from data.records.records import Records
from data.records.targets import Measured
from tests.support.people import NOW, OPERATOR, an_actor, fresh_records

LATER = NOW + timedelta(days=2)


def a_phase(**changed: object) -> PhaseForm:
    return PhaseForm.model_validate(
        {
            "metric": "scrap_percent",
            "from_on": date(2026, 3, 1),
            "label": "New moulds",
            "cause": "Line 2 got new moulds.",
        }
        | changed
    )


def an_exclusion(**changed: object) -> ExclusionForm:
    values = {
        "metric": "scrap_percent",
        "period_on": date(2026, 5, 1),
        "reason": "The furnace was being rebuilt.",
    }
    return ExclusionForm.model_validate(values | changed)


def months(day: date) -> tuple[date, date]:
    start = day.replace(day=1)
    return start, (start + timedelta(days=32)).replace(day=1)


SCRAP = Measured("Scrap", by=("site",), process="casting", starts_around=months)


def test_the_same_phase_again_changes_nothing(records: Records) -> None:
    first = add_phase(records, OPERATOR, a_phase(), NOW, SCRAP)
    assert add_phase(records, an_actor("quality_manager"), a_phase(), LATER).id == first.id
    assert (first.author, first.recorded_at) == ("operator", NOW)
    assert [entry.action for entry in audit_log(records, OPERATOR)] == ["add_phase"]


def test_two_phases_of_one_slice_from_the_same_day_conflict(records: Records) -> None:
    add_phase(records, OPERATOR, a_phase(), NOW)
    with pytest.raises(
        UsageError,
        match=r"already has a phase from 2026-03-01 \('New moulds', recorded by operator",
    ):
        add_phase(records, OPERATOR, a_phase(cause="Another reason."), LATER)
    add_phase(records, OPERATOR, a_phase(slice={"site": "Porto"}), LATER)  # another slice may
    assert len(phases(records)) == 2


def test_a_day_on_which_no_period_begins_is_refused_with_the_nearest(records: Records) -> None:
    with pytest.raises(
        UsageError,
        match="2026-03-15 is not the first day of a period of Scrap; the nearest are 2026-03-01 "
        "and 2026-04-01",
    ):
        add_phase(records, OPERATOR, a_phase(from_on=date(2026, 3, 15)), NOW, SCRAP)
    with pytest.raises(UsageError, match="2026-05-02 is not the first day of a period of Scrap"):
        exclude_point(records, OPERATOR, an_exclusion(period_on="2026-05-02"), NOW, SCRAP)


def test_a_part_the_metric_is_not_kept_by_is_refused(records: Records) -> None:
    with pytest.raises(UsageError, match=r"Scrap is not kept by 'sit'\. Did you mean 'site'"):
        add_phase(records, OPERATOR, a_phase(slice={"sit": "Porto"}), NOW, SCRAP)
    with pytest.raises(UsageError, match="Scrap is not kept by 'line'"):
        exclude_point(records, OPERATOR, an_exclusion(slice={"line": "2"}), NOW, SCRAP)


def test_a_withdrawn_phase_stays_on_record_and_counts_for_the_days_before(
    records: Records,
) -> None:
    phase = add_phase(records, OPERATOR, a_phase(), NOW)
    assert phase.id is not None
    withdraw_phase(records, OPERATOR, phase.id, "It was line 3.", LATER)
    [kept] = phases(records)
    assert (kept.withdrawn_by, kept.withdrawn_reason) == ("operator", "It was line 3.")
    told = {
        day: [each.label for each in in_force(phases(records), day)]
        for day in (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 25), None)
    }
    assert told == {
        date(2026, 11, 22): [],  # not yet recorded
        date(2026, 11, 23): ["New moulds"],
        date(2026, 11, 25): [],
        None: [],
    }
    assert add_phase(records, OPERATOR, a_phase(cause="Line 3."), LATER).id != phase.id


def test_a_point_is_excluded_once_and_included_with_a_reason(records: Records) -> None:
    first = exclude_point(records, OPERATOR, an_exclusion(), NOW, SCRAP)
    again = exclude_point(records, OPERATOR, an_exclusion(reason="Said twice."), LATER)
    assert first.id is not None
    assert first.id == again.id
    with pytest.raises(UsageError, match="Say why the exclusion is taken back"):
        include_point(records, OPERATOR, first.id, "  ", LATER)
    include_point(records, OPERATOR, first.id, "It was an ordinary month.", LATER)
    assert in_force(exclusions(records)) == []
    with pytest.raises(UsageError, match="The exclusion 1 was taken back on 2026-11-25 by operat"):
        include_point(records, OPERATOR, first.id, "Once more.", LATER)
    with pytest.raises(NotFoundError, match="There is no phase 7"):
        withdraw_phase(records, OPERATOR, 7, "None such.", LATER)


@pytest.mark.parametrize("missing", ["label", "cause", "from_on", "metric"])
def test_a_phase_says_what_it_is_and_why(missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        PhaseForm.model_validate({**a_phase().model_dump(exclude={missing})})


def test_an_owner_records_for_the_own_process_alone(records: Records) -> None:
    owner = an_actor("owner", processes=("casting",))
    phase = add_phase(records, owner, a_phase(), NOW, SCRAP)
    assert phase.id is not None
    with pytest.raises(NotAllowedError, match="may not set phase for the process 'casting'"):
        withdraw_phase(records, an_actor("owner"), phase.id, "Not mine.", NOW, SCRAP)
    for role in ("viewer", "auditor", "top_management", "admin"):
        with pytest.raises(NotAllowedError):
            exclude_point(records, an_actor(role), an_exclusion(), NOW, SCRAP)


FILE = """
[[phases]]
metric = "scrap_percent"
slice = { site = "Porto" }
from_on = 2026-03-01
label = "New moulds"
cause = "Line 2 got new moulds."
author = "Head of casting"

[[exclusions]]
metric = "scrap_percent"
period_on = 2026-05-01
reason = "The furnace was being rebuilt."
"""


def test_a_file_of_records_holds_phases_and_exclusions(records: Records, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(FILE, encoding="utf-8")
    known = {"scrap_percent": SCRAP}
    assert load_records(records, OPERATOR, path, NOW, known).changed == 2
    assert load_records(records, OPERATOR, path, LATER, known).unchanged == 2
    assert [(each.author, each.slice) for each in phases(records)] == [
        ("Head of casting", '{"site":"Porto"}')
    ]
    out = tmp_path / "out.toml"
    assert export_records(records, out) == 2
    with fresh_records(tmp_path / "second") as second:
        load_records(second, OPERATOR, out, NOW, known)
        assert [each.model_dump(exclude={"id"}) for each in phases(second)] == [
            each.model_dump(exclude={"id"}) for each in phases(records)
        ]
        assert len(exclusions(second)) == 1


def test_a_file_with_an_unknown_phase_date_is_refused_with_its_place(
    records: Records, tmp_path: Path
) -> None:
    path = tmp_path / "known.toml"
    path.write_text(FILE.replace("2026-03-01", "2026-03-31"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"\[\[phases\]\] 1: 2026-03-31 is not the first day"):
        load_records(records, OPERATOR, path, NOW, {"scrap_percent": SCRAP})
    assert exclusions(records) == []  # nothing of the file is stored
