"""A page of HTML that breaks off is said to, wherever it does; a whole one is not, however its writer wrote it."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.knowledge.formats.html_end import cut_short
from finfoundry.knowledge.ingest.certificate import THRESHOLD
from finfoundry.knowledge.ingest.parse_file import parse

ROWS = "".join(f"<tr><td>Line {n}</td><td>{n}00</td><td>{n}10</td></tr>" for n in range(1, 6))
TABLE = f"<table><tr><th>EUR million</th><th>2024</th><th>2023</th></tr>{ROWS}</table>"
PAGE = f"<html><head><title>Report</title></head><body><h1>Nordfjord plc</h1><p>Annual report 2024</p>{TABLE}<p>End.</p></body></html>"
XHTML = f'<?xml version="1.0" encoding="utf-8"?>\n{PAGE.replace("<html>", """<html xmlns="http://www.w3.org/1999/xhtml">""")}'
TAG = '<ix:nonFraction xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" name="a:b">100</ix:nonFraction>'
TAGGED = XHTML.replace("<td>100</td>", f"<td>{TAG}</td>")


@pytest.mark.parametrize("page", [PAGE, XHTML, TAGGED, PAGE.replace("Line", "项目")])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_page_that_breaks_off_has_a_loss_a_mark_and_half_the_score(page: str, share: float) -> None:
    certificate = parse(page[: int(len(page) * share)].encode(), "report.html").certificate
    assert any("breaks off" in loss for loss in certificate.losses)
    assert "breaks off" in (certificate.mark or "")
    assert certificate.score < THRESHOLD


@pytest.mark.parametrize("page", [PAGE, XHTML, TAGGED, PAGE.replace("Line", "项目"), PAGE.upper()])
def test_a_whole_page_is_marked_with_nothing(page: str) -> None:
    certificate = parse(page.encode(), "report.html").certificate
    assert certificate.mark is None
    assert not any("breaks off" in loss for loss in certificate.losses)


@given(st.integers(1, len(PAGE) - len("</body></html>") - 1))
def test_a_page_that_breaks_off_anywhere_in_its_body_is_known(end: int) -> None:
    page = PAGE[:end]
    assert cut_short(page.encode()) or "<html" not in page


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><html lang=en><p>One<p>Two<table><tr><td>a<td>b<tr><td>c<td>d</table>",
        "<p>A piece of a page, as mails hold them</p>",
        "<html><body><p>Closed by its body alone</p></body>",
        "<html><p>Closed by its root alone</p></html>",
        '<html><script>document.write("<table>")</script><p>a</p></html>',
        "<html><!-- <table> --><p>a</p></html>",
        "<html><body><table><tr><td><table><tr><td>1</td></tr></table></td></tr></table></body></html>",
        "<html><meta charset=gb2312><table><tr><td>项目</td><td>1</td></tr></table>\n",
        "<p>The margin is a <b>thin</b> one, for 3 < 4</p>",
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><table/><p>a</p></body></html>',
    ],
)
def test_a_page_without_what_need_not_be_written_is_whole(page: str) -> None:
    assert cut_short(page.encode()) == ""
    assert cut_short(page.encode("utf-16")) == ""


def mail(html: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@nordfjord.example", "b@nordfjord.example", "Results"
    message["Date"] = "Tue, 04 Feb 2025 10:00:00 +0100"
    message.set_content("The figures are below.")
    message.add_alternative(html, subtype="html")
    return message


def test_a_mail_that_breaks_off_or_holds_half_a_page_says_so() -> None:
    whole = mail(PAGE).as_bytes()
    assert parse(whole, "results.eml").certificate.mark is None
    for data in (whole[: int(len(whole) * 0.8)], mail(PAGE[:300]).as_bytes()):
        assert "breaks off" in (parse(data, "results.eml").certificate.mark or "")
