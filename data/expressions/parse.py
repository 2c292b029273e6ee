"""From the text of an expression to its tree, or a refusal that names the place.

Two nets. The first looks at the words, one by one, each with its position: only known columns,
functions and signs pass. The second (`convert`) rebuilds what sqlglot read from a closed set of
nodes; whatever is not in the set is refused, whatever it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from data.errors import near_miss
from data.expressions.convert import Converter
from data.expressions.functions import FUNCTIONS
from data.expressions.refusal import ExpressionError
from data.expressions.tree import ColumnType, Expression

__all__ = ["LONGEST", "ExpressionError", "parse"]

LONGEST = 2_000
"""Characters an expression may have. The longest real one seen has 300; bombs need room."""

_KEYWORDS = frozenset({
    "and", "or", "not", "is", "null", "in", "between", "like", "ilike", "true", "false", "case",
    "when", "then", "else", "end", "as",
})  # fmt: skip
_TYPE_WORDS = frozenset({
    "text", "varchar", "integer", "bigint", "int", "decimal", "numeric", "float", "double",
    "boolean", "date", "timestamp",
})  # fmt: skip
_QUERY_WORDS = frozenset({
    "select", "from", "with", "over", "union", "exists", "distinct", "filter", "where", "lambda",
    "interval", "array", "struct", "map", "group", "order", "limit", "window", "table", "values",
})  # fmt: skip
"""Words people try that belong to queries: told so, unless the table has such a column."""

_SIGNS = frozenset({
    "+", "-", "*", "/", "%", "=", "==", "<>", "!=", "<", "<=", ">", ">=", "(", ")", ",", "||",
    "::",
})  # fmt: skip
_VALUES = frozenset({TokenType.STRING, TokenType.NUMBER})
_DUCKDB = Dialect.get_or_raise("duckdb")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_WORD = re.compile(r"[^\W\d]\w*")


def parse(text: str, columns: Mapping[str, ColumnType]) -> Expression:
    """Return the tree of `text`, an expression over `columns`, names taken as they are written.

    Raises ExpressionError for everything outside the allowed set of nodes and functions, with the
    position of the word and the nearest one that is known.
    """
    _check_text(text)
    tokens = _with_columns_marked(_tokens(text), columns)
    converter = Converter(columns)
    root = converter.node(_parsed(tokens, text))
    return Expression(text, root, frozenset(converter.seen), root.type)


def _check_text(text: str) -> None:
    if not text.strip():
        raise ExpressionError("the expression is empty.")
    if len(text) > LONGEST:
        message = f"the expression has {len(text):,} characters; {LONGEST:,} are allowed."
        raise ExpressionError(message)
    if (found := unseen(text)) is not None:
        code, position = found
        message = f"the invisible character {code} is not allowed. Use plain spaces."
        raise ExpressionError(message, position)


def unseen(text: str) -> tuple[str, int] | None:
    """Return the first character nobody can see, as U+202E, and its place, counted from 1."""
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in _UNSEEN and character != "\n":
            return f"U+{ord(character):04X}", position
    return None


def _tokens(text: str) -> Sequence[Token]:
    try:
        return _DUCKDB.tokenize(text)
    except SqlglotError:
        message = "the expression cannot be read: a quote is open. Close every ' and \"."
        raise ExpressionError(message) from None


def _with_columns_marked(tokens: Sequence[Token], columns: Mapping[str, ColumnType]) -> list[Token]:
    """Return the tokens, each allowed, with the columns' names marked as names.

    Marked, a column may be called `comment` or `date` without quotes.
    """
    texts = ["", *(token.text.lower() for token in tokens), ""]
    marked = []
    for index, token in enumerate(tokens):
        word = Word(token, before=texts[index], after=texts[index + 2])
        word.check(columns)
        marked.append(word.as_name() if word.is_column(columns) else token)
    return marked


@dataclass(frozen=True)
class Word:
    """One word or sign of an expression between its neighbours."""

    token: Token
    before: str
    after: str

    @property
    def text(self) -> str:
        """The word in small letters, as keywords and functions are known."""
        return self.token.text.lower()

    @property
    def place(self) -> int:
        """Where the word stands, counted from 1."""
        return int(self.token.start) + 1

    def is_column(self, columns: Mapping[str, ColumnType]) -> bool:
        """Whether the word names a column and cannot be read as anything else."""
        if self.token.token_type in _VALUES or self.token.text not in columns:
            return False
        is_function = self.after == "(" and self.text in FUNCTIONS
        return not (is_function or self.is_type or self.text in _KEYWORDS)

    @property
    def is_type(self) -> bool:
        """Whether the word stands where a type does: after `as`, or before a date in quotes."""
        is_dated = self.text in {"date", "timestamp"} and self.after[:2].isdigit()
        return self.before in {"as", "::"} or is_dated

    def as_name(self) -> Token:
        """Return the token as a quoted name."""
        token = self.token
        return Token(
            TokenType.IDENTIFIER, token.text, token.line, token.col, token.start, token.end
        )

    def check(self, columns: Mapping[str, ColumnType]) -> None:
        """Raise ExpressionError unless the word may stand in an expression."""
        if self.token.comments:
            raise ExpressionError("comments are not allowed in an expression.", self.place)
        if self.token.token_type in _VALUES:
            return
        if self.token.token_type is TokenType.IDENTIFIER:
            _check_column(self.token.text, columns, self.place)
        elif _WORD.fullmatch(self.token.text):
            self._check_plain(columns)
        elif self.token.text not in _SIGNS:
            shown = self.token.text[:20]
            raise ExpressionError(f"'{shown}' is not allowed in an expression.", self.place)

    def _check_plain(self, columns: Mapping[str, ColumnType]) -> None:
        if self.text in _KEYWORDS:
            return
        if self.is_type:
            _check_type(self.text, self.after, self.place)
        elif self.after == "(":
            _check_function(self.text, self.place)
        else:
            _check_column(self.token.text, columns, self.place)


def _check_type(word: str, following: str, place: int) -> None:
    if word not in _TYPE_WORDS:
        known = ", ".join(sorted(_TYPE_WORDS))
        raise ExpressionError(f"no type '{word}'. Types are: {known}.", place)
    if following == "(":
        raise ExpressionError(f"the type {word} is written without digits.", place)


def _check_function(word: str, place: int) -> None:
    if word not in FUNCTIONS:
        hint = near_miss(word, FUNCTIONS) or f" Known are: {', '.join(sorted(FUNCTIONS))}."
        raise ExpressionError(f"no function '{word}'.{hint}", place)


def _check_column(name: str, columns: Mapping[str, ColumnType], place: int) -> None:
    if name in columns:
        return
    if name.lower() in _QUERY_WORDS:
        message = f"'{name}' is not allowed: an expression reads one row of its own table."
        raise ExpressionError(message, place)
    hint = near_miss(name, columns) or f" Known are: {', '.join(columns)}."
    raise ExpressionError(f"no column '{name}'.{hint}", place)


def _parsed(tokens: list[Token], text: str) -> exp.Expr:
    try:
        trees = _DUCKDB.parser().parse(tokens, text)
    except SqlglotError as error:
        raise _misread(error) from None
    except RecursionError:
        raise ExpressionError("the expression nests too deeply.") from None
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError("an expression is one value, not several.")
    return trees[0]


def _misread(error: SqlglotError) -> ExpressionError:
    details = getattr(error, "errors", None) or [{}]
    place = details[0].get("highlight") or ""
    before = details[0].get("start_context")
    position = None if before is None else len(before) + 1
    near = f" near '{place}'" if place.strip() else ""
    hint = " A column whose name is a word of the language goes in double quotes."
    return ExpressionError(f"the expression cannot be read{near}.{hint}", position)
