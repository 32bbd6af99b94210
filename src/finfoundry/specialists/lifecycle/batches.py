"""Blocks of rows scored into the audit, to a list or to a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.runtime.audit import AuditStep, plain
from finfoundry.runtime.database import Connection
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.block import score_block
from finfoundry.specialists.scoring.replay import kept
from finfoundry.specialists.scoring.score import Scored, SeenIds, inputs, score_inputs, scored_of
from finfoundry.specialists.scoring.writing import writer

MOST_LISTED = 500_000  # scored rows that are held at once; more go to a file


@dataclass(frozen=True)
class ScoringBatch:
    """Who scores what by which specialist; ``digest`` is of the file, ``about`` what else the record is to say."""

    family: Classifier
    principal: Principal
    made: Specialist
    name: str
    digest: str | None
    about: Mapping[str, Any] = field(default_factory=dict)

    def head(self) -> dict[str, Any]:
        """The first fields of the audit record: which version scored which data."""
        family = self.family
        told: dict[str, Any] = {"specialist": self.name, "family": family.name, "version": self.made.version, "model": self.made.champion}
        told |= {"data_sha256": self.digest, **plain(self.about)}
        if family.about_people:  # 个人信息保护法第二十四条; EU AI Act Art. 12, 14: what was scored, what for, and that it decides nothing
            purpose = self.made.request.purpose or family.purpose
            told |= {"purpose": purpose, "about_people": True, "decided_by": "a person, not this score"}
        return told


def score_blocks(
    registry: Registry,
    batch: ScoringBatch,
    blocks: Iterator[pd.DataFrame],
    past: Any,
    *,
    reasons: bool,
    out: Path | None = None,
    report: Report = silent,
    within: Connection | None = None,
) -> Scored:
    """Score and audit all blocks in one transaction. Raises InputError: no rows, or more than can be listed."""
    made, name, head, on_record = batch.made, batch.name, batch.head(), batch.family.on_record
    if on_record:
        past = past or on_record.usual(made)
        head |= on_record.noted(past)
    total: Scored | None = None
    seen = SeenIds()
    with writer(out) as write, registry.recording(batch.principal, head, within) as recording:
        for block in blocks:
            ready = inputs(batch.family, made, block, past, seen)
            if on_record:
                content = on_record.kept(past, made.request, ready.table, ready.ids, ready.checked.good)
                recording.beside = (AuditStep(on_record.step, content),)
            if write:
                found = score_block(made, ready, reasons=reasons)
                recording.add_encoded(ready.ids, *found.entries())
                write(found)
                scored = scored_of(made, name, ready, [])
            else:
                scored = score_inputs(made, name, ready, reasons=reasons)
                recording.add(kept(made, ready, scored))
            total = _joined(total, scored)
            if len(total.rows) > MOST_LISTED:
                raise InputError(f"More than {MOST_LISTED:,} rows", remedy="Write their scores to a file with --out FILE")
            report(Progress("scoring", total.scored + total.refused, None, "rows"))
    if total is None:
        raise InputError("There are no rows to score")
    return replace(total, record=recording.record, root=recording.root, written=str(out) if out else None)


def _joined(total: Scored | None, block: Scored) -> Scored:
    if total is None:
        return block
    total.rows.extend(block.rows)
    return replace(total, scored=total.scored + block.scored, refused=total.refused + block.refused)
