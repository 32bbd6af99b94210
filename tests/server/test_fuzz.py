"""Every route with requests that nobody should send: never a 5xx, always the one shape of errors, nothing of another's rows."""

from __future__ import annotations

import json
import os
import random
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.server.conftest import Live

from finfoundry.demo.report import CLIENT

ROUNDS = int(os.environ.get("FINFOUNDRY_FUZZ", "12"))  # for each operation
ODD: list[Any] = [
    *(None, True, -1, 0, 10**30, 1.5, float("inf"), [], [None], [[[[]]]], {}, {"text": 5}, {"document": "x"}),
    *("", " ", "\x00", "\ud800", "\ufeff", "' OR 1=1 --", "../../etc/passwd", "%00", "\U0001d7d9" * 50, "9" * 5000, "<script>"),
    *("00000000", "zzzzzzzz", "2024", "2024-13-45", "0001-01-01/9999-12-31"),
]
TEXTS = [str(one) for one in ODD if isinstance(one, str | int | float) and "\ud800" not in str(one)]


def operations(live: Live) -> list[tuple[str, str, dict[str, Any]]]:
    paths = httpx.get(f"{live.url}/openapi.json").json()["paths"]
    return [(method, path, one) for path, methods in paths.items() for method, one in methods.items()]


def body_for(draw: random.Random, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    properties = schemas[content["schema"]["$ref"].rsplit("/", 1)[-1]]["properties"]
    body: dict[str, Any] = {
        "question": "净利润？",
        "query": "x",
        "answer": "It was 5.",
        "evidence": ["It was 5."],
        "model": "finfoundry",
        "audit_id": "x",
    }
    body |= {"verdict": "right", "input": "x", "messages": [{"role": "user", "content": "x"}]}
    sane = {name: value for name, value in body.items() if name in properties}
    return {**sane, **{draw.choice(list(properties)): draw.choice(ODD) for _ in range(draw.randrange(1, 3))}}


@pytest.mark.parametrize("seed", range(2))
def test_no_request_breaks_the_server(live: Live, seed: int) -> None:
    draw = random.Random(seed)
    schemas = httpx.get(f"{live.url}/openapi.json").json()["components"]["schemas"]
    told: list[str] = []
    with httpx.Client(base_url=live.url, timeout=60) as client:
        for method, path, operation in operations(live):
            for _ in range(ROUNDS):
                parameters = operation.get("parameters", [])
                where = path
                for one in parameters:
                    if one["in"] == "path":
                        where = where.replace(f"{{{one['name']}}}", quote(draw.choice(TEXTS)[:200], safe=""))
                query = {one["name"]: draw.choice(TEXTS) for one in parameters if one["in"] == "query" and draw.random() < 0.5}
                body = body_for(draw, operation, schemas)
                content = json.dumps(body).encode() if body is not None else None
                key = live.admin_key if draw.random() < 0.5 else live.key
                headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
                answer = client.request(method, where, params=query, content=content, headers=headers)
                if answer.status_code >= 500 and not ("embeddings" in path and answer.status_code == 503):
                    told.append(f"{answer.status_code} {method} {where} {query} {body}: {answer.text[:200]}")
                elif answer.status_code >= 400:
                    assert set(answer.json()["error"]) == {"message", "type", "param", "code", "remedy", "request_id"}
    assert told == []


def test_no_route_tells_a_user_of_a_paper_that_the_user_may_not_read(live: Live) -> None:
    with live.client(live.admin_key) as admin:
        hidden = next(one for one in admin.get("/v1/documents").json() if one["label"] == "sensitive")
    questions = [CLIENT, f"{CLIENT} net profit 2024", hidden["id"], hidden["sha256"]]
    with live.client() as ana:
        for question in questions:
            seen = [
                ana.post("/v1/search", json={"query": question}).text,
                ana.get("/v1/facts", params={"entity": question}).text,
                ana.get("/v1/documents").text,
                ana.post("/v1/verify", json={"answer": "5", "evidence": [{"document": hidden["id"]}]}).text.replace(hidden["id"], ""),
            ]
            assert not any(hidden["name"] in text or hidden["id"] in text for text in seen)
        collections = {one["name"]: one["documents"] for one in ana.get("/v1/collections").json()}
    assert collections["default"] == 1
