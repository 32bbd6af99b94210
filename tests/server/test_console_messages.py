"""Errors, remedies and certificates in the reader's language; every message that the page's own acts raise has its Chinese form."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import finfoundry
from finfoundry.knowledge import formats
from finfoundry.knowledge.bounds import KINDS as KINDS_BOUNDED
from finfoundry.server.console.messages import forms, message

SOURCE = Path(finfoundry.__file__).parent
RAISED = (  # by what the page's forms and links call
    "server/console", "server/routes/credentials.py", "server/routes/documents.py", "knowledge/corrections",
    "knowledge/storage/document_entry.py", "runtime/approval.py", "governance/guard.py", "governance/policy.py", "governance/api_keys.py",
    "governance/own_terms.py", "governance/guards/guard_register.py", "usecases/uploads.py", "knowledge/formats",
    "knowledge/ingest/containers.py", "knowledge/ingest/workers.py", "knowledge/bounds.py", "knowledge/storage/typed_table.py",
    "server/limits", "server/sandbox/apart.py", "server/service", "core/cancellation.py", "ask/context/timely.py",
)  # fmt: skip
PARTED = {"The X X X", "Write X", "X X", "X X (X s)"}  # what is filled in are words, too: their forms have them whole
KINDS = {"InputError", "NotFound", "NotPermitted", "EngineError", "ParseError", "EngineTimeout", "Busy"}


def _files() -> Iterator[Path]:
    for name in RAISED:
        path = SOURCE / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _said(node: ast.expr | None, named: dict[str, ast.expr]) -> Iterator[str]:
    """What an expression may say, {} for what is filled in; nothing where it comes from elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _said(node.body, named)
        yield from _said(node.orelse, named)
    elif isinstance(node, ast.Name) and node.id in named:
        yield from _said(named[node.id], {})


def _raised(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    pairs = [(target, one.value) for one in ast.walk(tree) if isinstance(one, ast.Assign) for target in one.targets]
    named = {target.id: value for target, value in pairs if isinstance(target, ast.Name)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KINDS and call.args:
            for node in (call.args[0], *(one.value for one in call.keywords if one.arg == "remedy")):
                yield from _said(node, named)


def test_every_message_of_the_pages_own_acts_is_known_in_chinese() -> None:
    missing = sorted({said for path in _files() for said in _raised(path) if "lang=" in message(said, "zh")})
    assert set(missing) == PARTED
    assert sum(1 for path in _files() for _ in _raised(path)) > 150


def test_what_the_queue_says_of_a_file_that_cannot_be_read_is_known_in_chinese() -> None:
    bounds = [f"a.pdf has 9 {kind}, more than the limit of 5" for kind in KINDS_BOUNDED]
    parts = [f"a.eml {what}" for what in ("is a damaged mail", "leads outside the archive", "cannot be unpacked (x)")]
    for said in (*formats._REMEDIES.values(), *bounds, *parts, "a.pdf takes longer to parse, more than the limit of 60 s"):
        assert "lang=" not in message(said, "zh"), said


def test_a_form_fills_in_as_much_in_both_languages() -> None:
    for form in forms():
        values = [f"<{number}>" for number in range(len(form.names))]
        told = form.chinese.format(*values)
        assert all(value in told for value in values), form.english


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            "NetIncomeLoss, parent, 2024-01-01/2024-12-31: page 3: 5,466; page 9: (5,007)",
            "net income, parent, year 2024: page 3: 5,466; page 9: (5,007)",
            "归属于母公司所有者的净利润（母公司），2024年：第3页为 5,466；第9页为 (5,007)",
        ),
        ("page 4: 3 of 8 numbers of a table have no row or period",) * 2 + ("第4页：表格的8个数字中有3个没有行名或期间",),
        (
            "the latest columns of the statements end on 2023-12-31, the period that the cover states on 2024-12-31",
            "the latest columns of the statements end on 2023-12-31, the period that the cover states on 2024-12-31",
            "报表最近一列截至2023-12-31，封面所述期间截至2024-12-31",
        ),
        (
            "The unit 'yen' is not known",
            "The unit &#39;yen&#39; is not known",
            "不认识单位 &#39;yen&#39;",
        ),
        (
            "Write an ISO 4217 code (USD), one per share (USD/share), count, or none",
            "Write an ISO 4217 code (USD), one per share (USD/share), count, or none",
            "请填写 ISO 4217 代码（USD）、每股（USD/share）、count，或 none",
        ),
        (
            "Only pages of PDFs and scanned pictures have one; see /v1/documents/{id}/pages/{n}",
            "Only pages of PDFs and scanned pictures have one; see /v1/documents/{id}/pages/{n}",
            "只有 PDF 和扫描件的页有图像",
        ),
        ("The unit '<b>' is not known", "The unit &#39;&lt;b&gt;&#39; is not known", "不认识单位 &#39;&lt;b&gt;&#39;"),
        ("Something {new} broke", "Something {new} broke", '<span lang="en">Something {new} broke</span>'),
    ],
)
def test_a_message_is_told_in_the_readers_language_and_escaped(text: str, english: str, chinese: str) -> None:
    assert (message(text, "en"), message(text, "zh")) == (english, chinese)
