"""A set of preferences: gathered, screened against evaluations and against itself, written with its manifest."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint, plain
from finfoundry.core.tasks.task_rows import read, split_of
from finfoundry.evals.rows import read_rows
from finfoundry.evals.run import ROWS as RUN_ROWS
from finfoundry.governance import pii
from finfoundry.train.data.left_out import LeftOut, write_left_out
from finfoundry.train.data.preferences import PreferenceRow, pieces_asked

ROWS, LEFT_OUT, MANIFEST = "preferences.jsonl", "left-out.jsonl", "manifest.json"


@dataclass
class GatheredPairs:
    """Pairs by name, and what was left out on the way. ``spent``: suites that are learned from, on which nothing is reported any more."""

    pairs: list[tuple[str, PreferenceRow]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)

    def add(self, other: GatheredPairs) -> None:
        self.pairs += other.pairs
        self.left_out += other.left_out
        self.spent += other.spent


@dataclass(frozen=True, slots=True)
class PreferencesMade:
    """What ``finfoundry preferences`` prints, and its manifest. ``left_out`` counts by reason; ``simulated``: one rater was enough."""

    folder: str
    rows: int
    sha256: str
    sources: dict[str, int]
    licences: dict[str, int]
    labels: dict[str, int]
    left_out: dict[str, int]
    against: list[str]
    spent: list[str]
    simulated: bool
    made_by: str
    made_at: str


def evaluated(names: Sequence[str], data: Path) -> Fingerprints:
    """The texts on which something is reported: rows of tasks that are not learned, or the questions of a run. Raises InputError."""
    return Fingerprints(fingerprint(text) for name in names for text in _texts(name, data))


def _texts(name: str, data: Path) -> Iterator[str]:
    run = Path(name) / RUN_ROWS
    if run.is_file():
        yield from (row.question for row in read_rows(run))
        return
    task = load_task(name)
    yield from (row.about for row in read(task, data).rows if split_of(task, row) != "train")


def screened(found: GatheredPairs, exam: Fingerprints) -> GatheredPairs:
    """The pairs that may be learned: not equal sides, not twice, not the other way round elsewhere, nothing of an exam, nobody's data."""
    kept = GatheredPairs(left_out=list(found.left_out), spent=list(found.spent))
    orders = Counter(_key(row) for _, row in found.pairs)
    first: dict[tuple[str, ...], str] = {}
    for name, row in found.pairs:
        asked, chosen, rejected = _key(row)
        like = first.setdefault((asked, chosen, rejected), name)
        reason = (
            "both sides are equal" if chosen == rejected
            else "the same pair" if like != name
            else "another row prefers the other side" if orders[asked, rejected, chosen]
            else "like a row of an evaluation" if any(map(exam.knows, pieces_asked(row.messages)))
            else "personal data" if any(pii.find(text) for text in _words(row))
            else ""
        )  # fmt: skip
        if reason:
            kept.left_out.append(LeftOut(name, reason, like if reason == "the same pair" else ""))
        else:
            kept.pairs.append((name, row))
    return kept


def _key(row: PreferenceRow) -> tuple[str, str, str]:
    return plain(json.dumps(row.messages, ensure_ascii=False)), plain(row.chosen), plain(row.rejected)


def _words(row: PreferenceRow) -> tuple[str, ...]:
    return (*(message["content"] for message in row.messages), row.chosen, row.rejected)


def summary(folder: Path, kept: GatheredPairs, against: Sequence[str], who: str, *, simulated: bool) -> PreferencesMade:
    """Raises InputError where nothing is left."""
    if not kept.pairs:
        reasons = Counter(one.reason for one in kept.left_out)
        told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common(3)) or "none was found"
        raise InputError(f"there is no preference to learn from: {told}", remedy="Name more sources; see finfoundry preferences --help")
    rows = [row for _, row in kept.pairs]
    return PreferencesMade(
        str(folder), len(rows), hashlib.sha256(_lines(rows).encode()).hexdigest(), dict(Counter(row.source for row in rows)),
        dict(Counter(row.licence for row in rows)), dict(Counter(label for row in rows for label in row.labels)),
        dict(Counter(one.reason for one in kept.left_out)), list(against), sorted(set(kept.spent)), simulated, who,
        datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def write_set(folder: Path, kept: GatheredPairs, told: PreferencesMade) -> None:
    """``preferences.jsonl`` for recipes, ``left-out.jsonl``, ``manifest.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ROWS).write_text(_lines(row for _, row in kept.pairs), "utf-8")
    write_left_out(folder / LEFT_OUT, kept.left_out)
    manifest = {name: value for name, value in asdict(told).items() if name != "folder"}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _lines(rows: Iterable[PreferenceRow]) -> str:
    return "".join(row.line for row in rows)
