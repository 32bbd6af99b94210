"""The sentences of ``wording.yaml`` in which answers are made, by language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _every() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("wording.yaml").read_text("utf-8"))
    return loaded


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def wording(question: str) -> Mapping[str, Any]:
    """The sentences in the language of a question."""
    return _every()["zh" if is_chinese(question) else "en"]
