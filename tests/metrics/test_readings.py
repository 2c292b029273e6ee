"""Longer periods: exact sums, the last level of what does not add up, and holes in words."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UsageError
from metrics.model import Metric
from metrics.periods import Calendar, Period
from metrics.readings import of_formula, over, readings
from metrics.status import series
from metrics.stretches import PERS, checked_per, longer, stretches, window
from tests.metrics.test_kinds import (
    a_metric,
    actions_open,
    complaint_count,
    complaint_rate,
    on_time_share,
)
from tests.metrics.test_status import NEVER_DUE, covering
from tests.support.facts import (
    Facts,
    Row,
    a_complaint,
    a_corrective_action,
    a_metric_value,
    an_output,
)

H1 = window(date(2026, 1, 1), date(2026, 6, 30))
Q1 = window(date(2026, 1, 1), date(2026, 3, 31))


def series_of(
    warehouse: Facts, metric: Metric, *by: str, covered: tuple[str, str] = ("2026-01", "2026-06")
) -> pl.DataFrame:
    """Return the series of a metric as of August 2026, everything covered from month to month."""
    coverage = covering(*((table, *covered) for table in metric.tables))
    cells = warehouse.cells(metric, through=date(2026, 6, 30))
    return series(cells, coverage, NEVER_DUE, metric, as_of=date(2026, 8, 1), by=by)


def outputs(*on_time: tuple[int, int, int], site: str = "Porto") -> list[Row]:
    """Return outputs of (month, how many, how many of them on time)."""
    return [
        an_output(
            output_on=date(2026, month, 9), quantity=quantity, on_time_quantity=good, site=site
        )
        for month, quantity, good in on_time
    ]


def test_a_quarter_is_the_ratio_of_its_sums_and_no_mean_of_ratios(warehouse: Facts) -> None:
    warehouse.fill(outputs=outputs((1, 100, 90), (2, 100, 70), (3, 800, 400)))
    found = over(on_time_share, series_of(warehouse, on_time_share), Q1)
    assert found.value == 100 * (90 + 70 + 400) / (100 + 100 + 800)  # not (90 + 70 + 50) / 3
    assert (found.status, found.remark) == ("ok", "")
    assert [each.label for each in found.counted] == ["Q1 2026"]


def test_a_quarter_with_a_month_missing_is_partial_and_says_which(warehouse: Facts) -> None:
    warehouse.fill(outputs=outputs((1, 100, 90), (2, 100, 70)))
    uploads = series_of(warehouse, on_time_share, covered=("2026-01", "2026-02"))
    found = over(on_time_share, uploads, Q1)
    assert found.value == 100 * (90 + 70) / (100 + 100)
    assert (found.status, found.remark) == ("partial", "2 of 3 periods, March 2026 is missing")


def test_a_quarter_in_which_the_figures_begin_is_partial_and_says_so(warehouse: Facts) -> None:
    warehouse.fill(outputs=outputs((3, 100, 90)))
    found = over(
        on_time_share, series_of(warehouse, on_time_share, covered=("2026-03", "2026-06")), Q1
    )
    assert (found.value, found.status) == (90, "partial")
    assert found.remark == "1 of 3 periods, the first is March 2026"


def test_what_happened_in_a_month_without_opportunity_counts(warehouse: Facts) -> None:
    late = a_complaint(received_on=date(2026, 2, 3), is_justified=True)
    early = a_complaint(received_on=date(2026, 1, 3), is_justified=True)
    warehouse.fill(
        complaints=[early, late], outputs=[an_output(output_on=date(2026, 1, 9), quantity=500)]
    )
    found = over(complaint_rate, series_of(warehouse, complaint_rate), Q1)
    assert found.value == 1000 * (1 + 1) / (500 + 0 + 0)
    assert found.status == "ok"


def test_a_stretch_without_any_opportunity_has_no_value(warehouse: Facts) -> None:
    warehouse.fill(outputs=outputs((1, 100, 90)))
    second = window(date(2026, 4, 1), date(2026, 6, 30))
    found = over(on_time_share, series_of(warehouse, on_time_share), second)
    assert (found.value, found.status) == (None, "no_opportunity")


@pytest.mark.parametrize(
    ("covered", "status", "remark"),
    [
        (("2026-01", "2026-03"), "ok", "as at March 2026"),
        (
            ("2026-01", "2026-02"),
            "partial",
            "as at February 2026; 2 of 3 periods, March 2026 is missing",
        ),
    ],
)
def test_a_stock_takes_the_level_of_the_last_month(
    warehouse: Facts, covered: tuple[str, str], status: str, remark: str
) -> None:
    opened = [
        a_corrective_action(raised_on=date(2026, month, 5), implemented_on=closed)
        for month, closed in ((1, date(2026, 2, 5)), (2, None), (2, None))
    ]
    warehouse.fill(corrective_actions=opened)
    found = over(actions_open, series_of(warehouse, actions_open, covered=covered), Q1)
    assert found.value == 3 - 1  # not 1 + 2 + 2
    assert (found.status, found.remark) == (status, remark)


def test_bare_shares_handed_in_are_not_added(warehouse: Facts) -> None:
    share = a_metric("reported", metric="energy")
    warehouse.fill(
        metric_values=[a_metric_value(period=date(2026, m, 1), value=90 + m) for m in (1, 2, 3)]
    )
    found = over(share, series_of(warehouse, share), Q1)
    assert (found.value, found.remark) == (93, "as at March 2026")


def test_a_percentile_of_three_months_is_not_made_of_theirs(warehouse: Facts) -> None:
    middle = a_metric("percentile", percent=50, numerator={"table": "outputs", "value": "quantity"})
    warehouse.fill(outputs=outputs((1, 100, 90), (2, 300, 70), (3, 800, 400)))
    uploads = series_of(warehouse, middle)
    quarter = over(middle, uploads, Q1)
    assert (quarter.value, quarter.status) == (None, "not_applicable")
    assert quarter.remark == "a percentile of several months is not made of theirs"
    assert over(middle, uploads, window(date(2026, 2, 1), date(2026, 2, 28))).value == 300


def test_a_formula_of_a_quarter_is_worked_out_from_the_quarters_of_its_parts(
    warehouse: Facts,
) -> None:
    events = a_metric("count", numerator={"table": "complaints"})
    made = a_metric("total", numerator={"table": "outputs", "sum": "quantity"})
    parts = {"events": _named(events, "events"), "made": _named(made, "made")}
    formula = a_metric("formula", expression="1000 * events / made", parts=parts)
    warehouse.fill(
        complaints=[a_complaint(received_on=date(2026, month, 3)) for month in (1, 1, 2)],
        outputs=outputs((1, 100, 0), (2, 300, 0), (3, 800, 0)),
    )
    leaves = {
        name: readings(leaf, series_of(warehouse, leaf), [Q1]) for name, leaf in parts.items()
    }
    (row,) = of_formula(formula, leaves, [Q1]).to_dicts()
    assert row["value"] == pytest.approx(1000 * 3 / (100 + 300 + 800))  # no mean of 20, 3.3 and 0
    assert (row["status"], row["label"], row["remark"]) == ("ok", "Q1 2026", "")
    halves = [window(date(2025, 10, 1), date(2026, 3, 31))]
    begun = {
        name: readings(leaf, series_of(warehouse, leaf), halves) for name, leaf in parts.items()
    }
    (row,) = of_formula(formula, begun, halves).to_dicts()
    assert (row["status"], row["remark"]) == (
        "partial", "3 of 6 periods, the first is January 2026",
    )  # fmt: skip


def _named(metric: Metric, name: str) -> Metric:
    return metric.model_copy(update={"name": name})


def test_every_slice_has_every_stretch(warehouse: Facts) -> None:
    warehouse.fill(
        complaints=[
            a_complaint(received_on=date(2026, 1, 5), site="Porto"),
            a_complaint(received_on=date(2026, 4, 5), site="Lyon"),
        ]
    )
    found = readings(
        complaint_count,
        series_of(warehouse, complaint_count, "site"),
        stretches(H1.start, H1.end, "quarter"),
    )
    told = {(row["site"], row["label"]): row["status"] for row in found.to_dicts()}
    assert told == {
        ("Lyon", "Q1 2026"): "missing",  # its first row is of April: it was not there
        ("Lyon", "Q2 2026"): "ok",
        ("Porto", "Q1 2026"): "ok",
        ("Porto", "Q2 2026"): "ok",
    }


MONTHS = st.integers(1, 6)
PLACES = st.sampled_from(["Porto", "Lyon", "Braga", None])
RUNS = st.lists(st.tuples(MONTHS, PLACES, st.integers(0, 40), st.integers(0, 9)), max_size=25)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(runs=RUNS, per=st.sampled_from(["month", "quarter", "half-year"]))
def test_any_partition_of_slices_and_months_is_what_its_rows_sum_to(
    runs: list[tuple[int, str | None, int, int]], per: str
) -> None:
    """Every site over every stretch, and the whole, against sums taken from the rows."""
    produced = [
        an_output(output_on=date(2026, month, 7), site=site, quantity=quantity)
        for month, site, quantity, _ in runs
    ]
    complained = [
        a_complaint(received_on=date(2026, month, 7), site=site, quantity=events)
        for month, site, _, events in runs
        if events
    ]
    first = [
        an_output(output_on=date(2026, 1, 1), site=s) for s in ("Porto", "Lyon", "Braga", None)
    ]
    warehouse = Facts().fill(outputs=[*first, *produced], complaints=complained)
    found = stretches(H1.start, H1.end, checked_per(per, "month"))
    cells = warehouse.cells(complaint_rate)
    coverage = covering(("outputs", "2026-01", "2026-06"), ("complaints", "2026-01", "2026-06"))
    for by in ((), ("site",)):
        full = series(cells, coverage, NEVER_DUE, complaint_rate, as_of=date(2026, 8, 1), by=by)
        told = readings(complaint_rate, full, found)
        sums = _sums([*first, *produced], complained, found, is_split=bool(by))
        assert told.height == len(sums) if by else told.height == len(found)
        for row in told.iter_rows(named=True):
            events, exposure = sums[row.get("site") if by else "all", row["period"]]
            assert (row["numerator"] or 0, row["denominator"] or 0) == (events, exposure)
            value = float(1000 * events / exposure) if exposure else None
            assert row["value"] == (value if value is None else pytest.approx(value, rel=1e-12))


Sums = dict[tuple[str | None, date], tuple[Fraction, Fraction]]


def _sums(
    produced: list[Row], complained: list[Row], found: tuple[Period, ...], *, is_split: bool
) -> Sums:
    events: dict[tuple[str | None, date], Fraction] = defaultdict(Fraction)
    exposure: dict[tuple[str | None, date], Fraction] = defaultdict(Fraction)
    for rows, day, sums in ((produced, "output_on", exposure), (complained, "received_on", events)):
        for row in rows:
            stretch = next(each.start for each in found if each.holds(row[day]))
            sums[row["site"] if is_split else "all", stretch] += Fraction(row["quantity"])
    sites = {row["site"] for row in produced} if is_split else {"all"}
    keys = [(site, each.start) for site in sites for each in found]
    return {key: (events[key], exposure[key]) for key in keys}


def test_halves_are_two_quarters_of_the_companys_own_year() -> None:
    found = stretches(date(2026, 2, 1), date(2026, 11, 30), "half-year", Calendar(4))
    assert [(each.label, each.start, each.end) for each in found] == [
        ("H2 FY 2025/26", date(2025, 10, 1), date(2026, 3, 31)),
        ("H1 FY 2026/27", date(2026, 4, 1), date(2026, 9, 30)),
        ("H2 FY 2026/27", date(2026, 10, 1), date(2027, 3, 31)),
    ]


def test_a_shorter_period_than_the_cells_and_an_unknown_one_are_refused() -> None:
    assert longer("quarter") == ("quarter", "half-year", "year")
    assert [checked_per(each, "day") for each in PERS] == list(PERS)
    with pytest.raises(UsageError, match="kept by quarter, and a month is shorter"):
        checked_per("month", "quarter")
    with pytest.raises(UsageError, match=r"decade. is no length of period"):
        checked_per("decade", "month")


def test_a_quarter_with_an_estimate_in_it_is_estimated_and_says_which(warehouse: Facts) -> None:
    statuses = ("ok", "estimated", "ok")
    warehouse.fill(
        metric_values=[
            a_metric_value(period=date(2026, month, 1), value=month, status=said)
            for month, said in enumerate(statuses, start=1)
        ]
    )
    energy = a_metric("reported", metric="energy", adds_up=True)
    found = over(energy, series_of(warehouse, energy), Q1)
    assert (found.value, found.status) == (1 + 2 + 3, "estimated")
    assert found.remark == "February 2026 is estimated"


def test_a_quarter_names_the_site_that_was_silent_in_it(warehouse: Facts) -> None:
    months = [("Porto", 1), ("Porto", 2), ("Porto", 3), ("Lyon", 1), ("Lyon", 3)]
    warehouse.fill(
        metric_values=[
            a_metric_value(period=date(2026, month, 1), value=1, site=site)
            for site, month in months
        ]
    )
    energy = a_metric("reported", metric="energy", adds_up=True)
    found = over(energy, series_of(warehouse, energy), Q1)
    assert (found.value, found.status) == (2 + 2, "partial")
    assert found.remark == "2 of 3 periods, February 2026 is incomplete (without Lyon)"
