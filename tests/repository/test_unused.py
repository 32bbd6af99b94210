"""Nothing is declared and unused: names of modules, and packages that are installed with the product."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from tests.repository.imports import SOURCE

ROOT = Path(__file__).parents[2]
READ = (".py", ".html", ".js", ".yaml", ".toml")
# Loaded by another package, never by name: uvicorn takes the first two where they are there, FastAPI the third for forms.
LOADED_BY_OTHERS = {"httptools", "uvloop", "python-multipart"}
EXTRAS = ("train", "specialists", "evals", "telemetry")


def texts() -> Iterator[str]:
    for part in ("src", "tests", "benchmarks", "docs", "examples"):
        yield from (path.read_text("utf-8") for path in (ROOT / part).rglob("*") if path.suffix in READ)
    yield (ROOT / "pyproject.toml").read_text("utf-8")


def declared(tree: ast.Module) -> Iterator[str]:
    """Functions, classes and constants of a module; what a decorator registers (a route, a command) is called by its name nowhere."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.decorator_list):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def test_every_name_of_a_module_is_used() -> None:
    words = Counter(word for text in texts() for word in re.findall(r"[A-Za-z_]\w*", text))
    unused = [
        f"{path.relative_to(SOURCE)}: {name}"
        for path in SOURCE.rglob("*.py")
        for name in declared(ast.parse(path.read_text("utf-8")))
        if words[name] < 2 and not name.startswith("__")
    ]
    assert unused == []


def test_a_name_without_a_use_is_found() -> None:
    tree = ast.parse("A, B = 1, 2\nc: int = 3\n\n@route('/d')\ndef d(): ...\n\nclass E: ...\n\ndef f(): g = 1\n")
    assert list(declared(tree)) == ["A", "B", "c", "E", "f"]


def required() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in EXTRAS for line in project["optional-dependencies"][extra])]
    return sorted({re.split(r"[\[<>=;]", line)[0].lower() for line in lines} - LOADED_BY_OTHERS)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """What the repository imports, by the first part of its name; a string may name a module, too."""
    return {match for text in texts() for match in re.findall(r"(?:\b(?:import|from) |[\"'])(\w+)", text)}


@pytest.fixture(scope="module")
def installed() -> dict[str, set[str]]:
    """Package to the modules that it brings."""
    found: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            found.setdefault(package.lower(), set()).add(module)
    return found


@pytest.mark.parametrize("package", required())
def test_every_package_that_is_required_is_imported(package: str, imported: set[str], installed: dict[str, set[str]]) -> None:
    """One that is not installed here is taken by its own name, or the first word of it."""
    named = package.replace("-", "_")
    assert installed.get(package, {named, named.split("_")[0]}) & imported
