"""LangChain: documents ranked for a question, for a ContextualCompressionRetriever. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os

import httpx
from langchain_core.documents import BaseDocumentCompressor


class Rerank(BaseDocumentCompressor):
    top_n: int = 5

    def compress_documents(self, documents, query, callbacks=None):  # noqa: ARG002
        """The best documents, best first, each with its ``relevance_score``."""
        body = {"query": query, "documents": [one.page_content for one in documents], "top_n": self.top_n}
        headers = {"Authorization": f"Bearer {os.environ['FINFOUNDRY_KEY']}"}
        told = httpx.post(f"{os.environ['FINFOUNDRY_URL']}/v1/rerank", json=body, headers=headers, timeout=60).raise_for_status().json()
        ranked = [(documents[one["index"]], one["relevance_score"]) for one in told["results"]]
        return [one.model_copy(update={"metadata": {**one.metadata, "relevance_score": score}}) for one, score in ranked]
