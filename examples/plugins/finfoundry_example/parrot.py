"""An engine: it says again what it was told last. ``FINFOUNDRY_ENGINE=parrot`` chooses it."""

from __future__ import annotations

from collections.abc import Generator

from finfoundry.core.protocols import Completion, Engine, Request
from finfoundry.runtime.settings import Settings


class Parrot:
    model = "parrot"

    def chat(self, request: Request) -> Completion:
        said = request.messages[-1].content
        return Completion(said, self.count_tokens(said), self.count_tokens(said), finish="stop", model=self.model)

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        said = self.chat(request)
        yield said.text
        return said

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        """It holds nothing."""


def engine(_: Settings) -> Engine:
    return Parrot()
