"""Who may do what, generated from the one table that says it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import data.records
from data.errors import NotAllowedError
from data.records.access import (
    MATRIX,
    ROLES,
    Action,
    Actor,
    Resource,
    Role,
    can,
    could,
    local_operator,
    require,
)

OWN, OTHER = Resource(process="casting"), Resource(process="delivery")
EXPECTED = {"all": (True, True, True), "own": (True, False, False), None: (False, False, False)}


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize("role", ROLES)
def test_the_answer_is_the_one_in_the_matrix(role: Role, action: Action) -> None:
    actor = Actor("somebody", frozenset({role}), frozenset({"casting"}))
    answers = can(actor, action, OWN), can(actor, action, OTHER), can(actor, action)
    assert answers == EXPECTED[MATRIX[action].get(role)]
    assert could(actor, action) == (role in MATRIX[action])


@pytest.mark.parametrize("action", get_args(Action))
def test_without_a_role_nothing_is_allowed_and_the_operator_may_everything(action: Action) -> None:
    assert not can(Actor("stranger", frozenset()), action, OWN)
    require(local_operator("operator"), action)


def test_the_matrix_has_every_action_and_no_other() -> None:
    assert set(MATRIX) == set(get_args(Action))


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    granted = {action for action, roles in MATRIX.items() if "auditor" in roles}
    assert granted == {"read", "read_audit_log", "see_personal_data"}


def test_an_admin_edits_no_data() -> None:
    granted = {action for action, roles in MATRIX.items() if "admin" in roles}
    assert granted == {
        "read",
        "read_audit_log",
        "compute",
        "edit_settings",
        "load_records",
        "edit_people",
        "edit_processes",
    }


def test_an_owner_may_complete_what_is_assigned_to_them_in_another_process() -> None:
    owner = Actor("somebody", frozenset({"owner"}), frozenset({"casting"}), "head-of-casting")
    assert can(owner, "complete_action", Resource("delivery", "head-of-casting"))
    assert not can(owner, "complete_action", Resource("delivery", "head-of-delivery"))


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(NotAllowedError) as refused:
        require(Actor("Clerk", frozenset({"viewer"})), "submit", OWN)
    assert str(refused.value) == (
        "Clerk (viewer) may not submit for the process 'casting'. "
        "It takes: owner of the process or quality manager."
    )


def write_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every public function of the room that takes an actor and an instant."""
    for path in sorted(Path(data.records.__file__).parent.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = {argument.arg for argument in node.args.args}
                if {"records", "actor", "at"} <= arguments:
                    yield f"{path.stem}.{node.name}", node


def _name_alone(value: object) -> str:
    return value if isinstance(value, str) else ""


def required_actions(function: ast.FunctionDef) -> list[object]:
    return [
        call.args[1].value
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "require"
        and isinstance(call.args[1], ast.Constant)
    ]


@pytest.mark.parametrize(("name", "function"), list(write_functions()), ids=_name_alone)
def test_every_write_asks_for_one_action_of_the_matrix(
    name: str, function: ast.FunctionDef
) -> None:
    asked = required_actions(function)
    assert len(asked) == 1, f"{name} asks {asked}"
    assert asked[0] in MATRIX


def test_the_write_functions_are_found() -> None:
    names = {name for name, _ in write_functions()}
    assert {"people.save_person", "batches.create_batch", "minutes.record_review_file"} <= names
    assert len(names) >= 25


def test_whatever_opens_a_write_takes_an_actor_and_an_instant() -> None:
    for path in Path(data.records.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "records.writing(" in ast.unparse(node):
                assert {"actor", "at"} <= {argument.arg for argument in node.args.args}, node.name
