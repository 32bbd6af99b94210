"""LangChain: check the sentences of a chain's answer against the documents it retrieved. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os

import httpx
from langchain_core.runnables import RunnableLambda


def verify(state: dict) -> dict:
    """Add ``doubtful`` to ``{"question", "context": [Document], "answer"}``: sentences that do not hold, their claims, why not."""
    evidence = [{"text": one.page_content, "name": one.metadata.get("source", "text")} for one in state["context"]]
    body = {"answer": state["answer"], "question": state["question"], "evidence": evidence}
    headers = {"Authorization": f"Bearer {os.environ['FINFOUNDRY_KEY']}"}
    report = httpx.post(f"{os.environ['FINFOUNDRY_URL']}/v1/verify", json=body, headers=headers).json()
    doubtful = [(one["text"], one["claims"], one["reason"]) for one in report["sentences"] if one["status"] == "unsupported"]
    return {**state, "doubtful": doubtful}


chain = RunnableLambda(verify)  # your_rag_chain | RunnableLambda(verify)
