"""The sheet behind every number: definition, arithmetic, query, rows and their files.

A sheet is a popover: it opens without a script, keeps the reader's place, closes with Escape. A
browser that does not know popovers shows all sheets at the end of the page instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.documents.markup import Markup, element, joined
from dashboard.documents.page import ReviewPage
from dashboard.documents.pieces import anchor, grid, value_text
from metrics.model import Formula, Metric
from metrics.model import Source as MetricSource
from metrics.readings import Reading
from metrics.review.model import Figure
from metrics.review.sources import Source, SourceFile, SourceSide
from metrics.review.wording import day, exact, plain

BETTER = {
    "lower": "lower is better",
    "higher": "higher is better",
    "inside": "inside its band is better",
    "neutral": "neither side is better",
}


def sheets(page: ReviewPage) -> Markup:
    """Return one sheet for every number whose source the page holds."""
    figures = page.assembly.figures()
    return joined(
        _sheet(figures[name], source, page)
        for name, sources in page.sources.items()
        if name in figures
        for source in sources
    )


def _sheet(shown: Figure, source: Source, page: ReviewPage) -> Markup:
    reading = _reading(shown, source)
    name = anchor(shown.id, source.which)
    definition = page.definitions.get(shown.metric)
    close = element(
        "button",
        "Close",
        class_="close",
        type="button",
        popovertarget=name,
        popovertargetaction="hide",
    )
    return element(
        "section",
        close,
        element("h3", f"{shown.title}, {reading.period.label}", id=f"{name}-title"),
        _equation(shown, reading, definition),
        *(_side(side, page) for side in source.sides),
        _definition(definition, shown) if definition else None,
        class_="source",
        id=name,
        popover="auto",
        role="dialog",
        aria_labelledby=f"{name}-title",
    )


def _reading(shown: Figure, source: Source) -> Reading:
    match source.which:
        case "whole":
            return shown.whole
        case "latest":
            return shown.latest
        case "previous":
            return shown.previous or shown.whole


def _equation(shown: Figure, reading: Reading, definition: Metric | None) -> Markup:
    value = element("strong", value_text(reading.value, shown))
    parts: list[str | Markup] = [value, f" {shown.unit}"]
    if reading.numerator is not None and reading.denominator is not None:
        per = definition.per if definition else 1.0
        times = f"{plain(per)} × " if per != 1 else ""
        parts.append(f" = {times}{exact(reading.numerator)} ÷ {exact(reading.denominator)}")
    said = f"{day(reading.period.start)} to {day(reading.period.end)}"
    remark = f"{said}; {reading.remark}" if reading.remark else said
    return joined(
        (element("p", *parts, class_="equation"), element("p", remark, class_="quiet small"))
    )


def _side(side: SourceSide, page: ReviewPage) -> Markup:
    title = f"{side.title}: {exact(side.amount)}"
    columns = ("File", "Row", *(name.replace("_", " ") for name in side.columns))
    names = {each.batch: each for each in side.files}
    rows = [
        (_file_of(names.get(row.batch), row.batch, row.sheet), f"{row.row:,}", *row.cells)
        for row in side.rows
    ]
    files = grid(
        ("File", "SHA-256", "Brought by", "Received", "Rows"),
        [_file(each, page) for each in side.files],
    )
    return element(
        "div",
        element("h3", title),
        element(
            "details",
            element("summary", side.extent),
            element("h4", "Files they came in"),
            files,
            element("h4", "Rows"),
            element("div", grid(columns, rows, whole=0), class_="rows"),
        ),
        element("details", element("summary", "The query"), _query(side)),
        class_="block",
    )


def _file(each: SourceFile, page: ReviewPage) -> tuple[str | Markup, ...]:
    at = f"{day(each.received_at.date())} {each.received_at:%H:%M}" if each.received_at else "–"
    digest = element("span", each.sha256, class_="hash")
    return (each.file_name, digest, page.named(each.actor), at, f"{each.rows:,}")


def _file_of(known: SourceFile | None, batch: int, sheet: str | None) -> Markup:
    name = known.file_name if known else f"batch {batch}"
    digest = known.sha256[:12] if known else ""
    where = f"{name}, sheet {sheet}" if sheet else name
    short = element("span", f" {digest}…", class_="hash quiet") if digest else None
    return joined((where, short))


def _query(side: SourceSide) -> Markup:
    values = "\n".join(f"${key} = {value}" for key, value in side.parameters.items())
    return element("pre", f"{side.query}\n\n{values}".strip())


def _definition(metric: Metric, shown: Figure) -> Markup:
    pairs = [
        ("Title", metric.title),
        ("Why", metric.why),
        ("Unit", f"{metric.unit}; {BETTER[metric.better]}"),
        ("Measure", metric.measure.kind),
        *_formula(metric),
        *((side.capitalize(), _source_in_words(source)) for side, source in metric.sources.items()),
        ("Slice", ", ".join(f"{key} = {value}" for key, value in shown.slice.items()) or "total"),
        ("Target", shown.target),
        ("Approved", _approved(metric)),
        ("Look at again", day(metric.review_by)),
    ]
    listed = (part for term, said in pairs for part in (element("dt", term), element("dd", said)))
    digest = joined(
        (
            element("dt", "Definition"),
            element("dd", element("span", metric.definition_hash, class_="hash")),
        )
    )
    return element(
        "div",
        element("h3", "Definition"),
        element("dl", *listed, digest, class_="pairs"),
        element(
            "details",
            element("summary", "As it was when this was computed"),
            element("pre", metric.canonical_json),
        ),
        class_="block",
    )


def _formula(metric: Metric) -> Iterator[tuple[str, str]]:
    """Yield what a formula works out, and what each name in it stands for."""
    if isinstance(metric.measure, Formula):
        yield "Formula", metric.measure.expression
        for name, part in metric.measure.parts.items():
            yield name, f"{part.title}, {part.unit}"


def _source_in_words(source: MetricSource) -> str:
    how = "sum" if source.sum else "different values" if source.distinct else "values"
    taken = f"{how} of {source.takes}" if source.takes else "events"
    where = f" where {source.where}" if source.where else ""
    return f"{taken} from {source.table}{where}"


def _approved(metric: Metric) -> str:
    if metric.approved_by is None:
        return "by nobody on record"
    on = f" on {day(metric.approved_on)}" if metric.approved_on else ""
    return f"by {metric.approved_by}{on}"
