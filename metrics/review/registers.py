"""Registers under an input: what was due, open or found by the end of the period, oldest first.

A register is open-at-period-end, not raised-in-period: age never drops a record from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from data.tables.contract import Table
from metrics.periods import Period
from metrics.review.model import RecordTable
from metrics.review.tables import (
    amount,
    completed,
    dated_in,
    open_at,
    record_table,
    tally,
    weighed,
    with_overdue,
)
from metrics.review.wording import counted, day, sentence


@dataclass(frozen=True)
class Listing:
    """What one fact table gives a review; `list` None means nothing in or open at the period."""

    evidence: str
    list: RecordTable | None
    last_on: date | None


Lister = Callable[[pl.DataFrame, Period, Table], Listing]


def audits(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return the audits held in the period, with their results."""
    known = weighed(completed(frame, result=pl.String), contract)
    held = dated_in(known, "held_on", period).sort("held_on")
    results = tally(held, "result", after=True)
    remark = f"{counted(amount(held), 'audit')} held in {period.label}"
    columns = (
        ("audit_id", "Audit"),
        ("held_on", "Held"),
        ("process", "Process"),
        ("site", "Site"),
        ("standard", "Standard"),
        ("result", "Result"),
    )
    shown = record_table(
        "audits",
        "Audits held",
        held,
        columns,
        remark=sentence(f"{remark}; results: {results}" if results else remark),
        contract=contract,
    )
    return _listing(counted(amount(held), "audit"), shown, frame, "held_on")


def audit_findings(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return findings raised in the period or open at its end, the longest overdue first."""
    columns = (
        ("finding_id", "Finding"),
        ("raised_on", "Raised"),
        ("clause", "Clause"),
        ("severity", "Severity"),
        ("process", "Process"),
        ("site", "Site"),
        ("due_on", "Due"),
        ("closed_on", "Closed"),
    )
    known = completed(
        frame, due_on=pl.Date, closed_on=pl.Date, severity=pl.String, repeat_of=pl.String
    )
    known = weighed(known, contract)
    raised = dated_in(known, "raised_on", period)
    repeats = amount(raised.filter(pl.col("repeat_of").is_not_null()))
    extra = [counted(repeats, "repeat")] if repeats else []
    return _open_register(
        _Register("audit_findings", "Findings", "finding", "raised_on", "closed_on", columns),
        known,
        period,
        contract,
        [tally(raised, "severity"), *extra],
    )


def corrective_actions(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return corrective actions raised in the period or not implemented at its end."""
    columns = (
        ("corrective_action_id", "Corrective action"),
        ("raised_on", "Raised"),
        ("origin", "Origin"),
        ("process", "Process"),
        ("site", "Site"),
        ("due_on", "Due"),
        ("implemented_on", "Implemented"),
        ("verified_on", "Verified"),
        ("effectiveness", "Effectiveness"),
        ("worked", "Worked"),
    )
    known = completed(
        frame,
        due_on=pl.Date,
        implemented_on=pl.Date,
        verified_on=pl.Date,
        effectiveness=pl.String,
    )
    known = weighed(known, contract)
    verified = tally(dated_in(known, "verified_on", period), "effectiveness")
    return _open_register(
        _Register(
            "corrective_actions",
            "Corrective actions",
            "corrective action",
            "raised_on",
            "implemented_on",
            columns,
        ),
        known,
        period,
        contract,
        [f"verified: {verified}" if verified else ""],
    )


def trainings(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return trainings due in the period or still owed at its end."""
    return _due_register(frame, period, contract, ("training", "Trainings due", "topic", "Topic"))


def calibrations(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return calibrations due in the period or still owed at its end."""
    subject = ("calibration", "Calibrations due", "equipment", "Equipment")
    return _due_register(frame, period, contract, subject)


def context_changes(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return changes noted in the period; says whether climate was looked at."""
    noted = dated_in(weighed(frame, contract), "noted_on", period).sort("noted_on")
    kinds = tally(noted, "kind")
    remark = f"{counted(noted.height, 'change')} noted in {period.label}"
    climate = noted.filter(pl.col("kind") == "climate").height
    word = "climate included" if climate else "nothing noted on climate"
    columns = (
        ("change_id", "Change"),
        ("noted_on", "Noted"),
        ("kind", "Kind"),
        ("process", "Process"),
        ("effect", "Effect"),
        ("description", "What changed"),
    )
    full = f"{remark}: {kinds}; {word}" if noted.height else remark
    shown = record_table(
        "context_changes",
        "Changes noted",
        noted,
        columns,
        remark=sentence(full),
        contract=contract,
    )
    return _listing(f"{counted(noted.height, 'change')}, {word}", shown, frame, "noted_on")


def risks(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return each risk as last assessed by the end of the period beside its score before it."""
    known = completed(frame, treatment_due_on=pl.Date, treated_on=pl.Date).sort("assessed_on")
    scored = known.with_columns((pl.col("likelihood") * pl.col("impact")).alias("now"))
    now = scored.group_by("risk_id", maintain_order=True).last()
    before = (
        scored.filter(pl.col("assessed_on") < period.start)
        .group_by("risk_id", maintain_order=True)
        .last()
        .select("risk_id", pl.col("now").alias("before"))
    )
    both = now.join(before, on="risk_id", how="left").sort("now", descending=True, nulls_last=True)
    assessed = dated_in(both, "assessed_on", period)
    fell = both.filter(pl.col("now") < pl.col("before")).height
    rose = both.filter(pl.col("now") > pl.col("before")).height
    untreated = open_at(both, "treated_on", period.end).filter(
        pl.col("treatment_due_on") <= period.end
    )
    remark = (
        f"{assessed.height:,} of {both.height:,} assessed in {period.label}; score lower than"
        f" before the period for {fell:,}, higher for {rose:,}; treatment overdue for"
        f" {untreated.height:,}"
    )
    columns = (
        ("risk_id", "Risk"),
        ("kind", "Kind"),
        ("process", "Process"),
        ("before", "Score before"),
        ("now", "Score now"),
        ("assessed_on", "Assessed"),
        ("treatment_due_on", "Treatment due"),
        ("treated_on", "Treated"),
    )
    shown = record_table(
        "risks",
        "Risks and opportunities as last assessed",
        both if assessed.height or untreated.height else both.clear(),
        columns,
        remark=sentence(remark),
        contract=contract,
    )
    return _listing(f"{assessed.height:,} of {both.height:,} assessed", shown, frame, "assessed_on")


@dataclass(frozen=True)
class _Register:
    name: str
    title: str
    noun: str
    opened: str
    closed: str
    columns: tuple[tuple[str, str], ...]


def _open_register(
    register: _Register,
    frame: pl.DataFrame,
    period: Period,
    contract: Table,
    extra: list[str],
) -> Listing:
    raised = dated_in(frame, register.opened, period)
    still_open = with_overdue(open_at(frame, register.closed, period.end), "due_on", period.end)
    late = still_open.filter(pl.col("overdue_days") > 0)
    in_view = with_overdue(frame, "due_on", period.end).filter(
        pl.col(register.opened).is_between(period.start, period.end)
        | pl.col(register.closed).is_null()
        | (pl.col(register.closed) > period.end)
    )
    is_open = pl.col(register.closed).is_null() | (pl.col(register.closed) > period.end)
    ordered = in_view.with_columns(
        pl.when(is_open).then(pl.col("overdue_days")).otherwise(0).alias("overdue_days")
    ).sort("overdue_days", register.opened, descending=[True, False])
    raised_words = [f"{counted(amount(raised), register.noun)} raised in {period.label}", *extra]
    parts = [
        _open_words(amount(still_open), late, period, register.noun),
        ", ".join(part for part in raised_words if part),
    ]
    shown = record_table(
        register.name,
        register.title,
        ordered,
        (*register.columns, ("overdue_days", "Days overdue")),
        remark=sentence("; ".join(parts)),
        contract=contract,
    )
    evidence = f"{counted(amount(raised), register.noun)}, {amount(still_open):,} open"
    return _listing(evidence, shown, frame, register.opened)


def _open_words(count: int, late: pl.DataFrame, period: Period, noun: str) -> str:
    words = f"{counted(count, noun)} open at {day(period.end)}"
    if not late.height:
        return f"{words}, none overdue" if count else words
    most = counted(max(late["overdue_days"].to_list()), "day")
    if count == 1:
        return f"{words}, overdue by {most}"
    share = "all" if amount(late) == count else f"{amount(late):,}"
    return f"{words}, {share} of them overdue by up to {most}"


def _due_register(
    frame: pl.DataFrame, period: Period, contract: Table, subject: tuple[str, str, str, str]
) -> Listing:
    noun, title, column, heading = subject
    known = weighed(completed(frame, completed_on=pl.Date, result=pl.String), contract)
    due = dated_in(known, "due_on", period)
    owed = open_at(known, "completed_on", period.end)
    done = amount(due) - amount(open_at(due, "completed_on", period.end))
    in_view = with_overdue(
        known.filter(
            pl.col("due_on").is_between(period.start, period.end)
            | pl.col("completed_on").is_null()
            | (pl.col("completed_on") > period.end)
        ),
        "due_on",
        period.end,
    )
    is_owed = pl.col("completed_on").is_null() | (pl.col("completed_on") > period.end)
    ordered = in_view.with_columns(
        pl.when(is_owed).then(pl.col("overdue_days")).otherwise(0).alias("overdue_days")
    ).sort("overdue_days", "due_on", descending=[True, False])
    late = with_overdue(owed, "due_on", period.end).filter(pl.col("overdue_days") > 0)
    parts = [
        f"{done:,} of {counted(amount(due), noun)} due in {period.label} done",
        _open_words(amount(owed), late, period, noun),
    ]
    columns = (
        (column, heading),
        ("process", "Process"),
        ("site", "Site"),
        ("due_on", "Due"),
        ("completed_on", "Done"),
        ("result", "Result"),
        ("overdue_days", "Days overdue"),
    )
    shown = record_table(
        contract.name,
        title,
        ordered,
        columns,
        remark=sentence("; ".join(parts)),
        contract=contract,
    )
    evidence = f"{done:,} of {counted(amount(due), noun)} done"
    return _listing(evidence, shown, frame, "due_on")


def _listing(evidence: str, shown: RecordTable, frame: pl.DataFrame, dated: str) -> Listing:
    if shown.total:
        return Listing(evidence, shown, None)
    last = frame[dated].cast(pl.Date).max() if frame.height else None
    return Listing(evidence, None, last if isinstance(last, date) else None)
