"""Writes what the scorer of figures learns from: questions for a figure, each with the line of a table that answers and lines that do not.

    python benchmarks/training.py figure-pairs --out FOLDER [--data FOLDER] [--each 110] [--everyday]
    finfoundry train figure-scorer --data FOLDER --out MODEL

Three sources, none of them written for the lines: the tags of inline XBRL filings (what a filer calls a figure in the standard's words,
with its members, beside the label that its paper prints for it), of the companies that may be read; questions that people asked of tables
(TAT-QA, half of its tables by their digest, and FinLLMs' training part, each with the rows that its program takes); and labels of Chinese
statements, simplified and traditional, asked for by a part of their words. Against each right line stand lines of the same table, and
those of the same paper that share most of the question's words. A third of the papers goes into ``figure-pairs-unseen.jsonl``.
``--everyday``, which the state reader learned from, too: the questions of ``concept_questions.jsonl`` beside a line that has their concept.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.retrieve.figure_lines import Headings, Line, line_of
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.core.document import BY_PLACE, Document, Fact
from finfoundry.core.language import simplified
from finfoundry.evals.suites.ixbrl_facts import FOLDER, items, tags_of, wide
from finfoundry.evals.suites.ixbrl_judging import by_locator
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.formats.html import parse_html
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.terms import terms
from finfoundry.knowledge.storage.chunks import chunk
from measures import ROOT

HELD_OUT = 3  # papers for one held out
ALIKE, BESIDE, OTHERS = 2, 2, 1  # wrong lines of a question: of the paper with most of its words, of the same table, any
DROPPED = 0.25  # of the words of a tag, or the characters of a Chinese label, that a question leaves out
CHINESE, LARGEST = ("zh_filings/docs", "zh_tw"), 12_000_000  # bytes of one that is read
CONCEPTS, OF_NOTHING = 45, 12  # of a paper that are asked for in everyday words; questions for no concept
ASKED = {
    "en": (
        "{}", "{}?", "What was {}?", "What is the {}?", "How much was {}?", "How much {} was there?", "How high was {}?",
        "What did it report as {}?", "Give me the {}", "amount of {}", "What amount of {} does the report show?", "Could you tell me {}?",
        "how much {} did the company have",
        "What were total {}?", "{} pls", "How many {}?",
    ),
    "zh": (
        "{}", "{}是多少？", "{}多少", "{}有多少？", "请问{}是多少", "{}的金额是多少？", "{}余额", "报告里{}为多少？", "{}达到多少",
        "{}一共多少钱？",
        "帮我查一下{}", "{}几何",
    ),
}  # fmt: skip
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_EMPTY = frozenset({"of", "and", "the", "for", "in", "to", "by", "from", "on", "at", "or", "with", "member", "domain"})


@dataclass(frozen=True)
class Placed:
    """A line with its table and its words."""

    line: Line
    table: int | None
    words: frozenset[str]
    meaning: str  # what it is of by its tag; else its own text

    @property
    def read(self) -> str:
        return self.line.read


Pair = tuple[str, str, float, str]  # question, line, target, paper


def placed(document: Document, facts: Sequence[Fact], meanings: dict[int, str]) -> list[Placed]:
    """The lines of a paper, each once; ``meanings`` by the identity of a fact."""
    above = Headings(chunk(document))
    found: dict[tuple[int | None, str], Placed] = {}
    for fact in facts:
        if not fact.metric or fact.table is None or any(axis == BY_PLACE for axis, _ in fact.dimensions):
            continue
        line = line_of(fact, above.of(fact))
        found.setdefault((fact.table, line.read), Placed(line, fact.table, frozenset(terms(line.read)), meanings.get(id(fact), line.read)))
    return list(found.values())


def pairs(question: str, right: Placed, lines: Sequence[Placed], paper: str, draw: random.Random) -> Iterator[Pair]:
    """The line that answers, and those that do not; what means the same is neither."""
    yield question, right.read, 1.0, paper
    own = (right.line.path, right.line.members)
    others = [one for one in lines if one.meaning != right.meaning and (one.line.path, one.line.members) != own]
    asked = frozenset(terms(question))
    near = sorted(others, key=lambda one: (-len(asked & one.words), len(one.words)))[: 3 * ALIKE]
    beside = [one for one in others if one.table == right.table]
    chosen = [
        *draw.sample(near, min(ALIKE, len(near))),
        *draw.sample(beside, min(BESIDE, len(beside))),
        *draw.sample(others, min(OTHERS, len(others))),
    ]
    yield from ((question, read, 0.0, paper) for read in dict.fromkeys(one.read for one in chosen))


def of_tags(data: Path, each: int, draw: random.Random) -> Iterator[Pair]:
    """Questions in the words of tags, with their members."""
    for item in (*items(data, FOLDER), *wide(data, "read")):
        document = parse_html(gzip.decompress(item.meta["file"].read_bytes()), item.id)
        facts = extract(document)
        tagged = {id(fact): tag for tag, found in by_locator(tags_of(item)[0], facts) for fact in found}
        meanings = {key: f"{tag.concept} {sorted(member for _, member in tag.dimensions)}" for key, tag in tagged.items()}
        lines = placed(document, facts, meanings)
        asked = {
            meaning: (tag.concept, [member for _, member in tag.dimensions])
            for meaning, tag in zip(meanings.values(), tagged.values(), strict=True)
        }
        paper = item.id.partition("-")[0]
        known = [one for one in lines if one.meaning in asked]
        for right in draw.sample(known, min(each, len(known))):
            yield from pairs(in_words(*asked[right.meaning], draw), right, lines, paper, draw)
        print(item.id, len(lines), flush=True)


def in_words(concept: str, members: Sequence[str], draw: random.Random) -> str:
    """A question out of the words of a tag: some left out, some said otherwise."""
    said = _thinned(_CAMEL.findall(concept.rpartition(":")[2]), draw)
    of = [
        " ".join(_thinned(_CAMEL.findall(member.rpartition(":")[2].removesuffix("Member").removesuffix("Segment")), draw))
        for member in members
    ]
    draw.shuffle(of)
    text = " ".join(said)
    for member in of:
        text = draw.choice((f"{text} of {member}", f"{text} in {member}", f"{member} {text}", f"{text} for {member}"))
    return draw.choice(ASKED["en"]).format(text.lower())


def _thinned(words: Sequence[str], draw: random.Random) -> list[str]:
    kept = [word for word in words if word.lower() not in _EMPTY or draw.random() < 0.5]
    thin = [word for word in kept if draw.random() >= DROPPED]
    return thin if len(thin) > 1 or len(kept) == 1 else kept


def of_people(data: Path, draw: random.Random) -> Iterator[Pair]:
    """Questions that people asked of a table."""
    folder = data / "en_tableqa"
    for one in json.loads((folder / "finllms_tatqa_train.json").read_text("utf-8")):
        rows = [int(key.removeprefix("table_")) for key in one["qa"]["gold_inds"] if key.startswith("table_")]
        yield from of_given(one["qa"]["question"], one["table"], rows, f"finllms {one['id']}", draw)
    for context in json.loads((folder / "tatqa_dev.json").read_text("utf-8")):
        if int(hashlib.sha256(context["table"]["uid"].encode()).hexdigest(), 16) % 2:
            continue
        table = context["table"]["table"]
        for one in context["questions"]:
            if one["answer_from"].startswith("table") and (rows := _rows_taken(table, one)):
                yield from of_given(one["question"], table, rows, context["table"]["uid"], draw)


def _rows_taken(table: Sequence[Sequence[str]], asked: dict[str, object]) -> list[int]:
    """The rows of the numbers that the derivation takes, where each number stands in one row alone."""
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", str(asked["derivation"])) or (
        [str(part) for part in answer] if isinstance(answer := asked["answer"], list) else []
    )
    rows = []
    for number in numbers:
        at = [row for row, cells in enumerate(table) if any(_bare(cell) == _bare(number) for cell in cells[1:])]
        if len(at) == 1:
            rows += at
    return sorted(set(rows))


def _bare(cell: str) -> str:
    return re.sub(r"[^\d.]", "", cell).strip(".")


def of_given(question: str, table: Sequence[Sequence[str]], rows: Sequence[int], paper: str, draw: random.Random) -> Iterator[Pair]:
    """Of a table that comes with a question: the rows that are taken, and others of it."""
    labels = [cells[0].strip() for cells in table]
    heads, path = "", dict[int, tuple[str, ...]]()
    for row, cells in enumerate(table):
        if labels[row] and not any(cell.strip() for cell in cells[1:]):
            heads = labels[row]
        path[row] = (heads, labels[row]) if heads and heads != labels[row] else (labels[row],)
    right = [row for row in rows if row < len(table) and labels[row]]
    others = [row for row in path if row not in rows and labels[row] and any(re.search(r"\d", cell) for cell in table[row][1:])]
    masked = re.sub(
        r"(?:in|for|at|of|as at|from|to|between|and)?\s*(?:(?:fiscal|december|june|march|september)\s*(?:\d\d,)?\s*)?\b(?:19|20)\d\d\b",
        " ",
        question,
        flags=re.I,
    )
    for row in right[:2]:
        yield masked, Line((), path[row], ()).read, 1.0, paper
    for row in draw.sample(others, min(4, len(others))):
        yield masked, Line((), path[row], ()).read, 0.0, paper


def of_chinese(data: Path, each: int, draw: random.Random) -> Iterator[Pair]:
    """Labels of Chinese papers, asked for by a part of what they and their columns say."""
    for path in _chinese(data):
        parsed = parse(path.read_bytes(), path.name)
        lines = placed(parsed.document, parsed.facts, {})
        for right in draw.sample(lines, min(each, len(lines))):
            if sum("\u3400" <= sign <= "\u9fff" for sign in right.line.path[-1]) >= 3:
                yield from pairs(_in_chinese(right.line, draw), right, lines, path.stem, draw)
        print(path.name, len(lines), flush=True)


def _in_chinese(line: Line, draw: random.Random) -> str:
    """A question out of a label: of its heading or column with it, characters left out, beside others that ask."""
    label = re.sub(r"[（(][^()（）]*[）)]|[一二三四五六七八九十]+[、.]|^\W*(?:其中|减|加)[:：]?|\d+", "", line.path[-1])
    kept = "".join(sign for sign in label if draw.random() >= DROPPED / 3) or label
    own = [part for part in (*line.members, *line.path[-2:-1]) if 2 <= len(part) <= 14]
    of = draw.choice(own) if own else ""
    said = draw.choice((f"{of}{kept}", f"{of}的{kept}", f"{of}中{kept}")) if of else kept
    return simplified(draw.choice(ASKED["zh"]).format(said))


def everyday_questions() -> dict[tuple[str, str], list[str]]:
    """By language and concept; times are left out, as where lines are read."""
    found = defaultdict(list)
    for line in (ROOT / "benchmarks" / "concept_questions.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        text = simplified(row["q"])
        masked = masked_out(text, [(one.start, one.end) for one in asked_periods(text)])
        found["en" if row["lang"] == "en" else "zh", row["concept"]].append(" ".join(masked.split()))
    return found


def of_everyday_words(data: Path, draw: random.Random) -> Iterator[Pair]:
    """Questions in everyday words for concepts of which a paper has a line for all of the company; those of none beside its nearest."""
    asked = everyday_questions()
    for paper, language, document, facts in _papers(data):
        meanings = {id(fact): fact.concept for fact in facts if fact.concept}
        lines = placed(document, facts, meanings)
        by_concept = defaultdict(list)
        for one in lines:
            if (language, one.meaning) in asked and not one.line.members:
                by_concept[one.meaning].append(one)
        for concept in draw.sample(sorted(by_concept), min(CONCEPTS, len(by_concept))):
            for question in draw.sample(asked[language, concept], min(2, len(asked[language, concept]))):
                yield from pairs(question, draw.choice(by_concept[concept]), lines, paper, draw)
        for question in draw.sample(asked[language, "none"], OF_NOTHING):
            words = frozenset(terms(question))
            yield from ((question, one.read, 0.0, paper) for one in sorted(lines, key=lambda one: -len(words & one.words))[: 2 * ALIKE])


def _papers(data: Path) -> Iterator[tuple[str, str, Document, Sequence[Fact]]]:
    """The filings that may be read, and Chinese papers, with their language."""
    for item in (*items(data, FOLDER), *wide(data, "read")):
        document = parse_html(gzip.decompress(item.meta["file"].read_bytes()), item.id)
        yield item.id.partition("-")[0], "en", document, extract(document)
    for path in _chinese(data):
        parsed = parse(path.read_bytes(), path.name)
        yield path.stem, "zh", parsed.document, parsed.facts


def _chinese(data: Path) -> list[Path]:
    found = sorted(one for folder in CHINESE for one in (data / folder).rglob("*") if one.suffix in (".pdf", ".html", ".txt"))
    return [path for path in found if not ("insurance" in str(path) or "scan" in str(path) or path.stat().st_size > LARGEST)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=110, help="questions of a filing; a third of that of a Chinese paper")
    parser.add_argument("--everyday", action="store_true", help="also questions in everyday words")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    draw = random.Random(0)
    sources = [of_tags(options.data, options.each, draw), of_people(options.data, draw), of_chinese(options.data, options.each // 3, draw)]
    if options.everyday:
        sources.append(of_everyday_words(options.data, draw))
    parts: dict[bool, dict[tuple[str, str], Pair]] = defaultdict(dict)
    for question, line, target, paper in (pair for source in sources for pair in source):
        unseen = zlib.crc32(paper.encode()) % HELD_OUT == 0
        key = (question, line)
        if target or key not in parts[unseen]:
            parts[unseen][key] = (question, line, target, paper)
    for unseen, name in ((False, "figure-pairs"), (True, "figure-pairs-unseen")):
        rows = list(parts[unseen].values())
        draw.shuffle(rows)
        told = [{"text": simplified(text), "passage": line, "target": target, "paper": paper} for text, line, target, paper in rows]
        (options.out / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told), "utf-8")
        print(f"{name}: {len(rows)} pairs, {sum(pair[2] for pair in rows):.0f} of them right")
