"""Prepare what a recipe names: rows of tasks and documents, cleaned and screened, with an account of all that was left out."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from finfoundry.core.errors import InputError, NotPermitted
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.tasks import Task, TaskRow, load_task, read
from finfoundry.core.tasks.fingerprints import Fingerprint, fingerprint, pieces, plain
from finfoundry.core.tasks.task_rows import split_of
from finfoundry.train.conversations import TaughtConversation, conversations, wording
from finfoundry.train.corpus_rules import broken
from finfoundry.train.data import plain_documents
from finfoundry.train.data.duplicates import SeenTexts
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.manifest import DataManifest, SourceRecord, files_of, language_of
from finfoundry.train.data.personal import Screen
from finfoundry.train.data.plain_documents import CorpusDocument
from finfoundry.train.data.preferences import PreferenceRow, numbered_preferences, pieces_asked, spent_suites
from finfoundry.train.data.sieve import CandidateRow, Sieve
from finfoundry.train.data.wordings import reworded
from finfoundry.train.recipe import LABELLED, ConversationSource, CorpusSource, Data, Recipe, TaskShare
from finfoundry.train.text import Lesson

PERSONAL = "personal data"  # a reason


@dataclass
class Material:
    """``lessons`` by task, ``conversations`` by source; ``documents`` and ``replay`` for continued pretraining."""

    manifest: DataManifest
    lessons: dict[str, list[Lesson]] = field(default_factory=dict)
    conversations: dict[str, list[TaughtConversation]] = field(default_factory=dict)
    documents: list[CorpusDocument] = field(default_factory=list)
    replay: list[CorpusDocument] = field(default_factory=list)
    evaluation: list[CorpusDocument] = field(default_factory=list)  # of the corpus, kept from training
    general: list[CorpusDocument] = field(default_factory=list)  # of the replayed text, kept from training
    preferences: list[PreferenceRow] = field(default_factory=list)
    preference_ids: list[str] = field(default_factory=list)  # of each FILE:LINE
    fingerprints: list[Fingerprint] = field(default_factory=list)  # of the rows and the paragraphs that are learned
    left_out: list[LeftOut] = field(default_factory=list)


def prepare(recipe: Recipe, folder: Path, screen: Screen, report: Report = silent) -> Material:
    """Raises InputError naming the file or row that cannot be used, NotPermitted naming a source whose licence is not allowed."""
    source = recipe.data
    material = Material(DataManifest(recipe.name, source.personal, list(source.held_out), []))
    evaluated = _evaluated(source, folder, recipe.method in LABELLED)
    for share in source.tasks:
        record, lessons = _lessons(share, recipe, folder, screen, evaluated, material)
        material.lessons[record.name] = lessons
        material.manifest.sources.append(record)
        report(Progress("read tasks", len(material.lessons), len(source.tasks), "tasks", record.name))
    for told in source.conversations:
        record, talks = _conversations(told, recipe, folder, screen, evaluated, material)
        material.conversations[record.name] = talks
        material.manifest.sources.append(record)
    if source.preferences:
        material.manifest.sources.append(_preferred(recipe, folder, screen, evaluated, material))
        material.fingerprints += [fingerprint(piece) for row in material.preferences for piece in pieces_asked(row.messages)]
        material.manifest.spent = spent_suites(material.preferences)
    if source.corpus:
        found = _documents(source.corpus, "corpus", recipe, folder, screen, material)
        material.documents, material.evaluation = _parted(found, source.corpus.held_back, material.manifest.sources[-1])
    if source.replay:
        found = _documents(source.replay, "replay", recipe, folder, screen, material)
        material.replay, material.general = _parted(found, source.replay.held_back, material.manifest.sources[-1])
    texts = [f"{lesson.messages[-1].content}{lesson.answer}" for lessons in material.lessons.values() for lesson in lessons]
    texts += [" ".join((*one.asked, one.answer)) for talks in material.conversations.values() for one in talks]
    texts += [document.text for document in material.documents]
    texts += [f"{row.messages[-1]['content']}{row.chosen}" for row in material.preferences]
    paragraphs = (line for one in (*material.documents, *material.replay) for line in one.text.splitlines() if line.strip())
    material.fingerprints += map(_exact, paragraphs)
    material.manifest.languages = dict(Counter(map(language_of, texts)))
    return material


def _exact(paragraph: str) -> Fingerprint:
    """The fingerprint of a corpus' paragraph, for word-for-word comparison only: a sketch of each paragraph would fill the disk."""
    return Fingerprint(fingerprint(paragraph).exact, ())


def _evaluated(source: Data, folder: Path, labelled: bool) -> SeenTexts:
    """Rows on which something is reported: the evaluation splits of the tasks, and all rows of those that are held out."""
    seen = SeenTexts(source.near_duplicates)
    for name in (*source.held_out, *(share.task for share in source.tasks if labelled)):
        task = load_task(name)
        for row in read(task, folder).rows:
            if name in source.held_out or split_of(task, row) != "train":
                seen.add(row.about)
    return seen


def _lessons(
    share: TaskShare, recipe: Recipe, folder: Path, screen: Screen, evaluated: SeenTexts, material: Material
) -> tuple[SourceRecord, list[Lesson]]:
    task = load_task(share.task)
    allow(task.name, task.licence, recipe)
    reading = read(task, folder)
    record = SourceRecord(task.name, "task", task.language, task.licence, files_of(reading.files, folder), len(reading.rows))
    record.unknown_label = sum(reading.skipped.values())
    rows = [row for row in reading.rows if split_of(task, row) == "train"]
    record.evaluation = len(reading.rows) - len(rows)
    _check_answers(task, rows, folder)
    chance = random.Random(f"{recipe.seed}/{task.name}")  # noqa: S311
    chance.shuffle(rows)
    every = load_task(share.task.partition("@")[0])  # with all its templates
    lessons: list[Lesson] = []
    sieve = Sieve(record, evaluated, recipe.data.near_duplicates, material.left_out)
    material.left_out += [LeftOut(row, f"the label {label!r} is unknown") for row, label in reading.unknown]
    for row in rows:
        if share.limit is not None and len(lessons) == share.limit:
            break
        anew = chance.random() < recipe.data.reworded
        messages, answer = reworded(every, row, str(recipe.seed)) if anew else (task.messages(row), row.target)
        lesson = Lesson(row.id, task.name, messages, answer, task.texts(row))
        if rule := broken(row.about, recipe.data.rules):
            record.ruled_out += 1
            material.left_out.append(LeftOut(row.id, f"the rule {rule}"))
            continue
        if not sieve.passes(CandidateRow.of(row.id, row.fields, row.about, row.target)):
            continue
        if screened := _screened(lesson, record, screen, recipe.data.personal):
            lessons.append(screened)
            material.fingerprints.append(fingerprint(row.about))
        else:
            material.left_out.append(LeftOut(row.id, PERSONAL))
    record.kept = len(lessons)
    return record, lessons


def _conversations(
    source: ConversationSource, recipe: Recipe, folder: Path, screen: Screen, evaluated: SeenTexts, material: Material
) -> tuple[SourceRecord, list[TaughtConversation]]:
    name = ", ".join(source.paths)
    allow(name, source.licence, recipe)
    paths = plain_documents.files(folder, source.paths)
    rows = [row for path in paths for row in conversations(path, str(path.relative_to(folder)))]
    record = SourceRecord(name, "conversations", "", source.licence, files_of(paths, folder), len(rows))
    random.Random(f"{recipe.seed}/{name}").shuffle(rows)  # noqa: S311
    sieve = Sieve(record, evaluated, recipe.data.near_duplicates, material.left_out)
    kept: list[TaughtConversation] = []
    for row in rows:
        if source.limit is not None and len(kept) == source.limit:
            break
        said = [f"{turn['role']}: {wording(turn)}" for turn in row.turns[:-1]]
        about = ("\n".join(said), *(piece for text in row.asked for piece in pieces(text)))
        if not sieve.passes(CandidateRow(row.id, tuple(map(plain, said)), plain(row.answer), about)):
            continue
        if screened := _screened_talk(row, record, screen, recipe.data.personal):
            kept.append(screened)
            material.fingerprints += [fingerprint(piece) for text in row.asked for piece in pieces(text)]
        else:
            material.left_out.append(LeftOut(row.id, PERSONAL))
    if not kept:
        raise InputError(f"{name} in {folder} has no conversation to learn from", remedy="Check what was left out, and why")
    record.language = Counter(language_of(row.asked[0] if row.asked else row.answer) for row in kept).most_common(1)[0][0]
    record.kept = len(kept)
    return record, kept


def allow(name: str, licence: str, recipe: Recipe) -> None:
    """Raises NotPermitted."""
    if licence not in recipe.data.licences:
        raise NotPermitted(
            f"{name} is under the licence {licence!r}, which the recipe {recipe.name} does not allow",
            remedy=f"Leave it out, or add it to data.licences ({', '.join(recipe.data.licences)})",
        )


def _check_answers(task: Task, rows: Sequence[TaskRow], folder: Path) -> None:
    if not rows:
        raise InputError(f"task {task.name} has no rows to train on in {folder}", remedy="Check its file, or its split")
    if task.kind == "choice" and len({row.target for row in rows}) == 1:
        raise InputError(
            f"all {len(rows)} training rows of task {task.name} have the answer {rows[0].target!r}: there is nothing to learn",
            remedy="Add rows with other labels",
        )


def _screened(lesson: Lesson, record: SourceRecord, screen: Screen, action: str) -> Lesson | None:
    """The lesson as it may be learned; None where it is dropped."""
    texts = [message.content for message in lesson.messages] + [lesson.answer]
    texts += [text for text in lesson.texts if not any(text in known for known in texts)]
    done = _done_about(texts, record, screen, action)
    if done != "mask":
        return lesson if done == "keep" else None
    messages = tuple(type(message)(message.role, screen.masked(message.content)) for message in lesson.messages)
    plain = tuple(screen.masked(text) for text in lesson.texts)
    return Lesson(lesson.id, lesson.source, messages, screen.masked(lesson.answer), plain)


def _screened_talk(talk: TaughtConversation, record: SourceRecord, screen: Screen, action: str) -> TaughtConversation | None:
    """The conversation as it may be learned; None where it is dropped."""
    done = _done_about([wording(turn) for turn in talk.turns], record, screen, action)
    if done != "mask":
        return talk if done == "keep" else None
    return replace(talk, turns=tuple(_masked(turn, screen) for turn in talk.turns))


def _masked(value: Any, screen: Screen) -> Any:
    """The same, with every text in it masked."""
    if isinstance(value, dict):
        return {key: _masked(one, screen) for key, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, screen) for one in value]
    return screen.masked(value) if isinstance(value, str) else value


def _done_about(texts: Iterable[str], record: SourceRecord, screen: Screen, action: str) -> str:
    """What is done with a row of these texts, by the personal data found in them: keep, mask or drop. Findings are counted."""
    kinds = Counter(kind for text in texts for kind in screen.kinds(text))
    if not kinds:
        return "keep"
    for kind, count in kinds.items():
        record.personal[kind] = record.personal.get(kind, 0) + count
    record.personal_dropped += action == "drop"
    return action


def _preferred(recipe: Recipe, folder: Path, screen: Screen, evaluated: SeenTexts, material: Material) -> SourceRecord:
    """Pairs of answers, each once, into the material. Raises InputError, NotPermitted."""
    paths = [folder / name for name in recipe.data.preferences]
    rows = [(f"{path.name}:{number}", row) for path in paths for number, row in numbered_preferences(path)]
    licences = list(dict.fromkeys(row.licence for _, row in rows))
    for licence in licences:
        allow(", ".join(recipe.data.preferences), licence, recipe)
    record = SourceRecord(", ".join(recipe.data.preferences), "preferences", "", ", ".join(licences), files_of(paths, folder), len(rows))
    seen: dict[tuple[Hashable, ...], tuple[str, PreferenceRow]] = {}
    for name, row in rows:
        asked, sides = tuple(plain(one["content"]) for one in row.messages), (plain(row.chosen), plain(row.rejected))
        if (asked, *sides) in seen:
            record.exact_duplicates += 1
            material.left_out.append(LeftOut(name, "the same row", seen[asked, *sides][0]))
        elif (asked, *reversed(sides)) in seen:
            record.contradictions += 1
            material.left_out.append(LeftOut(name, "another row prefers the other side", seen[asked, *reversed(sides)][0]))
        elif any(map(evaluated.like, pieces_asked(row.messages))):
            record.leaks += 1
            material.left_out.append(LeftOut(name, "like a row of an evaluation"))
        elif _is_clean(row, record, screen, recipe.data.personal):
            seen[asked, *sides] = (name, row)
        else:
            material.left_out.append(LeftOut(name, PERSONAL))
    record.kept = len(seen)
    if not seen:
        raise InputError(f"{record.name} in {folder} holds no pair of answers that may be learned", remedy="Check data.preferences")
    material.preference_ids = [name for name, _ in seen.values()]
    material.preferences = [row for _, row in seen.values()]
    return record


def _is_clean(row: PreferenceRow, record: SourceRecord, screen: Screen, action: str) -> bool:
    """Whether a pair may be learned: one with personal data is left out unless it is to be kept: a mask would stand in one side only."""
    kinds = Counter(kind for text in (*(one["content"] for one in row.messages), row.chosen, row.rejected) for kind in screen.kinds(text))
    for kind, count in kinds.items():
        record.personal[kind] = record.personal.get(kind, 0) + count
    if kinds and action != "keep":
        record.personal_dropped += 1
        return False
    return True


def _documents(
    source: CorpusSource, kind: Literal["corpus", "replay"], recipe: Recipe, folder: Path, screen: Screen, material: Material
) -> list[CorpusDocument]:
    record, found = _gathered(source, kind, recipe, folder)
    material.manifest.sources.append(record)
    if source.limit is not None:
        random.Random(f"{recipe.seed}/{kind}").shuffle(found)  # noqa: S311
    seen = SeenTexts(recipe.data.near_duplicates)
    kept: list[CorpusDocument] = []
    for document in found:
        if source.limit is not None and len(kept) == source.limit:
            break
        record.read += 1
        if rule := broken(document.text, recipe.data.rules):
            record.ruled_out += 1
            material.left_out.append(LeftOut(document.id, f"the rule {rule}"))
        elif seen.same(document.text):
            record.exact_duplicates += 1
            material.left_out.append(LeftOut(document.id, "the same document"))
        elif seen.like(document.text):
            record.near_duplicates += 1
            material.left_out.append(LeftOut(document.id, "nearly the same as an earlier document"))
        elif (text := _screened_text(document.text, record, screen, recipe.data.personal)) is not None:
            seen.add(document.text)
            kept.append(CorpusDocument(document.id, text))
        else:
            material.left_out.append(LeftOut(document.id, PERSONAL))
    if not kept:
        raise InputError(f"{record.name} in {folder} holds no text", remedy="Check the paths of the recipe")
    record.language = Counter(language_of(document.text) for document in kept).most_common(1)[0][0]
    record.kept = len(kept)
    return kept


def _gathered(
    source: CorpusSource, kind: Literal["corpus", "replay"], recipe: Recipe, folder: Path
) -> tuple[SourceRecord, list[CorpusDocument]]:
    """The documents of files, then the texts of tasks. Raises NotPermitted, InputError naming what is not there."""
    if source.paths:
        allow(", ".join(source.paths), source.licence, recipe)
    tasks = [load_task(name) for name in source.tasks]
    for task in tasks:
        allow(task.name, task.licence, recipe)
    try:
        paths = plain_documents.files(folder, source.paths)
        readings = [read(task, folder) for task in tasks]
    except InputError as error:
        raise InputError(f"{error.message} (data.{kind} of the recipe {recipe.name})", remedy=error.remedy) from error
    found = list(plain_documents.documents(paths, folder))
    for task, reading in zip(tasks, readings, strict=True):
        rows = [row for row in reading.rows if split_of(task, row) == "train"]
        found += [CorpusDocument(row.id, text) for row, text in {row.about: (row, row.about) for row in rows}.values()]
    licences = dict.fromkeys([*([source.licence] if source.paths else []), *(task.licence for task in tasks)])
    files = files_of([*paths, *(path for reading in readings for path in reading.files)], folder)
    return SourceRecord(", ".join((*source.paths, *source.tasks)), kind, "", ", ".join(licences), files), found


def _parted(documents: list[CorpusDocument], share: float, record: SourceRecord) -> tuple[list[CorpusDocument], list[CorpusDocument]]:
    """Documents to learn from and documents to measure on, by a digest of the text: the same on every machine."""
    places = [int.from_bytes(hashlib.sha256(plain(document.text).encode()).digest()[:8]) / 2**64 for document in documents]
    learned = [document for document, place in zip(documents, places, strict=True) if place >= share]
    record.evaluation = len(documents) - len(learned)
    record.kept = len(learned)
    return learned, [document for document, place in zip(documents, places, strict=True) if place < share]


def _screened_text(text: str, record: SourceRecord, screen: Screen, action: str) -> str | None:
    lesson = _screened(Lesson("", "", (), text), record, screen, action)
    return None if lesson is None else lesson.answer
