"""Every page of the console by axe-core in a real browser: both languages, light and dark, desk, tablet and phone; nothing is cut."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.server.browser import PROGRAM, Page, browser
from tests.server.conftest import QUESTION, REPORT, Live
from tests.server.test_console import conversation_of
from tests.tiers import slow_but

PICTURES = os.environ.get("FINFOUNDRY_PICTURES_OF_ALL")  # a folder: where to keep every page as it looked
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
CUT = """[...document.querySelectorAll('table')].filter(one => one.offsetParent && !one.closest('.scroll')
    && one.getBoundingClientRect().right > window.innerWidth + 1).length"""  # what scrolls by itself is not cut
LOOKS = [("en", False, 1280), ("zh", True, 1280), ("zh", False, 768), ("en", True, 768), ("en", False, 390), ("zh", True, 390)]


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    if PROGRAM is None:
        pytest.skip("Chromium is not here: not run")
    with browser() as page:
        yield page


@pytest.fixture(scope="module")
def axe() -> str:
    return resources.files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def states(live: Live) -> Iterator[dict[str, str]]:
    """Name to path of what pages show besides their usual self: no answer, a choice, nothing found, what waits for a second one."""
    with live.client() as ana:
        fact = next(one["id"] for one in ana.get("/v1/facts", params={"metric": "净利润"}).json() if one["document"]["name"] == REPORT)
        document = fact.partition("/")[0]
        changed = ana.post("/v1/corrections", json={"fact": fact, "fields": {"unit": "EUR"}, "why": "the cover says so", "anyway": True})
        figure = {"text": "1,234", "metric": ["Vault fees"], "period": "2024-12-31", "unit": "CNY"}
        added = ana.post(
            "/v1/readings", json={"document": document, "page": 3, "box": [60, 700, 90, 710], "fields": figure, "why": "missed"}
        )
        assert (changed.status_code, added.status_code) == (201, 201), (changed.text, added.text)
    with live.browser(live.admin_key) as root:
        told = {
            name: conversation_of(root.post("/console/ask", data={"question": question}).text)
            for name, question in (("unanswered", "What was the colour of the moon in 1824?"), ("choice", "你好"))
        }
        root.post("/console/vocabulary", data={"name": "takings", "names": "takings", "means": "revenue"})
    yield {
        **{name: f"/console/ask/{one}" for name, one in told.items()},
        "no conversation found": "/console/ask?find=zzzz",
        "no document found": "/console/documents?q=zzzz",
        "no fact found": "/console/facts?metric=zzzz",
        "no passage found": "/console/search?q=zzzz",
        "words found": f"/console/documents/{document}?find=2024",
        "waiting": "/console/corrections?state=proposed",
        "not there": "/console/nowhere",
    }
    with live.client() as ana, live.browser(live.admin_key) as root:
        ana.post(f"/v1/corrections/{changed.json()['id']}/retire")
        ana.post(f"/v1/readings/{added.json()['id']}/retire")
        for term in set(re.findall(r"/console/vocabulary/[^/\"]+/retire", root.get("/console/vocabulary").text)):
            root.post(term)


@pytest.fixture(scope="module")
def places(live: Live, states: dict[str, str]) -> dict[str, str]:
    """Name to path of every page that an administrator can open."""
    with live.browser(live.admin_key) as root:
        asked = root.post("/console/ask", data={"question": "云洲商业银行2023年和2024年的净利润分别是多少？"}).text
        conversation = conversation_of(asked)
    with live.browser(live.key) as ana:
        mine = conversation_of(ana.post("/console/ask", data={"question": QUESTION}).text)
        ana.post(f"/console/ask/{mine}/share", data={"on": "true"})
        (shared,) = re.findall(r"/console/shared/[0-9a-f-]{36}(?=<)", ana.get(f"/console/ask/{mine}").text)
    with live.client() as ana, live.client(live.admin_key) as admin:
        answer = ana.post("/v1/ask", json={"question": QUESTION}).json()
        (document,) = [one["id"] for one in admin.get("/v1/documents").json() if one["name"] == REPORT]
    citation = answer["citations"][0]
    box = ",".join(map(str, citation["box"]))
    return {
        "ask": "/console/ask",
        "conversation": f"/console/ask/{conversation}",
        "shared": shared,
        "grid": "/console/facts?metric=净利润&view=grid",
        "correct": f"/console/correct?fact={document}/1",
        "corrections": "/console/corrections",
        "border": f"/console/readings?document={document}&page=3",
        "figure": f"/console/readings?document={document}&page=3&kind=figure",
        "vocabulary": "/console/vocabulary",
        "empty": "/console/facts",
        "documents": "/console/documents",
        "document": f"/console/documents/{document}",
        "facts": "/console/facts?metric=净利润",
        "search": "/console/search?q=净利润",
        "evidence": f"/console/evidence/{document}/{citation['page']}?box={box}",
        "audit": "/console/audit",
        "record": f"/console/audit/{answer['audit_id']}",
        "access": "/console/access",
        "guards": "/console/guards",
        **states,
        "api": "/console/api",
        "error": "/console/documents/00000000",
        "login": "/console/login",
    }


def enter(tab: Page, live: Live, key: str) -> None:
    tab.open(f"{live.url}/console/login")
    tab.focus("input[name=key]")
    tab.type(key)
    tab.key("Enter", 13)
    tab.until("location.pathname === '/console/ask' && document.readyState === 'complete'")


def violations(tab: Page, axe: str) -> list[str]:
    """What axe finds: the rule, and the first place that breaks it."""
    if not tab.run("typeof axe === 'object'"):
        tab.run(f"{axe}\n0")
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = tab.run(f"axe.run(document, {json.dumps(options)}).then(result => result.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]} ({one['nodes'][0]['failureSummary'][:200]})" for one in found]


def keep(tab: Page, name: str) -> None:
    if PICTURES:
        (Path(PICTURES) / f"{name}.png").write_bytes(tab.screenshot())


@pytest.mark.timeout(1200)  # on a busy machine
@pytest.mark.slow
@pytest.mark.parametrize(("language", "dark", "width"), LOOKS, ids=lambda one: str(one))
def test_axe_finds_nothing_on_any_page(
    live: Live, tab: Page, axe: str, places: dict[str, str], language: str, dark: bool, width: int
) -> None:
    tab.look(width=width, dark=dark)
    enter(tab, live, live.admin_key)
    tab.open(f"{live.url}/console/ask?lang={language}")
    found = {}
    for name, path in places.items():
        tab.open(live.url + quote(path, safe="/?=,&"))
        keep(tab, f"{name}.{language}")
        if problems := violations(tab, axe):
            found[name] = problems
        wide = tab.run("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.setdefault(name, []).append(f"{wide} pixels wider than the window")
        if cut := tab.run(CUT):
            found.setdefault(name, []).append(f"{cut} tables are cut")
    assert found == {}


OPENED = {  # what a click opens or a form answers with: name → page, script, what shows that it is there
    "everything open": ("conversation", "document.querySelectorAll('details').forEach(one => { one.open = true; })", "true"),
    "tried term": (
        "vocabulary",
        """document.querySelector('main details').open = true;
        for (const [name, value] of [['name', 'harvest'], ['means', 'revenue'], ['question', 'What was the harvest in 2024?']])
            document.querySelector(`input[name=${name}]`).value = value;
        document.querySelector('button[formaction]').click()""",
        "document.querySelectorAll('.halves .answer').length === 2",
    ),
    "refused key": (
        "login",
        "document.querySelector('input[name=key]').value = 'ff_no'; document.querySelector('main form button').click()",
        "document.querySelector('.error[role=alert]')",
    ),
    "refused files": (
        "documents",
        """window.fetch = async () => ({ ok: false, json: async () => ({ error: { message: "no", remedy: "later" } }) });
        add([new File(["x"], "a.md"), new File(["x"], "b.md")])""",
        "document.querySelectorAll('#queue .failed').length === 2",
    ),
    "tried correction": (
        "correct",
        "document.querySelector('input[name=unit]').value = 'HKD'; document.querySelector('button[value=try]').click()",
        "document.querySelector('main ins')",
    ),
    "the source of a figure": (
        "conversation",
        "document.querySelector('#answer a.figure').click()",
        "document.querySelector('dialog[open] td.here')",
    ),
}


@pytest.mark.timeout(1200)  # on a busy machine
@pytest.mark.parametrize(("language", "dark", "width"), slow_but(LOOKS[:1], [LOOKS[0], LOOKS[-1]]), ids=str)
def test_axe_finds_nothing_in_what_is_opened(
    live: Live, tab: Page, axe: str, places: dict[str, str], language: str, dark: bool, width: int
) -> None:
    tab.look(width=width, dark=dark)
    enter(tab, live, live.admin_key)
    tab.open(f"{live.url}/console/ask?lang={language}")
    found = {}
    for name, (page, script, shown) in OPENED.items():
        tab.open(live.url + quote(places[page], safe="/?=,&"))
        tab.run(f"(() => {{ {script} }})()")
        tab.until(f"document.readyState === 'complete' && ({shown})", 90)
        keep(tab, f"{name}.{language}")
        problems = violations(tab, axe)
        if cut := tab.run(CUT):
            problems.append(f"{cut} tables are cut")
        if problems:
            found[name] = problems
    assert found == {}


def test_axe_finds_what_is_wrong(live: Live, tab: Page, axe: str) -> None:
    tab.open(f"{live.url}/console/login")
    tab.run("document.querySelector('main').append(document.createElement('img'))")
    assert [one.partition(":")[0] for one in violations(tab, axe)] == ["image-alt"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing_in_an_answer_and_its_evidence(live: Live, tab: Page, axe: str, language: str) -> None:
    tab.look(width=1100, dark=language == "en")
    enter(tab, live, live.key)
    tab.open(f"{live.url}/console/ask?lang={language}")
    tab.focus("textarea")
    tab.type(QUESTION)
    tab.click("#question button")
    tab.until("document.activeElement.name === 'question' && document.querySelector('#answer a.figure')")
    tab.type("2023年呢？")
    tab.click("#question button")
    tab.until("document.querySelectorAll('#answer .turn').length === 2")
    assert violations(tab, axe) == []
    tab.click("#answer a.figure")
    tab.until("document.querySelector('dialog[open] img.page')?.naturalWidth > 100")
    keep(tab, f"dialog.{language}")
    assert violations(tab, axe) == []
    tab.key("Escape", 27)


def test_all_of_a_page_is_reached_by_the_tab_key_in_its_order(live: Live, tab: Page) -> None:
    tab.look(width=1100)
    enter(tab, live, live.key)
    tab.open(f"{live.url}/console/documents?lang=en")
    wanted = tab.run(
        "[...document.querySelectorAll('a[href], button, input, select, textarea')].filter(one => !one.closest('dialog')).length"
    )
    reached = []
    for _ in range(wanted + 5):
        tab.key("Tab", 9)
        here = tab.run("(one => one === document.body ? null : one.innerText || one.name || one.className)(document.activeElement)")
        if here is None:
            break
        reached.append(here)
        shown = tab.run("getComputedStyle(document.activeElement).outlineStyle")
        assert shown != "none", f"{here}: nobody sees where the keyboard is"
    assert reached[0] == "Skip to the content"
    assert len(reached) >= wanted
