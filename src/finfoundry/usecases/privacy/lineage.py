"""From an answer to the model that wrote it and the rows that the model learned, and from a row to its models and what these wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.app import App
from finfoundry.base.llama import DEVELOPMENT
from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.principal import Principal
from finfoundry.governance.answer_models import WrittenAnswer, answers_of, models_noted
from finfoundry.governance.trail import recall
from finfoundry.train.data.row_list import LearnedRow, digest_of, read_row_list
from finfoundry.train.export.manifest import ModelManifest, read_manifest


@dataclass(frozen=True, slots=True)
class ModelRows:
    """What a model learned: ``sources`` count its rows by task or corpus, ``files`` are the digests of the files that they were read from;
    ``found`` are rows with the text that was asked about.
    """

    model: str
    folder: str
    recipe_sha256: str
    data_sha256: str
    forms: dict[str, str]
    sources: dict[str, int]
    files: dict[str, str]
    found: list[LearnedRow]


@dataclass(frozen=True, slots=True)
class AnswerLineage:
    """``model``: as the answer names it, None where none wrote a word of it; ``documents``: the evidence that it cites."""

    answer: str
    model: str | None
    documents: list[str]
    models: list[ModelRows]


def of_row(text: str, folders: Sequence[Path]) -> list[ModelRows]:
    """The models among these that learned a text, with its rows. Raises ModelError, IntegrityError for a folder that does not say."""
    digest = digest_of(text)
    told = [(folder, [row for row in read_row_list(folder, digest) if row.digest == digest]) for folder in folders]
    return [_rows(folder, found) for folder, found in told if found]


def of_answer(app: App, principal: Principal, record: str, folders: Sequence[Path]) -> AnswerLineage:
    """The model of a recorded answer, found among these folders by its digest. Raises NotFound, NotPermitted as the audit does."""
    trace = recall(app.database, app.settings.home, principal, record)
    answer = trace.one("answer")
    if answer is None:
        raise InputError(f"{record} is no answer, or it was erased", remedy="Give the audit_id of an answer")
    name = answer.get("model")
    documents = list(dict.fromkeys(citation["document"]["name"] for citation in answer["citations"]))
    models = [_rows(folder, []) for folder in folders if name and _is_of(name, read_manifest(folder))]
    return AnswerLineage(str(answer["id"]), name, documents, models)


def of_models(app: App, principal: Principal, folders: Sequence[Path], text: str = "", limit: int = 100) -> list[WrittenAnswer]:
    """The latest answers that these models wrote words of; with a text, those among them that learned it. Raises NotPermitted for who is
    no auditor.
    """
    chosen = [Path(one.folder) for one in of_row(text, folders)] if text else folders
    manifests = [read_manifest(folder) for folder in chosen]
    names = [name for name in models_noted(app.database, principal) if any(_is_of(name, one) for one in manifests)]
    return answers_of(app.database, principal, names, limit)


def _is_of(label: str, manifest: ModelManifest) -> bool:
    """A release is called by its name and twelve digits of its file; an adapter of development by its base and name; other weights by the
    name of their file, which is not to be taken for the base that was never tuned.
    """
    base, _, adapter = label.partition("+")
    if adapter:
        return (base, adapter) == (manifest.base, DEVELOPMENT + manifest.name)
    name, _, digits = base.partition("@")
    if digits:
        return any(form.sha256.startswith(digits) for form in manifest.forms.values())
    return name == manifest.name != manifest.base


def _rows(folder: Path, found: list[LearnedRow]) -> ModelRows:
    manifest = read_manifest(folder)
    if not isinstance(manifest.data.get("sources"), list):
        raise ModelError(f"{folder} does not say from which files it learned", remedy="Train the model again")
    files = {one["path"]: one["sha256"] for source in manifest.data["sources"] for one in source["files"]}
    counts = Counter(row.source for row in read_row_list(folder))
    forms = {name: form.sha256 for name, form in manifest.forms.items()}
    return ModelRows(manifest.name, str(folder), manifest.recipe_sha256, manifest.data["sha256"], forms, dict(counts), files, found)
