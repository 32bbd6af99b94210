"""How much of reading questions, answers and facts is rules over wording: the branches of every pattern, the entries of every word list.

    python benchmarks/wording_rules.py [--show 20] [--json]

A pattern without alternatives counts one; each further alternative one more. An entry of a word file that a matcher reads counts one.
Baseline in the same run: patterns and files alone. It should only ever fall: stored labels, sums and learnt readers come first.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from re import _parser as parser  # the only reader of patterns that there is
from typing import Any

import yaml

from measures import carried_out

PACKAGES = ("finfoundry.ask", "finfoundry.binding", "finfoundry.knowledge.facts")
WORD_FILES = ("words.yaml", "spoken.yaml")


def branches(pattern: re.Pattern[str]) -> int:
    """1, and one for each further alternative anywhere in the pattern."""
    return 1 + _further(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))


def _further(part: Any) -> int:
    if isinstance(part, parser.SubPattern | list):
        return sum(_further(one) for one in part)
    if isinstance(part, tuple):
        more = len(part[1][1]) - 1 if len(part) == 2 and str(part[0]) == "BRANCH" else 0
        return more + sum(_further(one) for one in part)
    return 0


def patterns(module: Any) -> Iterator[re.Pattern[str]]:
    """The compiled patterns that a module holds by name, in tables too."""
    for name, value in vars(module).items():
        if not name.startswith("__"):
            yield from _within(value)


def _within(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _within(one)
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _within(one)


def entries(loaded: Any) -> int:
    if isinstance(loaded, dict):
        return sum(entries(one) for one in loaded.values())
    if isinstance(loaded, list):
        return sum(entries(one) for one in loaded)
    return len(str(loaded).split())


def count() -> tuple[Counter[str], Counter[str], int]:
    """Branches by module, entries by word file, patterns in all."""
    by_module, seen = Counter[str](), set[tuple[str, int]]()
    for package in PACKAGES:
        root = importlib.import_module(package)
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            for pattern in patterns(importlib.import_module(info.name)):
                if (key := (pattern.pattern, pattern.flags)) not in seen:
                    seen.add(key)
                    by_module[info.name] += branches(pattern)
    by_file = Counter[str]()
    for package in PACKAGES:
        data = resources.files(package) / "data"
        for file in data.iterdir() if data.is_dir() else ():
            if file.name in WORD_FILES:
                by_file[f"{package}/data/{file.name}"] = entries(yaml.safe_load(file.read_text(encoding="utf-8")))
    return by_module, by_file, len(seen)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--show", type=int, default=20)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    by_module, by_file, number = count()
    whole = sum(by_module.values()) + sum(by_file.values())
    if given.json:
        print(json.dumps({"rules": whole, "branches": dict(by_module), "entries": dict(by_file), "patterns": number}))
        return
    for name, value in [*by_module.most_common(given.show), *by_file.items()]:
        print(f"{value:6,}  {name}")
    print(f"{whole:6,}  rules over wording, in {number:,} patterns of {len(by_module)} modules and {len(by_file)} word files")


if __name__ == "__main__":
    carried_out(main)
