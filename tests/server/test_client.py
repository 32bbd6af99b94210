"""The typed client and the Model Context Protocol, over the live server."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.server.conftest import QUESTION, REPORT, Live

from finfoundry.core.errors import InputError, NotFound, NotPermitted, StoreError
from finfoundry.server.client import Client
from finfoundry.server.mcp import TOOLS, serve

TABLE = "| USD million | 2024 |\n|---|---|\n| Revenue | 1,234 |\n"


def test_the_client_returns_the_types_of_the_product(live: Live, tmp_path: Path) -> None:
    with Client(live.url, live.key) as client:
        answer = client.ask(QUESTION)
        citation = answer.citations[0]
        assert answer.figures[0].source == "cell"
        assert client.picture(citation.document.id, citation.page, box=citation.box)[:4] == b"\x89PNG"
        assert client.search("净利润", 2)[0].document.name == REPORT
        assert client.facts(metric="净利润", limit=3)[0].unit == "CNY"
        given = client.ask("What was revenue in 2024?", papers=[TABLE])
        assert (given.status, "1,234" in given.text) == ("answered", True)
        assert client.verify("Revenue was $1,234 million in 2024.", [TABLE]).holds
        unread = client.verify("Revenue was $1,234 million in 2024. The office is large.", [TABLE])
        assert [one.status for one in unread.sentences] == ["supported", "unchecked"]
        assert [one.type for one in unread.sentences[0].claims] == ["numeric"]
        assert unread.warnings == []
        paper = tmp_path / "paper.md"
        paper.write_text("# Paper\n\nThe fee is 2%.\n")
        upload = client.upload(paper, collection="client")
        assert upload.state == "done"
        (document,) = client.documents("client")
        assert client.document(document.id).certificate.pages == 1
        assert client.delete(document.id).counts


def test_the_client_raises_the_errors_of_the_product(live: Live) -> None:
    with Client(live.url, live.key) as client:
        with pytest.raises(NotFound):
            client.document("00000000")
        with pytest.raises(InputError) as refused:
            client.ask("")
        assert refused.value.remedy
    with Client(live.url, "ff_wrong") as nobody, pytest.raises(NotPermitted):
        nobody.documents()
    with Client("http://127.0.0.1:9", "x") as gone, pytest.raises(StoreError):
        gone.documents()


def speak(live: Live, *messages: Any) -> list[Any]:
    out = io.StringIO()
    with Client(live.url, live.key) as client:
        serve(client, [one if isinstance(one, str) else json.dumps({"jsonrpc": "2.0", **one}) for one in messages], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"id": name, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


def test_an_assistant_asks_and_sees_the_page(live: Live) -> None:
    hello, tools, asked = speak(
        live,
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2024-11-05"}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
        call("ask", question=QUESTION),
    )
    assert hello["result"]["protocolVersion"] == "2024-11-05"
    assert {tool["name"] for tool in tools["result"]["tools"]} == set(TOOLS)
    answer = json.loads(asked["result"]["content"][0]["text"])
    citation = answer["citations"][0]
    shown, facts, hits, verified = speak(
        live,
        call("show_page", document=citation["document"]["id"], page=citation["page"], box=citation["box"]),
        call("facts", metric="净利润", limit=2),
        call("search", query="净利润"),
        call("verify", answer="Revenue was $1,235 million in 2024.", evidence=[TABLE]),
    )
    assert shown["result"]["content"][0]["mimeType"] == "image/png"
    assert len(json.loads(facts["result"]["content"][0]["text"])) == 2
    assert json.loads(hits["result"]["content"][0]["text"])
    assert json.loads(verified["result"]["content"][0]["text"])["unbound"] == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", -32700),
        ("[" * 100_000, -32700),
        ("5", -32600),
        ({"id": 1, "method": "no/such"}, -32601),
        ({"id": 1, "method": "tools/call", "params": 5}, -32602),
        (call("ask"), -32602),
        (call("no_such"), -32602),
    ],
)
def test_a_bad_message_is_told_and_the_next_is_answered(live: Live, message: Any, code: int) -> None:
    bad, pong = speak(live, message, {"id": 2, "method": "ping"})
    assert bad["error"]["code"] == code
    assert pong["result"] == {}


def test_an_error_of_a_tool_is_read_by_the_assistant(live: Live) -> None:
    (told,) = speak(live, call("show_page", document="00000000", page=1))
    assert told["result"]["isError"]
    assert "No document" in told["result"]["content"][0]["text"]
