"""The Model Context Protocol over standard input and output: desktop assistants ask, search and check under a user's key.

JSON-RPC 2.0, one message a line (modelcontextprotocol.io, revision 2025-06-18). The protocol's own package would bring a web server and a
token library along; these six tools need neither.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TextIO

from finfoundry import __version__
from finfoundry.core.errors import FinfoundryError
from finfoundry.knowledge.shown.views import json_text
from finfoundry.server.client import Client

REVISIONS = ("2025-06-18", "2025-03-26", "2024-11-05")  # the newest first
_INVALID_REQUEST, _NO_METHOD, _BAD_PARAMETERS, _NOT_JSON = -32600, -32601, -32602, -32700
Content = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Tool:
    description: str
    parameters: dict[str, dict[str, Any]]
    required: tuple[str, ...]
    run: Callable[[Client, dict[str, Any]], Content]


def _text(value: Any) -> Content:
    return [{"type": "text", "text": json_text(value)}]


def _string(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _ask(client: Client, given: dict[str, Any]) -> Content:
    return _text(client.ask(given["question"], collection=given.get("collection")))


def _search(client: Client, given: dict[str, Any]) -> Content:
    return _text(client.search(given["query"], given.get("limit", 5), collection=given.get("collection")))


def _facts(client: Client, given: dict[str, Any]) -> Content:
    return _text(client.facts(given.get("entity"), given.get("metric"), given.get("period"), limit=given.get("limit", 50)))


def _verify(client: Client, given: dict[str, Any]) -> Content:
    return _text(client.verify(given["answer"], given["evidence"], given.get("question", "")))


def _score(client: Client, given: dict[str, Any]) -> Content:
    return _text(client.score(given["model"], [given["row"]]))


def _show_page(client: Client, given: dict[str, Any]) -> Content:
    picture = client.picture(given["document"], given["page"], box=given.get("box"))
    return [{"type": "image", "data": base64.b64encode(picture).decode(), "mimeType": "image/png"}]


COLLECTION = _string("Only this collection")
TOOLS = {
    "ask": Tool(
        "Answer a question from the institution's own documents. Every figure is bound to its source, or the answer is withheld.",
        {"question": _string("In English or Chinese"), "collection": COLLECTION}, ("question",), _ask,
    ),
    "search": Tool(
        "Find passages of the documents.",
        {"query": _string("What to look for"), "limit": {"type": "integer", "minimum": 1, "maximum": 50}, "collection": COLLECTION},
        ("query",), _search,
    ),
    "facts": Tool(
        "List exact figures with entity, metric, period, unit and place.",
        {"entity": _string("Company, alias, ticker or code"), "metric": _string("Label as printed, or a concept"),
         "period": _string("2024, FY2024, 2024-12-31"), "limit": {"type": "integer", "minimum": 1, "maximum": 500}},
        (), _facts,
    ),
    "verify": Tool(
        "Check the figures of an answer against evidence: which hold, and why the others do not.",
        {"answer": _string("The text to check"), "evidence": {"type": "array", "items": {"type": "string"}},
         "question": _string("What was asked")},
        ("answer", "evidence"), _verify,
    ),
    "score": Tool(
        "Score one row by a small quantitative model in service (credit, fraud, laundering). Repeat its figures digit for digit.",
        {"model": _string("The specialist's name"), "row": {"type": "object", "description": "Column → value, as the model was trained"}},
        ("model", "row"), _score,
    ),
    "show_page": Tool(
        "A page of a PDF as a picture, with a box marked.",
        {"document": _string("Its id, from a citation"), "page": {"type": "integer", "minimum": 1},
         "box": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}},
        ("document", "page"), _show_page,
    ),
}  # fmt: skip


def serve(client: Client, lines: Iterable[str], out: TextIO) -> None:
    """Answer messages until the input ends."""
    for line in lines:
        if line.strip():
            answer = reply(client, line)
            if answer is not None:
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
                out.flush()


def reply(client: Client, line: str) -> dict[str, Any] | None:
    """The answer to one message; None for a notification."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return _failed(None, _NOT_JSON, "not JSON")
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        return _failed(None, _INVALID_REQUEST, "not a request")
    if "id" not in message:
        return None
    given = message.get("params") or {}
    if not isinstance(given, dict):
        return _failed(message["id"], _BAD_PARAMETERS, "params is not an object")
    match message["method"]:
        case "initialize":
            return _done(message, _initialized(given))
        case "ping":
            return _done(message, {})
        case "tools/list":
            return _done(message, {"tools": [_described(name, tool) for name, tool in TOOLS.items()]})
        case "tools/call":
            return _call(client, message, given)
    return _failed(message["id"], _NO_METHOD, f"no method {message['method'][:100]}")


def _initialized(given: dict[str, Any]) -> dict[str, Any]:
    wanted = given.get("protocolVersion")
    return {
        "protocolVersion": wanted if wanted in REVISIONS else REVISIONS[0],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "finfoundry", "version": __version__},
    }


def _described(name: str, tool: Tool) -> dict[str, Any]:
    schema = {"type": "object", "properties": tool.parameters, "required": list(tool.required)}
    return {"name": name, "description": tool.description, "inputSchema": schema}


def _call(client: Client, message: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """An error of the tool is a result that the assistant reads, not an error of the protocol."""
    tool, arguments = TOOLS.get(str(given.get("name"))), given.get("arguments") or {}
    if tool is None or not isinstance(arguments, dict) or not set(tool.required) <= set(arguments):
        return _failed(message["id"], _BAD_PARAMETERS, "no such tool, or an argument is missing")
    try:
        return _done(message, {"content": tool.run(client, arguments), "isError": False})
    except (FinfoundryError, TypeError, ValueError) as error:
        return _done(message, {"content": [{"type": "text", "text": str(error)}], "isError": True})


def _done(message: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def _failed(identifier: Any, code: int, text: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identifier, "error": {"code": code, "message": text}}
