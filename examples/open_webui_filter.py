"""Open WebUI: a filter function (Admin > Functions) that tells which sentences its sources do not bear out, and what they claim."""

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
        for one in [sentence for sentence in report["sentences"] if sentence["status"] == "unsupported"]:
            read = [[claim["relation"], claim["metric"], claim["value"], claim["unit"], *claim["periods"]] for claim in one["claims"]]
            why = "; ".join([one["reason"], *(" ".join(filter(None, claim)) for claim in read)])
            answer["content"] += f"\n\n⚠ Not in the sources: {one['text']} ({why})"
        return body
