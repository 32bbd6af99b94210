"""The naive baseline: chunks of a fixed size, the same embedder, the same base model; no facts, no calculator, no binding."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.protocols import Embedder, Engine, Message, Request
from finfoundry.evals.rows import Item, Reply, Solver
from finfoundry.evals.systems.embedding_cache import Kept
from finfoundry.evals.systems.suite_documents import TextPage, pages

WORDS = 200  # of a chunk; characters in a text without spaces
NEAREST = 5
ANSWER_TOKENS = 160
BATCH = 256
SYSTEM = (
    "Answer the question from the context alone. Say the answer in the first sentence. If the context does not hold the answer, "
    "reply: not found. Answer in the language of the question."
)
_NOT_FOUND = re.compile(
    r"\bnot (?:found|provided|available|mentioned|contain)|does not (?:contain|provide|include|mention)|未找到|没有提到|未提供"
)


@dataclass(frozen=True, slots=True)
class NaiveChunk:
    document: str
    page: int  # on which it begins
    text: str


@dataclass(frozen=True, slots=True)
class NaiveIndex:
    chunks: list[NaiveChunk]
    vectors: NDArray[np.float32]

    def nearest(self, query: NDArray[np.float32], count: int = NEAREST, document: str | None = None) -> list[NaiveChunk]:
        """The ``count`` chunks nearest to a query (dimensions,) by cosine; of one document where it is named."""
        scores = self.vectors @ query
        if document:
            scores = np.where([chunk.document.startswith(document) for chunk in self.chunks], scores, -np.inf)
        return [self.chunks[place] for place in np.argsort(-scores)[:count]]


def chunked(texts: Iterable[TextPage]) -> Iterator[NaiveChunk]:
    """Windows of WORDS words over each document, across its pages."""
    name, page, held = "", 1, list[str]()
    for one in texts:
        if one.document != name:
            if held:
                yield NaiveChunk(name, page, " ".join(held))
            name, page, held = one.document, one.number, []
        for word in re.findall(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+", one.text):
            held.append(word)
            if len(held) == WORDS:
                yield NaiveChunk(name, page, " ".join(held))
                held, page = [], one.number
    if held:
        yield NaiveChunk(name, page, " ".join(held))


def index(files: Sequence[Path], embedder: Embedder, folder: Path, report: Report = silent) -> NaiveIndex:
    """Made once a run folder, then read from it; the vectors of what was embedded before a kill are kept."""
    digest = hashlib.sha256("\n".join([embedder.model, *(f"{path.name} {path.stat().st_size}" for path in files)]).encode()).hexdigest()[
        :16
    ]
    texts, vectors = folder / f"naive-{digest}.json", folder / f"naive-{digest}.npy"
    if vectors.exists():
        return NaiveIndex([NaiveChunk(**one) for one in json.loads(texts.read_text(encoding="utf-8"))], np.load(vectors))
    chunks = list(chunked(pages(files)))
    kept = Kept(embedder, folder / "vectors")
    made = []
    for start in range(0, len(chunks), BATCH):
        made.append(kept.passages([chunk.text for chunk in chunks[start : start + BATCH]]))
        report(Progress("embedding chunks of a fixed size", start, len(chunks), ""))
    folder.mkdir(parents=True, exist_ok=True)
    texts.write_text(json.dumps([asdict(chunk) for chunk in chunks], ensure_ascii=False), encoding="utf-8")
    np.save(vectors, np.concatenate(made))
    return NaiveIndex(chunks, np.concatenate(made))


def solver(engine: Engine, embedder: Embedder, found: NaiveIndex, *, own_document: bool) -> Solver:
    """Nearest chunks into the prompt, one call of the model. "Not found" counts as no evidence."""

    def solve(item: Item) -> Reply:
        document = str(item.meta["document"]) if own_document else None
        chunks = found.nearest(embedder.query(item.question), document=document)
        context = "\n\n".join(f"[{chunk.document}, page {chunk.page}]\n{chunk.text}" for chunk in chunks)
        asked = f"Context:\n{context}\n\nQuestion: {item.question}"
        said = engine.chat(Request((Message("system", SYSTEM), Message("user", asked)), max_tokens=ANSWER_TOKENS))
        return reply(said.text, [(chunk.document, chunk.page) for chunk in chunks], said.prompt_tokens, said.completion_tokens)

    return solve


def reply(text: str, places: list[tuple[str, int]], prompt: int, completion: int) -> Reply:
    """A plain model's answer; what says that it found nothing is no evidence, as the contract calls it."""
    status = "no_evidence" if _NOT_FOUND.search(text[:200].lower()) and not re.search(r"\d{3}", text) else "answered"
    return Reply(text.strip(), status, citations=list(dict.fromkeys(places)), prompt_tokens=prompt, completion_tokens=completion)
