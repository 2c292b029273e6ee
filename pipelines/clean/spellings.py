"""Texts that are probably one name spelt several ways: a suggestion, for a person to take or leave.

Two texts are one name if they differ in case, accents, blanks, punctuation and the legal form of a
company, or in one slip of the pen in a long word. Numbers are never taken for each other, and
neither are two legal forms: 3M is not 2M, and Siemens AG is not Siemens S.A.
"""

from __future__ import annotations

import re
import unicodedata
from collections import abc, defaultdict
from dataclasses import dataclass

import polars as pl

from data.tables import Table

SHORTEST_SLIP = 7
"""Letters a word has at least before a slip in it is believed: Porto and Porte are two towns."""

RARER = 3
"""How many times rarer a slip is than what was meant; two usual words are two words."""

MOST_SPELLINGS = 20_000
"""Distinct texts looked through; a column of more holds no names but numbers or prose."""

_FORMS = {
    **dict.fromkeys(("inc", "incorporated"), "inc"),
    **dict.fromkeys(("corp", "corporation"), "corp"),
    **dict.fromkeys(("co", "company"), "co"),
    **dict.fromkeys(("ltd", "limited"), "ltd"),
    **{form: form for form in ("llc", "llp", "lp", "plc", "gmbh", "ag", "kg", "kgaa", "se", "ev")},
    **{form: form for form in ("sa", "sas", "sarl", "spa", "srl", "sl", "bv", "nv", "ab", "as")},
    **{
        form: form
        for form in ("aps", "oy", "oyj", "asa", "kft", "zrt", "sro", "doo", "lda", "ltda")
    },
}
"""Words a company's name may end with, and what each is short for."""

SPELLINGS = pl.Schema({"suggested": pl.String(), "value": pl.String(), "rows": pl.UInt32()})
"""suggested: the most usual spelling. value: a spelling, as it stands in the file. rows: how many
rows have it."""


_WORDS = re.compile(r"[^\W_]+|[+#%<>=*]|(?<=\w)-(?=\s|$)")
"""Words, and the signs that tell A+ from A- and C from C#."""


_STOPS = re.compile(r"\b([^\W\d])\s?\.\s?(?=[^\W\d]\b)")


@dataclass(frozen=True)
class _Name:
    """What is left of a text: the words joined, each word, and the legal form at its end."""

    joined: str
    words: tuple[str, ...]
    form: str


def spelling_groups(values: pl.Series) -> pl.DataFrame:
    """Return the texts of `values` that are probably one name, grouped, as SPELLINGS.

    Only names with several spellings are there: the most frequent names first, in each the most
    frequent spelling first, which is the one suggested.
    """
    counts = _counts(values)
    if not 1 < len(counts) <= MOST_SPELLINGS:
        return pl.DataFrame(schema=SPELLINGS)
    groups = [group for group in _grouped(counts) if len(group) > 1]
    groups.sort(key=lambda group: (-sum(counts[text] for text in group), group[0]))
    rows = [(group[0], text, counts[text]) for group in groups for text in group]
    return pl.DataFrame(rows, schema=SPELLINGS, orient="row")


LOOKED_THROUGH = 200_000
"""Rows of a file looked through without being asked; the command looks through all."""


def spelling_hints(rows: pl.DataFrame, table: Table, file: str) -> list[str]:
    """Return a sentence for each dimension of `rows` with names that are spelt several ways."""
    hints = []
    for column in table.columns:
        if column.type != "text" or not column.dimension or column.allowed:
            continue
        values = rows.get_column(column.name).head(LOOKED_THROUGH)
        groups = spelling_groups(values)
        if groups.height:
            spelt = values.drop_nulls().n_unique()
            names = spelt - groups.height + groups.get_column("suggested").n_unique()
            hints.append(
                f"{column.name}: {spelt:,} spellings look like {counted(names)}. See them: "
                f"clause9 sources spellings '{file}' {column.name}"
            )
    return hints


def counted(names: int) -> str:
    """Return "1 name" or "12 names"."""
    return "1 name" if names == 1 else f"{names:,} names"


def _counts(values: pl.Series) -> dict[str, int]:
    texts = values.cast(pl.String).str.strip_chars().drop_nulls().alias("value")
    # Figures are no spellings of each other, whatever their signs.
    named = texts.filter(texts.str.contains(r"\p{L}"))
    tally = named.value_counts().sort(["count", "value"], descending=[True, False])
    return dict(tally.iter_rows())


def _grouped(counts: abc.Mapping[str, int]) -> list[list[str]]:
    """Return the spellings of each name, the most frequent first."""
    by_name: dict[_Key, list[str]] = defaultdict(list)
    for text in counts:
        name = _name(text)
        by_name[name.joined, name.form].append(text)
    _join_formless(by_name, counts)
    _join_slips(by_name, counts)
    return [sorted(group, key=lambda text: (-counts[text], text)) for group in by_name.values()]


_Key = tuple[str, str]
"""A name's letters, and its legal form or an empty text."""


def _name(text: str) -> _Name:
    apart = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    # S.A. and s. a. are one word, and so is O'Neill.
    bare = (
        re.sub(r"\b([^\W\d])\s?\.\s?(?=[^\W\d]\b)", r"\1", bare).replace("'", "").replace("’", "")
    )
    words = _WORDS.findall(bare)
    form = _FORMS.get(words[-1], "") if len(words) > 1 else ""
    kept = tuple(words[:-1] if form else words)
    # Figures side by side stay apart: 1 10 is not 11 0.
    joined = re.sub(r"(?<=\d) (?=\d)", "·", " ".join(kept)).replace(" ", "")
    return _Name(joined or text.casefold(), kept, form)


def _join_formless(by_name: dict[_Key, list[str]], counts: abc.Mapping[str, int]) -> None:
    """Put names without a legal form to the most frequent of that name with one."""
    forms: dict[str, list[str]] = defaultdict(list)
    for joined, form in by_name:
        if form:
            forms[joined].append(form)
    for joined, known in forms.items():
        if (joined, "") in by_name:
            usual = max(known, key=lambda form: _rows(by_name[joined, form], counts))
            by_name[joined, usual] += by_name.pop((joined, ""))


def _join_slips(by_name: dict[_Key, list[str]], counts: abc.Mapping[str, int]) -> None:
    """Put rare names to the frequent one they are a slip of, if there is only one."""
    near: dict[str, list[_Key]] = defaultdict(list)
    for key in by_name:
        for shorter in _shortened(key[0]):
            near[shorter].append(key)
    rows = {key: _rows(group, counts) for key, group in by_name.items()}
    for key in sorted(by_name, key=lambda key: rows[key]):
        others = {other for shorter in _shortened(key[0]) for other in near[shorter]}
        meant = [
            other
            for other in others
            if other in by_name
            and rows[other] >= RARER * rows[key]
            and _is_slip(key, other, by_name)
        ]
        usual = max(meant, key=lambda other: (rows[other], other), default=None)
        if usual is not None and {other[0] for other in meant} == {usual[0]}:
            by_name[usual] += by_name.pop(key)


def _rows(texts: abc.Iterable[str], counts: abc.Mapping[str, int]) -> int:
    return sum(counts[text] for text in texts)


def _shortened(word: str) -> abc.Iterator[str]:
    """Yield the word and the word without each of its letters: one slip apart share one of them."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _is_slip(rare: _Key, usual: _Key, by_name: abc.Mapping[_Key, list[str]]) -> bool:
    """Return whether one letter in one long word is all that tells two names apart."""
    if rare == usual or (rare[1] and usual[1] and rare[1] != usual[1]):
        return False
    one, other = (_name(by_name[key][0]).words for key in (rare, usual))
    if len(one) != len(other):
        return False
    unlike = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return (
        len(unlike) == 1
        and all(len(word) >= SHORTEST_SLIP for word in unlike[0])
        and _one_off(*unlike[0])
    )


def _one_off(one: str, other: str) -> bool:
    """Return whether one letter is added, left out, another, or has changed places."""
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
