"""One key that keeps the service busy: what computes takes turns, ends when nobody waits, and never keeps keys or readiness waiting."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.server.conftest import QUESTION, Live, serving
from tests.server.test_admission import until

from finfoundry.core import cancellation
from finfoundry.server.routes import questions, verifying
from finfoundry.server.service.state import Limits

SENTENCE = {"answer": "Revenue was " + ", ".join(f"${number:,} million" for number in range(1000, 4000)) + ".", "evidence": ["Revenue."]}


def headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


class Endless:
    """A check that ends only when nobody waits for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.ended = threading.Semaphore(0), threading.Semaphore(0)
        monkeypatch.setattr(verifying, "check", self)

    def __call__(self, *_: object) -> None:
        self.begun.release()
        try:
            while True:
                cancellation.check()
                threading.Event().wait(0.01)
        finally:
            self.ended.release()


@pytest.mark.slow
def test_sentences_of_3000_figures_are_checked_and_stop_nobody(live: Live) -> None:
    with serving(live.app, Limits(checks=1, deadline=240.0)) as url, ThreadPoolExecutor(3) as threads:
        posts = [threads.submit(httpx.post, f"{url}/v1/verify", json=SENTENCE, headers=headers(live.key), timeout=250) for _ in range(3)]
        assert httpx.get(f"{url}/healthz", timeout=60).status_code == 200
        told = httpx.post(f"{url}/v1/ask", json={"question": QUESTION}, headers=headers(live.raw_key), timeout=250)
        assert told.status_code == 200
        assert {len(one.result().json()["figures"]) for one in posts} == {3000}


def test_work_has_a_deadline_and_keys_do_not_wait_for_it(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Endless(monkeypatch)
    with serving(live.app, Limits(checks=1, waiting=1, deadline=3.0)) as url, ThreadPoolExecutor(2) as threads:
        posts = [threads.submit(httpx.post, f"{url}/v1/verify", json=SENTENCE, headers=headers(live.key), timeout=60) for _ in range(2)]
        endless.begun.acquire()
        until(lambda: "finfoundry_checks_waiting 1" in httpx.get(f"{url}/metrics").text)
        assert httpx.get(f"{url}/readyz").json()["busy"]
        refused = httpx.post(f"{url}/v1/verify", json=SENTENCE, headers=headers(live.key))
        assert (refused.status_code, "retry-after" in refused.headers) == (429, True)
        assert "1 requests wait already (FINFOUNDRY_ASK_WAITING)" in refused.json()["error"]["message"], "which bound, and its setting"
        assert httpx.post(f"{url}/v1/search", json={"query": "profit"}, headers=headers(live.key)).status_code == 200, "not behind checks"
        assert httpx.get(f"{url}/v1/collections", headers=headers(live.key)).status_code == 200, "what only reads a row is not behind it"
        assert httpx.get(f"{url}/v1/collections", headers=headers("ff_wrong")).status_code == 401
        assert {one.result().status_code for one in posts} <= {504, 429}
        assert endless.ended.acquire(timeout=20), "the work itself ends, too"


def test_work_ends_when_its_client_leaves(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Endless(monkeypatch)
    with serving(live.app, Limits(deadline=60.0)) as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/v1/verify", json=SENTENCE, headers=headers(live.key), timeout=1.0)
        assert endless.ended.acquire(timeout=20)


def test_readiness_says_busy_where_its_checks_hang(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(questions, "READY_WITHIN", 0.2)
    monkeypatch.setattr(questions, "readiness", lambda _: go.wait(30))
    with serving(live.app, Limits()) as url:
        told = httpx.get(f"{url}/readyz")
        go.set()
    assert told.status_code == 503
    assert (told.json()["ready"], told.json()["busy"]) == (False, True)


@pytest.mark.parametrize(
    "question",
    [
        "云洲商业银行2024年营业收入" + "和净利润" * 950,
        "What was revenue" + " and net income" * 250,
        "1," * 1900,
        "一" * 3900,
        "(" * 3000 + "a",
    ],
)
def test_a_question_of_repeated_words_is_answered(live: Live, question: str) -> None:
    told = httpx.post(f"{live.url}/v1/ask", json={"question": question}, headers=headers(live.key), timeout=60)
    assert told.status_code == 200, told.text
