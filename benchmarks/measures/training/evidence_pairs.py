"""Writes what the scorer of pairs learns from by hand: questions, each with sentences that answer it, and with ones that do not.

    python benchmarks/training.py evidence-pairs --out FOLDER [--data FOLDER]
    finfoundry train evidence-scorer --data FOLDER --out MODEL

Questions over laws, bank documents and insurers' terms are those of ``evidence_questions.jsonl``, which names a sentence by the digest
of its characters; over made-up policies those of ``evidence_policies.yaml``. Against each stand sentences of the same paper that share
most of its words, and some of others. A third of the papers goes into ``evidence-pairs-unseen.jsonl``. What else the shipped scorer
learned from is told in docs/training.md.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from finfoundry.ask.retrieve.evidence_ranking import concepts_of
from finfoundry.ask.retrieve.pair_scoring import pair_text
from finfoundry.core.language import language_of, simplified
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.terms import terms
from measures import ROOT
from measures.paper_sentences import PaperSentences

HERE = ROOT / "benchmarks"
ALIKE, OTHERS, ABSENT, HELD_OUT = 4, 2, 5, 3  # sentences of a question; questions without an answer of a policy; papers for one held out


@dataclass(frozen=True)
class Sentence:
    """A sentence as the scorer reads it, with its plain text."""

    paper: str
    text: str
    read: str

    @property
    def digest(self) -> str:
        return hashlib.sha256("".join(self.text.split()).encode()).hexdigest()[:16]


def file_of(data: Path, name: str) -> tuple[bytes, str]:
    """The bytes of a named paper, and its title where the file has none of its own. Raises StopIteration for one that is not there."""
    if name.startswith("doc_"):
        documents = json.loads(gzip.decompress((data / "en_bank_kb/documents.json.gz").read_bytes()))
        one = next(one for one in documents if f"{one['id']}.md" == name)
        return f"# {one['title']}\n\n{one['content']}\n".encode(), one["title"]
    return next(path for folder in ("zh_regulations", "zh_tw") for path in (data / folder).rglob(name)).read_bytes(), ""


def of_papers(data: Path, names: Sequence[str]) -> dict[str, list[Sentence]]:
    """What can be quoted of each paper."""
    found = {}
    for name in names:
        held, title = file_of(data, name)
        parsed = parse(held, name)
        title = title or (parsed.document.profile.title or "")
        sentences = [one for one in PaperSentences(parsed.document).all if one.form in ("sentence", "item")]
        found[name] = [Sentence(name, one.text, pair_text(one.text, (title, *one.heading[-1:]))) for one in sentences]
    return found


def pairs(question: str, right: Sentence, papers: dict[str, list[Sentence]], draw: random.Random) -> Iterator[tuple[str, Sentence, float]]:
    """The sentence that answers, and those that do not."""
    yield question, right, 1.0
    others = draw.sample(sorted(papers.keys() - {right.paper}), OTHERS)
    for one in [*_alike(question, papers[right.paper], ALIKE), *(near for name in others for near in _alike(question, papers[name], 1))]:
        if one.text != right.text:
            yield question, one, 0.0


def _alike(question: str, found: Sequence[Sentence], count: int) -> list[Sentence]:
    asked = concepts_of(simplified(question))
    share = {one: sum(any(phrase <= frozenset(terms(one.read)) for phrase in each) for each in asked) for one in found}
    return sorted(share, key=lambda one: -share[one])[:count]


def by_hand(data: Path, draw: random.Random) -> Iterator[tuple[str, Sentence, float]]:
    rows = [json.loads(line) for line in (HERE / "evidence_questions.jsonl").open(encoding="utf-8")]
    papers = of_papers(data, sorted({row["paper"] for row in rows}))
    for row in rows:
        for right in [one for one in papers[row["paper"]] if one.digest == row["sentence"]][:1]:
            for question in row["ask"]:
                yield from pairs(question, right, papers, draw)


def of_policies(draw: random.Random) -> Iterator[tuple[str, Sentence, float]]:
    held = yaml.safe_load((HERE / "evidence_policies.yaml").read_text(encoding="utf-8"))
    papers = {
        title: [Sentence(title, one["clause"], pair_text(one["clause"], (title,))) for one in clauses]
        for title, clauses in held["policies"].items()
    }
    for title, clauses in held["policies"].items():
        for place, one in enumerate(clauses):
            for question in one["ask"]:
                yield from pairs(question, papers[title][place], papers, draw)
        for question in draw.sample(held["absent"][language_of(title)], ABSENT):
            yield from ((question, one, 0.0) for one in _alike(question, papers[title], OTHERS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    draw = random.Random(0)
    made = {(question, one.read): (one.paper, score) for question, one, score in [*by_hand(options.data, draw), *of_policies(draw)]}
    options.out.mkdir(parents=True, exist_ok=True)
    for unseen, name in ((False, "evidence-pairs"), (True, "evidence-pairs-unseen")):
        part = {pair: told for pair, told in made.items() if (zlib.crc32(told[0].encode()) % HELD_OUT == 0) == unseen}
        rows = [
            {"text": simplified(question), "passage": read, "target": score, "paper": paper}
            for (question, read), (paper, score) in part.items()
        ]
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (options.out / f"{name}.jsonl").write_text(lines, "utf-8")
        print(f"{name}: {len(rows)} pairs, {sum(score > 0.5 for _, score in part.values())} of them right")
