"""A response and the events of its stream, in the order in which OpenAI's client builds the response from them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from finfoundry.core.protocols import Completion
from finfoundry.server.openai.response_shapes import ResponsesRequest

Event = dict[str, Any]


@dataclass(slots=True)
class Reply:
    """One response on its way; ``body`` is the request."""

    body: ResponsesRequest
    id: str = field(default_factory=lambda: f"resp_{uuid.uuid4().hex}")
    item: str = field(default_factory=lambda: f"msg_{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))
    _number: int = 0  # of the next event

    def told(self, status: str, output: Sequence[Event] = (), usage: Event | None = None, **more: Any) -> Event:
        """The response as it stands; ``more`` are extension fields."""
        body = self.body
        choice = body.model_dump(include={"tool_choice"})["tool_choice"] or "auto"
        return {
            "id": self.id, "object": "response", "created_at": self.created, "model": body.model, "status": status, "output": list(output),
            "usage": usage, "error": None, "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
            "instructions": body.instructions, "metadata": body.metadata or {}, "max_output_tokens": body.max_output_tokens,
            "parallel_tool_calls": False, "previous_response_id": None, "store": False, "temperature": body.temperature,
            "top_p": body.top_p, "truncation": "disabled", "user": body.user, "tool_choice": choice,
            "tools": [{**one.model_dump(), "strict": None} for one in body.tools or []],
            "text": body.text.model_dump(by_alias=True, exclude_none=True) if body.text else {"format": {"type": "text"}}, **more,
        }  # fmt: skip

    def event(self, kind: str, **fields: Any) -> Event:
        made = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return made

    def state(self, kind: str, status: str = "in_progress") -> Event:
        return self.event(f"response.{kind}", response=self.told(status))

    def message(self, text: str, annotations: Sequence[Event] = (), status: str = "completed") -> Event:
        """An output item of text."""
        content = [{"type": "output_text", "text": text, "annotations": list(annotations), "logprobs": []}]
        return {"id": self.item, "type": "message", "role": "assistant", "status": status, "content": content}

    def begun(self) -> Iterator[Event]:
        """An empty text, before its first piece."""
        empty = self.message("", status="in_progress") | {"content": []}
        yield self.event("response.output_item.added", output_index=0, item=empty)
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        yield self._of_text("content_part.added", part=part)

    def piece(self, text: str) -> Event:
        return self._of_text("output_text.delta", delta=text, logprobs=[])

    def ended(self, item: Event) -> Iterator[Event]:
        """What follows the last piece of a text: where its sources are, and that it is whole."""
        (part,) = item["content"]
        for number, one in enumerate(part["annotations"]):
            yield self._of_text("output_text.annotation.added", annotation_index=number, annotation=one)
        yield self._of_text("output_text.done", text=part["text"], logprobs=[])
        yield self._of_text("content_part.done", part=part)
        yield self.event("response.output_item.done", output_index=0, item=item)

    def called(self, item: Event) -> Iterator[Event]:
        """The events of a call of a function, which is sent when it is whole."""
        where = {"output_index": 0, "item_id": item["id"]}
        yield self.event("response.output_item.added", output_index=0, item=item | {"arguments": "", "status": "in_progress"})
        yield self.event("response.function_call_arguments.delta", delta=item["arguments"], **where)
        yield self.event("response.function_call_arguments.done", arguments=item["arguments"], name=item["name"], **where)
        yield self.event("response.output_item.done", output_index=0, item=item)

    def _of_text(self, kind: str, **fields: Any) -> Event:
        return self.event(f"response.{kind}", item_id=self.item, output_index=0, content_index=0, **fields)


def call_item(call: Event) -> Event:
    """An output item of a call: its name and arguments."""
    identifier = uuid.uuid4().hex
    return {"id": f"fc_{identifier}", "type": "function_call", "call_id": f"call_{identifier}", "status": "completed", **call}


def usage(prompt: int, completion: int, cached: int = 0) -> Event:
    """Tokens that the model read and wrote: none where no model was called."""
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": completion,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + completion,
    }


def usage_of(completion: Completion) -> Event:
    return usage(completion.prompt_tokens, completion.completion_tokens, completion.cached_tokens)
