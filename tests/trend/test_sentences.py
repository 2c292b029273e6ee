"""The sentence of every trend is true of its numbers, whatever the chart and the rules."""

from __future__ import annotations

import re
from typing import get_args

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.trend import Better, ChartKind, Preset, Summary, analyse
from metrics.trend.wording import number
from tests.support.series import a_spec, at_most, counted, counts, monthly, summary_of

_tenths = st.integers(0, 60).map(lambda tenth: tenth / 10)
_moves = st.floats(-3, 3)
_betters = st.sampled_from(["lower", "higher", "inside", "neutral"])
_presets = st.sampled_from(get_args(Preset))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.one_of(_tenths, _tenths, _tenths, st.none()), min_size=1, max_size=45),
    _moves,
    _betters,
    _presets,
    st.sampled_from(["xmr", "i-prime", "run"]),
)
def test_sentences_are_true_of_their_numbers(
    values: list[float | None], shift: float, better: Better, preset: Preset, kind: ChartKind
) -> None:
    moved = [v if v is None or i < 24 else v + shift for i, v in enumerate(values)]
    weights = [float(1 + i % 5) for i in range(len(values))]
    points = monthly(moved).with_columns(n=pl.Series(weights))
    _check(summary_of(points, kind=kind, better=better, targets=(at_most(3.0),), rules=preset), 3.0)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), min_size=1, max_size=45),
    st.sampled_from([0.05, 0.3, 1.0]),
    _betters,
    _presets,
    st.sampled_from(["p", "u", "c"]),
)
def test_sentences_are_true_of_what_is_counted(
    pairs: list[tuple[int, int]], thinned: float, better: Better, preset: Preset, kind: ChartKind
) -> None:
    """Many and few, evenly and wildly: p, u and c charts, exact or not, and all they become."""
    parts = [(int(min(a, b) * thinned), b * 20) for a, b in pairs]
    points = counts([a for a, _ in parts]) if kind == "c" else counted(parts)
    per = 1.0 if kind == "c" else 100.0
    spec = a_spec(kind=kind, per=per, better=better, targets=(at_most(3.0),), rules=preset)
    summary = analyse(points, {"s": spec}).summaries["s"]
    _check(summary, 3.0)
    if summary.pooled is not None and summary.state == "too_few_points":
        (told,) = re.findall(r"all together ([\d.,]+) \(", summary.headline)
        places = len(told.partition(".")[2])
        assert told == number(summary.pooled, places)
        assert summary.pooled_low is not None
        assert summary.pooled_high is not None
        assert summary.pooled_low <= summary.pooled <= summary.pooled_high
    if summary.p_success is not None:
        assert summary.p_low is not None
        assert summary.p_high is not None
        assert 0 <= summary.p_low <= summary.p_high <= 1


def _check(summary: Summary, target: float) -> None:
    text = summary.headline
    assert text.endswith(".")
    assert not re.search(r"nan|None|inf\b|\{", text + summary.reason + summary.note)
    latest = summary.latest_value
    if latest is not None and "target" in text:
        assert ("met" in text.split("target")[1]) == (latest <= target + 1e-9)
    if "its usual range" in text:
        assert latest is not None
        assert summary.lower_limit is not None
        assert summary.upper_limit is not None
        inside = summary.lower_limit - 1e-9 <= latest <= summary.upper_limit + 1e-9
        assert (" within its usual range" in text) == inside
    if found := re.search(r"(above the upper|below the lower) limit of", text):
        assert latest is not None
        beyond = (summary.upper_limit, 1) if "above" in found[1] else (summary.lower_limit, -1)
        assert beyond[0] is not None
        assert (latest - beyond[0]) * beyond[1] > 0
    _check_change(summary)


def _check_change(summary: Summary) -> None:
    """Check that up is up, worse is worse, and the two numbers are the levels, told apart."""
    found = re.match(
        r"(\w+) since .*: (-?[\d.]+) days on average, (up|down) from (-?[\d.]+)", summary.headline
    )
    if found is None:
        return
    verdict, now, way, before = found.groups()
    assert summary.level is not None
    assert summary.previous_level is not None
    assert (summary.level > summary.previous_level) == (way == "up") == (float(now) > float(before))
    places = len(now.partition(".")[2])
    assert now == f"{summary.level:.{places}f}"
    assert before == f"{summary.previous_level:.{places}f}"
    expected = {"concern": "Worse", "improvement": "Better", "mixed": "Mixed"}
    assert verdict == expected.get(summary.state, "Higher" if way == "up" else "Lower")
