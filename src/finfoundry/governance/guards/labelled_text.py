"""A text that the tagger learns from or is measured on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelledText:
    """``labels`` none: harmless. ``passage``: a part of a paper or of what a tool gave back, not asked by a person. ``act``: what it is
    about, where it was made: all texts of one act are learned from, or none.
    """

    text: str
    labels: tuple[str, ...]
    family: str
    passage: bool = False
    act: str = ""
