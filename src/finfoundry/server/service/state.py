"""What the routes share: the product, its keys, the queue, the cache, the metrics. One a process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from finfoundry.app import App
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineTimeout
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Completion
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.code_flow import CodeFlow
from finfoundry.governance.oidc import Identities, Provider
from finfoundry.runtime.settings import Settings
from finfoundry.server.limits.admission import FairAdmission
from finfoundry.server.limits.attempts import Attempts
from finfoundry.server.limits.incoming import BodyLimits
from finfoundry.server.limits.metrics import Metrics
from finfoundry.server.limits.model_turns import Asker, ModelTurns, model_turn
from finfoundry.server.sandbox.apart import Apart
from finfoundry.server.sandbox.bordered import BorderedReader
from finfoundry.server.sandbox.rendering import Renderer
from finfoundry.server.service.cache import AnswerCache
from finfoundry.server.service.events import while_there
from finfoundry.server.service.own_prompts import OwnPrompts

T = TypeVar("T")
Still = Callable[[], Awaitable[object]]
GRACE = 1.0  # seconds after the deadline in which the closest passages still come
AHEAD = 0.5  # seconds before the deadline at which work is asked to end, where it has at least ten times as many
SIGNING_IN = ("/console/login", "/console/logout")  # what is sent before there is a key
TIMES_KEPT = 100
SMALL_BODY = 16 * 1024  # bytes
MULTIPART_ROOM = 64 * 1024  # bytes of headers and fields around a file


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process takes on. Times in seconds, sizes in bytes."""

    asks: int = 4  # questions worked at side by side, and as many calls of the model
    waiting: int = 256
    waiting_tenant: int = 128  # of one tenant
    waiting_each: int = 32  # of one user
    deadline: float = 30.0  # for a question, from its arrival
    raw_deadline: float = 120.0  # for a text of the base itself, which no passages can replace
    body: int = 8 * 1024 * 1024
    bodies: BodyLimits = field(default_factory=BodyLimits)
    works: int = 4  # searches, scores and pictures worked at side by side
    checks: int = 2  # of answers, each in a sandbox
    threads: int = 16  # for what only reads a row or two
    doors: int = 8  # threads for keys and for readiness, which wait for no work
    sign_ins: int = 4  # threads that ask the identity provider: who has no key yet takes no others
    cached_answers: int = 1000

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        waiting = (settings.ask_waiting, settings.ask_waiting_tenant, settings.ask_waiting_user)
        return cls(settings.ask_slots, *waiting, settings.ask_deadline, checks=settings.check_slots)


class Service:
    """One process of the server."""

    def __init__(self, app: App, limits: Limits, metrics: Metrics) -> None:
        self.app = app
        self.limits = limits
        self.metrics = metrics
        self.identities = Identities(app.database, Provider.of(app.settings))
        self.keys = self.identities.keys
        self.code_flow = code_flow_of(app.settings, self.identities)
        self.attempts = Attempts()
        queue = partial(FairAdmission, waiting=limits.waiting, tenant=limits.waiting_tenant, each=limits.waiting_each)
        self.asks, self.works, self.checks = queue(limits.asks), queue(limits.works), queue(limits.checks)
        self.turns = ModelTurns(queue(limits.asks))
        self.apart = Apart(app.settings, limits.checks)
        self.cache = AnswerCache(app.database, limits.cached_answers, app.settings.answer_cache_seconds)
        self.renderer = Renderer(self.apart)
        self.bordered = BorderedReader(self.apart)
        self.prompts = OwnPrompts()
        self.stopping = False
        self.answer_times: deque[float] = deque(maxlen=TIMES_KEPT)  # seconds that the latest answers took
        app.recorder.watch, app.recorder.turn = self._engine_called, model_turn
        self._ask_threads = CapacityLimiter(2 * limits.asks + limits.waiting)  # who waits for the model holds a thread, and no slot
        self._work_threads, self._check_threads = CapacityLimiter(limits.works), CapacityLimiter(limits.checks)
        self._threads, self._doors = CapacityLimiter(limits.threads), CapacityLimiter(limits.doors)
        self._sign_ins = CapacityLimiter(limits.sign_ins)

    def close(self) -> None:
        self.stopping = True
        self.apart.close()

    def body_limit(self, path: str) -> int:
        """The longest body of a route, in bytes, by its path."""
        if path.startswith(SIGNING_IN):
            return SMALL_BODY
        uploading = path.rstrip("/") in ("/v1/documents", "/console/upload")
        return self.app.settings.max_file_bytes + MULTIPART_ROOM if uploading else self.limits.body

    async def work(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Run what blocks for a short time in a thread."""
        with cancellation.work_until(seconds=self.limits.deadline):
            return await to_thread.run_sync(partial(function, *arguments, **options), limiter=self._threads)

    async def look(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what is asked before any work, whose key it is above all, in threads that no work can take. Who stops waiting leaves it."""
        return await to_thread.run_sync(partial(function, *arguments), limiter=self._doors, abandon_on_cancel=True)

    async def ask_provider(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what waits for the identity provider, for people who have no key yet, in a few threads of its own."""
        with cancellation.work_until(seconds=self.limits.deadline):
            return await to_thread.run_sync(partial(function, *arguments), limiter=self._sign_ins)

    async def compute(self, request: Request, bearer: Bearer, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Run what computes for a while when it is the user's turn, before the deadline, and while the client is there. Raises Busy,
        EngineTimeout, Left, and what the function raises.
        """
        work = partial(function, *arguments, **options)
        return await while_there(request, self.in_turn(bearer, work, self.works, self._work_threads))

    async def check(self, request: Request, bearer: Bearer, function: Callable[..., T], *arguments: Any) -> T:
        """The same for checks of answers, which have a queue of their own."""
        return await while_there(request, self.in_turn(bearer, partial(function, *arguments), self.checks, self._check_threads))

    async def ask(self, bearer: Bearer, question: str, collection: str | None = None, conversation: str | None = None) -> Answer:
        """Answer in turn, before the deadline. Raises Busy, and what ``App.ask`` raises."""
        cached = conversation is None
        return await self.in_turn(bearer, lambda: self.answer(bearer.principal, question, collection, conversation, cached=cached))

    async def in_turn(
        self,
        bearer: Bearer,
        work: Callable[[], T],
        queue: FairAdmission | None = None,
        threads: CapacityLimiter | None = None,
        seconds: float | None = None,
    ) -> T:
        """Run what may need the model, or what another queue is for, when it is the user's turn. The slot is free again when the work waits
        for the model, or when its thread has really ended. Raises Busy when the turn cannot come within the deadline, EngineTimeout when
        the work did not end by then.
        """
        entered, left = asyncio.get_running_loop().create_future(), threading.Event()
        limit = self.limits.deadline if seconds is None else seconds
        with (
            cancellation.work_until(left, limit - min(AHEAD, limit / 10)),
            self.turns.asked_by(bearer.principal.user, bearer.tenant) as asker,
        ):
            held = self._hold(bearer, work, entered, asker, queue or self.asks, threads or self._ask_threads)
            task = asyncio.create_task(held)  # it keeps this context
        try:
            async with asyncio.timeout(limit + GRACE):
                await asyncio.wait([entered, task], return_when=asyncio.FIRST_COMPLETED)
                return await asyncio.shield(task)
        except TimeoutError as error:
            message = f"It was not done within the {limit:g} s that a request has"
            raise EngineTimeout(message, remedy="Ask for less at once, or raise FINFOUNDRY_ASK_DEADLINE") from error
        finally:
            if not entered.done():
                task.cancel()  # it still waits: nothing is lost by leaving the queue
            elif not task.done():
                left.set()  # the engine looks at it between two tokens, the binder between two figures
                task.add_done_callback(_forget)

    async def _hold(
        self,
        bearer: Bearer,
        work: Callable[[], T],
        entered: asyncio.Future[None],
        asker: Asker,
        queue: FairAdmission,
        threads: CapacityLimiter,
    ) -> T:
        waited = time.monotonic()
        async with queue.turn(bearer.principal.user, bearer.tenant, cancellation.remaining()) as asker.held:
            self.metrics.observe("queue_seconds", time.monotonic() - waited)
            if not entered.done():
                entered.set_result(None)
            return await to_thread.run_sync(work, limiter=threads)

    def answer(self, principal: Principal, question: str, collection: str | None, conversation: str | None, *, cached: bool) -> Answer:
        """Answer now, in this thread; ``cached``: nothing said before changes what the question means."""
        started = time.monotonic()

        def make() -> Answer:
            return self.app.ask(principal, question, collection=collection, conversation=conversation)

        if cached:
            answer, hit = self.cache.answer(principal, (question, collection, conversation), make)
            self.metrics.count("answer_cache_total", outcome="hit" if hit else "miss")
        else:
            answer = make()
        self.metrics.count("answers_total", status=answer.status)
        self.answer_times.append(time.monotonic() - started)
        self.metrics.observe("answer_seconds", self.answer_times[-1])
        return answer

    def _engine_called(self, completion: Completion, first: float, seconds: float) -> None:
        """Count each call of the engine, streams included: its time and tokens, and those of the prompt that were in its cache."""
        self.metrics.observe("first_token_seconds", first, of="engine")
        for name, amount in (
            ("prompt_tokens_total", completion.prompt_tokens),
            ("prompt_tokens_cached_total", completion.cached_tokens),
            ("completion_tokens_total", completion.completion_tokens),
            ("generation_seconds_total", seconds),
        ):
            self.metrics.count(name, amount)

    @property
    def busy(self) -> bool:
        """Whether a new request would be refused for now."""
        return self.asks.full or self.works.full or self.checks.full

    def gauges(self) -> dict[str, float]:
        """How much is waiting and running in each queue, and how many answers are kept, for the metrics."""
        return {
            "asks_waiting": self.asks.waiting,
            "asks_running": self.asks.running,
            "works_waiting": self.works.waiting,
            "works_running": self.works.running,
            "checks_waiting": self.checks.waiting,
            "checks_running": self.checks.running,
            "model_waiting": self.turns.queue.waiting,
            "model_running": self.turns.queue.running,
            "answers_cached": len(self.cache),
        }


def _forget(task: asyncio.Task[Any]) -> None:
    """Nobody waits for it any more: its error, if there is one, is in the audit or the log already."""
    if not task.cancelled():
        task.exception()


def code_flow_of(settings: Settings, identities: Identities) -> CodeFlow | None:
    """How people sign in at the provider, where this product is registered there."""
    provider, secret = Provider.of(settings), settings.oidc_client_secret
    if provider is None or settings.oidc_client is None:
        return None
    return CodeFlow(identities, provider, settings.oidc_client, secret.get_secret_value() if secret else None)


def service_of(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


Shared = Annotated[Service, Depends(service_of)]
