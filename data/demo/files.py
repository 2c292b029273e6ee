"""Writing the demo company's files: what its people would have sent, stage by stage."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter

from data.demo import customers, quality, reported, resources
from data.demo.stages import Row, Stage, rows_sent
from data.demo.story import SITES, next_month

STAGES = (
    Stage("2025-10", date(2023, 11, 1), date(2025, 10, 31), datetime(2025, 11, 6, 8, tzinfo=UTC)),
    Stage("2026-04", date(2025, 11, 1), date(2026, 4, 30), datetime(2026, 5, 6, 8, tzinfo=UTC)),
    Stage("2026-10", date(2026, 5, 1), date(2026, 10, 31), datetime(2026, 11, 9, 8, tzinfo=UTC)),
)
"""Two stages end with a review; the third is being prepared for one."""

CORRECTION_AT = datetime(2026, 6, 10, 9, tzinfo=UTC)
"""When Porto sent its scrap costs of March and April again, higher."""

WORKSPACE = Path(__file__).parent / "workspace"
"""The demo's definitions, records and minutes: files a person can read."""


@dataclass(frozen=True)
class Feed:
    """One kind of file: who makes its rows, what dates them, what fills up later, how it is cut."""

    table: str
    rows: Callable[[], Iterable[Row]]
    dated_by: str
    later: tuple[str, ...] = ()
    by_site: bool = False


FEEDS = (
    Feed("outputs", customers.outputs, "output_on"),
    Feed(
        "complaints",
        customers.complaints,
        "received_on",
        ("first_response_on", "closed_on"),
        by_site=True,
    ),
    Feed("survey_responses", customers.surveys, "responded_on"),
    Feed("nonconformances", quality.nonconformances, "raised_on", ("closed_on",)),
    Feed(
        "corrective_actions",
        quality.corrective_actions,
        "raised_on",
        ("implemented_on", "verified_on"),
    ),
    Feed("audits", quality.audits, "held_on"),
    Feed("audit_findings", quality.audit_findings, "raised_on", ("closed_on",)),
    Feed("supplier_deliveries", resources.supplier_deliveries, "received_on"),
    Feed("trainings", resources.trainings, "due_on"),
    Feed("calibrations", resources.calibrations, "due_on", ("completed_on",)),
    Feed("risks", resources.risks, "assessed_on"),
    Feed("context_changes", resources.context_changes, "noted_on"),
    Feed("metric_values", reported.monthly_figures, "period"),
)


def write_workspace(folder: Path) -> None:
    """Copy the demo's definitions into a folder."""
    for part in ("tables", "metrics", "sources"):
        if (WORKSPACE / part).is_dir():
            shutil.copytree(WORKSPACE / part, folder / part, dirs_exist_ok=True)
    shutil.copy(WORKSPACE / "clause9.toml", folder / "clause9.toml")


def write_stage(folder: Path, stage: Stage) -> list[Path]:
    """Write the files of one stage into a folder and return them, in a fixed order."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [path for feed in FEEDS for path in _write_feed(folder, feed, stage)]
    return [*written, _write_downtime(folder, stage)]


def write_correction(folder: Path) -> Path:
    """Write Porto's corrected nonconformance costs of March and April 2026."""
    rows = [
        {**row, "cost": round(float(str(row["cost"])) * 1.4, 2)}
        for row in rows_sent(
            list(quality.nonconformances()), "raised_on", ("closed_on",), STAGES, STAGES[1]
        )
        if row["site"] == "Porto"
        and row["closed_on"]  # a later file sends the open ones again
        and date(2026, 3, 1) <= _day(row["raised_on"]) <= date(2026, 4, 30)
    ]
    return _write_csv(folder / "nonconformances_porto_corrected.csv", rows)


def write_upload_to_try(path: Path) -> Path:
    """Write Porto's October complaints as a workbook with three mistakes, for trying the upload."""
    feed = next(each for each in FEEDS if each.table == "complaints")
    rows = [
        row
        for row in rows_sent(list(feed.rows()), feed.dated_by, feed.later, STAGES, STAGES[2])
        if row["site"] == "Porto" and _day(row["received_on"]) >= date(2026, 10, 1)
    ]
    texts = [[_text(value) for value in row.values()] for row in rows]
    header = list(rows[0])
    texts[2][header.index("received_on")] = "2026-11-31"
    texts[4][header.index("severity")] = "serious"
    texts[5][header.index("cost")] = "about 80"
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": STAGES[-1].sent_at})
    sheet = book.add_worksheet("complaints")
    for number, line in enumerate([header, *texts]):
        sheet.write_row(number, 0, line)
    book.close()
    return path


def _write_feed(folder: Path, feed: Feed, stage: Stage) -> list[Path]:
    rows = rows_sent(list(feed.rows()), feed.dated_by, feed.later, STAGES, stage)
    if not feed.by_site:
        return [_write_csv(folder / f"{feed.table}_{stage.name}.csv", rows)] if rows else []
    written = []
    for site in SITES:
        mine = [row for row in rows if row["site"] == site]
        for name, part in _cut(mine, feed.dated_by, stage, site):
            written.append(_write_csv(folder / f"{feed.table}_{site.lower()}_{name}.csv", part))
    return written


def _cut(rows: list[Row], dated_by: str, stage: Stage, site: str) -> list[tuple[str, list[Row]]]:
    """The last stage comes month by month from August on; Porto's October has not come yet."""
    if stage is not STAGES[-1]:
        return [(stage.name, rows)] if rows else []
    august, september, october = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
    parts = [("2026-07", [row for row in rows if _day(row[dated_by]) < august])]
    for first in (august, september, october):
        if (site, first) != ("Porto", october):
            after = next_month(first)
            parts.append(
                (f"{first:%Y-%m}", [row for row in rows if first <= _day(row[dated_by]) < after])
            )
    return parts


def _write_downtime(folder: Path, stage: Stage) -> Path:
    """Write the machine hours as people keep them: one line a site and kind, one column a month."""
    hours = resources.downtime()
    firsts = sorted(
        {first for site in hours.values() for first in site if stage.first <= first <= stage.last}
    )
    book = xlsxwriter.Workbook(folder / f"machine_hours_{stage.name}.xlsx")
    # Excel's own date of making would give the same hours other bytes every time.
    book.set_properties({"created": stage.sent_at})
    sheet = book.add_worksheet("Machine hours")
    sheet.write_row(0, 0, ["Site", "Hours", *(f"{first:%Y-%m}" for first in firsts)])
    line = 1
    for site, months in hours.items():
        for index, kind in enumerate(("unplanned downtime", "planned running")):
            sheet.write_row(line, 0, [site, kind])
            for column, first in enumerate(firsts, start=2):
                if first in months:
                    sheet.write_number(line, column, months[first][index])
            line += 1
    book.close()
    return folder / f"machine_hours_{stage.name}.xlsx"


def _write_csv(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)
    return path


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a date")
    return value
