"""The page: as HTML for every reader, and in a real browser where there is one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.server.browser import PROGRAM, Page, browser
from tests.server.conftest import QUESTION, REPORT, Live

from finfoundry.core.answer import Answer, Citation, DocumentName, Figure, Reference
from finfoundry.server.console.page_texts import _WORDS, words
from finfoundry.server.console.shapes import pieces
from finfoundry.usecases.feedback import Feedback

FOLLOW_UP = "2023年呢？"


def conversation_of(text: str) -> str:
    """The conversation of a page."""
    found = re.search(r'name="conversation" value="([0-9a-f-]{36})"', text)
    assert found
    return found[1]


PICTURES = os.environ.get("FINFOUNDRY_PICTURES")  # a folder: where to keep what the browser showed


@pytest.fixture
def reader(live: Live) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=live.url, timeout=60, headers={"Accept": "text/html", "Accept-Language": "zh-CN", "Origin": live.url}
    ) as client:
        assert client.post("/console/login", data={"key": live.key}).status_code == 303
        yield client


class TestHtml:
    def test_without_a_key_there_is_only_the_way_in(self, live: Live) -> None:
        with live.browser() as client:
            for path in ("/console/ask", "/console/documents", "/console/audit", "/console/evidence/00000000/1"):
                answer = client.get(path)
                assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")
            assert client.post("/console/login", data={"key": "ff_wrong"}).status_code == 401

    def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(self, live: Live) -> None:
        with live.browser() as client:
            cookie = client.post("/console/login", data={"key": live.key}).headers["set-cookie"].lower()
            assert "httponly" in cookie
            assert "samesite=strict" in cookie
            forged = client.post("/console/ask", data={"question": QUESTION}, headers={"Sec-Fetch-Site": "cross-site"})
        assert forged.status_code == 403

    def test_every_page_has_the_strict_policy_and_no_script_of_its_own(self, reader: httpx.Client) -> None:
        for path in ("ask", "documents", "facts?metric=净利润", "search?q=净利润", "login"):
            answer = reader.get(f"/console/{path}")
            assert answer.status_code == 200, answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "<script>" not in answer.text
            assert "style=" not in answer.text
            assert " onclick" not in answer.text

    @pytest.mark.parametrize("path", ["/", "/console", "/console/"])
    def test_whoever_comes_without_the_name_of_a_page_is_led_to_asking(self, reader: httpx.Client, path: str) -> None:
        led = reader.get(path, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, "/console/ask")

    def test_asking_works_without_scripts(self, reader: httpx.Client) -> None:
        text = reader.post("/console/ask", data={"question": QUESTION}).text
        assert 'class="figure"' in text
        assert "已回答" in text

    def test_a_conversation_works_without_scripts_and_is_there_tomorrow(self, reader: httpx.Client) -> None:
        first = reader.post("/console/ask", data={"question": QUESTION}).text
        conversation = conversation_of(first)
        text = reader.post("/console/ask", data={"question": FOLLOW_UP, "conversation": conversation}).text
        assert f"<h2>{QUESTION}</h2>" in text
        assert f"<h2>{FOLLOW_UP}</h2>" in text
        assert "2023年" in text
        assert reader.get(f"/console/ask/{conversation}").text.count('class="turn"') == 2
        assert f'href="/console/ask/{conversation}"' in reader.get("/console/ask?find=净利润").text
        assert f'href="/console/ask/{conversation}"' not in reader.get("/console/ask?find=没有这样的词").text

    def test_a_question_that_is_edited_drops_what_came_after(self, reader: httpx.Client) -> None:
        conversation = conversation_of(reader.post("/console/ask", data={"question": QUESTION}).text)
        reader.post("/console/ask", data={"question": FOLLOW_UP, "conversation": conversation})
        text = reader.post("/console/ask", data={"question": QUESTION, "conversation": conversation, "at": "1"}).text
        assert text.count('class="turn"') == 1

    def test_a_conversation_is_renamed_exported_and_deleted(self, reader: httpx.Client) -> None:
        conversation = conversation_of(reader.post("/console/ask", data={"question": QUESTION}).text)
        path = f"/console/ask/{conversation}"
        assert reader.post(f"{path}/rename", data={"title": "<b>年报</b>"}).status_code == 303
        assert "&lt;b&gt;年报&lt;/b&gt;" in reader.get(path).text
        told = reader.get(f"{path}/export")
        assert "attachment" in told.headers["content-disposition"]
        assert "\\<b\\>年报" in told.text
        assert reader.get(f"{path}/1/figures.xlsx").content[:2] == b"PK"
        assert reader.post(f"{path}/delete").status_code == 303
        assert reader.get(path).status_code == 404

    def test_a_deleted_conversation_is_known_to_no_question_after_it(self, live: Live, reader: httpx.Client) -> None:
        def remembered() -> int:
            with live.app.database.owner() as connection:
                row = connection.execute("SELECT count(*) FROM conversations WHERE content::text LIKE '%forget me%'").fetchone()
            return int(row[0]) if row else 0

        conversation = conversation_of(reader.post("/console/ask", data={"question": f"{QUESTION} (forget me)"}).text)
        reader.post("/console/ask", data={"question": "那2023年呢？", "conversation": conversation})
        assert remembered() == 2
        assert reader.post(f"/console/ask/{conversation}/delete").status_code == 303
        assert remembered() == 0

    def test_all_operands_of_a_calculation_are_shown_with_scale_and_period(self, reader: httpx.Client) -> None:
        text = reader.post("/console/ask", data={"question": "云洲商业银行2024年的净利润占营业收入的比例是多少？"}).text
        figure = re.search(r'class="figure" data-evidence href="([^"]+)"', text)
        assert figure
        pane = reader.get(figure[1], headers={"X-Fragment": "1"}).text
        assert pane.count('class="here"') == 2
        assert pane.count('class="said"') >= 3  # the line of the scale, the scope and the period above both operands
        assert "&amp;said=" in pane
        assert re.search(r"净利润 \(2024年\) ÷ 营业收入 \(2024年\) =", pane)
        assert "net_income" not in pane

    def test_several_years_are_drawn_and_every_bar_is_bound(self, reader: httpx.Client) -> None:
        text = reader.post("/console/ask", data={"question": "云洲商业银行2023年和2024年的净利润分别是多少？"}).text
        assert text.count("<rect") == 2
        conversation = conversation_of(text)
        picture = reader.get(f"/console/ask/{conversation}/1/chart.svg")
        assert picture.headers["content-type"].startswith("image/svg+xml")
        assert len(re.findall(rf'/console/ask/{conversation}/1/figures/\d+">', text)) == 2

    def test_who_comes_by_a_link_sees_what_may_be_seen_and_that_something_is_missing(self, live: Live, reader: httpx.Client) -> None:
        conversation = conversation_of(reader.post("/console/ask", data={"question": QUESTION}).text)
        reader.post(f"/console/ask/{conversation}/share", data={"on": "true"})
        link = re.search(r"/console/shared/[0-9a-f-]{36}", reader.get(f"/console/ask/{conversation}").text)
        assert link
        live.app.policy.add_user(live.app.administrator, "noor")
        key = live.new_key("noor")
        with live.browser(key) as other:
            seen = other.get(link[0]).text
            assert "97.37" in seen
            assert other.get(f"/console/ask/{conversation}").status_code == 404
        administrator = live.app.administrator
        secret = live.app.ask(administrator, "What was Linxi Port's revenue in 2024?")
        live.app.history.keep(live.app.principal("ana"), conversation, 2, "What of the secret paper?", secret)
        with live.browser(key) as other:
            seen = other.get(link[0]).text
            assert "What of the secret paper?" not in seen
            assert "1 of the questions" in seen
        assert "答" in reader.get(f"/console/ask/{conversation}").text
        reader.post(f"/console/ask/{conversation}/share", data={"on": "false"})
        with live.browser(key) as other:
            assert other.get(link[0]).status_code == 404

    def test_a_rating_is_kept_with_its_correction(self, live: Live, reader: httpx.Client) -> None:
        text = reader.post("/console/ask", data={"question": QUESTION}).text
        record = re.search(r'name="record" value="([^"]+)"', text)
        assert record
        given = {"record": record[1], "verdict": "wrong", "correction": "<i>97.4亿元</i>"}
        assert "已记录" in reader.post("/console/feedback", data=given, headers={"X-Fragment": "1"}).text
        (latest, *_) = Feedback(live.app).rated(live.app.principal("ana"))
        assert (latest.answer, latest.verdict, latest.corrected) == (record[1], "wrong", True)

    def test_choices_are_buttons_that_answer(self, reader: httpx.Client) -> None:
        text = reader.post("/console/ask", data={"question": "你好"}).text
        options = re.findall(r'class="quiet choice" name="question" value="([^"]+)"', text)
        assert options
        shown = re.findall(r'class="quiet choice"[^>]*>(\d+)\. ', text)
        assert shown == [str(number) for number in range(1, len(options) + 1)]

    def test_what_other_papers_ask_is_suggested(self, reader: httpx.Client) -> None:
        asked = re.findall(r'name="question" value="([^"]+)"', reader.get("/console/ask").text)
        assert len(asked) >= 2
        assert 'class="figure"' in reader.post("/console/ask", data={"question": asked[0]}).text

    def test_what_a_document_says_is_never_markup(self, live: Live, reader: httpx.Client) -> None:
        evil = "<img src=x onerror=alert(1)>"
        text = f"# {evil}\n\nThe fee of {evil} is 1.5%.\n\n| {evil} | 2024 |\n|---|---|\n| Fee <b>x</b> | 17 |\n"
        with live.client() as client:
            sent = client.post("/v1/documents", files={"file": ("evil <b>.md", text.encode())}, data={"collection": "evil"}).json()
            client.get(f"/v1/uploads/{sent['id']}/events")
            (document,) = client.get("/v1/documents", params={"collection": "evil"}).json()
        for path in ("documents", f"documents/{document['id']}", f"evidence/{document['id']}/1", "search?q=fee onerror"):
            shown = reader.get(f"/console/{path}").text
            assert "<img src=x" not in shown
            assert "<b>" not in shown
        with live.client() as client:
            client.delete(f"/v1/documents/{document['id']}")

    def test_an_error_is_a_page_with_a_remedy(self, reader: httpx.Client) -> None:
        answer = reader.get("/console/documents/00000000")
        assert answer.status_code == 404
        assert "操作未成功" in answer.text
        assert reader.get("/console/audit").status_code == 403

    def test_the_workbook_of_facts(self, reader: httpx.Client) -> None:
        assert reader.get("/console/facts.xlsx", params={"metric": "净利润"}).content[:2] == b"PK"

    def test_the_administrator_replays_an_answer_and_makes_and_ends_keys(self, live: Live) -> None:
        with live.client() as ana:
            record = ana.post("/v1/ask", json={"question": QUESTION}).json()["audit_id"]
        with live.browser(live.admin_key) as admin:
            assert "agrees" in admin.post(f"/console/audit/{record}").text
            assert "ff_" in admin.post("/console/access/keys", data={"user": "new-reader", "expires": "1h"}).text
            identifier = next(one.id for one in live.app_keys() if one.user == "new-reader")
            assert admin.post(f"/console/access/keys/{identifier}/revoke").status_code == 303


def test_both_languages_have_every_word() -> None:
    assert all(all(pair) for pair in _WORDS.values())
    assert words("en").keys() == words("zh").keys()
    assert not any(hasattr(dict, name) for name in _WORDS), "a template would find the method of the dictionary in its place"


def test_an_answer_is_cut_into_its_figures_and_marks() -> None:
    document = DocumentName("00000001", "r.pdf")
    citations = [Citation(1, document, 3, (1, 2, 3, 4), None, "x")]
    figures = [
        Figure("$5", "5", "USD", None, "cell", Reference(citation=1)),
        Figure("$5.5", "5.5", "USD", None, "cell", Reference(citation=1)),
    ]
    answer = Answer("a", "answered", "en", "It was $5.5 [1], not $5; see [2].", citations, figures)
    texts = ["It was ", "$5.5", " ", "[1]", ", not ", "$5", "; see [2]."]
    assert [piece.text for piece in pieces(answer)] == texts
    assert [piece.kind for piece in pieces(answer)] == ["text", "figure", "text", "marker", "text", "figure", "text"]


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    if PROGRAM is None:
        pytest.skip("Chromium is not here: not run")
    with browser() as page:
        yield page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_a_browser_a_figure_opens_its_page_by_keyboard_alone(live: Live, tab: Page, language: str) -> None:
    tab.look(dark=language == "zh")
    tab.open(f"{live.url}/console/login?lang={language}")
    tab.until("document.activeElement.name === 'key'")  # it takes the focus by itself, once it is drawn
    tab.type(live.key)
    tab.key("Enter", 13)
    tab.until("location.pathname === '/console/ask'")
    tab.until("document.readyState === 'complete'")
    tab.focus("textarea")
    tab.type(QUESTION)
    tab.focus("#question button")
    tab.key("Enter", 13)
    tab.until("document.querySelector('#answer a.figure')")
    keep(tab, f"ask.{language}.png")
    tab.focus("#answer a.figure")
    tab.key("Enter", 13)
    tab.until("document.querySelector('dialog[open] img.page')?.naturalWidth > 100")
    assert tab.run("document.querySelector('dialog[open] td.here').innerText")
    tab.run(
        "window.shown = () => { const page = document.querySelector('dialog[open] img.page').getBoundingClientRect(),"
        " frame = document.querySelector('dialog').getBoundingClientRect(),"
        " y = page.top + document.querySelector('dialog img.page').dataset.top * page.height; return y > frame.top && y < frame.bottom; }"
    )
    tab.until("shown()", 10)  # the box is within sight
    keep(tab, f"evidence.{language}.png")
    tab.key("Escape", 27)
    tab.until("!document.querySelector('dialog[open]')")
    tab.click('form[action="/console/logout"] button')
    tab.until("location.pathname === '/console/login'")
    assert tab.told == []


def ask(tab: Page, question: str, answers: int) -> None:
    """By keyboard alone, from the box where the focus is; until so many answers stand on the page."""
    tab.type(question)
    tab.focus("#question button")
    tab.key("Enter", 13)
    tab.until(f"document.querySelectorAll('#answer .turn').length === {answers}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_a_browser_a_conversation_goes_on_until_a_new_one(live: Live, tab: Page, language: str) -> None:
    tab.look(width=390, height=844, dark=language == "en")
    tab.open(f"{live.url}/console/login?lang={language}")
    tab.until("document.activeElement.name === 'key'")
    tab.type(live.key)
    tab.key("Enter", 13)
    tab.until("location.pathname === '/console/ask' && document.readyState === 'complete'")
    listed = "Number(document.getElementById('count').textContent)"
    known = tab.run(listed)
    tab.focus("textarea")
    ask(tab, QUESTION, 1)
    tab.until("document.activeElement.name === 'question' && document.activeElement.value === ''")  # ready for the next
    assert tab.run(listed) == known + 1  # the list beside it knows of it at once
    assert tab.run("document.querySelector('#past li:first-child a[aria-current]').textContent") == QUESTION
    assert tab.run("document.querySelector('#past [data-none]') === null")
    ask(tab, FOLLOW_UP, 2)
    assert tab.run("document.querySelector('#answer .turn:last-child h2').innerText") == FOLLOW_UP
    assert "2023" in tab.run("document.querySelector('#answer .turn:last-child').innerText")
    assert tab.run("location.pathname.length > '/console/ask/'.length")
    assert tab.run(listed) == known + 1
    keep(tab, f"conversation.{language}.png")
    tab.focus("#new")
    tab.key("Enter", 13)
    tab.until("location.pathname === '/console/ask' && document.querySelectorAll('.turn').length === 0")
    tab.click('form[action="/console/logout"] button')
    tab.until("location.pathname === '/console/login'")
    assert tab.told == []


def test_in_a_browser_a_file_is_uploaded_with_progress_to_its_certificate(live: Live, tab: Page, tmp_path: Path) -> None:
    tab.look(width=390, height=844)
    paper = tmp_path / "rates.md"
    paper.write_text("# Rates\n\nThe rate was 2.0% in 2024.\n")
    tab.open(f"{live.url}/console/login?lang=en")
    tab.until("document.activeElement.name === 'key'")  # it takes the focus by itself, once it is drawn
    tab.type(live.key)
    tab.key("Enter", 13)
    tab.until("location.pathname === '/console/ask'")
    tab.open(f"{live.url}/console/documents")
    tab.until("document.title.startsWith('Documents')")
    root = tab.call("DOM.getDocument")["root"]["nodeId"]
    node = tab.call("DOM.querySelector", {"nodeId": root, "selector": "input[type=file]"})["nodeId"]
    tab.call("DOM.setFileInputFiles", {"nodeId": node, "files": [str(paper)]})
    tab.run("document.querySelector('form[data-live=upload] input[name=collection]').value = 'phone'")
    tab.click("form[data-live=upload] button")
    tab.until("location.pathname.startsWith('/console/documents/')")
    tab.until("document.body.innerText.includes('Ingestion certificate')")
    assert tab.run("document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than a phone"
    keep(tab, "certificate.png")
    assert tab.told == []


def keep(tab: Page, name: str) -> None:
    if PICTURES:
        (Path(PICTURES) / name).write_bytes(tab.screenshot())


def test_the_demo_report_is_the_one_on_the_page(reader: httpx.Client) -> None:
    assert REPORT in reader.get("/console/documents").text
