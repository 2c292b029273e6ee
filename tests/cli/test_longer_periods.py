"""`metrics values --per`: longer periods and any span, each whole or with what it lacks."""

from __future__ import annotations

import pytest

from tests.support.command_line import Site


def test_a_quarter_is_the_ratio_of_its_sums(site: Site) -> None:
    (quarter,) = [
        row for row in site.values("complaint_rate", "--per", "quarter") if row["value"] is not None
    ]
    assert quarter == {
        "period": "2026-07-01",
        "slice": {},
        "numerator": 4,
        "denominator": 2700,
        "value": pytest.approx(1000 * (2 + 1 + 1) / (1000 + 800 + 900)),
        "status": "ok",
        "remark": "",
    }


def test_a_half_of_which_months_are_missing_says_which(site: Site) -> None:
    first, *_ = site.values("complaint_rate", "--per", "half-year", "--slice", "site=Porto")
    assert (first["period"], first["slice"], first["status"]) == (
        "2026-07-01",
        {"site": "Porto"},
        "partial",
    )
    assert first["value"] == pytest.approx(1000 * (1 + 1 + 1) / (500 + 800 + 900))
    assert first["remark"].startswith("3 of 6 periods")


def test_a_span_is_one_value_from_day_to_day(site: Site) -> None:
    days = ("--from", "2026-07-15", "--to", "2026-09-01")
    (found,) = site.values("complaint_rate", "--per", "span", *days)
    # August and September start within the days, July does not.
    assert (found["numerator"], found["denominator"]) == (1 + 1, 800 + 900)


def test_the_metrics_own_period_changes_nothing(site: Site) -> None:
    assert site.values("complaint_rate", "--per", "month") == site.values("complaint_rate")


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--per", "day"), 2, "It is kept by month, and a day is shorter."),
        (("--per", "decade"), 2, "'decade' is no length of period. Possible are month"),
        (("--per", "span"), 2, "say --from and --to"),
        (("--slice", "site=Port"), 1, "Did you mean 'Porto'?"),
        (("--per", "year", "--by", "sit"), 1, "Did you mean 'site'?"),
    ],
)
def test_what_cannot_be_added_up_says_why(
    site: Site, options: tuple[str, ...], code: int, told: str
) -> None:
    answer = site.run("metrics", "values", "complaint_rate", *options)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
