"""How the figures of a table are written: decimal signs, units, words where figures belong."""

from __future__ import annotations

import re
from collections import Counter, abc
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from pipelines.mapping.model import NOTHING
from pipelines.understand.blocks import Block
from pipelines.understand.cells import look_of, number_parts, quoted
from pipelines.understand.proposal import Asking

NO_FIGURE = "no figure"
REFUSE = "refuse it"

MOST_WORDS = 12
"""Different words in place of figures that are asked about; more of them are no exceptions."""

_COMMA_GROUPS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_POINT_GROUPS = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")
_PLAIN = re.compile(r"\d+(\.\d+)?")


@dataclass
class Written:
    """What a mapping has to say about the figures; nothing where the usual is true."""

    decimal: str = "."
    thousands: str | None = None
    missing: tuple[str, ...] = NOTHING
    is_rounded: bool = False
    has_percent: bool = False
    unit: str | None = None
    words: list[str] = field(default_factory=list)


def written(block: Block, columns: abc.Sequence[int], decimals: int, asking: Asking) -> Written:
    """Return how the figures of `columns` are written, asking about what they leave open."""
    cells = [(block.cell(row, c), text) for c in columns for row, text in block.values(c)]
    found = Written()
    numbers = [text for _, text in cells if look_of(text) == "number"]
    _signs(found, [parts[0] for text in numbers if (parts := number_parts(text))], asking)
    _units(found, numbers, asking)
    _words(found, [cell for cell in cells if look_of(cell[1]) != "number"], asking)
    found.is_rounded = _has_more(numbers, found, decimals)
    if found.is_rounded:
        asking.tell(f"Some figures have more than {decimals} decimals; they are rounded, half up.")
    return found


def _signs(found: Written, digits: abc.Sequence[str], asking: Asking) -> None:
    """Decide decimal and thousands sign by all figures together, or ask."""
    spaced = [text for text in digits if re.search(r"[ \u00a0\u202f']", text)]
    if spaced:
        found.thousands = "'" if any("'" in text for text in spaced) else " "
    texts = [re.sub(r"[ \u00a0\u202f']", "", text) for text in digits]
    commas, points = [t for t in texts if "," in t], [t for t in texts if "." in t]
    if not commas and not any(text.count(".") > 1 for text in points):
        return
    as_groups = all(_COMMA_GROUPS.fullmatch(t) for t in commas) and not any(
        text.count(".") > 1 for text in points
    )
    as_decimals = all(text.count(",") <= 1 for text in commas) and all(
        _POINT_GROUPS.fullmatch(text) for text in points if "," in text or text.count(".") > 1
    )
    is_doubtful = as_groups and as_decimals and all("." not in text for text in commas)
    if is_doubtful:
        example = commas[0]
        whole, half = example.replace(",", ""), example.replace(",", ".")
        answer = asking.ask(
            "numbers",
            f"Is '{example}' the number {whole} or {half}? No figure of the table settles it.",
            (whole, half),
        )
        as_groups = answer != half
    if as_groups:
        found.thousands = ","
        asking.tell(f"A comma stands between thousands: {quoted(commas, 1)}.")
    elif as_decimals:
        found.decimal = ","
        if any(_POINT_GROUPS.fullmatch(text) and "," in text for text in points):
            found.thousands = "."
        asking.tell(f"Decimals are written with a comma: {quoted(commas, 1)}.")


def _units(found: Written, numbers: abc.Sequence[str], asking: Asking) -> None:
    units = Counter(parts[1] for text in numbers if (parts := number_parts(text)) and parts[1])
    if not units:
        return
    unit = units.most_common(1)[0][0]
    if unit == "%":
        found.has_percent = True
        asking.tell("Figures carry a %: 95.2 % is read as 95.2.")
    else:
        found.unit = unit
        asking.tell(f"Figures carry the unit '{unit}', which is left out.")
    others = [other for other in units if other != unit]
    if others:
        asking.tell(f"Cells with another unit ({quoted(others)}) will be refused.")


def _words(found: Written, cells: abc.Sequence[tuple[str, str]], asking: Asking) -> None:
    """Ask of every word that stands where a figure belongs what it means."""
    words: dict[str, list[str]] = {}
    for place, text in cells:
        if text not in NOTHING and look_of(text) == "text":
            words.setdefault(text, []).append(place)
    errors = [f"{place} {text}" for place, text in cells if look_of(text) == "error"]
    if errors:
        asking.tell(f"{len(errors)} cells hold errors and will be refused: {quoted(errors)}.")
    for number, (word, places) in enumerate(words.items()):
        shown = word if len(word) <= 40 else f"{word[:39]}…"
        count = "1 cell holds" if len(places) == 1 else f"{len(places)} cells hold"
        if number >= MOST_WORDS:
            asking.tell(f"{count} '{shown}' ({places[0]}) and will be refused.")
            continue
        answer = asking.ask(
            f"missing.{word}",
            f"{count} '{shown}' where a figure is expected ({', '.join(places[:3])}). "
            "Does that say that there is none?",
            (NO_FIGURE, REFUSE),
        )
        if answer != REFUSE:
            found.words.append(word)
        asking.tell(f"'{shown}' ({count.split(maxsplit=1)[0]}) is read as {answer or NO_FIGURE}.")
    if found.words:
        found.missing = (*NOTHING, *found.words)


def _has_more(numbers: abc.Sequence[str], found: Written, decimals: int) -> bool:
    """Return whether a figure has more decimals than are kept, Excel's noise left aside."""
    for text in numbers:
        parts = number_parts(text)
        plain = (parts[0] if parts else "").replace(found.thousands or " ", "")
        plain = plain.replace(" ", "").replace(found.decimal, ".")
        if not _PLAIN.fullmatch(plain) or len(plain) <= decimals + 2:
            continue
        try:
            value = Decimal(f"{float(plain):.15g}")
        except (InvalidOperation, OverflowError):
            continue
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > decimals:
            return True
    return False
