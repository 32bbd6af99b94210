"""An answer that is made, with what was done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TRUE = "true"


@dataclass(frozen=True, slots=True)
class Made:
    """``kind`` is "true", or what makes the answer false; ``found`` is what a search returned, ``status`` that of the answer contract."""

    text: str
    kind: str
    found: tuple[Any, ...] = ()
    status: str = "answered"
