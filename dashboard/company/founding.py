"""Making workspaces: an empty one, one from a shipped example, and the demo company."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from dashboard.company import cycles, meetings, packs, people, publishing
from dashboard.company.opened import Company
from dashboard.company.publishing import Upload
from data.demo import files as demo_files
from data.demo.stages import Stage
from data.demo.story import AS_OF
from data.demo.tried import STEPS, Step
from data.errors import NotFoundError, UsageError, near_miss
from data.records.access import local_operator
from data.records.actions import complete_action
from data.settings import Workspace, create_workspace, open_workspace
from data.tables import load_tables
from metrics.catalogue import load_metrics

EXAMPLES = Path(demo_files.__file__).parents[1] / "examples"
"""Shipped examples: definitions and mappings of real companies, without their data."""

DEFINITIONS = ("clause9.toml", "people.toml", "tables", "metrics", "sources")

OPERATOR = "Quality manager"
"""Who founded the demo company and sent its files, as its audit log has it."""

RECORDS_SINCE = datetime(2025, 1, 2, 8, tzinfo=UTC)
"""When the demo company wrote down its people and targets: before the first cycle it kept."""

MEETINGS = {"2025-10": "2025-h2", "2026-04": "2026-h1", "2026-10": "2026-h2"}
"""The review that follows each stage of the demo; the last is still being prepared."""


def found(folder: Path, organisation: str, example: str | None) -> Workspace:
    """Return a new workspace that uses every metric of the library, or an example's definitions."""
    if example is None:
        workspace = create_workspace(folder, organisation)
        (workspace.metrics_folder / "library.toml").write_text(_whole_library(), encoding="utf-8")
        return workspace
    source = EXAMPLES / example
    known = [path.name for path in EXAMPLES.iterdir() if (path / "clause9.toml").is_file()]
    if example not in known:
        raise NotFoundError(
            f"No example '{example}'.{near_miss(example, known)} "
            f"There are: {', '.join(sorted(known))}."
        )
    create_workspace(folder, organisation)
    for name in DEFINITIONS:
        part = source / name
        if part.is_dir():
            shutil.copytree(part, folder / name, dirs_exist_ok=True)
        elif part.is_file():
            shutil.copy(part, folder / name)
    return open_workspace(folder)


def _whole_library() -> str:
    """Return the definition file of a site that uses every metric of the library."""
    names = "".join(f'  "{name}",\n' for name in load_metrics(load_tables()).metrics)
    return (
        "# Metrics of the library this site uses. Take a line out, or define your own:\n"
        "# docs/reference/metrics.md says how.\n"
        f"use = [\n{names}]\n"
    )


def found_demo(folder: Path, *, say: Callable[[str], None]) -> None:
    """Make the synthetic demo company: three years of files sent in, two reviews sealed."""
    if (folder / "state" / "demo-complete").is_file():
        say(f"The demo company is in {folder} already; delete the folder to make it anew.")
        return
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is not empty and holds no finished demo. Delete it, or take another folder."
        )
    create_workspace(folder, "Demo", synthetic=True)
    demo_files.write_workspace(folder)
    say("Making a synthetic company: 3 sites, 36 months. Nothing in it is real.")
    company = Company.open(folder, today=AS_OF, now=_instant(demo_files.STAGES[0].sent_at, -1))
    actor = local_operator(OPERATOR)
    people.load(
        company,
        demo_files.WORKSPACE / "people.toml",
        actor=actor,
        at=RECORDS_SINCE,
    )
    for stage in demo_files.STAGES:
        _live_through(company, stage, say)
    _try_out(company, demo_files.STAGES[-1].sent_at.date(), AS_OF)
    demo_files.write_upload_to_try(folder / "inbox" / "complaints_porto_2026-10.xlsx")
    (folder / "state" / "demo-complete").touch()


def _live_through(company: Company, stage: Stage, say: Callable[[str], None]) -> None:
    """Send in the files of a stage, and hold its review where one was held."""
    actor = local_operator(OPERATOR)
    before = max(
        (each.sent_at for each in demo_files.STAGES if each.sent_at < stage.sent_at),
        default=RECORDS_SINCE,
    )
    _try_out(company, before.date(), stage.sent_at.date() - timedelta(days=1))
    sent = company.workspace.root / "inbox" / stage.name
    written = demo_files.write_stage(sent, stage)
    if stage is demo_files.STAGES[-1]:
        _correct(company, sent.parent)
    say(f"{len(written)} files up to {stage.last:%B %Y}: reading, checking, publishing")
    report = publishing.ingest(company, Upload((sent,)), actor=actor, at=stage.sent_at)
    if report.refused:
        raise RuntimeError(f"The demo's own files were refused: {report.message}")
    _try_out(company, stage.sent_at.date() - timedelta(days=1), stage.sent_at.date())
    _meet(company, stage, say)


def _try_out(company: Company, after: date, until: date) -> None:
    """Take the steps of the company's cycles that were taken after one day up to another."""
    for step in STEPS:
        if after < step.on <= until:
            _take(replace(company, as_of=step.on), step)


def _take(company: Company, step: Step) -> None:
    actor, at = local_operator(OPERATOR), datetime.combine(step.on, time(12), UTC)
    match step.verb:
        case "open":
            cycles.open_cycle(company, step.values, actor=actor, at=at)
        case "plan":
            cycles.fix_plan(company, step.of, step.values, actor=actor, at=at)
        case "do":
            cycles.record_do(company, step.of, step.values, actor=actor, at=at)
        case "check":
            cycles.check(company, step.of, str(step.values["done_by"]), actor=actor, at=at)
        case "act":
            cycles.act(company, step.of, step.values, actor=actor, at=at)
        case "complete":
            done_by = str(step.values["done_by"])
            complete_action(company.records, actor, step.of, done_by, step.on, at)


def _correct(company: Company, inbox: Path) -> None:
    """Send Porto's corrected costs of the spring: figures of the sealed review are restated."""
    (inbox / "corrections").mkdir()
    path = demo_files.write_correction(inbox / "corrections")
    publishing.ingest(
        company, Upload((path,)), actor=local_operator(OPERATOR), at=demo_files.CORRECTION_AT
    )


def _meet(company: Company, stage: Stage, say: Callable[[str], None]) -> None:
    """Plan the stage's review and, where its minutes exist, hold, close and seal it."""
    actor, planned = local_operator(OPERATOR), _instant(stage.sent_at, 1)
    review = MEETINGS[stage.name]
    minutes = demo_files.WORKSPACE / "minutes"
    meetings.plan(company, minutes / f"{review}-plan.toml", actor=actor, at=planned)
    if not (minutes / f"{review}.toml").is_file():
        say(f"Review {review} is being prepared")
        return
    held = _instant(stage.sent_at, 8)
    meetings.record(company, review, minutes / f"{review}.toml", actor=actor, at=held)
    sealed = packs.close(company, review, actor=actor, at=_instant(stage.sent_at, 9))
    say(f"Review {review} is held, closed and sealed: {sealed['figures']} figures")


def _instant(start: datetime, days: int) -> datetime:
    return (start + timedelta(days=days)).astimezone(UTC)
