"""Breakdowns under an input: where complaints, faults, rejects and scores come from."""

from __future__ import annotations

from datetime import date

import polars as pl

from data.tables.contract import Table
from metrics.pareto import ranked
from metrics.periods import Period
from metrics.review.registers import Listing
from metrics.review.tables import completed, dated_in, record_table, weighed
from metrics.review.wording import counted, number, sentence
from metrics.stretches import before


def complaints(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return complaints by category, most first, with their share and the period before."""
    return _by_cause(frame, period, contract, ("received_on", "category", "complaint"))


def nonconformances(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return nonconformances by category, most first, with their share and the period before."""
    return _by_cause(frame, period, contract, ("raised_on", "category", "nonconformance"))


def _by_cause(
    frame: pl.DataFrame, period: Period, contract: Table, subject: tuple[str, str, str]
) -> Listing:
    dated, column, noun = subject
    known = weighed(completed(frame, **{column: pl.String}), contract)
    now = _sums(dated_in(known, dated, period), column)
    then = before(period)
    earlier = _sums(dated_in(known, dated, then), column).rename({"events": "earlier"})
    total = float(now["events"].sum())
    kinds = now.join(earlier, on=column, how="left", nulls_equal=True).select(
        pl.col(column).alias("kind"), now="events", before="earlier"
    )
    rows = ranked(kinds, unnamed="not said").select(
        pl.col("kind").alias(column),
        pl.col("now").alias("events"),
        pl.col("before").alias("earlier"),
        pl.format("{} %", pl.col("running").round(0).cast(pl.Int64)).alias("running"),
    )
    columns = (
        (column, "Category"),
        ("events", period.label),
        ("earlier", then.label),
        ("running", "Running share"),
    )
    amount = f"{number(total, 0)} {noun if total == 1 else noun + 's'}"
    remark = f"{amount} in {period.label} in {counted(rows.height, 'category', 'categories')}"
    shown = record_table(
        contract.name,
        f"{contract.title} by category",
        rows,
        columns,
        remark=sentence(remark),
        contract=contract,
    )
    return _listing(amount, shown.total, Listing(amount, shown, None), frame, dated)


def supplier_deliveries(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return suppliers by rejected share, worst first; deliveries late by their due date."""
    known = completed(frame, due_on=pl.Date, rejected_quantity=pl.Decimal(18, 3))
    inside = dated_in(known, "received_on", period).with_columns(
        (pl.col("received_on").cast(pl.Date) > pl.col("due_on")).alias("is_late")
    )
    ppm = pl.col("rejected").cast(pl.Float64) / pl.col("delivered").cast(pl.Float64) * 1_000_000
    rows = (
        inside.group_by("supplier")
        .agg(
            pl.len().alias("deliveries"),
            pl.col("quantity").sum().alias("delivered"),
            pl.col("rejected_quantity").sum().alias("rejected"),
            pl.col("is_late").sum().alias("late"),
            pl.col("is_late").count().alias("with_due"),
        )
        .with_columns(pl.when(pl.col("delivered") > 0).then(ppm.round(0)).alias("ppm"))
        .sort("ppm", "late", "supplier", descending=[True, True, False], nulls_last=True)
    )
    late = f"{inside['is_late'].sum():,} of {inside['is_late'].count():,} with a due date late"
    remark = (
        f"{counted(inside.height, 'delivery', 'deliveries')} from"
        f" {counted(rows.height, 'supplier')} in {period.label}; {late}"
    )
    texts = rows.with_columns(pl.col("ppm").cast(pl.Int64))
    columns = (
        ("supplier", "Supplier"),
        ("deliveries", "Deliveries"),
        ("delivered", "Delivered"),
        ("rejected", "Rejected"),
        ("ppm", "Rejected per million"),
        ("late", "Late"),
    )
    shown = record_table(
        "supplier_deliveries",
        "Suppliers",
        texts,
        columns,
        remark=sentence(remark),
        contract=contract,
    )
    evidence = counted(rows.height, "supplier")
    return _listing(evidence, rows.height, Listing(evidence, shown, None), frame, "received_on")


def survey_responses(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return responses and mean score by instrument, as a share of the scale."""
    inside = completed(frame, scale_max=pl.Float64, instrument=pl.String)
    inside = dated_in(inside, "responded_on", period)
    rows = (
        inside.group_by("instrument")
        .agg(
            pl.len().alias("responses"),
            pl.col("score").cast(pl.Float64).mean().alias("mean_score"),
            pl.col("scale_max").cast(pl.Float64).max().alias("scale"),
        )
        .sort("instrument", nulls_last=True)
    )
    columns = (
        ("instrument", "Survey"),
        ("responses", "Responses"),
        ("mean_score", "Mean score"),
        ("scale", "Of at most"),
    )
    evidence = counted(inside.height, "survey response")
    shown = record_table(
        "survey_responses",
        "Surveys",
        rows,
        columns,
        remark=sentence(f"{evidence} in {period.label}"),
        contract=contract,
    )
    return _listing(evidence, rows.height, Listing(evidence, shown, None), frame, "responded_on")


def process_measurements(frame: pl.DataFrame, period: Period, contract: Table) -> Listing:
    """Return measurements by characteristic and how many lay outside their specification."""
    known = completed(frame, lower_spec=pl.Float64, upper_spec=pl.Float64)
    value = pl.col("value").cast(pl.Float64)
    below = (value < pl.col("lower_spec").cast(pl.Float64)).fill_null(value=False)
    above = (value > pl.col("upper_spec").cast(pl.Float64)).fill_null(value=False)
    has_spec = pl.col("lower_spec").is_not_null() | pl.col("upper_spec").is_not_null()
    rows = (
        dated_in(known, "measured_at", period)
        .with_columns((below | above).alias("outside"), has_spec.alias("has_spec"))
        .group_by("characteristic")
        .agg(
            pl.len().alias("measured"),
            pl.col("has_spec").sum().alias("judged"),
            pl.col("outside").sum().alias("outside"),
        )
        .sort("outside", "characteristic", descending=[True, False], nulls_last=True)
    )
    measured = int(rows["measured"].sum())
    evidence = counted(measured, "measurement")
    remark = (
        f"{evidence} in {period.label}; {int(rows['outside'].sum()):,} of"
        f" {int(rows['judged'].sum()):,} with a specification lay outside it"
    )
    columns = (
        ("characteristic", "Characteristic"),
        ("measured", "Measured"),
        ("judged", "With specification"),
        ("outside", "Outside"),
    )
    shown = record_table(
        "process_measurements",
        "Measurements",
        rows,
        columns,
        remark=sentence(remark),
        contract=contract,
    )
    return _listing(evidence, rows.height, Listing(evidence, shown, None), frame, "measured_at")


def _sums(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.group_by(column).agg(pl.col("events").sum())


def _listing(evidence: str, total: int, full: Listing, frame: pl.DataFrame, dated: str) -> Listing:
    if total:
        return full
    last = frame[dated].cast(pl.Date).max() if frame.height else None
    return Listing(evidence, None, last if isinstance(last, date) else None)
