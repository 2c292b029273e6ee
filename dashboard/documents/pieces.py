"""Small pieces every part of the page shares: chips, tables, blocks, numbers that open."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.documents.markup import Child, Markup, element, joined
from metrics.review.model import NOT_KNOWN, Figure, Input, RecordTable
from metrics.review.sources import Which
from metrics.review.wording import number

STATES = {
    "fed": ("✓", "Fed", ""),
    "late": ("◔", "Late", "concern"),
    "gap": ("○", "Gap", "concern"),
    "waived": ("⊘", "Waived", "other"),
}
"""Glyph, word and tint of an input's state: never colour alone."""

TRENDS = {
    "concern": ("Concern", "concern"),
    "improvement": ("Improving", "better"),
    "mixed": ("Mixed", "other"),
    "change": ("Changed", "other"),
    "common_cause": ("Common cause", ""),
    "too_few_points": ("Too few points", ""),
    "stale": ("Stale", "concern"),
    "no_data": ("No data", "concern"),
    NOT_KNOWN: ("Trend not known", ""),
}


def chip(text: str, tint: str = "") -> Markup:
    """Return a word on a tint."""
    return element("span", text, class_=f"chip {tint}".strip())


def state_chip(each: Input) -> Markup:
    """Return the chip of an input's state."""
    glyph, word, tint = STATES[each.state]
    return chip(f"{glyph} {word}", tint)


def trend_chip(shown: Figure) -> Markup:
    """Return the chip of a figure's trend, pointing the way it went."""
    word, tint = TRENDS.get(shown.state, (shown.state, ""))
    return chip(f"{_glyph(shown)} {word}", tint)


def _glyph(shown: Figure) -> str:
    if shown.state in {"concern", "improvement"}:
        rises = (shown.state == "concern") == (shown.better != "higher")
        return "▲" if rises else "▼"
    return {"common_cause": "●", "mixed": "◆", "change": "◆"}.get(shown.state, "○")


def opens(shown: Figure, which: Which, text: str, *, has_source: bool) -> Markup:
    """Return a number as a button that opens its sheet; plain text when no source is held."""
    if not has_source:
        return element("span", text, class_="number")
    sheet = anchor(shown.id, which)
    return element("button", text, class_="opens", type="button", popovertarget=sheet)


def anchor(figure: str, which: Which) -> str:
    """Return the id of the sheet a number opens."""
    safe = "".join(letter if letter.isalnum() else "-" for letter in figure)
    return f"source-{safe}-{which}"


def value_text(value: float | None, shown: Figure) -> str:
    """Return a figure's value without its unit."""
    return number(value, shown.decimals)


def block(title: str, *children: Child, **attributes: str) -> Markup:
    """Return a titled part of an input."""
    classes = f"block {attributes.pop('class_', '')}".strip()
    return element("div", element("h3", title), *children, class_=classes)


def unbroken(text: str) -> str:
    """Return the text with numbers held to their per cent sign at the end of a line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def listed_lines(lines: Sequence[Child], class_: str = "notes") -> Markup:
    """Return lines as a list."""
    return element("ul", *(element("li", line) for line in lines), class_=class_)


def record_table(table: RecordTable, *, beside: str = "") -> Markup:
    """Return a list of records, saying "20 of 57" when cut, and its remark unless just said."""
    extent = f"{table.extent} shown" if table.shown < table.total else ""
    head = element(
        "div",
        element("h3", table.title),
        element("span", extent, class_="quiet small") if extent else None,
        class_="section-line",
    )
    body = grid(table.columns, table.rows) if table.rows else None
    is_new = table.remark and table.remark not in beside
    remark = element("p", table.remark, class_="remark") if is_new else None
    return element("div", head, remark, body, class_="block")


SHORT = 16
"""Letters up to which a cell is not broken: a day, a name, a state."""


def grid(columns: Sequence[str], rows: Sequence[Sequence[Child]], *, whole: int = SHORT) -> Markup:
    """Return a table; columns whose cells are all numbers stand to the right.

    Cells of up to `whole` letters are not broken over lines.
    """
    is_right = [_is_number_column([row[place] for row in rows]) for place in range(len(columns))]
    head = joined(
        element("th", name, scope="col", class_="right" if right else None)
        for name, right in zip(columns, is_right, strict=True)
    )
    body = joined(
        element(
            "tr",
            *(
                element("td", cell, class_=_cell_class(cell, whole, is_right=right))
                for cell, right in zip(row, is_right, strict=True)
            ),
        )
        for row in rows
    )
    table = element("table", element("thead", element("tr", head)), element("tbody", body))
    return element("div", table, class_="scroll")


def _cell_class(cell: Child, whole: int, *, is_right: bool) -> str | None:
    is_short = not isinstance(cell, Markup) and len(cell or "") <= whole
    names = [name for name, holds in (("right", is_right), ("nowrap", is_short)) if holds]
    return " ".join(names) or None


def _is_number_column(cells: Sequence[Child]) -> bool:
    said = [str(cell) for cell in cells if cell not in {"–", "", None}]
    return bool(said) and all(_is_number(cell) for cell in said)


def _is_number(text: str) -> bool:
    bare = text.removesuffix(" %").replace(",", "").replace("−", "-")
    try:
        float(bare)
    except ValueError:
        return False
    return True
