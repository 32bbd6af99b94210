"""Texts about people who do not exist, each piece of personal data marked: files of the tasks ``personal-spans…``."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.governance.personal.filled_slots import LABELS, filled, personal_data

EACH = 7_000  # texts of each language
UNSEEN = 40  # texts of each register and language that is never learned
ROWS, UNSEEN_ROWS = "personal-spans.jsonl", "personal-spans-unseen.jsonl"
LONGEST = 400  # characters of a line that holds none
_SLOT = re.compile(r"\{(\w+)\}")
PLAIN = 0.06  # share of English texts that write no capitals, as people do in chats


@dataclass(frozen=True, slots=True)
class MarkedText:
    """``spans`` are (start, end, kind) in characters, in their order; ``register`` says what sort of paper it might be of."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    register: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What was written: texts to learn and of registers that are held out, and how many spans of each kind there are to learn."""

    learned: int
    unseen: int
    spans: dict[str, int]
    folder: str


def write_rows(folder: Path, each: int = EACH, seed: int = 0, plain: Path | None = None) -> PersonalData:
    """Write both files. ``plain``: a file with a text a line that holds no personal data, to learn as such. Raises InputError where a file
    cannot be read or written.
    """
    learned, unseen = personal_rows(each, seed)
    try:
        lines = plain.read_text("utf-8").splitlines() if plain else []
        learned += [MarkedText(line[:LONGEST], (), "plain") for line in lines if line.strip()]
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in ((ROWS, learned), (UNSEEN_ROWS, unseen)):
            (folder / name).write_text("".join(map(_line, rows)), "utf-8")
    except OSError as error:
        raise InputError(f"{error.filename or folder}: {error.strerror}", remedy="Give another file, or another folder") from error
    spans = Counter(kind for row in learned for _, _, kind in row.spans)
    return PersonalData(len(learned), len(unseen), dict(sorted(spans.items())), str(folder))


def personal_rows(each: int = EACH, seed: int = 0) -> tuple[list[MarkedText], list[MarkedText]]:
    """``each`` texts of each language to learn from, and some of every register that is held out."""
    source = random.Random(seed)  # noqa: S311  drawn again the same
    layouts = personal_data("layouts")
    learned, unseen = list[MarkedText](), list[MarkedText]()
    for language in ("zh", "en"):
        known = [name for name in layouts[language] if name not in layouts["unseen"]]
        learned += [made_text(source, layouts[language], source.choice(known), chinese=language == "zh") for _ in range(each)]
        unseen += [
            made_text(source, layouts[language], name, chinese=language == "zh") for name in layouts["unseen"] for _ in range(UNSEEN)
        ]
    source.shuffle(learned)
    return learned, unseen


def made_text(source: random.Random, registers: dict[str, list[str]], register: str, *, chinese: bool) -> MarkedText:
    """One to four clauses of a register, joined as such papers join them."""
    clauses = source.sample(registers[register], min(source.choice([1, 2, 3, 3, 4]), len(registers[register])))
    glue = source.choice(["", "", "", "\n", " ", "；"] if chinese else [" ", " ", " ", "\n", "; ", " - "])
    text, spans = "", list[tuple[int, int, str]]()
    for clause in clauses:
        text += glue if text else ""
        for piece, kind in _pieces(source, clause, chinese):
            if kind:
                spans.append((len(text), len(text) + len(piece), kind))
            text += piece
    if not chinese and source.random() < PLAIN:
        text = text.lower() if len(text.lower()) == len(text) else text
    return MarkedText(text.replace("\n", " "), tuple(spans), register)


def _pieces(source: random.Random, clause: str, chinese: bool) -> Iterator[tuple[str, str]]:
    """The clause in pieces, each with the kind of personal data that it is, or none."""
    for number, piece in enumerate(_SLOT.split(clause)):
        if number % 2 == 0:
            yield piece, ""
            continue
        before, text, after = filled(piece, source, chinese)
        yield from ((before, ""), (text, LABELS.get(piece, "")), (after, ""))


def _line(row: MarkedText) -> str:
    return json.dumps({"text": row.text, "spans": row.spans, "register": row.register, "group": row.text}, ensure_ascii=False) + "\n"
