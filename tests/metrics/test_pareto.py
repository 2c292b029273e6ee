"""Parts ranked by size, with what share of the whole they make together."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from metrics.pareto import ranked


def kinds(*rows: tuple[str | None, int | None, int | None]) -> pl.DataFrame:
    schema = {"kind": pl.String, "now": pl.Int64, "before": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_largest_comes_first_and_shares_run_to_the_whole() -> None:
    found = ranked(kinds(("leak", 3, 9), ("late", 12, None), (None, 5, 1), ("none", None, 2)))
    assert found["kind"].to_list() == ["late", "not given", "leak", "none"]
    assert found["share"].to_list() == [60, 25, 15, 0]  # of 12 + 5 + 3 = 20
    assert found["running"].to_list() == [60, 85, 100, 100]
    assert found["before"].to_list() == [None, 1, 9, 2]


def test_the_rest_is_one_that_says_how_many_it_holds() -> None:
    found = ranked(kinds(("a", 5, 1), ("b", 4, 1), ("c", 3, 1), ("d", 2, 1)), most=3)
    assert found["kind"].to_list() == ["a", "b", "Other (2 kinds)"]
    assert found["now"].to_list() == [5, 4, 3 + 2]
    assert found["running"].to_list()[-1] == 100


def test_of_nothing_there_is_no_share() -> None:
    assert ranked(kinds(("a", 0, 1)))["share"].to_list() == [None]
    assert ranked(kinds()).is_empty()


def test_decimals_stay_decimals() -> None:
    amounts = kinds(("a", 1, 1)).cast({"now": pl.Decimal(18, 2), "before": pl.Decimal(18, 2)})
    assert ranked(amounts, most=1)["now"].to_list() == [Decimal("1.00")]
