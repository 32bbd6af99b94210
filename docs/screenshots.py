"""The pictures of the page, made from a server of its own: the demo report is uploaded, asked, a figure of the answer clicked, the
conversation gone on with; then the facts as companies and years, a cell on its way to be corrected, and the border of its table.

    python -m docs.screenshots [FOLDER]

Needs Chromium. Nothing of the home of the settings is touched.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from tests.server.browser import PROGRAM, Page, browser
from tests.server.conftest import serving

from finfoundry.app import App, open_app
from finfoundry.demo.report import annual_report
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.server.service.state import Limits

PICTURES = Path(__file__).parent / "pictures"
QUESTIONS = {
    "en": "What was Yunzhou Commercial Bank's net profit margin in 2024?",
    "zh": "云洲商业银行2024年的净利润占营业收入的比例是多少？",
}
METRICS = {"en": "Net+profit", "zh": quote("净利润")}
FRAME = """for (const [name, at] of [["x0", 56], ["y0", 110], ["x1", 540], ["y1", 330]]) {
    const edge = document.querySelector(`input[name=${name}]`);
    edge.value = at;
    edge.dispatchEvent(new Event("input", { bubbles: true }));
}"""  # a border on its way: points of the page
FOLLOW_UPS = {"en": "And in 2023?", "zh": "2023年呢？"}


def upload(tab: Page, url: str, key: str, report: Path) -> None:
    """Sign in and bring the report in, as a reader would."""
    tab.open(f"{url}/console/login?lang=en")
    tab.type(key)
    tab.key("Enter", 13)
    tab.until("location.pathname === '/console/ask'")
    tab.open(f"{url}/console/documents")
    root = tab.call("DOM.getDocument")["root"]["nodeId"]
    node = tab.call("DOM.querySelector", {"nodeId": root, "selector": "input[type=file]"})["nodeId"]
    tab.call("DOM.setFileInputFiles", {"nodeId": node, "files": [str(report)]})
    tab.run("document.querySelector('form[data-live=upload] button').click()")
    tab.until("location.pathname.startsWith('/console/documents/')", 900)


def ask(tab: Page, url: str, language: str, folder: Path) -> None:
    """Ask and click the first figure of the answer; keep the page with the box. Ask on from there; keep the conversation."""
    tab.look(width=1360, height=860, dark=language == "zh")
    tab.open(f"{url}/console/ask?lang={language}")
    tab.run("document.querySelector('textarea').focus()")
    tab.type(QUESTIONS[language])
    send(tab, 1)
    tab.run("document.querySelector('#answer a.figure').click()")
    tab.until("document.querySelector('dialog[open] img.page')?.naturalWidth > 100", 120)
    (folder / f"evidence.{language}.png").write_bytes(tab.screenshot())
    tab.key("Escape", 27)
    tab.until("!document.querySelector('dialog[open]')")
    tab.run("document.querySelector('textarea').focus()")
    tab.type(FOLLOW_UPS[language])
    send(tab, 2)
    (folder / f"ask.{language}.png").write_bytes(tab.screenshot())


def look_up_and_mend(tab: Page, url: str, language: str, folder: Path) -> None:
    """The facts of a line, and the form that corrects the first of them."""
    tab.open(f"{url}/console/facts?view=grid&metric={METRICS[language]}")
    (folder / f"facts.{language}.png").write_bytes(tab.screenshot())
    tab.run("document.querySelector('table.grid a').click()")
    tab.until("document.querySelector('dialog[open] a[href^=\"/console/correct\"]')", 60)
    tab.run("document.querySelector('dialog[open] a[href^=\"/console/correct\"]').click()")
    tab.until("document.querySelector('.beside-page img.page')?.naturalWidth > 100", 120)
    (folder / f"correct.{language}.png").write_bytes(tab.screenshot())
    fact = str(tab.run("new URLSearchParams(location.search).get('fact')"))
    tab.open(f"{url}/console/readings?document={fact.partition('/')[0]}&page=3")
    tab.until("document.querySelector('.beside-page img.page')?.naturalWidth > 100", 120)
    tab.run(FRAME)
    (folder / f"border.{language}.png").write_bytes(tab.screenshot())


def send(tab: Page, answers: int) -> None:
    """Ask what stands in the box, and wait until so many answers stand on the page."""
    tab.run("document.querySelector('#question button').click()")
    tab.until(
        f"document.querySelectorAll('#answer .turn a.figure').length && document.querySelectorAll('#answer .turn').length === {answers}",
        600,
    )


def draw(app: App, home: Path, folder: Path) -> None:
    report = home / "yunzhou-annual-report.pdf"
    report.write_bytes(annual_report().data)
    key = ApiKeys(app.database).create(app.administrator, "ana").key
    app.policy.add_grant(app.administrator, "ana", "general", write=True)
    with serving(app, Limits()) as url, browser() as tab:
        tab.look(width=1100, height=760)
        upload(tab, url, key, report)
        for language in QUESTIONS:
            ask(tab, url, language, folder)
            look_up_and_mend(tab, url, language, folder)


def main() -> None:
    if PROGRAM is None:
        raise SystemExit("Chromium is not here: no pictures were made")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    home = Path(tempfile.mkdtemp(prefix="ff-tour-"))
    home.chmod(0o755)
    os.environ["FINFOUNDRY_HOME"] = str(home)
    try:
        with open_app(Settings(home=home, models=home / "none")) as app:
            draw(app, home, folder)
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
