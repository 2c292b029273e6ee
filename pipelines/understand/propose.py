"""Propose mappings for a file, and make each true by the answers of a person."""

from __future__ import annotations

from collections import Counter, abc
from dataclasses import replace
from pathlib import Path

from data.errors import RefusedInputError, UsageError, near_miss
from data.tables import Table
from pipelines.mapping.checks import mapping_findings
from pipelines.mapping.model import Mapping
from pipelines.readers.look import SheetLook
from pipelines.readers.open import look
from pipelines.readers.raw import Limits
from pipelines.understand.blocks import Block, blocks_of
from pipelines.understand.events import EventsDraft, fitting_tables
from pipelines.understand.figures import FiguresDraft, Known
from pipelines.understand.matching import matched
from pipelines.understand.proposal import Draft, Proposal, Settled
from pipelines.understand.shapes import shape_of, why_not

FIGURES = "metric_values"
"""The table of figures by period."""


def propose(  # noqa: PLR0913 what is known about a file is said by name
    path: Path,
    name: str,
    tables: abc.Mapping[str, Table],
    *,
    table: str | None = None,
    language: str | None = None,
    limits: Limits | None = None,
    metrics: abc.Iterable[str] = (),
    processes: abc.Iterable[str] = (),
) -> tuple[Proposal, ...]:
    """Return a mapping proposed for each table of the file that can be read, the surest first.

    `name` is what the file is called, `table` the only table of ours that is meant; `metrics` and
    `processes` are names the company has, offered as answers. Raises RefusedInputError, saying for
    each table of the file why it cannot be read, where none can.
    """
    known = Known(tuple(metrics), tuple(processes), language)
    meant = tables if table is None else {table: tables[table]}
    return proposed(look(path, name, limits), name, meant, known)


def proposed(
    sheets: abc.Sequence[SheetLook], file: str, tables: abc.Mapping[str, Table], known: Known
) -> tuple[Proposal, ...]:
    """Return the proposals for a file somebody has looked at already."""
    blocks = [block for sheet in sheets for block in blocks_of(sheet)]
    drafts = [(block, d) for block in blocks for d in _drafts(block, file, tables, known)]
    if not drafts:
        raise RefusedInputError(f"{file}: {_why_none(blocks)}")
    is_only = len(drafts) == 1
    counts: Counter[str | None] = Counter()
    made = []
    for block, draft in drafts:
        counts[block.sheet.name] += 1
        numbered = replace(draft, is_only=is_only, number=counts[block.sheet.name])
        made.append(_proposal(block, numbered))
    return tuple(sorted(made, key=lambda proposal: -proposal.confidence))


def answered(proposal: Proposal, answers: abc.Mapping[str, str]) -> Proposal | Mapping:
    """Return the mapping, or the proposal with the questions these answers leave or raise.

    Answers given before stay. Raises UsageError for an answer to nothing, or one that is none.
    """
    if proposal.draft is None:
        return proposal.mapping
    given = {**proposal.answers, **answers}
    settled = proposal.draft.settled(given)
    unknown = [key for key in answers if key not in settled.keys]
    if unknown:
        hint = near_miss(unknown[0], [question.key for question in settled.questions])
        raise UsageError(f"{unknown[0]}: that is not asked.{hint}")
    if settled.questions:
        return _again(proposal, settled, given)
    tables = {proposal.draft.table.name: proposal.draft.table}
    findings = [f"{key}: {message}" for key, message in mapping_findings(settled.mapping, tables)]
    if findings:
        raise UsageError("The answers make no mapping that can be read. " + " ".join(findings))
    return settled.mapping


def _drafts(
    block: Block, file: str, tables: abc.Mapping[str, Table], known: Known
) -> abc.Iterator[FiguresDraft | EventsDraft]:
    """Yield what a table may become: events where its headers are a table's, else figures."""
    events = [table for name, table in tables.items() if name != FIGURES]
    fitting = fitting_tables(block, events)
    if len(tables) == 1 and events and not fitting:
        # Somebody says which table is meant, so what its headers do not say is asked for.
        fitting = [(table, matched(block, table)) for table in events]
    for table, found in fitting:
        yield EventsDraft(file, block, table, found, known, is_only=True)
    shape = None if fitting else shape_of(block, known.language)
    if shape is not None and FIGURES in tables:
        yield FiguresDraft(file, block, shape, tables[FIGURES], known, is_only=True)


def _proposal(block: Block, draft: Draft) -> Proposal:
    settled = draft.settled({})
    return Proposal(
        mapping=settled.mapping,
        why=settled.why,
        questions=settled.questions,
        confidence=_confidence(block, settled),
        place=block.place,
        draft=draft,
    )


def _again(proposal: Proposal, settled: Settled, given: abc.Mapping[str, str]) -> Proposal:
    return replace(
        proposal,
        mapping=settled.mapping,
        why=settled.why,
        questions=settled.questions,
        answers=dict(given),
    )


def _confidence(block: Block, settled: Settled) -> float:
    """Return how sure a proposal is: less for each question, for hidden sheets and small tables."""
    sure = 0.95 - 0.05 * len(settled.questions)
    sure -= 0.2 * block.sheet.is_hidden + 0.1 * (len(block.body) < 4)
    return round(max(sure, 0.1), 2)


def _why_none(blocks: abc.Sequence[Block]) -> str:
    if not blocks:
        return (
            "no table was found in it: no row of names with rows of cells below. "
            "Put the names of the columns into one row."
        )
    reasons: dict[str, list[str]] = {}
    for block in blocks:
        reasons.setdefault(why_not(block), []).append(f"{block.place} ({_named(block)})")
    told = [f"{listed(places)}: {reason}" for reason, places in reasons.items()]
    return f"no figures by period were found. {' '.join(told)}"


def listed(places: abc.Sequence[str]) -> str:
    """Return the first few places, and how many more there are."""
    more = f" and {len(places) - 4} more tables" if len(places) > 4 else ""
    return "; ".join(places[:4]) + more


def _named(block: Block) -> str:
    names = [name for name in block.header.names if name]
    return ", ".join(name[:30] for name in names[:4]) + (", …" if len(names) > 4 else "")


__all__ = ["answered", "propose", "proposed"]
