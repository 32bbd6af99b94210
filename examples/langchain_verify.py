"""LangChain: check the figures of a chain's answer against the documents it retrieved. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os

import httpx
from langchain_core.runnables import RunnableLambda


def verify(state: dict) -> dict:
    """Add ``report`` to ``{"question", "context": [Document], "answer"}``: each figure bound or not, and why not."""
    evidence = [{"text": one.page_content, "name": one.metadata.get("source", "text")} for one in state["context"]]
    body = {"answer": state["answer"], "question": state["question"], "evidence": evidence}
    headers = {"Authorization": f"Bearer {os.environ['FINFOUNDRY_KEY']}"}
    return {**state, "report": httpx.post(f"{os.environ['FINFOUNDRY_URL']}/v1/verify", json=body, headers=headers).json()}


chain = RunnableLambda(verify)  # your_rag_chain | RunnableLambda(verify)
