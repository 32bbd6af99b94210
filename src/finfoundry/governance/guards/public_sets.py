"""Rows of public sets for the tagger, as ``data/sources.yaml`` names them: each text with its labels and its family."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.record_readers import items
from finfoundry.governance.guards.harms import harms
from finfoundry.governance.guards.labelled_text import LabelledText
from finfoundry.governance.guards.readings import asked_alone


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublicSet(_Closed):
    """One entry of ``data/sources.yaml``."""

    file: str  # under DATA; may be a pattern
    family: str
    text: str = ""  # the column, or the way to it (messages.0.content); none: the file is a list of texts
    label: str = ""
    column: str = ""
    labels: list[tuple[str, str]] = []
    only: dict[str, str] = {}
    passage: bool = False
    sentences: bool = False
    unseen: bool = False
    limit: int | None = None
    encoding: str = "utf-8"

    def label_of(self, row: dict[str, object]) -> str | None:
        """None: the row is left out; "" is harmless."""
        if not self.labels:
            return self.label
        told = str(row.get(self.column) or "").strip()
        return next((label or None for pattern, label in self.labels if re.search(pattern, told)), None)


def public_sets() -> list[PublicSet]:
    """Those that are named, the harmful first. Raises InputError for a label that the taxonomy lacks."""
    told = yaml.safe_load((resources.files(__package__) / "data" / "sources.yaml").read_text("utf-8"))
    sets = [PublicSet.model_validate(one) for kind in ("harmful", "harmless") for one in told[kind]]
    known = {"", *harms()}
    if other := {label for one in sets for label in (one.label, *(label for _, label in one.labels))} - known:
        raise InputError(f"sources.yaml names labels that harms.yaml lacks: {', '.join(sorted(other))}")
    return sets


def absent_sets(data: Path) -> list[str]:
    """Those of whose files none lies in the folder, each as its family with its file."""
    return [f"{one.family} ({one.file})" for one in public_sets() if not any(data.glob(one.file))]


def texts_of_set(data: Path, one: PublicSet) -> list[LabelledText]:
    """Its rows; none where the file is absent. Raises InputError for a file that cannot be read."""
    found: dict[str, LabelledText] = {}
    for path in sorted(data.glob(one.file)):
        for row in _rows(path, one.encoding):
            text = str(_told(row, one.text) or "").strip()
            if isinstance(row, dict) and any(not re.search(pattern, str(row.get(name))) for name, pattern in one.only.items()):
                continue
            label = one.label_of(row) if isinstance(row, dict) else one.label
            for said in asked_alone(text) if one.sentences else [text]:
                if said and label is not None:
                    found[said] = LabelledText(said, (label,) if label else (), one.family, passage=one.passage)
    drawn = sorted(found.values(), key=lambda row: hashlib.sha256(row.text.encode()).digest())
    return drawn[: one.limit]


def _told(row: Any, way: str) -> Any:
    """What stands at the end of a way through objects and lists; None where it breaks off."""
    if isinstance(row, str):
        return row
    for step in way.split("."):
        place = row if isinstance(row, dict) else dict(enumerate(row)) if isinstance(row, list) else {}
        row = place.get(step if isinstance(row, dict) else int(step))
    return row


def _rows(path: Path, encoding: str) -> Iterator[dict[str, object] | str]:
    if encoding != "utf-8":
        yield from csv.DictReader(io.StringIO(path.read_text(encoding, "replace")))
    elif path.suffix in (".txt", ".tsv"):  # pairs of questions without a header: the first of each
        yield from (line.partition("\t")[0] for line in path.read_text("utf-8").splitlines())
    elif path.suffix == ".prompt":  # PyRIT's form
        yield from yaml.safe_load(path.read_text("utf-8"))["seeds"]
    elif path.suffix == ".json":
        yield from _entries(json.loads(path.read_text("utf-8")))
    else:
        yield from items(path)


def _entries(told: Any, kind: str = "") -> Iterator[dict[str, object] | str]:
    """What a list holds; of lists under names under names each text with those names as its ``kind``."""
    if not isinstance(told, dict):
        yield from ("\n".join(map(str, one)) if isinstance(one, list) else one for one in told)
        return
    for name, below in told.items():
        if isinstance(below, dict):
            yield from _entries(below, f"{kind}{name}/")
        else:
            yield from ({"text": text, "kind": f"{kind}{name}"} for text in below) if kind else _entries(below)
