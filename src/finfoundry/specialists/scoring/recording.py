"""Scores into the audit trail: batches of any length, in records of bounded size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finfoundry.core.principal import Principal
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection
from finfoundry.specialists.scoring.merkle import Tree

HEIGHT = 16  # of the tree over the rows of one record, which so are 65,536
KEPT_BY_ID = 100_000  # rows of a batch that can be asked for by their id; the audit holds all


class Recording:
    """The records of one batch. Rows hold ``id``, ``inputs``, ``output``; each record has the Merkle root over its own rows.

    A batch of more than 2**``HEIGHT`` rows spans several records, and a last one names them with the root over all rows.
    """

    def __init__(self, connection: Connection, principal: Principal, batch: dict[str, Any]) -> None:
        self._connection, self._principal, self._batch = connection, principal, batch
        self._waiting: list[tuple[str, str, str]] = []  # id, entry, output
        self._parts: list[str] = []
        self._size, self._rows = 1 << HEIGHT, 0
        self._tree = Tree(HEIGHT)
        self.beside: tuple[audit.AuditStep, ...] = ()  # what the inputs of the rows rest on, in each of the records
        self.record, self.root = "", ""

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Take rows; they are written as soon as they fill a record."""
        entries, outputs = (
            [audit.canonical(audit.plain(one)).decode() for one in part] for part in (rows, [row["output"] for row in rows])
        )
        self.add_encoded([row["id"] for row in rows], entries, outputs)

    def add_encoded(self, ids: Sequence[str], entries: Sequence[str], outputs: Sequence[str]) -> None:
        """Take rows whose entries and outputs are canonical JSON already."""
        self._waiting += zip(ids, entries, outputs, strict=True)
        while len(self._waiting) > self._size:
            self._write(self._waiting[: self._size])
            del self._waiting[: self._size]

    def close(self) -> None:
        """Write what waits, and the last record."""
        if self._waiting or not self._parts:
            self._write(self._waiting)
        self.record, self.root = self._parts[0], self._tree.root()
        if len(self._parts) > 1:
            head = {**self._batch, "root": self.root, "rows": self._rows, "parts": self._parts}
            self.record = self._append(audit.AuditStep("batch", head))

    def _write(self, rows: Sequence[tuple[str, str, str]]) -> None:
        entries = [entry.encode() for _, entry, _ in rows]
        head = {**self._batch, "root": self._tree.add(entries), "rows": len(rows), "first": self._rows + 1}
        kept = audit.Canonical(b"[" + b",".join(entries) + b"]")
        record = self._append(audit.AuditStep("batch", head), audit.AuditStep("rows", kept), *self.beside)
        self._keep(record, rows[: max(0, KEPT_BY_ID - self._rows)])
        self._parts.append(record)
        self._rows += len(rows)

    def _append(self, *steps: audit.AuditStep) -> str:
        record = audit.AuditRecord(self._principal.user, "scores", steps, target=str(self._batch["version"]))
        return audit.append(self._connection, record)

    def _keep(self, record: str, rows: Sequence[tuple[str, str, str]]) -> None:
        """Arrays go in binary: as text each quotation mark in them would be escaped."""
        if rows:
            self._connection.execute(
                "INSERT INTO specialist_scores (record, person, name, version, id, content)"
                " SELECT %s, %s, %s, %s, id, content::jsonb FROM unnest(%b::text[], %b::text[]) AS kept (id, content)"
                " ON CONFLICT DO NOTHING",
                (
                    record, self._principal.user, self._batch["specialist"], self._batch["version"],
                    [id_ for id_, _, _ in rows], [output for _, _, output in rows],
                ),
            )  # fmt: skip
