"""What a recipe yields, and the one place in which recipes are entered by the id of their fault."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from finfoundry.app import App, open_app
from finfoundry.machine import read_settings

Outcome = Literal["right", "said", "silent", "waits"]
WORST: tuple[Outcome, ...] = ("silent", "waits", "said", "right")  # of an id, over its trials


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one input: the outcome, and in words what was seen that is not right, or how it was said."""

    outcome: Outcome
    text: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One input: the literal one of the record, or a variant; nothing is made or read before ``run`` is called."""

    name: str
    run: Callable[[], Seen]


@dataclass
class Bench:
    """What trials share: a folder that goes when they are done, and the product over a home of its own, started when first asked for."""

    stack: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def folder(self) -> Path:
        made = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="ff-faults-")))
        made.chmod(0o711)  # the database's own user passes through
        return made

    @cached_property
    def app(self) -> App:
        settings = read_settings().model_copy(update={"home": self.folder / "home", "worker": False})
        app = self.stack.enter_context(open_app(settings))
        self.stack.callback(app.supervisor.stop)
        return app


Recipe = Callable[[Bench], Iterator[Trial]]
RECIPES: dict[str, Recipe] = {}


def fault(id: str) -> Callable[[Recipe], Recipe]:
    """A decorator: the function yields the trials of the fault ``id``, the literal input first."""

    def enter(recipe: Recipe) -> Recipe:
        if id in RECIPES:
            raise ValueError(f"two recipes of {id}")
        RECIPES[id] = recipe
        return recipe

    return enter
