"""Answers given before. One is given again only to the same user, under the same policy and the same evidence."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace

from finfoundry.core.answer import Answer
from finfoundry.core.principal import Principal
from finfoundry.governance import policy
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database


class AnswerCache:
    """The latest answers of one process; safe to use from several threads."""

    def __init__(self, database: Database, most: int, seconds: float) -> None:
        self._database = database
        self._most, self._seconds = most, seconds
        self._answers: OrderedDict[Hashable, tuple[float, Answer]] = OrderedDict()  # each with the moment it was made
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def answer(self, principal: Principal, asked: Hashable, make: Callable[[], Answer]) -> tuple[Answer, bool]:
        """The answer to what was asked, and whether it was there. Giving one again leaves a record, too."""
        key = self._key(principal, asked)
        with self._lock:
            made, found = self._answers.get(key, (0.0, None))
            if found is not None and time.monotonic() - made > self._seconds:
                del self._answers[key]
                found = None
            if found is not None:
                self._answers.move_to_end(key)
        if found is None:
            found = make()
            lasting = found.status in ("answered", "clarify") or (found.status == "no_evidence" and found.reason is None)
            if lasting and self._key(principal, asked) == key:
                self._keep(key, found)
            return found, False
        with self._database.transaction(principal) as connection:
            documents = tuple(dict.fromkeys(citation.document.id for citation in (*found.citations, *found.nearest)))
            step = audit.AuditStep("answer", {"repeats": found.audit_id, "answer": found}, documents)
            audit.append(connection, audit.AuditRecord(principal.user, "answer repeated", (step,), target=found.id))
        return replace(found, timings={}, tokens={}), True

    def _keep(self, key: Hashable, answer: Answer) -> None:
        with self._lock:
            self._answers[key] = (time.monotonic(), answer)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def _key(self, principal: Principal, asked: Hashable) -> Hashable:
        """All that an answer depends on. What a user may read follows from the policy's version and the user's name."""
        with self._database.transaction(principal) as connection:
            terms = "(SELECT string_agg(id::text, ' ' ORDER BY approved_at, id) FROM terms WHERE state = 'approved')"
            row = connection.execute(f"SELECT evidence_version(), scores_version(), {terms}").fetchone()
            return principal, asked, policy.version(connection), row
