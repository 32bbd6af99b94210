"""Reading by hand on the page and over HTTP: a figure added, a border drawn; markup, strangers and forms that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.server.browser import PROGRAM, Page, browser
from tests.server.conftest import REPORT, SECRET, Live
from tests.server.test_accessibility import enter

EVIL = "<img src=x onerror=alert(1)>"
SUMMARY = 3  # the page of the five-year summary
ADDED = {"text": "1,234", "metric": f"Vault fees {EVIL}", "period": "2024-01-01/2024-12-31", "unit": "CNY", "scale": "1000000"}
EDGES = {"x0": "60", "y0": "700", "x1": "90", "y1": "710"}


@pytest.fixture(scope="module")
def second(live: Live) -> Iterator[httpx.Client]:
    live.app.policy.add_user(live.app.administrator, "rhea")
    live.app.policy.add_grant(live.app.administrator, "rhea", "general", write=True)
    with live.browser(live.new_key("rhea")) as client:
        yield client
    live.app.policy.remove_user(live.app.administrator, "rhea")


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    if PROGRAM is None:
        pytest.skip("Chromium is not here: not run")
    with browser() as page:
        yield page


def paper(live: Live, name: str = REPORT) -> str:
    return next(one.id for one in live.app.documents(live.app.administrator) if one.name == name)


def narrow(live: Live) -> dict[str, str]:
    """The summary without its last columns."""
    page = live.app.store.page(live.app.administrator, paper(live), SUMMARY)
    table = next(block for block in page.blocks if block.kind == "table")
    x0, y0, _, y1 = table.box or (0, 0, 0, 0)
    x1 = min(cell.box[0] for cell in table.cells if cell.box and cell.column == 4) - 4
    return {"x0": f"{x0 - 2:.1f}", "y0": f"{y0 - 2:.1f}", "x1": f"{x1:.1f}", "y1": f"{y1 + 2:.1f}"}


def waiting(client: httpx.Client) -> list[str]:
    return re.findall(r"/console/readings/(\d+)/retire", client.get("/console/corrections?state=proposed").text)


def test_a_figure_is_added_beside_its_page_by_two_persons_and_taken_back(live: Live, second: httpx.Client) -> None:
    sent = {"document": paper(live), "page": str(SUMMARY), "kind": "figure", "why": EVIL, **ADDED, **EDGES}
    with live.browser(live.key) as ana:
        form = ana.get(f"/console/readings?document={paper(live)}&page={SUMMARY}&kind=figure")
        assert 'name="x0"' in form.text
        tried = ana.post("/console/readings", data={**sent, "act": "try"}, headers={"Accept-Language": "en"})
        assert "new facts: 1" in tried.text
        assert waiting(ana) == []
        assert ana.post("/console/readings", data={**sent, "act": "propose"}).status_code == 303
        (number,) = waiting(ana)
        assert ana.post(f"/console/readings/{number}/approve").status_code == 403
        assert EVIL not in tried.text + second.get("/console/corrections").text
        assert second.post(f"/console/readings/{number}/approve").status_code == 303
        assert "1,234" in ana.get("/console/facts?metric=Vault+fees").text
        assert EVIL not in ana.get("/console/facts?metric=Vault+fees").text
        evidence = ana.get(f"/console/evidence/{paper(live)}/{SUMMARY}?box=60,700,90,710", headers={"Accept-Language": "en"}).text
        assert "read by hand" in evidence
        assert second.post(f"/console/readings/{number}/undo").status_code == 303
        assert "1,234" not in ana.get("/console/facts?metric=Vault+fees").text


def test_a_cell_says_what_it_can_of_its_figure(live: Live) -> None:
    facts = live.app.facts(live.app.administrator, limit=5000)
    fact = next(one for one in facts if one.page == SUMMARY and one.box and one.document and one.document.name == REPORT)
    box = ",".join(f"{edge:.2f}" for edge in fact.box or ())
    with live.browser(live.key) as ana:
        form = ana.get(f"/console/readings?document={paper(live)}&page={SUMMARY}&kind=figure&box={box}").text
    for name, value in (("text", fact.text), ("metric", fact.metric[-1]), ("period", fact.period), ("unit", fact.unit)):
        assert f'name="{name}" value="{value}"' in form, name


def test_a_border_is_drawn_by_two_persons_and_taken_back(live: Live, second: httpx.Client) -> None:
    sent = {"document": paper(live), "page": str(SUMMARY), "kind": "table", "why": "two columns belong to another table", "anyway": "on"}
    sent |= narrow(live)
    with live.browser(live.key) as ana:
        assert ana.post("/console/readings", data={**sent, "act": "try"}).status_code == 200
        assert ana.post("/console/readings", data={**sent, "act": "propose"}).status_code == 303
        (number,) = waiting(ana)
        before = len(live.app.facts(live.app.administrator, limit=5000))
        assert second.post(f"/console/readings/{number}/approve").status_code == 303
        assert len(live.app.facts(live.app.administrator, limit=5000)) < before
        assert ana.post(f"/console/readings/{number}/undo").status_code == 303
        assert len(live.app.facts(live.app.administrator, limit=5000)) == before


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"kind": "page"}, 400),
        ({"page": "three"}, 400),
        ({"page": "99999"}, 404),
        ({"document": "zzzzzzzz"}, 404),
        ({"x0": "left"}, 400),
        ({"x0": "", "y0": "", "x1": "", "y1": ""}, 400),
        ({"x1": "61", "y1": "701"}, 400),
        ({"columns": "wide"}, 400),
        ({"kind": "figure", "text": ""}, 400),
        ({"kind": "figure", "text": "1,234", "scale": "7"}, 400),
    ],
)
def test_a_form_that_says_nothing_is_refused(live: Live, changes: dict[str, str], status: int) -> None:
    sent = {"document": paper(live), "page": str(SUMMARY), "kind": "table", **EDGES, **changes}
    with live.browser(live.key) as ana:
        assert ana.post("/console/readings", data=sent).status_code == status


def test_who_may_not_see_a_paper_finds_no_form_and_reads_nothing(live: Live) -> None:
    hidden, nothing = paper(live, SECRET), "zzzzzzzz"
    with live.browser(live.key) as ana:
        for path in ("/console/readings?document={}&page=1", "/console/readings?document={}&page=1&kind=figure"):
            answers = [ana.get(path.format(one)) for one in (hidden, nothing)]
            assert [one.status_code for one in answers] == [404, 404]
    with live.client() as api:
        for body in ({"page": 1, "box": [1, 1, 200, 200]}, {"page": 1, "fields": {"text": "1", "metric": "x", "period": "2024-12-31"}}):
            for path, why in (("/v1/readings/try", {}), ("/v1/readings", {"why": "x"})):
                told = [api.post(path, json={"document": one, **why, **body}) for one in (hidden, nothing)]
                assert [one.status_code for one in told] == [404, 404]


def test_readings_over_http(live: Live) -> None:
    fields = {name: value for name, value in ADDED.items() if name != "metric"} | {"metric": ["Fees", "Vault fees"]}
    body: dict[str, Any] = {"document": paper(live), "page": SUMMARY, "box": [60, 720, 90, 730], "fields": fields}
    with live.client() as ana, live.client(live.admin_key) as admin:
        draft = ana.post("/v1/readings/try", json=body).json()
        assert [one["reading"]["value"] for one in draft["comes"]] == ["1234000000"]
        made = ana.post("/v1/readings", json={**body, "why": "printed"})
        assert made.status_code == 201
        number = made.json()["id"]
        assert [one["id"] for one in ana.get("/v1/readings", params={"state": "proposed"}).json()] == [number]
        assert admin.post(f"/v1/readings/{number}/approve").json()["state"] == "approved"
        assert f'"reading": {number}' in ana.get("/v1/readings/pairs").text
        assert admin.post(f"/v1/readings/{number}/undo").json()["state"] == "retired"
        again = ana.post("/v1/readings", json={**body, "why": "printed"}).json()["id"]
        assert ana.post(f"/v1/readings/{again}/retire").json()["state"] == "retired"
        table = {"document": paper(live), "page": SUMMARY, "box": list(map(float, narrow(live).values()))}
        assert ana.post("/v1/readings/try", json=table).json()["goes"]


@pytest.mark.timeout(600)
def test_a_frame_drawn_on_the_page_fills_the_numbers_and_numbers_move_the_frame(live: Live, tab: Page) -> None:
    tab.look(width=1280, height=900)
    enter(tab, live, live.key)
    tab.open(f"{live.url}/console/readings?document={paper(live)}&page={SUMMARY}")
    tab.until("document.querySelector('img.page')?.naturalWidth > 100")
    place = "document.querySelector('img.page').getBoundingClientRect()"
    x, y, wide, high = tab.run(f"(place => [place.x, place.y, place.width, place.height])({place})")
    for kind, across, down in (("mousePressed", 0.1, 0.2), ("mouseMoved", 0.5, 0.3), ("mouseReleased", 0.5, 0.3)):
        tab.call(
            "Input.dispatchMouseEvent", {"type": kind, "x": x + across * wide, "y": y + down * high, "button": "left", "clickCount": 1}
        )
    edges = [float(tab.run(f"document.querySelector('input[name={name}]').value")) for name in ("x0", "y0", "x1", "y1")]
    assert edges == pytest.approx([59.5, 168.4, 297.5, 252.6], abs=3)
    put(tab, "x0", "100")
    assert tab.run("document.querySelector('.frame').style.left").startswith("16.8")
    put(tab, "columns", "150, 200")
    assert tab.run("document.querySelectorAll('.frame i').length") == 2


def put(tab: Page, name: str, value: str) -> None:
    said = "box.dispatchEvent(new Event('input', { bubbles: true }))"
    tab.run(f"(box => {{ box.value = '{value}'; {said}; }})(document.querySelector('input[name={name}]'))")
