"""Corrections over HTTP: proposed with one key, approved with another, an identity's break refused in words, answers not served stale."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator
from tests.server.conftest import QUESTION, Live

from finfoundry.cli.schemas import schema
from finfoundry.core.principal import ADMINISTRATOR

WHY = "the statement prints it so"


@pytest.fixture
def fact(live: Live) -> Iterator[str]:
    """The id of the figure that the question asks for; whatever is in force at the end is undone."""
    with live.client() as ana:
        figure = ana.post("/v1/ask", json={"question": QUESTION}).json()["figures"][0]
        facts = ana.get("/v1/facts", params={"metric": "净利润"}).json()
    (found,) = [one for one in facts if one["value"] == figure["value"] and one["statement"] == "income"][:1]
    yield found["id"]
    for made in live.app.corrections.corrections(ADMINISTRATOR, "approved"):
        live.app.corrections.undo(ADMINISTRATOR, made.id)


def test_corrections_over_http(live: Live, fact: str) -> None:
    with live.client() as ana, live.client(live.admin_key) as admin:
        before = ana.post("/v1/ask", json={"question": QUESTION}).json()
        body = {"fact": fact, "fields": {"value": "1234560000"}}
        tried = ana.post("/v1/corrections/try", json=body)
        assert tried.status_code == 200, tried.text
        Draft202012Validator(schema("correction-draft")).validate(tried.json())
        made = ana.post("/v1/corrections", json={**body, "why": WHY, "anyway": True})
        assert made.status_code == 201, made.text
        Draft202012Validator(schema("correction")).validate(made.json())
        number = made.json()["id"]
        assert ana.post("/v1/corrections/approve", json={"numbers": [number]}).status_code == 403
        approved = admin.post("/v1/corrections/approve", json={"numbers": [number]})
        assert approved.json()[0]["state"] == "approved"
        Draft202012Validator(schema("corrections")).validate(approved.json())
        after = ana.post("/v1/ask", json={"question": QUESTION}).json()
        assert (after["status"], after["figures"][0]["value"], after["corrections"]) == ("answered", "1234560000", [number])
        assert [one["correction"]["id"] for one in ana.get("/v1/facts", params={"metric": "净利润"}).json() if one["id"] == fact] == [
            number
        ]
        certificate = ana.get(f"/v1/documents/{fact.partition('/')[0]}").json()["certificate"]
        assert [one["id"] for one in certificate["corrections"]] == [number]
        (pair,) = [json.loads(line) for line in ana.get("/v1/corrections/pairs").text.splitlines()]
        assert (pair["correction"], pair["right"]["value"]) == (number, "1234560000")
        undone = ana.post(f"/v1/corrections/{number}/undo")
        Draft202012Validator(schema("correction")).validate(undone.json())
        assert ana.post("/v1/ask", json={"question": QUESTION}).json()["figures"] == before["figures"]
        assert ana.get(f"/v1/corrections/{number}").json()[0]["state"] == "retired"


def test_a_broken_identity_is_listed_by_the_refusal(live: Live) -> None:
    with live.client() as ana:
        facts = ana.get("/v1/facts", params={"metric": "资产总计"}).json()
        total = next(one["id"] for one in facts if one["statement"] == "balance" and one["concept"] == "Assets")
        body = {"fact": total, "fields": {"value": "77"}, "why": WHY}
        refused = ana.post("/v1/corrections", json=body)
        assert refused.status_code in (400, 422)
        assert "assets = liabilities" in refused.text
        made = ana.post("/v1/corrections", json={**body, "anyway": True})
        assert {"holds"} == {one["before"] for one in made.json()["change"]["identities"] if one["after"] == "broken"}
        assert ana.post(f"/v1/corrections/{made.json()['id']}/retire").json()["state"] == "retired"


def test_bad_corrections_over_http(live: Live, fact: str) -> None:
    reader = live.new_key("corrections-reader", "read")
    with live.client() as ana, live.client(reader) as rae:
        body = {"fact": fact, "fields": {"unit": "EUR"}, "why": WHY}
        assert rae.post("/v1/corrections", json=body).status_code == 403
        assert rae.post("/v1/corrections/try", json={"fact": fact, "fields": {"unit": "EUR"}}).status_code == 200
        assert rae.post("/v1/corrections/1/undo").status_code == 403
        bodies: list[dict[str, object]] = [
            {},
            {**body, "why": ""},
            {**body, "fields": {}},
            {**body, "fields": {"colour": "red"}},
            {**body, "fields": {"unit": ["EUR"]}},
            {**body, "fields": {"period": "soon"}},
            {**body, "fields": {"metric": ["x"] * 50}},
            {**body, "fields": {"unit": "E" * 5000}},
            {**body, "more": 1},
        ]
        for bad in bodies:
            assert ana.post("/v1/corrections", json=bad).status_code in (400, 422), bad
        assert ana.post("/v1/corrections", json={**body, "fact": "00000000/1"}).status_code == 404
        assert ana.get("/v1/corrections/999999").status_code == 404
        assert ana.get("/v1/corrections", params={"document": "no document"}).status_code == 404
        for path in ("/v1/corrections", "/v1/corrections/pairs"):
            assert ana.get(path, params={"limit": 1, "after": 2**63 - 1}).content.strip() in (b"[]", b"")
            for beyond in ({"limit": 0}, {"limit": 1001}, {"after": -1}, {"after": 2**70}):
                assert ana.get(path, params=beyond).status_code in (400, 422), beyond
        assert ana.post("/v1/corrections/approve", json={"numbers": [2**70]}).status_code in (400, 422)
