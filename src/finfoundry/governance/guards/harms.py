"""The taxonomy of harms (``data/harms.yaml``): which labels there are, which rules they are drawn from, and what is done about each."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from finfoundry.core.answer import Language

Channel = Literal["question", "passage", "tool_result", "answer"]
GuardAction = Literal["refuse", "hand_over", "warn", "log"]
STOPS: frozenset[GuardAction] = frozenset({"refuse", "hand_over"})
ANY = "any"  # a tagger's output beside those of the labels: whether a text is harmful at all
_FILE = resources.files(__package__) / "data" / "harms.yaml"


class Harm(BaseModel):
    """One label. ``instead``: what a person is told who was refused, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: dict[Language, str]
    rules: list[str]
    actions: dict[Channel, GuardAction]
    instead: dict[Language, str]


@cache
def harms() -> dict[str, Harm]:
    """Labels in their order, which is that of the tagger's outputs."""
    told = yaml.safe_load(_FILE.read_text("utf-8"))
    return {name: Harm.model_validate(one) for name, one in told["harms"].items()}


@cache
def policy_version() -> str:
    """The first 12 digits of the SHA-256 of the file: it stands in every decision."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()[:12]
