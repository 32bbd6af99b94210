"""Questions with the places of their answers, for a reader to learn from: whether what answers is found, and how far in front it stands.

    python benchmarks/taught_questions.py --home FOLDER [--limit N] [--json]
    python benchmarks/taught_questions.py --home FOLDER --pairs FOLDER [--states]
    python benchmarks/taught_questions.py --into FOLDER --data FOLDER

Whoever wrote them had not seen the code: 5,073 questions as people in banks type them, mostly in other words than the paper's, over 336
papers; one in nine is answered by nothing. The scorer that is shipped has learned from the first 2,916. ``evidence`` are the first and
the last letters and digits of what answers. Candidates are what can be quoted of the passages found in FOLDER's store; printed are the
shares of questions whose paper is among the passages found, of which something that answers can be quoted, and stands first or among the
first 3, 10, 24. ``--pairs`` writes each with what the ranking put before and behind it, as ``finfoundry train evidence-scorer`` reads it,
with ``--states`` as ``finfoundry train state-reader`` does; ``--into`` lays the papers for ``finfoundry ingest``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence_sentences import rank_of
from finfoundry.app import App, open_app
from finfoundry.ask.context import fetch, reading
from finfoundry.ask.reader.written_plan import masked
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.pair_scoring import pair_text, state_text
from finfoundry.ask.understand.subject import EntityCatalogue
from finfoundry.core.language import simplified
from finfoundry.machine import read_settings
from measures import carried_out

FILE = Path(__file__).with_suffix(".jsonl")
BANK = "en_bank_kb"  # whose documents lie in one file
RANKS = (1, 3, 10, 24)
BEFORE, RIGHT = 7, 2  # sentences that do not answer, and such that do, that are written of a question
HELD_OUT = 5  # papers for one that no pair is learned from


@dataclass(frozen=True, slots=True)
class TaughtQuestion:
    """A question over one paper, and how what answers it begins and ends; empty where nothing does."""

    id: str
    lang: str
    paper: str
    kind: str
    question: str
    evidence: tuple[str, ...]

    @property
    def file(self) -> str:
        return Path(self.paper).name.removesuffix(".gz")

    def answered_by(self, text: str, document: str) -> bool:
        """Whether a text of a document holds the beginning or the end of what answers."""
        return document.endswith(self.file) and any(mark in letters(text) for mark in self.evidence)


@dataclass(frozen=True, slots=True)
class Ranked:
    """What can be quoted for a question, the likeliest first, with which of it answers."""

    asked: TaughtQuestion
    said: str  # the question as the ranking reads it
    best: Sequence[Evidence]
    right: Sequence[bool]
    found: bool  # its paper is among the passages


def letters(text: str) -> str:
    """The letters and digits of a text, small and in simplified characters."""
    return "".join(one for one in simplified(unicodedata.normalize("NFKC", text)).lower() if one.isalnum())


def taught() -> Iterator[TaughtQuestion]:
    for line in FILE.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield TaughtQuestion(**row | {"evidence": tuple(row["evidence"])})


def ranked(app: App, asked: TaughtQuestion) -> Ranked:
    context = app.agent.begun(app.administrator, asked.question)
    context.intent, context.subject = intent, subject = reading.understood(context)
    context.calendar = subject.calendar
    best = fetch.evidence(context, intent, subject)
    right = [asked.answered_by(one.quotable.text, one.quotable.hit.document_name) for one in best]
    hits = fetch.for_quotation(context, intent, subject)
    found = any(hit.document_name.endswith(asked.file) for hit in hits)
    return Ranked(asked, masked(asked.question, intent.named, context.language), best, right, found)


def figures(made: Sequence[Ranked]) -> Iterator[dict[str, object]]:
    """A row for all questions that something answers, and one for each language."""
    parts: dict[str, list[Ranked]] = defaultdict(list)
    for one in made:
        if one.asked.evidence:
            parts["all"].append(one)
            parts[one.asked.lang].append(one)
    for name, rows in parts.items():
        ranks = [rank_of([evidence.worth for evidence in one.best], one.right) for one in rows]
        first = {f"in the first {k}": _share([rank is not None and rank <= k for rank in ranks]) for k in RANKS}
        told = {"paper found": _share([one.found for one in rows]), "can be quoted": _share([any(one.right) for one in rows])}
        yield {"of": name, "questions": len(rows)} | told | first


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / max(len(hits), 1), 3)


def pairs(made: Sequence[Ranked], titles: dict[str, str], *, states: bool) -> Iterator[tuple[TaughtQuestion, dict[str, object]]]:
    """What answers, and the likeliest that does not; of questions whose answer was not found nothing, since no label would be sure."""
    for one in made:
        if one.asked.evidence and not any(one.right):
            continue
        told = list(zip(one.best, one.right, strict=True))
        for evidence, right in [*[pair for pair in told if pair[1]][:RIGHT], *[pair for pair in told if not pair[1]][:BEFORE]]:
            quotable, title = evidence.quotable, titles.get(evidence.quotable.hit.document_id, "")
            said = one.asked.question if states else one.said
            passage = state_text(quotable, title) if states else pair_text(quotable.text, (title, *quotable.above))
            yield one.asked, {"text": simplified(said), "passage": passage, "target": float(right), "paper": one.asked.paper}


def write_pairs(made: Sequence[Ranked], titles: dict[str, str], folder: Path, *, states: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[str]] = {"evidence-pairs": [], "evidence-pairs-unseen": []}
    for asked, row in pairs(made, titles, states=states):
        unseen = zlib.crc32(asked.paper.encode()) % HELD_OUT == 0
        rows["evidence-pairs-unseen" if unseen else "evidence-pairs"].append(json.dumps(row, ensure_ascii=False))
    for name, lines in rows.items():
        (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        print(f"{name}: {len(lines)} pairs")


def lay(data: Path, folder: Path) -> None:
    """Copy the papers; inline XBRL is unpacked."""
    folder.mkdir(parents=True, exist_ok=True)
    papers = sorted({one.paper for one in taught()})
    for one in json.loads(gzip.decompress((data / BANK / "documents.json.gz").read_bytes())):
        if f"{BANK}/{one['id']}.md" in papers:
            (folder / f"{one['id']}.md").write_text(f"# {one['title']}\n\n{one['content']}\n", "utf-8")
    for paper in (paper for paper in papers if not paper.startswith(BANK)):
        held = (data / paper).read_bytes()
        (folder / Path(paper).name.removesuffix(".gz")).write_bytes(gzip.decompress(held) if paper.endswith(".gz") else held)
    print(f"{len(papers)} papers in {folder}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a home that holds the papers")
    parser.add_argument("--limit", type=int, default=10**6, help="questions, every so many of them")
    parser.add_argument("--pairs", type=Path, help="write what a scorer learns from into this folder")
    parser.add_argument("--states", action="store_true", help="write them as a state reader reads them")
    parser.add_argument("--into", type=Path, help="lay the papers into this folder")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.into:
        lay(given.data, given.into)
        return
    if given.home is None:
        parser.error("name a home that holds the papers by --home, or a folder to lay them into by --into")
    every = list(taught())
    chosen = every[:: max(1, len(every) // given.limit)][: given.limit]
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app, app.recorder.recording():
        made = [ranked(app, one) for one in chosen]
        documents = EntityCatalogue(app.store).of(app.administrator, None).documents
    if given.pairs:
        write_pairs(made, {one.id: one.title for one in documents if one.title and one.entity is None}, given.pairs, states=given.states)
        return
    for row in figures(made):
        print(json.dumps(row, ensure_ascii=False) if given.json else "  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    carried_out(main)
