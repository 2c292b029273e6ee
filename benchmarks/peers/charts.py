"""What other programs make of the same series: limits, and the points each of their rules marks.

Run by the Python of .venv-chart-peers. Standard input is {peer: {chart: [columns, ...]}}; standard
output answers with the same, {"cl", "lcl", "ucl", "rules": {code: [row, ...]}} for each series, or
{"refused": why}. Codes are ours (metrics/trend/presets.py); rows count from 0.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

Columns = Mapping[str, Sequence[Any]]
Answer = dict[str, Any]
Program = Callable[[str, Columns], Answer]
Line = list[Any] | float | None

NELSON = {"1": "R1", "2": "R2", "3": "R4", "4": "R6", "5": "R3", "6": "R5", "7": "R7", "8": "R8"}
"""Nelson's numbers, and Minitab's, in our codes."""


def by_shewhart(chart: str, columns: Columns) -> Answer:
    import shewhart as sw

    if chart == "xmr":
        found = sw.imr(columns["value"], rules="nelson")
        own = "i"
    elif chart in {"xbar", "s"}:
        found = sw.xbar_s(_long(columns), value="value", subgroup="subgroup", rules="nelson")
        own = "xbar" if chart == "xbar" else "s"
    elif chart == "c":
        found = sw.c_chart(columns["value"], rules="nelson")
        own = "attr"
    else:
        draw = {"p": sw.p_chart, "p-prime": sw.laney_p, "u": sw.u_chart, "u-prime": sw.laney_u}
        found = draw[chart](columns["numerator"], size=columns["denominator"], rules="nelson")
        own = "attr"
    rules: dict[str, list[int]] = {}
    for signal in found.signals:
        if signal.chart == own:
            code = "R1" if signal.rule == "beyond_limits" else NELSON[signal.rule[-1]]
            rules.setdefault(code, []).extend(signal.points)
    stats = found.stats
    prefix = {"xmr": "i", "xbar": "xbar", "s": "s", "c": "c"}.get(chart, chart[0])
    lines = {name: stats.get(f"{prefix}_{name}") for name in ("lcl", "ucl")}
    if "lcl" in found.table:
        lines = {name: list(found.table[name]) for name in lines}
    return _answer(stats[f"{prefix}_center"], lines["lcl"], lines["ucl"], rules, columns)


def by_pyqicharts(chart: str, columns: Columns) -> Answer:
    import pandas as pd
    from pyqicharts import qic_table

    given: dict[str, Any] = {"chart": {"xmr": "i"}.get(chart, chart)}
    if chart in {"p", "u"}:
        names = {"y": "numerator", "denominator": "denominator"}
    else:
        names = {"y": "value"}
    if chart in {"xbar", "s"}:
        table = _long(columns).rename(columns={"subgroup": "x"})
    else:
        table = pd.DataFrame({name: columns[name] for name in names.values()})
        table["x"] = range(len(table))
    found = qic_table(table, x="x", shift_points=8, trend_points=7, **names, **given)
    marks = {"shift": "R2", "trend": "R4", "two_sigma": "R3"}
    rules = {code: _rows(found[name]) for name, code in marks.items() if name in found}
    if chart == "xmr":
        rules["R1"] = _rows(found["outside_ucl"] | found["outside_lcl"])
    else:
        rules["A" if chart == "run" else "R1"] = _rows(found["signal"])
    return _answer(list(found["centre"]), list(found["lcl"]), list(found["ucl"]), rules, columns)


def by_pccpy(chart: str, columns: Columns) -> Answer:
    import numpy as np
    import pccpy

    panel = 0
    if chart in {"xmr", "mr"}:
        found, panel = pccpy.imr_chart(_gaps(columns["value"]), tests="all"), int(chart == "mr")
    elif chart in {"xbar", "s"}:
        widest = max(len(group) for group in columns["groups"])
        rows = [[*group, *[np.nan] * (widest - len(group))] for group in columns["groups"]]
        equal = len({len(group) for group in columns["groups"]}) == 1
        method = "sbar" if equal else "pooled"
        found = pccpy.xbar_s_chart(np.array(rows), sigma_method=method, tests="all")
        panel = int(chart == "s")
    elif chart == "t":
        found = pccpy.t_chart(columns["value"], distribution="exponential", tests="all")
    elif chart in {"g", "c"}:
        found = getattr(pccpy, f"{chart}_chart")(columns["value"], tests="all")
    else:
        names = {"p-prime": "laney_p", "u-prime": "laney_u"}
        draw = getattr(pccpy, f"{names.get(chart, chart)}_chart")
        found = draw(columns["numerator"], columns["denominator"], tests="all")
    drawn = found.panels[panel]
    rules = {NELSON[str(test)]: [int(at) for at in rows] for test, rows in drawn.violations.items()}
    return _answer(list(drawn.center), list(drawn.lcl), list(drawn.ucl), rules, columns)


def by_abspc(chart: str, columns: Columns) -> Answer:
    import abspc
    import pandas as pd

    if chart in {"p", "u"}:
        names = {"value": "numerator", "subgroup_size": "denominator"}
    else:
        names = {"value": "value"}
    table = pd.DataFrame({name: columns[source] for name, source in names.items()})
    kind = {"xmr": "XmR"}.get(chart, chart)
    found = abspc.calculate_control_limits(table, kind)
    if chart == "run":
        return _answer(list(found["mean"]), None, None, {}, columns)
    found = abspc.detect_special_causes(found)
    marks = {"rule1": "R1", "rule2": "R2", "rule3": "R4", "rule4": "R3"}
    rules = {code: _rows(found[name]) for name, code in marks.items()}
    return _answer(list(found["mean"]), list(found["lcl"]), list(found["ucl"]), rules, columns)


def by_pycontrolcharts(chart: str, columns: Columns) -> Answer:
    import pycontrolcharts as pcc

    if chart == "xmr":
        found = pcc.calc_xmr(_gaps(columns["value"]))
    elif chart == "c":
        found = pcc.calc_c(list(columns["value"]))
    elif chart in {"xbar", "s"}:
        found = pcc.calc_xbar_s(_long(columns), value_column="value", subgroup="subgroup")
    else:
        draw, size = {"p": (pcc.calc_p, "sample_size"), "u": (pcc.calc_u, "area")}[chart]
        found = draw(list(columns["numerator"]), **{size: list(columns["denominator"])})
    names = ("variation_cl", "variation_lcl", "variation_ucl")
    lines = [
        list(found[name]) for name in (names if chart == "s" else ("center_line", "lcl", "ucl"))
    ]
    numbers = [{(told["type"] + 1) // 2 for told in every} for every in found["violations"]]
    rules = {f"R{code}": _rows(code in every for every in numbers) for code in (1, 2)}
    return _answer(lines[0], lines[1], lines[2], {} if chart == "s" else rules, columns)


def by_statprocon(chart: str, columns: Columns) -> Answer:
    from statprocon import XmR

    usual = "median" if chart == "xmr by median" else "average"
    found = XmR(list(columns["value"]), x_central_line_uses=usual, moving_range_uses=usual)
    rules = {
        "R1": _rows(found.rule_1_x_indices_beyond_limits()),
        "R2": _rows(found.rule_2_runs_about_central_line()),
        "R3": _rows(found.rule_3_runs_near_limits()),
    }
    lines = (
        found.x_central_line(),
        found.lower_natural_process_limit(),
        found.upper_natural_process_limit(),
    )
    centre, low, high = ([float(line) for line in every] for every in lines)
    return _answer(centre, low, high, rules, columns)


PEERS: dict[str, Program] = {
    "shewhart": by_shewhart,
    "pyqicharts": by_pyqicharts,
    "pccpy": by_pccpy,
    "abspc": by_abspc,
    "pycontrolcharts": by_pycontrolcharts,
    "statprocon": by_statprocon,
}


def _long(columns: Columns) -> DataFrame:
    import pandas as pd

    rows = [(at, value) for at, group in enumerate(columns["groups"]) for value in group]
    return pd.DataFrame(rows, columns=["subgroup", "value"])


def _gaps(values: Iterable[float | None]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def _rows(marks: Iterable[Any]) -> list[int]:
    return [row for row, is_marked in enumerate(marks) if is_marked]


def _answer(
    cl: Line, lcl: Line, ucl: Line, rules: Mapping[str, Iterable[int]], columns: Columns
) -> Answer:
    """Return lines a row long, not known as null, and marks in order, each row once."""
    rows = len(next(iter(columns.values())))
    drawn = {"cl": cl, "lcl": lcl, "ucl": ucl}
    lines = {
        name: [_number(at) for at in (line if isinstance(line, list) else [line] * rows)]
        for name, line in drawn.items()
    }
    return {**lines, "rules": {code: sorted(set(found)) for code, found in rules.items()}}


def _number(value: float | None) -> float | None:
    return None if value is None or isnan(value) else float(value)


def asked(program: Program, chart: str, columns: Columns) -> Answer:
    plain = chart.removesuffix(" with gaps").removesuffix(" of unequal")
    try:
        return program(plain, columns)
    except Exception as error:  # noqa: BLE001 - whatever they refuse with is their answer
        return {"refused": f"{type(error).__name__}: {error}"}


def timed(wanted: Mapping[str, Mapping[str, Sequence[Columns]]]) -> dict[str, float]:
    """Return the seconds of the better of two runs of each peer over all its series."""
    best: dict[str, float] = {}
    for peer, charts in wanted.items():
        for _ in range(2):
            start = time.perf_counter()
            for chart, series in charts.items():
                for columns in series:
                    PEERS[peer](chart, columns)
            best[peer] = min(best.get(peer, float("inf")), time.perf_counter() - start)
    return best


def main() -> None:
    warnings.simplefilter("ignore")
    wanted = json.load(sys.stdin)
    if sys.argv[1:] == ["timed"]:
        print(json.dumps(timed(wanted)))
        return
    answers = {
        peer: {
            chart: [asked(PEERS[peer], chart, columns) for columns in series]
            for chart, series in charts.items()
        }
        for peer, charts in wanted.items()
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
