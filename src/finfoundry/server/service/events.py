"""Server-sent events: what a client sees while it waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse

from finfoundry.core.errors import EngineError
from finfoundry.knowledge.shown.views import json_text

T = TypeVar("T")
HEARTBEAT = 1.0  # seconds between two signs of life
LOOK_AFTER = 0.25  # seconds between two looks whether the client is still there


def event(name: str, value: Any) -> str:
    return f"event: {name}\ndata: {json_text(value, indent=None)}\n\n"


def streamed(events: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def watched(work: Coroutine[Any, Any, T], still: Callable[[], Awaitable[object]]) -> AsyncIterator[float | asyncio.Task[T]]:
    """Seconds passed, now and at each heartbeat, and at the end the finished task. Left early, the work is cancelled. Raises what
    ``still`` raises, which is asked at each sign: a key may be revoked while its request waits.
    """
    started, task = time.monotonic(), asyncio.ensure_future(work)
    try:
        yield 0.0
        while not (await asyncio.wait([task], timeout=HEARTBEAT))[0]:
            await still()
            yield round(time.monotonic() - started, 1)
        await still()
        yield task
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


class Left(EngineError):
    """The client did not wait for the answer."""


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The outcome of the work, which is cancelled when the client leaves. Raises Left."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([task], timeout=LOOK_AFTER))[0]:
            if await request.is_disconnected():
                raise Left("The client left")
        return task.result()
    finally:
        task.cancel()
