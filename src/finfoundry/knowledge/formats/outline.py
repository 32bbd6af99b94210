"""The headings above a block, kept while reading from top to bottom."""

from __future__ import annotations


class Outline:
    """A stack of headings: a heading of level n closes all of level n and deeper."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._stack)

    def enter(self, level: int, text: str) -> tuple[str, ...]:
        """Open a heading and return the path above it."""
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        above = self.path
        self._stack.append((level, text))
        return above
