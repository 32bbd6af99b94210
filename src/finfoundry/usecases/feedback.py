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
ROWS, MANIFEST = "feedback.jsonl", "manifest.json"
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
class RatedAnswer:
    """A rating with its words. ``messages`` is what the model was sent that wrote the answer, ``said`` what it wrote, both empty where the
    answer was computed without one; ``answer`` is what the person was shown.
    """

    record: str
    answer: str
    person: str
    verdict: str
    correction: str
    question: str
    messages: tuple[dict[str, str], ...]
    said: str
    shown: str
    language: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """A data set of corrections. ``labels`` counts rows under each label of their evidence. Left out were those whose words were
    ``erased``, and those of answers that were ``computed``: no prompt is sent for them, so that there is none to learn.
    """

    folder: str
    rows: int
    sha256: str
    labels: dict[str, int]
    languages: dict[str, int]
    uncorrected: int
    erased: int
    computed: int
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

    def said(self, principal: Principal) -> tuple[list[RatedAnswer], int]:
        """The ratings of answers whose whole evidence the principal may read now, oldest first, with their words; how many were erased."""
        with self._app.database.transaction(principal) as connection:
            found = connection.execute("SELECT record, answer, person, evidence FROM feedback ORDER BY at").fetchall()
            labels = {tuple(evidence): _labels(connection, evidence) for *_, evidence in found}
        with self._app.database.owner() as connection:
            trail = Trail(connection, Master.open(self._app.settings.home))
            read = [_said(trail, str(record), str(answer), person, labels[tuple(evidence)]) for record, answer, person, evidence in found]
        return [one for one in read if one], sum(one is None for one in read)

    def export(self, principal: Principal, folder: Path) -> Exported:
        """Write the corrections that the principal may read as conversations and a manifest. Raises InputError where there are none."""
        rated, erased = self.said(principal)
        corrected = [one for one in rated if one.correction]
        computed = [one for one in corrected if not one.messages]
        kept = list({json.dumps(one.messages): one for one in corrected if one.messages}.values())  # the last word on a prompt
        if not kept:
            raise InputError(
                f"{principal.user} may read no correction of an answer that the model wrote ({len(computed)} of computed ones)",
                remedy="Add some: finfoundry feedback add RECORD --correction TEXT",
            )
        counts = (len(rated) - len(corrected), erased, len(computed))
        told, files = _made(folder, kept, principal, counts)
        record_export(self._app, principal, "feedback exported", told)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return told


def record_export(app: App, principal: Principal, action: str, told: Any) -> None:
    """Nothing leaves before it is on record."""
    with app.database.transaction(principal) as connection:
        audit.append(connection, audit.AuditRecord(principal.user, action, (audit.AuditStep("dataset", told),)))


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


def _said(trail: Trail, record: str, answer: str, person: str, labels: Sequence[str]) -> RatedAnswer | None:
    """A rating with what was asked, as the model was asked; None where any of it was erased."""
    said, given = trail.trace(record), trail.trace(answer)
    words, told, question = said.one("feedback"), given.one("answer"), given.one("question")
    if words is None or told is None or question is None:
        return None
    messages, wrote = _sent(given)
    return RatedAnswer(
        record, answer, person, words["verdict"], words["correction"].strip(), question["text"], messages, wrote, told["text"],
        told["language"], tuple(labels),
    )  # fmt: skip


def _sent(given: AuditTrace) -> tuple[tuple[dict[str, str], ...], str]:
    """What the model was sent last for words, not for a plan, and what it wrote; nothing where the answer was computed."""
    calls = [one for one in given.all("call") if one["request"]["schema"] is None]
    if not calls:
        return (), ""
    messages = tuple({"role": str(one["role"]), "content": str(one["content"])} for one in calls[-1]["request"]["messages"])
    return messages, str(calls[-1]["completion"]["text"]).strip()


def _conversation(one: RatedAnswer) -> dict[str, Any]:
    """A row as recipes read it (``data.conversations``): what the model said before in it is read, and not learned."""
    before = [message | ({"weight": 0} if message["role"] == "assistant" else {}) for message in one.messages]
    about = {"question": one.question, "given": one.said, "language": one.language, "verdict": one.verdict}
    where = {"labels": list(one.labels), "answer": one.answer, "record": one.record}
    return {"messages": [*before, {"role": "assistant", "content": one.correction}], **about, **where}


def _made(folder: Path, kept: Sequence[RatedAnswer], principal: Principal, counts: tuple[int, int, int]) -> tuple[Exported, dict[str, str]]:
    """The summary of an export, and its files: name → text."""
    text = "".join(json.dumps(_conversation(one), ensure_ascii=False) + "\n" for one in kept)
    told = Exported(
        str(folder), len(kept), hashlib.sha256(text.encode()).hexdigest(), dict(Counter(label for one in kept for label in one.labels)),
        dict(Counter(one.language for one in kept)), *counts, principal.user, datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    manifest = {name: value for name, value in asdict(told).items() if name != "folder"}
    return told, {ROWS: text, MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1)}


_RATED = "SELECT record, answer, person, verdict, corrected, at FROM feedback"


def _rated(row: tuple[Any, ...]) -> Rated:
    record, answer, person, verdict, corrected, at = row
    return Rated(str(record), str(answer), person, verdict, corrected, at.isoformat(timespec="seconds"))
