"""Where a mapping finds a table again next month: sheet, header, the end of the data."""

from __future__ import annotations

from collections import Counter, abc
from typing import Any

from pipelines.readers.headers import letter
from pipelines.understand.blocks import Block
from pipelines.understand.proposal import Asking

SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def layout_keys(block: Block, asking: Asking) -> dict[str, Any]:
    """Return the keys of a mapping that say where the table stands, asking what a CSV hides."""
    keys: dict[str, Any] = {"sheet": block.sheet.name} if block.sheet.name else {}
    if block.sheet.is_hidden:
        asking.tell(f"The sheet '{block.sheet.name}' is hidden.")
    if block.sheet.kind == "csv":
        keys |= _text_keys(block, asking)
    if block.is_alone:
        if block.header_row != 1:
            keys["header_row"] = block.header_row
        ending = block.below[:1]
    else:
        keys["block"] = f"{letter(block.first_column)}{block.header_row}:" + _corner(block)
        ending = ()
    if block.header.rows > 1:
        keys["header_rows"] = block.header.rows
    if ending and _is_known_end(block, ending[0]):
        keys["until"] = ending[0][:UNTIL_LETTERS]
        asking.tell(f"The data end before '{ending[0][:UNTIL_LETTERS]}'.")
    rows = "1 row" if block.header.rows == 1 else f"{block.header.rows} rows"
    asking.tell(
        f"{block.place[0].upper()}{block.place[1:]}: the header takes {rows} from row "
        f"{block.header_row} on, {len(block.body):,} rows of data follow."
    )
    if block.titles:
        asking.tell(f"Above it stands: {' · '.join(block.titles[:4])[:200]}.")
    return keys


def narrowed(
    block: Block, said: dict[str, Any], used: abc.Collection[int], asking: Asking
) -> dict[str, Any]:
    """Return the keys for no more columns than are used, where one beside them cannot be read.

    Two columns of one name, and one without a name, keep a sheet from being read as a whole.
    """
    filled = [c for c in block.columns if block.name_of(c) or block.values(c)]
    counts = Counter(block.name_of(c) for c in filled)
    has_letters = any(not block.name_of(c) for c in used)
    wrong = [
        c
        for c in filled
        if c not in used and (counts[block.name_of(c)] > 1 if block.name_of(c) else not has_letters)
    ]
    if not wrong:
        return said
    first, last = min(used), max(used)
    inside = [letter(c) for c in wrong if first <= c <= last]
    if inside:
        asking.tell(f"Give the columns {', '.join(inside)} names of their own, or empty them.")
        return said
    kept = {key: value for key, value in said.items() if key != "header_row"}
    end = "" if "until" in said or not block.below else str(block.number_of(block.body[-1]))
    asking.tell(f"Only the columns {letter(first)} to {letter(last)} are read.")
    kept["block"] = f"{letter(first)}{block.header_row}:{letter(last)}{end}"
    return kept


UNTIL_LETTERS = 40
"""Letters of a note by which it is known again."""


def _corner(block: Block) -> str:
    """Return the lower right corner of a block; open below where nothing stands there."""
    column = letter(block.last_column)
    return f"{column}{block.number_of(block.body[-1])}" if block.below else column


def _is_known_end(block: Block, text: str) -> bool:
    """Return whether no row of data begins as the note does that ends them."""
    firsts = (
        next((cell for cell in block.cells[row] if cell is not None), "") for row in block.body
    )
    return len(text) > 1 and not any(first.startswith(text[:UNTIL_LETTERS]) for first in firsts)


def _text_keys(block: Block, asking: Asking) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    sheet = block.sheet
    encoding = sheet.encodings[0]
    if len(sheet.encodings) > 1:
        encoding = asking.ask(
            "encoding",
            "The file is no UTF-8. In which encoding are its accented letters right: "
            f"'{_accented(block)}'?",
            sheet.encodings,
            is_open=True,
        ) or encoding  # fmt: skip
    if encoding != "utf-8":
        keys["encoding"] = encoding
    separator = sheet.separators[0]
    if len(sheet.separators) > 1:
        names = {SEPARATOR_NAMES[sign]: sign for sign in sheet.separators}
        answer = asking.ask("separator", "Which sign parts the columns?", names)
        separator = names.get(answer or "", separator)
    if separator != ",":
        keys["separator"] = separator
    return keys


def _accented(block: Block) -> str:
    texts = (cell for row in block.cells for cell in row if cell and not cell.isascii())
    return " ".join(next(texts, "").split())[:60]
