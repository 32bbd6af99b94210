"""The tree as its imports have it: files, rooms, circles. Imports in functions and under ``TYPE_CHECKING`` count like all others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import finfoundry

SOURCE = Path(finfoundry.__file__).resolve().parent
Graph = Mapping[str, set[str]]


@cache  # asked for once a module: a walk over the tree each time takes as long as all else here
def modules() -> Mapping[str, Path]:
    """Dotted name to file, packages included."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports() -> Graph:
    """Module to the modules of finfoundry that it imports anywhere in its text."""
    known = modules()
    return {name: set(_imported(path, known)) - {name} for name, path in known.items()}


def _imported(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "finfoundry":
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)


def room(module: str) -> str:
    """The folder of a module; a module at the top is a room of its own."""
    path = modules()[module]
    return module if path.name == "__init__.py" or module.count(".") <= 1 else module.rpartition(".")[0]


def rooms(graph: Graph) -> dict[str, set[str]]:
    """Room to the other rooms that it imports."""
    where = {module: room(module) for module in graph}
    found: dict[str, set[str]] = {name: set() for name in where.values()}
    for module, others in graph.items():
        found[where[module]] |= {where[other] for other in others} - {where[module]}
    return found


def both_ways(graph: Graph) -> list[tuple[str, str]]:
    """Pairs that import each other."""
    return sorted((one, other) for one, others in graph.items() for other in others if one < other and one in graph[other])


def circles(graph: Graph) -> list[list[str]]:
    """Groups in which each imports itself by way of the others (strongly connected components; Tarjan, 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def walk(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in number:
                walk(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == number[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in number:
            walk(node)
    return found


def crowded(most: int = 20) -> dict[str, int]:
    """Folders with more than ``most`` modules, the package's own file not counted."""
    counts = Counter(room(name) for name, path in modules().items() if path.name != "__init__.py")
    return {name: count for name, count in counts.items() if count > most and name.count(".")}


def at_the_top() -> list[str]:
    """Modules beside the packages."""
    return sorted(path.stem for path in SOURCE.glob("*.py") if path.stem not in ("__init__", "__main__"))


def class_names() -> dict[str, list[str]]:
    """Public class names that occur more than once, with their modules."""
    found: dict[str, list[str]] = {}
    for name, path in modules().items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(name)
    return {name: places for name, places in found.items() if len(places) > 1}


def file_names() -> dict[str, int]:
    """Names of files that occur more than twice."""
    counts = Counter(path.name for path in modules().values() if path.name != "__init__.py")
    return {name: count for name, count in counts.items() if count > 2}
