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
from typing import Annotated, Any, Literal, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from data.errors import Problem, near_miss

Form = TypeVar("Form", bound=BaseModel)


def read_toml(path: Path, file: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return what the file holds and the problems that keep it from being read.

    `file` is how the file is called in problems. With any problem the mapping is empty.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        return {}, [Problem(file, "", f"cannot be read: {error.strerror or error}.")]
    text, problems = _decoded(raw, file)
    if problems:
        return {}, problems
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
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
        path = [str(part) for part in details["loc"]]
        place = ".".join([key, *path] if key else path)
        yield Problem(file, place, _sentence(details, model))


def _sentence(details: ErrorDetails, model: type[BaseModel]) -> str:
    """Return what is wrong with one value, in words for the person who wrote the file."""
    found = details["input"]
    match details["type"]:
        case "extra_forbidden":
            known = sorted(_known_keys(model, details["loc"][:-1]))
            word = str(details["loc"][-1])
            hint = near_miss(word, known) or f" Known are: {', '.join(known)}."
            return f"unknown key '{word}'.{hint}"
        case "missing":
            return "is missing."
        case "literal_error" | "enum":
            options = re.findall(r"'([^']*)'", str(details.get("ctx", {}).get("expected", "")))
            hint = near_miss(str(found), options)
            return f"{_shown(found)} is not one of: {', '.join(options)}.{hint}"
        case "value_error":
            return str(details["ctx"]["error"])
        case kind:
            if kind in _WANTED:
                return f"{_WANTED[kind]}, not {_shown(found)}."
            return f"{_shown(found)} {details['msg'].removeprefix('Input ')}."


_WANTED = {
    "bool_type": "must be true or false",
    "string_type": 'must be a text in "quotes"',
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "tuple_type": "must be a list in [ ]",
    "list_type": "must be a list in [ ]",
    "dict_type": "must be a section of keys",
    "model_type": "must be a section of keys",
    "date_type": "must be a date like 2026-09-30, without quotes",
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
        case _:
            return str(value)


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> set[str]:
    """Return the keys a file may use at `path` below `model`, aliases as they are written."""
    places: list[object] = [model]
    for part in path:
        places = [inner for place in places for inner in _below(place, part)]
    return {
        field.alias or name
        for place in places
        if _is_model(place)
        for name, field in place.model_fields.items()
    }


def _below(place: object, part: int | str) -> Iterator[object]:
    """Yield the types found under one step of a path: a field, an item, or a union's tag."""
    if _is_model(place):
        fields = {field.alias or name: field for name, field in place.model_fields.items()}
        if part in fields:
            yield from _members(fields[str(part)].annotation)
        elif part in _tags(place):
            yield place
        return
    arguments = get_args(place)
    if arguments and isinstance(part, int):
        yield from _members(arguments[0])
    elif arguments:
        yield from _members(arguments[-1])


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
