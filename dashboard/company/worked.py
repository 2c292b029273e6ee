"""Whether an action worked, in a line to stand beside it: what its PDCA cycle says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import polars as pl

from dashboard.company.opened import Company
from data.records import cycles
from data.records.cycle_models import Cycle, CycleCheck, SourceKind
from metrics import pdca
from metrics.review.wording import short_day
from metrics.trend.verdict import VERDICT_WORDS, Verdict


def worked_lines(company: Company, kind: SourceKind) -> dict[str, str]:
    """Return, by the id of what opened it, what the last check of each cycle said."""
    every, checks = cycles.cycles(company.records), cycles.checks(company.records)
    return {
        each.source: _line(each, checks.get(each.id, []))
        for each in every
        if each.source_kind == kind and each.source is not None
    }


def with_worked(company: Company, records: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the records with `worked` beside each corrective action, where one has a cycle."""
    kept, name = dict(records), "corrective_actions"
    lines = worked_lines(company, "corrective_action")
    if name in kept and lines:
        known = pl.DataFrame({"corrective_action_id": list(lines), "worked": list(lines.values())})
        kept[name] = kept[name].join(
            known, on="corrective_action_id", how="left", maintain_order="left"
        )
    return kept


def _line(cycle: Cycle, checks: list[CycleCheck]) -> str:
    following = f" Followed by {cycle.next_cycle}." if cycle.next_cycle else ""
    kept, due = pdca.last_done(checks), pdca.next_check(cycle, checks)
    if kept is not None:
        word = VERDICT_WORDS[cast("Verdict", kept.verdict)]
        said = f"{word[0].lower()}{word[1:]}. {(kept.detail or {}).get('in_short', '')}"
        return f"{cycle.id}, checked {short_day(kept.done_on)}: {said.strip()}{following}"
    waits = {
        "plan": "its plan is not fixed yet",
        "do": "its plan is fixed, nothing is recorded as done yet",
    }.get(cycle.state, "not checked yet")
    return f"{cycle.id}: {waits}" + (f"; check on {short_day(due.due_on)}" if due else "")
