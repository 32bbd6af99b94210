"""The product's own routes over a live server."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from tests.server.conftest import QUESTION, REPORT, SECRET, Live

from finfoundry.cli.schemas import schema
from finfoundry.demo.report import annual_report
from finfoundry.server.routes.questions import errors

TABLE = "| USD million | 2024 | 2023 |\n|---|---|---|\n| Revenue | 1,234 | 1,100 |\n"


def events(text: str) -> list[tuple[str, Any]]:
    parts = [part.split("\n", 1) for part in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


class TestIdentity:
    @pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer ff_nothing"}, {"Authorization": "Basic YTpi"}])
    def test_without_a_valid_key_nothing_opens(self, live: Live, header: dict[str, str]) -> None:
        answer = httpx.get(f"{live.url}/v1/documents", headers=header)
        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "authentication_error"
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_revoked_key_is_refused_at_once(self, live: Live) -> None:
        from finfoundry.governance.api_keys import ApiKeys

        key = live.new_key("short-lived")
        with live.client(key) as client:
            assert client.get("/v1/collections").status_code == 200
            ApiKeys(live.app.database).revoke(live.app.administrator, key.split("_")[1])
            assert client.get("/v1/collections").status_code == 401

    def test_each_user_sees_what_the_labels_allow(self, live: Live) -> None:
        with live.client() as ana, live.client(live.admin_key) as admin:
            assert [one["name"] for one in ana.get("/v1/documents").json() if one["collection"] == "default"] == [REPORT]
            hidden = next(one["id"] for one in admin.get("/v1/documents").json() if one["name"] == SECRET)
            for path in (f"/v1/documents/{hidden}", f"/v1/documents/{hidden}/pages/1.png", f"/v1/documents/{hidden}/pages/1"):
                refused, absent = ana.get(path), ana.get(path.replace(hidden, "00000000"))
                assert refused.status_code == absent.status_code == 404
                assert refused.json()["error"]["message"].replace(hidden, "00000000") == absent.json()["error"]["message"]
            assert ana.delete(f"/v1/documents/{hidden}").status_code == 404

    def test_the_audit_is_for_administrators(self, live: Live) -> None:
        with live.client() as ana, live.client(live.admin_key) as admin:
            record = ana.post("/v1/ask", json={"question": QUESTION}).json()["audit_id"]
            assert ana.get(f"/v1/audit/{record}").status_code == 403
            assert admin.get(f"/v1/audit/{record}").json()["user"] == "ana"
            assert admin.post(f"/v1/audit/{record}/replay").json()["record"] == record
            assert admin.get("/v1/audit").json()


class TestAsking:
    def test_an_answer_is_bound_and_is_what_its_schema_says(self, live: Live) -> None:
        with live.client() as client:
            answer = client.post("/v1/ask", json={"question": QUESTION}).json()
        Draft202012Validator(schema("answer")).validate(answer)
        assert answer["figures"][0]["value"] == str(annual_report().find("net_profit", language="zh").value)

    def test_the_same_question_again_comes_from_the_cache_until_the_policy_changes(self, live: Live) -> None:
        question = {"question": "云洲商业银行2024年的营业收入是多少？"}
        with live.client() as client:
            first, second = (client.post("/v1/ask", json=question).json() for _ in range(2))
            live.app.policy.add_user(live.app.administrator, "somebody-new")
            third = client.post("/v1/ask", json=question).json()
        assert first["audit_id"] == second["audit_id"] != third["audit_id"]
        assert second["timings"] == {}

    def test_a_stream_tells_progress_and_then_the_answer(self, live: Live) -> None:
        with live.client() as client:
            answer = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer.text)
        assert told[0][0] == "progress"
        assert told[-1][0] == "answer"
        assert told[-1][1]["figures"]

    def test_search_and_facts(self, live: Live) -> None:
        with live.client() as client:
            hits = client.post("/v1/search", json={"query": "净利润", "limit": 3}).json()
            facts = client.get("/v1/facts", params={"metric": "净利润", "limit": 5}).json()
        Draft202012Validator(schema("search")).validate(hits)
        Draft202012Validator(schema("facts")).validate(facts)
        assert {hit["document"]["name"] for hit in hits} == {REPORT}
        assert len(facts) == 5

    def test_feedback_is_kept_in_the_audit(self, live: Live) -> None:
        with live.client() as client, live.client(live.admin_key) as admin:
            answer = client.post("/v1/ask", json={"question": QUESTION}).json()
            said = {"audit_id": answer["audit_id"], "verdict": "wrong", "comment": "other year", "correction": "See page 1."}
            kept = client.post("/v1/feedback", json=said)
            assert kept.status_code == 201
            trace = admin.get(f"/v1/audit/{kept.json()['record']}").json()
        assert trace["steps"][0]["content"]["correction"] == "See page 1."


class TestVerifying:
    @pytest.mark.parametrize(
        "evidence",
        [TABLE, {"text": TABLE, "name": "note"}, {"file": base64.b64encode(TABLE.encode()).decode(), "name": "note.md"}],
        ids=["text", "named text", "file"],
    )
    def test_figures_are_bound_or_told_why_not(self, live: Live, evidence: Any) -> None:
        body = {"answer": "Revenue was $1,234 million in 2024, after $1,234 million in 2023.", "evidence": [evidence]}
        with live.client() as client:
            report = client.post("/v1/verify", json=body).json()
        Draft202012Validator(schema("verify")).validate(report)
        assert [one["bound"] for one in report["figures"]] == [True, False]
        assert report["figures"][1]["reason"] == "other year"

    def test_who_asks_for_support_gets_what_programs_check_and_a_warning_that_words_are_not(self, live: Live) -> None:
        answer = "Revenue was $1,234 million in 2024. Revenue was $1,243 million in 2024. The office is in Boston."
        with live.client() as client:
            told = client.post("/v1/verify", json={"answer": answer, "evidence": [TABLE], "support": True})
            unasked = client.post("/v1/verify", json={"answer": answer, "evidence": [TABLE]}).json()
        report = told.json()
        assert told.status_code == 200
        Draft202012Validator(schema("verify")).validate(report)
        assert [one["status"] for one in report["sentences"]] == ["supported", "unsupported", "unchecked"]
        (warning,) = report["warnings"]
        assert "were not checked" in warning
        assert unasked == report | {"warnings": []}

    def test_against_a_document_of_the_store(self, live: Live) -> None:
        with live.client() as client:
            (document,) = [one for one in client.get("/v1/documents").json() if one["name"] == REPORT]
            answer = client.post("/v1/ask", json={"question": QUESTION}).json()
            report = client.post("/v1/verify", json={"answer": answer["text"], "evidence": [{"document": document["id"]}]}).json()
        assert (report["bound"], report["unbound"]) == (len(answer["figures"]), 0)

    @pytest.mark.parametrize("text", ["<table", "<table><tr><td>\x00\ud800", "<" * 3000, "<div>" * 3000, "|" * 9000, ""])
    def test_broken_evidence_never_breaks_the_server(self, live: Live, text: str) -> None:
        body = json.dumps({"answer": "It was 5.", "evidence": [text]})
        with live.client() as client:
            assert client.post("/v1/verify", content=body, headers={"Content-Type": "application/json"}).status_code in (200, 400)


class TestDocuments:
    def test_an_upload_is_followed_to_its_certificate_and_deleted(self, live: Live) -> None:
        with live.client() as client:
            sent = client.post("/v1/documents", files={"file": ("../fees.md", b"# Fees\n\nThe fee is 1.5%.\n")}, data={"collection": "up"})
            assert sent.status_code == 202
            assert sent.json()["name"] == "fees.md"
            told = events(client.get(f"/v1/uploads/{sent.json()['id']}/events").text)
            assert told[-1][1]["state"] == "done", told
            Draft202012Validator(schema("upload")).validate(told[-1][1])
            document = told[-1][1]["result"]["id"]
            Draft202012Validator(schema("document")).validate(client.get(f"/v1/documents/{document}").json())
            assert client.get(f"/v1/documents/{document}/pages/1").json()["blocks"]
            assert client.get(f"/v1/documents/{document}/pages/1.png").status_code == 400
            assert {"name": "up", "documents": 1, "pages": 1} in client.get("/v1/collections").json()
            Draft202012Validator(schema("deleted")).validate(client.delete(f"/v1/documents/{document}").json())
            assert client.get(f"/v1/documents/{document}").status_code == 404

    def test_a_broken_file_fails_with_a_remedy_and_leaves_nothing(self, live: Live) -> None:
        with live.client() as client:
            sent = client.post("/v1/documents", files={"file": ("broken.pdf", b"%PDF-1.7 nothing")}, data={"collection": "broken"}).json()
            told = events(client.get(f"/v1/uploads/{sent['id']}/events").text)
            assert told[-1][1]["state"] == "failed"
            assert told[-1][1]["result"]["remedy"]
            assert client.get("/v1/documents", params={"collection": "broken"}).status_code == 404  # not even a collection
            assert "broken.pdf" not in [one["name"] for one in client.get("/v1/documents").json()]

    def test_who_may_not_write_cannot_upload_and_another_user_sees_no_upload(self, live: Live) -> None:
        with live.client() as ana, live.client(live.new_key("bo")) as bo, live.client(live.raw_key) as rae:
            file = {"file": ("a.md", b"# A\n\n1.\n")}
            assert bo.post("/v1/documents", files=file).status_code == 403
            assert rae.post("/v1/documents", files=file).status_code == 403
            assert ana.post("/v1/documents", files=file, data={"label": "no-such"}).status_code == 403
            mine = ana.post("/v1/documents", files=file, data={"collection": "mine"}).json()["id"]
            assert bo.get(f"/v1/uploads/{mine}").status_code == bo.get("/v1/uploads/nothing").status_code == 404

    def test_a_page_is_a_picture_with_the_box(self, live: Live) -> None:
        with live.client() as client:
            answer = client.post("/v1/ask", json={"question": QUESTION}).json()
            citation = answer["citations"][0]
            box = ",".join(map(str, citation["box"]))
            path = f"/v1/documents/{citation['document']['id']}/pages/{citation['page']}.png"
            plain, marked = client.get(path), client.get(path, params={"box": box})
            assert plain.content[:8] == marked.content[:8] == b"\x89PNG\r\n\x1a\n"
            assert plain.content != marked.content
            assert client.get(path, params={"box": "1,2,3"}).status_code == 400
            assert client.get(path.replace(f"/{citation['page']}.png", "/9999.png")).status_code == 400


class TestBadInput:
    @pytest.mark.parametrize(
        ("path", "content", "kind"),
        [
            ("/v1/ask", b"", "application/json"),
            ("/v1/ask", b"{", "application/json"),
            ("/v1/ask", b'{"question": "\xff"}', "application/json"),
            ("/v1/ask", b"[" * 100_000, "application/json"),
            ("/v1/ask", b'{"question": 5}', "application/json"),
            ("/v1/ask", b'{"question": "", "more": 1}', "application/json"),
            ("/v1/ask", b'{"question": "\\u0000"}', "application/json"),
            ("/v1/search", b'{"query": "x", "collection": "\\u0000"}', "application/json"),
            ("/v1/ask", b'{"question": "Revenue?", "conversation": "\\u0000"}', "application/json"),
            ("/v1/ask", b"question=1", "application/x-www-form-urlencoded"),
            ("/v1/documents", b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
            ("/v1/documents", b"nonsense", "multipart/form-data"),
            ("/v1/chat/completions", b'{"model": "finfoundry", "messages": []}', "application/json"),
        ],
    )
    def test_is_told_in_the_one_shape(self, live: Live, path: str, content: bytes, kind: str) -> None:
        with live.client() as client:
            answer = client.post(path, content=content, headers={"Content-Type": kind})
        assert 400 <= answer.status_code < 500, answer.text
        assert set(answer.json()["error"]) == {"message", "type", "param", "code", "remedy", "request_id"}
        assert answer.headers["x-request-id"] == answer.json()["error"]["request_id"]

    def test_a_body_that_is_too_large_is_refused_with_and_without_a_length(self, live: Live) -> None:
        with live.client() as client:
            told = client.post("/v1/ask", content=b"x" * 9_000_000)
            assert (told.status_code, "9,000,000 bytes; at most" in told.json()["error"]["message"]) == (413, True)

            def pieces() -> Any:
                for _ in range(9):
                    yield b" " * 1_000_000

            told = client.post("/v1/ask", content=pieces(), headers={"Content-Type": "application/json"})
            assert (told.status_code, " bytes or more; at most" in told.json()["error"]["message"]) == (413, True)

    def test_unknown_paths_and_methods(self, live: Live) -> None:
        with live.client() as client:
            assert client.get("/v1/nothing").json()["error"]["code"] == "NotFound"
            assert client.put("/v1/ask").json()["error"]["code"] == "MethodNotAllowed"


def test_health_and_metrics(live: Live) -> None:
    assert httpx.get(f"{live.url}/healthz").json() == {"status": "ok"}
    ready = httpx.get(f"{live.url}/readyz").json()
    checks = {"serving": True, "database": True, "migrations": True}
    assert ready == {"ready": True, "checks": checks, "model": "absent", "guards": "words", "busy": False}
    time.sleep(0.05)
    text = httpx.get(f"{live.url}/metrics").text
    assert 'finfoundry_requests_total{method="GET",route="/healthz",status="200"}' in text
    assert "finfoundry_asks_waiting 0" in text


def test_a_store_of_another_version_is_not_ready(live: Live) -> None:
    """As in a rolling update, when a newer version has brought the store up to date."""
    with live.app.database.owner() as connection:
        connection.execute("INSERT INTO migrations (name, sha256) VALUES ('9999_newer.sql', '')")
    try:
        answer = httpx.get(f"{live.url}/readyz")
        assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, False)
    finally:
        with live.app.database.owner() as connection:
            connection.execute("DELETE FROM migrations WHERE name = '9999_newer.sql'")


def test_the_openapi_document_names_every_error(live: Live) -> None:
    paths = httpx.get(f"{live.url}/openapi.json").json()["paths"]
    assert all(
        set(errors) <= set(operation["responses"]) for path, one in paths.items() if path.startswith("/v1") for operation in one.values()
    )
