"""Numbers: exactly as declared, in range, finite; more decimals than declared are not cut off."""

from __future__ import annotations

import re

import polars as pl

from pipelines.clean.formats import Converted, Formats, Target, failures_at, no_failures, shown

_ANY_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_NOT_FINITE = r"(?i)^[+-]?(nan|inf(inity)?|1\.#(inf|qnan|ind))$"


def numbers(texts: pl.Series, target: Target, formats: Formats) -> Converted:
    """Return `texts` (trimmed, null where empty) as numbers of `target`."""
    plain = _plain(texts, formats)
    values, is_good = _exact(plain, target, formats)
    is_failed = (texts.is_not_null() & ~is_good.fill_null(value=False)).rename("failed")
    if not is_failed.any():
        return Converted(values, no_failures())
    values = values.set(is_failed, None)
    return Converted(values, _reasons(is_failed, texts, plain, target, formats))


def _plain(texts: pl.Series, formats: Formats) -> pl.Series:
    """Return the texts with a decimal point and no thousands; null where signs stand wrongly."""
    if formats.decimal == "." and formats.thousands is None:
        return texts
    declared = _from_declared(texts, formats)
    if not formats.has_noise:
        return declared
    # Excel's own number cells come with a point whatever the mapping says of texts; where the
    # point may also stand between thousands, 1.234 is two numbers and is refused.
    is_own = texts.str.contains(_ANY_NUMBER).fill_null(value=False)
    if formats.thousands == ".":
        is_doubtful = is_own & texts.str.contains(r"\.\d{3}$").fill_null(value=False)
        declared = declared.set(is_doubtful, None)
        is_own &= ~is_doubtful
    return texts.zip_with(is_own, declared)


def _from_declared(texts: pl.Series, formats: Formats) -> pl.Series:
    plain = texts
    if formats.thousands is not None:
        point = re.escape(formats.decimal)
        sign = r"[ \u{a0}\u{202f}]" if formats.thousands == " " else re.escape(formats.thousands)
        grouped = rf"^[+-]?\d{{1,3}}({sign}\d{{3}})+({point}\d*)?$"
        is_grouped = plain.str.contains(grouped).fill_null(value=False)
        plain = plain.str.replace_all(sign, "").zip_with(is_grouped, plain)
    if formats.decimal == ".":
        return plain
    has_point = plain.str.contains(".", literal=True).fill_null(value=False)
    return plain.set(has_point, None).str.replace(formats.decimal, ".", literal=True)


def _exact(plain: pl.Series, target: Target, formats: Formats) -> tuple[pl.Series, pl.Series]:
    """Return the values and which of them are exactly what the text says."""
    match target.type:
        case "float":
            values = plain.cast(pl.Float64, strict=False)
            return values, values.is_finite()
        case "integer":
            values = plain.cast(pl.Int64, strict=False)
            if values.null_count() == plain.null_count():
                return values, values.is_not_null()
            pattern = r"^[+-]?0*\d{1,18}(\.0*)?$"
        case _:
            pattern = rf"^[+-]?(0*\d{{1,{target.whole_digits}}}(\.\d{{0,{target.decimals}}}0*)?"
            pattern += rf"|\.\d{{1,{target.decimals or 1}}}0*)$"
    is_good = plain.str.contains(pattern)
    texts = plain.set(~is_good.fill_null(value=False), None)
    if is_good.sum() < len(plain) - plain.null_count():
        texts, is_good = _mended(plain, texts, pattern, target, formats)
    if target.type == "integer":
        return texts.str.extract(r"^([^.]*)", 1).cast(pl.Int64, strict=False), is_good
    return texts.cast(target.dtype, strict=False), is_good


def _mended(
    plain: pl.Series, texts: pl.Series, pattern: str, target: Target, formats: Formats
) -> tuple[pl.Series, pl.Series]:
    """Return texts and which are good after reading powers of ten, noise and declared rounding."""
    is_number = plain.str.contains(_ANY_NUMBER)
    again = plain.set(~is_number.fill_null(value=False) | texts.is_not_null(), None)
    if formats.is_rounded:
        wide = again.cast(pl.Decimal(38, 15), strict=False)
        whole = 0 if target.type == "integer" else target.decimals
        again = wide.round(whole, mode="half_away_from_zero").cast(pl.String)
    else:
        has_power = again.str.contains("[eE]")
        has_noise = again.str.count_matches(r"\d") > 15
        is_mendable = (has_power | has_noise) if formats.has_noise else has_power
        again = again.set(~is_mendable.fill_null(value=False), None)
        again = again.cast(pl.Float64, strict=False).round_sig_figs(15).cast(pl.String)
    again = again.set(~again.str.contains(pattern).fill_null(value=False), None)
    texts = texts.zip_with(texts.is_not_null(), again)
    return texts, texts.is_not_null()


def _reasons(
    is_failed: pl.Series, texts: pl.Series, plain: pl.Series, target: Target, formats: Formats
) -> pl.DataFrame:
    value = pl.col("plain")
    is_number = value.str.contains(_ANY_NUMBER)
    whole = target.type == "integer"
    decimals = "is not a whole number"
    if target.decimals:
        decimals = f"has more than {target.decimals} decimals"
    if target.type == "float":
        decimals = "is not a number"
    is_large = value.cast(pl.Float64, strict=False).abs() >= 10 ** min(target.whole_digits, 18)
    reason = (
        pl.when(pl.col("value").str.contains(_NOT_FINITE) | (is_number & is_large))
        .then(pl.format("{} is not a number that can be kept", shown()))
        .when(is_number)
        .then(pl.format(f"{{}} {decimals}", shown()))
        .otherwise(pl.format("{} is not a number", shown()))
    )
    frame = pl.DataFrame({"value": texts, "plain": plain})
    reasons = frame.filter(is_failed).select(reason.alias("reason")).to_series()
    failures = failures_at(is_failed, texts, "number", "", _wanted(target, formats, whole=whole))
    return failures.with_columns(reasons)


def _wanted(target: Target, formats: Formats, *, whole: bool) -> str:
    thousands = formats.thousands or ""
    number = f"1{thousands}250" if whole else f"1{thousands}250{formats.decimal}5"
    if whole:
        return f"a whole number like {number}"
    if target.decimals:
        rounding = "" if formats.is_rounded else "; say round = true in the mapping to round"
        return f"a number like {number} with at most {target.decimals} decimals{rounding}"
    return f"a number like {number}"
