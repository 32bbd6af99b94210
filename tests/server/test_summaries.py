"""Summaries over HTTP: shapes as documented, bounds, and papers that are not there."""

from __future__ import annotations

from jsonschema import Draft202012Validator
from tests.server.conftest import Live

from finfoundry.cli.schemas import schema


def test_summaries_over_http(live: Live) -> None:
    with live.client() as ana:
        paper = ana.get("/v1/documents").json()[0]["id"]
        told = ana.post("/v1/summaries", json={"documents": [paper], "sentences": 3})
        assert told.status_code == 200, told.text
        Draft202012Validator(schema("summary")).validate(told.json())
        assert told.json()["answer"]["citations"]
        absent = ana.post("/v1/summaries", json={"documents": ["00000000"]})
        assert (absent.status_code, absent.json()["error"]["code"]) == (404, "NotFound")
        bodies: list[dict[str, object]] = [
            {"documents": []},
            {"documents": [paper] * 11},
            {"documents": [paper], "sentences": 31},
            {"documents": [paper], "words": 3},
        ]
        for bad in bodies:
            assert ana.post("/v1/summaries", json=bad).status_code in (400, 422), bad
        itself = ana.post("/v1/risk-changes", json={"document": paper, "against": paper})
        assert itself.status_code == 400
        assert ana.post("/v1/risk-changes", json={"document": paper, "against": "00000000"}).status_code == 404
