"""LlamaIndex: check the sentences of a response against its source nodes. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os

import httpx
from llama_index.core.base.response.schema import Response


def verify(response: Response, question: str = "") -> dict[str, list]:
    """The sentences of a query engine's response: supported, unsupported or unchecked, each with its claims, and why not."""
    evidence = [{"text": source.node.get_content(), "name": source.node.node_id} for source in response.source_nodes]
    body = {"answer": str(response), "question": question, "evidence": evidence}
    headers = {"Authorization": f"Bearer {os.environ['FINFOUNDRY_KEY']}"}
    report = httpx.post(f"{os.environ['FINFOUNDRY_URL']}/v1/verify", json=body, headers=headers).json()
    by_status = {"supported": [], "unsupported": [], "unchecked": []}
    for one in report["sentences"]:
        by_status[one["status"]].append({"text": one["text"], "claims": one["claims"], "reason": one["reason"]})
    return by_status
