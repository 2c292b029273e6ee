"""`metrics change`: one true sentence and the parts that sum to it."""

from __future__ import annotations

import pytest

from tests.support.command_line import Site

BY_SITE = ("metrics", "change", "complaint_rate", "--by", "site")


def test_a_change_is_its_parts(site: Site) -> None:
    """July: Porto 1 of 500, Aarhus 1 of 500. August: Porto 1 of 800, Aarhus nothing at all."""
    told = site.done(*BY_SITE, "--from", "2026-07-31", "--to", "2026-08-15", "--json").json
    assert (told["from"]["label"], told["from"]["value"]) == ("July 2026", 2.0)
    assert (told["to"]["label"], told["to"]["value"]) == ("August 2026", 1.25)
    assert told["change"] == 1.25 - 2.0
    parts = {each["slice"]["site"]: each for each in told["parts"]}
    # Porto's rate: (0.5 + 1) / 2 x (1.25 - 2). Its mix: (1.625 - 1.625) x 0.5.
    assert parts["Porto"]["rate"] == pytest.approx(0.75 * (1.25 - 2))
    assert parts["Porto"]["mix"] == pytest.approx(0)
    # Aarhus is gone: (2 - 1.625) x (0 - 0.5).
    assert parts["Aarhus"]["mix"] == pytest.approx((2 - 1.625) * -0.5)
    assert sum(each["change"] for each in told["parts"]) == pytest.approx(told["change"], rel=1e-12)
    assert told["sentence"].startswith("Down 0.8 (better), from 2.0 in July 2026 to 1.2 per 1,000")


def test_without_days_the_last_period_known_in_full_is_explained(site: Site) -> None:
    told = site.done(*BY_SITE, "--json").json
    assert (told["from"]["label"], told["to"]["label"]) == ("August 2026", "September 2026")
    shown = site.done(*BY_SITE)
    assert shown.out.splitlines()[0] == told["sentence"]
    assert shown.out.splitlines()[1].split() == ["site", "before", "after", "change", "rate"]


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--from", "2020-01-01"), 1, "has no month that holds 2020-01-01. There are July 2026 to"),
        (("--to", "2026-07-05"), 1, "no month before July 2026 to compare with"),
        (("--from", "2026-09-01", "--to", "2026-08-01"), 1, "name the earlier one first"),
        (("--per", "day"), 2, "a day is shorter"),
        (("--slice", "site=Port"), 1, "Did you mean 'Porto'?"),
    ],
)
def test_what_cannot_be_compared_says_why(
    site: Site, options: tuple[str, ...], code: int, told: str
) -> None:
    answer = site.run(*BY_SITE, *options)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err


def test_a_dimension_there_is_none_of_is_refused_with_the_nearest(site: Site) -> None:
    answer = site.run("metrics", "change", "complaint_rate", "--by", "sit")
    assert answer.code == 1
    assert "Did you mean 'site'?" in answer.err
