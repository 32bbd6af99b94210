"""A peer of the product: LlamaIndex with its own defaults (sentence splitter of 1,024 tokens with 20 of overlap, the two nearest
nodes, its question-answering prompt), over one document a page as its PDF reader makes them, with our embedder and our base model.
Needs the extra ``evals``. Only its two connectors are ours; nothing of it is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from finfoundry.core.errors import SettingsError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.protocols import Embedder, Engine, Message, Request
from finfoundry.evals.rows import Item, Reply, Solver
from finfoundry.evals.systems.embedding_cache import Kept
from finfoundry.evals.systems.naive import ANSWER_TOKENS, BATCH, reply
from finfoundry.evals.systems.suite_documents import pages

try:
    from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
except ModuleNotFoundError as error:
    raise SettingsError(f"the peer needs the package {error.name}", remedy="Run pip install 'finfoundry[evals]'") from error


class Ours(BaseEmbedding):
    """Our embedder as LlamaIndex calls one."""

    embedder: Any

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(value) for value in self.embedder.query(query)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in row] for row in self.embedder.passages(texts)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class PeerModel(CustomLLM):
    """Our engine as LlamaIndex calls one; it counts tokens, which the query engine does not report."""

    engine: Any
    context: int  # tokens, prompt and answer
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=self.context, num_output=ANSWER_TOKENS, model_name=self.engine.model)

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:  # noqa: ARG002  LlamaIndex's signature
        said = self.engine.chat(Request((Message("user", prompt),), max_tokens=ANSWER_TOKENS))
        self.prompt_tokens += said.prompt_tokens
        self.completion_tokens += said.completion_tokens
        return CompletionResponse(text=said.text)

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:  # noqa: ARG002
        yield self.complete(prompt)


def solver(engine: Engine, embedder: Embedder, files: Sequence[Path], folder: Path, context: int, report: Report = silent) -> Solver:
    """One query engine over all files. The index is kept in the run folder."""
    embedding = Ours(embedder=Kept(embedder, folder / "vectors"), model_name=embedder.model, embed_batch_size=BATCH)
    model = PeerModel(engine=engine, context=context)
    kept = folder / "llamaindex"
    if kept.exists():
        index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(kept)), embed_model=embedding)
    else:
        report(Progress("indexing with LlamaIndex", 0, None, ""))
        documents = [
            Document(text=page.text, metadata={"file_name": page.document, "page_label": str(page.number)}) for page in pages(files)
        ]
        index = VectorStoreIndex.from_documents(documents, embed_model=embedding)
        index.storage_context.persist(str(kept))
    queries = index.as_query_engine(llm=model)

    def solve(item: Item) -> Reply:
        before = model.prompt_tokens, model.completion_tokens
        said = queries.query(item.question)
        places = [(str(one.metadata["file_name"]), int(one.metadata["page_label"])) for one in said.source_nodes]
        return reply(str(said), places, model.prompt_tokens - before[0], model.completion_tokens - before[1])

    return solve
