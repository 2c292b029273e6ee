"""Who may do what: one table of action by role, and the two functions that read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from data.errors import NotAllowedError

Role = Literal["viewer", "owner", "quality_manager", "top_management", "auditor", "admin"]

Action = Literal[
    "read",
    "read_audit_log",
    "see_personal_data",
    "submit",
    "remember_mapping",
    "revert_batch",
    "close_period",
    "compute",
    "comment",
    "edit_definitions",
    "edit_settings",
    "load_records",
    "edit_people",
    "edit_processes",
    "edit_objectives",
    "set_target",
    "record_event",
    "set_phase",
    "plan_review",
    "record_minutes",
    "waive_input",
    "decide",
    "add_action",
    "complete_action",
    "verify_action",
    "conclude",
    "sign_review",
    "run_cycle",
    "check_cycle",
]

Scope = Literal["all", "own"]
"""all: on anything; own: only on one's own processes, or on what one is named for in person."""

MATRIX: Mapping[Action, Mapping[Role, Scope]] = {
    "read": {
        "viewer": "all",
        "owner": "all",
        "quality_manager": "all",
        "top_management": "all",
        "auditor": "all",
        "admin": "all",
    },
    "read_audit_log": {
        "quality_manager": "all",
        "top_management": "all",
        "auditor": "all",
        "admin": "all",
    },
    "see_personal_data": {"owner": "own", "quality_manager": "all", "auditor": "all"},
    "submit": {"owner": "own", "quality_manager": "all"},
    "remember_mapping": {"owner": "own", "quality_manager": "all"},
    "revert_batch": {"quality_manager": "all"},
    "close_period": {"quality_manager": "all"},
    "compute": {"quality_manager": "all", "admin": "all"},
    "comment": {"owner": "own", "quality_manager": "all", "top_management": "all"},
    "edit_definitions": {"quality_manager": "all"},
    "edit_settings": {"admin": "all"},
    "load_records": {"quality_manager": "all", "admin": "all"},
    "edit_people": {"admin": "all"},
    "edit_processes": {"quality_manager": "all", "admin": "all"},
    "edit_objectives": {"quality_manager": "all"},
    "set_target": {"quality_manager": "all"},
    "record_event": {"owner": "own", "quality_manager": "all"},
    "set_phase": {"owner": "own", "quality_manager": "all"},
    "plan_review": {"quality_manager": "all"},
    "record_minutes": {"quality_manager": "all"},
    "waive_input": {"quality_manager": "all", "top_management": "all"},
    "decide": {"quality_manager": "all", "top_management": "all"},
    "add_action": {"quality_manager": "all", "top_management": "all"},
    "complete_action": {"owner": "own", "quality_manager": "all", "top_management": "all"},
    "verify_action": {"quality_manager": "all", "top_management": "all"},
    "conclude": {"quality_manager": "all", "top_management": "all"},
    "sign_review": {"top_management": "all"},
    "run_cycle": {"owner": "own", "quality_manager": "all"},
    "check_cycle": {"owner": "own", "quality_manager": "all"},
}
"""The whole of permissions. What a row does not grant is denied. The quality manager types the
minutes, the conclusion among them; only top management signs, which is what closes a review.
Loading a file takes what each of its sections takes besides."""

ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Actor:
    """Somebody who does something: the name the audit log keeps, the roles, the own processes.

    `person` is the id in the people table, or None for somebody who is not in it.
    """

    name: str
    roles: frozenset[Role]
    processes: frozenset[str] = field(default_factory=frozenset)
    person: str | None = None


@dataclass(frozen=True)
class Resource:
    """What is acted on: the process it belongs to and the person named for it, if there are."""

    process: str | None = None
    person: str | None = None


def local_operator(name: str) -> Actor:
    """Return an actor with every role, for access mode `none`: whoever sits at the machine."""
    return Actor(name, frozenset(ROLES))


def can(actor: Actor, action: Action, resource: Resource | None = None) -> bool:
    """Return whether the actor may do `action` to `resource`; None is something nobody owns."""
    granted = MATRIX[action]
    scopes = {granted[role] for role in actor.roles if role in granted}
    return "all" in scopes or ("own" in scopes and _is_own(actor, resource))


def could(actor: Actor, action: Action) -> bool:
    """Return whether there is anything the actor may do `action` to; for menus, not a check."""
    return any(role in MATRIX[action] for role in actor.roles)


def require(actor: Actor, action: Action, resource: Resource | None = None) -> None:
    """Raise NotAllowedError, which says who may, unless the actor may do `action` to `resource`."""
    if not can(actor, action, resource):
        raise NotAllowedError(_refusal(actor, action, resource))


def _is_own(actor: Actor, resource: Resource | None) -> bool:
    if resource is None:
        return False
    owns_process = resource.process is not None and resource.process in actor.processes
    is_named = resource.person is not None and resource.person == actor.person
    return owns_process or is_named


def _refusal(actor: Actor, action: Action, resource: Resource | None) -> str:
    roles = ", ".join(_words(role) for role in sorted(actor.roles)) or "no role"
    what = _words(action)
    if resource is not None and resource.process is not None:
        what += f" for the process '{resource.process}'"
    who = " or ".join(
        _words(role) + (" of the process" if scope == "own" else "")
        for role, scope in MATRIX[action].items()
    )
    return f"{actor.name} ({roles}) may not {what}. It takes: {who}."


def _words(name: str) -> str:
    return name.replace("_", " ")
