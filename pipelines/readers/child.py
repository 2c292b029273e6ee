"""The process that parses one file and may die of it: `python -m pipelines.readers.child`.

With `--fork` it stays, and forks one for each file (`forks` says why).

Reads a request (JSON) from standard input, writes frames as Arrow files into the request's folder,
and answers with JSON on standard output: parts, or the sentence of a refusal.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from data.errors import RefusedInputError
from pipelines.readers.columnar import read_parquet
from pipelines.readers.delimited import read_delimited, unpacked
from pipelines.readers.json_records import read_json
from pipelines.readers.kinds import FileKind, kind_of
from pipelines.readers.look import SheetLook, look_at
from pipelines.readers.raw import Ask, Mark, Part
from pipelines.readers.workbook import read_workbook


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of each ask, or the looks, or {"refused": sentence}; frames go to files."""
    path, folder = Path(request["path"]), Path(request["folder"])
    try:
        kind = kind_of(path)
        if request.get("look"):
            looks = look_at(path, kind, request["max_bytes"])
            return {"looks": [_kept(look, folder / f"{i}.arrow") for i, look in enumerate(looks)]}
        if "marks" in request:
            return {"marked": _marked(path, kind, request, folder / "marked.xlsx")}
        groups = [
            _read(path, kind, Ask(**ask), request["max_bytes"])
            for ask in map(_tuples, request["asks"])
        ]
    except RefusedInputError as refusal:
        return {"refused": str(refusal)}
    return {
        "kind": kind.removesuffix(".gz"),
        "groups": [
            [_written(part, folder / f"{i}-{j}.arrow") for j, part in enumerate(parts)]
            for i, parts in enumerate(groups)
        ],
    }


def _tuples(ask: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in ask.items()}


def _read(path: Path, kind: FileKind, ask: Ask, max_bytes: int) -> list[Part]:
    match kind:
        case "xlsx" | "xls" | "xlsb" | "ods":
            return read_workbook(path, kind, ask)
        case "parquet":
            return [read_parquet(path)]
        case "json" | "json.gz":
            return [read_json(_bytes(path, kind, max_bytes), ask)]
        case _:
            return [read_delimited(_bytes(path, kind, max_bytes), ask)]


def _marked(path: Path, kind: FileKind, request: dict[str, Any], target: Path) -> str:
    # openpyxl takes longer to import than most files take to be read.
    from pipelines.readers.marking import mark_parts, mark_workbook  # noqa: PLC0415

    marks = [Mark(**mark) for mark in request["marks"]]
    if kind != "xlsx" or not mark_workbook(path, marks, target):
        asks = [Ask(**ask) for ask in map(_tuples, request["asks"])]
        parts = [part for ask in asks for part in _read(path, kind, ask, request["max_bytes"])]
        mark_parts(parts, marks, target)
    return target.name


def _bytes(path: Path, kind: FileKind, max_bytes: int) -> bytes:
    data = path.read_bytes()
    return unpacked(data, max_bytes) if kind.endswith(".gz") else data


def _kept(look: SheetLook, path: Path) -> dict[str, Any]:
    look.top.write_ipc(path, compression="uncompressed")
    return {**vars(look), "top": path.name}


def _written(part: Part, path: Path) -> dict[str, Any]:
    part.frame.write_ipc(path, compression="uncompressed")
    return {
        "frame": path.name,
        "sheet": part.sheet,
        "header_row": part.header_row,
        "headers": part.headers,
        "warnings": part.warnings,
        "flaws": [asdict(flaw) for flaw in part.flaws],
        "has_controls": part.has_controls,
        "marker": dict(part.marker),
        "letters": dict(part.letters),
    }


def limit(megabytes: int, seconds: int) -> None:
    """Let this process take no more than so much memory and processor time; past it, it dies."""
    with contextlib.suppress(ImportError):  # Windows has no resource module: time limit only
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer the one request on standard input; with --fork, fork for each that comes in there."""
    if sys.argv[1:] == ["--fork"]:
        _fork_for_each(socket.socket(fileno=sys.stdin.fileno()))
        return
    request = json.load(sys.stdin)
    limit(request["memory_mb"], request["cpu_seconds"])
    json.dump(answer(request), sys.stdout)


def _fork_for_each(control: socket.socket) -> None:
    """Fork for every socket whose descriptor comes in, until nobody is left who could send one.

    This process opens no file itself.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended forks leave nothing behind
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is told, and ends us
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _answer_and_end(descriptors[0])
        os.close(descriptors[0])


def _answer_and_end(descriptor: int) -> None:
    """Answer the one request that comes in over the descriptor; this process then ends."""
    code = 1
    # What went wrong is told by the process started anew that is asked then.
    with contextlib.suppress(BaseException):
        with socket.socket(fileno=descriptor) as theirs:
            request = json.loads(b"".join(iter(lambda: theirs.recv(1 << 16), b"")))
            # Python may be deep inside a parser: the signal's own action ends the process.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, request["seconds"])
            limit(request["memory_mb"], request["cpu_seconds"])
            theirs.sendall(json.dumps(answer(request)).encode())
        code = 0
    os._exit(code)


if __name__ == "__main__":
    main()
