"""What may be proposed: one form of a tuned model, a base as it is, a tuned reader of questions, a tagger of harms, what scores questions
beside what may answer them, or an encoder of any other task. Its file or folder must be the one that its manifest names.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.ask.reader.learnt_reading import MARKS_HEAD, ROLES_HEAD
from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.ask.retrieve import figure_lines, pair_scoring
from finfoundry.base.catalogue import catalogue, chat_model
from finfoundry.base.state_reader import base_named
from finfoundry.core.errors import InputError, IntegrityError, ModelError
from finfoundry.core.model_files.heads import HeadForm, read_forms
from finfoundry.core.model_files.tuned_file import learned_on
from finfoundry.governance.guards.guards import HEAD
from finfoundry.governance.personal_text import HEAD as PERSONAL
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings

MODEL = "model"  # the slot of what answers every question
READER = "reader"  # the slot of the learnt reader of questions
TAGGER = "tagger"  # the slot of the tagger of harms
SCORER = "scorer"  # the slot of the scorer of questions and sentences
FIGURES = "figure-scorer"  # the slot of that of questions and lines of tables
STATES = "state-reader"  # the slot of what reads both off a model's states
SCORERS = (SCORER, FIGURES, STATES)
APART = (READER, TAGGER, *SCORERS)  # of which no engine runs anything: what serves there is of this home, and does not stand on the model
# By slot, of which systems its suites are.
OWN_SUITES = {READER: (READER,), TAGGER: (TAGGER,), SCORER: (SCORER,), FIGURES: (FIGURES,), STATES: (SCORER, FIGURES), PLANNER: (READER,)}
INSTALLED = {PERSONAL: "finfoundry privacy install DIR"}  # heads that a setting names, and how
ENCODES = "encoder:"  # before the name of its task: the slot of an encoder that serves nothing above
MANIFEST = "manifest.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
BASE, ADAPTER = "base", "lora"  # a base of the catalogue as it is; an adapter loaded next to its base
ENCODER = "onnx"  # a folder: the graph of a tuned encoder with its heads and its tokenizer
LEARNED = "adapter"  # a folder: what was learned over the first layers of a model, put together with it where it serves
LIGHT = "gguf"  # a file made light whose blocks are as its parent's
SERVED = ("f16", "q8_0", "q4_0", "q4_k_m", LIGHT, ADAPTER, ENCODER, LEARNED)  # forms that something here runs


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file, or of what no engine runs a folder, that could serve. ``slot``: 'model', one of ``APART``, "encoder:" and a task, or for an
    adapter the name by which requests choose it.
    """

    slot: str
    name: str
    form: str
    path: Path
    sha256: str
    base: str
    base_sha256: str
    manifest: dict[str, Any]
    folder: Path | None = None  # of the tuned model: where its manifest and the files that it names are


def tuned(folder: Path, form: str) -> Candidate:
    """One form in the folder of a tuned model.

    Raises ModelError for a folder without a manifest, InputError for a form that is not there or that nothing runs, IntegrityError for what
    is not the one in the manifest.
    """
    manifest = read_manifest(folder)
    if form not in SERVED or form not in manifest["forms"]:
        there = [name for name in manifest["forms"] if name in SERVED]
        raise InputError(
            f"{folder} holds no form {form!r} that can serve", remedy=f"Choose one of: {', '.join(there) or 'none; export one'}"
        )
    record = manifest["forms"][form]
    path = _inside(folder, record["path"])
    found = sha256_of(path)
    if found != record["sha256"]:
        raise IntegrityError(
            f"{path} is not the file that {folder / MANIFEST} names (SHA-256 {found[:12]}…)",
            remedy="Export the form again from its adapter",
        )
    if form == LEARNED:
        _check_state_reader(path, manifest)
    slot = _slot_of(path) if form == ENCODER else manifest["name"] if form == ADAPTER else STATES if form == LEARNED else MODEL
    return Candidate(slot, manifest["name"], form, path, found, manifest["base"], manifest["base_sha256"], manifest, folder)


def compared(slot: str) -> tuple[str, ...]:
    """The slots that must serve as they did when a candidate for this one was compared."""
    return (slot,) if is_apart(slot) else (slot, MODEL)


def is_apart(slot: str) -> bool:
    """Whether no engine runs what serves there: it is of this home, and does not stand on the model."""
    return slot in APART or slot.startswith(ENCODES)


def is_examined_apart(slot: str) -> bool:
    """Whether its exam is of suites of its own; the planner is an adapter beside the model."""
    return slot in OWN_SUITES or slot.startswith(ENCODES)


def _slot_of(folder: Path) -> str:
    """What an encoder serves as. Raises InputError for half a reader, for what is installed and not released, and for one of several tasks,
    of which none could be gone back on alone.
    """
    heads = {form.name for form in _forms(folder)}
    for head, install in INSTALLED.items():
        if head in heads:
            raise InputError(
                f"the encoder in {folder} learned {head}, which is asked of no release", remedy=f"Put it into the home: {install}"
            )
    for head, slot in ((HEAD, TAGGER), (figure_lines.HEAD, FIGURES), (pair_scoring.HEAD, SCORER)):
        if head in heads:
            return slot
    reading = {ROLES_HEAD, MARKS_HEAD}
    if reading <= heads:
        return READER
    if heads & reading:
        raise InputError(
            f"the encoder in {folder} did not learn {min(reading - heads)}: it reads no questions", remedy="Tune it by question-reader"
        )
    if len(heads) != 1:
        raise InputError(
            f"the encoder in {folder} learned {len(heads)} tasks: {', '.join(sorted(heads))}",
            remedy="Tune one for each task: each serves, and is taken back, by the name of its task",
        )
    return ENCODES + heads.pop()


def _check_state_reader(folder: Path, manifest: dict[str, Any]) -> None:
    """Raises InputError for an adapter that reads no states, IntegrityError for one that was learned on another base than its manifest
    names: the base is found by what lies in the folder.
    """
    if not any(form.reads == "last" and form.name in (pair_scoring.HEAD, figure_lines.HEAD) for form in _forms(folder)):
        raise InputError(
            f"{folder} holds no state reader, and nothing else serves as {LEARNED!r}",
            remedy="Propose an encoder as --form onnx, a language model as --form q8_0 or lora",
        )
    if (base_named(folder), learned_on(folder)) != (manifest["base"], manifest["base_sha256"]):
        raise IntegrityError(
            f"the state reader in {folder} was learned on another base than the {manifest['base']} of its manifest",
            remedy="Tune it again: finfoundry train state-reader",
        )


def _forms(folder: Path) -> tuple[HeadForm, ...]:
    """Raises InputError."""
    try:
        return read_forms(folder)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} holds no tuned encoder ({error})", remedy="Export the form again") from error


def base_of(settings: Settings, name: str) -> Candidate:
    """A base of the catalogue, or a GGUF file, as it is. Raises ModelError, NotFound."""
    path = chat_model(settings.model_copy(update={"model": name}))
    digest = weights_digest(name, path)
    short = name if name in catalogue() else path.stem
    return Candidate(MODEL, short, BASE, path, digest, short, digest, {"name": short, "base": short, "base_sha256": digest})


def weights_digest(name: str, path: Path) -> str:
    """SHA-256 of a base's file: of a model of the catalogue as it was checked when it was pulled."""
    pinned = catalogue()[name].files["model.gguf"].sha256 if name in catalogue() else None
    return pinned or sha256_of(path)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the toolchain wrote of a tuned model, or somebody in its place. Raises ModelError."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        _check(content)
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder} holds no tuned model ({error!r})", remedy="Give the folder that `finfoundry train --out` wrote"
        ) from error
    read: dict[str, Any] = content
    return read


def _check(content: Any) -> None:
    """Its name becomes the name of a file, and of an adapter that of a slot. Raises KeyError, TypeError, ValueError."""
    for key in ("base", "base_sha256"):
        if not isinstance(content[key], str):
            raise TypeError(f"{key} is no text")
    if not _NAME.fullmatch(content["name"]) or content["name"] in (MODEL, *(APART if ADAPTER in content["forms"] else ())):
        raise ValueError(f"{content['name']!r} cannot be the name of a model")
    for record in content["forms"].values():
        if not (isinstance(record["path"], str) and isinstance(record["sha256"], str)):
            raise TypeError("a form without path and sha256")


def _inside(folder: Path, name: str) -> Path:
    """A file of the folder. Raises ModelError for one that lies elsewhere, by its name or by a link."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"{name!r} lies outside of {folder}", remedy="Give the folder that `finfoundry train --out` wrote")
    return path


def sha256_of(path: Path) -> str:
    """Of a file, or of a folder's files. Raises ModelError when they cannot be read."""
    try:
        return path_digest(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", remedy="Export the form again") from error
