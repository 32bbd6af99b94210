"""The data manifest: what a model was trained on, from which files, and what was left out and why."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from finfoundry.train.packing import RowTokens

CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LETTER = re.compile(r"[A-Za-z]")
BUCKETS = (32, 64, 128, 256, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class File:
    path: str  # relative to the data folder
    sha256: str
    bytes: int


@dataclass
class SourceRecord:
    """One task or corpus. ``read`` = ``kept`` + all that was left out, unless ``limit`` stopped the reading before."""

    name: str
    kind: Literal["task", "conversations", "corpus", "replay", "preferences"]
    language: str
    licence: str
    files: list[File]
    read: int = 0
    unknown_label: int = 0
    evaluation: int = 0  # rows that the split keeps for evaluation
    exact_duplicates: int = 0
    contradictions: int = 0  # the same question with another answer
    near_duplicates: int = 0
    leaks: int = 0  # like a row of an evaluation
    personal: dict[str, int] = field(default_factory=dict)  # findings by kind
    personal_dropped: int = 0
    too_long: int = 0
    ruled_out: int = 0  # that break a rule of data.rules
    unshown: int = 0  # conversations that the base's chat template does not show as they are
    kept: int = 0


@dataclass
class DataManifest:
    recipe: str
    personal: str  # what was done with personal data: mask, drop, keep
    held_out: list[str]
    sources: list[SourceRecord]
    languages: dict[str, int] = field(default_factory=dict)  # rows: zh, en, mixed, other
    rows: int = 0  # after mixing
    development: int = 0  # rows held back for the development loss
    tokens: int = 0
    targets: int = 0  # tokens that carry a loss
    token_lengths: dict[str, int] = field(default_factory=dict)  # "<=64": rows
    sha256: str = ""  # of the rows, as token ids
    spent: list[str] = field(default_factory=list)  # suites whose graded answers are learned from: no exam of this model has them
    fingerprints: dict[str, str] = field(default_factory=dict)  # path and sha256 of the file by which exam rows are found among them

    def note_long(self, source: str, count: int) -> None:
        record = self._record(source)
        record.too_long += count
        record.kept -= count

    def note_unshown(self, source: str, count: int) -> None:
        record = self._record(source)
        record.unshown += count
        record.kept -= count

    def _record(self, source: str) -> SourceRecord:
        return next(record for record in self.sources if record.name == source)

    def note_rows(self, rows: Sequence[RowTokens]) -> None:
        """Fill in what is known once the rows are token ids."""
        self.rows, self.tokens = len(rows), sum(len(row.ids) for row in rows)
        self.targets = sum(row.targets for row in rows)
        counts = Counter(next((bucket for bucket in BUCKETS if len(row.ids) <= bucket), None) for row in rows)
        self.token_lengths = {f"<={bucket}": counts[bucket] for bucket in BUCKETS if counts[bucket]}
        if counts[None]:
            self.token_lengths[f">{BUCKETS[-1]}"] = counts[None]
        self.sha256 = rows_digest(rows)


def rows_digest(rows: Iterable[RowTokens]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.line}\n".encode())
    return digest.hexdigest()


def files_of(paths: Iterable[Path], folder: Path) -> list[File]:
    """Digests of the files; those outside the folder by their name."""
    found = []
    for path in paths:
        name = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
        with path.open("rb") as file:
            found.append(File(str(name), hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size))
    return found


def language_of(text: str) -> str:
    """zh or en where nine tenths of its letters are; mixed, or other where it has none."""
    chinese, latin = len(CJK.findall(text)), len(LETTER.findall(text)) / 4  # a Chinese sign says about as much as four letters
    if not chinese and not latin:
        return "other"
    share = chinese / (chinese + latin)
    return "zh" if share >= 0.9 else "en" if share <= 0.1 else "mixed"
