"""The base model itself under the guards: what it is asked, what tools gave it, and what it writes, before any of it leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of
from finfoundry.core.protocols import Completion, Message
from finfoundry.governance.guards.guards import GuardDecision, Guards, told
from finfoundry.governance.guards.readings import LONGEST, readings, windows

REFUSED: Literal["content_filter"] = "content_filter"  # how a text ends that the guards stopped, in the words of OpenAI's clients
MOST_READ = 400  # windows of one request: nearly 200,000 characters of English, 70,000 of Chinese
HELD = 120  # characters that are gathered, to the end of a sentence where there is one, before they are tagged and sent
_END = re.compile(r"[.!?。！？\n]\s*$")


def last_asked(messages: Sequence[Message]) -> str:
    """The last message of a person; "" where there is none."""
    return next((one.content for one in reversed(messages) if one.role == "user"), "")


def asked_of(guards: Guards, messages: Sequence[Message], results: Sequence[str] = ()) -> list[GuardDecision]:
    """What is decided about a request: each message that the caller wrote, its end with what was said before, and what tools gave back.

    All is read whole. Raises InputError for more than is read of one request, where there is anything that reads.
    """
    looked = [one.content for number, one in enumerate(messages) if one.role != "assistant" or number == len(messages) - 1]
    if guards.tags:
        _check_size([*looked, *results])
    last = len(looked) - 1
    found = [guards.decide("question", text, looked[:last] if number == last else (), whole=True) for number, text in enumerate(looked)]
    found += [guards.decide("tool_result", text, whole=True) for text in results]
    return [one for one in found if one is not None]


def _check_size(texts: Sequence[str]) -> None:
    size, parts = sum(map(len, texts)), sum(len(windows(one, whole=True)) for text in texts for one in readings(text))
    if parts > MOST_READ:
        raise InputError(
            f"{size:,} characters in {len(texts)} messages are {parts} parts for the guards, which read at most {MOST_READ} of one request",
            remedy="Send fewer or shorter messages",
        )


def refusal_of(completion: Completion, decision: GuardDecision, said: str = "") -> Completion:
    """A completion that says why there is none, in the language of what was said."""
    return replace(completion, text=told(decision, language_of(said or completion.text)), finish=REFUSED)


@dataclass
class HeldText:
    """A stream that is held back until what would be sent was tagged, with what was sent just before it."""

    guards: Guards
    decisions: list[GuardDecision] = field(default_factory=list)
    stopped: GuardDecision | None = None
    _sent: str = ""
    _held: str = ""

    def released(self, piece: str) -> str:
        """What may be sent now that this piece came: mostly nothing. Once stopped, nothing any more but why."""
        self._held += piece
        whole = len(self._held) >= HELD and (_END.search(self._held) or len(self._held) >= 2 * HELD)
        return self.rest() if whole else ""

    def rest(self) -> str:
        """What is held, if it may be sent."""
        if self.stopped or not self._held:
            return ""
        text, self._held = self._held, ""
        near = self._sent[-LONGEST[language_of(text)] :] + text
        decision = self.guards.decide("answer", near, whole=True)
        if decision and (decision.counts or not self.decisions):
            self.decisions.append(decision)
        if decision and decision.stops:
            self.stopped = decision
            return ("\n\n" if self._sent else "") + told(decision, language_of(near))
        self._sent += text
        return text
