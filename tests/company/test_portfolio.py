"""Many metrics at once: their order, and the signals that wait until they are seen twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dashboard.company import figures, portfolio
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from metrics.trend import Assurance, State
from tests.support.charted_company import AT, LENGTHS, a_charted_company


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    root = a_charted_company(tmp_path_factory.mktemp("charted") / "works")
    opened = Company.open(root, today=AT.date(), now=AT)
    with opened.records:
        yield opened


@pytest.fixture
def views(company: Company) -> dict[str, MetricView]:
    return figures.metric_views(company, [(name, {}) for name in LENGTHS])


def test_a_run_seen_for_the_first_time_waits_and_a_point_beyond_a_limit_does_not(
    company: Company, views: dict[str, MetricView]
) -> None:
    states = {name: view.summary.state for name, view in views.items()}
    assert [states[name] for name in ("shifted", "young", "beyond")] == ["concern"] * 3
    assert portfolio.waiting(company, list(LENGTHS), {}) == {"young": "hit_or_miss"}
    held = portfolio.held_back(views["young"], "hit_or_miss")
    assert (held.summary.state, held.summary.rules) == ("common_cause", ())
    assert held.points.filter(status="ok")["state"][-1] == "watch", (
        "the mark on its sparkline is hollow"
    )


def standing(view: MetricView, title: str, state: State, answer: Assurance) -> MetricView:
    return replace(
        view,
        metric=view.metric.model_copy(update={"title": title}),
        summary=replace(view.summary, state=state, assurance=answer),
    )


def test_concerns_come_first_then_what_will_miss_its_target(views: dict[str, MetricView]) -> None:
    one = views["forty"]
    rows = [
        standing(one, "f", "too_few_points", "insufficient"),
        standing(one, "e", "common_cause", "capable"),
        standing(one, "d", "common_cause", "hit_or_miss"),
        standing(one, "c", "improvement", "hit_or_miss"),
        standing(one, "b", "common_cause", "not_capable"),
        standing(one, "a", "concern", "not_predictable"),
    ]
    assert [view.metric.title for view in portfolio.ranked(rows)] == list("abcdef")


def test_the_expected_number_of_false_icons_counts_what_has_an_icon(
    views: dict[str, MetricView],
) -> None:
    forty = views["forty"]
    assert forty.summary.limits_kind == "frozen"
    # Frozen limits of single values are wrong in 31 of 1,000: 4 x 0.031 = 0.12.
    told = portfolio.chance_words([*[forty] * 4, views["five"], views["none"]])
    assert told == "Of 4 with an icon, about 0.1 would show a signal by chance alone."
    assert portfolio.chance_words([views["five"]]) == ""


def test_an_icon_that_is_blank_says_why(views: dict[str, MetricView]) -> None:
    shown = [views["five"], views["one"], views["none"], views["forty"]]
    bare = standing(views["forty"], "x", "common_cause", "no_target")
    assert portfolio.blank_words([*shown, bare]) == (
        "No icon: 2 have too few points, 1 has no figure. No target: 1."
    )
    assert portfolio.blank_words([views["forty"]]) == ""
