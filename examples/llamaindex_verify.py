"""LlamaIndex: check the figures of a response against its source nodes. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os

import httpx
from llama_index.core.base.response.schema import Response


def verify(response: Response, question: str = "") -> dict:
    """The report on a query engine's response: each figure bound or not, and why not."""
    evidence = [{"text": source.node.get_content(), "name": source.node.node_id} for source in response.source_nodes]
    body = {"answer": str(response), "question": question, "evidence": evidence}
    headers = {"Authorization": f"Bearer {os.environ['FINFOUNDRY_KEY']}"}
    return httpx.post(f"{os.environ['FINFOUNDRY_URL']}/v1/verify", json=body, headers=headers).json()
