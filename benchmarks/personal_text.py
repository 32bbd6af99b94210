"""Personal data in running text that another hand wrote: how much is found, and how much of what is found is personal, by kind.

    python benchmarks/personal_text.py FILE [--part read|blind] [--show] [--reader FOLDER]
    python benchmarks/personal_text.py --made 40 [--show] [--reader FOLDER]

A span is found where four fifths of it are covered by one of its kind; a finding that touches nothing is a false one. Baselines: what
proves itself alone (``governance/pii``), and the rules without a reader. ``--reader``: the folder ``onnx`` of a run of the recipe
personal-spans; else the one of the settings. ``--made``: texts put together here, so many of each language, in registers that no reader
learned (own layouts). ``--show`` prints what was missed, never of the part blind.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from finfoundry.base.privacy.personal_reader import personal_reader
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.governance import pii
from finfoundry.governance.personal_text import personal_spans
from finfoundry.runtime.settings import Settings
from planted_values import made

KINDS = {"id_number": "identity", "passport": "identity", "birth_date": "birth", "card": "account"}
COVERED = 0.8
Found = tuple[str, int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--made", type=int, metavar="N")
    parser.add_argument("--part", choices=("read", "blind"), default="read")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--reader", type=Path)
    given = parser.parse_args()
    rows = made_rows(given.made) if given.made else rows_of_part(given.file, given.part)
    reader = TextEncoder(given.reader) if given.reader else personal_reader(Settings())
    readers: dict[str, Callable[[str], Sequence[Found]]] = {
        "rules and reader": lambda text: [(KINDS.get(one.kind, one.kind), one.start, one.end) for one in personal_spans(text, reader)],
        "rules alone": lambda text: [(KINDS.get(one.kind, one.kind), one.start, one.end) for one in personal_spans(text)],
        "proved alone": lambda text: [(KINDS.get(one.kind, one.kind), one.start, one.end) for one in pii.find(text)],
    }
    for name, read in readers.items():
        right, missed, false = Counter[str](), Counter[str](), Counter[str]()
        for row in rows:
            wanted, found = wanted_of(row), read(row["text"])
            for one in wanted:
                held = any(one[0] == other[0] and covers(one, other) >= COVERED for other in found)
                (right if held else missed)[one[0]] += 1
                if given.show and given.part == "read" and not held:
                    print(f"  {name} misses {one[0]}: {row['id']} {row['text'][one[1] : one[2]]}")
            false.update(other[0] for other in found if not any(covers(one, other) > 0 for one in wanted))
        print(f"{name}, part {'made' if given.made else given.part}, {len(rows)} texts")
        for kind in sorted({*right, *missed, *false}):
            of, said = right[kind] + missed[kind], right[kind] + false[kind]
            print(
                f"  {kind:9} recall {right[kind]:3} of {of:3} = {right[kind] / max(1, of):.2f}  precision {right[kind] / max(1, said):.2f}"
            )


def rows_of_part(file: Path, part: str) -> list[dict[str, Any]]:
    return [row for row in map(json.loads, file.read_text("utf-8").splitlines()) if row["part"] == part and "spans" in row]


def made_rows(each: int) -> list[dict[str, Any]]:
    """Own layouts as rows of another hand are."""
    return [
        {"id": number, "text": one.text, "spans": [{"text": one.text[start:end], "type": kind} for start, end, kind in one.spans]}
        for number, one in enumerate(made(each, 0))
    ]


def wanted_of(row: dict[str, object]) -> list[Found]:
    text, spans = str(row["text"]), row["spans"]
    found, after = list[Found](), Counter[str]()
    for span in spans if isinstance(spans, list) else []:
        start = text.find(span["text"], after[span["text"]])
        after[span["text"]] = start + 1
        found.append((KINDS.get(span["type"], span["type"]), start, start + len(span["text"])))
    return found


def covers(wanted: Found, found: Found) -> float:
    """The share of what is wanted that was found."""
    return max(0, min(wanted[2], found[2]) - max(wanted[1], found[1])) / max(1, wanted[2] - wanted[1])


if __name__ == "__main__":
    main()
