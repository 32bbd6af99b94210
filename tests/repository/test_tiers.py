"""Two tiers of tests: what each runs is said in one place, and what is left to the second is little, and no room's only test."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
CI = (ROOT / ".ci" / "run").read_text("utf-8")
MOST_SLOW = 0.05  # of all test functions; of a folder's, a quarter
OF_A_FOLDER = 0.25
TICKET = re.compile(r"test_(?:[a-d]\d{1,2}|\d{2}(?:_\d{1,2})?)_[a-z]")


def told(target: str) -> str:
    """What a target of the Makefile needs and runs."""
    found = re.search(rf"^{target}:(.*?)(?:\n\n|\Z)", MAKEFILE, re.M | re.S)
    assert found
    return found[1]


def slow(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return any(ast.unparse(decorator) == "pytest.mark.slow" for decorator in node.decorator_list)


def functions(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Name of each test of a file, and whether it is of the second tier as a whole."""
    every = any(isinstance(node, ast.Assign) and ast.unparse(node) == "pytestmark = pytest.mark.slow" for node in tree.body)
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        whole = every or (isinstance(node, ast.ClassDef) and slow(node))
        for one in inside:
            if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"):
                yield one.name, whole or slow(one)


@pytest.fixture(scope="module")
def tests() -> list[tuple[Path, str, bool]]:
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        found += [(path.relative_to(ROOT), *one) for one in functions(ast.parse(path.read_text("utf-8")))]
    return found


def test_each_tier_is_said_once_and_both_are_run() -> None:
    assert re.findall(r"^(\w+) := (-m .*)$", MAKEFILE, re.M) == [("FAST", '-m "not slow"'), ("SLOW", "-m slow")]
    assert len(re.findall(r"not slow", MAKEFILE + CI)) == 1
    assert "$(TESTS) $(FAST)" in told("test")
    assert told("test-all").split("##")[0].split() == ["test"]
    assert "$(TESTS) $(SLOW)" in told("test-all")
    assert CI.rstrip().endswith("\nexec make test-all")


def test_no_tier_is_what_pytest_runs_by_itself() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert [marker.split(":")[0] for marker in settings["markers"]] == ["slow"]
    assert "-m" not in settings["addopts"].split()


def test_what_is_left_to_the_second_tier_is_little(tests: list[tuple[Path, str, bool]]) -> None:
    left = [name for _, name, later in tests if later]
    assert 0 < len(left) <= MOST_SLOW * len(tests)


def test_no_folder_is_tested_in_the_second_tier_alone(tests: list[tuple[Path, str, bool]]) -> None:
    folders = Counter(path.parent for path, _, _ in tests)
    later = Counter(path.parent for path, _, one in tests if one)
    assert {str(folder): count for folder, count in later.items() if count > OF_A_FOLDER * folders[folder]} == {}


def test_a_test_is_named_by_what_holds_and_not_by_a_ticket(tests: list[tuple[Path, str, bool]]) -> None:
    assert [f"{path}: {name}" for path, name, _ in tests if TICKET.match(name)] == []
    assert TICKET.match("test_23_5_" + "a_name_is_not_inherited")
    assert not TICKET.match("test_q4_is_a_quarter")


def test_a_mark_is_seen_on_a_test_its_class_and_its_file() -> None:
    one = "@pytest.mark.slow\ndef test_one(): ...\ndef test_other(): ...\n"
    assert dict(functions(ast.parse(one))) == {"test_one": True, "test_other": False}
    assert dict(functions(ast.parse("@pytest.mark.slow\nclass TestAll:\n    def test_one(self): ...\n"))) == {"test_one": True}
    assert dict(functions(ast.parse("pytestmark = pytest.mark.slow\ndef test_one(): ...\n"))) == {"test_one": True}
