"""From evidence to the inputs of a review: each is fed, late, waived, or a gap with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from metrics.review import breakdowns, registers
from metrics.review.earlier import actions_table, decided_last_time, earlier_actions, overdue_days
from metrics.review.figures import change_in_words, figure, figure_id, signal
from metrics.review.gaps import (
    empty_gap,
    figure_gap,
    late_in_words,
    late_uploads,
    still_needed,
    stopped_gap,
    unlisted_gap,
)
from metrics.review.headlines import evidence_in_words, headline
from metrics.review.model import (
    Assembly,
    Evidence,
    Figure,
    Gap,
    Input,
    InputState,
    PurposeCoverage,
    RecordTable,
    Signal,
)
from metrics.review.own_tables import (
    objectives_table,
    redefinitions_table,
    restatements_table,
    shortfalls_table,
)
from metrics.review.ranking import ranked, reason
from metrics.review.registers import Lister, Listing
from metrics.review.standards import InputClause
from metrics.review.topics import Topic, topic_named

LISTERS: Mapping[str, Lister] = {
    "complaints": breakdowns.complaints,
    "survey_responses": breakdowns.survey_responses,
    "nonconformances": breakdowns.nonconformances,
    "corrective_actions": registers.corrective_actions,
    "process_measurements": breakdowns.process_measurements,
    "calibrations": registers.calibrations,
    "audits": registers.audits,
    "audit_findings": registers.audit_findings,
    "supplier_deliveries": breakdowns.supplier_deliveries,
    "trainings": registers.trainings,
    "risks": registers.risks,
    "context_changes": registers.context_changes,
}


def assemble(evidence: Evidence) -> Assembly:
    """Return every input of the review's standards, in clause order and by weight."""
    figures = {shown.id: shown for shown in (figure(each, evidence) for each in evidence.metrics)}
    inputs = tuple(_input(item, evidence, figures) for item in _agenda(evidence))
    return Assembly(
        review=evidence.review.id,
        title=evidence.review.title,
        period=evidence.period,
        as_of=evidence.as_of,
        standards=tuple(standard.title for standard in evidence.standards),
        inputs=inputs,
        ranked=ranked(inputs),
        restatements=restatements_table(evidence),
        redefinitions=redefinitions_table(evidence),
        purposes=_purposes(evidence),
        previous=evidence.previous.title if evidence.previous else None,
    )


@dataclass(frozen=True)
class _Item:
    """One topic of the agenda, with every clause of every standard that asks for it."""

    topic: Topic
    title: str
    clauses: tuple[str, ...]
    mandatory: bool


@dataclass(frozen=True)
class _Found:
    """What the evidence holds on one topic, before anybody judges it."""

    figures: tuple[Figure, ...]
    signals: tuple[Signal, ...]
    tables: tuple[RecordTable, ...]
    gaps: tuple[Gap, ...]
    late: tuple[str, ...]
    still_needs: str
    counts: tuple[str, ...]
    last_on: date | None
    is_fed: bool


def _agenda(evidence: Evidence) -> tuple[_Item, ...]:
    asked: dict[str, list[InputClause]] = {}
    for standard in evidence.standards:
        for clause in standard.inputs:
            asked.setdefault(clause.topic, []).append(clause)
    return tuple(
        _Item(
            topic_named(topic),
            clauses[0].title,
            tuple(each.clause for each in clauses),
            any(each.mandatory for each in clauses),
        )
        for topic, clauses in asked.items()
    )


def _input(item: _Item, evidence: Evidence, figures: Mapping[str, Figure]) -> Input:
    found = _found(item.topic, evidence, figures)
    said = next((each for each in evidence.inputs if each.topic == item.topic.id), None)
    narrative = (said.narrative or None) if said else None
    waived = (said.waived_reason or None) if said else None
    state = _state(found, narrative, waived)
    is_empty = not found.is_fed and narrative is None
    first = (empty_gap(item.topic, found.last_on, found.late),) if is_empty else ()
    unsaid = Input(
        topic=item.topic.id,
        clauses=item.clauses,
        title=item.title,
        mandatory=item.mandatory,
        state=state,
        headline="",
        evidence=evidence_in_words(found.figures, found.counts, narrative),
        changes=tuple(change for each in found.figures if (change := change_in_words(each))),
        figures=found.figures,
        signals=found.signals,
        tables=found.tables,
        gaps=(*first, *(gap for gap in found.gaps if not _is_said(gap, first))),
        late=found.late,
        decided_last_time=decided_last_time(evidence, item.topic.id),
        narrative=narrative,
        narrative_by=_named(evidence, said.narrative_by) if said else None,
        waived_reason=waived,
        waived_by=_named(evidence, said.waived_by) if said else None,
        owner=evidence.owners.get(item.topic.id),
        still_needs=_still_needs(state, found, narrative),
    )
    why = reason(unsaid, _overdue(item.topic, evidence))
    return replace(unsaid, headline=headline(unsaid), why_here=why)


def _is_said(gap: Gap, first: tuple[Gap, ...]) -> bool:
    """Return whether the input's own gap already says that a list stopped on this day."""
    return any(each.since is not None and each.since == gap.since for each in first)


def _named(evidence: Evidence, person: str | None) -> str | None:
    return None if person is None else evidence.people.get(person, person)


def _found(topic: Topic, evidence: Evidence, figures: Mapping[str, Figure]) -> _Found:
    shown = _figures_of(topic, evidence, figures)
    names = [table for table in topic.tables if _has_rows(evidence, table)]
    listings = [(name, _listing(name, evidence)) for name in names]
    own = _own_table(topic, evidence, figures)
    tables = [*([own] if own else []), *(each.list for _, each in listings if each.list)]
    stopped = [stopped_gap(topic, name, each, evidence.period.label) for name, each in listings]
    left_out = [name for name in topic.tables if name in evidence.unlisted]
    unlisted = [unlisted_gap(name, evidence.unlisted[name]) for name in left_out]
    given = {figure_id(each.metric.name, each.slice): each for each in evidence.metrics}
    uploads = late_uploads(evidence, {*topic.tables, *_tables_of(topic, evidence)})
    holes = [figure_gap(each, given[each.id]) for each in shown]
    return _Found(
        figures=shown,
        signals=tuple(special for each in shown if (special := signal(each))),
        tables=tuple(tables),
        gaps=tuple(gap for gap in [*stopped, *unlisted, *holes] if gap),
        late=late_in_words(uploads, evidence.as_of),
        still_needs=still_needed(uploads),
        counts=(
            *([own.evidence] if own else []),
            *(each.evidence for _, each in listings if each.list),
        ),
        last_on=max((each.last_on for _, each in listings if each.last_on), default=None),
        is_fed=any(each.value is not None for each in shown)
        or any(each.list for _, each in listings)
        or _feeds(topic, own),
    )


def _own_table(
    topic: Topic, evidence: Evidence, figures: Mapping[str, Figure]
) -> RecordTable | None:
    match topic.id:
        case "previous_actions":
            return actions_table(evidence)
        case "objectives":
            return objectives_table(evidence, figures)
        case "improvement_opportunities":
            return shortfalls_table(figures.values())
        case _:
            return None


def _feeds(topic: Topic, own: RecordTable | None) -> bool:
    """Return whether the topic's own list is evidence; objectives nobody measured are not."""
    return own is not None and topic.id != "objectives"


def _figures_of(
    topic: Topic, evidence: Evidence, figures: Mapping[str, Figure]
) -> tuple[Figure, ...]:
    """Return the figures of a topic; the objectives' own are those an objective rests on."""
    if topic.id == "objectives":
        return tuple(each for each in figures.values() if each.objective and not each.slice)
    wanted = {each.metric.name for each in evidence.metrics if each.metric.topic == topic.id}
    return tuple(each for each in figures.values() if each.metric in wanted)


def _tables_of(topic: Topic, evidence: Evidence) -> set[str]:
    return {
        table
        for each in evidence.metrics
        if each.metric.topic == topic.id
        for table in each.metric.tables
    }


def _has_rows(evidence: Evidence, table: str) -> bool:
    frame = evidence.records.get(table)
    return table in evidence.tables and frame is not None and not frame.is_empty()


def _listing(table: str, evidence: Evidence) -> Listing:
    return LISTERS[table](evidence.records[table], evidence.period, evidence.tables[table])


def _state(found: _Found, narrative: str | None, waived: str | None) -> InputState:
    if waived:
        return "waived"
    if not found.is_fed and narrative is None:
        return "gap"
    is_late = bool(found.late) or any(each.status == "late" for each in found.figures)
    return "late" if is_late else "fed"


def _overdue(topic: Topic, evidence: Evidence) -> list[int]:
    if topic.id != "previous_actions":
        return []
    days = [overdue_days(each, evidence) for each in earlier_actions(evidence)]
    return [each for each in days if each]


def _still_needs(state: InputState, found: _Found, narrative: str | None) -> str:
    if state == "waived":
        return ""
    needs = ["feed or waive"] if state == "gap" else []
    needs += [found.still_needs] if found.still_needs else []
    needs += ["narrative"] if narrative is None and state != "gap" else []
    return ", ".join(needs)


def _purposes(evidence: Evidence) -> tuple[PurposeCoverage, ...]:
    return tuple(
        PurposeCoverage(
            purpose.clause,
            purpose.title,
            tuple(
                each.metric.title
                for each in evidence.metrics
                if each.metric.purpose == purpose.clause and not each.slice
            ),
        )
        for standard in evidence.standards
        for purpose in standard.purposes
    )
