"""The queue: bounded, fair, left at once by who does not wait."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.conftest import Live, serving

from finfoundry.server.limits.admission import FairAdmission
from finfoundry.server.limits.errors import Busy
from finfoundry.server.service.state import Limits


async def hold(queue: FairAdmission, user: str, order: list[str], seconds: float = 0.0, tenant: str | None = None) -> None:
    async with queue.turn(user, tenant):
        order.append(user)
        await asyncio.sleep(seconds)


def test_users_take_turns() -> None:
    async def run() -> list[str]:
        queue, order = FairAdmission(1), list[str]()
        await asyncio.gather(*(hold(queue, user, order) for user in ["crowd"] * 5 + ["one"] * 2))
        assert (queue.waiting, queue.running) == (0, 0)
        return order

    assert asyncio.run(run()) == ["crowd", "crowd", "one", "crowd", "one", "crowd", "crowd"]


def test_tenants_take_turns_and_within_them_their_users() -> None:
    async def run() -> list[str]:
        queue, order = FairAdmission(1), list[str]()
        people = [*(("branch", user) for user in ("b1", "b1", "b2", "b2", "b3")), ("desk", "d1"), (None, "alone"), ("desk", "d1")]
        await asyncio.gather(*(hold(queue, user, order, tenant=tenant) for tenant, user in people))
        assert (queue.waiting, queue.running) == (0, 0)
        return order

    assert asyncio.run(run()) == ["b1", "b1", "d1", "alone", "b2", "d1", "b3", "b2"]


def test_one_user_never_holds_all_slots() -> None:
    async def run() -> tuple[list[str], int, int]:
        queue, order, go = FairAdmission(3), list[str](), asyncio.Event()

        async def long(user: str) -> None:
            async with queue.turn(user):
                order.append(user)
                await go.wait()

        many = [asyncio.create_task(long("crowd")) for _ in range(5)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        held = queue.running
        await asyncio.wait_for(hold(queue, "one", order), 5)
        go.set()
        await asyncio.gather(*many)
        return order, held, queue.running

    order, held, running = asyncio.run(run())
    assert held == 2, "of three"
    assert order == ["crowd", "crowd", "one", "crowd", "crowd", "crowd"]
    assert running == 0


def test_whose_turns_are_long_waits_as_many_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One turn of a hostile user that takes as long as ten is worth ten."""
    now = [0.0]
    monkeypatch.setattr("finfoundry.server.limits.admission.time.monotonic", lambda: now[0])

    async def run() -> list[str]:
        queue, order = FairAdmission(1), list[str]()

        async def work(user: str, seconds: float) -> None:
            async with queue.turn(user):
                order.append(user)
                now[0] += seconds
                await asyncio.sleep(0)

        people = [("heavy", 10.0)] * 3 + [(user, 1.0) for user in "abc" for _ in range(12)]
        await asyncio.gather(*(work(user, seconds) for user, seconds in people))
        return order

    order = asyncio.run(run())
    first, second, third = (at for at, user in enumerate(order) if user == "heavy")
    assert first == 0
    assert second >= 20, "others have had their time first"
    assert (third, len(order)) == (38, 39), "nothing is lost, and where nobody else waits nobody is held up"


def test_a_tenant_is_no_user_of_the_same_name() -> None:
    async def run() -> list[str]:
        queue, order = FairAdmission(1), list[str]()
        await asyncio.gather(hold(queue, "x", order), hold(queue, "x", order, tenant="ana"), hold(queue, "ana", order))
        return order

    assert asyncio.run(run()) == ["x", "x", "ana"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["t", "u", None]), st.booleans()), max_size=30), st.integers(1, 3))
def test_whoever_comes_and_leaves_every_slot_comes_back(people: list[tuple[str, str | None, bool]], slots: int) -> None:
    async def run() -> None:
        queue, order = FairAdmission(slots), list[str]()
        tasks = [asyncio.create_task(hold(queue, user, order, 0.0, tenant)) for user, tenant, _ in people]
        await asyncio.sleep(0)
        for task, (_, _, leaves) in zip(tasks, people, strict=True):
            if leaves:
                task.cancel()
                await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (queue.waiting, queue.running, queue._queues) == (0, 0, {})
        assert len(order) >= sum(not leaves for _, _, leaves in people)

    asyncio.run(run())


@pytest.mark.parametrize("limits", [{"waiting": 2}, {"each": 2}, {"tenant": 2}])
def test_who_cannot_wait_is_told_when_to_come_again(limits: dict[str, int]) -> None:
    async def run() -> None:
        queue, order = FairAdmission(1, **limits), list[str]()
        tasks = [asyncio.create_task(hold(queue, "ana", order, 0.01, "desk")) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy) as refused:
            await hold(queue, "ana", order, tenant="desk")
        assert 1 <= refused.value.retry_after <= 60
        await asyncio.gather(*tasks)
        assert len(order) == 3

    asyncio.run(run())


def test_who_leaves_the_queue_takes_no_turn_and_no_slot_is_lost() -> None:
    async def run() -> None:
        queue, order = FairAdmission(1), list[str]()
        tasks = [asyncio.create_task(hold(queue, user, order, 0.01)) for user in ("a", "b", "c", "d")]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.sleep(0.012)  # the turn may pass in the very moment of leaving
        tasks[2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert queue.running == queue.waiting == 0
        assert order[0] == "a"
        assert order[-1] == "d"

    asyncio.run(run())


class Slow:
    """An answer that takes until it is let go."""

    def __init__(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.asked: list[str] = []
        ask = live.app.ask

        def slow(principal, question, **options):  # type: ignore[no-untyped-def]
            self.asked.append(question)
            self.go.wait(20)
            return ask(principal, question, **options)

        monkeypatch.setattr(live.app, "ask", slow)


@pytest.mark.slow
def test_a_full_queue_a_deadline_and_a_client_that_leaves(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(live, monkeypatch)
    with serving(live.app, Limits(asks=1, waiting=1, deadline=10.0)) as url, ThreadPoolExecutor(4) as threads:

        def post(question: str, wait: float = 30.0) -> httpx.Response:
            return httpx.post(f"{url}/v1/ask", json={"question": question}, headers={"Authorization": f"Bearer {live.key}"}, timeout=wait)

        first = threads.submit(post, "first?")
        until(lambda: slow.asked == ["first?"])
        leaving = threads.submit(post, "left?", 4.0)
        until(lambda: "finfoundry_asks_waiting 1" in httpx.get(f"{url}/metrics").text)
        refused = post("refused?")
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert isinstance(leaving.exception(), httpx.ReadTimeout)
        until(lambda: "finfoundry_asks_waiting 0" in httpx.get(f"{url}/metrics").text)
        late = first.result()
        assert late.status_code == 504
        assert late.json()["error"]["code"] == "EngineTimeout"
        slow.go.set()
        until(lambda: "finfoundry_asks_running 0" in httpx.get(f"{url}/metrics").text)
        assert post("How many aircraft?").status_code == 200
        assert slow.asked == ["first?", "How many aircraft?"]


def until(true: object, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)
