"""The institution's own terms, products and know-how as conversations to learn from: what its writer may read now.

A term in force is asked for by each of its names, and answered by its definition and what it is made of. A section of a document is asked
for by its heading, with its own text as the passage, in the prompt that is served for open questions; the answer quotes its beginning.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from finfoundry.app import App
from finfoundry.ask.retrieve.passages import asking
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of, sentences
from finfoundry.core.principal import Principal
from finfoundry.governance.own_terms import TermEntry
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection

ROWS, RECIPE, MANIFEST = "scenes.jsonl", "recipe.yaml", "manifest.json"
LICENCE = "internal"  # the recipe beside the rows allows it by name
PASSAGE, QUOTED = 1600, 400  # characters of a section that are shown, and of its beginning that is quoted
ENOUGH = 100  # rows of which a tenth tells whether more learning helps
ENDS = tuple(".!?。！？")
LEAST = 40  # characters of a section that says anything
TERM_QUESTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("What do we mean by {name}?", "How is {name} defined here?"),
    "zh": ("我们所说的{name}是什么？", "本机构如何定义{name}？"),
}
SECTION_QUESTIONS: dict[Language, str] = {"en": "What does {paper} say about {heading}?", "zh": "《{paper}》关于{heading}是怎么说的？"}
MADE_OF: dict[Language, str] = {"en": "It is {expression}.", "zh": "计算方法：{expression}。"}
SOUND: dict[Language, str] = {"en": "It is held to be sound {bound} {norm}.", "zh": "{bound}{norm}视为稳健。"}
BOUNDS: dict[Language, tuple[str, str]] = {"en": ("from", "up to"), "zh": ("不低于", "不高于")}


@dataclass(frozen=True, slots=True)
class OwnScenes:
    """What was written: rows, by what they are of (term, section) and by label, the manifest of ``scenes.jsonl``."""

    folder: str
    rows: int
    kinds: dict[str, int]
    labels: dict[str, int]
    sha256: str
    exported_by: str
    exported_at: str
    licence: str = LICENCE


@dataclass(frozen=True, slots=True)
class OwnScene:
    """A line of the file: a conversation, what it is of, and under which label."""

    messages: Sequence[dict[str, str]]
    source: str
    kind: str
    label: str


def export_scenes(app: App, principal: Principal, folder: Path, collection: str | None = None) -> OwnScenes:
    """Write what the principal may read now as rows, with a recipe and a manifest. Raises InputError where there is nothing, NotFound for a
    collection that is not there.
    """
    app.policy.require_collection(principal, collection)
    terms = app.terms.read(principal, app.terms.in_force(principal))
    found = [scene for term in terms for scene in _of_term(term.entry)]
    with app.database.transaction(principal) as connection:
        found += _of_sections(connection, collection)
        if not found:
            raise InputError(f"{principal.user} may read no term and no section", remedy="See finfoundry terms list, documents list")
        lines = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in found)
        told = OwnScenes(
            str(folder), len(found), dict(Counter(one.kind for one in found)), dict(Counter(one.label for one in found)),
            hashlib.sha256(lines.encode()).hexdigest(), principal.user, datetime.now(UTC).isoformat(timespec="seconds"),
        )  # fmt: skip
        audit.append(connection, audit.AuditRecord(principal.user, "scenes exported", (audit.AuditStep("dataset", told),)))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ROWS).write_text(lines, "utf-8")
    manifest = {name: value for name, value in asdict(told).items() if name != "folder"}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    (folder / RECIPE).write_text(yaml.safe_dump(recipe(app.settings.model, len(found)), sort_keys=False), "utf-8")
    return told


def recipe(base: str, rows: int) -> dict[str, object]:
    """By which the rows are learned: ``finfoundry train DIR/recipe.yaml --data DIR``. Of few rows none is held back."""
    watched = {"development": {"share": 0.1, "every": 20, "patience": 3}} if rows >= ENOUGH else {}
    return watched | {
        "name": "own-scenes", "purpose": "The institution's own terms, products and know-how.", "base": base, "method": "instruct",
        "data": {"conversations": [{"paths": [ROWS], "licence": LICENCE}], "licences": [LICENCE], "too_long": "drop"},
        "context": 1024, "pack": 1024, "packs": 4, "epochs": 3,
        "learning_rate": "auto", "forms": ["adapter", "lora", "q8_0"],
    }  # fmt: skip


def _of_term(entry: TermEntry) -> Iterator[OwnScene]:
    """None of a synonym without a definition: that another name means the same is no knowledge to learn by heart."""
    names: dict[Language, tuple[str, ...]] = {"en": entry.en, "zh": entry.zh}
    for language, called in names.items():
        if not (answer := _defined(entry, language)):
            continue
        for name, question in itertools.product(called, TERM_QUESTIONS[language]):
            asked = {"role": "user", "content": question.format(name=name)}
            yield OwnScene([asked, {"role": "assistant", "content": answer}], entry.name, "term", entry.label)


def _defined(entry: TermEntry, language: Language) -> str:
    parts = [entry.definition.rstrip(".。") + ("。" if language == "zh" else ".")] if entry.definition else []
    parts += [MADE_OF[language].format(expression=entry.expression.replace("_", " "))] if entry.expression else []  # names of lines, spoken
    if entry.norm is not None:
        bound = BOUNDS[language][entry.better == "lower"]
        parts.append(SOUND[language].format(bound=bound, norm=f"{entry.norm:f}"))
    return ("" if language == "zh" else " ").join(parts)


def _of_sections(connection: Connection, collection: str | None) -> Iterator[OwnScene]:
    """Row-level security leaves out what the principal may not read."""
    query = """
        SELECT d.id, d.name, l.name, b.section, b.page, b.text FROM blocks b JOIN documents d ON d.id = b.document_id
        JOIN labels l ON l.id = d.label_id JOIN collections c ON c.id = d.collection_id
        WHERE b.kind IN ('paragraph', 'list') AND cardinality(b.section) > 0
          AND (%(collection)s::text IS NULL OR c.name = %(collection)s)
        ORDER BY d.name, d.id, b.page, b.ordinal
    """
    rows = connection.execute(query, {"collection": collection}).fetchall()
    for (_, name, label, section), blocks in itertools.groupby(rows, key=lambda row: (row[0], row[1], row[2], tuple(row[3]))):
        told = list(blocks)
        text = " ".join(" ".join(row[5].split()) for row in told)[:PASSAGE]
        if quoted := _beginning(text):
            yield _section(Path(name).stem, section[-1], label, f"[1] ({name}, p. {told[0][4]}) {text}", quoted)


def _section(paper: str, heading: str, label: str, passage: str, quoted: str) -> OwnScene:
    language: Language = "zh" if language_of(quoted) == "zh" else "en"
    question = SECTION_QUESTIONS[language].format(paper=paper, heading=heading)
    messages = [{"role": one.role, "content": one.content} for one in asking(language, passage, question)]
    return OwnScene([*messages, {"role": "assistant", "content": f"{quoted} [1]"}], paper, "section", label)


def _beginning(text: str) -> str:
    """Its first whole sentences; nothing of a section that says too little, or whose first sentence has no end."""
    end = 0
    for _, after in sentences(text):
        if after > QUOTED or text[:after].rstrip()[-1:] not in ENDS:
            break
        end = after
    kept = text[:end].strip()
    return kept if len(kept) >= LEAST else ""
