"""Dify: the body of a Code node. Inputs: answer, question (strings), context (the knowledge node's result), url, key.

Let the sandbox reach the service (SANDBOX_HTTP_PROXY). Outputs: holds, unsupported (sentences with their claims, why not), report;
branch on ``holds``.
"""

import json

import httpx


def main(answer: str, question: str, context: list, url: str, key: str) -> dict:
    evidence = [{"text": one["content"], "name": one.get("title") or "text"} for one in context]
    body = {"answer": answer, "question": question, "evidence": evidence}
    report = httpx.post(f"{url}/v1/verify", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=30).json()
    wrong = [one for one in report["sentences"] if one["status"] == "unsupported"]
    unsupported = [{name: one[name] for name in ("text", "claims", "reason")} for one in wrong]
    return {"holds": int(not unsupported), "unsupported": unsupported, "report": json.dumps(report, ensure_ascii=False)}
