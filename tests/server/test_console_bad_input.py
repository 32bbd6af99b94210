"""What people do to the page that nobody meant: breaking what holds, two at one cell, ten thousand files, markup, a signature in vain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from tests.server.browser import PROGRAM, Page, browser
from tests.server.conftest import QUESTION, REPORT, Live
from tests.server.test_accessibility import enter
from tests.server.test_console import conversation_of

from finfoundry.server.console.figures.fact_pages import SHOWN
from finfoundry.server.console.papers.paper_pages import MOST_AT_ONCE

WHY = "the page prints it so"
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def second(live: Live) -> Iterator[httpx.Client]:
    """A second person who may write."""
    live.app.policy.add_user(live.app.administrator, "sena")
    live.app.policy.add_grant(live.app.administrator, "sena", "general", write=True)
    with live.browser(live.new_key("sena")) as client:
        yield client
    live.app.policy.remove_user(live.app.administrator, "sena")


def fact_id(live: Live, metric: str, statement: str) -> str:
    with live.client() as ana:
        facts = ana.get("/v1/facts", params={"metric": metric}).json()
    return str(next(one["id"] for one in facts if one["statement"] == statement and one["scope"] == "consolidated"))


def proposals(client: httpx.Client) -> list[str]:
    """The numbers of one's own proposals that wait."""
    return re.findall(r"/console/corrections/(\d+)/retire", client.get("/console/corrections?state=proposed").text)


def test_a_correction_that_breaks_an_identity_says_which_and_needs_a_word(live: Live) -> None:
    sent = {"fact": fact_id(live, "资产总计", "balance"), "value": "77", "why": WHY, "act": "propose"}
    with live.browser(live.key) as ana:
        refused = ana.post("/console/correct", data=sent)
        assert refused.status_code == 400
        assert "assets = liabilities" in refused.text
        assert 'name="anyway"' in refused.text
        assert ana.post("/console/correct", data={**sent, "anyway": "on"}).status_code == 303
        (number,) = proposals(ana)
        assert "⚠" in ana.get("/console/corrections?state=proposed").text
        assert ana.post(f"/console/corrections/{number}/retire").status_code == 303


def test_of_two_people_at_one_cell_the_second_is_told(live: Live, second: httpx.Client) -> None:
    fact = fact_id(live, "净利润", "income")
    sent = {"fact": fact, "why": f"{WHY} {EVIL}", "act": "propose", "anyway": "on"}
    with live.browser(live.key) as ana, live.browser(live.admin_key) as admin:
        for person, unit in ((ana, "EUR"), (second, "HKD")):
            assert person.post("/console/correct", data={**sent, "unit": unit}).status_code == 303
        older, newer = sorted(map(int, proposals(admin)))
        assert admin.post(f"/console/corrections/{older}/approve").status_code == 303
        late = admin.post(f"/console/corrections/{newer}/approve")
        assert late.status_code == 400
        assert f"correction {older} came into force" in late.text
        assert EVIL not in admin.get("/console/corrections").text
        for path in (f"{older}/undo", f"{newer}/retire"):
            assert admin.post(f"/console/corrections/{path}").status_code == 303


def test_what_a_border_gave_wrongly_is_put_right_together_and_approved_together(live: Live, second: httpx.Client) -> None:
    fact = fact_id(live, "净利润", "income")
    sent = {"fact": fact, "unit": "HKD", "why": WHY, "reach": "table", "anyway": "on"}
    with live.browser(live.key) as ana:
        tried = ana.post("/console/correct", data={**sent, "act": "try"}, headers={"Accept-Language": "en"})
        told = re.search(r"And (\d+) other numbers", tried.text)
        assert told
        assert ana.post("/console/correct", data={**sent, "act": "propose"}).status_code == 303
        numbers = proposals(ana)
        assert len(numbers) == int(told[1]) + 1
        assert ana.post("/console/corrections/approve", data={"number": numbers}).status_code == 403
        page = second.get(f"/console/corrections?document={fact.partition('/')[0]}").text
        assert page.count('name="number"') == len(numbers)
        assert second.post("/console/corrections/approve", data={"number": numbers}).status_code == 303
        for number in sorted(map(int, numbers), reverse=True):
            assert second.post(f"/console/corrections/{number}/undo").status_code == 303
        wrong = ana.post("/console/correct", data={**sent, "reach": "everything", "act": "try"})
        assert wrong.status_code == 400


def test_an_answer_is_signed_by_the_second_person_alone_and_what_is_withheld_by_nobody(live: Live, second: httpx.Client) -> None:
    with live.browser(live.key) as ana:
        text = ana.post("/console/ask", data={"question": QUESTION}).text
        conversation, receipt = conversation_of(text), re.findall(r'name="record" value="([^"]+)"', text)[0]
        ana.post("/console/ask", data={"question": "What was the colour of the moon in 1824?", "conversation": conversation})
        ana.post(f"/console/ask/{conversation}/share", data={"on": "true"})
        link = re.findall(r"/console/shared/[0-9a-f-]{36}", ana.get(f"/console/ask/{conversation}").text)[0]
        assert "/sign" not in ana.get(link).text
        assert ana.post(f"{link}/1/sign", data={"receipt": receipt}).status_code == 403
        seen = second.get(link).text
        assert seen.count("/sign") == 1
        assert second.post(f"{link}/1/sign", data={"receipt": receipt, "note": EVIL}).status_code == 303
        shown = ana.get(f"/console/ask/{conversation}").text
        assert "sena" in shown
        assert EVIL not in shown
        taken = json.loads(ana.get(f"/console/ask/{conversation}/1/receipt.json").content)
        assert (taken["receipt"], taken["signed"][0]["signed_by"], taken["signed"][0]["note"]) == (receipt, "sena", EVIL)
        assert "signed off by `sena`" in ana.get(f"/console/ask/{conversation}/export").text
        record = taken["signed"][0]["record"]
        assert second.post(f"{link}/{record}/withdraw").status_code == 303
        assert json.loads(ana.get(f"/console/ask/{conversation}/1/receipt.json").content)["signed"] == []
        for number, bears in ((2, receipt), (1, "no receipt"), (99, receipt)):
            assert second.post(f"{link}/{number}/sign", data={"receipt": bears}).status_code in (400, 404)


def test_a_paper_under_another_label_is_gone_for_who_may_not_read_that(live: Live) -> None:
    text = b"# Quay Holdings Inc\n\nAnnual report 2024\n\n| USD million | 2024 |\n|---|---|\n| Revenue | 31 |\n"
    with live.client(live.admin_key) as admin, live.browser(live.key) as ana, live.browser(live.admin_key) as root:
        sent = admin.post("/v1/documents", files={"file": ("quay.md", text)}, data={"collection": "quays"}).json()
        admin.get(f"/v1/uploads/{sent['id']}/events")
        (document,) = [one["id"] for one in admin.get("/v1/documents", params={"collection": "quays"}).json()]
        assert ana.post(f"/console/documents/{document}/label", data={"label": "sensitive"}).status_code in (400, 403)
        assert root.post(f"/console/documents/{document}/label", data={"label": "no such label"}).status_code == 400
        assert root.post(f"/console/documents/{document}/label", data={"label": "sensitive"}).status_code == 303
        assert ana.get(f"/console/documents/{document}").status_code == 404
        assert ana.post(f"/console/documents/{document}/label", data={"label": "general"}).status_code == 404
        assert admin.get("/v1/facts", params={"entity": "Quay Holdings Inc"}).json()
        admin.delete(f"/v1/documents/{document}")


def test_the_list_of_facts_comes_by_pages(live: Live) -> None:
    with live.client() as client:
        report = next(one["id"] for one in client.get("/v1/documents").json() if one["name"] == REPORT)
        every = len(client.get("/v1/facts", params={"document": report, "limit": 1000}).json())
    assert every > SHOWN
    with live.browser(live.key) as ana:
        pages = [ana.get("/console/facts", params={"document": report, "at": at}).text for at in range(1, every // SHOWN + 3)]
    shown = [page.count('class="number" data-name') for page in pages]
    assert shown == [SHOWN] * (every // SHOWN) + [every % SHOWN, 0]
    assert "&amp;at=2" in pages[0]
    assert "&amp;at=1" in pages[1]
    assert f"&amp;at={len(pages)}" not in pages[-2]


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    if PROGRAM is None:
        pytest.skip("Chromium is not here: not run")
    with browser() as page:
        yield page


DROPPED = """
    window.fetch = async () => ({ ok: false, json: async () => ({ error: { message: "<i>no</i>", remedy: "later" } }) });
    add(Array.from({ length: MANY }, (_, number) => new File(["x"], `<b>${number}</b>.md`)));
"""


@pytest.mark.timeout(600)
def test_ten_thousand_files_are_taken_the_others_told_and_no_name_is_markup(live: Live, tab: Page) -> None:
    tab.look(width=1280)
    enter(tab, live, live.key)
    tab.open(f"{live.url}/console/documents?lang=en")
    tab.run(f"(() => {{ {DROPPED.replace('MANY', str(MOST_AT_ONCE + 500))} }})()")
    tab.until(f"document.getElementById('progress').innerText.includes('{MOST_AT_ONCE} failed')", 300)
    assert f"At most {MOST_AT_ONCE} files at once" in tab.run("document.getElementById('progress').innerText")
    assert tab.run("document.querySelectorAll('#queue li').length") <= 1000
    assert tab.run("document.querySelectorAll('#queue b, #queue i').length") == 0
    assert "<b>0</b>.md" in tab.run("document.getElementById('queue').textContent")


def test_the_queue_says_in_the_language_of_the_page_why_a_file_is_not_read(live: Live, tab: Page) -> None:
    tab.look(width=1280)
    enter(tab, live, live.key)
    tab.open(f"{live.url}/console/documents?lang=zh")
    tab.run("add([new File([new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2])], '<i>a.bin'), new File([], 'b.md')])")
    tab.until("document.querySelectorAll('#queue .failed').length === 2", 120)
    told = tab.run("[...document.querySelectorAll('#queue .failed')].map((one) => one.innerText).sort().join('|')")
    assert "<i>a.bin" in told
    assert "这种文件" in told
    assert "是空文件" in told
    assert tab.run("document.querySelectorAll('#queue i, #queue [lang=en]').length") == 0


def test_messages_are_told_to_who_is_signed_in_escaped_and_in_the_language_of_the_page(live: Live) -> None:
    asked = {"text": [f"No upload '{EVIL}'", "Send the file again"]}
    with live.browser(live.key) as ana:
        told = ana.get("/console/messages", params={**asked, "lang": "zh"}).text
        assert told == "没有上传记录 &#39;&lt;img src=x onerror=alert(1)&gt;&#39;。请重新发送文件"
        assert ana.get("/console/messages", params={**asked, "lang": "en"}).text.endswith("&gt;&#39;. Send the file again")
        assert ana.get("/console/messages", params={"text": ["x"] * 3}).status_code == 400
        assert ana.get("/console/messages", params={"text": "x" * 2001}).status_code == 400
    with live.browser() as nobody:
        assert nobody.get("/console/messages", params=asked).headers["location"] == "/console/login"
