"""Persons in running text, and that none of it reaches an engine elsewhere, a log or the metrics."""

from __future__ import annotations

import logging

import pytest

from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.protocols import Message, Request
from finfoundry.governance.personal_text import is_iban, personal_spans, without_personal
from finfoundry.governance.recorder import Recorder

PLANTED = {
    "name": "欧阳振华",
    "identity": "11010519491231002X",
    "account": "GB82 WEST 1234 5698 7654 32",
    "address": "北京市朝阳区建国路88号2栋301室",
    "phone": "13812345678",
    "email": "li.lei@example.cn",
}
TEXT = "客户{name}，身份证{identity}，住在{address}，手机{phone}，邮箱{email}，账户{account}。".format(**PLANTED)


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_and_blanked(kind: str) -> None:
    assert (kind, PLANTED[kind]) in {(one.kind, one.text) for one in personal_spans(TEXT)}
    assert PLANTED[kind] not in without_personal(TEXT)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("电话0755-83198888转分机", "电话[phone]转分机"),
        ("SSN 078-05-1120 is on file", "SSN [id] is on file"),
        ("护照号E12345678", "护照号[id]"),
        ("Call +44 20 7946 0958 today", "Call [phone] today"),
        ("Ring (212) 555-0147.", "Ring [phone]."),
        ("手机13812345678", "手机138****5678"),
    ],
)
def test_no_span_survives_that_pii_does_not_mask(text: str, told: str) -> None:
    assert without_personal(text) == told
    assert not [span.kind for span in personal_spans(text) if span.text in without_personal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "华夏银行股份有限公司2024年净利润为1,234,567元。",
        "客户经理负责解释收费标准。",
        "Net Interest Income rose by 3.2 % in 2024.",
        "本行注册地址：北京市西城区金融大街1号",
    ],
)
def test_what_is_nobodys_is_left(text: str) -> None:
    assert without_personal(text) == text


def test_an_account_number_is_proved_by_its_remainder() -> None:
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB82 WEST 1234 5698 7654 33")


def test_an_engine_elsewhere_sees_no_planted_value_and_no_log_holds_one(caplog: pytest.LogCaptureFixture) -> None:
    engine = ScriptedEngine([("", "I say so.")])
    recorder = Recorder(engine, without_personal)
    with caplog.at_level(logging.DEBUG), recorder.recording() as calls:
        recorder.chat(Request((Message("user", TEXT),)))
        list(recorder.stream(Request((Message("system", TEXT),))))
    sent = repr([request.messages for request in engine.requests]) + repr(calls) + caplog.text
    assert not [kind for kind, value in PLANTED.items() if value in sent]
    assert "[name]" in sent


def test_an_engine_of_the_home_gets_the_text_as_it_is() -> None:
    engine = ScriptedEngine([("", "I say so.")])
    with (recorder := Recorder(engine)).recording():
        recorder.chat(Request((Message("user", TEXT),)))
    assert engine.requests[0].messages[0].content == TEXT
