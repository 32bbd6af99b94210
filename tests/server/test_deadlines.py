"""Every route that changes or computes: its work has a deadline, and what computes ends when the client leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from anyio import CapacityLimiter, to_thread
from fastapi.routing import APIRoute
from tests.server.conftest import Live, serving

from finfoundry.core import cancellation
from finfoundry.core.errors import InputError
from finfoundry.server import application
from finfoundry.server.service import state
from finfoundry.server.service.state import Limits

LIMITS = Limits(asks=2, works=3, checks=5, threads=17, doors=9, deadline=20.0, raw_deadline=25.0)
KINDS = {2 * LIMITS.asks + LIMITS.waiting: "asks", LIMITS.works: "works", LIMITS.checks: "checks", LIMITS.threads: "short"}
CHAT: dict[str, Any] = {"model": "finfoundry", "messages": [{"role": "user", "content": "x"}]}
RAW: dict[str, Any] = {**CHAT, "model": "scripted"}
COMPUTES: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {  # by route: the queue, and what is sent
    "/v1/verify": (("checks", {"json": {"answer": "It was 5.", "evidence": ["It was 5."]}}),),
    "/v1/ask": (("asks", {"json": {"question": "x"}}), ("asks", {"json": {"question": "x", "stream": True}})),
    "/v1/chat/completions": tuple(("asks", {"json": {**body, "stream": live}}) for body in (CHAT, RAW) for live in (False, True)),
    "/v1/responses": tuple(
        ("asks", {"json": {"model": model, "input": "x", "stream": live}}) for model in ("finfoundry", "scripted") for live in (False, True)
    ),
    **dict.fromkeys(("/v1/rerank", "/v2/rerank"), (("works", {"json": {"query": "x", "documents": ["x"]}}),)),
    "/v1/embeddings": (("works", {"json": {"model": "made", "input": "x"}}),),
    "/v1/summaries": (("works", {"json": {"documents": ["x"]}}),),
    "/v1/risk-changes": (("works", {"json": {"document": "x", "against": "y"}}),),
    "/v1/search": (("works", {"json": {"query": "x"}}),),
    "/v1/audit/{record}/replay": (("works", {}),),
    "/v1/specialists/{name}/payments": (("works", {"json": {"payments": [{"id": "1"}]}}),),
    "/v1/specialists/{name}/score": (("works", {"json": {"row": {"x": 1}}}),),
    "/v1/specialists/{name}/alerts": (("works", {"json": {"rows": [{"id": "a"}], "as_of": "2024-01-01"}}),),
    "/v1/specialists/{name}/versions/{version}/validations": (("works", {"json": {"form": {}, "rows": [{"x": 1}]}}),),
    "/v1/specialists/{name}/versions/{version}/promote": (("works", {}),),
    "/v1/specialists/{name}/decisions": (("works", {"json": {"decisions": [{"id": "1", "decision": "no"}]}}),),
    "/v1/specialists/{name}/outcomes": (("works", {"json": {"outcomes": {"1": True}}}),),
    "/v1/specialists/{name}/moves": (("works", {"json": {"rows": [{"A": 1.0}]}}),),
    "/v1/specialists/{name}/versions/{version}/challenge": (("works", {"json": {"share": 0.5}}),),
    "/v1/releases/promote": (("asks", {"json": {"releases": [1], "why": "x"}}),),
    "/v1/releases/rollback": (("asks", {"json": {"why": "x"}}),),
    "/v1/readings": (("works", {"json": {"document": "00000000", "page": 1, "box": [1, 1, 90, 90], "why": "x"}}),),
    "/v1/readings/try": (("works", {"json": {"document": "00000000", "page": 1, "box": [1, 1, 90, 90]}}),),
    "/v1/terms/try": (("asks", {"json": {"question": "x"}}),),
    "/console/vocabulary/try": (("asks", {"data": {"name": "takings", "means": "revenue", "question": "x"}}),),
    "/console/sample": (("works", {}),),
    "/console/ask": (("asks", {"data": {"question": "x"}}),),
    "/console/ask/stream": (("asks", {"data": {"question": "x"}}),),
    "/console/audit/{record}": (("works", {}),),
}
SHORT: dict[str, dict[str, Any]] = {  # these read or write a few rows
    "/v1/guards/objections": {"json": {"act": "x"}},
    "/v1/guards/objections/{number}/ruling": {"json": {"uphold": True}},
    "/v1/feedback": {"json": {"audit_id": "x", "verdict": "right"}},
    "/v1/documents": {"files": {"file": ("a.md", b"x")}},
    "/v1/documents/{document}": {},
    "/v1/specialists/{name}/versions/{version}/retire": {},
    "/v1/specialists/{name}/challenger/end": {},
    "/v1/specialists/{name}/alerts/{number}/notes": {"json": {"text": "x"}},
    "/v1/specialists/{name}/alerts/{number}/narrative": {"json": {}},
    "/v1/specialists/{name}/alerts/{number}/propose": {"json": {"outcome": "report", "why": "x"}},
    "/v1/specialists/{name}/alerts/{number}/close": {},
    "/v1/specialists/{name}/alerts/{number}/return": {"json": {"why": "x"}},
    "/v1/terms": {"json": {"terms": {"x": {"en": ["takings"], "means": "revenue"}}}},
    "/v1/terms/approve": {"json": {"numbers": [1]}},
    "/v1/terms/{number}/retire": {},
    "/v1/corrections": {"json": {"fact": "00000000/1", "fields": {"unit": "USD"}, "why": "x"}},
    "/v1/laws/statements": {"json": {"document": "00000000", "matter": "effective", "value": "2020-01-01", "why": "x"}},
    "/v1/laws/statements/{number}/approve": {},
    "/v1/laws/statements/{number}/retire": {},
    "/v1/laws/updates/{number}/take-back": {},
    "/v1/corrections/try": {"json": {"fact": "00000000/1", "fields": {"unit": "USD"}}},
    "/v1/corrections/approve": {"json": {"numbers": [1]}},
    "/v1/corrections/{number}/undo": {},
    "/v1/corrections/{number}/retire": {},
    "/console/upload": {"files": {"file": ("a.md", b"x")}},
    "/console/documents/{document}/delete": {},
    "/console/documents/{document}/read-again": {},
    "/console/documents/{document}/label": {"data": {"label": "general"}},
    "/console/ask/{conversation}/rename": {"data": {"title": "x"}},
    "/console/ask/{conversation}/delete": {},
    "/console/ask/{conversation}/share": {"data": {"on": "true"}},
    "/console/shared/{link}/{number}/sign": {"data": {"receipt": "x"}},
    "/console/shared/{link}/{record}/withdraw": {},
    "/console/feedback": {"data": {"record": "x", "verdict": "right"}},
    "/console/guards/objections": {"data": {"act": "x"}},
    "/console/guards/objections/{number}": {"data": {"uphold": "true"}},
    "/console/correct": {"data": {"fact": "00000000/1", "unit": "USD", "why": "x", "act": "propose"}},
    "/v1/readings/{number}/approve": {},
    "/v1/readings/{number}/undo": {},
    "/v1/readings/{number}/retire": {},
    "/console/readings": {"data": {"document": "00000000", "page": "1", "kind": "table", "x0": "1", "y0": "1", "x1": "90", "y1": "90"}},
    "/console/readings/{number}/approve": {},
    "/console/readings/{number}/undo": {},
    "/console/readings/{number}/retire": {},
    "/console/corrections/approve": {"data": {"number": "1"}},
    "/console/corrections/{number}/approve": {},
    "/console/corrections/{number}/undo": {},
    "/console/corrections/{number}/retire": {},
    "/console/vocabulary": {"data": {"name": "takings", "means": "revenue"}},
    "/console/vocabulary/{number}/approve": {},
    "/console/vocabulary/{number}/retire": {},
    "/console/access/users": {"data": {"user": "ana"}},
    "/console/access/users/remove": {"data": {"user": "ana"}},
    "/console/access/labels": {"data": {"label": "x"}},
    "/console/access/labels/remove": {"data": {"label": "x"}},
    "/console/access/grants": {"data": {"name": "ana", "label": "x"}},
    "/console/access/grants/remove": {"data": {"name": "ana", "label": "x"}},
    "/console/access/keys": {"data": {"user": "ana"}},
    "/console/access/keys/{key}/revoke": {},
    "/console/login": {"data": {"key": "KEY"}},
    "/console/logout": {},
}


@dataclass
class Threads:
    """In the place of the service's threads: what computes never ends by itself, what is short is refused, or gives nothing."""

    refuse: bool = True
    seen: list[tuple[str, float | None]] = field(default_factory=list)
    ended: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    async def run_sync(self, function: Callable[[], Any], *, limiter: CapacityLimiter, abandon_on_cancel: bool = False) -> Any:
        kind = KINDS.get(int(limiter.total_tokens))
        if kind is not None:
            self.seen.append((kind, cancellation.remaining()))
            function = self.short if kind == "short" else self.endless
        return await to_thread.run_sync(function, limiter=limiter, abandon_on_cancel=abandon_on_cancel)

    def began(self, queue: str) -> bool:
        """Whether work of a queue has begun; which collections there are is looked at before."""
        return queue in {kind for kind, _ in self.seen}

    def left_at(self, queue: str) -> float | None:
        """Seconds that the first work of a queue had; what an earlier, unheard request did may come between. Raises StopIteration: none."""
        return next(left for kind, left in self.seen if kind == queue)

    def short(self) -> None:
        if self.refuse:
            raise InputError("It was looked at only")

    def endless(self) -> None:
        try:
            while True:
                cancellation.check()
                threading.Event().wait(0.01)
        finally:
            self.ended.release()


class Made:
    """An embedder by its name."""

    model = "made"

    def passages(self, texts: list[str]) -> Any:
        raise NotImplementedError


def path_of(route: str) -> str:
    named = {"{number}": "1"}
    return "/".join(named.get(part, "x" * 12) if part.startswith("{") else part for part in route.split("/"))


def leave(url: str, headers: dict[str, str], threads: Threads, queue: str, sent: dict[str, Any], patience: float) -> None:
    """Raises ReadTimeout: after so many seconds without a sign, or at a sign of life once the work has begun."""
    with httpx.stream("POST", url, headers=headers, timeout=patience, **sent) as answer:
        for _ in answer.iter_raw():
            if threads.began(queue):
                raise httpx.ReadTimeout("leaves")


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Threads:
    made = Threads()
    monkeypatch.setattr(state, "to_thread", made)
    return made


@pytest.fixture(scope="module")
def service(live: Live) -> Iterator[str]:
    """A service within the bounds of these tests, which all of them ask; the threads that it takes are each test's own."""
    with serving(live.app, LIMITS) as url:
        yield url


def test_no_route_is_left_out(live: Live) -> None:
    routers = [one.original_router for one in application.create(live.app).routes if hasattr(one, "original_router")]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert {route.path for route in routes if set(route.methods or ()) - {"GET", "HEAD"}} == COMPUTES.keys() | SHORT.keys()


@pytest.mark.parametrize(("route", "queue", "sent"), [(route, *one) for route, sent in COMPUTES.items() for one in sent])
def test_what_computes_has_a_deadline_and_ends_when_the_client_leaves(
    live: Live, service: str, threads: Threads, monkeypatch: pytest.MonkeyPatch, route: str, queue: str, sent: dict[str, Any]
) -> None:
    threads.refuse = False
    monkeypatch.setattr(live.app.store, "embedder", Made())
    headers = {"Authorization": f"Bearer {live.admin_key}"}
    for patience in (0.25, 1.0, 4.0, 16.0):  # a busy machine may not have begun when the client leaves
        with pytest.raises(httpx.ReadTimeout):
            leave(service + path_of(route), headers, threads, queue, sent, patience)
        if threads.began(queue):
            break
    left = threads.left_at(queue)
    assert left is not None
    raw = "releases" in route or sent.get("json", {}).get("model") == "scripted"
    assert 0 < left < (LIMITS.raw_deadline if raw else LIMITS.deadline)
    assert threads.ended.acquire(timeout=10), "it goes on though nobody waits"


@pytest.mark.parametrize(("route", "sent"), SHORT.items(), ids=SHORT)
def test_what_is_short_has_a_deadline(live: Live, service: str, threads: Threads, route: str, sent: dict[str, Any]) -> None:
    method = "DELETE" if route == "/v1/documents/{document}" else "POST"
    if route == "/console/login":
        sent = {"data": {"key": live.admin_key}}
    headers = {"Authorization": f"Bearer {live.admin_key}", "Origin": service}
    answer = httpx.request(method, service + path_of(route), headers=headers, timeout=60, **sent)
    assert answer.status_code == 400, answer.text
    assert [kind for kind, _ in threads.seen] == ["short"]
    assert all(left is not None and 0 < left <= LIMITS.deadline for _, left in threads.seen)
