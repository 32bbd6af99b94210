"""What a new user comes for, done in a real browser without the documentation: every click is counted, in English and in Chinese."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.server.browser import PROGRAM, Page, browser
from tests.server.conftest import Live
from tests.server.test_console import conversation_of

from finfoundry.server.console.page_texts import words

MOST_CLICKS = 6  # of the median task
PAPERS = {
    "harbour.md": "# Zeta Harbour Inc\n\nAnnual report 2024\n\n"
    "| USD million | 2024 | 2023 | 2022 |\n|---|---|---|---|\n| Revenue | 1,234 | 1,100 | 990 |\n",
    "<b>mill.md": "# Omega Mill Inc\n\nAnnual report 2024\n\n| USD million | 2024 |\n|---|---|\n| Revenue | 777 |\n",
}
ASKED = {"en": "What was Zeta Harbour's revenue in 2024?", "zh": "Zeta Harbour 2024年的营业收入是多少？"}
YEARS = {"en": "What was Zeta Harbour's revenue in 2022, 2023 and 2024?", "zh": "Zeta Harbour 2022年、2023年和2024年的营业收入分别是多少？"}
OPEN = {"en": "What was the revenue in 2024?", "zh": "2024年的营业收入是多少？"}  # of which company, it does not say


@dataclass
class Visitor:
    """Somebody at a browser: clicks and what is typed, and how many clicks each task took."""

    tab: Page
    url: str
    language: str
    clicks: dict[str, int] = field(default_factory=dict)
    task: str = ""

    def begin(self, task: str) -> None:
        self.task = task
        self.clicks[task] = 0

    def click(self, selector: str) -> None:
        self.clicks[self.task] += 1
        self.tab.click(selector)

    def go(self, name: str) -> None:
        """By the menu."""
        self.click(f'nav a[href="/console/{name}"]')
        self.until(f"location.pathname === '/console/{name}' && document.readyState === 'complete'")

    def write(self, selector: str, text: str) -> None:
        """A click into a box, and what is typed there in the place of what stood in it."""
        self.click(selector)
        self.tab.run(f"(box => {{ box.focus(); box.value = ''; }})(document.querySelector({json.dumps(selector)}))")
        self.tab.type(text)

    def choose(self, selector: str, value: str) -> None:
        self.clicks[self.task] += 1
        self.tab.run(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(value)}")

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A frame on the picture of a page, from and to shares of its width and height."""
        self.until("document.querySelector('.beside-page img.page')?.naturalWidth > 100")
        self.clicks[self.task] += 1
        self.tab.run("document.querySelector('.beside-page').scrollTop = 0")
        place = "document.querySelector('.beside-page img.page').getBoundingClientRect()"
        event = "new PointerEvent(kind, {clientX: x, clientY: y, bubbles: true})"
        send = f"(kind, x, y) => document.querySelector('a.whole').dispatchEvent({event})"
        self.tab.run(f"Element.prototype.setPointerCapture = () => {{}}, window.box = {place}, window.send = {send}, 0")
        for kind, (x, y) in (("pointerdown", start), ("pointermove", end), ("pointerup", end)):
            self.tab.run(f"send('{kind}', box.x + {x} * box.width, box.y + {y} * box.height)")

    def give(self, selector: str, files: Sequence[Path]) -> None:
        """Choose files, or a folder, in the place for them."""
        self.clicks[self.task] += 1
        root = self.tab.call("DOM.getDocument")["root"]["nodeId"]
        node = self.tab.call("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        self.tab.call("DOM.setFileInputFiles", {"nodeId": node, "files": list(map(str, files))})
        self.until(f"document.querySelector({json.dumps(selector)}).files.length > 0")  # a folder is listed in its own time

    def propose_and_withdraw(self, *, anyway: bool = False) -> None:
        """Sent and taken back; nothing that others look at stays."""
        self.write("textarea[name=why]", "<b>The page prints it so</b>")
        self.click("button[value=propose]")
        if anyway:
            self.until("location.pathname === '/console/corrections' || document.querySelector('input[name=anyway]')")
            if self.tab.run("location.pathname") != "/console/corrections":
                self.click("input[name=anyway]")
                self.click("button[value=propose]")
        self.until("location.pathname === '/console/corrections' && document.querySelector('form[action^=\"/console/readings/\"]')")
        self.click('form[action^="/console/readings/"][action$="/retire"] button')
        self.until('!document.querySelector(\'form[action^="/console/readings/"][action$="/retire"]\')')

    def until(self, script: str, seconds: float = 90.0) -> None:
        self.tab.until(script, seconds)

    def ask(self, question: str, turns: int) -> None:
        self.write("#question textarea", question)
        self.click("#question button")
        self.answered(turns)

    def answered(self, turns: int) -> None:
        self.until(f"document.querySelectorAll('#answer .turn').length === {turns} && document.querySelector('#stop').hidden")

    def text(self) -> str:
        return str(self.tab.run("document.body.innerText"))

    def sign_in(self, key: str) -> None:
        self.tab.open(f"{self.url}/console/login?lang={self.language}")
        self.write("input[name=key]", key)
        self.click("main form button")
        self.until("location.pathname === '/console/ask' && document.readyState === 'complete'")


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    if PROGRAM is None:
        pytest.skip("Chromium is not here: not run")
    with browser() as page:
        yield page


@pytest.fixture(params=["en", "zh"])
def visitor(live: Live, tab: Page, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    tab.look(width=1280, height=900)
    tab.run("window.confirm = () => true")
    tab.call("Page.addScriptToEvaluateOnNewDocument", {"source": "window.confirm = () => true"})
    yield Visitor(tab, live.url, request.param)
    with live.client(live.admin_key) as admin:
        for one in admin.get("/v1/documents", params={"collection": "harbours"}).json():
            admin.delete(f"/v1/documents/{one['id']}")


@pytest.mark.timeout(1500)  # a machine of two cores with twenty jobs took 600 s
def test_every_task_is_done_without_the_documentation(live: Live, visitor: Visitor, tmp_path: Path) -> None:
    visitor.begin("sign in")
    visitor.sign_in(live.key)
    for task in (bring_files, prove, compare_years, talk, keep_conversations, look_up):
        task(visitor, tmp_path)
    mend(visitor, live)
    read_by_hand(visitor, live)
    add_a_word(visitor)
    delete_a_paper(visitor)
    visitor.begin("sign out")
    visitor.click('form[action="/console/logout"] button')
    visitor.until("location.pathname === '/console/login'")
    let_somebody_in(visitor, live)
    assert len(visitor.clicks) >= 25, sorted(visitor.clicks)
    assert statistics.median(visitor.clicks.values()) <= MOST_CLICKS, visitor.clicks
    executed = visitor.tab.run("document.querySelectorAll('main b').length")
    assert executed == 0, "a name of a file became markup"


def bring_files(visitor: Visitor, folder: Path) -> None:
    for name, text in PAPERS.items():
        (folder / name).write_text(text)
    (folder / "yearbook").mkdir()
    (folder / "yearbook" / "notes.md").write_text("# Notes\n\nThe yard of Omega Mill was sold in May.\n")
    visitor.begin("upload many files")
    visitor.go("documents")
    visitor.give("#upload input[name=file]", [folder / name for name in PAPERS])
    visitor.write("#upload input[name=collection]", "harbours")
    visitor.click("#upload button")
    visitor.until("document.querySelectorAll('#queue .status.done').length === 2", 300)
    visitor.begin("upload a folder")
    visitor.give("#folder", [folder / "yearbook"])
    visitor.click("#upload button")
    visitor.until("document.querySelectorAll('#queue .status.done').length === 3", 300)
    assert "yearbook/notes.md" in visitor.text()
    assert "<b>mill.md" in visitor.text()


def prove(visitor: Visitor, _: Path) -> None:
    visitor.begin("find a figure")
    visitor.go("ask")
    visitor.ask(ASKED[visitor.language], 1)
    visitor.begin("prove it")
    visitor.click("#answer a.figure")
    visitor.until("document.querySelector('dialog[open] td.here')?.innerText === '1,234'")
    assert visitor.tab.run("document.querySelectorAll('dialog[open] td.said').length") >= 1
    visitor.begin("close the page of a figure")
    visitor.tab.key("Escape", 27)
    visitor.until("!document.querySelector('dialog[open]')")


def compare_years(visitor: Visitor, _: Path) -> None:
    visitor.begin("three years as a chart")
    visitor.ask(YEARS[visitor.language], 2)
    assert visitor.tab.run("document.querySelectorAll('#answer svg.chart rect').length") == 3
    visitor.begin("copy the chart as a picture")
    visitor.tab.run("""navigator.clipboard.write = async (items) => { window.copied = (await items[0].getType("image/png")).size; }""")
    visitor.click(".turn:last-child [data-picture]")
    visitor.until("window.copied > 1000")
    visitor.begin("the figures as a workbook")
    link = visitor.tab.run("document.querySelector('.turn:last-child figcaption a[href$=\".xlsx\"]').href")
    assert visitor.tab.run(f"fetch({json.dumps(link)}).then(answer => answer.status)") == 200
    visitor.clicks[visitor.task] += 1


def talk(visitor: Visitor, _: Path) -> None:
    told = words("zh" if visitor.language == "zh" else "en")
    visitor.begin("take the receipt of an answer")
    link = visitor.tab.run("document.querySelector('.turn:last-child a[href$=\"receipt.json\"]').href")
    assert "receipt" in visitor.tab.run(f"fetch({json.dumps(link)}).then(answer => answer.json())")
    visitor.clicks[visitor.task] += 1
    visitor.begin("rate an answer")
    visitor.click(".turn:last-child button[value=right]")
    visitor.until("document.querySelector('.turn:last-child .rated')")
    visitor.begin("correct an answer")
    visitor.click(".turn:first-child .rate summary")
    visitor.write(".turn:first-child .rate textarea", "<i>1.2 billion</i>")
    visitor.click(".turn:first-child .rate button[value=wrong]")
    visitor.until(f"document.querySelector('.turn:first-child .rated')?.innerText.includes({json.dumps(told['rated_wrong'])})")
    visitor.begin("ask again")
    visitor.click(".turn:last-child .turn-tools button")
    visitor.answered(2)
    visitor.begin("edit a question")
    visitor.click(".turn:first-child .edit summary")
    visitor.write(".turn:first-child .edit textarea", ASKED[visitor.language])
    visitor.click(".turn:first-child .edit button")
    visitor.answered(1)


def keep_conversations(visitor: Visitor, _: Path) -> None:
    path = visitor.tab.run("location.pathname")
    visitor.begin("begin a new conversation")
    visitor.click("#new")
    visitor.until("location.pathname === '/console/ask' && !document.querySelector('.turn') && document.readyState === 'complete'")
    visitor.begin("stop a question")
    visitor.write("#question textarea", ASKED[visitor.language])
    visitor.clicks[visitor.task] += 2
    visitor.tab.run("document.querySelector('#question button').click(), document.querySelector('#stop').click()")
    stopped = "document.getElementById('progress').innerText === document.getElementById('question').dataset.stopped"
    visitor.until(f"{stopped} && document.querySelector('#stop').hidden")
    visitor.begin("pick a choice")
    visitor.ask(OPEN[visitor.language], 1)
    visitor.click("#answer .turn:last-child .choice")
    visitor.answered(2)
    visitor.until("document.querySelector('#answer .turn:last-child .figure')")
    visitor.begin("ask what is suggested")
    visitor.click("#new")
    visitor.until("!document.querySelector('.turn') && document.readyState === 'complete'")
    visitor.click("#start .choice")
    visitor.answered(1)
    visitor.begin("find and continue an earlier conversation")
    visitor.write('input[name="find"]', "Zeta Harbour")
    visitor.tab.key("Enter", 13)
    visitor.until("location.search.includes('find')")
    visitor.click(f'#past a[href="{path}"]')
    visitor.until(f"location.pathname === {json.dumps(path)} && document.readyState === 'complete'")
    visitor.ask({"en": "And in 2023?", "zh": "2023年呢？"}[visitor.language], 2)
    visitor.begin("rename a conversation")
    visitor.tab.open(visitor.url + path)
    visitor.click(".manage summary")
    visitor.write(".manage input[name=title]", "<u>Harbour</u>")
    visitor.click(f'form[action="{path}/rename"] button')
    visitor.until("document.querySelector('h1')?.innerText === '<u>Harbour</u>'")
    visitor.begin("export a conversation")
    visitor.clicks[visitor.task] += 2
    assert visitor.tab.run(f"fetch({json.dumps(path + '/export')}).then(answer => answer.text())").startswith("# \\<u\\>Harbour")
    visitor.begin("share a conversation")
    visitor.click(".manage summary")
    visitor.click(f'form[action="{path}/share"] button')
    visitor.until("document.querySelector('code.link')")
    visitor.begin("delete a conversation")
    visitor.click(".manage summary")
    visitor.click(f'form[action="{path}/delete"] button')
    visitor.until(f"location.pathname === '/console/ask' && !document.querySelector('#past a[href=\"{path}\"]')")


def look_up(visitor: Visitor, _: Path) -> None:
    visitor.begin("a line over companies and years")
    visitor.go("facts")
    visitor.write("input[name=metric]", "Revenue")
    visitor.click("button[value=grid]")
    visitor.until("document.querySelector('table.grid')?.innerText.includes('Zeta Harbour')")
    visitor.begin("facts of a company")
    visitor.write("input[name=metric]", "")
    visitor.write("input[name=entity]", "Zeta Harbour Inc")
    visitor.click("button[value=list]")
    visitor.until("document.querySelectorAll('table.stacked tbody tr').length === 3")
    visitor.begin("find a document")
    visitor.go("documents")
    visitor.write("input[name=q]", "omega")
    visitor.tab.key("Enter", 13)
    visitor.until("document.querySelectorAll('table.papers tbody tr').length === 1")
    visitor.begin("find words in a document")
    visitor.click("table.papers a")
    visitor.until("document.querySelector('input[name=find]')")
    visitor.write("input[name=find]", "annual")
    visitor.tab.key("Enter", 13)
    visitor.until("document.querySelectorAll('.places li a').length === 1")
    visitor.begin("take a document's tables as a workbook")
    link = visitor.tab.run("document.querySelector('a[href$=\"/tables.xlsx\"]').href")
    assert visitor.tab.run(f"fetch({json.dumps(link)}).then(answer => answer.status)") == 200
    visitor.clicks[visitor.task] += 1
    visitor.begin("search passages")
    visitor.go("search")
    visitor.write("input[name=q]", "property developers")
    visitor.tab.key("Enter", 13)
    visitor.until("document.querySelectorAll('article.card').length > 0")


def mend(visitor: Visitor, live: Live) -> None:
    """A wrong unit of a whole table, put right by two persons; the answer follows."""
    visitor.begin("mend a wrong unit")
    visitor.go("ask")
    visitor.ask(ASKED[visitor.language], 1)
    visitor.click("#answer a.marker")
    visitor.click('dialog[open] a[href^="/console/correct"]')
    visitor.until("document.querySelector('input[name=unit]') && document.readyState === 'complete'")
    visitor.write("input[name=unit]", "EUR")
    visitor.write("textarea[name=why]", "<b>The cover says euros</b>")
    visitor.click("button[value=propose]")
    visitor.until("location.pathname === '/console/corrections' && document.querySelector('form[action$=\"/retire\"]')")
    number, *_ = re.findall(r"/console/corrections/(\d+)/retire", visitor.tab.run("document.body.innerHTML"))
    live.app.policy.add_grant(live.app.administrator, "rae", "general", write=True)
    with live.browser(live.new_key("rae")) as second:
        assert second.post(f"/console/corrections/{number}/approve").status_code == 303
    started = time.monotonic()
    visitor.begin("see the answer change")
    visitor.go("ask")
    visitor.ask(ASKED[visitor.language], 1)
    assert time.monotonic() - started < 60
    visitor.until("/EUR|€|欧元/.test(document.querySelector('#answer .answer')?.innerText)")
    visitor.begin("undo a correction")
    visitor.go("corrections")
    visitor.click(f'form[action="/console/corrections/{number}/undo"] button')
    visitor.until(f"!document.querySelector('form[action=\"/console/corrections/{number}/undo\"]')")


def read_by_hand(visitor: Visitor, live: Live) -> None:
    """A figure that the reader missed, and a table whose border it drew too wide: framed on the page of the report."""
    visitor.begin("turn the pages of a document")
    open_page(visitor)
    visitor.click('dialog[open] nav.pager a[href$="/4"]')
    visitor.until("document.querySelector('dialog[open] .marked a[href*=\"/pages/4.png\"]')")
    visitor.begin("add a figure that was not read")
    open_page(visitor)
    visitor.click('dialog[open] a[href*="kind=figure"]')
    visitor.until("document.querySelector('form[data-draw] input[name=text]') && document.readyState === 'complete'")
    visitor.drag((0.1, 0.85), (0.2, 0.87))
    for name, value in (("text", "1,234"), ("metric", "Vault fees"), ("period", "2024-01-01/2024-12-31")):
        visitor.write(f"form[data-draw] input[name={name}]", value)
    visitor.propose_and_withdraw()
    visitor.begin("draw the border of a table anew")
    open_page(visitor)
    visitor.click('dialog[open] a[href^="/console/readings"]:not([href*="kind=figure"])')
    visitor.until("document.querySelector('form[data-draw] input[name=columns]') && document.readyState === 'complete'")
    page = live.app.store.page(live.app.administrator, visitor.tab.run("document.querySelector('input[name=document]').value"), 3)
    left, top, right, bottom = next(block.box for block in page.blocks if block.kind == "table" and block.box)
    visitor.drag((left / page.width, top / page.height), ((left + 0.7 * (right - left)) / page.width, bottom / page.height))
    visitor.propose_and_withdraw(anyway=True)


def open_page(visitor: Visitor) -> None:
    """The third page of the report, beside its document."""
    visitor.go("documents")
    visitor.write("input[name=q]", "yunzhou")
    visitor.tab.key("Enter", 13)
    visitor.until("document.querySelectorAll('table.papers tbody tr').length === 1")
    visitor.click("table.papers a")
    visitor.until("document.querySelector('.numbers') && document.readyState === 'complete'")  # before the script a page opens by itself
    visitor.click('.numbers a[href$="/3"]')


def add_a_word(visitor: Visitor) -> None:
    visitor.begin("try a term before and after")
    visitor.go("vocabulary")
    if not visitor.tab.run("document.querySelector('main details').open"):  # where there are terms already
        visitor.click("main details summary")
    visitor.write("input[name=name]", "harbour takings")
    visitor.write("input[name=names]", "harbour takings")
    visitor.write("input[name=means]", "revenue")
    visitor.write("form input[name=question]", "What were Zeta Harbour's harbour takings in 2024?")
    visitor.click('button[formaction="/console/vocabulary/try"]')
    visitor.until("document.querySelectorAll('.halves .answer').length === 2")
    visitor.until("document.querySelectorAll('.halves .answer')[1]?.innerText.includes('1,234')")
    visitor.begin("propose a term")
    visitor.click('form[action="/console/vocabulary"] button:last-of-type')
    visitor.until("[...document.querySelectorAll('tbody tr')].some(one => one.innerText.includes('harbour takings'))")
    visitor.begin("withdraw a term")
    visitor.click('form[action$="/retire"] button')
    visitor.until("!document.querySelector('form[action$=\"/retire\"]')")


def delete_a_paper(visitor: Visitor) -> None:
    visitor.begin("delete a document")
    visitor.go("documents")
    visitor.write("input[name=q]", "omega")
    visitor.tab.key("Enter", 13)
    visitor.until("document.querySelectorAll('table.papers tbody tr').length === 1")
    visitor.click("table.papers a")
    visitor.click('form[action$="/delete"] button')
    visitor.until("location.pathname === '/console/documents' && document.readyState === 'complete'")
    visitor.until("!document.body.innerText.includes('Omega')")


def let_somebody_in(visitor: Visitor, live: Live) -> None:
    visitor.begin("sign in as an administrator")
    visitor.sign_in(live.admin_key)
    name = f"new-{visitor.language}"
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("add a user", lambda: _sent(visitor, "users", {"user": name}, name)),
        ("make a key", lambda: _sent(visitor, "keys", {"user": name}, "ff_")),
        ("add a label", lambda: _sent(visitor, "labels", {"label": f"<s>{name}"}, f"<s>{name}")),
        ("grant a label", lambda: _sent(visitor, "grants", {"name": name}, name)),
    )
    visitor.begin("open the access page")
    visitor.go("access")
    for task, do in steps:
        visitor.begin(task)
        do()
    sign_off(visitor, live)
    change_a_label(visitor)


def sign_off(visitor: Visitor, live: Live) -> None:
    """Of an answer that somebody else was given, and shared."""
    with live.browser(live.key) as ana:
        conversation = conversation_of(ana.post("/console/ask", data={"question": ASKED[visitor.language]}).text)
        ana.post(f"/console/ask/{conversation}/share", data={"on": "true"})
        (link,) = re.findall(r"/console/shared/[0-9a-f-]{36}(?=<)", ana.get(f"/console/ask/{conversation}").text)
    visitor.begin("sign off an answer")
    visitor.tab.open(visitor.url + link)
    visitor.click("form.sign button")
    visitor.until("document.querySelector('.signed')?.innerText.includes('root-key')")
    visitor.begin("withdraw a sign-off")
    visitor.click('form[action$="/withdraw"] button')
    visitor.until("document.readyState === 'complete' && !document.querySelector('.signed')")


def change_a_label(visitor: Visitor) -> None:
    visitor.begin("change the label of a document")
    visitor.go("documents")
    visitor.write("input[name=q]", "harbour")
    visitor.tab.key("Enter", 13)
    visitor.until("document.querySelectorAll('table.papers tbody tr').length === 1")
    visitor.click("table.papers a")
    visitor.until("document.querySelector('form[action$=\"/label\"]') && document.readyState === 'complete'")
    visitor.choose('form[action$="/label"] select', "sensitive")
    visitor.click('form[action$="/label"] button')
    visitor.until("document.readyState === 'complete' && document.querySelector('form[action$=\"/label\"] select')?.value === 'sensitive'")


def _sent(visitor: Visitor, form: str, fields: dict[str, str], shown: str) -> None:
    """Fill in a form of the access page and send it."""
    selector = f'form[action="/console/access/{form}"]'
    for name, value in fields.items():
        visitor.write(f"{selector} input[name={name}]", value)
    visitor.tab.run("window.stale = true")
    visitor.click(f"{selector} button")
    visitor.until(f"!window.stale && document.readyState === 'complete' && document.body.innerText.includes({json.dumps(shown)})")
