"""Open WebUI: a filter function (Admin > Functions) that marks sentences of an answer which its sources do not bear out."""

import os

import httpx


class Filter:
    async def outlet(self, body: dict) -> dict:
        question, answer = ([m for m in body["messages"] if m["role"] == role][-1] for role in ("user", "assistant"))
        evidence = [{"text": text} for source in answer.get("sources", []) for text in source.get("document", [])]
        asked = {"answer": answer["content"], "question": question["content"], "evidence": evidence}
        headers = {"Authorization": f"Bearer {os.environ['FINFOUNDRY_KEY']}"}
        async with httpx.AsyncClient(timeout=30) as client:
            report = (await client.post(f"{os.environ['FINFOUNDRY_URL']}/v1/verify", json=asked, headers=headers)).json()
        wrong = [f"{one['text']} ({one['reason']})" for one in report["sentences"] if one["status"] == "unsupported"]
        answer["content"] += f"\n\n⚠ Not in the sources: {', '.join(wrong)}" if wrong else ""
        return body
