"""Questions with what they are asked over, kept in a folder: apart from the code that they are asked of."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import finfoundry

SOURCE = Path(finfoundry.__file__).resolve().parent  # of the code that is asked
ROOT = SOURCE.parent.parent
KEPT = Path(__file__).resolve().parents[2] / ".parity"  # git-ignored
BANK = KEPT / "bank"
QUESTIONS, STORES, PAPERS, TABLES = "questions.jsonl", "stores", "papers", "tables"
MEMORY, HOME, GIVEN = "memory", "home", "given"  # over what a question is asked

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # stores in memory are of the code's own tests


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or the turns of a conversation. ``over`` says of what kind ``place`` is: a store in memory by its digest, a collection
    of the home, or papers that come with the question, apart by bars.
    """

    suite: str
    id: str
    over: str
    place: str
    turns: tuple[str, ...]
    talks: bool = False  # whether it is asked within a conversation, of one turn, too

    @property
    def key(self) -> tuple[str, str]:
        return self.suite, self.id


def write(bank: Path, questions: Iterable[Question]) -> int:
    """Keep the questions, in the order of their keys; how many they are. Raises ValueError where two have one key."""
    held = sorted(questions, key=lambda one: one.key)
    if len({one.key for one in held}) < len(held):
        raise ValueError("two questions have one key")
    bank.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in held)
    (bank / QUESTIONS).write_text("".join(lines), "utf-8")
    return len(held)


def read(bank: Path, suites: Sequence[str] = ()) -> Iterator[Question]:
    """The questions of a bank, of these suites, or those whose names begin so, where some are named."""
    for line in (bank / QUESTIONS).read_text("utf-8").splitlines():
        row = json.loads(line)
        question = Question(**{**row, "turns": tuple(row["turns"])})
        if not suites or question.suite.startswith(tuple(suites)):
            yield question
