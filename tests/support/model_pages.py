"""Markdown for pydantic models: one table of fields for a model and for each model inside it."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from inspect import getdoc
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from data.calendars import Calendar

FROM_THE_HEADER = "name"
"""The field that no key gives: it is the word in the TOML section's brackets."""

NAMED_BY_KEY = frozenset({"data.records.forms", "data.records.cycle_forms"})
"""Where `name` is a key like any other: a person's name."""

PLAIN = {
    "str": "text",
    "bool": "true or false",
    "int": "whole number",
    "float": "number",
    "Decimal": "number",
    "date": "date",
    "datetime": "date and time",
    "NoneType": "",
}


def models_page(root: type[BaseModel]) -> str:
    """Return a section for `root` and for each model its fields hold, in order of appearance."""
    return "\n".join(section(model, _title(model)) for model in models_in(root))


def models_in(root: type[BaseModel]) -> list[type[BaseModel]]:
    """Return `root` and every model reachable through its fields, each once."""
    found: list[type[BaseModel]] = [root]
    for model in found:
        for field in model.model_fields.values():
            found += [
                kind for kind in dict.fromkeys(_models(field.annotation)) if kind not in found
            ]
    return found


def undescribed(root: type[BaseModel]) -> list[str]:
    """Return `Model.field` for every field without a description; a nested model is its own."""
    return [
        f"{model.__name__}.{key}"
        for model in models_in(root)
        for key, field in model.model_fields.items()
        if not _is_header(model, key) and not _meaning(key, field)
    ]


def cells(*texts: str) -> str:
    """Return one row of a Markdown table."""
    escaped = (" ".join(text.split()).replace("|", "\\|") for text in texts)
    return f"| {' | '.join(escaped)} |"


def section(model: type[BaseModel], title: str) -> str:
    """Return one model's section: its sentence, then a row for each key a person may write.

    The column of meanings is left out where the keys say it all, and no field has one.
    """
    fields = list(model.model_fields.items())
    has_meanings = any(field.description for _, field in fields)
    heads = ["key", "value", "default", *(["meaning"] if has_meanings else [])]
    rows = [_row(key, field)[: len(heads)] for key, field in fields if not _is_header(model, key)]
    text = [f"#### {title}", "", *(getdoc(model) or "").splitlines(), ""]
    table = [cells(*heads), "|---" * len(heads) + "|", *(cells(*row) for row in rows)]
    return "\n".join([*text, *table]) + "\n"


def _row(key: str, field: FieldInfo) -> tuple[str, str, str, str]:
    name = f"`{field.alias or key}`"
    return name, _words(field.annotation), _default(field), _meaning(key, field)


def _is_header(model: type[BaseModel], key: str) -> bool:
    """Say whether no key gives the field: a name is in the brackets, a calendar in clause9.toml."""
    is_described = model.model_fields[key].description is not None
    is_said_elsewhere = model.model_fields[key].annotation is Calendar
    is_named = key == FROM_THE_HEADER and not is_described and model.__module__ not in NAMED_BY_KEY
    return is_named or is_said_elsewhere


def _title(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("kind")
    return f'kind = "{kind.default}"' if kind is not None and kind.default else model.__name__


def _meaning(key: str, field: FieldInfo) -> str:
    if field.description:
        return field.description
    if key == FROM_THE_HEADER:
        return "The word in the section's brackets."
    nested = list(_models(field.annotation))
    if nested:
        return "See " + ", ".join(_title(model) for model in nested) + "."
    is_kind = key == "kind" and get_origin(field.annotation) is Literal
    return "Names the kind." if is_kind else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or isinstance(value, BaseModel) or value in ((), {}, ""):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(_code(part) for part in (value if isinstance(value, tuple) else (value,)))


def _code(value: object) -> str:
    """Return a value as it is typed; what cannot be seen is shown in quotes."""
    text = str(value)
    return f"`{text}`" if text.strip() and text.isprintable() else f"`{json.dumps(text)}`"


def _words(annotation: Any) -> str:  # noqa: ANN401 - annotations have no common type
    """Return how a person would say which values `annotation` allows."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(inner[0])
    if origin is Literal:
        return " ".join(_code(value) for value in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(word for word in dict.fromkeys(map(_words, inner)) if word)
    if origin is tuple:
        return f"list of {_words(inner[0])}"
    if origin is dict:
        return f"table of {_words(inner[1])}"
    name = getattr(annotation, "__name__", str(annotation))
    return PLAIN.get(name, "section")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401
    """Yield the models inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
