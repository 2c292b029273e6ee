"""Worked examples others have published: their data, their limits, their signals.

The numbers are typed from the publication, with as many digits as it prints. NIST's handbook has
three more (test_charts.py, test_limits.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import polars as pl
import pytest

from metrics.trend import ChartKind, ChartWish, LimitOptions, Marks, Preset, chart_of
from metrics.trend.anhoej import fewest_expected, longest_expected
from metrics.trend.plain import PlainChart

Point = dict[str, Any]


def drawn(
    kind: ChartKind,
    *,
    excluded: Sequence[int] = (),
    preset: Preset = "standard",
    options: LimitOptions | None = None,
    **columns: Sequence[float],
) -> PlainChart:
    """Return the chart of columns whose rows are numbered from 1."""
    texts: dict[str, list[str]] = {
        name: [str(cell) for cell in cells] for name, cells in columns.items()
    }
    if "subgroup" not in texts:
        texts["period"] = [str(at) for at in range(1, len(next(iter(texts.values()))) + 1)]
    marks = Marks(excluded=tuple(str(row) for row in excluded))
    limits = options or LimitOptions(ladder=False, floors_spread=False)
    return chart_of(pl.DataFrame(texts), ChartWish(kind, marks, limits, preset))


def outside(chart: PlainChart) -> list[int]:
    return [row for row, point in enumerate(chart.points, start=1) if "R1" in point["rules"]]


def lines(chart: PlainChart) -> tuple[float, float, float]:
    last = chart.points[-1]
    return last["cl"], last["lcl"], last["ucl"]


RINGS = """
74.030 74.002 74.019 73.992 74.008  73.995 73.992 74.001 74.011 74.004
73.988 74.024 74.021 74.005 74.002  74.002 73.996 73.993 74.015 74.009
73.992 74.007 74.015 73.989 74.014  74.009 73.994 73.997 73.985 73.993
73.995 74.006 73.994 74.000 74.005  73.985 74.003 73.993 74.015 73.988
74.008 73.995 74.009 74.005 74.004  73.998 74.000 73.990 74.007 73.995
73.994 73.998 73.994 73.995 73.990  74.004 74.000 74.007 74.000 73.996
73.983 74.002 73.998 73.997 74.012  74.006 73.967 73.994 74.000 73.984
74.012 74.014 73.998 73.999 74.007  74.000 73.984 74.005 73.998 73.996
73.994 74.012 73.986 74.005 74.007  74.006 74.010 74.018 74.003 74.000
73.984 74.002 74.003 74.005 73.997  74.000 74.010 74.013 74.020 74.003
73.988 74.001 74.009 74.005 73.996  74.004 73.999 73.990 74.006 74.009
74.010 73.989 73.990 74.009 74.014  74.015 74.008 73.993 74.000 74.010
73.982 73.984 73.995 74.017 74.013
"""
"""Inside diameter of 25 samples of 5 piston rings, mm: Montgomery, Introduction to Statistical
Quality Control, 2nd ed., 1991, pp. 206-213, as in the R package qcc (pistonrings)."""


def test_means_and_spreads_of_piston_rings() -> None:
    values = [float(cell) for cell in RINGS.split()]
    sample = [1 + at // 5 for at in range(125)]
    spreads = drawn("s", subgroup=sample, value=values)
    # Scrucca, A quick tour of qcc, 2025: center 0.009240037, LCL 0, UCL 0.01930242.
    assert lines(spreads) == pytest.approx((0.009240037, 0.0, 0.01930242), abs=5e-9)
    means = drawn("xbar", subgroup=sample, value=values)
    # Montgomery, X-bar and s: 74.001, 73.988, 74.014.
    assert lines(means) == pytest.approx((74.001, 73.988, 74.014), abs=5e-4)
    assert (outside(means), outside(spreads)) == ([], [])


CIRCUITS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24]
CIRCUITS += [16, 19, 17, 15]
"""Nonconformities in 26 samples of 100 printed circuit boards: Montgomery, table 7.7."""


def test_nonconformities_of_circuit_boards() -> None:
    chart = drawn("c", value=CIRCUITS)
    # A quick tour of qcc: 19.84615, 6.481447, 33.21086. Montgomery: 19.85, 6.48, 33.22.
    assert lines(chart) == pytest.approx((19.84615, 6.481447, 33.21086), abs=5e-6)
    assert outside(chart) == [6, 20]
    without = drawn("c", value=CIRCUITS, excluded=(6, 20))
    # The same without the two, whose cause was found: 19.66667, 6.362532, 32.9708.
    assert lines(without) == pytest.approx((19.66667, 6.362532, 32.9708), abs=5e-5)


JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9]
JUICE += [12, 7, 13, 9, 6]
"""Defective cans of orange juice among 50: Montgomery, table 7.1."""


def test_defective_cans_of_orange_juice() -> None:
    sizes = [50] * 30
    chart = drawn("p", numerator=JUICE, denominator=sizes)
    # A quick tour of qcc: 0.2313333, 0.05242755, 0.4102391.
    assert lines(chart) == pytest.approx((0.2313333, 0.05242755, 0.4102391), abs=5e-8)
    assert outside(chart) == [15, 23]
    without = drawn("p", numerator=JUICE, denominator=sizes, excluded=(15, 23))
    assert lines(without) == pytest.approx((0.215, 0.04070284, 0.3892972), abs=5e-8)


ORDERS = [12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10, 6, 9]
ORDER_SIZES = [100, 80, 80, 100, 110, 110, 100, 100, 90, 90, 110, 120, 120, 120, 110, 80, 80, 80]
ORDER_SIZES += [90, 100, 100, 100, 100, 90, 90]
"""Purchase orders with a mistake, of how many: Montgomery, table 7.4; Maple, PControlLimits."""


def test_purchase_orders_of_unequal_samples() -> None:
    points = drawn("p", numerator=ORDERS, denominator=ORDER_SIZES).points
    # Montgomery: 234 / 2450 = 0.0955. Maple draws where 99.73 % lie: 2.99998 sigma.
    assert points[0]["cl"] == pytest.approx(234 / 2450)
    drawn_by_maple = [(0.007334694, 0.183685714), (0.0, 0.194093421), (0.0, 0.194093421)]
    for point, limits in zip(points, drawn_by_maple, strict=False):
        assert (point["lcl"], point["ucl"]) == pytest.approx(limits, abs=1e-6)
    assert [at for at, point in enumerate(points, start=1) if "R1" in point["rules"]] == [11]


def test_nonconformities_of_personal_computers() -> None:
    found = [10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5]
    chart = drawn("u", numerator=found, denominator=[5] * 20)
    # Montgomery, table 7.9, and A quick tour of qcc: 1.93, 0.06613305, 3.793867.
    assert lines(chart) == pytest.approx((1.93, 0.06613305, 3.793867), abs=5e-7)
    assert outside(chart) == []


VISCOSITY = [34.05, 34.40, 33.59, 35.96, 34.70, 33.51, 33.79, 34.04, 34.52, 33.75, 33.27, 33.71]
VISCOSITY += [34.03, 34.58, 34.02, 33.97, 34.05, 34.04, 33.73, 34.05]
"""Viscosity of 20 batches of aircraft primer paint: Montgomery; qcc, viscosity."""


def test_viscosity_of_paint() -> None:
    chart = drawn("xmr", value=VISCOSITY, options=LimitOptions(k="table", ladder=False))
    # A quick tour of qcc: 34.088, 32.56504, 35.61096; batch 4 had a failed controller.
    assert lines(chart) == pytest.approx((34.088, 32.56504, 35.61096), abs=5e-6)
    assert outside(chart) == [4]


FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_moving_ranges_of_flow() -> None:
    # NIST/SEMATECH e-Handbook 6.3.2.2: 1.8778 and 6.1349, which is 3.267 times it but for rounding.
    chart = drawn("mr", value=FLOW)
    assert lines(chart) == pytest.approx((1.8778, 0.0, 6.1349), abs=3e-4)


BLOOD_PRESSURE = [169, 172, 175, 174, 161, 142, 174, 171, 168, 174, 180, 194, 161, 181, 175, 176]
BLOOD_PRESSURE += [186, 166, 157, 183, 177, 171, 185, 176, 181, 174]
"""Systolic, of 26 mornings: Mohammed, Worthington and Woodall, Plotting basic control charts, Qual
Saf Health Care 17, 2008; worked through in Anhoej and Mohammed, Mastering Statistical Process
Control Charts in Healthcare, chapter 5."""


def test_blood_pressure_has_one_freak_and_no_shift() -> None:
    assert outside(drawn("xmr", value=BLOOD_PRESSURE, preset="shewhart")) == [6]
    chart = drawn("run", value=BLOOD_PRESSURE)
    sides = [point["side"] for point in chart.points]
    # "Four observations (#4, #7, #10, #26) lie exactly on the centre line, leaving 22".
    assert [row for row, side in enumerate(sides, start=1) if side == 0] == [4, 7, 10, 26]
    assert chart.summaries[""]["rules"] == ()


def test_a_freak_range_screened_out_lets_a_signal_through() -> None:
    values = [18, 16, 8, 9, 10, 11, 26, 14, 15, 14, 18, 19, 18, 11, 28, 20, 16, 17, 12, 13, 24]
    values += [16, 15, 11]
    # The same book, chapter 11: mean range 5, limit 16.335; without 17 it is 4.45.
    plainly = drawn("xmr", value=values)
    assert lines(plainly)[2] == pytest.approx(15.8 + 2.66 * 5, abs=0.01)
    assert outside(plainly) == []
    screened = drawn("xmr", value=values, options=LimitOptions(screen=True, ladder=False))
    assert lines(screened)[2] == pytest.approx(15.8 + 2.66 * 4.45, abs=0.02)
    assert outside(screened) == [15]


def test_infections_fall_and_the_run_says_so() -> None:
    infections = [12, 7, 1, 4, 4, 5, 8, 5, 8, 3, 5, 6, 7, 4, 5, 3, 4, 4, 3, 4, 5, 4, 5, 5]
    chart = drawn("c", value=infections)
    # The same book, chapter 7: 5.041667 and 11.77776; #1 above, #14 to #24 a run below.
    assert lines(chart) == pytest.approx((5.041667, 0.0, 11.77776), abs=5e-6)
    assert outside(chart) == [1]
    run = [row for row, point in enumerate(chart.points, start=1) if "R2" in point["rules"]]
    assert run == list(range(14, 25))


GAPS = [99, 64, 255, 68, 148, 73, 35, 63, 286, 24, 176, 33, 418, 139, 54]
"""Deliveries from one case of asphyxia to the next; the same book, chapter 12."""

DAYS = [17.766, 10.3764, 51.9444, 10.025, 26.5042, 12.2903, 5.9625, 8.7604, 41.5924, 3.9701]
DAYS += [23.9139, 5.7521, 62.7799, 24.2, 6.5125]
"""Days between the same cases."""


def test_rare_events_by_opportunities_and_by_time() -> None:
    # "would require at least 518 consecutive deliveries without asphyxia"
    upper = lines(drawn("g", value=GAPS))[2]
    assert 517 < upper < 518
    # "about 190 days, or 27 weeks, must pass"
    assert lines(drawn("t", value=DAYS))[2] == pytest.approx(190, abs=0.5)


SEEN = [266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320, 267923]
SEEN += [271478, 255353, 256820, 261835, 259144, 255910, 260863, 264465, 260989]
CAME = [280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529, 279618]
CAME += [283932, 266629, 268091, 276803, 271578, 266005, 273520, 278574, 273772]
"""Attendances seen within four hours, of all, in twenty weeks: Mohammed, Panesar, Laney and Wilson,
BMJ Quality and Safety 22, 2013."""


def test_very_large_samples_need_the_limits_of_laney() -> None:
    by_chance = drawn("p", numerator=SEEN, denominator=CAME)
    assert len(outside(by_chance)) == 16
    prime = drawn("p-prime", numerator=SEEN, denominator=CAME)
    single = drawn("xmr", value=[a / b for a, b in zip(SEEN, CAME, strict=True)])
    assert (outside(prime), outside(single)) == ([], [])
    # "very close to those of the I chart, though they vary slightly"
    for mine, other in zip(prime.points, single.points, strict=True):
        assert mine["ucl"] - mine["cl"] == pytest.approx(other["ucl"] - other["cl"], rel=0.05)


COMPLAINTS = [426, 543, 428, 67, 303, 481, 304, 718, 681, 1030, 704, 1062, 1085, 1311, 1309, 1342]
COMPLAINTS += [1740, 1468, 1364, 1824]
SALES = [9, 11, 9, 4, 6, 7, 9, 12, 15, 21, 19, 25, 22, 21, 23, 22, 31, 33, 32, 33]
"""Complaints and units sold, ten thousands: Taylor, Normalized Individuals Control Chart, 2017,
worked through in the workbook beside Anhoej, Taylor and Mohammed's paper on the I' chart."""

UPPER = [0.00894098, 0.00856448, 0.00894098, 0.01091284, 0.00982731, 0.00946901, 0.00894098]
UPPER += [0.00841262, 0.00805205, 0.00757903, 0.00771151, 0.00736349, 0.00751967, 0.00757903]
UPPER += [0.00746422, 0.00751967, 0.00712219, 0.00705679, 0.00708873, 0.00705679]


def test_complaints_by_units_sold_have_the_limits_of_taylor() -> None:
    sold = [10_000 * units for units in SALES]
    chart = drawn("i-prime", numerator=COMPLAINTS, denominator=sold)
    assert chart.points[0]["cl"] == pytest.approx(0.00499725, abs=5e-9)
    assert [point["ucl"] for point in chart.points] == pytest.approx(UPPER, abs=5e-9)
    assert outside(chart) == []


CRITICAL = """
10 6 2  11 6 2  12 7 3  13 7 3  14 7 4  15 7 4  16 7 4  17 7 5  18 7 5  19 7 6  20 7 6  21 7 6
22 7 7  23 8 7  24 8 8  25 8 8  26 8 8  27 8 9  28 8 9  29 8 10  30 8 10  31 8 11  32 8 11
33 8 11  34 8 12  35 8 12  36 8 13  37 8 13  38 8 14  39 8 14  40 8 14  41 8 15  42 8 15  43 8 16
44 8 16  45 8 17  46 9 17  47 9 17  48 9 18  49 9 18  50 9 19  51 9 19  52 9 20  53 9 20  54 9 21
55 9 21  56 9 21  57 9 22  58 9 22  59 9 23  60 9 23  61 9 24  62 9 24  63 9 25  64 9 25  65 9 25
66 9 26  67 9 26  68 9 27  69 9 27  70 9 28  71 9 28  72 9 29  73 9 29  74 9 29  75 9 30  76 9 30
77 9 31  78 9 31  79 9 32  80 9 32  81 9 33  82 9 33  83 9 34  84 9 34  85 9 34  86 9 35  87 9 35
88 9 36  89 9 36  90 9 37  91 10 37  92 10 38  93 10 38  94 10 39  95 10 39  96 10 39  97 10 40
98 10 40  99 10 41  100 10 41
"""
"""Useful points, the longest run and the fewest crossings that chance explains: Anhoej and Olesen,
Run charts revisited, PLOS ONE 9(11), 2014; table in Anhoej and Mohammed, appendix D."""


def test_critical_values_of_runs_and_crossings() -> None:
    table = [int(cell) for cell in CRITICAL.split()]
    ours = ((n, longest_expected(n), fewest_expected(n)) for n in range(10, 101))
    assert list(chain.from_iterable(ours)) == table
