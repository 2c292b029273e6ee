"""Reading definition files: TOML in, or every problem with file, key and near miss.

Tables, settings, metrics and mappings are all read through here, so that a wrong file is reported
in the same words whoever reads it.
"""

from __future__ import annotations

import re
import tomllib
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, Any, Literal, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from data.errors import Problem, near_miss

Form = TypeVar("Form", bound=BaseModel)

LARGEST = 2_000_000
"""Bytes a definition file may have: a mapping of 20,000 values fits, and is read in seconds."""

_ENDLESS = re.compile(r"\d{4301}")
"""More digits than Python makes a number of."""


def read_toml(path: Path, file: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return what the file holds and the problems that keep it from being read.

    `file` is how the file is called in problems. With any problem the mapping is empty.
    """
    raw, problems = _bytes(path, file)
    if problems:
        return {}, problems
    text, problems = _decoded(raw, file)
    if problems:
        return {}, problems
    try:
        return tomllib.loads(text), []
    except RecursionError:
        return {}, [Problem(file, "", "is nested too deeply to be a definition.")]
    except ValueError as error:  # TOMLDecodeError, and a number of thousands of digits
        if endless := _ENDLESS.search(text):
            line = text.count("\n", 0, endless.start()) + 1
            return {}, [Problem(file, f"line {line}", "holds a number of thousands of digits.")]
        place = _place_of(str(error), text)
        return {}, [Problem(file, place, _syntax_sentence(str(error)))]


def validated(
    model: type[Form], values: object, file: str, key: str = ""
) -> tuple[Form | None, list[Problem]]:
    """Return `values` as `model`, or None and every problem of them.

    `key` is where the values stand in the file; the problems' keys start with it.
    """
    try:
        return model.model_validate(values), []
    except ValidationError as error:
        return None, list(_problems(error, model, file, key))


def _bytes(path: Path, file: str) -> tuple[bytes, list[Problem]]:
    """Return what the file holds; a pipe or a device is not opened, for it may never end."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            return b"", [Problem(file, "", "is no file that can be read as a definition.")]
        if status.st_size > LARGEST:
            message = f"has {status.st_size / 1e6:,.1f} MB; a definition file has at most"
            return b"", [Problem(file, "", f"{message} {LARGEST / 1e6:g} MB. Split it.")]
        return path.read_bytes(), []
    except OSError as error:
        return b"", [Problem(file, "", f"cannot be read: {error.strerror or error}.")]


def _decoded(raw: bytes, file: str) -> tuple[str, list[Problem]]:
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        message = "starts with a byte order mark. Save the file as UTF-8 without BOM."
        return "", [Problem(file, "line 1", message)]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"holds the byte 0x{raw[error.start]:02x}, which is not UTF-8. Save it as UTF-8."
        return "", [Problem(file, f"line {line}", message)]
    lines = enumerate(text.split("\n"), start=1)
    tabs = [number for number, line in lines if "\t" in line]
    message = "holds a tab, which cannot be seen. Use spaces."
    return text, [Problem(file, f"line {number}", message) for number in tabs]


def _place_of(message: str, text: str) -> str:
    place = re.search(r"\(at (line \d+, column \d+)\)", message)
    return place.group(1) if place else f"line {text.count(chr(10)) + 1}"


def _syntax_sentence(message: str) -> str:
    plain = re.sub(r"\s*\(at [^)]*\)$", "", message)
    if plain.startswith(("Cannot overwrite", "Cannot declare")):
        plain += ": the key or the section is already there above"
    return f"is not TOML: {plain}."


def _problems(
    error: ValidationError, model: type[BaseModel], file: str, key: str
) -> Iterator[Problem]:
    for details in error.errors():
        shown, known, is_hidden = _walked(model, details["loc"])
        if is_hidden:
            details = {**details, "input": _Hidden()}  # noqa: PLW2901 what is said is made of it
        tag = _tag_key(details)
        place = ".".join(part for part in (key, *shown, tag) if part).replace(".#", "#")
        yield Problem(file, place, _tag_sentence(details) if tag else _sentence(details, known))


class _Hidden:
    """A value in a section that hides its values, because one might be a password."""


def _tag_key(details: ErrorDetails) -> str:
    """Return the key that says which model of a union is meant, when that key is the problem."""
    of_union = details["type"] in {"union_tag_invalid", "union_tag_not_found"}
    return str(details["ctx"]["discriminator"]).strip("'") if of_union else ""


def _tag_sentence(details: ErrorDetails) -> str:
    context = details["ctx"]
    if "tag" in context:
        found = details["input"] if isinstance(details["input"], _Hidden) else context["tag"]
        return _not_one_of(found, str(context["expected_tags"]))
    return "is missing. It says of which kind the section is."


def _sentence(details: ErrorDetails, known: set[str]) -> str:
    """Return what is wrong with one value; `known` are the keys there are in its section."""
    found = details["input"]
    match details["type"]:
        case "extra_forbidden":
            word = str(details["loc"][-1])
            hint = near_miss(word, known) or f" Known are: {', '.join(sorted(known))}."
            return f"unknown key '{word}'.{hint}"
        case "missing":
            return "is missing."
        case "literal_error":
            return _not_one_of(found, str(details["ctx"]["expected"]))
        case "value_error":
            return str(details["ctx"]["error"])
        case kind if kind in _WANTED:
            return f"{_WANTED[kind]}, not {_shown(found)}."
        case _:
            return f"{_shown(found)} {details['msg'].removeprefix('Input ')}."


def _not_one_of(found: object, expected: str) -> str:
    options = re.findall(r"'([^']*)'", expected)
    hint = near_miss(str(found), options)
    return f"{_shown(found)} is not one of: {', '.join(options)}.{hint}"


_WANTED = {
    "bool_type": "must be true or false",
    "string_type": 'must be a text in "quotes"',
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "tuple_type": "must be a list in [ ]",
    "list_type": "must be a list in [ ]",
    "dict_type": "must be a section of keys",
    "model_type": "must be a section of keys",
    "model_attributes_type": "must be a section of keys",
    "date_type": "must be a date like 2026-09-30, without quotes",
    "string_too_short": "must be a text with something in it",
    "date_parsing": "must be a date like 2026-09-30, without quotes",
    "date_from_datetime_parsing": "must be a date like 2026-09-30, without quotes",
}


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            text = value if len(value) <= 60 else value[:59] + "…"
            return f"'{text}'"
        case Mapping():
            return "a section"
        case list():
            return "a list"
        case _Hidden():
            return "what it says"
        case _:
            return str(value)


def _walked(
    model: type[BaseModel], path: tuple[int | str, ...]
) -> tuple[list[str], set[str], bool]:
    """Return a path as a person would write it, the keys known at its end, and if it is hidden.

    It is where it leads into a section that hides its values. The second of several sections is
    `#2`. Words that pydantic puts into a path to tell which model of a union it tried are left out:
    they are not in the file.
    """
    shown: list[str] = []
    places: list[object] = [model]
    known: set[str] = set()
    is_hidden = False
    for part in path:
        known = {key for place in places if _is_model(place) for key in _fields(place)}
        tried = [place for place in places if _is_model(place) and part in _tags(place)]
        if tried and part not in known:
            places = list(tried)
            continue
        shown.append(f"#{part + 1}" if isinstance(part, int) else part)
        places = [inner for place in places for inner in _below(place, part)]
        is_hidden |= any(map(_hides, places))
    return shown, known, is_hidden


def _hides(place: object) -> bool:
    return _is_model(place) and bool(place.model_config.get("hide_input_in_errors"))


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the key a file uses for each."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _below(place: object, part: int | str) -> Iterator[object]:
    """Yield the types found one step below a type: a field's, or an item's."""
    if _is_model(place):
        field = _fields(place).get(str(part))
        yield from _members(field.annotation) if field else ()
        return
    arguments = get_args(place)
    if arguments:
        yield from _members(arguments[0 if isinstance(part, int) else -1])


def _members(annotation: object) -> Iterator[object]:
    """Yield the alternatives of a type, unions opened."""
    if get_origin(annotation) is Annotated:
        yield from _members(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, types.UnionType}:
        for argument in get_args(annotation):
            yield from _members(argument)
    else:
        yield annotation


def _tags(model: type[BaseModel]) -> set[object]:
    """Return the words that tell one model of a tagged union from another."""
    return {
        tag
        for field in model.model_fields.values()
        if get_origin(field.annotation) is Literal
        for tag in get_args(field.annotation)
    } | {model.__name__}


def _is_model(place: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(place, type) and issubclass(place, BaseModel)
