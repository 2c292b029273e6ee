"""`clause9 sources propose`: what a new file holds, and the mapping that reads it from now on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.cli import shell
from data.errors import UsageError

if TYPE_CHECKING:
    from pipelines.mapping import Mapping
    from pipelines.understand import Proposal


def propose(  # noqa: PLR0913, PLR0917 - a command has as many parameters as options
    file: Annotated[Path, typer.Argument(help="The file to look at.")],
    table: Annotated[str | None, typer.Option(help="Only what fits this table of ours.")] = None,
    language: Annotated[
        str | None, typer.Option(help="The language of its month names: sv, fr.")
    ] = None,
    choose: Annotated[
        int | None, typer.Option(help="Which of several tables in the file, by its number.")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option(help="An answer to a question: process=sales. Repeat it.")
    ] = None,
    write: Annotated[
        str | None, typer.Option(help="Remember the mapping in sources/ under this name.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Say what a file seems to hold, ask what it leaves open, and write the mapping for it."""
    from dashboard.company import describing

    if not file.is_file():
        raise UsageError(f"There is no file {file}.")
    company = shell.open_company()
    found = describing.propose_mappings(company, file, table=table, language=language)
    numbered = dict(enumerate(found, start=1))
    if choose is not None and choose not in numbered:
        raise UsageError(f"--choose {choose}: the file has {len(found)} tables to choose from.")
    if (answer or write) and choose is None and len(found) > 1:
        raise UsageError(
            f"{file.name} has {len(found)} tables that can be read. Say which is meant: "
            + ", ".join(f"--choose {n} ({one.place})" for n, one in numbered.items())
        )
    shown = (
        numbered if choose is None and len(found) > 1 else {choose or 1: found[(choose or 1) - 1]}
    )
    settled = {n: _settled(one, _pairs(answer or [])) for n, one in shown.items()}
    written = None
    if write is not None:
        ((number, (proposal, mapping)),) = settled.items()
        named = _named(mapping, write)
        settled = {number: (proposal, named)}
        written = describing.remember_mapping(company, named, actor=shell.actor())
    if as_json:
        return shell.print_json([_as_json(n, *pair, written) for n, pair in settled.items()])
    for number, (proposal, mapping) in settled.items():
        _tell(number, proposal, mapping, len(found))
    if written:
        shell.say(f"Remembered in {written}. Then: clause9 ingest {file} --mapping {write}")
    return None


def _pairs(answers: list[str]) -> dict[str, str]:
    broken = [text for text in answers if "=" not in text]
    if broken:
        raise UsageError(f"--answer {broken[0]}: expected key=value, such as process=sales.")
    # Keys end with a text of the file, which may hold an equals sign itself; answers do not.
    return {key: value for key, _, value in (text.rpartition("=") for text in answers)}


def _settled(proposal: Proposal, answers: dict[str, str]) -> tuple[Proposal, Mapping | None]:
    """Return the proposal as far as it is answered, and the mapping if it is wholly."""
    from pipelines.understand import Proposal, answered

    made = answered(proposal, answers)
    return (made, None) if isinstance(made, Proposal) else (proposal, made)


def _named(mapping: Mapping | None, name: str) -> Mapping:
    if mapping is None:
        raise UsageError(
            "Questions are open, so nothing is written. Answer them: --answer process=sales"
        )
    return mapping.model_copy(update={"name": name})


def _tell(number: int, proposal: Proposal, mapping: Mapping | None, count: int) -> None:
    from pipelines.mapping.write import mapping_toml

    shell.say(f"{number} of {count}: {proposal.place}")
    for sentence in proposal.why:
        shell.say(f"  {sentence}")
    for question in [] if mapping else proposal.questions:
        choices = f" [{' | '.join(question.choices)}]" if question.choices else ""
        shell.say(f"  ? {question.sentence}{choices}\n      --answer '{question.key}=…'")
    typer.echo(mapping_toml(mapping or proposal.mapping))


def _as_json(
    number: int, proposal: Proposal, mapping: Mapping | None, written: Path | None
) -> dict[str, Any]:
    from pipelines.mapping.write import mapping_toml

    return {
        "number": number,
        "place": proposal.place,
        "confidence": proposal.confidence,
        "why": proposal.why,
        "questions": [] if mapping else [vars(question) for question in proposal.questions],
        "is_complete": mapping is not None,
        "toml": mapping_toml(mapping or proposal.mapping),
        "written": written,
    }
