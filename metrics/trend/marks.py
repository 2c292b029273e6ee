"""Each rule by itself: which points it marks, and at which cell it could first be known.

Every function takes the points that are tested, in order, and returns marks: rule, key (one number
per pattern of that rule and unit), unit, side, cell, known (a cell), ok_points, ladder. Points
stand in one segment while at most one period between them has no value.
"""

from __future__ import annotations

import polars as pl

from metrics.trend.anhoej import first_known, phases
from metrics.trend.presets import Rule, Window

_MARK = ("rule", "key", "unit", "side", "cell", "known", "ok_points", "ladder")


def outside(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points beyond a limit."""
    out = points.filter(pl.col("above") | pl.col("below"))
    side = pl.when("above").then(1).otherwise(-1).cast(pl.Int8)
    return _marks("R1", out.with_columns(side=side), pl.col("cell"), pl.col("cell"))


def runs(points: pl.DataFrame, length: int, *, ties_break: bool) -> pl.DataFrame:
    """Return the points of runs of `length` or more on one side of the centre line."""
    off = points if ties_break else points.filter(pl.col("side") != 0)
    off = _numbered(off, "run", _changed("segment") | _changed("side"))
    off = off.filter(pl.col("side") != 0)
    return _long("R2", off, "run", length)


def trends(points: pl.DataFrame, length: int) -> pl.DataFrame:
    """Return the points of `length` or more in a row, each beyond the one before.

    A period without a value ends a trend, and so do two values that are the same.
    """
    moves = _moves(points)
    moves = _numbered(moves, "leg", _changed("_move"))
    return _legs("R4", moves, length, side=pl.col("_move").cast(pl.Int8))


def alternating(points: pl.DataFrame, length: int) -> pl.DataFrame:
    """Return the points of `length` or more in a row that go up and down in turn."""
    moves = _moves(points)
    turns = (pl.col("_move") * pl.col("_move").shift() < 0).fill_null(value=False)
    return _legs("R6", _numbered(moves, "leg", ~turns), length, side=_NO_SIDE)


def _moves(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points with `_move`: +1 or -1 from the neighbour before, 0 where none is known."""
    beside = (pl.col("cell") - pl.col("cell").shift() == 1) & ~_changed("unit")
    move = (pl.col("judged") - pl.col("judged").shift()).sign()
    return points.with_columns(_move=pl.when(beside).then(move).fill_null(0.0)).with_row_index(
        "_row"
    )


def _legs(rule: Rule, moves: pl.DataFrame, length: int, side: pl.Expr) -> pl.DataFrame:
    """Return the points of legs of moves, the point before the first move included."""
    row = pl.col("_row").cast(pl.Int64)
    legs = (
        moves.filter(pl.col("_move") != 0)
        .group_by("leg", maintain_order=True)
        .agg(side=side.first(), first=row.min() - 1, last=row.max())
    )
    legs = legs.filter(pl.col("last") - pl.col("first") + 1 >= length)
    legs = legs.with_columns(
        known=moves["cell"].gather(legs["first"] + length - 1),
        _row=pl.int_ranges("first", pl.col("last") + 1),
    ).explode("_row", empty_as_null=True, keep_nulls=True)
    own = moves.select(row, "unit", "cell", "ok_points", "ladder")
    return _marks(rule, legs.join(own, on="_row"), pl.col("leg"), pl.col("known"))


def hugging(points: pl.DataFrame, length: int) -> pl.DataFrame:
    """Return the points of `length` or more in a row within one sigma of the centre."""
    near = points.with_columns(_in=pl.col("varies") & ~(pl.col("above1") | pl.col("below1")))
    near = _numbered(near, "run", _changed("segment") | _changed("_in"))
    return _long("R7", near.filter("_in").with_columns(side=_NO_SIDE), "run", length)


def avoiding(points: pl.DataFrame, length: int) -> pl.DataFrame:
    """Return the points of `length` or more in a row, on both sides, none within one sigma."""
    far = points.with_columns(_out=pl.col("above1") | pl.col("below1"))
    far = _numbered(far, "run", _changed("segment") | _changed("_out")).filter("_out")
    both = pl.col("side").n_unique().over("run") > 1
    return _long("R8", far.filter(both).with_columns(side=_NO_SIDE), "run", length)


_NO_SIDE = pl.lit(0, dtype=pl.Int8)


def windows(points: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Return the points of windows in which enough lie far out on one side."""
    return pl.concat([_one_sided(points, window, side) for side in (1, -1)])


def _one_sided(points: pl.DataFrame, window: Window, side: int) -> pl.DataFrame:
    prefix = "above" if side > 0 else "below"
    far = pl.col(f"{prefix}{window.sigmas:g}")
    if window.within is not None:
        far &= ~pl.col(f"{prefix}{window.within:g}")
    whole = pl.col("segment") == pl.col("segment").shift(window.of - 1)
    enough = far.cast(pl.Int32).rolling_sum(window.of) >= window.need
    if window.all_beside:
        beside = (pl.col("side") == side).cast(pl.Int32)
        enough &= beside.rolling_sum(window.of) == window.of
    found = points.select(closes=(whole & enough).fill_null(value=False))["closes"]
    inside = found
    for back in range(1, window.of):
        inside |= found.shift(-back, fill_value=False)
    row = pl.int_range(points.height, dtype=pl.Int64, eager=True)
    marked = points.with_columns(_far=far, _closes=found, _row=row).filter(inside)
    apart = (pl.col("_row") - pl.col("_row").shift() != 1) | _changed("segment")
    marked = _numbered(marked, "group", apart)
    known = pl.col("cell").filter("_closes").first().over("group")
    marked = marked.with_columns(_known=known, side=pl.lit(side, dtype=pl.Int8))
    if not window.marks_all:
        marked = marked.filter("_far")
    return _marks(window.rule, marked, 2 * pl.col("group") + (side > 0), pl.col("_known"))


def whole_phases(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points of phases whose longest run is too long, or that cross too seldom."""
    judged = phases(points).filter(pl.col("is_run"))
    flagged = points.join(judged.select("unit"), on="unit", how="semi")
    known = {int(part["unit"][0]): first_known(part) for part in flagged.partition_by("unit")}
    when = pl.col("unit").replace_strict(known, default=None, return_dtype=pl.Int64)
    return _marks("A", flagged.with_columns(side=_NO_SIDE), pl.lit(0), when)


def _long(rule: Rule, points: pl.DataFrame, group: str, length: int) -> pl.DataFrame:
    """Return the points of groups of `length` or more; rows of a group follow one another."""
    sizes = points[group].rle().struct.unnest()["len"].cast(pl.Int64)
    groups = pl.DataFrame({"_start": sizes.cum_sum() - sizes, "_size": sizes})
    long = groups.filter(pl.col("_size") >= length).with_columns(
        _known=pl.lit(points["cell"]).gather(pl.col("_start") + length - 1),
        _row=pl.int_ranges("_start", pl.col("_start") + pl.col("_size")),
    )
    rows = long.select("_row", "_known").explode("_row", empty_as_null=True, keep_nulls=True)
    found = points[rows["_row"]].with_columns(rows["_known"])
    return _marks(rule, found, pl.col(group), pl.col("_known"))


def _marks(rule: Rule, points: pl.DataFrame, key: pl.Expr, known: pl.Expr) -> pl.DataFrame:
    return points.with_columns(
        rule=pl.lit(rule), key=key.cast(pl.Int64), known=known.cast(pl.Int64)
    ).select(_MARK)


def _changed(name: str) -> pl.Expr:
    return (pl.col(name) != pl.col(name).shift()).fill_null(value=True)


def _numbered(points: pl.DataFrame, name: str, begins: pl.Expr) -> pl.DataFrame:
    return points.with_columns(begins.fill_null(value=True).cast(pl.Int64).cum_sum().alias(name))
