"""Mails: subject, headers and body are the document, attachments are handed out as parts."""

import pytest
from tests.knowledge.formats.office import mail, workbook

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.formats import parse_document, sniff
from finfoundry.knowledge.ingest.parse_file import parse

HTML = "<p>Dear all,</p><table><tr><td>USD million</td><td>2024</td></tr><tr><td>Revenue</td><td>9,876</td></tr></table>"


def texts(document: Document) -> list[str]:
    return [block.text for block in document.pages[0].blocks]


def test_a_mail_gives_headers_body_and_attachments() -> None:
    sheet = workbook()  # made once: a workbook names the second in which it was written
    document = parse_document(mail({"figures.xlsx": sheet, "note.txt": b"hello"}, subject="Zahlen für 2024 – 年度数据"), "m.eml")
    assert texts(document)[0] == "Zahlen für 2024 – 年度数据"
    assert "From: Anna Weber" in texts(document)[1]
    assert "the figures are attached." in texts(document)
    assert texts(document)[-1] == "Attachments: figures.xlsx, note.txt"
    assert [(part.name, part.data) for part in document.parts] == [("figures.xlsx", sheet), ("note.txt", b"hello")]


def test_a_table_in_the_html_of_a_mail_becomes_facts_that_name_the_body() -> None:
    read = parse(mail(html=HTML), "m.eml")
    (fact,) = read.facts
    assert fact.metric == ("Revenue",)
    assert fact.value == 9_876_000_000
    assert fact.period.startswith("2024")
    assert (fact.locator or {})["part"] == "body"
    assert sum("Dear all," in text for text in texts(read.document)) == 1  # not the plain alternative as well


def test_the_date_of_a_mail_is_no_company() -> None:
    profile = parse(mail(html=HTML), "FW results.eml").document.profile
    assert profile.entity is None
    assert profile.aliases == ()


@pytest.mark.parametrize(("charset", "text"), [("gb18030", "营业收入为一百万元"), ("iso-8859-1", "Erlöse über Plan"), ("utf-8", "収入 é")])
def test_a_body_is_read_in_its_character_set(charset: str, text: str) -> None:
    head = f"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset={charset}\r\n"
    data = head.encode() + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + text.encode(charset)
    assert text in texts(parse_document(data, "m.eml"))


def test_a_character_set_that_the_mail_does_not_name_is_found() -> None:
    data = b"From: a@b.example\r\nSubject: \xc4\xea\xb6\xc8\r\nMessage-ID: <1>\r\n\r\n" + "本年度营业收入增长".encode("gb18030")
    assert "本年度营业收入增长" in texts(parse_document(data, "m.eml"))


def test_an_attached_mail_is_a_part_that_is_a_mail() -> None:
    (part,) = parse_document(mail({"inner.eml": b"the inner text"}), "m.eml").parts
    assert sniff(part.data, "anything") == "mail"
    assert "the inner text" in texts(parse_document(part.data, part.name))


def test_attachments_of_one_name_are_told_apart_and_names_lead_nowhere() -> None:
    data = mail({"../../etc/a.txt": b"1"}) + b""
    assert [part.name for part in parse_document(data, "m.eml").parts] == ["a.txt"]
    raw = mail({"a.txt": b"1", "b.txt": b"2"}).replace(b'"b.txt"', b'"a.txt"')
    assert [part.name for part in parse_document(raw, "m.eml").parts] == ["a.txt", "a (2).txt"]


def test_an_encrypted_mail_is_refused() -> None:
    data = b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nMIIB"
    with pytest.raises(ParseError) as refusal:
        parse_document(data, "m.eml")
    assert "Decrypt" in (refusal.value.remedy or "")


def test_a_memo_with_lines_of_its_own_is_no_mail() -> None:
    memo = b"To: all staff\nFrom: the treasurer\nDate: 4 February\n\nThe limit is 5 million."
    assert sniff(memo, "memo.txt") == "text"
    assert sniff(mail(), "whatever.bin") == "mail"
    assert sniff(memo, "memo.eml") == "mail"
