"""Which of the product's two languages a text is in."""

from __future__ import annotations

import re

from finfoundry.core.answer import Language

_HAN = re.compile(r"[\u3400-\u9fff]")


def language_of(text: str) -> Language:
    """Chinese when a fifth of the letters are Han; else English."""
    han = len(_HAN.findall(text))
    return "zh" if han and han * 5 >= len(re.findall(r"\w", text)) else "en"
