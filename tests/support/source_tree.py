"""The project's own Python files, parsed once, for the tests that hold the house rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parents[2]

PACKAGES = ("dashboard", "pipelines", "metrics", "data")
FOLDERS = (*PACKAGES, "tests", "benchmarks")


@dataclass(frozen=True)
class Source:
    """One Python file: where it is in the repository, and what it says."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, filename=str(self.path))

    @property
    def package(self) -> str:
        """The top-level folder the file is in."""
        return self.path.parts[0]

    def is_in(self, *places: str) -> bool:
        """Say whether the file is in one of `places`; `a/b` means the folder and also `a/b.py`."""
        text = str(self.path)
        return any(text == f"{place}.py" or text.startswith(f"{place}/") for place in places)

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call in the file."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Yield every function and method in the file, nested ones too."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield (line, text) of every string but docstrings; an f-string without its values."""
        silent = {id(node) for node in self._docstrings()}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                silent.update(id(part) for part in node.values)
                yield node.lineno, _literal_parts(node)
            elif isinstance(node, ast.Constant) and id(node) not in silent:
                yield from ((node.lineno, value) for value in [node.value] if type(value) is str)

    def _docstrings(self) -> Iterator[ast.expr]:
        """Yield every string that stands alone as a statement: docstrings and attribute notes."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield node.value


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a name or attribute chain, and an empty text for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def read_sources(root: Path = REPOSITORY) -> tuple[Source, ...]:
    """Return every Python file of the project under `root`, in path order."""
    paths = (path for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    return tuple(
        Source(PurePosixPath(path.relative_to(root)), path.read_text(encoding="utf-8"))
        for path in sorted(paths)
        if "local" not in path.relative_to(root).parts
    )


def _literal_parts(node: ast.JoinedStr) -> str:
    parts = (part.value for part in node.values if isinstance(part, ast.Constant))
    return "{}".join(str(part) for part in parts)
