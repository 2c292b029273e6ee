"""The header row: where it is said to be, each column named once; or refused with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from data.errors import RefusedInputError


def tidy(text: str | None) -> str:
    """Return a header with its line breaks and runs of blanks as single blanks."""
    return " ".join((text or "").split())


def letter(index: int) -> str:
    """Return the letters Excel gives the column with this index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def checked_headers(  # noqa: PLR0913 what is known of a header row is said by name
    found: Sequence[str | None],
    is_filled: Sequence[bool],
    *,
    row: int,
    place: str = "",
    hint: str = "",
    first_column: int = 0,
    expected: Collection[str] = (),
) -> tuple[tuple[int, str], ...]:
    """Return index and name of every column that has a header.

    A column with neither header nor values is left out. `place` names the sheet ("sheet 'Data', "),
    `hint` where the header seems to be. Columns without a header are called by their letters where
    a mapping calls one of them so (`expected`). Raises RefusedInputError otherwise.
    """
    names = _with_letters([tidy(text) for text in found], is_filled, first_column, expected)
    where = f"{place}row {row}"
    if not any(names):
        raise RefusedInputError(f"{where} is empty, but the header is expected there.{_way(hint)}")
    bare = [i for i, name in enumerate(names) if not name and is_filled[i]]
    if bare and len(bare) * 2 >= sum(is_filled):
        title = next(name for name in names if name)
        raise RefusedInputError(
            f"{where} does not name the columns: it holds '{title}' and {len(bare)} columns below "
            f"it have no name, as under a title.{_way(hint)}"
        )
    if bare:
        columns = ", ".join(letter(i + first_column) for i in bare)
        raise RefusedInputError(
            f"{where}, column {columns}: there are values below but no header. "
            "Give the column a name, or empty it."
        )
    _refuse_duplicates(names, where, first_column)
    return tuple((i, name) for i, name in enumerate(names) if name)


def _with_letters(
    names: list[str], is_filled: Sequence[bool], first_column: int, expected: Collection[str]
) -> list[str]:
    letters = {
        i: letter(i + first_column) for i, name in enumerate(names) if not name and is_filled[i]
    }
    if not any(sign in expected and sign not in names for sign in letters.values()):
        return names
    return [letters.get(i, name) for i, name in enumerate(names)]


def _refuse_duplicates(names: Sequence[str], where: str, first_column: int) -> None:
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        places = [letter(i + first_column) for i, name in enumerate(names) if name == twice[0]]
        raise RefusedInputError(
            f"{where}: {len(places)} columns are called '{twice[0]}' ({', '.join(places)}). "
            "Rename them: one column, one name."
        )


def _way(hint: str) -> str:
    way = " Put the header there, or say where it is in the mapping: header_row = N."
    return f" {hint} Say so in the mapping." if hint else way


def header_hint(
    rows: Sequence[Sequence[str | None]], header_row: int, expected: Sequence[str]
) -> str:
    """Return a sentence naming another row that looks like the header, or an empty text.

    `rows` are the first rows of the sheet, the first being row 1. With nothing expected, the first
    row that is wider than `header_row` is meant.
    """
    if header_row > len(rows):
        return ""
    wanted = set(expected)
    widths = [_score(row, wanted) for row in rows]
    best = widths.index(max(widths)) + 1
    if best == header_row or widths[best - 1] < 2 or widths[best - 1] == widths[header_row - 1]:
        return ""
    if not wanted and widths[header_row - 1] > 1:
        return ""
    return f"Row {best} looks like the header: header_row = {best}."


def _score(row: Sequence[str | None], wanted: set[str]) -> int:
    names = {tidy(text) for text in row} - {""}
    return len(names & wanted) if wanted else len(names)
