"""The rows that a support checker learns from: sentences with their evidence and the words in them that it does not support."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.support.false_sentences import Others, items_in, names_in
from finfoundry.ask.support.intensities import Intensity, drawn, intensity_of, made_false_in
from finfoundry.ask.support.made_sentences import Record, records, said_of, told_again
from finfoundry.ask.support.paper_graph import Relation, evidence_of, relations
from finfoundry.ask.support.paper_sentences import MOST, PaperSentences, evidence_text
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of, simplified
from finfoundry.knowledge.search.terms import terms

EACH = 60  # sentences of a paper that are told again
HELD_OUT = 3  # one paper in so many is never learned from
LABEL = "unsupported"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
FEWEST_NAMED: dict[Language, int] = {"en": 2, "zh": 3}  # times that a paper says what is a name for sure
BARE = (
    0.06  # of the sentences, also with their evidence taken away: of more it is learned that a word which is not there is never supported
)
NEAR = 0.5  # of the values that make a record false, from the same paper
OF_ONE = 3  # things under one heading, in one total
TRIED = 4  # relations that are tried for each one that is taken
_POOL = 400  # sentences of a paper whose names and items stand in for others
_CLAUSES = 30  # sentences of a paper whose clauses are added to others
_WORD = re.compile(r"[A-Za-z][A-Za-z'&-]*|[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class SourcePaper:
    """A paper whose sentences are told again. All papers of one ``name`` are learned from, or none; ``company`` may be empty."""

    name: str
    company: str
    sentences: PaperSentences
    most: int = EACH  # sentences that are taken

    @property
    def held_out(self) -> bool:
        return zlib.crc32(self.name.encode()) % HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class SupportRow:
    """A sentence against its evidence. ``spans``: characters of its words that nothing supports, none where it is true."""

    text: str
    evidence: str
    spans: tuple[tuple[int, int], ...]
    kind: str
    paper: str

    @property
    def intensity(self) -> Intensity:
        """How much of it is false."""
        return intensity_of(self.text, self.spans)


@dataclass(frozen=True, slots=True)
class SupportData:
    """What was written: rows to learn and held out, of how many papers, by ``kinds`` and by how much of the sentence is false."""

    learned: int
    unseen: int
    papers: int
    papers_unseen: int
    kinds: dict[str, int] = field(default_factory=dict)
    intensities: dict[str, int] = field(default_factory=dict)
    folder: str = ""


def write_rows(folder: Path, papers: Sequence[SourcePaper], seed: int = 0) -> SupportData:
    """Write ``support-spans.jsonl`` and, of papers that are never learned from, ``support-spans-unseen.jsonl``. Raises InputError where the
    papers hold no sentence, or the folder cannot be written.
    """
    counts, kinds, intensities = list[int](), Counter[str](), Counter[str]()
    values, clauses = _values(papers), _clauses(papers, random.Random(seed))  # noqa: S311  data, no secret
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for unseen, name in ((False, "support-spans"), (True, "support-spans-unseen")):
            made = [row for paper in papers if paper.held_out == unseen for row in rows_of(paper, values, clauses, seed)]
            random.Random(seed).shuffle(made)  # noqa: S311  an order, not a secret
            (folder / f"{name}.jsonl").write_text("".join(map(_line, made)), "utf-8")
            counts.append(len(made))
            kinds.update(row.kind for row in made)
            intensities.update(row.intensity for row in made)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}", remedy="Give another folder with --out") from error
    if not counts[0]:
        raise InputError("the papers hold no sentence to learn from", remedy="Give papers with running text")
    unseen_papers = sum(paper.held_out for paper in papers)
    by_kind, by_intensity = dict(sorted(kinds.items())), dict(sorted(intensities.items()))
    return SupportData(counts[0], counts[1], len(papers) - unseen_papers, unseen_papers, by_kind, by_intensity, str(folder))


def rows_of(
    paper: SourcePaper,
    values: Mapping[tuple[Language, int], Sequence[str]],
    clauses: Mapping[Language, Sequence[str]],
    seed: int,
) -> Iterator[SupportRow]:
    """Of each sentence that is taken a true row, a false one, and now and then one whose evidence was taken away."""
    source = random.Random(f"{seed}/{paper.name}")  # noqa: S311  data, no secret
    taken = [one for one in paper.sentences.all if one.form in ("sentence", "item")]
    others = {language: _others(taken, language, clauses[language], source) for language in LANGUAGES}
    source.shuffle(taken)
    count = 0
    for one in taken:
        text = told_again(one, paper.company if source.random() < 0.8 else "", source)
        if text is None or count >= paper.most:
            continue
        count += 1
        yield _row(paper, text, one, (), "true")
        language = language_of(text)
        false = made_false_in(drawn(source), text, language, others[language], source)
        row = _row(paper, false.text, one, false.spans, _kind(false.kinds)) if false else None
        if false and row and not any(kind == "clause" and _held(row, span) for kind, span in zip(false.kinds, false.spans, strict=True)):
            yield row
        if source.random() < BARE and (bare := _without(paper, text, one)):
            yield bare
    yield from _of_records(paper, values, paper.most // 3, source)
    yield from _of_relations(paper, paper.most // 6, source)


def _kind(kinds: Sequence[str]) -> str:
    """What was made wrong, where it is one thing."""
    return kinds[0] if len(set(kinds)) == 1 else "mixed"


def _of_records(
    paper: SourcePaper, values: Mapping[tuple[Language, int], Sequence[str]], most: int, source: random.Random
) -> Iterator[SupportRow]:
    """What a record says, and the same with another value, of this paper or another."""
    found = list({(one.relation, one.value): one for one in records(paper.sentences.all)}.values())
    source.shuffle(found)
    by_relation = Counter[int]()
    for one in found:
        if sum(by_relation.values()) >= most or by_relation[one.relation] >= max(4, most // 4):
            continue
        by_relation[one.relation] += 1
        text, _ = said_of(one, one.value, paper.company, source)
        yield _row(paper, text, one.quotable, (), "true")
        near = [other.value for other in found if other.relation == one.relation and other.role != one.role]
        far = values[one.language, one.relation]
        pool = [value for value in (near if near and source.random() < NEAR else far) if value != one.value and one.value not in value]
        if pool:
            text, span = said_of(one, source.choice(pool), paper.company, source)
            yield _row(paper, text, one.quotable, (span,), "attribute")


def _of_relations(paper: SourcePaper, most: int, source: random.Random) -> Iterator[SupportRow]:
    """Of relations of the paper two rows each: with what says so among the evidence, and with that taken out of it."""
    by_form: dict[str, list[Relation]] = defaultdict(list)
    for one in relations(paper.sentences, paper.company, source):
        if sum(other.under == one.under for other in by_form[one.form]) < OF_ONE:
            by_form[one.form].append(one)
    for form, found in sorted(by_form.items()):
        left = max(1, most // len(by_form))
        for one in source.sample(found, min(len(found), TRIED * left)):
            told = evidence_of(one, paper.sentences) if left else None
            if told is None:
                continue
            left -= 1
            yield SupportRow(one.text, told[0], (), "true", paper.name)
            yield SupportRow(one.text, told[1], (one.span,), f"{form} removed", paper.name)


def _values(papers: Sequence[SourcePaper]) -> Mapping[tuple[Language, int], Sequence[str]]:
    """The values of each relation in all papers."""
    found: dict[tuple[Language, int], dict[str, Record]] = defaultdict(dict)
    for paper in papers:
        for one in records(paper.sentences.all):
            found[one.language, one.relation].setdefault(one.value, one)
    return {key: sorted(of) for key, of in found.items()}


def _others(found: Sequence[Quotable], language: Language, clauses: Sequence[str], source: random.Random) -> Others:
    texts = [simplified(one.text) for one in found if language_of(one.text) == language]
    texts = source.sample(texts, min(len(texts), _POOL))
    counts = Counter(name for text in texts for name in names_in(text, language))
    names = sorted(name for name, count in counts.items() if count >= FEWEST_NAMED[language])
    items = sorted({item for text in texts for item in items_in(text, language)})
    return Others(names, items, clauses)


def _clauses(papers: Sequence[SourcePaper], source: random.Random) -> dict[Language, list[str]]:
    """Clauses of all papers, as they could go on any sentence."""
    found: dict[Language, set[str]] = {language: set() for language in LANGUAGES}
    for paper in papers:
        for one in source.sample(paper.sentences.all, min(len(paper.sentences.all), _CLAUSES)):
            language = language_of(one.text)
            stop, shortest, longest = (r", (?:and|which) |; ", 18, 90) if language == "en" else (r"[，；]", 6, 26)
            parts = [part.strip(" .。") for part in re.split(stop, simplified(one.text))[1:]] if one.form in ("sentence", "item") else []
            found[language].update(part for part in parts if shortest <= len(part) <= longest)
    return {language: sorted(of) for language, of in found.items()}


def _row(paper: SourcePaper, text: str, origin: Quotable, spans: tuple[tuple[int, int], ...], kind: str) -> SupportRow:
    """With the evidence as it is found in use; the sentence that it was made of is among it."""
    found = paper.sentences.nearest(text)
    if origin not in found[:2]:
        found = [*found[:1], origin, *(one for one in found[1:] if one != origin)]
    return SupportRow(text, evidence_text(found[:MOST], text), spans, kind, paper.name)


def _without(paper: SourcePaper, text: str, origin: Quotable) -> SupportRow | None:
    """A sentence of another passage of the same paper: all its words that the evidence lacks are unsupported."""
    found = [one for one in paper.sentences.nearest(text, MOST + 4) if one != origin and not _alike(one.text, origin.text)]
    evidence = evidence_text(found[:MOST], text)
    lacking = list(_lacking(text, set(terms(evidence))))
    return SupportRow(text, evidence, tuple(_joined(lacking, text)), "passage", paper.name) if evidence and len(lacking) > 1 else None


def _lacking(text: str, held: set[str]) -> Iterator[tuple[int, int]]:
    """The words of a text that are not held; of Chinese the characters of which no pair is."""
    for place in _WORD.finditer(text):
        start, word = place.start(), place[0]
        if word.isascii():
            said = set(terms(word))
            if said and not said & held:
                yield place.span()
            continue
        pairs = [word[at : at + 2] in held for at in range(len(word) - 1)]
        for at in range(len(word)):
            if not any(pairs[max(0, at - 1) : at + 1]) and word[at] not in held:
                yield start + at, start + at + 1


def _held(row: SupportRow, span: tuple[int, int]) -> bool:
    """Whether the evidence holds most of the words of a span that was to be unsupported."""
    said = set(terms(row.text[slice(*span)]))
    return len(said & set(terms(row.evidence))) > 0.5 * len(said)


def _alike(one: str, other: str) -> bool:
    mine, theirs = set(terms(one)), set(terms(other))
    return len(mine & theirs) > 0.7 * min(len(mine), len(theirs))


def _joined(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Words side by side are one span."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and len(text[found[-1][1] : start].strip()) == 0:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _line(row: SupportRow) -> str:
    spans = [(start, end, LABEL) for start, end in row.spans]
    told = {
        "text": row.text, "evidence": row.evidence, "spans": spans, "kind": row.kind, "intensity": row.intensity, "paper": row.paper,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False) + "\n"
