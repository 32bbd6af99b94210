"""Papers that come with a question, over HTTP: texts and files, in one piece or streamed, refused where they cannot be read."""

from __future__ import annotations

import base64
import json

from jsonschema import Draft202012Validator
from tests.server.conftest import Live
from tests.test_given_papers import TABLE

from finfoundry.cli.schemas import schema

QUESTION = "What was freight in 2023?"


def test_a_question_with_its_papers(live: Live) -> None:
    file = {"file": base64.b64encode(TABLE.encode()).decode(), "name": "results.md"}
    with live.client() as ana:
        for paper in (TABLE, {"text": TABLE, "name": "results"}, file):
            asked = ana.post("/v1/ask", json={"question": QUESTION, "papers": [paper]})
            assert asked.status_code == 200, asked.text
            Draft202012Validator(schema("answer")).validate(asked.json())
            assert [one["value"] for one in asked.json()["figures"]] == ["1615000"], asked.json()["text"]
        streamed = ana.post("/v1/ask", json={"question": QUESTION, "papers": [TABLE], "stream": True}).text
        told = json.loads(streamed.rpartition("data: ")[2])
        assert [one["value"] for one in told["figures"]] == ["1615000"]


def test_what_cannot_be_read_or_does_not_fit_is_said(live: Live) -> None:
    bad = (
        {"papers": [{"file": "no base64!", "name": "x.pdf"}]},
        {"papers": [{"file": base64.b64encode(b"%PDF-broken").decode(), "name": "x.pdf"}]},
        {"papers": [TABLE], "collection": "default"},
        {"papers": [TABLE], "conversation": "one"},
        {"papers": [TABLE] * 11},
    )
    with live.client() as ana:
        for body in bad:
            refused = ana.post("/v1/ask", json={"question": QUESTION, **body})
            assert refused.status_code in (400, 422), (body, refused.text)
            assert refused.json()["error"]["message"]
