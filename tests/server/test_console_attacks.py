"""Another site against the page, in a real browser: it frames nothing and sends no form; what papers and people write runs nowhere."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.routing import APIRoute
from tests.server.browser import PROGRAM, Page, browser
from tests.server.conftest import Live
from tests.server.test_accessibility import enter
from tests.server.test_console import conversation_of

from finfoundry.server.application import create

EVIL = "<img src=x onerror=document.title='owned'>"
OPEN = {"/console/login"}  # without a session: who sends it signs in, as the one whose key it is
NUMBERED = {"number": "1", "turn": "1", "page": "3"}


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    if PROGRAM is None:
        pytest.skip("Chromium is not here: not run")
    with browser() as page:
        page.look(width=1280)
        yield page


@contextmanager
def site(text: str) -> Iterator[str]:
    """Another site with one page; its address has another host than the console's, so that no cookie goes along."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def posts(live: Live) -> list[str]:
    """The address of every form of the page, filled in."""
    routers = [one.original_router for one in create(live.app).routes if hasattr(one, "original_router")]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    paths = {route.path for route in routes if "POST" in (route.methods or ()) and route.path.startswith("/console")}
    return sorted(re.sub(r"\{(\w+)\}", lambda named: NUMBERED.get(named[1], "x"), path) for path in paths)


def test_no_form_of_the_page_is_taken_from_another_site(live: Live) -> None:
    wanted = [path for path in posts(live) if path not in OPEN]
    assert len(wanted) > 25
    with live.browser(live.admin_key) as root:
        for told in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}):
            answers = {path: root.post(path, data={"question": "x"}, headers=told).status_code for path in wanted}
            assert set(answers.values()) == {403}, {path: code for path, code in answers.items() if code != 403}


def test_in_a_browser_another_site_frames_nothing_and_sends_no_form(live: Live, tab: Page) -> None:
    enter(tab, live, live.key)
    with live.client() as ana:
        (paper, *_) = ana.get("/v1/documents").json()
    address = f"{live.url}/console/documents/{paper['id']}"
    page = f"""<!doctype html><title>elsewhere</title><iframe id="frame" src="{live.url}/console/ask" onload="window.loaded=1"></iframe>
        <form method="post" action="{address}/delete"><button id="send">Win</button></form>"""
    with site(page) as elsewhere:
        tab.told.clear()
        tab.open(elsewhere)
        tab.until("window.loaded")
        assert any("frame-ancestors" in one for one in tab.told), tab.told
        tab.click("#send")
        tab.until(f"location.href.startsWith('{live.url}')")
    with live.client() as ana:
        assert ana.get(f"/v1/documents/{paper['id']}").status_code == 200
    assert not tab.run("document.querySelector('nav a[href=\"/console/documents\"]')")  # not as the person who had signed in


def test_in_a_browser_markup_is_shown_and_never_run(live: Live, tab: Page) -> None:
    text = f"# {EVIL}\n\nThe fee of {EVIL} is 1.5% in 2024.\n\n| {EVIL} | 2024 |\n|---|---|\n| {EVIL} | 17 |\n| Vault fees {EVIL} | 18 |\n"
    with live.client(live.admin_key) as root:
        sent = root.post("/v1/documents", files={"file": (f"{EVIL}.md", text.encode())}, data={"collection": "evil"}).json()
        root.get(f"/v1/uploads/{sent['id']}/events")
        (paper,) = root.get("/v1/documents", params={"collection": "evil"}).json()
        facts = [one for one in root.get("/v1/facts", params={"metric": "Vault fees"}).json() if one["document"]["id"] == paper["id"]]
        fields = {"metric": [f"Vault {EVIL}"], "entity": f"Bank {EVIL}"}
        made = root.post("/v1/corrections", json={"fact": facts[0]["id"], "fields": fields, "why": EVIL, "anyway": True}) if facts else None
    with live.browser(live.admin_key) as root:
        begun = conversation_of(root.post("/console/ask", data={"question": f"What is the fee of {EVIL}?"}).text)
        root.post(f"/console/ask/{begun}/rename", data={"title": EVIL})
        root.post("/console/vocabulary", data={"name": f"fee {EVIL}", "names": f"fee {EVIL}", "means": "revenue"})
    try:
        assert made is not None
        assert made.status_code == 201, made.text
        enter(tab, live, live.admin_key)
        paths = ["ask", f"ask/{begun}", "documents", f"documents/{paper['id']}", f"documents/{paper['id']}?find=fee"]
        paths += [f"evidence/{paper['id']}/1", f"facts?document={paper['id']}", "facts?metric=Vault&view=grid", "search?q=fee"]
        paths += [f"correct?fact={facts[0]['id']}", f"corrections?document={paper['id']}", "vocabulary", "audit", "access"]
        seen = 0
        for path in paths:
            tab.told.clear()
            tab.open(f"{live.url}/console/{path}")
            assert tab.run("document.querySelectorAll('[src=x], [onerror]').length") == 0, path
            assert tab.run("document.title") != "owned", path
            assert not [one for one in tab.told if "Content Security Policy" in one], (path, tab.told)
            seen += tab.run(f"document.body.textContent.includes({EVIL!r})")
        assert seen >= 10, seen
    finally:
        with live.client(live.admin_key) as root:
            if made is not None and made.status_code == 201:
                root.post(f"/v1/corrections/{made.json()['id']}/retire")
            root.delete(f"/v1/documents/{paper['id']}")
        with live.browser(live.admin_key) as root:
            for term in set(re.findall(r"/console/vocabulary/[^/\"]+/retire", root.get("/console/vocabulary").text)):
                root.post(term)
