"""Ratings and corrections of answers, and the data set that corrections become. What is learned from is what its reader may see."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from finfoundry.app import App
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.governance.trail import AuditTrace, Trail
from finfoundry.knowledge.ids import document_number
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection
from finfoundry.runtime.keys import Master

Verdict = Literal["right", "wrong", "incomplete"]
LICENCE = "internal"  # a recipe that learns from corrections allows it by name
ROWS, TASK, MANIFEST = "feedback.jsonl", "feedback.yaml", "manifest.json"
LONGEST = 20_000  # characters of a correction


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating without its words; ``record`` and ``answer`` are records of the audit."""

    record: str
    answer: str
    person: str
    verdict: str
    corrected: bool
    at: str


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    """What somebody says of an answer."""

    answer: str  # its audit id
    verdict: Verdict
    correction: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A data set of corrections. ``labels`` counts rows under each label of their evidence; ``erased`` were left out."""

    folder: str
    task: str
    rows: int
    sha256: str
    labels: dict[str, int]
    languages: dict[str, int]
    uncorrected: int
    erased: int
    exported_by: str
    exported_at: str
    licence: str = LICENCE


class Feedback:
    """Over one home: ratings are the person's own, the data set is what the exporting person may read."""

    def __init__(self, app: App) -> None:
        self._app = app

    def add(self, principal: Principal, said: FeedbackGiven) -> Rated:
        """Keep a rating. Raises NotFound for an answer that somebody else asked for, whoever rates; InputError."""
        if len(said.correction) > LONGEST:
            raise InputError(f"the correction has {len(said.correction)} characters, more than {LONGEST}", remedy="Say it shorter")
        with self._app.database.owner() as connection:
            documents = _evidence(connection, principal, said.answer)
            step = audit.AuditStep("feedback", said, tuple(documents))
            record = audit.append(connection, audit.AuditRecord(principal.user, "feedback", (step,), target=said.answer))
            connection.execute(
                "INSERT INTO feedback (record, answer, person, verdict, corrected, evidence) VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    record,
                    said.answer,
                    principal.user,
                    said.verdict,
                    bool(said.correction.strip()),
                    [document_number(one) for one in documents],
                ),
            )
            row = connection.execute(f"{_RATED} WHERE record = %s", (record,)).fetchone()
        return _rated(row or ())

    def rated(self, principal: Principal, limit: int = 100) -> list[Rated]:
        """The latest ratings of answers whose evidence the principal may read."""
        with self._app.database.transaction(principal) as connection:
            return [_rated(row) for row in connection.execute(f"{_RATED} ORDER BY at DESC LIMIT %s", (limit,)).fetchall()]

    def export(self, principal: Principal, folder: Path) -> Exported:
        """Write the corrections that the principal may read as a task with rows and a manifest. Raises InputError where there are none."""
        with self._app.database.transaction(principal) as connection:
            found = connection.execute("SELECT record, answer, corrected, evidence FROM feedback ORDER BY at").fetchall()
            labels = {tuple(evidence): _labels(connection, evidence) for *_, evidence in found}
        corrected = [row for row in found if row[2]]
        with self._app.database.owner() as connection:
            trail = Trail(connection, Master.open(self._app.settings.home))
            rows = [_row(trail, str(record), str(answer), labels[tuple(evidence)]) for record, answer, _, evidence in corrected]
        kept = list({row["text"]: row for row in rows if row}.values())  # the last word on a question
        if not kept:
            raise InputError(
                f"{principal.user} may read no correction", remedy="Add some: finfoundry feedback add RECORD --correction TEXT"
            )
        told, files = _made(folder, kept, principal, len(found) - len(corrected), sum(row is None for row in rows))
        with self._app.database.transaction(principal) as connection:  # nothing leaves before it is on record
            audit.append(connection, audit.AuditRecord(principal.user, "feedback exported", (audit.AuditStep("dataset", told),)))
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return told


def _evidence(connection: Connection, principal: Principal, answer: str) -> list[str]:
    """The documents that an answer rests on. Raises NotFound, NotPermitted."""
    try:
        row = connection.execute(
            "SELECT k.name, r.steps FROM audit_record r LEFT JOIN audit_key k ON k.subject = r.actor"
            " WHERE r.id = %s AND r.action = 'answer'",
            (uuid.UUID(answer),),
        ).fetchone()
    except ValueError:
        row = None
    if row is None or row[0] != principal.user:
        raise NotFound(f"There is no answer {answer[:40]!r} of yours", remedy="Give the audit_id that stands in the answer")
    subjects = {subject for step in row[1] for subject in step["subjects"]}
    keys = connection.execute("SELECT kind, name FROM audit_key WHERE subject = ANY(%s::uuid[])", (sorted(subjects),)).fetchall()
    if len(keys) < len(subjects):
        raise NotPermitted(
            f"Parts of the answer {answer} were erased: it cannot be rated any more", remedy="Ask again and rate that answer"
        )
    return sorted(name for kind, name in keys if kind == "document")


def _labels(connection: Connection, evidence: Sequence[int]) -> list[str]:
    query = "SELECT DISTINCT l.name FROM documents d JOIN labels l ON l.id = d.label_id WHERE d.id = ANY(%s) ORDER BY l.name"
    return [str(name) for (name,) in connection.execute(query, (list(evidence),))]


def _row(trail: Trail, record: str, answer: str, labels: list[str]) -> dict[str, Any] | None:
    """A correction with what was asked, as the model is asked; None where any of it was erased."""
    said, given = trail.trace(record), trail.trace(answer)
    words, told, question = said.one("feedback"), given.one("answer"), given.one("question")
    if words is None or told is None or question is None:
        return None
    quotes = "\n".join(f"[{one['marker']}] {one['quote']}" for one in told["citations"])
    text = _prompt(given) or f"{quotes}\n\n{question['text']}".strip()
    return {
        "text": text, "question": question["text"], "target": words["correction"].strip(), "given": told["text"],
        "language": told["language"], "verdict": words["verdict"], "labels": labels, "answer": answer, "record": record,
    }  # fmt: skip


def _prompt(given: AuditTrace) -> str:
    """What the model that wrote the answer was sent last; nothing where the answer was computed without a model."""
    calls = given.all("call")
    return "\n\n".join(str(one["content"]) for one in calls[-1]["request"]["messages"]) if calls else ""


def _made(folder: Path, rows: list[dict[str, Any]], principal: Principal, uncorrected: int, erased: int) -> tuple[Exported, dict[str, str]]:
    """The summary of an export, and its files: name → text."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    languages = Counter(row["language"] for row in rows)
    chinese = languages.most_common(1)[0][0] == "zh"
    task = {
        "name": "feedback", "title": "Answers as people corrected them", "language": "zh" if chinese else "en", "licence": LICENCE,
        "source": {"paths": [ROWS]}, "kind": "text", "templates": ["{text}"], "metrics": ["char_rouge_l" if chinese else "rouge_l"],
        "group": "question", "split": [0.9, 0.0, 0.1], "max_tokens": 512,
    }  # fmt: skip
    told = Exported(
        str(folder), str(folder / TASK), len(rows), hashlib.sha256(text.encode()).hexdigest(),
        dict(Counter(label for row in rows for label in row["labels"])), dict(languages), uncorrected, erased, principal.user,
        datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    manifest = {name: value for name, value in asdict(told).items() if name not in ("folder", "task")}
    return told, {
        ROWS: text,
        TASK: yaml.safe_dump(task, allow_unicode=True, sort_keys=False),
        MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1),
    }


_RATED = "SELECT record, answer, person, verdict, corrected, at FROM feedback"


def _rated(row: tuple[Any, ...]) -> Rated:
    record, answer, person, verdict, corrected, at = row
    return Rated(str(record), str(answer), person, verdict, corrected, at.isoformat(timespec="seconds"))
