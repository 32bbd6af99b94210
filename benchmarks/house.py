"""The shape of the tree: circles, crowds, doubled names, private members reached into, what a process loads, files that a question enters.

    python benchmarks/house.py [--json]

Each figure next to what is to be reached. The question of the walk is asked over a store in memory, so that the files counted are those of
reading, planning, computing and binding.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.ask.memory import MemorySearch, MemoryStore, document
from tests.repository.imports import SOURCE, at_the_top, both_ways, circles, class_names, crowded, file_names, imports, rooms

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR


def entered(work: Callable[[], object]) -> set[str]:
    """The files of finfoundry in which a function was called while ``work`` ran."""
    found: set[str] = set()

    def called(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(str(SOURCE)):
            found.add(name.removeprefix(f"{SOURCE}/"))

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


def walk() -> set[str]:
    """The files that one lookup enters, once vocabularies are read."""
    store = MemoryStore()
    paper = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
    store.add(paper, "Assets", "Total assets", {2023: "950", 2024: "980"})
    agent = Agent(None, store, MemorySearch())

    def ask() -> None:
        answer, _ = agent.ask(ADMINISTRATOR, "What were Tarn's total assets in 2024?")
        assert answer.status == "answered", answer.text

    ask()
    return entered(ask)


def private_members() -> int:
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "SLF001", "--ignore-noqa", "--output-format", "concise", str(SOURCE)]
    return subprocess.run(ruff, capture_output=True, text=True, check=False).stdout.count("SLF001")


def version_seconds() -> float:
    """Processor seconds of ``finfoundry --version``, the least of five."""
    least = float("inf")
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, "-m", "finfoundry", "--version"], check=True, capture_output=True)
        after = os.times()
        least = min(least, after.children_user + after.children_system - before.children_user - before.children_system)
    return round(least, 2)


def figures() -> list[tuple[str, object, str]]:
    """What is counted, its figure, and what is to be reached."""
    graph = imports()
    return [
        ("circles between files", len(circles(graph)), "0"),
        ("folders that import each other", len(both_ways(rooms(graph))), "0"),
        ("folders over 20 modules", len(crowded()), "0"),
        ("modules at the top", len(at_the_top()), "<= 8"),
        ("files entered by a lookup", len(walk()), "<= 40"),
        ("private members of another object", private_members(), "0"),
        ("public class names that occur twice", len(class_names()), "0"),
        ("names of files that occur more than twice", len(file_names()), "0"),
        ("finfoundry --version, seconds of processor", version_seconds(), "<= 0.3"),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true")
    options.add_argument("--walk", action="store_true", help="name the files that a lookup enters")
    given = options.parse_args()
    if given.walk:
        print("\n".join(sorted(walk())))
        return
    rows = figures()
    if given.json:
        print(json.dumps({name: value for name, value, _ in rows}))
        return
    for name, value, reach in rows:
        print(f"{name:46} {value!s:>8}   reach {reach}")


if __name__ == "__main__":
    main()
