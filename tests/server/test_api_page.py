"""The OpenAPI document as a page."""

from __future__ import annotations

import re

import httpx
from tests.server.conftest import Live

LARGEST = 600_000  # bytes


def test_the_page_has_every_route_and_every_shape_with_its_links(live: Live) -> None:
    document = httpx.get(f"{live.url}/openapi.json").json()
    with live.browser(live.key) as browser:
        page = browser.get("/docs", follow_redirects=True)
    assert page.url.path == "/console/api"
    routes = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert set(re.findall(r"<summary><code>([A-Z]+ /[^<]*)</code>", page.text)) == routes
    anchors = re.findall(r'id="([^"]+)"', page.text)
    assert {f"shape-{name}" for name in document["components"]["schemas"]} <= set(anchors)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= set(anchors)
    assert "response_format" in page.text
    assert len(page.content) < LARGEST


def test_nothing_of_the_page_comes_from_elsewhere_or_runs(live: Live) -> None:
    with live.browser(live.key) as browser:
        page = browser.get("/console/api?lang=zh")
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page.text)
    assert set(re.findall(r"<script[^>]*>", page.text)) == {'<script src="/console/static/console.js" defer>'}
    assert not re.findall(r"\s(?:style|on\w+)=", page.text)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "数据结构" in page.text


def test_the_page_is_for_those_who_may_come_in(live: Live) -> None:
    with live.browser() as stranger:
        assert stranger.get("/console/api").headers["Location"] == "/console/login"
